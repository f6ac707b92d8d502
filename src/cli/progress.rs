//! A bar on standard error for work that takes more than a moment: bytes, files, rate, time left, incidents so far.

use crate::language::Language;
use crate::say;
use crate::source::{Meter, Progress};
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Shorter work has no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// The bar where the size of the work is known.
const TEMPLATE: &str = "{bar:24} {bytes}/{total_bytes}, {binary_bytes_per_sec}{msg}";
/// Where it is not.
const UNSIZED_TEMPLATE: &str = "{spinner} {bytes}, {binary_bytes_per_sec}{msg}";
/// How often the bar is drawn anew.
const STEP: Duration = Duration::from_millis(100);

/// Does the work, and shows how far it is while it lasts. The bar is gone before this returns, so that it is never mixed
/// with output.
pub(super) fn show<T>(meter: &Meter, wanted: bool, language: Language, work: impl FnOnce() -> T) -> T {
    if !wanted {
        return work();
    }
    let (done, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || draw(meter, &wait, language));
        let result = work();
        drop(done);
        result
    })
}

/// Draws until the other end of the channel is dropped.
fn draw(meter: &Meter, done: &mpsc::Receiver<()>, language: Language) {
    let ended = |time| !matches!(done.recv_timeout(time), Err(RecvTimeoutError::Timeout));
    if ended(PATIENCE) {
        return;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    loop {
        let progress = meter.progress();
        if progress.bytes > 0 && bar.length().is_none() {
            bar.set_style(style(TEMPLATE));
        } else if progress.bytes == 0 {
            bar.set_style(style(UNSIZED_TEMPLATE));
        }
        if progress.bytes > 0 {
            bar.set_length(progress.bytes);
        }
        bar.set_position(progress.bytes_done);
        let left = bar.length().map(|_| bar.eta());
        bar.set_message(message(&progress, left, language));
        bar.tick();
        if ended(STEP) {
            break bar.finish_and_clear();
        }
    }
}

/// The templates are fixed: one that is wrong would show the usual bar.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// ", 20 seconds left, 3 of 8 files, 12 OOM reports so far". All are labels, in the order of the bar.
fn message(progress: &Progress, left: Option<Duration>, language: Language) -> String {
    let left = left.map(|left| format!("{:#}", HumanDuration(left)));
    let left = left.map(|left| say!(language, "cli-progress-left", time = left));
    let files = (progress.files > 1)
        .then(|| say!(language, "cli-progress-files", done = progress.files_done, files = progress.files));
    let found = (progress.found > 0).then(|| say!(language, "cli-progress-found", count = progress.found));
    let all_read = progress.bytes > 0 && progress.bytes_done >= progress.bytes;
    let bytes = || HumanBytes(progress.bytes).to_string();
    let joining = all_read.then(|| say!(language, "cli-progress-joining", bytes = bytes()));
    [left, files, found, joining].into_iter().flatten().map(|part| format!(", {part}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn messages() {
        let english = |progress: &Progress| message(progress, None, Language::English);
        let progress = Progress { files: 8, files_done: 3, bytes: 100, bytes_done: 50, found: 12 };
        assert_eq!(english(&progress), ", 3 of 8 files, 12 OOM reports so far");
        assert_eq!(english(&Progress { files: 1, found: 1, ..progress }), ", 1 OOM report so far");
        assert_eq!(english(&Progress::default()), "");
        assert!(english(&Progress { bytes_done: 100, ..progress }).ends_with("joining 100 B"));
        let left = Some(Duration::from_secs(20));
        assert_eq!(message(&Progress::default(), left, Language::English), ", 20s left");
        assert!(message(&progress, left, Language::Chinese).contains("剩余 20s"));
    }

    #[test]
    fn the_templates_are_sound() {
        for template in [TEMPLATE, UNSIZED_TEMPLATE] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }

    #[test]
    fn short_work_is_not_held_up() {
        let begin = Instant::now();
        assert_eq!(show(&Meter::default(), true, Language::English, || 7), 7);
        assert!(begin.elapsed() < PATIENCE);
    }
}
