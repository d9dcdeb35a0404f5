//! Changes that wait for the committer.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use super::change::Change;
use super::once::Ticket;
use super::outcome::Outcome;
use super::prepare::Prepared;
use crate::corpus::error::Error;
use crate::corpus::state::Corpus;
use crate::model::{CollectionName, SourceId};
use crate::store::StoreError;

/// The callback of a change, called once with its outcome.
pub(crate) type Done<T> = Box<dyn FnOnce(Result<T, Error>) + Send>;

/// A change that waits for the committer.
pub(in crate::corpus) struct Pending {
    pub(super) work: Work,
    pub(super) ticket: Option<Arc<Ticket>>,
    pub(super) position: Option<u64>,
    pub(super) done: Done<Outcome>,
}

/// The work of a pending change.
pub(super) enum Work {
    /// A change to be decided.
    Change(Change<Box<Prepared>>),
    /// A result that is known. It passes the committer because its log position has to be stored in order.
    Known(Result<Outcome, Error>),
}

impl Pending {
    /// The source that it is about, if it is about one.
    pub(super) fn source(&self) -> Option<(CollectionName, SourceId)> {
        match &self.work {
            Work::Change(Change::AddSource { collection, source, .. }) => {
                Some((collection.clone(), source.record.id.clone()))
            }
            Work::Change(Change::DeleteSource { collection, id }) => Some((collection.clone(), id.clone())),
            Work::Change(Change::CreateCollection { .. } | Change::DeleteCollection { .. })
            | Work::Known(_) => None,
        }
    }

    /// The bytes of its text.
    pub(super) fn text_bytes(&self) -> u64 {
        match &self.work {
            Work::Change(Change::AddSource { source, .. }) => source.record.text_bytes,
            _ => 0,
        }
    }

    /// Answers without making the change. A source that was prepared for it has to be undone first.
    pub(super) fn answer(self, answer: Result<Outcome, Error>) -> Option<Discarded> {
        match self.work {
            Work::Change(Change::AddSource { source, .. }) => {
                Some(Discarded { source, done: self.done, answer })
            }
            _ => {
                (self.done)(answer);
                None
            }
        }
    }
}

/// A prepared source that is not kept, and the answer to its caller.
#[must_use = "its postings stay in the index until it is undone"]
pub(super) struct Discarded {
    pub(super) source: Box<Prepared>,
    pub(super) done: Done<Outcome>,
    pub(super) answer: Result<Outcome, Error>,
}

impl Discarded {
    /// Undoes what was prepared, then answers, so that the caller finds nothing left. To be called without a lock.
    pub(super) fn undo(self, corpus: &Corpus) {
        self.source.undo(corpus);
        (self.done)(self.answer);
    }
}

impl std::fmt::Debug for Discarded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discarded").field("id", &self.source.record.id).finish_non_exhaustive()
    }
}

/// Submits something, and waits until it is done.
pub(crate) fn wait<T: Send + 'static>(submit: impl FnOnce(Done<T>)) -> Result<T, Error> {
    let (sender, receiver) = sync_channel(1);
    submit(Box::new(move |done| {
        // The receiver waits below.
        drop(sender.send(done));
    }));
    // A callback that is dropped without a call belongs to a writer that is closed.
    receiver.recv().unwrap_or(Err(Error::Store(StoreError::Closed)))
}
