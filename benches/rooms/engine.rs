//! Checks and additions as a whole.

use criterion::{BatchSize, Criterion, Throughput};
use palimpsest::{
    CollectionName, ComparedText, DetectionMode, DetectionOptions, Engine, IfExists, Limits, NewSource,
    Scope, Stop,
};

use crate::{PROSE, SEED, prose};

const SOURCES: u64 = 2_000;

pub(crate) fn benches(criterion: &mut Criterion) {
    let engine = Engine::with_seed(Limits::default(), SEED);
    for number in 0..SOURCES {
        let added = add(&engine, NewSource::new(PROSE.source(number)));
        assert!(added, "source {number} was not added");
    }
    let copied = PROSE.source(77);
    let submission = format!("{} {copied}", prose(1, 500));
    check(criterion, &engine, &submission, "verbatim only", DetectionMode::VerbatimOnly);
    check(criterion, &engine, &submission, "altered too", DetectionMode::AlteredToo);
    compare(criterion, &engine, &submission, &copied);
    added(criterion, &engine);
}

/// The sources differ, since an addition would list all identical ones.
fn added(criterion: &mut Criterion, engine: &Engine) {
    let mut number = SOURCES;
    let mut next = || {
        number += 1;
        NewSource::new(prose(number, 750))
    };
    let mut group = criterion.benchmark_group("engine/add");
    group.throughput(Throughput::Bytes(next().text.len() as u64));
    group.bench_function("a source of 750 words", |bench| {
        bench.iter_batched(&mut next, |source| add(engine, source), BatchSize::SmallInput);
    });
    group.finish();
}

fn add(engine: &Engine, source: NewSource) -> bool {
    engine.add_source(&CollectionName::default(), source, IfExists::Reject).is_ok()
}

fn check(criterion: &mut Criterion, engine: &Engine, submission: &str, name: &str, mode: DetectionMode) {
    let options = DetectionOptions { mode, ..DetectionOptions::default() };
    let check = || engine.check(submission, &Scope::default(), &options, &Stop::never());
    let whole = |report: &palimpsest::report::Report| {
        report.sources.first().is_some_and(|source| source.source_used.words == source.source_used.of_words)
    };
    assert!(check().is_ok_and(|report| whole(&report)), "the copied source is found, and all of it");
    criterion.bench_function(&format!("engine/check/{name}"), |bench| bench.iter(check));
}

fn compare(criterion: &mut Criterion, engine: &Engine, submission: &str, source: &str) {
    let texts = [ComparedText {
        id: "a".to_owned(),
        title: String::new(),
        text: source.into(),
        submitted_at: None,
        pages: None,
    }];
    let compare = || engine.compare(submission, &texts, &DetectionOptions::default(), &Stop::never());
    assert!(compare().is_ok_and(|report| report.coverage.words > 490), "the copied half is found");
    criterion.bench_function("engine/compare", |bench| bench.iter(compare));
}
