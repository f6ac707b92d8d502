//! What the container runtimes of this machine say when they are asked: `--runtime`.
//!
//! Their commands are called as they are found in `PATH`, read only, each for a few seconds at most.

use crate::language::{Language, Sentence};
use crate::report::{Problem, Severity};
use crate::scan::Document;
use crate::{sentence, source};
use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long one command may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes that are taken from one command.
const OUTPUT_MAX: u64 = 64 << 20;
/// The most containers that are asked about.
const CONTAINERS_MAX: usize = 2000;
/// Containers that one call asks about: a command line has an end.
const CONTAINERS_A_CALL: usize = 100;

/// What a runtime is asked.
struct Runtime {
    program: &'static str,
    /// Lists the ids of all containers, one a line.
    list: &'static [&'static str],
    /// Describes containers; their ids follow.
    inspect: &'static [&'static str],
    /// Further questions.
    more: &'static [&'static [&'static str]],
}

const RUNTIMES: [Runtime; 3] = [
    Runtime {
        program: "docker",
        list: &["ps", "--all", "--quiet", "--no-trunc"],
        inspect: &["inspect", "--type", "container"],
        // dockerd keeps the last 256 events.
        more: &[&["events", "--since", "24h", "--until", "0s", "--format", "{{json .}}"]],
    },
    Runtime {
        program: "podman",
        list: &["ps", "--all", "--quiet", "--no-trunc"],
        inspect: &["inspect", "--type", "container"],
        more: &[&["events", "--stream=false", "--since", "24h", "--format", "json"]],
    },
    Runtime {
        program: "crictl",
        list: &["ps", "--all", "--quiet", "--no-trunc"],
        inspect: &["inspect"],
        more: &[&["ps", "--all", "--output", "json"], &["pods", "--output", "json"]],
    },
];

/// Asks all runtimes that are there.
pub(super) fn ask(language: Language) -> (Vec<Document>, Vec<Problem>) {
    let answers: Vec<_> = thread::scope(|scope| {
        let asked: Vec<_> = RUNTIMES.iter().map(|runtime| scope.spawn(move || ask_one(runtime, language))).collect();
        asked.into_iter().filter_map(|one| one.join().ok()).collect()
    });
    let (mut documents, mut problems) = (Vec::new(), Vec::new());
    for (found, troubles) in answers {
        documents.extend(found);
        problems.extend(troubles);
    }
    (documents, problems)
}

fn ask_one(runtime: &Runtime, language: Language) -> (Vec<Document>, Vec<Problem>) {
    let (mut documents, mut problems) = (Vec::new(), Vec::new());
    let ids = match run(runtime.program, runtime.list.iter().copied(), TIMEOUT) {
        Ok(Some(ids)) => ids,
        // There is no such runtime here.
        Ok(None) => return (documents, problems),
        Err(message) => {
            problems.push(problem(runtime, runtime.list, message.tell(language)));
            return (documents, problems);
        }
    };
    let ids = String::from_utf8_lossy(&ids).into_owned();
    let ids: Vec<&str> = ids.split_whitespace().filter(|id| id.bytes().all(|b| b.is_ascii_hexdigit())).collect();
    let calls = ids.chunks(CONTAINERS_A_CALL).take(CONTAINERS_MAX / CONTAINERS_A_CALL);
    let calls = calls.map(|some| (runtime.inspect, some)).chain(runtime.more.iter().map(|args| (*args, &[][..])));
    for (number, (args, ids)) in calls.enumerate() {
        match run(runtime.program, args.iter().chain(ids).copied(), TIMEOUT) {
            Ok(Some(bytes)) if !bytes.is_empty() => {
                let name = format!("{} {} ({})", runtime.program, args.first().unwrap_or(&""), number + 1);
                documents.push(Document { name, bytes });
            }
            Ok(_) => {}
            Err(message) => problems.push(problem(runtime, args, message.tell(language))),
        }
    }
    (documents, problems)
}

fn problem(runtime: &Runtime, args: &[&str], message: String) -> Problem {
    let source = Some(format!("{} {}", runtime.program, args.join(" ")));
    Problem { severity: Severity::Warning, source, line: None, message }
}

/// Runs a command and gives its output; `None` when there is no such command.
///
/// # Errors
/// A sentence: it could not be started, failed or took too long.
fn run<'a>(program: &str, args: impl Iterator<Item = &'a str>, timeout: Duration) -> Result<Option<Vec<u8>>, Sentence> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(sentence!("join-live-not-started", why = source::words(&error))),
    };
    let output = drain(child.stdout.take());
    let errors = drain(child.stderr.take());
    let end = Instant::now() + timeout;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(10)),
            Ok(None) => {
                stop(&mut child);
                return Err(sentence!("join-live-too-long", seconds = timeout.as_secs()));
            }
            Err(error) => return Err(source::words(&error)),
        }
    };
    // A child of the command may hold the pipe open: what has come is enough.
    let wait = Duration::from_secs(1);
    let bytes = output.recv_timeout(wait).unwrap_or_default();
    if status.success() {
        return Ok(Some(bytes));
    }
    let words = errors.recv_timeout(wait).unwrap_or_default();
    let words =
        String::from_utf8_lossy(&words).lines().next().unwrap_or_default().chars().take(300).collect::<String>();
    Err(sentence!("join-live-failed", status = status.to_string(), words = words))
}

fn stop(child: &mut Child) {
    // It may have ended just now, and then there is nothing to stop.
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads a pipe to its end in a thread of its own.
fn drain(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (give, take) = mpsc::channel();
    if let Some(mut pipe) = pipe {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // What came before an error is used.
            let _ = (&mut pipe).take(OUTPUT_MAX).read_to_end(&mut bytes);
            // Nobody waits any more after a time-out.
            let _ = give.send(bytes);
            // The command must not block on a full pipe.
            let _ = io::copy(&mut pipe, &mut io::sink());
        });
    }
    take
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str, timeout: Duration) -> Result<Option<Vec<u8>>, Sentence> {
        run("sh", ["-c", script].into_iter(), timeout)
    }

    #[test]
    fn output_failure_and_absence() {
        assert_eq!(sh("echo hello", TIMEOUT), Ok(Some(b"hello\n".to_vec())));
        let error = sh("echo no daemon >&2; exit 3", TIMEOUT).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("no daemon") && error.contains('3'), "{error}");
        assert_eq!(run("no-such-program-anywhere", [].into_iter(), TIMEOUT), Ok(None));
    }

    #[test]
    fn a_command_that_hangs_is_stopped() {
        let begin = Instant::now();
        let error = sh("sleep 60", Duration::from_millis(200)).unwrap_err();
        assert!(error.to_string().contains("took longer"), "{error}");
        assert!(begin.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn much_output_does_not_block() {
        let bytes = sh("head -c 3000000 /dev/zero", TIMEOUT).unwrap().unwrap();
        assert_eq!(bytes.len(), 3_000_000);
    }
}
