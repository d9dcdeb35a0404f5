//! One collection: its indexes and its catalogue.

use parking_lot::RwLock;

use super::catalogue::Catalogue;
use super::gone::Gone;
use super::pins::Pins;
use super::scales::Scales;
use crate::fingerprint::Fingerprinter;
use crate::index::Index;
use crate::model::{
    Calibration, CollectionName, CollectionNumber, CorpusSeed, FingerprintSettings, Slot, SourceKey,
};
use crate::related;
use crate::store::StoredCollection;

/// A named set of sources with its indexes and settings.
#[derive(Debug)]
pub(super) struct Collection {
    pub(super) name: CollectionName,
    pub(super) number: CollectionNumber,
    pub(super) fingerprinter: Fingerprinter,
    /// The index of k-grams, on which the guarantee rests.
    pub(super) kgrams: Index,
    /// The index of order-free word pairs, which survive rewriting.
    pub(super) word_pairs: Index,
    /// The heaviest stems of each source.
    pub(super) profiles: related::Index,
    pub(super) catalogue: RwLock<Catalogue>,
    /// The scales that were trained for it.
    pub(super) scales: Scales,
    /// What its own sources say of chance, once it was calibrated.
    pub(super) calibration: RwLock<Option<Calibration>>,
    /// The pins of readers.
    pub(super) pins: Pins,
    /// The cleanup of gone sources.
    pub(super) gone: Gone,
}

impl Collection {
    pub(super) fn new(
        name: CollectionName,
        number: CollectionNumber,
        seed: CorpusSeed,
        settings: FingerprintSettings,
    ) -> Self {
        Self {
            name,
            number,
            fingerprinter: Fingerprinter::new(seed, settings),
            kgrams: Index::default(),
            word_pairs: Index::default(),
            profiles: related::Index::default(),
            catalogue: RwLock::default(),
            scales: Scales::default(),
            calibration: RwLock::default(),
            pins: Pins::default(),
            gone: Gone::default(),
        }
    }

    /// With indexes that were read from a snapshot.
    pub(super) fn with_indexes(self, kgrams: Index, word_pairs: Index) -> Self {
        Self { kgrams, word_pairs, ..self }
    }

    pub(super) fn settings(&self) -> FingerprintSettings {
        self.fingerprinter.settings()
    }

    /// The store's key of the source in a slot.
    pub(super) fn key(&self, slot: Slot) -> SourceKey {
        SourceKey { collection: self.number, slot }
    }

    /// The bytes of its indexes.
    pub(super) fn index_bytes(&self) -> u64 {
        (self.kgrams.bytes() + self.word_pairs.bytes() + self.profiles.bytes()) as u64
    }

    /// The row of the collection, as of a revision at which it changed.
    pub(super) fn stored(&self, revision: u64) -> StoredCollection {
        let (number, name, settings) = (self.number, self.name.clone(), self.settings());
        StoredCollection { number, name, settings, revision }
    }
}
