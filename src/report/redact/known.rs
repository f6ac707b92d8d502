//! Names and words that tell nobody's secret: they stay when a report is redacted.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Programs that stand on most machines, and the speakers and agents of the report.
const PROGRAMS: &str = "
    (sd-pam) agetty alertmanager apache2 application atd auditd bash busybox calico-node cat chronyd cilium-agent
    conmon containerd containerd-shim containerd-shim-runc-v2 coredns cri-o crictl crio cron crond crun curl dash
    dbus-broker dbus-daemon dhclient dmesg docker docker-proxy dockerd dotnet earlyoom ecs envoy etcd firewalld
    flanneld fluent-bit fluentd getty gunicorn haproxy httpd init irqbalance java journalctl kernel kswapd
    kthreadd kube-apiserver kube-controller kube-proxy kube-scheduler kubelet kubernetes lmkd login mariadbd
    memcached mongod mysqld networkd-dispat NetworkManager nginx node node-problem-detector node_exporter nohang
    nomad npm ntpd oomd operator packagekitd pause perl php php-fpm podman polkitd postgres postmaster prometheus
    python python2 python3 rabbitmq-server redis-server rsyslogd ruby runc runtime sh sleep slurm slurmd
    slurmstepd snapd sshd stress stress-ng su sudo supervisord syslog-ng systemd tail tini tuned udevd
    unattended-upgr uvicorn yarn zsh
";

/// Starts of names of such programs; the kernel cuts names at 15 bytes.
const PROGRAM_STARTS: &[&str] =
    &["systemd-", "kworker", "kswapd", "khugepaged", "ksoftirqd", "migration/", "rcu_", "containerd-shim", "python3."];

/// Units of the system itself.
const UNITS: &str = "
    auditd chronyd containerd cri-docker crio cron crond dbus dbus-broker docker earlyoom getty init k3s kubelet
    kubepods kubepods-besteffort kubepods-burstable machine NetworkManager nohang podman polkit rsyslog snapd ssh
    sshd system user
";

/// Folders, files and cgroups that every Linux, container runtime or support bundle has.
const PATH_PARTS: &str = "
    tasks create start exit delete oom
    - . .. besteffort boot.log burstable cgroup cluster-scoped-resources cmdline containerd
    containerd.log containers core crio dev dmesg dmesg.txt docker docker.log docker_events docker_ps_-a etc
    events.yaml fs guaranteed home host hostname hosts init.scope journal journalctl_docker.log kern.log kernel
    kmsg kubelet kubelet.log kubepods kubepods-besteffort.slice kubepods-burstable.slice kubepods.slice kubernetes
    lib libpod_parent log logs lxc lxc.payload machine.slice meminfo memory memory.current memory.events
    memory.max memory.stat messages mnt namespaces nodes nodes.yaml opt podman pods pods.yaml proc root run
    sos_commands sos_logs sos_reports stat stdin supervisor sys sysinfo syslog system.journal system.slice systemd
    timedatectl tmp unified uptime user.slice usr var vmstat
";

/// Ends of file names that tell what a file is.
const ENDS: &[&str] = &[
    ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".tgz", ".txz", ".tar", ".zip", ".gz", ".xz", ".bz2", ".zst", ".lz4",
    ".log", ".txt", ".json", ".jsonl", ".yaml", ".yml", ".journal", ".export", ".raw", ".kmsg", ".conf", ".service",
    ".scope", ".slice", ".mount", ".socket", ".target", ".timer",
];

/// Words of kernel, runtime and service manager messages, and of dates: what is left of a raw line when it is redacted.
/// Lower case.
const WORDS: &str = "
    service scope slice mount socket target timer burstable besteffort guaranteed kubepods cri libpod nerdctl machine
    log logs json txt
    a abort aborted active adj after all alloc allocate allocation allowed and anon anon_rss apr are at attach
    attempt aug available back backoff bad_alloc be because been bounce buffer by bytes cache call canceled
    cancelled cannot cet cgroup check child cleaning cma code comm compacts completed compulsory conmon connection
    constraint constraint_cpuset constraint_memcg constraint_memory_policy constraint_none consumed container
    containerd containers context core count counter cpu cpuset crashloopbackoff create created crio cst
    deactivated dead deadline deadlocked debug dec delete destroy did die died direct disconnected diskpressure
    dma dma32 docker dockerd due dump dumped eof err error est event events events.taskdelete evicted evicting
    eviction exceeded exception exit exit_code exit_status exitcode exited exitedat exitstatus explicit failcnt
    failed failure false fatal fatalerror fault feb file file_rss fill finished finishedat for force free fri from
    gb gc general get gfp gfp_mask gib global global_oom gmt going goroutine group h hardware has hasbeen health
    healthy heap high http hugepages id ignoring image in inactive ineffective info invoked ip is it jan java
    javascript job jul jun kb kernel kernel_stack kib kill killable killed killer killing kmem kubelet lang
    laststate level libcontainerd limit liveness local low lowmem m main managed manual mapped mar mark mask may
    mb mem memcg memory memory_policy memoryerror memorypressure mems mems_allowed memsw message metaspace mib min
    mlocked moby mode module mon movable ms msg name namespace native near no node nodemask none normal not notice
    nov now ns null oct of off on oom oom_kill oom_memcg oom_reaper oom_score_adj oomkilled order out
    out_of_memory outofmemoryerror overhead page pages pagetables panic pcp peer pgtables pgtables_bytes pid pod
    podman pods policy present pressure probe process processes protection pst pulled reached readiness reap
    reaped reaper reason reclaimable refused request requested reserve reset resource restart restartcount
    restarted restarting result rss runc running runtime s sacrifice sandbox sat scheduled score segfault sending
    sent sep service shim shmem shmem_rss sigkill signal sigterm since size slab slab_reclaimable
    slab_unreclaimable sp space stack stalls start started startedat startup state stats status statuscode std
    stop stopped stopping successfully sun surp swap swapents syncing sysrq system systemd t tainted task
    task_memcg taskcreate taskdelete taskexit taskoom tasks tasksexit taskstart terminated terminating tgid the
    this thread threads threshold thu time timeout to topic total total_vm trace true ts tue type uid unable
    unevictable unhealthy unit unreclaimable up us usage using utc values vm waiting warn warning was wed with
    within writepending z zone
";

/// Ordinary words that stand in the program's own sentences. A thing with such a name is only replaced where it stands in
/// quotes; elsewhere nobody could tell it from the word.
const SENTENCE: &str = "
    a an app application at base be by cgroup code container data end free group huge image in init is it job
    kernel kubelet large limit logs main memory more name namespace no node normal of on one operator page pod
    pool probe process restart root run running runtime sandbox service share signal size slab stack start state
    stop swap system task test the time to unit use user was worker zone
";

/// Ends of the names of units.
pub(super) const UNIT_ENDS: [&str; 7] = [".service", ".scope", ".slice", ".mount", ".socket", ".target", ".timer"];

/// Systemd's results and the like, beside words in CamelCase.
const REASONS: &[&str] = &[
    "oom-kill",
    "signal",
    "exit-code",
    "core-dump",
    "watchdog",
    "timeout",
    "start-limit-hit",
    "protocol",
    "resources",
    "success",
    "oom",
];

/// The words of a list, each list split once.
macro_rules! set {
    ($list:expr) => {{
        static SPLIT: LazyLock<HashSet<&'static str>> = LazyLock::new(|| $list.split_whitespace().collect());
        &*SPLIT
    }};
}

/// A program that stands on most machines.
pub(super) fn is_program(name: &str) -> bool {
    set!(PROGRAMS).contains(name)
        || name == "cgroup files"
        || PROGRAM_STARTS.iter().any(|start| name.starts_with(start))
}

/// A unit of the system itself: `docker.service`, `system.slice`, `user-1000.slice`, `session-4.scope`.
pub(super) fn is_unit(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let numbered = |start: &str| stem.strip_prefix(start).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    set!(UNITS).contains(stem)
        || stem.starts_with("systemd-")
        || stem.starts_with("getty@tty")
        || ["user-", "user@", "session-"].into_iter().any(numbered)
}

/// A folder, file or cgroup that is the same everywhere.
pub(super) fn is_path_part(name: &str) -> bool {
    set!(PATH_PARTS).contains(name) || name == "standard input"
}

/// The end of a file's or unit's name that may stay.
pub(super) fn end(name: &str) -> &'static str {
    let found = ENDS.iter().copied().find(|end| name.len() > end.len() && name.ends_with(end));
    found.unwrap_or_default()
}

/// A word that a raw line may keep: a message's own word, or a name of a flag.
pub(super) fn is_word(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.starts_with("GFP_")
        || word.starts_with("__GFP_")
        || set!(WORDS).contains(lower.as_str())
        || set!(PROGRAMS).contains(word)
}

/// An ordinary word.
pub(super) fn is_sentence_word(name: &str) -> bool {
    set!(SENTENCE).contains(name)
}

/// A reason that some program made up, not a person: `OOMKilled`, `oom-kill`.
pub(super) fn is_reason(text: &str) -> bool {
    let camel = text.len() < 40
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_alphabetic());
    camel || REASONS.contains(&text)
}

/// A namespace that every cluster has.
pub(super) fn is_namespace(name: &str) -> bool {
    ["default", "kube-system", "kube-public", "kube-node-lease", "moby", "k8s.io"].contains(&name)
}
