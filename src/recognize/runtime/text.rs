//! Small readers for the pieces that every speaker's text is made of: ids, pod names, numbers, sizes, durations, signals.
//! All of them take hostile text: they never index by byte without asking, and numbers that do not fit are no numbers.

use crate::event::ContainerRef;
use std::sync::Arc;

/// The text between the first `from` and the next `to` after it.
pub(super) fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let rest = after(text, from)?;
    rest.get(..find(rest, to)?)
}

/// The text after the first `mark`.
pub(super) fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.get(find(text, mark)? + mark.len()..)
}

/// Where a mark stands first. Marks are short and so are lines: the searches of the libraries prepare themselves for every mark
/// for longer than they then search.
pub(super) fn find(text: &str, mark: &str) -> Option<usize> {
    let (text, mark) = (text.as_bytes(), mark.as_bytes());
    let (rarest, byte) = rarest(mark)?;
    let last = text.len().checked_sub(mark.len())?;
    memchr::memchr_iter(byte, &text[rarest..rarest + last + 1]).find(|at| text[*at..].starts_with(mark))
}

/// The first of the rarest bytes of a mark, and where it stands.
fn rarest(mark: &[u8]) -> Option<(usize, u8)> {
    let mut rarest = (0, *mark.first()?);
    for (at, byte) in mark.iter().enumerate().skip(1) {
        if COMMONNESS[usize::from(*byte)] < COMMONNESS[usize::from(rarest.1)] {
            rarest = (at, *byte);
        }
    }
    Some(rarest)
}

/// How common each byte is in the lines of runtimes, which are full of ids.
static COMMONNESS: [u8; 256] = {
    let mut all = [0; 256];
    let mut byte = 0u8;
    while byte < u8::MAX {
        all[byte as usize] = match byte {
            b'0'..=b'9' | b'a'..=b'f' | b' ' => 3,
            b'i' | b'n' | b'o' | b'r' | b's' | b't' | b'"' | b'-' | b'l' | b':' => 2,
            b'g'..=b'z' | b'=' | b'/' | b'.' | b'\\' => 1,
            _ => 0,
        };
        byte += 1;
    }
    all
};

/// What stands before and after the first mark.
pub(super) fn split_at_mark<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// Whether a mark stands in a text.
pub(super) fn has(text: &str, mark: &str) -> bool {
    find(text, mark).is_some()
}

/// The first word of the text: up to a white space.
pub(super) fn word(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or_default()
}

/// The unsigned number that the text begins with.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let end = text.bytes().position(|c| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// As [`number`], with an optional minus sign.
pub(super) fn signed<T: std::str::FromStr>(text: &str) -> Option<T> {
    let skip = usize::from(text.starts_with('-'));
    let end = text.bytes().skip(skip).position(|c| !c.is_ascii_digit()).map_or(text.len(), |n| n + skip);
    text.get(..end)?.parse().ok()
}

/// The decimal number (digits and one point) that the text begins with.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let end = text.bytes().position(|c| !c.is_ascii_digit() && c != b'.').unwrap_or(text.len());
    text.get(..end)?.parse().ok().filter(|n: &f64| n.is_finite())
}

/// A process id; 0 is how programs print "none".
pub(super) fn pid(text: &str) -> Option<u32> {
    number(text).filter(|pid| *pid != 0)
}

/// Bytes of a size such as `47.4M`, `0B`, `3160 MiB`, `84776kB`, `61796Ki`: the number may be followed by one blank.
/// Units are powers of 1024, as every speaker here means them.
pub(super) fn size_bytes(text: &str) -> Option<u64> {
    let value = decimal(text)?;
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim_start_matches(' ');
    let power = match unit.bytes().next() {
        Some(b'k' | b'K') => 1,
        Some(b'm' | b'M') => 2,
        Some(b'g' | b'G') => 3,
        Some(b't' | b'T') => 4,
        _ => 0,
    };
    // A float-to-integer cast saturates, so absurd sizes stay absurd but harmless.
    Some((value * 1024f64.powi(power)) as u64)
}

/// Seconds of a Go or systemd duration: `10s`, `1m20s`, `5m0s`, `1h2m3.5s`, `300ms`, `1min 30s`, `30 seconds`; a bare
/// number is seconds.
pub(super) fn duration_s(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut total = None;
    while let Some(value) = decimal(rest) {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim_start_matches(' ');
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let (unit, more) = rest.split_at(end);
        let factor = match unit {
            "" | "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            "m" | "min" | "minute" | "minutes" => 60.0,
            "h" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86_400.0,
            _ => break,
        };
        total = Some(total.unwrap_or(0.0) + value * factor);
        if unit.is_empty() {
            break;
        }
        rest = more.trim_start_matches(' ');
    }
    total
}

/// The container id (12 to 64 hex digits) that the text begins with, lower case.
pub(super) fn hex_id(text: &str) -> Option<Arc<str>> {
    let end = text.bytes().position(|c| !c.is_ascii_hexdigit()).unwrap_or(text.len());
    let id = text.get(..end)?;
    (12..=64).contains(&id.len()).then(|| lower(id))
}

/// Small letters: an id is hardly ever written otherwise.
fn lower(id: &str) -> Arc<str> {
    if id.bytes().any(|c| c.is_ascii_uppercase()) { id.to_ascii_lowercase().into() } else { id.into() }
}

/// The first run of exactly 64 hex digits in the text, lower case.
pub(super) fn find_full_id(text: &str) -> Option<Arc<str>> {
    text.split(|c: char| !c.is_ascii_hexdigit()).find(|run| run.len() == 64).map(lower)
}

/// A reference by the id as a speaker gives it. Containers made with `ctr` have names instead of hex ids.
pub(super) fn by_id(id: &str, runtime: Option<&str>) -> ContainerRef {
    let runtime = runtime.map(Into::into);
    match hex_id(id).filter(|hex| hex.len() == id.len()) {
        Some(hex) => ContainerRef { id: Some(hex), runtime, ..Default::default() },
        None => ContainerRef { name: non_empty(id), runtime, ..Default::default() },
    }
}

/// An id with the scheme of the Kubernetes API: `containerd://<id>`, `docker://<id>`, `cri-o://<id>`; the scheme may miss.
pub(super) fn by_scheme(text: &str) -> ContainerRef {
    match text.split_once("://") {
        Some((scheme, id)) => by_id(id, Some(scheme).filter(|scheme| !scheme.is_empty())),
        None => by_id(text, None),
    }
}

/// The text, unless it is empty.
pub(super) fn non_empty<T: for<'t> From<&'t str>>(text: &str) -> Option<T> {
    (!text.is_empty()).then(|| text.into())
}

/// Takes over what `name_namespace(uid)` says (the kubelet's `format.Pod`). Neither part can hold an underscore.
pub(super) fn set_pod_full(container: &mut ContainerRef, text: &str) {
    let (full, uid) = match text.split_once('(') {
        Some((full, uid)) => (full, uid.split(')').next().unwrap_or_default()),
        None => (text, ""),
    };
    if let Some((pod, namespace)) = full.split_once('_') {
        container.pod = non_empty(pod);
        container.namespace = non_empty(namespace);
    }
    set_uid(container, uid);
}

/// Takes over what `namespace/name` says (klog's `KObj`), or its JSON form `{"name":"p","namespace":"ns"}`.
pub(super) fn set_pod(container: &mut ContainerRef, text: &str) {
    if text.starts_with('{') {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else { return };
        container.pod = value.get("name").and_then(|v| v.as_str()).and_then(non_empty);
        container.namespace = value.get("namespace").and_then(|v| v.as_str()).and_then(non_empty);
    } else if text.contains('(') {
        set_pod_full(container, text);
    } else if let Some((namespace, pod)) = text.split_once('/') {
        container.pod = non_empty(pod);
        container.namespace = non_empty(namespace);
    }
}

/// Takes over a pod uid, if it looks like one: 36 characters with dashes, or the 32 hex digits of a static pod.
pub(super) fn set_uid(container: &mut ContainerRef, uid: &str) {
    let shaped = matches!(uid.len(), 32 | 36) && uid.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-');
    if shaped {
        container.pod_uid = Some(lower(uid));
    }
}

/// Dockershim's container name `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`; `POD` is the sandbox.
pub(super) fn set_dockershim_name(container: &mut ContainerRef, name: &str) {
    let parts: Vec<&str> = name.trim_start_matches('/').split('_').collect();
    let ["k8s", own, pod, namespace, uid, attempt] = parts[..] else {
        container.name = non_empty(name.trim_start_matches('/'));
        return;
    };
    container.sandbox = own == "POD";
    container.name = if container.sandbox { None } else { non_empty(own) };
    container.pod = non_empty(pod);
    container.namespace = non_empty(namespace);
    set_uid(container, uid);
    container.attempt = attempt.parse().ok();
}

/// Number of a signal by its number, its C name with or without `SIG`, or Go's words for it (`syscall.Signal.String`).
pub(super) fn signal(text: &str) -> Option<i32> {
    if let Ok(number) = text.parse::<i32>() {
        return (1..=64).contains(&number).then_some(number);
    }
    let upper = text.to_ascii_uppercase();
    Some(match upper.strip_prefix("SIG").unwrap_or(&upper) {
        "HUP" | "HANGUP" => 1,
        "INT" | "INTERRUPT" => 2,
        "QUIT" => 3,
        "ILL" | "ILLEGAL INSTRUCTION" => 4,
        "TRAP" | "TRACE/BREAKPOINT TRAP" => 5,
        "ABRT" | "ABORTED" => 6,
        "BUS" | "BUS ERROR" => 7,
        "FPE" | "FLOATING POINT EXCEPTION" => 8,
        "KILL" | "KILLED" => 9,
        "USR1" | "USER DEFINED SIGNAL 1" => 10,
        "SEGV" | "SEGMENTATION FAULT" => 11,
        "USR2" | "USER DEFINED SIGNAL 2" => 12,
        "PIPE" | "BROKEN PIPE" => 13,
        "ALRM" | "ALARM CLOCK" => 14,
        "TERM" | "TERMINATED" => 15,
        "XCPU" => 24,
        "WINCH" | "WINDOW CHANGED" => 28,
        "SYS" => 31,
        "RTMIN+3" => 37,
        _ => return None,
    })
}

/// `Killed process N (comm) total-vm:` of a kernel line that somebody copied: (pid, comm). The name ends at the *last*
/// `) total-vm:`, because names hold brackets and blanks themselves.
pub(super) fn copied_kill(text: &str) -> Option<(u32, String)> {
    let rest = after(text, "Killed process ")?;
    let pid = pid(rest)?;
    let name = rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches([' ', ',']);
    let name = name.strip_prefix('(')?;
    let (comm, _) = name.rsplit_once(") total-vm:").or_else(|| name.rsplit_once("), UID "))?;
    Some((pid, comm.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_do_not_fit_are_no_numbers() {
        assert_eq!(number::<u32>("137 x"), Some(137));
        assert_eq!(number::<u32>("99999999999"), None);
        assert_eq!(number::<u32>("x"), None);
        assert_eq!(signed::<i64>("-104,"), Some(-104));
        assert_eq!(signed::<i64>("-"), None);
        assert_eq!(pid("0"), None);
    }

    #[test]
    fn marks_are_found_where_they_stand_first() {
        for (text, mark, at) in [
            ("abcabd", "abd", Some(3)),
            ("abc", "abc", Some(0)),
            ("ab", "abc", None),
            ("", "a", None),
            ("xxTaskOOM", "TaskOOM", Some(2)),
            ("TaskOO", "TaskOOM", None),
            ("é: {", ": {", Some(2)),
        ] {
            assert_eq!((find(text, mark), text.find(mark)), (at, at), "{text} {mark}");
        }
        assert_eq!(split_at_mark("a -> b -> c", " -> "), Some(("a", "b -> c")));
    }

    #[test]
    fn durations_and_sizes() {
        assert_eq!(duration_s("5m0s"), Some(300.0));
        assert_eq!(duration_s("1m20s restarting"), Some(80.0));
        assert_eq!(duration_s("1min 30s"), Some(90.0));
        assert_eq!(duration_s("10 seconds"), Some(10.0));
        assert_eq!(duration_s("30"), Some(30.0));
        assert_eq!(duration_s("soon"), None);
        assert_eq!(size_bytes("47.4M"), Some(49_702_502));
        assert_eq!(size_bytes("3160 MiB"), Some(3160 << 20));
        assert_eq!(size_bytes("0B"), Some(0));
        assert_eq!(size_bytes("84776kB"), Some(84_776 << 10));
    }

    #[test]
    fn pods_in_every_spelling() {
        let mut c = ContainerRef::default();
        set_pod_full(&mut c, "web-0_batch(c84e0e0d-2970-4e09-8b72-b9b968faa1b0)");
        assert_eq!((c.pod.as_deref(), c.namespace.as_deref()), (Some("web-0"), Some("batch")));
        assert_eq!(c.pod_uid.as_deref(), Some("c84e0e0d-2970-4e09-8b72-b9b968faa1b0"));
        let mut c = ContainerRef::default();
        set_pod(&mut c, "{\"name\":\"p\",\"namespace\":\"ns\"}");
        assert_eq!((c.pod.as_deref(), c.namespace.as_deref()), (Some("p"), Some("ns")));
        let mut c = ContainerRef::default();
        set_pod_full(&mut c, "(");
        assert_eq!(c, ContainerRef::default());
    }

    #[test]
    fn dockershim_names() {
        let mut c = ContainerRef::default();
        set_dockershim_name(&mut c, "/k8s_app_web-1_prod_bebf118b7d46c7338314262eb83434eb_3");
        assert_eq!((c.name.as_deref(), c.attempt, c.sandbox), (Some("app"), Some(3), false));
        assert_eq!(c.pod_uid.as_deref(), Some("bebf118b7d46c7338314262eb83434eb"));
        let mut c = ContainerRef::default();
        set_dockershim_name(&mut c, "my_app_1");
        assert_eq!(c.name.as_deref(), Some("my_app_1"));
    }

    #[test]
    fn a_copied_kill_is_read_from_its_right_end() {
        let line = "Memory cgroup out of memory: Killed process 12 (a) total-vm: (b)) total-vm:1kB, anon-rss:2kB";
        assert_eq!(copied_kill(line), Some((12, "a) total-vm: (b)".to_owned())));
        assert_eq!(copied_kill("Killed process x (y) total-vm:"), None);
        assert_eq!(copied_kill("Killed process 12 (cut"), None);
    }

    #[test]
    fn signals() {
        assert_eq!(signal("terminated"), Some(15));
        assert_eq!(signal("SIGKILL"), Some(9));
        assert_eq!(signal("user defined signal 1"), Some(10));
        assert_eq!(signal("15"), Some(15));
        assert_eq!(signal("99"), None);
        assert_eq!(signal("nothing"), None);
    }
}
