//! Numbers and names as people type them.

use super::*;

fn code_of(text: &str) -> i64 {
    lookup(text).unwrap().code.unwrap()
}

fn notes_of(text: &str) -> String {
    lookup(text).unwrap().notes.join("\n")
}

#[test]
fn one_code_in_many_forms() {
    for text in
        ["137", " 137 ", "0x89", "0X89", "+137", "137/n/a", "status=137/n/a", "SIGKILL", "sigkill", "kill", "9/KILL"]
    {
        let found = lookup(text).unwrap();
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
        let found = lookup(text).unwrap();
        assert_eq!(found.name.as_deref(), Some("STATUS_ACCESS_VIOLATION"), "{text}");
        assert_eq!((found.code, found.hex.as_deref()), (Some(3_221_225_477), Some("0xC0000005")));
    }
    assert_eq!(lookup("-2147024882").unwrap().name.as_deref(), Some("E_OUTOFMEMORY"));
    assert_eq!(lookup("1073807364").unwrap().name.as_deref(), Some("DBG_TERMINATE_PROCESS"));
    assert_eq!(lookup("0xC0001234").unwrap().hex.as_deref(), Some("0xC0001234"));
    assert_eq!(lookup("-532462766").unwrap().name.as_deref(), Some("CLR_EXCEPTION"));
}

#[test]
fn extremes_do_not_overflow() {
    assert_eq!(code_of("-9223372036854775808"), 0);
    assert_eq!(code_of("9223372036854775807"), 255);
    assert_eq!(code_of("18446744073709551615"), 255);
    for text in
        ["18446744073709551616", "-9223372036854775809", "0x10000000000000000", "999999999999999999999999999999"]
    {
        assert!(lookup(text).unwrap_err().contains("64 bits"), "{text}");
    }
    assert!(lookup(&"9".repeat(500)).is_err());
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
    assert_eq!(short_meaning(137), "ended by SIGKILL");
    assert_eq!(short_meaning(160), "ended by signal 32");
    assert_eq!(short_meaning(1), "general error");
    assert!(short_meaning(-1).contains("exit(-1)"));
}

#[test]
fn systemd_steps() {
    assert_eq!(lookup("203/EXEC").unwrap().name.as_deref(), Some("EXIT_EXEC"));
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
    assert_eq!(lookup("0:125").unwrap().name.as_deref(), Some("OUT_OF_MEMORY"));
    assert_eq!(code_of("2:0"), 2);
    assert_eq!(lookup("oomkilled").unwrap().name.as_deref(), Some("OOMKilled"));
    assert_eq!(code_of("EX_OSERR"), 71);
    assert_eq!(code_of("StartError"), 128);
}

#[test]
fn nonsense_is_refused() {
    for text in ["", "  ", "-", "0x", "12a", "SIGFOO", "1/2", "9:", ":", "/", "--1", "1.5", "é", "\u{1b}[31m"] {
        assert!(lookup(text).is_err(), "{text:?}");
    }
    assert!(!lookup("\u{1b}[31m").unwrap_err().contains('\u{1b}'));
}

#[test]
fn every_code_is_explained() {
    for code in 0..=255 {
        let found = lookup(&code.to_string()).unwrap();
        assert_eq!(found.code, Some(code));
        assert!(!found.meaning.is_empty());
        assert!(!found.causes.is_empty() || found.signal.is_some(), "{code}");
        assert_eq!(found.signal, signal_of(code));
    }
}
