use super::*;
use crate::event::{Event, Fact, RuntimeFact};
use crate::recognize::document::tests::{facts, read_text};

const ID: &str = "229764751171a0ba063ec3a2e9f7c89c4d2382373d169da378dd9dc31f9b175b";

fn read_facts(text: &str) -> (Vec<Event>, Vec<RuntimeFact>) {
    let (events, problems) = read_text("kubectl_describe_pods", text);
    assert!(problems.is_empty());
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
fn several_pods() {
    let text = format!(
        "Name:         web-frontend-58b7d9c6f-tt5rz\n\
         Namespace:    batch\n\
         Node:         kube-node-11/\n\
         Annotations:  <none>\n\
         Status:       Failed\n\
         Reason:       Evicted\n\
         Message:      The node was low on resource: memory. Container web was using 61796Ki, which exceeds its request of 0. \n\
         Containers:\n\
        \x20 web:\n\
        \x20   Image:      docker.io/shop/app:2.3.1\n\
         Events:\n\
        \x20 Type     Reason               Age                    From     Message\n\
        \x20 ----     ------               ----                   ----     -------\n\
        \x20 Warning  Evicted              2m18s                  kubelet  The node was low on resource: memory. \n\
        \x20 Normal   Killing              2m18s (x2 over 3m)     kubelet  Stopping container web\n\
         \n\
         \n\
         Name:                      gateway-0\n\
         Namespace:                 prod\n\
         Node:                      kube-node-11/192.168.77.10\n\
         Annotations:               kubernetes.io/config.hash: bebf118b7d46c7338314262eb83434eb\n\
         Status:                    Terminating (lasts 24s)\n\
         Containers:\n\
        \x20 gateway:\n\
        \x20   Container ID:  containerd://{ID}\n\
        \x20   Command:\n\
        \x20     /bin/hog\n\
        \x20   State:          Waiting\n\
        \x20     Reason:       CrashLoopBackOff\n\
        \x20   Last State:     Terminated\n\
        \x20     Reason:       OOMKilled\n\
        \x20     Exit Code:    137\n\
        \x20     Started:      Mon, 23 Nov 2026 12:39:19 +0100\n\
        \x20     Finished:     Mon, 23 Nov 2026 12:39:22 +0100\n\
        \x20   Ready:          False\n\
        \x20   Restart Count:  1\n\
        \x20   Limits:\n\
        \x20     cpu:     2\n\
        \x20     memory:  64Mi\n\
        \x20   Requests:\n\
        \x20     memory:     32Mi\n\
        \x20 log-shipper:\n\
        \x20   Container ID:  \n\
        \x20   Last State:     Terminated\n\
        \x20     Reason:       ContainerStatusUnknown\n\
        \x20     Exit Code:    137\n\
        \x20     Started:      Mon, 01 Jan 0001 00:00:00 +0000\n\
        \x20     Finished:     Mon, 01 Jan 0001 00:00:00 +0000\n\
         Conditions:\n\
        \x20 Type              Status\n"
    );
    let (events, facts) = read_facts(&text);
    let of = |pod: &str| facts.iter().filter(|f| f.container.pod.as_deref() == Some(pod)).collect::<Vec<_>>();
    let web = of("web-frontend-58b7d9c6f-tt5rz");
    assert!(
        web.iter().filter(|f| matches!(&f.what, What::Evicted { resource, .. } if resource == "memory")).count() == 2
    );
    assert!(web.iter().any(|f| matches!(f.what, What::StopAsked { .. }) && f.container.name.as_deref() == Some("web")));
    let gateway = of("gateway-0");
    let dead = gateway.iter().find(|f| f.container.name.as_deref() == Some("gateway")).unwrap();
    assert_eq!((dead.container.id.as_deref(), dead.container.attempt), (Some(ID), Some(1)));
    assert_eq!((dead.container.limit_bytes, exit(dead).exit_code), (Some(67_108_864), Some(137)));
    assert_eq!(dead.container.pod_uid.as_deref(), Some("bebf118b7d46c7338314262eb83434eb"));
    assert_eq!((exit(dead).oom_flag, exit(dead).finished), (Some(true), clock::instant("2026-11-23T12:39:22+01:00")));
    assert!(!exit(dead).invented);
    let lost = gateway.iter().find(|f| f.container.name.as_deref() == Some("log-shipper")).unwrap();
    assert!(exit(lost).invented);
    assert!(
        gateway.iter().any(|f| f.what == What::PodDeleted)
            && gateway.iter().any(|f| f.what == What::BackOff { delay_s: None })
    );
    let event = events.iter().find(|e| e.stamp.wall == exit(dead).finished).unwrap();
    assert_eq!((event.host.as_deref(), event.evidence[0].text.trim()), (Some("kube-node-11"), "Exit Code:    137"));
}

#[test]
fn a_pasted_piece() {
    let (_, facts) = read_facts(
        "    State:          Running\n      Started:      Mon, 19 May 2025 10:14:44 +0000\n    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n      Finished:     Mon, 19 May 2025 10:14:43 +0000\n    Restart Count:  3\n",
    );
    assert_eq!((exit(&facts[0]).exit_code, facts[0].container.attempt), (Some(137), Some(2)));
    assert!(matches!(facts[1].what, What::Running { restart_count: Some(3), .. }));
}

#[test]
fn a_node() {
    let text = "Name:               kube-node-11\nRoles:              <none>\nCapacity:\n  cpu:                1\n  memory:             1675004Ki\nAllocatable:\n  memory:             1367804Ki\nSystem Info:\n  Boot ID:                    53c5715b-2453-4cc3-ae22-367052ecef66\n  Kernel Version:             6.1.0-50-cloud-amd64\nEvents:\n  Type     Reason      Age                  From             Message\n  ----     ------      ----                 ----             -------\n  Warning  SystemOOM   43s                  kubelet          System OOM encountered, victim process: gateway, pid: 1258\n  Warning  OOMKilling  65s                  kernel-monitor   Memory cgroup out of memory: Killed process 7788 (bash) total-vm:7169492kB, anon-rss:1kB\n  Warning  SystemOOM   17m                  kubelet, node1   System OOM encountered\n";
    let (events, facts) = read_facts(text);
    assert_eq!(facts[0].what, What::KernelKillRetold { pid: 1258, comm: "gateway".to_owned(), at: None });
    assert_eq!((facts[1].speaker, facts.len()), (Speaker::NodeProblemDetector, 3));
    assert!(events.iter().all(|e| e.host.as_deref() == Some("kube-node-11")));
    let Some(Fact::Node(node)) = events.last().map(|e| &e.fact) else { panic!() };
    assert_eq!((node.memory_bytes, node.kernel.as_deref()), (Some(1_715_204_096), Some("6.1.0-50-cloud-amd64")));
    assert!(node.boot.is_some());
}

/// A piece of a node's description: its events name no pod.
#[test]
fn a_piece_of_a_node() {
    let events = "Events:\n  Type     Reason     Age    From     Message\n  ----     ------     ----   ----     -------\n  \
                  Warning  SystemOOM  3m12s  kubelet  System OOM encountered, victim process: java, pid: 48121\n";
    for head in ["", "Taints:             <none>\n", "Addresses:\n  InternalIP:  10.0.3.7\n"] {
        let (found, facts) = read_facts(&format!("Name:               kube-node-11\n{head}{events}"));
        assert_eq!(facts[0].container.pod, None, "{head}");
        assert_eq!(found[0].host.as_deref(), Some("kube-node-11"), "{head}");
    }
}

#[test]
fn hostile_text() {
    for text in [
        "Name:",
        "Name:\nContainers:\n  x:\n",
        "Events:\n  a\n  a  b  c  d\n  a  b  c  d  e\n",
        ":\n::\n  :\n",
        "Name:  é\n  \u{2028}: x\n",
    ] {
        let (mut out, path) = (Vec::new(), "describe");
        let mut doc = Doc::new(path, text.as_bytes(), crate::event::SourceId(0), &mut out);
        read(&mut doc);
    }
}
