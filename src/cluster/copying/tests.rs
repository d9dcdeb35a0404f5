//! Copies of partitions, without a network: from one corpus to the next.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::corpora::Corpora;
use super::taking::{NoCopy, install};
use crate::cluster::applying::entry::{LogEntry, LoggedChange};
use crate::cluster::applying::held::Held;
use crate::cluster::applying::meta::Meta;
use crate::cluster::applying::position::Position;
use crate::cluster::applying::sequenced::{Decision, Sequenced};
use crate::cluster::log::LogId;
use crate::corpus::ViewRequest;
use crate::engine::{Change, Engine, Outcome, Timestamp};
use crate::model::{
    Calibration, CollectionName, CorpusSeed, FingerprintSettings, IfExists, Limits, NewSource, RequestId,
    RequestKey, Scope, SourceFilter, SourceId, Stop, Visibility,
};

fn corpora(data_dir: &Path) -> Corpora {
    Corpora {
        data_dir: Some(data_dir.to_owned()),
        limits: Limits::default(),
        seed: CorpusSeed::new(3),
        cache_bytes: 0,
    }
}

fn held(data_dir: &Path) -> Held {
    Held::new(3, Arc::new(corpora(data_dir).open(LogId::Partition(3), &mut |_| {}).unwrap()))
}

fn logged(meta: u64, request: &str, change: Change) -> LogEntry {
    LogEntry::Change(Box::new(LoggedChange {
        operation: 1,
        meta,
        publisher: "a".to_owned(),
        change,
        request: (!request.is_empty()).then(|| RequestKey::new("me", RequestId::new(request).unwrap())),
        request_digest: None,
    }))
}

fn text(id: &str) -> String {
    let words: String = (0..40).map(|word| format!("word{} ", word * id.len() + word)).collect();
    format!("The keeper of light {id} wrote every storm into a ledger. {words}")
}

fn add(collection: &str, id: &str, meta: u64, request: &str) -> LogEntry {
    let source = NewSource::new(text(id)).with_id(SourceId::new(id).unwrap());
    let collection = CollectionName::new(collection).unwrap();
    logged(meta, request, Change::AddSource { collection, source, if_exists: IfExists::Reject })
}

fn delete(collection: &str, id: &str, request: &str) -> LogEntry {
    let (collection, id) = (CollectionName::new(collection).unwrap(), SourceId::new(id).unwrap());
    logged(0, request, Change::DeleteSource { collection, id })
}

/// Entries with the times of their sequence numbers, so that they are the same each time.
fn sequenced(from: u64, entries: Vec<LogEntry>) -> Vec<Sequenced> {
    let time = |sequence: u64| Timestamp::new(1_800_000_000 + i64::try_from(sequence).unwrap(), 0).unwrap();
    (from..)
        .zip(entries)
        .map(|(sequence, entry)| Sequenced { sequence, time: time(sequence), entry })
        .collect()
}

/// The collections `a` and `b`, of which `a` is calibrated.
fn meta() -> Meta {
    let meta = Meta::new(Arc::new(Engine::with_seed(Limits::default(), CorpusSeed::new(3))));
    let name = |name: &str| CollectionName::new(name).unwrap();
    let create = |collection: &str| Change::CreateCollection {
        collection: name(collection),
        settings: FingerprintSettings::default(),
    };
    let calibrate = Change::Calibrate { collection: name("a"), calibration: Calibration::default() };
    let entries = [create("a"), calibrate, create("b")].map(|change| logged(0, "", change));
    meta.apply(sequenced(1, entries.into()), &Stop::never()).1.unwrap();
    meta
}

fn apply(held: &Held, from: u64, entries: Vec<LogEntry>) -> Vec<Decision> {
    let (decisions, done) = held.apply(sequenced(from, entries), &meta(), &Stop::never());
    done.unwrap();
    decisions
}

/// What a caller learns of a decision.
fn told(decision: &Decision) -> String {
    match &decision.outcome {
        Ok(Outcome::SourceAdded(added)) => format!("{:?}", **added.entry),
        other => format!("{other:?}"),
    }
}

/// A copy of a partition as it is.
fn copy(held: &Held, file: PathBuf) -> PathBuf {
    let applied = held.applied().position.pack().unwrap();
    held.engine().copy(&mut File::create(&file).unwrap(), applied).unwrap();
    file
}

fn all_collections() -> Scope {
    let collections = ["default", "a", "b"].map(|name| CollectionName::new(name).unwrap());
    Scope { collections: collections.into(), ..Scope::default() }
}

/// Everything that later changes and reports depend on.
fn state(held: &Held) -> Vec<String> {
    let engine = held.engine();
    let mut state = vec![format!("{:?}", held.applied())];
    for mut info in engine.list_collections(&Visibility::all(), None, usize::MAX) {
        // The index of a corpus that grew has some room left.
        info.stats.index_bytes = 0;
        state.push(format!("{info:?}"));
        for entry in engine.list_sources(&info.name, None, usize::MAX).unwrap() {
            let found = engine.get_source(&info.name, &entry.id).unwrap();
            state.push(format!("{:?} {}", **entry, found.text));
        }
    }
    let options = crate::engine::DetectionOptions::default();
    let known = engine.list_collections(&Visibility::all(), None, usize::MAX);
    let scope = Scope { collections: known.into_iter().map(|info| info.name).collect(), ..Scope::default() };
    state.push(format!("{:?}", engine.check(&text("1"), &scope, &options, &Stop::never()).unwrap()));
    state
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

fn first_half() -> Vec<LogEntry> {
    vec![
        add("default", "1", 0, ""),
        add("a", "2", 1, "of-two"),
        add("a", "3", 2, ""),
        delete("a", "3", "of-the-deletion"),
        add("b", "4", 3, ""),
        // Nothing is stored for it, but it is applied.
        LogEntry::Follow { meta: 3 },
    ]
}

fn second_half() -> Vec<LogEntry> {
    vec![
        add("a", "2", 3, "of-two"),
        delete("a", "3", "of-the-deletion"),
        add("a", "2", 3, "another"),
        add("a", "3", 3, ""),
        add("b", "1", 3, "of-one"),
    ]
}

#[test]
fn a_copy_goes_on_as_the_original_does() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (original, copied) = (held(here.path()), held(there.path()));
    apply(&original, 1, first_half());
    let copy = copy(&original, here.path().join("copy"));
    let reached = install(&corpora(there.path()), &copied, &copy, 6).unwrap();
    assert_eq!(reached, Position { sequence: 6, meta: 3 });
    assert_eq!(state(&copied), state(&original));
    let [of_original, of_copy] = [&original, &copied].map(|held| {
        let decided = apply(held, 7, second_half());
        assert!(matches!(decided[0].outcome, Ok(Outcome::SourceAdded(_))));
        decided.iter().map(told).collect::<Vec<_>>()
    });
    assert_eq!(of_copy.len(), 5);
    assert_eq!(of_copy, of_original, "also of requests that are sent again");
    assert!(of_copy[2].starts_with("Err(SourceExists"), "{of_copy:?}");
    assert_eq!(state(&copied), state(&original));
    // It is all there after a restart, under the name of the partition.
    let before = state(&copied);
    copied.engine().close();
    drop(copied);
    assert_eq!(names(there.path()), ["p03.1"]);
    corpora(there.path()).settle(&[3]).unwrap();
    assert_eq!(names(there.path()), ["p03"]);
    assert_eq!(state(&held(there.path())), before);
}

#[test]
fn a_copy_that_can_not_be_used_leaves_all_as_it_was() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (original, copied) = (held(here.path()), held(there.path()));
    apply(&original, 1, first_half());
    apply(&copied, 1, first_half().drain(..2).collect());
    let before = state(&copied);
    let copy = copy(&original, here.path().join("copy"));
    let bytes = fs::read(&copy).unwrap();
    let cut = here.path().join("cut");
    fs::write(&cut, &bytes[..bytes.len() - 1]).unwrap();
    for (copy, beyond, expected) in
        [(&cut, 6, "it is cut off"), (&copy, 7, "it ends with entry 6, before entry 7")]
    {
        let refused = install(&corpora(there.path()), &copied, copy, beyond).unwrap_err();
        assert!(matches!(&refused, NoCopy::Failed(_)) && refused.to_string().contains(expected), "{refused}");
        assert_eq!((state(&copied), names(there.path())), (before.clone(), vec!["p03".to_owned()]));
    }
    apply(&copied, 3, first_half().drain(2..).collect());
    assert_eq!(state(&copied), state(&original));
}

/// Searches that have begun read the corpus of before to their end, and later ones that of after; both answer the same.
#[test]
fn searches_go_on_while_a_copy_takes_the_place_of_a_partition() {
    let folder = tempfile::tempdir().unwrap();
    let held = held(folder.path());
    apply(&held, 1, first_half());
    let expected = state(&held);
    let copy = copy(&held, folder.path().join("copy"));
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let searching: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut searches = 0;
                    while !is_done.load(Ordering::Relaxed) {
                        assert_eq!(state(&held), expected);
                        searches += 1;
                    }
                    searches
                })
            })
            .collect();
        let scope = all_collections();
        let (others, own_groups) = (BTreeSet::new(), BTreeSet::new());
        let request = ViewRequest { scope: &scope, others: &others, own_groups: &own_groups, sources: &[] };
        let first = held.engine();
        let view = first.view(&request).unwrap();
        for _ in 0..3 {
            install(&corpora(folder.path()), &held, &copy, 6).unwrap();
        }
        // The folder of the first is gone.
        assert_eq!(names(folder.path()), ["copy", "p03.3"]);
        let name = CollectionName::new("a").unwrap();
        assert_eq!(&*first.get_source(&name, &SourceId::new("2").unwrap()).unwrap().text, text("2"));
        let filter = SourceFilter::default();
        assert_eq!(first.select_sources(&name, &filter, None, 9, &Stop::never()).unwrap().sources.len(), 1);
        drop(view);
        is_done.store(true, Ordering::Relaxed);
        for searches in searching {
            assert!(searches.join().unwrap() > 0);
        }
    });
    // The one before refuses changes, and the present one makes them.
    apply(&held, 7, second_half());
    assert_eq!(held.applied().position.sequence, 11);
}
