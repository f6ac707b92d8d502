//! Arguments to options to exit status.

mod args;
mod exit;
mod explain;
mod fleet;
mod follow;
mod interrupt;
mod output;
mod progress;
mod settings;
mod shard;
mod sizes;
mod terminal;
mod times;

pub use exit::ExitStatus;

use crate::exit_code::Explanation;
use crate::language::{Language, Sentence};
use crate::live;
use crate::render::Style;
use crate::report::redact::redact;
use crate::report::{Problem, Report, Severity, filter};
use crate::say;
use crate::scan;
use crate::source::Input;
use args::{Args, Command, ExplainArgs, ExplainFormat};
use clap::error::ContextKind;
use clap::{CommandFactory, Parser};
use interrupt::Interrupt;
use settings::Settings;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;
use terminal::Terminal;

/// Shown when there is nothing to read, on systems other than Linux.
const EXAMPLES: &str = "\
  oomscan /var/log
  oomscan node-bundle.tar.gz
  journalctl -k -o short-iso | oomscan";

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return refuse(&error).into(),
    };
    match args.command {
        Some(command) => run_command(command),
        None => run_scan(args.scan),
    }
    .into()
}

/// Prints help, version or what is wrong with the arguments. The words are clap's, in English; where what is wrong is a
/// sentence of ours, it is told in the language that was asked for.
fn refuse(error: &clap::Error) -> ExitStatus {
    let language = args::asked_language(std::env::args_os());
    let own = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Sentence>());
    match (own, error.get(ContextKind::InvalidArg)) {
        (Some(sentence), Some(option)) if language != Language::English => {
            complain(&format!("{option}: {}", sentence.tell(language)));
        }
        // A closed standard output is no failure, and there is nowhere to tell another one.
        _ => drop(error.print()),
    }
    if error.use_stderr() { ExitStatus::Failed } else { ExitStatus::Done }
}

/// Prints a message of the program itself.
fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "oomscan: {message}");
}

fn run_command(command: Command) -> ExitStatus {
    match command {
        Command::Explain(args) => run_explain(*args),
        Command::Schema { summary: false } => print_document(|out| writeln!(out, "{}", crate::report::json_schema())),
        Command::Schema { summary: true } => {
            print_document(|out| writeln!(out, "{}", crate::report::fleet::json_schema()))
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "oomscan", &mut script);
            print_document(|out| out.write_all(&script))
        }
        Command::Man => print_document(|out| clap_mangen::Man::new(Args::command()).render(out)),
    }
}

fn run_explain(mut args: ExplainArgs) -> ExitStatus {
    args.join_words();
    let args = &args;
    let language = args::language(&args.lang);
    let found = match crate::exit_code::lookup(&args.code, language) {
        Ok(_) if !args.paths.is_empty() && !args.names_one() => {
            complain(&say!(language, "cli-explain-whom"));
            return ExitStatus::Failed;
        }
        Ok(found) => found,
        Err(message) => {
            complain(&message);
            return ExitStatus::Failed;
        }
    };
    let Some(mut wanted) = args.scan() else { return write_explanation(args, &found, None) };
    if !settle_inputs(&mut wanted) {
        return ExitStatus::Failed;
    }
    let terminal = Terminal::detect(false);
    let settings = match Settings::resolve(wanted, &terminal) {
        Ok(settings) => settings,
        Err(message) => {
            complain(&message);
            return ExitStatus::Failed;
        }
    };
    let whole = scan_whole(&settings);
    let others = args.names_in(&whole);
    let report = filter::apply(whole, &settings.filters);
    warn(&report.problems, settings.warnings || args.format == ExplainFormat::Json, settings.options.language);
    write_explanation(args, &found, Some((&report, &others))).max(judge(&report, &settings))
}

/// The explanation, and with a report the story of the one that was named, or the names that it could have been.
fn write_explanation(args: &ExplainArgs, found: &Explanation, told: Option<(&Report, &[String])>) -> ExitStatus {
    let language = args::language(&args.lang);
    match args.format {
        ExplainFormat::Text => {
            let style = Style { all: true, narrowed: true, language, ..Terminal::detect(false).style(args.color) };
            print(language, |out| {
                explain::write_text(found, &style, out)?;
                let Some((report, others)) = told else { return Ok(()) };
                explain::write_story(found, &args.subject(), report, others, &style, out)
            })
        }
        ExplainFormat::Json => print(language, |out| explain::write_json(found, told.map(|(report, _)| report), out)),
    }
}

/// Writes to standard output.
fn print(language: Language, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> ExitStatus {
    let mut out = BufWriter::new(io::stdout().lock());
    written(write(&mut out).and_then(|()| out.flush()), &say!(language, "cli-standard-output"))
}

/// Writes what has no language of its own, and no `--lang`.
fn print_document(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> ExitStatus {
    print(args::language("auto"), write)
}

/// A reader that went away (`| head`) wanted no more: that is no failure.
fn written(result: io::Result<()>, place: &str) -> ExitStatus {
    match result {
        Ok(()) => ExitStatus::Done,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Done,
        Err(error) => {
            complain(&format!("{place}: {error}"));
            ExitStatus::Failed
        }
    }
}

/// Without a path and with nothing piped in, this machine is read; false where that cannot be done.
fn settle_inputs(args: &mut args::ScanArgs) -> bool {
    if args.paths.is_empty() && !args.here {
        args.here = args.runtime || nothing_piped_in();
    }
    let able = !args.here || cfg!(target_os = "linux");
    if !able {
        let language = args::language(&args.lang);
        complain(&say!(language, "cli-nothing-to-read"));
        let _ = writeln!(io::stderr(), "{EXAMPLES}\n{}", say!(language, "cli-more-help"));
    }
    able
}

/// A terminal, or the null device that services and cron jobs get.
fn nothing_piped_in() -> bool {
    io::stdin().is_terminal() || is_null_device()
}

#[cfg(unix)]
fn is_null_device() -> bool {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let identity = |path: &str| {
        let found = std::fs::metadata(path).ok()?;
        found.file_type().is_char_device().then(|| found.rdev())
    };
    identity("/dev/stdin").is_some_and(|own| identity("/dev/null") == Some(own))
}

#[cfg(not(unix))]
fn is_null_device() -> bool {
    false
}

/// Scans what the settings say, and keeps what the filters want.
fn scan(settings: &Settings) -> Report {
    filter::apply(scan_whole(settings), &settings.filters)
}

/// Scans what the settings say.
fn scan_whole(settings: &Settings) -> Report {
    with_progress(settings, || {
        if settings.here {
            live::machine::scan(&settings.options, settings.runtime)
        } else {
            scan::scan(&settings.inputs, &settings.options)
        }
    })
}

/// Shows on a terminal how far the work is.
fn with_progress(settings: &Settings, work: impl FnOnce() -> Report + Send) -> Report {
    let wanted = settings.progress && io::stderr().is_terminal();
    progress::show(&settings.options.meter, wanted, settings.options.language, work)
}

fn run_scan(mut args: args::ScanArgs) -> ExitStatus {
    if !settle_inputs(&mut args) {
        return ExitStatus::Failed;
    }
    let terminal = Terminal::detect(args.output.is_some());
    let settings = match Settings::resolve(args, &terminal) {
        Ok(settings) => settings,
        Err(message) => {
            complain(&message);
            return ExitStatus::Failed;
        }
    };
    if settings.follow {
        return follow::run(&settings);
    }
    let interrupt = settings.partial.then(|| Interrupt::stopping(&settings.options.meter));
    let (report, parts) = if fleet::is_wanted(&settings) { fleet::scan(&settings) } else { (scan(&settings), None) };
    let redacted = settings.redact.as_ref().map(|key| redact(&report, key.as_deref()));
    let shown = redacted.as_ref().unwrap_or(&report);
    warn(&shown.problems, settings.warnings, settings.options.language);
    let written = output::write(shown, parts, &settings);
    let stopped = interrupt.is_some_and(|interrupt| interrupt.asked());
    let status = if stopped { ExitStatus::Interrupted } else { written.max(judge(&report, &settings)) };
    // The process ends here: taking a large report apart piece by piece would only cost time.
    std::mem::forget((report, redacted));
    status
}

/// Problems printed to standard error; the report has them all.
const MAX_WARNINGS: usize = 50;

/// Tells what could not be read. Errors are told even when warnings are not wanted.
fn warn(problems: &[Problem], warnings: bool, language: Language) {
    let wanted: Vec<&Problem> =
        problems.iter().filter(|problem| warnings || problem.severity == Severity::Error).collect();
    let mut err = io::stderr().lock();
    for problem in wanted.iter().take(MAX_WARNINGS) {
        let _ = writeln!(err, "{}", warning_line(problem, language));
    }
    if let Some(more) = wanted.len().checked_sub(MAX_WARNINGS).filter(|&more| more > 0) {
        let _ = writeln!(err, "oomscan: {}", say!(language, "cli-more-problems", count = more));
    }
}

/// `oomscan: warning: FILE:12: what is wrong`.
fn warning_line(problem: &Problem, language: Language) -> String {
    let kind = match problem.severity {
        Severity::Error => say!(language, "cli-error"),
        Severity::Warning => say!(language, "cli-warning"),
    };
    let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
    let place = problem.source.as_ref().map(|source| format!("{source}{line}: ")).unwrap_or_default();
    let text = format!("oomscan: {kind}: {place}{}", problem.message);
    crate::render::text::escape::visible(&text).into_owned()
}

/// The exit status that the report deserves.
fn judge(report: &Report, settings: &Settings) -> ExitStatus {
    let unread = settings.here && report.sources.is_empty()
        || settings.inputs.iter().any(|input| could_not_be_read(report, input));
    if unread || (settings.strict && !report.problems.is_empty()) {
        ExitStatus::Failed
    } else if settings.exit_code && report.summary.memory > 0 {
        ExitStatus::MemoryFound
    } else {
        ExitStatus::Done
    }
}

/// Nothing was got from a named input: there is an error about it, and no source in it. An archive that is cut, or a
/// folder with one unreadable file, has sources.
fn could_not_be_read(report: &Report, input: &Input) -> bool {
    let name = input.name();
    let within = |path: &str| {
        path.strip_prefix(name.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['!', '/']))
    };
    let failed =
        |problem: &&Problem| problem.severity == Severity::Error && problem.source.as_deref() == Some(name.as_str());
    report.problems.iter().any(|problem| failed(&problem)) && !report.sources.iter().any(|source| within(&source.path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Source, Summary};

    fn problem(severity: Severity, source: &str) -> Problem {
        Problem { severity, source: Some(source.into()), line: None, message: "cut".into() }
    }

    fn status(line: &str, report: &Report) -> u8 {
        let args = Args::try_parse_from(line.split(' ')).unwrap();
        judge(report, &Settings::resolve(args.scan, &Terminal::default()).unwrap()).code()
    }

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn the_language_of_a_refusal() {
        let asked = |line: &str| args::asked_language(line.split(' ').map(Into::into));
        assert_eq!(asked("oomscan --lang zh-CN --shard 5/4"), Language::Chinese);
        assert_eq!(asked("oomscan --shard 5/4 --lang=zh-CN"), Language::Chinese);
        assert_eq!(asked("oomscan --lang=en --shard 5/4"), Language::English);
        let error = Args::try_parse_from(["oomscan", "--shard", "5/4"]).unwrap_err();
        let own = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Sentence>());
        assert!(own.unwrap().tell(Language::Chinese).contains("1/4"));
        assert!(error.to_string().contains("is no part like 1/4"));
    }

    #[test]
    fn statuses() {
        let memory = Report { summary: Summary { memory: 1, ..Summary::default() }, ..Report::default() };
        assert_eq!((status("oomscan a", &memory), status("oomscan --exit-code a", &memory)), (0, 1));
        assert_eq!(status("oomscan --exit-code a", &Report::default()), 0);
        let warned = Report { problems: vec![problem(Severity::Warning, "a")], ..memory.clone() };
        assert_eq!((status("oomscan a", &warned), status("oomscan --strict --exit-code a", &warned)), (0, 2));
        let unread = Report { problems: vec![problem(Severity::Error, "a")], ..memory };
        assert_eq!((status("oomscan a", &unread), status("oomscan --exit-code a", &unread)), (2, 2));
        assert_eq!(status("oomscan b", &unread), 0);
    }

    #[test]
    fn a_damaged_input_was_read() {
        let source = |path: &str| Source { path: path.into(), ..Source::default() };
        let problems = vec![problem(Severity::Error, "logs"), problem(Severity::Error, "x.tgz")];
        let damaged =
            Report { sources: vec![source("logs/a.log"), source("x.tgz!b.log")], problems, ..Report::default() };
        assert_eq!((status("oomscan logs x.tgz", &damaged), status("oomscan --strict logs", &damaged)), (0, 2));
        let other = Report { sources: vec![source("logs-of-another")], ..damaged };
        assert_eq!(status("oomscan logs", &other), 2);
    }

    #[test]
    fn warnings_are_harmless() {
        let mut found = problem(Severity::Warning, "a\u{1b}[2J");
        found.line = Some(7);
        assert_eq!(warning_line(&found, Language::English), "oomscan: warning: a\\x1b[2J:7: cut");
        assert_eq!(warning_line(&found, Language::Chinese), "oomscan: 警告: a\\x1b[2J:7: cut");
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let pipe = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(written(Err(pipe), "x"), ExitStatus::Done);
        assert_eq!(written(Err(io::Error::from(io::ErrorKind::StorageFull)), "x"), ExitStatus::Failed);
    }
}
