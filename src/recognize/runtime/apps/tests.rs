use super::super::Speakers;
use super::super::testing::{events, facts, facts_of, one, record, silent};
use crate::event::What;

fn said(text: &str) -> (String, bool) {
    match one(None, text).what {
        What::AppOutOfMemory { program, fatal, .. } => (program, fatal),
        other => panic!("{text}: {other:?}"),
    }
}

fn child(text: &str) -> (String, Option<u32>) {
    match one(Some("app"), text).what {
        What::ChildKilled { program, pid, signal: 9, .. } => (program, pid),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn out_of_memory_in_every_language() {
    for (text, program, fatal) in [
        ("java.lang.OutOfMemoryError: Java heap space", "java", false),
        ("2026-11-23 11:15:44 ERROR o.e.x - java.lang.OutOfMemoryError: GC overhead limit exceeded", "java", false),
        ("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space", "java", true),
        ("Terminating due to java.lang.OutOfMemoryError: Java heap space", "java", true),
        ("Aborting due to java.lang.OutOfMemoryError: Metaspace", "java", true),
        ("# There is insufficient memory for the Java Runtime Environment to continue.", "java", true),
        ("FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "node", true),
        ("Resource exhaustion event: the JVM was unable to allocate memory from the heap.", "java", true),
        ("Out Of Memory allocating 20512 bytes!", "redis", true),
        ("F -        [conn7] out of memory.", "mongodb", true),
        ("[53200] ERROR: out of memory", "postgresql", false),
        ("store: write failed: Out of memory (os error 12)", "rust", false),
        ("MemoryError", "python", false),
        ("Traceback (most recent call last):\n  File \"a.py\", line 1\nMemoryError: no", "python", false),
        (
            "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array with shape (1,)",
            "python",
            false,
        ),
        ("numpy.core._exceptions.MemoryError: Unable to allocate 7.45 GiB for an array", "python", false),
        ("runtime: out of memory: cannot allocate 4194304-byte block (8388608 in use)", "go", true),
        (
            "2026-11-23T10:27:16.3Z 0 [ERROR] [MY-012681] [InnoDB] Cannot allocate memory for the buffer pool",
            "mysql",
            true,
        ),
        ("[ERROR] InnoDB: Cannot allocate memory for the buffer pool", "mysql", true),
        (
            "OpenJDK 64-Bit Server VM warning: INFO: os::commit_memory(0x00, 123, 0) failed; error='Not enough space' (errno=12)",
            "java",
            false,
        ),
        ("virtual memory exhausted: Cannot allocate memory", "gcc", true),
        ("cc1plus: out of memory allocating 65536 bytes after a total of 1 bytes", "gcc", true),
        ("fatal error: runtime: out of memory", "go", true),
        ("memory allocation of 1073741824 bytes failed", "rust", true),
        ("terminate called after throwing an instance of 'std::bad_alloc'", "c++", true),
        ("a.rb:1:in `x': failed to allocate memory (NoMemoryError)", "ruby", true),
        (
            "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in x",
            "php",
            false,
        ),
        ("Out of memory.", "dotnet", true),
        ("Unhandled exception. System.OutOfMemoryException: Array dimensions exceeded", "dotnet", true),
        ("eheap_alloc: Cannot allocate 1824525600 bytes of memory (of type \"heap\").", "erlang", true),
        ("2026-01-01 UTC [7] ERROR:  out of memory", "postgresql", false),
        ("[ERROR] mysqld: Out of memory (Needed 128917504 bytes)", "mysql", false),
        ("# Can't save in background: fork: Cannot allocate memory", "redis", false),
    ] {
        assert_eq!(said(text), (program.to_owned(), fatal), "{text}");
    }
}

#[test]
fn elasticsearch_names_its_error_on_the_next_line() {
    let lines = [
        "[node] fatal error in thread [elasticsearch[x][generic]], exiting",
        "java.lang.OutOfMemoryError: Java heap space",
    ];
    let found = facts_of(events(None, &lines));
    assert!(matches!(found[..], [ref fact] if matches!(fact.what, What::AppOutOfMemory { fatal: true, .. })));
}

#[test]
fn children() {
    for (text, program, pid) in [
        ("LOG:  server process (PID 1234) was terminated by signal 9: Killed", "postgresql", Some(1234)),
        ("LOG:  background worker \"x (PID 7)\" (PID 12) was terminated by signal 9: Killed", "postgresql", Some(12)),
        ("2026/11/23 10:00:00 [alert] 1#1: worker process 123 exited on signal 9", "nginx", Some(123)),
        (
            "WARNING: [pool www] child 123 exited on signal 9 (SIGKILL) after 3.4 seconds from start",
            "php-fpm",
            Some(123),
        ),
        ("[ERROR] Worker (pid:123) was sent SIGKILL! Perhaps out of memory?", "gunicorn", Some(123)),
        ("DAMN ! worker 1 (pid: 123) died, killed by signal 9 :( trying respawn ...", "uwsgi", Some(123)),
        ("AH00052: child pid 123 exit signal Killed (9)", "httpd", Some(123)),
        ("Worker with pid 123 was terminated due to signal 9", "gunicorn", Some(123)),
        ("make: *** [Makefile:2: all] Error 137", "make", None),
        ("Background saving terminated by signal 9", "redis", None),
        ("Process 'ForkPoolWorker-1' pid:123 exited with 'signal 9 (SIGKILL)'", "celery", Some(123)),
        ("reaped #<Process::Status: pid 123 SIGKILL (signal 9)> worker=0", "unicorn", Some(123)),
        ("INFO exited: web (terminated by SIGKILL; not expected)", "supervisord", None),
        ("c++: fatal error: Killed signal terminated program cc1plus", "gcc", None),
        ("g++: internal compiler error: Killed (program cc1plus)", "gcc", None),
        ("collect2: fatal error: ld terminated with signal 9 [Killed]", "gcc", None),
        ("./run.sh: line 12:  1234 Killed                  ./hog -m 1", "sh", Some(1234)),
        ("[1]+  Killed                  ./hog -m 1", "sh", None),
        ("[1]-  1234 Killed                  ./hog -m 1", "sh", Some(1234)),
        ("[1]  + 1234 killed     ./hog -m 1", "sh", Some(1234)),
        ("stress: FAIL: [68] (425) <-- worker 72 got signal 9", "stress", Some(72)),
        ("ledger: worker pid 376 exited on signal 9", "ledger", Some(376)),
        ("worker pid 376 exited on signal 9", "app", Some(376)),
    ] {
        assert_eq!(child(text), (program.to_owned(), pid), "{text}");
    }
}

#[test]
fn words_that_only_look_like_it() {
    for text in [
        "except MemoryError:",
        "caught MemoryError in handler",
        "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process/resource limits reached",
        "the buffer grows until an {@link java.lang.OutOfMemoryError} is thrown",
        "worker process 123 exited on signal 11",
        "server process (PID 1234) was terminated by signal 99",
        "the words \"JavaScript heap out of memory\" stand in its log",
        "Worker with pid 123 was terminated due to signal 6",
        "OOM command not allowed when used memory > 'maxmemory'.",
        "memory allocation of x bytes failed",
        "Who Killed  the radio star",
        "We went Out of memory. Then tea.",
        "exited on signal 9",
    ] {
        silent(None, text);
    }
    silent(Some("kernel"), "Out of memory.");
    silent(Some("systemd"), "java.lang.OutOfMemoryError: Java heap space");
}

#[test]
fn the_log_driver_names_the_container() {
    let id = "b278ae9623a0de42c2c53029f6230e56c487c5eadde7dc2fce686f29b1107609";
    let mut entry = record(Some("b278ae9623a0"), "java.lang.OutOfMemoryError: Java heap space");
    entry.fields =
        vec![("CONTAINER_ID_FULL".into(), id.as_bytes().into()), ("CONTAINER_NAME".into(), b"web"[..].into())];
    let mut out = Vec::new();
    Speakers::default().push(&entry, &mut out);
    let fact = facts_of(out).remove(0);
    assert_eq!((fact.container.id.as_deref(), fact.container.name.as_deref()), (Some(id), Some("web")));
    assert_eq!(facts(None, "x").len(), 0);
}
