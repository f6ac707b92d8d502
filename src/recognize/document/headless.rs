//! Rows of `kubectl get pods` and `kubectl get events` without their headings: people pipe both through `grep`. Told by the columns that
//! stand in the middle: `0/1` and a status, an age and `Warning`. And rows with tabs, as `-o jsonpath='{range .items[*]}{.metadata.name}
//! {"\t"}{.status.reason}{"\t"}{.status.message}{"\n"}{end}'` prints them: told by a pod's name and the reason of an end behind it.

use super::clock;
use super::doc::{Doc, Line, Said};
use super::kube_event::{self, KubeEvent};
use super::kube_pod::pod_what;
use super::kube_table::pod_status;
use super::names;
use crate::event::{ContainerRef, Speaker, Wall, What};

/// A pod's row.
struct PodRow<'t> {
    namespace: Option<&'t str>,
    name: &'t str,
    status: &'t str,
    restarts: Option<u32>,
    node: Option<&'t str>,
}

/// An event's row.
struct EventRow<'t> {
    namespace: Option<&'t str>,
    reason: &'t str,
    object: &'t str,
    message: &'t str,
}

/// A row with tabs.
struct TabRow<'t> {
    namespace: Option<&'t str>,
    pod: &'t str,
    container: Option<&'t str>,
    reason: &'t str,
    code: Option<i64>,
    finished: Option<Wall>,
    message: &'t str,
}

/// Statuses and reasons of an end.
const ENDED: [&str; 4] = ["OOMKilled", "Error", "Evicted", "ContainerStatusUnknown"];

/// One of them stands in every such row.
pub(super) const WORDS: &[&str] = &["OOM", "Error", "Evicted", "ContainerStatusUnknown", "CrashLoopBackOff"];

/// True for such a row of something that ended, or of an event that matters.
pub(super) fn is_row(line: &str) -> bool {
    pod_row(line).is_some()
        || tab_row(line).is_some()
        || event_row(line).is_some_and(|row| row.reason.contains("OOM") || row.reason == "Evicted")
}

/// Reads one line.
pub(super) fn read(doc: &mut Doc<'_, '_>, line: &Line<'_>) {
    if let Some(row) = pod_row(&line.text) {
        let container = ContainerRef {
            pod: Some(row.name.into()),
            namespace: row.namespace.map(Into::into),
            ..ContainerRef::default()
        };
        let what = pod_status(row.status.strip_prefix("Init:").unwrap_or(row.status), row.restarts);
        let host = row.node.map(str::to_owned);
        doc.say(Said { at: line.at, wall: None, host, speaker: Speaker::Kubernetes, container, what });
    } else if let Some(row) = tab_row(&line.text) {
        say_tab_row(doc, line, &row);
    } else if let Some(row) = event_row(&line.text) {
        let mut event = KubeEvent {
            at: line.at,
            reason: row.reason.to_owned(),
            message: row.message.to_owned(),
            ..KubeEvent::default()
        };
        kube_event::table_object(&mut event, row.object, row.namespace);
        kube_event::say(doc, event);
    }
}

/// `[NAMESPACE] NAME READY STATUS RESTARTS AGE [IP NODE]`, where the status tells of an end.
fn pod_row(line: &str) -> Option<PodRow<'_>> {
    let ready = line.split_whitespace().take(3).position(is_ready).filter(|ready| *ready > 0)?;
    let words: Vec<&str> = line.split_whitespace().take(12).collect();
    let status = *words.get(ready + 1)?;
    let reason = status.strip_prefix("Init:").unwrap_or(status);
    // A page's `web-xxxxx-yyyyy` is nobody.
    let looping = reason == "CrashLoopBackOff" && words.get(ready + 2).is_some_and(|restarts| *restarts != "0");
    if !(looping || ENDED.contains(&reason)) || words.first()?.contains('<') || words[ready - 1].contains("xxxxx") {
        return None;
    }
    let restarts = words.get(ready + 2)?.parse().ok()?;
    // `4 (57s ago)`
    let age = ready + if words.get(ready + 3).is_some_and(|word| word.starts_with('(')) { 5 } else { 3 };
    match words.get(age) {
        Some(word) if is_age(word) => {}
        // The last columns were left out; `Error` alone is too common a word.
        None if reason != "Error" => {}
        _ => return None,
    }
    Some(PodRow {
        namespace: (ready == 2).then(|| words[0]),
        name: words[ready - 1].trim_start_matches("pod/"),
        status,
        restarts: Some(restarts),
        node: words.get(age + 2).copied().filter(|node| !node.starts_with('<')),
    })
}

fn say_tab_row(doc: &mut Doc<'_, '_>, line: &Line<'_>, row: &TabRow<'_>) {
    let container = ContainerRef {
        pod: Some(row.pod.into()),
        name: row.container.map(Into::into),
        namespace: row.namespace.map(Into::into),
        ..ContainerRef::default()
    };
    let mut what = pod_what(row.reason, row.message.to_owned()).unwrap_or_else(|| pod_status(row.reason, None));
    if let What::Exited(exit) = &mut what {
        (exit.exit_code, exit.finished) = (row.code, row.finished);
    }
    doc.say(Said { at: line.at, wall: row.finished, host: None, speaker: Speaker::Kubernetes, container, what });
}

/// `[NAMESPACE] POD [CONTAINER] [PHASE] REASON [CODE] [FINISHED] [MESSAGE]`, with a tab between each.
fn tab_row(line: &str) -> Option<TabRow<'_>> {
    if !line.contains('\t') {
        return None;
    }
    let fields: Vec<&str> = line.trim_end().split('\t').map(str::trim).take(10).collect();
    // Of several containers the reasons stand in one cell.
    let reason_of = |field: &'_ str| {
        let all = !field.is_empty() && field.split([' ', ',']).all(|word| ENDED.contains(&word) || word == "Completed");
        ENDED.into_iter().find(|reason| all && field.split([' ', ',']).any(|word| word == *reason))
    };
    let (at, reason) = fields.iter().enumerate().find_map(|(at, field)| Some((at, reason_of(field)?)))?;
    let names: Vec<&str> = fields.get(..at)?.iter().filter(|field| !is_phase(field)).copied().collect();
    let (namespace, pod, container) = match names[..] {
        [pod] => (None, pod, None),
        [namespace, pod] if is_pod(pod) => (Some(namespace), pod, None),
        [pod, container] => (None, pod, Some(container)),
        [namespace, pod, container] => (Some(namespace), pod, Some(container)),
        _ => return None,
    };
    let rest = fields.get(at + 1..)?;
    let code = rest.iter().find_map(|field| field.parse().ok()).filter(|code| (1..=255).contains(code));
    let named = is_pod(pod) && [namespace, container].into_iter().flatten().all(names::is_label);
    (named && (reason != "Error" || code.is_some())).then(|| TabRow {
        namespace,
        pod,
        container,
        reason,
        code,
        finished: rest.iter().find_map(|field| clock::instant(field)),
        message: rest.iter().find(|field| field.contains(' ')).copied().unwrap_or_default(),
    })
}

fn is_phase(field: &str) -> bool {
    matches!(field, "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown" | "true" | "false" | "")
}

/// A name that a controller made: `ledger-6f9c-x2k8q`, `db-0`.
fn is_pod(name: &str) -> bool {
    let made = |end: &str| end.len() == 5 && end.bytes().all(|c| b"bcdfghjklmnpqrstvwxz2456789".contains(&c));
    let number = |end: &str| (1..=3).contains(&end.len()) && end.bytes().all(|c| c.is_ascii_digit());
    names::is_label(name) && name.rsplit_once('-').is_some_and(|(_, end)| made(end) || number(end))
}

/// `0/1`
fn is_ready(word: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.len() <= 4 && text.bytes().all(|c| c.is_ascii_digit());
    word.split_once('/').is_some_and(|(ready, all)| number(ready) && number(all))
}

/// `12m`, `4m18s`, `2d`, `<unknown>`, `<invalid>`
fn is_age(word: &str) -> bool {
    let duration = word.ends_with(['s', 'm', 'h', 'd', 'y'])
        && word.starts_with(|c: char| c.is_ascii_digit())
        && word.bytes().all(|c| c.is_ascii_digit() || b"smhdy".contains(&c));
    duration || matches!(word, "<unknown>" | "<invalid>")
}

/// `[NAMESPACE] LAST-SEEN TYPE REASON OBJECT MESSAGE`.
fn event_row(line: &str) -> Option<EventRow<'_>> {
    let mut rest = line.trim_start();
    let mut word = || {
        let end = rest.find(char::is_whitespace)?;
        let (word, after) = rest.split_at(end);
        rest = after.trim_start();
        Some(word)
    };
    let first = word()?;
    let (namespace, age) = if is_age(first) { (None, first) } else { (Some(first), word()?) };
    let kind = word()?;
    let (reason, object) = (word()?, word()?);
    let fits = is_age(age)
        && matches!(kind, "Normal" | "Warning")
        && reason.bytes().all(|c| c.is_ascii_alphanumeric())
        && object.split_once('/').is_some_and(|(kind, name)| !kind.is_empty() && !name.is_empty());
    fits.then_some(EventRow { namespace, reason, object, message: rest.trim_end() })
}

#[cfg(test)]
mod tests {
    use crate::event::What;
    use crate::recognize::document::sniff::sniff;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn rows_that_grep_left() {
        let text = "default   54m     Warning   OOMKilling   node/n7   Memory cgroup out of memory: Kill process 41 (etl) score 1966 or sacrifice child\n\
                    shop      ledger-6f-2k   0/1   OOMKilled   4 (57s ago)   2m40s   10.1.0.4   n7   <none>   <none>\n\
                    ledger-6f-9x   0/1   Error   0   3h\n\
                    ledger-6f-5b   0/1   CrashLoopBackOff   7 (9s ago)   3h\n\
                    ledger-6f-5c   0/1   CrashLoopBackOff   0   3h\n\
                    ledger-6f-7q   0/1   Init:ContainerStatusUnknown   1 (2m ago)\n";
        let (events, _) = read_text("grep.txt", text);
        let all = facts(&events);
        assert_eq!(all.len(), 5, "{all:?}");
        assert_eq!(all[3].container.pod.as_deref(), Some("ledger-6f-5b"));
        assert_eq!(all[4].container.pod.as_deref(), Some("ledger-6f-7q"));
        assert!(matches!(&all[0].what, What::KernelKillRetold { pid: 41, .. }));
        assert_eq!(events[0].host.as_deref(), Some("n7"));
        assert!(
            matches!(&all[1].what, What::Exited(exit) if exit.restart_count == Some(4) && exit.oom_flag == Some(true))
        );
        assert_eq!((all[1].container.namespace.as_deref(), events[1].host.as_deref()), (Some("shop"), Some("n7")));
        assert_eq!(all[2].container.pod.as_deref(), Some("ledger-6f-9x"));
    }

    #[test]
    fn rows_of_a_jsonpath() {
        let text = "ledger-6f9c-x2k8q\tEvicted\tThe node was low on resource: memory. Threshold quantity: 100Mi, available: 71Mi. \n\
                    shop\tledger-6f9c-x2k9q\tFailed\tEvicted\tThe node was low on resource: ephemeral-storage. \n\
                    db-0\tpostgres\tOOMKilled\t137\t2026-11-03T10:00:01Z\n\
                    db-1\tError OOMKilled\n";
        let (events, _) = read_text("pods.txt", text);
        let all = facts(&events);
        assert_eq!(all.len(), 4, "{all:?}");
        assert!(matches!(&all[0].what, What::Evicted { message, .. } if message.contains("memory")));
        assert_eq!(all[1].container.namespace.as_deref(), Some("shop"));
        let What::Exited(exit) = &all[2].what else { panic!() };
        assert_eq!((exit.exit_code, exit.oom_flag, exit.finished.is_some()), (Some(137), Some(true), true));
        assert_eq!(all[2].container.name.as_deref(), Some("postgres"));
        assert!(matches!(&all[3].what, What::Exited(exit) if exit.oom_flag == Some(true)));
    }

    #[test]
    fn lines_that_only_look_like_rows() {
        for text in [
            "step-1\tError\twhile reading\n",
            "OOMKilled\t137\n",
            "the pod\tOOMKilled\n",
            "web 0/1 Running 0 3h\n",
            "step 3/4 Error while reading 7 files\n",
            "step 3/4 Error 7\n",
            "app-xxxxx-yyyyy 0/1 OOMKilled 0 3m\n",
            "<pod> 0/1 OOMKilled 0 3m\n",
            "12m Warning something happened a/b c\n",
            "Nov 23 10:00:00 n7 app: 0/1 Error 0 3h\n",
        ] {
            assert_eq!(sniff("x.log", text.as_bytes()), None, "{text}");
        }
    }
}
