//! The progress bar of a comparison of all pairs.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::render::counted;
use crate::proto;

/// A progress bar on standard error, hidden if that is not a terminal.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Creates the bar.
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let template = "{wide_bar} {percent:>3} % of {human_len} sources · {eta} left · {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self { bar }
    }

    /// Updates the bar.
    pub(super) fn show(&self, progress: &proto::PairsProgress) {
        self.bar.set_length(progress.sources);
        self.bar.set_position(progress.sources_done);
        self.bar.set_message(counted(progress.pairs_found, "pair", "pairs"));
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
