use super::testing::{events, facts, one, record, silent};
use super::*;

#[test]
fn needles_are_there_and_plain() {
    assert!(NEEDLES.len() > 100);
    for needle in NEEDLES {
        assert!(needle.len() >= 7 || needle.starts_with(".s"), "{needle} is too short to be rare");
        let escaped = serde_json::to_string(needle).unwrap_or_default();
        assert_eq!(escaped.trim_matches('"'), *needle, "would not stand verbatim in JSON");
    }
}

#[test]
fn the_inner_time_fills_what_the_carrier_lacks() {
    let text = "time=\"2026-11-23T10:27:16.311141288Z\" level=info msg=\"Kill container \\\"483b9c4976d4\\\"\"";
    let mut entry = record(Some("containerd"), text);
    let wall = |entry: &Record<'_>| {
        let mut out = Vec::new();
        Speakers::default().push(entry, &mut out);
        out[0].stamp.wall
    };
    let inner = Some(Wall::Instant { unix_us: 1_795_429_636_311_141, offset_s: 0 });
    assert_eq!(wall(&entry), inner);
    entry.stamp.wall = Some(Wall::Civil { year: None, month: 11, day: 23, second: 5, micros: 0, offset_s: None });
    assert_eq!(wall(&entry), inner);
    let outer = Some(Wall::Instant { unix_us: 5, offset_s: 0 });
    entry.stamp.wall = outer;
    assert_eq!(wall(&entry), outer);
}

#[test]
fn a_nested_program_is_found_behind_a_silent_carrier() {
    let text = "systemd[1]: ledger.service: Main process exited, code=killed, status=9/KILL";
    for who in [None, Some("kernel")] {
        assert_eq!(one(who, text).unit.as_deref(), Some("ledger.service"));
    }
    silent(Some("kernel"), "ledger.service: Main process exited, code=killed, status=9/KILL");
    silent(None, "my systemd[1]: ledger.service: Main process exited, code=killed, status=9/KILL");
}

#[test]
fn events_bear_their_evidence_and_host() {
    let text = "ledger.service: Failed with result 'oom-kill'.";
    let mut entry = record(Some("systemd"), text);
    entry.host = Some("db-02".into());
    entry.line = Some(7);
    let mut out = Vec::new();
    Speakers::default().push(&entry, &mut out);
    assert_eq!((out[0].host.as_deref(), out[0].evidence[0].line), (Some("db-02"), Some(7)));
    assert_eq!(&*out[0].evidence[0].text, text);
}

#[test]
fn failed_readiness_probes_are_told_once_for_each_host() {
    let line = |probe: &str, more: &str| {
        format!(
            "I1123 12:36:29.056834    1811 prober.go:107] \"Probe failed\" probeType=\"{probe}\" pod=\"ns/p\" containerName=\"c\"{more}"
        )
    };
    let idle = line("Readiness", " output=\"503\"");
    let with_id = line("Readiness", " containerID=\"containerd://4cf224d7dbcbcd8e\"");
    let alive = line("Liveness", "");
    let (mut speakers, mut told) = (Speakers::default(), Vec::new());
    for (host, text) in [("a", &idle), ("a", &idle), ("b", &idle), ("b", &with_id), ("b", &idle), ("b", &alive)] {
        let mut out = Vec::new();
        let entry = crate::record::Record { host: Some(host.into()), ..record(Some("kubelet"), text) };
        speakers.push(&entry, &mut out);
        told.push(out.len());
    }
    assert_eq!(told, [1, 0, 1, 1, 0, 1]);
}

#[test]
fn bytes_that_are_no_text_do_no_harm() {
    let mut out = Vec::new();
    let mut speakers = Speakers::default();
    for bytes in
        [&b"\xff\xfe\x00"[..], b"time=\"\xff\" level=info msg=\"TaskOOM \xe4\"", b"I1123 12:36:29.056834\xff", b""]
    {
        for ident in [None, Some("kubelet"), Some("systemd"), Some("nohang"), Some("earlyoom"), Some("systemd-oomd")] {
            let entry = Record { ident: ident.map(Into::into), message: bytes.into(), ..Default::default() };
            speakers.push(&entry, &mut out);
        }
    }
    speakers.finish(&mut out);
    assert!(out.is_empty());
}

#[test]
fn cut_anywhere_no_line_panics() {
    let id = "4cf224d7dbcbcd8eb3284ed5388ebe6bed07a36248300ae98ec6ade00116367d";
    let lines = [
        format!("time=\"2026-11-23T10:27:16Z\" level=info msg=\"received exit event container_id:\\\"{id}\\\" id:\\\"{id}\\\" pid:4712 exit_status:137 exited_at:{{seconds:1 nanos:2}}\""),
        format!("I1123 12:34:45.357018    1480 kubelet.go:2231] \"SyncLoop (PLEG): event for pod\" pod=\"d/é\" event=&{{ID:x Type:ContainerDied Data:{id}}}"),
        "I1123 12:39:13.328688     534 oom_watcher_linux.go:76] Got sys oom event: &{1258 wörker 2026-11-23 12:39:13.213294789 +0100 CET m=+210.9 / / }".to_owned(),
        "ledger.service: Consumed 1.536s CPU time, 48.2M memory peak, 73.2M memory swap peak.".to_owned(),
        format!("2026-11-23 11:02:06.39 +0000 UTC m=+0.99 container died {id} (image=é, name=ü)"),
        "sending SIGTERM to process 435 uid 0 \"wörker\": oom_score 1150, oom_score_adj -5, VmRSS 518 MiB, cmdline \"é\"".to_owned(),
        "oomd kill: 80.0 60.1 20.2 workload.slice/é 1048576 ruleset:[r] detectorgroup:[d] killer:k v2".to_owned(),
    ];
    for line in lines {
        for (at, _) in line.char_indices() {
            events(None, &[&line[..at]]);
            facts(Some("kubelet"), &line[at..]);
        }
    }
}

#[test]
fn the_places_of_speakers_are_theirs() {
    for (part, needles) in [
        (Part::Apps, apps::NEEDLES),
        (Part::Conmon, conmon::NEEDLES),
        (Part::Lmkd, lmkd::NEEDLES),
        (Part::Metaoomd, metaoomd::NEEDLES),
        (Part::Npd, npd::NEEDLES),
        (Part::Platforms, platforms::NEEDLES),
        (Part::Runc, runc::NEEDLES),
        (Part::Tracers, tracers::NEEDLES),
    ] {
        assert_eq!(PARTS[part as usize], needles);
        for needle in needles {
            assert!(Told::by(&Record::default(), &format!("x {needle} y")).has(part), "{needle}");
        }
    }
    assert!(Told::by(&Record::default(), "nothing of interest").is_nothing());
}
