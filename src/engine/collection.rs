//! One collection: its indexes and its catalogue.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};

use super::catalogue::Catalogue;
use super::names::CollectionName;
use crate::fingerprint::{FingerprintSettings, Fingerprinter};
use crate::index::{Index, Slot};
use crate::store::{CollectionNumber, SourceKey, Store, StoredCollection};
use crate::text::CorpusSeed;

/// How long purging waits for checks that began before.
const WAIT_FOR_CHECKS: Duration = Duration::from_millis(5);

/// How long it is put off when there was one that takes longer.
const GIVE_UP_FOR: Duration = Duration::from_secs(1);

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
    /// Held while purging, so that only one does; when that was given up last.
    purging: Mutex<Option<Instant>>,
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
            purging: Mutex::default(),
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

    /// Drops what is left of sources that are gone, once they outnumber an eighth of those that are there.
    ///
    /// Linear in the collection, and so, spread over the removals that led to it, constant for each.
    /// Checks go on meanwhile.
    pub(super) fn purge_if_due(&self, store: &Store) {
        let Some(mut given_up) = self.purging.try_lock() else { return };
        if given_up.is_some_and(|at| at.elapsed() < GIVE_UP_FOR) {
            return;
        }
        let due = {
            let catalogue = self.catalogue.read();
            catalogue.is_purge_due().then(|| catalogue.gone())
        };
        let Some(mut gone) = due else { return };
        // Checks that began before those sources were gone may still need them: let them end. Checks
        // that begin later don't. While this waits they wait too, so it doesn't for long.
        if self.in_use.try_write_for(WAIT_FOR_CHECKS).is_none() {
            *given_up = Some(Instant::now());
            return;
        }
        gone.sort_unstable();
        let keep = |slot: Slot| gone.binary_search(&slot).is_err();
        self.kgrams.purge(keep);
        self.pairs.purge(keep);
        for slot in &gone {
            store.forget(self.key(*slot));
        }
        self.catalogue.write().free(&gone);
    }

    /// Forgets all texts, once the checks that look at them have ended; for a collection that nobody can
    /// find any more.
    pub(super) fn forget_texts(&self, store: &Store) {
        drop(self.in_use.write());
        let slots: Vec<Slot> = self.catalogue.read().slots().collect();
        for slot in slots {
            store.forget(self.key(slot));
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
