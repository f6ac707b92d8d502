//! Tables of `kubectl get pods` and `kubectl get events`, with any columns (kubectl `pkg/printers/internalversion`).

use super::doc::{Doc, Said};
use super::headless;
use super::kube_columns;
use super::kube_event::{self, KubeEvent};
use super::kube_pod::{pod_what, waiting_what};
use super::table::{Row, Table};
use crate::event::{ContainerExit, ContainerRef, Speaker, What};

#[derive(Clone, Copy, PartialEq)]
enum List {
    Pods,
    Events,
    /// The user's own columns.
    Columns,
}

fn list_of(table: &Table) -> Option<List> {
    let pods = table.has(&["NAME", "READY", "STATUS", "RESTARTS"]);
    let newer = table.has(&["REASON", "OBJECT", "MESSAGE"]);
    let older = table.has(&["REASON", "KIND", "MESSAGE", "NAME"]);
    match (pods, newer || older) {
        (true, _) => Some(List::Pods),
        (_, true) => Some(List::Events),
        _ => kube_columns::are(table).then_some(List::Columns),
    }
}

/// True for the heading of such a table.
pub(super) fn is_heading(line: &str) -> bool {
    Table::new(line).is_some_and(|table| list_of(&table).is_some())
}

/// All tables of a document.
pub(super) fn tables(doc: &mut Doc<'_, '_>) {
    let mut current: Option<(Table, List)> = None;
    for line in doc.lines() {
        if let Some(table) = Table::new(&line.text) {
            // `kubectl get all` goes on with tables of other kinds.
            current = list_of(&table).map(|list| (table, list));
            continue;
        }
        let Some((table, list)) = &current else {
            headless::read(doc, &line);
            continue;
        };
        match (table.row(&line), list) {
            (Some(row), List::Pods) => pod(doc, &row),
            (Some(row), List::Events) => event(doc, &row),
            (Some(row), List::Columns) => kube_columns::row(doc, table, &row),
            (None, _) => {}
        }
    }
}

/// A pod's row: STATUS is the reason of whichever container explains the pod's state best.
fn pod(doc: &mut Doc<'_, '_>, row: &Row<'_>) {
    let Some(name) = row.get("NAME") else { return };
    let name = name.strip_prefix("pod/").unwrap_or(name);
    let container =
        ContainerRef { pod: Some(name.into()), namespace: row.string("NAMESPACE"), ..ContainerRef::default() };
    // `3 (20s ago)` since 1.22.
    let restarts = row.get("RESTARTS").and_then(|r| r.split(' ').next()?.parse().ok());
    let status = row.get("STATUS").unwrap_or_default();
    let what = pod_status(status.strip_prefix("Init:").unwrap_or(status), restarts);
    doc.say(Said { at: row.at, wall: None, host: row.string("NODE"), speaker: Speaker::Kubernetes, container, what });
}

pub(super) fn pod_status(status: &str, restart_count: Option<u32>) -> What {
    let exit = |exit_code: Option<i64>, signal: Option<i32>| {
        What::Exited(Box::new(ContainerExit {
            exit_code,
            signal,
            reason: Some(status.to_owned()),
            oom_flag: Some(status == "OOMKilled"),
            restart_count,
            invented: status == "ContainerStatusUnknown",
            ..ContainerExit::default()
        }))
    };
    match status {
        "Running" => What::Running { oom_flag: None, restart_count, started: None },
        "Terminating" => What::PodDeleted,
        // It waits for its next start, after an end whose reason the row does not show.
        "CrashLoopBackOff" if restart_count > Some(0) => What::Exited(Box::new(ContainerExit {
            reason: Some(status.to_owned()),
            restart_count,
            ..ContainerExit::default()
        })),
        "OOMKilled" | "Error" | "ContainerStatusUnknown" | "ContainerCannotRun" => exit(None, None),
        "Completed" => exit(Some(0), None),
        // Printed when a container has no reason.
        _ if status.starts_with("ExitCode:") => exit(status.get(9..).and_then(|c| c.parse().ok()), None),
        _ if status.starts_with("Signal:") => exit(None, status.get(7..).and_then(|c| c.parse().ok())),
        _ => pod_what(status, String::new()).unwrap_or_else(|| waiting_what(status, String::new())),
    }
}

/// An event's row. Ages give no time.
fn event(doc: &mut Doc<'_, '_>, row: &Row<'_>) {
    let mut event = KubeEvent {
        at: row.at,
        reason: row.string("REASON").unwrap_or_default(),
        message: row.string("MESSAGE").unwrap_or_default(),
        ..KubeEvent::default()
    };
    // `kubelet, kube-node-11`
    if let Some((component, host)) = row.get("SOURCE").map(|s| s.split_once(", ").unwrap_or((s, ""))) {
        event.component = Some(component.to_owned());
        event.host = (!host.is_empty()).then(|| host.to_owned());
    }
    // Before 1.13 kind and name were columns of their own.
    let object = row.string("OBJECT").or_else(|| Some(format!("{}/{}", row.get("KIND")?, row.get("NAME")?)));
    kube_event::table_object(&mut event, &object.unwrap_or_default(), row.get("NAMESPACE"));
    event.container.name = row.get("SUBOBJECT").and_then(kube_event::field_path);
    kube_event::say(doc, event);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::document::tests::{facts, read_text};

    #[test]
    fn pods() {
        let text = "NAMESPACE   NAME                           READY   STATUS        RESTARTS      AGE     IP           NODE           NOMINATED NODE   READINESS GATES\n\
                    batch       web-frontend-58b7d9c6f-tt5rz   0/1     Evicted       0             3m11s   <none>       kube-node-11   <none>           <none>\n\
                    prod        gateway-edge-7c5d9f6b8-2mwhn   0/2     OOMKilled     3 (20s ago)   72s     10.244.7.3   kube-node-11   <none>           <none>\n\
                    prod        b                              0/2     CrashLoopBackOff   3        72s     10.244.7.3   kube-node-11   <none>           <none>\n\
                    prod        c                              1/1     Running       1             72s     10.244.7.3   kube-node-12   <none>           <none>\n";
        let (events, _) = read_text("kubectl_get_pods", text);
        let all = facts(&events);
        assert!(matches!(&all[0].what, What::Evicted { .. }));
        let What::Exited(exit) = &all[1].what else { panic!() };
        assert_eq!((exit.oom_flag, exit.restart_count, exit.exit_code), (Some(true), Some(3), None));
        assert_eq!(
            (all[1].container.namespace.as_deref(), events[1].host.as_deref()),
            (Some("prod"), Some("kube-node-11"))
        );
        let What::Exited(exit) = &all[2].what else { panic!() };
        assert_eq!(
            (exit.oom_flag, exit.restart_count, exit.reason.as_deref()),
            (None, Some(3), Some("CrashLoopBackOff"))
        );
        assert!(matches!(all.last().unwrap().what, What::Running { restart_count: Some(1), .. }));
    }

    #[test]
    fn events_of_all_eras() {
        let text = "NAMESPACE   LAST SEEN   TYPE      REASON       OBJECT              SUBOBJECT                  SOURCE                  MESSAGE\n\
                    default     44s         Warning   SystemOOM    node/kube-node-11                              kubelet, kube-node-11   System OOM encountered, victim process: gateway, pid: 1258\n\
                    prod        18s         Normal    Killing      pod/gateway-0       spec.containers{shipper}   kubelet, kube-node-11   Stopping container shipper\n\
                    prod        18s         Normal    Pulled       pod/gateway-0       spec.containers{shipper}   kubelet, kube-node-11   Image present\n\
                    LASTSEEN   FIRSTSEEN   COUNT     NAME      KIND      SUBOBJECT               TYPE      REASON    SOURCE            MESSAGE\n\
                    1m         2m          3         web-0     Pod       spec.containers{web}    Warning   BackOff   kubelet, n1       Back-off restarting failed container\n";
        let (events, _) = read_text("events.txt", text);
        let all = facts(&events);
        assert_eq!(all.len(), 3);
        assert!(matches!(all[0].what, What::KernelKillRetold { pid: 1258, .. }));
        assert_eq!(events[0].host.as_deref(), Some("kube-node-11"));
        assert_eq!(
            (all[1].container.name.as_deref(), all[1].container.pod.as_deref()),
            (Some("shipper"), Some("gateway-0"))
        );
        assert_eq!((all[2].container.pod.as_deref(), &all[2].what), (Some("web-0"), &What::BackOff { delay_s: None }));
        assert_eq!((events[2].evidence[0].line, events[2].host.as_deref()), (Some(6), Some("n1")));
    }
}
