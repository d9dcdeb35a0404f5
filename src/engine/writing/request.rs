//! What the writer is asked for.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use super::answer::{Answer, Answered};
use super::once::Ticket;
use super::prepare::Prepared;
use crate::engine::collection::{Collection, CollectionInfo};
use crate::engine::corpus::{Added, IfExists};
use crate::engine::error::Error;
use crate::engine::names::{CollectionName, SourceId};
use crate::engine::shared::Shared;
use crate::fingerprint::FingerprintSettings;
use crate::store::{CollectionNumber, Relocation, StoreError};

/// Is told what became of a request, once.
pub(in crate::engine) type Done<T> = Box<dyn FnOnce(Result<T, Error>) + Send>;

/// A change that somebody waits for.
pub(in crate::engine) enum Request {
    /// Add a source.
    Add { source: Box<Prepared>, if_exists: IfExists, ticket: Option<Arc<Ticket>>, done: Done<Added> },
    /// Delete a source.
    Delete { collection: Arc<Collection>, id: SourceId, ticket: Option<Arc<Ticket>>, done: Done<u64> },
    /// Create a collection.
    CreateCollection {
        name: CollectionName,
        settings: FingerprintSettings,
        ticket: Option<Arc<Ticket>>,
        done: Done<CollectionInfo>,
    },
    /// Delete a collection.
    DeleteCollection { name: CollectionName, ticket: Option<Arc<Ticket>>, done: Done<(u64, u64)> },
    /// Put texts elsewhere on the disk; the corpus stays the same.
    Relocate { texts: Vec<Relocation>, done: Done<()> },
}

impl Request {
    /// The one source that it is about, if it is about one.
    pub(super) fn source(&self) -> Option<(CollectionNumber, SourceId)> {
        match self {
            Self::Add { source, .. } => Some((source.collection.number, source.id.clone())),
            Self::Delete { collection, id, .. } => Some((collection.number, id.clone())),
            Self::CreateCollection { .. } | Self::DeleteCollection { .. } | Self::Relocate { .. } => None,
        }
    }

    /// By what it is known if it is sent again.
    pub(super) fn ticket(&self) -> Option<Arc<Ticket>> {
        match self {
            Self::Add { ticket, .. }
            | Self::Delete { ticket, .. }
            | Self::CreateCollection { ticket, .. }
            | Self::DeleteCollection { ticket, .. } => ticket.clone(),
            Self::Relocate { .. } => None,
        }
    }

    /// Tells whoever waits what was answered when it was done before. Gives what was prepared for it in vain.
    pub(super) fn tell(self, answer: Result<Answer, Error>, ticket: &Ticket) -> Option<Discarded> {
        match (self, answer) {
            (request, Err(error)) => return request.refuse(&error),
            (Self::Add { source, done, .. }, Ok(answer)) => {
                return Some(Discarded::new(source, done, told(answer, ticket)));
            }
            (Self::Delete { done, .. }, Ok(answer)) => done(told(answer, ticket)),
            (Self::CreateCollection { done, .. }, Ok(answer)) => done(told(answer, ticket)),
            (Self::DeleteCollection { done, .. }, Ok(answer)) => done(told(answer, ticket)),
            (Self::Relocate { done, .. }, Ok(_)) => done(Ok(())),
        }
        None
    }

    /// Bytes of the text that it brings.
    pub(super) fn text_bytes(&self) -> usize {
        match self {
            Self::Add { source, .. } => usize::try_from(source.text_bytes).unwrap_or(usize::MAX),
            _ => 0,
        }
    }

    /// Tells whoever waits that it was not done. Gives what was prepared for it in vain.
    pub(super) fn refuse(self, error: &Error) -> Option<Discarded> {
        let error = error.clone();
        match self {
            Self::Add { source, done, .. } => return Some(Discarded::new(source, done, Err(error))),
            Self::Delete { done, .. } => done(Err(error)),
            Self::CreateCollection { done, .. } => done(Err(error)),
            Self::DeleteCollection { done, .. } => done(Err(error)),
            Self::Relocate { done, .. } => done(Err(error)),
        }
        None
    }
}

/// An answer of another kind was to another request.
fn told<T: Answered>(answer: Answer, ticket: &Ticket) -> Result<T, Error> {
    T::from_answer(answer).ok_or_else(|| ticket.taken())
}

/// A source that was prepared and is not kept, and what whoever added it is told.
#[must_use = "its postings stay in the index until it is undone"]
pub(super) struct Discarded {
    source: Box<Prepared>,
    done: Done<Added>,
    told: Result<Added, Error>,
}

impl Discarded {
    pub(super) fn new(source: Box<Prepared>, done: Done<Added>, told: Result<Added, Error>) -> Self {
        Self { source, done, told }
    }

    /// Undoes what was prepared, then tells: whoever hears of it finds nothing left. To be called without a lock.
    pub(super) fn undo(self, shared: &Shared) {
        self.source.undo(shared);
        (self.done)(self.told);
    }
}

impl std::fmt::Debug for Discarded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discarded").field("id", &self.source.id).finish_non_exhaustive()
    }
}

/// Submits something, and waits until it is done.
pub(in crate::engine) fn wait<T: Send + 'static>(submit: impl FnOnce(Done<T>)) -> Result<T, Error> {
    let (sender, receiver) = sync_channel(1);
    submit(Box::new(move |done| {
        // Somebody waits, just below.
        drop(sender.send(done));
    }));
    receiver.recv().unwrap_or(Err(Error::Store(StoreError::Closed)))
}
