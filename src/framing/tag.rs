//! Host and tag of syslog lines: `host name[pid]: `, and what stands there instead in odd logs.

use super::bytes::{digits, skip_one_blank, tail, utf8, word};
use super::dmesg;

/// The longest identifier that is believed.
const NAME_MAX: usize = 128;
/// The longest name of a facility: `authpriv`.
const FACILITY_MAX: usize = 8;

/// How the kernel's own lines begin, where a date alone stands before them: no host is called so.
const OWN_WORDS: [&[u8]; 7] = [
    b"Out of memory",
    b"Out of Memory: ",
    b"Memory cgroup out of memory: ",
    b"Killed process ",
    b"oom-kill:constraint=",
    b"oom_reaper: ",
    b"Kernel panic - not syncing: ",
];

/// Who wrote a line.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tagged<'a> {
    pub(super) host: Option<&'a str>,
    pub(super) ident: Option<&'a str>,
    pub(super) pid: Option<u32>,
    /// From `kern.warn` between host and tag (busybox syslogd, OpenWrt logread).
    pub(super) level: Option<u8>,
    /// Where the text begins.
    pub(super) text: usize,
}

/// Reads `host tag: ` at `at`. A missing host (`journalctl --no-hostname`), a missing tag (`host last message repeated 3
/// times`, some syslog-ng templates) and both missing are possible.
pub(super) fn host_and_tag(b: &[u8], at: usize) -> Tagged<'_> {
    let nothing = Tagged { text: at, ..Tagged::default() };
    if let Some((level, next)) = facility_and_level(b, at) {
        let tagged = tag(b, next).unwrap_or(Tagged { text: next, ..Tagged::default() });
        return Tagged { level: Some(level), ..tagged };
    }
    if b.get(at) == Some(&b'[') {
        return nothing;
    }
    if let Some(tagged) = tag(b, at) {
        return tagged;
    }
    if OWN_WORDS.iter().any(|words| tail(b, at).starts_with(words)) {
        return nothing;
    }
    let first = word(b, at);
    let Some(host) = utf8(first).filter(|h| !h.is_empty() && h.len() <= 255) else { return nothing };
    let mut next = skip_one_blank(b, at + first.len());
    let level = facility_and_level(b, next);
    if let Some((_, after)) = level {
        next = after;
    }
    let tagged = tag(b, next).or_else(|| spaced_tag(b, next)).unwrap_or(Tagged { text: next, ..Tagged::default() });
    Tagged { host: Some(host), level: level.map(|(level, _)| level), ..tagged }
}

/// `name: `, `name[123]: `, `kernel:[` at `at`.
fn tag(b: &[u8], at: usize) -> Option<Tagged<'_>> {
    let rest = tail(b, at);
    let name_end = rest.get(..NAME_MAX).unwrap_or(rest).iter().position(|c| matches!(c, b':' | b'[' | b' '))?;
    if name_end == 0 {
        return None;
    }
    let (pid, colon) = match rest.get(name_end)? {
        b'[' => {
            let (pid, close) = digits(rest, name_end + 1)?;
            (u32::try_from(pid).ok(), close + usize::from(rest.get(close) == Some(&b']')))
        }
        _ => (None, name_end),
    };
    let ident = utf8(rest.get(..name_end)?)?;
    // The kernel's own words, where a syslog server got the line without a tag (netconsole).
    if matches!(ident, "oom_reaper" | "oom-killer" | "oom_kill_process") && pid.is_none() {
        return None;
    }
    let glued = ident == "kernel" || pid.is_some();
    let after = rest.get(colon + 1);
    if rest.get(colon) != Some(&b':') || !(glued || matches!(after, Some(b' ') | None)) {
        return None;
    }
    Some(Tagged { host: None, ident: Some(ident), pid, level: None, text: skip_one_blank(b, at + colon + 1) })
}

/// A tag whose name holds blanks: `Plex Media Serv[123]: `. It needs the pid, and no colon before it.
fn spaced_tag(b: &[u8], at: usize) -> Option<Tagged<'_>> {
    let rest = tail(b, at);
    let head = rest.get(..64).unwrap_or(rest);
    let open = memchr::memchr(b'[', head)?;
    let name = head.get(..open).filter(|n| !n.is_empty() && !n.contains(&b':') && n.last() != Some(&b' '))?;
    let (pid, close) = digits(rest, open + 1)?;
    let text = at + close + 3;
    (rest.get(close..close + 3) == Some(b"]: ")).then_some(())?;
    Some(Tagged { host: None, ident: Some(utf8(name)?), pid: u32::try_from(pid).ok(), level: None, text })
}

/// `kern.warn ` at `at`: the severity and where the next word begins.
fn facility_and_level(b: &[u8], at: usize) -> Option<(u8, usize)> {
    // Nearly no line has one: no facility is longer than eight letters and digits, so a few bytes tell.
    let letters = tail(b, at).iter().take(FACILITY_MAX + 1).position(|c| !c.is_ascii_alphanumeric())?;
    let dot = Some(letters).filter(|dot| b.get(at + dot) == Some(&b'.'))?;
    let both = word(b, at);
    if !dmesg::is_facility(both.get(..dot)?) {
        return None;
    }
    let level = dmesg::level(both.get(dot + 1..)?)?;
    Some((level, skip_one_blank(b, at + both.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (Option<&str>, Option<&str>, Option<u32>, &str) {
        let t = host_and_tag(line.as_bytes(), 0);
        (t.host, t.ident, t.pid, &line[t.text..])
    }

    #[test]
    fn the_kernels_words_name_no_host() {
        for line in [
            "Out of memory: Killed process 12 (a) total-vm:1kB",
            "Killed process 12 (a) total-vm:1kB",
            "oom-kill:constraint=X,n",
        ] {
            assert_eq!(read(line), (None, None, None, line));
        }
        assert_eq!(read("Out kernel: a"), (Some("Out"), Some("kernel"), None, "a"));
    }

    #[test]
    fn hosts_and_tags() {
        assert_eq!(read("db-02 kernel: x"), (Some("db-02"), Some("kernel"), None, "x"));
        assert_eq!(read("db-02 systemd[1]: x"), (Some("db-02"), Some("systemd"), Some(1), "x"));
        assert_eq!(read("kernel: x"), (None, Some("kernel"), None, "x"));
        assert_eq!(read("h kernel:[    1.000000] x"), (Some("h"), Some("kernel"), None, "[    1.000000] x"));
        assert_eq!(read("h last message repeated 3 times"), (Some("h"), None, None, "last message repeated 3 times"));
        assert_eq!(read("h http://x y"), (Some("h"), None, None, "http://x y"));
        assert_eq!(read("h Plex Media Serv[12]: x"), (Some("h"), Some("Plex Media Serv"), Some(12), "x"));
        assert_eq!(read("kern.warn kernel: x"), (None, Some("kernel"), None, "x"));
        assert_eq!(read("::1 rsyslogd: x"), (Some("::1"), Some("rsyslogd"), None, "x"));
        assert_eq!(read("h rsyslogd:"), (Some("h"), Some("rsyslogd"), None, ""));
        assert_eq!(read(""), (None, None, None, ""));
    }

    #[test]
    fn busybox_levels() {
        assert_eq!(host_and_tag(b"h kern.warn kernel: x", 0).level, Some(4));
        assert_eq!(host_and_tag(b"daemon.info dockerd[1]: x", 0).level, Some(6));
        assert_eq!(host_and_tag(b"a.b c: x", 0).level, None);
    }
}
