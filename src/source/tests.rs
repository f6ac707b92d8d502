//! Whole inputs: folders, archives in archives, damage, order.

use super::*;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use tempfile::TempDir;

/// What became of an item in these tests: its text, its compression, its error.
type Seen = (String, Format, Option<String>);

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, data) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mtime(1_763_900_000);
        builder.append_data(&mut header, name, *data).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in files {
        zip.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(data).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, data) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, data).unwrap();
    }
    dir
}

fn look(item: Item<'_>) -> Option<Seen> {
    let Item { head, mut reader, format, file, .. } = item;
    let mut bytes = Vec::new();
    let error = reader.read_to_end(&mut bytes).err().map(|e| e.to_string());
    assert!(bytes.starts_with(&head) && !head.is_empty());
    assert!(head.len() == 8192 || head.len() == bytes.len(), "{} of {}", head.len(), bytes.len());
    if let Some(file) = file {
        assert_eq!(file.metadata().unwrap().len(), bytes.len() as u64);
    }
    Some((String::from_utf8_lossy(&bytes).into_owned(), format, error))
}

fn scan(paths: &[&Path], limits: &Limits) -> (Vec<Outcome<Seen>>, Vec<Warning>) {
    let inputs: Vec<Input> = paths.iter().map(|p| Input::Path(p.to_path_buf())).collect();
    for_each(&inputs, limits, &look)
}

/// Path (below the folder) and text of each item.
fn texts(dir: &TempDir, outcomes: &[Outcome<Seen>]) -> Vec<(String, String)> {
    let base = format!("{}/", dir.path().display());
    outcomes.iter().map(|o| (o.path.replace(&base, ""), o.value.0.clone())).collect()
}

fn paths(dir: &TempDir, outcomes: &[Outcome<Seen>]) -> Vec<String> {
    texts(dir, outcomes).into_iter().map(|(path, _)| path).collect()
}

fn messages(warnings: &[Warning]) -> String {
    warnings.iter().map(|w| format!("{:?} {}: {}\n", w.severity, w.path, w.message)).collect()
}

#[test]
fn archives_in_archives() {
    let inner = gzip(&tar(&[("var/log/messages", b"deep\n"), ("var/log/old.gz", &gzip(b"deeper\n"))]));
    let middle = zip(&[("sos.tar.gz", &inner), ("events.json", b"{}\n")]);
    let outer = gzip(&tar(&[("node-1.zip", &middle), ("readme", b"hello\n")]));
    let dir = folder(&[("case.bin", &outer)]);
    let (outcomes, warnings) = scan(&[dir.path()], &Limits::default());
    assert_eq!(messages(&warnings), "");
    let expected = [
        ("case.bin!node-1.zip!events.json", "{}\n"),
        ("case.bin!node-1.zip!sos.tar.gz!var/log/messages", "deep\n"),
        ("case.bin!node-1.zip!sos.tar.gz!var/log/old.gz", "deeper\n"),
        ("case.bin!readme", "hello\n"),
    ];
    assert_eq!(texts(&dir, &outcomes), expected.map(|(p, t)| (p.to_owned(), t.to_owned())));
    assert_eq!(outcomes[2].value.1, Format::Gzip);
    assert_eq!(outcomes[3].value.1, Format::Plain);
}

#[test]
fn depth_is_bounded() {
    let mut bytes = b"core\n".to_vec();
    for _ in 0..5 {
        bytes = gzip(&bytes);
    }
    let dir = folder(&[("x", &bytes)]);
    let deep = Limits { max_depth: 5, ..Limits::default() };
    assert_eq!(scan(&[dir.path()], &deep).0[0].value.0, "core\n");
    let (outcomes, warnings) = scan(&[dir.path()], &Limits { max_depth: 4, ..deep });
    assert!(outcomes.is_empty());
    assert!(messages(&warnings).contains("--max-depth"));
}

#[test]
fn a_bomb_stops_and_the_rest_goes_on() {
    let bomb = tar(&[("first", b"one\n"), ("bomb.gz", &gzip(&b"boom\n".repeat(1 << 20))), ("last", b"two\n")]);
    let dir = folder(&[("bomb.tar", &bomb), ("other.log", b"fine\n")]);
    let (outcomes, warnings) = scan(&[dir.path()], &Limits { max_expansion_bytes: 1 << 20, ..Limits::default() });
    assert_eq!(paths(&dir, &outcomes), ["bomb.tar!bomb.gz", "bomb.tar!first", "other.log"]);
    assert!(outcomes[0].value.2.as_ref().unwrap().contains("--max-expansion"));
    assert_eq!(warnings.len(), 1, "{}", messages(&warnings));
    let few = Limits { max_members: 2, ..Limits::default() };
    let (outcomes, warnings) = scan(&[&dir.path().join("bomb.tar")], &few);
    assert_eq!(paths(&dir, &outcomes), ["bomb.tar!bomb.gz", "bomb.tar!first"]);
    assert!(messages(&warnings).contains("--max-members"));
}

#[test]
fn useless_files_are_passed_over_and_named_ones_told() {
    let elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0".repeat(100);
    let dir = folder(&[("bin/sh", &elf), ("a.log", b"x\n"), ("wtmp", b"text, but useless\n"), ("none", b"")]);
    let (outcomes, warnings) = scan(&[dir.path()], &Limits::default());
    assert_eq!((paths(&dir, &outcomes), warnings.len()), (vec!["a.log".to_owned()], 0));
    let (_, warnings) = scan(&[&dir.path().join("bin/sh"), &dir.path().join("none")], &Limits::default());
    assert!(messages(&warnings).contains("bin/sh: left out: it is a program"), "{}", messages(&warnings));
    assert!(messages(&warnings).contains("none: it is empty"), "{}", messages(&warnings));
    let (outcomes, _) = scan(&[&dir.path().join("wtmp")], &Limits::default());
    assert_eq!(outcomes.len(), 1);
}

#[test]
fn what_can_not_be_read_is_always_told() {
    let dir = folder(&[("logs.7z", b"7z\xbc\xaf\x27\x1c\0\x04 and so on")]);
    let (_, warnings) = scan(&[dir.path()], &Limits::default());
    assert!(messages(&warnings).contains("logs.7z: left out: it is a 7z archive"), "{}", messages(&warnings));
    let (_, warnings) = scan(&[&dir.path().join("nowhere")], &Limits::default());
    assert!(messages(&warnings).starts_with("Error"), "{}", messages(&warnings));
}

#[test]
fn utf16_is_read_as_text() {
    let bytes: Vec<u8> = "\u{feff}Out of memory: wörker\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let dir = folder(&[("powershell.log", &bytes), ("packed.gz", &gzip(&bytes))]);
    let (outcomes, _) = scan(&[dir.path()], &Limits::default());
    assert_eq!(outcomes.iter().map(|o| o.value.0.as_str()).collect::<Vec<_>>(), ["Out of memory: wörker\r\n"; 2]);
}

#[test]
fn logs_that_begin_with_a_hole_are_read() {
    let mut log = vec![0; 20_000];
    log.extend(b"Out of memory\n".repeat(700));
    let dir = folder(&[("rotated.log", &log), ("disk.img", &[0; 40_000]), ("packed.gz", &gzip(&log))]);
    let (outcomes, _) = scan(&[dir.path()], &Limits::default());
    assert_eq!(paths(&dir, &outcomes), ["packed.gz", "rotated.log"]);
}

#[test]
fn damage_is_told_where_it_is_and_hides_nothing_else() {
    let member = gzip(&b"line\n".repeat(100_000));
    let mut bytes = tar(&[("a.gz", &member), ("b", b"two\n")]);
    bytes[512 + member.len() / 2] ^= 0xff;
    let cut = gzip(&tar(&[("a", b"one\n"), ("b", b"two\n".repeat(1000).as_slice())]));
    let dir = folder(&[("x.tar", &bytes), ("y.tgz", &cut[..cut.len() - 12])]);
    let (outcomes, warnings) = scan(&[dir.path()], &Limits::default());
    assert_eq!(paths(&dir, &outcomes), ["x.tar!a.gz", "x.tar!b", "y.tgz!a", "y.tgz!b"]);
    let error = outcomes[0].value.2.as_ref().unwrap();
    assert!(error.starts_with("gzip data is damaged after") && !outcomes[0].value.0.is_empty(), "{error}");
    assert!(messages(&warnings).contains("y.tgz: gzip data ends early"), "{}", messages(&warnings));
}

#[test]
fn a_zip_without_its_directory_is_searched() {
    let bytes = zip(&[("a", b"one\n".repeat(100).as_slice()), ("b", b"two\n")]);
    let end = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    let dir = folder(&[("x.zip", &bytes[..end])]);
    let (outcomes, warnings) = scan(&[dir.path()], &Limits::default());
    assert_eq!(paths(&dir, &outcomes), ["x.zip!a", "x.zip!b"]);
    assert!(messages(&warnings).contains("were searched for"), "{}", messages(&warnings));
}

#[test]
fn hostile_names_are_shown_escaped() {
    let dir = folder(&[("x.zip", &zip(&[("../../e\x1b[31m\nvil", b"x\n")]))]);
    let (outcomes, _) = scan(&[dir.path()], &Limits::default());
    assert_eq!(paths(&dir, &outcomes), ["x.zip!../../e\\u{1b}[31m\\u{a}vil"]);
}

#[test]
fn neither_order_nor_threads_nor_repetition_matter() {
    let bundle = gzip(&tar(&[("z", b"1\n"), ("a", b"2\n"), ("a", b"3\n")]));
    let dir = folder(&[
        ("b/x.tgz", &bundle),
        ("a/1.log", b"x\n"),
        ("a/2.log", &gzip(b"y\n")),
        ("c.7z", b"7z\xbc\xaf\x27\x1c"),
    ]);
    let places: Vec<PathBuf> = ["b", "a", "c.7z", "a/1.log", "missing"].iter().map(|p| dir.path().join(p)).collect();
    let forward: Vec<&Path> = places.iter().map(PathBuf::as_path).collect();
    let backward: Vec<&Path> = places.iter().rev().chain(&places).map(PathBuf::as_path).collect();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let many = rayon::ThreadPoolBuilder::new().num_threads(5).build().unwrap();
    let first = one.install(|| scan(&forward, &Limits::default()));
    let second = many.install(|| scan(&backward, &Limits::default()));
    assert_eq!(first, second);
    assert_eq!(paths(&dir, &first.0), ["a/1.log", "a/2.log", "b/x.tgz!a", "b/x.tgz!a", "b/x.tgz!z"]);
    assert_eq!((first.0[2].value.0.as_str(), first.0[3].value.0.as_str()), ("2\n", "3\n"));
    let inputs: Vec<Input> = backward.iter().map(|p| Input::Path(p.to_path_buf())).collect();
    let roots = roots(&inputs);
    assert_eq!(roots.len(), 5);
    assert!(roots[first.0[2].root].ends_with("/b"), "{roots:?}");
}

#[test]
fn what_work_leaves_is_skipped() {
    let bytes = gzip(&tar(&[("a", b"one\n".repeat(50_000).as_slice()), ("b", b"two\n")]));
    let dir = folder(&[("x.tgz", &bytes)]);
    let inputs = [Input::Path(dir.path().to_owned())];
    let (outcomes, warnings) = for_each(&inputs, &Limits::default(), &|item| item.path.ends_with("b").then_some(()));
    assert_eq!((outcomes.len(), warnings.len()), (1, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Bundles with any bytes changed or cut off: no panic, no endless loop, no more items than there were (and one
    /// for a damaged name that is found twice).
    #[test]
    fn damaged_bundles_are_survived(
        outer in 0usize..3,
        flips in prop::collection::vec((0.0f64..1.0, any::<u8>()), 0..4),
        keep in 0.3f64..1.0,
    ) {
        let (packed, inner) = (gzip(b"one\n"), zip(&[("c", b"two\n")]));
        let files: [(&str, &[u8]); 3] = [("a.gz", &packed), ("b.zip", &inner), ("d", b"three\n")];
        let mut bytes = match outer {
            0 => tar(&files),
            1 => zip(&files),
            _ => gzip(&tar(&files)),
        };
        bytes.truncate((bytes.len() as f64 * keep) as usize);
        for (at, value) in flips {
            let at = (bytes.len() as f64 * at) as usize;
            bytes[at] ^= value;
        }
        let dir = folder(&[("bundle", &bytes)]);
        let inputs = [Input::Path(dir.path().join("bundle"))];
        let (outcomes, _) = for_each(&inputs, &Limits::default(), &|mut item| {
            Some(std::io::copy(&mut item.reader, &mut std::io::sink()).is_ok())
        });
        prop_assert!(outcomes.len() <= 4, "{}", outcomes.len());
    }
}
