//! Charts: SVG without scripts and without inline styles, which the policy forbids.

use crate::render::facts::{Part, share};
use crate::render::text::units::{bytes, percent};
use crate::report::DumpZone;
use maud::{Markup, html};

/// Units of a full bar.
const WIDTH: f64 = 1000.0;

/// Units of a share, for an attribute: one decimal, and always a number.
fn of_width(share: f64) -> f64 {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    (share * WIDTH * 10.0).round() / 10.0
}

/// Units of a part of a whole.
fn units(part: u64, whole: u64) -> f64 {
    of_width(share(part, whole).unwrap_or(0.0))
}

/// A bar with its parts side by side, and a legend that tells all of it in words.
pub(super) fn stacked(title: &str, parts: &[Part], total: Option<u64>) -> Markup {
    let sum = parts.iter().fold(0u64, |sum, part| sum.saturating_add(part.bytes));
    let whole = total.unwrap_or(0).max(sum);
    let mut x = 0.0;
    let rects: Vec<(f64, f64, &Part)> = parts
        .iter()
        .map(|part| {
            let (start, width) = (x, units(part.bytes, whole));
            x += width;
            (start, width, part)
        })
        .collect();
    html! {
        figure.chart {
            figcaption { (title) }
            svg.stack viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
                rect.back x="0" y="0" width="1000" height="40" {}
                @for (x, width, part) in rects {
                    rect class={ "part-" (part.key) } x=(format!("{x:.1}")) y="0" width=(width) height="40" {
                        title { (part.name) ": " (bytes(part.bytes)) }
                    }
                }
            }
            ul.legend {
                @for part in parts {
                    li {
                        span class={ "swatch part-" (part.key) } {}
                        (part.name) " " b { (bytes(part.bytes)) }
                        @if let Some(part) = share(part.bytes, whole) { " " span.muted { (percent(part)) } }
                    }
                }
            }
        }
    }
}

/// A small bar in a table.
pub(super) fn small(share: f64) -> Markup {
    html! {
        svg.bar viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.back x="0" y="0" width="1000" height="10" {}
            rect x="0" y="0" width=(of_width(share)) height="10" {}
        }
    }
}

/// A zone's free memory against its marks; the bar ends at twice `high`. `None` where marks are missing.
pub(super) fn marks(zone: &DumpZone) -> Option<Markup> {
    let (free, min, low, high) = (zone.free_bytes?, zone.min_bytes?, zone.low_bytes?, zone.high_bytes?);
    let whole = high.saturating_mul(2).max(1);
    let title = format!("{} / min {} / low {} / high {}", bytes(free), bytes(min), bytes(low), bytes(high));
    let class = if free <= min { "bar short" } else { "bar" };
    Some(html! {
        svg class=(class) viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=(title) focusable="false" {
            title { (title) }
            rect.back x="0" y="0" width="1000" height="10" {}
            rect x="0" y="0" width=(units(free, whole)) height="10" {}
            @for mark in [min, low, high] { rect.limit x=(units(mark, whole)) y="0" width="6" height="10" {} }
        }
    })
}
