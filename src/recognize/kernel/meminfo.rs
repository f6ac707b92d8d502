//! The `Mem-Info:` block (`show_mem`, `show_free_areas`; `mm/page_alloc.c`, `lib/show_mem.c`, since 6.4 `mm/show_mem.c`).
//!
//! Counters come first, in pages; then one line a node (4.8 and later) and a zone, in kB; then the buddy lists, whose
//! first block is the only statement of the page size; then totals.

use super::lex::{Parsed, int, kilobytes, number, text, trim, uint, uint32};
use crate::event::{Buddy, BuddyBlock, HugePool, MemInfo, NodeLine, Zone};
use nom::Parser;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{space0, space1};
use nom::combinator::opt;
use nom::sequence::{delimited, preceded, terminated};

/// The most entries kept of any list of the block.
const MAX_LIST: usize = 1024;

/// The most values of one line.
const MAX_VALUES: usize = 64;

/// Adds a line to the block; false when it is none of its lines.
pub(super) fn add(info: &mut MemInfo, line: &[u8]) -> bool {
    let line = trim(line);
    match line.first() {
        Some(b'0'..=b'9') => total(info, line),
        Some(b'N' | b'D' | b'H' | b'M') => node_or_zone(info, line),
        Some(b'l' | b'p') => lowmem(info, line),
        Some(b'F' | b'T' | b'S') => swap(info, line),
        Some(b'C' | b'c') if line[1..].starts_with(b"PU ") || line.starts_with(b"cpu ") => line.contains(&b':'),
        Some(b'A' | b'a'..=b'z') => counters(info, line),
        _ => false,
    }
}

/// The first line of the block up to 2.6.17, which has no heading there: `Node 0 DMA per-cpu:`.
pub(super) fn opens(line: &[u8]) -> bool {
    let line = trim(line);
    line.ends_with(b" per-cpu:") && node_or_zone(&mut MemInfo::default(), line)
}

/// A line that nothing else prints: the counters' first, a node's or an old zone's, a zone's reserve. Each bears a needle: lines
/// without one are not seen in all logs, so they must not begin anything.
pub(super) fn is_piece(line: &[u8]) -> bool {
    let has = |text: &[u8]| memchr::memmem::find(line, text).is_some();
    match line.first() {
        Some(b'a') => line.starts_with(b"active_anon:") && has(b" isolated_anon:"),
        Some(b'l') => line.starts_with(b"lowmem_reserve[]: "),
        Some(b'N' | b'D' | b'H' | b'M') => has(b" isolated(anon):") && has(b" active_anon:"),
        _ => false,
    }
}

/// `active_anon:%lu inactive_anon:%lu isolated_anon:%lu` and the lines that follow within the same record.
fn counters(info: &mut MemInfo, line: &[u8]) -> bool {
    if !info.zones.is_empty() || !info.nodes.is_empty() {
        return false;
    }
    let before = info.counters.len();
    for word in line.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        let colon = word.iter().position(|byte| *byte == b':').unwrap_or(word.len());
        let (key, value) = (&word[..colon], word.get(colon + 1..).unwrap_or_default());
        if key.is_empty() || value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return info.counters.len() > before;
        }
        if info.counters.len() < MAX_VALUES {
            // `Active:` up to 2.6.27, `Active_anon:` up to 2.6.30.
            info.counters.push((text(key).to_ascii_lowercase(), number(value)));
        }
    }
    info.counters.len() > before
}

/// Everything that begins with `Node N`, or with a zone's name on kernels without NUMA.
fn node_or_zone(info: &mut MemInfo, line: &[u8]) -> bool {
    let (rest, node) = match delimited(tag(&b"Node "[..]), uint32, tag(&b" "[..])).parse(line) as Parsed<'_, u32> {
        Ok((rest, node)) => (rest, Some(node)),
        Err(_) => (line, None),
    };
    if let Some(name) = zone_name(rest) {
        return zone_line(info, node, name, &rest[name.len()..]);
    }
    match node {
        Some(node) if rest.starts_with(b"hugepages_total=") => add_pool(info, node, rest),
        Some(node) if rest.starts_with(b"active_anon:") => {
            let (values, all_unreclaimable) = values(rest);
            keep(&mut info.nodes, NodeLine { node, values, all_unreclaimable });
            true
        }
        _ => false,
    }
}

/// The name of a zone at the start of `rest`: one word of letters and digits before ` free:` or `:`.
fn zone_name(rest: &[u8]) -> Option<&[u8]> {
    let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
    let after = &rest[end..];
    let known = rest[..end].first().is_some_and(u8::is_ascii_uppercase);
    (known && (after.starts_with(b" free:") || after.starts_with(b": ") || after.starts_with(b" per-cpu:")))
        .then_some(&rest[..end])
}

fn zone_line(info: &mut MemInfo, node: Option<u32>, name: &[u8], after: &[u8]) -> bool {
    if let Some(blocks) = after.strip_prefix(b": ") {
        return add_buddy(info, node, name, blocks);
    }
    if after.starts_with(b" per-cpu:") {
        return true;
    }
    let (values, all_unreclaimable) = values(after);
    keep(&mut info.zones, Zone { node, name: text(name), values, all_unreclaimable, lowmem_reserve: Vec::new() });
    true
}

/// `key:%lukB` pairs. A blank follows the colon of the THP keys up to 6.5; `all_unreclaimable? yes` has no colon and
/// may stand in the middle (6.18).
fn values(mut input: &[u8]) -> (Vec<(String, u64)>, Option<bool>) {
    let mut found = Vec::with_capacity(24);
    let mut unreclaimable = None;
    loop {
        input = input.trim_ascii_start();
        if let Some(rest) = input.strip_prefix(b"all_unreclaimable? ") {
            unreclaimable = Some(rest.starts_with(b"yes"));
            input = rest.split_at(rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count()).1;
            continue;
        }
        let Ok((rest, (key, value))) = value(input) else { return (found, unreclaimable) };
        if found.len() < MAX_VALUES {
            found.push((text(key), value));
        }
        input = rest;
    }
}

fn value(input: &[u8]) -> Parsed<'_, (&[u8], u64)> {
    let key = take_while1(|byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'(' | b')'));
    let unit = opt(nom::branch::alt((tag(&b"kB"[..]), tag(&b"KB"[..]))));
    (terminated(key, (tag(&b":"[..]), space0)), terminated(uint, unit)).parse(input)
}

/// `lowmem_reserve[]: 0 2780 15835 15835`, after its zone; the numbers may come in a record of their own.
fn lowmem(info: &mut MemInfo, line: &[u8]) -> bool {
    // Up to 2.6.12 the line was called so.
    let old = line.strip_prefix(b"protections[]:");
    let Some(mut rest) = line.strip_prefix(b"lowmem_reserve[]:").or(old) else { return counters(info, line) };
    let Some(zone) = info.zones.last_mut() else { return true };
    while let Ok((next, pages)) = preceded(space1, int).parse(rest) as Parsed<'_, i64> {
        if zone.lowmem_reserve.len() < MAX_VALUES {
            zone.lowmem_reserve.push(pages);
        }
        rest = next;
    }
    true
}

/// `0*4kB 1*8kB (U) ... = 15872kB`.
fn add_buddy(info: &mut MemInfo, node: Option<u32>, zone: &[u8], mut input: &[u8]) -> bool {
    let mut found = Buddy { node, zone: text(zone), ..Buddy::default() };
    while let Ok((rest, block)) = block(input) {
        if found.blocks.len() < MAX_VALUES {
            found.blocks.push(block);
        }
        input = rest;
    }
    if found.blocks.is_empty() {
        return false;
    }
    if let Ok((_, total)) = preceded(tag(&b"= "[..]), kilobytes).parse(input.trim_ascii_start()) {
        found.total_kb = total;
    }
    keep(&mut info.buddy, found);
    true
}

/// `3*64kB (ME)`; the letters came with 3.9 and stand only where the count is not 0.
fn block(input: &[u8]) -> Parsed<'_, BuddyBlock> {
    let letters = take_while1(|byte: u8| byte.is_ascii_uppercase());
    let types = opt(delimited(tag(&b"("[..]), letters, (tag(&b")"[..]), space0)));
    let (rest, (count, size_kb, types)) =
        (preceded(space0, terminated(uint, tag(&b"*"[..]))), terminated(kilobytes, space0), types).parse(input)?;
    Ok((rest, BuddyBlock { count, size_kb, types: types.map(text).unwrap_or_default() }))
}

/// `hugepages_total=%u hugepages_free=%u hugepages_surp=%u hugepages_size=%lukB`.
fn add_pool(info: &mut MemInfo, node: u32, input: &[u8]) -> bool {
    let parsed: Parsed<'_, _> = (
        preceded(tag(&b"hugepages_total="[..]), uint),
        preceded(tag(&b" hugepages_free="[..]), uint),
        preceded(tag(&b" hugepages_surp="[..]), uint),
        preceded(tag(&b" hugepages_size="[..]), kilobytes),
    )
        .parse(input);
    let Ok((_, (total, free, surplus, size_kb))) = parsed else { return false };
    keep(&mut info.hugepages, HugePool { node, total, free, surplus, size_kb });
    true
}

/// `%lu pages RAM` and its kin.
fn total(info: &mut MemInfo, line: &[u8]) -> bool {
    let Ok((rest, pages)) = terminated(uint, tag(&b" "[..])).parse(line) as Parsed<'_, u64> else { return false };
    let slot = match rest {
        b"total pagecache pages" => &mut info.pagecache_pages,
        b"pages in swap cache" => &mut info.swapcache_pages,
        b"pages RAM" | b"pages of RAM" => &mut info.ram_pages,
        b"pages HighMem" | b"pages HighMem/MovableOnly" | b"pages of HIGHMEM" => &mut info.highmem_pages,
        b"pages reserved" | b"reserved pages" => &mut info.reserved_pages,
        b"pages hwpoisoned" => &mut info.hwpoisoned_pages,
        b"pages shared"
        | b"pages non-shared"
        | b"pages cma reserved"
        | b"pages in pagetable cache"
        | b"pages swap cached" => {
            return true;
        }
        _ => return false,
    };
    *slot = Some(pages);
    true
}

/// `Free swap  = %ldkB` (negative on some old kernels: kept as 0), `Total swap = %lukB`, `Swap cache stats: ...`.
fn swap(info: &mut MemInfo, line: &[u8]) -> bool {
    let size = |rest: &[u8]| {
        let parsed: Parsed<'_, i64> = terminated(int, tag(&b"kB"[..])).parse(rest);
        parsed.ok().map(|(_, size)| u64::try_from(size).unwrap_or(0))
    };
    // `Free swap:       %6ldkB` up to 2.6.2x.
    let old = line.strip_prefix(b"Free swap:").map(<[u8]>::trim_ascii_start);
    if let Some(rest) = line.strip_prefix(b"Free swap  = ").or(old) {
        info.swap_free_kb = size(rest);
        return info.swap_free_kb.is_some();
    }
    if let Some(rest) = line.strip_prefix(b"Total swap = ") {
        info.swap_total_kb = size(rest);
        return info.swap_total_kb.is_some();
    }
    let others: [&[u8]; 3] = [b"Swap cache stats: ", b"Swap cache: add ", b"Free pages: "];
    others.iter().any(|start| line.starts_with(start))
}

fn keep<T>(list: &mut Vec<T>, item: T) {
    if list.len() < MAX_LIST {
        list.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_of(lines: &[&str]) -> MemInfo {
        let mut info = MemInfo::default();
        for line in lines {
            assert!(add(&mut info, line.as_bytes()), "{line}");
        }
        info
    }

    #[test]
    fn counters_of_6_1() {
        let info = block_of(&[
            "active_anon:103 inactive_anon:70531 isolated_anon:0",
            " active_file:1808 inactive_file:2795 isolated_file:0",
            " unevictable:256 dirty:3 writeback:0",
            " slab_reclaimable:3039 slab_unreclaimable:3067",
            " mapped:2185 shmem:87 pagetables:280",
            " sec_pagetables:0 bounce:0",
            " kernel_misc_reclaimable:0",
            " free:66094 free_pcp:14 free_cma:0",
        ]);
        assert_eq!(info.counter("inactive_anon"), Some(70531));
        assert_eq!(info.counter("free"), Some(66094));
        assert_eq!(info.counters.len(), 20);
    }

    #[test]
    fn node_lines_of_three_eras() {
        let info = block_of(&[
            "Node 1 active_anon:12kB inactive_anon:270960kB isolated(anon):0kB shmem_thp: 4kB anon_thp: 8kB writeback_tmp:0kB pages_scanned:77 all_unreclaimable? no",
            "Node 0 active_anon:12kB shmem_thp:4kB kernel_stack:40kB all_unreclaimable? yes Balloon:16kB gpu_active:1kB",
        ]);
        let value = |node: usize, key: &str| info.nodes[node].values.iter().find(|(k, _)| k == key).map(|(_, v)| *v);
        assert_eq!(value(0, "isolated(anon)"), Some(0));
        assert_eq!(value(0, "anon_thp"), Some(8));
        assert_eq!(value(0, "pages_scanned"), Some(77));
        assert_eq!(info.nodes[0].all_unreclaimable, Some(false));
        assert_eq!(value(1, "Balloon"), Some(16));
        assert_eq!(info.nodes[1].all_unreclaimable, Some(true));
    }

    #[test]
    fn zones_with_and_without_nodes() {
        let info = block_of(&[
            "Node 0 DMA32 free:13276kB boost:0kB min:13308kB low:16632kB high:19956kB reserved_highatomic:0KB active_anon:12kB free_cma:0kB",
            "lowmem_reserve[]: 0 2780 15835 15835",
            "Normal free:3kB min:4kB low:5kB high:6kB pages_scanned:9 all_unreclaimable? yes",
        ]);
        assert_eq!((info.zones[0].node, info.zones[0].name.as_str()), (Some(0), "DMA32"));
        assert_eq!(info.zones[0].get("free"), Some(13276));
        assert_eq!(info.zones[0].get("reserved_highatomic"), Some(0));
        assert_eq!(info.zones[0].lowmem_reserve, [0, 2780, 15835, 15835]);
        assert_eq!((info.zones[1].node, info.zones[1].all_unreclaimable), (None, Some(true)));
    }

    #[test]
    fn buddy_lists_tell_the_page_size() {
        let info = block_of(&[
            "Node 1 DMA32: 57*4kB (UME) 61*8kB (UE) 0*512kB 4*1024kB (UME) 1*4096kB (M) = 13276kB",
            "Node 0 Normal: 0*64kB 3*128kB = 384kB",
        ]);
        assert_eq!(info.page_kb(), Some(4));
        assert_eq!(info.buddy[0].blocks[0], BuddyBlock { count: 57, size_kb: 4, types: "UME".into() });
        assert_eq!(info.buddy[0].blocks.len(), 5);
        assert_eq!(info.buddy[0].total_kb, 13276);
        assert_eq!(info.buddy[1].blocks[1].types, "");
        assert_eq!(info.buddy[1].total_kb, 384);
    }

    #[test]
    fn totals() {
        let info = block_of(&[
            "Node 1 hugepages_total=8 hugepages_free=7 hugepages_surp=0 hugepages_size=2048kB",
            "4853 total pagecache pages",
            "0 pages in swap cache",
            "Swap cache stats: add 0, delete 0, find 0/0",
            "Free swap  = -4kB",
            "Total swap = 1048572kB",
            "163704 pages RAM",
            "0 pages HighMem/MovableOnly",
            "10981 pages reserved",
            "0 pages hwpoisoned",
        ]);
        assert_eq!(info.hugepages, [HugePool { node: 1, total: 8, free: 7, surplus: 0, size_kb: 2048 }]);
        assert_eq!((info.swap_free_kb, info.swap_total_kb), (Some(0), Some(1_048_572)));
        assert_eq!((info.ram_pages, info.reserved_pages), (Some(163_704), Some(10_981)));
    }

    #[test]
    fn other_text_is_refused() {
        let mut info = MemInfo::default();
        for line in ["Node 0 is up", "docker0: port 1", "12 monkeys", "Memory failure: 0x1: x", "Normal: nothing", ""] {
            assert!(!add(&mut info, line.as_bytes()), "{line}");
        }
        assert_eq!(info, MemInfo::default());
    }
}
