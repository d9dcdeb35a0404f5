//! Any text: tokens, regions, alerts and converted offsets are consistent with the text.

#![no_main]

use std::collections::HashMap;

use libfuzzer_sys::fuzz_target;
use palimpsest::matching::altered::{Guess, StemProfiler};
use palimpsest::text::alerts::alerts;
use palimpsest::text::regions::{claims, regions};
use palimpsest::text::{OffsetUnit, Span, Token, Tokenizer, compared_form_at, convert_spans};
use palimpsest_fuzz::seeds::{self, TEXTS};
use palimpsest_fuzz::words::SEED;

fuzz_target!(init: seeds::write(TEXTS.map(|text| text.as_bytes().to_vec())), |text: &str| {
    let tokenizer = Tokenizer::new(SEED);
    let tokenized = tokenizer.tokenize(text);
    assert_eq!(tokenized.tokens().len(), tokenized.spans().len());
    let mut end = 0;
    for span in tokenized.spans() {
        assert!(span.start >= end && span.end > span.start, "tokens are sorted, disjoint and not empty");
        is_within(*span, text);
        end = span.end;
    }
    same_token_same_form(text, tokenized.tokens(), tokenized.spans());
    let (mut tokens, mut stems) = (Vec::new(), Vec::new());
    tokenizer.tokenize_with_stems_into(text, &mut tokens, &mut stems);
    assert_eq!((tokens.as_slice(), stems.len()), (tokenized.tokens(), tokens.len()));
    let profile = StemProfiler::default().profile(Guess::of(text).language, text, &tokenized);
    assert_eq!(profile.len(), tokens.len());

    let found = regions(text);
    found.iter().chain(&claims(&found, |_| true)).for_each(|region| is_within(region.span, text));
    let claimed = claims(&found, |_| true);
    assert!(claimed.is_sorted_by(|a, b| a.span.end <= b.span.start), "what is claimed is claimed once");
    alerts(text).iter().for_each(|alert| is_within(alert.span, text));
    converted(text, tokenized.spans());
});

fn is_within(span: Span, text: &str) {
    assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} is no part of the text");
}

/// Asserts that equal tokens have equal compared forms, and different ones different forms.
fn same_token_same_form(text: &str, tokens: &[Token], spans: &[Span]) {
    let (mut forms, mut tokens_of) = (HashMap::new(), HashMap::new());
    for (token, span) in tokens.iter().zip(spans) {
        let mut form = String::new();
        compared_form_at(text, *span, &mut form);
        assert!(!form.is_empty(), "{span:?} is compared by nothing");
        assert_eq!(*tokens_of.entry(form.clone()).or_insert(*token), *token, "{form:?} has two tokens");
        assert_eq!(*forms.entry(*token).or_insert_with(|| form.clone()), form, "two forms of one token");
    }
}

/// Asserts that offsets in other units agree with counting.
fn converted(text: &str, spans: &[Span]) {
    type Length = fn(&str) -> usize;
    let units: [(OffsetUnit, Length); 2] = [
        (OffsetUnit::Utf16CodeUnits, |text| text.encode_utf16().count()),
        (OffsetUnit::CodePoints, |text| text.chars().count()),
    ];
    for (unit, length) in units {
        let mut converted = spans.to_vec();
        convert_spans(text, unit, &mut converted);
        // Counting each from the start is quadratic.
        for (span, converted) in spans.iter().zip(converted).take(64) {
            let expected = |byte: u32| length(&text[..byte as usize]);
            assert_eq!(converted.start as usize, expected(span.start), "{unit:?}");
            assert_eq!(converted.end as usize, expected(span.end), "{unit:?}");
        }
    }
}
