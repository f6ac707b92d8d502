//! Alerts of Prometheus' Alertmanager as JSON (the web hook's `alerts`, `amtool -o json`, its API): an alert whose labels name a
//! container and the reason of its end, as rules over kube-state-metrics give. When it ended, an alert does not tell.

use super::doc::{Doc, Said};
use super::kube_pod::is_oom;
use super::node::Node;
use crate::event::{ContainerExit, ContainerRef, Speaker, What};

/// True for an alert about a container that ended for memory.
pub(super) fn is_alert(node: &Node<'_>) -> bool {
    let Some(labels) = node.get("labels").filter(|labels| labels.get("alertname").is_some()) else { return false };
    labels.get("pod").is_some() && labels.word_of("reason").is_some_and(is_oom)
}

/// One alert.
pub(super) fn alert(doc: &mut Doc<'_, '_>, node: &Node<'_>) {
    let Some(labels) = node.get("labels") else { return };
    let container = ContainerRef {
        name: labels.string("container"),
        pod: labels.string("pod"),
        namespace: labels.string("namespace"),
        pod_uid: labels.string("uid"),
        ..ContainerRef::default()
    };
    let exit = ContainerExit { reason: labels.string("reason"), oom_flag: Some(true), ..ContainerExit::default() };
    let at = labels.get("reason").map_or(labels.at, |reason| reason.at);
    let (host, what) = (labels.string("node"), What::Exited(Box::new(exit)));
    doc.say(Said { at, wall: None, host, speaker: Speaker::Kubernetes, container, what });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn only_alerts_of_memory_tell_of_an_end() {
        let alert = |reason: &str| {
            format!(
                r#"{{"status": "firing", "labels": {{"alertname": "PodKilled", "container": "ledger", "namespace": "shop", "pod": "ledger-0", "reason": "{reason}"}}, "startsAt": "2026-11-23T10:27:15Z"}}"#
            )
        };
        let text = format!(r#"{{"receiver": "x", "alerts": [{}, {}]}}"#, alert("OOMKilled"), alert("CrashLoopBackOff"));
        let found = facts(&read_text("hook.json", &text).0);
        assert_eq!((found.len(), found[0].container.pod.as_deref()), (1, Some("ledger-0")));
        assert!(matches!(&found[0].what, What::Exited(exit) if exit.oom_flag == Some(true) && exit.finished.is_none()));
    }
}
