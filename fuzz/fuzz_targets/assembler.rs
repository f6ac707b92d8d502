//! Any lines as the kernel's: no event without a line that names its victim.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oomscan::recognize::kernel;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    for oom in kernel::parse_lines(data.split(|b| *b == b'\n')) {
        for kill in &oom.kills {
            assert!(text.contains(&kill.pid.to_string()), "pid {} stands nowhere", kill.pid);
        }
    }
});
