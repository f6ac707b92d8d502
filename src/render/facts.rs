//! What several formats take out of an incident in the same way.

use super::text::words;
use crate::language::Language;
use crate::report::{Container, Evidence, Incident, Memory, Termination};
use crate::say;
use crate::time;

/// A part of the memory picture. The parts of one picture do not overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// A short name for classes and columns.
    pub(super) key: &'static str,
    /// In words.
    pub(super) name: String,
    /// Size.
    pub(super) bytes: u64,
}

/// The picture, cut into parts that do not overlap, in an order that is always the same; what is not known or zero is
/// left out. The report counts shared memory twice, as the kernel does: in the anonymous memory of a node, in the page
/// cache of a cgroup. The kernel memory of a cgroup holds its slab and page tables; that of a node only its stacks.
pub(super) fn memory_parts(memory: &Memory, of_cgroup: bool, language: Language) -> Vec<Part> {
    let shared = memory.shmem_bytes.unwrap_or(0);
    let less = |size: Option<u64>, part: u64| size.map(|size| size.saturating_sub(part));
    let inner =
        [memory.slab_reclaimable_bytes, memory.slab_unreclaimable_bytes, memory.pagetables_bytes].into_iter().flatten();
    let inner = if of_cgroup { inner.fold(0, u64::saturating_add) } else { 0 };
    let (in_anon, in_file) = if of_cgroup { (0, shared) } else { (shared, 0) };
    [
        ("anon", less(memory.anon_bytes, in_anon)),
        ("shmem", memory.shmem_bytes),
        ("file", less(memory.file_bytes, in_file)),
        ("slab", memory.slab_unreclaimable_bytes),
        ("slabr", memory.slab_reclaimable_bytes),
        ("pgt", memory.pagetables_bytes),
        ("kernel", less(memory.kernel_bytes, inner)),
        ("huge", memory.hugepages_bytes),
        ("rest", memory.unaccounted_bytes),
        ("free", memory.free_bytes),
    ]
    .into_iter()
    .filter_map(|(key, bytes)| Some((key, bytes.filter(|&bytes| bytes > 0)?)))
    .map(|(key, bytes)| Part { key, name: part_name(key, of_cgroup, language), bytes })
    .collect()
}

fn part_name(key: &str, of_cgroup: bool, language: Language) -> String {
    match key {
        "anon" => say!(language, "render-part-anon"),
        "shmem" => say!(language, "render-part-shmem"),
        "file" => say!(language, "render-part-file"),
        "slab" => say!(language, "render-part-slab"),
        "slabr" => say!(language, "render-part-slabr"),
        "pgt" => say!(language, "render-part-pgt"),
        "kernel" if of_cgroup => say!(language, "render-part-kernel"),
        "kernel" => say!(language, "render-part-kernel-stacks"),
        "huge" => say!(language, "render-part-huge"),
        "rest" => say!(language, "render-part-rest"),
        _ => say!(language, "render-part-free"),
    }
}

/// Used and total: of the cgroup that ran out, else of the node.
pub(super) fn usage(incident: &Incident) -> Option<(u64, u64)> {
    if let Some(limit) = &incident.limit
        && let Some(total) = limit.limit_bytes.filter(|&total| total > 0)
    {
        return Some((limit.usage_bytes?, total));
    }
    let memory = incident.memory.as_ref()?;
    let total = memory.total_bytes.filter(|&total| total > 0)?;
    Some((total.saturating_sub(memory.free_bytes?), total))
}

/// A part of a whole that is not zero.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The container that an index of the report points to.
pub(super) fn container(incident: &Incident, at: Option<usize>) -> Option<&Container> {
    at.and_then(|at| incident.containers.get(at))
}

/// Who ended: the container, else the unit.
pub(super) fn ended(incident: &Incident, end: &Termination, language: Language) -> Option<String> {
    container(incident, end.container)
        .and_then(|container| words::container(container, language))
        .or_else(|| end.unit.clone())
}

/// "exit code 137 (SIGKILL)".
pub(super) fn exit(end: &Termination, language: Language) -> Option<String> {
    // Codes go in as text: they are names, and a catalogue must not group their digits.
    match (end.exit_code.map(|code| code.to_string()), end.signal_name.as_deref(), end.signal) {
        (Some(code), Some(name), _) => Some(say!(language, "render-exit-code-signal", code = code, signal = name)),
        (Some(code), None, _) => Some(say!(language, "render-exit-code", code = code)),
        (None, Some(name), _) => Some(say!(language, "render-exit-signal", signal = name)),
        (None, None, Some(signal)) => Some(say!(language, "render-exit-signal-number", signal = signal.to_string())),
        (None, None, None) => None,
    }
}

/// `kern.log:468`; in a binary source `system.journal at byte 4185592`.
pub(super) fn place(proof: &Evidence, language: Language) -> String {
    match proof.line {
        Some(line) => format!("{}:{line}", proof.source),
        None => say!(language, "render-place-byte", source = &proof.source, offset = proof.offset.to_string()),
    }
}

/// Microseconds since 1970 of a time of the report; `None` for what is no full time.
pub(super) fn micros(text: &str) -> Option<i64> {
    time::resolve(&time::parse_rfc3339(text)?, None, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_overlap() {
        let memory = Memory {
            anon_bytes: Some(100),
            file_bytes: Some(50),
            shmem_bytes: Some(30),
            slab_reclaimable_bytes: Some(4),
            slab_unreclaimable_bytes: Some(6),
            pagetables_bytes: Some(5),
            kernel_bytes: Some(20),
            free_bytes: Some(0),
            ..Memory::default()
        };
        let sizes = |cgroup| {
            memory_parts(&memory, cgroup, Language::English).into_iter().map(|p| (p.key, p.bytes)).collect::<Vec<_>>()
        };
        let node = [("anon", 70), ("shmem", 30), ("file", 50), ("slab", 6), ("slabr", 4), ("pgt", 5), ("kernel", 20)];
        assert_eq!(sizes(false), node);
        let cgroup = [("anon", 100), ("shmem", 30), ("file", 20), ("slab", 6), ("slabr", 4), ("pgt", 5), ("kernel", 5)];
        assert_eq!(sizes(true), cgroup);
        let odd = Memory { kernel_bytes: Some(1), slab_reclaimable_bytes: Some(u64::MAX), ..memory };
        assert!(memory_parts(&odd, true, Language::English).iter().all(|part| part.key != "kernel"));
    }

    #[test]
    fn times_are_instants() {
        assert_eq!(micros("1970-01-01T08:00:01.000002+08:00"), Some(1_000_002));
        assert_eq!((micros("1970-01-01T00:00:01"), micros("soon")), (None, None));
    }
}
