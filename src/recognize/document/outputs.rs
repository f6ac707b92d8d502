//! Outputs of several commands, one below the other without any heading or prompt between: people paste `kubectl get pods`, `describe`,
//! `get events` and an object in one go, perhaps with words between. Where one begins is told by the lines that only it begins with; each is read as
//! a document of its own, and goes to the next one's beginning.

use super::doc::{Doc, Line};
use super::{Kind, command, container_list, headless, json, json_piece, kube_table, sniff, systemd};
use std::ops::Range;

/// The most outputs of one text; what follows belongs to the last one.
const MAX_OUTPUTS: usize = 20_000;

/// So many beginnings are looked at more closely than by their line.
const MAX_TRIES: usize = 20_000;

/// So many lines below a beginning are looked at to know it.
const NEAR: usize = 6;

/// An output: what it is, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Output {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// The outputs of a text whose beginning is of a kind, if there is one; text that belongs to none is left out.
pub(super) fn split(first: Option<Kind>, doc: &Doc<'_, '_>) -> Vec<Output> {
    let lines = doc.lines();
    let mut found = Found { list: Vec::new(), open: first.map(|kind| (kind, 0)) };
    let (mut at, mut tries) = (0, 0);
    while let Some(line) = lines.get(at).filter(|_| found.list.len() < MAX_OUTPUTS) {
        tries += usize::from(line.text.starts_with(['{', '[']) || json_piece::telling(&line.text).is_some());
        if tries > MAX_TRIES {
            break;
        }
        if let Some((kind, end)) = object(doc.bytes, line) {
            found.whole(kind, line.at..end);
            at += lines[at..].partition_point(|line| line.at < end).max(1);
            continue;
        }
        found.line(&lines, at);
        at += 1;
    }
    found.close(doc.bytes.len());
    found.list
}

struct Found {
    list: Vec<Output>,
    /// The output that is being read, and where it began.
    open: Option<(Kind, usize)>,
}

impl Found {
    fn close(&mut self, end: usize) {
        if let Some((kind, start)) = self.open.take().filter(|(_, start)| *start < end) {
            self.list.push(Output { kind, range: start..end });
        }
    }

    /// An output whose end is known.
    fn whole(&mut self, kind: Kind, range: Range<usize>) {
        self.close(range.start);
        self.list.push(Output { kind, range });
    }

    /// A line, which may begin another output or show that the open one is at its end.
    fn line(&mut self, lines: &[Line<'_>], at: usize) {
        let open = self.open.map(|(kind, _)| kind);
        let line = &lines[at];
        if open.is_some_and(is_yaml) && !is_yaml_line(&line.text) {
            self.close(line.at);
        }
        let open = self.open.map(|(kind, _)| kind);
        let Some((kind, from)) = begins(lines, at, open) else { return };
        // A state's own members may stand above the line that shows what it is.
        let start = lines[from].at.max(self.list.last().map_or(0, |last| last.range.end));
        if self.open.is_some_and(|(_, begun)| begun >= start) {
            self.open = None;
        }
        self.close(start);
        self.open = Some((kind, start));
    }
}

/// An object in JSON that begins at the left, and where it ends.
fn object(bytes: &[u8], line: &Line<'_>) -> Option<(Kind, usize)> {
    if !line.text.starts_with(['{', '[']) {
        return None;
    }
    let kind = sniff::sniff("", bytes.get(line.at..)?)?;
    is_object(kind).then(|| (kind, json::parse(bytes, line.at).end.max(line.at + 1)))
}

/// A kind that is an object in JSON.
pub(super) fn is_object(kind: Kind) -> bool {
    matches!(kind, Kind::ContainerInspect | Kind::ContainerListJson | Kind::EngineEventsJson | Kind::KubernetesJson)
}

fn is_yaml(kind: Kind) -> bool {
    matches!(kind, Kind::KubernetesYaml | Kind::YamlPiece)
}

/// What may stand in an object in YAML: something indented, a member, an element.
fn is_yaml_line(text: &str) -> bool {
    let member = || {
        let (key, rest) = text.split_once(':').unwrap_or((" ", ""));
        (rest.is_empty() || rest.starts_with(' ')) && !key.contains(' ')
    };
    text.trim().is_empty() || text.starts_with([' ', '#', '-', '"', '\'']) || text.trim_end() == "..." || member()
}

/// The kind of output that begins with a line, and the number of the line that it really begins with. `None` where it belongs to the
/// open output, or to none.
fn begins(lines: &[Line<'_>], at: usize, open: Option<Kind>) -> Option<(Kind, usize)> {
    let text: &str = &lines[at].text;
    let trimmed = text.trim_start();
    let described = matches!(open, Some(Kind::KubernetesDescribe | Kind::KubernetesPaste));
    let below = || lines[at + 1..].iter().take(NEAR).map(|line| line.text.as_ref());
    let kind = match () {
        () if trimmed.is_empty() => None,
        () if is_table(trimmed) => table(text),
        () if is_described(text, below()) => Some(Kind::KubernetesDescribe),
        () if !described && (sniff::is_state(text) || sniff::is_events_heading(text)) => Some(Kind::KubernetesPaste),
        () if systemd::is_status_head(text) => Some(Kind::SystemctlStatus),
        () if is_api_object(text, below()) => Some(Kind::KubernetesYaml),
        () if open != Some(Kind::KubernetesTable) && headless::is_row(text) => Some(Kind::KubernetesTable),
        () => None,
    };
    if let Some(kind) = kind {
        let same = Some(kind) == open || kind == Kind::KubernetesDescribe && open == Some(Kind::KubernetesDescribe);
        return (!same).then_some((kind, at));
    }
    piece(lines, at, open)
}

/// Headings are written in capitals, but for compose's of version 1.
fn is_table(text: &str) -> bool {
    let capitals = text.bytes().take_while(u8::is_ascii_uppercase).count();
    capitals >= 2 || text.starts_with("Name ")
}

fn table(text: &str) -> Option<Kind> {
    match () {
        () if kube_table::is_heading(text) => Some(Kind::KubernetesTable),
        () if container_list::is_heading(text) => Some(Kind::ContainerTable),
        () if systemd::is_units_heading(text) => Some(Kind::SystemctlUnits),
        () => None,
    }
}

/// The command, or the first line of its output with another one of it near below.
fn is_described<'a>(text: &str, mut below: impl Iterator<Item = &'a str>) -> bool {
    let keys = ["Namespace:", "Priority:", "Node:", "Roles:", "Labels:", "Service Account:"];
    let named = text.strip_prefix("Name:").is_some_and(|name| !name.trim().is_empty());
    command::described(text).is_some() || named && below.any(|line| keys.iter().any(|key| line.starts_with(key)))
}

fn is_api_object<'a>(text: &str, mut below: impl Iterator<Item = &'a str>) -> bool {
    (text.starts_with("apiVersion:") && below.any(sniff::is_api_kind))
        || (text.starts_with("kind:") && sniff::is_api_kind(text) && below.any(|line| line.starts_with("metadata:")))
}

/// Members of an object whose beginning is missing, in JSON or YAML: from the first that stands above the telling one.
fn piece(lines: &[Line<'_>], at: usize, open: Option<Kind>) -> Option<(Kind, usize)> {
    let text: &str = &lines[at].text;
    let is_member = match json_piece::telling(text)? {
        Kind::JsonPiece if open != Some(Kind::JsonPiece) => json_piece::is_member,
        Kind::YamlPiece if !open.is_some_and(is_yaml) => json_piece::is_yaml_member,
        _ => return None,
    };
    let above = lines[..at].iter().rev().take(40).take_while(|line| is_member(&line.text)).count();
    let run: Vec<&str> =
        lines[at - above..].iter().take(80).map(|line| line.text.as_ref()).take_while(|line| is_member(line)).collect();
    let kind = json_piece::kind(&run)?;
    Some((kind, at - above))
}

/// The places between these ranges.
pub(super) fn between(taken: &[Range<usize>], length: usize) -> Vec<Range<usize>> {
    let ends = std::iter::once(0).chain(taken.iter().map(|range| range.end));
    let starts = taken.iter().map(|range| range.start).chain(std::iter::once(length));
    ends.zip(starts).filter(|(from, to)| from < to).map(|(from, to)| from..to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{RuntimeFact, SourceId, What};
    use crate::recognize::document::tests::{facts, read_text};
    use crate::recognize::document::{keep_log_lines, sniff};

    const PODS: &str = "NAME      READY   STATUS             RESTARTS      AGE\nmint-0    0/1     CrashLoopBackOff   6 (40s ago)   9m\n";
    const DESCRIBED: &str = "Name:         mint-0\nNamespace:    bakery\nContainers:\n  mint:\n    State:          Waiting\n      Reason:       CrashLoopBackOff\n    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n      Finished:     Tue, 03 Nov 2026 09:30:11 +0100\n    Restart Count:  6\n";
    const EVENTS: &str = "LAST SEEN   TYPE      REASON    OBJECT       MESSAGE\n40s         Warning   BackOff   pod/mint-0   Back-off restarting failed container\n";
    const YAML: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: mint-0\n  namespace: bakery\nstatus:\n  containerStatuses:\n  - name: mint\n    restartCount: 6\n    lastState:\n      terminated:\n        exitCode: 137\n        reason: OOMKilled\n        finishedAt: \"2026-11-03T08:30:11Z\"\n";
    const INSPECT: &str = "[\n    {\n        \"Id\": \"3fd1b20c9a77d1a4c22f1e9b5a0e6c7d8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b3c\",\n        \"State\": {\"Running\": false, \"OOMKilled\": true, \"ExitCode\": 137}\n    }\n]\n";
    const LISTED: &str = "CONTAINER ID   IMAGE    COMMAND   STATUS                     PORTS   NAMES\n3fd1b20c9a77   mint:4   \"/run\"    Exited (137) 8 minutes ago           mint\n";
    const LOG: &str = "2026-11-03T08:30:04.7Z  WARN 1 --- [main] q.Api : heap 498 MiB\n";

    /// The facts of an end in a text.
    fn ends(text: &str) -> Vec<RuntimeFact> {
        let (events, problems) = read_text("paste.txt", text);
        assert!(problems.is_empty(), "{text}: {problems:?}");
        let mut all = facts(&events);
        all.retain(|fact| matches!(fact.what, What::Exited(_) | What::BackOff { .. }));
        all
    }

    #[test]
    fn every_output_is_read_in_any_order() {
        let parts = [PODS, DESCRIBED, EVENTS, YAML, INSPECT, LISTED];
        let count = |part: &&str| ends(part).len();
        for (n, first) in parts.iter().enumerate() {
            assert!(count(first) > 0, "{first}");
            for second in parts.iter().skip(n + 1) {
                for text in [
                    format!("{first}{second}"),
                    format!("{second}\n{first}"),
                    format!("{first}\nand then this:\n\n{second}{LOG}"),
                ] {
                    assert_eq!(ends(&text).len(), count(first) + count(second), "{text}");
                }
            }
        }
    }

    #[test]
    fn an_object_that_was_cut_is_no_damage() {
        let cut = &INSPECT[..INSPECT.len() - 4];
        assert_eq!(ends(&format!("{LISTED}\n{cut}")).len(), 2);
    }

    #[test]
    fn evidence_stands_where_it_was_pasted() {
        for (mark, text) in [("", format!("{PODS}{DESCRIBED}{EVENTS}")), ("> ", format!("{PODS}{DESCRIBED}{EVENTS}"))] {
            let pasted: String = text.lines().map(|line| format!("{mark}{line}\n")).collect();
            let (events, _) = read_text("paste.txt", &pasted);
            for evidence in events.iter().flat_map(|event| &event.evidence) {
                let at = usize::try_from(evidence.offset).unwrap();
                assert!(pasted[at..].starts_with(&*evidence.text), "{evidence:?}");
                let line = pasted[..at].matches('\n').count() as u64 + 1;
                assert_eq!(evidence.line, Some(line));
            }
        }
    }

    #[test]
    fn a_piece_begins_with_the_members_above_the_telling_one() {
        let text = format!(
            "{PODS}containerStatuses:\n- containerID: x\n  lastState:\n    terminated:\n      exitCode: 137\n      finishedAt: \"2026-11-03T08:30:11Z\"\n  name: mint\nso much for that\n"
        );
        let found = ends(&text);
        assert_eq!((found.len(), found[1].container.name.as_deref()), (2, Some("mint")));
    }

    #[test]
    fn lines_of_a_log_are_left_and_those_of_objects_are_not() {
        for (text, left) in
            [(format!("{PODS}{INSPECT}{LOG}"), true), (format!("{YAML}{LOG}"), true), (YAML.to_owned(), false)]
        {
            let mut bytes = text.clone().into_bytes();
            let kind = sniff("paste.txt", &bytes).unwrap();
            assert_eq!(keep_log_lines(kind, "paste.txt", &mut bytes), left, "{text}");
            let kept = String::from_utf8(bytes).unwrap();
            assert!(!kept.contains("OOMKilled\":") && !kept.contains("lastState:"), "{kept}");
            assert_eq!(kept.contains("heap 498 MiB"), left);
        }
    }

    #[test]
    fn what_only_looks_like_a_beginning() {
        let text = format!("{PODS}Name: a bug\nkind: regards\n{{\"level\":\"info\"}}\nState: of the art\nlastState:\n");
        let mut out = Vec::new();
        let doc = Doc::new("x", text.as_bytes(), SourceId(0), &mut out);
        let found = split(Some(Kind::KubernetesTable), &doc);
        assert_eq!(found, [Output { kind: Kind::KubernetesTable, range: 0..text.len() }]);
    }
}
