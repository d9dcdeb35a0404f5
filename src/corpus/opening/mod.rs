//! Opening a stored corpus.

mod snapshot;
mod upgrade;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use self::snapshot::Snapshot;
use self::upgrade::upgrade;
use super::COUNTS_VERSION;
use super::catalogue::{Catalogue, Entry};
use super::changes::{Outcome, Receipt};
use super::collection::Collection;
use super::error::Error;
use super::state::{Corpus, random_seed};
use super::writing::Writer;
use crate::fingerprint::Outline;
use crate::model::{
    CollectionName, CollectionNumber, CorpusSeed, FingerprintSettings, Limits, Profile, Slot, SourceRecord,
};
use crate::store::{
    DataDirectory, Loaded, Store, StoreError, StoredCalibration, StoredCollection, StoredCorpus,
    StoredRequest, StoredScale, StoredSource,
};

/// The number of texts that are fingerprinted while those before them are put into the index.
const TEXTS_AT_ONCE: usize = 1024;

/// The progress of opening a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Sources that are in the index again.
    pub sources: u64,
    /// Sources in all.
    pub of_sources: u64,
}

/// An opened corpus and its writer.
pub(crate) struct Opened {
    pub(crate) corpus: Arc<Corpus>,
    pub(crate) writer: Writer,
}

/// A source that is not in the index, with its collection.
struct Missing {
    collection: Arc<Collection>,
    entry: Arc<Entry>,
}

/// Opens the corpus in a data directory, which is created if it does not exist, with a secret seed that is given or random.
/// Linear in the texts, on all cores.
pub(crate) fn open(
    directory: &Path,
    limits: Limits,
    text_cache_bytes: u64,
    seed: Option<CorpusSeed>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Opened, Error> {
    let mut directory = DataDirectory::create(directory)?;
    if directory.is_new() {
        begin(&mut directory, seed.map_or_else(random_seed, Ok)?)?;
    }
    open_store(Store::open(directory, text_cache_bytes)?, limits, progress)
}

/// Opens the corpus of a store.
pub(super) fn open_store(
    store: (Store, Loaded),
    limits: Limits,
    progress: &mut dyn FnMut(Progress),
) -> Result<Opened, Error> {
    let (corpus, missing) = load(store, limits, progress)?;
    let writer = Writer::start(Arc::clone(&corpus))?;
    index(&corpus, missing, progress)?;
    Ok(Opened { corpus, writer })
}

/// Opens the corpus in a data directory that no server uses, for reading.
pub(crate) fn open_read_only(
    directory: &Path,
    limits: Limits,
    progress: &mut dyn FnMut(Progress),
) -> Result<Opened, Error> {
    let (corpus, missing) =
        load(Store::open(DataDirectory::open_read_only(directory)?, 0)?, limits, progress)?;
    let writer = Writer::inline(Arc::clone(&corpus));
    index(&corpus, missing, progress)?;
    Ok(Opened { corpus, writer })
}

/// The stored corpus, and the sources that no snapshot of the index holds.
fn load(
    (store, mut loaded): (Store, Loaded),
    limits: Limits,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Arc<Corpus>, Vec<Missing>), Error> {
    let is_upgraded = upgrade(&store, &mut loaded, progress)?;
    let Loaded { corpus, collections, sources, scales, calibrations, requests } = loaded;
    let corpus = Arc::new(Corpus::stored_in(limits, corpus, store));
    let mut snapshots = read_snapshots(&corpus, !sources.is_empty() && !is_upgraded);
    let missing = restore(&corpus, &mut snapshots, collections, sources)?;
    restore_scales(&corpus, scales);
    restore_calibrations(&corpus, &calibrations);
    remember(&corpus, requests);
    Ok((corpus, missing))
}

/// Fingerprints sources on all cores, and puts them into the index in the order in which they were added.
fn index(
    corpus: &Corpus,
    mut sources: Vec<Missing>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Error> {
    sources.sort_by_key(|source| source.entry.added);
    let of_sources = sources.len() as u64;
    let mut done = Progress { sources: 0, of_sources };
    let mut ready: Vec<Fingerprinted<'_>> = Vec::new();
    for some in sources.chunks(TEXTS_AT_ONCE) {
        progress(done);
        let (inserted, next) =
            rayon::join(|| ready.iter().try_for_each(Fingerprinted::insert), || fingerprint(corpus, some));
        inserted?;
        done.sources += ready.len() as u64;
        ready = next?;
    }
    ready.iter().try_for_each(Fingerprinted::insert)?;
    progress(Progress { sources: of_sources, of_sources });
    Ok(())
}

fn fingerprint<'a>(corpus: &Corpus, sources: &'a [Missing]) -> Result<Vec<Fingerprinted<'a>>, Error> {
    let fingerprinted = sources.par_iter().map(|source| {
        let Missing { collection, entry } = source;
        let text = corpus.store.read(collection.key(entry.slot))?;
        Ok(Fingerprinted { source, outline: corpus.outliner.outline(&collection.fingerprinter, &text) })
    });
    fingerprinted.collect()
}

/// A source with its fingerprints.
struct Fingerprinted<'a> {
    source: &'a Missing,
    outline: Outline,
}

impl Fingerprinted<'_> {
    fn insert(&self) -> Result<(), Error> {
        let Self { source: Missing { collection, entry }, outline } = self;
        let kgrams = collection.kgrams.insert(entry.slot, &outline.kgrams);
        let word_pairs = collection.word_pairs.insert(entry.slot, &outline.word_pairs);
        let max_sources = Slot::COUNT as usize;
        kgrams.zip(word_pairs).map(drop).ok_or(Error::TooManySources { max_sources })
    }
}

/// Stores a new corpus with the collection `default`.
fn begin(directory: &mut DataDirectory, seed: CorpusSeed) -> Result<(), Error> {
    let (number, name) = (CollectionNumber(0), CollectionName::default());
    let default = Collection::new(name, number, seed, FingerprintSettings::default());
    let corpus = StoredCorpus {
        seed: seed.value(),
        revision: 0,
        next_collection: 1,
        log_position: None,
        algorithm_version: COUNTS_VERSION,
    };
    Ok(Store::begin(directory, corpus, vec![default.stored(0)])?)
}

/// The indexes of the last snapshot, by collection; none if it can't be used.
fn read_snapshots(corpus: &Corpus, is_wanted: bool) -> BTreeMap<CollectionNumber, Snapshot> {
    let read = if is_wanted { snapshot::read(corpus) } else { Ok(BTreeMap::new()) };
    read.unwrap_or_else(|error| {
        tracing::warn!(%error, "no snapshot of the index can be used: all texts are fingerprinted again");
        BTreeMap::new()
    })
}

/// Writes a snapshot of the index. If that fails, opening the corpus takes longer.
pub(super) fn write_snapshot(corpus: &Corpus, quiet: bool) {
    if let Err(error) = snapshot::write(corpus, quiet) {
        tracing::warn!(%error, "no snapshot of the index was written: opening the corpus will take longer");
    }
}

/// Installs the collections with their catalogues. Returns the sources that are not in an index.
fn restore(
    corpus: &Corpus,
    snapshots: &mut BTreeMap<CollectionNumber, Snapshot>,
    collections: Vec<StoredCollection>,
    sources: Vec<StoredSource>,
) -> Result<Vec<Missing>, Error> {
    let mut by_collection: BTreeMap<CollectionNumber, Vec<(Slot, SourceRecord)>> = BTreeMap::new();
    let mut profiles: BTreeMap<CollectionNumber, Vec<(Slot, Profile)>> = BTreeMap::new();
    for StoredSource { key, record, profile } in sources {
        by_collection.entry(key.collection).or_default().push((key.slot, record));
        let profile = profile.map(|profile| (key.slot, profile));
        profiles.entry(key.collection).or_default().extend(profile);
    }
    let mut all = Vec::new();
    for StoredCollection { number, name, settings, revision } in collections {
        let collection = Collection::new(name, number, corpus.seed, settings);
        let sources = by_collection.remove(&number).unwrap_or_default();
        let mut catalogue = Catalogue::restored(sources, revision);
        let (collection, missing) = indexed(collection, &mut catalogue, snapshots.remove(&number));
        for (slot, profile) in profiles.remove(&number).unwrap_or_default() {
            collection.profiles.insert(slot, &profile);
        }
        let collection = Arc::new(collection);
        all.extend(missing.into_iter().map(|entry| Missing { collection: Arc::clone(&collection), entry }));
        *collection.catalogue.write() = catalogue;
        corpus.install(collection);
    }
    match by_collection.into_keys().next() {
        Some(number) => {
            let path = corpus.store.path().unwrap_or(Path::new("")).to_owned();
            let what = format!("sources of collection {}, which is not there", number.0);
            Err(Error::Store(StoreError::Damaged { path, what }))
        }
        None => Ok(all),
    }
}

/// Puts scales into their collections. Those of collections that are gone are ignored.
fn restore_scales(corpus: &Corpus, scales: Vec<StoredScale>) {
    let by_number = by_number(corpus);
    for StoredScale { collection, scale } in scales {
        if let Some(collection) = by_number.get(&collection) {
            collection.scales.put(scale);
        }
    }
}

/// Puts calibrations into their collections. Those of collections that are gone are ignored.
fn restore_calibrations(corpus: &Corpus, calibrations: &[StoredCalibration]) {
    let by_number = by_number(corpus);
    for StoredCalibration { collection, calibration } in calibrations {
        if let Some(collection) = by_number.get(collection) {
            *collection.calibration.write() = Some(*calibration);
        }
    }
}

fn by_number(corpus: &Corpus) -> BTreeMap<CollectionNumber, Arc<Collection>> {
    corpus.collections.iter().map(|collection| (collection.number, Arc::clone(&collection))).collect()
}

/// Remembers the requests that were done.
fn remember(corpus: &Corpus, requests: Vec<StoredRequest>) {
    let by_number = by_number(corpus);
    for StoredRequest { sequence, time, digest, key, outcome } in requests {
        let outcome = Outcome::restored(outcome, |number| by_number.get(&number).cloned());
        corpus.once.remember(Receipt::stored(key, digest, sequence, time), outcome);
    }
}

/// The collection with the indexes of the snapshot, and the sources that the snapshot does not hold.
fn indexed(
    collection: Collection,
    catalogue: &mut Catalogue,
    snapshot: Option<Snapshot>,
) -> (Collection, Vec<Arc<Entry>>) {
    let Some(snapshot) = snapshot else { return (collection, catalogue.list(None).cloned().collect()) };
    let (held, missing): (Vec<Arc<Entry>>, Vec<Arc<Entry>>) =
        catalogue.list(None).cloned().partition(|entry| snapshot.holds(entry));
    let mut held: Vec<Slot> = held.iter().map(|entry| entry.slot).collect();
    held.sort_unstable();
    let taken: BTreeSet<Slot> = missing.iter().map(|entry| entry.slot).collect();
    match snapshot.others_than(&held) {
        // Harmless until the next purge.
        Some(others) if !others.iter().any(|slot| taken.contains(slot)) => catalogue.leave_to_purge(others),
        _ => {
            let keep = |slot: Slot| held.binary_search(&slot).is_ok();
            rayon::join(|| snapshot.kgrams.purge(keep), || snapshot.word_pairs.purge(keep));
        }
    }
    (collection.with_indexes(snapshot.kgrams, snapshot.word_pairs), missing)
}
