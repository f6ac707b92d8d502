use super::*;
use crate::event::{Event, RuntimeFact};
use crate::recognize::document::tests::{facts, read_text};

const UID: &str = "3f1d6c0e-6a51-4a5e-9d0e-6a7f4c1b2a10";
const DEAD: &str = "229764751171a0ba063ec3a2e9f7c89c4d2382373d169da378dd9dc31f9b175b";
const LIVE: &str = "d26a37ee1cc262d58febab108d4a65fe2330d9329e37b6d8d6650b78924761e1";

fn pod(metadata: &str, status: &str) -> String {
    format!(
        r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "web-0", "namespace": "prod", "uid": "{UID}"{metadata}}},
 "spec": {{"nodeName": "node-a", "containers": [
  {{"name": "web", "image": "app:1", "resources": {{"limits": {{"cpu": "2", "memory": "64Mi"}}}}}},
  {{"name": "side", "image": "side:1", "resources": {{}}}}]}},
 "status": {{{status}}}}}"#
    )
}

fn read_pod(metadata: &str, status: &str) -> (Vec<Event>, Vec<RuntimeFact>) {
    let (events, problems) = read_text("pods.json", &pod(metadata, status));
    assert!(problems.is_empty(), "{problems:?}");
    let facts = facts(&events);
    (events, facts)
}

fn exit(fact: &RuntimeFact) -> &ContainerExit {
    match &fact.what {
        What::Exited(exit) => exit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_container_that_was_killed_and_runs_again() {
    let status = format!(
        r#""phase": "Running", "containerStatuses": [{{"name": "web", "containerID": "containerd://{LIVE}", "restartCount": 3,
   "state": {{"running": {{"startedAt": "2026-11-23T11:40:00Z"}}}},
   "lastState": {{"terminated": {{"containerID": "containerd://{DEAD}",
     "exitCode": 137, "reason": "OOMKilled", "startedAt": "2026-11-23T11:39:19Z", "finishedAt": "2026-11-23T11:39:22Z"}}}}}}]"#
    );
    let (events, facts) = read_pod("", &status);
    assert_eq!(facts.len(), 2);
    let dead = &facts[0];
    assert_eq!((dead.container.id.as_deref(), dead.container.runtime.as_deref()), (Some(DEAD), Some("containerd")));
    assert_eq!((dead.container.attempt, dead.container.limit_bytes), (Some(2), Some(67_108_864)));
    assert_eq!((dead.container.pod_uid.as_deref(), dead.container.image.as_deref()), (Some(UID), Some("app:1")));
    assert_eq!((exit(dead).exit_code, exit(dead).oom_flag, exit(dead).restart_count), (Some(137), Some(true), Some(3)));
    assert_eq!(events[0].stamp.wall, exit(dead).finished);
    assert_eq!((events[0].host.as_deref(), events[0].evidence[0].line), (Some("node-a"), Some(8)));
    assert!(events[0].evidence[0].text.contains("\"exitCode\": 137"));
    assert_eq!((facts[1].container.id.as_deref(), facts[1].container.attempt), (Some(LIVE), Some(3)));
    assert!(matches!(facts[1].what, What::Running { oom_flag: None, restart_count: Some(3), .. }));
}

#[test]
fn a_crash_loop_shows_the_dead_container_twice() {
    let status = format!(
        r#""containerStatuses": [{{"name": "web", "containerID": "docker://{DEAD}", "restartCount": 3,
   "state": {{"waiting": {{"reason": "CrashLoopBackOff", "message": "back-off 2m40s restarting failed container=web pod=web-0_prod(x)"}}}},
   "lastState": {{"terminated": {{"containerID": "docker://{DEAD}", "exitCode": 1, "reason": "Error", "finishedAt": "2026-11-23T11:39:22Z"}}}}}}]"#
    );
    let (_, facts) = read_pod("", &status);
    assert_eq!(facts[0].container.attempt, Some(3));
    assert_eq!(exit(&facts[0]).oom_flag, Some(false));
    assert_eq!(facts[1].what, What::BackOff { delay_s: Some(160.0) });
}

#[test]
fn made_up_ends() {
    let status = r#""containerStatuses": [{"name": "side", "containerID": "", "restartCount": 0,
   "state": {"waiting": {"reason": "ContainerCreating"}},
   "lastState": {"terminated": {"exitCode": 137, "reason": "ContainerStatusUnknown", "startedAt": null, "finishedAt": null,
     "message": "The container could not be located when the pod was deleted.  The container used to be Running"}}}]"#;
    let (events, facts) = read_pod("", status);
    assert!(exit(&facts[0]).invented);
    assert_eq!((events[0].stamp.wall, facts[0].container.id.as_deref()), (None, None));
    assert_eq!(facts[1].what, What::Seen);
    assert_eq!(facts[1].container.limit_bytes, None);
    // An excerpt without times is not made up.
    let excerpt = r#""containerStatuses": [{"name": "side", "restartCount": 0,
   "state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}]"#;
    let (_, facts) = read_pod("", excerpt);
    assert!(!exit(&facts[0]).invented);
}

#[test]
fn init_containers_and_start_errors() {
    let status = format!(
        r#""initContainerStatuses": [{{"name": "migrate", "restartCount": 2, "containerID": "cri-o://{DEAD}",
   "state": {{"terminated": {{"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-23T11:39:22Z", "containerID": "cri-o://{DEAD}"}}}}, "lastState": {{}}}}],
 "containerStatuses": [{{"name": "web", "restartCount": 0, "state": {{"waiting": {{"reason": "RunContainerError", "message": "container init was OOM-killed (memory limit too low?)"}}}}}}]"#
    );
    let (_, facts) = read_pod("", &status);
    let start = facts.iter().find(|f| f.container.name.as_deref() == Some("web")).unwrap();
    assert!(matches!(start.what, What::StartFailed { memory: true, .. }));
    let init = facts.iter().find(|f| f.container.name.as_deref() == Some("migrate")).unwrap();
    assert_eq!((init.container.attempt, init.container.runtime.as_deref()), (Some(2), Some("cri-o")));
    assert_eq!(exit(init).exit_code, Some(137));
}

#[test]
fn evicted_shut_down_and_deleted_pods() {
    let message =
        "The node was low on resource: memory. Container web was using 61796Ki, which exceeds its request of 0. ";
    let (events, facts) = read_pod("", &format!(r#""phase": "Failed", "reason": "Evicted", "message": "{message}""#));
    assert_eq!(facts.len(), 3, "two containers and the pod");
    assert_eq!(facts[2].what, What::Evicted { resource: "memory".to_owned(), message: message.to_owned() });
    assert!(events[2].evidence[0].text.contains("\"Evicted\""));
    assert_eq!(facts[2].container.name, None);

    let shutdown = r#""phase": "Failed", "reason": "Terminated", "message": "Pod was terminated in response to imminent node shutdown.""#;
    assert!(matches!(read_pod("", shutdown).1[2].what, What::Preempted { .. }));

    let deletion = r#", "deletionTimestamp": "2026-11-23T11:39:41Z", "deletionGracePeriodSeconds": 30"#;
    let (events, facts) = read_pod(deletion, r#""phase": "Running""#);
    assert_eq!(facts[2].what, What::PodDeleted);
    assert_eq!(events[2].stamp.wall, clock::instant("2026-11-23T11:39:11Z"));

    let condition = r#""conditions": [{"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler", "message": "m", "lastTransitionTime": "2026-11-23T11:39:41Z"}]"#;
    let (events, facts) = read_pod("", condition);
    assert_eq!(facts[2].what, What::Preempted { message: "m".to_owned() });
    assert!(events[2].stamp.wall.is_some());
}

#[test]
fn static_pods_have_two_uids() {
    let hash = "bebf118b7d46c7338314262eb83434eb";
    let (_, facts) = read_pod(
        &format!(r#", "annotations": {{"kubernetes.io/config.hash": "{hash}"}}"#),
        r#""containerStatuses": [{"name": "web", "restartCount": 0}]"#,
    );
    let uids: Vec<_> = facts.iter().map(|f| f.container.pod_uid.as_deref().unwrap()).collect();
    assert_eq!(uids, [hash, UID]);
}

#[test]
fn yaml_gives_the_same() {
    let text = format!(
        "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: web-0\n    namespace: prod\n    uid: {UID}\n  spec:\n    containers:\n    - name: web\n      resources:\n        limits:\n          memory: 64Mi\n    nodeName: node-a\n  status:\n    containerStatuses:\n    - containerID: containerd://{DEAD}\n      name: web\n      restartCount: 0\n      state:\n        terminated:\n          containerID: containerd://{DEAD}\n          exitCode: 137\n          finishedAt: \"2026-11-23T11:39:22Z\"\n          reason: Error\nkind: List\n"
    );
    let (events, problems) = read_text("pods.yaml", &text);
    assert!(problems.is_empty(), "{problems:?}");
    let facts = facts(&events);
    assert_eq!((exit(&facts[0]).exit_code, facts[0].container.limit_bytes), (Some(137), Some(67_108_864)));
    assert_eq!((events[0].evidence[0].line, events[0].evidence[0].text.trim()), (Some(24), "exitCode: 137"));
}
