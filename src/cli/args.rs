//! The command line as it was typed.

use super::shard::Shard;
use super::sizes;
use crate::language::Language;
use crate::render::FORMATS;
use crate::render::csv::Table;
use crate::report::{Container, Incident, Report};
use crate::say;
use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What `--lang` takes.
const LANGUAGES: [&str; 3] = [Language::English.tag(), Language::Chinese.tag(), "auto"];

/// The language that was asked for with `--lang`, or that the environment asks for.
pub(super) fn language(lang: &str) -> Language {
    Language::of_tag(lang).unwrap_or_else(|| Language::of_environment(|name| std::env::var(name).ok()))
}

/// The language that the words of a command line ask for, when they could not be read as a whole.
pub(super) fn asked_language(words: impl Iterator<Item = OsString>) -> Language {
    let mut words = words.map(|word| word.to_string_lossy().into_owned());
    while let Some(word) = words.next() {
        let value = if word == "--lang" { words.next() } else { word.strip_prefix("--lang=").map(str::to_owned) };
        if let Some(value) = value {
            return language(&value);
        }
    }
    language("auto")
}

/// Heading of the limits of `source`.
const LIMITS: &str = "Limits against broken and hostile archives";

/// Below the help.
const AFTER_HELP: &str = "\
A file that is named like a command is read when a folder stands before it: ./schema

Exit status:
  0    the scan was done, whatever it found
  1    with --exit-code: at least one incident was memory
  2    bad usage, or a PATH could not be read at all; with --strict: any problem
  130  interrupted";

/// Why did this container, service or node restart, and was it memory?
///
/// Reads kernel logs, journals, runtime and kubelet logs, saved documents (docker inspect, kubectl get -o json), and whole
/// log bundles. Nothing is unpacked to disk, nothing is sent anywhere.
#[derive(Debug, Parser)]
#[command(name = "oomscan", version, after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
#[command(disable_help_subcommand = true, max_term_width = 120)]
pub(super) struct Args {
    /// Something else than a scan.
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// A scan.
    #[command(flatten)]
    pub(super) scan: ScanArgs,
}

/// What there is besides scanning.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Explain an exit code, a signal or a reason: 137, SIGTERM, 203/EXEC, OOMKilled, -1073741819
    ///
    /// With --container, --pod or --unit, also what the logs say of that one's ends: explain 137 --container web /var/log
    Explain(Box<ExplainArgs>),
    /// Print the JSON Schema of the report
    Schema {
        /// That of --summary and of the index of a folder
        #[arg(long)]
        summary: bool,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// The code, signal or reason; several words are read as one text: exit status 137
    #[arg(allow_negative_numbers = true)]
    pub(super) code: String,
    /// Where to look for the container, pod or unit; - is standard input
    #[arg(value_name = "PATH", allow_negative_numbers = true)]
    pub(super) paths: Vec<PathBuf>,
    /// The container's name or id (the start is enough), or /regex/
    #[arg(long, value_name = "NAME|ID", group = "one")]
    pub(super) container: Option<String>,
    /// The pod, with or without its namespace
    #[arg(long, value_name = "NS/NAME", group = "one")]
    pub(super) pod: Option<String>,
    /// The systemd unit
    #[arg(long, value_name = "UNIT", group = "one")]
    pub(super) unit: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub(super) format: ExplainFormat,
    /// Language of the sentences; auto takes it from LC_ALL, LC_MESSAGES or LANG
    #[arg(long, value_name = "LANG", default_value = "auto", ignore_case = true)]
    #[arg(value_parser = PossibleValuesParser::new(LANGUAGES))]
    pub(super) lang: String,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub(super) color: ColorChoice,
    /// Leave out what was before; see oomscan --help
    #[arg(long, value_name = "TIME")]
    pub(super) since: Option<String>,
    /// Leave out what was after
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<String>,
    /// Year of the newest line, for logs that do not tell
    #[arg(long, value_name = "YYYY", value_parser = clap::value_parser!(i32).range(1990..=9999))]
    pub(super) year: Option<i32>,
    /// Zone of logs that do not tell
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub(super) timezone: Option<String>,
}

impl ExplainArgs {
    /// Takes the words behind the code that are no paths to it: `explain exit status 137 --container web /var/log`. Where that
    /// gives nothing that is known, but the first word alone does, they are names of files that are not there.
    pub(super) fn join_words(&mut self) {
        let count = self.paths.iter().take_while(|path| is_word(path)).count();
        let words = self.paths.iter().take(count).map(|path| path.to_string_lossy().into_owned());
        let joined = std::iter::once(self.code.clone()).chain(words).collect::<Vec<_>>().join(" ");
        let known = |text: &str| crate::exit_code::lookup(text, Language::English).is_ok();
        if known(&joined) || !known(&self.code) {
            self.code = joined;
            self.paths.drain(..count);
        }
    }

    /// Whether a container, pod or unit was named.
    pub(super) fn names_one(&self) -> bool {
        [&self.container, &self.pod, &self.unit].iter().any(|name| name.is_some())
    }

    /// The scan for the one that was named; `None` when none was.
    pub(super) fn scan(&self) -> Option<ScanArgs> {
        let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
        if !self.names_one() {
            return None;
        }
        let (namespace, pod) = match self.pod.as_deref() {
            // A slash at the start begins a regular expression.
            Some(text) if !text.starts_with('/') => match text.split_once('/') {
                Some((namespace, pod)) => (vec![namespace.to_owned()], vec![pod.to_owned()]),
                None => (Vec::new(), vec![text.to_owned()]),
            },
            _ => (Vec::new(), one(&self.pod)),
        };
        Some(ScanArgs {
            paths: self.paths.clone(),
            format: "text".to_owned(),
            all: true,
            lang: self.lang.clone(),
            color: self.color,
            container: one(&self.container),
            namespace,
            pod,
            unit: one(&self.unit),
            since: self.since.clone(),
            until: self.until.clone(),
            year: self.year,
            timezone: self.timezone.clone(),
            ..ScanArgs::default()
        })
    }

    /// The names of the kind that was asked for, of which the report tells an end or a kill; each once, in its order.
    pub(super) fn names_in(&self, report: &Report) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in report.incidents.iter().flat_map(|incident| self.names_of(incident)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn names_of(&self, incident: &Incident) -> Vec<String> {
        let containers = incident.containers.iter();
        if self.container.is_some() {
            containers.filter_map(|c| c.name.clone().or_else(|| c.short_id().map(str::to_owned))).collect()
        } else if self.pod.is_some() {
            containers.filter_map(pod_name).collect()
        } else {
            let of_ends = incident.terminations.iter().filter_map(|end| end.unit.clone());
            containers.filter_map(|c| c.unit.clone()).chain(of_ends).collect()
        }
    }

    /// How the one that was named is called in a sentence.
    pub(super) fn subject(&self) -> String {
        let language = language(&self.lang);
        let container = self.container.as_ref().map(|name| say!(language, "codes-explain-container", name = name));
        let pod = self.pod.as_ref().map(|name| say!(language, "codes-explain-pod", name = name));
        let unit = self.unit.as_ref().map(|name| say!(language, "codes-explain-unit", name = name));
        // They exclude each other.
        container.or(pod).or(unit).unwrap_or_default()
    }
}

/// Whether an argument where a path may stand is a piece of a log: `137`, `status=9/KILL`, but not `/var/log` or `./logs`.
fn is_word(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let before = text.split('/').next().unwrap_or_default();
    let pair = before.ends_with(|c: char| c.is_ascii_digit()) && !before.starts_with('.');
    text != "-" && (before.len() == text.len() || pair) && !path.exists()
}

/// `namespace/pod` as far as it is known, else the pod's uid.
fn pod_name(container: &Container) -> Option<String> {
    match (&container.namespace, &container.pod) {
        (Some(namespace), Some(pod)) => Some(format!("{namespace}/{pod}")),
        (None, Some(pod)) => Some(pod.clone()),
        (_, None) => container.pod_uid.clone(),
    }
}

/// Forms of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Arguments of a scan.
#[derive(Debug, Default, clap::Args)]
pub(super) struct ScanArgs {
    /// Files, folders, archives or journal files; - is standard input. Without any, this machine is read, or what is piped in
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Form of the report
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    #[arg(value_parser = PossibleValuesParser::new(FORMATS.iter().map(|format| format.name())))]
    pub(super) format: String,
    /// Show many nodes at a glance: nodes, workloads, causes, limits (text, json or jsonl)
    #[arg(long)]
    pub(super) summary: bool,
    /// With --format csv: which table; incidents when not given
    #[arg(long, value_name = "TABLE")]
    #[arg(value_parser = PossibleValuesParser::new(Table::ALL.map(Table::name)))]
    pub(super) table: Option<String>,
    /// Replace names, addresses and raw text by pseudonyms, so that the report can be shown to others
    #[arg(long)]
    pub(super) redact: bool,
    /// With --redact: the same name gets the same pseudonym in every report with this key
    #[arg(long, value_name = "KEY", requires = "redact")]
    pub(super) redact_key: Option<String>,

    /// Write the report to a file; to a folder (DIR/), one report for each node and an index
    #[arg(long, short, value_name = "FILE|DIR/")]
    pub(super) output: Option<PathBuf>,
    /// Show what was not memory, too
    #[arg(long, short)]
    pub(super) all: bool,
    /// Show every incident in full, with the raw lines
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// Explain the kernel's whole report of each incident: request, zones, free blocks, counters, scores (text, json, jsonl;
    /// html always has it); in json and jsonl also the lines around each line of proof
    #[arg(long, conflicts_with = "quiet")]
    pub(super) details: bool,
    /// Show the answer only, and no warnings
    #[arg(long, short, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Show one line for each incident: time, node, what, why, victim, exit code, how sure (text)
    #[arg(long, conflicts_with_all = ["verbose", "quiet", "summary", "follow"])]
    pub(super) brief: bool,
    /// Language of the sentences; auto takes it from LC_ALL, LC_MESSAGES or LANG
    #[arg(long, value_name = "LANG", default_value = "auto", ignore_case = true)]
    #[arg(value_parser = PossibleValuesParser::new(LANGUAGES))]
    pub(super) lang: String,
    /// When to use colours and bars; auto heeds NO_COLOR, CLICOLOR_FORCE and TERM=dumb
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub(super) color: ColorChoice,

    /// Container name or id (the start is enough)
    #[arg(long, value_name = "NAME", help_heading = "Filters (NAME or /regex/, may be repeated)")]
    pub(super) container: Vec<String>,
    /// Pod name or uid
    #[arg(long, value_name = "NAME", help_heading = "Filters (NAME or /regex/, may be repeated)")]
    pub(super) pod: Vec<String>,
    /// Namespace
    #[arg(long, value_name = "NAME", help_heading = "Filters (NAME or /regex/, may be repeated)")]
    pub(super) namespace: Vec<String>,
    /// systemd unit
    #[arg(long, value_name = "NAME", help_heading = "Filters (NAME or /regex/, may be repeated)")]
    pub(super) unit: Vec<String>,
    /// Node
    #[arg(long, value_name = "NAME", help_heading = "Filters (NAME or /regex/, may be repeated)")]
    pub(super) node: Vec<String>,
    /// Pid of a process that was killed, ended, or started the kill
    #[arg(long, value_name = "PID", help_heading = "Filters (NAME or /regex/, may be repeated)")]
    pub(super) pid: Vec<u32>,
    /// Name of a process that was killed or started the kill
    #[arg(long, value_name = "NAME", help_heading = "Filters (NAME or /regex/, may be repeated)")]
    pub(super) comm: Vec<String>,

    /// Read this machine: journals, /var/log, /dev/kmsg, container logs, counters (as without PATH on a terminal)
    #[arg(long, conflicts_with = "paths", help_heading = "This machine")]
    pub(super) here: bool,
    /// Ask docker, podman and crictl for their containers, too
    #[arg(long, conflicts_with = "paths", help_heading = "This machine")]
    pub(super) runtime: bool,

    /// Go on with what is written from now on: files (rotated ones, too), /dev/kmsg, journals, pipes; text or jsonl
    #[arg(long, short = 'F', conflicts_with_all = ["summary", "exit_code", "until"], help_heading = "Following")]
    pub(super) follow: bool,
    /// Remember in FILE what was told, so that the next start goes on from there
    #[arg(long, value_name = "FILE", requires = "follow", help_heading = "Following")]
    pub(super) state: Option<PathBuf>,

    /// Leave out what was before: 2026-11-23, "2026-11-23 10:00", RFC 3339, 2h, "3d ago", yesterday
    #[arg(long, value_name = "TIME", help_heading = "Times")]
    pub(super) since: Option<String>,
    /// Leave out what was after
    #[arg(long, value_name = "TIME", help_heading = "Times")]
    pub(super) until: Option<String>,
    /// Year of the newest line, for logs that do not tell
    #[arg(long, value_name = "YYYY", help_heading = "Times", value_parser = clap::value_parser!(i32).range(1990..=9999))]
    pub(super) year: Option<i32>,
    /// Zone of logs that do not tell, and of --since and --until: Asia/Shanghai, +08:00, UTC, local
    #[arg(long, value_name = "ZONE", help_heading = "Times", allow_hyphen_values = true)]
    pub(super) timezone: Option<String>,

    /// Layers of compression and archives inside each other [default: 8]
    #[arg(long, value_name = "N", help_heading = LIMITS)]
    pub(super) max_depth: Option<u32>,
    /// Members of one archive, or files of one folder [default: 10000000]
    #[arg(long, value_name = "N", help_heading = LIMITS)]
    pub(super) max_members: Option<u64>,
    /// Bytes that one file may unpack to, over all layers: 10G [default: 1T]
    #[arg(long, value_name = "SIZE", help_heading = LIMITS, value_parser = sizes::bytes)]
    pub(super) max_expansion: Option<u64>,
    /// Times its own size that one file may unpack to [default: 2000]
    #[arg(long, value_name = "N", help_heading = LIMITS)]
    pub(super) max_ratio: Option<u64>,
    /// Memory that one zstd or xz stream may ask for [default: 2G]
    #[arg(long, value_name = "SIZE", help_heading = LIMITS, value_parser = sizes::bytes)]
    pub(super) max_window: Option<u64>,

    /// Read only each N-th input, counted by a hash of its path; a folder named here counts by what is in it
    #[arg(long, value_name = "I/N", help_heading = "Running", value_parser = Shard::parse)]
    pub(super) shard: Option<Shard>,
    /// Threads; as many as there are processors when not given
    #[arg(long, short = 'j', value_name = "N", help_heading = "Running", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
    /// Show no progress bar (there is one on standard error when that is a terminal and the work takes a while)
    #[arg(long, help_heading = "Running")]
    pub(super) no_progress: bool,
    /// On Ctrl-C, report what was found so far
    #[arg(long, conflicts_with = "follow", help_heading = "Running")]
    pub(super) partial: bool,
    /// Exit with 1 when an incident was memory
    #[arg(long, help_heading = "Running")]
    pub(super) exit_code: bool,
    /// Exit with 2 when anything could not be read or understood
    #[arg(long, help_heading = "Running")]
    pub(super) strict: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explain(line: &str) -> ExplainArgs {
        match Args::try_parse_from(line.split(' ')).unwrap().command {
            Some(Command::Explain(args)) => *args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_one_to_explain() {
        assert!(explain("oomscan explain 137").scan().is_none());
        let args = explain("oomscan explain 137 --pod prod/web-0 a.log b.log");
        assert_eq!(args.subject(), "pod prod/web-0");
        let scan = args.scan().unwrap();
        assert_eq!((scan.namespace, scan.pod, scan.paths.len()), (vec!["prod".into()], vec!["web-0".into()], 2));
        assert!(scan.all);
        let scan = explain("oomscan explain 137 --pod /web-./ a.log").scan().unwrap();
        assert_eq!((scan.namespace.len(), scan.pod), (0, vec!["/web-./".into()]));
        let scan = explain("oomscan explain -9 --unit web a.log").scan().unwrap();
        assert_eq!(scan.unit, ["web"]);
        let joined = |line: &str| {
            let mut args = explain(line);
            args.join_words();
            (args.code, args.paths.len())
        };
        assert_eq!(joined("oomscan explain exit status 137"), ("exit status 137".to_owned(), 0));
        assert_eq!(joined("oomscan explain Error 137 --unit a /var/log"), ("Error 137".to_owned(), 1));
        assert_eq!(
            joined("oomscan explain code=killed, status=9/KILL ."),
            ("code=killed, status=9/KILL".to_owned(), 1)
        );
        assert_eq!(joined("oomscan explain 137 --unit a no-such.log"), ("137".to_owned(), 1));
        assert_eq!(joined("oomscan explain no such"), ("no such".to_owned(), 0));
        assert!(Args::try_parse_from("oomscan explain 137 --pod a --container b a.log".split(' ')).is_err());
    }
}
