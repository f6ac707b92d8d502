//! What runs pods for others and tells of their ends in its own words: the runners and agents of CI, workflow engines, Spark's driver on
//! Kubernetes; and kube-state-metrics, whose text format tells of the last end of every container.

use super::super::about;
use super::super::text::{after, between, find_full_id, non_empty, number};
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, What};

/// Reads one line.
pub(super) fn read(text: &str) -> Option<RuntimeFact> {
    jenkins(text)
        .or_else(|| gitlab(text))
        .or_else(|| argo(text))
        .or_else(|| spark(text))
        .or_else(|| flink(text))
        .or_else(|| tekton(text))
        .or_else(|| go_map(text))
        .or_else(|| metric(text))
}

/// An end with its reason.
fn exit(code: Option<i64>, reason: &str) -> ContainerExit {
    ContainerExit { exit_code: code, oom_flag: Some(is_oom(reason)), reason: non_empty(reason), ..Default::default() }
}

/// The reason of an OOM kill: `OOM Killed` before Kubernetes 1.1.
fn is_oom(reason: &str) -> bool {
    matches!(reason, "OOMKilled" | "OOM Killed")
}

fn ended(container: ContainerRef, exit: ContainerExit) -> Option<RuntimeFact> {
    Some(about(Speaker::Kubernetes, container, What::Exited(Box::new(exit))))
}

fn named(name: &str) -> ContainerRef {
    ContainerRef { name: non_empty(name), ..Default::default() }
}

/// Jenkins' Kubernetes plugin (`pod/retention/Reaper`): `ci/agent-x7 Container maven was terminated (Exit Code: 137, Reason:
/// OOMKilled)`, older without the pod.
fn jenkins(text: &str) -> Option<RuntimeFact> {
    let (head, rest) = text.split_once(" was terminated (Exit Code: ")?;
    let (before, name) = head.rsplit_once("Container ")?;
    let (code, rest) = rest.split_once(", Reason: ")?;
    let reason = rest.split(')').next()?;
    let pod = before.trim_end().rsplit(' ').next().and_then(|word| word.split_once('/'));
    let mut container = named(name);
    if let Some((namespace, pod)) = pod {
        (container.namespace, container.pod) = (non_empty(namespace), non_empty(pod));
    }
    ended(container, exit(Some(number(code)?), reason))
}

/// GitLab's runner with the Kubernetes executor (`executors/kubernetes` `podContainerError`): `Error in container build: exit code:
/// 137, reason: 'OOMKilled'`.
fn gitlab(text: &str) -> Option<RuntimeFact> {
    let rest = after(text, "Error in container ")?;
    let (name, rest) = rest.split_once(": exit code: ")?;
    let reason = between(rest, ", reason: '", "'")?;
    ended(named(name), exit(Some(number(rest)?), reason))
}

/// Argo Workflows (`workflow/controller` `inferFailedReason`): the message of a node, `OOMKilled (exit code 137)`, in the controller's
/// log with `nodeID=`, in `argo get` behind the pod's name.
fn argo(text: &str) -> Option<RuntimeFact> {
    let (head, rest) = text.split_once("OOMKilled (exit code ")?;
    let code = number(rest)?;
    if rest.split_once(')')?.1.starts_with('`') {
        return None;
    }
    let node = after(text, "nodeID=").map(|rest| rest.split(' ').next().unwrap_or(rest));
    let row = || head.contains(['✖', '✗', 'X']).then(|| pod_of_row(head)).flatten();
    let logged = head.ends_with("new.message=\"") || head.ends_with("message=\"") || head.ends_with("message: ");
    let pod = node.filter(|_| logged).or_else(row)?;
    ended(ContainerRef { pod: non_empty(pod), ..Default::default() }, exit(Some(code), "OOMKilled"))
}

/// `  └───✖ fit   fit   train-x7k2p-fit-123      4m        `: the last word but the duration.
fn pod_of_row(head: &str) -> Option<&str> {
    let mut words = head.split_whitespace().rev();
    let is_duration =
        |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.ends_with(['s', 'm', 'h', 'd']);
    words.next().filter(is_duration)?;
    words.next().filter(|pod| pod.contains('-'))
}

/// Spark's driver up to 3.0, with the API's object printed by fabric8: `.. terminated=ContainerStateTerminated(containerID=docker://..,
/// exitCode=137, finishedAt=.., reason=OOMKilled, ..`.
fn spark(text: &str) -> Option<RuntimeFact> {
    let rest = after(text, "terminated=ContainerStateTerminated(")?;
    let field = |name: &str| between(rest, &format!("{name}="), ",");
    let name = between(text, " name=", ",").or_else(|| between(text, "(name=", ","));
    let mut container = named(name.unwrap_or_default());
    container.id = field("containerID").and_then(find_full_id);
    let mut exit = exit(Some(number(field("exitCode")?)?), field("reason").unwrap_or_default());
    exit.finished = field("finishedAt").and_then(super::super::clock::wall);
    exit.started = field("startedAt").and_then(super::super::clock::wall);
    ended(container, exit)
}

/// Flink on Kubernetes (`KubernetesPod.getTerminatedDiagnostics`): `Worker ledger-taskmanager-1-4 is terminated. Diagnostics: Pod
/// terminated, container termination statuses: [flink-main-container(exitCode=137, reason=OOMKilled, message=null)], pod status: ..`
fn flink(text: &str) -> Option<RuntimeFact> {
    let (name, rest) = after(text, "container termination statuses: [")?.split_once("(exitCode=")?;
    let mut container = named(name);
    container.pod = between(text, "Worker ", " is terminated").and_then(non_empty);
    ended(container, exit(Some(number(rest)?), between(rest, "reason=", ",").unwrap_or_default()))
}

/// Tekton (`pkg/pod/status.go`): the message of a TaskRun, `"step-build" exited with code 137 (image: "..");
/// for logs run: kubectl -n ci logs run-x-pod -c step-build`, of 0.50 and later `.. exited with code 137: OOMKilled`.
fn tekton(text: &str) -> Option<RuntimeFact> {
    let (head, rest) = text.split_once("\" exited with code ")?;
    let name = head.trim_end_matches('\\').rsplit('"').next().filter(|name| name.starts_with("step-"))?;
    let code = number(rest).filter(|code| *code != 0)?;
    let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let reason =
        behind.strip_prefix(": ").filter(|reason| reason.starts_with("OOMKilled")).map_or("Error", |_| "OOMKilled");
    let mut container = named(name);
    if let Some((namespace, pod)) = between(text, "kubectl -n ", " -c ").and_then(|told| told.split_once(" logs ")) {
        (container.namespace, container.pod) = (non_empty(namespace), non_empty(pod));
    }
    ended(container, exit(Some(code), reason))
}

/// Go's way to print the API's object, as kubectl's custom columns and Go templates do: `map[terminated:map[containerID:docker://..
/// exitCode:137 finishedAt:2026-11-23T10:27:15Z reason:OOMKilled startedAt:..]]`.
fn go_map(text: &str) -> Option<RuntimeFact> {
    let (head, rest) = text.split_once("terminated:map[")?;
    let inner = rest.split(']').next()?;
    // `reason:OOM Killed` has a blank, so a value goes up to the next key.
    let keys = ["containerID:", "exitCode:", "finishedAt:", "message:", "reason:", "signal:", "startedAt:"];
    let field = |name: &str| {
        let rest = after(inner, name)?;
        let end = keys.iter().filter_map(|key| rest.find(&format!(" {key}"))).min().unwrap_or(rest.len());
        rest.get(..end)
    };
    let mut exit = exit(Some(number(field("exitCode:")?)?), field("reason:").unwrap_or_default());
    exit.finished = field("finishedAt:").and_then(super::super::clock::wall);
    exit.started = field("startedAt:").and_then(super::super::clock::wall);
    let id = field("containerID:").and_then(find_full_id).or_else(|| exit.finished.map(ContainerRef::unnamed));
    // The name stands before it, as templates go; a pod's has dashes in it.
    let name = head.split_whitespace().next().filter(|name| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
    });
    let (pod, name) =
        name.map_or(
            (None, None),
            |name| {
                if name.contains('-') { (non_empty(name), None) } else { (None, non_empty(name)) }
            },
        );
    ended(ContainerRef { id, pod, name, ..Default::default() }, exit)
}

/// kube-state-metrics (`internal/store/pod.go`): `kube_pod_container_status_last_terminated_reason{namespace="..",pod="..",uid="..",
/// container="..",reason="OOMKilled"} 1`, `.._last_terminated_exitcode{..} 137`, and the same of init containers.
fn metric(text: &str) -> Option<RuntimeFact> {
    let rest = text
        .strip_prefix("kube_pod_container_status_")
        .or_else(|| text.strip_prefix("kube_pod_init_container_status_"))?;
    let (name, rest) = rest.split_once('{')?;
    let (labels, value) = rest.rsplit_once('}')?;
    let label = |name: &str| {
        let at = labels.match_indices(name).find(|(at, _)| *at == 0 || labels[..*at].ends_with(','))?.0;
        labels.get(at + name.len()..)?.strip_prefix("=\"")?.split('"').next()
    };
    let value = value.split_whitespace().next()?;
    let exit = match name {
        "last_terminated_reason" | "terminated_reason" if value == "1" => exit(None, label("reason")?),
        "last_terminated_exitcode" => ContainerExit { exit_code: value.parse().ok(), ..Default::default() },
        _ => return None,
    };
    let container = ContainerRef {
        name: label("container").and_then(non_empty),
        pod: label("pod").and_then(non_empty),
        namespace: label("namespace").and_then(non_empty),
        pod_uid: label("uid").and_then(non_empty),
        ..Default::default()
    };
    container.pod.as_ref()?;
    ended(container, exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (ContainerRef, ContainerExit) {
        let fact = read(text).unwrap_or_else(|| panic!("{text}"));
        match fact.what {
            What::Exited(exit) => ((*fact.container).clone(), *exit),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn ends_in_the_words_of_platforms() {
        for (text, name, pod) in [
            (
                "ci/agent-4f9x Container maven was terminated (Exit Code: 137, Reason: OOMKilled)",
                Some("maven"),
                Some("agent-4f9x"),
            ),
            ("Container jnlp was terminated (Exit Code: 137, Reason: OOMKilled)", Some("jnlp"), None),
            (
                "ERROR: Job failed (system failure): Error in container build: exit code: 137, reason: 'OOMKilled'",
                Some("build"),
                None,
            ),
            (
                "time=\"2026-11-23T10:27:15Z\" level=info msg=\"node changed\" namespace=ml new.message=\"OOMKilled (exit code 137)\" new.phase=Failed nodeID=fit-9qk2-77 workflow=fit-9qk2",
                None,
                Some("fit-9qk2-77"),
            ),
            (
                " └───✖ fit   fit   fit-9qk2-fit-77      4m        OOMKilled (exit code 137)",
                None,
                Some("fit-9qk2-fit-77"),
            ),
            (
                "INFO ActiveResourceManager [] - Worker mill-taskmanager-2-1 is terminated. Diagnostics: Pod terminated, container termination statuses: [flink-main-container(exitCode=137, reason=OOMKilled, message=null)], pod status: Failed(reason=null, message=null)",
                Some("flink-main-container"),
                Some("mill-taskmanager-2-1"),
            ),
            ("  message: '\"step-weave\" exited with code 137: OOMKilled'", Some("step-weave"), None),
            (
                "kube_pod_container_status_last_terminated_reason{container=\"ledger\",namespace=\"shop\",pod=\"ledger-0\",reason=\"OOMKilled\",uid=\"u\"} 1",
                Some("ledger"),
                Some("ledger-0"),
            ),
        ] {
            let (container, exit) = one(text);
            assert_eq!((container.name.as_deref(), container.pod.as_deref()), (name, pod), "{text}");
            assert_eq!(exit.oom_flag, Some(true), "{text}");
            assert!(exit.exit_code == Some(137) || text.starts_with("kube_"), "{text}");
        }
    }

    #[test]
    fn a_step_of_tekton_names_its_pod() {
        let text = "message: \"step-weave\" exited with code 137 (image: \"x@sha256:1\"); for logs run: kubectl -n loom logs weave-run-pod -c step-weave";
        let (container, exit) = one(text);
        assert_eq!((container.namespace.as_deref(), container.pod.as_deref()), (Some("loom"), Some("weave-run-pod")));
        assert_eq!((exit.exit_code, exit.oom_flag), (Some(137), Some(false)));
        assert!(read("\"step-weave\" exited with code 0").is_none());
    }

    #[test]
    fn objects_that_are_printed_by_libraries() {
        let id = "fae4ee67ee1c148be6d9dd09ec4b3effb86b1f4e02d8077422cab5e9e5de7a99";
        for text in [
            format!(
                "ledger map[terminated:map[containerID:docker://{id} exitCode:137 finishedAt:2026-11-23T10:27:15Z reason:OOM Killed startedAt:2026-11-23T10:00:00Z]]"
            ),
            format!(
                "ContainerStatus(containerID=docker://{id}, name=executor, ready=false, state=ContainerState(running=null, terminated=ContainerStateTerminated(containerID=docker://{id}, exitCode=137, finishedAt=2026-11-23T10:27:15Z, message=null, reason=OOMKilled, signal=null, startedAt=2026-11-23T10:00:00Z, additionalProperties={{}}), waiting=null))"
            ),
        ] {
            let (container, exit) = one(&text);
            assert_eq!((container.id.as_deref(), exit.exit_code, exit.oom_flag), (Some(id), Some(137), Some(true)));
            assert!(exit.finished.is_some() && exit.started.is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_no_end() {
        for text in [
            "kube_pod_container_status_last_terminated_reason{container=\"a\",namespace=\"b\",pod=\"c\",reason=\"OOMKilled\"} 0",
            "kube_pod_container_status_last_terminated_reason{container=\"$APP\", reason=\"OOMKilled\"}",
            "| Pod OOMKilled (exit code 137) | `dmesg -T` |",
            "If a pod is OOMKilled (exit code 137), raise its limit",
            "Error in container build: exit code",
            "terminated:map[",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
