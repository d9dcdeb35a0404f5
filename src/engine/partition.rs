//! What a cluster asks of the engine of one partition.

use super::Engine;
use crate::corpus::{Error, View, ViewRequest};
use crate::detection::Detector;
use crate::model::{CollectionName, Scope, SourceName, Stop, Warning};

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

    /// The revision of the corpus.
    pub(crate) fn revision(&self) -> u64 {
        *self.corpus.revision.read()
    }
}
