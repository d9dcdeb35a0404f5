//! Words to stems with their general frequencies, and texts to profiles of stems.

mod background;
mod cache;
mod language;
mod profile;
mod profiler;

use std::hash::{BuildHasher, RandomState};

pub use self::cache::StemCache;
pub use self::language::{Guess, Language};
pub(super) use self::profile::NONE;
pub use self::profile::StemProfile;
pub use self::profiler::StemProfiler;

use self::background::FrequencyTable;
use crate::text::is_unspaced;

/// The stem of a word, with its frequency in the language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedStem {
    /// The hash of the stem (`SipHash`) under the profiler's keys: equal stems have equal keys in all texts read under
    /// them.
    pub key: u64,
    /// The share of all words of its language that have this stem.
    pub frequency: f32,
    /// Whether it is one character of a script without spaces: a [`StemProfile`](super::StemProfile) has pairs of them.
    pub character: bool,
}

impl WeightedStem {
    /// The stem of the pair of this character and the next.
    ///
    /// One character of a script without spaces marks a place poorly. Overlapping pairs of characters find as much as
    /// words do (Nie, Gao, Zhang & Zhou 2000), and need no dictionary.
    pub(super) fn with(self, next: Self) -> Self {
        Self {
            key: self.key.rotate_left(32).wrapping_mul(PAIRING) ^ next.key,
            frequency: PAIR,
            character: true,
        }
    }
}

/// The frequency of any pair of characters: that of a word of six letters.
const PAIR: f32 = 2e-4;

/// The stemmer of one language.
pub(super) struct Stems {
    stemmer: Option<rust_stemmers::Stemmer>,
    table: FrequencyTable,
    keys: RandomState,
}

/// The multiplier of a pair's first key. It is odd, hence invertible. Keys are hashes; a pair only has to depend on the
/// order of its two.
const PAIRING: u64 = 0x9e37_79b9_7f4a_7c15;

impl Stems {
    /// A stemmer for `language`.
    pub(super) fn new(language: Language, keys: RandomState) -> Self {
        let stemmer = language.algorithm().map(rust_stemmers::Stemmer::create);
        Self { stemmer, table: FrequencyTable::of(language), keys }
    }

    /// The stem of a word in its compared (lower-case) form.
    pub(super) fn stem(&self, word: &str) -> WeightedStem {
        let stemmed = self.stemmer.as_ref().map_or(word.into(), |s| s.stem(word));
        let key = self.keys.hash_one(stemmed.as_bytes());
        let character = word.chars().next().is_some_and(is_unspaced);
        WeightedStem { key, frequency: self.table.frequency(&stemmed), character }
    }
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::{Language, Stems};

    #[test]
    fn words_of_one_stem_are_one() {
        let stems = Stems::new(Language::ENGLISH, RandomState::new());
        assert_eq!(stems.stem("walking").key, stems.stem("walked").key);
        assert_ne!(stems.stem("walking").key, stems.stem("talking").key);
        assert!(stems.stem("the").frequency > stems.stem("zymurgy").frequency);
    }

    #[test]
    fn without_a_table_short_words_are_common() {
        let stems = Stems::new(Language::NONE, RandomState::new());
        assert!(stems.stem("dhe").frequency > 10.0 * stems.stem("shqiptar").frequency);
    }

    #[test]
    fn characters_are_told_by_their_script_and_pair_in_order() {
        let stems = Stems::new(Language::NONE, RandomState::new());
        let (a, b) = (stems.stem("木"), stems.stem("匠"));
        assert!(a.character && stems.stem("の").character && stems.stem("ก").character);
        assert!(!stems.stem("a").character && !stems.stem("한국").character);
        assert_ne!(a.with(b).key, b.with(a).key);
    }
}
