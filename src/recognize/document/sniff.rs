//! Is a member of a bundle a document, and which? Told by its first bytes; the path helps where a content alone says
//! little (`67108864`).

use super::{
    Kind, cgroup_files, clock, container_list, containerd, dump, engine_events, headless, json_piece, kube_table,
    log_export, node_files, nomad, oomctl, paste, path, slurm, systemd,
};
use std::borrow::Cow;

/// The most bytes that are looked at.
const HEAD: usize = 8 << 10;

/// Is this a document (and not a log)? Decided by the first bytes (at most 8 KiB are looked at); the path only helps.
/// Every file that is not known for sure is no document: it is read as a log.
pub fn sniff(path: &str, head: &[u8]) -> Option<Kind> {
    let cut = head.len() > HEAD;
    let head = &head[..head.len().min(HEAD)];
    // Binary files and UTF-16.
    if memchr::memchr(0, head).is_some() {
        return None;
    }
    let plain = paste::plain(head);
    let text = String::from_utf8_lossy(plain.as_deref().unwrap_or(head));
    let text = text.trim_start_matches('\u{feff}');
    let first = text.trim_start();
    // `[  190.002211] tomcat invoked oom-killer` begins with a bracket, too, and may have JSON lines of others below.
    if first.starts_with('{') || first.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', '['])) {
        return json(path, first);
    }
    let lines = Lines::new(text, cut || head.len() == HEAD);
    dumped(&lines)
        .or_else(|| by_path(path, text, &lines))
        .or_else(|| yaml(&lines))
        .or_else(|| runtime_text(&lines))
        .or_else(|| node_text(path, &lines))
}

/// The first lines of a file, without empty ones.
struct Lines<'t> {
    text: &'t str,
    lines: Vec<&'t str>,
    /// All lines of the file are here.
    whole: bool,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str, cut: bool) -> Self {
        let mut lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
        // The last line may be cut; a first line that is longer than the head is better than none.
        if cut && lines.len() > 1 {
            lines.pop();
        }
        Lines { text, lines, whole: !cut }
    }

    fn first(&self) -> &'t str {
        self.lines.first().copied().unwrap_or_default()
    }

    /// The file has no more than this many lines.
    fn at_most(&self, count: usize) -> bool {
        self.whole && self.lines.len() <= count
    }

    /// One of the first lines: a command may be echoed above its output.
    fn near_top(&self, test: impl Fn(&str) -> bool) -> bool {
        self.lines.iter().take(4).any(|line| test(line))
    }

    /// One of these words stands somewhere: cheaper to find out than what each line is.
    fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|word| memchr::memmem::find(self.text.as_bytes(), word.as_bytes()).is_some())
    }

    fn any(&self, test: impl Fn(&str) -> bool) -> bool {
        self.lines.iter().any(|line| test(line))
    }
}

/// True when an object of the text has this member: `"key"` and a colon. A quote escaped within a log line is none.
fn has_key(text: &str, key: &str) -> bool {
    !values(text, key).is_empty()
}

/// What follows each `"key":`, up to 40 characters.
fn values<'t>(text: &'t str, key: &str) -> Vec<Cow<'t, str>> {
    let quoted = format!("\"{key}\"");
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&quoted) {
        let rest = text.get(at + quoted.len()..).unwrap_or_default().trim_start();
        if let Some(value) = rest.strip_prefix(':') {
            found.push(Cow::Owned(value.trim_start().chars().take(40).collect()));
        }
    }
    found
}

/// Kinds of API objects that are read.
const API_KINDS: [&str; 7] = ["Pod", "PodList", "Event", "EventList", "Node", "NodeList", "List"];

/// The same as whole JSON values: `Pod"` is not `PodMonitor"`.
const API_VALUES: [&str; 7] = ["Pod\"", "PodList\"", "Event\"", "EventList\"", "Node\"", "NodeList\"", "List\""];

fn json(path: &str, text: &str) -> Option<Kind> {
    let has = |key: &str| has_key(text, key);
    let value_of = |key: &str, wanted: &[&str]| {
        values(text, key).iter().any(|v| wanted.iter().any(|w| v.strip_prefix('"').is_some_and(|v| v.starts_with(w))))
    };
    // Lines of journals, of docker's log driver, of structured logs and of API audits.
    let first_key = text.trim_start_matches(['{', '[', ' ', '\n', '\r', '\t']).split('"').nth(1).unwrap_or_default();
    let log = matches!(
        first_key,
        "log" | "ts" | "level" | "msg" | "message" | "timestamp" | "dmesg" | "severity" | "@timestamp"
    );
    if log
        || has("__REALTIME_TIMESTAMP")
        || has("__MONOTONIC_TIMESTAMP")
        || has("MESSAGE")
        || text.contains("audit.k8s.io/")
    {
        return export(text, first_key);
    }
    if value_of("kind", &API_VALUES) {
        return Some(Kind::KubernetesJson);
    }
    let listed = path.contains("pods") || path.contains("events") || path.contains("nodes");
    if has("containerStatuses")
        || has("involvedObject")
        || has("nodeInfo")
        || (listed && has("metadata") && has("spec"))
    {
        return Some(Kind::KubernetesJson);
    }
    // An allocation of Nomad, whose job may be longer than what is looked at; a job of Slurm.
    let allocation = has("EvalID") && has("NodeID") || has("TaskStates");
    let slurm = has("job_id") && (has("exit_code") || has("derived_exit_code"));
    if allocation || slurm {
        return Some(Kind::ContainerListJson);
    }
    let cri_state = value_of("state", &["CONTAINER_", "SANDBOX_"]);
    let id = has("Id") || has("ID");
    match () {
        () if cri_state && has("status") => Some(Kind::ContainerInspect),
        () if cri_state => Some(Kind::ContainerListJson),
        () if id && has("State") && (has("Running") || has("OOMKilled") || has("ExitCode")) && !has("Names") => {
            Some(Kind::ContainerInspect)
        }
        // dockerd's own file begins with the state; the id may stand far behind.
        () if first_key == "StreamConfig" && has("OOMKilled") => Some(Kind::ContainerInspect),
        () if has("ContainerIDFile") && has("LogConfig") => Some(Kind::ContainerInspect),
        () if has("ociVersion") => Some(Kind::ContainerInspect),
        () if has("ID") && has("Runtime") && has("SnapshotKey") => Some(Kind::ContainerInspect),
        () if (has("Action") || has("status")) && (has("timeNano") || has("Actor")) => Some(Kind::EngineEventsJson),
        // Docker before 1.10.
        () if has("status") && has("from") && has("time") && has("id") => Some(Kind::EngineEventsJson),
        // `docker inspect -f '{{json .State}}'`.
        () if has("OOMKilled") && has("ExitCode") && has("FinishedAt") => Some(Kind::ContainerInspect),
        // `kubectl get pod -o jsonpath='{.status.containerStatuses[*].lastState}'`
        () if has("terminated") && has("exitCode") => Some(Kind::JsonPiece),
        () if has("ContainerStatus") && value_of("State", &["failed", "shutdown", "complete", "rejected"]) => {
            Some(Kind::ContainerListJson)
        }
        () if has("instanceView") && has("currentState") || has("alertname") && has("labels") => {
            Some(Kind::ContainerListJson)
        }
        () if has("containers") && (has("runtimeId") || has("containerArn")) => Some(Kind::ContainerListJson),
        () if has("taskArn") && has("containers") => Some(Kind::ContainerListJson),
        () if has("Status") && has("Type") && (has("Time") || has("time")) => Some(Kind::EngineEventsJson),
        () if value_of("type", &["oom\""]) && has("id") => Some(Kind::EngineEventsJson),
        () if has("Names") && (has("Status") || has("State")) => Some(Kind::ContainerListJson),
        () => export(text, first_key),
    }
}

/// A log store's answer.
fn export(text: &str, first_key: &str) -> Option<Kind> {
    log_export::is_export(text, first_key, &|key| has_key(text, key)).then_some(Kind::LogExport)
}

/// Several files or outputs in one.
fn dumped(lines: &Lines<'_>) -> Option<Kind> {
    // A single output with its command above is what it is.
    let skip = usize::from(lines.whole);
    let is_dump = dump::has_heading(lines.lines.iter().skip(skip).copied())
        || lines.first().starts_with("==> ") && lines.first().ends_with(" <==")
        || lines.has(&["memory."]) && lines.any(cgroup_files::is_named_line);
    is_dump.then_some(Kind::FileDump)
}

/// Files whose name says what their few bytes mean.
fn by_path(path: &str, text: &str, lines: &Lines<'_>) -> Option<Kind> {
    let file = path.rsplit('/').next().unwrap_or_default();
    let one = lines.at_most(1);
    let first = lines.first();
    let two_numbers = || first.split(' ').count() == 2 && first.split(' ').all(|n| n.parse::<f64>().is_ok());
    match () {
        () if cgroup_files::is_proc_cgroup(path, text) => Some(Kind::ProcCgroup),
        () if lines.at_most(200) && cgroup_files::is_cgroup_file(path, text) => Some(Kind::CgroupFile),
        () if file == "stat" && first.starts_with("cpu ") => Some(Kind::ProcStat),
        () if file.starts_with("uptime") && one && two_numbers() => Some(Kind::Uptime),
        () if matches!(file, "cmdline" | "proc_cmdline") && one && first.contains('=') => Some(Kind::KernelCommandLine),
        () if file.starts_with("hostname") && lines.at_most(4) && lines.any(|l| path::is_host(l.trim())) => {
            Some(Kind::Hostname)
        }
        () if file.starts_with("date") && lines.at_most(2) && is_date(first) => Some(Kind::Date),
        () if file == "timezone" && one && node_files::is_zone(first.trim()) => Some(Kind::Timezone),
        () if file.starts_with("last") && lines.any(node_files::is_last_line) => Some(Kind::LastBoots),
        () => None,
    }
}

fn is_date(line: &str) -> bool {
    clock::date_output(line).is_some() || clock::instant(line.trim()).is_some()
}

/// YAML of API objects.
fn yaml(lines: &Lines<'_>) -> Option<Kind> {
    // `crictl inspect -o yaml`.
    if ["info:", "status:"].iter().any(|begin| lines.first().starts_with(begin))
        && lines.any(|line| line.trim_start().starts_with("state: CONTAINER_"))
    {
        return Some(Kind::KubernetesYaml);
    }
    let begins = ["apiVersion:", "kind:", "items:", "---", "- apiVersion:", "metadata:"];
    if !begins.iter().any(|begin| lines.first().starts_with(begin)) {
        return None;
    }
    let versioned = lines.any(|line| line.trim().trim_start_matches("- ").starts_with("apiVersion:"));
    (versioned && lines.any(is_api_kind)).then_some(Kind::KubernetesYaml)
}

/// `kind: Pod`, or another kind that is read.
pub(super) fn is_api_kind(line: &str) -> bool {
    let kind = line.trim().trim_start_matches("- ").strip_prefix("kind:").map(|k| k.trim().trim_matches('"'));
    kind.is_some_and(|kind| API_KINDS.contains(&kind))
}

/// Output of the runtimes', kubectl's and systemd's commands.
fn runtime_text(lines: &Lines<'_>) -> Option<Kind> {
    let first = lines.first();
    match () {
        () if engine_events::is_text_line(first) => Some(Kind::EngineEvents),
        () if containerd::is_event_line(first) => Some(Kind::ContainerdEvents),
        () if lines.any(container_list::is_heading) => Some(Kind::ContainerTable),
        () if lines.any(kube_table::is_heading) => Some(Kind::KubernetesTable),
        () if is_describe(lines) => Some(Kind::KubernetesDescribe),
        () if is_describe_piece(lines) => Some(Kind::KubernetesPaste),
        () if is_show(lines) => Some(Kind::SystemctlShow),
        () if lines.near_top(systemd::is_status_head) => Some(Kind::SystemctlStatus),
        () if lines.near_top(systemd::is_units_heading) => Some(Kind::SystemctlUnits),
        () if lines.near_top(oomctl::is_head) => Some(Kind::Oomctl),
        () if lines.has(&["Eval ID", "Description"]) && nomad::is_status(lines.lines.iter().copied()) => {
            Some(Kind::NomadStatus)
        }
        () if lines.has(&["JobI"]) && slurm::is_jobs(&lines.lines) => Some(Kind::SlurmJobs),
        () if lines.has(headless::WORDS) && lines.any(headless::is_row) => Some(Kind::KubernetesTable),
        () if lines.has(&["\""]) && json_piece::is_piece(&lines.lines) => Some(Kind::JsonPiece),
        () if lines.has(&["exitCode: "]) && json_piece::is_yaml(&lines.lines) => Some(Kind::YamlPiece),
        () => None,
    }
}

/// `kubectl describe`, whole.
fn is_describe(lines: &Lines<'_>) -> bool {
    let starts = |key: &str| lines.any(|line| line.starts_with(key));
    let named = lines.near_top(|line| line.starts_with("Name:"));
    let parts = ["Annotations:", "Labels:", "Containers:", "Capacity:"];
    named && (starts("Namespace:") || starts("Roles:")) && parts.iter().any(|part| starts(part))
}

/// A piece of it: the states of a container, the events.
fn is_describe_piece(lines: &Lines<'_>) -> bool {
    let told = |line: &str| ["Exit Code:", "Reason:"].iter().any(|key| line.trim_start().starts_with(key));
    (lines.any(is_state) && lines.any(told)) || lines.any(is_events_heading)
}

/// The state of a container that ended, in `kubectl describe pod`.
pub(super) fn is_state(line: &str) -> bool {
    let line = line.trim_start();
    let keys = ["Last State:", "State:", "Last Termination State:"];
    let state = keys.iter().find_map(|key| line.strip_prefix(key));
    state.is_some_and(|rest| rest.trim() == "Terminated")
}

/// The heading of the events in `kubectl describe`.
pub(super) fn is_events_heading(line: &str) -> bool {
    line.split_whitespace().eq(["Type", "Reason", "Age", "From", "Message"])
}

/// `systemctl show`: all lines are properties, some of them of a service's end.
fn is_show(lines: &Lines<'_>) -> bool {
    let property = |line: &str| {
        let key = line.split('=').next().unwrap_or_default();
        line.contains('=')
            && key.starts_with(|c: char| c.is_ascii_uppercase())
            && key.bytes().all(|c| c.is_ascii_alphanumeric())
    };
    let ends = ["Result=", "ExecMainStatus=", "MainPID=", "NRestarts="];
    lines.lines.iter().take(8).all(|line| property(line)) && lines.any(|l| ends.iter().any(|end| l.starts_with(end)))
}

/// Facts of the node. A log may begin with the same words, so the number of lines counts.
fn node_text(path: &str, lines: &Lines<'_>) -> Option<Kind> {
    let first = lines.first();
    let words: Vec<&str> = first.split_whitespace().collect();
    match () {
        () if first.starts_with("MemTotal:") => Some(Kind::Meminfo),
        () if first.starts_with("nr_free_pages ") && lines.any(|l| l.starts_with("oom_kill ")) => Some(Kind::Vmstat),
        () if first.starts_with("Linux version ") && lines.at_most(2) => Some(Kind::KernelVersion),
        () if words.first() == Some(&"Linux")
            && words.get(3).is_some_and(|w| w.starts_with('#'))
            && lines.at_most(2) =>
        {
            Some(Kind::KernelVersion)
        }
        () if lines.near_top(|l| l.trim_start().starts_with("Static hostname:")) => Some(Kind::Hostnamectl),
        () if first.trim_start().starts_with("Local time:") => Some(Kind::Timedatectl),
        () if words.starts_with(&["total", "used", "free"]) && lines.any(|l| l.starts_with("Mem:")) => Some(Kind::Free),
        () if lines.near_top(|l| node_files::boot_line(l).is_some()) && !path.ends_with(".log") => Some(Kind::BootList),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_no_documents() {
        for (path, text) in [
            ("var/log/syslog", "Nov 23 10:00:00 host kernel: Linux version 6.1\n"),
            ("dmesg-t.txt", "Linux version 6.1.0 (a@b)\nCommand line: root=/dev/vda\nx86: y\n"),
            ("journal.json", "{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":\"x\",\"Id\":\"1\",\"State\":\"2\"}\n"),
            (
                "a-json.log",
                "{\"log\":\"{\\\"kind\\\":\\\"Pod\\\"}\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T10:00:00Z\"}\n",
            ),
            ("dmesg.json", "{\n   \"dmesg\": [\n"),
            ("kubelet.log", "{\"ts\":1795432356863.339,\"msg\":\"Got sys oom event\"}\n"),
            ("audit.log", "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\"}\n"),
            ("app.log", "2026-11-23 10:25:28.056 [main] INFO  gateway - ## start the server.\n"),
            ("app.log", "2026-11-23T10:25:28Z GET /api/v1 {\"a\": 1}\n"),
            ("docker.log", "time=\"2026-11-23T10:00:00Z\" level=info msg=x\n"),
            ("hostname.log", "Nov 23 10:00:00 host x\n"),
            ("etc/kubelet.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"),
            ("deploy.json", "{\"kind\": \"PodMonitor\", \"apiVersion\": \"x\"}"),
            ("proc/vmstat", "nr_free_pages 1\nnr_zone_inactive_anon 2\n"),
            ("proc/1/status", "Name:\tsystemd\nUmask:\t0000\nState:\tS (sleeping)\n"),
            ("sysctl", "vm.overcommit_memory = 0\nvm.panic_on_oom = 0\n"),
            ("os-release", "PRETTY_NAME=\"Debian\"\nNAME=\"Debian\"\n"),
            ("x.bin", "{\"kind\": \"Pod\"\0}"),
            ("memory.max", "no number\n"),
            ("empty", ""),
            ("blank", "\n\n"),
        ] {
            assert_eq!(sniff(path, text.as_bytes()), None, "{path}: {text}");
        }
    }

    #[test]
    fn documents_wherever_they_lie() {
        for (path, text, kind) in [
            ("x", "\u{feff}{\"kind\": \"List\", \"items\": []}", Kind::KubernetesJson),
            ("x", "[{\"metadata\": {}, \"status\": {\"containerStatuses\": []}}]", Kind::KubernetesJson),
            (
                "cluster-resources/pods/a.json",
                "[{\"metadata\": {\"name\": \"a\"}, \"spec\": {}}]",
                Kind::KubernetesJson,
            ),
            ("x", "---\napiVersion: v1\nkind: Pod\n", Kind::KubernetesYaml),
            (
                "x",
                "$ kubectl get pods\nNAME   READY   STATUS    RESTARTS   AGE\na      1/1     Running   0          1m\n",
                Kind::KubernetesTable,
            ),
            (
                "x",
                "+ docker ps -a\nCONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n",
                Kind::ContainerTable,
            ),
            ("x", "Linux version 6.1.0 (a@b) #1\n", Kind::KernelVersion),
            ("x", "  UNIT LOAD ACTIVE SUB DESCRIPTION\n", Kind::SystemctlUnits),
            ("x", "Events:\n  Type     Reason     Age   From     Message\n", Kind::KubernetesPaste),
            ("sos/hostname_-f", "a.example.com\n", Kind::Hostname),
            ("x", "{\"containers\": [{\"id\": \"a\", \"state\": \"CONTAINER_EXITED\"}]}", Kind::ContainerListJson),
        ] {
            assert_eq!(sniff(path, text.as_bytes()), Some(kind), "{path}: {text}");
        }
    }

    #[test]
    fn any_cut_of_the_head_is_harmless() {
        let text = "é".repeat(6000);
        assert_eq!(sniff("x", text.as_bytes()), None);
        for n in 0..40 {
            let _ = sniff("memory.events", &b"low 0\nhigh 0\n\xff\xfe{\"kind\":\"Pod\"}\n\xe2\x97\x8f x.service"[..n]);
        }
    }

    #[test]
    fn a_kernel_log_with_json_lines_is_a_log() {
        let kernel = "[  190.002211] tomcat invoked oom-killer: gfp_mask=0x6000c0(GFP_KERNEL), order=0\n";
        for line in [
            r#"{"log":"GET /healthz 200\n","stream":"stdout","time":"2026-11-23T09:31:00.1Z"}"#,
            r#"{"kind":"Pod","metadata":{},"status":{"containerStatuses":[]}}"#,
        ] {
            assert_eq!(sniff("kern.log", format!("{kernel}{line}\n").as_bytes()), None, "{line}");
        }
        let export = r#"[ {"message": "x invoked oom-killer", "timestamp": 1} ]"#;
        assert_eq!(sniff("logs.json", export.as_bytes()), Some(Kind::LogExport));
    }
}
