//! Ctrl-C, and the signals by which services are stopped.

use crate::source::Meter;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once the program was asked to stop.
#[derive(Debug, Clone, Default)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Takes over SIGINT, SIGTERM and SIGHUP. The first one asks the program to stop; a second one ends it at once.
    pub(super) fn install() -> Self {
        Self::stopping(&Arc::default())
    }

    /// The same; the first signal also stops what is read with this meter.
    pub(super) fn stopping(meter: &Arc<Meter>) -> Self {
        let interrupt = Self::default();
        let meter = Arc::clone(meter);
        let asked = interrupt.clone();
        take_over(move || {
            meter.stop();
            if asked.0.swap(true, Ordering::SeqCst) {
                std::process::exit(i32::from(super::ExitStatus::Interrupted.code()));
            }
        });
        interrupt
    }

    /// The program was asked to stop.
    pub(super) fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Where signals cannot be taken over, they end the program as usual.
#[cfg(any(unix, windows))]
fn take_over(handler: impl FnMut() + Send + 'static) {
    let _ = ctrlc::set_handler(handler);
}

#[cfg(not(any(unix, windows)))]
fn take_over(_handler: impl FnMut() + Send + 'static) {}
