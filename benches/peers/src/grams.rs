//! Hashes of eight consecutive words, which the peers index.
//!
//! The words are those of Palimpsest's tokenizer, so all systems see the same words at the
//! same speed.

use std::ops::Range;

use palimpsest::text::{CorpusSeed, Token, TokenizedText, Tokenizer};

/// Words in a k-gram.
const WORDS: u32 = 8;
/// k-grams in a window of winnowing.
const WINDOW: usize = 4;

/// A constant, for figures that are the same in every run.
pub(crate) const SEED: CorpusSeed = CorpusSeed::new(1);

/// The words of a text, and the hashes of its 8-grams by their first words.
pub(crate) struct Grams {
    words: TokenizedText,
    pub(crate) hashes: Vec<u64>,
}

impl Grams {
    pub(crate) fn of(text: &str) -> Self {
        let words = Tokenizer::new(SEED).tokenize(text);
        let hashes = words.tokens().windows(WORDS as usize).map(hash).collect();
        Self { words, hashes }
    }

    /// The hashes that winnowing keeps (Schleimer, Wilkerson & Aiken 2003), sorted, each once: of every four
    /// in a row the least.
    pub(crate) fn winnowed(&self) -> Vec<u64> {
        let mut kept: Vec<u64> = match self.hashes.len() {
            0..WINDOW => self.hashes.iter().min().copied().into_iter().collect(),
            _ => self.hashes.windows(WINDOW).filter_map(|window| window.iter().min().copied()).collect(),
        };
        kept.sort_unstable();
        kept.dedup();
        kept
    }

    /// The spans that the 8-grams at these places cover; the places ascend.
    pub(crate) fn spans(&self, places: &[u32]) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<u32>> = Vec::new();
        for &place in places {
            let end = place.saturating_add(WORDS);
            match runs.last_mut() {
                Some(run) if place <= run.end => run.end = end,
                _ => runs.push(place..end),
            }
        }
        let spans = runs.into_iter().map(|run| self.words.span_of(run));
        spans.map(|span| span.start as usize..span.end as usize).collect()
    }
}

fn hash(words: &[Token]) -> u64 {
    let mixed = words
        .iter()
        .fold(0_u64, |hash, word| (hash.rotate_left(23) ^ word.value()).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed ^ mixed >> 32
}
