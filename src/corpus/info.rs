//! Descriptions of collections and of the corpus for callers.

use super::collection::Collection;
use crate::model::{CollectionName, FingerprintSettings};

/// A collection: its settings and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct CollectionInfo {
    /// Its name.
    pub name: CollectionName,
    /// Its `k` and `w`.
    pub settings: FingerprintSettings,
    /// Its counts.
    pub stats: CollectionStats,
}

/// Counts of a collection, or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct CollectionStats {
    /// Sources.
    pub sources: u64,
    /// Words of all sources.
    pub words: u64,
    /// Fingerprints of all sources in the index.
    pub fingerprints: u64,
    /// Bytes of all texts.
    pub text_bytes: u64,
    /// Bytes of memory that the index takes.
    pub index_bytes: u64,
    /// The revision of the corpus at which it last changed.
    pub revision: u64,
}

impl CollectionStats {
    /// The counts of both together. Revisions are added: each counts the changes of its own.
    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            sources: self.sources + other.sources,
            words: self.words + other.words,
            fingerprints: self.fingerprints + other.fingerprints,
            text_bytes: self.text_bytes + other.text_bytes,
            index_bytes: self.index_bytes + other.index_bytes,
            revision: self.revision + other.revision,
        }
    }
}

/// The totals of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct CorpusInfo {
    /// The number of collections.
    pub collections: u64,
    /// The sums over all collections, and the corpus's revision.
    pub stats: CollectionStats,
}

impl CollectionInfo {
    pub(super) fn of(collection: &Collection) -> Self {
        let catalogue = collection.catalogue.read();
        let counts = catalogue.counts();
        Self {
            name: collection.name.clone(),
            settings: collection.settings(),
            stats: CollectionStats {
                sources: counts.sources,
                words: counts.words,
                fingerprints: counts.fingerprints,
                text_bytes: counts.text_bytes,
                index_bytes: collection.index_bytes(),
                revision: catalogue.revision(),
            },
        }
    }
}
