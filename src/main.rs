//! The command line program; everything lives in the library.

/// Reports are many small strings and lists, and most of them live until the end: jemalloc takes a fifth less time for them.
#[cfg(all(feature = "jemalloc", target_os = "linux", target_arch = "x86_64"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    oomscan::cli::run()
}
