//! Any bytes as a file, through codecs and archives to the report. Read in pieces of an odd size by two threads it must give
//! the same report. The first byte is the size of the pieces.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oomscan::scan::{Options, scan};
use oomscan::source::Input;

fuzz_target!(|data: &[u8]| {
    let Some((size, bytes)) = data.split_first() else { return };
    let Ok(folder) = tempfile::tempdir() else { return };
    let path = folder.path().join("input");
    if std::fs::write(&path, bytes).is_err() {
        return;
    }
    let run = |threads, piece| {
        let options = Options { threads, piece, year: Some(2026), ..Options::default() };
        serde_json::to_string(&scan(&[Input::Path(path.clone())], &options)).unwrap_or_default()
    };
    assert_eq!(run(1, None), run(2, Some(usize::from(*size) * 7 + 64)));
});
