//! Tables of pods with columns that the user chose (`kubectl get pods -o custom-columns=NAME:.metadata.name,REASON:.status..reason`): the
//! headings are free, so that they count by the words in them, and a row counts by its reason or code (kubectl
//! `pkg/cmd/get/customcolumn.go`; several containers are joined by commas).

use super::clock;
use super::doc::{Doc, Said};
use super::names;
use super::size;
use super::table::{Row, Table};
use crate::event::{ContainerExit, ContainerRef, Speaker, What};

/// Reasons of an end.
const REASONS: [&str; 4] = ["OOMKilled", "Error", "ContainerStatusUnknown", "ContainerCannotRun"];

/// True for headings of pods and of why they ended.
pub(super) fn are(table: &Table) -> bool {
    let has = |words: &[&str]| heading(table, words).is_some();
    table.has(&["NAME"]) && has(&["REASON", "TERMINATED", "EXITCODE", "EXIT"])
        || has(&["POD"]) && has(&["REASON", "TERMINATED"])
}

/// The first heading with one of these words in it.
fn heading<'t>(table: &'t Table, words: &[&str]) -> Option<&'t str> {
    table.headings().find(|heading| words.iter().any(|word| heading.contains(word)))
}

/// A pod, where the row tells of an end.
pub(super) fn row(doc: &mut Doc<'_, '_>, table: &Table, row: &Row<'_>) {
    let cell = |words: &[&str]| heading(table, words).and_then(|heading| row.get(heading));
    let parts = || table.headings().filter_map(|heading| row.get(heading)).flat_map(|cell| cell.split(','));
    let reason = REASONS.into_iter().find(|reason| parts().any(|part| part == *reason));
    let codes = cell(&["CODE", "EXIT"]).map(|cell| cell.split(',').filter_map(|code| code.parse::<i64>().ok()));
    let code = codes.and_then(|mut codes| codes.find(|code| *code != 0));
    let pod = row.get("NAME").or_else(|| cell(&["POD"])).filter(|name| names::is_label(name));
    let Some(pod) = pod.filter(|_| reason.is_some() || code.is_some()) else { return };
    let limit = cell(&["LIM"]).filter(|limit| limit.ends_with('i')).and_then(size::quantity);
    let container = ContainerRef {
        pod: Some(pod.trim_start_matches("pod/").into()),
        name: cell(&["CONTAINER"]).filter(|name| names::is_label(name)).map(Into::into),
        namespace: row.string("NAMESPACE").or_else(|| row.string("NS")),
        limit_bytes: limit.filter(|bytes| *bytes > 0),
        ..ContainerRef::default()
    };
    let finished = cell(&["FINISHED"]).and_then(clock::instant);
    let exit = ContainerExit {
        exit_code: code,
        oom_flag: reason.map(|reason| reason == "OOMKilled"),
        reason: reason.map(str::to_owned),
        invented: reason == Some("ContainerStatusUnknown"),
        finished,
        ..ContainerExit::default()
    };
    let host = row.string("NODE");
    let what = What::Exited(Box::new(exit));
    doc.say(Said { at: row.at, wall: finished, host, speaker: Speaker::Kubernetes, container, what });
}

#[cfg(test)]
mod tests {
    use crate::event::What;
    use crate::recognize::document::sniff;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn columns_of_any_name() {
        let text = "NAME       LAST_REASON        EXIT     LIMIT    FINISHED\n\
                    mint-0     OOMKilled          137      512Mi    2026-11-12T10:20:30Z\n\
                    mint-1     <none>             <none>   256Mi    <none>\n\
                    mint-2     <none>,OOMKilled   <none>   1        <none>\n";
        let (events, _) = read_text("columns.txt", text);
        let all = facts(&events);
        let pods: Vec<_> = all.iter().filter_map(|fact| fact.container.pod.as_deref()).collect();
        assert_eq!(pods, ["mint-0", "mint-2"]);
        let What::Exited(exit) = &all[0].what else { panic!() };
        assert_eq!((exit.exit_code, exit.oom_flag, exit.finished.is_some()), (Some(137), Some(true), true));
        assert_eq!((all[0].container.limit_bytes, all[1].container.limit_bytes), (Some(512 << 20), None));
        assert_eq!(sniff("x.log", b"NAME   COLOUR\nmint   green\n"), None);
    }
}
