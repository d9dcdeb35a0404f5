//! What a cluster asks of the engine of one partition.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::{Change, Engine, Entry, NewSource, RequestDigest};
use crate::corpus::{Defect, Error, VerifiedSources, View, ViewRequest};
use crate::detection::Detector;
use crate::model::{SourceName, Stop};
use crate::report::Report;
use crate::store::{BackedUp, BackupError};

impl Engine {
    /// A view of the corpus as it is now.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`], [`Error::TooManyCollectionsInScope`].
    pub(crate) fn view(&self, request: &ViewRequest<'_>) -> Result<View, Error> {
        View::new(&self.corpus, request)
    }

    /// What searches use besides views.
    pub(crate) fn detector(&self) -> &Detector {
        &self.detector
    }

    /// The digest of a change that holds all that its request asks for.
    pub(crate) fn change_digest(&self, change: &Change) -> RequestDigest {
        RequestDigest::of_change(change, self.corpus.seed)
    }

    /// The words of a text, as the limits count them; 0 if it has too many. Linear in the text.
    pub(crate) fn acceptable_words(&self, text: &str) -> usize {
        self.detector.words_of_source(text).unwrap_or(0)
    }

    /// Counts a check that was gathered from partitions.
    pub(crate) fn note_check(&self, report: &Report, began: Instant) {
        self.corpus.counters.candidates.record(report.candidates);
        self.corpus.counters.checks.record_since(began);
    }

    /// An empty corpus in memory with the same seed and limits. Each of its collections may have all sources that the
    /// partitions of one have together.
    pub(crate) fn empty_like(&self) -> Self {
        let limits =
            self.limits().with_max_sources_per_collection(usize::MAX).with_max_collection_bytes(u64::MAX);
        Self::with_seed(limits, self.corpus.seed)
    }

    /// Verifies some sources after one, in order of collection and id; `None` if there are no more.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`].
    pub(crate) fn verify_sources(
        &self,
        after: Option<&SourceName>,
        stop: &Stop,
    ) -> Result<Option<VerifiedSources>, Error> {
        self.corpus.verify_sources(after, stop)
    }

    /// Verifies the rows and the files, after the sources, of which so many defects were found.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the rows can't be read; [`Error::Stopped`].
    pub(crate) fn verify_rest(&self, found: u64, stop: &Stop) -> Result<Vec<Defect>, Error> {
        self.corpus.verify_rest(found, stop)
    }

    /// Writes a backup of a corpus that has applied its log up to a position: it is restored at that position, or at the
    /// present one if more is applied. Changes may go on meanwhile.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; the incomplete file is not a valid backup then.
    pub(crate) fn copy(&self, out: &mut dyn Write, applied: u64) -> Result<BackedUp, BackupError> {
        self.corpus.backup(out, Some(applied))
    }

    /// Its data directory, if it is on disk.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.corpus.folder().map(Path::to_owned)
    }

    /// Ends the work of a corpus that another takes the place of: changes are refused, and no file is written any more. Its
    /// folder may be removed then, since all files that views read are open.
    pub(crate) fn retire(&self) {
        self.writer.retire();
    }

    /// The revision of the corpus.
    pub(crate) fn revision(&self) -> u64 {
        *self.corpus.revision.read()
    }
}

/// A stored source as one to add.
pub(crate) fn as_new(entry: &Entry, text: &Arc<str>) -> NewSource {
    NewSource {
        id: Some(entry.id.clone()),
        title: entry.title.clone(),
        group: entry.group.clone(),
        labels: entry.labels.clone(),
        uri: entry.uri.clone(),
        submitted_at: entry.submitted_at,
        metadata: entry.metadata.clone(),
        pages: entry.pages.clone(),
        text: text.as_ref().to_owned(),
    }
}
