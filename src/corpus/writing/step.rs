//! A change that was decided and is to be committed.

use std::sync::Arc;

use super::decide::Decided;
use super::pending::Reply;
use crate::corpus::changes::{Change, Done, Outcome, Receipt, SourcesDeleted};
use crate::corpus::collection::Collection;
use crate::corpus::error::Error;
use crate::model::SourceKey;
use crate::store::{
    RowChange, StoredCalibration, StoredCollection, StoredOutcome, StoredRequest, StoredScale,
};

/// A change that was decided, with the revision that it makes.
pub(super) struct Step {
    pub(super) revision: u64,
    pub(super) change: Decided,
    /// The empty collection that replaces a deleted one.
    pub(super) fresh: Option<Arc<Collection>>,
    /// The receipt of a request with an id.
    pub(super) receipt: Option<Receipt>,
    pub(super) done: Done<Outcome>,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step").field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl Step {
    /// The row of its request and outcome, if the request has an id.
    pub(super) fn stored_request(&self) -> Option<StoredRequest> {
        let Receipt { ticket, sequence, time } = self.receipt.as_ref()?;
        Some(StoredRequest {
            sequence: *sequence,
            time: *time,
            digest: ticket.digest(),
            key: ticket.key().clone(),
            outcome: self.stored_outcome(),
        })
    }

    fn stored_outcome(&self) -> StoredOutcome {
        let revision = self.revision;
        match &self.change {
            Change::AddSource { source, .. } => StoredOutcome::SourceAdded {
                collection: source.collection.number,
                id: source.record.id.clone(),
                replaced: source.replaced_key().is_some(),
                revision,
                words: source.record.words,
                text_bytes: source.record.text_bytes,
                fingerprints: source.record.fingerprints,
            },
            Change::UpdateSource { collection, update: record, .. } => {
                StoredOutcome::SourceUpdated { collection: collection.number, record: record.clone() }
            }
            Change::DeleteSources { filter, .. } => {
                let SourcesDeleted { sources, ids, revision } = SourcesDeleted::of(filter, revision);
                StoredOutcome::SourcesDeleted { sources, ids, revision }
            }
            Change::DeleteSource { .. } => StoredOutcome::SourceDeleted { revision },
            Change::PutScale { collection, scale, .. } => {
                let stored = StoredScale { collection: collection.number, scale: (**scale).clone() };
                StoredOutcome::ScalePut(Box::new(stored))
            }
            Change::DeleteScale { .. } => StoredOutcome::ScaleDeleted { revision },
            Change::Calibrate { collection, calibration } => StoredOutcome::Calibrated(StoredCalibration {
                collection: collection.number,
                calibration: *calibration,
            }),
            Change::CreateCollection { collection, settings } => StoredOutcome::CollectionCreated {
                name: collection.name.clone(),
                settings: *settings,
                revision,
            },
            Change::DeleteCollection { collection } => {
                let sources = collection.catalogue.read().counts().sources;
                StoredOutcome::CollectionDeleted { sources, revision }
            }
        }
    }

    /// Appends the changes of sources and removed collections.
    pub(super) fn append_rows<'a>(&'a self, rows: &mut Vec<RowChange<'a>>) {
        match &self.change {
            Change::AddSource { source, .. } => {
                rows.extend(source.replaced_key().map(RowChange::RemoveSource));
                rows.push(RowChange::PutSource {
                    key: source.key(),
                    record: &source.record,
                    profile: &source.profile,
                    text: &source.text,
                });
            }
            Change::UpdateSource { collection, id, update: record } => {
                let slot = collection.catalogue.read().get(id).map(|entry| entry.slot);
                rows.extend(slot.map(|slot| RowChange::RewriteSource { key: collection.key(slot), record }));
            }
            Change::DeleteSources { collection, filter } => {
                let keys = filter.iter().map(|entry| collection.key(entry.slot));
                rows.extend(keys.map(RowChange::RemoveSource));
            }
            Change::DeleteSource { collection, id } => {
                let slot = collection.catalogue.read().get(id).map(|entry| entry.slot);
                rows.extend(
                    slot.map(|slot| {
                        RowChange::RemoveSource(SourceKey { collection: collection.number, slot })
                    }),
                );
            }
            Change::PutScale { collection, scale, .. } => {
                let stored = StoredScale { collection: collection.number, scale: (**scale).clone() };
                rows.push(RowChange::PutScale(stored));
            }
            Change::DeleteScale { collection, name } => {
                rows.push(RowChange::RemoveScale(collection.number, name.clone()));
            }
            Change::Calibrate { collection, calibration } => {
                rows.push(RowChange::PutCalibration(StoredCalibration {
                    collection: collection.number,
                    calibration: *calibration,
                }));
            }
            Change::CreateCollection { .. } => {}
            Change::DeleteCollection { collection } => {
                rows.push(RowChange::RemoveCollection(collection.number));
            }
        }
    }

    /// The collection that is there after the change, if it is.
    pub(super) fn touched(&self) -> Option<StoredCollection> {
        let collection = match &self.change {
            Change::AddSource { collection, .. }
            | Change::UpdateSource { collection, .. }
            | Change::DeleteSources { collection, .. }
            | Change::DeleteSource { collection, .. }
            | Change::PutScale { collection, .. }
            | Change::DeleteScale { collection, .. }
            | Change::Calibrate { collection, .. }
            | Change::CreateCollection { collection, .. } => collection,
            Change::DeleteCollection { .. } => self.fresh.as_ref()?,
        };
        Some(collection.stored(self.revision))
    }

    /// The bytes of the text that it adds.
    pub(super) fn text_bytes(&self) -> u64 {
        match &self.change {
            Change::AddSource { source, .. } => source.record.text_bytes,
            _ => 0,
        }
    }

    /// The reply of a step that may turn out to be durable, and the step without a caller.
    pub(super) fn doubt(self, error: &Error) -> (Reply, Self) {
        let reply = Reply { done: self.done, answer: Err(error.clone()), undo: None };
        (reply, Self { done: Box::new(drop), ..self })
    }

    /// The reply of a step that was not committed.
    pub(super) fn fail(self, error: &Error) -> Reply {
        let undo = match self.change {
            Change::AddSource { source, .. } => Some(source),
            _ => None,
        };
        Reply { done: self.done, answer: Err(error.clone()), undo }
    }

    /// The collection that it adds a source to, if it adds one.
    pub(super) fn grows(&self) -> Option<&Arc<Collection>> {
        match &self.change {
            Change::AddSource { collection, .. } => Some(collection),
            _ => None,
        }
    }
}
