//! Readers see one state, and nobody waits for anybody for good, whatever is written and deleted meanwhile.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use palimpsest::fingerprint::FingerprintSettings;
use palimpsest::{
    CollectionName, DetectionOptions, Engine, Error, IfExists, Limits, NewSource, Scope, SourceId, Stop,
};

use crate::words::Words;

fn name(name: &str) -> CollectionName {
    CollectionName::new(name).unwrap()
}

fn source(number: u64, text: String) -> NewSource {
    NewSource { id: Some(SourceId::new(&format!("s{number}")).unwrap()), ..NewSource::new(text) }
}

/// What an environment variable says, or a figure for every run of the tests.
fn figure(variable: &str, ordinary: u64) -> u64 {
    std::env::var(variable).ok().and_then(|figure| figure.parse().ok()).unwrap_or(ordinary)
}

/// `PALIMPSEST_VERIFY_SECONDS` makes it longer.
#[test]
fn verify_finds_nothing_wrong_while_sources_are_replaced_and_collections_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Limits::default(), 1 << 20, &mut |_| {}).unwrap();
    let default = CollectionName::default();
    for number in 0..40 {
        engine.add_source(&default, source(number, Words::new(number).text(60)), IfExists::Reject).unwrap();
    }
    let until = Instant::now() + Duration::from_secs(figure("PALIMPSEST_VERIFY_SECONDS", 3));
    let writes = AtomicU64::new(0);
    let is_over = || Instant::now() > until;
    let replace = |seed: u64| {
        let mut words = Words::new(seed);
        while !is_over() {
            let number = words.below(40) as u64;
            if words.below(4) == 0 {
                drop(engine.delete_source(&default, &SourceId::new(&format!("s{number}")).unwrap()));
            }
            engine.add_source(&default, source(number, words.text(60)), IfExists::Replace).unwrap();
            writes.fetch_add(1, Ordering::Relaxed);
        }
    };
    let come_and_go = || {
        let (passing, mut words) = (name("passing"), Words::new(77));
        while !is_over() {
            engine.create_collection(&passing, FingerprintSettings::default()).unwrap();
            for number in 0..12 {
                engine.add_source(&passing, source(number, words.text(40)), IfExists::Reject).unwrap();
            }
            engine.delete_collection(&passing).unwrap();
            writes.fetch_add(14, Ordering::Relaxed);
        }
    };
    let mut runs = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| replace(1));
        scope.spawn(|| replace(2));
        scope.spawn(come_and_go);
        while !is_over() {
            let mut findings = Vec::new();
            engine
                .verify(&Stop::never(), &mut |verified| {
                    findings.extend(verified.findings);
                    ControlFlow::Continue(())
                })
                .unwrap();
            assert_eq!(findings, [], "after {runs} runs");
            runs += 1;
        }
    });
    assert!(runs >= 5 && writes.load(Ordering::Relaxed) > 50, "{runs} runs, {writes:?} writes");
}

/// Deletes a collection that many checks look at, on threads that also help one another, as the server's do.
/// `PALIMPSEST_DELETION_ROUNDS` makes it longer.
#[test]
fn checks_and_the_deletion_of_their_collection_always_end() {
    const CHECKS: usize = 24;
    let engine = Arc::new(Engine::in_memory().unwrap());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let text = Words::new(5).text(400);
    // Long enough for a deletion to come between the beginning of a check and its look at the collection.
    let submission = format!("{text} {}", Words::new(6).text(6_000));
    for round in 0..figure("PALIMPSEST_DELETION_ROUNDS", 12) {
        let (passing, boilerplate) = (name("passing"), name("boilerplate"));
        for collection in [&passing, &boilerplate] {
            engine.create_collection(collection, FingerprintSettings::default()).unwrap();
        }
        for number in 0..40 {
            let similar = format!("{} {text}", Words::new(100 + number).text(5));
            engine.add_source(&passing, source(number, similar), IfExists::Reject).unwrap();
        }
        engine.add_source(&boilerplate, source(0, Words::new(9).text(50)), IfExists::Reject).unwrap();
        let (ended, all) = channel();
        let (begun, first) = channel();
        let replaces = Arc::new(AtomicBool::new(true));
        for which in 0..CHECKS {
            let (engine, ended, submission, passing) =
                (engine.clone(), ended.clone(), submission.clone(), passing.clone());
            let begun = begun.clone();
            pool.spawn(move || {
                let _ = begun.send(());
                let scope = Scope { collections: [passing].into(), ..Scope::default() };
                let mut options = DetectionOptions::default();
                if which % 3 == 0 {
                    options.exclusions.boilerplate_collections.insert(name("boilerplate"));
                }
                let checked = engine.check(&submission, &scope, &options, &Stop::never());
                drop(ended.send(checked.map(drop)));
            });
        }
        let writer = std::thread::spawn({
            let (engine, replaces, passing) = (engine.clone(), replaces.clone(), passing.clone());
            move || {
                // Replaces lead to purges.
                for number in 0.. {
                    let source = source(number % 40, Words::new(number).text(20));
                    let added = engine.add_source(&passing, source, IfExists::Replace);
                    if added.is_err() || !replaces.load(Ordering::Relaxed) {
                        break;
                    }
                }
            }
        });
        let deleting = std::thread::spawn({
            let (engine, ended) = (engine.clone(), ended.clone());
            move || {
                // In the midst of the checks.
                for _ in 0..=round % 5 {
                    let _ = first.recv_timeout(Duration::from_mins(1));
                }
                for collection in [passing, boilerplate] {
                    drop(ended.send(engine.delete_collection(&collection).map(drop)));
                }
            }
        });
        for _ in 0..CHECKS + 2 {
            let ended = all.recv_timeout(Duration::from_mins(1));
            let ended = ended.unwrap_or_else(|_| panic!("something never ended in round {round}"));
            assert!(matches!(ended, Ok(()) | Err(Error::CollectionNotFound(_))), "{ended:?}");
        }
        replaces.store(false, Ordering::Relaxed);
        deleting.join().unwrap();
        writer.join().unwrap();
    }
}
