//! A bar on standard error for work that takes more than a moment: bytes, files, rate, time left, incidents so far.

use crate::source::{Meter, Progress};
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Shorter work has no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the bar is drawn anew.
const STEP: Duration = Duration::from_millis(100);

/// Does the work, and shows how far it is while it lasts. The bar is gone before this returns, so that it is never mixed
/// with output.
pub(super) fn show<T>(meter: &Meter, wanted: bool, work: impl FnOnce() -> T) -> T {
    if !wanted {
        return work();
    }
    let (done, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || draw(meter, &wait));
        let result = work();
        drop(done);
        result
    })
}

/// Draws until the other end of the channel is dropped.
fn draw(meter: &Meter, done: &mpsc::Receiver<()>) {
    let ended = |time| !matches!(done.recv_timeout(time), Err(RecvTimeoutError::Timeout));
    if ended(PATIENCE) {
        return;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    loop {
        let progress = meter.progress();
        if progress.bytes > 0 && bar.length().is_none() {
            bar.set_style(style("{bar:24} {bytes}/{total_bytes}, {binary_bytes_per_sec}, {eta} left{msg}"));
        } else if progress.bytes == 0 {
            bar.set_style(style("{spinner} {bytes}, {binary_bytes_per_sec}{msg}"));
        }
        if progress.bytes > 0 {
            bar.set_length(progress.bytes);
        }
        bar.set_position(progress.bytes_done);
        bar.set_message(message(&progress));
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

/// ", 3 of 8 files, 12 OOM kills so far".
fn message(progress: &Progress) -> String {
    let files = match progress.files {
        0 | 1 => String::new(),
        files => format!(", {} of {files} files", progress.files_done),
    };
    let all_read = progress.bytes > 0 && progress.bytes_done >= progress.bytes;
    let joining = if all_read { format!(", joining {}", HumanBytes(progress.bytes)) } else { String::new() };
    let found = match progress.found {
        0 => String::new(),
        1 => ", 1 OOM report so far".to_owned(),
        found => format!(", {found} OOM reports so far"),
    };
    format!("{files}{found}{joining}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn messages() {
        let progress = Progress { files: 8, files_done: 3, bytes: 100, bytes_done: 50, found: 12 };
        assert_eq!(message(&progress), ", 3 of 8 files, 12 OOM reports so far");
        assert_eq!(message(&Progress { files: 1, found: 1, ..progress }), ", 1 OOM report so far");
        assert_eq!(message(&Progress::default()), "");
        assert!(message(&Progress { bytes_done: 100, ..progress }).ends_with("joining 100 B"));
    }

    #[test]
    fn the_templates_are_sound() {
        for template in ["{bar:24} {bytes}/{total_bytes}, {binary_bytes_per_sec}, {eta} left{msg}", "{spinner} {bytes}"]
        {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }

    #[test]
    fn short_work_is_not_held_up() {
        let begin = Instant::now();
        assert_eq!(show(&Meter::default(), true, || 7), 7);
        assert!(begin.elapsed() < PATIENCE);
    }
}
