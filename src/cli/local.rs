//! The engine in this process, for checks without a server.

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::input::{self, Found, Item, MAX_FILE_BYTES, Reading, SourceText};
use super::render::{number, printable};
use crate::engine::{
    CollectionName, ComparedText, DetectionOptions, Engine, Group, IfExists, InvalidValue, Label, Labels,
    Limits, NewSource, Scope, SourceId, Title,
};
use crate::matching::Stop;
use crate::proto;
use crate::service::report_to_proto;

/// Warnings that are told in full; the others are counted.
const WARNINGS_IN_FULL: u64 = 20;

/// An engine whose texts may be as long as the files that are read.
pub(super) fn engine() -> Result<Engine, CliError> {
    #[expect(clippy::cast_possible_truncation, reason = "64 MiB fit in any usize")]
    let most = MAX_FILE_BYTES as usize;
    let limits = Limits {
        max_text_bytes: most,
        max_normalised_bytes: usize::MAX,
        max_text_words: most,
        ..Limits::default()
    };
    Ok(Engine::with_limits(limits)?)
}

/// Compares a text with others.
pub(super) fn compare(
    text: &str,
    others: &[ComparedText],
    options: &DetectionOptions,
) -> Result<proto::Report, CliError> {
    Ok(report_to_proto(engine()?.compare(text, others, options, &Stop::never())?))
}

/// Files in a corpus of their own, for one check.
#[derive(Debug)]
pub(super) struct Corpus {
    engine: Engine,
    /// The submission's own file, which would be its own best source.
    submission: Option<PathBuf>,
    left_out: u64,
}

/// Why a text is no source.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    #[error("{field} {problem}")]
    Value { field: &'static str, problem: InvalidValue },
    #[error(transparent)]
    Engine(#[from] crate::engine::Error),
}

impl Corpus {
    /// Reads all texts in `paths`. Those that cannot be taken are told on standard error.
    pub(super) fn read(paths: &[PathBuf], submission: &Path) -> Result<Self, CliError> {
        let submission = fs::canonicalize(submission).ok();
        let mut corpus = Self { engine: engine()?, submission, left_out: 0 };
        let reading = Reading { max_text_bytes: MAX_FILE_BYTES, ids_as_given: true };
        let _end = input::read_all(paths, reading, &mut |item| {
            corpus.take(item);
            ControlFlow::Continue(())
        });
        if corpus.left_out > WARNINGS_IN_FULL {
            let more = number(corpus.left_out - WARNINGS_IN_FULL);
            warn(&format!("{more} more texts were left out"));
        }
        Ok(corpus)
    }

    /// Whether all texts were taken.
    pub(super) fn is_complete(&self) -> bool {
        self.left_out == 0
    }

    /// Checks a submission against all texts.
    pub(super) fn check(
        &self,
        submission: &str,
        scope: &Scope,
        options: &DetectionOptions,
    ) -> Result<proto::Report, CliError> {
        Ok(report_to_proto(self.engine.check(submission, scope, options, &Stop::never())?))
    }

    fn take(&mut self, item: Item) {
        let Item { place, input_bytes: _, found } = item;
        let problem = match found {
            Found::PassedOver => return,
            Found::Bad(error) => error.to_string(),
            Found::Source(source) => {
                if self.submission.is_some() && fs::canonicalize(place.path()).ok() == self.submission {
                    return note(&format!(
                        "{place} is the submission itself, and is not compared with itself"
                    ));
                }
                match self.add(source) {
                    Ok(()) => return,
                    Err(error) => error.to_string(),
                }
            }
        };
        self.left_out += 1;
        if self.left_out <= WARNINGS_IN_FULL {
            warn(&format!("{place} was left out: {problem}"));
        }
    }

    fn add(&self, source: SourceText) -> Result<(), NotTaken> {
        let SourceText { id, title, group, labels, text } = source;
        let bad = |field: &'static str| move |problem| NotTaken::Value { field, problem };
        let labels: Result<Vec<Label>, _> = labels.iter().map(|label| Label::new(label)).collect();
        let source = NewSource {
            id: (!id.is_empty()).then(|| SourceId::new(&id)).transpose().map_err(bad("id"))?,
            title: Title::new(&title).map_err(bad("title"))?,
            group: Group::new(&group).map_err(bad("group"))?,
            labels: labels.and_then(Labels::new).map_err(bad("labels"))?,
            text,
        };
        self.engine.add_source(&CollectionName::default(), source, IfExists::Replace)?;
        Ok(())
    }
}

fn warn(message: &str) {
    note(&format!("warning: {message}"));
}

/// Says something beside the report. If standard error is closed, nobody wants to know.
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
        let corpus = Corpus::read(&[folder.path().to_owned()], &submission).unwrap();
        assert!(!corpus.is_complete());
        let report = corpus.check(text, &Scope::default(), &DetectionOptions::default()).unwrap();
        let ids: Vec<&str> = report.sources.iter().map(|source| source.source_id.as_str()).collect();
        assert_eq!(ids, [folder.path().join("theirs.txt").to_str().unwrap()]);
        let coverage = report.coverage.unwrap();
        assert_eq!((coverage.words, coverage.of_words), (15, 15));
    }
}
