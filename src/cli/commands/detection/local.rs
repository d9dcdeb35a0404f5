//! The engine in this process, for checks without a server.

use std::collections::HashMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs::Encoding;

use crate::cli::commands::documents::DocumentTally;
use crate::cli::error::CliError;
use crate::cli::input::{self, Found, Ids, Item, MAX_FILE_BYTES, Reading, Skipped, SourceText};
use crate::cli::render::{SourceLines, note, number, warn};
use crate::engine::{
    CollectionName, ComparedText, CorpusSeed, DetectionOptions, Engine, Group, IfExists, InvalidValue, Label,
    Labels, Limits, NewSource, Scope, SourceId, SourceName, Title,
};
use crate::matching::Stop;
use crate::proto;
use crate::service::documents::pages_from_proto;
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

/// A corpus in memory of the sources in files.
#[derive(Debug)]
pub(in crate::cli) struct Corpus {
    engine: Engine,
    /// The source that each submission's own file is, which it is not compared with.
    own: HashMap<PathBuf, Option<SourceId>>,
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
    pub(in crate::cli) fn read<'a>(
        paths: &[PathBuf],
        submissions: impl Iterator<Item = &'a Path>,
        encoding: Option<&'static Encoding>,
    ) -> Self {
        let own = submissions.filter_map(|path| Some((canonical(path)?, None))).collect();
        let mut corpus = Self { engine: engine(), own, left_out: 0 };
        let reading =
            Reading { max_text_bytes: MAX_FILE_BYTES, ids: Ids::AsGiven, encoding, ..Reading::default() };
        let mut skipped = Skipped::default();
        let mut documents = DocumentTally::default();
        let _end = input::read_all(paths, &reading, &mut |item| {
            corpus.add_item(item, &mut skipped, &mut documents);
            ControlFlow::Continue(())
        });
        if corpus.left_out > PRINTED_WARNINGS {
            let more = number(corpus.left_out - PRINTED_WARNINGS);
            warn(&format!("{more} more texts were not added"));
        }
        skipped.lines().iter().for_each(|line| note(line));
        documents.print_warnings();
        corpus
    }

    /// Whether every text was added.
    pub(in crate::cli) fn is_complete(&self) -> bool {
        self.left_out == 0
    }

    /// Checks a submission, read from the file at `path`, against all sources but itself.
    pub(in crate::cli) fn check(
        &self,
        path: &Path,
        submission: &str,
        mut scope: Scope,
        options: &DetectionOptions,
    ) -> Result<proto::Report, CliError> {
        let name = |id: &SourceId| SourceName { collection: CollectionName::default(), id: id.clone() };
        scope.exclude_source = self.own_source(path).map(name);
        Ok(report_to_proto(self.engine.check(submission, &scope, options, &Stop::never())?))
    }

    /// The source that was read from the same file as the submission at `path`.
    pub(in crate::cli) fn own_source(&self, path: &Path) -> Option<&SourceId> {
        self.own.get(&canonical(path)?)?.as_ref()
    }

    /// The lines of the sources in a report.
    pub(in crate::cli) fn source_lines(&self, report: &proto::Report) -> SourceLines {
        let mut lines = SourceLines::default();
        for source in &report.sources {
            let id = SourceId::new(&source.source_id).ok();
            let found = id.and_then(|id| self.engine.get_source(&CollectionName::default(), &id).ok());
            if let Some(found) = found {
                lines.add(&source.collection, &source.source_id, &found.text);
            }
        }
        lines
    }

    fn add_item(&mut self, item: Item, skipped: &mut Skipped, documents: &mut DocumentTally) {
        let Item { place, found, .. } = item;
        let own = canonical(place.path()).filter(|file| self.own.contains_key(file));
        let problem = match found {
            Found::Skipped(skip) => return skipped.add(place, skip),
            Found::Unreadable(error) => error.to_string(),
            Found::Known => return,
            Found::Source(source) => {
                // What is to be said of a submission is in its own report.
                if own.is_none() {
                    documents
                        .add(&place.to_string(), source.document.as_ref().map(|document| &document.message));
                }
                match (self.add(*source), own.clone()) {
                    (Ok(id), Some(own)) => {
                        self.own.insert(own, Some(id));
                        return;
                    }
                    (Ok(_), None) => return,
                    (Err(error), _) => error.to_string(),
                }
            }
        };
        // The problem of a submission is in its own result.
        if own.is_some() {
            return;
        }
        self.left_out += 1;
        if self.left_out <= PRINTED_WARNINGS {
            warn(&format!("{place} was not added: {problem}"));
        }
    }

    fn add(&self, source: SourceText) -> Result<SourceId, AddError> {
        // Addresses, times and metadata are not shown.
        let SourceText { id, title, group, labels, text, pages, document, .. } = source;
        let pages =
            document.and_then(|document| document.pages).or_else(|| pages.as_deref().map(pages_from_proto));
        let bad = |field: &'static str| move |problem| AddError::Value { field, problem };
        let labels: Result<Vec<Label>, _> = labels.iter().map(|label| Label::new(label)).collect();
        let source = NewSource {
            id: (!id.is_empty()).then(|| SourceId::new(&id)).transpose().map_err(bad("id"))?,
            title: Title::new(&title).map_err(bad("title"))?,
            group: Group::new(&group).map_err(bad("group"))?,
            labels: labels.and_then(Labels::new).map_err(bad("labels"))?,
            text,
            pages: pages.map(Arc::new),
            ..NewSource::default()
        };
        Ok(self.engine.add_source(&CollectionName::default(), source, IfExists::Replace)?.entry.id.clone())
    }
}

/// The path of a file without links, also of one that is in an archive; `None` if there is no such file.
fn canonical(path: &Path) -> Option<PathBuf> {
    path.ancestors().find_map(|file| {
        let whole = fs::canonicalize(file).ok()?;
        let inside = path.strip_prefix(file).unwrap_or(Path::new(""));
        (file == path || whole.is_file()).then(|| if file == path { whole } else { whole.join(inside) })
    })
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
        fs::write(folder.path().join("empty.txt"), "").unwrap();
        let corpus = Corpus::read(&[folder.path().to_owned()], [submission.as_path()].into_iter(), None);
        assert!(!corpus.is_complete());
        let report = corpus.check(&submission, text, Scope::default(), &DetectionOptions::default()).unwrap();
        let ids: Vec<&str> = report.sources.iter().map(|source| source.source_id.as_str()).collect();
        assert_eq!(ids, [folder.path().join("theirs.txt").to_str().unwrap()]);
        let coverage = report.coverage.unwrap();
        assert_eq!((coverage.words, coverage.of_words), (15, 15));
    }
}
