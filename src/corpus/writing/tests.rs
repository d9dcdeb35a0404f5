//! Limits, emptied collections and full disks, under many writers at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::pending::{Pending, Work};
use super::prepare::{IdCheck, Prepared};
use crate::corpus::changes::{Change, CollectionDeleted, Operation, Outcome, content_digest, wait};
use crate::corpus::opening::open_store;
use crate::engine::{
    Added, CollectionName, DetectionOptions, Engine, Error, FingerprintSettings, IfExists, Limits, NewSource,
    RequestId, RequestKey, Scope, SourceId, Stop, Visibility,
};
use crate::store::StoreError;

/// Words of one length each, so that texts of as many have as many bytes.
fn text(number: u64, words: u64) -> String {
    let words: Vec<String> = (0..words)
        .map(|place| {
            let bits = (number << 20 | place).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let letter = |at: u64| char::from(b'a' + (bits >> (8 * at)) as u8 % 26);
            (0..8).map(letter).collect()
        })
        .collect();
    words.join(" ")
}

fn id(id: &str) -> SourceId {
    SourceId::new(id).unwrap()
}

fn name(name: &str) -> CollectionName {
    CollectionName::new(name).unwrap()
}

fn source(name: &str, text: String) -> NewSource {
    NewSource { id: Some(id(name)), text, ..NewSource::default() }
}

fn add(engine: &Engine, name: &str, text: String, if_exists: IfExists) -> Result<Added, Error> {
    engine.add_source(&CollectionName::default(), source(name, text), if_exists)
}

/// One engine in memory, where the caller commits, and one on disk, where a thread does.
fn engines(folder: &Path, limits: Limits) -> [Engine; 2] {
    let on_disk = Engine::open(folder, limits, 1 << 20, &mut |_| {}).unwrap();
    [Engine::with_limits(limits).unwrap(), on_disk]
}

fn assert_sound(engine: &Engine) {
    let mut findings = Vec::new();
    let each = &mut |verified: crate::engine::Verified| {
        findings.extend(verified.findings);
        std::ops::ControlFlow::Continue(())
    };
    engine.verify(&Stop::never(), each).unwrap();
    assert_eq!(findings, []);
}

const MOST: usize = 20;
const WORDS: u64 = 30;

/// Limits that `MOST` texts of `WORDS` words meet: of sources, and of bytes.
fn limits() -> [Limits; 2] {
    let max_collection_bytes = (text(0, WORDS).len() * MOST) as u64;
    [
        Limits { max_sources_per_collection: MOST, ..Limits::default() },
        Limits { max_collection_bytes, ..Limits::default() },
    ]
}

/// Adds sources until there is no more room, and gives how many there are then; each can be replaced still.
fn fill(engine: &Engine) -> usize {
    let mut refused = None;
    for number in 0..10 * MOST as u64 {
        if let Err(error) = add(engine, &format!("fill {number}"), text(number, WORDS), IfExists::Replace) {
            refused = Some(error);
            break;
        }
    }
    let is_full =
        |error| matches!(error, Error::TooManySources { .. } | Error::TooManyCollectionBytes { .. });
    assert!(refused.is_some_and(is_full));
    let there = engine.list_sources(&CollectionName::default(), None, usize::MAX).unwrap();
    for (entry, number) in there.iter().zip(1_000..) {
        add(engine, entry.id.as_str(), text(number, WORDS), IfExists::Replace).unwrap();
    }
    there.len()
}

#[test]
fn slots_of_sources_that_were_replaced_or_deleted_make_no_room_past_the_limit() {
    for limits in limits() {
        let engine = Engine::with_limits(limits).unwrap();
        for number in 0..300 {
            add(&engine, &format!("{}", number % 10), text(number, WORDS), IfExists::Replace).unwrap();
        }
        assert_eq!(fill(&engine), MOST);
        for _ in 0..20 {
            let there = engine.list_sources(&CollectionName::default(), None, usize::MAX).unwrap();
            for entry in there.iter().step_by(2) {
                engine.delete_source(&CollectionName::default(), &entry.id).unwrap();
            }
            assert_eq!(fill(&engine), MOST);
        }
    }
}

/// Counts a thread as running until it ends, however it does.
struct Running<'a>(&'a AtomicU64);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Replaces its own source, which is there, and adds, replaces and deletes those that all threads share.
fn write(engine: &Engine, thread: u64) {
    let default = CollectionName::default();
    let mine = format!("mine {thread}");
    for round in 0..120_u64 {
        let number = (thread * 1_000 + round) * 7 + 100;
        let any = format!("{}", number % 31);
        // A source can always be replaced by one of the same size.
        add(engine, &mine, text(number, WORDS), IfExists::Replace).unwrap();
        let done = match number % 3 {
            0 => engine.delete_source(&default, &id(&any)).map(drop),
            1 => add(engine, &any, text(number, WORDS), IfExists::Reject).map(drop),
            _ => add(engine, &any, text(number, WORDS), IfExists::Replace).map(drop),
        };
        match done {
            Ok(())
            | Err(
                Error::SourceExists { .. }
                | Error::SourceNotFound { .. }
                | Error::TooManySources { .. }
                | Error::TooManyCollectionBytes { .. },
            ) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn limits_hold_at_every_moment_and_can_be_reached() {
    for limits in limits() {
        let folder = tempfile::tempdir().unwrap();
        for engine in &engines(folder.path(), limits) {
            let (threads, most_bytes) = (8, (text(0, WORDS).len() * MOST) as u64);
            let running = &AtomicU64::new(threads);
            for thread in 0..threads {
                add(engine, &format!("mine {thread}"), text(thread, WORDS), IfExists::Reject).unwrap();
            }
            std::thread::scope(|scope| {
                for thread in 0..threads {
                    scope.spawn(move || {
                        let _running = Running(running);
                        write(engine, thread);
                    });
                }
                while running.load(Ordering::Relaxed) > 0 {
                    let stats = engine.get_collection(&CollectionName::default()).unwrap().stats;
                    assert!(stats.sources <= MOST as u64 && stats.text_bytes <= most_bytes, "{stats:?}");
                    std::thread::yield_now();
                }
            });
            assert_eq!(fill(engine), MOST);
            assert_sound(engine);
        }
    }
}

#[test]
fn there_are_never_more_collections_than_may_be() {
    let limits = Limits { max_collections: 4, ..Limits::default() };
    let folder = tempfile::tempdir().unwrap();
    for engine in engines(folder.path(), limits) {
        let running = AtomicU64::new(6);
        std::thread::scope(|scope| {
            for thread in 0..6 {
                let (engine, running) = (&engine, &running);
                scope.spawn(move || {
                    let _running = Running(running);
                    let own = name(&format!("c{thread}"));
                    for _ in 0..30 {
                        match engine.create_collection(&own, FingerprintSettings::default()) {
                            Ok(_) => drop(engine.delete_collection(&own).unwrap()),
                            Err(error) => assert!(matches!(error, Error::TooManyCollections { .. })),
                        }
                    }
                });
            }
            while running.load(Ordering::Relaxed) > 0 {
                assert!(engine.list_collections(&Visibility::all(), None, 10).len() <= 4);
                std::thread::yield_now();
            }
        });
        for number in 0..3 {
            let full = name(&format!("full{number}"));
            engine.create_collection(&full, FingerprintSettings::default()).unwrap();
        }
        let one_more = engine.create_collection(&name("more"), FingerprintSettings::default());
        assert_eq!(one_more.unwrap_err(), Error::TooManyCollections { max_collections: 4 });
    }
}

/// Stops all threads of a test when one ends or fails.
struct Stopping<'a>(&'a AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "adding, reading and emptying belong together")]
fn the_default_collection_takes_sources_and_checks_while_it_is_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let default = &CollectionName::default();
    for engine in &engines(folder.path(), Limits::default()) {
        let stop = &AtomicBool::new(false);
        let (emptied, tried) = (&AtomicU64::new(0), &AtomicU64::new(0));
        let add = |thread: u64, number: u64| {
            let name = format!("{thread} {number}");
            let key = || RequestKey::new("", RequestId::new(&name.replace(' ', "-")).unwrap());
            let words = text(thread << 16 | number, 40);
            let add = || {
                let source = source(&name, words.clone());
                wait(|done| engine.submit_source(default, source, IfExists::Reject, Some(key()), done))
            };
            let added = add().unwrap_or_else(|error| panic!("{name}: {error}"));
            // Sent again, it gets the same answer, and is done no second time.
            assert_eq!(add().unwrap().entry.added, added.entry.added);
            added
        };
        let mut acknowledged = BTreeMap::new();
        std::thread::scope(|scope| {
            let adders: Vec<_> = (0..4)
                .map(|thread| {
                    scope.spawn(move || {
                        let _stopping = Stopping(stop);
                        let mut acknowledged = Vec::new();
                        for number in 0.. {
                            let added = add(thread, number);
                            tried.fetch_add(1, Ordering::Relaxed);
                            if number % 5 == 4 {
                                match engine.delete_source(default, &added.entry.id) {
                                    Ok(_) | Err(Error::SourceNotFound { .. }) => {}
                                    Err(error) => panic!("{error}"),
                                }
                            } else {
                                acknowledged.push((added.entry.added, added.entry.id.clone()));
                            }
                            if stop.load(Ordering::Relaxed) {
                                break;
                            }
                        }
                        acknowledged
                    })
                })
                .collect();
            scope.spawn(move || {
                let _stopping = Stopping(stop);
                while !stop.load(Ordering::Relaxed) {
                    engine.get_collection(default).unwrap();
                    assert_eq!(engine.list_collections(&Visibility::all(), None, 10).len(), 1);
                    engine.list_sources(default, None, 10).unwrap();
                    let emptied = emptied.load(Ordering::Relaxed);
                    let (scope, options) = (Scope::default(), DetectionOptions::default());
                    let report = engine.check(&text(7, 40), &scope, &options, &Stop::never()).unwrap();
                    assert!(report.corpus_revision >= emptied, "{} {emptied}", report.corpus_revision);
                }
            });
            let _stopping = Stopping(stop);
            for round in 0.. {
                let CollectionDeleted { revision, .. } = engine.delete_collection(default).unwrap();
                emptied.store(revision, Ordering::Relaxed);
                if stop.load(Ordering::Relaxed) || round >= 60 && tried.load(Ordering::Relaxed) >= 600 {
                    break;
                }
                std::thread::yield_now();
            }
            stop.store(true, Ordering::Relaxed);
            for adder in adders {
                acknowledged.extend(adder.join().unwrap());
            }
        });
        let emptied = emptied.load(Ordering::Relaxed);
        let there = engine.list_sources(default, None, usize::MAX).unwrap();
        let there: BTreeMap<u64, SourceId> = there.iter().map(|e| (e.added, e.id.clone())).collect();
        let after: BTreeMap<u64, SourceId> = acknowledged.split_off(&emptied);
        // One that is to be deleted may be there, if the emptying came before.
        assert!(after.iter().all(|added| there.get(added.0) == Some(added.1)), "{after:?} {there:?}");
        assert!(there.keys().all(|added| *added > emptied));
        assert!(acknowledged.len() > 300, "{} were added meanwhile", acknowledged.len());
        assert_sound(engine);
        engine.delete_collection(default).unwrap();
    }
}

/// Makes a source ready for the collection that there is now.
fn prepared(engine: &Engine, collection: &CollectionName, source: NewSource) -> Box<Prepared> {
    let corpus = engine.state();
    let digest = content_digest(&source.text, source.details(), corpus.seed);
    let collection = corpus.collection(collection).unwrap();
    Box::new(corpus.prepare_for(collection, source, digest, IdCheck::Early).unwrap())
}

/// Gives a prepared source to the committer.
fn hand_over(
    engine: &Engine,
    source: Box<Prepared>,
    done: impl FnOnce(Result<Outcome, Error>) + Send + 'static,
) {
    let collection = source.collection.name.clone();
    let work = Work::Change(Change::AddSource { collection, source, if_exists: IfExists::Reject });
    engine.writer().hand_over(Pending {
        work,
        ticket: None,
        position: None,
        time: None,
        done: Box::new(done),
    });
}

fn submit(engine: &Engine, source: Box<Prepared>) -> Result<Added, Error> {
    wait(|done| hand_over(engine, source, move |outcome| done(outcome.and_then(Outcome::into_added))))
}

#[test]
fn what_was_prepared_for_a_collection_goes_into_the_one_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for engine in engines(folder.path(), Limits::default()) {
        let essays = name("essays");
        let with = |kgram| FingerprintSettings::new(kgram, 4).unwrap();
        engine.create_collection(&essays, with(4)).unwrap();
        let sources: Vec<_> =
            (0..4).map(|n| prepared(&engine, &essays, source(&format!("{n}"), text(n, 20)))).collect();
        let short = prepared(&engine, &essays, source("short", text(9, 8)));
        engine.delete_collection(&essays).unwrap();
        let mut sources = sources.into_iter();
        let gone = submit(&engine, sources.next().unwrap()).unwrap_err();
        assert_eq!(gone, Error::CollectionNotFound(essays.clone()));
        engine.create_collection(&essays, with(12)).unwrap();
        let added = submit(&engine, sources.next().unwrap()).unwrap();
        assert_eq!(added.entry.id, id("1"));
        assert!(matches!(submit(&engine, short), Err(Error::TooFewWords { kgram_tokens: 12, .. })));
        // A source that is there already is found by one that was prepared before, too.
        engine.add_source(&essays, source("2", text(77, 20)), IfExists::Reject).unwrap();
        assert!(matches!(submit(&engine, sources.next().unwrap()), Err(Error::SourceExists { .. })));
        // One for the old and one for the new, in one commit as it may be: the first wins.
        let new = prepared(&engine, &essays, source("3", text(78, 20)));
        let (sender, answered) = std::sync::mpsc::channel();
        for source in [sources.next().unwrap(), new] {
            let sender = sender.clone();
            hand_over(&engine, source, move |outcome| sender.send(outcome.is_ok()).unwrap());
        }
        let mut answered: Vec<bool> = answered.iter().take(2).collect();
        answered.sort_unstable();
        assert_eq!(answered, [false, true]);
        let scope = Scope { collections: [essays.clone()].into(), ..Scope::default() };
        for number in [1, 3, 77] {
            let found = engine.check(&text(number, 20), &scope, &DetectionOptions::default(), &Stop::never());
            assert_eq!(found.unwrap().coverage.words, 20, "{number}");
        }
        assert_sound(&engine);
    }
}

#[test]
fn of_many_that_were_prepared_at_once_as_many_are_added_as_may_be() {
    for limits in limits() {
        let folder = tempfile::tempdir().unwrap();
        for engine in &engines(folder.path(), limits) {
            let default = &CollectionName::default();
            let make = |number| prepared(engine, default, source(&format!("{number}"), text(number, WORDS)));
            let (sender, answered) = std::sync::mpsc::channel();
            let all: Vec<_> = (0..3 * MOST as u64).map(make).collect();
            for source in all {
                let sender = sender.clone();
                hand_over(engine, source, move |outcome| sender.send(outcome.is_ok()).unwrap());
            }
            assert_eq!(answered.iter().take(3 * MOST).filter(|added| *added).count(), MOST);
            let (bytes, slots_before) = (index_bytes(engine), slots(engine));
            // One that was replacing another, which is gone by then, is one more.
            let replacing = prepared(engine, default, source("0", text(500, WORDS)));
            engine.delete_source(default, &id("0")).unwrap();
            add(engine, "another", text(501, WORDS), IfExists::Reject).unwrap();
            let refused = submit(engine, replacing).unwrap_err();
            let is_full =
                matches!(refused, Error::TooManySources { .. } | Error::TooManyCollectionBytes { .. });
            assert!(is_full, "{refused}");
            assert_eq!((slots(engine), fill(engine)), (slots_before, MOST));
            assert!(index_bytes(engine) <= bytes * 2, "{bytes} bytes became {}", index_bytes(engine));
            assert_sound(engine);
        }
    }
}

fn index_bytes(engine: &Engine) -> u64 {
    engine.get_collection(&CollectionName::default()).unwrap().stats.index_bytes
}

/// Waits for something, for a limited time.
fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::yield_now();
    }
}

/// A corpus on a disk that takes so many bytes more.
fn on_a_failing_disk(folder: &Path, left: &Arc<AtomicU64>) -> Engine {
    let store = crate::store::tests::open(folder, left).unwrap();
    Engine::of(open_store(store, Limits::default(), &mut |_| {}).unwrap())
}

fn slots(engine: &Engine) -> usize {
    engine.state().collection(&CollectionName::default()).unwrap().catalogue.read().slot_count()
}

#[test]
#[expect(clippy::too_many_lines, reason = "the fate of the corpus from the full disk to the restart")]
fn what_a_full_disk_refuses_leaves_nothing_behind() {
    const ROUNDS: u64 = 40;
    const EACH: u64 = 50;
    let folder = tempfile::tempdir().unwrap();
    let left = Arc::new(AtomicU64::new(u64::MAX));
    let engine = on_a_failing_disk(folder.path(), &left);
    let default = &CollectionName::default();
    let mut kept = BTreeSet::new();
    for number in 0..100 {
        let name = format!("kept {number}");
        add(&engine, &name, text(number, 200), IfExists::Reject).unwrap();
        kept.insert(id(&name));
    }
    let (bytes, slots_before, mut refused) = (index_bytes(&engine), slots(&engine), 0);
    for round in 0..ROUNDS {
        // In another place of the commit each time; at times the ledger can't be opened again either.
        left.store(round * 700, Ordering::Relaxed);
        let engine = &engine;
        let try_all = |thread| {
            let mine = (0..EACH).map(|place| round * EACH + place).filter(move |number| number % 2 == thread);
            let add = |number| {
                let name = format!("tried {number}");
                let source = source(&name, text(1_000 + number, 200));
                (id(&name), submit(engine, prepared(engine, default, source)))
            };
            mine.map(add).collect::<Vec<_>>()
        };
        let tried: Vec<_> = std::thread::scope(|scope| {
            let threads = [0, 1].map(|thread| scope.spawn(move || try_all(thread)));
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        for (id, added) in tried {
            match added {
                Ok(_) => drop(kept.insert(id)),
                Err(Error::Store(error @ (StoreError::Full { .. } | StoreError::Broken { .. }))) => {
                    let error = error.to_string();
                    assert!(error.contains("full") && error.contains("corpus.redb"), "{error}");
                    refused += 1;
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert!(refused > 1_000, "{refused}");
    left.store(u64::MAX, Ordering::Relaxed);
    eventually("there is room, but nothing is added", || {
        add(&engine, "first", text(1, 200), IfExists::Reject).is_ok()
    });
    kept.insert(id("first"));
    let there = |engine: &Engine| -> BTreeSet<SourceId> {
        engine.list_sources(default, None, usize::MAX).unwrap().iter().map(|entry| entry.id.clone()).collect()
    };
    // A commit in doubt may have been kept after all.
    assert!(there(&engine).is_superset(&kept));
    let more = there(&engine).len() as u64 - 100;
    assert!(more < 100 + ROUNDS * 2, "{more}");
    let enough = (bytes + bytes / 100 * more) * 3 / 2;
    assert!(index_bytes(&engine) <= enough, "{} bytes of {enough}", index_bytes(&engine));
    // Of each thread one that is being added, one in doubt, and one that was in doubt.
    assert!(slots(&engine) <= slots_before + more as usize + 6, "{} slots", slots(&engine));
    assert_sound(&engine);
    for number in 0..20 {
        add(&engine, &format!("after {number}"), text(5_000 + number, 200), IfExists::Reject).unwrap();
    }
    let before = there(&engine);
    drop(engine);
    let engine = on_a_failing_disk(folder.path(), &left);
    assert_eq!(there(&engine), before);
    assert_sound(&engine);
}

/// A log of changes of some collections, with positions that have gaps.
fn change_log() -> Vec<Operation> {
    let essays = name("essays");
    let add = |collection: &CollectionName, id: &str, number, if_exists| Change::AddSource {
        collection: collection.clone(),
        source: source(id, text(number, 30)),
        if_exists,
    };
    let mut changes = vec![Change::CreateCollection {
        collection: essays.clone(),
        settings: FingerprintSettings::default(),
    }];
    for number in 0..60 {
        let (collection, id_) =
            (if number % 3 == 0 { &essays } else { &CollectionName::default() }, number % 7);
        changes.push(add(collection, &id_.to_string(), number, IfExists::Replace));
        // The same source again, in the same batch: applied in order, each sees the one before.
        if number % 5 == 0 {
            changes.push(Change::DeleteSource { collection: collection.clone(), id: id(&id_.to_string()) });
            changes.push(add(collection, &id_.to_string(), 100 + number, IfExists::Reject));
        }
        if number == 30 {
            changes.push(Change::DeleteCollection { collection: essays.clone() });
            // Refused: it counts as applied.
            changes.push(add(&essays, "refused", 999, IfExists::Reject));
            changes.push(Change::CreateCollection {
                collection: essays.clone(),
                settings: FingerprintSettings::new(4, 3).unwrap(),
            });
        }
    }
    let operation = |(change, at): (Change, u64)| {
        let request = RequestKey::new("log", RequestId::new(&format!("op-{at}")).unwrap());
        Operation::new(change).with_request(request).at_position(3 * at + 1)
    };
    changes.into_iter().zip(0..).map(operation).collect()
}

/// All sources of all collections, with the revisions at which they were added.
fn contents(engine: &Engine) -> Vec<(CollectionName, SourceId, u64, Arc<str>)> {
    let collections = engine.list_collections(&Visibility::all(), None, usize::MAX);
    let sources = collections.into_iter().flat_map(|info| {
        let of = engine.list_sources(&info.name, None, usize::MAX).unwrap();
        of.into_iter().map(move |entry| (info.name.clone(), entry))
    });
    sources
        .map(|(name, entry)| {
            let text = engine.get_source(&name, &entry.id).unwrap().text;
            (name, entry.id.clone(), entry.added, text)
        })
        .collect()
}

#[test]
fn a_log_is_applied_in_order_and_goes_on_after_restarts() {
    let log = change_log();
    let last = log.last().and_then(|operation| operation.position);
    let whole = Engine::with_seed(Limits::default(), crate::engine::CorpusSeed::new(1));
    let outcomes = whole.apply(log.clone(), &Stop::never());
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(refused, [&Error::CollectionNotFound(name("essays"))]);
    assert_eq!(whole.log_position(), last);

    let folder = tempfile::tempdir().unwrap();
    let open = || Engine::open(folder.path(), Limits::default(), 0, &mut |_| {}).unwrap();
    let mut applied = 0;
    for size in [1, 2, 30, 7, 50, 200] {
        let engine = open();
        let position = engine.log_position();
        assert_eq!(position, log[..applied].last().and_then(|operation| operation.position));
        // Some that were applied are sent again: they get their first outcomes, or are refused.
        let from = applied - applied.min(3);
        let batch: Vec<_> = log[from..].iter().take(applied - from + size).cloned().collect();
        let sent = batch.len();
        let outcomes = engine.apply(batch, &Stop::never());
        for (outcome, again) in outcomes.iter().take(applied - from).zip(&log[from..]) {
            match outcome {
                Ok(_) => {}
                Err(Error::AlreadyApplied { position, applied }) => {
                    assert!(Some(*position) == again.position && *applied >= *position);
                }
                Err(error) => panic!("{error}"),
            }
        }
        applied = from + sent;
        // Without a close: the position is durable when the outcome is known.
        drop(engine);
    }
    let engine = open();
    assert_eq!((applied, engine.log_position()), (log.len(), last));
    assert_eq!(contents(&engine), contents(&whole));
    assert_eq!(engine.corpus().stats.revision, whole.corpus().stats.revision);
    assert_sound(&engine);
    let stop = Stop::never();
    stop.call_off();
    let more = Operation::new(Change::DeleteCollection { collection: name("essays") }).at_position(9_999);
    assert!(matches!(engine.apply(vec![more], &stop)[..], [Err(Error::Stopped(_))]));
    assert_eq!(engine.log_position(), last);
}

#[test]
fn a_log_that_a_full_disk_interrupts_leaves_no_gap() {
    let folder = tempfile::tempdir().unwrap();
    let left = Arc::new(AtomicU64::new(u64::MAX));
    let engine = on_a_failing_disk(folder.path(), &left);
    let whole = Engine::with_seed(Limits::default(), crate::engine::CorpusSeed::new(1));
    let log = change_log();
    let _ = whole.apply(log.clone(), &Stop::never());
    let (mut interrupted, mut tries) = (0, 0_u64);
    while engine.log_position() != log.last().and_then(|operation| operation.position) {
        tries += 1;
        assert!(tries < 10_000, "the log makes no progress");
        left.store(if tries.is_multiple_of(4) { u64::MAX } else { tries * 300 }, Ordering::Relaxed);
        let position = engine.log_position();
        let is_left = |operation: &&Operation| operation.position > position;
        let batch: Vec<_> = log.iter().filter(is_left).take(9).cloned().collect();
        let outcomes = engine.apply(batch, &Stop::never());
        let failed = |outcome: &Result<Outcome, Error>| {
            matches!(outcome, Err(Error::Store(_) | Error::LogInterrupted { .. }))
        };
        // After one that failed none is made.
        let first = outcomes.iter().position(failed).unwrap_or(outcomes.len());
        assert!(outcomes[first..].iter().all(failed), "{outcomes:?}");
        interrupted += usize::from(first < outcomes.len());
    }
    assert!(interrupted > 3, "{interrupted}");
    left.store(u64::MAX, Ordering::Relaxed);
    let strip = |contents: Vec<(CollectionName, SourceId, u64, Arc<str>)>| -> Vec<_> {
        contents.into_iter().map(|(collection, id, _, text)| (collection, id, text)).collect()
    };
    assert_eq!(strip(contents(&engine)), strip(contents(&whole)));
    assert_sound(&engine);
}
