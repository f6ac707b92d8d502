//! Many nodes: bundle by bundle, with what the fleet view and the index need of each kept, and the reports of single nodes
//! written as soon as they are there.

use super::output::{Parts, Place};
use super::settings::Settings;
use crate::report::{Incident, Report, filter};
use crate::scan::{self, Keep};
use crate::source::Input;

/// Can this be told bundle by bundle? Not with pseudonyms, which are the same over all nodes, and not for a single input.
pub(super) fn is_wanted(settings: &Settings) -> bool {
    let view = settings.summary || matches!(settings.output, Place::Folder(_));
    let files = !settings.here && !settings.inputs.contains(&Input::Stdin);
    view && files && settings.redact.is_none()
}

/// Scans, and keeps of each report what the view over all needs; single nodes' reports go to their files.
pub(super) fn scan(settings: &Settings) -> (Report, Option<Parts>) {
    let parts = match &settings.output {
        Place::Folder(folder) => Some(Parts::new(folder)),
        _ => None,
    };
    let keeper = Keeper { settings, parts };
    let report = super::with_progress(settings, || scan::scan_bundles(&settings.inputs, &settings.options, &keeper));
    (report, keeper.parts)
}

struct Keeper<'a> {
    settings: &'a Settings,
    parts: Option<Parts>,
}

impl Keep for Keeper<'_> {
    fn keep(&self, group: usize, report: Report) -> Report {
        let report = filter::apply(report, &self.settings.filters);
        if let Some(parts) = &self.parts {
            parts.put(group, &report, self.settings);
        }
        kept(report)
    }

    fn forget(&self, group: usize) {
        if let Some(parts) = &self.parts {
            parts.forget(group);
        }
    }
}

/// What counts and names, without what explains and proves. One source stays, to tell that something was read.
fn kept(mut report: Report) -> Report {
    report.sources.truncate(1);
    report.sources.shrink_to_fit();
    report.incidents = report.incidents.into_iter().map(counted).collect();
    report
}

fn counted(incident: Incident) -> Incident {
    let Incident { id, node, time, uptime_s, verdict, cause, limit, victims, containers, terminations, count, .. } =
        incident;
    Incident {
        id,
        node,
        time,
        uptime_s,
        verdict,
        cause,
        limit,
        victims,
        containers,
        terminations,
        count,
        ..Incident::default()
    }
}
