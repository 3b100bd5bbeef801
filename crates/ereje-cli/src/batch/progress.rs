//! The progress of a run, for people at a terminal: a bar on stderr with the rate and the time left.

use ereje_batch::files::summary::spaced;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The least time between two drawings of the bar.
const DRAWN: Duration = Duration::from_millis(100);

/// A progress bar; empty if stderr is no terminal.
pub(super) struct BatchProgress {
    bar: Option<ProgressBar>,
    /// The number of bytes of the input that were read.
    taken: Arc<AtomicU64>,
    began: Instant,
    drawn: Instant,
    rows: u64,
}

impl BatchProgress {
    /// Begins. Without a size, the end cannot be estimated.
    pub(super) fn new(size: Option<u64>, taken: Arc<AtomicU64>) -> Self {
        let style = match size {
            Some(_) => "{wide_bar} {percent:>3}%  {msg}, {eta} left",
            None => "{spinner} {msg}, {elapsed}",
        };
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::stderr());
            // The template is a constant; if it were wrong, indicatif's default would be used.
            bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_position(taken.load(Ordering::Relaxed));
            bar.reset_eta();
            bar
        });
        let now = Instant::now();
        Self { bar, taken, began: now, drawn: now, rows: 0 }
    }

    /// Adds rows that are written.
    pub(super) fn add(&mut self, rows: u64) {
        self.rows += rows;
        let Some(bar) = &self.bar else { return };
        if self.drawn.elapsed() < DRAWN {
            return;
        }
        self.drawn = Instant::now();
        let millis = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = self.rows.saturating_mul(1000) / millis;
        bar.set_message(format!("{} rows, {} a second", spaced(self.rows), spaced(rate)));
        bar.set_position(self.taken.load(Ordering::Relaxed));
    }

    /// Writes something without the bar in the way.
    pub(super) fn aside(&self, say: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// The time since the beginning.
    pub(super) fn time(&self) -> Duration {
        self.began.elapsed()
    }
}
