//! The golden kernel logs (`tests/fixtures/golden`, one file or a few for each hard case) give the incidents that their
//! snapshots hold. A snapshot is a short view of the report: enough to see that every figure came from the right line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use oomscan::report::{Cause, Holder, Incident, Memory, Report, Scope, Verdict};
use oomscan::scan::{Options, scan};
use oomscan::source::Input;
use serde::Serialize;
use std::fs;
use std::path::Path;

const FOLDER: &str = "tests/fixtures/golden";

/// What a snapshot shows of a report.
#[derive(Serialize)]
struct View {
    kinds: Vec<String>,
    incidents: Vec<IncidentView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<String>,
}

#[derive(Serialize)]
struct IncidentView {
    what: String,
    when: String,
    #[serde(skip_serializing_if = "is_one")]
    count: u64,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
    victims: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<String>,
    tasks: String,
    holders: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    containers: Vec<String>,
    confidence: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_one(n: &u64) -> bool {
    *n == 1
}

/// The name that a value has in the report's JSON.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap_or("?").to_owned()
}

fn known<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |v| v.to_string())
}

fn view(report: &Report) -> View {
    View {
        kinds: report.sources.iter().map(|s| s.kind.clone()).collect(),
        incidents: report.incidents.iter().map(incident).collect(),
        problems: report.problems.iter().map(|p| format!("line {}: {}", known(p.line), p.message)).collect(),
    }
}

fn incident(of: &Incident) -> IncidentView {
    let what = |verdict: Verdict, cause: Cause| {
        format!("{} / {} by {}", word(verdict), word(cause), known(of.agent.as_deref()))
    };
    IncidentView {
        what: what(of.verdict, of.cause),
        when: format!("{} up {} ({})", known(of.time.as_deref()), known(of.uptime_s), word(of.clock)),
        count: of.count,
        summary: of.summary.clone(),
        trigger: of.trigger.as_ref().map(|t| {
            let flags = t.gfp_flags.join("|");
            format!(
                "{:?} pid {} gfp {}({flags}) order {} adj {}",
                t.comm,
                known(t.pid),
                t.gfp_mask,
                t.order,
                known(t.oom_score_adj)
            )
        }),
        limit: of.limit.as_ref().map(|l| {
            let scope: Scope = l.scope;
            format!(
                "{} {:?} usage {} of {} failcnt {} swap {} of {}",
                word(scope),
                known(l.cgroup.as_deref()),
                known(l.usage_bytes),
                known(l.limit_bytes),
                known(l.failcnt),
                known(l.swap_usage_bytes),
                known(l.swap_limit_bytes),
            )
        }),
        victims: of.victims.iter().map(victim).collect(),
        memory: of.memory.as_deref().map(memory),
        tasks: format!(
            "{} of {}: {}",
            of.processes.len(),
            of.processes_total,
            of.processes
                .iter()
                .take(3)
                .map(|p| format!(
                    "{} {:?} rss {} anon {} pt {} swap {} adj {}",
                    p.pid,
                    p.comm,
                    p.rss_bytes.unwrap_or(0),
                    known(p.anon_rss_bytes),
                    known(p.pgtables_bytes),
                    known(p.swap_bytes),
                    known(p.oom_score_adj)
                ))
                .collect::<Vec<_>>()
                .join("; ")
        ),
        holders: of.holders.iter().take(3).map(holder).collect(),
        containers: of
            .containers
            .iter()
            .map(|c| {
                format!(
                    "{} runtime {} pod {} qos {} unit {}",
                    known(c.id.as_deref()),
                    known(c.runtime.as_deref()),
                    known(c.pod_uid.as_deref()),
                    known(c.qos.as_deref()),
                    known(c.unit.as_deref())
                )
            })
            .collect(),
        confidence: format!("{}: {}", word(of.confidence), of.confidence_reasons.join("; ")),
    }
}

fn victim(of: &oomscan::report::Victim) -> String {
    format!(
        "{} {:?} uid {} vm {} anon {} file {} shmem {} pt {} swap {} adj {} in {} up {}",
        of.pid,
        of.comm,
        known(of.uid),
        known(of.total_vm_bytes),
        known(of.anon_rss_bytes),
        known(of.file_rss_bytes),
        known(of.shmem_rss_bytes),
        known(of.pgtables_bytes),
        known(of.swap_bytes),
        known(of.oom_score_adj),
        known(of.cgroup.as_deref()),
        known(of.uptime_s),
    )
}

fn memory(of: &Memory) -> String {
    let value = serde_json::to_value(of).unwrap();
    let fields = value.as_object().unwrap();
    fields
        .iter()
        .filter(|(_, v)| !v.is_null())
        .map(|(k, v)| format!("{} {v}", k.trim_end_matches("_bytes")))
        .collect::<Vec<_>>()
        .join(", ")
}

fn holder(of: &Holder) -> String {
    let share = of.share.map(|s| format!("{s:.2}"));
    format!("{:?} {} {} share {} count {}", of.name, word(of.kind), of.bytes, known(share), known(of.count))
}

#[test]
fn golden_logs_give_their_snapshots() {
    let mut names: Vec<String> = fs::read_dir(FOLDER)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| n != "README.md")
        .collect();
    names.sort();
    assert!(names.len() >= 60, "{} golden logs", names.len());
    // The years of logs that print none must not come from the date of the checkout.
    let options = Options { year: Some(2026), threads: 1, ..Options::default() };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("fixtures/golden.snap");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut wrong = Vec::new();
    for name in names {
        let report = scan(&[Input::Path(Path::new(FOLDER).join(&name))], &options);
        let shown = view(&report);
        let check = || settings.bind(|| insta::assert_yaml_snapshot!(name.clone(), shown));
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err() {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "other than their snapshots: {wrong:?}");
}
