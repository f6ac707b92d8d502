//! `--follow`: first what is there, then every incident as it happens.

use super::exit::ExitStatus;
use super::interrupt::Interrupt;
use super::output::Place;
use super::settings::Settings;
use super::{complain, warn, written};
use crate::live::follow::{Follower, State, TICK};
use crate::live::machine;
use crate::render::write_news;
use crate::report::{Report, Verdict, filter};
use crate::say;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Making a report may take this part of the time at most: one in so many.
const REPORT_COST: u32 = 4;

/// How often it is noted where the logs were left, when there is no news.
const SAVE: Duration = Duration::from_secs(5);

/// Follows until it is interrupted, or until there is nothing left that could grow.
pub(super) fn run(settings: &Settings) -> ExitStatus {
    let interrupt = Interrupt::install();
    let place = match &settings.output {
        Place::Stdout => say!(settings.options.language, "cli-standard-output"),
        Place::File(path) | Place::Folder(path) => path.display().to_string(),
    };
    let (follower, told_before) = match start(settings) {
        Ok(started) => started,
        Err(message) => {
            complain(&message);
            return ExitStatus::Failed;
        }
    };
    let out = match open(settings) {
        Ok(out) => out,
        Err(error) => return written(Err(error), &place),
    };
    let mut teller = Teller { settings, follower, out, number: 0 };
    match teller.run(told_before, &interrupt) {
        Ok(()) if interrupt.asked() => ExitStatus::Interrupted,
        result => written(result, &place),
    }
}

fn open(settings: &Settings) -> io::Result<Box<dyn Write>> {
    Ok(match &settings.output {
        Place::Stdout => Box::new(BufWriter::new(io::stdout())),
        Place::File(path) | Place::Folder(path) => Box::new(BufWriter::new(File::create(path)?)),
    })
}

/// Reads what is there. Also tells whether an earlier run has told of it.
fn start(settings: &Settings) -> Result<(Follower, bool), String> {
    let in_state = |path: &Path, error: String| format!("--state {}: {error}", path.display());
    let state = match &settings.state {
        Some(path) => State::load(path).map_err(|error| in_state(path, error.tell(settings.options.language)))?,
        None => None,
    };
    let (mut inputs, mut options) = (settings.inputs.clone(), settings.options.clone());
    if settings.here {
        let machine = machine::prepare(&mut options, settings.runtime);
        inputs = machine.inputs;
        warn(&machine.problems, settings.warnings, settings.options.language);
    }
    let told_before = state.is_some();
    let follower = Follower::start(&inputs, &options, state)
        .ok_or_else(|| say!(settings.options.language, "cli-no-search-words"))?;
    Ok((follower, told_before))
}

/// Tells what happens.
struct Teller<'a> {
    settings: &'a Settings,
    follower: Follower,
    out: Box<dyn Write>,
    /// Incidents told so far.
    number: usize,
}

impl Teller<'_> {
    fn run(&mut self, told_before: bool, interrupt: &Interrupt) -> io::Result<()> {
        let report = self.follower.report();
        if told_before {
            self.warn();
        } else {
            self.first(&report)?;
        }
        self.announce();
        let mut changed = true;
        let (mut next, mut saved) = (Instant::now(), Instant::now());
        while !interrupt.asked() && !self.follower.ended() {
            changed |= self.follower.poll();
            self.warn();
            if (changed || self.follower.waiting()) && Instant::now() >= next {
                let begin = Instant::now();
                self.tell(false)?;
                next = begin + begin.elapsed() * REPORT_COST;
                changed = false;
            } else if !changed && saved.elapsed() >= SAVE {
                self.follower.settle();
                self.save_if_moved()?;
                saved = Instant::now();
            }
            pause(interrupt);
        }
        self.follower.poll();
        self.tell(true)
    }

    /// The report about everything that is there at the start; as JSON lines its incidents alone.
    fn first(&mut self, report: &Report) -> io::Result<()> {
        if self.settings.format.name() != "text" || self.settings.style.quiet {
            self.warn();
            return self.tell(true);
        }
        let shown = filter::apply(report.clone(), &self.settings.filters);
        let problems = self.follower.new_problems();
        warn(&problems, self.settings.warnings, self.settings.options.language);
        self.settings.format.write(&shown, &self.settings.style, &mut self.out)?;
        self.out.flush()?;
        self.number = shown.incidents.iter().filter(|incident| self.is_shown(incident.verdict)).count();
        self.follower.news(report, Instant::now(), true);
        self.save()
    }

    /// Tells of the incidents that are new. `all`: also of those that may still be growing.
    fn tell(&mut self, all: bool) -> io::Result<()> {
        let report = self.follower.report();
        let new = self.follower.news(&report, Instant::now(), all);
        let ids: Vec<String> = new.iter().filter_map(|&i| report.incidents.get(i)).map(|i| i.id.clone()).collect();
        if ids.is_empty() {
            return self.save_if_moved();
        }
        let shown = filter::apply(report, &self.settings.filters);
        for incident in shown.incidents.iter().filter(|incident| ids.contains(&incident.id)) {
            if !self.is_shown(incident.verdict) {
                continue;
            }
            self.number = self.number.saturating_add(1);
            let (name, style) = (self.settings.format.name(), &self.settings.style);
            write_news(name, &shown, incident, self.number, style, &mut self.out)?;
        }
        self.out.flush()?;
        self.save()
    }

    /// JSON lines have everything, as ever; text has what is not memory with `--all`.
    fn is_shown(&self, verdict: Verdict) -> bool {
        self.settings.format.name() != "text" || self.settings.style.all || verdict != Verdict::NotMemory
    }

    /// Tells what can not be read, once.
    fn warn(&mut self) {
        let problems = self.follower.new_problems();
        warn(&problems, !self.settings.style.quiet, self.settings.options.language);
    }

    /// Tells a person that the program has not hung.
    fn announce(&self) {
        if self.settings.style.quiet || !io::stderr().is_terminal() {
            return;
        }
        complain(&say!(self.settings.options.language, "cli-following", count = self.follower.len()));
    }

    fn save(&mut self) -> io::Result<()> {
        let Some(path) = &self.settings.state else { return Ok(()) };
        self.follower.state().save(path).map_err(|error| in_file(path, &error))
    }

    fn save_if_moved(&mut self) -> io::Result<()> {
        if self.follower.moved() { self.save() } else { Ok(()) }
    }
}

fn in_file(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("--state {}: {error}", path.display()))
}

/// Waits for the next look, but not once the program was asked to stop.
fn pause(interrupt: &Interrupt) {
    const STEP: Duration = Duration::from_millis(50);
    let end = Instant::now() + TICK;
    while !interrupt.asked() && Instant::now() < end {
        thread::sleep(STEP);
    }
}
