//! Paths as they stand in logs of many platforms.

use super::*;

const A: &str = "0f1d4ab1c2e34f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c";
const B: &str = "b6c9ab06f0f9a1a8d8f4f3f6d1f0b7c6e5d4c3b2a19081726354433221100ffe";
const UID: &str = "2b4c6d8e-1f3a-4b5c-8d7e-9f0a1b2c3d4e";
const UID_: &str = "2b4c6d8e_1f3a_4b5c_8d7e_9f0a1b2c3d4e";
const STATIC: &str = "8f14e45fceea167a5a36dedd4bea2543";

fn ids(path: &str) -> Vec<(String, Option<&'static str>, bool)> {
    parse(path).containers.into_iter().map(|c| (c.id, c.runtime, c.monitor)).collect()
}

fn only(id: &str, runtime: Option<&'static str>) -> Vec<(String, Option<&'static str>, bool)> {
    vec![(id.to_owned(), runtime, false)]
}

#[test]
fn kubernetes_with_the_systemd_driver() {
    let path =
        format!("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{UID_}.slice/cri-containerd-{A}.scope");
    let found = parse(&path);
    assert_eq!(ids(&path), only(A, Some("containerd")));
    assert_eq!(found.pod_uid.as_deref(), Some(UID));
    assert_eq!(found.qos, Some("burstable"));
    assert_eq!(found.slice.as_deref(), Some(format!("kubepods-burstable-pod{UID_}.slice").as_str()));
    assert_eq!(found.unit, None);
    assert_eq!(scope(&path), PathScope::Container);
    assert_eq!(scope(&format!("/kubepods.slice/kubepods-pod{UID_}.slice")), PathScope::Pod);
    assert_eq!(parse(&format!("/kubepods.slice/kubepods-pod{UID_}.slice")).qos, Some("guaranteed"));
    assert_eq!(scope("/kubepods.slice/kubepods-besteffort.slice"), PathScope::Qos);
    assert_eq!(scope("/kubepods.slice"), PathScope::Kubepods);
}

#[test]
fn kubernetes_with_cgroupfs() {
    let path = format!("/kubepods/besteffort/pod{UID}/{A}");
    let found = parse(&path);
    assert_eq!(ids(&path), only(A, None));
    assert_eq!((found.pod_uid.as_deref(), found.qos), (Some(UID), Some("besteffort")));
    assert_eq!(parse(&format!("/kubepods/pod{UID}/{A}")).qos, Some("guaranteed"));
    assert_eq!(scope(&path), PathScope::Container);
    assert_eq!(scope(&format!("/kubepods/besteffort/pod{UID}")), PathScope::Pod);
    assert_eq!(scope("/kubepods/burstable"), PathScope::Qos);
    assert_eq!(scope("/kubepods"), PathScope::Kubepods);
    assert_eq!(scope("/burstable"), PathScope::Other);
}

#[test]
fn static_pods_have_32_digits() {
    let path = format!("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{STATIC}.slice/crio-{A}.scope");
    let found = parse(&path);
    assert_eq!(found.pod_uid.as_deref(), Some(STATIC));
    assert_eq!(found.containers[0].runtime, Some("cri-o"));
    assert_eq!(parse(&format!("/kubepods/burstable/pod{STATIC}/{A}")).pod_uid.as_deref(), Some(STATIC));
}

#[test]
fn nested_containers_come_innermost_first() {
    let kind = format!(
        "/system.slice/docker-{A}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/\
         kubelet-kubepods-burstable-pod{UID_}.slice/cri-containerd-{B}.scope"
    );
    let found = parse(&kind);
    let runtimes: Vec<_> = found.containers.iter().map(|c| (c.id.as_str(), c.runtime)).collect();
    assert_eq!(runtimes, [(B, Some("containerd")), (A, Some("docker"))]);
    assert_eq!(found.qos, Some("burstable"));
    assert_eq!(found.unit, None);
    assert_eq!(scope("/kubelet.slice/kubelet-kubepods.slice"), PathScope::Kubepods);
    assert_eq!(scope("/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice"), PathScope::Qos);
    let v1 = parse(&format!("/docker/{A}/kubelet/kubepods/burstable/pod{UID}/{B}"));
    assert_eq!(v1.containers.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), [B, A]);
    assert_eq!(v1.containers[1].runtime, Some("docker"));
    let dind = parse(&format!("/kubepods/burstable/pod{UID}/{A}/docker/{B}"));
    assert_eq!(dind.containers.iter().map(|c| c.runtime).collect::<Vec<_>>(), [Some("docker"), None]);
    assert_eq!(dind.pod_uid.as_deref(), Some(UID));
}

#[test]
fn the_deepest_pod_wins_with_its_own_class() {
    let path = format!("/kubepods/burstable/pod{UID}/{A}/kubepods/pod{STATIC}/{B}");
    let found = parse(&path);
    assert_eq!((found.pod_uid.as_deref(), found.qos), (Some(STATIC), Some("guaranteed")));
}

#[test]
fn crun_puts_a_group_below_the_scope() {
    for path in [
        format!("/machine.slice/libpod-{A}.scope/container"),
        format!("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{A}.scope/container"),
    ] {
        assert_eq!(ids(&path), only(A, Some("podman")), "{path}");
        assert_eq!(scope(&path), PathScope::Container, "{path}");
    }
}

#[test]
fn monitors_are_not_the_container() {
    for (name, runtime) in [
        (format!("crio-conmon-{A}.scope"), "cri-o"),
        (format!("crio-conmon-{A}"), "cri-o"),
        (format!("libpod-conmon-{A}.scope"), "podman"),
    ] {
        let path = format!("/machine.slice/{name}");
        assert_eq!(ids(&path), vec![(A.to_owned(), Some(runtime), true)]);
        assert_eq!(scope(&path), PathScope::Service);
    }
}

#[test]
fn unexpanded_systemd_paths() {
    let name = format!("kubepods-besteffort-pod{UID_}.slice:cri-containerd:{A}");
    for path in [format!("/{name}"), format!("/system.slice/containerd.service/{name}")] {
        let found = parse(&path);
        assert_eq!(ids(&path), only(A, Some("containerd")), "{path}");
        assert_eq!((found.pod_uid.as_deref(), found.qos), (Some(UID), Some("besteffort")));
        assert_eq!(found.unit, None);
        assert_eq!(found.slice.as_deref(), Some(format!("kubepods-besteffort-pod{UID_}.slice").as_str()));
        assert_eq!(scope(&path), PathScope::Container);
    }
    assert_eq!(ids(&format!("/system.slice:docker:{A}")), only(A, Some("docker")));
    assert_eq!(ids(&format!("/machine.slice:libpod:{A}")), only(A, Some("podman")));
    assert_eq!(ids(&format!("/x.slice:crio:{A}")), only(A, Some("cri-o")));
    assert_eq!(ids(&format!("::{A}")), only(A, None));
    assert_eq!(ids(&format!(":{A}")), []);
}

#[test]
fn docker_and_plain_containerd() {
    assert_eq!(ids(&format!("/docker/{A}")), only(A, Some("docker")));
    assert_eq!(ids(&format!("/system.slice/docker-{A}.scope")), only(A, Some("docker")));
    assert_eq!(ids(&format!("/ecs/{STATIC}/{A}")), only(A, Some("docker")));
    assert_eq!(ids(&format!("/ecstasks.slice/ecstasks-{STATIC}.slice/docker-{A}.scope")), only(A, Some("docker")));
    assert_eq!(ids(&format!("/actions_job/{A}")), only(A, Some("docker")));
    assert_eq!(ids(&format!("/default/{A}")), only(A, Some("containerd")));
    assert_eq!(ids(&format!("/system.slice/nerdctl-{A}.scope")), only(A, Some("containerd")));
    assert_eq!(ids(&format!("/own-parent/{A}")), only(A, None));
    assert_eq!(ids("/docker/buildkit/abcdef0123456789"), []);
    assert_eq!(ids(&format!("/vc/kata_{A}")), only(A, None));
    assert_eq!(scope("/docker"), PathScope::Other);
}

#[test]
fn bare_names_of_the_cpuset_field() {
    assert_eq!(ids(&format!("cri-containerd-{A}.scope")), only(A, Some("containerd")));
    assert_eq!(ids(A), only(A, None));
    assert_eq!(parse("user.slice").slice.as_deref(), Some("user.slice"));
    assert_eq!(parse("aegis"), Identity::default());
}

#[test]
fn podman_pods_and_split_groups() {
    let path = format!("/machine.slice/machine-libpod_pod_{B}.slice/libpod-{A}.scope/container");
    assert_eq!(ids(&path), only(A, Some("podman")));
    assert_eq!(parse(&path).other, Some(format!("podman pod {B}")));
    assert_eq!(scope(&format!("/machine.slice/machine-libpod_pod_{B}.slice")), PathScope::Pod);
    assert_eq!(ids(&format!("/libpod_parent/libpod_pod_{B}/libpod-{A}")), only(A, Some("podman")));
    let split = parse(&format!("/system.slice/web.service/libpod-payload-{A}"));
    assert_eq!(split.unit.as_deref(), Some("web.service"));
    assert_eq!(split.runner, split.unit);
    let of_user =
        format!("/user.slice/user-7.slice/user@7.service/app.slice/web@a.service/libpod-payload-{A}/init.scope");
    assert_eq!(parse(&of_user).runner.as_deref(), Some("web@a.service"));
    assert_eq!(parse(&format!("/system.slice/docker.service/docker/{A}")).runner, None, "the engine's own unit");
    assert_eq!(split.containers[0].runtime, Some("podman"));
}

#[test]
fn units_and_slices() {
    let unit = |path: &str| parse(path).unit;
    assert_eq!(unit("/system.slice/nginx.service").as_deref(), Some("nginx.service"));
    assert_eq!(unit("/user.slice/user-1000.slice/session-5.scope").as_deref(), Some("session-5.scope"));
    let firefox = "/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-4242.scope";
    assert_eq!(unit(firefox).as_deref(), Some("app-gnome-firefox-4242.scope"));
    assert_eq!(parse(firefox).slice.as_deref(), Some("app.slice"));
    assert_eq!(unit("/init.scope").as_deref(), Some("init.scope"));
    assert_eq!(unit("/user.slice/user-1000.slice/user@1000.service/init.scope").as_deref(), Some("user@1000.service"));
    assert_eq!(unit("/system.slice/_memory.service").as_deref(), Some("memory.service"));
    assert_eq!(unit("/system.slice/system-getty.slice/getty@tty1.service").as_deref(), Some("getty@tty1.service"));
    assert_eq!(unit("/system.slice/.service"), None);
    assert_eq!(
        unit(r"/system.slice/system-foo\x2dbar.slice/foo\x2dbar@1.service").as_deref(),
        Some(r"foo\x2dbar@1.service")
    );
    assert_eq!(parse("/user.slice/user-1000.slice").slice.as_deref(), Some("user-1000.slice"));
}

#[test]
fn scopes_of_units() {
    for (path, expected) in [
        ("/", PathScope::Root),
        ("", PathScope::Root),
        ("/system.slice", PathScope::Slice),
        ("/system.slice/nginx.service", PathScope::Service),
        ("/system.slice/nginx.service/worker", PathScope::Service),
        ("/system.slice/worker", PathScope::Other),
        ("/user.slice/user-1000.slice/session-5.scope", PathScope::Service),
        ("/user.slice/user-1000.slice/user@1000.service/init.scope", PathScope::Service),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice", PathScope::Slice),
        ("/init.scope", PathScope::Service),
        ("/runtime.slice", PathScope::Slice),
        ("/lxc.payload.web", PathScope::Container),
        ("/lxc.payload.web/init.scope", PathScope::Container),
        ("/lxc.payload.web/system.slice/nginx.service", PathScope::Service),
        ("/system.slice/slurmstepd.scope/job_12/step_0/user/task_3", PathScope::Other),
        ("/system.slice/slurmstepd.scope/job_12", PathScope::Other),
        ("/actions_job", PathScope::Other),
    ] {
        assert_eq!(scope(path), expected, "{path}");
    }
}

#[test]
fn scopes_below_a_container_or_pod() {
    assert_eq!(scope(&format!("/system.slice/docker-{A}.scope/init.scope")), PathScope::Container);
    assert_eq!(scope(&format!("/docker/{A}/sub/deeper")), PathScope::Container);
    assert_eq!(scope(&format!("/docker/{A}/system.slice")), PathScope::Slice);
    assert_eq!(scope(&format!("/docker/{A}/system.slice/cron.service")), PathScope::Service);
    // A cut id: the limit is not the pod's.
    assert_eq!(scope(&format!("/kubepods/pod{UID}/0f1d4ab1c2")), PathScope::Other);
}

#[test]
fn other_platforms_are_named() {
    let alloc = "b3c1d2e4-0000-4111-8222-333344445555";
    for (path, expected) in [
        ("/lxc.payload.web1/system.slice/nginx.service", "LXC container web1"),
        ("/lxc/web1/init.scope", "LXC container web1"),
        ("/lxc.monitor.web1", "monitor of LXC container web1"),
        ("/machine.slice/systemd-nspawn@deb\\x2d12.service/payload", "machine deb-12"),
        ("/machine.slice/machine-deb.scope", "machine deb"),
        (r"/machine.slice/machine-lxc\x2d812\x2dweb.scope", "LXC container web"),
        ("/qemu.slice/101.scope", "virtual machine 101"),
        ("/garden/good/guid-1", "Garden container guid-1"),
        (r"/machine.slice/machine-qemu\x2d3\x2dweb\x2d1.scope/libvirt/emulator", "virtual machine web-1"),
        ("/slurm/uid_1000/job_77/step_batch/task_0", "Slurm job 77 step batch"),
        ("/slurm_node4/uid_1000/job_77", "Slurm job 77"),
        ("/system.slice/n1_slurmstepd.scope/job_9/step_0/user/task_0", "Slurm job 9 step 0"),
        (
            "/hadoop-yarn/container_e22_1432969244945_6026_01_000075",
            "YARN container container_e22_1432969244945_6026_01_000075",
        ),
        ("/own/container_1432969244945_6026_01_000075", "YARN container container_1432969244945_6026_01_000075"),
        ("/htcondor/condor_var_lib_slot1@host", "HTCondor job condor_var_lib_slot1@host"),
        ("/lsf/prod/job.12.345", "LSF job.12.345"),
        ("/pbspro.slice/pbspro-12.srv.slice", "PBS job 12.srv"),
        ("/apps/uid_10123/pid_456", "app with uid 10123, process 456"),
    ] {
        assert_eq!(parse(path).other.as_deref(), Some(expected), "{path}");
    }
    let named = |path: String| parse(&path).other;
    assert_eq!(
        named(format!("/nomad.slice/share.slice/{alloc}.web.api.scope")),
        Some(format!("Nomad task web.api of allocation {alloc}"))
    );
    assert_eq!(named(format!("/mesos/{alloc}")), Some(format!("Mesos container {alloc}")));
    assert_eq!(named(format!("/instance-{alloc}")), Some(format!("Garden container {alloc}")));
    assert_eq!(named(format!("/ecs/{STATIC}/{A}")), Some(format!("ECS task {STATIC}")));
    assert_eq!(parse("/container_of_mine").other, None);
    assert_eq!(parse("/uid_0/job_1").other, None);
}

/// What a path names is a container for the report, with the name or id that the platform itself prints.
#[test]
fn containers_of_other_platforms() {
    let alloc = "b3c1d2e4-0000-4111-8222-333344445555";
    let task = format!("{alloc}.web.api");
    let nomad = format!("/nomad.slice/share.slice/{task}.scope");
    let (fargate, on_fargate) = (format!("{STATIC}-265927825"), format!("/ecs/{STATIC}/{STATIC}-265927825"));
    let (garden, mesos, nested) =
        (format!("/garden/{UID}"), format!("/mesos/{UID}"), format!("/mesos/{UID}/mesos/{alloc}"));
    let v1 = format!("/nomad/{task}");
    for (path, runtime, id, name, limit) in [
        ("/lxc/web1/init.scope", "lxc", None, Some("web1"), PathScope::Container),
        ("/lxc.payload.web1/system.slice/nginx.service", "lxc", None, Some("web1"), PathScope::Service),
        (r"/machine.slice/machine-lxc\x2d9\x2dweb1.scope", "lxc", None, Some("web1"), PathScope::Container),
        (&garden, "garden", Some(UID), None, PathScope::Container),
        (&mesos, "mesos", Some(UID), None, PathScope::Container),
        (&nested, "mesos", Some(alloc), None, PathScope::Container),
        ("/hadoop-yarn/container_1_2_3_4", "yarn", Some("container_1_2_3_4"), None, PathScope::Container),
        ("/slurm/uid_1/job_77/step_0/task_1", "slurm", Some("77.0"), None, PathScope::Other),
        ("/slurm/uid_1/job_77", "slurm", Some("77"), None, PathScope::Other),
        ("/system.slice/slurmstepd.scope/job_7/step_batch/user", "slurm", Some("7.batch"), None, PathScope::Other),
        (&nomad, "nomad", Some(&task), Some("web.api"), PathScope::Container),
        (&v1, "nomad", Some(&task), Some("web.api"), PathScope::Container),
        ("/machine.slice/machine-deb.scope", "systemd-nspawn", None, Some("deb"), PathScope::Container),
        ("/machine.slice/systemd-nspawn@deb.service", "systemd-nspawn", None, Some("deb"), PathScope::Container),
        (r"/machine.slice/machine-qemu\x2d3\x2dweb\x2d1.scope", "qemu", None, Some("web-1"), PathScope::Service),
        ("/qemu.slice/101.scope", "qemu", None, Some("101"), PathScope::Service),
        (&on_fargate, "ecs", Some(&fargate), None, PathScope::Container),
        ("/htcondor/condor_slot1@host", "htcondor", Some("condor_slot1@host"), None, PathScope::Other),
        ("/lsf/prod/job.12.345", "lsf", Some("12.345"), None, PathScope::Other),
        ("/pbspro.slice/pbspro-12.srv.slice", "pbs", Some("12.srv"), None, PathScope::Slice),
    ] {
        let found = parse(path);
        let first = found.containers.first().unwrap_or_else(|| panic!("{path}"));
        assert_eq!((first.runtime, first.own_id(), first.name.as_deref()), (Some(runtime), id, name), "{path}");
        assert!(first.is_of_platform() && !first.monitor, "{path}");
        assert_eq!(scope(path), limit, "{path}");
    }
    let docker = parse(&format!("/lxc.payload.ci/system.slice/docker-{A}.scope"));
    assert_eq!(docker.containers.iter().map(|c| c.runtime).collect::<Vec<_>>(), [Some("docker"), Some("lxc")]);
    let jobs = parse("/slurm/uid_1/job_77/step_0").containers;
    assert_eq!(jobs.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["77.0", "77"], "a step is in its job");
    for path in ["/garden/good", "/docker/buildkit/x", "/system.slice/snap.lxd.daemon.service", "/lxc.monitor.web1"] {
        assert_eq!(parse(path).containers, [], "{path}");
    }
    for task in [format!("/ecs/{STATIC}"), format!("/ecstasks.slice/ecstasks-{STATIC}.slice")] {
        assert_eq!((scope(&task), parse(&task).ecs_task.as_deref()), (PathScope::Pod, Some(STATIC)), "{task}");
    }
}

#[test]
fn lines_of_proc_cgroup() {
    assert_eq!(ids(&format!("0::/docker/{A}")), only(A, Some("docker")));
    assert_eq!(ids(&format!("4:memory:/docker/{A} (deleted)\n")), only(A, Some("docker")));
    assert_eq!(ids(&format!("/../../crio-{A}.scope")), only(A, Some("cri-o")));
    assert_eq!(scope("0::/"), PathScope::Root);
}

#[test]
fn hostile_and_cut_paths() {
    let upper = A.to_uppercase();
    for path in [
        "/////".to_owned(),
        "/..//.".to_owned(),
        "\\x".to_owned(),
        format!("/docker/{upper}"),
        format!("/docker/{}", &A[..40]),
        format!("/docker-{A}x.scope"),
        format!("/kubepods/podé{UID}"),
        format!("/kubepods/pod{UID}é"),
        "/b3c1d2e4-0000-4111-8222-33334444555é.task".to_owned(),
        ":::::".to_owned(),
        "é:é:é".to_owned(),
        "/a,b=c d,task_memcg=/x,task=y\u{202e}".to_owned(),
    ] {
        assert_eq!(ids(&path), [], "{path}");
        let _ = scope(&path);
    }
    assert_eq!(ids("/machine.slice/machine-\\x2.scope"), only("\\x2", Some("systemd-nspawn")));
    assert_eq!(ids("/machine-\\xff\\xfe.scope"), only("\u{fffd}\u{fffd}", Some("systemd-nspawn")));
    let deep = "/x".repeat(100_000);
    assert_eq!(parse(&deep), Identity::default());
    assert_eq!(scope(&deep), PathScope::Other);
    assert_eq!(segment::unescape(r"a\x2db\x2\xzz"), r"a-b\x2\xzz");
}

#[test]
fn many_init_scopes_stay_cheap() {
    let path = "/init.scope".repeat(2_000);
    assert_eq!(parse(&path).unit.as_deref(), Some("init.scope"));
}
