//! What was typed, resolved to what is to be done.

use super::args::{ScanArgs, language};
use super::output::Place;
use super::terminal::Terminal;
use super::times;
use crate::language::Language;
use crate::render::csv::Table;
use crate::render::{self, FLEET_FORMATS, Format, NEWS_FORMATS, Style};
use crate::report::filter::{Filters, Pattern};
use crate::say;
use crate::scan::Options;
use crate::source::{Input, Limits};
use crate::time::Zone;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// A scan to be done.
pub(super) struct Settings {
    /// What to read, in the order given.
    pub(super) inputs: Vec<Input>,
    /// This machine is read, not `inputs`.
    pub(super) here: bool,
    /// Its container runtimes are asked.
    pub(super) runtime: bool,
    /// New incidents are told as they happen.
    pub(super) follow: bool,
    /// What was told is remembered there.
    pub(super) state: Option<PathBuf>,
    /// A bar shows how far the scan is, on a terminal.
    pub(super) progress: bool,
    /// Ctrl-C gives a report about what was read until then.
    pub(super) partial: bool,
    /// How to scan.
    pub(super) options: Options,
    /// What to keep.
    pub(super) filters: Filters,
    /// Form of the report.
    pub(super) format: &'static dyn Format,
    /// How it is to look.
    pub(super) style: Style,
    /// Names are replaced by pseudonyms, made with the key where there is one.
    pub(super) redact: Option<Option<String>>,
    /// The view over many nodes instead of the report.
    pub(super) summary: bool,
    /// Where it goes.
    pub(super) output: Place,
    /// A memory incident is exit status 1.
    pub(super) exit_code: bool,
    /// A problem is exit status 2.
    pub(super) strict: bool,
    /// Print warnings to standard error. Off when the report, with the same problems at its end, goes to the terminal.
    pub(super) warnings: bool,
}

impl Settings {
    /// Resolves the arguments.
    ///
    /// # Errors
    /// A sentence for the user.
    pub(super) fn resolve(args: ScanArgs, terminal: &Terminal) -> Result<Self, String> {
        let language = language(&args.lang);
        let format =
            render::by_name(&args.format).ok_or_else(|| say!(language, "cli-no-such-format", name = &args.format))?;
        if args.summary && !FLEET_FORMATS.contains(&format.name()) {
            let formats = FLEET_FORMATS.join(", ");
            return Err(say!(language, "cli-summary-has-no-format", name = format.name(), formats = formats));
        }
        if args.follow && !NEWS_FORMATS.contains(&format.name()) {
            let formats = NEWS_FORMATS.join(" or ");
            return Err(say!(language, "cli-follow-has-no-format", name = format.name(), formats = formats));
        }
        if args.brief && format.name() != "text" {
            return Err(say!(language, "cli-brief-is-text", name = format.name()));
        }
        if args.follow && args.redact {
            return Err(say!(language, "cli-no-redact-with-follow"));
        }
        let (mut options, filters) = (options(&args, language)?, filters(&args, language)?);
        options.details = args.details || format.name() == "html";
        // In text and tables there is no room for it.
        options.context = options.details && matches!(format.name(), "html" | "json" | "jsonl");
        let narrowed = !filters.is_empty() || options.since_us.is_some() || options.until_us.is_some();
        let table = table(&args, format, language)?;
        let style = terminal.style(args.color);
        let style = Style { table, all: args.all, narrowed, language, ..style };
        let style = Style { verbose: args.verbose, quiet: args.quiet, brief: args.brief, ..style };
        // A link to a file names the folder that the program runs in.
        let style = Style { hyperlinks: style.hyperlinks && !args.redact, ..style };
        let inputs = match args.shard {
            _ if args.here => Vec::new(),
            Some(shard) => shard.take(inputs(args.paths)),
            None => inputs(args.paths),
        };
        let shown_there = terminal.is_terminal && format.name() == "text";
        Ok(Self {
            options,
            filters,
            inputs,
            format,
            style,
            redact: args.redact.then_some(args.redact_key),
            here: args.here,
            follow: args.follow,
            progress: !args.quiet && !args.no_progress,
            partial: args.partial,
            state: args.state,
            runtime: args.runtime,
            summary: args.summary,
            output: Place::of(args.output),
            exit_code: args.exit_code,
            strict: args.strict,
            warnings: !args.quiet && !shown_there,
        })
    }
}

/// The table that `csv` prints.
fn table(args: &ScanArgs, format: &dyn Format, language: Language) -> Result<Table, String> {
    let Some(name) = args.table.as_deref() else { return Ok(Table::default()) };
    if format.name() != "csv" {
        return Err(say!(language, "cli-table-is-for-csv"));
    }
    Table::ALL
        .into_iter()
        .find(|table| table.name() == name)
        .ok_or_else(|| say!(language, "cli-no-such-table", name = name))
}

/// `-` is standard input, and so is no path at all. A file of that name is `./-`.
fn inputs(paths: Vec<PathBuf>) -> Vec<Input> {
    if paths.is_empty() {
        return vec![Input::Stdin];
    }
    paths.into_iter().map(|path| if path == Path::new("-") { Input::Stdin } else { Input::Path(path) }).collect()
}

fn options(args: &ScanArgs, language: Language) -> Result<Options, String> {
    let zone = args.timezone.as_deref().map(|text| times::zone(text, times::local_zone)).transpose();
    let zone = zone.map_err(|error| format!("--timezone: {}", error.tell(language)))?;
    let now_us = now_us();
    let time = |option: &str, text: &Option<String>| {
        let Some(text) = text else { return Ok(None) };
        let zone = zone.or_else(times::local_zone).unwrap_or(Zone::Fixed(0));
        times::instant(text, now_us, zone).map(Some).map_err(|error| format!("{option}: {}", error.tell(language)))
    };
    let (since_us, until_us) = (time("--since", &args.since)?, time("--until", &args.until)?);
    if let (Some(since), Some(until)) = (since_us, until_us)
        && since > until
    {
        return Err(say!(language, "cli-since-after-until"));
    }
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.map_or_else(processors, usize::from);
    Ok(Options {
        threads,
        year: args.year,
        zone,
        since_us,
        until_us,
        limits: limits(args),
        language,
        ..Options::default()
    })
}

fn limits(args: &ScanArgs) -> Limits {
    let usual = Limits::default();
    Limits {
        max_depth: args.max_depth.unwrap_or(usual.max_depth),
        max_members: args.max_members.unwrap_or(usual.max_members),
        max_expansion_bytes: args.max_expansion.unwrap_or(usual.max_expansion_bytes),
        max_ratio: args.max_ratio.unwrap_or(usual.max_ratio),
        max_window_bytes: args.max_window.unwrap_or(usual.max_window_bytes),
    }
}

/// Microseconds since 1970, now.
fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn filters(args: &ScanArgs, language: Language) -> Result<Filters, String> {
    let patterns = |option: &str, texts: &[String]| -> Result<Vec<Pattern>, String> {
        texts.iter().map(|text| Pattern::new(text).map_err(|error| format!("{option}: {error}"))).collect()
    };
    Ok(Filters {
        language,
        container: patterns("--container", &args.container)?,
        pod: patterns("--pod", &args.pod)?,
        namespace: patterns("--namespace", &args.namespace)?,
        unit: patterns("--unit", &args.unit)?,
        node: patterns("--node", &args.node)?,
        pid: args.pid.clone(),
        comm: patterns("--comm", &args.comm)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::args::Args;
    use super::*;
    use clap::Parser;

    fn settings(line: &str) -> Result<Settings, String> {
        let args =
            Args::try_parse_from(line.split(' ').map(|word| word.replace('_', " "))).map_err(|e| e.to_string())?;
        Settings::resolve(args.scan, &Terminal::default())
    }

    #[test]
    fn inputs_are_paths_and_standard_input() {
        assert_eq!(settings("oomscan").unwrap().inputs, [Input::Stdin]);
        let found = settings("oomscan a.log - ./schema ./-").unwrap().inputs;
        assert_eq!(
            found,
            [Input::Path("a.log".into()), Input::Stdin, Input::Path("./schema".into()), Input::Path("./-".into())]
        );
    }

    #[test]
    fn tables_are_for_csv() {
        let table = |line| settings(line).map(|found| found.style.table);
        assert_eq!(table("oomscan -f csv --table victims x").unwrap(), Table::Victims);
        assert_eq!(table("oomscan -f csv x").unwrap(), Table::Incidents);
        assert!(table("oomscan --table victims x").unwrap_err().contains("--format csv"));
        assert!(table("oomscan -f csv --table nodes x").is_err());
    }

    #[test]
    fn a_key_is_for_redacting() {
        assert_eq!(settings("oomscan x").unwrap().redact, None);
        assert_eq!(settings("oomscan --redact x").unwrap().redact, Some(None));
        assert_eq!(settings("oomscan --redact --redact-key k x").unwrap().redact, Some(Some("k".to_owned())));
        assert!(settings("oomscan --redact-key k x").is_err());
        let able = Terminal { is_terminal: true, links: true, ..Terminal::default() };
        let links = |line: &str| {
            let args = Args::try_parse_from(line.split(' ')).unwrap();
            Settings::resolve(args.scan, &able).unwrap().style.hyperlinks
        };
        assert!(links("oomscan --color always x") && !links("oomscan --color always --redact x"));
    }

    #[test]
    fn a_command_name_after_a_path_is_a_path() {
        let found = settings("oomscan a.log schema").unwrap().inputs;
        assert_eq!(found, [Input::Path("a.log".into()), Input::Path("schema".into())]);
        assert_eq!(settings("oomscan -v man").unwrap().inputs, [Input::Path("man".into())]);
    }

    #[test]
    fn options_are_resolved() {
        let found =
            settings("oomscan -j 3 --year 2025 --timezone +08:00 --since 2026-11-23 --until 2026-11-24_10:00 -q x")
                .unwrap();
        assert_eq!(found.options.threads, 3);
        assert_eq!((found.options.year, found.options.zone), (Some(2025), Some(Zone::Fixed(28_800))));
        assert_eq!(found.options.since_us, Some(1_795_363_200_000_000));
        assert_eq!(found.options.until_us, Some(1_795_485_600_000_000));
        assert!(found.style.quiet && !found.warnings);
        assert_eq!(settings("oomscan --timezone -05:00 x").unwrap().options.zone, Some(Zone::Fixed(-18_000)));
        assert!(settings("oomscan").unwrap().options.threads >= 1);
    }

    #[test]
    fn limits_are_resolved() {
        let line = "oomscan --max-depth 3 --max-members 5 --max-expansion 10G --max-ratio 9 --max-window 64M x";
        let wanted = Limits {
            max_depth: 3,
            max_members: 5,
            max_expansion_bytes: 10 << 30,
            max_ratio: 9,
            max_window_bytes: 64 << 20,
        };
        assert_eq!(settings(line).unwrap().options.limits, wanted);
        assert_eq!(settings("oomscan x").unwrap().options.limits, Limits::default());
        // The help names the defaults.
        let usual = Limits::default();
        assert_eq!((usual.max_depth, usual.max_members, usual.max_ratio), (8, 10_000_000, 2000));
        assert_eq!((usual.max_expansion_bytes, usual.max_window_bytes), (1 << 40, 2 << 30));
    }

    #[test]
    fn filters_are_resolved() {
        let found = settings("oomscan --container web --container /^x/ --pid 1 --pid 2").unwrap().filters;
        assert_eq!((found.container.len(), found.pid.len(), found.pod.len()), (2, 2, 0));
    }

    #[test]
    fn bad_usage_is_told() {
        for (line, part) in [
            ("oomscan --since 2026-11-24 --until 2026-11-23", "later"),
            ("oomscan --since soon", "--since"),
            ("oomscan --timezone Mars/Base", "--timezone"),
            ("oomscan --container /(/", "--container"),
            ("oomscan --format xml", "xml"),
            ("oomscan -j 0", "threads"),
            ("oomscan --year 12", "1990"),
            ("oomscan -v -q", "quiet"),
            ("oomscan --brief -v", "brief"),
            ("oomscan --brief -f json", "json"),
            ("oomscan --pid x", "pid"),
            ("oomscan --max-expansion much x", "size"),
        ] {
            let error = settings(line).err().unwrap_or_default();
            assert!(error.contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn warnings_go_where_the_report_does_not() {
        let args = |line: &str| Args::try_parse_from(line.split(' ')).unwrap().scan;
        let terminal = Terminal { is_terminal: true, ..Terminal::default() };
        assert!(!Settings::resolve(args("oomscan x"), &terminal).unwrap().warnings);
        assert!(Settings::resolve(args("oomscan --format json x"), &terminal).unwrap().warnings);
        assert!(Settings::resolve(args("oomscan x"), &Terminal::default()).unwrap().warnings);
    }
}
