//! The parts of an incident that come from the kernel's event alone.

use super::units::{kb, pages};
use super::{classify, holders, picture};
use crate::event::{KernelOom, Kill, MemcgBlock, TaskRow, TaskTable};
use crate::language::Language;
use crate::report::{Incident, Limit, Process, Scope, Trigger, Victim};

/// Fills trigger, limit, victims (their `container`, `main` and `time` are left open), memory picture, processes and
/// holders, which are called by their names in `language`. Numbers that no machine can have are left out.
pub fn fill(oom: &KernelOom, incident: &mut Incident, language: Language) {
    incident.trigger = trigger(oom).map(Box::new);
    incident.limit = limit(oom).map(Box::new);
    incident.victims = oom.kills.iter().map(|kill| victim(oom, kill)).collect();
    incident.memory = picture::memory(oom).map(Box::new);
    incident.processes = oom.tasks.as_ref().map_or_else(Vec::new, |t| processes(t, picture::page_size(oom).kb));
    incident.processes_total = oom.tasks.as_ref().map_or(0, |t| t.count.max(t.rows.len() as u64));
    incident.holders = holders::holders(oom, incident.memory.as_deref(), language);
}

fn trigger(oom: &KernelOom) -> Option<Trigger> {
    // The oldest kernels do not name it.
    let t = oom.trigger.as_ref().filter(|t| !t.comm.is_empty())?;
    // In a mixed dump of an old kernel the CPU line may belong to the other one.
    let cpu = oom.cpu.as_ref().filter(|c| !oom.possibly_mixed || c.comm == t.comm);
    Some(Trigger {
        pid: cpu.map(|c| c.pid),
        comm: t.comm.clone(),
        gfp_mask: format!("{:#x}", t.gfp_mask),
        gfp_flags: t.gfp_flags.clone(),
        order: t.order,
        oom_score_adj: t.oom_score_adj,
    })
}

fn limit(oom: &KernelOom) -> Option<Limit> {
    if !classify::is_memcg(oom) {
        return None;
    }
    let path = classify::limit_path(oom);
    let block = oom.memcg.as_ref();
    let memory = block.and_then(|b| b.memory.as_ref());
    let swap = block.and_then(|b| b.swap.as_ref().or(b.memsw.as_ref()));
    let limit = Limit {
        cgroup: path.map(str::to_owned),
        scope: path.map_or(Scope::Other, super::limit_scope),
        limit_bytes: memory.and_then(|c| c.limit_kb).and_then(kb),
        usage_bytes: memory.and_then(|c| kb(c.usage_kb)),
        failcnt: memory.map(|c| c.failcnt),
        swap_limit_bytes: swap.and_then(|c| c.limit_kb).and_then(kb),
        swap_usage_bytes: swap.and_then(|c| kb(c.usage_kb)),
    };
    (limit != Limit::default()).then_some(limit)
}

fn victim(oom: &KernelOom, kill: &Kill) -> Victim {
    let bytes = |kilobytes: Option<u64>| kilobytes.and_then(kb);
    let row = oom.tasks.as_ref().and_then(|t| t.rows.iter().find(|r| r.tgid == kill.pid));
    let swapped = row.and_then(|r| r.swapents).and_then(|p| pages(p, picture::page_size(oom).kb));
    Victim {
        pid: kill.pid,
        comm: kill.comm.clone(),
        uid: kill.uid.or(row.map(|r| r.uid)),
        cgroup: victim_cgroup(oom, kill).map(str::to_owned),
        total_vm_bytes: bytes(kill.total_vm_kb),
        anon_rss_bytes: bytes(kill.anon_rss_kb),
        file_rss_bytes: bytes(kill.file_rss_kb),
        shmem_rss_bytes: bytes(kill.shmem_rss_kb),
        rss_bytes: bytes(kill.rss_kb),
        pgtables_bytes: bytes(kill.pgtables_kb),
        swap_bytes: swapped.or(bytes(kill.swap_kb)),
        oom_score_adj: kill.oom_score_adj.or(row.and_then(|r| r.oom_score_adj)),
        main: None,
        container: None,
        time: None,
        uptime_s: kill.stamp.uptime_us.map(|us| us as f64 / 1_000_000.0),
    }
}

/// Cgroup of a victim: the log states it for the first one only. The members of a group kill live in the group, and with
/// a limit that is the first victim's own, the others cannot live elsewhere.
fn victim_cgroup<'a>(oom: &'a KernelOom, kill: &Kill) -> Option<&'a str> {
    let stated = classify::victim_path(oom);
    let first = oom.summary.as_ref().and_then(|s| s.pid).or_else(|| oom.kills.first().map(|k| k.pid));
    let is_first = first == Some(kill.pid) || oom.kills.len() == 1;
    if is_first {
        return stated.or(oom.group.as_deref());
    }
    if let Some(group) = &oom.group {
        return Some(group);
    }
    let own = classify::is_memcg(oom) && classify::limit_path(oom) == stated;
    stated.filter(|_| own)
}

fn processes(table: &TaskTable, page_kb: u64) -> Vec<Process> {
    let mut rows: Vec<&TaskRow> = table.rows.iter().collect();
    rows.sort_by(|a, b| b.rss.cmp(&a.rss).then(a.tgid.cmp(&b.tgid)));
    rows.truncate(TaskTable::MAX_ROWS);
    rows.into_iter().map(|row| process(row, table.pgtables_in_bytes, page_kb)).collect()
}

fn process(row: &TaskRow, pgtables_in_bytes: bool, page_kb: u64) -> Process {
    let bytes = |count: Option<u64>| count.and_then(|p| pages(p, page_kb));
    let tables = if pgtables_in_bytes { row.pgtables.and_then(super::units::sane) } else { bytes(row.pgtables) };
    Process {
        // The first column is a thread's id when the leader has exited; the group id is the process.
        pid: if row.tgid == 0 { row.pid } else { row.tgid },
        comm: row.comm.clone(),
        uid: Some(row.uid),
        rss_bytes: bytes(Some(row.rss)),
        anon_rss_bytes: bytes(row.rss_anon),
        swap_bytes: bytes(row.swapents),
        pgtables_bytes: tables,
        oom_score_adj: row.oom_score_adj,
        container: None,
    }
}

/// The memory-cgroup block, when the event is one of a cgroup.
pub(crate) fn block(oom: &KernelOom) -> Option<&MemcgBlock> {
    oom.memcg.as_ref().filter(|_| classify::is_memcg(oom))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{self, Constraint, Counter, CpuLine, Stamp, SummaryLine};

    fn kill(pid: u32) -> Kill {
        Kill { pid, comm: format!("w{pid}"), anon_rss_kb: Some(1024), ..Kill::default() }
    }

    fn memcg(oom_memcg: &str, task_memcg: &str, kills: Vec<Kill>) -> KernelOom {
        let summary = SummaryLine {
            constraint: Constraint::Memcg,
            oom_memcg: Some(oom_memcg.into()),
            task_memcg: Some(task_memcg.into()),
            pid: kills.first().map(|k| k.pid),
            ..SummaryLine::default()
        };
        KernelOom { summary: Some(summary), kills, ..KernelOom::default() }
    }

    fn filled(oom: &KernelOom) -> Incident {
        let mut incident = Incident::default();
        fill(oom, &mut incident, Language::English);
        incident
    }

    #[test]
    fn limit_and_victim() {
        let mut oom = memcg("/system.slice/a.service", "/system.slice/a.service", vec![kill(5)]);
        let memory = Some(Counter { usage_kb: 64, limit_kb: Some(64), failcnt: 388 });
        let swap = Some(Counter { usage_kb: 1, limit_kb: Some(0), failcnt: 0 });
        oom.memcg = Some(MemcgBlock { memory, swap, ..MemcgBlock::default() });
        oom.kills[0].stamp = Stamp { uptime_us: Some(82_807_782), ..Stamp::default() };
        let incident = filled(&oom);
        let limit = incident.limit.unwrap();
        assert_eq!((limit.limit_bytes, limit.usage_bytes, limit.failcnt), (Some(65_536), Some(65_536), Some(388)));
        assert_eq!((limit.swap_limit_bytes, limit.swap_usage_bytes), (Some(0), Some(1024)));
        assert_eq!(limit.cgroup.as_deref(), Some("/system.slice/a.service"));
        let victim = &incident.victims[0];
        assert_eq!((victim.pid, victim.anon_rss_bytes), (5, Some(1 << 20)));
        assert_eq!(victim.uptime_s, Some(82.807_782));
        assert_eq!((victim.main, victim.container), (None, None));
    }

    #[test]
    fn a_node_oom_has_no_limit() {
        let summary = SummaryLine { global: true, ..SummaryLine::default() };
        let oom = KernelOom { summary: Some(summary), kills: vec![kill(1)], ..KernelOom::default() };
        assert_eq!(filled(&oom).limit, None);
    }

    #[test]
    fn cgroups_of_further_victims() {
        let mut oom = memcg("/pod", "/pod/a", vec![kill(1), kill(2)]);
        let cgroup = |oom: &KernelOom, i: usize| filled(oom).victims[i].cgroup.clone();
        assert_eq!(cgroup(&oom, 0).as_deref(), Some("/pod/a"));
        assert_eq!(cgroup(&oom, 1), None, "it may live in another container of the pod");
        oom.group = Some("/pod/a".into());
        assert_eq!(cgroup(&oom, 1).as_deref(), Some("/pod/a"));
        let own = memcg("/pod/a", "/pod/a", vec![kill(1), kill(2)]);
        assert_eq!(cgroup(&own, 1).as_deref(), Some("/pod/a"));
    }

    #[test]
    fn the_trigger_with_its_pid() {
        let trigger = event::Trigger { comm: "java".into(), gfp_mask: 0xcc0, order: 0, ..event::Trigger::default() };
        let cpu = CpuLine { pid: 27_818, comm: "other".into(), ..CpuLine::default() };
        let mut oom = KernelOom { trigger: Some(trigger), cpu: Some(cpu), ..KernelOom::default() };
        let filled_trigger = filled(&oom).trigger.unwrap();
        assert_eq!((filled_trigger.pid, filled_trigger.gfp_mask.as_str()), (Some(27_818), "0xcc0"));
        oom.possibly_mixed = true;
        assert_eq!(filled(&oom).trigger.unwrap().pid, None);
    }

    #[test]
    fn rows_are_sorted_and_in_bytes() {
        let row = |pid, tgid, rss| TaskRow { pid, tgid, rss, pgtables: Some(3), ..TaskRow::default() };
        let rows = vec![row(7747, 7748, 10), row(2, 2, 20)];
        let table = TaskTable { rows, count: 7, ..TaskTable::default() };
        let mut oom = KernelOom { tasks: Some(table), ..KernelOom::default() };
        let incident = filled(&oom);
        assert_eq!(incident.processes_total, 7);
        assert_eq!(incident.processes[0].rss_bytes, Some(20 * 4096));
        assert_eq!(incident.processes[1].pid, 7748);
        assert_eq!(incident.processes[1].pgtables_bytes, Some(3 * 4096));
        if let Some(table) = &mut oom.tasks {
            table.pgtables_in_bytes = true;
        }
        assert_eq!(filled(&oom).processes[1].pgtables_bytes, Some(3));
    }

    #[test]
    fn an_empty_event_fills_nothing() {
        assert_eq!(filled(&KernelOom::default()), Incident::default());
    }
}
