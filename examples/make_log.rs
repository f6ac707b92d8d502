//! Writes a log of any size to standard output, for measuring the whole program:
//! `cargo run --release --example make_log -- kernel|storm|kubernetes|kubernetes-broken MIB > file`.

#[path = "../benches/common/mod.rs"]
mod common;

use std::io::Write;
use std::process::ExitCode;

const MIB: usize = 1 << 20;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let size = args.get(1).and_then(|n| n.parse::<usize>().ok()).and_then(|n| n.checked_mul(MIB));
    let text = match (args.first().map(String::as_str), size) {
        (Some("kernel"), Some(bytes)) => common::kernel_log(bytes, MIB),
        (Some("storm"), Some(bytes)) => common::storm(bytes),
        (Some("kubernetes"), Some(bytes)) => common::kubernetes_journal(bytes, 8 * MIB, common::Mix::Busy),
        (Some("kubernetes-broken"), Some(bytes)) => common::kubernetes_journal(bytes, 8 * MIB, common::Mix::Broken),
        _ => {
            eprintln!("usage: make_log kernel|storm|kubernetes|kubernetes-broken MIB > file");
            return ExitCode::from(2);
        }
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
