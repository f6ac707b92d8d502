//! The carriers by name, and a parsed line of any of them.

use crate::event::Wall;
use crate::record::Transport;
use std::borrow::Cow;

/// What a log line is wrapped in. The order is that of [`Carrier::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    /// No carrier: bare text.
    Plain,
    /// `[ 1260.571854] T`
    Dmesg,
    /// `[Mon Nov 23 09:50:18 2026] T`
    DmesgCtime,
    /// `[  +0.000004] T`, `[<    0.000004>] T`, `[Nov23 09:50] T`
    DmesgDelta,
    /// `2026-11-23T09:50:18,571854+00:00 T`
    DmesgIso,
    /// `dmesg -J`
    DmesgJson,
    /// `<6>[ 1260.571854] T`: `dmesg -r`, `/proc/kmsg`, pstore
    DmesgRaw,
    /// `kern  :info  : T`: `dmesg -xt`
    DmesgDecoded,
    /// `6,988,1260571854,-;T`
    Kmsg,
    /// `[ 1260.571854] T` with a carriage return at the end
    Console,
    /// `Nov 23 09:31:00 host kernel: T`
    Syslog,
    /// `2026-11-23T09:52:34.581758+00:00 host kernel: T`
    SyslogIso,
    /// `<4>1 2026-11-23T09:52:34.581758+00:00 host kernel - - - T`
    Syslog5424,
    /// `journalctl -o short-precise`, `short-full`, `short-monotonic`, `short-unix`, `with-unit` ...
    JournalShort,
    /// `journalctl -o json`, `json-pretty`, `json-sse`, `json-seq`
    JournalJson,
    /// `journalctl -o export`
    JournalExport,
    /// `journalctl -o verbose`
    JournalVerbose,
    /// `<time> stdout F text`
    Cri,
    /// Docker's json-file driver
    JsonFile,
    /// A time, then text: `docker logs -t`, log shippers, `docker events`
    Timestamped,
    /// `I1123 12:35:46.013893     534 flags.go:59] text`
    Klog,
    /// Android's `11-23 10:22:41.123   540   540 I lowmemorykiller: text`
    Logcat,
    /// `time="..." level=info msg="..."`
    Logfmt,
    /// A JSON object a line, of a program
    JsonLines,
    /// vmware.log of the guest's hypervisor
    Vmware,
    /// `kern: info: [2026-01-12T20:27:31.9Z]: T`
    Talos,
}

impl Carrier {
    /// All carriers, in the order of their numbers.
    const ALL: [(Carrier, &'static str); 26] = [
        (Carrier::Plain, "plain"),
        (Carrier::Dmesg, "dmesg"),
        (Carrier::DmesgCtime, "dmesg-ctime"),
        (Carrier::DmesgDelta, "dmesg-delta"),
        (Carrier::DmesgIso, "dmesg-iso"),
        (Carrier::DmesgJson, "dmesg-json"),
        (Carrier::DmesgRaw, "dmesg-raw"),
        (Carrier::DmesgDecoded, "dmesg-decoded"),
        (Carrier::Kmsg, "kmsg"),
        (Carrier::Console, "console"),
        (Carrier::Syslog, "syslog"),
        (Carrier::SyslogIso, "syslog-iso"),
        (Carrier::Syslog5424, "syslog-5424"),
        (Carrier::JournalShort, "journal-short"),
        (Carrier::JournalJson, "journal-json"),
        (Carrier::JournalExport, "journal-export"),
        (Carrier::JournalVerbose, "journal-verbose"),
        (Carrier::Cri, "cri"),
        (Carrier::JsonFile, "json-file"),
        (Carrier::Timestamped, "timestamped"),
        (Carrier::Klog, "klog"),
        (Carrier::Logcat, "logcat"),
        (Carrier::Logfmt, "logfmt"),
        (Carrier::JsonLines, "json-lines"),
        (Carrier::Vmware, "vmware"),
        (Carrier::Talos, "talos"),
    ];
    /// How many there are.
    pub(super) const COUNT: usize = Self::ALL.len();

    /// Its number, an index below [`Carrier::COUNT`].
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// The name of the carrier with a number.
    pub(super) fn name(index: usize) -> &'static str {
        Self::ALL.get(index).map_or("plain", |(_, name)| name)
    }
}

/// How lines after the first one of a record look in a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Follow {
    /// There are none.
    #[default]
    None,
    /// They begin with as many blanks as the prefix is wide (`safe_fwrite` in dmesg, `print_multiline` in journalctl).
    Blanks(usize),
    /// They begin with a tab, or are ` >` (klog's `output=<` values).
    Tab,
    /// More parts of the same line follow in records of the same stream (CRI's `P`, json-file without a line feed).
    Part(u8),
}

/// One line with its carrier peeled off.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    pub(super) carrier: Carrier,
    pub(super) wall: Option<Wall>,
    pub(super) uptime_us: Option<u64>,
    pub(super) host: Option<&'a str>,
    pub(super) ident: Option<&'a str>,
    pub(super) pid: Option<u32>,
    pub(super) level: Option<u8>,
    pub(super) transport: Transport,
    pub(super) message: Cow<'a, [u8]>,
    pub(super) follow: Follow,
    /// Stream of a container's line (0 stdout, 1 stderr), to join parts.
    pub(super) stream: u8,
    /// Sequence number of a `/dev/kmsg` record.
    pub(super) sequence: Option<u64>,
    /// Bytes at the start of the physical line that alone decide everything but the text: any line that begins with them
    /// has the same carrier, date, host and tag. 0 where that is not known.
    pub(super) head: usize,
}

impl<'a> Line<'a> {
    /// A line with a carrier and a message, and nothing else known.
    pub(super) fn new(carrier: Carrier, message: &'a [u8]) -> Self {
        Line {
            carrier,
            wall: None,
            uptime_us: None,
            host: None,
            ident: None,
            pid: None,
            level: None,
            transport: Transport::Unknown,
            message: Cow::Borrowed(message),
            follow: Follow::None,
            stream: 0,
            sequence: None,
            head: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_agree() {
        for (i, (carrier, name)) in Carrier::ALL.iter().enumerate() {
            assert_eq!(carrier.index(), i);
            assert_eq!(Carrier::name(i), *name);
        }
    }
}
