//! The command line program; everything lives in the library.

fn main() -> std::process::ExitCode {
    oomscan::cli::run()
}
