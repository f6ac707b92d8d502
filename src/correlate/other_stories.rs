//! Stories without a kernel kill: user-space killers, evictions, applications that gave up, and every other abnormal end.

use super::actions::{Kind, STOP_WINDOW_US};
use super::apps;
use super::cause::{self, Why};
use super::clock::When;
use super::ends::{End, speaker_name};
use super::faults;
use super::join::MAIN_US;
use super::kernel_kills::KernelKills;
use super::kernel_stories::{Used, ended};
use super::node::Node;
use super::pressure;
use super::proof::Proof;
use super::stable_id::stable_id;
use super::story::{Hints, Stories, Story, set_time, tell_action};
use super::torn_down::{self, TornDown};
use super::units::UnitEnd;
use super::userspace;
use crate::event::{ContainerRef, Fact, What};
use crate::identity;
use crate::language::Language;
use crate::report::{self, Cause, Clock, Confidence, Container, Incident, Verdict, Victim};
use crate::say;
use crate::time::SECOND_US;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A unit's or container's end this long after a user-space killer's signal is its work.
const KILLER_US: i64 = 40 * SECOND_US;

/// Two records of one end, of which one names nobody.
const SAME_END_US: i64 = 3 * SECOND_US;

/// Builds them all.
pub(super) fn build(node: &Node<'_>, kills: &KernelKills, used: &mut Used) -> Stories {
    let mut stories = userspace_stories(node, kills, used);
    stories.extend(eviction_stories(node, used, |resource| resource == "memory"));
    stories.extend(end_stories(node, kills, used));
    // What ended by them is told with its end, where that is known.
    let is_other = |resource: &str| resource != "memory";
    let evicted: BTreeSet<String> = pods_of(&stories);
    let mut others = eviction_stories(node, &mut Used::default(), is_other);
    let pod_of = |end: &End| node.containers.get(end.container).about.pod.clone();
    let ended: BTreeSet<Arc<str>> = node.ends.iter().filter_map(pod_of).collect();
    others.retain(|story| {
        let mut pods = story.incident.containers.iter().filter_map(|c| c.pod.as_deref());
        story.incident.terminations.is_empty() && !pods.any(|pod| ended.contains(pod) || evicted.contains(pod))
    });
    stories.extend(others);
    stories.extend(unit_stories(node, kills, used));
    stories
}

/// The pods of evictions for memory: a table beside them says less.
fn pods_of(stories: &Stories) -> BTreeSet<String> {
    let evictions = stories.iter().filter(|story| story.incident.cause == Cause::Eviction);
    evictions.flat_map(|story| &story.incident.containers).filter_map(|c| c.pod.clone()).collect()
}

fn userspace_stories(node: &Node<'_>, kills: &KernelKills, used: &mut Used) -> Stories {
    let mut actions = userspace::collect(&node.events, &node.clocks);
    actions.retain(|a| !kills.did(a));
    actions.iter().map(|a| Box::new(userspace_story(node, a, used))).collect()
}

fn userspace_story(node: &Node<'_>, action: &userspace::Action, used: &mut Used) -> Story {
    let mut incident = new_incident(node, &action.when);
    incident.verdict = Verdict::Memory;
    incident.cause = Cause::UserspaceKiller;
    incident.agent = Some(action.agent.to_owned());
    incident.confidence = Confidence::Proven;
    incident.confidence_reasons.push(say!(node.language, "join-sure-killer-recorded", agent = action.agent));
    if report::is_platform(action.agent) {
        of_platform(&mut incident, action, node.language);
    }
    let what = action.pid.map_or_else(|| action.cgroup.clone().unwrap_or_default(), |p| p.to_string());
    incident.id = stable_id(&[&node.name, action.agent, &second(&action.when), &what]);
    let identity = action.cgroup.as_deref().map(identity::parse).unwrap_or_default();
    let container = identity
        .containers
        .first()
        .and_then(|c| node.containers.find(&c.id))
        .or_else(|| action.pid.and_then(|p| node.containers.by_pid(p)))
        .or_else(|| action.about.as_ref().and_then(|about| named(node, about)));
    let shown = container.map(|c| node.containers.show(c)).or_else(|| node.containers.for_report(&identity));
    let runner = container.and_then(|c| node.containers.get(c).about.unit.as_deref().map(str::to_owned));
    let unit = runner.or_else(|| identity.unit.clone()).or_else(|| action.unit.clone());
    let shown = shown.or_else(|| unit.clone().map(|unit| Container { unit: Some(unit), ..Container::default() }));
    incident.containers.extend(shown.or_else(|| action.about.clone()));
    let mut proof = Proof::new(node.sources, node.language);
    proof.step(&action.when, action.agent, "kill", signalled(node.language, action, &what), &action.evidence);
    if let Some(pid) = action.pid {
        incident.victims.push(Victim {
            pid,
            comm: action.comm.clone().unwrap_or_default(),
            uid: action.uid,
            cgroup: action.cgroup.clone(),
            anon_rss_bytes: action.rss_bytes,
            oom_score_adj: action.oom_score_adj,
            container: container.map(|_| 0),
            time: action.when.time(),
            uptime_s: action.when.uptime_s(),
            ..Victim::default()
        });
    }
    let at = action.when.unix_us;
    let soon = |t: Option<i64>| at.zip(t).is_some_and(|(a, t)| (-2 * SECOND_US..=KILLER_US).contains(&(t - a)));
    for (index, end) in node.ends.iter().enumerate() {
        let own = || container == Some(end.container) || (action.pid.is_some() && end.pid == action.pid);
        if soon(end.at()) && own() && used.ends.insert(index) {
            incident.terminations.push(end.show(container.map(|_| 0), &node.clocks));
            let lines = proof.lines(&end.evidence);
            proof.step_at(&node.clocks, end.at(), "runtime", "exit", ended(node.language, None), &lines);
        }
    }
    for (index, end) in node.units.iter().enumerate() {
        let own = || unit.as_deref() == Some(end.unit.as_str());
        if soon(Some(end.at)) && own() && used.units.insert(index) {
            incident.terminations.push(end.show(&node.clocks));
            unit_ended(&mut proof, node, end);
        }
    }
    (incident.timeline, incident.evidence) = proof.finish(&action.when);
    // What ended after all was killed.
    let failed = action.failed.clone().filter(|_| incident.terminations.is_empty());
    if failed.is_some() {
        incident.victims.clear();
        incident.program.clone_from(&action.comm);
    }
    let hints = Hints {
        words: Some(action.reason.clone()),
        kill_failed: failed,
        node_memory_bytes: node.memory_bytes,
        ..Hints::default()
    };
    Story { incident, hints, ..Story::default() }
}

/// What a platform ended, which may have no name.
fn of_platform(incident: &mut Incident, action: &userspace::Action, language: Language) {
    incident.program = action.about.is_none().then(|| action.agent.to_owned());
    if action.reason.contains("signal: killed") {
        incident.confidence = Confidence::Strong;
        incident.confidence_reasons = vec![say!(language, "join-sure-killed-when-full")];
    }
}

/// The container that a platform's killer names: a job, a dyno.
fn named(node: &Node<'_>, about: &Container) -> Option<usize> {
    let text = |own: &Option<String>| own.as_deref().map(Into::into);
    node.containers.of(&ContainerRef { id: text(&about.id), name: text(&about.name), ..ContainerRef::default() })
}

/// `what`: the victim's pid or cgroup.
fn signalled(language: Language, action: &userspace::Action, what: &str) -> String {
    if report::is_platform(action.agent) {
        return say!(language, "join-step-platform-ended");
    }
    if what.is_empty() {
        return say!(language, "join-step-killed-unnamed", comm = action.comm.as_deref());
    }
    match (action.signal.and_then(crate::exit_code::signal_name), &action.comm) {
        (Some(signal), Some(comm)) => {
            say!(language, "join-step-signal-to-process", signal = signal, comm = comm, pid = what)
        }
        (Some(signal), None) => say!(language, "join-step-signal-to", signal = signal, target = what),
        (None, Some(comm)) => say!(language, "join-step-some-signal-to-process", comm = comm, pid = what),
        (None, None) => say!(language, "join-step-some-signal-to", target = what),
    }
}

/// Evictions, one story a pod, with all of the pod's containers that ended by it.
fn eviction_stories(node: &Node<'_>, used: &mut Used, wanted: fn(&str) -> bool) -> Stories {
    let mut pods: BTreeMap<Arc<str>, Vec<(usize, usize)>> = BTreeMap::new();
    for (place, (source, event)) in node.events.iter().enumerate() {
        let Fact::Runtime(fact) = &event.fact else { continue };
        let What::Evicted { resource, .. } = &fact.what else { continue };
        if !wanted(resource) {
            continue;
        }
        let about = &fact.container;
        let known = node.containers.of_pod(about).first().and_then(|c| node.containers.get(*c).about.pod_uid.clone());
        let name = about.pod.clone().map(|p| format!("{}/{p}", about.namespace.as_deref().unwrap_or("")).into());
        let key = about.pod_uid.clone().or(known).or(name).unwrap_or_default();
        pods.entry(key).or_default().push((place, *source));
    }
    pods.into_values().filter_map(|facts| eviction_story(node, &facts, used)).map(Box::new).collect()
}

/// The step that tells the end of a unit.
fn unit_ended(proof: &mut Proof<'_>, node: &Node<'_>, end: &UnitEnd) {
    let text = say!(node.language, "join-step-unit-ended", unit = &end.unit);
    proof.step_at(&node.clocks, Some(end.at), "systemd", "exit", text, &end.evidence);
}

fn eviction_story(node: &Node<'_>, facts: &[(usize, usize)], used: &mut Used) -> Option<Story> {
    let dated = |(place, source): &(usize, usize)| node.clocks.when(*source, &node.events[*place].1.stamp);
    let when = facts.iter().map(dated).filter(|w| w.unix_us.is_some()).min_by_key(|w| w.unix_us).unwrap_or_default();
    let mut incident = new_incident(node, &when);
    incident.agent = Some("kubelet".to_owned());
    incident.confidence = Confidence::Proven;
    incident.confidence_reasons.push(say!(node.language, "join-sure-eviction-recorded"));
    let mut proof = Proof::new(node.sources, node.language);
    let mut words: Option<String> = None;
    let mut about = None;
    let mut of = "unknown";
    for (place, source) in facts {
        let event = &node.events[*place].1;
        let Fact::Runtime(fact) = &event.fact else { continue };
        let What::Evicted { message, resource } = &fact.what else { continue };
        if resource != "unknown" {
            of = resource;
        }
        if words.as_ref().is_none_or(|w| w.len() < message.len()) {
            words = Some(message.clone());
        }
        about = about.or(Some(&fact.container));
        let at = node.clocks.when(*source, &event.stamp);
        proof.step(
            &at,
            speaker_name(fact.speaker),
            "eviction",
            match resource.as_str() {
                "memory" => say!(node.language, "join-step-evicted-for-memory"),
                _ if message.is_empty() => say!(node.language, "join-step-evicted"),
                _ => say!(node.language, "join-step-evicted-saying", message = message),
            },
            &event.evidence,
        );
    }
    judge_eviction(&mut incident, of, node.language);
    let about = about?;
    incident.id = stable_id(&[&node.name, "eviction", about.pod_uid.as_deref().or(about.pod.as_deref()).unwrap_or("")]);
    let of_pod = node.containers.of_pod(about);
    for (index, end) in of_pod.iter().flat_map(|container| node.ends_of(*container)) {
        let near = end.at().zip(when.unix_us).is_none_or(|(e, w)| (e - w).abs() <= 3 * STOP_WINDOW_US);
        if near && is_last(node, end) && used.ends.insert(index) {
            let at = incident.containers.len();
            incident.containers.push(node.containers.show(end.container));
            // Past its grace period the kubelet has the container killed: that the runtime did so tells the code.
            let killed = cause::sigkill_recorded(end, &node.actions).then(|| end.killed_by_inference());
            incident.terminations.push(killed.as_ref().unwrap_or(end).show(Some(at), &node.clocks));
            let lines = proof.lines(&end.evidence);
            proof.step_at(&node.clocks, end.at(), "runtime", "exit", ended(node.language, None), &lines);
        }
    }
    if incident.containers.is_empty() {
        incident.containers.push(Container {
            pod: about.pod.as_deref().map(str::to_owned),
            namespace: about.namespace.as_deref().map(str::to_owned),
            pod_uid: about.pod_uid.as_deref().map(str::to_owned),
            ..Container::default()
        });
    }
    (incident.timeline, incident.evidence) = proof.finish(&when);
    let hints = Hints { words, node_memory_bytes: node.memory_bytes, ..Hints::default() };
    Some(Story { incident, hints, ..Story::default() })
}

/// What an eviction for a resource means.
fn judge_eviction(incident: &mut Incident, resource: &str, language: Language) {
    (incident.verdict, incident.cause) = match resource {
        "memory" => (Verdict::Memory, Cause::Eviction),
        "unknown" => (Verdict::Undetermined, Cause::Unknown),
        _ => (Verdict::NotMemory, Cause::Stopped),
    };
    match resource {
        "memory" => {}
        "unknown" => {
            incident.confidence = Confidence::Weak;
            incident.confidence_reasons = vec![say!(language, "join-because-evicted-for-unknown")];
        }
        other => {
            incident.confidence_reasons.push(say!(language, "join-because-evicted-for-other", resource = other));
        }
    }
}

/// An evicted pod starts nothing again: an end that its container outlived is not the eviction's work.
fn is_last(node: &Node<'_>, end: &End) -> bool {
    let about = &node.containers.get(end.container).about;
    let later = |e: &End| e.at().zip(end.at()).is_some_and(|(other, at)| other > at);
    let same = node.containers.named_in_pod(about).into_iter().filter(|container| {
        let other = &node.containers.get(*container).about;
        (&other.pod_uid, &other.pod) == (&about.pod_uid, &about.pod)
    });
    let again = same.flat_map(|container| node.ends_of(container)).any(|(_, e)| later(e));
    end.restarted.is_none() && !again
}

/// Ends of containers that have a name, in order of time: (moment, code).
struct NamedEnds(Vec<(i64, Option<i64>)>);

impl NamedEnds {
    fn of(node: &Node<'_>) -> NamedEnds {
        let named = node.ends.iter().filter(|end| !is_unnamed(node, end));
        let mut ends: Vec<_> = named.filter_map(|end| Some((end.at()?, end.code))).collect();
        ends.sort_unstable();
        NamedEnds(ends)
    }

    /// A state that names nobody (`docker inspect -f '{{json .State}}'`, a piece of `kubectl describe`) is that of a container
    /// whose end is told with its name, or of one that the kernel's own report is about.
    fn tell(&self, node: &Node<'_>, end: &End, kills: &KernelKills) -> bool {
        let Some(at) = end.at().filter(|_| is_unnamed(node, end)) else { return false };
        let first = self.0.partition_point(|(other, _)| *other < at.saturating_sub(SAME_END_US));
        let near = self.0.iter().skip(first).take_while(|(other, _)| *other <= at.saturating_add(SAME_END_US));
        let flagged = end.oom_flag == Some(true);
        let before = end.started.filter(|_| flagged).map_or(SAME_END_US * 10, |started| at.saturating_sub(started));
        near.take(64).any(|(_, code)| code.is_none() || *code == end.code)
            || end.ended_by() == Some(9) && kills.near(at, before)
    }
}

fn is_unnamed(node: &Node<'_>, end: &End) -> bool {
    node.containers.get(end.container).about.is_unnamed()
}

/// Every abnormal end of a container that nothing explained so far.
fn end_stories(node: &Node<'_>, kills: &KernelKills, used: &mut Used) -> Stories {
    let mut stories = Vec::new();
    let named = NamedEnds::of(node);
    for (index, end) in node.ends.iter().enumerate() {
        let flagged = end.oom_flag == Some(true) || end.reason.as_deref() == Some("OOMKilled");
        let by_signal = end.code.is_none() && (end.signal.is_some() || is_named_end(end));
        // Tables, metrics and some platforms tell of a kill for memory and give no code.
        let abnormal = end.code.is_some_and(|c| c != 0) || by_signal || flagged || cause::out_of_memory_step(end);
        let torn_down = torn_down::of_end(node, end);
        let sent = || torn_down.is_some() || cause::sigkill_recorded(end, &node.actions);
        let killed = end.code.is_none() && sent();
        if (abnormal || killed) && !named.tell(node, end, kills) && used.ends.insert(index) {
            let inferred = killed.then(|| end.killed_by_inference());
            let unit = node.run_by.unit_of(index).filter(|unit| used.units.insert(*unit)).map(|unit| &node.units[unit]);
            let story = end_story(node, kills, inferred.as_ref().unwrap_or(end), torn_down.as_ref(), unit);
            stories.push(Box::new(story));
        }
    }
    stories
}

/// A row of kubectl's tables shows an end by its reason alone.
fn is_named_end(end: &End) -> bool {
    matches!(
        end.reason.as_deref(),
        Some("Error" | "ContainerStatusUnknown" | "ContainerCannotRun" | "CrashLoopBackOff")
    )
}

/// `torn_down`: how it is known that its pod's cgroup was killed. `unit`: how the unit that runs it ended with it.
fn end_story(
    node: &Node<'_>,
    kills: &KernelKills,
    end: &End,
    torn_down: Option<&TornDown<'_>>,
    unit: Option<&UnitEnd>,
) -> Story {
    let at = end.at();
    let known = node.containers.get(end.container);
    // The kernel names containers by their ids: which of them one without an id is, its kills do not tell.
    let any = known.about.id.as_ref().is_none_or(|_| known.about.is_unnamed());
    let other = any && at.is_some_and(|at| kills.near(at, MAIN_US));
    let nowhere = kills.may_be_of(at, end.ended_by());
    let covered = node.covered.rules_out(at).filter(|_| !other && nowhere.is_none());
    let by_counter = covered.is_some() && node.covered.by_counter(at);
    let why = cause::of_container(end, &node.actions, covered);
    let why = if end.inferred { cause::kill_without_code(why, covered) } else { why };
    let why = match unit {
        Some(unit) => cause::of_run_by(why, unit, covered),
        None => why,
    };
    let when = When {
        unix_us: at,
        offset_s: at.map_or(0, |t| node.clocks.offset(t)),
        clock: if at.is_some() { Clock::Exact } else { Clock::Unknown },
        ..When::default()
    };
    let mut incident = new_incident(node, &when);
    let about = &known.about;
    let name = [&about.id, &about.name, &about.pod].into_iter().flatten().next().cloned().unwrap_or_default();
    incident.id =
        stable_id(&[&node.name, "end", &second(&when), &name, &end.code.map_or_else(String::new, |c| c.to_string())]);
    // Exactly one of each: a list that grows takes room for four.
    incident.containers = vec![node.containers.show(end.container)];
    incident.terminations = vec![end.show(Some(0), &node.clocks)];
    incident.count = end.oom_at.len().max(1) as u64;
    let mut proof = Proof::new(node.sources, node.language);
    let actor = end.speakers.first().map_or("runtime", |s| speaker_name(*s));
    let lines = proof.lines(&end.evidence);
    proof.step_at(&node.clocks, at, actor, "exit", ended(node.language, end.code), &lines);
    if let Some(restarted) = end.restarted {
        let text = say!(node.language, "join-step-container-restarted");
        proof.step_at(&node.clocks, Some(restarted), actor, "restart", text, &[]);
    }
    for action in &why.actions {
        tell_action(&mut proof, &node.clocks, action);
    }
    if let Some(unit) = unit {
        add_unit(&mut incident, &mut proof, node, unit);
    }
    if let Some(torn_down) = torn_down {
        let text = say!(node.language, "join-step-sandbox-ended");
        let lines = proof.lines(torn_down.sandbox_lines);
        proof.step_at(&node.clocks, Some(torn_down.sandbox_at), "systemd", "exit", text, &lines);
    }
    let fault = faults::of_end(node, end).filter(|_| why.cause == Cause::Crash);
    if let Some(fault) = &fault {
        let text = say!(node.language, "join-step-fault", comm = fault.comm, pid = fault.pid);
        proof.step(&fault.when, "kernel", "fault", text, fault.evidence);
    }
    let why = if by_counter { cause::by_counter(why) } else { why };
    let why = match nowhere {
        Some(when) => cause::beside_a_kill(why, when),
        None => why,
    };
    let mut hints = hints_of(&why, covered, node);
    hints.counter_covers = by_counter;
    hints.limit_bytes = known.about.limit_bytes;
    hints.torn_down = torn_down.is_some();
    hints.flag_contradicts = end.oom_flag == Some(true) && why.verdict != Verdict::Memory;
    apply(&mut incident, why, node.language);
    if end.ended_by() == Some(9) {
        pressure::killer_at_work(node, at, &mut incident, &mut proof);
    }
    if covered != Some(true) && end.ended_by() == Some(9) {
        pressure::tell(node, at, &mut incident, &mut proof);
    }
    if fault.is_some() {
        incident.confidence_reasons.push(say!(node.language, "join-sure-fault"));
    }
    if end.inferred {
        let told = match torn_down {
            Some(_) => say!(node.language, "join-sure-no-code-torn-down"),
            None => say!(node.language, "join-sure-no-code-sigkill"),
        };
        incident.confidence_reasons.push(told);
        incident.confidence = incident.confidence.min(Confidence::Strong);
    }
    (incident.timeline, incident.evidence) = proof.finish(&when);
    Story { incident, hints, ..Story::default() }
}

/// Adds the end of the unit that runs the incident's container.
fn add_unit(incident: &mut Incident, proof: &mut Proof<'_>, node: &Node<'_>, unit: &UnitEnd) {
    for container in &mut incident.containers {
        container.unit.get_or_insert_with(|| unit.unit.clone());
    }
    incident.terminations.push(unit.show(&node.clocks));
    unit_ended(proof, node, unit);
}

/// Every abnormal end of a unit that nothing explained so far. Scopes of containers are told by their containers.
fn unit_stories(node: &Node<'_>, kills: &KernelKills, used: &mut Used) -> Stories {
    let mut stories = Vec::new();
    for (index, end) in node.units.iter().enumerate() {
        if !end.abnormal() && !end.oom && !end.oomd {
            continue;
        }
        if !end.unit.ends_with(".service") || !used.units.insert(index) {
            continue;
        }
        // Whose container was killed at that moment, the kernel does not know.
        let killed = kills.container_before(end.at).filter(|_| end.passed_on());
        let nowhere = kills.may_be_of(Some(end.at), end.signal());
        let covered = node.covered.rules_out(Some(end.at)).filter(|_| killed.is_none() && nowhere.is_none());
        let by_counter = covered.is_some() && node.covered.by_counter(Some(end.at));
        let words = cause::ended_by_itself(end).then(|| apps::of_unit(node, &end.unit, end.at)).flatten();
        let why = match &words {
            Some(words) => cause::of_words(words.program, words.message, words.fatal),
            None => cause::of_unit(end, covered),
        };
        let when = When {
            unix_us: Some(end.at),
            offset_s: node.clocks.offset(end.at),
            clock: Clock::Exact,
            ..When::default()
        };
        let mut incident = new_incident(node, &when);
        incident.id = stable_id(&[&node.name, "unit", &second(&when), &end.unit]);
        incident.containers.push(run_container(node, index, end));
        incident.terminations.push(end.show(&node.clocks));
        let mut proof = Proof::new(node.sources, node.language);
        unit_ended(&mut proof, node, end);
        if let Some(words) = &words {
            proof.step(&words.when, "application", "application", words.message.to_owned(), words.evidence);
        }
        let why = if by_counter { cause::by_counter(why) } else { why };
        let why = match nowhere {
            Some(when) => cause::beside_a_kill(why, when),
            None => why,
        };
        let mut hints = hints_of(&why, covered, node);
        hints.counter_covers = by_counter;
        hints.peak_bytes = end.peak_bytes;
        apply(&mut incident, why, node.language);
        if let Some(id) = killed {
            let text = say!(node.language, "join-sure-container-killed-then", id = id);
            incident.confidence_reasons.push(text);
        }
        if end.signal() == Some(9) {
            pressure::killer_at_work(node, Some(end.at), &mut incident, &mut proof);
        }
        if covered != Some(true) && end.signal() == Some(9) {
            pressure::tell(node, Some(end.at), &mut incident, &mut proof);
        }
        (incident.timeline, incident.evidence) = proof.finish(&when);
        stories.push(Box::new(Story { incident, hints, ..Story::default() }));
    }
    stories
}

/// The container that ended with a unit, or the unit alone.
fn run_container(node: &Node<'_>, index: usize, end: &UnitEnd) -> Container {
    let container = node.run_by.end_of(index).map(|end| node.containers.show(node.ends[end].container));
    Container { unit: Some(end.unit.clone()), ..container.unwrap_or_default() }
}

/// An incident of the node at a moment.
pub(super) fn new_incident(node: &Node<'_>, when: &When) -> Incident {
    let mut incident = Incident { node: node.name.clone(), count: 1, ..Incident::default() };
    set_time(&mut incident, when);
    incident
}

/// A moment to the second, for stable ids.
pub(super) fn second(when: &When) -> String {
    when.unix_us
        .map(|t| (t / SECOND_US).to_string())
        .or_else(|| when.uptime_us.map(|u| format!("up{}", u / 1_000_000)))
        .unwrap_or_default()
}

fn hints_of(why: &Why, covered: Option<bool>, node: &Node<'_>) -> Hints {
    let stop_by = why
        .actions
        .iter()
        .find(|a| matches!(a.kind, Kind::Stop { .. } | Kind::Signal(_) | Kind::Kill { .. }))
        .map(|a| a.by.to_owned());
    Hints {
        stop_by,
        grace_s: why.grace_s,
        words: why.words.clone(),
        covered,
        node_memory_bytes: node.memory_bytes,
        ..Hints::default()
    }
}

fn apply(incident: &mut Incident, why: Why, language: Language) {
    incident.verdict = why.verdict;
    incident.cause = why.cause;
    incident.agent = why.agent;
    incident.confidence = why.confidence;
    incident.confidence_reasons = why.reasons.iter().map(|r| r.tell(language)).collect();
}
