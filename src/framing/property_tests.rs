//! What must hold for any bytes.

use super::carrier_tests::{frame_bytes, got, push_all};
use super::*;
use proptest::prelude::*;

/// Lines of many carriers, whole and ready to be cut and mixed.
const LINES: &[&[u8]] = &[
    b"[  334.430942] Killed process 7 (a",
    b"b) total-vm:1kB",
    b"               file 0",
    b"[Mon Nov 23 10:22:41 2026] Mem-Info:",
    b"kern  :err   : [  334.430942] x",
    b"<3>[  334.430942] x",
    b"3,1410,334430942,-,caller=T1715;w\\xc3\\xb6rker",
    b" SUBSYSTEM=pci",
    b"Nov 23 10:22:41 node-b1 kernel: [  334.430942] a#012b",
    b"Nov 23 10:22:41 h kernel: message repeated 3 times: [ x]",
    b"2026-11-23T10:22:41.430942+00:00 node-b1 kernel: x",
    b"<3>1 2026-11-23T10:22:41.430942+00:00 h kernel - - [a b=\"c\"] x",
    b"Mon 2026-11-23 10:22:41 UTC h kernel: x",
    b"1795429361.430942 h kernel: x",
    b"Mon 2026-11-23 09:58:26.084372 UTC [s=0;i=1;b=ced875fd29c74414b09f2911049db6c7;m=1;t=2;x=3]",
    b"    MESSAGE=x",
    b"            y",
    b"__CURSOR=s=1",
    b"MESSAGE",
    b"\x05\x00\x00\x00\x00\x00\x00\x00abcde",
    b"MESSAGE=x",
    b"",
    b"{",
    b"\t\"MESSAGE\" : \"x\"",
    b"}",
    b"      },{",
    b"         \"msg\": \"a\\u00e9\"",
    b"{\"MESSAGE\":[1,2],\"_TRANSPORT\":\"kernel\"}",
    b"{\"log\":\"x\",\"stream\":\"stdout\",\"time\":\"2026-11-23T10:00:00Z\"}",
    b"2026-11-23T10:00:00.1Z stdout P x",
    b"I1123 12:35:46.013893     534 flags.go:59] x",
    b"time=\"2026-11-23T10:22:41Z\" level=info",
    b"2026-11-23T10:22:41.430Z In(05) vcpu-5 - Guest: <3>[  334.430942] x",
    b"kern: err: [2026-11-23T10:22:41.4Z]: x",
    b"-- Boot 2bbd9a7bb6b8459c8e34c1e3e60b01c3 --",
    b"-- Reboot --",
    b"Panic#1 Part1",
    b"====1763890000.123456-C",
    b"\x1b[32m[    1.000000] \x1b[0mx",
    b"login: ",
];

/// Lines of the list, some of them cut or with a byte changed.
fn mixed() -> impl Strategy<Value = Vec<u8>> {
    let line = (0..LINES.len(), any::<prop::sample::Index>(), any::<u8>(), 0..4u8).prop_map(|(i, at, byte, what)| {
        let mut line = LINES[i].to_vec();
        match what {
            0 => line.truncate(at.index(line.len() + 1)),
            1 if !line.is_empty() => {
                let at = at.index(line.len());
                line[at] = byte;
            }
            _ => {}
        }
        line
    });
    prop::collection::vec(line, 0..24).prop_map(|lines| lines.join(&b'\n'))
}

/// The lines that begin a record of their own and end it.
fn whole_lines() -> Vec<&'static [u8]> {
    let begins = |c: &u8| !matches!(c, b' ' | b'\t' | b'_' | b'{' | b'}' | b'-' | b'=');
    let whole = |line: &&[u8]| line.first().is_some_and(begins) && frame_bytes(line).0.len() == 1;
    LINES.iter().copied().filter(whole).collect()
}

/// Whether a text is made of the ends of lines of the input, in their order and with nothing left out: the parts of a
/// container's line (`stdout P`).
fn is_joined(joined: &[u8], text: &[u8]) -> bool {
    // How much of the text the lines so far can make.
    let mut made = vec![0];
    for line in text.split(|c| *c == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let ends = || (0..line.len()).map(|start| &line[start..]);
        let more: Vec<usize> = made
            .iter()
            .flat_map(|at| ends().filter(|end| joined[*at..].starts_with(end)).map(move |end| at + end.len()))
            .collect();
        made.extend(more);
        made.sort_unstable();
        made.dedup();
    }
    made.contains(&joined.len())
}

#[test]
fn parts_that_are_joined() {
    let text = b"2026-11-23T10:00:00.1Z stdout P ab\n2026-11-23T10:00:00.1Z stdout P cd\r\nx\n2026-11-23T10:00:00.1Z stdout F ef";
    let messages: Vec<_> = frame_bytes(text).0.into_iter().map(|record| record.message).collect();
    assert_eq!(messages[0], b"abcd");
    assert!(is_joined(b"abcd", text) && is_joined(b"abef", text));
    assert!(!is_joined(b"cdab", text) && !is_joined(b"acd", text) && !is_joined(b"abc", text));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_bytes_are_framed(text in prop::collection::vec(any::<u8>(), 0..400)) {
        let (records, ..) = frame_bytes(&text);
        prop_assert!(records.iter().all(|record| (record.offset as usize) < text.len().max(1)));
    }

    #[test]
    fn damaged_carriers_are_framed(text in mixed(), pos in any::<prop::sample::Index>()) {
        let (records, ..) = frame_bytes(&text);
        let offsets: Vec<u64> = records.iter().map(|record| record.offset).collect();
        prop_assert!(offsets.windows(2).all(|pair| pair[0] < pair[1]), "{offsets:?}");
        let start = record_start(&text, pos.index(text.len() + 1));
        prop_assert!(start == 0 || text[start - 1] == b'\n');
    }

    #[test]
    fn messages_are_made_of_the_input(text in mixed()) {
        // Without escapes each line of a message stands in the input as it is.
        let no_escapes = !text.iter().any(|c| matches!(c, b'\\' | b'#' | 0x1B | b'{' | b'['));
        let (records, ..) = frame_bytes(&text);
        for record in records.iter().filter(|_| no_escapes) {
            for line in record.message.split(|c| *c == b'\n') {
                let found = memchr::memmem::find(&text, line).is_some();
                prop_assert!(found || is_joined(line, &text), "{:?}", String::from_utf8_lossy(line));
            }
        }
        // Decoding never makes a message longer than what it was made of.
        let total: usize = records.iter().map(|record| record.message.len()).sum();
        prop_assert!(total <= text.len() + 2 * records.len());
    }

    #[test]
    fn joined_texts_give_the_records_of_both(a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let lines = whole_lines();
        let (a, b) = (lines[a.index(lines.len())], lines[b.index(lines.len())]);
        let joined = [a, b].join(&b'\n');
        let (records, ..) = frame_bytes(&joined);
        let messages: Vec<_> = records.iter().map(|record| record.message.clone()).collect();
        let apart = [frame_bytes(a).0[0].message.clone(), frame_bytes(b).0[0].message.clone()];
        // A name may be broken over two lines, and a container's line into parts.
        let together = [apart.join(&b'\n')];
        let parts = [apart.concat()];
        prop_assert!(messages == apart || messages == together || messages == parts, "{messages:?}");
    }

    #[test]
    fn the_end_may_come_anywhere(text in mixed(), cut in any::<prop::sample::Index>()) {
        // Flushing twice, or pushing after a flush, gives no record twice.
        let cut = record_start(&text, cut.index(text.len() + 1));
        let mut framer = Framer::new(SourceId(0));
        let mut records = Vec::new();
        push_all(&mut framer, &text[..cut], 0, &mut records);
        framer.flush(&mut |record| records.push(got(record)));
        framer.flush(&mut |record| records.push(got(record)));
        push_all(&mut framer, &text, cut, &mut records);
        framer.flush(&mut |record| records.push(got(record)));
        let offsets: Vec<u64> = records.iter().map(|record| record.offset).collect();
        prop_assert!(offsets.windows(2).all(|pair| pair[0] < pair[1]), "{offsets:?}");
    }
}
