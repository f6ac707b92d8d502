//! What all sources together know of each container: ids, names, pods, pids, limits.

use crate::event::ContainerRef;
use crate::identity::Identity;
use crate::report;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, OnceLock};

/// The shortest id prefix that is accepted as a name for a container (docker prints 12 digits).
const PREFIX_MIN: usize = 12;

/// Digits of a full id.
const FULL_ID: usize = 64;

/// All containers of a node.
#[derive(Debug, Default)]
pub(super) struct Containers {
    list: Vec<Known>,
    by_id: HashMap<Arc<str>, usize>,
    /// The same ids in order, for prefixes; made when the first is looked for.
    ids: OnceLock<BTreeMap<Arc<str>, usize>>,
    by_name: BTreeMap<Arc<str>, Vec<usize>>,
    /// By pod: uid, and name.
    by_uid: BTreeMap<Arc<str>, Vec<usize>>,
    by_pod: BTreeMap<Arc<str>, Vec<usize>>,
    /// By name, those whose pod's uid or name is not known.
    podless: BTreeMap<Arc<str>, Vec<usize>>,
    /// By the host pid of an init process; `None` where several had it.
    by_pid: BTreeMap<u32, Option<usize>>,
    /// Names of pods by their sandbox: (pod, namespace, uid).
    sandboxes: BTreeMap<Arc<str>, ContainerRef>,
    /// Pod names by uid.
    pods: BTreeMap<Arc<str>, PodNames>,
}

/// A pod's name and namespace.
type PodNames = (Option<Arc<str>>, Option<Arc<str>>);

/// One container.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Everything merged.
    pub(super) about: ContainerRef,
    /// Host pids of its init process, over its restarts.
    pub(super) pids: Vec<u32>,
}

impl Containers {
    /// Learns from every fact: full ids first, so that prefixes can be told.
    pub(super) fn learn<'a>(told: impl Iterator<Item = &'a ContainerRef> + Clone) -> Containers {
        let mut all = Containers::default();
        for about in told.clone().filter(|about| about.id.as_ref().is_some_and(|id| id.len() == FULL_ID)) {
            all.add(about);
        }
        for about in told.filter(|about| about.id.as_ref().is_some_and(|id| id.len() != FULL_ID)) {
            all.add(about);
        }
        all.name_all();
        all
    }

    /// Learns what ended and is told without an id: by pod and name (a piece of `kubectl describe`), by its name alone (`docker
    /// compose`), by its pod alone (a row of `kubectl get pods`, where nothing tells more of that pod).
    pub(super) fn learn_nameless<'a>(&mut self, told: impl Iterator<Item = &'a ContainerRef> + Clone) {
        // srun's tasks are told with their step.
        let told = told.filter(|c| c.id.is_none() && !c.sandbox && c.runtime.as_deref() != Some("slurm"));
        for about in told.clone() {
            let Some(name) = &about.name else { continue };
            let podless = about.pod.is_none() && about.pod_uid.is_none();
            let known = if podless { self.by_name.contains_key(name) } else { !self.named_in_pod(about).is_empty() };
            if !known {
                self.by_name.entry(name.clone()).or_default().push(self.list.len());
                self.push(about);
            }
        }
        for about in told.filter(|about| about.name.is_none() && about.pod.is_some()) {
            if self.of_pod(about).is_empty() {
                self.push(about);
            }
        }
    }

    fn push(&mut self, about: &ContainerRef) {
        self.list.push(Known { about: about.clone(), pids: Vec::new() });
        self.file_by_pod(self.list.len() - 1);
    }

    fn add(&mut self, about: &ContainerRef) {
        let Some(id) = &about.id else { return };
        if let Some(uid) = &about.pod_uid {
            let pod = self.pods.entry(uid.clone()).or_default();
            pod.0 = pod.0.take().or_else(|| about.pod.clone());
            pod.1 = pod.1.take().or_else(|| about.namespace.clone());
        }
        if about.sandbox {
            merge(self.sandboxes.entry(id.clone()).or_default(), about);
        }
        // Full ids come first, and none is a prefix of another.
        let known = if id.len() == FULL_ID { self.by_id.get(id).copied() } else { self.find(id) };
        let index = match known {
            Some(index) => index,
            None => {
                self.list.push(Known::default());
                self.list.len() - 1
            }
        };
        let known = &mut self.list[index];
        merge(&mut known.about, about);
        if let Some(pid) = about.pid.filter(|p| !known.pids.contains(p)) {
            known.pids.push(pid);
            self.by_pid.entry(pid).and_modify(|only| *only = None).or_insert(Some(index));
        }
        if !self.by_id.contains_key(id) {
            self.by_id.insert(Arc::clone(id), index);
            self.ids.get_mut().into_iter().for_each(|ids| _ = ids.insert(Arc::clone(id), index));
        }
        for other in other_ids(about) {
            self.by_id.entry(other.into()).or_insert(index);
        }
    }

    /// Gives every container its pod's names, and makes the look-up by name.
    fn name_all(&mut self) {
        for (index, known) in self.list.iter_mut().enumerate() {
            let about = &mut known.about;
            if let Some(sandbox) = about.sandbox_id.as_ref().and_then(|s| self.sandboxes.get(s)) {
                fill(&mut about.pod, &sandbox.pod);
                fill(&mut about.namespace, &sandbox.namespace);
                fill(&mut about.pod_uid, &sandbox.pod_uid);
            }
            if let Some((pod, namespace)) = about.pod_uid.as_ref().and_then(|u| self.pods.get(u)) {
                fill(&mut about.pod, pod);
                fill(&mut about.namespace, namespace);
            }
            if about.unit.is_none()
                && let Some(cgroup) = &about.cgroup
            {
                about.unit = crate::identity::parse(cgroup).runner.map(Into::into);
            }
            if let Some(name) = &about.name {
                self.by_name.entry(name.clone()).or_default().push(index);
            }
        }
        for index in 0..self.list.len() {
            self.file_by_pod(index);
        }
    }

    /// Makes the look-ups by pod. Called in order of the indices, so that each list is in order.
    fn file_by_pod(&mut self, index: usize) {
        let about = &self.list[index].about;
        if let Some(uid) = &about.pod_uid {
            self.by_uid.entry(uid.clone()).or_default().push(index);
        }
        if let Some(pod) = &about.pod {
            self.by_pod.entry(pod.clone()).or_default().push(index);
        }
        if let Some(name) = about.name.as_ref().filter(|_| about.pod_uid.is_none() || about.pod.is_none()) {
            self.podless.entry(name.clone()).or_default().push(index);
        }
    }

    /// Those that are of the same pod by its uid or by its name, in order.
    fn in_pod(&self, about: &ContainerRef) -> impl Iterator<Item = usize> {
        let by_uid = about.pod_uid.as_ref().and_then(|uid| self.by_uid.get(uid));
        let by_pod = about.pod.as_ref().and_then(|pod| self.by_pod.get(pod));
        both(by_uid, by_pod)
    }

    /// The container of an id or of a prefix of one, when only one fits.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        if let Some(index) = self.by_id.get(id) {
            return Some(*index);
        }
        if let Some(short) = short_task(id) {
            return self.by_id.get(short.as_str()).copied();
        }
        if id.len() < PREFIX_MIN || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let by_id = || self.by_id.iter().map(|(id, index)| (Arc::clone(id), *index)).collect();
        let ids = self.ids.get_or_init(by_id);
        let mut fits = ids
            .range::<str, _>((Bound::Included(id), Bound::Unbounded))
            .take_while(|(k, _)| k.starts_with(id))
            .map(|(_, i)| *i);
        let longer = fits.next();
        if longer.is_some() {
            return longer.filter(|first| fits.all(|i| i == *first));
        }
        // The other way round: a shorter form of this id is known.
        let (known, index) = ids.range::<str, _>((Bound::Unbounded, Bound::Excluded(id))).next_back()?;
        (known.len() >= PREFIX_MIN && id.starts_with(known.as_ref())).then_some(*index)
    }

    /// The container that a fact speaks of: by id, else by a name or pod and name that only one container has.
    pub(super) fn of(&self, about: &ContainerRef) -> Option<usize> {
        if let Some(id) = &about.id {
            return self.find(id);
        }
        let Some(name) = &about.name else { return self.of_pod_alone(about) };
        let same = |i: &usize| {
            let known = &self.list[*i].about;
            agree(&known.pod_uid, &about.pod_uid)
                && agree(&known.pod, &about.pod)
                && agree(&known.namespace, &about.namespace)
        };
        let Some(list) = self.by_name.get(name) else {
            return self.by_name_end(name).or_else(|| self.by_service(name).filter(|_| about.pod.is_none()));
        };
        // Thousands of pods may have a container of this name: only those that can be of the same pod are looked at.
        let pod = match (&about.pod_uid, &about.pod) {
            (Some(uid), _) => Some(self.by_uid.get(uid)),
            (None, Some(pod)) => Some(self.by_pod.get(pod)),
            (None, None) => None,
        };
        let list = match pod {
            Some(of_pod) => both(of_pod, self.podless.get(name)),
            None => both(Some(list), None),
        };
        let mut fits = list.filter(|i| self.list[*i].about.name.as_ref() == Some(name)).filter(same);
        let first = fits.next()?;
        match (fits.next(), about.attempt) {
            (None, _) => Some(first),
            (Some(second), Some(attempt)) => {
                let mut list = [first, second].into_iter().chain(fits);
                list.find(|i| self.list[*i].about.attempt == Some(attempt))
            }
            _ => None,
        }
    }

    /// What is known of a pod whose containers nothing names.
    fn of_pod_alone(&self, about: &ContainerRef) -> Option<usize> {
        let list = self.by_pod.get(about.pod.as_ref()?)?;
        let fits = |i: &&usize| {
            let known = &self.list[**i].about;
            known.name.is_none() && known.id.is_none() && agree(&known.namespace, &about.namespace)
        };
        list.iter().find(fits).copied()
    }

    /// A collector's file name such as `canal-story-canal-server` ends with the name of the container `canal-server`.
    fn by_name_end(&self, name: &str) -> Option<usize> {
        let longest = name.match_indices('-').find_map(|(dash, _)| self.by_name.get(&name[dash + 1..]))?;
        match longest.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// `docker compose logs` leaves the project out of the name: `ledger-1` of `shop-ledger-1`.
    fn by_service(&self, name: &str) -> Option<usize> {
        let numbered = name.rsplit(['-', '_']).next().is_some_and(|end| end.bytes().all(|c| c.is_ascii_digit()));
        let is_whole = |whole: &str| whole.strip_suffix(name).is_some_and(|project| project.ends_with(['-', '_']));
        let mut named = self.by_name.iter().filter(|(whole, _)| numbered && is_whole(whole)).flat_map(|(_, list)| list);
        named.next().copied().filter(|_| named.next().is_none())
    }

    /// The container whose id (a plain name with `ctr`) is the last part of a cgroup path: `/default/gateway-ctr`.
    pub(super) fn by_leaf(&self, cgroup: &str) -> Option<usize> {
        let leaf = cgroup.rsplit('/').next().filter(|l| !l.is_empty())?;
        self.by_id.get(leaf).copied()
    }

    /// All containers of a pod that have a fact's container name, whatever their attempt.
    pub(super) fn named_in_pod(&self, about: &ContainerRef) -> Vec<usize> {
        let Some(name) = &about.name else { return Vec::new() };
        let fits = |i: &usize| {
            let known = &self.list[*i].about;
            let by_uid = about.pod_uid.is_some() && known.pod_uid == about.pod_uid;
            let by_pod = about.pod.is_some() && known.pod == about.pod && agree(&known.namespace, &about.namespace);
            known.name.as_ref() == Some(name) && (by_uid || by_pod)
        };
        self.in_pod(about).filter(fits).collect()
    }

    /// All containers (not sandboxes) of a pod.
    pub(super) fn of_pod(&self, about: &ContainerRef) -> Vec<usize> {
        let fits = |known: &Known| {
            let known = &known.about;
            let by_uid = about.pod_uid.is_some() && known.pod_uid == about.pod_uid;
            let by_name = about.pod.is_some() && known.pod == about.pod && agree(&known.namespace, &about.namespace);
            !known.sandbox && (by_uid || (by_name && agree(&known.pod_uid, &about.pod_uid)))
        };
        self.in_pod(about).filter(|i| fits(&self.list[*i])).collect()
    }

    /// What is known of one.
    pub(super) fn get(&self, index: usize) -> &Known {
        &self.list[index]
    }

    /// The container whose init process has this pid, when there is only one.
    pub(super) fn by_pid(&self, pid: u32) -> Option<usize> {
        self.by_pid.get(&pid).copied().flatten()
    }

    /// A container for the report: what the cgroup path says, filled with what the runtime's records say.
    pub(super) fn for_report(&self, identity: &Identity) -> Option<report::Container> {
        let in_path = identity.containers.iter().find(|c| !c.monitor);
        let mut shown = report::Container {
            pod_uid: identity.pod_uid.clone(),
            qos: identity.qos.map(str::to_owned),
            unit: identity
                .unit
                .clone()
                .filter(|_| in_path.is_none_or(|c| c.is_of_platform() && !c.is_job()))
                .or_else(|| identity.runner.clone()),
            ..report::Container::default()
        };
        if let Some(path) = in_path {
            shown.id = path.own_id().map(str::to_owned);
            shown.name.clone_from(&path.name);
            shown.runtime = path.runtime.map(str::to_owned);
            if let Some(known) = self.find(&path.id) {
                fill_report(&mut shown, &self.list[known].about);
            }
        } else {
            identity.pod_uid.as_ref()?;
        }
        self.name_pod(&mut shown);
        Some(shown)
    }

    /// A container for the report by its index.
    pub(super) fn show(&self, index: usize) -> report::Container {
        let mut shown = report::Container::default();
        fill_report(&mut shown, &self.list[index].about);
        if let Some(cgroup) = &self.list[index].about.cgroup {
            let identity = crate::identity::parse(cgroup);
            shown.qos = identity.qos.map(str::to_owned);
        }
        self.name_pod(&mut shown);
        shown
    }

    fn name_pod(&self, shown: &mut report::Container) {
        if let Some((pod, namespace)) = shown.pod_uid.as_deref().and_then(|u| self.pods.get(u)) {
            lend(&mut shown.pod, pod);
            lend(&mut shown.namespace, namespace);
        }
    }
}

/// The shortest form that Nomad prints of `<allocation uuid>.<task>`: eight digits of the allocation.
fn short_task(id: &str) -> Option<String> {
    let (allocation, task) = id.split_at_checked(36)?;
    let is_uuid = allocation.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    (is_uuid && task.starts_with('.')).then(|| format!("{}{task}", allocation.get(..8).unwrap_or(allocation)))
}

/// Other ids of a task of Nomad: the short one, and the task of a container that Nomad's docker or podman driver has named
/// `<task>-<allocation>`.
fn other_ids(about: &ContainerRef) -> Vec<String> {
    let named = about.name.as_deref().and_then(|name| {
        let (task, allocation) = name.split_at_checked(name.len().checked_sub(36)?)?;
        Some(format!("{allocation}.{}", task.strip_suffix('-')?))
    });
    let whole = about.id.as_deref().map(str::to_owned).into_iter().chain(named);
    whole.filter_map(|id| short_task(&id).map(|short| [short, id])).flatten().collect()
}

/// What stands in either list, each once and in order; both are in order.
fn both<'a>(a: Option<&'a Vec<usize>>, b: Option<&'a Vec<usize>>) -> impl Iterator<Item = usize> + use<'a> {
    let mut a = a.into_iter().flatten().copied().peekable();
    let mut b = b.into_iter().flatten().copied().peekable();
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(x), Some(y)) if x == y => {
            b.next();
            a.next()
        }
        (Some(x), Some(y)) if y < x => b.next(),
        (Some(_), _) => a.next(),
        (None, _) => b.next(),
    })
}

fn agree<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
    a.is_none() || b.is_none() || a == b
}

fn fill<T: Clone>(own: &mut Option<T>, other: &Option<T>) {
    if own.is_none() {
        own.clone_from(other);
    }
}

/// As [`fill`], from a shared text.
fn lend(own: &mut Option<String>, other: &Option<Arc<str>>) {
    if own.is_none() {
        *own = other.as_deref().map(str::to_owned);
    }
}

fn fill_report(shown: &mut report::Container, about: &ContainerRef) {
    let own = about.id.as_ref().filter(|_| !about.is_unnamed());
    if own.is_some_and(|id| shown.id.as_ref().is_none_or(|own| own.len() < id.len())) {
        shown.id = about.id.as_deref().map(str::to_owned);
    }
    lend(&mut shown.name, &about.name);
    lend(&mut shown.image, &about.image);
    lend(&mut shown.runtime, &about.runtime);
    lend(&mut shown.pod, &about.pod);
    lend(&mut shown.namespace, &about.namespace);
    lend(&mut shown.pod_uid, &about.pod_uid);
    lend(&mut shown.sandbox_id, &about.sandbox_id);
    fill(&mut shown.attempt, &about.attempt);
    lend(&mut shown.unit, &about.unit);
}

/// Merges what two facts say of one container; the longer id and the first non-empty value win.
fn merge(own: &mut ContainerRef, other: &ContainerRef) {
    if other.id.as_ref().is_some_and(|id| own.id.as_ref().is_none_or(|o| o.len() < id.len())) {
        own.id.clone_from(&other.id);
    }
    fill(&mut own.name, &other.name);
    fill(&mut own.image, &other.image);
    fill(&mut own.pod, &other.pod);
    fill(&mut own.namespace, &other.namespace);
    fill(&mut own.pod_uid, &other.pod_uid);
    fill(&mut own.sandbox_id, &other.sandbox_id);
    fill(&mut own.attempt, &other.attempt);
    fill(&mut own.pid, &other.pid);
    fill(&mut own.cgroup, &other.cgroup);
    fill(&mut own.limit_bytes, &other.limit_bytes);
    fill(&mut own.unit, &other.unit);
    own.sandbox |= other.sandbox;
    // dockerd's containers are seen by containerd too: the more telling name wins.
    match (&own.runtime, &other.runtime) {
        (None, Some(_)) => own.runtime.clone_from(&other.runtime),
        (Some(a), Some(b)) if **a == *"containerd" && matches!(&**b, "docker" | "podman") => {
            own.runtime.clone_from(&other.runtime)
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn id(c: char) -> String {
        std::iter::repeat_n(c, 64).collect()
    }

    #[test]
    fn a_task_of_nomad_has_several_ids() {
        let allocation = "5b0e9a31-77d4-1c2f-9a0e-3d5f6b7c8d9e";
        let (long, short) = (format!("{allocation}.web"), "5b0e9a31.web".to_owned());
        for (first, second) in [(&long, &short), (&short, &long)] {
            let with_id = |id: &String| ContainerRef { id: Some(id.as_str().into()), ..ContainerRef::default() };
            let facts = [with_id(first), with_id(second)];
            let all = Containers::learn(facts.iter());
            assert_eq!((all.find(&long), all.find(&short), all.find("5b0e9a31.we")), (Some(0), Some(0), None));
        }
        let name = Some(format!("web-{allocation}").into());
        let docker = ContainerRef { id: Some(id('a').into()), name, ..ContainerRef::default() };
        let all = Containers::learn([docker].iter());
        assert_eq!((all.find(&long), all.find(&short)), (Some(0), Some(0)));
    }

    #[test]
    fn a_prefix_finds_its_container_only_when_it_is_the_only_one() {
        let (one, other) = (id('a'), format!("{}{}", "a".repeat(13), "b".repeat(51)));
        let facts: Vec<ContainerRef> = [&one, &other]
            .iter()
            .map(|i| ContainerRef { id: Some(i.as_str().into()), ..ContainerRef::default() })
            .collect();
        let all = Containers::learn(facts.iter());
        assert_eq!(all.find(&"a".repeat(12)), None);
        assert_eq!(all.find(&"a".repeat(14)), all.find(&one));
        assert_eq!(all.find("aaaa"), None);
    }

    #[test]
    fn names_come_from_every_source() {
        let sandbox = ContainerRef {
            id: Some(id('5').into()),
            sandbox: true,
            pod: Some("web-0".into()),
            pod_uid: Some("u1".into()),
            ..ContainerRef::default()
        };
        let made = ContainerRef {
            id: Some(id('c').into()),
            name: Some("web".into()),
            sandbox_id: Some(id('5').into()),
            ..ContainerRef::default()
        };
        let facts = [(made), (sandbox)];
        let all = Containers::learn(facts.iter());
        let shown = all.show(all.find(&id('c')).unwrap());
        assert_eq!(
            (shown.name.as_deref(), shown.pod.as_deref(), shown.pod_uid.as_deref()),
            (Some("web"), Some("web-0"), Some("u1"))
        );
    }

    fn app(id: Option<String>, pod_uid: Option<&str>) -> ContainerRef {
        ContainerRef {
            id: id.map(Into::into),
            name: Some("app".into()),
            pod_uid: pod_uid.map(Into::into),
            ..ContainerRef::default()
        }
    }

    #[test]
    fn a_name_is_looked_for_in_its_pod_and_among_those_of_unknown_pods() {
        let facts = [(app(Some(id('a')), Some("u1"))), (app(Some(id('b')), Some("u2")))];
        let all = Containers::learn(facts.iter());
        assert_eq!(all.of(&app(None, Some("u2"))), all.find(&id('b')));
        assert_eq!(all.named_in_pod(&app(None, Some("u2"))), [1]);
        assert_eq!(all.of_pod(&app(None, Some("u1"))), [0]);
        assert_eq!(all.of(&app(None, Some("u3"))), None);
        assert_eq!(all.of(&app(None, None)), None, "two have the name");
        let facts = [(app(Some(id('a')), Some("u1"))), (app(Some(id('c')), None))];
        let all = Containers::learn(facts.iter());
        assert_eq!(all.of(&app(None, Some("u3"))), all.find(&id('c')), "it may be of any pod");
        assert_eq!(all.of(&app(None, Some("u1"))), None, "either may be meant");
    }

    #[test]
    fn a_files_name_ends_with_the_longest_name_known() {
        let named = |c: char, name: &str| ContainerRef { name: Some(name.into()), ..app(Some(id(c)), None) };
        let facts = [named('a', "server"), named('b', "canal-server")];
        let all = Containers::learn(facts.iter());
        let of = |name: &str| all.of(&ContainerRef { name: Some(name.into()), ..ContainerRef::default() });
        assert_eq!(of("story-canal-server"), all.find(&id('b')));
        assert_eq!(of("story-server"), all.find(&id('a')));
        assert_eq!((of("storyserver"), of("server-story")), (None, None));
    }

    #[test]
    fn a_pid_tells_its_container_only_when_one_had_it() {
        let with = |c: char, pid: u32| ContainerRef { pid: Some(pid), ..app(Some(id(c)), None) };
        let facts = [with('a', 7), with('a', 7), with('a', 8), with('b', 8)];
        let all = Containers::learn(facts.iter());
        assert_eq!((all.by_pid(7), all.by_pid(8), all.by_pid(9)), (Some(0), None, None));
    }
}
