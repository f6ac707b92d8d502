//! What applications, tools and platforms say themselves is a story where nothing else tells of it, as sure as a program's own words
//! can be; beside a kill that is known it is none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::incidents;
use oomscan::report::{Cause, Confidence, Incident, Verdict};

#[track_caller]
fn one(text: &str) -> Incident {
    let all = incidents(&[("app.log", text)]);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.into_iter().next().unwrap()
}

#[track_caller]
fn none(text: &str) {
    let all = incidents(&[("app.log", text)]);
    assert!(all.is_empty(), "{all:#?}");
}

#[test]
fn a_program_ran_out_of_its_own_memory() {
    let fatal =
        one("2026-11-23T10:22:41Z FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n");
    assert_eq!((fatal.verdict, fatal.cause), (Verdict::Memory, Cause::ApplicationHeap));
    assert_eq!((fatal.confidence, fatal.program.as_deref()), (Confidence::Probable, Some("node")));
    assert!(fatal.summary.contains("'node'") && fatal.summary.contains("do not tell"), "{}", fatal.summary);
    // A JVM says it three times, with the last line without a time.
    let jvm = one(
        "OpenJDK 64-Bit Server VM warning: INFO: os::commit_memory(0x0000000080000000, 4096, 0) failed; error='Not enough space' (errno=12)\n\
                   #\n# There is insufficient memory for the Java Runtime Environment to continue.\n",
    );
    assert_eq!((jvm.count, jvm.evidence.len()), (1, 2));
    assert!(jvm.explanation.iter().any(|said| said.starts_with("The system refused")), "{:#?}", jvm.explanation);
}

#[test]
fn what_a_program_survives_is_counted() {
    let lines: String = (0..5)
        .map(|n| {
            format!("[23-Nov-2026 10:0{n}:00 UTC] PHP Fatal error:  Allowed memory size of 33554432 bytes exhausted (tried to allocate 8192 bytes) in /srv/shop/x.php on line 7\n")
        })
        .collect();
    let php = one(&lines);
    assert_eq!((php.count, php.confidence, php.verdict), (5, Confidence::Possible, Verdict::Memory));
}

#[test]
fn a_child_died_of_signal_9() {
    let child =
        one("2026-11-23 10:22:41.100 UTC [7] LOG:  server process (PID 4711) was terminated by signal 9: Killed\n");
    assert_eq!((child.verdict, child.cause), (Verdict::Undetermined, Cause::Unknown));
    assert!(child.victims.is_empty() && child.summary.contains("pid 4711"), "{}", child.summary);
    assert!(child.explanation[0].contains("lived on"), "{:#?}", child.explanation);
}

/// A manual page says of ENOMEM what .NET says when it ends.
#[test]
fn a_sentence_of_a_manual_is_no_program() {
    none(".B ENOMEM\nOut of memory.\n.TP\n");
    let dated = one("2026-11-23T10:22:41Z Out of memory.\n");
    assert_eq!(dated.program.as_deref(), Some("dotnet"));
    let of_container = incidents(&[(
        "pods/shop_web-0_0c9d8e7f-1a2b-4c3d-9e4f-5a6b7c8d9e0f/web/0.log",
        "2026-11-23T10:22:41.1Z stderr F Out of memory.\n",
    )]);
    assert_eq!(of_container.len(), 1, "{of_container:#?}");
}

/// Its own parent kills a worker that takes too long, and asks "Perhaps out of memory?".
#[test]
fn a_time_out_of_the_parent() {
    none(
        "[2026-11-23 10:22:41 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:12)\n\
          [2026-11-23 10:22:42 +0000] [7] [ERROR] Worker (pid:12) was sent SIGKILL! Perhaps out of memory?\n",
    );
    none(
        "Mon Nov 23 10:22:41 2026 - *** HARAKIRI ON WORKER 2 (pid: 31, try: 1) ***\n\
          DAMN ! worker 2 (pid: 31) died, killed by signal 9 :( trying respawn ...\n",
    );
    let other = one("[2026-11-23 10:22:41 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:12)\n\
                     [2026-11-23 10:22:42 +0000] [7] [ERROR] Worker (pid:13) was sent SIGKILL! Perhaps out of memory?\n");
    assert!(other.summary.contains("pid 13"), "{}", other.summary);
}

/// The shell tells of the killed command, then make, then the runner: one thing.
#[test]
fn runners_repeat_the_shell() {
    let build = one("./build.sh: line 3:  4711 Killed                  node pack.js\n\
                     make: *** [Makefile:2: all] Error 137\n\
                     ##[error]Process completed with exit code 137.\n");
    assert_eq!((build.program.as_deref(), build.evidence.len()), (Some("sh"), 1));
}

#[test]
fn beside_a_kill_of_the_kernel_they_are_no_second_story() {
    let kernel = "Nov 23 10:22:40 db-2 kernel: Out of memory: Killed process 4711 (postgres) total-vm:90000kB, anon-rss:80000kB, file-rss:0kB, shmem-rss:0kB, UID:70 pgtables:200kB oom_score_adj:0\n\
                  Nov 23 10:22:41 db-2 postgres[7]: [9-1] LOG:  server process (PID 4711) was terminated by signal 9: Killed\n";
    assert_eq!(one(kernel).cause, Cause::NodeMemory);
}

#[test]
fn talk_of_such_lines() {
    none(
        "The error \"JavaScript heap out of memory\" means that the heap is full.\n\
          Look for `java.lang.OutOfMemoryError: Java heap space` in its log.\n\
          PATTERNS = [\"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\", re.escape(\"x\")]\n",
    );
}

#[test]
fn a_paste_of_systemctl_status() {
    let status = "\u{d7} relay.service - Relay\n     Loaded: loaded (/etc/systemd/system/relay.service; enabled)\n     \
                  Active: failed (Result: oom-kill) since Mon 2026-11-23 10:22:41 UTC; 5min ago\n    \
                  Process: 81 ExecStart=/usr/bin/relay (code=killed, signal=KILL)\n   Main PID: 81 (code=killed, signal=KILL)\n        CPU: 39ms\n";
    let unit = one(status);
    assert_eq!((unit.verdict, unit.terminations[0].reason.as_deref()), (Verdict::Memory, Some("oom-kill")));
    assert!(!unit.explanation.iter().any(|said| said.contains("was not the node")), "{:#?}", unit.explanation);
}

#[test]
fn a_units_lines_without_times() {
    let unit = one("relay.service: A process of this unit has been killed by the OOM killer.\n\
                    relay.service: Main process exited, code=killed, status=9/KILL\n\
                    relay.service: Failed with result 'oom-kill'.\n");
    assert_eq!((unit.verdict, unit.containers[0].unit.as_deref()), (Verdict::Memory, Some("relay.service")));
}

#[test]
fn platforms_kill_by_themselves() {
    let dyno = one("2026-11-23T10:22:41+00:00 heroku[web.1]: Error R15 (Memory quota vastly exceeded)\n\
                    2026-11-23T10:22:42+00:00 heroku[web.1]: Stopping process with SIGKILL\n\
                    2026-11-23T10:22:43+00:00 heroku[web.1]: Process exited with status 137\n");
    assert_eq!((dyno.cause, dyno.agent.as_deref()), (Cause::UserspaceKiller, Some("heroku")));
    assert_eq!(dyno.containers[0].name.as_deref(), Some("web.1"));
    let dask = one(
        "2026-11-23 10:22:41,100 - distributed.nanny.memory - WARNING - Worker tcp://10.1.1.9:40101 (pid=77) exceeded 95% memory budget. Restarting...\n",
    );
    assert_eq!((dask.agent.as_deref(), dask.victims[0].pid), (Some("dask"), 77));
    assert!(dask.summary.starts_with("Process 77 "), "{}", dask.summary);
}

/// Node.js aborts when its heap is full: the unit's SIGABRT is no crash of unknown cause.
#[test]
fn a_service_ended_of_its_own_words() {
    let journal = "Nov 23 10:22:40 web-2 node[81]: FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n\
                   Nov 23 10:22:41 web-2 systemd[1]: shop.service: Main process exited, code=dumped, status=6/ABRT\n\
                   Nov 23 10:22:41 web-2 systemd[1]: shop.service: Failed with result 'core-dump'.\n";
    let unit = one(journal);
    assert_eq!((unit.verdict, unit.cause), (Verdict::Memory, Cause::ApplicationHeap), "{}", unit.summary);
    assert_eq!((unit.terminations[0].unit.as_deref(), unit.program.as_deref()), (Some("shop.service"), None));
    // Of a service that was asked to stop before, the words tell nothing.
    let later = journal.replace("10:22:40", "10:02:40");
    let all = incidents(&[("app.log", &later)]);
    assert!(all.iter().any(|incident| incident.cause == Cause::Crash), "{all:#?}");
}

/// The program is called as its unit.
#[test]
fn words_under_the_name_of_the_unit() {
    let journal = "Nov 23 10:22:41 web-2 relay[81]: io error: Out of memory (os error 12)\n\
                   Nov 23 10:22:41 web-2 systemd[1]: relay.service: Main process exited, code=exited, status=1/FAILURE\n\
                   Nov 23 10:22:41 web-2 systemd[1]: relay.service: Failed with result 'exit-code'.\n";
    let unit = one(journal);
    assert_eq!((unit.cause, unit.confidence), (Cause::ApplicationHeap, Confidence::Probable), "{}", unit.summary);
    let other = incidents(&[("app.log", &journal.replace("web-2 relay[81]", "web-2 mailer[82]"))]);
    assert_eq!(other.len(), 2, "{other:#?}");
}

/// `systemctl show` beside the journal: the journal's line says when.
#[test]
fn a_document_completes_the_journals_end() {
    let journal = "2026-11-23T10:22:41.700000+00:00 web-2 systemd[1]: relay.service: A process of this unit has been killed by the OOM killer.\n\
                   2026-11-23T10:22:41.900000+00:00 web-2 systemd[1]: relay.service: Failed with result 'oom-kill'.\n";
    let show = "Id=relay.service\nResult=oom-kill\nExecMainCode=2\nExecMainStatus=9\nExecMainPID=81\n\
                ExecMainExitTimestamp=Mon 2026-11-23 10:22:41 UTC\n";
    let all = incidents(&[("journal.log", journal), ("systemctl_show.txt", show)]);
    let ends: Vec<_> = all.iter().flat_map(|incident| &incident.terminations).collect();
    assert_eq!(ends.len(), 1, "{all:#?}");
    assert_eq!((ends[0].exit_code, ends[0].finished.as_deref()), (Some(137), Some("2026-11-23T10:22:41.700000Z")));
}
