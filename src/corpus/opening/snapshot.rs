//! Snapshots of the index, so that opening a corpus need not fingerprint all texts again.
//!
//! A snapshot is used as far as it holds the sources that the store has.

use std::collections::BTreeMap;
use std::io;

use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::corpus::COUNTS_VERSION;
use crate::corpus::catalogue::Entry;
use crate::corpus::collection::Collection;
use crate::corpus::state::Corpus;
use crate::index::{EncodedTable, Index};
use crate::model::{CollectionNumber, Slot};
use crate::store::{
    SnapshotCollection, SnapshotKey, SnapshotPart, SnapshotTable, SnapshotWriter, StoreError,
};

/// The stamp of a slot without postings.
const EMPTY: u64 = 0;

/// The stamp of a slot that may have postings of no source that is there.
const STRAY: u64 = 1;

/// The number of attempts to write a snapshot while an index is split.
const ATTEMPTS: usize = 3;

/// The indexes of a collection, read back.
pub(super) struct Snapshot {
    pub(super) kgrams: Index,
    pub(super) word_pairs: Index,
    stamps: Vec<u64>,
    has_strays: bool,
}

impl Snapshot {
    /// True if all postings of a source are in the indexes.
    pub(super) fn holds(&self, entry: &Entry) -> bool {
        let is_of = |stamp: &u64| {
            [stamp_of(entry, entry.words_digest), stamp_of(entry, entry.content_digest)].contains(stamp)
        };
        self.stamps.get(entry.slot.index()).is_some_and(is_of)
    }

    /// The slots with postings of none of these sources; `None` if they are not known. `sources` is sorted.
    pub(super) fn others_than(&self, sources: &[Slot]) -> Option<Vec<Slot>> {
        let slots = (0..).map_while(Slot::new).zip(&self.stamps);
        let taken = slots.filter(|(_, stamp)| **stamp != EMPTY).map(|(slot, _)| slot);
        let others = taken.filter(|slot| sources.binary_search(slot).is_err());
        (!self.has_strays).then(|| others.collect())
    }
}

/// A digest that distinguishes the postings of a source from all others that were or will be in its slot. An update leaves
/// it as it is.
fn stamp(entry: &Entry) -> u64 {
    stamp_of(entry, entry.words_digest)
}

/// A stamp of a digest: of the words, or of the content in snapshots from before sources could be updated.
fn stamp_of(entry: &Entry, digest: u128) -> u64 {
    xxh3_64_with_seed(&digest.to_le_bytes(), entry.added).max(STRAY + 1)
}

fn key(corpus: &Corpus) -> SnapshotKey {
    let seed_check = corpus.seed.derive("snapshot of the index");
    SnapshotKey { algorithm_version: COUNTS_VERSION, seed_check }
}

/// Writes a snapshot. It holds everything that was published before it began. `quiet` says that no change is made
/// meanwhile.
pub(in crate::corpus) fn write(corpus: &Corpus, quiet: bool) -> Result<(), StoreError> {
    let mut collections: Vec<_> = corpus.collections.iter().map(|one| one.value().clone()).collect();
    collections.sort_unstable_by_key(|collection| collection.number);
    let attempt = || {
        corpus.store.write_snapshot(key(corpus), |out| {
            collections.iter().try_for_each(|collection| write_collection(collection, quiet, out))
        })
    };
    let mut written = attempt();
    for _ in 1..ATTEMPTS {
        if written.is_err() {
            written = attempt();
        }
    }
    written
}

fn write_collection(collection: &Collection, quiet: bool, out: &mut SnapshotWriter<'_>) -> io::Result<()> {
    let stamps = {
        let catalogue = collection.catalogue.read();
        let entry_stamp = |slot| catalogue.entry(slot).map_or(EMPTY, |entry| stamp(entry));
        let mut stamps: Vec<u64> = catalogue.slots().map(entry_stamp).collect();
        for slot in catalogue.gone().into_iter().chain(catalogue.reserved()) {
            stamps.get_mut(slot.index()).into_iter().for_each(|stamp| *stamp = STRAY);
        }
        stamps
    };
    let tables = |index: &Index| u32::try_from(index.table_count()).map_err(io::Error::other);
    let (kgram_tables, pair_tables) = (tables(&collection.kgrams)?, tables(&collection.word_pairs)?);
    let number = collection.number.0;
    let has_strays = !quiet;
    out.collection(&SnapshotCollection { number, kgram_tables, pair_tables, has_strays, stamps })?;
    for (index, tables) in [(&collection.kgrams, kgram_tables), (&collection.word_pairs, pair_tables)] {
        let mut written = 0;
        index.encode(&mut |table| {
            written += 1;
            out.table(&table)
        })?;
        if written != tables {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
    Ok(())
}

/// Reads the snapshot, by collection. Tables are decoded on all cores.
pub(super) fn read(corpus: &Corpus) -> Result<BTreeMap<CollectionNumber, Snapshot>, StoreError> {
    let mut collections: Vec<(SnapshotCollection, Vec<usize>)> = Vec::new();
    let decoded: Mutex<BTreeMap<usize, Option<EncodedTable>>> = Mutex::default();
    let mut count = 0;
    rayon::scope(|scope| {
        corpus.store.read_snapshot(key(corpus), &mut |part| {
            match part {
                SnapshotPart::Collection(collection) => collections.push((collection, Vec::new())),
                SnapshotPart::Table(table) => {
                    let (decoded, place) = (&decoded, count);
                    collections.last_mut()?.1.push(place);
                    scope.spawn(move |_| drop(decoded.lock().insert(place, decode(&table))));
                    count += 1;
                }
            }
            Some(())
        })
    })?;
    let mut decoded = decoded.into_inner();
    let mut found = BTreeMap::new();
    for (collection, places) in collections {
        let tables: Option<Vec<EncodedTable>> =
            places.iter().map(|place| decoded.remove(place).flatten()).collect();
        let number = CollectionNumber(collection.number);
        let snapshot =
            tables.and_then(|tables| assembled(collection, tables)).ok_or_else(|| damaged(corpus))?;
        found.insert(number, snapshot);
    }
    Ok(found)
}

fn decode(table: &SnapshotTable) -> Option<EncodedTable> {
    table.bytes().and_then(EncodedTable::decode)
}

fn assembled(collection: SnapshotCollection, mut tables: Vec<EncodedTable>) -> Option<Snapshot> {
    let SnapshotCollection { number: _, kgram_tables, pair_tables, has_strays, stamps } = collection;
    if tables.len() != kgram_tables as usize + pair_tables as usize {
        return None;
    }
    let pairs = tables.split_off(kgram_tables as usize);
    Some(Snapshot {
        kgrams: Index::of_tables(tables)?,
        word_pairs: Index::of_tables(pairs)?,
        stamps,
        has_strays,
    })
}

fn damaged(corpus: &Corpus) -> StoreError {
    let path = corpus.store.path().unwrap_or(std::path::Path::new("")).to_owned();
    StoreError::Damaged { path, what: "a table of the snapshot is not what was written".to_owned() }
}
