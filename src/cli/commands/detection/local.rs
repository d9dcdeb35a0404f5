//! The engine in this process, for checks without a server.

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::cli::input::{self, Found, Item, MAX_FILE_BYTES, Reading, SourceText};
use crate::cli::render::{number, printable};
use crate::engine::{
    CollectionName, ComparedText, CorpusSeed, DetectionOptions, Engine, Group, IfExists, InvalidValue, Label,
    Labels, Limits, NewSource, Scope, SourceId, Title,
};
use crate::matching::Stop;
use crate::proto;
use crate::service::report_to_proto;

/// Number of warnings that are printed; the rest are counted.
const PRINTED_WARNINGS: u64 = 20;

/// The seed of every run, so that the same files give the same report. The corpus lasts for one check, and its author
/// is its only reader: no secret is needed.
const SEED: CorpusSeed = CorpusSeed::new(0x5061_6C69_6D70_7365);

/// An engine that accepts texts as long as the largest file that is read.
pub(in crate::cli) fn engine() -> Engine {
    #[expect(clippy::cast_possible_truncation, reason = "64 MiB fit in any usize")]
    let most = MAX_FILE_BYTES as usize;
    let limits = Limits {
        max_text_bytes: most,
        max_normalised_bytes: usize::MAX,
        max_text_words: most,
        ..Limits::default()
    };
    Engine::with_seed(limits, SEED)
}

/// Compares a text with other texts, without a corpus.
pub(in crate::cli) fn compare(
    text: &str,
    others: &[ComparedText],
    options: &DetectionOptions,
) -> Result<proto::Report, CliError> {
    Ok(report_to_proto(engine().compare(text, others, options, &Stop::never())?))
}

/// A corpus in memory of the sources in files, for one check.
#[derive(Debug)]
pub(in crate::cli) struct Corpus {
    engine: Engine,
    /// The submission's file, which is left out of the corpus.
    submission: Option<PathBuf>,
    left_out: u64,
}

/// The reason why a text was not added.
#[derive(Debug, thiserror::Error)]
enum AddError {
    #[error("{field} {problem}")]
    Value { field: &'static str, problem: InvalidValue },
    #[error(transparent)]
    Engine(#[from] crate::engine::Error),
}

impl Corpus {
    /// Reads all texts in `paths`, with a warning on standard error for each that can't be added.
    pub(in crate::cli) fn read(paths: &[PathBuf], submission: &Path) -> Self {
        let submission = fs::canonicalize(submission).ok();
        let mut corpus = Self { engine: engine(), submission, left_out: 0 };
        let reading = Reading { max_text_bytes: MAX_FILE_BYTES, ids_as_given: true };
        let _end = input::read_all(paths, reading, &mut |item| {
            corpus.add_item(item);
            ControlFlow::Continue(())
        });
        if corpus.left_out > PRINTED_WARNINGS {
            let more = number(corpus.left_out - PRINTED_WARNINGS);
            warn(&format!("{more} more texts were not added"));
        }
        corpus
    }

    /// Whether every text was added.
    pub(in crate::cli) fn is_complete(&self) -> bool {
        self.left_out == 0
    }

    /// Checks a submission against all sources.
    pub(in crate::cli) fn check(
        &self,
        submission: &str,
        scope: &Scope,
        options: &DetectionOptions,
    ) -> Result<proto::Report, CliError> {
        Ok(report_to_proto(self.engine.check(submission, scope, options, &Stop::never())?))
    }

    fn add_item(&mut self, item: Item) {
        let Item { place, input_bytes: _, found } = item;
        let problem = match found {
            Found::Ignored => return,
            Found::Unreadable(error) => error.to_string(),
            Found::Source(source) => {
                if self.submission.is_some() && fs::canonicalize(place.path()).ok() == self.submission {
                    return note(&format!(
                        "{place} is the submission itself; it is not compared with itself"
                    ));
                }
                match self.add(source) {
                    Ok(()) => return,
                    Err(error) => error.to_string(),
                }
            }
        };
        self.left_out += 1;
        if self.left_out <= PRINTED_WARNINGS {
            warn(&format!("{place} was not added: {problem}"));
        }
    }

    fn add(&self, source: SourceText) -> Result<(), AddError> {
        // Addresses, times and metadata are not shown.
        let SourceText { id, title, group, labels, text, .. } = source;
        let bad = |field: &'static str| move |problem| AddError::Value { field, problem };
        let labels: Result<Vec<Label>, _> = labels.iter().map(|label| Label::new(label)).collect();
        let source = NewSource {
            id: (!id.is_empty()).then(|| SourceId::new(&id)).transpose().map_err(bad("id"))?,
            title: Title::new(&title).map_err(bad("title"))?,
            group: Group::new(&group).map_err(bad("group"))?,
            labels: labels.and_then(Labels::new).map_err(bad("labels"))?,
            text,
            ..NewSource::default()
        };
        self.engine.add_source(&CollectionName::default(), source, IfExists::Replace)?;
        Ok(())
    }
}

fn warn(message: &str) {
    note(&format!("warning: {message}"));
}

/// Prints a note on standard error. If that is closed, the note is lost and the check goes on.
fn note(message: &str) {
    drop(writeln!(anstream::stderr(), "{}", printable(message)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_against_files_but_not_against_the_submission_itself() {
        let folder = tempfile::tempdir().unwrap();
        let text = "the lighthouse keeper wrote every storm into a ledger that nobody was meant to read";
        let submission = folder.path().join("mine.txt");
        fs::write(&submission, text).unwrap();
        fs::write(folder.path().join("theirs.txt"), format!("It is said that {text}.")).unwrap();
        fs::write(folder.path().join("latin1.txt"), b"caf\xE9").unwrap();
        let corpus = Corpus::read(&[folder.path().to_owned()], &submission);
        assert!(!corpus.is_complete());
        let report = corpus.check(text, &Scope::default(), &DetectionOptions::default()).unwrap();
        let ids: Vec<&str> = report.sources.iter().map(|source| source.source_id.as_str()).collect();
        assert_eq!(ids, [folder.path().join("theirs.txt").to_str().unwrap()]);
        let coverage = report.coverage.unwrap();
        assert_eq!((coverage.words, coverage.of_words), (15, 15));
    }
}
