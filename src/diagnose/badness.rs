//! Why this victim: the kernel's own sum, done again from the task table.
//!
//! `oom_badness` (mm/oom_kill.c, 2.6.36 and later): resident pages + swapped pages + page-table pages +
//! `oom_score_adj` x (total pages / 1000); -1000 is never chosen. Up to 4.15 root's processes got 3% less, so the sum is
//! compared with that much tolerance. Older kernels counted otherwise and are left alone.

use super::{classify, picture};
use crate::event::{KernelOom, KillPrefix, TaskRow, TaskTable};

/// A process of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) pid: u32,
    pub(crate) comm: String,
    /// Resident and swapped memory, bytes.
    pub(crate) bytes: u64,
    pub(crate) adj: i32,
}

/// Why the kernel chose its victim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// `vm.oom_kill_allocating_task`: whoever asked dies.
    Allocating,
    /// The kernel chose this process and killed a child of it (`or sacrifice child`, up to 5.0).
    ChildOf(String, u32),
    /// The only process that could be killed.
    OnlyOne,
    /// The largest of those that could be killed.
    Largest,
    /// As large as the largest of the others: of equals the kernel takes the one that it meets first, or last.
    AmongLargest,
    /// Not the largest: its `oom_score_adj` lifted it above this larger one.
    Adjustment(Seen),
    /// The table's numbers would have chosen this one.
    Unexplained(Seen),
}

/// The kernel's choice, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) victim: Seen,
    pub(crate) why: Why,
    /// Larger ones that are exempt (-1000), largest first, at most three.
    pub(crate) exempt: Vec<Seen>,
}

/// Recomputes the choice; `None` without a table, without the victim's row, or on kernels before `oom_score_adj`.
pub(crate) fn explain(oom: &KernelOom) -> Option<Choice> {
    let table = oom.tasks.as_ref()?;
    let chosen = chosen_pid(oom)?;
    let page_kb = picture::page_size(oom).kb;
    let row = table.rows.iter().find(|r| r.tgid == chosen).or_else(|| table.rows.iter().find(|r| r.pid == chosen))?;
    let victim = seen(row, page_kb)?;
    let exempt = larger(table, &victim, page_kb, |adj| adj == -1000);
    let why = allocating(oom).or_else(|| sacrificed(oom)).or_else(|| by_score(oom, table, row, page_kb))?;
    Some(Choice { victim, why, exempt })
}

/// The process that the kernel selected: it is the intention's, where that line was printed.
fn chosen_pid(oom: &KernelOom) -> Option<u32> {
    oom.kills.first().map(|k| k.pid).or_else(|| oom.summary.as_ref().and_then(|s| s.pid))
}

fn seen(row: &TaskRow, page_kb: u64) -> Option<Seen> {
    let bytes = row.rss.saturating_add(row.swapents.unwrap_or(0)).saturating_mul(page_kb).saturating_mul(1024);
    Some(Seen { pid: row.tgid, comm: row.comm.clone(), bytes, adj: row.oom_score_adj? })
}

fn larger(table: &TaskTable, than: &Seen, page_kb: u64, wanted: impl Fn(i32) -> bool) -> Vec<Seen> {
    let clearly = than.bytes.saturating_add(than.bytes / 10);
    let others = table.rows.iter().filter(|r| r.tgid != than.pid).filter_map(|r| seen(r, page_kb));
    let mut list: Vec<Seen> = others.filter(|s| wanted(s.adj) && s.bytes > clearly).collect();
    list.sort_by(|a, b| b.bytes.cmp(&a.bytes).then(a.pid.cmp(&b.pid)));
    list.truncate(3);
    list
}

fn allocating(oom: &KernelOom) -> Option<Why> {
    oom.kills.iter().any(|k| k.prefix == KillPrefix::AllocatingTask).then_some(Why::Allocating)
}

/// `Kill process 10 (httpd) score 5 or sacrifice child` followed by `Killed process 12 (php)`. The same name is more
/// likely another thread or process id of the same program (3.10.0-327 did that), which explains nothing.
fn sacrificed(oom: &KernelOom) -> Option<Why> {
    let (intended, killed) = (oom.intentions.first()?, oom.kills.first()?);
    let other = intended.pid != killed.pid && intended.comm != killed.comm;
    other.then(|| Why::ChildOf(intended.comm.clone(), intended.pid))
}

fn by_score(oom: &KernelOom, table: &TaskTable, victim: &TaskRow, page_kb: u64) -> Option<Why> {
    let eligible: Vec<&TaskRow> = table.rows.iter().filter(|r| r.oom_score_adj.is_some_and(|a| a > -1000)).collect();
    let others: Vec<&TaskRow> = eligible.into_iter().filter(|r| r.tgid != victim.tgid).collect();
    if others.is_empty() {
        return (table.rows.len() as u64 >= table.count).then_some(Why::OnlyOne);
    }
    let total = total_pages(oom, page_kb);
    let same_adj = others.iter().all(|r| r.oom_score_adj == victim.oom_score_adj);
    // Without the total, adjustments of different height cannot be weighed.
    if total.is_none() && !same_adj {
        return None;
    }
    let score = |row: &TaskRow| points(row, total.unwrap_or(0), table.pgtables_in_bytes, page_kb);
    let top = others.iter().max_by_key(|r| score(r))?;
    let (best, own) = (score(top), score(victim));
    let tolerance = best.unsigned_abs() / 20;
    if own.saturating_add(i128::try_from(tolerance).unwrap_or(i128::MAX)) < best {
        return seen(top, page_kb).map(Why::Unexplained);
    }
    if own == best {
        return Some(Why::AmongLargest);
    }
    let me = seen(victim, page_kb)?;
    let bigger = larger(table, &me, page_kb, |adj| adj > -1000).into_iter().find(|s| s.adj < me.adj);
    Some(bigger.map_or(Why::Largest, Why::Adjustment))
}

/// `oom_badness`, pages.
pub(super) fn points(row: &TaskRow, total_pages: u64, pgtables_in_bytes: bool, page_kb: u64) -> i128 {
    let page_bytes = page_kb.saturating_mul(1024).max(1);
    let tables = row.pgtables.unwrap_or(0);
    let tables = if pgtables_in_bytes { tables / page_bytes } else { tables };
    let size = i128::from(row.rss) + i128::from(row.swapents.unwrap_or(0)) + i128::from(tables);
    size + i128::from(row.oom_score_adj.unwrap_or(0)) * i128::from(total_pages / 1000)
}

/// What 1000 points of adjustment stand for: the cgroup's limit (with its swap), or the node's memory and swap.
pub(super) fn total_pages(oom: &KernelOom, page_kb: u64) -> Option<u64> {
    if classify::is_memcg(oom) {
        let block = oom.memcg.as_ref()?;
        let memory = block.memory.as_ref()?.limit_kb?;
        let swap = block.swap.as_ref().and_then(|s| s.limit_kb).unwrap_or(0);
        let both = block.memsw.as_ref().and_then(|m| m.limit_kb);
        return both.unwrap_or(memory.saturating_add(swap)).checked_div(page_kb);
    }
    let info = oom.mem_info.as_ref()?;
    let usable = info.ram_pages?.saturating_sub(info.reserved_pages.unwrap_or(0));
    Some(usable.saturating_add(info.swap_total_kb.unwrap_or(0).checked_div(page_kb)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Intention, Kill, MemInfo};

    fn row(pid: u32, comm: &str, rss: u64, adj: i32) -> TaskRow {
        TaskRow {
            pid,
            tgid: pid,
            comm: comm.into(),
            rss,
            pgtables: Some(81_920),
            swapents: Some(0),
            oom_score_adj: Some(adj),
            ..TaskRow::default()
        }
    }

    fn node(rows: Vec<TaskRow>, victim: u32) -> KernelOom {
        let count = rows.len() as u64;
        let tasks = TaskTable { rows, count, pgtables_in_bytes: true, ..TaskTable::default() };
        let info = MemInfo { ram_pages: Some(196_472), reserved_pages: Some(11_833), ..MemInfo::default() };
        let kill = Kill { pid: victim, comm: "v".into(), prefix: KillPrefix::Global, ..Kill::default() };
        KernelOom { tasks: Some(tasks), mem_info: Some(info), kills: vec![kill], ..KernelOom::default() }
    }

    #[test]
    fn an_adjustment_decides() {
        // Recorded (canal story): the pod of 48 MiB dies for the daemon of 487 MiB, by its adjustment of 900.
        let rows = vec![
            row(314, "dockerd", 7458, 0),
            row(517, "canal-server", 12_303, 900),
            row(561, "metrics-daemon", 124_764, 0),
            row(209, "systemd-udevd", 295, -1000),
        ];
        let choice = explain(&node(rows, 517)).unwrap();
        assert_eq!(choice.victim.comm, "canal-server");
        let Why::Adjustment(bigger) = choice.why else { panic!("{:?}", choice.why) };
        assert_eq!((bigger.comm.as_str(), bigger.bytes), ("metrics-daemon", 124_764 * 4096));
        assert!(choice.exempt.is_empty(), "udevd is smaller");
    }

    #[test]
    fn the_largest_and_the_exempt() {
        let rows = vec![row(1, "a", 100, 0), row(2, "b", 50_000, 0), row(3, "sshd", 90_000, -1000)];
        let choice = explain(&node(rows, 2)).unwrap();
        assert_eq!(choice.why, Why::Largest);
        assert_eq!(choice.exempt[0].comm, "sshd");
    }

    #[test]
    fn equals_are_not_told_apart() {
        let rows = vec![row(1, "a", 50_000, 0), row(2, "b", 50_000, 0), row(3, "c", 7, 0)];
        assert_eq!(explain(&node(rows, 2)).unwrap().why, Why::AmongLargest);
    }

    #[test]
    fn the_numbers_would_have_chosen_another() {
        let rows = vec![row(1, "a", 100, 0), row(2, "b", 50_000, 0)];
        let Why::Unexplained(top) = explain(&node(rows, 1)).unwrap().why else { panic!() };
        assert_eq!(top.comm, "b");
    }

    #[test]
    fn a_small_lead_may_be_roots_bonus() {
        let rows = vec![row(1, "a", 49_000, 0), row(2, "b", 50_000, 0)];
        assert_eq!(explain(&node(rows, 1)).unwrap().why, Why::Largest);
    }

    #[test]
    fn only_one_to_kill() {
        let rows = vec![row(1, "a", 100, 0), row(2, "b", 5, -1000)];
        let mut oom = node(rows, 1);
        assert_eq!(explain(&oom).unwrap().why, Why::OnlyOne);
        if let Some(table) = &mut oom.tasks {
            table.count = 5000;
        }
        assert_eq!(explain(&oom), None, "rows are missing");
    }

    #[test]
    fn allocating_task_and_child() {
        let mut oom = node(vec![row(1, "a", 100, 0), row(2, "b", 50_000, 0)], 1);
        oom.intentions = vec![Intention { pid: 2, comm: "b".into(), ..Intention::default() }];
        assert_eq!(explain(&oom).unwrap().why, Why::ChildOf("b".into(), 2));
        oom.kills[0].prefix = KillPrefix::AllocatingTask;
        assert_eq!(explain(&oom).unwrap().why, Why::Allocating);
    }

    #[test]
    fn without_a_total_only_equal_adjustments_compare() {
        let mut oom = node(vec![row(1, "a", 100, 0), row(2, "b", 50_000, 0)], 2);
        oom.mem_info = None;
        assert_eq!(explain(&oom).unwrap().why, Why::Largest);
        if let Some(table) = &mut oom.tasks {
            table.rows[0].oom_score_adj = Some(999);
        }
        assert_eq!(explain(&oom), None);
    }

    #[test]
    fn hostile_numbers_and_missing_rows() {
        let mut big = row(1, "a", u64::MAX, 1000);
        big.swapents = Some(u64::MAX);
        let mut oom = node(vec![big, row(2, "b", u64::MAX, i32::MAX)], 1);
        if let Some(info) = &mut oom.mem_info {
            info.ram_pages = Some(u64::MAX);
            info.swap_total_kb = Some(u64::MAX);
        }
        assert!(explain(&oom).is_some());
        assert_eq!(explain(&node(vec![row(1, "a", 1, 0)], 99)), None);
        assert_eq!(explain(&KernelOom::default()), None);
    }
}
