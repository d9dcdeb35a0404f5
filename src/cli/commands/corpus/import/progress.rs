//! The progress bar of an import.

use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::input::{self, Totals};
use crate::cli::render::number;

/// The bar of an import whose bytes are known.
const KNOWN_TEMPLATE: &str = "{wide_bar} {percent:>3} % · {msg} · {decimal_bytes_per_sec} · {eta} left";

/// A progress bar on standard error, hidden if that is not a terminal.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    bar: ProgressBar,
    /// Number of files, if each has one text.
    of_files: Option<u64>,
}

/// The counts of an import so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    /// Texts that were dealt with.
    pub(super) done: u64,
    /// Texts that were added.
    pub(super) added: u64,
    /// Texts that failed.
    pub(super) failed: u64,
}

impl Progress {
    /// A bar over the bytes of all files in `paths`; its length is unknown if standard input is among them.
    pub(super) fn over(paths: &[PathBuf]) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if bar.is_hidden() {
            return Self { bar, of_files: None };
        }
        let known = paths.iter().all(|path| path.as_os_str() != input::STANDARD_INPUT);
        let has_lines = paths.iter().any(|path| input::is_jsonl(path));
        let mut of_files = None;
        let template = if known {
            KNOWN_TEMPLATE
        } else {
            "{spinner} {msg} · {decimal_bytes} · {decimal_bytes_per_sec}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        if known {
            let Totals { files, bytes } = input::totals(paths);
            bar.set_length(bytes);
            of_files = (!has_lines).then_some(files);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, of_files }
    }

    /// A bar over so many bytes.
    pub(super) fn of_bytes(bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        if !bar.is_hidden() {
            if let Ok(style) = ProgressStyle::with_template(KNOWN_TEMPLATE) {
                bar.set_style(style.progress_chars("━╸─"));
            }
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self { bar, of_files: None }
    }

    /// Advances the bar by `input_bytes`, and shows the counts.
    pub(super) fn advance(&self, input_bytes: u64, counts: Counts) {
        if self.bar.is_hidden() {
            return;
        }
        let Counts { done, added, failed } = counts;
        self.bar.inc(input_bytes);
        let done = match self.of_files {
            Some(files) => format!("{} of {} files, ", number(done), number(files.max(done))),
            None => String::new(),
        };
        let failed = match failed {
            0 => String::new(),
            failed => format!(", {} failed", number(failed)),
        };
        self.bar.set_message(format!("{done}{} added{failed}", number(added)));
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
