//! Pieces of JSON objects, as people paste them (`"lastState": {...},` without what stands around it) and as jsonpath prints them:
//! states of containers without their pods, of tasks without their services. What names nobody counts where it says when it ended.

use super::Kind;
use super::clock;
use super::doc::{Doc, Said};
use super::json;
use super::node::Node;
use super::objects;
use super::yaml;
use crate::event::{ContainerRef, Speaker, What};

/// How deep states are looked for.
const MAX_DEPTH: usize = 12;

/// Members one of which stands in a piece that is read.
const KEYS: [&str; 10] = [
    "\"terminated\"",
    "\"OOMKilled\"",
    "\"ExitCode\"",
    "\"exitCode\"",
    "\"containerStatuses\"",
    "\"Err\"",
    "\"lastState\"",
    "\"lastStatus\"",
    "\"containers\"",
    "\"reason\"",
];

/// So many members or brackets one below the other are no sentence of a log.
const MIN_LINES: usize = 3;

/// True where lines are members of an object that is printed one member a line, perhaps below some words, and one of them matters.
pub(super) fn is_piece(lines: &[&str]) -> bool {
    let mut run = 0;
    let mut told = false;
    for line in lines {
        let line = line.trim();
        let fits = is_member(line);
        run = if fits { run + 1 } else { 0 };
        told = fits && told || KEYS.iter().any(|key| line.starts_with(key));
        if run >= MIN_LINES && told {
            return true;
        }
    }
    // jsonpath prints the state on one line.
    run > 0 && told && lines.len() <= MIN_LINES
}

/// Which kind of piece a line belongs to that only a state has.
pub(super) fn telling(line: &str) -> Option<Kind> {
    let line = line.trim_start().trim_start_matches("- ");
    let json = ["\"terminated\":", "\"lastState\":", "\"containerStatuses\":", "\"OOMKilled\":"];
    match () {
        () if json.iter().any(|key| line.starts_with(key)) => Some(Kind::JsonPiece),
        () if matches!(line.trim_end(), "terminated:" | "lastState:") => Some(Kind::YamlPiece),
        () => None,
    }
}

/// The piece that lines are, if they are one.
pub(super) fn kind(lines: &[&str]) -> Option<Kind> {
    match () {
        () if is_piece(lines) => Some(Kind::JsonPiece),
        () if is_yaml(lines) => Some(Kind::YamlPiece),
        () => None,
    }
}

/// A line of an object in JSON that is printed one member a line.
pub(super) fn is_member(line: &str) -> bool {
    let line = line.trim();
    member(line).is_some() || is_bracket(line)
}

/// A line of an object in YAML.
pub(super) fn is_yaml_member(line: &str) -> bool {
    let key = line.trim_start().trim_start_matches("- ");
    let (name, rest) = key.split_once(':').unwrap_or(("", "x"));
    !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric()) && (rest.is_empty() || rest.starts_with(' '))
}

/// The key of `"key": value`.
fn member(line: &str) -> Option<&str> {
    let (key, _) = line.strip_prefix('"')?.split_once("\":").or_else(|| line.strip_prefix('"')?.split_once("\" :"))?;
    (key.len() <= 64 && !key.contains('"')).then_some(key)
}

fn is_bracket(line: &str) -> bool {
    !line.is_empty() && line.chars().all(|c| matches!(c, '{' | '}' | '[' | ']' | ','))
}

/// Reads the piece: as many objects as begin or end in it.
pub(super) fn read(doc: &mut Doc<'_, '_>) {
    let bytes = doc.bytes;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let blanks = rest.iter().take_while(|c| c.is_ascii_whitespace()).count();
        let parsed = match rest.get(blanks) {
            Some(b'{' | b'[') => json::parse(bytes, at + blanks),
            Some(b'"') => json::parse_rest(bytes, at + blanks),
            _ => {
                at += blanks + memchr::memchr(b'\n', &rest[blanks..]).map_or(rest.len(), |end| end + 1);
                continue;
            }
        };
        at = parsed.end.max(at + blanks + 1);
        search(doc, &parsed.node, 0);
    }
}

/// True where lines are members of an object in YAML whose beginning is missing: `lastState:`, `terminated:`, `exitCode: 137`.
pub(super) fn is_yaml(lines: &[&str]) -> bool {
    let mut keys = lines.iter().map(|line| line.trim_start().trim_start_matches("- "));
    let code = keys.clone().any(|key| key.starts_with("exitCode: "));
    let open = keys.any(|key| matches!(key.trim_end(), "terminated:" | "lastState:"));
    code && open && lines.iter().filter(|line| is_yaml_member(line)).count() * 4 >= lines.len() * 3
}

/// Reads such a piece.
pub(super) fn read_yaml(doc: &mut Doc<'_, '_>) {
    let (documents, _) = yaml::parse(doc.bytes);
    documents.iter().for_each(|node| search(doc, node, 0));
}

/// Finds what can be read in a value that is no object of a known kind.
pub(super) fn search(doc: &mut Doc<'_, '_>, node: &Node<'_>, depth: usize) {
    let is_known = objects::known(doc, node) || state(doc, node);
    if is_known || depth >= MAX_DEPTH {
        return;
    }
    let members = node.map().iter().map(|(_, member)| member);
    members.chain(node.list()).for_each(|inner| search(doc, inner, depth + 1));
}

/// `{"terminated": {"exitCode": 137, ..}}`, or what stands in it: of which container, nothing tells.
fn state(doc: &mut Doc<'_, '_>, node: &Node<'_>) -> bool {
    let dead = node.get("terminated").unwrap_or(node);
    let is_state = dead.get("exitCode").is_some() && (dead.get("finishedAt").is_some() || dead.get("reason").is_some());
    if is_state {
        let (at, exit) = super::kube_pod::terminated(dead, None);
        // A step of a Tekton TaskRun: `{"container": "step-build", "name": "build", "terminated": {..}}`.
        let step = node.get("terminated").and_then(|_| node.word_of("container").or_else(|| node.word_of("name")));
        let mut container = ContainerRef { name: step.map(Into::into), ..ContainerRef::default() };
        super::names::from_scheme(&mut container, dead.word_of("containerID").unwrap_or_default());
        if container.id.is_none() && container.name.is_none() {
            container.id = clock::member(dead, "finishedAt").map(ContainerRef::unnamed);
        }
        let (wall, what) = (exit.finished, What::Exited(Box::new(exit)));
        doc.say(Said { at, wall, host: None, speaker: Speaker::Kubernetes, container, what });
    }
    is_state
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RuntimeFact;
    use crate::recognize::document::tests::{facts, read_text};

    fn only(text: &str) -> RuntimeFact {
        let mut found = facts(&read_text("piece.txt", text).0);
        found.retain(|fact| matches!(fact.what, What::Exited(_)));
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found[0].clone()
    }

    fn code_of(fact: &RuntimeFact) -> (Option<i64>, Option<bool>) {
        match &fact.what {
            What::Exited(exit) => (exit.exit_code, exit.oom_flag),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn states_of_kubernetes() {
        let dead = "\"terminated\": {\n \"exitCode\": 137,\n \"finishedAt\": \"2026-11-23T10:27:15Z\",\n \"reason\": \"OOMKilled\"\n }\n";
        for text in [
            format!("    \"lastState\": {{\n {dead} }},\n \"name\": \"ledger\",\n \"restartCount\": 4,\n"),
            format!("{{{dead}}}"),
            format!("  }},\n {dead}"),
            format!("\"status\": {{\"containerStatuses\": [{{\"name\": \"ledger\", \"lastState\": {{{dead}}}}}]}}\n"),
        ] {
            let fact = only(&text);
            assert_eq!(code_of(&fact), (Some(137), Some(true)), "{text}");
            assert_eq!(fact.container.name.is_some(), text.contains("ledger"), "{text}");
            assert_eq!(fact.container.is_unnamed(), !text.contains("ledger"), "{text}");
        }
    }

    #[test]
    fn steps_of_tekton_have_names() {
        let text = "{\n \"steps\": [\n {\n \"container\": \"step-weave\",\n \"name\": \"weave\",\n \"terminated\": {\n \"exitCode\": 0,\n \"finishedAt\": \"2026-11-23T10:27:15Z\",\n \"reason\": \"OOMKilled\"\n }\n }\n ]\n}\n";
        let fact = only(text);
        assert_eq!((code_of(&fact), fact.container.name.as_deref()), ((Some(0), Some(true)), Some("step-weave")));
    }

    #[test]
    fn states_of_docker() {
        let state = "\"Status\": \"exited\", <----\n \"Running\": false,\n \"OOMKilled\": true,\n \"ExitCode\": 137,\n \"FinishedAt\": \"2026-11-23T10:27:15Z\"\n";
        assert_eq!(code_of(&only(&format!("        {state}"))), (Some(137), Some(true)));
        assert_eq!(
            code_of(&only(&format!(" \"State\": {{\n {state} }},\n \"Image\": \"x\"\n"))),
            (Some(137), Some(true))
        );
    }

    #[test]
    fn states_in_yaml() {
        let text = "    lastState:\n      terminated:\n        exitCode: 137\n        finishedAt: \"2026-11-23T10:27:15Z\"\n        reason: OOMKilled\n    name: ledger\n    restartCount: 4\n";
        for text in [text.to_owned(), format!("status:\n  containerStatuses:\n  - {}", text.trim_start())] {
            let fact = only(&text);
            assert_eq!((code_of(&fact), fact.container.name.as_deref()), ((Some(137), Some(true)), Some("ledger")));
        }
    }

    #[test]
    fn a_document_of_other_things_is_none() {
        for text in
            ["\"name\": \"web\",\n\"version\": 3\n", "some words \"terminated\": x\n", "\"a\" b\n", "}\n}\n", ""]
        {
            assert!(!is_piece(&text.lines().collect::<Vec<_>>()), "{text}");
        }
    }
}
