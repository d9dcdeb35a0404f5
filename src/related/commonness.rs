//! How much it tells that a text has a stem.

use super::profile::{Key, keys};
use crate::matching::{KeyMap, frequency_tables};
use crate::text::Tokenizer;

/// Words of a text of ordinary length. A stem weighs as much as its appearance in such a text is surprising.
const TEXT_WORDS: f32 = 400.0;

/// The share of words with a stem that no language has often: a little below the last class of [`LEAST_SHARE`].
const RARE: f32 = 1.5e-4;

/// The least share of words in the tables that is looked at. What is rarer is distinctive in every language. More of the
/// tables makes words distinctive in one language common by another: a share of 2e-5 cost .003 of P@10 (docs/related.md).
const LEAST_SHARE: f32 = 2e-4;

/// The weights of stems under one seed.
#[derive(Debug)]
pub struct Commonness {
    weights: KeyMap<Key, f32>,
    /// The weight of a stem that is rare in every language.
    rare: f32,
}

impl Commonness {
    /// Reads the tables of all languages: a few milliseconds. A stem has the greatest share that it has in any language, so that
    /// no language needs to be detected, and texts in several are no exception.
    #[must_use]
    pub fn new(tokenizer: &Tokenizer) -> Self {
        let mut greatest: KeyMap<Key, f32> = KeyMap::default();
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        for table in frequency_tables() {
            let mut shares: KeyMap<Key, f32> = KeyMap::default();
            let lines = table.lines().filter_map(|line| line.split_once(' '));
            let lines = lines.filter_map(|(share, words)| Some((share.parse::<f32>().ok()? * 1e-6, words)));
            for (share, words) in lines.take_while(|(share, _)| *share >= LEAST_SHARE) {
                tokenizer.tokenize_with_stems_into(words, &mut tokens, &mut stems);
                for at in keys(&stems) {
                    *shares.entry(at.key).or_default() += share;
                }
            }
            #[expect(
                clippy::iter_over_hash_type,
                reason = "the greatest of each key does not depend on the order"
            )]
            for (key, share) in shares {
                let known = greatest.entry(key).or_default();
                *known = known.max(share);
            }
        }
        let weights = greatest.into_iter().map(|(key, share)| (key, surprise(share))).collect();
        Self { weights, rare: surprise(0.0) }
    }

    /// The weight of a stem that a text has once.
    #[must_use]
    pub fn weight(&self, key: Key) -> f32 {
        self.weights.get(&key).copied().unwrap_or(self.rare)
    }
}

/// The negative logarithm of the probability that a text of ordinary length has a stem with this share of all words.
fn surprise(share: f32) -> f32 {
    let expected = TEXT_WORDS * share.max(RARE);
    -(-(-expected).exp_m1()).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::CorpusSeed;

    #[test]
    fn common_words_of_every_language_weigh_little() {
        let tokenizer = Tokenizer::new(CorpusSeed::new(3));
        let commonness = Commonness::new(&tokenizer);
        let weight = |word: &str| {
            let (mut tokens, mut stems) = (Vec::new(), Vec::new());
            tokenizer.tokenize_with_stems_into(word, &mut tokens, &mut stems);
            commonness.weight(keys(&stems).next().unwrap().key)
        };
        for word in ["the", "und", "que", "что", "ve", "και"] {
            assert!(weight(word) < 0.2, "{word}: {}", weight(word));
        }
        for word in ["zymurgy", "leuchtturm", "palimpsesto", "маяк"] {
            assert!(weight(word) > 2.0, "{word}: {}", weight(word));
        }
        assert!(weight("people") < weight("lighthouse"));
    }
}
