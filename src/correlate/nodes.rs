//! Which node every fact belongs to. A record's own host name wins; a source that names none takes the host of its
//! bundle's nearest neighbours; a bundle that names none is a node of its own, unless it shows the very kills of a known node.

use super::ids::{killed_ids, told_id};
use super::nameless::{self, Named};
use super::told::Share;
use crate::event::{Event, Fact, Kill, Lives, SourceFacts};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

/// The events of one node, each with the index of its source.
#[derive(Debug, Default)]
pub(super) struct NodeEvents {
    /// Name in the report.
    pub(super) name: String,
    /// (index of the source, event), in source order.
    pub(super) events: Vec<(usize, Event)>,
    /// The place of each among the events of its source.
    pub(super) order: Vec<u32>,
    /// Packed facts, in source order.
    pub(super) lives: Vec<Share>,
    /// Sources that belong to this node as a whole.
    pub(super) sources: Vec<usize>,
}

/// Splits all events by node, taking them out of their sources. Nodes come in order of their names.
pub(super) fn split(sources: &mut [SourceFacts]) -> Vec<NodeEvents> {
    let names = Names::of(sources);
    let nested = nested_killed(sources, &names);
    let mut nodes: BTreeMap<String, NodeEvents> = BTreeMap::new();
    // A log names few hosts, many times each.
    let mut of_host: HashMap<Arc<str>, Option<String>> = HashMap::new();
    for (index, source) in sources.iter_mut().enumerate() {
        let own = names.of_source[index].clone();
        let is_silent = source.is_silent();
        for (place, event) in std::mem::take(&mut source.events).into_iter().enumerate() {
            let name = owner(told_id(&event), event.host.as_ref(), &own, &mut of_host, &names, &nested);
            let node = nodes.entry(name).or_default();
            node.events.push((index, event));
            node.order.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        let of = |id: Option<&str>, host: Option<&Arc<str>>| owner(id, host, &own, &mut of_host, &names, &nested);
        for (name, which) in shares(&source.lives, of) {
            nodes.entry(name).or_default().lives.push(Share { source: index, which });
        }
        if !is_silent || !source.epochs.is_empty() {
            nodes.entry(own).or_default().sources.push(index);
        }
    }
    nodes
        .into_iter()
        .map(|(name, mut node)| {
            node.name = name;
            node
        })
        .collect()
}

/// The nodes that a source's packed facts are of; that of all of them, nearly always.
fn shares(
    lives: &Lives,
    mut owner: impl FnMut(Option<&str>, Option<&Arc<str>>) -> String,
) -> BTreeMap<String, Option<Vec<u32>>> {
    let of_subject: Vec<String> = lives.hosted().map(|(host, about)| owner(about.id.as_deref(), host)).collect();
    let names: BTreeSet<&String> = of_subject.iter().collect();
    if names.len() < 2 {
        return names.into_iter().map(|name| (name.clone(), None)).collect();
    }
    let mut shares: BTreeMap<String, Option<Vec<u32>>> = BTreeMap::new();
    for life in lives.iter() {
        let share = shares.entry(of_subject[life.subject()].clone()).or_default();
        share.get_or_insert_default().push(u32::try_from(life.index).unwrap_or(u32::MAX));
    }
    shares
}

/// The node of a fact about a container (or none) that a host told.
fn owner(
    id: Option<&str>,
    host: Option<&Arc<str>>,
    own: &String,
    of_host: &mut HashMap<Arc<str>, Option<String>>,
    names: &Names,
    nested: &BTreeMap<String, BTreeSet<String>>,
) -> String {
    let outer = id.and_then(|id| nested.get(id)).filter(|nodes| nodes.len() == 1);
    if let Some(host) = host.filter(|host| !of_host.contains_key(*host)) {
        of_host.insert(host.clone(), names.of_host(host));
    }
    let told = host.and_then(|host| of_host.get(host)).and_then(Option::as_ref);
    outer.and_then(BTreeSet::first).or(told).unwrap_or(own).clone()
}

/// Host names that say nothing.
fn usable(host: &str) -> Option<String> {
    let host = host.trim().trim_end_matches('.').to_lowercase();
    let empty =
        host.is_empty() || matches!(host.as_str(), "localhost" | "localhost.localdomain" | "(none)" | "-" | "kernel");
    (!empty).then_some(host)
}

struct Names {
    /// Full name by short name, where only one is known.
    full: BTreeMap<String, BTreeSet<String>>,
    /// Short names that are made of an address.
    of_address: BTreeMap<IpAddr, BTreeSet<String>>,
    of_source: Vec<String>,
}

impl Names {
    fn of(sources: &[SourceFacts]) -> Names {
        let mut names = Names { full: BTreeMap::new(), of_address: BTreeMap::new(), of_source: Vec::new() };
        let raw: Vec<Option<String>> = sources.iter().map(own_host).collect();
        let in_events: BTreeSet<&str> = sources
            .iter()
            .flat_map(|s| s.events.iter().filter_map(|e| e.host.as_ref()).chain(s.lives.hosts()))
            .map(|host| &**host)
            .collect();
        for host in raw.iter().flatten().cloned().chain(in_events.into_iter().filter_map(usable)) {
            if let Some(address) = named_address(short(&host)) {
                names.of_address.entry(address).or_default().insert(short(&host).to_owned());
            }
            names.full.entry(short(&host).to_owned()).or_default().insert(host);
        }
        let hosts: Vec<Option<String>> = raw.iter().map(|h| h.as_deref().map(|h| names.canonical(h))).collect();
        let folders = Folders::of(sources, &hosts);
        let name =
            |(source, host): (&SourceFacts, &Option<String>)| host.clone().unwrap_or_else(|| folders.name(source));
        names.of_source = sources.iter().zip(&hosts).map(name).collect();
        let same = names.by_same_kills(sources, &hosts);
        let owner = names.by_killed_containers(sources, &hosts);
        let only = names.by_being_alone(sources, &hosts);
        for ((name, source), owner) in names.of_source.iter_mut().zip(sources).zip(owner) {
            let unnamed = *name == bundle_name(&source.root_path);
            let only = || only.iter().find(|(root, _)| *root == source.root_path).map(|(_, node)| node.clone());
            if let Some(known) = same.get(&source.root_path).cloned().or(owner).or_else(only).filter(|_| unnamed) {
                *name = known;
            }
        }
        names.join_nameless(sources, &hosts);
        names
    }

    /// What is left without a host goes with that which tells of the same.
    fn join_nameless(&mut self, sources: &[SourceFacts], hosts: &[Option<String>]) {
        let is_named = |(name, (source, host)): (&String, (&SourceFacts, &Option<String>))| {
            host.is_some() || *name != bundle_name(&source.root_path)
        };
        let by_host: Vec<bool> = self.of_source.iter().zip(sources.iter().zip(hosts)).map(is_named).collect();
        let named = |(name, by_host)| Named { name, by_host };
        let nodes: Vec<Named<'_>> =
            self.of_source.iter().map(String::as_str).zip(by_host.iter().copied()).map(named).collect();
        let is_of = |event: &Event, name: &str| match event.host.as_deref().and_then(|host| self.of_host(host)) {
            Some(host) => host == name,
            None => true,
        };
        let joined = nameless::join(sources, &nodes, &is_of);
        for (name, _) in self.of_source.iter_mut().zip(&by_host).filter(|(_, by_host)| !**by_host) {
            if let Some(node) = joined.get(name) {
                name.clone_from(node);
            }
        }
    }

    /// The one node that documents tell of, where one bundle or file has a kernel log and names no host: `dmesg` beside `kubectl describe
    /// pod`. With the bundle's path.
    fn by_being_alone(&self, sources: &[SourceFacts], hosts: &[Option<String>]) -> Option<(String, String)> {
        let mut nodes: BTreeSet<String> = BTreeSet::new();
        let mut nameless: BTreeSet<&str> = BTreeSet::new();
        for (source, own) in sources.iter().zip(hosts) {
            let printed = source.events.iter().filter_map(|event| event.host.as_ref()).chain(source.lives.hosts());
            let told: BTreeSet<String> =
                printed.filter_map(|host| self.of_host(host)).chain(own.iter().cloned()).collect();
            let kernel = source.epochs.iter().any(|epoch| epoch.kernel.is_some());
            if kernel && !told.is_empty() {
                return None;
            }
            nameless.extend(kernel.then_some(source.root_path.as_str()));
            nodes.extend(told);
        }
        let root = nameless.first().filter(|_| nameless.len() == 1)?;
        let node = nodes.first().filter(|_| nodes.len() == 1)?;
        Some(((*root).to_owned(), node.clone()))
    }

    /// For each source that names no host the one node that is told to run the containers whose processes were killed in it:
    /// a node's `dmesg` beside `kubectl get pods -o yaml`, which names the nodes of all pods.
    fn by_killed_containers(&self, sources: &[SourceFacts], hosts: &[Option<String>]) -> Vec<Option<String>> {
        let killed: Vec<BTreeSet<String>> = sources
            .iter()
            .zip(hosts)
            .map(|(source, own)| match own {
                Some(_) => BTreeSet::new(),
                None => source.events.iter().flat_map(killed_ids).collect(),
            })
            .collect();
        let wanted: BTreeSet<&str> = killed.iter().flatten().map(String::as_str).collect();
        let mut runs: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (source, own) in sources.iter().zip(hosts) {
            let by_events = source.events.iter().map(|event| (event.host.as_ref(), told_id(event)));
            let by_lives = source.lives.hosted().map(|(host, about)| (host, about.id.as_deref()));
            for (host, id) in by_events.chain(by_lives).take_while(|_| !wanted.is_empty()) {
                let Some(id) = id.and_then(|id| wanted.get(id).copied()) else { continue };
                let host = host.map(|host| &**host).and_then(|host| self.of_host(host)).or_else(|| own.clone());
                runs.entry(id).or_default().extend(host);
            }
        }
        let owner = |ids: &BTreeSet<String>| {
            let nodes: BTreeSet<&String> = ids.iter().filter_map(|id| runs.get(id.as_str())).flatten().collect();
            nodes.first().filter(|_| nodes.len() == 1).map(|node| (*node).clone())
        };
        let owners: Vec<Option<String>> = killed.iter().map(owner).collect();
        // Documents of a bundle go with its kernel log.
        let mut of_root: BTreeMap<&str, BTreeSet<&String>> = BTreeMap::new();
        for (source, owner) in sources.iter().zip(&owners) {
            of_root.entry(&source.root_path).or_default().extend(owner);
        }
        let with_root = |(source, own): (&SourceFacts, &Option<String>)| {
            let document = source.epochs.iter().all(|epoch| epoch.kernel.is_none()) && own.is_none();
            let root = of_root.get(source.root_path.as_str()).filter(|nodes| document && nodes.len() == 1);
            own.clone().or_else(|| root.and_then(|nodes| nodes.first()).map(|node| (*node).clone()))
        };
        sources.iter().zip(&owners).map(with_root).collect()
    }

    /// Bundles that name no host, by their path, whose kernel kills are those of exactly one known node: a second copy of
    /// that node's log.
    fn by_same_kills(&self, sources: &[SourceFacts], hosts: &[Option<String>]) -> BTreeMap<String, String> {
        let mut known: BTreeMap<Print<'_>, BTreeSet<String>> = BTreeMap::new();
        for (source, own) in sources.iter().zip(hosts) {
            for event in &source.events {
                let host = event.host.as_deref().and_then(|host| self.of_host(host)).or_else(|| own.clone());
                if let Some(host) = host {
                    prints(event).for_each(|p| _ = known.entry(p).or_default().insert(host.clone()));
                }
            }
        }
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (source, _) in sources.iter().zip(hosts).filter(|(s, own)| s.bundled && own.is_none()) {
            let here = source.events.iter().flat_map(prints).filter_map(|p| known.get(&p)).flatten().cloned();
            found.entry(source.root_path.clone()).or_default().extend(here);
        }
        let only = |(root, names): (String, BTreeSet<String>)| {
            names.first().filter(|_| names.len() == 1).map(|name| (root, name.clone()))
        };
        found.into_iter().filter_map(only).collect()
    }

    /// The node of an event of a source whose node is `own`.
    fn of_event(&self, event: &Event, own: &str) -> String {
        event.host.as_deref().and_then(|host| self.of_host(host)).unwrap_or_else(|| own.to_owned())
    }

    /// The node of a printed host name; `None` where the name says nothing.
    fn of_host(&self, host: &str) -> Option<String> {
        usable(host).map(|host| self.canonical(&host))
    }

    /// The short name, unless two different full names share it. Of an address the one name that is made of it.
    fn canonical(&self, host: &str) -> String {
        let made = host.parse::<IpAddr>().ok().and_then(|address| self.of_address.get(&address));
        let host = made.filter(|names| names.len() == 1).and_then(|names| names.first()).map_or(host, String::as_str);
        let long: Vec<&String> =
            self.full.get(short(host)).into_iter().flatten().filter(|h| h.contains('.') && !is_address(h)).collect();
        if is_address(host) || long.len() > 1 { host.to_owned() } else { short(host).to_owned() }
    }
}

/// Containers within containers (kind, Docker in Docker) in whose cgroups processes were killed, with the nodes whose kernels did
/// it: the inner runtime calls itself a node of its own, but what it tells of them belongs to the node with the kill.
fn nested_killed(sources: &[SourceFacts], names: &Names) -> BTreeMap<String, BTreeSet<String>> {
    let mut nested: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (source, own) in sources.iter().zip(&names.of_source) {
        for event in &source.events {
            // The innermost comes first; the last one is a container of the node itself.
            let mut ids = killed_ids(event);
            ids.pop();
            for id in ids {
                nested.entry(id).or_default().insert(names.of_event(event, own));
            }
        }
    }
    nested
}

/// What tells a kernel kill from every other one: microseconds since boot, pid, sizes and the victim's cgroup.
type Print<'a> = (u64, u32, u64, u64, Option<&'a str>);

fn prints(event: &Event) -> impl Iterator<Item = Print<'_>> {
    let oom = match &event.fact {
        Fact::KernelOom(oom) => Some(oom),
        _ => None,
    };
    let cgroup = oom.and_then(|o| o.summary.as_ref()).and_then(|s| s.task_memcg.as_deref());
    let print = move |k: &Kill| Some((k.stamp.uptime_us?, k.pid, k.total_vm_kb?, k.anon_rss_kb?, cgroup));
    oom.into_iter().flat_map(|o| &o.kills).filter_map(print)
}

fn short(host: &str) -> &str {
    if is_address(host) { host } else { host.split('.').next().unwrap_or(host) }
}

fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}

/// `ip-10-0-3-7` of EC2, `10-0-3-7` of other clouds.
fn named_address(short: &str) -> Option<IpAddr> {
    let digits = short.strip_prefix("ip-").unwrap_or(short);
    let parts = digits.split('-').filter(|part| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit())).count();
    (parts == 4).then(|| digits.replace('-', ".").parse().ok())?
}

/// The host that a source names most often: in its records, in a document about the node, or in its path.
fn own_host(source: &SourceFacts) -> Option<String> {
    let told = source.events.iter().find_map(|e| match &e.fact {
        Fact::Node(n) => n.hostname.as_deref().and_then(usable),
        _ => None,
    });
    let most = || {
        let named = source.hosts.iter().filter_map(|(h, n)| usable(h).map(|h| (h, *n)));
        named.max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0))).map(|(h, _)| h)
    };
    told.or_else(most).or_else(|| source.path_host.as_deref().and_then(usable))
}

/// How often each host is named in one folder (or archive) and below.
type Hosts<'a> = BTreeMap<&'a str, usize>;

/// The hosts of all folders of all inputs. A bundle has thousands of files: each is looked at once for each folder above it.
struct Folders<'a> {
    hosts: HashMap<(usize, &'a str), Hosts<'a>>,
    /// The only host there is.
    only: Option<&'a str>,
}

impl<'a> Folders<'a> {
    fn of(sources: &'a [SourceFacts], hosts: &'a [Option<String>]) -> Self {
        let mut folders: HashMap<(usize, &str), Hosts<'_>> = HashMap::new();
        for (source, host) in sources.iter().zip(hosts) {
            let Some(host) = host else { continue };
            for folder in above(&source.path) {
                *folders.entry((source.root, folder)).or_default().entry(host).or_default() += 1;
            }
        }
        let all: BTreeSet<&str> = hosts.iter().flatten().map(String::as_str).collect();
        Folders { hosts: folders, only: all.first().copied().filter(|_| all.len() == 1) }
    }

    /// The node of a source that names no host: that of the nearest folder that has one, that of the only node there is, or the
    /// name of its bundle.
    fn name(&self, source: &SourceFacts) -> String {
        let mut reached_root = false;
        let folders = above(&source.path).take_while(|folder| {
            let before = reached_root;
            reached_root = folder.len() <= source.root_path.len();
            !before
        });
        let near = folders.filter_map(|folder| self.hosts.get(&(source.root, folder))).find_map(commonest);
        let only = self.only.filter(|_| !source.bundled);
        near.or(only).map_or_else(|| bundle_name(&source.root_path), str::to_owned)
    }
}

/// The folders and archives that a path lies in, the nearest first.
fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |folder| folder.rfind(['/', '!']).map(|cut| &folder[..cut])).skip(1)
}

fn commonest<'a>(hosts: &Hosts<'a>) -> Option<&'a str> {
    hosts.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0))).map(|(host, _)| *host)
}

/// `/tmp/support-bundle-x.tar.gz` -> `support-bundle-x`.
fn bundle_name(root: &str) -> String {
    let name = root.trim_end_matches('/').rsplit('/').next().unwrap_or(root);
    let known = [".gz", ".xz", ".zst", ".bz2", ".lz4", ".tgz", ".txz", ".zip", ".tar", ".log", ".txt"];
    let mut name = name;
    while let Some(cut) = known.iter().find_map(|e| name.strip_suffix(e)).filter(|n| !n.is_empty()) {
        name = cut;
    }
    if name.is_empty() || name == "<stdin>" { "unknown node".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ContainerRef, KernelNote, KernelOom, RuntimeFact, Speaker, Stamp, SummaryLine, What};

    fn source(path: &str, root: &str, bundled: bool, hosts: &[&str]) -> SourceFacts {
        SourceFacts {
            path: path.to_owned(),
            root_path: root.to_owned(),
            root: root.len(),
            bundled,
            hosts: hosts.iter().map(|h| ((*h).to_owned(), 1)).collect(),
            events: vec![Event {
                stamp: Stamp::default(),
                host: None,
                evidence: Vec::new(),
                fact: Fact::Kernel(KernelNote::Lockup),
            }],
            ..SourceFacts::default()
        }
    }

    fn names(mut sources: Vec<SourceFacts>) -> Vec<(String, usize)> {
        split(&mut sources).into_iter().map(|n| (n.name, n.events.len())).collect()
    }

    #[test]
    fn a_source_without_a_host_takes_that_of_its_bundle() {
        let sources = vec![
            source("b/var/log/kern.log", "b", true, &["db-02.example.org", "db-02"]),
            source("b/dmesg", "b", true, &[]),
        ];
        assert_eq!(names(sources), [("db-02".to_owned(), 2)]);
    }

    #[test]
    fn an_address_is_the_name_that_is_made_of_it() {
        let of = |hosts: &[&str]| {
            let sources = hosts.iter().enumerate().map(|(n, host)| source(&format!("b/{n}.log"), "b", true, &[host]));
            names(sources.collect())
        };
        let joined = of(&["10.0.3.7", "ip-10-0-3-7.eu-west-1.compute.internal"]);
        assert_eq!(joined, [("ip-10-0-3-7".to_owned(), 2)]);
        assert_eq!(of(&["10.0.3.7", "10-0-3-7"]).len(), 1);
        assert_eq!(of(&["10.0.3.7", "ip-10-0-3-8"]).len(), 2);
        // Two networks have the same address.
        assert_eq!(of(&["10.0.3.7", "ip-10-0-3-7", "10-0-3-7"]).len(), 3);
        assert_eq!(of(&["1.2.3.4", "build-1-2-3-4"]).len(), 2);
    }

    #[test]
    fn nodes_of_two_bundles_stay_apart() {
        let sources = vec![
            source("one/nodes/a/kern.log", "one", true, &["a"]),
            source("one/nodes/b/kern.log", "one", true, &["b"]),
            source("one/nodes/b/dmesg", "one", true, &[]),
            source("other-x.tar.gz!dmesg", "other-x.tar.gz", true, &[]),
        ];
        let expected = [("a".to_owned(), 1), ("b".to_owned(), 2), ("other-x".to_owned(), 1)];
        assert_eq!(names(sources), expected);
    }

    #[test]
    fn a_lone_file_joins_the_only_host() {
        let sources = vec![source("kern.log", "kern.log", false, &["a"]), source("dmesg.txt", "dmesg.txt", false, &[])];
        assert_eq!(names(sources), [("a".to_owned(), 2)]);
    }

    #[test]
    fn a_kill_belongs_to_the_node_that_runs_the_container() {
        let id = "4cf224d7dbcbcd8eb3284ed5388ebe6bed07a36248300ae98ec6ade00116367d";
        let dmesg = || {
            let summary = SummaryLine { task_memcg: Some(format!("/docker/{id}")), ..SummaryLine::default() };
            let mut one = source("b/dmesg.txt", "b", true, &[]);
            one.events[0].fact =
                Fact::KernelOom(Box::new(KernelOom { summary: Some(summary), ..KernelOom::default() }));
            one
        };
        let pods = |hosts: &[&str]| {
            let mut pods = source("b/pods.yaml", "b", true, &[]);
            let container = ContainerRef { id: Some(id.into()), ..ContainerRef::default() }.into();
            let seen = RuntimeFact { speaker: Speaker::Kubernetes, container, unit: None, what: What::Seen };
            pods.events = hosts
                .iter()
                .map(|host| Event {
                    stamp: Stamp::default(),
                    host: Some((*host).into()),
                    evidence: Vec::new(),
                    fact: Fact::Runtime(Box::new(seen.clone())),
                })
                .collect();
            pods
        };
        assert_eq!(names(vec![dmesg(), pods(&["node1"])]), [("node1".to_owned(), 2)]);
        assert_eq!(names(vec![dmesg(), pods(&["node1", "node2"])]).len(), 3);
    }

    #[test]
    fn an_inner_container_belongs_to_the_node_whose_kernel_killed_it() {
        let [outer, inner] = ["4f1d8c27a9e06b53", "b7e20c5d91f4483a"].map(|half| half.repeat(4));
        let host = |name: &str| {
            let path = format!("/system.slice/docker-{outer}.scope/kubelet.slice/cri-containerd-{inner}.scope");
            let summary = SummaryLine { task_memcg: Some(path), ..SummaryLine::default() };
            let oom = KernelOom { summary: Some(summary), ..KernelOom::default() };
            let mut one = source(&format!("{name}/dmesg"), name, true, &[name]);
            one.events[0].fact = Fact::KernelOom(Box::new(oom));
            one
        };
        let kind = |id: &str| {
            let container = ContainerRef { id: Some(id.into()), ..ContainerRef::default() }.into();
            let fact = RuntimeFact { speaker: Speaker::Containerd, container, unit: None, what: What::Seen };
            let mut one = source("kind/containerd.log", "kind", true, &["kind-worker"]);
            one.events[0].fact = Fact::Runtime(Box::new(fact));
            one
        };
        assert_eq!(
            names(vec![host("laptop"), kind(&inner)]),
            [("kind-worker".to_owned(), 0), ("laptop".to_owned(), 2)]
        );
        let kept = ("kind-worker".to_owned(), 1);
        assert_eq!(names(vec![host("laptop"), kind(&outer)])[0], kept, "the outer one is a plain node's");
        assert_eq!(names(vec![host("laptop"), host("other"), kind(&inner)])[0], kept, "two nodes");
    }

    /// A source that shows one kernel kill.
    fn killing(path: &str, bundled: bool, hosts: &[&str], pid: u32) -> SourceFacts {
        let kill = Kill {
            stamp: Stamp { uptime_us: Some(7_000_001), ..Stamp::default() },
            pid,
            total_vm_kb: Some(9000),
            anon_rss_kb: Some(8000),
            ..Kill::default()
        };
        let oom = KernelOom { kills: vec![kill], ..KernelOom::default() };
        let mut source = source(path, path, bundled, hosts);
        source.events[0].fact = Fact::KernelOom(Box::new(oom));
        source
    }

    #[test]
    fn a_bundle_without_a_host_is_the_node_whose_kills_it_shows() {
        let copy = || vec![killing("kern.log", false, &["a"], 41), killing("copy.tar!dmesg", true, &[], 41)];
        assert_eq!(names(copy()), [("a".to_owned(), 2)]);
        // The same kill on two nodes tells nothing, nor does another kill.
        let mut twice = copy();
        twice.insert(0, killing("other.log", false, &["b"], 41));
        assert_eq!(names(twice).len(), 3);
        assert_eq!(
            names(vec![killing("kern.log", false, &["a"], 41), killing("copy.tar!dmesg", true, &[], 42)]).len(),
            2
        );
    }
}
