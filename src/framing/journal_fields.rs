//! Journal entries as fields: shared by the text forms (json, export, verbose) and the reader of binary journal files.

use crate::event::{SourceId, Stamp, Wall};
use crate::record::{Record, Transport};
use std::borrow::Cow;

/// The fields of a journal entry that anything here reads; a reader of entries may drop all others
/// (see [`is_wanted_journal_field`] for families by prefix).
pub const JOURNAL_FIELDS: &[&str] = &[
    "MESSAGE",
    "MESSAGE_ID",
    "PRIORITY",
    "SYSLOG_IDENTIFIER",
    "SYSLOG_PID",
    "UNIT",
    "USER_UNIT",
    "EXIT_CODE",
    "EXIT_STATUS",
    "UNIT_RESULT",
    "N_RESTARTS",
    "N_PROCESSES",
    "MEMORY_PEAK",
    "MEMORY_SWAP_PEAK",
    "CONTAINER_ID",
    "CONTAINER_ID_FULL",
    "CONTAINER_NAME",
    "CONTAINER_TAG",
    "IMAGE_NAME",
    "INVOCATION_ID",
    "PODMAN_EVENT",
    "PODMAN_EXIT_CODE",
    "PODMAN_HEALTH_STATUS",
    "PODMAN_ID",
    "PODMAN_IMAGE",
    "PODMAN_NAME",
    "PODMAN_OOM_KILLED",
    "PODMAN_POD_ID",
    "PODMAN_TIME",
    "PODMAN_TYPE",
    "_BOOT_ID",
    "_CMDLINE",
    "_COMM",
    "_HOSTNAME",
    "_PID",
    "_SOURCE_MONOTONIC_TIMESTAMP",
    "_SOURCE_REALTIME_TIMESTAMP",
    "_SYSTEMD_CGROUP",
    "_SYSTEMD_UNIT",
    "_SYSTEMD_USER_UNIT",
    "_TRANSPORT",
    "__MONOTONIC_TIMESTAMP",
    "__REALTIME_TIMESTAMP",
];

/// Families of wanted fields: podman's events (`PODMAN_EVENT`, `PODMAN_ID` ...) and systemd-coredump's (`COREDUMP_PID` ...; not
/// the dump itself, which is the field `COREDUMP`).
pub const JOURNAL_FIELD_PREFIXES: &[&str] = &["PODMAN_", "COREDUMP_"];

/// The part of [`JOURNAL_FIELDS`] that becomes [`Record::fields`]; the rest is in the record's own members.
const KEPT: &[&str] = &[
    "MESSAGE_ID",
    "UNIT",
    "USER_UNIT",
    "_SYSTEMD_UNIT",
    "_SYSTEMD_USER_UNIT",
    "_SYSTEMD_CGROUP",
    "EXIT_CODE",
    "EXIT_STATUS",
    "UNIT_RESULT",
    "N_RESTARTS",
    "N_PROCESSES",
    "MEMORY_PEAK",
    "MEMORY_SWAP_PEAK",
    "CONTAINER_ID",
    "CONTAINER_ID_FULL",
    "CONTAINER_NAME",
    "CONTAINER_TAG",
    "IMAGE_NAME",
    "INVOCATION_ID",
    "_CMDLINE",
    "_PID",
];

/// Whether a reader of journal entries should keep a field.
pub fn is_wanted_journal_field(name: &str) -> bool {
    JOURNAL_FIELDS.contains(&name) || in_family(name)
}

/// Whether a field is of one of the families.
fn in_family(name: &str) -> bool {
    JOURNAL_FIELD_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Makes a record of a journal entry.
///
/// `realtime_us` and `monotonic_us` are the entry's own stamps (`__REALTIME_TIMESTAMP`, `__MONOTONIC_TIMESTAMP`: when journald
/// received it), microseconds; `boot` its boot id. The fields may hold them too (text forms); the arguments win. Where
/// the sender stamped the entry, that stamp is used, as journalctl does: `_SOURCE_REALTIME_TIMESTAMP` for the wall
/// clock, and for the kernel `_SOURCE_MONOTONIC_TIMESTAMP`, which is the time in the kernel's own bracket ([`super::Boots`] sets the wall
/// clock of the receipt back to it).
///
/// `raw` of the record is empty: an entry has no line that could be shown, its message stands for it. `epoch` is 0: see
/// [`super::Boots`]. `line` is `None` for binary journals.
pub fn record_from_fields<'a>(
    source: SourceId,
    line: Option<u64>,
    offset: u64,
    realtime_us: Option<u64>,
    monotonic_us: Option<u64>,
    boot: Option<u128>,
    fields: &[(&'a str, &'a [u8])],
) -> Record<'a> {
    let entry = Entry(fields);
    let from_kernel = entry.get("_TRANSPORT") == Some(b"kernel");
    let ident = match entry.text("SYSLOG_IDENTIFIER").or_else(|| entry.text("_COMM")) {
        None if from_kernel => Some(Cow::Borrowed("kernel")),
        ident => ident,
    };
    // systemd writes to the ring buffer while journald does not run: `_TRANSPORT=kernel`, `SYSLOG_IDENTIFIER=systemd`.
    let transport = match &ident {
        Some(ident) if ident == "kernel" && (from_kernel || entry.get("_TRANSPORT").is_none()) => Transport::Kernel,
        Some(_) => Transport::Program,
        None if entry.get("_TRANSPORT").is_some() => Transport::Program,
        None => Transport::Unknown,
    };
    let kernel_clock = entry.number("_SOURCE_MONOTONIC_TIMESTAMP").filter(|_| from_kernel);
    let received = monotonic_us.or_else(|| entry.number("__MONOTONIC_TIMESTAMP"));
    let realtime = entry
        .number("_SOURCE_REALTIME_TIMESTAMP")
        .or(realtime_us)
        .or_else(|| entry.number("__REALTIME_TIMESTAMP"))
        .and_then(|us| i64::try_from(us).ok());
    let pid = entry.number("_PID").or_else(|| entry.number("SYSLOG_PID"));
    Record {
        source,
        line,
        offset,
        raw: Cow::Borrowed(&[]),
        stamp: Stamp {
            wall: realtime.map(|unix_us| Wall::Instant { unix_us, offset_s: 0 }),
            uptime_us: kernel_clock.or(received),
            boot: boot.or_else(|| entry.get("_BOOT_ID").and_then(super::bytes::id128)),
            epoch: 0,
        },
        received_us: kernel_clock.and(received),
        host: entry.text("_HOSTNAME"),
        ident,
        pid: pid.and_then(|pid| u32::try_from(pid).ok()),
        unit: ["UNIT", "USER_UNIT", "_SYSTEMD_UNIT", "_SYSTEMD_USER_UNIT"].iter().find_map(|name| entry.text(name)),
        level: entry.number("PRIORITY").and_then(|p| u8::try_from(p).ok()).filter(|p| *p < 8),
        transport,
        message: Cow::Borrowed(entry.get("MESSAGE").unwrap_or_default()),
        fields: entry.kept(),
    }
}

/// The fields of an entry, by name.
struct Entry<'a, 'f>(&'f [(&'a str, &'a [u8])]);

impl<'a> Entry<'a, '_> {
    /// A field's first value.
    fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// A field's value as text.
    fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).map(String::from_utf8_lossy)
    }

    /// A field's value as a decimal number.
    fn number(&self, name: &str) -> Option<u64> {
        super::bytes::utf8(self.get(name)?)?.trim().parse().ok()
    }

    /// The fields that joins use.
    fn kept(&self) -> Vec<(Cow<'a, str>, Cow<'a, [u8]>)> {
        let kept = |name: &str| KEPT.contains(&name) || in_family(name);
        self.0.iter().filter(|(name, _)| kept(name)).map(|(n, v)| (Cow::Borrowed(*n), Cow::Borrowed(*v))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a [u8])> {
        fields.iter().map(|(k, v)| (*k, v.as_bytes())).collect()
    }

    #[test]
    fn a_kernel_entry_has_the_kernels_clock() {
        let fields = entry(&[
            ("_SOURCE_MONOTONIC_TIMESTAMP", "67949464"),
            ("_TRANSPORT", "kernel"),
            ("PRIORITY", "6"),
            ("SYSLOG_IDENTIFIER", "kernel"),
            ("MESSAGE", "anon 66920448\nfile 0"),
            ("_HOSTNAME", "worker-17"),
        ]);
        let record =
            record_from_fields(SourceId(1), None, 7, Some(1_795_427_956_100_771), Some(68_070_978), Some(5), &fields);
        assert_eq!(record.stamp.uptime_us, Some(67_949_464));
        assert_eq!(record.stamp.wall, Some(Wall::Instant { unix_us: 1_795_427_956_100_771, offset_s: 0 }));
        assert_eq!(record.stamp.boot, Some(5));
        assert_eq!(record.transport, Transport::Kernel);
        assert_eq!(&*record.message, b"anon 66920448\nfile 0");
        assert_eq!((record.level, record.host.as_deref()), (Some(6), Some("worker-17")));
        assert!(record.fields.is_empty());
    }

    #[test]
    fn who_writes_to_the_ring_buffer_is_not_the_kernel() {
        let record = |fields: &[(&'static str, &'static str)]| {
            let fields = entry(fields);
            let record = record_from_fields(SourceId(0), None, 0, None, Some(9), None, &fields);
            (record.transport, record.ident.map(String::from), record.stamp.uptime_us)
        };
        let systemd = ("SYSLOG_IDENTIFIER", "systemd");
        let (kernel, clock) = (("_TRANSPORT", "kernel"), ("_SOURCE_MONOTONIC_TIMESTAMP", "5"));
        assert_eq!(record(&[kernel, systemd, clock]), (Transport::Program, Some("systemd".to_owned()), Some(5)));
        assert_eq!(record(&[kernel, clock]), (Transport::Kernel, Some("kernel".to_owned()), Some(5)));
        assert_eq!(record(&[("_TRANSPORT", "stdout"), clock]), (Transport::Program, None, Some(9)));
        let forged = [("_TRANSPORT", "syslog"), ("SYSLOG_IDENTIFIER", "kernel")];
        assert_eq!(record(&forged).0, Transport::Program);
    }

    #[test]
    fn a_unit_is_the_one_spoken_of() {
        let fields = entry(&[
            ("_SYSTEMD_UNIT", "init.scope"),
            ("UNIT", "ledger.service"),
            ("UNIT_RESULT", "oom-kill"),
            ("_PID", "1"),
            ("SYSLOG_IDENTIFIER", "systemd"),
            ("PODMAN_ID", "abc"),
            ("_SOURCE_MONOTONIC_TIMESTAMP", "1"),
            ("__MONOTONIC_TIMESTAMP", "9"),
            ("_BOOT_ID", "00000000000000000000000000000010"),
        ]);
        let record = record_from_fields(SourceId(0), Some(3), 0, None, None, None, &fields);
        assert_eq!(record.unit.as_deref(), Some("ledger.service"));
        assert_eq!(record.field("UNIT_RESULT").as_deref(), Some("oom-kill"));
        assert_eq!(record.field("_SYSTEMD_UNIT").as_deref(), Some("init.scope"));
        assert_eq!(record.field("PODMAN_ID").as_deref(), Some("abc"));
        assert_eq!((record.pid, record.transport), (Some(1), Transport::Program));
        assert_eq!((record.stamp.uptime_us, record.stamp.boot), (Some(9), Some(16)));
    }

    #[test]
    fn wanted_fields() {
        assert!(is_wanted_journal_field("COREDUMP_PID"));
        assert!(!is_wanted_journal_field("COREDUMP"));
        assert!(!is_wanted_journal_field("_EXE"));
        assert!(KEPT.iter().all(|name| JOURNAL_FIELDS.contains(name)));
    }
}
