//! A store whose disk fails.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use redb::backends::FileBackend;
use redb::{Database, StorageBackend};

use super::*;

/// A file that takes so many bytes more.
#[derive(Debug)]
struct FailingFile {
    file: FileBackend,
    left: Arc<AtomicU64>,
}

impl FailingFile {
    fn spend(&self, bytes: u64) -> io::Result<()> {
        let spent =
            self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        spent.map(drop).map_err(|_| io::ErrorKind::StorageFull.into())
    }
}

impl StorageBackend for FailingFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.spend(1)?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.spend(1)?;
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.spend(data.len() as u64)?;
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }
}

fn opener(path: &Path, left: &Arc<AtomicU64>) -> ledger::Opener {
    let (path, left) = (path.to_owned(), Arc::clone(left));
    Box::new(move || {
        let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = FileBackend::new(file.map_err(redb::Error::Io)?)?;
        let mut builder = Database::builder();
        builder.set_check_integrity_on_open(true);
        Ok(builder.create_with_backend(FailingFile { file, left: Arc::clone(&left) })?)
    })
}

fn key(slot: u32) -> SourceKey {
    SourceKey { collection: CollectionNumber(0), slot: Slot::new(slot).unwrap() }
}

fn source(slot: u32, added: u64) -> StoredSource {
    StoredSource {
        key: key(slot),
        id: format!("source {slot}"),
        title: String::new(),
        group: String::new(),
        labels: Vec::new(),
        added,
        words: 1,
        text_bytes: 1,
        fingerprints: 1,
        words_digest: 1,
        content_digest: 1,
    }
}

fn text(slot: u32) -> String {
    format!("the text of source {slot} ").repeat(slot as usize % 50 + 1)
}

fn put(store: &Store, slots: std::ops::Range<u32>, revision: u64) -> Result<(), StoreError> {
    let sources: Vec<_> =
        slots.map(|slot| (source(slot, revision), store.pack(text(slot)).unwrap())).collect();
    let changes = sources.iter().map(|(source, text)| Change::PutSource(source, text)).collect();
    store.commit(&Batch { corpus: StoredCorpus { seed: 1, revision, next_collection: 1 }, changes })
}

const SMALL: u64 = 4096;

/// A store whose ledger takes so many bytes more.
pub(crate) fn open(folder: &Path, left: &Arc<AtomicU64>) -> Result<(Store, Loaded), StoreError> {
    let directory = DataDirectory::create(folder).unwrap();
    let opener = opener(&directory.ledger(), left);
    Store::open_with(directory, 0, SMALL, opener)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whenever the disk fails: what was committed is there, what was not isn't, all of it can be read
    /// meanwhile, and when the disk works again, so does the store.
    #[test]
    fn a_commit_is_kept_or_not_whenever_the_disk_fails(budget in 0_u64..400_000, again in 0_u64..100_000) {
        let folder = tempfile::tempdir().unwrap();
        let left = Arc::new(AtomicU64::new(u64::MAX));
        let (store, _) = open(folder.path(), &left).unwrap();
        put(&store, 0..10, 1).unwrap();
        left.store(budget, Ordering::Relaxed);
        let (mut kept, mut revision, mut failures) = (10, 1, 0);
        while failures < 3 {
            match put(&store, kept..kept + 5, revision + 1) {
                Ok(()) => {
                    kept += 5;
                    revision += 1;
                }
                Err(error) => {
                    failures += 1;
                    left.store(if failures == 1 { again } else { u64::MAX }, Ordering::Relaxed);
                    if matches!(error, StoreError::Broken { .. }) {
                        while let Err(error) = store.settle().map(|landed| if landed { kept += 5; revision += 1; }) {
                            prop_assert!(!matches!(error, StoreError::Damaged { .. }), "{}", error);
                            left.store(u64::MAX, Ordering::Relaxed);
                        }
                    }
                }
            }
            for slot in 0..kept {
                prop_assert!(store.text(key(slot)).unwrap().is_some_and(|found| *found == *text(slot)));
            }
            if revision > 60 {
                break;
            }
        }
        drop(store);
        let (store, loaded) = open(folder.path(), &Arc::new(AtomicU64::new(u64::MAX))).unwrap();
        prop_assert_eq!(loaded.corpus.unwrap().revision, revision);
        prop_assert_eq!(loaded.sources.len(), kept as usize);
        for slot in 0..kept {
            prop_assert!(store.text(key(slot)).unwrap().is_some_and(|found| *found == *text(slot)));
        }
    }
}

#[test]
fn texts_move_out_of_files_that_are_mostly_unused() {
    let folder = tempfile::tempdir().unwrap();
    let left = Arc::new(AtomicU64::new(u64::MAX));
    let (store, _) = open(folder.path(), &left).unwrap();
    for revision in 0..60 {
        let first = u32::try_from(revision).unwrap() * 10;
        put(&store, first..first + 10, revision).unwrap();
    }
    let size = || -> u64 {
        let files = fs::read_dir(folder.path().join("texts")).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    };
    let full = size();
    let gone: Vec<u32> = (0..600).filter(|slot| slot % 4 != 0).collect();
    let changes = gone.iter().map(|slot| Change::RemoveSource(key(*slot))).collect();
    store
        .commit(&Batch { corpus: StoredCorpus { seed: 1, revision: 60, next_collection: 1 }, changes })
        .unwrap();
    assert!(store.text(key(1)).unwrap().is_some(), "it can be read until it is forgotten");
    for slot in &gone {
        store.forget(key(*slot));
    }
    // Once the disk fails; then nothing has moved.
    left.store(5000, Ordering::Relaxed);
    let mut outcomes = Vec::new();
    store
        .compact(&mut |texts| {
            outcomes.push(store.relocate(&texts));
            true
        })
        .unwrap();
    left.store(u64::MAX, Ordering::Relaxed);
    if outcomes.iter().any(Result::is_err) {
        store.settle().unwrap();
    }
    // The second time those that were written to the first time.
    for _ in 0..2 {
        store.compact(&mut |texts| store.relocate(&texts).is_ok()).unwrap();
    }
    assert!(size() < full / 2, "{} of {full} bytes are left", size());
    let check = |store: &Store| {
        for slot in 0..600 {
            let expected = (slot % 4 == 0).then(|| text(slot));
            assert_eq!(store.text(key(slot)).unwrap().as_deref(), expected.as_deref(), "{slot}");
        }
    };
    check(&store);
    drop(store);
    let (store, loaded) = open(folder.path(), &left).unwrap();
    assert_eq!(loaded.sources.len(), 150);
    check(&store);
}

#[test]
fn a_backup_is_whole_or_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (store, _) = open(&data, &Arc::new(AtomicU64::new(u64::MAX))).unwrap();
    put(&store, 0..40, 1).unwrap();
    let mut backup = Vec::new();
    assert_eq!(store.backup(&mut backup).unwrap(), BackedUp { revision: 1, collections: 0, sources: 40 });
    let restore = |bytes: &[u8], name: &str| {
        Store::restore(Path::new("the backup"), &mut &*bytes, &folder.path().join(name))
    };
    restore(&backup, "whole").unwrap();
    let directory = DataDirectory::open(&folder.path().join("whole")).unwrap();
    let (store, loaded) = Store::open(directory, 0).unwrap();
    assert_eq!(loaded.sources.len(), 40);
    assert_eq!(store.text(key(7)).unwrap().as_deref(), Some(text(7).as_str()));
    let refused = restore(&backup, "whole").unwrap_err();
    assert!(matches!(refused, StoreError::Exists { .. }), "{refused}");
    for cut in [0, 7, 15, 16, 40, backup.len() / 2, backup.len() - 1] {
        assert!(restore(&backup[..cut], "cut").is_err(), "{cut}");
    }
    for at in (0..backup.len()).step_by(61) {
        let mut bad = backup.clone();
        bad[at] ^= 0x10;
        let restored = restore(&bad, "bad");
        // Four bytes of the header are not used.
        assert!(restored.is_err() || (12..16).contains(&at), "{at}: {restored:?}");
        drop(fs::remove_dir_all(folder.path().join("bad")));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
}
