//! The corpus itself: what the engine, its writer and its keeper share.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use dashmap::DashMap;
use parking_lot::RwLock;

use super::catalogue::Counts;
use super::collection::Collection;
use super::error::Error;
use super::figures::Counters;
use super::limits::Limits;
use super::names::CollectionName;
use super::totals::Totals;
use super::writing::{FullDisk, Once};
use crate::fingerprint::{FingerprintSettings, OrderFree};
use crate::store::{CollectionNumber, Store, StoredCorpus};
use crate::text::{CorpusSeed, Tokenizer};

/// All collections, the store, and the revision.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) limits: Limits,
    pub(super) seed: CorpusSeed,
    /// Cuts texts into the tokens that the index is made of, under the corpus's secret.
    pub(super) tokenizer: Tokenizer,
    /// Makes the order-free pairs that the index is made of, under the same.
    pub(super) order_free: OrderFree,
    pub(super) collections: DashMap<CollectionName, Arc<Collection>>,
    /// The names of all of them, in order. While it is held none goes.
    pub(super) names: RwLock<BTreeSet<CollectionName>>,
    pub(super) store: Store,
    /// The corpus's revision. Held for writing while a change is published, which takes microseconds.
    pub(super) revision: RwLock<u64>,
    /// Sums over all collections.
    pub(super) totals: Totals,
    /// What is counted for whoever watches.
    pub(super) counters: Counters,
    next_number: AtomicU32,
    /// The requests that were done lately, or are being worked on.
    pub(super) once: Arc<Once>,
    /// Whether the disk was full lately.
    pub(super) full_disk: FullDisk,
}

impl Shared {
    /// A corpus without any collection.
    pub(super) fn new(limits: Limits, seed: CorpusSeed, store: Store) -> Self {
        Self {
            limits,
            seed,
            tokenizer: Tokenizer::new(seed),
            order_free: OrderFree::new(seed),
            collections: DashMap::new(),
            names: RwLock::default(),
            store,
            revision: RwLock::new(0),
            totals: Totals::default(),
            counters: Counters::default(),
            next_number: AtomicU32::new(0),
            once: Arc::default(),
            full_disk: FullDisk::default(),
        }
    }

    /// A corpus as it was kept, without its collections.
    pub(super) fn kept(limits: Limits, corpus: StoredCorpus, store: Store) -> Self {
        let mut shared = Self::new(limits, CorpusSeed::new(corpus.seed), store);
        shared.revision = RwLock::new(corpus.revision);
        shared.next_number = AtomicU32::new(corpus.next_collection);
        shared
    }

    /// What the store keeps of the corpus as a whole, as of a revision.
    pub(super) fn stored(&self, revision: u64) -> StoredCorpus {
        let next_collection = self.next_number.load(Ordering::Relaxed);
        StoredCorpus { seed: self.seed.value(), revision, next_collection }
    }

    /// The number that the next collection gets.
    pub(super) fn next_number(&self) -> CollectionNumber {
        CollectionNumber(self.next_number.load(Ordering::Relaxed))
    }

    /// All collections that are there now, in order of their names.
    pub(super) fn all_collections(&self) -> Vec<Arc<Collection>> {
        let names = self.names.read();
        names.iter().filter_map(|name| self.collection(name).ok()).collect()
    }

    /// A collection that nobody sees yet.
    pub(super) fn new_collection(
        &self,
        name: &CollectionName,
        settings: FingerprintSettings,
    ) -> Arc<Collection> {
        let number = CollectionNumber(self.next_number.fetch_add(1, Ordering::Relaxed));
        Arc::new(Collection::new(name.clone(), number, self.seed, settings))
    }

    /// From now on everybody sees it. In place of another of its name it is put at once, so that at every moment there
    /// is one.
    pub(super) fn install(&self, collection: Arc<Collection>) {
        let name = collection.name.clone();
        self.totals.changed(Counts::default(), collection.catalogue.read().counts());
        self.collections.insert(name.clone(), collection);
        self.names.write().insert(name);
    }

    /// From now on nobody finds it.
    pub(super) fn remove(&self, name: &CollectionName) {
        self.names.write().remove(name);
        self.collections.remove(name);
    }

    pub(super) fn collection(&self, name: &CollectionName) -> Result<Arc<Collection>, Error> {
        let found = self.collections.get(name).map(|collection| Arc::clone(&collection));
        found.ok_or_else(|| Error::CollectionNotFound(name.clone()))
    }
}
