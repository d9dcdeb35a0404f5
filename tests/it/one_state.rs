//! Readers see one state, and no thread waits forever for another, whatever is written and deleted meanwhile.

mod deletion;
mod lockstep;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use palimpsest::fingerprint::FingerprintSettings;
use palimpsest::{CollectionName, Engine, IfExists, Limits, NewSource, SourceId, Stop};

use crate::harness::figure;
use crate::words::Words;

fn name(name: &str) -> CollectionName {
    CollectionName::new(name).unwrap()
}

fn id(number: u64) -> SourceId {
    SourceId::new(&format!("s{number}")).unwrap()
}

fn source(number: u64, text: String) -> NewSource {
    NewSource { id: Some(id(number)), ..NewSource::new(text) }
}

/// `PALIMPSEST_VERIFY_SECONDS` sets the length.
#[test]
fn verify_finds_nothing_wrong_while_sources_are_replaced_and_collections_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Limits::default(), 1 << 20, &mut |_| {}).unwrap();
    let default = CollectionName::default();
    for number in 0..40 {
        engine.add_source(&default, source(number, Words::new(number).text(60)), IfExists::Reject).unwrap();
    }
    let until = Instant::now() + Duration::from_secs(figure("PALIMPSEST_VERIFY_SECONDS", 1));
    let writes = AtomicU64::new(0);
    let is_over = || Instant::now() > until;
    let replace = |seed: u64| {
        let mut words = Words::new(seed);
        while !is_over() {
            let number = words.below(40) as u64;
            if words.below(4) == 0 {
                drop(engine.delete_source(&default, &id(number)));
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
    assert!(runs >= 2 && writes.load(Ordering::Relaxed) > 50, "{runs} runs, {writes:?} writes");
}
