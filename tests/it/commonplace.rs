//! Passages that chance explains: how many are expected, that they don't count, and that they are never dropped.

use std::sync::atomic::{AtomicBool, Ordering};

use palimpsest::proto::{self, ExclusionReason};
use palimpsest::report::Report;
use palimpsest::{
    Calibration, Change, CollectionName, DetectionMode, DetectionOptions, Engine, IfExists, Limits,
    NewSource, Operation, PairOptions, Scope, SourceId, SourceName, Stop,
};

use crate::harness::{TestServer, add, check, fill, opened};
use crate::words::Words;

/// A phrase that many sources have.
const PHRASE: &str = "and it came to pass that when they had all gone home";

/// Options that count everything, however common.
fn everything() -> DetectionOptions {
    DetectionOptions::default().with_max_expected_by_chance(f64::INFINITY)
}

fn engine_with(sources: impl IntoIterator<Item = (String, String)>) -> Engine {
    let engine = Engine::in_memory().unwrap();
    for (id, text) in sources {
        let source = NewSource::new(text).with_id(SourceId::new(&id).unwrap());
        engine.add_source(&CollectionName::default(), source, IfExists::Reject).unwrap();
    }
    engine
}

/// Sources of other words, the first `with_phrase` of them with the phrase.
fn sources(count: u64, with_phrase: u64) -> impl Iterator<Item = (String, String)> {
    (0..count).map(move |number| {
        let (before, after) = (Words::new(2 * number + 100).text(40), Words::new(2 * number + 101).text(40));
        // Between words that no other text has, so that a run is the phrase and nothing more.
        let phrase = if number < with_phrase { PHRASE } else { "" };
        (format!("s{number}"), format!("{before} a{number}b {phrase} c{number}d {after}"))
    })
}

fn checked(engine: &Engine, text: &str, options: &DetectionOptions) -> Report {
    engine.check(text, &Scope::default(), options, &Stop::never()).unwrap()
}

/// The expected number of the one passage with a source.
fn expected_of(report: &Report, id: &str) -> f64 {
    let source = report.sources.iter().find(|source| source.source_id == id).unwrap();
    source.passages[0].expected_by_chance.unwrap()
}

#[test]
fn a_phrase_of_many_sources_is_commoner_than_a_run_of_one() {
    let engine = engine_with(sources(60, 50));
    let unique: String = Words::new(2 * 55 + 100).text(40).split(' ').take(12).collect::<Vec<_>>().join(" ");
    let text = format!("{} {PHRASE} {} {unique}", Words::new(1).text(30), Words::new(2).text(30));
    let report = checked(&engine, &text, &everything());
    let (of_phrase, of_run) = (expected_of(&report, "s0"), expected_of(&report, "s55"));
    assert!(of_phrase > 20.0 * of_run && of_run > 0.0, "{of_phrase} {of_run}");
    assert_eq!(report.sources[0].source_id, "s55", "sources are ranked by evidence");
    assert!(report.exclusions.is_empty());
}

#[test]
fn what_is_expected_grows_with_the_submission_and_the_sources_in_scope() {
    let few = engine_with(sources(40, 1));
    let many = engine_with(sources(400, 1));
    let short = format!("{} {PHRASE} {}", Words::new(1).text(50), Words::new(2).text(50));
    let long = format!("{short} {}", Words::new(3).text(1000));
    let of = |engine: &Engine, text: &str| expected_of(&checked(engine, text, &everything()), "s0");
    let ratio = of(&few, &long) / of(&few, &short);
    assert!((8.0..11.0).contains(&ratio), "{ratio}: ten times the words");
    let ratio = of(&many, &short) / of(&few, &short);
    assert!((8.0..13.0).contains(&ratio), "{ratio}: ten times the sources");
    let scope = Scope::default().with_exclude_source_ids(
        (20..400)
            .map(|number| SourceId::new(&format!("s{number}")).unwrap())
            .collect::<std::collections::BTreeSet<_>>(),
    );
    let narrow = many.check(&short, &scope, &everything(), &Stop::never()).unwrap();
    let ratio = of(&many, &short) / expected_of(&narrow, "s0");
    assert!((15.0..25.0).contains(&ratio), "{ratio}: a twentieth of the sources is in scope");
}

#[test]
fn commonplace_passages_are_listed_and_do_not_count() {
    let engine = engine_with(sources(60, 50));
    let copied = Words::new(2 * 55 + 100).text(40);
    let text = format!("{} {PHRASE} {} {copied}", Words::new(1).text(30), Words::new(2).text(30));
    let all = checked(&engine, &text, &everything());
    let limit = expected_of(&all, "s0") / 100.0;
    let options = DetectionOptions::default().with_max_expected_by_chance(limit);
    let report = checked(&engine, &text, &options);
    assert!(
        report.exclusions.iter().any(|one| one.span.of(&text).contains(PHRASE)),
        "{:?}",
        report.exclusions
    );
    let report = checked(&engine, &text, &options.with_mode(DetectionMode::VerbatimOnly));
    let [exclusion] = report.exclusions.as_slice() else { panic!("{:?}", report.exclusions) };
    assert_eq!(exclusion.span.of(&text), PHRASE);
    assert_eq!(exclusion.reason, palimpsest::report::ExclusionReason::Commonplace);
    assert!(exclusion.expected_by_chance.is_some_and(|expected| expected > limit), "{exclusion:?}");
    assert_eq!((report.sources_found, report.sources[0].source_id.as_str()), (1, "s55"));
    assert_eq!((report.coverage.words, report.coverage.of_words), (40, 100));
    assert_eq!(report.coverage_without_exclusions.words, 52, "with the phrase");
    assert!(report.guarantee.holds());
    assert_ne!(report.settings_digest, all.settings_digest);
}

#[test]
fn words_that_another_passage_covers_are_not_excluded() {
    let around = |middle: &str| format!("{} {middle} {}", Words::new(7).text(25), Words::new(8).text(25));
    let whole = ("whole".to_owned(), around(PHRASE));
    let engine = engine_with(sources(60, 50).chain([whole]));
    let text = format!("{} {}", Words::new(1).text(30), around(PHRASE));
    let limit = expected_of(&checked(&engine, &text, &everything()), "s0") / 100.0;
    let report = checked(&engine, &text, &DetectionOptions::default().with_max_expected_by_chance(limit));
    assert!(report.exclusions.is_empty(), "{:?}", report.exclusions);
    assert_eq!((report.sources_found, report.coverage.words), (1, 62));
}

#[test]
fn texts_that_are_compared_without_a_corpus_have_no_expectation() {
    let source = palimpsest::ComparedText { id: "a".into(), text: PHRASE.into(), ..Default::default() };
    let options = DetectionOptions::default().with_max_expected_by_chance(0.0);
    let report = Engine::in_memory().unwrap().compare(PHRASE, &[source], &options, &Stop::never()).unwrap();
    assert_eq!(report.sources[0].passages[0].expected_by_chance, None);
    assert_eq!(report.coverage.words, 12);
}

#[test]
fn a_phrase_makes_no_pairs() {
    let copied = Words::new(5).text(60);
    let copies =
        ["a", "b"].map(|id| (id.to_owned(), format!("{copied} {}", Words::new(id.len() as u64).text(20))));
    let engine = engine_with(sources(30, 25).chain(copies));
    let all = PairOptions::default().with_max_expected_by_chance(f64::INFINITY);
    let pairs = |options: &PairOptions| {
        engine.compare_all(&CollectionName::default(), options, &mut |_| {}, &Stop::never()).unwrap()
    };
    assert_eq!(pairs(&all).pairs_found, 25 * 24 / 2 + 1);
    // In so small a collection chance produces a few phrases in a million checks.
    let strict = pairs(&PairOptions::default().with_max_expected_by_chance(1e-8));
    assert_eq!((strict.pairs_found, strict.clusters_found), (1, 1));
    let name =
        |id: &str| SourceName { collection: CollectionName::default(), id: SourceId::new(id).unwrap() };
    let one = engine
        .compare_pair(
            &name("s1"),
            &name("s2"),
            &everything().with_max_expected_by_chance(1e-8),
            &Stop::never(),
        )
        .unwrap();
    assert_eq!((one.report.coverage.words, one.report.exclusions.len()), (0, 1));
}

#[test]
fn a_collection_is_calibrated_once_it_is_large_and_again_when_it_has_grown() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let open = || opened(|| Engine::open(&data, Limits::default(), 0, &mut |_| {})).unwrap();
    let engine = open();
    let default = CollectionName::default();
    let put = |engine: &Engine, numbers: std::ops::Range<u64>| {
        let add = |number| {
            let source = NewSource::new(Words::new(number + 1000).text(20));
            Operation::new(Change::AddSource {
                collection: default.clone(),
                source,
                if_exists: IfExists::Reject,
            })
        };
        for added in engine.apply(numbers.map(add).collect(), &Stop::never()) {
            added.unwrap();
        }
    };
    put(&engine, 0..999);
    assert_eq!(engine.calibrate(&default, &Stop::never()).unwrap(), None);
    assert!(engine.due_for_calibration().is_empty());
    put(&engine, 999..1000);
    assert_eq!(engine.due_for_calibration(), std::slice::from_ref(&default));
    let calibration = engine.calibrate(&default, &Stop::never()).unwrap().unwrap();
    assert_eq!((calibration.sources, calibration.revision), (1000, 1001));
    assert_eq!(engine.corpus().stats.revision, 1001, "it is a change, with a revision");
    assert!(engine.due_for_calibration().is_empty());
    let text = Words::new(1000).text(20);
    let report = checked(&engine, &text, &everything());
    let mut backup = Vec::new();
    engine.backup(&mut backup).unwrap();
    drop(engine);

    let engine = open();
    assert!(engine.due_for_calibration().is_empty(), "it is durable");
    assert_eq!(checked(&engine, &text, &everything()), report);
    put(&engine, 1000..2000);
    assert_eq!(engine.due_for_calibration(), std::slice::from_ref(&default));
    engine.delete_collection(&default).unwrap();
    assert!(engine.due_for_calibration().is_empty());

    let file = folder.path().join("backup");
    std::fs::write(&file, backup).unwrap();
    Engine::restore(&file, &folder.path().join("restored")).unwrap();
    let restored = Engine::open(&folder.path().join("restored"), Limits::default(), 0, &mut |_| {}).unwrap();
    assert!(restored.due_for_calibration().is_empty(), "it is in the backup");
    assert_eq!(checked(&restored, &text, &everything()), report);
    assert!(Calibration::default().is_outgrown(1), "the default fits no collection in particular");
}

/// A calibration holds no lock while it checks sources: changes and checks go on, and it sees one state.
#[test]
fn calibrations_checks_and_changes_run_side_by_side() {
    let engine = engine_with((0..1200).map(|n| (format!("s{n}"), Words::new(n + 1).text(15))));
    let default = CollectionName::default();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..3 {
                let calibration = engine.calibrate(&default, &Stop::never()).unwrap().unwrap();
                assert!((1000..1400).contains(&calibration.sources));
            }
            done.store(true, Ordering::Release);
        });
        scope.spawn(|| {
            let mut number = 0_u64;
            while !done.load(Ordering::Acquire) {
                let id = SourceId::new(&format!("s{}", number % 150)).unwrap();
                engine.delete_source(&default, &id).unwrap();
                let source = NewSource::new(Words::new(number + 5000).text(15)).with_id(id);
                engine.add_source(&default, source, IfExists::Reject).unwrap();
                number += 1;
            }
        });
        scope.spawn(|| {
            let text = Words::new(701).text(15);
            while !done.load(Ordering::Acquire) {
                let report = checked(&engine, &text, &DetectionOptions::default());
                assert_eq!((report.coverage.words, report.sources[0].source_id.as_str()), (15, "s700"));
                assert!(report.sources_in_scope >= 1199);
            }
        });
    });
}

#[tokio::test]
async fn the_service_lists_commonplace_passages() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let texts: Vec<(String, String)> = sources(30, 25).collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    fill(&mut corpus, &texts).await;
    corpus.add_source(add("copied", &Words::new(5).text(30))).await.unwrap();
    let text = format!("{} {PHRASE} {}", Words::new(1).text(30), Words::new(5).text(30));
    let request = |most: Option<f64>| {
        let mut request = check(&text);
        request.options =
            Some(proto::DetectionOptions { max_expected_by_chance: most, ..Default::default() });
        request
    };
    let report = detection.check(request(None)).await.unwrap().into_inner().report.unwrap();
    assert_eq!(report.sources_found, 26, "in so small a corpus a phrase is no chance");
    let expected = report.sources[1].passages[0].expected_by_chance.unwrap();
    assert!(expected > 0.0 && expected < 0.05, "{expected}");
    let report = detection.check(request(Some(1e-8))).await.unwrap().into_inner().report.unwrap();
    assert_eq!(report.sources_found, 1);
    let [exclusion] = report.exclusions.as_slice() else { panic!("{:?}", report.exclusions) };
    assert_eq!(exclusion.reason(), ExclusionReason::Commonplace);
    assert_eq!(exclusion.expected_by_chance, Some(expected));
    for bad in [-0.1, f64::NAN, f64::NEG_INFINITY] {
        let refused = detection.check(request(Some(bad))).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        assert!(refused.message().contains("options.max_expected_by_chance"), "{}", refused.message());
    }
}
