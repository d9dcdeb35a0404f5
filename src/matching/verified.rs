//! Verification of verbatim passages on the words of both texts.

use std::ops::Range;

use super::passage::{Passage, PassageKind};
use crate::text::{TokenizedText, same_word};

/// A text and its tokens.
pub(super) type Read<'a> = (&'a str, &'a TokenizedText);

/// Compares the words of verbatim passages, since two words may have the same token, which is a hash.
///
/// A passage is cut where its words differ, and parts of fewer than `min_words` words are dropped. Other passages are
/// returned as they are. Linear in the passages.
#[must_use]
pub fn verified(found: Vec<Passage>, submission: Read<'_>, source: Read<'_>, min_words: u32) -> Vec<Passage> {
    let parts = |passage: Passage| match passage.kind {
        PassageKind::Verbatim => same_parts(passage, submission, source, min_words),
        _ => vec![passage],
    };
    found.into_iter().flat_map(parts).collect()
}

fn same_parts(
    passage: Passage,
    (text, tokenized): Read<'_>,
    (source, source_tokenized): Read<'_>,
    min: u32,
) -> Vec<Passage> {
    let slice = |range: &Range<u32>| range.start as usize..range.end as usize;
    let ours = tokenized.spans().get(slice(&passage.submission)).unwrap_or_default();
    let theirs = source_tokenized.spans().get(slice(&passage.source)).unwrap_or_default();
    let other = |(a, b)| !same_word((text, a), (source, b));
    let others: Vec<u32> = (0..)
        .zip(ours.iter().copied().zip(theirs.iter().copied()))
        .filter_map(|(at, pair)| other(pair).then_some(at))
        .collect();
    if others.is_empty() {
        return vec![passage];
    }
    let length = passage.submission.end - passage.submission.start;
    let starts = std::iter::once(0).chain(others.iter().map(|at| at + 1));
    let ends = others.iter().copied().chain([length]);
    let part = |(from, to): (u32, u32)| Passage {
        submission: passage.submission.start + from..passage.submission.start + to,
        source: passage.source.start + from..passage.source.start + to,
        matched_tokens: to - from,
        evidence: 0.0,
        ..passage
    };
    let parts = starts.zip(ends).filter(|(from, to)| from < to).map(part);
    parts.filter(|part| tokenized.lengths().reaches(&part.submission, min)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::matching::{PreparedSubmission, Stop, verbatim_passages};
    use crate::text::Tokenizer;

    fn text(words: &[u8]) -> String {
        words.iter().map(|word| format!("Word{word}")).collect::<Vec<_>>().join(", ")
    }

    proptest! {
        /// With hashes of three bits, of which most words share one with another.
        #[test]
        fn no_passage_rests_on_hashes_alone(
            ours in proptest::collection::vec(0_u8..40, 0..80),
            theirs in proptest::collection::vec(0_u8..40, 0..80),
            shared in proptest::collection::vec(0_u8..40, 8..30),
        ) {
            let (ours, theirs) = (text(&[&ours, &shared[..]].concat()), text(&[&shared[..], &theirs].concat()));
            let weak = Tokenizer::weak(3);
            let (a, b) = (weak.tokenize(&ours), weak.tokenize(&theirs));
            let prepared = PreparedSubmission::new(a.tokens(), 8);
            let found = verbatim_passages(&prepared, b.tokens(), 8, &Stop::never()).unwrap();
            for passage in verified(found, (&ours, &a), (&theirs, &b), 8) {
                let here = a.span_of(passage.submission.clone()).of(&ours);
                prop_assert_eq!(here, b.span_of(passage.source.clone()).of(&theirs));
                prop_assert!(passage.submission.len() >= 8 && passage.submission.len() == passage.source.len());
                prop_assert_eq!(passage.matched_tokens as usize, passage.submission.len());
            }
        }
    }
}
