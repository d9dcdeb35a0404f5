//! A submission of 1000 words against a source of 750, of which 100 were copied.

use criterion::Criterion;
use palimpsest::matching::altered::{Guess, StemProfiler};
use palimpsest::matching::{PassageKind, PreparedSubmission, Stop, passages, verbatim_passages};
use palimpsest::text::Tokenizer;

use crate::{SEED, prose};

const MIN_TOKENS: u32 = 8;

pub(crate) fn benches(criterion: &mut Criterion) {
    let copied = prose(3, 100);
    let submission = format!("{} {copied} {}", prose(1, 400), prose(2, 500));
    let source = format!("{} {copied} {}", prose(4, 300), prose(5, 350));
    verbatim(criterion, &submission, &source);
    let replaced: Vec<&str> = copied
        .split(' ')
        .enumerate()
        .map(|(at, word)| if at % 10 == 9 { "otherwise" } else { word })
        .collect();
    let source = format!("{} {} {}", prose(4, 300), replaced.join(" "), prose(5, 350));
    altered(criterion, &submission, &source);
}

fn verbatim(criterion: &mut Criterion, submission: &str, source: &str) {
    let tokenizer = Tokenizer::new(SEED);
    let (submission, source) = (tokenizer.tokenize(submission), tokenizer.tokenize(source));
    let prepared = PreparedSubmission::new(submission.tokens(), MIN_TOKENS);
    let align = || verbatim_passages(&prepared, source.tokens(), MIN_TOKENS, &Stop::never());
    let found = align().map(|found| found.first().map(|passage| passage.submission.clone()));
    assert_eq!(found, Ok(Some(400..500)));
    let mut group = criterion.benchmark_group("matching");
    group.bench_function("prepare a submission", |bench| {
        bench.iter(|| PreparedSubmission::new(submission.tokens(), MIN_TOKENS));
    });
    group.bench_function("verbatim", |bench| bench.iter(align));
    group.finish();
}

/// Includes the profile of the source, which each check computes again.
fn altered(criterion: &mut Criterion, submission_text: &str, source_text: &str) {
    let tokenizer = Tokenizer::new(SEED);
    let (submission, source) = (tokenizer.tokenize(submission_text), tokenizer.tokenize(source_text));
    let prepared = PreparedSubmission::new(submission.tokens(), MIN_TOKENS);
    let language = Guess::of(submission_text).language;
    let mut profiler = StemProfiler::default();
    let profile = profiler.profile(language, submission_text, &submission);
    let mut align = || {
        let of_source = profiler.profile(language, source_text, &source);
        passages((&prepared, &profile), (source.tokens(), &of_source), MIN_TOKENS, &Stop::never())
    };
    let found = align().unwrap_or_default();
    let whole = |found: &palimpsest::matching::Passage| {
        found.kind == PassageKind::Altered && found.submission.start <= 402 && found.submission.end >= 498
    };
    assert!(matches!(found.passages.as_slice(), [passage] if whole(passage)), "{found:?}");
    let mut group = criterion.benchmark_group("matching");
    group.bench_function("altered", |bench| bench.iter(&mut align));
    assert_ne!(Guess::of(source_text).confidence.to_bits(), 0, "it passes for some language");
    group.bench_function("language of a text", |bench| bench.iter(|| Guess::of(source_text)));
    group.finish();
}
