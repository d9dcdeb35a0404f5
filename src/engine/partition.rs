//! What a cluster asks of the engine of one partition.

use std::time::Instant;

use super::{Change, Engine, RequestDigest};
use crate::corpus::{Error, View, ViewRequest};
use crate::detection::Detector;
use crate::report::Report;

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

    /// The revision of the corpus.
    pub(crate) fn revision(&self) -> u64 {
        *self.corpus.revision.read()
    }
}
