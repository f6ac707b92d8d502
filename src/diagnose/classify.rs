//! Which kind of shortage a kernel OOM event was, by the event's own evidence.
//!
//! Newer evidence beats older: the `oom-kill:` line (5.0 and later) says the constraint outright; before it the text in
//! front of `Killed process` / `Kill process`, the memory-cgroup block and the call trace have to do.

use super::fragmentation;
use crate::event::{Constraint, KernelOom, KillPrefix, MemcgBlock, Outcome};
use crate::identity::{self, PathScope};
use crate::report::{Cause, Incident, Scope, Verdict};

/// Verdict and cause of a kernel OOM event by its own evidence. The verdict is always [`Verdict::Memory`]; the cause is
/// [`Cause::Unknown`] when only a bare `Killed process` line of an old kernel is left, which is printed alike for cgroup and
/// node.
pub fn classify(oom: &KernelOom) -> (Verdict, Cause) {
    (Verdict::Memory, cause(oom))
}

fn cause(oom: &KernelOom) -> Cause {
    if matches!(oom.outcome, Outcome::Panic(_)) {
        return Cause::OomPanic;
    }
    if is_manual(oom) {
        return Cause::ManualOom;
    }
    if is_memcg(oom) {
        let limit = limit_path(oom).map(Place::new);
        // Most often the victim lives where the limit is.
        let victim = victim_path(oom).map(|path| match &limit {
            Some(limit) if limit.path == path => limit.clone(),
            _ => Place::new(path),
        });
        return limit_cause(limit.as_ref(), victim.as_ref());
    }
    if is_numa(oom) {
        return Cause::NumaLimit;
    }
    if !is_global(oom) {
        return Cause::Unknown;
    }
    // Linux 4.19 and later panic with "System is deadlocked on memory" right after this line (`out_of_memory`), so the
    // node is down even where the panic itself did not reach the log. In a cgroup the kernel only goes on: a line whose
    // report is lost is not taken for the node's.
    if oom.outcome == Outcome::NoKillable {
        return Cause::OomPanic;
    }
    if fragmentation::examine(oom).is_some() { Cause::Fragmentation } else { Cause::NodeMemory }
}

/// SysRq f (`moom_callback` in drivers/tty/sysrq.c): order -1, run by a kworker.
pub(crate) fn is_manual(oom: &KernelOom) -> bool {
    oom.sysrq
        || oom.trigger.as_ref().is_some_and(|t| t.order == -1)
        || oom.workqueue.as_deref().is_some_and(|w| w.contains("moom_callback"))
        || oom.stack.iter().any(|f| f == "moom_callback")
}

/// The limit of a memory cgroup was hit.
pub(crate) fn is_memcg(oom: &KernelOom) -> bool {
    if let Some(summary) = &oom.summary {
        if summary.global {
            return false;
        }
        if summary.constraint == Constraint::Memcg || summary.oom_memcg.is_some() {
            return true;
        }
    }
    if oom.prefixes().any(|p| p == KillPrefix::Memcg) {
        return true;
    }
    // A kill of the node names itself too, from 5.1 on: then a memcg block can only be left over from another report.
    if oom.prefixes().any(|p| matches!(p, KillPrefix::Global | KillPrefix::NumaPolicy | KillPrefix::Bsd)) {
        return false;
    }
    oom.memcg.as_ref().is_some_and(has_content)
        || oom
            .stack
            .iter()
            .any(|f| f.starts_with("mem_cgroup_out_of_memory") || f.starts_with("mem_cgroup_oom_synchronize"))
}

fn has_content(block: &MemcgBlock) -> bool {
    block.limit_path.is_some() || block.memory.is_some() || !block.stats.is_empty()
}

fn is_numa(oom: &KernelOom) -> bool {
    let constrained =
        oom.summary.as_ref().is_some_and(|s| matches!(s.constraint, Constraint::Cpuset | Constraint::MemoryPolicy));
    constrained || oom.prefixes().any(|p| p == KillPrefix::NumaPolicy)
}

fn is_global(oom: &KernelOom) -> bool {
    oom.summary.is_some()
        || oom.mem_info.is_some()
        || oom.prefixes().any(|p| matches!(p, KillPrefix::Global | KillPrefix::AllocatingTask | KillPrefix::Bsd))
        || oom.stack.iter().any(|f| f.starts_with("__alloc_pages") || f == "pagefault_out_of_memory")
}

/// Cgroup whose limit was hit: `oom_memcg=`, the old `limit of B`, or the first `Memory cgroup stats for B`.
pub(crate) fn limit_path(oom: &KernelOom) -> Option<&str> {
    let summary = oom.summary.as_ref().and_then(|s| s.oom_memcg.as_deref());
    let block = oom.memcg.as_ref();
    summary
        .or_else(|| block.and_then(|b| b.limit_path.as_deref()))
        .or_else(|| block.and_then(|b| b.stats.first()).map(|s| s.path.as_str()))
}

/// Cgroup in which the victim lives: `task_memcg=` or the old `Task in A`.
pub(crate) fn victim_path(oom: &KernelOom) -> Option<&str> {
    let summary = oom.summary.as_ref().and_then(|s| s.task_memcg.as_deref());
    summary.or_else(|| oom.memcg.as_ref().and_then(|b| b.task_path.as_deref()))
}

/// What a cgroup path tells, as far as the cause depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The path.
    pub(crate) path: String,
    /// Its kind.
    pub(crate) scope: PathScope,
    /// Innermost container of the path.
    pub(crate) container: Option<String>,
    /// The path lies in a pod.
    pub(crate) in_pod: bool,
}

impl Place {
    pub(crate) fn new(path: &str) -> Self {
        let identity = identity::parse(path);
        Place {
            path: path.to_owned(),
            scope: identity::scope(path),
            container: identity.containers.into_iter().find(|c| !c.is_job()).map(|c| c.id),
            in_pod: identity.pod_uid.is_some(),
        }
    }
}

/// The cause of a memory-cgroup OOM from the place of the limit and the place of the victim.
pub(crate) fn limit_cause(limit: Option<&Place>, victim: Option<&Place>) -> Cause {
    // Only `Memory cgroup out of memory: Killed process` is left: some cgroup, nobody knows which.
    let Some(limit) = limit else { return Cause::CgroupLimit };
    let below = victim.filter(|v| is_below(&v.path, &limit.path));
    let of_another = |v: &Place| v.container.is_some() && v.container != limit.container;
    let workload_below = below.is_some_and(|v| of_another(v) || v.in_pod);
    match limit.scope {
        // A container that runs containers (kind, docker-in-docker): the outer one's limit, an inner one's process.
        PathScope::Container => {
            let inner = below.is_some_and(|v| v.container.is_some() && v.container != limit.container);
            if inner { Cause::AncestorLimit } else { Cause::ContainerLimit }
        }
        PathScope::Pod => Cause::PodLimit,
        PathScope::Qos | PathScope::Kubepods => Cause::AncestorLimit,
        _ if workload_below => Cause::AncestorLimit,
        PathScope::Service => Cause::ServiceLimit,
        PathScope::Slice | PathScope::Root | PathScope::Other => Cause::CgroupLimit,
    }
}

/// Settles an incident that only the counters of its cgroup show: the deepest cgroup that counts is asked, so that its own limit
/// ran out, or none did.
pub fn classify_counted(incident: &mut Incident) {
    let Some(limit) = &mut incident.limit else { return };
    let Some(path) = &limit.cgroup else { return };
    limit.scope = limit_scope(path);
    if incident.cause == Cause::CgroupLimit {
        incident.cause = match limit.scope {
            Scope::Container => Cause::ContainerLimit,
            Scope::Pod => Cause::PodLimit,
            Scope::Service => Cause::ServiceLimit,
            Scope::Qos | Scope::Kubepods => Cause::AncestorLimit,
            _ => Cause::CgroupLimit,
        };
    }
}

/// True when `path` lies strictly below `ancestor`.
pub(crate) fn is_below(path: &str, ancestor: &str) -> bool {
    let ancestor = ancestor.trim_end_matches('/');
    path.strip_prefix(ancestor).is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'))
}

/// The report's word for the kind of a cgroup path.
pub fn limit_scope(path: &str) -> Scope {
    match identity::scope(path) {
        PathScope::Container => Scope::Container,
        PathScope::Pod => Scope::Pod,
        PathScope::Qos => Scope::Qos,
        PathScope::Kubepods => Scope::Kubepods,
        PathScope::Service => Scope::Service,
        PathScope::Slice => Scope::Slice,
        PathScope::Root | PathScope::Other => Scope::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Counter, Kill, MemInfo, SummaryLine, Trigger};

    fn place(path: &str, scope: PathScope) -> Place {
        Place { path: path.to_owned(), scope, container: None, in_pod: false }
    }

    fn container(path: &str, id: &str) -> Place {
        Place { container: Some(id.to_owned()), ..place(path, PathScope::Container) }
    }

    fn killed(prefix: KillPrefix) -> KernelOom {
        let kill = Kill { prefix, pid: 7, comm: "java".into(), ..Kill::default() };
        KernelOom { kills: vec![kill], outcome: Outcome::Killed, ..KernelOom::default() }
    }

    #[test]
    fn levels_of_limits() {
        let victim = container("/kubepods/pod1/abc", "abc");
        let cause = |limit: Place| limit_cause(Some(&limit), Some(&victim));
        assert_eq!(cause(container("/kubepods/pod1/abc", "abc")), Cause::ContainerLimit);
        assert_eq!(cause(place("/kubepods/pod1", PathScope::Pod)), Cause::PodLimit);
        assert_eq!(cause(place("/kubepods", PathScope::Kubepods)), Cause::AncestorLimit);
        assert_eq!(cause(place("/kubepods", PathScope::Other)), Cause::AncestorLimit);
        assert_eq!(limit_cause(None, Some(&victim)), Cause::CgroupLimit);
    }

    #[test]
    fn limits_of_services_and_slices() {
        let service = place("/system.slice/ledger.service", PathScope::Service);
        assert_eq!(limit_cause(Some(&service), Some(&service)), Cause::ServiceLimit);
        let slice = place("/system.slice", PathScope::Slice);
        assert_eq!(limit_cause(Some(&slice), Some(&service)), Cause::CgroupLimit);
        assert_eq!(limit_cause(Some(&slice), Some(&slice)), Cause::CgroupLimit);
        let docker = container("/system.slice/docker-abc.scope", "abc");
        assert_eq!(limit_cause(Some(&slice), Some(&docker)), Cause::AncestorLimit);
    }

    #[test]
    fn a_container_in_a_container_dies_of_its_ancestor() {
        let outer = container("/docker/outer", "outer");
        let inner = container("/docker/outer/docker/inner", "inner");
        assert_eq!(limit_cause(Some(&outer), Some(&inner)), Cause::AncestorLimit);
        // crun's sub-group is the same container.
        let sub = container("/docker/outer/container", "outer");
        assert_eq!(limit_cause(Some(&outer), Some(&sub)), Cause::ContainerLimit);
    }

    #[test]
    fn below_means_whole_names() {
        assert!(is_below("/a/b", "/a"));
        assert!(is_below("/a", "/"));
        assert!(!is_below("/ab", "/a"));
        assert!(!is_below("/a", "/a"));
        assert!(!is_below("/a/", "/a"));
    }

    #[test]
    fn a_kill_line_alone() {
        assert_eq!(classify(&killed(KillPrefix::Memcg)), (Verdict::Memory, Cause::CgroupLimit));
        assert_eq!(classify(&killed(KillPrefix::Global)).1, Cause::NodeMemory);
        assert_eq!(classify(&killed(KillPrefix::AllocatingTask)).1, Cause::NodeMemory);
        assert_eq!(classify(&killed(KillPrefix::NumaPolicy)).1, Cause::NumaLimit);
        assert_eq!(classify(&killed(KillPrefix::None)), (Verdict::Memory, Cause::Unknown));
    }

    #[test]
    fn the_summary_line_decides() {
        let summary = |constraint, global| SummaryLine { constraint, global, ..SummaryLine::default() };
        // A cpuset OOM says `global_oom` and plain `Out of memory:` beside its constraint.
        let mut oom = killed(KillPrefix::Global);
        oom.summary = Some(summary(Constraint::Cpuset, true));
        assert_eq!(classify(&oom).1, Cause::NumaLimit);
        oom.summary = Some(summary(Constraint::None, true));
        oom.memcg = Some(MemcgBlock { memory: Some(Counter::default()), ..MemcgBlock::default() });
        assert_eq!(classify(&oom).1, Cause::NodeMemory);
        let mut memcg = killed(KillPrefix::None);
        memcg.summary = Some(summary(Constraint::Memcg, false));
        assert_eq!(classify(&memcg).1, Cause::CgroupLimit);
    }

    #[test]
    fn old_kernels_are_told_by_block_and_stack() {
        // RHEL 6 prints both bodies for a cgroup.
        let mut oom = killed(KillPrefix::None);
        oom.memcg = Some(MemcgBlock { limit_path: Some("/a".into()), ..MemcgBlock::default() });
        oom.mem_info = Some(MemInfo::default());
        assert!(is_memcg(&oom));
        let mut node = killed(KillPrefix::None);
        node.mem_info = Some(MemInfo::default());
        assert_eq!(classify(&node).1, Cause::NodeMemory);
        let stack = |f: &str| KernelOom { stack: [f].into_iter().collect(), ..KernelOom::default() };
        assert!(is_memcg(&stack("mem_cgroup_out_of_memory")));
        assert_eq!(classify(&stack("pagefault_out_of_memory")).1, Cause::NodeMemory);
    }

    #[test]
    fn sysrq_and_panic() {
        let mut oom = killed(KillPrefix::Global);
        oom.trigger = Some(Trigger { order: -1, ..Trigger::default() });
        assert_eq!(classify(&oom).1, Cause::ManualOom);
        oom.outcome = Outcome::Panic("Out of memory: system-wide panic_on_oom is enabled".into());
        assert_eq!(classify(&oom).1, Cause::OomPanic);
    }

    #[test]
    fn no_killable_process_takes_the_node_down_but_not_for_a_cgroup() {
        let mut oom = KernelOom { outcome: Outcome::NoKillable, ..KernelOom::default() };
        oom.mem_info = Some(MemInfo::default());
        assert_eq!(classify(&oom).1, Cause::OomPanic);
        oom.mem_info = None;
        oom.summary = Some(SummaryLine { constraint: Constraint::Memcg, ..SummaryLine::default() });
        assert_eq!(classify(&oom).1, Cause::CgroupLimit);
    }
}
