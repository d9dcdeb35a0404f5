//! The files that an import writes meanwhile: its journal and its list of failures.

use super::failures::{FailureList, ListedFailure};
use super::journal::Journal;
use crate::cli::error::CliError;
use crate::cli::input::{Place, Stamp};

/// The journal and the list of failures, as far as they are wanted.
#[derive(Debug, Default)]
pub(super) struct Records {
    journal: Option<Journal>,
    failures: Option<FailureList>,
    /// The first error in writing them. Nothing is written after it.
    error: Option<CliError>,
}

impl Records {
    /// Records in these files.
    pub(super) fn new(journal: Option<Journal>, failures: Option<FailureList>) -> Self {
        Self { journal, failures, error: None }
    }

    /// Records that the source of a file is in the corpus.
    pub(super) fn imported(&mut self, id: &str, stamp: Stamp) {
        if let Some(journal) = self.journal.as_mut().filter(|_| self.error.is_none()) {
            self.error = journal.add(id, stamp).err();
        }
    }

    /// Records a failure.
    pub(super) fn failed(&mut self, place: &Place, reason: &str, problem: &str) {
        if let Some(list) = self.failures.as_mut().filter(|_| self.error.is_none()) {
            let place = place.to_string();
            self.error = list.add(ListedFailure { place: &place, reason, problem }).err();
        }
    }

    /// Completes the files. Returns the first error.
    pub(super) fn finish(&mut self) -> Result<(), CliError> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.failures.as_mut().map_or(Ok(()), FailureList::flush),
        }
    }
}
