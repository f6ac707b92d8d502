use super::super::{Document, scan};
use super::*;
use std::path::{Path, PathBuf};

/// A kill line of Linux 6.1, dmesg form, between others; each number once.
fn log(numbers: std::ops::Range<u32>) -> String {
    let line = |n: u32| match n % 10 {
        5 => format!(
            "[{n:5}.000000] Out of memory: Killed process {n} (w{n}) total-vm:9000kB, anon-rss:800kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:64kB oom_score_adj:0\n"
        ),
        _ => format!("[{n:5}.000000] eth0: link becomes ready, {n}\n"),
    };
    numbers.map(line).collect()
}

fn options(piece: usize, threads: usize) -> Options {
    Options { context: true, piece: Some(piece), threads, year: Some(2026), ..Options::default() }
}

fn contexts(paths: &[PathBuf], options: &Options) -> Vec<(String, u64, Option<Surroundings>)> {
    let inputs: Vec<Input> = paths.iter().map(|path| Input::Path(path.clone())).collect();
    let report = scan(&inputs, options);
    let proofs = report.incidents.into_iter().flat_map(|incident| incident.evidence);
    proofs.map(|proof| (proof.source, proof.offset, proof.context.map(|context| *context))).collect()
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    io::copy(&mut flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()), &mut packed).unwrap();
    packed
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mtime(1_795_400_000);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn the_lines_around_a_proof() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), "dmesg.txt", log(4..7).as_bytes());
    let found = contexts(std::slice::from_ref(&path), &options(1 << 20, 1));
    let wanted = Surroundings {
        before: vec!["[    4.000000] eth0: link becomes ready, 4".into()],
        after: vec!["[    6.000000] eth0: link becomes ready, 6".into()],
    };
    assert_eq!(found[0].2, Some(wanted));
    let without = Options { context: false, ..options(1 << 20, 1) };
    assert!(contexts(&[path], &without).iter().all(|(_, _, context)| context.is_none()));
}

#[test]
fn the_same_for_every_piece_thread_and_wrapping() {
    let dir = tempfile::tempdir().unwrap();
    let text = log(0..9000);
    let plain = write(dir.path(), "dmesg.txt", text.as_bytes());
    let packed = write(dir.path(), "dmesg.gz", &gzip(text.as_bytes()));
    let archive = write(dir.path(), "logs.tar", &tar(&[("a.txt", b"nothing here\n"), ("dmesg.txt", text.as_bytes())]));
    let of = |path: &PathBuf, piece, threads| -> Vec<(u64, Option<Surroundings>)> {
        let found = contexts(std::slice::from_ref(path), &options(piece, threads));
        found.into_iter().map(|(_, offset, context)| (offset, context)).collect()
    };
    let wanted = of(&plain, 1 << 20, 1);
    assert_eq!(wanted.len(), 900);
    assert!(wanted.iter().all(|(_, context)| context.as_ref().is_some_and(|c| c.before.len() + c.after.len() == 4)));
    for path in [&plain, &packed, &archive] {
        for (piece, threads) in [(64 * 1024, 4), (300_000, 2), (1 << 20, 1)] {
            assert!(of(path, piece, threads) == wanted, "{path:?} {piece} {threads}");
        }
    }
}

#[test]
fn neighbours_in_one_archive_with_two_members_of_one_name() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (log(0..9), log(100..109));
    let archive =
        write(dir.path(), "logs.tar", &tar(&[("dmesg.txt", first.as_bytes()), ("dmesg.txt", second.as_bytes())]));
    let found = contexts(&[archive], &options(1 << 20, 1));
    // Both stand at one offset; no proof may get the other's neighbours.
    assert_eq!(found.len(), 2);
    for (_, _, context) in found.iter().filter(|(_, _, context)| context.is_some()) {
        assert_eq!(context.as_ref().unwrap().before.len(), 2);
    }
}

#[test]
fn bytes_in_memory_and_journals() {
    let mut options = options(1 << 20, 1);
    options.documents = vec![Document { name: "dmesg".into(), bytes: log(0..9).into_bytes() }];
    let found = contexts(&[], &options);
    assert_eq!(found[0].2.as_ref().unwrap().before[1], "[    4.000000] eth0: link becomes ready, 4");
}

#[test]
fn a_line_that_stands_there_no_more_has_no_context() {
    let text = log(0..9).into_bytes();
    let at = text.iter().position(|b| *b == b'O').unwrap() as u64 - 15;
    let cited = |start: &str| Cited::from([(at, start.to_owned())]);
    assert_eq!(around_bytes(&text, &cited("[    5.000000] Out of memory")).len(), 1);
    assert_eq!(around_bytes(&text, &cited("[    7.000000] Out of memory")).len(), 0);
    // In the middle of a line, and behind the end.
    assert_eq!(around_bytes(&text, &Cited::from([(at + 4, "5.000000".to_owned())])).len(), 0);
    assert_eq!(around_bytes(&text, &Cited::from([(1 << 40, "x".to_owned())])).len(), 0);
}

#[test]
fn long_lines_are_cut_and_far_ones_left_out() {
    let long = "y".repeat(9000);
    let text = format!("{long}\nfirst\nproof {}\n{long}\nlast", "x".repeat(3000));
    let at = text.find("proof").unwrap() as u64;
    let found = around_bytes(&text.into_bytes(), &Cited::from([(at, "proof".to_owned())]));
    let context = &found[&at];
    // The long line before begins outside the window: its beginning is not known.
    assert_eq!(context.before, ["first"]);
    assert_eq!(context.after.iter().map(String::len).collect::<Vec<_>>(), [EVIDENCE_TEXT_MAX, 4]);
}

#[test]
fn what_can_be_read_only_once_is_kept() {
    let kept = Kept::default();
    let item = |path: &str, bytes: Vec<u8>| Item {
        path: path.into(),
        root: 0,
        mtime: None,
        head: vec![b'x'],
        reader: Box::new(io::Cursor::new(bytes)),
        file: None,
        format: source::Format::Plain,
        once: true,
    };
    let read = |path: &str, bytes: Vec<u8>| {
        let (mut item, copy) = kept.tap(item(path, bytes));
        assert!(io::copy(&mut item.reader, &mut io::sink()).is_ok());
        kept.keep(copy);
    };
    let half = "0123456789abcde\n".repeat(KEPT_MAX / 32 + 1) + "no line feed";
    read("<stdin>!a", half.clone().into_bytes());
    read("<stdin>!b", half.clone().into_bytes());
    read("<stdin>!c", b"nothing is left\n".to_vec());
    read("/dev/fd/9", b"another pipe\n".to_vec());
    let lengths: Vec<usize> = kept.taken().iter().map(|(_, bytes)| bytes.len()).collect();
    assert_eq!(lengths, [half.len(), (KEPT_MAX - half.len()) / 16 * 16, 0, 13]);
}
