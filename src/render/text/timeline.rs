//! The steps of an incident, with aligned times.

use super::page::{Line, Page, Paint};
use super::width::{fit, width};
use super::words;
use crate::report::TimelineEntry;
use crate::say;
use std::io;

/// Steps shown without `-v`: the first ones and the last ones.
const FIRST_STEPS: usize = 9;
/// See above.
const LAST_STEPS: usize = 5;

/// Widest actor column.
const ACTOR_WIDTH: usize = 16;

/// Writes the steps.
pub(crate) fn write(page: &mut Page, indent: usize, steps: &[TimelineEntry]) -> io::Result<()> {
    let language = page.language();
    let told = if page.style.verbose { steps.iter().map(Told::once).collect() } else { told(steps) };
    let decimals = if steps.iter().filter_map(|step| step.offset_s).any(|s| s.fract() != 0.0) { 3 } else { 0 };
    let fold = !page.style.verbose && told.len() > FIRST_STEPS + LAST_STEPS + 1;
    let hidden = if fold { FIRST_STEPS..told.len() - LAST_STEPS } else { 0..0 };
    let clock = |at: Option<f64>| at.map_or_else(|| "?".to_owned(), |s| offset(s, decimals));
    let shown: Vec<(usize, String, &Told<'_>)> = told
        .iter()
        .enumerate()
        .filter(|(at, _)| !hidden.contains(at))
        .map(|(at, told)| (at, clock(told.step.offset_s), told))
        .collect();
    let times = shown.iter().map(|(_, time, _)| width(time)).max().unwrap_or(0);
    let actor_of =
        |told: &Told<'_>| fit(&super::escape::visible(&words::agent(&told.step.actor, language)), ACTOR_WIDTH);
    let actors = shown.iter().map(|(.., told)| width(&actor_of(told))).max().unwrap_or(0);
    for (at, time, told) in shown {
        if at == hidden.end && fold {
            let text = say!(language, "render-more-steps", n = hidden.len());
            page.line(Line::new().plain(" ".repeat(indent + times + 2)).add(Paint::Dim, text))?;
        }
        let paint = if told.step.kind == "kill" { Paint::Bad } else { Paint::Plain };
        let label = Line::new()
            .plain(" ".repeat(indent + times.saturating_sub(width(&time))))
            .add(Paint::Dim, &time)
            .plain("  ")
            .add(Paint::Accent, actor_of(told))
            .pad_to(indent + times + 2 + actors);
        let mut text = Line::of(paint, &told.step.text);
        if told.times > 1 {
            let last = clock(told.last);
            let often = match last == time {
                true => say!(language, "render-step-times", n = told.times),
                false => say!(language, "render-step-times-last", n = told.times, last = last),
            };
            text = text.plain(words::between(language)).add(Paint::Dim, often);
        }
        page.hanging(label.plain("  "), text)?;
    }
    Ok(())
}

/// A step, and how often it was told.
struct Told<'a> {
    step: &'a TimelineEntry,
    times: usize,
    /// Offset of the last time.
    last: Option<f64>,
}

impl<'a> Told<'a> {
    fn once(step: &'a TimelineEntry) -> Self {
        Told { step, times: 1, last: step.offset_s }
    }
}

/// The same words of the same actor, with nothing else in between, are one row: a bundle holds one log in many copies, with
/// clocks of different fineness, and a kubelet repeats itself until a pod is gone. What the kernel did is never put
/// together.
fn told(steps: &[TimelineEntry]) -> Vec<Told<'_>> {
    let mut rows: Vec<Told<'_>> = Vec::new();
    let mut run = 0;
    for step in steps {
        if rows.last().is_some_and(|row| row.step.text != step.text) {
            run = rows.len();
        }
        let same = |row: &&mut Told<'_>| row.step.actor == step.actor && step.actor != "kernel";
        match rows[run..].iter_mut().find(same) {
            Some(row) => {
                row.times += 1;
                row.last = step.offset_s.or(row.last);
            }
            None => rows.push(Told::once(step)),
        }
    }
    rows
}

/// Seconds from the incident: `-1.204s`, `0.000s`, `+5m12.000s`, `+2h05m12.000s`, `+3d02h05m12s`.
pub(crate) fn offset(seconds: f64, decimals: u32) -> String {
    let scale = 10u64.pow(decimals);
    let ticks = (seconds.abs() * scale as f64).round() as u64;
    let sign = match ticks {
        0 => "",
        _ if seconds < 0.0 => "-",
        _ => "+",
    };
    let (whole, fraction) = (ticks / scale, ticks % scale);
    let fraction = if decimals == 0 { String::new() } else { format!(".{fraction:03}") };
    let (minutes, s) = (whole / 60, whole % 60);
    let (hours, m) = (minutes / 60, minutes % 60);
    let (days, h) = (hours / 24, hours % 24);
    if days > 0 {
        format!("{sign}{days}d{h:02}h{m:02}m{s:02}{fraction}s")
    } else if hours > 0 {
        format!("{sign}{h}h{m:02}m{s:02}{fraction}s")
    } else if minutes > 0 {
        format!("{sign}{m}m{s:02}{fraction}s")
    } else {
        format!("{sign}{s}{fraction}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_are_one_row() {
        let step = |actor: &'static str, text: &str, offset_s: f64| TimelineEntry {
            actor: actor.into(),
            text: text.into(),
            offset_s: Some(offset_s),
            ..TimelineEntry::default()
        };
        let steps = [
            step("systemd", "saw it", -0.5),
            step("kernel", "killed 'x'", 0.0),
            step("systemd", "saw it", 0.1),
            step("docker", "saw it", 0.2),
            step("systemd", "saw it", 0.3),
            step("docker", "ended", 0.4),
        ];
        let rows: Vec<_> = told(&steps).iter().map(|row| (row.step.offset_s, row.times, row.last)).collect();
        let once = |at| (Some(at), 1, Some(at));
        assert_eq!(rows, [once(-0.5), once(0.0), (Some(0.1), 2, Some(0.3)), once(0.2), once(0.4)]);
    }

    #[test]
    fn offsets_of_every_size() {
        for (seconds, decimals, expected) in [
            (0.0, 0, "0s"),
            (0.0004, 3, "0.000s"),
            (-0.0001, 3, "0.000s"),
            (-1.2044, 3, "-1.204s"),
            (12.0, 3, "+12.000s"),
            (59.9996, 3, "+1m00.000s"),
            (312.05, 3, "+5m12.050s"),
            (7512.0, 0, "+2h05m12s"),
            (-266_712.0, 0, "-3d02h05m12s"),
        ] {
            assert_eq!(offset(seconds, decimals), expected, "{seconds}");
        }
        assert_eq!(offset(f64::NAN, 0), "0s");
        assert!(offset(f64::INFINITY, 3).starts_with('+'));
    }
}
