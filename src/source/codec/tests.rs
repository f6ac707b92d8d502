//! All codecs against the same text. The samples were made with xz 5.4, bzip2 1.0.8, zstd 1.5 and lz4 1.9; all but
//! the lzma and the legacy lz4 hold two streams, xz with padding between them and several blocks, zstd and lz4 with
//! skippable frames.

use super::*;
use crate::source::limits::Limits;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::Write;

type Open = for<'a> fn(Input<'a>, &'a Watch, &str) -> Stream<'a>;

const XZ: &[u8] = include_bytes!("samples/lines.xz");
const LZMA: &[u8] = include_bytes!("samples/lines.lzma");
const BZIP2: &[u8] = include_bytes!("samples/lines.bz2");
const ZSTD: &[u8] = include_bytes!("samples/lines.zst");
const LZ4: &[u8] = include_bytes!("samples/lines.lz4");
const LEGACY: &[u8] = include_bytes!("samples/lines.legacy.lz4");

/// What is in the samples.
fn text() -> Vec<u8> {
    let line = |n: u32| {
        format!(
            "[{}.{:06}] Out of memory: Killed process {} (worker-{}) total-vm:{}kB, anon-rss:{}kB\n",
            1000 + n,
            n * 7919 % 1_000_000,
            1000 + n * 37 % 9000,
            n % 13,
            n * 104_729 % 900_000,
            n * 7907 % 300_000
        )
    };
    (0..600).map(line).collect::<String>().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzip_sample() -> Vec<u8> {
    let text = text();
    let (a, b) = text.split_at(20_000);
    [gzip(a), gzip(b""), gzip(b)].concat()
}

/// How many [`codecs`] there are.
const CODECS: usize = 10;

/// All decoders of this build, and the pure ones in any build.
fn codecs() -> Vec<(&'static str, Open, Vec<u8>)> {
    vec![
        ("gzip", gzip::decoder, gzip_sample()),
        ("xz", xz::decoder, XZ.to_vec()),
        ("xz", xz::pure::decoder, XZ.to_vec()),
        ("lzma", xz::lzma_decoder, LZMA.to_vec()),
        ("lzma", xz::pure::lzma_decoder, LZMA.to_vec()),
        ("bzip2", bzip2::decoder, BZIP2.to_vec()),
        ("zstd", zstd::decoder, ZSTD.to_vec()),
        ("zstd", zstd::pure::decoder, ZSTD.to_vec()),
        ("lz4", lz4::decoder, LZ4.to_vec()),
        ("lz4", lz4::decoder, LEGACY.to_vec()),
    ]
}

/// Gives its bytes in small pieces.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(self.0.len()).min(buf.len());
        buf[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

/// Decodes everything, `step` bytes at a time; what came, the error, the remarks.
fn run(open: Open, packed: &[u8], step: usize) -> (Vec<u8>, Option<io::Error>, usize) {
    let watch = Watch::new(&Limits::default());
    let mut reader = open(Input::new(Box::new(Pieces(packed, step))), &watch, "x");
    let mut out = Vec::new();
    let mut buf = vec![0; step];
    let error = loop {
        match reader.read(&mut buf) {
            Ok(0) => break None,
            Ok(n) => out.extend_from_slice(&buf[..n]),
            Err(e) => {
                assert!(reader.read(&mut buf).is_err(), "a failed stream stays failed");
                break Some(e);
            }
        }
    };
    drop(reader);
    (out, error, watch.take_notes().len())
}

#[test]
fn all_members_are_read_in_pieces_of_any_size() {
    let text = text();
    for (name, open, packed) in codecs() {
        for step in [1, 13, 4096, 1 << 20] {
            let (out, error, notes) = run(open, &packed, step);
            assert!(error.is_none(), "{name} {step}: {error:?}");
            assert!(out == text, "{name} {step}: {} of {} bytes", out.len(), text.len());
            assert_eq!(notes, 0, "{name}");
        }
    }
}

#[test]
fn padding_is_silent_and_garbage_is_remarked() {
    let text = text();
    for (name, open, packed) in codecs() {
        if name == "lzma" || packed == LEGACY {
            continue;
        }
        let padded = [&packed[..], &[0; 4096]].concat();
        let (out, error, notes) = run(open, &padded, 4096);
        assert!(out == text && error.is_none() && notes == 0, "{name}: {error:?}");
        let garbage = [&packed[..], &[0; 4], b"this is something else, and long enough to be seen"].concat();
        let (out, error, _) = run(open, &garbage, 4096);
        assert!(out == text && error.is_none(), "{name}: {error:?}");
    }
    let (_, _, notes) = run(gzip::decoder, &[&gzip(b"x")[..], b"something else"].concat(), 4096);
    assert_eq!(notes, 1);
}

#[test]
fn a_cut_stream_gives_its_start_and_says_so() {
    let text = text();
    for (name, open, packed) in codecs() {
        // A legacy lz4 frame can not be told from one that was cut between its blocks; here it has one block.
        for at in [packed.len() / 3, packed.len() * 4 / 5, packed.len() - 3] {
            let (out, error, _) = run(open, &packed[..at], 4096);
            assert!(text.starts_with(&out), "{name} {at}");
            let error = error.unwrap_or_else(|| panic!("{name} cut at {at} of {}: no error", packed.len())).to_string();
            assert!(error.starts_with(name) && error.contains("decoded bytes"), "{name}: {error}");
            assert!(error.contains("ends early") && error.contains(&out.len().to_string()), "{name}: {error}");
        }
    }
}

#[test]
fn what_stands_before_a_cut_is_not_lost() {
    let text = text();
    for (name, open, packed) in codecs() {
        let (out, _, _) = run(open, &packed[..packed.len() - 3], 1 << 20);
        // Block codecs lose the block that is not complete, the others next to nothing.
        let least = match name {
            "bzip2" | "zstd" => text.len() / 2,
            "lz4" => 0,
            _ => text.len() - 4096,
        };
        assert!(out.len() >= least, "{name}: {} of {}", out.len(), text.len());
    }
}

#[test]
fn an_error_below_is_passed_on() {
    struct Failing<'a>(&'a [u8]);
    impl Read for Failing<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Err(io::Error::other("disk on fire"));
            }
            self.0.read(buf)
        }
    }
    for (name, open, packed) in codecs() {
        let watch = Watch::new(&Limits::default());
        let mut reader = open(Input::new(Box::new(Failing(&packed[..packed.len() - 9]))), &watch, "x");
        let error = io::copy(&mut reader, &mut io::sink()).unwrap_err();
        assert_eq!(error.to_string(), "disk on fire", "{name}");
    }
}

#[test]
fn windows_beyond_the_limit_are_refused() {
    let limits = Limits { max_window_bytes: 1 << 10, ..Limits::default() };
    for (name, open, packed) in codecs() {
        if !matches!(name, "xz" | "zstd") {
            continue;
        }
        let big = if name == "zstd" { b"\x28\xb5\x2f\xfd\0\xa8\x01\0\0".to_vec() } else { packed };
        let watch = Watch::new(&limits);
        let mut reader = open(Input::new(Box::new(&big[..])), &watch, "x");
        let error = io::copy(&mut reader, &mut io::sink()).unwrap_err().to_string();
        assert!(error.contains("than allowed"), "{name}: {error}");
    }
}

/// `zstd --long=27` frames ask for 128 MiB, however small they are.
#[test]
fn long_windows_are_read_in_every_frame() {
    let frame = b"\x28\xb5\x2f\xfd\0\x88\x19\0\0abc";
    for open in [zstd::decoder as Open, zstd::pure::decoder] {
        let (out, error, _) = run(open, &frame.repeat(3), 4096);
        assert_eq!((out.as_slice(), error.is_none()), (&b"abcabcabc"[..], true));
    }
}

#[test]
fn a_panic_is_an_error() {
    struct Panics;
    impl Decode for Panics {
        fn decode(&mut self, _: &mut [u8]) -> Result<usize, Failure> {
            panic!("a bug in a library (this message belongs to the test)")
        }
    }
    let watch = Watch::new(&Limits::default());
    let mut reader = Decoded::new(Panics, "gzip", &watch);
    let text = "gzip data is damaged after 0 decoded bytes: the decoder gave up";
    assert_eq!(reader.read(&mut [0]).unwrap_err().to_string(), text);
    assert_eq!(reader.read(&mut [0]).unwrap_err().to_string(), text);
}

#[test]
fn a_bomb_is_stopped() {
    let packed = gzip(&vec![0; 1 << 20]);
    let watch = Watch::new(&Limits { max_expansion_bytes: 1 << 16, ..Limits::default() });
    let mut reader = gzip::decoder(Input::new(Box::new(&packed[..])), &watch, "x");
    let error = io::copy(&mut reader, &mut io::sink()).unwrap_err().to_string();
    assert!(error.contains("--max-expansion"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any byte changed: no panic, no endless loop, and never more than was packed, up to what a damaged length can
    /// make.
    #[test]
    fn flipped_bytes_are_survived(which in 0..CODECS, at in 0.0f64..1.0, bit in 0u32..8, step in 1usize..5000) {
        let (name, open, mut packed) = codecs().swap_remove(which);
        let at = ((packed.len() as f64) * at) as usize;
        packed[at] ^= 1 << bit;
        let (out, _, _) = run(open, &packed, step);
        prop_assert!(out.len() < 64 << 20, "{}", name);
    }

    #[test]
    fn random_bytes_are_survived(
        which in 0..CODECS,
        keep in 0usize..40,
        tail in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let (_, open, packed) = codecs().swap_remove(which);
        let bytes = [&packed[..keep.min(packed.len())], &tail].concat();
        run(open, &bytes, 512);
    }

    #[test]
    fn any_cut_gives_a_prefix(which in 0..CODECS, at in 0.0f64..1.0) {
        let (name, open, packed) = codecs().swap_remove(which);
        let at = ((packed.len() as f64) * at) as usize;
        let (out, _, _) = run(open, &packed[..at], 4096);
        prop_assert!(text().starts_with(&out), "{}", name);
    }
}

#[cfg(feature = "native-codecs")]
mod side_by_side {
    use super::*;

    /// Frames of all kinds: with and without size and checksum, empty, skippable, and one that is too long to be kept.
    fn frames(long: bool) -> Vec<u8> {
        let text = text();
        let mut packed = Vec::new();
        for (n, part) in (0..).zip(text.chunks(text.len() / 9 + 1)) {
            let mut encoder = ::zstd::stream::Encoder::new(Vec::new(), 1 + n % 5).unwrap();
            encoder.include_checksum(n % 2 == 0).unwrap();
            encoder.set_pledged_src_size((n % 3 == 0).then_some(part.len() as u64)).unwrap();
            encoder.write_all(part).unwrap();
            packed.extend(encoder.finish().unwrap());
            if n == 4 {
                packed.extend(b"\x53\x2a\x4d\x18\x05\0\0\0extra");
                packed.extend(::zstd::encode_all(&b""[..], 1).unwrap());
                packed.extend(b"\x28\xb5\x2f\xfd\0\x08\x23\0\0z");
            }
            if n == 6 && long {
                packed.extend(::zstd::encode_all(text.repeat(400).as_slice(), 1).unwrap());
            }
        }
        packed
    }

    /// What comes of it with so many threads.
    fn with(threads: usize, packed: &[u8]) -> (Vec<u8>, Option<String>, usize) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (out, error, notes) = pool.install(|| run(zstd::decoder, packed, 70_001));
        (out, error.map(|e| e.to_string()), notes)
    }

    #[test]
    fn frames_give_what_a_stream_gives() {
        let packed = frames(true);
        let (out, error, notes) = with(1, &packed);
        assert!(out.len() > 16 << 20 && error.is_none() && notes == 0, "{} {error:?}", out.len());
        for threads in [2, 3, 7] {
            assert!(with(threads, &packed) == (out.clone(), None, 0), "{threads}");
        }
        let padded = [&packed[..], &[0; 9], &packed[..700], b"and something else"].concat();
        assert!(with(3, &padded) == with(1, &padded));
    }

    #[test]
    fn a_cut_or_wrong_byte_is_told_as_by_a_stream() {
        let packed = frames(false);
        for at in (0..packed.len()).step_by(131).chain(packed.len() - 20..packed.len()) {
            let mut wrong = packed.clone();
            wrong[at] ^= 0x15;
            for damaged in [&packed[..at], &wrong] {
                assert!(with(3, damaged) == with(1, damaged), "{at}");
            }
        }
    }
}
