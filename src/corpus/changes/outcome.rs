//! Outcomes of changes.

use std::sync::Arc;

use crate::corpus::catalogue::Entry;
use crate::corpus::collection::Collection;
use crate::corpus::error::Error;
use crate::corpus::info::{CollectionInfo, CollectionStats};
use crate::model::{Calibration, CollectionNumber, Scale, ScaleBand, ScaleWeight, SourceId, SourceRecord};
use crate::store::StoredOutcome;

/// The outcome of a change that was made.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Outcome {
    /// A source was added.
    SourceAdded(Added),
    /// A source was updated: the source with its new values.
    SourceUpdated(Arc<Entry>),
    /// Sources were deleted together.
    SourcesDeleted(SourcesDeleted),
    /// A source was deleted.
    SourceDeleted(SourceDeleted),
    /// A scale was stored.
    ScalePut(Arc<Scale>),
    /// A scale was deleted, or was not there.
    ScaleDeleted(ScaleDeleted),
    /// A collection was calibrated.
    Calibrated(Calibration),
    /// A collection was created.
    CollectionCreated(CollectionInfo),
    /// A collection was deleted.
    CollectionDeleted(CollectionDeleted),
}

/// A source that was added.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Added {
    /// The source.
    pub entry: Arc<Entry>,
    /// True if it replaced another.
    pub replaced: bool,
    /// True if an equal source was there already and was kept.
    pub unchanged: bool,
    /// Other sources of the collection with the same words in the same order, [`Self::MAX_DUPLICATES`] at most;
    /// sorted.
    pub exact_duplicates: Vec<SourceId>,
}

impl Added {
    /// The largest number of exact duplicates that are listed, so that adding one text many times stays linear.
    pub const MAX_DUPLICATES: usize = 100;
}

/// A source that was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct SourceDeleted {
    /// The revision from which it is gone.
    pub revision: u64,
}

/// A scale that was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct ScaleDeleted {
    /// False if there was none.
    pub was_there: bool,
    /// The revision from which it is gone; the one at which the collection last changed if there was none.
    pub revision: u64,
}

/// Sources that were deleted together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct SourcesDeleted {
    /// Their number.
    pub sources: u64,
    /// The first of their ids, [`Self::MAX_IDS`] at most; sorted.
    pub ids: Vec<SourceId>,
    /// The revision from which they are gone; the one at which their collection last changed
    /// if there were none.
    pub revision: u64,
}

impl SourcesDeleted {
    /// The largest number of ids that are listed.
    pub const MAX_IDS: usize = 1000;
}

/// A collection that was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct CollectionDeleted {
    /// The number of its sources.
    pub sources: u64,
    /// The revision from which it is gone.
    pub revision: u64,
}

/// An outcome of another kind than the change: the writer pairs them, so that this does not happen.
fn mismatch() -> Error {
    Error::Internal { what: "a change has the outcome of another kind of change" }
}

impl Outcome {
    /// The source that was added.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if it is another outcome.
    pub fn into_added(self) -> Result<Added, Error> {
        if let Self::SourceAdded(added) = self { Ok(added) } else { Err(mismatch()) }
    }

    /// The source that was deleted.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if it is another outcome.
    pub fn into_source_deleted(self) -> Result<SourceDeleted, Error> {
        if let Self::SourceDeleted(deleted) = self { Ok(deleted) } else { Err(mismatch()) }
    }

    /// The source that was updated.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if it is another outcome.
    pub fn into_updated(self) -> Result<Arc<Entry>, Error> {
        if let Self::SourceUpdated(entry) = self { Ok(entry) } else { Err(mismatch()) }
    }

    /// The sources that were deleted together.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if it is another outcome.
    pub fn into_sources_deleted(self) -> Result<SourcesDeleted, Error> {
        if let Self::SourcesDeleted(deleted) = self { Ok(deleted) } else { Err(mismatch()) }
    }

    /// The scale that was stored.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if it is another outcome.
    pub fn into_scale(self) -> Result<Arc<Scale>, Error> {
        if let Self::ScalePut(scale) = self { Ok(scale) } else { Err(mismatch()) }
    }

    /// Whether a scale was deleted.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if it is another outcome.
    pub fn into_scale_deleted(self) -> Result<ScaleDeleted, Error> {
        if let Self::ScaleDeleted(deleted) = self { Ok(deleted) } else { Err(mismatch()) }
    }

    /// The collection that was created.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if it is another outcome.
    pub fn into_created(self) -> Result<CollectionInfo, Error> {
        if let Self::CollectionCreated(info) = self { Ok(info) } else { Err(mismatch()) }
    }

    /// The calibration that was stored.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if it is another outcome.
    pub fn into_calibrated(self) -> Result<Calibration, Error> {
        if let Self::Calibrated(calibration) = self { Ok(calibration) } else { Err(mismatch()) }
    }

    /// The collection that was deleted.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if it is another outcome.
    pub fn into_collection_deleted(self) -> Result<CollectionDeleted, Error> {
        if let Self::CollectionDeleted(deleted) = self { Ok(deleted) } else { Err(mismatch()) }
    }

    /// About the bytes of memory that it takes.
    pub(in crate::corpus) fn bytes(&self) -> usize {
        const RECORD: usize = 256;
        match self {
            Self::SourceAdded(Added { entry, exact_duplicates, .. }) => {
                RECORD + bytes_of(entry) + bytes_of_ids(exact_duplicates)
            }
            Self::SourceUpdated(entry) => RECORD + bytes_of(entry),
            Self::SourcesDeleted(deleted) => RECORD + bytes_of_ids(&deleted.ids),
            Self::CollectionCreated(info) => RECORD + info.name.as_str().len(),
            Self::ScalePut(scale) => RECORD + bytes_of_scale(scale),
            Self::SourceDeleted(_)
            | Self::ScaleDeleted(_)
            | Self::Calibrated(_)
            | Self::CollectionDeleted(_) => RECORD,
        }
    }

    /// A stored outcome. The parts of a source that are not stored come from the source itself if it is still there; exact
    /// duplicates are the present ones.
    pub(in crate::corpus) fn restored(
        stored: StoredOutcome,
        collection: impl Fn(CollectionNumber) -> Option<Arc<Collection>>,
    ) -> Self {
        match stored {
            StoredOutcome::SourceAdded {
                collection: number,
                id,
                replaced,
                revision,
                words,
                text_bytes,
                fingerprints,
            } => {
                let present = collection(number).and_then(|present| still_there(&present, &id, revision));
                let gone = || {
                    let counts = SourceRecord { words, text_bytes, fingerprints, ..SourceRecord::of_id(id) };
                    let record = SourceRecord { added: revision, changed: revision, ..counts };
                    Present { entry: Arc::new(Entry::gone(record)), exact_duplicates: Vec::new() }
                };
                let Present { entry, exact_duplicates } = present.unwrap_or_else(gone);
                Self::SourceAdded(Added { entry, replaced, unchanged: false, exact_duplicates })
            }
            StoredOutcome::SourceUpdated { collection: number, record } => {
                // The update that a retry asks about, although others may have followed.
                let present = collection(number).and_then(|present| {
                    let found = present.catalogue.read().get(&record.id).map(Arc::clone);
                    found.filter(|entry| entry.changed == record.changed)
                });
                Self::SourceUpdated(present.unwrap_or_else(|| Arc::new(Entry::gone(*record))))
            }
            StoredOutcome::SourcesDeleted { sources, ids, revision } => {
                Self::SourcesDeleted(SourcesDeleted { sources, ids, revision })
            }
            StoredOutcome::SourceDeleted { revision } => Self::SourceDeleted(SourceDeleted { revision }),
            StoredOutcome::ScalePut(stored) => Self::ScalePut(Arc::new(stored.scale)),
            StoredOutcome::Calibrated(stored) => Self::Calibrated(stored.calibration),
            StoredOutcome::ScaleDeleted { revision } => {
                Self::ScaleDeleted(ScaleDeleted { was_there: true, revision })
            }
            StoredOutcome::CollectionCreated { name, settings, revision } => {
                let stats = CollectionStats { revision, ..CollectionStats::default() };
                Self::CollectionCreated(CollectionInfo { name, settings, stats })
            }
            StoredOutcome::CollectionDeleted { sources, revision } => {
                Self::CollectionDeleted(CollectionDeleted { sources, revision })
            }
        }
    }
}

/// The bytes of what a caller gave with a source.
fn bytes_of(entry: &Entry) -> usize {
    let names = [entry.id.as_str(), entry.title.as_str(), entry.group.as_str(), entry.uri.as_str()];
    let labels = entry.labels.as_slice().iter().map(|label| label.as_str().len());
    let pages = entry.pages.as_ref().map_or(0, |pages| pages.bytes());
    names.map(str::len).into_iter().chain(labels).sum::<usize>() + entry.metadata.bytes() + pages
}

/// About the bytes of a scale.
fn bytes_of_scale(scale: &Scale) -> usize {
    let weights = scale.weights.iter().map(|one| size_of::<ScaleWeight>() + one.measure.len());
    weights.sum::<usize>() + size_of::<Scale>() + Scale::MAX_BANDS * size_of::<ScaleBand>()
}

fn bytes_of_ids(ids: &[SourceId]) -> usize {
    ids.iter().map(|id| id.as_str().len() + size_of::<SourceId>()).sum()
}

/// A source that is still there, and its exact duplicates.
struct Present {
    entry: Arc<Entry>,
    exact_duplicates: Vec<SourceId>,
}

/// The source that was added at a revision, if it is still there.
fn still_there(collection: &Collection, id: &SourceId, revision: u64) -> Option<Present> {
    let catalogue = collection.catalogue.read();
    let entry = catalogue.get(id).filter(|entry| entry.added == revision)?;
    let exact_duplicates = catalogue.duplicates(entry, Added::MAX_DUPLICATES);
    Some(Present { entry: Arc::clone(entry), exact_duplicates })
}
