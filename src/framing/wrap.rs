//! Wrappers that tools put around whole lines: Talos, `kubectl logs --prefix`, `docker compose logs`.

use super::bytes::{rfc3339, skip_blanks, skip_one_blank, tail, word};
use super::carrier::{Carrier, Line};
use super::dmesg::kernel_prefix;
use super::{dmesg, iso};
use crate::record::Transport;

/// `talosctl dmesg`: `kern: info: [2026-01-12T20:27:31.9Z]: T`, with the node's address before it (`10.5.0.2: kern: ...`) where
/// several nodes are read. The level is padded to the width of `warning` (`kern:    info: [`). The time is derived from the uptime
/// by Talos.
pub(super) fn talos(b: &[u8]) -> Option<Line<'_>> {
    let first = word(b, 0);
    let at = if dmesg::is_facility(first.strip_suffix(b":")?) { 0 } else { first.len() + 1 };
    let facility = word(b, at).strip_suffix(b":").filter(|name| dmesg::is_facility(name))?;
    let level_at = skip_blanks(b, at + facility.len() + 1);
    let name = word(b, level_at).strip_suffix(b":")?;
    let level = dmesg::level(name)?;
    let open = level_at + name.len() + 2;
    let (wall, length) = rfc3339(tail(b, open + 1)).filter(|_| b.get(open) == Some(&b'['))?;
    let close = open + 1 + length;
    if b.get(close..close + 2) != Some(b"]:") {
        return None;
    }
    let mut line = Line::new(Carrier::Talos, tail(b, skip_one_blank(b, close + 2)));
    line.wall = Some(wall);
    line.level = Some(level);
    line.transport = Transport::Kernel;
    dmesg::split_writer(&mut line);
    Some(line)
}

/// Where the wrapped line begins after `[pod/name/container] ` (`kubectl logs --prefix`) or `web-1  | ` (`docker compose
/// logs`). The latter only before a time or a kernel line's stamp, since a bar may stand in any text.
pub(super) fn inner_start(b: &[u8]) -> Option<usize> {
    if b.starts_with(b"[pod/") {
        let close = memchr::memchr(b']', b.get(..512).unwrap_or(b))?;
        return (b.get(close + 1) == Some(&b' ')).then_some(close + 2);
    }
    let bar = memchr::memchr(b'|', b.get(..80).unwrap_or(b))?;
    let name = b.get(..bar)?.trim_ascii_end();
    let plain = !name.is_empty() && name.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'));
    let at = bar + 2;
    let stamped =
        || rfc3339(tail(b, at)).is_some() || kernel_prefix(b, at).is_some() || iso::bracketed(tail(b, at)).is_some();
    (plain && b.get(bar + 1) == Some(&b' ') && stamped()).then_some(at)
}

/// The line inside such a wrapper: a container's output, perhaps with a time.
pub(super) fn inner(b: &[u8]) -> Line<'_> {
    let mut line = match iso::parse(b).or_else(|| iso::bracketed(b)) {
        Some(line) => line,
        None => iso::container(Carrier::Timestamped, b),
    };
    if line.transport == Transport::Kernel && line.ident.is_none() {
        line.transport = Transport::Unknown;
    }
    line
}
