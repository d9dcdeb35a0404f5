//! One collection: its indexes and its catalogue.

use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use xxhash_rust::xxh3::xxh3_64;

use super::catalogue::Catalogue;
use super::names::{CollectionName, SourceId};
use crate::fingerprint::{FingerprintSettings, Fingerprinter};
use crate::index::{Index, Slot};
use crate::store::{CollectionNumber, TextStore};
use crate::text::CorpusSeed;

/// Turns that writers of one collection take: by the id, so that two that write the same source wait
/// for each other, and others mostly don't.
const TURNS: usize = 16;

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
    /// Held for reading by whoever looks at slots of an older revision; see [`Self::purge_if_due`].
    pub(super) in_use: RwLock<()>,
    turns: [Mutex<()>; TURNS],
    /// Held while purging, so that only one does.
    purging: Mutex<()>,
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
            in_use: RwLock::default(),
            turns: Default::default(),
            purging: Mutex::default(),
        }
    }

    pub(super) fn settings(&self) -> FingerprintSettings {
        self.fingerprinter.settings()
    }

    /// The lock to hold while the source with this id is written.
    pub(super) fn turn(&self, id: &SourceId) -> Option<&Mutex<()>> {
        #[expect(clippy::cast_possible_truncation, reason = "only the rest modulo TURNS matters")]
        let hash = xxh3_64(id.as_str().as_bytes()) as usize;
        self.turns.get(hash % TURNS)
    }

    /// Drops what is left of sources that are gone, once they outnumber half of those that are there.
    ///
    /// Linear in the collection, and so, spread over the removals that led to it, constant for each.
    /// Checks go on meanwhile.
    pub(super) fn purge_if_due(&self, texts: &TextStore) {
        let Some(_purging) = self.purging.try_lock() else { return };
        let Some(mut gone) = self.catalogue.read().purge_due() else { return };
        // Checks that began before those sources were gone may still need them: let them end. Checks
        // that begin later don't.
        drop(self.in_use.write());
        gone.sort_unstable();
        let keep = |slot: Slot| gone.binary_search(&slot).is_err();
        self.kgrams.purge(keep);
        self.pairs.purge(keep);
        for slot in &gone {
            texts.remove(self.number, *slot);
        }
        self.catalogue.write().free(&gone);
    }

    /// Forgets all texts, once the checks that look at them have ended; for a collection that nobody can
    /// find any more.
    pub(super) fn forget_texts(&self, texts: &TextStore) {
        drop(self.in_use.write());
        for slot in self.catalogue.read().slots() {
            texts.remove(self.number, slot);
        }
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
