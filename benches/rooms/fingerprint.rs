//! Tokens to fingerprints.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use palimpsest::fingerprint::{FingerprintSettings, Fingerprinter, OrderFree};
use palimpsest::text::Tokenizer;

use crate::{SEED, prose};

const WORDS: usize = 100_000;

pub(crate) fn benches(criterion: &mut Criterion) {
    let text = prose(1, WORDS);
    let (mut tokens, mut stems) = (Vec::new(), Vec::new());
    Tokenizer::new(SEED).tokenize_with_stems_into(&text, &mut tokens, &mut stems);
    let settings = FingerprintSettings::default();
    let (kgrams, pairs) = (Fingerprinter::new(SEED, settings), OrderFree::new(SEED));
    let kept = kgrams.fingerprints(&tokens);
    // The guarantee: a k-gram of every window of `t` words is kept.
    let reach = settings.guarantee_tokens() - settings.kgram.get() + 1;
    assert!(kept.windows(2).all(|pair| matches!(pair, [a, b] if b.position - a.position <= reach)));
    // Of a hundred words some 33 k-grams and some 26 pairs.
    assert!((31..36).contains(&(100 * kept.len() / WORDS)), "{} k-grams kept", kept.len());
    assert!((23..30).contains(&(100 * pairs.of_source(&stems).len() / WORDS)));
    let mut group = criterion.benchmark_group("fingerprint");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("k-grams", |bench| bench.iter(|| kgrams.fingerprints(black_box(&tokens))));
    group.bench_function("pairs of a source", |bench| bench.iter(|| pairs.of_source(black_box(&stems))));
    group.bench_function("pairs of a submission", |bench| {
        bench.iter(|| pairs.of_submission(black_box(&stems)));
    });
    group.finish();
}
