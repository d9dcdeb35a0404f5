//! One collection: its indexes and its catalogue.

use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::catalogue::Catalogue;
use super::names::CollectionName;
use super::pins::{EarlierPins, Pins};
use crate::fingerprint::{FingerprintSettings, Fingerprinter};
use crate::index::{Index, Slot};
use crate::store::{CollectionNumber, SourceKey, Store, StoredCollection};
use crate::text::CorpusSeed;

/// A named set of sources, its index and its settings.
#[derive(Debug)]
pub(super) struct Collection {
    pub(super) name: CollectionName,
    pub(super) number: CollectionNumber,
    pub(super) fingerprinter: Fingerprinter,
    /// Of k-grams: what the guarantee rests on.
    pub(super) kgrams: Index,
    /// Of order-free pairs of words: what survives rewriting.
    pub(super) pairs: Index,
    pub(super) catalogue: RwLock<Catalogue>,
    /// Of those who look at sources of a revision.
    pub(super) pins: Pins,
    /// Sources that are gone, and may be looked at still. Held while they are dropped, so that only one does.
    leaving: Mutex<Option<Leaving>>,
}

/// Sources that are gone, until the readers that may look at them have ended.
#[derive(Debug)]
struct Leaving {
    readers: EarlierPins,
    /// Sorted.
    slots: Vec<Slot>,
}

/// The texts of a collection that was deleted, until the readers that may look at them have ended. Its index can go
/// before.
#[derive(Debug)]
pub(super) struct LeavingTexts {
    readers: EarlierPins,
    keys: Vec<SourceKey>,
}

impl LeavingTexts {
    /// Forgets the texts if nobody can look at them any more; gives whether that is done.
    pub(super) fn forget(&self, store: &Store) -> bool {
        let is_over = self.readers.are_released();
        if is_over {
            self.keys.iter().for_each(|key| store.forget(*key));
        }
        is_over
    }
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
            pairs: Index::default(),
            catalogue: RwLock::default(),
            pins: Pins::default(),
            leaving: Mutex::default(),
        }
    }

    /// With indexes that were read back.
    pub(super) fn with_indexes(self, kgrams: Index, pairs: Index) -> Self {
        Self { kgrams, pairs, ..self }
    }

    pub(super) fn settings(&self) -> FingerprintSettings {
        self.fingerprinter.settings()
    }

    /// Which source is in a slot, as the store knows it.
    pub(super) fn key(&self, slot: Slot) -> SourceKey {
        SourceKey { collection: self.number, slot }
    }

    /// What the store keeps of the collection, as of a revision at which it changed.
    pub(super) fn stored(&self, revision: u64) -> StoredCollection {
        let FingerprintSettings { kgram, window } = self.settings();
        StoredCollection {
            number: self.number,
            name: self.name.as_str().to_owned(),
            kgram_tokens: kgram.get(),
            window_kgrams: window.get(),
            revision,
        }
    }

    /// Drops what is left of sources that are gone, as far as nobody looks at them any more: their texts, and their
    /// postings once the sources outnumber an eighth of those that are there. Gives whether nothing is left to drop now;
    /// if something is, it is worth coming back when readers have ended.
    ///
    /// Dropping postings is linear in the collection, and so, spread over the removals that led to it, constant for
    /// each. Checks go on meanwhile.
    pub(super) fn drop_gone(&self, store: &Store) -> bool {
        // Another thread does the same now.
        let Some(mut leaving) = self.leaving.try_lock() else { return true };
        loop {
            let Leaving { readers, slots } = match leaving.take() {
                Some(leaving) => leaving,
                None => match self.next_to_leave() {
                    Some(leaving) => leaving,
                    None => return true,
                },
            };
            if !readers.are_released() {
                *leaving = Some(Leaving { readers, slots });
                return false;
            }
            self.drop_sources(&slots, store);
        }
    }

    /// What is gone and not dropped yet. Readers that begin from now on don't see it.
    fn next_to_leave(&self) -> Option<Leaving> {
        let mut slots = {
            let catalogue = self.catalogue.read();
            let is_due = catalogue.is_purge_due() || catalogue.has_texts_to_forget();
            is_due.then(|| catalogue.gone())?
        };
        slots.sort_unstable();
        Some(Leaving { readers: self.pins.earlier(), slots })
    }

    fn drop_sources(&self, slots: &[Slot], store: &Store) {
        for slot in slots {
            store.forget(self.key(*slot));
        }
        let is_purge_due = {
            let mut catalogue = self.catalogue.write();
            catalogue.forgot_texts(slots);
            catalogue.is_purge_due()
        };
        if is_purge_due {
            let keep = |slot: Slot| slots.binary_search(&slot).is_err();
            self.kgrams.purge(keep);
            self.pairs.purge(keep);
            self.catalogue.write().free(slots);
        }
    }

    /// All texts, to be forgotten; for a collection that nobody can find any more.
    pub(super) fn leaving_texts(&self) -> LeavingTexts {
        let keys = self.catalogue.read().slots().map(|slot| self.key(slot)).collect();
        LeavingTexts { readers: self.pins.earlier(), keys }
    }
}

/// A collection as callers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionInfo {
    /// Its name.
    pub name: CollectionName,
    /// Its `k` and `w`.
    pub settings: FingerprintSettings,
    /// What it holds.
    pub stats: CollectionStats,
}

/// What a collection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

impl CollectionInfo {
    pub(super) fn of(collection: &Arc<Collection>) -> Self {
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
                index_bytes: (collection.kgrams.bytes() + collection.pairs.bytes()) as u64,
                revision: catalogue.revision(),
            },
        }
    }
}
