//! Runtimes and servers that ran out of memory by themselves: a heap limit, a refused allocation, an exhausted address
//! space. Most of it needs no kernel and leaves no kill.

use super::super::text::after;
use super::out_of_memory;
use crate::event::What;

/// Reads a record's text. `ending`: a line before said that an error ends the process.
pub(super) fn read(text: &str, message: &str, ending: bool) -> Option<What> {
    java(text, ending)
        .or_else(|| fixed(text))
        .or_else(|| python(text))
        .or_else(|| native(text))
        .or_else(|| servers(text))
        .or_else(|| dotnet(text, message))
}

/// The line of a text that holds a phrase.
fn line_with<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    text.lines().find(|line| line.contains(phrase))
}

/// HotSpot and OpenJ9: `java.lang.OutOfMemoryError: Java heap space` and its kinds; `Terminating due to ..`
/// (ExitOnOutOfMemoryError, exit 3), `Aborting due to ..` (CrashOnOutOfMemoryError, 134).
fn java(text: &str, ending: bool) -> Option<What> {
    if let Some(line) = line_with(text, "insufficient memory for the Java Runtime") {
        return out_of_memory("java", line.trim_start_matches(['#', ' ']), true);
    }
    // `OpenJDK 64-Bit Server VM warning: INFO: os::commit_memory(0x.., 123, 0) failed; error='Not enough space' (errno=12)`
    if let Some(line) = line_with(text, "os::commit_memory(").filter(|line| line.contains("(errno=12)")) {
        return out_of_memory("java", line, false);
    }
    // Cloud Foundry's jvmkill agent: `Resource exhaustion event: the JVM was unable to allocate memory from the heap.`
    if let Some(line) = line_with(text, "Resource exhaustion event: the JVM was unable to allocate memory") {
        return out_of_memory("java", line, true);
    }
    let at = text.find("java.lang.OutOfMemoryError")?;
    let said = text.get(at..)?.lines().next()?;
    // A limit of threads, not of memory, whatever the class is named. Where the name stands in a sentence (`an {@link
    // java.lang.OutOfMemoryError} is thrown`), its reason does not follow it.
    let named = after(said, "java.lang.OutOfMemoryError").unwrap_or_default().trim_end();
    if said.contains("native thread") || !(named.is_empty() || named.starts_with(':')) {
        return None;
    }
    let before = text.get(..at)?.lines().next_back().unwrap_or_default();
    let ends = ["Terminating due to ", "Aborting due to ", "Exception in thread \"main\" "];
    let fatal = ending || ends.iter().any(|end| before.ends_with(end));
    out_of_memory("java", said, fatal)
}

/// Phrases that mean one thing only, with their program and whether they end it.
fn fixed(text: &str) -> Option<What> {
    const PHRASES: [(&str, &str, bool); 12] = [
        // V8: `FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory`
        ("JavaScript heap out of memory", "node", true),
        ("fatal error: runtime: out of memory", "go", true),
        ("fatal error: runtime: cannot allocate memory", "go", true),
        ("fatal error: runtime: cannot map pages in arena address space", "go", true),
        ("terminate called after throwing an instance of 'std::bad_alloc'", "c++", true),
        ("failed to allocate memory (NoMemoryError)", "ruby", true),
        // printed before `fatal error: out of memory` (`runtime.mallocgc`)
        ("runtime: out of memory: cannot allocate ", "go", true),
        // BuildKit: `process "/bin/sh -c .." did not complete successfully: cannot allocate memory`
        ("did not complete successfully: cannot allocate memory", "docker build", true),
        // GHC's runtime: `ledger: Heap exhausted;`, then this, and the advice to use +RTS -M
        ("Current maximum heap size is ", "haskell", true),
        // 5.x and MariaDB `InnoDB: Cannot ..`, 8.0 `[MY-012681] [InnoDB] Cannot ..`
        ("annot allocate memory for the buffer pool", "mysql", true),
        ("virtual memory exhausted: Cannot allocate memory", "gcc", true),
        // `std::io::Error` of ENOMEM: `Out of memory (os error 12)`, `Cannot allocate memory (os error 12)`
        ("memory (os error 12)", "rust", false),
    ];
    let (phrase, program, fatal) = PHRASES.iter().find(|(phrase, ..)| text.contains(phrase))?;
    let line = line_with(text, phrase)?;
    // V8's words end the line; in a sentence about them more follows.
    let talk = *program == "node" && !line.trim_end().ends_with(phrase);
    if talk { None } else { out_of_memory(program, line, *fatal) }
}

/// The last line of a traceback: `MemoryError` alone or with a text, at the start of the line; NumPy's own class.
fn python(text: &str) -> Option<What> {
    let line = text.lines().rfind(|line| line.contains("MemoryError"))?;
    // 1.17 `numpy.core._exceptions.MemoryError`, then `.._ArrayMemoryError`, 2.x in `numpy._core`.
    let numpy = line.starts_with("numpy.") && line.contains("MemoryError: Unable to allocate ")
        || line.contains("_ArrayMemoryError: Unable to allocate ");
    let plain = line.trim_end() == "MemoryError" || line.starts_with("MemoryError: ");
    if numpy || plain { out_of_memory("python", line, false) } else { None }
}

/// Rust's `memory allocation of 1073741824 bytes failed`, PHP's `Allowed memory size of 134217728 bytes exhausted`,
/// gcc's `cc1plus: out of memory allocating 65536 bytes after a total of 1 bytes`,
/// Erlang's `eheap_alloc: Cannot allocate 1824525600 bytes of memory (of type "heap").`
fn native(text: &str) -> Option<What> {
    let sized = |start: &str, end: &str| {
        let rest = after(text, start)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest.get(digits..)?.starts_with(end).then(|| line_with(text, start)).flatten().filter(|_| digits > 0)
    };
    if let Some(line) = sized("memory allocation of ", " bytes failed") {
        // WiredTiger has the same words: `WiredTiger error (12) [..], __wt_calloc, 52: memory allocation of 81920 bytes failed: Cannot ..`
        let stored = line.contains("WiredTiger") || line.contains("__wt_");
        return out_of_memory(if stored { "mongodb" } else { "rust" }, line, !stored);
    }
    if let Some(line) = sized("Allowed memory size of ", " bytes exhausted") {
        return out_of_memory("php", line, false);
    }
    // Redis (`zmalloc_default_oom`, `redisOutOfMemoryHandler`) aborts then.
    if let Some(line) = sized("Out Of Memory allocating ", " bytes!") {
        return out_of_memory("redis", line, true);
    }
    if let Some(line) = sized(": out of memory allocating ", " bytes") {
        return out_of_memory("gcc", line, true);
    }
    let line = sized("_alloc: Cannot allocate ", " bytes of memory")
        .or_else(|| sized("_alloc: Cannot reallocate ", " bytes of memory"))?;
    out_of_memory("erlang", line, true)
}

/// Servers that answer an error and live on. Redis' `OOM command not allowed when used memory > 'maxmemory'` is a policy at
/// work and not listed.
fn servers(text: &str) -> Option<What> {
    const PHRASES: [(&str, &str); 4] = [
        ("ERROR:  out of memory", "postgresql"),
        // with an error code before it, and as some log collectors pass it on
        ("] ERROR: out of memory", "postgresql"),
        ("Out of memory (Needed ", "mysql"),
        ("Can't save in background: fork: Cannot allocate memory", "redis"),
    ];
    // mongod's level F is the last that it writes: `F -        [conn4] out of memory.`
    if let Some(line) =
        line_with(text, "] out of memory.").filter(|line| line.starts_with("F ") || line.contains(" F "))
    {
        return out_of_memory("mongodb", line, true);
    }
    // 4.4 and later, in JSON: `"msg":"Writing fatal message","attr":{"message":"out of memory.\\n"}`, or `"message":"terminate() called.
    // An exception is active; attempting to gather more information\\nstd::exception::what(): std::bad_alloc\\n.."` (`printErrorBlock` in
    // `mongo/util/signal_handlers_synchronous.cpp`)
    let fatal = |line: &&str| line.contains("\"out of memory.") || line.contains("std::bad_alloc");
    if let Some(line) = line_with(text, "Writing fatal message").filter(fatal) {
        return out_of_memory("mongodb", line, true);
    }
    let (phrase, program) = PHRASES.iter().find(|(phrase, _)| text.contains(phrase))?;
    out_of_memory(program, line_with(text, phrase)?, false)
}

/// .NET: `Out of memory.` alone on its line (the runtime fails fast), `Unhandled exception. System.OutOfMemoryException: ..`.
fn dotnet(text: &str, message: &str) -> Option<What> {
    if message.trim() == "Out of memory." {
        return out_of_memory("dotnet", message, true);
    }
    let line = line_with(text, "System.OutOfMemoryException")?;
    out_of_memory("dotnet", line, line.contains("Unhandled exception"))
}
