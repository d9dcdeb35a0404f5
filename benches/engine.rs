//! What each step of a check and of adding a source takes, on made-up prose.
//!
//! Every bench asserts its answer before it is timed. Run it with `cargo bench`.

#![allow(missing_docs, reason = "the macros of criterion make undocumented functions")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use palimpsest::fingerprint::{FingerprintSettings, Fingerprinter};
use palimpsest::matching::{PreparedSubmission, verbatim_passages};
use palimpsest::text::{CorpusSeed, Tokenizer};
use palimpsest::{CollectionName, DetectionOptions, Engine, IfExists, Limits, NewSource, Scope, Stop};

const SEED: CorpusSeed = CorpusSeed::new(1);

/// So many words, the same for the same number, sharing words but no runs with other numbers.
fn prose(number: u64, words: usize) -> String {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::new();
    for _ in 0..words {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut word = state >> 40;
        for _ in 0..=(word % 4) {
            text.extend("bdfgklmnprstvz".chars().nth((word % 14) as usize));
            text.extend("aeiou".chars().nth((word / 14 % 5) as usize));
            word /= 70;
        }
        let _ = write!(text, "{}", if state >> 60 == 0 { ". " } else { " " });
    }
    text
}

fn text_to_fingerprints(criterion: &mut Criterion) {
    let text = prose(1, 100_000);
    let cutter = Tokenizer::new(SEED);
    let fingerprinter = Fingerprinter::new(SEED, FingerprintSettings::default());
    let tokenized = cutter.tokenize(&text);
    assert_eq!(tokenized.tokens().len(), 100_000);
    assert!(fingerprinter.fingerprints(tokenized.tokens()).len() > 30_000);
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("tokens", |bench| bench.iter(|| cutter.tokenize(black_box(&text))));
    let (mut tokens, mut stems) = (Vec::new(), Vec::new());
    group.bench_function("fingerprints", |bench| {
        bench.iter(|| {
            cutter.tokenize_with_stems_into(black_box(&text), &mut tokens, &mut stems);
            fingerprinter.fingerprints(&tokens)
        });
    });
    group.finish();
}

fn matching(criterion: &mut Criterion) {
    let tokenizer = Tokenizer::new(SEED);
    let copied = prose(3, 100);
    let submission = tokenizer.tokenize(&format!("{} {copied} {}", prose(1, 400), prose(2, 500)));
    let source = tokenizer.tokenize(&format!("{} {copied} {}", prose(4, 300), prose(5, 350)));
    let prepared = PreparedSubmission::new(submission.tokens(), 8);
    let align = || verbatim_passages(&prepared, source.tokens(), 8, &Stop::never());
    assert_eq!(
        align().map(|found| found.first().map(|passage| passage.submission.clone())),
        Ok(Some(400..500))
    );
    criterion.bench_function("matching/1000 words with 750", |bench| bench.iter(align));
}

fn corpus(criterion: &mut Criterion) {
    let engine = Engine::with_seed(Limits::default(), SEED);
    let default = CollectionName::default();
    for number in 0..2000 {
        let added = engine.add_source(&default, NewSource::new(prose(number, 750)), IfExists::Reject);
        assert!(added.is_ok());
    }
    let submission = format!("{} {}", prose(1_000_000, 900), prose(77, 750));
    let check = || engine.check(&submission, &Scope::default(), &DetectionOptions::default(), &Stop::never());
    assert_eq!(check().map(|report| report.coverage.words), Ok(750));
    criterion.bench_function("check/1650 words with 2000 sources", |bench| bench.iter(check));
    let text = prose(5000, 750);
    let mut group = criterion.benchmark_group("add");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("a source of 750 words", |bench| {
        bench.iter_batched(
            || NewSource::new(text.clone()),
            |source| engine.add_source(&default, source, IfExists::Reject),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(3)).sample_size(20);
    targets = text_to_fingerprints, matching, corpus
}
criterion_main!(benches);
