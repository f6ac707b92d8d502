//! Whatever stands in a log, nothing breaks, and lines without needles matter only while a report is open.

use super::{
    HEADER, KILL, MEMORY, ROW, Record, STATS, SUMMARY, TRIGGER, at, dmesg, feed, feed_skipping, golden, ooms, pids,
};
use crate::record::Transport;
use std::borrow::Cow;

const FILES: [&str; 12] = [
    "01-rhel6-global.log",
    "02-rhel6-memcg.log",
    "05-v44-memcg-three-children.log",
    "06-v415-slab-table.log",
    "08-rhel83.log",
    "11-v61-global.log",
    "15-oom-group-five.log",
    "16-suppressed-dumps.log",
    "17-no-killable-panic.log",
    "21-names-split.log",
    "24-foreign-lines.log",
    "25-page-allocation-failure.log",
];

/// A small generator: the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below.max(1)
    }
}

#[test]
fn lines_between_reports_change_nothing() {
    let noise = [
        "anon 55",
        ROW,
        "docker0: port 1",
        ",cpuset=/,mems_allowed=0",
        "b) total-vm:9kB, anon-rss:8kB",
        " dump_stack+0x1/0x2",
        "Node 0 DMA free:1kB min:2kB",
    ];
    const ROW: &str = "[    902]  1000   902    26101      811    86016        0             0 java";
    for name in FILES {
        let text = golden(name);
        let records = dmesg(&text);
        let mut numbers = Numbers(7);
        let mut mixed: Vec<Record<'_>> = Vec::new();
        for record in &records {
            for _ in 0..numbers.next(3) {
                let stamp = record.stamp;
                mixed.push(Record { stamp, ..at(0.0, noise[numbers.next(noise.len())]) });
            }
            mixed.push(record.clone());
        }
        assert_eq!(feed(&mixed), feed_skipping(&mixed), "{name}");
    }
}

#[test]
fn lost_and_swapped_lines_break_nothing() {
    for name in FILES {
        let text = golden(name);
        let records = dmesg(&text);
        for seed in 0..12 {
            let mut numbers = Numbers(seed);
            let mut left: Vec<Record<'_>> = records.iter().filter(|_| numbers.next(4) > 0).cloned().collect();
            for _ in 0..left.len() / 10 {
                let (a, b) = (numbers.next(left.len()), numbers.next(left.len()));
                left.swap(a, b);
            }
            assert_eq!(feed(&left), feed_skipping(&left), "{name} {seed}");
        }
    }
}

#[test]
fn damaged_bytes_break_nothing() {
    let odd = [b'\n', b')', b'(', b'[', b']', b',', b'=', b':', b' ', 0xff, b'9', 0];
    for name in FILES {
        let text = golden(name);
        let records = dmesg(&text);
        for seed in 0..12 {
            let mut numbers = Numbers(seed ^ 99);
            let damaged: Vec<Record<'_>> = records
                .iter()
                .map(|record| {
                    let mut message = record.message.to_vec();
                    for _ in 0..numbers.next(4) {
                        let place = numbers.next(message.len());
                        match numbers.next(3) {
                            0 if place < message.len() => message[place] = odd[numbers.next(odd.len())],
                            1 => message.truncate(place),
                            _ => message.insert(place.min(message.len()), odd[numbers.next(odd.len())]),
                        }
                    }
                    Record { message: message.into(), ..record.clone() }
                })
                .collect();
            assert_eq!(feed(&damaged), feed_skipping(&damaged), "{name} {seed}");
        }
    }
}

#[test]
fn a_log_may_be_cut_anywhere() {
    for name in FILES {
        let text = golden(name);
        for end in (0..text.len()).step_by(977) {
            let records = dmesg(&text[..end]);
            assert_eq!(feed(&records), feed_skipping(&records), "{name} {end}");
            let tail = dmesg(&text[end..]);
            assert_eq!(feed(&tail), feed_skipping(&tail), "{name} from {end}");
        }
    }
}

/// A report as a thread quotes it, without stamps.
fn quoted(mark: &str, texts: &[&str]) -> Vec<Record<'static>> {
    let record = |text: &&str| Record {
        message: Cow::Owned(format!("{mark}{text}").into_bytes()),
        transport: Transport::Unknown,
        ..Record::default()
    };
    texts.iter().map(record).collect()
}

#[test]
fn a_quoted_report_without_stamps() {
    let texts = [TRIGGER, "Call Trace:", MEMORY, STATS, "anon 55", HEADER, ROW, SUMMARY, KILL];
    for mark in ["", "> ", ">> ", "&gt; "] {
        let found = ooms(&quoted(mark, &texts));
        let trigger = found[0].trigger.as_ref().map(|trigger| trigger.comm.as_str());
        assert_eq!((found.len(), trigger, pids(&found[0])), (1, Some("java"), vec![902]), "{mark}");
        assert_eq!(found[0].tasks.as_ref().map(|tasks| tasks.count), Some(1), "{mark}");
    }
    let panic = ["Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled"];
    assert_eq!(ooms(&quoted("> ", &panic)), [], "somebody's words");
}
