//! A report is of one revision: its scope, its boilerplate and the revision that it names.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use palimpsest::fingerprint::FingerprintSettings;
use palimpsest::report::ExclusionReason;
use palimpsest::{CollectionName, DetectionOptions, Engine, IfExists, Scope, Stop};

use super::{name, source};
use crate::harness::figure;
use crate::words::Words;

/// Versions of the two sources that are replaced in turn.
const VERSIONS: u64 = 8;

/// Number of words in a version.
const WORDS: usize = 30;

/// A passage that only one version of one source has.
fn passage(of_boilerplate: bool, version: u64) -> String {
    Words::new(1000 + 2 * version + u64::from(of_boilerplate)).text(WORDS)
}

/// The versions present at a revision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Versions {
    checked: u64,
    boilerplate: u64,
}

/// Ends the writer when the checks have ended, or have failed.
struct EndsWriter<'a>(&'a AtomicBool);

impl Drop for EndsWriter<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Replaces the boilerplate and then the checked source, over and over. Returns the versions as of each revision.
fn replace(engine: &Engine, is_over: &AtomicBool) -> BTreeMap<u64, Versions> {
    let (mut history, mut now) = (BTreeMap::new(), Versions { checked: 0, boilerplate: 0 });
    let put = |collection: &CollectionName, text: String| {
        engine.add_source(collection, source(0, text), IfExists::Replace).unwrap().entry.added
    };
    while !is_over.load(Ordering::Relaxed) {
        now.boilerplate = (now.boilerplate + 1) % VERSIONS;
        history.insert(put(&name("boilerplate"), passage(true, now.boilerplate)), now);
        now.checked = (now.checked + 1) % VERSIONS;
        history.insert(put(&name("checked"), passage(false, now.checked)), now);
    }
    history
}

/// `PALIMPSEST_LOCKSTEP_CHECKS` sets the number of checks.
#[test]
fn scope_and_boilerplate_of_a_report_are_of_the_revision_that_it_names() {
    let engine = Engine::in_memory().unwrap();
    for collection in ["checked", "boilerplate"] {
        engine.create_collection(&name(collection), FingerprintSettings::default()).unwrap();
        let text = passage(collection == "boilerplate", 0);
        engine.add_source(&name(collection), source(0, text), IfExists::Reject).unwrap();
    }
    // Each version's passage has its own place in the submission.
    let (mut submission, mut places) = (String::new(), Vec::new());
    for of_boilerplate in [false, true] {
        for version in 0..VERSIONS {
            submission.push_str(&Words::new(version).text(200));
            submission.push(' ');
            places.push((submission.len(), of_boilerplate, version));
            submission.push_str(&passage(of_boilerplate, version));
            submission.push(' ');
        }
    }
    let version_at = |start: u64, wanted: bool| {
        let place = places.iter().rev().find(|(place, ..)| *place as u64 <= start + 1).unwrap();
        assert_eq!(place.1, wanted);
        place.2
    };
    let scope = Scope { collections: [name("checked")].into(), ..Scope::default() };
    let mut options = DetectionOptions::default();
    options.exclusions.boilerplate_collections.insert(name("boilerplate"));
    let is_over = AtomicBool::new(false);
    let mut reports = Vec::new();
    let history = std::thread::scope(|threads| {
        let writer = threads.spawn(|| replace(&engine, &is_over));
        let ends = EndsWriter(&is_over);
        for _ in 0..figure("PALIMPSEST_LOCKSTEP_CHECKS", 60) {
            reports.push(engine.check(&submission, &scope, &options, &Stop::never()).unwrap());
        }
        drop(ends);
        writer.join().unwrap()
    });
    let mut judged = 0;
    for report in reports {
        let Some((_, expected)) = history.range(..=report.corpus_revision).next_back() else { continue };
        let boilerplate: Vec<_> =
            report.exclusions.iter().filter(|one| one.reason == ExclusionReason::Boilerplate).collect();
        assert_eq!((report.sources.len(), boilerplate.len()), (1, 1), "{report:?}");
        let found = Versions {
            checked: version_at(u64::from(report.sources[0].passages[0].submission.start), false),
            boilerplate: version_at(u64::from(boilerplate[0].span.start), true),
        };
        assert_eq!(found, *expected, "at revision {}", report.corpus_revision);
        judged += 1;
    }
    assert!(judged > 0, "nothing was replaced while texts were checked");
}

/// `default` exists at every moment: a deletion empties it. `PALIMPSEST_EMPTIED_CHECKS` sets the number of checks.
#[test]
fn a_collection_that_is_emptied_is_found_by_every_check() {
    let engine = Engine::in_memory().unwrap();
    let default = CollectionName::default();
    let text = Words::new(3).text(200);
    let is_over = AtomicBool::new(false);
    let mut with_boilerplate = DetectionOptions::default();
    with_boilerplate.exclusions.boilerplate_collections.insert(default.clone());
    std::thread::scope(|threads| {
        let emptying = threads.spawn(|| {
            let mut deletions = 0;
            while !is_over.load(Ordering::Relaxed) {
                engine.add_source(&default, source(0, text.clone()), IfExists::Replace).unwrap();
                engine.delete_collection(&default).unwrap();
                deletions += 1;
            }
            deletions
        });
        let ends = EndsWriter(&is_over);
        for check in 0..figure("PALIMPSEST_EMPTIED_CHECKS", 200) {
            let options = if check % 2 == 0 { DetectionOptions::default() } else { with_boilerplate.clone() };
            let checked = engine.check(&text, &Scope::default(), &options, &Stop::never());
            assert!(checked.is_ok(), "check {check}: {checked:?}");
        }
        drop(ends);
        assert!(emptying.join().unwrap() > 0);
    });
}
