//! Recogniser of everything that the Linux kernel prints around an OOM, 2.6.0 to 7.2, RHEL 4 to 10, OpenVZ's of 2.6.32; and the one line of the BSDs.
//!
//! Shape decides, not version: distribution kernels mix eras. Each kind of line has a small grammar in a file of its
//! own; [`Assembler`] puts the lines of one report together, whatever stands between them.

mod assembler;
mod clock;
mod cpu;
mod dump;
mod gate;
mod glue;
mod heads;
mod kill;
mod lex;
mod machine;
mod memcg;
mod meminfo;
mod notes;
mod slab;
mod summary;
mod tail;
mod tasks;
mod trigger;

#[cfg(test)]
mod tests;

pub use assembler::Assembler;
pub(super) use notes::is_part_head;

use crate::event::{Fact, KernelOom};
use crate::record::{Record, Transport};
use std::borrow::Cow;

/// The literals of [`NEEDLES`] that stand in every OOM event, even a cut one, and in every boot's first lines. Large logs
/// of the kernel alone are searched for these only: what stands beside an event (hung tasks, failed allocations) is not
/// looked for there.
pub const CORE_NEEDLES: &[&str] = &[
    "invoked oom-killer",
    "oom-killer: gfp_mask=",
    "oom-kill:",
    "Killed process ",
    "OOM killed process ",
    " was killed: ",
    " killed: out of swap",
    "Kill process ",
    "kill process ",
    "Out of memory",
    "Memory cgroup out of memory",
    "oom_reaper: ",
    "killed as a result of limit of",
    "memory: usage ",
    "uid  tgid total_vm",
    "memory.oom.group set",
    "oom_kill_process: ",
    "Kernel panic - not syncing",
    "Manual OOM execution",
    "lowmemorykiller: ",
    "Linux version ",
    "messages dropped",
];

/// Literals one of which stands in every line that begins an OOM event, carries a fact about one, or matters beside
/// one. All have fixed case, and no carrier changes any of them.
pub const NEEDLES: &[&str] = &[
    "invoked oom-killer",
    "oom-killer: gfp_mask=",
    "oom-kill:",
    "Killed process ",
    "OOM killed process ",
    " was killed: ",
    " killed: out of swap",
    "Kill process ",
    "kill process ",
    "Out of memory",
    "Memory cgroup out of memory",
    "oom_reaper: ",
    "killed as a result of limit of",
    "Memory limit reached of cgroup",
    "Memory cgroup stats for",
    "memory: usage ",
    "uid  tgid total_vm",
    "Mem-Info:",
    " isolated_anon:",
    " isolated(anon):",
    "lowmem_reserve[]: ",
    "memory.oom.group set",
    "oom_kill_process: ",
    "out_of_memory: ",
    "warn_alloc: ",
    "Kernel panic - not syncing",
    "Manual OOM execution",
    "Show Memory",
    "VM_FAULT_OOM",
    "page allocation failure",
    "page allocation stall",
    "vmalloc: allocation failure",
    "vmalloc error: size ",
    "Unable to allocate memory on",
    "lowmemorykiller: ",
    "VM: killing process ",
    "fork rejected by pids",
    "blocked for more than",
    "blocked in I/O wait for more than",
    "soft lockup - CPU#",
    "detected stall",
    "segfault at ",
    "traps: ",
    "Linux version ",
    "reboot: ",
    "messages dropped",
    "messages suppressed",
    " kernel messages",
    "messages lost due to rate-limiting",
    "messages due to rate-limiting",
    "-- Boot ",
    "-- Reboot --",
];

/// All OOM events of a kernel text without any carrier: bare lines, as `dmesg -t` prints them.
///
/// ```
/// let text = b"Out of memory: Killed process 7 (java) total-vm:9kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB";
/// let events = oomscan::recognize::kernel::parse_lines(text.split(|byte| *byte == b'\n'));
/// assert_eq!(events[0].kills[0].comm, "java");
/// ```
pub fn parse_lines<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<KernelOom> {
    let mut assembler = Assembler::new();
    let mut out = Vec::new();
    let mut found = Vec::new();
    let mut offset = 0u64;
    for (line, number) in lines.zip(1u64..) {
        let record = Record {
            line: Some(number),
            offset,
            transport: Transport::Kernel,
            message: Cow::Borrowed(line),
            ..Record::default()
        };
        assembler.push(&record, &mut out);
        offset = offset.saturating_add(line.len() as u64).saturating_add(1);
        take(&mut out, &mut found);
    }
    assembler.finish(&mut out);
    take(&mut out, &mut found);
    found
}

/// Moves the OOM events out.
fn take(out: &mut Vec<crate::event::Event>, found: &mut Vec<KernelOom>) {
    found.extend(out.drain(..).filter_map(|event| match event.fact {
        Fact::KernelOom(oom) => Some(*oom),
        _ => None,
    }));
}
