//! Events to incidents: all joining happens here, by the best key first (container id, boot and pid, pod, unit, time),
//! and every join carries its reason.

mod actions;
mod apps;
mod bare_kills;
mod boot_start;
mod by_time;
mod cause;
mod clock;
mod containers;
mod copies;
mod counted;
mod coverage;
mod ends;
mod faults;
mod habit;
mod halves;
mod ids;
mod join;
mod kernel_counter;
mod kernel_kills;
mod kernel_stories;
mod leftovers;
mod merge;
mod nameless;
mod node;
mod nodes;
mod other_stories;
mod parents;
mod pressure;
mod proof;
mod run_by;
mod stable_id;
mod storms;
mod story;
mod told;
mod torn_down;
mod units;
mod userspace;
pub mod workloads;
mod zone;

pub use kernel_stories::cap_confidence;
pub use node::SourceSpan;
pub use story::{Hints, Stories, Story, VictimJoin};

use crate::event::SourceFacts;
use crate::language::Language;
use crate::report;
use crate::time::Zone;
use rayon::prelude::*;

/// Everything joined: what the explanation and the report are made from.
#[derive(Debug, Default)]
pub struct Correlated {
    /// The nodes, by name.
    pub nodes: Vec<report::Node>,
    /// The stories, in order of node and time.
    pub stories: Stories,
    /// What time each source covers.
    pub spans: Vec<SourceSpan>,
    /// What the nodes' own counters show to be missing from the logs.
    pub problems: Vec<report::Problem>,
}

/// Joins what all sources said. `zone` is the zone of local times, where the user told it; `language` that of the
/// reasons and of the timelines' steps.
pub fn correlate(sources: &mut [SourceFacts], zone: Option<Zone>, language: Language) -> Correlated {
    let nodes = nodes::split(sources);
    let shared: &[SourceFacts] = sources;
    let built: Vec<_> = nodes.into_par_iter().map(|n| node::build(n, shared, zone, language)).collect();
    let mut all = Correlated::default();
    for one in built {
        all.nodes.push(one.node);
        // Those of a log's only node are not copied.
        match all.stories.is_empty() {
            true => all.stories = one.stories,
            false => all.stories.extend(one.stories),
        }
        all.spans.extend(one.spans);
        all.problems.extend(one.problem);
    }
    all
}
