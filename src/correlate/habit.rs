//! What a kill of this kind led to before. A log that ends soon after a kill, because the node went down, has no record of the
//! container's end; that each earlier kill of the same process in the same container ended it tells that this one did, too.

use super::join::{Joined, Owner};
use super::merge::Case;
use super::node::Node;
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many lives must have ended like this.
const LIVES_MIN: u32 = 2;

/// Namespace, container and process.
type Kind = (Option<Arc<str>>, Arc<str>, String);

/// Ends and survivals of each kind.
#[derive(Debug, Default)]
pub(super) struct Habit(BTreeMap<Kind, Count>);

/// Ends and survivals of one kind.
#[derive(Debug, Default)]
struct Count {
    ended: u32,
    outlived: u32,
    /// The code 137 of one of the ends is recorded.
    recorded: bool,
}

fn kind(node: &Node<'_>, case: &Case, owner: &Owner) -> Option<Kind> {
    let about = &node.containers.get(owner.container?).about;
    Some((about.namespace.clone(), about.name.clone()?, case.oom.kills.first()?.comm.clone()))
}

/// Was anything said of the container after the kill?
fn seen_after(node: &Node<'_>, case: &Case, owner: &Owner) -> bool {
    case.when.unix_us.is_none() || owner.container.is_some_and(|c| node.seen_after(c, case.when.unix_us))
}

impl Habit {
    /// Learns from all kills of a node.
    pub(super) fn learn(node: &Node<'_>, cases: &[Case], owners: &[Owner], ends: &[Vec<Joined>]) -> Habit {
        let mut all = Habit::default();
        for ((case, owner), joined) in cases.iter().zip(owners).zip(ends) {
            let Some(kind) = kind(node, case, owner) else { continue };
            let killed = joined.iter().any(|j| node.ends[j.end].code.is_none_or(|code| code == 137));
            let recorded = joined.iter().any(|j| node.ends[j.end].code == Some(137));
            let count = all.0.entry(kind).or_default();
            if killed {
                count.ended += 1;
                count.recorded |= recorded;
            } else if !joined.is_empty() || seen_after(node, case, owner) {
                count.outlived += 1;
            }
        }
        all
    }

    /// How many lives ended by such a kill, where this one has no record of its end and none was outlived.
    pub(super) fn ended(&self, node: &Node<'_>, case: &Case, owner: &Owner, joined: &[Joined]) -> Option<u32> {
        let count = self.0.get(&kind(node, case, owner)?)?;
        let like_before = joined.is_empty() && count.outlived == 0 && count.recorded && count.ended >= LIVES_MIN;
        (like_before && !seen_after(node, case, owner)).then_some(count.ended)
    }
}
