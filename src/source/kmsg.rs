//! `/dev/kmsg`: one record a read, since Linux 3.5 (`devkmsg_read` in kernel/printk/printk.c).

use std::fs::File;
use std::io::{self, ErrorKind, Read};

/// Longest record (`PRINTK_MESSAGE_MAX` in kernel/printk/internal.h is 2048, `CONSOLE_EXT_LOG_MAX` was 8192): reads
/// with less room fail.
const RECORD_MAX: usize = 16 * 1024;

/// What is in the ring buffer now. Opened without blocking: where the records end, the stream ends.
pub(super) struct Kmsg<R> {
    device: R,
    record: Vec<u8>,
    given: usize,
}

impl<R: Read> Kmsg<R> {
    fn new(device: R) -> Self {
        Kmsg { device, record: Vec::new(), given: 0 }
    }

    fn next_record(&mut self) -> io::Result<bool> {
        self.given = 0;
        self.record.resize(RECORD_MAX, 0);
        loop {
            match self.device.read(&mut self.record) {
                Ok(n) => {
                    self.record.truncate(n);
                    return Ok(n > 0);
                }
                // The record was overwritten before it was read: the next read gives the oldest one there is.
                Err(e) if matches!(e.kind(), ErrorKind::BrokenPipe | ErrorKind::Interrupted) => {}
                Err(e) => {
                    self.record.clear();
                    return if e.kind() == ErrorKind::WouldBlock { Ok(false) } else { Err(e) };
                }
            }
        }
    }
}

impl<R: Read> Read for Kmsg<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.given == self.record.len() && !self.next_record()? {
            return Ok(0);
        }
        let rest = &self.record[self.given..];
        let n = rest.len().min(buf.len());
        buf[..n].copy_from_slice(&rest[..n]);
        self.given += n;
        Ok(n)
    }
}

/// Opens the device.
#[cfg(target_os = "linux")]
pub(super) fn open(path: &std::path::Path) -> io::Result<Kmsg<File>> {
    use std::os::unix::fs::OpenOptionsExt;
    Ok(Kmsg::new(File::options().read(true).custom_flags(O_NONBLOCK).open(path)?))
}

/// Opens the device; other systems have none.
#[cfg(not(target_os = "linux"))]
pub(super) fn open(path: &std::path::Path) -> io::Result<Kmsg<File>> {
    Ok(Kmsg::new(File::open(path)?))
}

/// Now, by both clocks of this machine: Unix microseconds, and microseconds since it was booted (`/proc/uptime`, which
/// counts the time asleep, as the kernel's log does not: after a suspend the two differ by that).
pub fn clocks_now() -> Option<(i64, u64)> {
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    let (seconds, rest) = text.split_whitespace().next()?.split_once('.')?;
    let hundredths: u64 = rest.get(..2)?.parse().ok()?;
    let uptime_us =
        seconds.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(hundredths.checked_mul(10_000)?)?;
    Some((i64::try_from(now.as_micros()).ok()?, uptime_us))
}

/// `include/uapi/asm-generic/fcntl.h`, and the architectures that differ.
#[cfg(target_os = "linux")]
const O_NONBLOCK: i32 = if cfg!(any(target_arch = "mips", target_arch = "mips64")) {
    0x80
} else if cfg!(any(target_arch = "sparc", target_arch = "sparc64")) {
    0x4000
} else {
    0o4000
};

#[cfg(test)]
mod tests {
    use super::*;

    /// A device that gives these results.
    struct Device(Vec<io::Result<&'static [u8]>>);

    impl Read for Device {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let record = self.0.remove(0)?;
            assert!(buf.len() >= 8192, "EINVAL");
            buf[..record.len()].copy_from_slice(record);
            Ok(record.len())
        }
    }

    #[test]
    fn records_until_there_are_no_more() {
        let device = Device(vec![
            Ok(b"6,1,2,-;one\n"),
            Err(ErrorKind::BrokenPipe.into()),
            Ok(b"6,9,3,-;two\n SUBSYSTEM=x\n"),
            Err(ErrorKind::WouldBlock.into()),
        ]);
        let mut text = String::new();
        Kmsg::new(device).read_to_string(&mut text).unwrap();
        assert_eq!(text, "6,1,2,-;one\n6,9,3,-;two\n SUBSYSTEM=x\n");
    }

    #[test]
    fn small_reads_lose_nothing() {
        let mut kmsg = Kmsg::new(Device(vec![Ok(b"6,1,2,-;one\n"), Err(ErrorKind::PermissionDenied.into())]));
        let mut text = Vec::new();
        let mut byte = [0];
        while kmsg.read(&mut byte).is_ok_and(|n| n > 0) {
            text.push(byte[0]);
        }
        assert_eq!(text, b"6,1,2,-;one\n");
    }
}
