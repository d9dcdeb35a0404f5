//! A change that was decided on: what the store is to keep of it, and who is told.

use std::sync::Arc;

use super::once::Receipt;
use super::prepare::Prepared;
use super::request::{Discarded, Done};
use crate::engine::collection::{Collection, CollectionInfo};
use crate::engine::corpus::Added;
use crate::engine::error::Error;
use crate::engine::names::SourceId;
use crate::fingerprint::FingerprintSettings;
use crate::index::Slot;
use crate::store::{StoredAnswer, StoredRequest, StoredSource};

/// A change that was decided on, with the revision that it makes.
pub(super) struct Step {
    pub(super) revision: u64,
    pub(super) action: Action,
    /// For a request that may be sent again.
    pub(super) receipt: Option<Receipt>,
}

/// What is to be done.
pub(super) enum Action {
    Add { source: Box<Prepared>, stored: StoredSource, done: Done<Added> },
    Delete { collection: Arc<Collection>, id: SourceId, slot: Slot, done: Done<u64> },
    Create { collection: Arc<Collection>, done: Done<CollectionInfo> },
    DeleteCollection { collection: Arc<Collection>, fresh: Option<Arc<Collection>>, done: Done<(u64, u64)> },
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step").field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl Action {
    /// What the store is to keep of the request and its answer, as of the revision that it makes.
    pub(super) fn stored(&self, receipt: &Receipt, revision: u64) -> StoredRequest {
        let Receipt { ticket, sequence, time } = receipt;
        let answer = match self {
            Self::Add { source, stored, .. } => StoredAnswer::Added {
                collection: source.collection.number,
                id: stored.id.clone(),
                replaced: source.old_slot().is_some(),
                revision,
                words: stored.words,
                text_bytes: stored.text_bytes,
                fingerprints: stored.fingerprints,
            },
            Self::Delete { .. } => StoredAnswer::Deleted { revision },
            Self::Create { collection, .. } => {
                let FingerprintSettings { kgram, window } = collection.settings();
                let name = collection.name.as_str().to_owned();
                let (kgram_tokens, window_kgrams) = (kgram.get(), window.get());
                StoredAnswer::Created { name, kgram_tokens, window_kgrams, revision }
            }
            Self::DeleteCollection { collection, .. } => {
                let sources = collection.catalogue.read().counts().sources;
                StoredAnswer::CollectionDeleted { sources, revision }
            }
        };
        StoredRequest {
            sequence: *sequence,
            time: *time,
            digest: ticket.digest(),
            owner: ticket.key().owner().to_owned(),
            id: ticket.key().id().as_str().to_owned(),
            answer,
        }
    }
}

impl Step {
    pub(super) fn new(mut action: Action, revision: u64, receipt: Option<Receipt>) -> Self {
        if let Action::Add { stored, .. } = &mut action {
            stored.added = revision;
        }
        Self { revision, action, receipt }
    }

    pub(super) fn text_bytes(&self) -> u64 {
        match &self.action {
            Action::Add { source, .. } => source.text_bytes,
            _ => 0,
        }
    }

    /// Tells whoever waits that it failed; nobody waits for it then.
    pub(super) fn tell(self, error: &Error) -> Self {
        let Self { revision, action, receipt } = self;
        let error = error.clone();
        let action = match action {
            Action::Add { source, stored, done } => {
                done(Err(error));
                Action::Add { source, stored, done: Box::new(drop) }
            }
            Action::Delete { collection, id, slot, done } => {
                done(Err(error));
                Action::Delete { collection, id, slot, done: Box::new(drop) }
            }
            Action::Create { collection, done } => {
                done(Err(error));
                Action::Create { collection, done: Box::new(drop) }
            }
            Action::DeleteCollection { collection, fresh, done } => {
                done(Err(error));
                Action::DeleteCollection { collection, fresh, done: Box::new(drop) }
            }
        };
        Self { revision, action, receipt }
    }

    /// It was not kept: tells whoever waits still. Gives what was prepared for it in vain.
    pub(super) fn discard(self, error: &Error) -> Option<Discarded> {
        let error = error.clone();
        match self.action {
            Action::Add { source, done, .. } => return Some(Discarded::new(source, done, Err(error))),
            Action::Delete { done, .. } => done(Err(error)),
            Action::Create { done, .. } => done(Err(error)),
            Action::DeleteCollection { done, .. } => done(Err(error)),
        }
        None
    }

    /// The collection that it adds a source to, if it does.
    pub(super) fn grows(&self) -> Option<&Arc<Collection>> {
        match &self.action {
            Action::Add { source, .. } => Some(&source.collection),
            _ => None,
        }
    }
}
