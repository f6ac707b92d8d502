//! The steps of an incident, with aligned times.

use super::page::{Line, Page, Paint};
use super::width::{fit, width};
use crate::report::TimelineEntry;
use std::io;

/// Steps shown without `-v`: the first ones and the last ones.
const FIRST_STEPS: usize = 9;
/// See above.
const LAST_STEPS: usize = 5;

/// Widest actor column.
const ACTOR_WIDTH: usize = 16;

/// Writes the steps.
pub(crate) fn write(page: &mut Page, indent: usize, steps: &[TimelineEntry]) -> io::Result<()> {
    let decimals = if steps.iter().filter_map(|step| step.offset_s).any(|s| s.fract() != 0.0) { 3 } else { 0 };
    let fold = !page.style.verbose && steps.len() > FIRST_STEPS + LAST_STEPS + 1;
    let hidden = if fold { FIRST_STEPS..steps.len() - LAST_STEPS } else { 0..0 };
    let shown: Vec<(usize, String, &TimelineEntry)> = steps
        .iter()
        .enumerate()
        .filter(|(at, _)| !hidden.contains(at))
        .map(|(at, step)| (at, step.offset_s.map_or_else(|| "?".to_owned(), |s| offset(s, decimals)), step))
        .collect();
    let times = shown.iter().map(|(_, time, _)| width(time)).max().unwrap_or(0);
    let actor_of = |step: &TimelineEntry| fit(&super::escape::visible(&step.actor), ACTOR_WIDTH);
    let actors = shown.iter().map(|(.., step)| width(&actor_of(step))).max().unwrap_or(0);
    for (at, time, step) in shown {
        if at == hidden.end && fold {
            let text = format!("... {} more steps (-v shows them)", hidden.len());
            page.line(Line::new().plain(" ".repeat(indent + times + 2)).add(Paint::Dim, text))?;
        }
        let paint = if step.kind == "kill" { Paint::Bad } else { Paint::Plain };
        let label = Line::new()
            .plain(" ".repeat(indent + times.saturating_sub(width(&time))))
            .add(Paint::Dim, &time)
            .plain("  ")
            .add(Paint::Accent, actor_of(step))
            .pad_to(indent + times + 2 + actors);
        page.hanging(label.plain("  "), Line::of(paint, &step.text))?;
    }
    Ok(())
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
