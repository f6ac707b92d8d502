//! The reader on files as journald writes them, and on single kinds of damage.

use super::builder::{BOOT, Builder, REALTIME, flag, pack};
use super::decompress::Codec;
use super::*;

/// What a visit saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) offset: u64,
    pub(super) seqnum: u64,
    pub(super) realtime_us: i64,
    pub(super) monotonic_us: u64,
    pub(super) boot: u128,
    pub(super) fields: Vec<(String, Vec<u8>)>,
}

impl Seen {
    pub(super) fn message(&self) -> String {
        let field = self.fields.iter().find(|(name, _)| name == "MESSAGE");
        field.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
    }
}

/// What the walk warns of.
pub(super) fn told(stats: &Stats) -> Vec<String> {
    stats.warnings.iter().map(ToString::to_string).collect()
}

pub(super) const FIELDS: [&str; 4] = ["_TRANSPORT", "SYSLOG_IDENTIFIER", "PRIORITY", "MULTI"];

/// Walks with this filter; `more` tells from a message whether the visitor wants to see more.
pub(super) fn read_with(
    bytes: &dyn Bytes,
    wanted: &dyn Fn(&[u8]) -> bool,
    more: &dyn Fn(&str) -> Next,
) -> (Vec<Seen>, Stats) {
    let mut seen = Vec::new();
    let stats = walk(bytes, &Filter { fields: &FIELDS, wanted }, &mut |entry| {
        seen.push(Seen {
            offset: entry.offset,
            seqnum: entry.seqnum,
            realtime_us: entry.realtime_us,
            monotonic_us: entry.monotonic_us,
            boot: entry.boot,
            fields: entry.fields.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect(),
        });
        more(&String::from_utf8_lossy(entry.message().unwrap_or_default()))
    });
    (seen, stats.expect("a journal"))
}

pub(super) fn read(bytes: &dyn Bytes) -> (Vec<Seen>, Stats) {
    read_with(bytes, &|_| true, &|_| Next::Enough)
}

fn messages(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(Seen::message).collect()
}

fn kinds() -> impl Iterator<Item = (bool, Option<Codec>)> {
    let codecs = [None, Some(Codec::Xz), Some(Codec::Lz4), Some(Codec::Zstd)];
    [false, true].into_iter().flat_map(move |compact| codecs.map(|codec| (compact, codec)))
}

#[test]
fn entries_come_with_their_times_and_fields() {
    for (compact, codec) in kinds() {
        let mut builder = Builder::new(compact);
        builder.codec = codec;
        let long = "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/ ".repeat(20);
        let first = builder.program("app", b"started\n\0\xff");
        let second = builder.kernel(&long);
        let third = builder.log(&[("MULTI", b"one"), ("OTHER", b"x"), ("MULTI", b"two"), ("MESSAGE", b"")]);
        let (seen, stats) = read(&builder.finish());

        assert_eq!(told(&stats), Vec::<String>::new(), "{compact} {codec:?}");
        assert_eq!(seen.iter().map(|e| e.offset).collect::<Vec<_>>(), [first, second, third]);
        assert_eq!(seen.iter().map(|e| e.seqnum).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(seen[1].realtime_us, REALTIME as i64 + 2_000_000);
        assert_eq!(seen[1].monotonic_us, 2_000_000);
        assert_eq!(seen[1].boot, BOOT);
        assert_eq!(seen[0].fields[2], ("MESSAGE".to_owned(), b"started\n\0\xff".to_vec()));
        assert_eq!(seen[1].message(), long);
        let third: Vec<_> = seen[2].fields.iter().map(|(n, v)| (n.as_str(), v.as_slice())).collect();
        assert_eq!(third, [("MULTI", &b"one"[..]), ("MULTI", b"two"), ("MESSAGE", b"")]);
        assert_eq!((stats.entries, stats.visited, stats.online), (3, 3, false));
        assert_eq!(stats.machine, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(stats.first.map(|m| m.monotonic_us), Some(1_000_000));
        assert_eq!(stats.last.map(|m| m.monotonic_us), Some(3_000_000));
    }
}

#[test]
fn wanted_is_asked_once_for_each_distinct_message() {
    let mut builder = Builder::new(true);
    for n in 0..50 {
        builder.program("app", [&b"same"[..], b"other"][n % 2]);
    }
    let asked = std::cell::Cell::new(0);
    let wanted = |message: &[u8]| {
        asked.set(asked.get() + 1);
        message == b"other"
    };
    let (seen, stats) = read_with(&builder.finish(), &wanted, &|_| Next::Enough);
    assert_eq!(asked.get(), 2);
    assert_eq!((seen.len(), stats.entries, stats.visited), (25, 50, 25));
}

#[test]
fn wanted_sees_the_start_of_a_long_message_and_the_visit_all_of_it() {
    for (compact, codec) in kinds() {
        let mut builder = Builder::new(compact);
        builder.codec = codec;
        let long: Vec<u8> = (0..3_000_000u32).map(|n| (n.wrapping_mul(n) >> 7) as u8 | 1).collect();
        builder.program("app", &long);
        builder.program("app", b"after");
        let length = std::cell::Cell::new(0);
        let wanted = |message: &[u8]| {
            length.set(length.get().max(message.len()));
            long.starts_with(message)
        };
        let (seen, stats) = read_with(&builder.finish(), &wanted, &|_| Next::Enough);
        assert_eq!(length.get(), WANTED_MAX, "{compact} {codec:?}");
        assert_eq!(told(&stats), Vec::<String>::new(), "{compact} {codec:?}");
        assert_eq!(seen.len(), 1);
        assert!(seen[0].fields[2].1 == long, "{compact} {codec:?}");
    }
}

#[test]
fn while_a_dump_is_open_every_kernel_entry_is_visited() {
    let mut builder = Builder::new(true);
    builder.kernel("eth0: link up");
    builder.kernel("app invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0");
    builder.kernel("[    812]     0   812     4321      100    45056        0             0 app");
    builder.program("kubelet", b"not a kernel line");
    builder.log(&[("SYSLOG_IDENTIFIER", b"kernel"), ("_TRANSPORT", b"syslog"), ("MESSAGE", b"relayed line")]);
    builder.program("containerd", b"oom in a program does not close it");
    builder.kernel("[    813]     0   813     4321      100    45056        0             0 app2");
    builder.kernel("Out of memory: Killed process 812 (app), done with oom");
    builder.kernel("eth0: link down");
    let wanted = |message: &[u8]| memchr::memmem::find(message, b"oom").is_some();
    let more = |message: &str| if message.ends_with("done with oom") { Next::Enough } else { Next::More };
    let (seen, stats) = read_with(&builder.finish(), &wanted, &more);
    let seen: Vec<u64> = seen.iter().map(|entry| entry.seqnum).collect();
    assert_eq!(seen, [2, 3, 5, 6, 7, 8]);
    assert_eq!(stats.kernel.iter().map(|span| span.entries).collect::<Vec<_>>(), [6]);
}

#[test]
fn more_from_a_program_opens_nothing() {
    let mut builder = Builder::new(false);
    builder.program("kubelet", b"oom");
    builder.kernel("eth0: link up");
    let (seen, _) = read_with(&builder.finish(), &|message| message == b"oom", &|_| Next::More);
    assert_eq!(seen.len(), 1);
}

#[test]
fn kernel_coverage_is_told_for_each_boot() {
    let mut builder = Builder::new(true);
    builder.program("app", b"before");
    builder.kernel("a");
    builder.kernel("b");
    builder.boot = 7;
    builder.kernel("c");
    builder.boot = BOOT;
    builder.kernel("d");
    builder.program("app", b"after");
    let (_, stats) = read_with(&builder.finish(), &|_| false, &|_| Next::Enough);
    let at = |n: i64| REALTIME as i64 + n * 1_000_000;
    let span = |boot, first, last, entries| KernelSpan {
        boot,
        first_realtime_us: at(first),
        last_realtime_us: at(last),
        first_monotonic_us: first as u64 * 1_000_000,
        last_monotonic_us: last as u64 * 1_000_000,
        entries,
    };
    assert_eq!(stats.kernel, [span(BOOT, 2, 5, 3), span(7, 4, 4, 1)]);
    assert_eq!((stats.entries, stats.visited), (6, 0));
}

/// A file of ten entries, and the places of its objects.
fn ten(compact: bool) -> (Vec<u8>, Vec<u64>) {
    let mut builder = Builder::new(compact);
    let entries = (0..10).map(|n| builder.kernel(&format!("line {n} of the kernel"))).collect();
    (builder.finish(), entries)
}

#[test]
fn a_hole_costs_only_what_was_in_it() {
    for compact in [false, true] {
        let (mut bytes, entries) = ten(compact);
        bytes[entries[3] as usize - 200..entries[4] as usize].fill(0);
        let (seen, stats) = read(&bytes);
        let found: Vec<u64> = seen.iter().map(|entry| entry.seqnum).collect();
        assert!(found.starts_with(&[1, 2, 3]) && found.ends_with(&[6, 7, 8, 9, 10]), "{found:?}");
        assert!(told(&stats)[0].starts_with("skipped 1 damaged place ("), "{:?}", told(&stats));
        let told = told(&stats);
        assert_eq!(told.last().map(String::as_str), Some("the header counts 10 entries, but only 9 were found"));
    }
}

#[test]
fn a_size_that_lies_is_put_right() {
    for compact in [false, true] {
        for lie in [0, 1, 17, 60, 5_000, 1 << 20, 1 << 40, u64::MAX, u64::MAX - 15] {
            let (mut bytes, entries) = ten(compact);
            let at = entries[4] as usize;
            bytes[at + 8..at + 16].copy_from_slice(&u64::to_le_bytes(lie));
            let (seen, stats) = read(&bytes);
            let found: Vec<u64> = seen.iter().map(|entry| entry.seqnum).collect();
            assert!(found.starts_with(&[1, 2, 3, 4]) && found.ends_with(&[6, 7, 8, 9, 10]), "{lie}: {found:?}");
            assert!(!told(&stats).is_empty(), "{lie}");
        }
    }
}

#[test]
fn a_field_whose_size_lies_is_still_read() {
    let mut builder = Builder::new(true);
    builder.kernel("one");
    let at = builder.field("MESSAGE", b"Killed process 12 (app)") as usize;
    let kernel = builder.field("_TRANSPORT", b"kernel");
    builder.entry(&[at as u64, kernel]);
    let mut bytes = builder.finish();
    bytes[at + 8..at + 16].copy_from_slice(&100_000u64.to_le_bytes());
    let (seen, stats) = read(&bytes);
    assert_eq!(messages(&seen), ["one", "Killed process 12 (app)"]);
    assert_eq!(told(&stats), [format!("1 object has a wrong size (the first at byte {at})")]);
}

#[test]
fn a_lost_field_is_named_and_the_entry_comes_without_it() {
    let (mut bytes, entries) = ten(false);
    // The first item of the sixth entry.
    let item = entries[5] as usize + 64;
    bytes[item..item + 8].copy_from_slice(&12_345_678u64.to_le_bytes());
    let (seen, stats) = read(&bytes);
    assert_eq!(seen.len(), 10);
    assert_eq!(seen[5].message(), "line 5 of the kernel");
    assert!(seen[5].fields.iter().all(|(name, _)| name != "_TRANSPORT"));
    assert_eq!(told(&stats), ["1 field of an entry is lost (the first at byte 12345678)"]);
}

#[test]
fn data_behind_its_entry_is_found() {
    let mut builder = Builder::new(false);
    // The entry will have two items, 8 bytes of padding come after it, then an array of 32 bytes.
    let entry = builder.out.len() as u64;
    let later = entry + 64 + 32 + 32;
    builder.entry(&[later, later + 88]);
    assert_eq!(builder.raw_data(0, b"MESSAGE=found later"), later);
    assert_eq!(builder.raw_data(0, b"_TRANSPORT=kernel"), later + 88);
    let (seen, stats) = read(&builder.finish());
    assert_eq!(messages(&seen), ["found later"]);
    assert_eq!(stats.kernel.len(), 1);
    assert_eq!(told(&stats), Vec::<String>::new());
}

#[test]
fn a_header_that_lies_does_not_matter() {
    let (intact, _) = ten(true);
    let (all, _) = read(&intact);
    for (at, value) in [(88, 0), (88, 7), (88, u64::MAX), (88, 1 << 9), (96, 0), (136, 0), (136, 1 << 40), (152, 0)] {
        let mut bytes = intact.clone();
        bytes[at..at + 8].copy_from_slice(&u64::to_le_bytes(value));
        let (seen, stats) = read(&bytes);
        assert!(seen == all, "{at} = {value}");
        // With the header's size gone, the walk looks for the first object itself.
        assert_eq!(told(&stats).iter().any(|w| w == "the journal's header is damaged"), at == 88, "{at} = {value}");
    }
}

#[test]
fn a_file_that_holds_nothing_yet_is_fine() {
    let mut bytes = ten(true).0;
    bytes[136..160].fill(0);
    bytes[272..].fill(0);
    let (seen, stats) = read(&bytes);
    assert!(seen.is_empty());
    assert_eq!(stats, Stats { machine: stats.machine, ..Stats::default() });
}

#[test]
fn an_open_file_with_unknown_features_is_read() {
    let (mut bytes, _) = ten(true);
    bytes[16] = 1;
    bytes[13] = 0x40;
    let (seen, stats) = read(&bytes);
    assert_eq!(seen.len(), 10);
    assert!(stats.online);
    assert_eq!(told(&stats), ["the journal uses format features that are not known here (flags 0x4000)"]);
}

#[test]
fn what_is_no_journal_is_refused() {
    let refused = |bytes: &[u8]| {
        let filter = Filter { fields: &[], wanted: &|_| true };
        walk(&bytes.to_vec(), &filter, &mut |_| Next::Enough).map_err(|error| error.to_string())
    };
    assert_eq!(refused(b""), Err("not a systemd journal file".to_owned()));
    assert_eq!(refused(b"LPKSHHRX"), Err("not a systemd journal file".to_owned()));
    assert_eq!(refused(&[0; 300]), Err("not a systemd journal file".to_owned()));
    assert_eq!(refused(&MAGIC[..5]), Err("the journal file ends inside its header".to_owned()));
    assert_eq!(refused(&ten(false).0[..200]), Err("the journal file ends inside its header".to_owned()));
}

#[test]
fn a_damaged_compressed_message_is_said_and_its_entry_stays() {
    for codec in [Codec::Xz, Codec::Lz4, Codec::Zstd] {
        let mut builder = Builder::new(true);
        builder.kernel("one");
        let long = b"MESSAGE=invoked oom-killer ".repeat(50);
        let mut packed = pack(codec, &long);
        let keep = packed.len() / 2;
        packed.truncate(keep);
        let message = builder.raw_data(flag(codec), &packed);
        let kernel = builder.field("_TRANSPORT", b"kernel");
        builder.entry(&[message, kernel]);
        let unknown = builder.raw_data(8, b"what is this");
        builder.entry(&[unknown, kernel]);
        builder.kernel("four");
        let (seen, stats) = read(&builder.finish());
        assert!(seen.len() >= 2, "{codec:?}");
        assert_eq!(stats.entries, 4);
        assert!(told(&stats).iter().any(|w| w.contains("could not be decompressed")), "{:?}", told(&stats));
    }
}

#[test]
fn pages_that_cannot_be_read_are_stepped_over() {
    struct Bad(Vec<u8>, std::ops::Range<u64>);
    impl Bytes for Bad {
        fn len(&self) -> u64 {
            Bytes::len(&self.0)
        }
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
            if self.1.contains(&offset) {
                return Err(std::io::Error::other("bad block"));
            }
            let most = usize::try_from(self.1.start.saturating_sub(offset)).unwrap_or(0);
            let most = if most == 0 { buf.len() } else { buf.len().min(most) };
            // Small pieces: a reader must go on by itself.
            self.0.read_at(offset, &mut buf[..most.min(1000)])
        }
    }
    let mut builder = Builder::new(true);
    for n in 0..200 {
        builder.kernel(&format!("line {n}"));
    }
    let bytes = builder.finish();
    assert!(bytes.len() > 40_000);
    let (all, _) = read(&bytes);
    let (seen, stats) = read(&Bad(bytes, 20_480..24_576));
    assert!(seen.len() > 150 && seen.len() < 200, "{}", seen.len());
    assert!(seen.iter().filter(|e| all.contains(e)).count() > 150);
    assert_eq!(told(&stats)[0], "1 page of the file could not be read: bad block");
}
