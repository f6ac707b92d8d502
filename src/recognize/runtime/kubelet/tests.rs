//! Lines of the kubelet, of our recordings (1.20) and composed from the format strings of other releases.

use super::super::testing::{events, exit, facts, facts_of, one, silent};
use crate::event::{RuntimeFact, Wall, What};

const WHO: Option<&str> = Some("kubelet");
const CID: &str = "33ede330f2d652f9a58e818cd3bef25ff03e47cd299d78a62ae9ff0d185eda99";
const UID: &str = "5e8dd2f6-d460-4634-b8f0-1b0210ab824f";

fn klog(body: &str) -> String {
    format!("I1123 12:39:00.157990     534 kubelet.go:1926] {}", body.replace("CID", CID).replace("THEUID", UID))
}

fn pod(fact: &RuntimeFact) -> (Option<&str>, Option<&str>, Option<&str>) {
    let c = &fact.container;
    (c.namespace.as_deref(), c.pod.as_deref(), c.pod_uid.as_deref())
}

#[test]
fn pleg_in_all_forms() {
    for body in [
        r#"SyncLoop (PLEG): "web-zx67q_prod(THEUID)", event: &pleg.PodLifecycleEvent{ID:"THEUID", Type:"ContainerDied", Data:"CID"}"#,
        r#""SyncLoop (PLEG): event for pod" pod="prod/web-zx67q" event=&{ID:THEUID Type:ContainerDied Data:CID}"#,
        r#""SyncLoop (PLEG): event for pod" pod="prod/web-zx67q" event={"ID":"THEUID","Type":"ContainerDied","Data":"CID"}"#,
    ] {
        for who in [WHO, None, Some("k3s"), Some("microk8s.daemon-kubelite")] {
            let fact = one(who, &klog(body));
            assert_eq!(exit(&fact).exit_code, None);
            assert_eq!(fact.container.id.as_deref(), Some(CID), "{body}");
            assert_eq!(pod(&fact), (Some("prod"), Some("web-zx67q"), Some(UID)));
        }
    }
    silent(
        WHO,
        &klog(r#""SyncLoop (PLEG): event for pod" pod="a/b" event={"ID":"THEUID","Type":"PodSync","Data":null}"#),
    );
}

#[test]
fn pleg_in_json_logging() {
    let text = format!(
        r#"{{"ts":1795432383825.2761,"msg":"SyncLoop (PLEG): \"web-zx67q_prod({UID})\", event: &pleg.PodLifecycleEvent{{ID:\"{UID}\", Type:\"ContainerDied\", Data:\"{CID}\"}}\n","v":2}}"#
    );
    assert_eq!(pod(&one(WHO, &text)), (Some("prod"), Some("web-zx67q"), Some(UID)));
    let text = format!(
        r#"{{"ts":1795432383825.2761,"caller":"kubelet/kubelet.go:2465","msg":"SyncLoop (PLEG): event for pod","v":2,"pod":{{"name":"web-zx67q","namespace":"prod"}},"event":{{"ID":"{UID}","Type":"ContainerDied","Data":"{CID}"}}}}"#
    );
    let fact = one(None, &text);
    assert_eq!(pod(&fact), (Some("prod"), Some("web-zx67q"), Some(UID)));
    assert_eq!(fact.container.id.as_deref(), Some(CID));
}

#[test]
fn exit_codes() {
    let fact = one(WHO, &klog(r#""Generic (PLEG): container finished" podID="THEUID" containerID="CID" exitCode=137"#));
    assert_eq!((exit(&fact).exit_code, fact.container.pod_uid.as_deref()), (Some(137), Some(UID)));
    let fact = one(WHO, &klog("GenericPLEG: THEUID/CID: running -> exited"));
    assert_eq!((exit(&fact).exit_code, fact.container.id.as_deref()), (None, Some(CID)));
    silent(WHO, &klog("GenericPLEG: THEUID/CID: exited -> non-existent"));
}

#[test]
fn kills_with_grace() {
    for (body, grace) in [
        (r#"Killing container "containerd://CID" with a 2 second grace period"#, 2.0),
        (r#"Killing container "containerd://CID" with 30 second grace period"#, 30.0),
        (r#"Killing container {"containerd" "CID"}, but using a 0 second grace period override"#, 0.0),
        (
            r#""Killing container with a grace period" pod="ns/p" podUID=c84e0e0d-2970-4e09-8b72-b9b968faa1b0 containerName="c" containerID="containerd://CID" gracePeriod=30"#,
            30.0,
        ),
    ] {
        let fact = one(WHO, &klog(body));
        assert_eq!(fact.what, What::StopAsked { signal: None, grace_s: Some(grace), reason: None }, "{body}");
        assert_eq!(
            (fact.container.id.as_deref(), fact.container.runtime.as_deref()),
            (Some(CID), Some("containerd")),
            "{body}"
        );
    }
}

#[test]
fn probes() {
    for body in [
        r#""Message for Container of pod" containerName="c" containerStatusID={"Type":"containerd","ID":"CID"} pod="ns/p" containerMessage="Container c failed liveness probe, will be restarted""#,
        r#"Container "c" ({"containerd" "CID"}) of pod p_ns(THEUID): Container c failed liveness probe, will be restarted"#,
    ] {
        let fact = one(WHO, &klog(body));
        assert!(matches!(&fact.what, What::ProbeFailed { probe, kills: true, .. } if probe == "liveness"), "{body}");
        assert_eq!(
            (fact.container.id.as_deref(), fact.container.name.as_deref(), fact.container.pod.as_deref()),
            (Some(CID), Some("c"), Some("p"))
        );
    }
    for body in [
        "\"Probe failed\" probeType=\"Liveness\" pod=\"ns/p\" podUID=\"THEUID\" containerName=\"c\" probeResult=\"failure\" output=<\n\tconnection refused\n >",
        r#"Liveness probe for "p_ns(THEUID):c" failed (failure): connection refused"#,
    ] {
        let fact = one(WHO, &klog(body));
        assert!(
            matches!(&fact.what, What::ProbeFailed { probe, kills: false, message: Some(text) } if probe == "liveness" && text == "connection refused"),
            "{fact:?}"
        );
        assert_eq!((fact.container.name.as_deref(), pod(&fact)), (Some("c"), (Some("ns"), Some("p"), Some(UID))));
    }
    let fact = one(
        WHO,
        &klog(
            r#""Message for Container of pod" containerName="c" pod="ns/p" containerMessage="Container c definition changed, will be restarted""#,
        ),
    );
    assert!(matches!(fact.what, What::StopAsked { reason: Some(_), .. }));
}

#[test]
fn deletions() {
    for body in [
        r#"SyncLoop (DELETE, "api"): "p_ns(THEUID)""#,
        r#""SyncLoop DELETE" source="api" pods=["ns/p"]"#,
        r#""SyncLoop REMOVE" source="api" pods=[ns/p]"#,
    ] {
        let fact = one(WHO, &klog(body));
        assert_eq!((fact.what, fact.container.pod.as_deref()), (What::PodDeleted, Some("p")), "{body}");
    }
    assert_eq!(facts(WHO, &klog(r#""SyncLoop DELETE" source="api" pods=["ns/p" "ns/q"]"#)).len(), 2);
    silent(WHO, &klog(r#""SyncLoop DELETE" source="api" pods=[]"#));
}

#[test]
fn eviction_tells_its_resource() {
    let lines = [
        klog("eviction manager: attempting to reclaim memory"),
        klog("eviction manager: pods p_ns(THEUID) evicted, waiting for pod to be cleaned up"),
        klog(r#""Eviction manager: must evict pod(s) to reclaim" resourceName="ephemeral-storage""#),
        klog(r#""Eviction manager: pod is evicted successfully" pod="ns/p""#),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let said = facts_of(events(WHO, &lines));
    let resource = |fact: &RuntimeFact| match &fact.what {
        What::Pressure { resource, .. } => format!("wants {resource}"),
        What::Evicted { resource, .. } => format!("{} {resource}", fact.container.pod.as_deref().unwrap_or_default()),
        other => panic!("{other:?}"),
    };
    let told: Vec<String> = said.iter().map(resource).collect();
    assert_eq!(told, ["wants memory", "p memory", "wants ephemeral-storage", "p ephemeral-storage"]);
    silent(WHO, &klog("eviction manager: pods ranked for eviction: p_ns(THEUID)"));
    silent(WHO, &klog(r#""Eviction manager: pods ranked for eviction" pods="[default/nginx kube-system/x]""#));
}

#[test]
fn eviction_message() {
    let fact = one(
        WHO,
        &klog(
            r#"Status for pod "p_ns(THEUID)" updated successfully: (3, {Phase:Failed Conditions:[] Message:The node was low on resource: memory. Container c was using 61796Ki, which exceeds its request of 0.  Reason:Evicted NominatedNodeName:})"#,
        ),
    );
    let What::Evicted { resource, message } = &fact.what else { panic!("{fact:?}") };
    assert_eq!(resource, "memory");
    assert!(message.ends_with("its request of 0."), "{message}");
    assert_eq!(fact.container.pod.as_deref(), Some("p"));
    let fact = one(
        WHO,
        &klog(
            r#"Patch status for pod "p_ns(THEUID)" with "{\"status\":{\"message\":\"The node was low on resource: memory. Container c was using 61796Ki, which exceeds its request of 0. \",\"phase\":\"Failed\"}}""#,
        ),
    );
    assert!(matches!(fact.what, What::Evicted { message, .. } if message.ends_with("its request of 0.")));
}

#[test]
fn retold_kills() {
    let at = Some(Wall::Instant { unix_us: 1_795_431_659_872_085, offset_s: 0 });
    for (body, comm) in [
        (
            "Got sys oom event: &{1341 payments-api 2026-11-23 11:00:59.872085038 +0000 UTC m=+95.559616485 / / }",
            "payments-api",
        ),
        ("Got sys oom event: &{1341 wör (a) [b] 2026-11-23 11:00:59.872085038 +0000 UTC m=-353.2 / / }", "wör (a) [b]"),
        (
            r#""Got sys oom event" event=&{Pid:1341 ProcessName:runc:[2:INIT] TimeOfDeath:2026-11-23 11:00:59.872085038 +0000 UTC ContainerName:/ VictimContainerName:/ Constraint:CONSTRAINT_NONE}"#,
            "runc:[2:INIT]",
        ),
        (
            r#""Got sys oom event" event={"Pid":1341,"ProcessName":"java","TimeOfDeath":"2026-11-23T11:00:59.872085038Z"}"#,
            "java",
        ),
    ] {
        assert_eq!(one(WHO, &klog(body)).what, What::KernelKillRetold { pid: 1341, comm: comm.into(), at }, "{body}");
    }
    silent(WHO, &klog("Got sys oom event: &{cut"));
}

#[test]
fn its_own_events() {
    let event = |kind: &str, object: &str, reason: &str, message: &str| {
        klog(&format!(
            r#""Event occurred" object="{object}" kind="{kind}" apiVersion="v1" type="Warning" reason="{reason}" message="{message}""#
        ))
    };
    let fact = one(
        WHO,
        &event("Node", "kube-node-11", "SystemOOM", "System OOM encountered, victim process: a, pid: 1, pid: 1258"),
    );
    assert_eq!(fact.what, What::KernelKillRetold { pid: 1258, comm: "a, pid: 1".into(), at: None });
    let fact = one(
        WHO,
        &event(
            "Pod",
            "batch/p",
            "Evicted",
            "The node was low on resource: memory. Container c was using 1Ki, which exceeds its request of 0. ",
        ),
    );
    assert!(matches!(fact.what, What::Evicted { resource, .. } if resource == "memory"));
    let fact = one(WHO, &event("Pod", "batch/p", "Killing", "Stopping container log-shipper"));
    assert_eq!((fact.container.name.as_deref(), fact.container.pod.as_deref()), (Some("log-shipper"), Some("p")));
    let fact = one(WHO, &event("Pod", "batch/p", "Killing", "Container c failed liveness probe, will be restarted"));
    assert!(matches!(fact.what, What::ProbeFailed { kills: true, .. }));
    assert_eq!(fact.container.name.as_deref(), Some("c"));
    let fact = one(WHO, &event("Node", "n", "EvictionThresholdMet", "Attempting to reclaim memory"));
    assert!(matches!(fact.what, What::Pressure { resource, .. } if resource == "memory"));
    let glog = klog(
        r#"Event(v1.ObjectReference{Kind:"Pod", Namespace:"ns", Name:"p", UID:"THEUID", APIVersion:"v1", ResourceVersion:"1", FieldPath:"spec.containers{c}"}): type: 'Normal' reason: 'Killing' Stopping container c"#,
    );
    let fact = one(WHO, &glog);
    assert_eq!((fact.container.name.as_deref(), pod(&fact)), (Some("c"), (Some("ns"), Some("p"), Some(UID))));
}

#[test]
fn back_off() {
    for body in [
        "back-off 1m20s restarting failed container=c pod=p_ns(THEUID)",
        r#"Error syncing pod THEUID ("p_ns(THEUID)"), skipping: failed to "StartContainer" for "c" with CrashLoopBackOff: "back-off 1m20s restarting failed container=c pod=p_ns(THEUID)""#,
        r#""Error syncing pod, skipping" err="failed to \"StartContainer\" for \"c\" with CrashLoopBackOff: \"back-off 1m20s restarting failed container=c pod=p_ns(THEUID)\"" pod="ns/p" podUID="THEUID""#,
    ] {
        let fact = one(WHO, &klog(body));
        assert_eq!(fact.what, What::BackOff { delay_s: Some(80.0) });
        assert_eq!(
            (fact.container.name.as_deref(), pod(&fact)),
            (Some("c"), (Some("ns"), Some("p"), Some(UID))),
            "{body}"
        );
    }
}

#[test]
fn shutdown_and_preemption() {
    let fact =
        one(WHO, &klog(r#""Shutdown manager detected new shutdown event, isNodeShuttingDownNow" event="shutdown""#));
    assert_eq!(fact.what, What::DaemonStop { daemon: "node".into() });
    let fact = one(WHO, &klog(r#""Shutdown manager killing pod with gracePeriod" pod="ns/p" gracePeriod=10"#));
    assert!(matches!(fact.what, What::Preempted { .. }) && fact.container.pod.as_deref() == Some("p"));
    let fact = one(WHO, &klog(r#""Pod evicted successfully" pod="ns/p""#));
    assert!(matches!(fact.what, What::Preempted { .. }));
}

#[test]
fn cadvisor_names_a_path() {
    let fact = one(
        WHO,
        &klog(
            r#"Created an OOM event in container "/kubepods/burstable/podTHEUID/CID" at 2026-11-23 12:39:13.26 +0100 CET"#,
        ),
    );
    assert_eq!((fact.what, fact.container.id.as_deref()), (What::OomSeen, Some(CID)));
    silent(WHO, &klog(r#"Created an OOM event in container "/" at 2026-11-23 12:39:13.26 +0100 CET"#));
}

#[test]
fn ends_in_statuses() {
    let patch = r#"{"metadata":{"uid":"THEUID"},"status":{"containerStatuses":[{"containerID":"containerd://x","image":"app:1","lastState":{},"name":"gateway","restartCount":2,"state":{"terminated":{"containerID":"containerd://CID","exitCode":137,"finishedAt":"2026-11-23T11:39:13Z","reason":"OOMKilled","startedAt":"2026-11-23T11:39:10Z"}}},{"name":"other","state":{"running":{}}}]}}"#;
    let quoted = serde_json::to_string(patch).unwrap();
    for body in [
        format!("Patch status for pod \"p_ns(THEUID)\" with {quoted}"),
        format!("\"Patch status for pod\" pod=\"ns/p\" podUID=\"THEUID\" patch={quoted}"),
    ] {
        let fact = one(WHO, &klog(&body));
        let told = exit(&fact);
        assert_eq!((told.exit_code, told.oom_flag, told.restart_count), (Some(137), Some(true), Some(2)));
        assert_eq!(told.finished, Some(Wall::Instant { unix_us: 1_795_433_953_000_000, offset_s: 0 }));
        assert_eq!((fact.container.id.as_deref(), fact.container.name.as_deref()), (Some(CID), Some("gateway")));
        assert_eq!(pod(&fact), (Some("ns"), Some("p"), Some(UID)));
    }
    let go = "Pod attempted illegal phase transition: Terminated:&ContainerStateTerminated{ExitCode:137,Signal:0,Reason:Error,Message:a,StartedAt:b,StartedAt:2026-11-23 12:37:02.461972513 +0100 CET,FinishedAt:2026-11-23 12:37:50.290505067 +0100 CET,ContainerID:containerd://CID,},},LastTerminationState:ContainerState{Terminated:nil,}";
    let fact = one(WHO, &klog(go));
    assert_eq!(
        (exit(&fact).exit_code, exit(&fact).reason.as_deref(), exit(&fact).oom_flag),
        (Some(137), Some("Error"), Some(false))
    );
    assert_eq!(exit(&fact).message.as_deref(), Some("a,StartedAt:b"));
    let unknown = "x &ContainerStateTerminated{ExitCode:137,Signal:0,Reason:ContainerStatusUnknown,Message:The container could not be located,StartedAt:0001-01-01 00:00:00 +0000 UTC,FinishedAt:0001-01-01 00:00:00 +0000 UTC,ContainerID:containerd://CID,}";
    assert!(exit(&one(WHO, &klog(unknown))).invented);
    silent(WHO, &klog("x &ContainerStateTerminated{ExitCode:137,Signal:"));
}

#[test]
fn ids_in_every_form_of_a_field() {
    for id in [
        "\"containerd://CID\"",
        "{\"Type\":\"containerd\",\"ID\":\"CID\"}",
        "{Type:containerd ID:CID}",
        "{containerd CID}",
        "&{Type:containerd ID:CID}",
    ] {
        let text = format!(
            "\"Killing container with a grace period\" pod=\"ns/p\" podUID=\"THEUID\" containerName=\"app\" containerID={id} gracePeriod=30"
        );
        let c = one(WHO, &klog(&text)).container;
        assert_eq!((c.id.as_deref(), c.runtime.as_deref()), (Some(CID), Some("containerd")), "{id}");
        let text = format!(
            "\"Message for Container of pod\" containerName=\"app\" containerStatusID={id} pod=\"ns/p\" containerMessage=\"Container app failed liveness probe, will be restarted\""
        );
        let c = one(WHO, &klog(&text)).container;
        assert_eq!((c.id.as_deref(), c.runtime.as_deref()), (Some(CID), Some("containerd")), "{id}");
    }
}

#[test]
fn old_kills_name_their_container() {
    for text in [
        "Killing container \"CID ns/p\" with 30 second grace period",
        "Killing unwanted container {app 0}(id={\"docker\" \"CID\"}) for pod \"p_ns(THEUID)\"",
        "\"Killing unwanted container for pod\" containerName=\"app\" containerID={\"Type\":\"docker\",\"ID\":\"CID\"} pod=\"ns/p\"",
        "Event(v1.ObjectReference{Kind:\"Pod\", Namespace:\"ns\", Name:\"p\", UID:\"THEUID\", APIVersion:\"v1\", ResourceVersion:\"1\", FieldPath:\"spec.containers{app}\"}): type: 'Normal' reason: 'Killing' Killing container with id docker://CID:Need to kill Pod",
    ] {
        let fact = one(WHO, &klog(text));
        assert!(matches!(fact.what, What::StopAsked { .. }), "{text}");
        assert_eq!(fact.container.id.as_deref(), Some(CID), "{text}");
    }
}

#[test]
fn preemption_in_glog() {
    let fact = one(WHO, &klog("preemption: pod p_ns(THEUID) evicted successfully"));
    assert!(matches!(fact.what, What::Preempted { .. }));
    assert_eq!(pod(&fact), (Some("ns"), Some("p"), Some(UID)));
}

#[test]
fn relists_with_fields() {
    let text = |new: &str| {
        format!("\"GenericPLEG\" podUID=\"THEUID\" containerID=\"CID\" oldState=\"running\" newState=\"{new}\"")
    };
    let fact = one(WHO, &klog(&text("exited")));
    assert_eq!((fact.container.id.as_deref(), exit(&fact).exit_code), (Some(CID), None));
    assert_eq!(fact.container.pod_uid.as_deref(), Some(UID));
    silent(WHO, &klog(&text("non-existent")));
}

#[test]
fn the_nodes_condition_is_recorded() {
    for text in [
        "\"Recording event message for node\" node=\"node1\" event=\"NodeHasInsufficientMemory\"",
        "Recording NodeHasInsufficientMemory event message for node node1",
    ] {
        let fact = one(WHO, &klog(text));
        assert!(matches!(&fact.what, What::Pressure { resource, .. } if resource == "memory"), "{text}");
    }
    silent(WHO, &klog("\"Recording event message for node\" node=\"node1\" event=\"NodeHasSufficientMemory\""));
}
