//! What tools that watch a cluster say of its containers' ends: k8sgpt, alerts as chats show them, Robusta, Flyte, the system log of
//! Azure's Container Apps.

use super::super::about;
use super::super::text::{after, between, non_empty, number};
use crate::event::{ContainerExit, ContainerRef, RuntimeFact, Speaker, What};

/// Reads one line.
pub(super) fn read(text: &str) -> Option<RuntimeFact> {
    k8sgpt(text).or_else(|| alert(text)).or_else(|| robusta(text)).or_else(|| azure(text)).or_else(|| flyte(text))
}

fn ended(container: ContainerRef, exit_code: Option<i64>, reason: &str) -> RuntimeFact {
    let reason_is_oom = reason == "OOMKilled";
    let exit =
        ContainerExit { exit_code, oom_flag: Some(reason_is_oom), reason: non_empty(reason), ..Default::default() };
    about(Speaker::Kubernetes, container, What::Exited(Box::new(exit)))
}

/// A name as Kubernetes allows it; a template's `{{ $labels.pod }}` and a page's `<pod>` are none.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_'))
}

/// k8sgpt (`pkg/analyzer/pod.go`): `Error: the last termination reason is OOMKilled container=ledger pod=ledger-6d5f-x2k4p`.
fn k8sgpt(text: &str) -> Option<RuntimeFact> {
    let (reason, rest) = after(text, "the last termination reason is ")?.split_once(" container=")?;
    let (name, pod) = rest.split_once(" pod=")?;
    let pod = pod.split_whitespace().next()?;
    let known = is_name(name) && is_name(pod) && is_name(reason) && reason != "Completed";
    let container = ContainerRef { name: non_empty(name), pod: non_empty(pod), ..ContainerRef::default() };
    known.then(|| ended(container, None, reason))
}

/// The text of the alert that most rule sets have (`KubernetesContainerOomKiller`): `Container ledger in pod shop/ledger-0 has been
/// OOMKilled 2 times in the last 10 minutes.`
fn alert(text: &str) -> Option<RuntimeFact> {
    let (head, rest) = text.split_once(" has been OOMKilled ")?;
    let times: u32 = number(rest).filter(|_| rest.contains(" times in the last "))?;
    let (name, pod) = head.rsplit_once("Container ")?.1.split_once(" in pod ")?;
    let (namespace, pod) = pod.split_once('/')?;
    let known = times > 0 && [name, namespace, pod].into_iter().all(is_name);
    let container = ContainerRef {
        name: non_empty(name),
        pod: non_empty(pod),
        namespace: non_empty(namespace),
        ..ContainerRef::default()
    };
    known.then(|| ended(container, None, "OOMKilled"))
}

/// Robusta (`playbooks/robusta_playbooks/oom_killer.py`): `Pod ledger-0 in namespace shop OOMKilled results`.
fn robusta(text: &str) -> Option<RuntimeFact> {
    let (head, _) = text.split_once(" OOMKilled results")?;
    let (pod, namespace) = head.rsplit_once("Pod ")?.1.split_once(" in namespace ")?;
    let container = ContainerRef { pod: non_empty(pod), namespace: non_empty(namespace), ..ContainerRef::default() };
    (is_name(pod) && is_name(namespace)).then(|| ended(container, None, "OOMKilled"))
}

/// Azure Container Apps, `ContainerAppSystemLogs`: `"Msg":"Container 'ledger' was terminated with exit code '137' and reason
/// 'OOMKilled'"`, with `"ReplicaName"` beside it.
fn azure(text: &str) -> Option<RuntimeFact> {
    let (head, rest) = text.split_once("' was terminated with exit code '")?;
    let name = head.rsplit_once("Container '")?.1;
    let code = number(rest)?;
    let reason = between(rest, "and reason '", "'").unwrap_or_default();
    let pod = after(text, "\"ReplicaName\":\"").and_then(|rest| rest.split('"').next()).and_then(non_empty);
    let container = ContainerRef { name: non_empty(name), pod, ..ContainerRef::default() };
    is_name(name).then(|| ended(container, Some(code), reason))
}

/// Flyte (`flyteplugins`, `pod_helper.go`): `[f81f-n0-0] terminated with exit code (137). Reason [OOMKilled]. Message: ..`
fn flyte(text: &str) -> Option<RuntimeFact> {
    let (head, rest) = text.split_once("] terminated with exit code (")?;
    let name = head.rsplit_once('[')?.1;
    let code = number(rest).filter(|code| *code != 0)?;
    let reason = between(rest, "Reason [", "]").unwrap_or_default();
    // Its pods bear the name of their only container.
    let container = ContainerRef { name: non_empty(name), ..ContainerRef::default() };
    is_name(name).then(|| ended(container, Some(code), reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<(ContainerRef, ContainerExit)> {
        let fact = read(text)?;
        match fact.what {
            What::Exited(exit) => Some(((*fact.container).clone(), *exit)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn ends_in_the_words_of_observers() {
        for (text, name, pod, namespace) in [
            (
                "- Error: the last termination reason is OOMKilled container=mint pod=mint-0",
                Some("mint"),
                Some("mint-0"),
                None,
            ),
            (
                " - description = Container mint in pod bakery/mint-0 has been OOMKilled 2 times in the last 10 minutes.",
                Some("mint"),
                Some("mint-0"),
                Some("bakery"),
            ),
            (
                "[f9c2-n0-0] terminated with exit code (137). Reason [OOMKilled]. Message: ",
                Some("f9c2-n0-0"),
                None,
                None,
            ),
            ("🚨 Pod mint-0 in namespace bakery OOMKilled results", None, Some("mint-0"), Some("bakery")),
            (
                "{\"ReplicaName\":\"mint--r1-5d\",\"Msg\":\"Container 'mint' was terminated with exit code '137' and reason 'OOMKilled'\"}",
                Some("mint"),
                Some("mint--r1-5d"),
                None,
            ),
        ] {
            let (container, exit) = one(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((container.name.as_deref(), container.pod.as_deref()), (name, pod), "{text}");
            assert_eq!((container.namespace.as_deref(), exit.oom_flag), (namespace, Some(true)), "{text}");
        }
    }

    #[test]
    fn templates_and_talk_are_none() {
        for text in [
            "Container {{ $labels.container }} in pod {{ $labels.namespace }}/{{ $labels.pod }} has been OOMKilled {{ $value }} times in the last 10 minutes.",
            "Container mint in pod bakery/mint-0 has been OOMKilled 0 times in the last 10 minutes.",
            "My pod has been OOMKilled 3 times in the last week",
            "the last termination reason is Completed container=mint pod=mint-0",
            "the last termination reason is %s container=%s pod=%s",
            "Container '%s' was terminated with exit code '%d' and reason '%s'",
        ] {
            assert!(one(text).is_none(), "{text}");
        }
    }
}
