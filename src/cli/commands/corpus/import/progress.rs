//! The progress bar of an import.

use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::input;
use crate::cli::render::number;

/// A progress bar on standard error, hidden if that is not a terminal.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar over the bytes of all files in `paths`; its length is unknown if standard input is among them.
    pub(super) fn over(paths: &[PathBuf]) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if bar.is_hidden() {
            return Self { bar };
        }
        let known = paths.iter().all(|path| path.as_os_str() != input::STANDARD_INPUT);
        let template = if known {
            "{wide_bar} {percent:>3} % · {decimal_bytes_per_sec} · {eta} left · {msg}"
        } else {
            "{spinner} {decimal_bytes} · {decimal_bytes_per_sec} · {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        if known {
            bar.set_length(input::total_bytes(paths));
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar }
    }

    /// Advances the bar by `input_bytes`, and shows the counts.
    pub(super) fn advance(&self, input_bytes: u64, added: u64, failed: u64) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.inc(input_bytes);
        let failed = match failed {
            0 => String::new(),
            failed => format!(", {} failed", number(failed)),
        };
        self.bar.set_message(format!("{} added{failed}", number(added)));
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
