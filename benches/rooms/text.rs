//! Text to tokens.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use palimpsest::text::{Tokenizer, alerts, regions};

use crate::{SEED, prose};

const WORDS: usize = 100_000;

pub(crate) fn benches(criterion: &mut Criterion) {
    let english = prose(1, WORDS);
    // Without quotation marks and dashes.
    let ascii: String = english.chars().filter(char::is_ascii).collect();
    let cyrillic: String = ascii.chars().map(cyrillic).collect();
    for (name, text) in [("prose", &english), ("ASCII", &ascii), ("Cyrillic", &cyrillic)] {
        tokens(criterion, name, text);
    }
    let mut group = criterion.benchmark_group("text/prose");
    group.throughput(Throughput::Bytes(english.len() as u64));
    assert!(!regions::regions(&english).is_empty(), "it has quotations");
    group.bench_function("regions", |bench| bench.iter(|| regions::regions(black_box(&english))));
    assert!(alerts::alerts(&english).is_empty(), "nothing is hidden in it");
    group.bench_function("alerts", |bench| bench.iter(|| alerts::alerts(black_box(&english))));
    group.finish();
}

fn tokens(criterion: &mut Criterion, name: &str, text: &str) {
    let tokenizer = Tokenizer::new(SEED);
    let cut = tokenizer.tokenize(text);
    let (mut tokens, mut stems) = (Vec::new(), Vec::new());
    tokenizer.tokenize_with_stems_into(text, &mut tokens, &mut stems);
    let expected = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
    assert_eq!((cut.tokens().len(), stems.len()), (expected, expected), "{name}");
    assert_eq!(cut.tokens(), tokens);
    let mut group = criterion.benchmark_group(format!("text/{name}"));
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("tokens with spans", |bench| bench.iter(|| tokenizer.tokenize(black_box(text))));
    group.bench_function("tokens with stems", |bench| {
        bench.iter(|| tokenizer.tokenize_with_stems_into(black_box(text), &mut tokens, &mut stems));
    });
    group.finish();
}

/// Replaces each letter of one byte by one of two bytes.
fn cyrillic(letter: char) -> char {
    let place = |first: char| u32::from(letter.to_ascii_lowercase()) - u32::from('a') + u32::from(first);
    match letter {
        'a'..='z' => char::from_u32(place('а')).unwrap_or(letter),
        'A'..='Z' => char::from_u32(place('А')).unwrap_or(letter),
        other => other,
    }
}
