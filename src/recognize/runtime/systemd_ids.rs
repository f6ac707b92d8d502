//! systemd's message ids (`src/systemd/sd-messages.h`): the same in every language and release, with the facts in fields.
//! They are read where the text is not understood.

use super::text::{number, signal};
use crate::event::{UnitExit, What};
use crate::record::Record;

/// See [`super::NEEDLES`]: in text forms of the journal the id stands beside the message.
pub(super) const NEEDLES: &[&str] = &[EXITED, OOM, OOMD, FAILED, RESTART, RESOURCES, STARTED, STOPPING, STOPPED];

/// SD_MESSAGE_UNIT_PROCESS_EXIT, with EXIT_CODE and EXIT_STATUS.
const EXITED: &str = "98e322203f7a4ed290d09fe03c09fe15";
/// SD_MESSAGE_UNIT_OUT_OF_MEMORY: both wordings of it.
const OOM: &str = "fe6faa94e7774663a0da52717891d8ef";
/// SD_MESSAGE_UNIT_OOMD_KILL, with N_PROCESSES.
const OOMD: &str = "d989611b15e44c9dbf31e3c81256e4ed";
/// SD_MESSAGE_UNIT_FAILURE_RESULT, with UNIT_RESULT.
const FAILED: &str = "d9b373ed55a64feb8242e02dbe79a49c";
/// SD_MESSAGE_UNIT_RESTART_SCHEDULED, with N_RESTARTS.
const RESTART: &str = "5eb03494b6584870a536b337290809b3";
/// SD_MESSAGE_UNIT_RESOURCES, with MEMORY_PEAK and MEMORY_SWAP_PEAK in bytes (v255 and later).
const RESOURCES: &str = "ae8f7b866b0347b9af31fe1c80b127c0";
/// SD_MESSAGE_UNIT_STARTED.
const STARTED: &str = "39f53479d3a045ac8e11786248231fbf";
/// SD_MESSAGE_UNIT_STOPPING.
const STOPPING: &str = "de5b426a63be47a7b6ac3eaac82e2f6f";
/// SD_MESSAGE_UNIT_STOPPED.
const STOPPED: &str = "9d1aaa27d60140bd96365438aad20286";

/// What the record's message id says.
pub(super) fn read(record: &Record<'_>) -> Option<What> {
    let id = record.field("MESSAGE_ID")?;
    let count = |name: &str| record.field(name).and_then(|value| number::<u32>(&value));
    let bytes = |name: &str| record.field(name).and_then(|value| number::<u64>(&value));
    Some(match id.as_ref() {
        EXITED => exited(record)?,
        OOM => What::UnitOom,
        OOMD => What::UnitOomdKilled { count: count("N_PROCESSES") },
        FAILED => What::UnitResult { result: record.field("UNIT_RESULT")?.into_owned() },
        RESTART => What::UnitRestart { counter: count("N_RESTARTS") },
        RESOURCES => {
            let (peak, swap) = (bytes("MEMORY_PEAK"), bytes("MEMORY_SWAP_PEAK"));
            peak.or(swap)?;
            What::UnitConsumed { memory_peak_bytes: peak, swap_peak_bytes: swap }
        }
        STARTED => What::UnitStarted,
        STOPPING => What::UnitStopping,
        STOPPED => What::UnitStopped,
        _ => return None,
    })
}

/// EXIT_CODE is `exited`, `killed` or `dumped`; EXIT_STATUS a number, or the signal's name without SIG.
fn exited(record: &Record<'_>) -> Option<What> {
    let code = record.field("EXIT_CODE")?.into_owned();
    let status = record.field("EXIT_STATUS")?;
    let plain = number::<i64>(&status);
    let exit = UnitExit {
        status: plain.or_else(|| signal(&status).map(i64::from)),
        name: plain.is_none().then(|| status.clone().into_owned()),
        code,
    };
    let control = record.field("COMMAND").is_some_and(|command| command != "ExecStart");
    Some(if control { What::UnitControlExited(exit) } else { What::UnitExited(exit) })
}
