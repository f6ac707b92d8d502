//! Zones with their marks, and free blocks, seen from the request that failed.

use super::sized;
use crate::diagnose::fragmentation::{self, Request};
use crate::diagnose::units::{kb, size};
use crate::event::{Buddy, MemInfo, Trigger, Zone};
use crate::language::Language;
use crate::report::{DumpZone, FreeBlock, FreeBlocks};
use crate::say;

/// What has a field of its own in [`DumpZone`].
const OWN: &[&str] = &["free", "min", "low", "high", "managed"];

/// The request, where the dump shows one that asked for pages.
fn request(info: &MemInfo, trigger: Option<&Trigger>) -> Option<Request> {
    trigger.filter(|trigger| trigger.order >= 0).map(|trigger| Request::new(trigger, info))
}

pub(super) fn zones(info: &MemInfo, trigger: Option<&Trigger>, page_kb: u64, language: Language) -> Vec<DumpZone> {
    let request = request(info, trigger);
    info.zones.iter().map(|printed| zone(printed, request.as_ref(), page_kb, language)).collect()
}

fn zone(printed: &Zone, request: Option<&Request>, page_kb: u64, language: Language) -> DumpZone {
    let bytes = |key: &str| printed.get(key).and_then(kb);
    let others = printed.values.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let mut zone = DumpZone {
        node: printed.node,
        name: printed.name.clone(),
        free_bytes: bytes("free"),
        min_bytes: bytes("min"),
        low_bytes: bytes("low"),
        high_bytes: bytes("high"),
        managed_bytes: bytes("managed"),
        reserve_bytes: request.and_then(|request| kb(request.reserve_kb(printed, page_kb))),
        usable: request.map(|request| request.may_use(&printed.name)),
        all_unreclaimable: printed.all_unreclaimable,
        meaning: None,
        fields: others.filter_map(|(name, value)| sized(name, kb(*value), language)).collect(),
    };
    zone.meaning = meaning(&zone, language);
    zone
}

/// What the marks say (`__zone_watermark_ok`, mm/page_alloc.c).
fn meaning(zone: &DumpZone, language: Language) -> Option<String> {
    if zone.usable == Some(false) {
        return Some(say!(language, "dump-zone-not-usable"));
    }
    let (free, min) = (zone.free_bytes?, zone.min_bytes?);
    let reserve = zone.reserve_bytes.unwrap_or(0);
    if zone.managed_bytes == Some(0) {
        return Some(say!(language, "dump-zone-empty"));
    }
    if free <= min {
        return Some(say!(language, "dump-zone-below-min"));
    }
    if reserve > 0 && free <= min.saturating_add(reserve) {
        return Some(say!(language, "dump-zone-reserved", reserve = size(language, reserve)));
    }
    if free < zone.low_bytes? {
        return Some(say!(language, "dump-zone-below-low"));
    }
    Some(say!(language, "dump-zone-enough"))
}

pub(super) fn free_blocks(info: &MemInfo, trigger: Option<&Trigger>, language: Language) -> Vec<FreeBlocks> {
    let request = request(info, trigger);
    info.buddy.iter().filter_map(|buddy| list(buddy, request.as_ref(), language)).collect()
}

fn list(buddy: &Buddy, request: Option<&Request>, language: Language) -> Option<FreeBlocks> {
    let blocks = buddy.blocks.iter().zip(0u32..).filter_map(|(block, order)| {
        Some(FreeBlock { order, size_bytes: kb(block.size_kb)?, count: block.count, types: block.types.clone() })
    });
    Some(FreeBlocks {
        node: buddy.node,
        zone: buddy.zone.clone(),
        total_bytes: kb(buddy.total_kb)?,
        blocks: blocks.collect(),
        meaning: request.and_then(|request| usable(buddy, request, language)),
    })
}

/// Whether the list has a block that the request could take. Says nothing about the marks.
fn usable(buddy: &Buddy, request: &Request, language: Language) -> Option<String> {
    if !request.may_use(&buddy.zone) {
        return Some(say!(language, "dump-zone-not-usable"));
    }
    let wanted = kb(buddy.blocks.get(request.order as usize)?.size_kb)?;
    let fitting = buddy.blocks.iter().skip(request.order as usize).any(|block| fragmentation::usable(block, request));
    let order = request.order;
    Some(match fitting {
        true => say!(language, "dump-blocks-fit", order = order, size = size(language, wanted)),
        false => say!(language, "dump-blocks-none", order = order, size = size(language, wanted)),
    })
}
