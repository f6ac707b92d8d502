//! Parents that report a child killed by signal 9: the most valuable words of an application, since they name a process
//! (in the container's own pid namespace) and prove that the parent survived.

use super::super::text::{after, between, number, pid};
use super::tools;
use crate::event::What;

/// Reads a record's text; `ident` is the program's name where the text does not give it.
pub(super) fn read(text: &str, ident: Option<&str>) -> Option<What> {
    text.lines().find_map(|line| {
        let (program, pid) = servers(line)
            .or_else(|| supervisors(line))
            .or_else(|| builds(line))
            .or_else(|| tools::read(line))
            .or_else(|| generic(line, ident))?;
        Some(What::ChildKilled { program: program.to_owned(), child: child(line, program), pid, signal: 9 })
    })
}

/// What supervisord, pm2 and gcc call the child, in the lines that [`supervisors`] and [`builds`] read.
fn child(line: &str, parent: &str) -> Option<String> {
    let name = match parent {
        "supervisord" => between(line, "exited: ", " (terminated by SIGKILL; "),
        "pm2" => between(line, "App [", "] exited").map(|app| app.rsplit_once(':').map_or(app, |(name, _)| name)),
        "gcc" => after(line, "terminated program ")
            .or_else(|| between(line, "Killed (program ", ")"))
            .or_else(|| between(line, "error: ", " terminated with signal 9")),
        _ => None,
    };
    name.map(str::trim).filter(|name| !name.is_empty() && name.len() <= 64).map(str::to_owned)
}

/// The pid after a mark.
fn pid_after(line: &str, mark: &str) -> Option<u32> {
    after(line, mark).and_then(pid)
}

/// The pid that stands directly before a phrase: `worker process 123 exited on signal 9`.
fn pid_before(head: &str) -> Option<u32> {
    head.trim_end().rsplit(|c: char| !c.is_ascii_digit()).next().and_then(pid)
}

/// Whether a number at the start of the text is 9 and not 99.
fn is_nine(text: &str) -> bool {
    number::<u32>(text) == Some(9)
}

/// The worker that its own parent kills because it takes too long: gunicorn `WORKER TIMEOUT (pid:123)`, uWSGI `*** HARAKIRI ON
/// WORKER 1 (pid: 123, try: 1) ***`, php-fpm `child 123, script '/x.php' (request: "GET /") execution timed out (12.0 sec),
/// terminating`.
pub(super) fn timed_out(text: &str) -> Option<u32> {
    pid_after(text, "WORKER TIMEOUT (pid:")
        .or_else(|| after(text, "HARAKIRI ON WORKER ").and_then(|rest| pid_after(rest, "(pid: ")))
        .or_else(|| {
            let (head, _) = text.split_once(" execution timed out (")?;
            after(head, "] child ").or_else(|| head.strip_prefix("child ")).and_then(pid)
        })
}

/// Servers with workers.
fn servers(line: &str) -> Option<(&'static str, Option<u32>)> {
    // `LOG:  server process (PID 1234) was terminated by signal 9: Killed`, `background worker "x" (PID 12) was ...`
    if let Some((head, rest)) = line.split_once(") was terminated by signal ") {
        return is_nine(rest).then(|| ("postgresql", head.rsplit_once("(PID ").and_then(|(_, n)| pid(n))));
    }
    // gunicorn (also at its own time-out): `Worker (pid:123) was sent SIGKILL! Perhaps out of memory?`
    if line.contains("was sent SIGKILL!") {
        return Some(("gunicorn", Some(pid_after(line, "(pid:")?)));
    }
    // before 20.1, and for other signals: `Worker with pid 123 was terminated due to signal 9`
    if let Some((head, rest)) = line.split_once(" was terminated due to signal ") {
        return is_nine(rest).then(|| ("gunicorn", pid_after(head, "Worker with pid ")));
    }
    // uWSGI: `DAMN ! worker 1 (pid: 123) died, killed by signal 9 :( trying respawn ...`
    if let Some((head, rest)) = line.split_once(" died, killed by signal ") {
        return is_nine(rest).then(|| ("uwsgi", pid_after(head, "(pid: ")));
    }
    // Apache httpd: `AH00052: child pid 123 exit signal Killed (9)`
    if let Some((head, _)) = line.split_once(" exit signal Killed (9)") {
        return Some(("httpd", Some(pid_before(head)?)));
    }
    // Redis: `Background saving terminated by signal 9`
    if let Some((head, rest)) = line.split_once(" terminated by signal ") {
        let redis = head.ends_with("Background saving") || head.ends_with("AOF rewrite");
        return (redis && is_nine(rest)).then_some(("redis", None));
    }
    // Celery: `Process 'ForkPoolWorker-1' pid:123 exited with 'signal 9 (SIGKILL)'`, and its WorkerLostError
    if line.contains("exited with 'signal 9 (SIGKILL)'") {
        return Some(("celery", pid_after(line, " pid:")));
    }
    // stress: `stress: FAIL: [168] (425) <-- worker 172 got signal 9`
    if let Some(rest) = after(line, " <-- worker ").filter(|_| line.trim_end().ends_with(" got signal 9")) {
        return Some(("stress", Some(pid(rest)?)));
    }
    // unicorn: `reaped #<Process::Status: pid 123 SIGKILL (signal 9)> worker=0`
    if let Some((head, _)) = line.split_once(" SIGKILL (signal 9)") {
        return Some(("unicorn", Some(pid_before(head)?)));
    }
    line.contains("Worker exited prematurely: signal 9 (SIGKILL)").then_some(("celery", None))
}

/// Supervisors: supervisord `exited: web (terminated by SIGKILL; not expected)`, pm2 `App [x:0] exited with code [0] via
/// signal [SIGKILL]`.
fn supervisors(line: &str) -> Option<(&'static str, Option<u32>)> {
    if line.contains("exited: ") && line.contains("(terminated by SIGKILL; ") {
        return Some(("supervisord", None));
    }
    (line.contains("App [") && line.contains("via signal [SIGKILL]")).then_some(("pm2", None))
}

/// Compilers, build tools, scripts: gcc `c++: fatal error: Killed signal terminated program cc1plus` (before 9 `g++:
/// internal compiler error: Killed (program cc1plus)`), `collect2: fatal
/// error: ld terminated with signal 9 [Killed]`, cargo `(signal: 9, SIGKILL: kill)`, Python's `died with
/// <Signals.SIGKILL: 9>`, bash `x.sh: line 12:  1234 Killed                  cmd`.
fn builds(line: &str) -> Option<(&'static str, Option<u32>)> {
    if line.contains("atal error: Killed signal terminated program")
        || line.contains("terminated with signal 9 [Killed]")
        || line.contains("internal compiler error: Killed (program ")
    {
        return Some(("gcc", None));
    }
    if line.contains("(signal: 9, SIGKILL: kill)") {
        return Some(("cargo", None));
    }
    if line.contains("died with <Signals.SIGKILL: 9>") {
        return Some(("python", None));
    }
    if let Some(job) = job(line) {
        return Some(("sh", job));
    }
    let (head, _) = line.split_once(" Killed  ")?;
    let (script, child) = head.rsplit_once(": ")?;
    let numbered =
        script.rsplit_once(": line ").is_some_and(|(_, n)| !n.is_empty() && n.bytes().all(|c| c.is_ascii_digit()));
    numbered.then(|| Some(("sh", Some(pid(child.trim_start())?))))?
}

/// A job of an interactive shell, with its pid where the shell prints it: bash `[1]+  Killed                  ./tool` (`jobs -l`: `[1]+  812
/// Killed ..`), zsh `[1]  + 812 killed     ./tool`.
fn job(line: &str) -> Option<Option<u32>> {
    let (number, rest) = line.trim_start().strip_prefix('[')?.split_once(']')?;
    let numbered = (1..=4).contains(&number.len()) && number.bytes().all(|c| c.is_ascii_digit());
    let rest = rest.trim_start_matches(['+', '-', ' ']);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (child, word) = rest.split_at_checked(digits)?;
    let word = word.trim_start();
    let killed = word.starts_with("Killed  ") || digits > 0 && word.starts_with("killed  ");
    (numbered && killed).then(|| pid(child))
}

/// `worker process 123 exited on signal 9` (nginx), `[pool www] child 123 exited on signal 9 (SIGKILL) after 3.4 seconds`
/// (php-fpm), and the same phrase of other masters: `ledger: worker pid 376 exited on signal 9`.
fn generic<'a>(line: &'a str, ident: Option<&'a str>) -> Option<(&'a str, Option<u32>)> {
    let (head, rest) = line.split_once(" exited on signal ")?;
    let child = pid_before(head)?;
    if !is_nine(rest) {
        return None;
    }
    let program = if head.contains("[pool ") {
        "php-fpm"
    } else if head.contains("worker process ") {
        "nginx"
    } else {
        let own = head.split_once(": ").map(|(name, _)| name).filter(|name| !name.is_empty() && !name.contains(' '));
        own.or(ident).unwrap_or("unknown")
    };
    Some((program, Some(child)))
}
