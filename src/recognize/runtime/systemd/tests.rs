//! Lines of systemd, of our recordings (v247, v252, v257) and composed from the format strings of other releases.

use super::super::Speakers;
use super::super::testing::{facts_of, one, record, silent};
use super::*;

const WHO: Option<&str> = Some("systemd");
const CID: &str = "b278ae9623a0de42c2c53029f6230e56c487c5eadde7dc2fce686f29b1107609";

fn exited(code: &str, status: i64, name: &str) -> What {
    What::UnitExited(UnitExit { code: code.into(), status: Some(status), name: Some(name.into()) })
}

#[test]
fn ends_in_every_era() {
    for (text, what) in [
        ("ledger.service: Main process exited, code=killed, status=9/KILL", exited("killed", 9, "KILL")),
        ("ledger.service: main process exited, code=killed, status=9/KILL", exited("killed", 9, "KILL")),
        ("ledger.service: Main process exited, code=exited, status=137/n/a", exited("exited", 137, "n/a")),
        ("ledger.service: Main process exited, code=killed, status=15/TERM (success)", exited("killed", 15, "TERM")),
        ("ledger.service: A process of this unit has been killed by the OOM killer.", What::UnitOom),
        ("ledger.service: The kernel OOM killer killed some processes in this unit.", What::UnitOom),
        ("ledger.service: systemd-oomd killed 3 process(es) in this unit.", What::UnitOomdKilled { count: Some(3) }),
        ("ledger.service: systemd-oomd killed some process(es) in this unit.", What::UnitOomdKilled { count: None }),
        ("ledger.service: Failed with result 'oom-kill'.", What::UnitResult { result: "oom-kill".into() }),
        ("ledger.service: Deactivated successfully.", What::UnitResult { result: "success".into() }),
        ("ledger.service: Scheduled restart job, restart counter is at 4.", What::UnitRestart { counter: Some(4) }),
        ("ledger.service: Service hold-off time over, scheduling restart.", What::UnitRestart { counter: None }),
        ("ledger.service holdoff time over, scheduling restart.", What::UnitRestart { counter: None }),
        ("ledger.service: Start request repeated too quickly.", What::UnitStartLimit),
        ("start request repeated too quickly for ledger.service", What::UnitStartLimit),
        ("ledger.service: State 'stop-sigterm' timed out. Killing.", What::UnitStopTimeout),
        ("ledger.service stopping timed out. Killing.", What::UnitStopTimeout),
        ("ledger.service: Watchdog timeout (limit 3min)!", What::UnitWatchdog),
        ("Started ledger.service - ledger.", What::UnitStarted),
        ("Started ledger.service.", What::UnitStarted),
        ("Stopping ledger.service - ledger...", What::UnitStopping),
        ("Stopped ledger.service - ledger.", What::UnitStopped),
    ] {
        for who in [WHO, None] {
            let fact = one(who, text);
            assert_eq!((fact.unit.as_deref(), fact.what), (Some("ledger.service"), what.clone()), "{text}");
        }
    }
}

#[test]
fn signals_name_their_process() {
    let fact = one(WHO, "ledger-kill.service: Killing process 479 (a) with signal (b)) with signal SIGKILL.");
    assert_eq!(
        fact.what,
        What::UnitSignal { pid: Some(479), comm: Some("a) with signal (b)".into()), signal: 9, client: false }
    );
    let fact = one(WHO, "x.service: Sending signal SIGTERM to process 5 (x) on client request.");
    assert_eq!(fact.what, What::UnitSignal { pid: Some(5), comm: Some("x".into()), signal: 15, client: true });
}

#[test]
fn memory_peaks() {
    let fact = one(WHO, "cache-node.service: Consumed 1.536s CPU time, 48.2M memory peak, 73.2M memory swap peak.");
    assert_eq!(
        fact.what,
        What::UnitConsumed { memory_peak_bytes: Some(50_541_363), swap_peak_bytes: Some(76_755_763) }
    );
    silent(WHO, "cache-node.service: Consumed 1.536s CPU time.");
    let fact = one(WHO, "a.service: Consumed 1min 2s CPU time over 5h 3min wall clock time, 1.5G memory peak.");
    assert_eq!(fact.what, What::UnitConsumed { memory_peak_bytes: Some(3 << 29), swap_peak_bytes: None });
}

#[test]
fn scopes_of_containers_have_their_id() {
    let text = format!("docker-{CID}.scope: A process of this unit has been killed by the OOM killer.");
    let fact = one(WHO, &text);
    assert_eq!((fact.container.id.as_deref(), fact.container.runtime.as_deref()), (Some(CID), Some("docker")));
    let fact =
        one(WHO, &format!("libpod-conmon-{CID}.scope: A process of this unit has been killed by the OOM killer."));
    assert_eq!((fact.container.id.as_deref(), fact.unit.is_some()), (None, true));
    let fact = one(WHO, &format!("Started docker-{CID}.scope - libcontainer container {CID}."));
    assert_eq!((fact.what, fact.container.id.as_deref()), (What::UnitStarted, Some(CID)));
    let fact = one(WHO, &format!("docker-{CID}.scope: Deactivated successfully."));
    assert_eq!((fact.what, fact.container.id.as_deref()), (What::UnitStopped, Some(CID)));
    let fact = one(WHO, &format!("Started libcontainer container {CID}."));
    assert_eq!((fact.what, fact.container.id.as_deref()), (What::Started, Some(CID)));
}

#[test]
fn noise() {
    for text in [
        "system.slice: A process of this unit has been killed by the OOM killer.",
        "run-r7278849aa20d4cf6b6880c82484ad89b.scope: Deactivated successfully.",
        "session-5.scope: A process of this unit has been killed by the OOM killer.",
        "init.scope: Failed with result 'oom-kill'.",
        "run-docker-x.mount: Deactivated successfully.",
        "Started crio-conmon-b278ae9623a0de42c2c53029f6230e56c487c5eadde7dc2fce686f29b1107609.scope.",
        "Reached target paths.target - Path Units.",
        "Started Docker Application Container Engine.",
        "rec.service: Unit process 267 (proctrace) remains running after unit stopped.",
        "my words x.service: Main process exited, code=killed",
    ] {
        silent(WHO, text);
    }
    silent(Some("myapp"), "ledger.service: Main process exited, code=killed, status=9/KILL");
}

fn with_fields(text: &str, fields: &[(&'static str, &'static str)]) -> Vec<RuntimeFact> {
    let mut entry = record(WHO, text);
    entry.fields = fields.iter().map(|(k, v)| ((*k).into(), v.as_bytes().into())).collect();
    let mut out = Vec::new();
    Speakers::default().push(&entry, &mut out);
    facts_of(out)
}

#[test]
fn descriptions_need_the_unit_field() {
    let said = with_fields("Stopping Docker Application Container Engine...", &[("UNIT", "docker.service")]);
    assert_eq!((said[0].unit.as_deref(), &said[0].what), (Some("docker.service"), &What::UnitStopping));
}

#[test]
fn ids_speak_every_language() {
    let said = with_fields(
        "ledger.service: Hauptprozess beendet",
        &[
            ("UNIT", "ledger.service"),
            ("MESSAGE_ID", "98e322203f7a4ed290d09fe03c09fe15"),
            ("EXIT_CODE", "killed"),
            ("EXIT_STATUS", "KILL"),
        ],
    );
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].what, exited("killed", 9, "KILL"));
    let said = with_fields(
        "Etwas geschah.",
        &[("USER_UNIT", "a.service"), ("MESSAGE_ID", "fe6faa94e7774663a0da52717891d8ef")],
    );
    assert_eq!((said[0].unit.as_deref(), &said[0].what), (Some("a.service"), &What::UnitOom));
}

#[test]
fn the_node_goes_down() {
    for text in ["Shutting down.", "System is rebooting."] {
        assert_eq!(one(WHO, text).what, What::DaemonStop { daemon: "node".into() });
        silent(None, text);
    }
}

#[test]
fn control_processes_before_v240_have_a_blank() {
    let said = one(WHO, "ledger.service: control process exited, code=exited status=137");
    let exit = UnitExit { code: "exited".into(), status: Some(137), name: None };
    assert_eq!(said.what, What::UnitControlExited(exit));
}
