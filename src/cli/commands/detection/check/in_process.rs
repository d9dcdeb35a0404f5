//! The check of many files in this process, on all cores.

use encoding_rs::Encoding;
use rayon::prelude::*;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::result::Checked;
use crate::cli::commands::detection::local::Corpus;
use crate::cli::commands::detection::texts::read_submission;
use crate::cli::error::CliError;
use crate::cli::input::Submission;
use crate::cli::outcome::Outcome;
use crate::engine::{DetectionOptions, Scope};
use crate::service::documents::attach;

/// Number of files that are checked before their results are sent, for each thread.
const FILES_PER_THREAD: usize = 4;

/// The sources and the options of all checks.
pub(super) struct Checks {
    pub(super) corpus: Corpus,
    pub(super) scope: Scope,
    pub(super) options: DetectionOptions,
    pub(super) encoding: Option<&'static Encoding>,
    /// Whether results have the texts.
    pub(super) keep_texts: bool,
}

/// Checks all files in a thread, and sends the results in order.
pub(super) fn start(
    checks: Checks,
    submissions: Vec<Submission>,
    results: mpsc::Sender<Checked>,
) -> JoinHandle<Result<Outcome, CliError>> {
    tokio::task::spawn_blocking(move || {
        let mut submissions = submissions.into_iter();
        let at_once = rayon::current_num_threads() * FILES_PER_THREAD;
        loop {
            let batch: Vec<Submission> = submissions.by_ref().take(at_once).collect();
            if batch.is_empty() {
                return Ok(Outcome::of(checks.corpus.is_complete()));
            }
            let checked: Vec<Checked> =
                batch.into_par_iter().map(|submission| checks.check(submission)).collect();
            for checked in checked {
                if results.blocking_send(checked).is_err() {
                    return Ok(Outcome::Interrupted);
                }
            }
        }
    })
}

impl Checks {
    fn check(&self, submission: Submission) -> Checked {
        let name = submission.file.place().to_string();
        let reason = |error| match error {
            CliError::Unreadable { problem, .. } => problem.to_string(),
            other => other.to_string(),
        };
        let text = match submission.problem {
            Some(problem) => Err(problem.to_string()),
            None => read_submission(&submission.file, self.encoding).map_err(reason),
        };
        let content = match text {
            Ok(text) => text.content,
            Err(reason) => return Checked { name, text: None, result: Err(reason) },
        };
        let document = content.document(self.options.offset_unit);
        let text = content.into_text();
        let path = submission.file.path();
        let mut result = self.corpus.check(path, &text, self.scope.clone(), &self.options).map_err(reason);
        if let (Ok(report), Some(document)) = (&mut result, document) {
            attach(report, &text, document);
        }
        Checked { name, text: self.keep_texts.then_some(text), result }
    }
}
