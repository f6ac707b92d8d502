//! Stories that begin with a kernel OOM event.

use super::actions::Kind;
use super::by_time::{self, ByTime, Ended};
use super::clock::When;
use super::ends::End;
use super::habit::Habit;
use super::join::{self, Joined, Owner};
use super::merge::{Case, cgroup, victim_cgroup};
use super::node::Node;
use super::parents;
use super::proof::Proof;
use super::stable_id::stable_id;
use super::story::{Hints, Stories, Story, VictimJoin, set_time, tell_action};
use crate::event::{KernelOom, Kill, Outcome};
use crate::language::{Language, Sentence};
use crate::report::{Cause, Confidence, Container, Incident};
use crate::time::SECOND_US;
use crate::{say, sentence};
use std::collections::{BTreeMap, BTreeSet};

/// Actions this long around a kill are shown in its timeline.
const AROUND_US: i64 = 60 * SECOND_US;

/// Builds the stories of all cases; marks the ends that they explain.
pub(super) fn build(node: &mut Node<'_>, cases: Vec<Case>, used: &mut Used) -> Stories {
    let mut owners: Vec<Owner> = cases.iter().map(|c| join::owner(c, &node.containers)).collect();
    for (case, owner) in cases.iter().zip(&owners) {
        if let (Some(container), Some(at)) = (owner.container, case.when.unix_us) {
            node.learn_kill(container, at);
        }
    }
    let node = &*node;
    let mut ends = join::containers(&cases, &owners, &node.ends, &node.containers, &node.actions);
    let mut units = join::units(&cases, &owners, &node.units, &node.run_by);
    for (n, (ended, by)) in by_time::join(node, &cases, &owners, &ends, &units) {
        owners[n].by_time = Some(by);
        match ended {
            Ended::Container(end) => {
                owners[n].container = Some(node.ends[end].container);
                ends[n].push(Joined { end, main: None });
            }
            Ended::Unit(unit) => {
                owners[n].unit = Some(node.units[unit].unit.clone());
                units[n].push(unit);
            }
        }
    }
    for (units, ends) in units.iter_mut().zip(&ends) {
        let of_ends = ends.iter().filter_map(|joined| node.run_by.unit_of(joined.end));
        units.extend(of_ends);
    }
    let habit = Habit::learn(node, &cases, &owners, &ends);
    let mut before: BTreeMap<String, u32> = BTreeMap::new();
    let mut stories = Vec::with_capacity(cases.len());
    for (index, case) in cases.into_iter().enumerate() {
        used.ends.extend(ends[index].iter().map(|j| j.end));
        used.units.extend(units[index].iter().copied());
        let like_before = habit.ended(node, &case, &owners[index], &ends[index]);
        let mut story = one(node, &case, &owners[index], &ends[index], &units[index]);
        if let Some(lives) = like_before {
            add_unseen_end(&mut story, node, &owners[index], lives);
        }
        let key = recurrence_key(node, &case, &owners[index]);
        let count = before.entry(key).or_default();
        story.hints.previous_kills = *count;
        *count += 1;
        story.oom = Some(case.oom);
        stories.push(Box::new(story));
    }
    stories
}

/// The end that no record tells of, but that follows from the kill as it did in earlier lives.
fn add_unseen_end(story: &mut Story, node: &Node<'_>, owner: &Owner, lives: u32) {
    let Some(container) = owner.container else { return };
    let end = End { container, ..End::default() }.killed_by_inference();
    story.incident.terminations.push(end.show(Some(0), &node.clocks));
    story.incident.confidence = story.incident.confidence.min(Confidence::Probable);
    story.incident.confidence_reasons.push(say!(node.language, "join-sure-like-before", lives = lives));
    story.hints.survived = Some(false);
}

/// Which ends are explained already.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// Indices of container ends.
    pub(super) ends: BTreeSet<usize>,
    /// Indices of unit ends.
    pub(super) units: BTreeSet<usize>,
}

/// What is counted as the same again: a container over its restarts, by its name within its pod, or a unit.
fn recurrence_key(node: &Node<'_>, case: &Case, owner: &Owner) -> String {
    let identity = &owner.identity;
    let known = owner.container.map(|c| &node.containers.get(c).about);
    if let Some(name) = known.and_then(|about| about.name.as_ref()) {
        let pod = known.and_then(|about| about.pod_uid.as_deref()).unwrap_or_default();
        return format!("{pod}/{name}");
    }
    let own = identity
        .pod_uid
        .clone()
        .or_else(|| identity.unit.clone())
        .or_else(|| identity.containers.first().map(|c| c.id.clone()));
    own.or_else(|| cgroup(&case.oom).map(str::to_owned))
        .unwrap_or_else(|| case.oom.kills.first().map_or_else(String::new, |k| k.comm.clone()))
}

fn one(node: &Node<'_>, case: &Case, owner: &Owner, joined: &[Joined], units: &[usize]) -> Story {
    let mut incident = Incident {
        node: node.name.clone(),
        agent: Some("kernel".to_owned()),
        count: case.oom.repeats.max(1),
        ..Incident::default()
    };
    set_time(&mut incident, &case.when);
    incident.id = id(node, case);
    let container = add_container(&mut incident, node, owner);
    let mut proof = Proof::new(node.sources, node.language);
    tell_kernel(&mut proof, case);
    for join in joined {
        let end = &known_end(case, &node.ends[join.end], join.main);
        let text = end_text(node.language, end);
        let actor = end.speakers.first().map_or("runtime", |s| super::ends::speaker_name(*s));
        let lines = proof.lines(&end.evidence);
        proof.step_at(&node.clocks, end.at(), actor, "exit", text, &lines);
        if let Some(restarted) = end.restarted {
            let text = say!(node.language, "join-step-container-restarted");
            proof.step_at(&node.clocks, Some(restarted), actor, "restart", text, &[]);
        }
        incident.terminations.push(end.show(container, &node.clocks));
    }
    for &unit in units {
        tell_unit(&mut proof, node, unit);
        if let Some(container) = container.and_then(|at| incident.containers.get_mut(at)) {
            container.unit.get_or_insert_with(|| node.units[unit].unit.clone());
        }
        incident.terminations.push(node.units[unit].show(&node.clocks));
    }
    parents::tell(&mut incident, &mut proof, node, case);
    let oom_seen = owner.container.is_some_and(|c| tell_around(&mut proof, node, c, case));
    let main = joined.iter().find_map(|j| j.main);
    let victims = victims(case, owner, container, node, joined);
    let hints = hints(node, case, owner, joined, units);
    (incident.confidence, incident.confidence_reasons) = confidence(case, owner, joined, main, oom_seen, node);
    (incident.timeline, incident.evidence) = finish(proof, case);
    let own_container =
        owner.container.is_some() && owner.identity.containers.is_empty() && victim_cgroup(&case.oom).is_some();
    Story { incident, oom: None, victims, hints, own_container }
}

fn finish(mut proof: Proof<'_>, case: &Case) -> (Vec<crate::report::TimelineEntry>, Vec<crate::report::Evidence>) {
    proof.cite(&case.evidence);
    proof.finish(&case.when)
}

/// Overlapping logs must give the same id: node, victim and the event's second on the steadiest clock it has.
fn id(node: &Node<'_>, case: &Case) -> String {
    let moment = case
        .when
        .uptime_us
        .map(|u| format!("up{}", u / 1_000_000))
        .or_else(|| case.when.unix_us.map(|t| format!("at{}", t / SECOND_US)));
    let victim = case.oom.kills.first().map_or_else(
        || case.oom.trigger.as_ref().map_or_else(String::new, |t| t.comm.clone()),
        |k| format!("{}/{}/{}", k.pid, k.total_vm_kb.unwrap_or(0), k.anon_rss_kb.unwrap_or(0)),
    );
    stable_id(&[&node.name, "kernel", &moment.unwrap_or_default(), &victim])
}

fn add_container(incident: &mut Incident, node: &Node<'_>, owner: &Owner) -> Option<usize> {
    let shown =
        node.containers.for_report(&owner.identity).or_else(|| owner.container.map(|c| node.containers.show(c)));
    let shown: Container = shown.or_else(|| {
        let by_time = owner.unit.as_ref().filter(|_| owner.by_time.is_some());
        let unit = owner.identity.unit.as_ref().or(by_time).cloned()?;
        let other = owner.identity.other.clone();
        Some(Container { unit: Some(unit), name: other, ..Container::default() })
    })?;
    incident.containers = vec![name_by_time(shown, node, owner)];
    Some(0)
}

/// The id is that of the cgroup, the names are those of the container that ended then.
fn name_by_time(shown: Container, node: &Node<'_>, owner: &Owner) -> Container {
    let Some(told) = owner.container.filter(|_| owner.by_time.is_some()) else { return shown };
    let named = node.containers.show(told);
    Container {
        name: shown.name.or(named.name),
        pod: shown.pod.or(named.pod),
        namespace: shown.namespace.or(named.namespace),
        pod_uid: shown.pod_uid.or(named.pod_uid),
        image: shown.image.or(named.image),
        ..shown
    }
}

/// A main process that the kernel killed ended by SIGKILL, whether or not a record says so. Where its pid is not recorded,
/// it is taken for the victim unless the kernel's report shows another process of the container.
fn known_end(case: &Case, end: &End, main: Option<bool>) -> End {
    let inferred = end.code.is_none() && (main == Some(true) || (main.is_none() && !join::others_lived(case)));
    if inferred { end.killed_by_inference() } else { end.clone() }
}

fn end_text(language: Language, end: &End) -> String {
    match (end.code, end.reason.as_deref(), end.oom_flag) {
        (Some(code), Some(reason), _) => say!(language, "join-step-ended-code-reason", code = code, reason = reason),
        (None, Some(reason), _) => say!(language, "join-step-ended-reason", reason = reason),
        (Some(code), None, Some(true)) => say!(language, "join-step-ended-code-flagged", code = code),
        (None, None, Some(true)) => say!(language, "join-step-ended-flagged"),
        (code, None, _) => ended(language, code),
    }
}

/// A container's end, with no more than its code.
pub(super) fn ended(language: Language, code: Option<i64>) -> String {
    match code {
        Some(code) => say!(language, "join-step-ended-code", code = code),
        None => say!(language, "join-step-ended"),
    }
}

fn tell_kernel(proof: &mut Proof<'_>, case: &Case) {
    let language = proof.language;
    let find =
        |needle: &str| case.evidence.iter().find(|e| e.text.contains(needle)).cloned().into_iter().collect::<Vec<_>>();
    // The oldest kernels do not name who asked.
    if let Some(trigger) = case.oom.trigger.as_ref().filter(|trigger| !trigger.comm.is_empty()) {
        // SysRq f runs in a kworker with order -1: nobody asked for memory.
        let text = if case.oom.sysrq || trigger.order == -1 {
            say!(language, "join-step-sysrq")
        } else {
            say!(language, "join-step-asked-for-memory", comm = &trigger.comm)
        };
        proof.step(&case.when, "kernel", "trigger", text, &find("invoked oom-killer"));
    }
    for (kill, when) in case.oom.kills.iter().zip(&case.kills) {
        let (comm, pid) = (&kill.comm, kill.pid);
        let text = match kill.anon_rss_kb.map(mib) {
            Some(size) => say!(language, "join-step-killed-of-size", comm = comm, pid = pid, size = size),
            None => say!(language, "join-step-killed", comm = comm, pid = pid),
        };
        let pieces: Vec<_> = kill.evidence.iter().cloned().collect();
        proof.step(when, "kernel", "kill", text, &pieces);
    }
    if let Some(reason) = &case.oom.init_panic {
        proof.step(&case.when, "kernel", "panic", say!(language, "join-step-panic", reason = reason), &find("panic"));
    }
    match &case.oom.outcome {
        Outcome::NoKillable => {
            proof.step(&case.when, "kernel", "no_victim", say!(language, "join-step-no-victim"), &find("no killable"))
        }
        Outcome::Panic(reason) => {
            let text = say!(language, "join-step-panic", reason = reason);
            proof.step(&case.when, "kernel", "panic", text, &find("panic"))
        }
        _ => {}
    }
}

/// A size in MiB with one decimal, in KiB below one.
fn mib(kb: u64) -> String {
    if kb < 1024 { format!("{kb} KiB") } else { format!("{:.1} MiB", kb as f64 / 1024.0) }
}

fn tell_unit(proof: &mut Proof<'_>, node: &Node<'_>, index: usize) {
    let unit = &node.units[index];
    let text = match unit.result.as_ref().filter(|r| *r != "success") {
        Some(result) => say!(node.language, "join-step-unit-ended-result", unit = &unit.unit, result = result),
        None => say!(node.language, "join-step-unit-ended", unit = &unit.unit),
    };
    proof.step_at(&node.clocks, Some(unit.at), "systemd", "exit", text, &unit.evidence);
    if let Some(restarted) = unit.restarted {
        let text = say!(node.language, "join-step-unit-restarted", unit = &unit.unit);
        proof.step_at(&node.clocks, Some(restarted), "systemd", "restart", text, &[]);
    }
}

/// Shows what else was said of the container around the kill; true when its runtime saw the OOM.
fn tell_around(proof: &mut Proof<'_>, node: &Node<'_>, container: usize, case: &Case) -> bool {
    let Some(at) = case.when.unix_us else { return false };
    let mut seen = false;
    for action in node.actions.between(container, at - AROUND_US, at + AROUND_US) {
        let relevant = matches!(
            action.kind,
            Kind::OomSeen | Kind::ChildKilled { .. } | Kind::Stop { .. } | Kind::Kill { .. } | Kind::StartFailed { .. }
        );
        seen |= action.kind == Kind::OomSeen;
        if relevant {
            tell_action(proof, &node.clocks, action);
        }
    }
    seen
}

fn victims(
    case: &Case,
    owner: &Owner,
    container: Option<usize>,
    node: &Node<'_>,
    joined: &[Joined],
) -> Vec<VictimJoin> {
    let has_container = owner.container.is_some() || !owner.identity.containers.is_empty();
    case.oom
        .kills
        .iter()
        .zip(&case.kills)
        .map(|(kill, when): (_, &When)| {
            let init = |j: &Joined| node.ends[j.end].pid == Some(kill.pid);
            let known = owner.container.is_some_and(|c| node.containers.get(c).pids.contains(&kill.pid));
            let main = if known || joined.iter().any(init) {
                Some(true)
            } else {
                joined.iter().any(|j| node.ends[j.end].pid.is_some()).then_some(false)
            };
            VictimJoin {
                pid: kill.pid,
                container: container.filter(|_| has_container),
                main,
                time: when.time(),
                uptime_s: when.uptime_s(),
            }
        })
        .collect()
}

fn hints(node: &Node<'_>, case: &Case, owner: &Owner, joined: &[Joined], units: &[usize]) -> Hints {
    let flags: Vec<Option<bool>> = joined.iter().map(|j| node.ends[j.end].oom_flag).collect();
    let reasons = joined.iter().any(|j| node.ends[j.end].reason.as_deref() == Some("Error"));
    let known = owner.container.map(|c| node.containers.get(c));
    let lived_on = owner.container.is_some_and(|c| joined.is_empty() && node.seen_after(c, case.when.unix_us));
    Hints {
        flag_contradicts: flags.contains(&Some(false)) || (reasons && !flags.contains(&Some(true))),
        covered: Some(true),
        by_time: owner.by_time.is_some(),
        survived: if joined.is_empty() { lived_on.then_some(true) } else { Some(false) },
        limit_bytes: known.and_then(|k| k.about.limit_bytes),
        peak_bytes: units.iter().find_map(|u| node.units[*u].peak_bytes),
        kernel: case.oom.cpu.as_ref().and_then(|c| c.release.clone()),
        node_memory_bytes: node.memory_bytes,
        ..Hints::default()
    }
}

/// Nothing is left but a kill line without time and sizes, as people quote it in a sentence: `Out of memory: Killed process 5017 (test)`.
fn is_one_line(case: &Case) -> bool {
    let oom = &case.oom;
    let timeless = case.when.unix_us.is_none() && case.when.uptime_us.is_none();
    let alone = oom.trigger.is_none() && oom.summary.is_none() && oom.memcg.is_none() && oom.mem_info.is_none();
    let sized = |kill: &Kill| kill.total_vm_kb.is_some() || kill.anon_rss_kb.is_some();
    timeless && alone && oom.tasks.is_none() && !oom.kills.is_empty() && !oom.kills.iter().any(sized)
}

fn confidence(
    case: &Case,
    owner: &Owner,
    joined: &[Joined],
    main: Option<bool>,
    seen: bool,
    node: &Node<'_>,
) -> (Confidence, Vec<String>) {
    let mut reasons = kernel_reasons(&case.oom);
    let mut level = match case.oom.outcome {
        Outcome::NotSeen if case.oom.kills.is_empty() => Confidence::Probable,
        _ if case.oom.kills.iter().all(|k| k.from_summary) && !case.oom.kills.is_empty() => Confidence::Strong,
        _ => Confidence::Proven,
    };
    if case.borrowed {
        reasons.push(sentence!("join-sure-borrowed"));
        level = level.min(Confidence::Probable);
    }
    if case.damaged {
        reasons.push(sentence!("join-sure-damaged"));
        level = level.min(Confidence::Probable);
    }
    if is_one_line(case) {
        reasons.push(sentence!("join-sure-one-line"));
        level = level.min(Confidence::Possible);
    }
    if owner.by_pid {
        reasons.push(sentence!("join-sure-by-pid"));
        level = level.min(Confidence::Strong);
    }
    if let Some(by) = owner.by_time {
        let (reason, at_most) = sure_by_time(by);
        reasons.push(reason);
        level = level.min(at_most);
    }
    if case.oom.possibly_mixed {
        reasons.push(sentence!("join-sure-mixed"));
        level = level.min(Confidence::Probable);
    }
    for join in joined.iter().filter(|_| owner.by_time.is_none()) {
        let end = &node.ends[join.end];
        match main {
            Some(true) if end.code.is_none() => {
                reasons.push(sentence!("join-sure-no-code-main-killed"));
                level = level.min(Confidence::Strong);
            }
            Some(true) => reasons.push(sentence!("join-sure-main-killed")),
            Some(false) => {
                reasons.push(sentence!("join-sure-other-killed"));
                let level_of_exit = if end.ended_by() == Some(9) { Confidence::Strong } else { Confidence::Probable };
                level = level.min(level_of_exit);
            }
            None if end.code.is_none() && !join::others_lived(case) => {
                reasons.push(sentence!("join-sure-no-code-likely-137"));
                level = level.min(Confidence::Probable);
            }
            None => {
                reasons.push(sentence!("join-sure-by-id-and-time"));
                // As where the main process is known to have lived: it may have, and then left by itself.
                let level_of_exit = if end.ended_by() == Some(9) { Confidence::Strong } else { Confidence::Probable };
                level = level.min(level_of_exit);
            }
        }
    }
    if seen {
        reasons.push(sentence!("join-sure-runtime-saw-too"));
    }
    (level, reasons.iter().map(|r| r.tell(node.language)).collect())
}

/// What a join by time rests on, and how sure it is at most.
fn sure_by_time(by: ByTime) -> (Sentence, Confidence) {
    match by {
        ByTime::Named => (sentence!("join-sure-by-name-and-time"), Confidence::Probable),
        ByTime::Seen => (sentence!("join-sure-seen-at-that-time"), Confidence::Probable),
        ByTime::Unlisted => (sentence!("join-sure-unlisted-id"), Confidence::Probable),
        ByTime::Alone => (sentence!("join-sure-by-time"), Confidence::Possible),
    }
}

fn kernel_reasons(oom: &KernelOom) -> Vec<Sentence> {
    let mut reasons = Vec::new();
    match &oom.outcome {
        _ if oom.kills.iter().any(|k| !k.from_summary) => reasons.push(sentence!("join-sure-kill-line")),
        _ if !oom.kills.is_empty() => reasons.push(sentence!("join-sure-only-summary")),
        Outcome::NoKillable => reasons.push(sentence!("join-sure-killed-nothing")),
        Outcome::Panic(_) => reasons.push(sentence!("join-sure-panic-line")),
        _ => reasons.push(sentence!("join-sure-no-outcome")),
    }
    if oom.trigger.is_none() && oom.summary.as_ref().is_none_or(|s| s.pid.is_none()) {
        reasons.push(sentence!("join-sure-no-dump"));
    }
    if oom.suppressed > 0 {
        reasons.push(sentence!("join-sure-dropped-dumps", n = oom.suppressed));
    }
    reasons
}

/// The cause told by `diagnose` is only as sure as the lines that tell it.
pub fn cap_confidence(incident: &mut Incident) {
    let vague = matches!(incident.cause, Cause::Unknown)
        || (incident.cause == Cause::CgroupLimit && incident.limit.as_ref().is_none_or(|l| l.cgroup.is_none()));
    if vague {
        incident.confidence = incident.confidence.min(Confidence::Strong);
    }
}
