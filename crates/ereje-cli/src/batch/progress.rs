//! How far a run is, for whoever watches it on a terminal: a bar on stderr with rate and time left.

use ereje_batch::files::summary::spaced;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often the bar is drawn at most.
const DRAWN: Duration = Duration::from_millis(100);

/// A bar, where somebody sees it.
pub(super) struct BatchProgress {
    bar: Option<ProgressBar>,
    /// How many bytes of the input were read.
    taken: Arc<AtomicU64>,
    began: Instant,
    drawn: Instant,
    rows: u64,
}

impl BatchProgress {
    /// Begins. Without a size there is no end that could be told.
    pub(super) fn new(size: Option<u64>, taken: Arc<AtomicU64>) -> Self {
        let style = match size {
            Some(_) => "{wide_bar} {percent:>3}%  {msg}, {eta} left",
            None => "{spinner} {msg}, {elapsed}",
        };
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::stderr());
            // The template is one of ours; were it wrong, indicatif's own would do.
            bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_position(taken.load(Ordering::Relaxed));
            bar.reset_eta();
            bar
        });
        let now = Instant::now();
        Self { bar, taken, began: now, drawn: now, rows: 0 }
    }

    /// So many more rows are written.
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

    /// Lets something be said without the bar in its way.
    pub(super) fn aside(&self, say: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// How long it took.
    pub(super) fn time(&self) -> Duration {
        self.began.elapsed()
    }
}
