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
    let words =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    tokens(criterion, "prose", &english, words(&english));
    tokens(criterion, "ASCII", &ascii, words(&ascii));
    for (name, first) in [("Cyrillic", 'а'), ("Greek", 'α'), ("accented Latin", 'à')] {
        let text: String = ascii.chars().map(|letter| other(letter, first)).collect();
        tokens(criterion, name, &text, words(&text));
    }
    for (name, first) in [("Han", '一'), ("Thai", 'ก')] {
        let text: String = ascii.chars().map(|letter| other(letter, first)).collect();
        tokens(criterion, name, &text, letters(&text));
    }
    let mut group = criterion.benchmark_group("text/prose");
    group.throughput(Throughput::Bytes(english.len() as u64));
    assert!(!regions::regions(&english).is_empty(), "it has quotations");
    group.bench_function("regions", |bench| bench.iter(|| regions::regions(black_box(&english))));
    assert!(alerts::alerts(&english).is_empty(), "nothing is hidden in it");
    group.bench_function("alerts", |bench| bench.iter(|| alerts::alerts(black_box(&english))));
    group.finish();
}

fn tokens(criterion: &mut Criterion, name: &str, text: &str, expected: usize) {
    let tokenizer = Tokenizer::new(SEED);
    let cut = tokenizer.tokenize(text);
    let (mut tokens, mut stems) = (Vec::new(), Vec::new());
    tokenizer.tokenize_with_stems_into(text, &mut tokens, &mut stems);
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

/// Replaces a letter of one byte by one of two or three, of the alphabet that begins with `first`.
fn other(letter: char, first: char) -> char {
    // Twenty letters after `first` are letters in every alphabet that is used here.
    let place = u32::from(letter.to_ascii_lowercase()).wrapping_sub(u32::from('a')) % 20;
    let is_gap = |c: char| matches!(c, 'ς' | '÷');
    match letter {
        'a'..='z' | 'A'..='Z' => {
            char::from_u32(u32::from(first) + place).filter(|c| !is_gap(*c)).unwrap_or(first)
        }
        _ => letter,
    }
}
