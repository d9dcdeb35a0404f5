//! Words to stems with their general frequencies, and texts to profiles of stems.

mod background;
mod cache;
mod language;
mod profile;
mod profiler;
mod stemmers;

use std::hash::{BuildHasher, RandomState};

pub use self::background::frequency_tables;
pub use self::cache::StemCache;
pub use self::language::{Guess, Language};
pub use self::profile::StemProfile;
pub(super) use self::profile::{NONE, ProfiledStem};
pub use self::profiler::StemProfiler;

use self::background::{Background, Character};
use self::stemmers::Stemmer;
use crate::text::is_unspaced;

/// The stem of a word, with its frequency in the language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WeightedStem {
    /// The hash of the stem (`SipHash`) under the profiler's keys: equal stems have equal keys in all texts read under
    /// them.
    pub key: u64,
    /// The share of all words of its language that have this stem.
    pub frequency: f32,
    /// The character that it is, in a script without spaces: a [`StemProfile`](super::StemProfile) has pairs of them.
    pub(super) character: Option<Character>,
}

impl WeightedStem {
    /// The key of the pair of this character and the next.
    ///
    /// One character of a script without spaces marks a place poorly. Overlapping pairs of characters find as much as
    /// words do (Nie, Gao, Zhang & Zhou 2000), and need no dictionary.
    pub(super) fn pair_key(self, next: Self) -> u64 {
        self.key.rotate_left(32).wrapping_mul(PAIRING) ^ next.key
    }
}

/// The multiplier of a pair's first key. It is odd, hence invertible. Keys are hashes; a pair only has to depend on the
/// order of its two.
const PAIRING: u64 = 0x9e37_79b9_7f4a_7c15;

/// The stems of one language.
pub(super) struct Stems {
    stemmer: Stemmer,
    background: Background,
    keys: RandomState,
}

impl Stems {
    /// The stems of `language`.
    pub(super) fn new(language: Language, keys: RandomState) -> Self {
        Self { stemmer: Stemmer::of(language), background: Background::of(language), keys }
    }

    /// The stem of a word in its compared (lower-case) form.
    pub(super) fn stem(&self, word: &str) -> WeightedStem {
        let stemmed = self.stemmer.stem(word);
        let key = self.keys.hash_one(stemmed.as_bytes());
        let character = (word.chars().filter(|c| is_unspaced(*c)).count() == 1).then(|| Character::of(word));
        let frequency = match character {
            Some(character) => self.background.character(character),
            None => self.background.frequency(&stemmed, word),
        };
        WeightedStem { key, frequency, character }
    }

    /// The general frequencies of the language.
    pub(super) fn background(&self) -> Background {
        self.background
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
        assert!(
            a.character.is_some()
                && stems.stem("の").character.is_some()
                && stems.stem("ก").character.is_some()
        );
        assert!(stems.stem("a").character.is_none() && stems.stem("한국").character.is_none());
        assert_ne!(a.pair_key(b), b.pair_key(a));
    }
}
