//! A corpus that was kept, opened again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::catalogue::{Catalogue, Entry, NewEntry};
use super::collection::Collection;
use super::corpus::{Engine, random_seed};
use super::error::Error;
use super::limits::Limits;
use super::names::{
    CollectionName, Group, InvalidValue, Label, Labels, RequestId, RequestKey, SourceId, Title,
};
use super::shared::Shared;
use super::snapshot::{self, Snapshot};
use super::writing::{Answer, Receipt, Writer};
use crate::fingerprint::{Fingerprint, FingerprintSettings, KgramLength, WindowSize};
use crate::index::Slot;
use crate::store::{
    CollectionNumber, DataDirectory, Loaded, Store, StoreError, StoredCollection, StoredCorpus,
    StoredRequest, StoredSource,
};

/// Texts that are fingerprinted while those before them are put into the index.
const TEXTS_AT_ONCE: usize = 1024;

/// A source with its collection.
type Placed = (Arc<Collection>, Arc<Entry>);

/// How far opening a corpus has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Sources that are in the index again.
    pub sources: u64,
    /// Sources in all.
    pub of_sources: u64,
}

impl Engine {
    /// Opens the corpus in a data directory, which is made if it is not there, and brings its index back.
    /// Up to `text_cache_bytes` bytes of texts are held in memory.
    ///
    /// Linear in the texts; all cores work on it. `progress` is told how far it has come.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the directory can't be used or is damaged, [`Error::NoRandomness`],
    /// [`Error::NoThread`].
    pub fn open(
        directory: &Path,
        limits: Limits,
        text_cache_bytes: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, Error> {
        let mut directory = DataDirectory::create(directory)?;
        if directory.is_new() {
            begin(&mut directory)?;
        }
        Self::of_store(Store::open(directory, text_cache_bytes)?, limits, progress)
    }

    /// The corpus that a store keeps.
    pub(super) fn of_store(
        store: (Store, Loaded),
        limits: Limits,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, Error> {
        let opened = Opened::of_store(store, limits)?;
        let writer = Writer::start(Arc::clone(&opened.shared))?;
        opened.index(writer, progress)
    }

    /// Opens the corpus in a data directory that no server uses, to read it: nothing in the folder is changed, and
    /// nothing can be written.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`] besides those of [`Self::open`].
    pub fn open_read_only(
        directory: &Path,
        limits: Limits,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, Error> {
        let opened = Opened::of_store(Store::open(DataDirectory::open_read_only(directory)?, 0)?, limits)?;
        let writer = Writer::inline(Arc::clone(&opened.shared));
        opened.index(writer, progress)
    }

    /// Keeps what was submitted, and what the index looks like, and lets nothing more be written.
    pub fn close(&self) {
        if self.writer.close() {
            write_snapshot(&self.shared, true);
        }
    }

    /// Fingerprints sources on all cores, and puts them into the index in the order in which they were
    /// added.
    fn index(&self, mut sources: Vec<Placed>, progress: &mut dyn FnMut(Progress)) -> Result<(), Error> {
        sources.sort_by_key(|(_, entry)| entry.added);
        let of_sources = sources.len() as u64;
        let mut told = Progress { sources: 0, of_sources };
        let mut ready: Vec<Fingerprinted<'_>> = Vec::new();
        for some in sources.chunks(TEXTS_AT_ONCE) {
            progress(told);
            let (inserted, next) =
                rayon::join(|| ready.iter().try_for_each(Fingerprinted::insert), || self.fingerprint(some));
            inserted?;
            told.sources += ready.len() as u64;
            ready = next?;
        }
        ready.iter().try_for_each(Fingerprinted::insert)?;
        progress(Progress { sources: of_sources, of_sources });
        Ok(())
    }

    fn fingerprint<'a>(&self, sources: &'a [Placed]) -> Result<Vec<Fingerprinted<'a>>, Error> {
        let buffers = || (Vec::new(), Vec::new());
        let fingerprinted = sources.par_iter().map_init(buffers, |(tokens, stems), (collection, entry)| {
            let text = self.shared.store.read(collection.key(entry.slot))?;
            self.shared.tokenizer.tokenize_with_stems_into(&text, tokens, stems);
            Ok(Fingerprinted {
                collection,
                entry,
                kgrams: collection.fingerprinter.fingerprints(tokens),
                pairs: self.shared.order_free.of_source(stems),
            })
        });
        fingerprinted.collect()
    }
}

/// A corpus whose sources are not all in the index yet.
struct Opened {
    shared: Arc<Shared>,
    missing: Vec<Placed>,
}

impl Opened {
    fn of_store((store, loaded): (Store, Loaded), limits: Limits) -> Result<Self, Error> {
        let Loaded { corpus, collections, sources, requests } = loaded;
        let shared = Arc::new(Shared::kept(limits, corpus, store));
        let mut snapshots = read_snapshots(&shared, !sources.is_empty());
        let missing = restore(&shared, &mut snapshots, collections, sources)?;
        remember(&shared, requests)?;
        Ok(Self { shared, missing })
    }

    fn index(self, writer: Writer, progress: &mut dyn FnMut(Progress)) -> Result<Engine, Error> {
        let engine = Engine::of(self.shared, writer);
        engine.index(self.missing, progress)?;
        Ok(engine)
    }
}

/// A source with what the index is to hold of it.
struct Fingerprinted<'a> {
    collection: &'a Collection,
    entry: &'a Entry,
    kgrams: Vec<Fingerprint>,
    pairs: Vec<Fingerprint>,
}

impl Fingerprinted<'_> {
    fn insert(&self) -> Result<(), Error> {
        let Self { collection, entry, kgrams, pairs } = self;
        let added =
            collection.kgrams.insert(entry.slot, kgrams).zip(collection.pairs.insert(entry.slot, pairs));
        let max_sources = crate::index::Slot::COUNT as usize;
        added.map(drop).ok_or(Error::TooManySources { max_sources })
    }
}

/// Keeps a new corpus, which has the collection `default` alone.
fn begin(directory: &mut DataDirectory) -> Result<(), Error> {
    let seed = random_seed()?;
    let (number, name) = (CollectionNumber(0), CollectionName::default());
    let default = Collection::new(name, number, seed, FingerprintSettings::default());
    let corpus = StoredCorpus { seed: seed.value(), revision: 0, next_collection: 1 };
    Ok(Store::begin(directory, corpus, vec![default.stored(0)])?)
}

/// The indexes that were written, by collection. There need not be any.
fn read_snapshots(shared: &Shared, is_wanted: bool) -> BTreeMap<CollectionNumber, Snapshot> {
    let read = if is_wanted { snapshot::read(shared) } else { Ok(BTreeMap::new()) };
    read.unwrap_or_else(|error| {
        tracing::warn!(%error, "no snapshot of the index can be used: all texts are fingerprinted again");
        BTreeMap::new()
    })
}

/// Writes what the index looks like. If that fails, opening the corpus takes longer.
pub(super) fn write_snapshot(shared: &Shared, quiet: bool) {
    if let Err(error) = snapshot::write(shared, quiet) {
        tracing::warn!(%error, "no snapshot of the index was written: opening the corpus will take longer");
    }
}

/// Installs the collections with their catalogues. Gives the sources that are not in an index yet.
fn restore(
    shared: &Shared,
    snapshots: &mut BTreeMap<CollectionNumber, Snapshot>,
    collections: Vec<StoredCollection>,
    sources: Vec<StoredSource>,
) -> Result<Vec<Placed>, Error> {
    let mut by_collection: BTreeMap<CollectionNumber, Vec<(NewEntry, u64)>> = BTreeMap::new();
    for source in sources {
        let (number, added) = (source.key.collection, source.added);
        let id = source.id.clone();
        let entry =
            new_entry(source).map_err(|problem| malformed(shared, &format!("source {id:?}: {problem}")))?;
        by_collection.entry(number).or_default().push((entry, added));
    }
    let mut all = Vec::new();
    for stored in collections {
        let number = stored.number;
        let collection = restored_collection(shared, &stored)
            .map_err(|problem| malformed(shared, &format!("collection {:?}: {problem}", stored.name)))?;
        let sources = by_collection.remove(&number).unwrap_or_default();
        let mut catalogue = Catalogue::restored(sources, stored.revision);
        let (collection, missing) = indexed(collection, &mut catalogue, snapshots.remove(&number));
        let collection = Arc::new(collection);
        all.extend(missing.into_iter().map(|entry| (Arc::clone(&collection), entry)));
        *collection.catalogue.write() = catalogue;
        shared.install(collection);
    }
    match by_collection.into_keys().next() {
        Some(number) => {
            Err(malformed(shared, &format!("sources of collection {}, which is not there", number.0)))
        }
        None => Ok(all),
    }
}

/// Remembers the requests that were done.
fn remember(shared: &Shared, requests: Vec<StoredRequest>) -> Result<(), Error> {
    let by_number: BTreeMap<CollectionNumber, Arc<Collection>> =
        shared.collections.iter().map(|collection| (collection.number, Arc::clone(&collection))).collect();
    for StoredRequest { sequence, time, digest, owner, id, answer } in requests {
        let wrong = |problem| malformed(shared, &format!("request {id:?}: {problem}"));
        let key = RequestKey::new(&owner, RequestId::new(&id).map_err(wrong)?);
        let collection = |number| by_number.get(&number).cloned();
        let answer = Answer::restored(answer, collection).map_err(wrong)?;
        shared.once.remember(Receipt::kept(key, digest, sequence, time), answer);
    }
    Ok(())
}

/// The collection with what the snapshot has of its indexes, and the sources that the snapshot has not.
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
        // They are in nobody's way until their time comes.
        Some(others) if !others.iter().any(|slot| taken.contains(slot)) => catalogue.leave_to_purge(others),
        _ => {
            let keep = |slot: Slot| held.binary_search(&slot).is_ok();
            rayon::join(|| snapshot.kgrams.purge(keep), || snapshot.pairs.purge(keep));
        }
    }
    (collection.with_indexes(snapshot.kgrams, snapshot.pairs), missing)
}

fn malformed(shared: &Shared, what: &str) -> Error {
    let path = shared.store.path().unwrap_or(Path::new("")).to_owned();
    Error::Store(StoreError::Damaged { path, what: what.to_owned() })
}

fn restored_collection(shared: &Shared, stored: &StoredCollection) -> Result<Collection, String> {
    let StoredCollection { number, name, kgram_tokens, window_kgrams, revision: _ } = stored;
    let name = CollectionName::new(name).map_err(|problem| problem.to_string())?;
    let kgram = KgramLength::new(*kgram_tokens).map_err(|problem| problem.to_string())?;
    let window = WindowSize::new(*window_kgrams).map_err(|problem| problem.to_string())?;
    Ok(Collection::new(name, *number, shared.seed, FingerprintSettings { kgram, window }))
}

fn new_entry(source: StoredSource) -> Result<NewEntry, InvalidValue> {
    let StoredSource {
        key,
        id,
        title,
        group,
        labels,
        added: _,
        words,
        text_bytes,
        fingerprints,
        words_digest,
        content_digest,
    } = source;
    let labels: Result<Vec<Label>, _> = labels.iter().map(|label| Label::new(label)).collect();
    Ok(NewEntry {
        id: SourceId::new(&id)?,
        title: Title::new(&title)?,
        group: Group::new(&group)?,
        labels: Labels::new(labels?)?,
        words,
        text_bytes,
        fingerprints,
        digest: words_digest,
        content_digest,
        slot: key.slot,
    })
}
