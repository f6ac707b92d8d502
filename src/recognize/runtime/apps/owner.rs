//! Whose output a line is, where a tool that follows several containers wrote it before the line:
//!
//! ```text
//! [pod/ledger-58b7d9c6f-tt5rz/api] T       kubectl logs --prefix (`pkg/cmd/logs`)
//! ledger-58b7d9c6f-tt5rz api T             stern (`defaultTemplate` in `cmd/cmd.go`), with -A the namespace before it
//! shop/ledger-58b7d9c6f-tt5rz[api]: T      kail
//! [ledger-58b7d9c6f-tt5rz api] T           kubetail
//! ledger-1  | T                            docker compose logs; 1.x `ledger_1  | T`
//! ```

use super::super::text::non_empty;
use crate::event::ContainerRef;
use std::borrow::Cow;

/// The longest prefix that is looked at.
const PREFIX_MAX: usize = 400;

/// The container that the line's prefix names.
pub(super) fn read(raw: &str) -> Option<ContainerRef> {
    let end = raw.char_indices().nth(PREFIX_MAX).map_or(raw.len(), |(at, _)| at);
    let line = plain(raw.get(..end)?);
    let line = line.trim_start();
    prefixed(line).or_else(|| kail(line)).or_else(|| kubetail(line)).or_else(|| stern(line)).or_else(|| compose(line))
}

/// Without colours: stern and compose print each name in its own.
fn plain(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\u{1b}') {
        return Cow::Borrowed(raw);
    }
    let mut parts = raw.split('\u{1b}');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('m').filter(|(code, _)| code.starts_with('[')).map_or(part, |(_, rest)| rest));
    }
    Cow::Owned(out)
}

fn of_pod(namespace: Option<&str>, pod: &str, name: &str) -> Option<ContainerRef> {
    let known = is_label(pod) && is_label(name) && namespace.is_none_or(is_label);
    known.then(|| ContainerRef {
        pod: non_empty(pod),
        name: non_empty(name),
        namespace: namespace.and_then(non_empty),
        ..ContainerRef::default()
    })
}

fn prefixed(line: &str) -> Option<ContainerRef> {
    let (pod, rest) = line.strip_prefix("[pod/")?.split_once('/')?;
    of_pod(None, pod, rest.split_once("] ")?.0)
}

fn kail(line: &str) -> Option<ContainerRef> {
    let (namespace, rest) = line.split_once(' ')?.0.split_once('/')?;
    let (pod, name) = rest.strip_suffix("]:")?.split_once('[')?;
    of_pod(Some(namespace), pod, name)
}

fn kubetail(line: &str) -> Option<ContainerRef> {
    let (pod, name) = line.strip_prefix('[')?.split_once("] ")?.0.split_once(' ')?;
    is_generated(pod).then(|| of_pod(None, pod, name))?
}

/// Two words before a line are common: the first one must be a name that a controller made.
fn stern(line: &str) -> Option<ContainerRef> {
    let mut words = line.split(' ');
    let (first, second) = (words.next()?, words.next()?);
    if is_generated(first) {
        words.next()?;
        return of_pod(None, first, second);
    }
    let name = words.next().filter(|_| is_generated(second))?;
    words.next()?;
    of_pod(Some(first), second, name)
}

/// A service and its number.
fn compose(line: &str) -> Option<ContainerRef> {
    let name = line.split_once(" | ")?.0.trim_end();
    let (service, number) = name.rsplit_once(['-', '_'])?;
    let shaped = service.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'));
    let numbered = (1..=4).contains(&number.len()) && number.bytes().all(|c| c.is_ascii_digit());
    let named = service.starts_with(|c: char| c.is_ascii_alphabetic());
    (shaped && numbered && named).then(|| ContainerRef { name: non_empty(name), ..ContainerRef::default() })
}

/// A name of DNS (RFC 1123).
fn is_label(text: &str) -> bool {
    let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'.');
    (1..=253).contains(&text.len())
        && text.bytes().all(inner)
        && !text.starts_with(['-', '.'])
        && !text.ends_with(['-', '.'])
}

/// Ends with the five letters that Kubernetes makes up (`SafeEncodeString` in `apimachinery/pkg/util/rand`: no vowels, no 0, 1, 3).
fn is_generated(pod: &str) -> bool {
    let made = |c: u8| b"bcdfghjklmnpqrstvwxz2456789".contains(&c);
    is_label(pod) && pod.rsplit_once('-').is_some_and(|(_, end)| end.len() == 5 && end.bytes().all(made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_name_the_container_before_the_line() {
        let said = "java.lang.OutOfMemoryError: Java heap space";
        for (prefix, namespace, pod, name) in [
            ("[pod/ledger-58b7d9c6f-tt5rz/api] ", None, Some("ledger-58b7d9c6f-tt5rz"), "api"),
            ("ledger-58b7d9c6f-tt5rz api ", None, Some("ledger-58b7d9c6f-tt5rz"), "api"),
            (
                "\u{1b}[38;5;2mledger-58b7d9c6f-tt5rz\u{1b}[0m \u{1b}[32mapi\u{1b}[0m ",
                None,
                Some("ledger-58b7d9c6f-tt5rz"),
                "api",
            ),
            ("shop ledger-58b7d9c6f-tt5rz api ", Some("shop"), Some("ledger-58b7d9c6f-tt5rz"), "api"),
            ("shop/ledger-0[api]: ", Some("shop"), Some("ledger-0"), "api"),
            ("[ledger-58b7d9c6f-tt5rz api] ", None, Some("ledger-58b7d9c6f-tt5rz"), "api"),
            ("ledger-1  | ", None, None, "ledger-1"),
            ("shop_ledger_1       | ", None, None, "shop_ledger_1"),
        ] {
            let about = read(&format!("{prefix}{said}")).unwrap();
            let names = (about.namespace.as_deref(), about.pod.as_deref(), about.name.as_deref());
            assert_eq!(names, (namespace, pod, Some(name)), "{prefix}");
        }
    }

    #[test]
    fn words_are_no_names() {
        for line in [
            "the java.lang.OutOfMemoryError: Java heap space",
            "worker 3 java.lang.OutOfMemoryError",
            "web-1 api java.lang.OutOfMemoryError",
            "| a | b |",
            "2026-11-23 | java.lang.OutOfMemoryError",
            "ledger-58b7d9c6f-tt5rz java.lang.OutOfMemoryError: x",
        ] {
            assert!(read(line).is_none(), "{line}");
        }
    }
}
