//! What a cluster asks of the engine of one partition.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::Engine;
use crate::corpus::{Error, View, ViewRequest};
use crate::detection::Detector;
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

    /// Counts a check that was gathered from partitions.
    pub(crate) fn note_check(&self, report: &Report, began: Instant) {
        self.corpus.counters.candidates.record(report.candidates);
        self.corpus.counters.checks.record_since(began);
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
