//! What a commit changes.

use super::packing::PackedText;
use super::requests::StoredRequest;
use super::rows::{StoredCollection, StoredCorpus, StoredScale};
use crate::model::{CollectionNumber, Profile, ScaleName, SourceKey, SourceRecord};

/// A change of rows and texts in a [`Batch`].
#[derive(Debug)]
pub enum RowChange<'a> {
    /// Writes a source into its slot.
    PutSource {
        /// Its collection and slot.
        key: SourceKey,
        /// Its record.
        record: &'a SourceRecord,
        /// The heaviest stems of its text.
        profile: &'a Profile,
        /// Its text.
        text: &'a PackedText,
    },
    /// Writes the record of a source again. Its text stays where it is, and its profile as it is.
    RewriteSource {
        /// Its collection and slot.
        key: SourceKey,
        /// Its record.
        record: &'a SourceRecord,
    },
    /// Removes a source. Its text can be read until it is [forgotten](super::Store::forget).
    RemoveSource(SourceKey),
    /// Writes a collection.
    PutCollection(StoredCollection),
    /// Writes a scale of a collection.
    PutScale(StoredScale),
    /// Removes a scale of a collection.
    RemoveScale(CollectionNumber, ScaleName),
    /// Removes a collection with all its sources and scales. Their texts can be read until they are forgotten.
    RemoveCollection(CollectionNumber),
    /// Writes a request that was done, and removes those before a sequence number.
    Remember(StoredRequest, u64),
}

/// Changes that are committed together, or not at all.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The corpus after the changes.
    pub corpus: StoredCorpus,
    /// The changes, in order.
    pub changes: Vec<RowChange<'a>>,
}
