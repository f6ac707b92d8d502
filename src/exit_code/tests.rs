//! Numbers and names as people type them.

use super::*;

fn ask(text: &str) -> Result<Explanation, String> {
    lookup(text, Language::English)
}

fn short(code: i64) -> String {
    short_meaning(code, Language::English)
}

fn code_of(text: &str) -> i64 {
    ask(text).unwrap().code.unwrap()
}

fn notes_of(text: &str) -> String {
    ask(text).unwrap().notes.join("\n")
}

#[test]
fn one_code_in_many_forms() {
    for text in
        ["137", " 137 ", "0x89", "0X89", "+137", "137/n/a", "status=137/n/a", "SIGKILL", "sigkill", "kill", "9/KILL"]
    {
        let found = ask(text).unwrap();
        assert_eq!((found.code, found.signal, found.name.as_deref()), (Some(137), Some(9), Some("SIGKILL")), "{text}");
        assert_eq!(found.memory, MemoryLink::Often);
        assert_eq!(found.query, text.trim());
    }
}

#[test]
fn numbers_wrap_at_eight_bits() {
    for (text, expected) in [
        ("-1", 255),
        ("-9", 247),
        ("-15", 241),
        ("-300", 212),
        ("256", 0),
        ("257", 1),
        ("1000", 232),
        ("-256", 0),
        ("-512", 0),
        ("65536", 0),
        ("35072", 0),
        ("0", 0),
        ("255", 255),
    ] {
        assert_eq!(code_of(text), expected, "{text}");
    }
    assert!(notes_of("-9").contains("child that was killed by SIGKILL"));
    assert!(notes_of("247").contains("exit(-9)"));
    assert!(notes_of("35072").contains("exit code 137"));
    assert!(notes_of("265").contains("SIGKILL"));
    assert!(notes_of("256").contains("exit(256) is reported as 0"));
    assert!(!notes_of("137").contains("eight bits"));
}

#[test]
fn windows_in_all_its_spellings() {
    for text in ["3221225477", "-1073741819", "0xC0000005", "18446744072635809797", "status_access_violation"] {
        let found = ask(text).unwrap();
        assert_eq!(found.name.as_deref(), Some("STATUS_ACCESS_VIOLATION"), "{text}");
        assert_eq!((found.code, found.hex.as_deref()), (Some(3_221_225_477), Some("0xC0000005")));
    }
    assert_eq!(ask("-2147024882").unwrap().name.as_deref(), Some("E_OUTOFMEMORY"));
    assert_eq!(ask("1073807364").unwrap().name.as_deref(), Some("DBG_TERMINATE_PROCESS"));
    assert_eq!(ask("0xC0001234").unwrap().hex.as_deref(), Some("0xC0001234"));
    assert_eq!(ask("-532462766").unwrap().name.as_deref(), Some("CLR_EXCEPTION"));
}

#[test]
fn extremes_do_not_overflow() {
    assert_eq!(code_of("-9223372036854775808"), 0);
    assert_eq!(code_of("9223372036854775807"), 255);
    assert_eq!(code_of("18446744073709551615"), 255);
    for text in
        ["18446744073709551616", "-9223372036854775809", "0x10000000000000000", "999999999999999999999999999999"]
    {
        assert!(ask(text).unwrap_err().contains("64 bits"), "{text}");
    }
    assert!(ask(&"9".repeat(500)).is_err());
}

#[test]
fn signals_have_numbers_and_names() {
    assert_eq!(signal_name(1), Some("SIGHUP"));
    assert_eq!(signal_name(9), Some("SIGKILL"));
    assert_eq!(signal_name(31), Some("SIGSYS"));
    assert_eq!((signal_name(0), signal_name(32), signal_name(33), signal_name(65)), (None, None, None, None));
    assert_eq!((signal_name(i32::MIN), signal_name(i32::MAX)), (None, None));
    assert_eq!((signal_name(34), signal_name(37)), (Some("SIGRTMIN"), Some("SIGRTMIN+3")));
    assert_eq!((signal_name(50), signal_name(64)), (Some("SIGRTMAX-14"), Some("SIGRTMAX")));
    for number in (1..=31).chain(34..=64) {
        assert_eq!(signal_number(signal_name(number).unwrap()), Some(number));
    }
    assert_eq!(signal_number("SIGRTMIN+16"), Some(50));
    assert_eq!(signal_number("rtmax-1"), Some(63));
    assert_eq!((signal_number("SIGPOLL"), signal_number("SIGCLD")), (Some(29), Some(17)));
    for text in ["RTMIN+31", "RTMAX-99", "RTMIN+999", "RTMIN3", "SIG", "", "SIGSIGKILL", "é"] {
        assert_eq!(signal_number(text), None, "{text}");
    }
}

#[test]
fn codes_of_signals() {
    assert_eq!(
        (signal_of(128), signal_of(129), signal_of(137), signal_of(192), signal_of(193)),
        (None, Some(1), Some(9), Some(64), None)
    );
    assert_eq!((signal_of(i64::MAX), signal_of(-119)), (None, None));
    assert_eq!(short(137), "ended by SIGKILL");
    assert_eq!(short(160), "ended by signal 32");
    assert_eq!(short(1), "general error");
    assert!(short(-1).contains("exit(-1)"));
}

#[test]
fn systemd_steps() {
    assert_eq!(ask("203/EXEC").unwrap().name.as_deref(), Some("EXIT_EXEC"));
    assert_eq!(code_of("EXIT_MEMORY"), 204);
    assert_eq!(systemd::step(200).map(|s| s.name), Some("CHDIR"));
    assert_eq!(systemd::step(217).map(|s| s.name), Some("USER"));
    assert_eq!(systemd::step(226).map(|s| s.name), Some("NAMESPACE"));
    assert_eq!(systemd::step(233).map(|s| s.name), Some("RUNTIME_DIRECTORY"));
    assert_eq!(systemd::step(245).map(|s| s.name), Some("KSM"));
    assert!(systemd::step(223).is_none() && systemd::step(246).is_none() && systemd::step(i64::MIN).is_none());
    assert!(notes_of("203").contains("203/EXEC"));
    assert_eq!(code_of("1/FAILURE"), 1);
}

#[test]
fn pairs_and_reasons() {
    assert_eq!(code_of("0:9"), 137);
    assert_eq!(ask("0:125").unwrap().name.as_deref(), Some("OUT_OF_MEMORY"));
    assert_eq!(code_of("2:0"), 2);
    assert_eq!(ask("oomkilled").unwrap().name.as_deref(), Some("OOMKilled"));
    assert_eq!(code_of("EX_OSERR"), 71);
    assert_eq!(code_of("StartError"), 128);
}

#[test]
fn nonsense_is_refused() {
    for text in ["", "  ", "-", "0x", "12a", "SIGFOO", "1/2", "9:", ":", "/", "--1", "1.5", "é", "\u{1b}[31m"] {
        assert!(ask(text).is_err(), "{text:?}");
    }
    assert!(!ask("\u{1b}[31m").unwrap_err().contains('\u{1b}'));
}

#[test]
fn every_code_is_explained() {
    for code in 0..=255 {
        let found = ask(&code.to_string()).unwrap();
        assert_eq!(found.code, Some(code));
        assert!(!found.meaning.is_empty());
        assert!(!found.causes.is_empty() || found.signal.is_some(), "{code}");
        assert_eq!(found.signal, signal_of(code));
    }
}

#[test]
fn what_is_copied_from_logs() {
    for (text, code) in [
        ("exit status 137", 137),
        ("exit code: 137", 137),
        ("exited with code 1", 1),
        ("exitCode: 143", 143),
        ("Exited (137) 5 minutes ago", 137),
        ("Restarting (137) 3 seconds ago", 137),
        ("(137)", 137),
        ("137,", 137),
        ("ExitCode:137}", 137),
        ("Failed(137)", 137),
        ("c0000005", 3_221_225_477),
        ("command terminated with non-zero exit code 126", 126),
        ("make: *** [Makefile:3: all] Error 137", 137),
        ("code=exited, status=137/n/a", 137),
        ("Main process exited, code=killed, status=9/KILL", 137),
        ("code=killed, status=15", 143),
        ("code=dumped, status=6/ABRT", 134),
        ("app.service: Main process exited, code=exited, status=203/EXEC", 203),
        ("signal: killed", 137),
        ("exited on signal 9", 137),
        ("terminated by signal SIGSEGV (Address boundary error)", 139),
        ("died with <Signals.SIGKILL: 9>", 137),
        ("Killed", 137),
        ("Terminated", 143),
        ("Segmentation fault (core dumped)", 139),
        ("Aborted (core dumped)", 134),
        ("Reason: OOMKilled, Exit Code: 137", 137),
        ("ExitCode 0:9", 137),
        ("exit code 3221225477", 3_221_225_477),
        ("Exit status -1", 255),
    ] {
        assert_eq!(ask(text).map(|found| found.code), Ok(Some(code)), "{text}");
    }
    for (text, name) in [
        ("OOMKilled=true", "OOMKilled"),
        ("OOM Killed", "OOMKilled"),
        ("Reason: OOMKilled", "OOMKilled"),
        ("Details.oom_killed=true", "OOMKilled"),
        ("pod status CrashLoopBackOff", "CrashLoopBackOff"),
        ("OutOfMemoryError: Container killed due to memory usage", "OutOfMemoryError"),
        ("Failed with result 'oom-kill'.", "oom-kill"),
        ("Error R15 (Memory quota vastly exceeded)", "R15"),
    ] {
        assert_eq!(ask(text).unwrap().name.as_deref(), Some(name), "{text}");
    }
    for text in [
        "unskilled workers",
        "exit",
        "code is",
        "the status is fine",
        "error: no such file",
        "signal 99 bottles",
        "deadbeef",
        "137 143",
        "a(b)",
        "()",
    ] {
        assert!(ask(text).is_err(), "{text}");
    }
}

#[test]
fn numbers_of_yarn() {
    let found = ask("-104").unwrap();
    assert_eq!((found.code, found.name.as_deref()), (Some(-104), Some("KILLED_EXCEEDED_PMEM")));
    assert_eq!((found.signal, found.memory), (None, MemoryLink::Often));
    assert!(notes_of("-104").contains("reported as 152"));
    assert_eq!(ask("killed_exceeded_vmem").unwrap().code, Some(-103));
    assert_eq!(ask("exitStatus=-103").unwrap().code, Some(-103));
    // Its neighbours are common numbers.
    assert_eq!((code_of("-99"), code_of("-110")), (157, 146));
}

#[test]
fn a_signal_number_is_no_exit_code() {
    assert!(notes_of("9").contains("SIGKILL: ask for that name"));
    assert!(notes_of("15").contains("SIGTERM: ask for that name"));
    for text in ["0", "1", "32", "64", "137"] {
        assert!(!notes_of(text).contains("ask for that name"), "{text}");
    }
}

/// Some words are quotes from logs and names of settings alone; all others are Chinese.
#[test]
fn everything_is_told_in_chinese() {
    let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let outside_quotes =
        |text: &str| text.split('“').map(|part| part.rsplit('”').next().unwrap().to_owned()).collect::<String>();
    let quotes_only =
        |text: &str| outside_quotes(text).split_whitespace().all(|word| !["the", "is", "in", "or"].contains(&word));
    let asked = (-1100..=320).map(|code| code.to_string()).chain(
        ["3221225495", "0xC0001234", "203/EXEC", "0:125", "0:9", "SIGRTMIN", "1455", "35072"].map(str::to_owned),
    );
    for text in asked.chain(reasons::names().map(str::to_owned)) {
        let found = lookup(&text, Language::Chinese).unwrap();
        let english = ask(&text).unwrap();
        assert!(chinese(&found.meaning) && found.meaning != english.meaning, "{text}: {}", found.meaning);
        assert_eq!((found.notes.len(), found.causes.len()), (english.notes.len(), english.causes.len()), "{text}");
        for note in &found.notes {
            assert!(chinese(note), "{text}: {note}");
        }
        for cause in &found.causes {
            assert!(chinese(&cause.cause), "{text}: {}", cause.cause);
            for words in [&cause.evidence, &cause.next] {
                assert!(chinese(words) || quotes_only(words), "{text}: {words}");
            }
        }
        assert!(chinese(&short_meaning(found.code.unwrap_or(1), Language::Chinese)));
    }
    assert!(chinese(&lookup("nonsense", Language::Chinese).unwrap_err()));
}
