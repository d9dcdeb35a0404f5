//! The state of the corpus, shared by readers, the writer and the cleanup.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use dashmap::DashMap;
use parking_lot::RwLock;
use ring::hmac;

use super::COUNTS_VERSION;
use super::catalogue::{Counts, Entry};
use super::changes::Once;
use super::collection::Collection;
use super::error::Error;
use super::figures::{Counters, Figures};
use super::full_disk::FullDisk;
use super::info::{CollectionInfo, CollectionStats, CorpusInfo};
use super::totals::Totals;
use crate::fingerprint::Outliner;
use crate::model::{
    Calibration, CollectionName, CollectionNumber, CorpusSeed, FingerprintSettings, Limits, Scale, ScaleName,
    SourceId, Stop, Visibility,
};
use crate::related::Commonness;
use crate::store::{BackedUp, BackupError, Store, StoredCorpus};
use crate::text::Tokenizer;

/// The number of names that are looked up under one lock: microseconds.
const NAMES_AT_ONCE: usize = 256;

/// The number of attempts to count some collections while the corpus does not change.
const COUNT_ATTEMPTS: usize = 3;

/// All collections, the store, and the revision.
#[derive(Debug)]
pub(crate) struct Corpus {
    pub(crate) limits: Limits,
    pub(crate) seed: CorpusSeed,
    /// Makes what is kept of a text, under the corpus's secret.
    pub(super) outliner: Outliner,
    /// What stems weigh under the corpus's secret. Read when it is first needed.
    commonness: OnceLock<Commonness>,
    pub(super) collections: DashMap<CollectionName, Arc<Collection>>,
    /// The names of all collections, in order.
    pub(super) names: RwLock<BTreeSet<CollectionName>>,
    pub(super) store: Store,
    /// The corpus's revision. Locked for writing while a change is published, which takes microseconds.
    pub(crate) revision: RwLock<u64>,
    /// Sums over all collections.
    pub(super) totals: Totals,
    /// Counters for monitoring.
    pub(crate) counters: Counters,
    next_number: AtomicU32,
    /// Requests that were done recently or are under way.
    pub(super) once: Arc<Once>,
    /// The state of a full disk.
    pub(super) full_disk: FullDisk,
    /// The position of the last change that was applied from a log and is durable.
    pub(super) log_position: RwLock<Option<u64>>,
}

impl Corpus {
    /// An empty corpus in memory with the collection `default`.
    pub(crate) fn in_memory(limits: Limits, seed: CorpusSeed) -> Self {
        let corpus = Self::new(limits, seed, Store::in_memory());
        corpus.install(corpus.new_collection(&CollectionName::default(), FingerprintSettings::default()));
        corpus
    }

    fn new(limits: Limits, seed: CorpusSeed, store: Store) -> Self {
        Self {
            limits,
            seed,
            outliner: Outliner::new(seed),
            commonness: OnceLock::new(),
            collections: DashMap::new(),
            names: RwLock::default(),
            store,
            revision: RwLock::new(0),
            totals: Totals::default(),
            counters: Counters::default(),
            next_number: AtomicU32::new(0),
            once: Arc::default(),
            full_disk: FullDisk::default(),
            log_position: RwLock::default(),
        }
    }

    /// A stored corpus, without its collections.
    pub(super) fn stored_in(limits: Limits, stored: StoredCorpus, store: Store) -> Self {
        let mut corpus = Self::new(limits, CorpusSeed::new(stored.seed), store);
        corpus.revision = RwLock::new(stored.revision);
        corpus.next_number = AtomicU32::new(stored.next_collection);
        corpus.log_position = RwLock::new(stored.log_position);
        corpus
    }

    /// What stems weigh.
    pub(crate) fn commonness(&self) -> &Commonness {
        self.commonness.get_or_init(|| Commonness::new(&Tokenizer::new(self.seed)))
    }

    /// The row of the corpus as of a revision and a log position.
    pub(super) fn stored(&self, revision: u64, log_position: Option<u64>) -> StoredCorpus {
        let next_collection = self.next_number.load(Ordering::Relaxed);
        StoredCorpus {
            seed: self.seed.value(),
            revision,
            next_collection,
            log_position,
            algorithm_version: COUNTS_VERSION,
        }
    }

    /// The position of the last change that was applied from a log and is durable.
    pub(crate) fn log_position(&self) -> Option<u64> {
        *self.log_position.read()
    }

    /// The number that the next collection gets.
    pub(super) fn next_number(&self) -> CollectionNumber {
        CollectionNumber(self.next_number.load(Ordering::Relaxed))
    }

    /// All present collections, in order of their names.
    pub(super) fn all_collections(&self) -> Vec<Arc<Collection>> {
        let names = self.names.read();
        names.iter().filter_map(|name| self.collection(name).ok()).collect()
    }

    /// A new collection that is not installed.
    pub(super) fn new_collection(
        &self,
        name: &CollectionName,
        settings: FingerprintSettings,
    ) -> Arc<Collection> {
        let number = CollectionNumber(self.next_number.fetch_add(1, Ordering::Relaxed));
        Arc::new(Collection::new(name.clone(), number, self.seed, settings))
    }

    /// Makes a collection visible. It replaces another of its name in one step, so that there is one at every moment.
    pub(super) fn install(&self, collection: Arc<Collection>) {
        let name = collection.name.clone();
        self.totals.changed(Counts::default(), collection.catalogue.read().counts());
        self.collections.insert(name.clone(), collection);
        self.names.write().insert(name);
    }

    /// Makes a collection invisible.
    pub(super) fn remove(&self, name: &CollectionName) {
        self.names.write().remove(name);
        self.collections.remove(name);
    }

    pub(super) fn collection(&self, name: &CollectionName) -> Result<Arc<Collection>, Error> {
        let found = self.collections.get(name).map(|collection| Arc::clone(&collection));
        found.ok_or_else(|| Error::CollectionNotFound(name.clone()))
    }

    /// A secret of this corpus for one purpose, the same after every restart: HMAC-SHA-256 (RFC 2104) of the purpose
    /// under the seed.
    pub(crate) fn secret(&self, purpose: &str) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.seed.value().to_le_bytes());
        let mut secret = [0; 32];
        secret.copy_from_slice(hmac::sign(&key, purpose.as_bytes()).as_ref());
        secret
    }

    /// The totals, all of one revision but the bytes of the index.
    pub(crate) fn info(&self) -> CorpusInfo {
        let index_bytes = self.totals.index_bytes(|| self.index_bytes());
        let revision = self.revision.read();
        let Counts { sources, words, fingerprints, text_bytes } = self.totals.counts();
        let collections = self.names.read().len() as u64;
        let revision = *revision;
        CorpusInfo {
            collections,
            stats: CollectionStats { sources, words, fingerprints, text_bytes, index_bytes, revision },
        }
    }

    fn index_bytes(&self) -> u64 {
        // No guard of the map is held while a collection is asked.
        let all = self.collections.iter().map(|one| Arc::clone(one.value()));
        let collections: Vec<Arc<Collection>> = all.collect();
        collections.iter().map(|one| one.index_bytes()).sum()
    }

    /// The totals of some collections, of one revision unless the corpus changes all the time.
    pub(crate) fn info_of(&self, visible: &Visibility, stop: &Stop) -> Result<CorpusInfo, Error> {
        let mut attempt = 1;
        loop {
            let before = *self.revision.read();
            let counted = self.count(visible, stop)?;
            if attempt == COUNT_ATTEMPTS || *self.revision.read() == before {
                return Ok(counted);
            }
            attempt += 1;
        }
    }

    fn count(&self, visible: &Visibility, stop: &Stop) -> Result<CorpusInfo, Error> {
        let mut counted = CorpusInfo { collections: 0, stats: CollectionStats::default() };
        for collection in self.visible_collections(visible, None) {
            stop.check()?;
            let one = CollectionInfo::of(&collection).stats;
            let revision = counted.stats.revision.max(one.revision);
            counted.collections += 1;
            counted.stats = CollectionStats { revision, ..counted.stats.plus(one) };
        }
        Ok(counted)
    }

    /// A collection's settings and counts.
    pub(crate) fn collection_info(&self, name: &CollectionName) -> Result<CollectionInfo, Error> {
        Ok(CollectionInfo::of(&*self.collection(name)?))
    }

    /// The collections that are large enough for a calibration and have none, or have outgrown it; by name.
    pub(crate) fn due_for_calibration(&self) -> Vec<CollectionName> {
        let all: Vec<Arc<Collection>> = self.collections.iter().map(|one| Arc::clone(&one)).collect();
        let is_due = |collection: &Arc<Collection>| {
            let sources = collection.catalogue.read().counts().sources;
            let calibration = *collection.calibration.read();
            let is_fit = calibration.is_some_and(|calibration| !calibration.is_outgrown(sources));
            sources >= Calibration::LEAST_SOURCES && !is_fit
        };
        let mut due: Vec<CollectionName> =
            all.into_iter().filter(is_due).map(|collection| collection.name.clone()).collect();
        due.sort_unstable();
        due
    }

    /// Up to `count` collections after `after`, in order of their names. Linear in `count`.
    pub(crate) fn list_collections(
        &self,
        visible: &Visibility,
        after: Option<&CollectionName>,
        count: usize,
    ) -> Vec<CollectionInfo> {
        let found = self.visible_collections(visible, after).take(count);
        found.map(|collection| CollectionInfo::of(&collection)).collect()
    }

    /// Some collections in order of their names, looked up [`NAMES_AT_ONCE`] at a time. No lock is held between these
    /// steps: a collection that is created or deleted meanwhile may or may not be among them.
    fn visible_collections(
        &self,
        visible: &Visibility,
        after: Option<&CollectionName>,
    ) -> impl Iterator<Item = Arc<Collection>> {
        let mut after = after.cloned();
        let mut names = Vec::new().into_iter();
        std::iter::from_fn(move || {
            loop {
                // A collection that is not found was deleted meanwhile.
                if let Some(collection) = names.by_ref().find_map(|name| self.collection(&name).ok()) {
                    return Some(collection);
                }
                let all = self.names.read();
                let next = visible.select(&all, after.as_ref()).take(NAMES_AT_ONCE);
                let next: Vec<CollectionName> = next.cloned().collect();
                after = Some(next.last()?.clone());
                names = next.into_iter();
            }
        })
    }

    /// A source without its text.
    pub(crate) fn find_source(&self, name: &CollectionName, id: &SourceId) -> Result<Arc<Entry>, Error> {
        let collection = self.collection(name)?;
        let entry = collection.catalogue.read().get(id).map(Arc::clone);
        entry.ok_or_else(|| not_found(&collection, id))
    }

    /// A source and its text.
    pub(crate) fn get_source(
        &self,
        name: &CollectionName,
        id: &SourceId,
    ) -> Result<(Arc<Entry>, Arc<str>), Error> {
        let collection = self.collection(name)?;
        let _pin = collection.pins.pin();
        let entry = collection.catalogue.read().get(id).map(Arc::clone);
        let entry = entry.ok_or_else(|| not_found(&collection, id))?;
        let text = self.store.text(collection.key(entry.slot))?;
        Ok((entry, text))
    }

    /// Up to `count` sources after `after`, in order of their ids.
    pub(crate) fn list_sources(
        &self,
        name: &CollectionName,
        after: Option<&SourceId>,
        count: usize,
    ) -> Result<Vec<Arc<Entry>>, Error> {
        let collection = self.collection(name)?;
        let catalogue = collection.catalogue.read();
        Ok(catalogue.list(after).take(count).cloned().collect())
    }

    /// A scale of a collection.
    pub(crate) fn scale(&self, collection: &CollectionName, name: &ScaleName) -> Result<Arc<Scale>, Error> {
        let scale = self.collection(collection)?.scales.get(name);
        scale.ok_or_else(|| Error::ScaleNotFound { collection: collection.clone(), name: name.clone() })
    }

    /// The scales of a collection, in order of their names.
    pub(crate) fn scales(&self, collection: &CollectionName) -> Result<Vec<Arc<Scale>>, Error> {
        Ok(self.collection(collection)?.scales.list())
    }

    /// Checks that a scale of this name can be stored.
    pub(crate) fn admit_scale(
        &self,
        collection: &CollectionName,
        name: &ScaleName,
        replace: bool,
    ) -> Result<(), Error> {
        self.collection(collection)?.scales.admit(collection, name, replace)
    }

    /// Drops cached texts, and postings of sources that are gone.
    pub(crate) fn release_memory(&self) {
        self.store.clear_cache();
        // No guard of the map is held while a collection is purged.
        let collections: Vec<Arc<Collection>> =
            self.collections.iter().map(|collection| Arc::clone(&collection)).collect();
        for collection in collections {
            collection.drop_gone(&self.store);
        }
    }

    /// The data directory, if it is on disk.
    #[cfg(feature = "server")]
    pub(crate) fn folder(&self) -> Option<&std::path::Path> {
        self.store.path()
    }

    /// Writes a backup of the corpus as of its last commit, which is the state at `applied` if a log was applied up to there.
    pub(crate) fn backup(
        &self,
        out: &mut dyn std::io::Write,
        applied: Option<u64>,
    ) -> Result<BackedUp, BackupError> {
        self.store.backup(out, applied)
    }

    /// The figures of the engine's work.
    pub(crate) fn figures(&self, stem_bytes: u64) -> Figures {
        self.counters.figures(&self.store, stem_bytes)
    }
}

pub(super) fn not_found(collection: &Collection, id: &SourceId) -> Error {
    Error::SourceNotFound { collection: collection.name.clone(), id: id.clone() }
}

/// The secret seed of a new corpus.
pub(crate) fn random_seed() -> Result<CorpusSeed, Error> {
    Ok(CorpusSeed::new(getrandom::u64()?))
}
