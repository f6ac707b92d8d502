//! Free memory that could not be used: no block large enough, or only in zones that the request may not take from.
//!
//! Follows `__zone_watermark_ok` (mm/page_alloc.c): a zone can serve a request when its free memory lies above the `min`
//! mark (plus what is reserved for requests bound to lower zones) and, for order > 0, when the buddy list has a free
//! block of that order or larger of an ordinary migrate type (`U`, `M`, `E`; `C` for movable requests). Blocks that are
//! only `H` (high-order atomic reserve) or `I` (isolated) serve nobody here.

use super::picture;
use crate::event::{Buddy, BuddyBlock, KernelOom, MemInfo, Trigger, Zone};

const DMA: u64 = 0x01;
const HIGHMEM: u64 = 0x02;
const DMA32: u64 = 0x04;
const MOVABLE: u64 = 0x08;

/// Why free memory did not help. Sizes in kB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Enough is free, but nowhere in one piece.
    HighOrder {
        /// Order of the request.
        order: u32,
        /// Size of one block of that order.
        block_kb: u64,
        /// Free memory of the zones that lie above their mark.
        free_kb: u64,
        /// Their `min` marks.
        min_kb: u64,
        /// Largest block that an ordinary request could take there, 0 when even single pages are missing.
        largest_kb: u64,
    },
    /// The zones that the request may use are empty while others are not.
    ZoneExhausted {
        /// Names of the zones it may use (`DMA32`).
        zones: Vec<String>,
        /// Free there.
        free_kb: u64,
        /// Their `min` marks.
        min_kb: u64,
        /// Free elsewhere.
        other_free_kb: u64,
    },
}

/// Looks for free memory that was of no use; `None` for a plain shortage or when the dump does not show enough.
pub(crate) fn examine(oom: &KernelOom) -> Option<Finding> {
    let trigger = oom.trigger.as_ref()?;
    let info = oom.mem_info.as_ref()?;
    if trigger.order < 0 || info.zones.is_empty() {
        return None;
    }
    let request = Request::new(trigger, info);
    high_order(&request, info).or_else(|| exhausted_zone(&request, info, picture::page_size(oom).kb))
}

/// Whether lines are missing that would show free memory of no use: the request was for more than a page, or bound to low
/// zones, and a zone's line or its list of free blocks is not there.
pub fn is_undecided(oom: &KernelOom) -> bool {
    let Some(trigger) = oom.trigger.as_ref().filter(|trigger| trigger.order >= 0) else { return false };
    let none = MemInfo::default();
    let info = oom.mem_info.as_ref().unwrap_or(&none);
    let request = Request::new(trigger, info);
    let listed = |zone: &Zone| info.buddy.iter().any(|list| list.zone == zone.name && list.node == zone.node);
    let shown = |list: &Buddy| info.zones.iter().any(|zone| zone.name == list.zone && zone.node == list.node);
    let whole = !info.zones.is_empty() && info.zones.iter().all(listed) && info.buddy.iter().all(shown);
    (request.order > 0 || request.is_bound()) && !whole
}

/// What the failed request could have been served from.
pub(super) struct Request {
    pub(super) order: u32,
    dma: bool,
    dma32: bool,
    highmem: bool,
    movable: bool,
    has_highmem: bool,
}

impl Request {
    pub(super) fn new(trigger: &Trigger, info: &MemInfo) -> Self {
        // The low byte of the mask means the same in every kernel; names add what a cut mask does not show.
        let named = |flag: &str| trigger.gfp_flags.iter().any(|f| f.trim_start_matches('_') == flag);
        let bit = |mask: u64| trigger.gfp_mask & mask != 0;
        let highuser =
            trigger.gfp_flags.iter().any(|f| f.starts_with("GFP_HIGHUSER") || f.starts_with("GFP_TRANSHUGE"));
        Request {
            order: u32::try_from(trigger.order).unwrap_or(0),
            dma: bit(DMA) || named("GFP_DMA"),
            dma32: bit(DMA32) || named("GFP_DMA32"),
            highmem: bit(HIGHMEM) || highuser || named("GFP_HIGHMEM"),
            movable: bit(MOVABLE) || named("GFP_MOVABLE") || named("GFP_HIGHUSER_MOVABLE"),
            has_highmem: info.zones.iter().any(|z| z.name == "HighMem" && managed(z) > 0),
        }
    }

    /// `gfp_zone`: may the request take pages from a zone of this name?
    pub(super) fn may_use(&self, zone: &str) -> bool {
        match zone {
            "DMA" => true,
            "DMA32" => !self.dma,
            "Normal" => !self.dma && !self.dma32,
            "HighMem" => self.highmem,
            "Movable" => self.highmem && self.movable,
            // Memory of devices is handed out by its driver only.
            "Device" => false,
            _ => true,
        }
    }

    /// `lowmem_reserve` of a zone against this request, kB: nothing for a request bound to low zones, else the highest.
    pub(super) fn reserve_kb(&self, zone: &Zone, page_kb: u64) -> u64 {
        if self.dma || self.dma32 || (self.has_highmem && !self.highmem) {
            return 0;
        }
        let pages = zone.lowmem_reserve.last().copied().unwrap_or(0);
        u64::try_from(pages).unwrap_or(0).saturating_mul(page_kb)
    }

    /// Any zone of the request that is bound to low memory by the mask or by a 32-bit kernel.
    fn is_bound(&self) -> bool {
        self.dma || self.dma32 || (self.has_highmem && !self.highmem)
    }
}

fn managed(zone: &Zone) -> u64 {
    zone.get("managed").or_else(|| zone.get("present")).unwrap_or(0)
}

fn high_order(request: &Request, info: &MemInfo) -> Option<Finding> {
    if request.order == 0 || info.buddy.is_empty() {
        return None;
    }
    let page_kb = info.page_kb()?;
    let mut free_kb = 0u64;
    let mut min_kb = 0u64;
    let mut largest_kb = 0u64;
    for zone in info.zones.iter().filter(|z| request.may_use(&z.name)) {
        let (Some(free), Some(min)) = (zone.get("free"), zone.get("min")) else { continue };
        if free <= min.saturating_add(request.reserve_kb(zone, page_kb)) {
            continue;
        }
        let buddy = info.buddy.iter().find(|b| b.zone == zone.name && b.node == zone.node)?;
        if has_block(buddy, request) {
            return None;
        }
        free_kb = free_kb.saturating_add(free);
        min_kb = min_kb.saturating_add(min);
        largest_kb = largest_kb.max(largest_block(buddy, request));
    }
    let block_kb = page_kb.checked_shl(request.order).filter(|_| request.order < 32)?;
    (free_kb > 0).then_some(Finding::HighOrder { order: request.order, block_kb, free_kb, min_kb, largest_kb })
}

/// Can the request take a block of this list entry?
pub(super) fn usable(block: &BuddyBlock, request: &Request) -> bool {
    let ordinary = |c: char| matches!(c, 'U' | 'M' | 'E') || (c == 'C' && request.movable);
    // Kernels before 3.9 print no letters.
    block.count > 0 && (block.types.is_empty() || block.types.chars().any(ordinary))
}

fn has_block(buddy: &Buddy, request: &Request) -> bool {
    buddy.blocks.iter().skip(request.order as usize).any(|b| usable(b, request))
}

fn largest_block(buddy: &Buddy, request: &Request) -> u64 {
    buddy.blocks.iter().filter(|b| usable(b, request)).map(|b| b.size_kb).max().unwrap_or(0)
}

fn exhausted_zone(request: &Request, info: &MemInfo, page_kb: u64) -> Option<Finding> {
    let mut zones: Vec<String> = Vec::new();
    let (mut free_kb, mut min_kb, mut shown_kb, mut other_kb) = (0u64, 0u64, 0u64, 0u64);
    for zone in info.zones.iter().filter(|z| managed(z) > 0) {
        let free = zone.get("free")?;
        let min = zone.get("min").unwrap_or(0);
        shown_kb = shown_kb.saturating_add(free);
        if !request.may_use(&zone.name) {
            other_kb = other_kb.saturating_add(free.saturating_sub(min));
            continue;
        }
        if free > min.saturating_add(request.reserve_kb(zone, page_kb)) {
            return None;
        }
        free_kb = free_kb.saturating_add(free);
        min_kb = min_kb.saturating_add(min);
        if !zones.contains(&zone.name) {
            zones.push(zone.name.clone());
        }
    }
    // Linux 6.1 and later leave out the zones above the request's: the global counter still has their free pages.
    if request.is_bound() {
        let global = info.counter("free").unwrap_or(0).saturating_mul(page_kb);
        other_kb = other_kb.saturating_add(global.saturating_sub(shown_kb));
    }
    // Elsewhere must be clearly more free than what these zones lack, or it is a plain shortage of the whole node.
    let enough = other_kb > min_kb.saturating_mul(4).max(16 * 1024);
    (!zones.is_empty() && enough).then_some(Finding::ZoneExhausted { zones, free_kb, min_kb, other_free_kb: other_kb })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str, free: u64, min: u64) -> Zone {
        let values = vec![("free".into(), free), ("min".into(), min), ("managed".into(), 1 << 20)];
        Zone { node: Some(0), name: name.into(), values, ..Zone::default() }
    }

    fn buddy(name: &str, blocks: &[(u64, &str)]) -> Buddy {
        let block = |(i, (count, types)): (usize, &(u64, &str))| BuddyBlock {
            count: *count,
            size_kb: 4 << i,
            types: (*types).to_owned(),
        };
        Buddy { node: Some(0), zone: name.into(), blocks: blocks.iter().enumerate().map(block).collect(), total_kb: 0 }
    }

    fn event(order: i32, gfp_mask: u64, zones: Vec<Zone>, lists: Vec<Buddy>) -> KernelOom {
        let trigger = Trigger { order, gfp_mask, ..Trigger::default() };
        let info = MemInfo { zones, buddy: lists, ..MemInfo::default() };
        KernelOom { trigger: Some(trigger), mem_info: Some(info), ..KernelOom::default() }
    }

    const GFP_KERNEL: u64 = 0xcc0;
    const GFP_USER_PAGE: u64 = 0x100cca;

    #[test]
    fn a_cut_among_the_zones_decides_nothing() {
        let (zone, list) = (|| zone("Normal", 40_000, 4_000), || buddy("Normal", &[(9000, "UME")]));
        assert!(!is_undecided(&event(3, GFP_KERNEL, vec![zone()], vec![list()])));
        assert!(is_undecided(&event(3, GFP_KERNEL, vec![zone()], vec![])));
        assert!(is_undecided(&event(3, GFP_KERNEL, vec![zone()], vec![list(), buddy("DMA32", &[(1, "U")])])));
        assert!(is_undecided(&event(0, GFP_KERNEL | DMA32, vec![], vec![])));
        assert!(!is_undecided(&event(0, GFP_KERNEL, vec![], vec![])));
        assert!(!is_undecided(&event(-1, GFP_KERNEL, vec![], vec![])));
    }

    #[test]
    fn no_block_of_the_order_while_much_is_free() {
        let lists = vec![buddy("Normal", &[(9000, "UME"), (4000, "UE"), (100, "U"), (0, ""), (3, "H")])];
        let oom = event(3, GFP_KERNEL, vec![zone("Normal", 70_000, 11_000)], lists);
        let Some(Finding::HighOrder { order, block_kb, free_kb, min_kb, largest_kb }) = examine(&oom) else {
            panic!("not found")
        };
        assert_eq!((order, block_kb, free_kb, min_kb, largest_kb), (3, 32, 70_000, 11_000, 16));
    }

    #[test]
    fn a_large_block_or_too_little_free_is_no_fragmentation() {
        let block = vec![buddy("Normal", &[(9000, "UME"), (0, ""), (0, ""), (1, "M")])];
        assert_eq!(examine(&event(3, GFP_KERNEL, vec![zone("Normal", 70_000, 11_000)], block.clone())), None);
        assert_eq!(examine(&event(3, GFP_KERNEL, vec![zone("Normal", 10_000, 11_000)], block)), None);
        let none = vec![buddy("Normal", &[(9000, "UME")])];
        assert_eq!(examine(&event(0, GFP_KERNEL, vec![zone("Normal", 70_000, 11_000)], none)), None);
    }

    #[test]
    fn memory_reserved_for_low_requests_does_not_count_as_free() {
        let mut dma = zone("DMA", 15_872, 760);
        dma.lowmem_reserve = vec![0, 2780, 15_835, 15_835];
        let lists = vec![buddy("DMA", &[(2, "U")]), buddy("Normal", &[(5, "U")])];
        assert_eq!(examine(&event(2, GFP_KERNEL, vec![dma, zone("Normal", 9_000, 11_000)], lists)), None);
    }

    #[test]
    fn cma_blocks_serve_movable_requests_only() {
        let lists = vec![buddy("Normal", &[(9000, "U"), (7, "C")])];
        let zones = vec![zone("Normal", 70_000, 11_000)];
        assert!(examine(&event(1, GFP_KERNEL, zones.clone(), lists.clone())).is_some());
        assert_eq!(examine(&event(1, GFP_USER_PAGE, zones, lists)), None);
    }

    #[test]
    fn a_cut_dump_without_buddy_lists_says_nothing() {
        assert_eq!(examine(&event(3, GFP_KERNEL, vec![zone("Normal", 70_000, 11_000)], vec![])), None);
        assert_eq!(examine(&event(3, GFP_KERNEL, vec![], vec![])), None);
        assert_eq!(examine(&event(-1, 0, vec![zone("Normal", 1, 2)], vec![])), None);
    }

    #[test]
    fn dma32_is_empty_and_normal_is_not() {
        let zones = vec![zone("DMA", 0, 60), zone("DMA32", 5_000, 9_000), zone("Normal", 4_000_000, 40_000)];
        let Some(Finding::ZoneExhausted { zones, free_kb, other_free_kb, .. }) =
            examine(&event(0, 0xcc4, zones, vec![]))
        else {
            panic!("not found")
        };
        assert_eq!(zones, ["DMA", "DMA32"]);
        assert_eq!((free_kb, other_free_kb), (5_000, 3_960_000));
    }

    #[test]
    fn hidden_zones_count_by_the_global_counter() {
        let mut oom = event(0, 0xcc4, vec![zone("DMA32", 5_000, 9_000)], vec![]);
        assert_eq!(examine(&oom), None);
        if let Some(info) = &mut oom.mem_info {
            info.counters.push(("free".into(), 1_000_000));
        }
        assert!(matches!(examine(&oom), Some(Finding::ZoneExhausted { other_free_kb: 3_995_000, .. })));
    }

    #[test]
    fn a_movable_zone_does_not_help_the_kernel() {
        let zones = vec![zone("Normal", 9_000, 11_000), zone("Movable", 2_000_000, 11_000)];
        assert!(matches!(examine(&event(0, GFP_KERNEL, zones.clone(), vec![])), Some(Finding::ZoneExhausted { .. })));
        assert_eq!(examine(&event(0, GFP_USER_PAGE, zones, vec![])), None);
    }

    #[test]
    fn hostile_numbers() {
        let lists = vec![buddy("Normal", &[(u64::MAX, "U")])];
        let mut normal = zone("Normal", u64::MAX, u64::MAX - 1);
        normal.lowmem_reserve = vec![i64::MIN, i64::MAX];
        let oom = event(i32::MAX, u64::MAX, vec![normal, zone("Normal", u64::MAX, 0)], lists);
        assert!(matches!(examine(&oom), None | Some(Finding::ZoneExhausted { .. })));
    }
}
