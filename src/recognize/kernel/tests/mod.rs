//! The assembler as a whole.

mod eras;
mod flow;
mod kin;
mod noise;

use super::{Assembler, NEEDLES};
use crate::event::{Event, Fact, KernelNote, KernelOom, Stamp};
use crate::record::{Record, Transport};
use std::borrow::Cow;

/// A kernel record at so many seconds of uptime.
fn at(seconds: f64, message: &str) -> Record<'_> {
    Record {
        stamp: Stamp { uptime_us: Some((seconds * 1e6) as u64), ..Stamp::default() },
        transport: Transport::Kernel,
        message: Cow::Borrowed(message.as_bytes()),
        ..Record::default()
    }
}

/// Kernel records, a microsecond apart.
fn lines<'a>(seconds: f64, messages: &[&'a str]) -> Vec<Record<'a>> {
    messages.iter().enumerate().map(|(n, message)| at(seconds + n as f64 / 1e6, message)).collect()
}

fn has_needle(record: &Record<'_>) -> bool {
    NEEDLES.iter().any(|needle| memchr::memmem::find(&record.message, needle.as_bytes()).is_some())
}

/// Feeds every record.
fn feed(records: &[Record<'_>]) -> Vec<Event> {
    let mut assembler = Assembler::new();
    let mut out = Vec::new();
    for record in records {
        assembler.push(record, &mut out);
    }
    assembler.finish(&mut out);
    out
}

/// Feeds as the scan does: without needles only while a report is open.
fn feed_skipping(records: &[Record<'_>]) -> Vec<Event> {
    let mut assembler = Assembler::new();
    let mut out = Vec::new();
    for record in records.iter() {
        if assembler.is_open() || has_needle(record) {
            assembler.push(record, &mut out);
        }
    }
    assembler.finish(&mut out);
    out
}

/// The OOM events of records; both ways of feeding must agree.
fn ooms(records: &[Record<'_>]) -> Vec<KernelOom> {
    let all = feed(records);
    assert_eq!(all, feed_skipping(records));
    all.into_iter()
        .filter_map(|event| match event.fact {
            Fact::KernelOom(oom) => Some(*oom),
            _ => None,
        })
        .collect()
}

fn notes(records: &[Record<'_>]) -> Vec<KernelNote> {
    let found = feed(records).into_iter();
    found
        .filter_map(|event| match event.fact {
            Fact::Kernel(note) => Some(note),
            _ => None,
        })
        .collect()
}

fn pids(oom: &KernelOom) -> Vec<u32> {
    oom.kills.iter().map(|kill| kill.pid).collect()
}

/// A golden file.
fn golden(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Records of plain `dmesg` text: `[ seconds] text`; lines indented by the prefix's width continue the record.
fn dmesg(text: &[u8]) -> Vec<Record<'_>> {
    let mut records: Vec<Record<'_>> = Vec::new();
    let mut width = 0;
    for (line, number) in text.split(|byte| *byte == b'\n').zip(1u64..) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let end = line.iter().position(|byte| *byte == b']').filter(|_| line.starts_with(b"["));
        let stamp = end.and_then(|end| std::str::from_utf8(&line[1..end]).ok()?.trim().parse::<f64>().ok());
        match (stamp, end) {
            (Some(seconds), Some(end)) => {
                width = end + 2;
                let uptime_us = Some((seconds * 1e6).round() as u64);
                records.push(Record {
                    line: Some(number),
                    raw: Cow::Borrowed(line),
                    stamp: Stamp { uptime_us, ..Stamp::default() },
                    transport: Transport::Kernel,
                    message: Cow::Borrowed(line.get(width..).unwrap_or_default()),
                    ..Record::default()
                });
            }
            _ if line.len() > width && line[..width].iter().all(|byte| *byte == b' ') => {
                if let Some(last) = records.last_mut() {
                    let message = last.message.to_mut();
                    message.push(b'\n');
                    message.extend_from_slice(&line[width..]);
                }
            }
            _ => {}
        }
    }
    records
}

const TRIGGER: &str = "java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0";
const MEMORY: &str = "memory: usage 65536kB, limit 65536kB, failcnt 28";
const STATS: &str = "Memory cgroup stats for /a:";
const HEADER: &str = "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name";
const ROW: &str = "[    902]  1000   902    26101      811    86016        0             0 java";
const SUMMARY: &str = "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a/b,task=java,pid=902,uid=1000";
const KILL: &str = "Memory cgroup out of memory: Killed process 902 (java) total-vm:104404kB, anon-rss:3000kB, file-rss:244kB, shmem-rss:0kB, UID:1000 pgtables:84kB oom_score_adj:0";
const NO_KILLABLE: &str = "Out of memory and no killable processes...";

fn kill_line(prefix: &str, pid: u32, name: &str) -> String {
    format!(
        "{prefix}Killed process {pid} ({name}) total-vm:9kB, anon-rss:8kB, file-rss:7kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0"
    )
}
