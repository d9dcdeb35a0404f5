//! A store whose disk fails.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use redb::backends::FileBackend;
use redb::{Database, StorageBackend};

use super::rows::record;
use super::*;
use crate::model::{CollectionName, FingerprintSettings, Profile, Slot, SourceRecord, Term};

/// A file that accepts a limited number of further bytes.
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
        let file = fs::OpenOptions::new().read(true).write(true).open(&path);
        let file = FileBackend::new(file.map_err(redb::Error::Io)?)?;
        let mut builder = Database::builder();
        builder.set_check_integrity_on_open(true);
        Ok(builder.create_with_backend(FailingFile { file, left: Arc::clone(&left) })?)
    })
}

fn key(slot: u32) -> SourceKey {
    SourceKey { collection: CollectionNumber(0), slot: Slot::new(slot).unwrap() }
}

fn profile(slot: u32) -> Profile {
    Profile::checked(vec![Term { key: slot, weight: 9 }]).unwrap()
}

fn source(slot: u32, added: u64) -> StoredSource {
    StoredSource {
        key: key(slot),
        record: SourceRecord {
            added,
            changed: added,
            words_digest: 1,
            content_digest: 1,
            ..record(&format!("source {slot}"), [1, 1, 1])
        },
        profile: Some(profile(slot)),
    }
}

fn text(slot: u32) -> String {
    format!("the text of source {slot} ").repeat(slot as usize % 50 + 1)
}

fn put(store: &Store, slots: std::ops::Range<u32>, revision: u64) -> Result<(), StoreError> {
    let sources: Vec<_> =
        slots.map(|slot| (source(slot, revision), store.pack(text(slot)).unwrap())).collect();
    let changes = sources
        .iter()
        .map(|(StoredSource { key, record, profile }, text)| {
            let profile = profile.as_ref().unwrap();
            RowChange::PutSource { key: *key, record, profile, text }
        })
        .collect();
    store.commit(&Batch {
        corpus: StoredCorpus {
            seed: 1,
            revision,
            next_collection: 1,
            log_position: None,
            algorithm_version: 2,
        },
        changes,
    })
}

const SMALL: u64 = 4096;

const DAY: Duration = Duration::from_hours(24);

/// A store whose ledger accepts a limited number of further bytes.
pub(crate) fn open(folder: &Path, left: &Arc<AtomicU64>) -> Result<(Store, Loaded), StoreError> {
    let mut directory = DataDirectory::create(folder).unwrap();
    if directory.is_new() {
        let default = StoredCollection {
            number: CollectionNumber(0),
            name: CollectionName::default(),
            settings: FingerprintSettings::default(),
            revision: 0,
        };
        let corpus = StoredCorpus {
            seed: 1,
            revision: 0,
            next_collection: 1,
            log_position: None,
            algorithm_version: 2,
        };
        Store::begin(&mut directory, corpus, vec![default])?;
    }
    let opener = opener(&directory.ledger(), left);
    Store::open_with(directory, 0, SMALL, opener)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whenever the disk fails, committed changes are there and others are not, everything can be read meanwhile, and
    /// the store works again when the disk does.
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
                prop_assert!(store.text(key(slot)).is_ok_and(|found| *found == *text(slot)));
            }
            if revision > 60 {
                break;
            }
        }
        drop(store);
        let (store, loaded) = open(folder.path(), &Arc::new(AtomicU64::new(u64::MAX))).unwrap();
        prop_assert_eq!(loaded.corpus.revision, revision);
        prop_assert_eq!(loaded.sources.len(), kept as usize);
        for slot in 0..kept {
            prop_assert!(store.text(key(slot)).is_ok_and(|found| *found == *text(slot)));
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
    let changes = gone.iter().map(|slot| RowChange::RemoveSource(key(*slot))).collect();
    store
        .commit(&Batch {
            corpus: StoredCorpus {
                seed: 1,
                revision: 60,
                next_collection: 1,
                log_position: None,
                algorithm_version: 2,
            },
            changes,
        })
        .unwrap();
    assert!(store.text(key(1)).is_ok(), "it can be read until it is forgotten");
    for slot in &gone {
        store.forget(key(*slot));
    }
    // The first time the disk fails, and nothing has moved.
    left.store(5000, Ordering::Relaxed);
    let mut outcomes = Vec::new();
    store
        .compact(DAY, &mut |texts| {
            outcomes.push(store.relocate(&texts));
            true
        })
        .unwrap();
    left.store(u64::MAX, Ordering::Relaxed);
    if outcomes.iter().any(Result::is_err) {
        store.settle().unwrap();
    }
    // The second time, the segments that were written to the first time.
    for _ in 0..2 {
        store.compact(DAY, &mut |texts| store.relocate(&texts).is_ok()).unwrap();
    }
    assert!(size() < full / 2, "{} of {full} bytes are left", size());
    let check = |store: &Store| {
        for slot in 0..600 {
            let expected = (slot % 4 == 0).then(|| text(slot));
            assert_eq!(store.text(key(slot)).ok().as_deref(), expected.as_deref(), "{slot}");
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
    assert_eq!(
        store.backup(&mut backup, None).unwrap(),
        BackedUp { revision: 1, collections: 1, sources: 40, scales: 0 }
    );
    let restore = |bytes: &[u8], name: &str| {
        Store::restore(Path::new("the backup"), &mut &*bytes, &folder.path().join(name))
    };
    restore(&backup, "whole").unwrap();
    let directory = DataDirectory::create(&folder.path().join("whole")).unwrap();
    let (store, loaded) = Store::open(directory, 0).unwrap();
    assert_eq!(loaded.sources.len(), 40);
    assert_eq!(store.text(key(7)).ok().as_deref(), Some(text(7).as_str()));
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

#[test]
fn space_is_given_back_in_proportion_to_what_lives() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path(), &Arc::new(AtomicU64::new(u64::MAX))).unwrap();
    let size = || -> u64 {
        let files = fs::read_dir(folder.path().join("texts")).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    };
    put(&store, 0..5, 1).unwrap();
    let once = size();
    // The same five sources again and again, in new slots, and the segment is never full.
    for revision in 1..200_u32 {
        let first = revision * 5;
        put(&store, first..first + 5, u64::from(revision)).unwrap();
        let changes = (first - 5..first).map(|slot| RowChange::RemoveSource(key(slot))).collect();
        let corpus = StoredCorpus {
            seed: 1,
            revision: u64::from(revision),
            next_collection: 1,
            log_position: None,
            algorithm_version: 2,
        };
        store.commit(&Batch { corpus, changes }).unwrap();
        (first - 5..first).for_each(|slot| store.forget(key(slot)));
        store.compact(DAY, &mut |texts| store.relocate(&texts).is_ok()).unwrap();
    }
    // Texts differ in length by up to fifty times.
    assert!(size() < 200 * once, "{} bytes for five texts, of {once} at first", size());
    assert!(size() < 4 * SMALL, "{} bytes", size());
    let segments = store.disk.as_ref().unwrap().ledger.view().unwrap().segments().unwrap();
    assert!(segments.len() <= 4, "rows of segments that are gone go too: {segments:?}");
}

#[test]
fn a_deleted_text_leaves_the_disk_when_its_time_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let left = Arc::new(AtomicU64::new(u64::MAX));
    let (store, _) = open(folder.path(), &left).unwrap();
    put(&store, 0..40, 1).unwrap();
    let holds = |slot: u32| {
        let PackedText::Frame { frame, .. } = store.pack(text(slot)).unwrap() else { panic!("plain") };
        let mut files = fs::read_dir(folder.path().join("texts")).unwrap();
        files.any(|file| {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            bytes.windows(frame.len()).any(|part| part == frame)
        })
    };
    assert!(holds(7) && holds(8));
    let changes = vec![RowChange::RemoveSource(key(7))];
    store
        .commit(&Batch {
            corpus: StoredCorpus {
                seed: 1,
                revision: 2,
                next_collection: 1,
                log_position: None,
                algorithm_version: 2,
            },
            changes,
        })
        .unwrap();
    store.forget(key(7));
    let compact = |after| store.compact(after, &mut |texts| store.relocate(&texts).is_ok()).unwrap();
    compact(DAY);
    assert!(holds(7), "it is little, and its time is not over");
    compact(Duration::ZERO);
    assert!(!holds(7) && holds(8));
    // Across a restart, too.
    let changes = vec![RowChange::RemoveSource(key(8))];
    store
        .commit(&Batch {
            corpus: StoredCorpus {
                seed: 1,
                revision: 3,
                next_collection: 1,
                log_position: None,
                algorithm_version: 2,
            },
            changes,
        })
        .unwrap();
    drop(store);
    let (store, _) = open(folder.path(), &left).unwrap();
    let since = store.disk.as_ref().unwrap().ledger.view().unwrap().segments().unwrap();
    assert!(since.values().any(|segment| segment.dead_since.is_some()), "{since:?}");
    store.compact(Duration::ZERO, &mut |texts| store.relocate(&texts).is_ok()).unwrap();
    let PackedText::Frame { frame, .. } = store.pack(text(8)).unwrap() else { panic!("plain") };
    for file in fs::read_dir(folder.path().join("texts")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(frame.len()).any(|part| part == frame));
    }
    assert!(!folder.path().join("strays").exists());
    for slot in (0..40).filter(|slot| ![7, 8].contains(slot)) {
        assert_eq!(store.text(key(slot)).ok().as_deref(), Some(text(slot).as_str()));
    }
}

#[test]
fn a_ledger_that_is_taken_away_takes_no_more_commits_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path(), &Arc::new(AtomicU64::new(u64::MAX))).unwrap();
    put(&store, 0..10, 1).unwrap();
    assert_eq!(store.check_files(), []);
    let (ledger, aside) = (folder.path().join("corpus.redb"), folder.path().join("aside"));
    let is_lost = |error: &StoreError| matches!(error, StoreError::Lost { .. });
    for replace in [false, true] {
        fs::rename(&ledger, &aside).unwrap();
        if replace {
            fs::copy(&aside, &ledger).unwrap();
        }
        let refused = put(&store, 10..12, 2).unwrap_err();
        assert!(is_lost(&refused), "{refused}");
        assert_eq!(store.check_files(), [refused]);
        assert_eq!(store.text(key(3)).ok().as_deref(), Some(text(3).as_str()));
        assert_eq!(
            store.backup(&mut Vec::new(), None).unwrap().sources,
            10,
            "what is open can still be saved"
        );
        fs::rename(&aside, &ledger).unwrap();
    }
    put(&store, 10..12, 2).unwrap();
    let whole = fs::metadata(&ledger).unwrap().len();
    fs::OpenOptions::new().write(true).open(&ledger).unwrap().set_len(whole / 2).unwrap();
    let refused = put(&store, 12..14, 3).unwrap_err();
    assert!(is_lost(&refused), "{refused}");
    assert_eq!(store.check_files(), [refused]);
    // The same for the lock, without which another process could take the folder.
    fs::OpenOptions::new().write(true).open(&ledger).unwrap().set_len(whole).unwrap();
    fs::remove_file(folder.path().join("palimpsest.lock")).unwrap();
    let refused = put(&store, 12..14, 3).unwrap_err();
    assert!(is_lost(&refused) && refused.to_string().contains("palimpsest.lock"), "{refused}");
    fs::remove_file(folder.path().join("palimpsest.format")).unwrap();
    assert!(store.check_files().iter().any(|error| error.to_string().contains("palimpsest.format")));
}

/// A read during which a commit fails gets the error to try again, not that the corpus is damaged.
#[test]
fn a_full_disk_is_no_damage_to_whoever_reads_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let left = Arc::new(AtomicU64::new(u64::MAX));
    let (store, _) = open(folder.path(), &left).unwrap();
    put(&store, 0..400, 1).unwrap();
    let mut read = 0;
    let outcome = store.rows(&mut |_| {
        if read == 0 {
            left.store(100, Ordering::Relaxed);
            let full = put(&store, 400..410, 2).unwrap_err();
            assert!(matches!(full, StoreError::Full { .. } | StoreError::Broken { .. }), "{full}");
            left.store(u64::MAX, Ordering::Relaxed);
        }
        read += 1;
    });
    if let Err(error) = outcome {
        assert!(matches!(error, StoreError::Interrupted { .. }), "{error}");
    } else {
        assert_eq!(read, 400);
    }
    drop(store.settle());
    let again = store.rows(&mut |_| {}).unwrap().unwrap();
    assert_eq!(again.revision, 1);
    assert_eq!(store.check_files(), []);
}
