//! What each stage costs: the search for needles, framing by carrier, the kernel's grammar, assembly, and whole runs.

#![allow(missing_docs, reason = "criterion's macros make functions")]
#![allow(clippy::unwrap_used, reason = "a bench without its input cannot go on")]

#[path = "../tests/common/mod.rs"]
mod carriers;
mod common;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use oomscan::event::SourceId;
use oomscan::framing::Framer;
use oomscan::prefilter::Prefilter;
use oomscan::recognize::{Recognizer, kernel};
use oomscan::record::{Record, Transport};
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use std::hint::black_box;
use std::path::{Path, PathBuf};

const MIB: usize = 1 << 20;

/// Unix microseconds of uptime 0 in the recorded sample.
const BOOT_US: i64 = 1_795_426_158_000_000;

fn prefilter(c: &mut Criterion) {
    let quiet = common::kernel_log(16 * MIB, usize::MAX);
    let node = common::kubernetes_journal(16 * MIB, usize::MAX, common::Mix::Busy);
    let all = Prefilter::new(&Recognizer::needles()).unwrap();
    let kernel = Prefilter::new(kernel::NEEDLES).unwrap();
    let mut group = c.benchmark_group("prefilter");
    for (name, filter, text) in [
        ("kernel-log/kernel-needles", &kernel, &quiet),
        ("kernel-log/all-needles", &all, &quiet),
        ("kubernetes/all-needles", &all, &node),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut hits = Vec::new();
                filter.hits(text.as_bytes(), 0, text.len(), &mut hits);
                black_box(hits.len())
            });
        });
    }
    group.finish();
}

/// Frames every line of a text; gives the number of records.
fn frame(text: &[u8]) -> usize {
    let mut framer = Framer::new(SourceId(0));
    let (mut records, mut offset) = (0, 0);
    for (line, number) in text.split(|b| *b == b'\n').zip(1..) {
        framer.push(line, number, offset, &mut |_| records += 1);
        offset += line.len() as u64 + 1;
    }
    framer.flush(&mut |_| records += 1);
    records
}

fn framing(c: &mut Criterion) {
    let raw = std::fs::read_to_string("samples/container-limit/dmesg-r.txt").unwrap();
    let entries = carriers::entries(&raw, BOOT_US);
    let mut group = c.benchmark_group("framing");
    for (name, bytes) in carriers::carriers(&entries) {
        group.throughput(Throughput::Elements(entries.len() as u64));
        group
            .bench_with_input(BenchmarkId::from_parameter(name), &bytes, |b, bytes| b.iter(|| black_box(frame(bytes))));
    }
    group.finish();
}

fn grammar(c: &mut Criterion) {
    let mut group = c.benchmark_group("kernel-grammar");
    for name in ["01-rhel6-global", "06-v415-slab-table", "12-v612-v2", "13-v72", "38-kernel-upgrade"] {
        let text = std::fs::read(format!("tests/fixtures/golden/{name}.log")).unwrap();
        let lines: Vec<Vec<u8>> = stripped(&text);
        group.throughput(Throughput::Elements(lines.len() as u64));
        group.bench_function(name, |b| b.iter(|| black_box(kernel::parse_lines(lines.iter().map(Vec::as_slice)))));
    }
    group.finish();
}

/// The messages of a log.
fn stripped(text: &[u8]) -> Vec<Vec<u8>> {
    let mut framer = Framer::new(SourceId(0));
    let mut messages = Vec::new();
    for (line, number) in text.split(|b| *b == b'\n').zip(1..) {
        framer.push(line, number, 0, &mut |record| messages.push(record.message.to_vec()));
    }
    framer.flush(&mut |record| messages.push(record.message.to_vec()));
    messages
}

fn assembly(c: &mut Criterion) {
    let messages = stripped(common::storm(MIB).as_bytes());
    let records: Vec<Record<'_>> = messages
        .iter()
        .zip(1u64..)
        .map(|(message, line)| Record {
            line: Some(line),
            transport: Transport::Kernel,
            message: message.as_slice().into(),
            ..Record::default()
        })
        .collect();
    let mut group = c.benchmark_group("assembly");
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("storm", |b| {
        b.iter(|| {
            let (mut assembler, mut found) = (kernel::Assembler::new(), Vec::new());
            for record in &records {
                assembler.push(record, &mut found);
            }
            assembler.finish(&mut found);
            black_box(found.len())
        });
    });
    group.finish();
}

fn whole_runs(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let logs = [
        ("kernel-log", common::kernel_log(64 * MIB, MIB)),
        ("kernel-log-without-oom", common::kernel_log(64 * MIB, usize::MAX)),
        ("storm", common::storm(16 * MIB)),
        ("kubernetes-journal", common::kubernetes_journal(64 * MIB, 8 * MIB, common::Mix::Busy)),
    ];
    let mut group = c.benchmark_group("whole-run");
    group.sample_size(10);
    for (name, text) in &logs {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let path = write(folder.path(), name, text.as_bytes());
        for threads in [1, 2] {
            let options = Options { threads, year: Some(2026), ..Options::default() };
            group.bench_function(BenchmarkId::new(*name, format!("{threads}-threads")), |b| {
                b.iter(|| black_box(scan(&[Input::Path(path.clone())], &options).incidents.len()));
            });
        }
    }
    group.finish();
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

criterion_group!(stages, prefilter, framing, grammar, assembly);
criterion_group!(runs, whole_runs);
criterion_main!(stages, runs);
