//! A report that can be shown to others: names of hosts, pods, containers, images, units, cgroups, files, programs,
//! addresses and ids are replaced by pseudonyms, the same name by the same pseudonym everywhere. Numbers, times, causes,
//! and the names of programs that stand on every machine stay: what the diagnosis rests on.
//!
//! Raw lines keep their numbers and the words that kernel and runtimes print; everything else in them goes.

mod known;
mod names;
mod path;
mod text;

#[cfg(test)]
mod tests;

use super::{
    Container, Dump, Evidence, Holder, HolderKind, Incident, Node, Problem, Report, Source, Surroundings, Termination,
    TimelineEntry, Workload,
};
use names::{Kind, Names};

/// Redacts a report. Without a key pseudonyms are numbered (`host-1`) and hold within the report; with one they are made
/// from key and name (`name-4f1d09b2aa`), so that reports with the same key can be compared, and nobody without the key
/// can find a name by trying.
pub fn redact(report: &Report, key: Option<&str>) -> Report {
    let mut walk = Walk { names: Names::new(key) };
    // What the first walk returns is of no use: a sentence may hold a name that is only met behind it.
    let _ = walk.report(report);
    walk.names.settle();
    walk.report(report)
}

struct Walk<'k> {
    names: Names<'k>,
}

impl Walk<'_> {
    fn report(&mut self, report: &Report) -> Report {
        let mut made = Report {
            schema: report.schema.clone(),
            oomscan: report.oomscan.clone(),
            summary: report.summary.clone(),
            nodes: self.all(&report.nodes, Self::node),
            incidents: self.all(&report.incidents, Self::incident),
            workloads: self.all(&report.workloads, Self::workload),
            sources: self.all(&report.sources, Self::source),
            problems: self.all(&report.problems, Self::problem),
        };
        // Last, so that a name has the same number in a report with context and in one without.
        for proof in made.incidents.iter_mut().flat_map(|incident| &mut incident.evidence) {
            proof.context = proof.context.as_ref().map(|context| Box::new(self.surroundings(context)));
        }
        made
    }

    fn all<T>(&mut self, items: &[T], one: impl Fn(&mut Self, &T) -> T) -> Vec<T> {
        items.iter().map(|item| one(self, item)).collect()
    }

    fn some(&mut self, value: Option<&String>, one: impl Fn(&mut Self, &str) -> String) -> Option<String> {
        value.map(|value| one(self, value))
    }

    fn sentence(&mut self, text: &str) -> String {
        text::sentence(&mut self.names, text)
    }

    fn sentences(&mut self, texts: &[String]) -> Vec<String> {
        texts.iter().map(|text| self.sentence(text)).collect()
    }

    fn name(&mut self, kind: Kind, name: &str) -> String {
        self.names.replace(kind, name)
    }

    /// A program stays when it stands on every machine, and nothing else here has its name.
    fn process(&mut self, name: &str) -> String {
        if known::is_program(name) && !self.names.knows(name) {
            return name.to_owned();
        }
        self.name(Kind::Process, name)
    }

    /// A host; its short name has the same pseudonym.
    fn host(&mut self, name: &str) -> String {
        let short = name.split('.').next().filter(|short| short.len() > 2 && short.len() < name.len());
        if let Some(short) = short.filter(|short| !short.bytes().all(|b| b.is_ascii_digit())) {
            self.names.alias(Kind::Host, name, short);
        }
        self.name(Kind::Host, name)
    }

    fn id(&mut self, id: &str) -> String {
        path::id(&mut self.names, id)
    }

    fn unit(&mut self, unit: &str) -> String {
        path::unit(&mut self.names, unit)
    }

    fn cgroup(&mut self, path: &str) -> String {
        path::cgroup(&mut self.names, path)
    }

    fn node(&mut self, node: &Node) -> Node {
        let mut made = node.clone();
        made.name = self.host(&node.name);
        for boot in &mut made.boots {
            boot.id = boot.id.as_deref().map(|id| self.id(id));
            for gap in boot.kernel_log.iter_mut().flat_map(|log| &mut log.gaps) {
                gap.reason = self.sentence(&gap.reason);
            }
        }
        made
    }

    fn incident(&mut self, incident: &Incident) -> Incident {
        // Containers first: a name is called after what it is, and a container is more than its process.
        let containers = self.all(&incident.containers, Self::container);
        let terminations = self.all(&incident.terminations, Self::termination);
        let mut made = incident.clone();
        made.containers = containers;
        made.terminations = terminations;
        made.id = self.id(&incident.id);
        made.node = self.host(&incident.node);
        made.boot_id = self.some(incident.boot_id.as_ref(), Self::id);
        made.agent = self.some(incident.agent.as_ref(), Self::process);
        self.limit_and_processes(&mut made);
        made.holders = self.all(&incident.holders, Self::holder);
        made.evidence = self.all(&incident.evidence, Self::evidence);
        made.confidence_reasons = self.sentences(&incident.confidence_reasons);
        made.summary = self.sentence(&incident.summary);
        made.explanation = self.sentences(&incident.explanation);
        for advice in &mut made.advice {
            advice.action = self.sentence(&advice.action);
            advice.reason = self.sentence(&advice.reason);
        }
        made.timeline = self.all(&incident.timeline, Self::step);
        made
    }

    fn limit_and_processes(&mut self, made: &mut Incident) {
        if let Some(limit) = &mut made.limit {
            limit.cgroup = limit.cgroup.as_deref().map(|path| self.cgroup(path));
        }
        for victim in &mut made.victims {
            victim.cgroup = victim.cgroup.as_deref().map(|path| self.cgroup(path));
            victim.comm = self.process(&victim.comm);
        }
        made.program = made.program.as_deref().map(|name| self.process(name));
        if let Some(trigger) = &mut made.trigger {
            trigger.comm = self.process(&trigger.comm);
        }
        for process in &mut made.processes {
            process.comm = self.process(&process.comm);
        }
        if let Some(dump) = &mut made.dump {
            self.dump(dump);
        }
    }

    fn dump(&mut self, dump: &mut Dump) {
        // The last name of a cgroup's path, or a cpuset's own.
        dump.cpuset = dump.cpuset.as_deref().map(|name| self.cgroup(name));
        for group in &mut dump.cgroups {
            group.name = self.cgroup(&group.name);
        }
        for score in &mut dump.scores {
            score.comm = self.process(&score.comm);
        }
        for slab in &mut dump.slabs {
            // `dentry(1234:ledger.service)`: up to Linux 5.8 each cgroup has caches of its own, called after it.
            if let Some((cache, cgroup)) = slab.name.split_once('(') {
                let (id, name) = cgroup.trim_end_matches(')').split_once(':').unwrap_or(("", cgroup));
                slab.name = format!("{cache}({id}:{})", self.cgroup(name));
            }
        }
    }

    fn container(&mut self, container: &Container) -> Container {
        Container {
            id: self.some(container.id.as_ref(), Self::id),
            name: self.some(container.name.as_ref(), |walk, name| walk.name(Kind::Container, name)),
            image: self.some(container.image.as_ref(), |walk, name| walk.name(Kind::Image, name)),
            runtime: self.some(container.runtime.as_ref(), Self::process),
            pod: self.some(container.pod.as_ref(), |walk, name| walk.name(Kind::Pod, name)),
            namespace: self.some(container.namespace.as_ref(), Self::namespace),
            pod_uid: self.some(container.pod_uid.as_ref(), Self::id),
            sandbox_id: self.some(container.sandbox_id.as_ref(), Self::id),
            attempt: container.attempt,
            unit: self.some(container.unit.as_ref(), Self::unit),
            qos: container.qos.clone(),
        }
    }

    fn namespace(&mut self, name: &str) -> String {
        if known::is_namespace(name) && !self.names.knows(name) {
            return name.to_owned();
        }
        self.name(Kind::Namespace, name)
    }

    fn termination(&mut self, end: &Termination) -> Termination {
        let mut made = end.clone();
        made.unit = self.some(end.unit.as_ref(), Self::unit);
        made.reason = self.some(end.reason.as_ref(), |walk, reason| {
            if known::is_reason(reason) { reason.to_owned() } else { text::scrub(&mut walk.names, reason) }
        });
        made.sources = end.sources.iter().map(|name| self.process(name)).collect();
        made
    }

    fn holder(&mut self, holder: &Holder) -> Holder {
        let mut made = holder.clone();
        made.name = match holder.kind {
            HolderKind::Process => self.process(&holder.name),
            HolderKind::Container => self.composite(Kind::Container, &holder.name),
            _ => self.sentence(&holder.name),
        };
        made
    }

    /// A name that can be made of several: `namespace/pod/container`, `container web of pod shop/web-0`.
    fn composite(&mut self, kind: Kind, name: &str) -> String {
        if self.names.knows(name) || !name.contains(['/', ' ']) {
            return if known::is_unit(name) { name.to_owned() } else { self.whole(kind, name) };
        }
        let mut made = String::new();
        for part in name.split_inclusive(['/', ' ']) {
            let word = part.trim_end_matches(['/', ' ']);
            let own = matches!(word, "pod" | "container" | "of" | "service" | "unit" | "") || known::is_namespace(word);
            made.push_str(&if own && !self.names.knows(word) { word.to_owned() } else { self.whole(kind, word) });
            made.push_str(part.get(word.len()..).unwrap_or_default());
        }
        made
    }

    /// One name: a unit keeps its end, an id its form.
    fn whole(&mut self, kind: Kind, name: &str) -> String {
        if self.names.knows(name) {
            return self.name(kind, name);
        }
        let is_id = name.len() >= 12 && name.bytes().all(|b| b.is_ascii_hexdigit());
        match known::end(name) {
            _ if is_id => self.id(name),
            "" => self.name(kind, name),
            _ => self.unit(name),
        }
    }

    fn step(&mut self, step: &TimelineEntry) -> TimelineEntry {
        TimelineEntry { actor: self.process(&step.actor).into(), text: self.sentence(&step.text), ..step.clone() }
    }

    fn evidence(&mut self, proof: &Evidence) -> Evidence {
        Evidence {
            source: path::path(&mut self.names, &proof.source),
            text: text::scrub(&mut self.names, &proof.text),
            ..proof.clone()
        }
    }

    fn surroundings(&mut self, context: &Surroundings) -> Surroundings {
        let mut scrubbed = |lines: &[String]| lines.iter().map(|line| text::scrub(&mut self.names, line)).collect();
        Surroundings { before: scrubbed(&context.before), after: scrubbed(&context.after) }
    }

    fn workload(&mut self, workload: &Workload) -> Workload {
        let mut made = workload.clone();
        made.name = self.composite(Kind::Container, &workload.name);
        made.node = self.host(&workload.node);
        made.namespace = self.some(workload.namespace.as_ref(), Self::namespace);
        made.incidents = workload.incidents.iter().map(|id| self.id(id)).collect();
        made.summary = self.sentence(&workload.summary);
        made
    }

    fn source(&mut self, source: &Source) -> Source {
        let mut made = source.clone();
        made.path = path::path(&mut self.names, &source.path);
        made.node = self.some(source.node.as_ref(), Self::host);
        made.problems = source.problems.iter().map(|text| text::message(&mut self.names, text)).collect();
        made
    }

    fn problem(&mut self, problem: &Problem) -> Problem {
        let mut made = problem.clone();
        made.source = self.some(problem.source.as_ref(), |walk, source| path::path(&mut walk.names, source));
        made.message = text::message(&mut self.names, &problem.message);
        made
    }
}
