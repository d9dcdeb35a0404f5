//! How much it tells that a text has a stem.

use super::key_table::KeyTable;
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

/// The logarithm of the number of bits that tell which stems may be common: 32 KiB.
const FILTER_BITS: u32 = 18;

/// Numbers of occurrences for which [`times`] is known.
const KNOWN_TIMES: u32 = 64;

/// The weights of stems under one seed.
#[derive(Debug)]
pub struct Commonness {
    /// A stem that is not in it is rare in every language.
    weights: KeyTable<f32>,
    /// A bit for each of them, among [`FILTER_BITS`]. Most stems that are not in the large table are not in this small one, which
    /// stays in a near cache.
    filter: Vec<u64>,
    /// The weight of a stem that is rare in every language.
    rare: f32,
    /// How many times a stem weighs that a text has so often, for small numbers.
    times: Vec<f32>,
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
        let rare = surprise(0.0);
        let mut weights = KeyTable::new(rare, greatest.len());
        let mut filter = vec![0; 1 << (FILTER_BITS - u64::BITS.ilog2())];
        #[expect(clippy::iter_over_hash_type, reason = "the weight of each key does not depend on the order")]
        for (key, share) in greatest {
            weights.update(key, |_| surprise(share));
            let place = FilterPlace::of(key);
            if let Some(bits) = filter.get_mut(place.number) {
                *bits |= place.bit;
            }
        }
        Self { weights, filter, rare, times: (0..KNOWN_TIMES).map(times).collect() }
    }

    /// Whether a stem is known to be rare in every language. A few that are rare are not known to be.
    #[inline]
    pub(super) fn is_rare(&self, key: Key) -> bool {
        let place = FilterPlace::of(key);
        self.filter.get(place.number).is_none_or(|bits| bits & place.bit == 0)
    }

    /// The weight of a rare stem that a text has once: no stem weighs more.
    #[inline]
    pub(super) fn rare(&self) -> f32 {
        self.rare
    }

    /// How many times a stem weighs that a text has so often.
    #[inline]
    pub(super) fn times(&self, count: u32) -> f32 {
        self.times.get(count as usize).copied().unwrap_or_else(|| times(count))
    }

    /// The weight of a stem that a text has once.
    #[inline]
    #[must_use]
    pub fn weight(&self, key: Key) -> f32 {
        if self.is_rare(key) { self.rare } else { self.weights.get(key) }
    }
}

/// The bit of a stem in the filter.
struct FilterPlace {
    number: usize,
    bit: u64,
}

impl FilterPlace {
    #[inline]
    fn of(key: Key) -> Self {
        let place = key.wrapping_mul(0x9E37_79B1) >> (u32::BITS - FILTER_BITS);
        Self { number: (place / u64::BITS) as usize, bit: 1 << (place % u64::BITS) }
    }
}

/// How many times a stem weighs that a text has so often.
#[cold]
#[expect(clippy::cast_precision_loss, reason = "a count of words, of which the logarithm is taken")]
fn times(count: u32) -> f32 {
    if count <= 1 { 1.0 } else { 1.0 + (count as f32).ln() }
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
