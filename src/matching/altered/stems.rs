//! Words to stems, and how common a stem is in its language at large.
use std::hash::Hasher;

use super::background::Table;
use super::language::Language;

/// A word as the altered channel sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stem {
    /// A seeded hash of the stem: equal stems have equal keys in every text and process.
    pub key: u64,
    /// The share of all words of its language that are of this stem.
    pub frequency: f32,
    /// Whether it is one character of a script without spaces: a [`Profile`](super::Profile) takes such characters in
    /// pairs.
    pub character: bool,
}

impl Stem {
    /// This character and the next, as one stem.
    ///
    /// One character of a script without spaces says little of a place; overlapping pairs, which mostly lie in one word
    /// or across two, find as well as words do (Nie, Gao, Zhang & Zhou 2000), and need no dictionary.
    pub(super) fn with(self, next: Self) -> Self {
        Self { key: fold(self.key ^ SEED, next.key), frequency: PAIR, character: true }
    }
}

/// The frequency of any pair of characters: that of a word of six letters.
const PAIR: f32 = 2e-4;

/// Stems words of one language.
pub(super) struct Stems {
    stemmer: Option<rust_stemmers::Stemmer>,
    table: Table,
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

impl Stems {
    /// A stemmer for `language`.
    pub(super) fn new(language: Language) -> Self {
        let stemmer = language.algorithm().map(rust_stemmers::Stemmer::create);
        Self { stemmer, table: Table::of(language) }
    }

    /// The stem of a word in its compared (lower-case) form.
    pub(super) fn stem(&self, word: &str) -> Stem {
        let stemmed = self.stemmer.as_ref().map_or(word.into(), |s| s.stem(word));
        let key = hash_word(stemmed.as_bytes());
        let character = word.chars().next().is_some_and(is_unspaced);
        Stem { key, frequency: self.table.frequency(&stemmed, key), character }
    }
}

/// Whether a character belongs to a script written without spaces, so that it is a token of its own.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' // Myanmar
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{3005}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' // Kana
        | '\u{3105}'..='\u{312f}' // Bopomofo
        | '\u{3400}'..='\u{9fff}' | '\u{a000}'..='\u{a4cf}' // Han, Yi
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// Hashes a word by folded multiplications (wyhash's), eight bytes at a time.
pub(super) fn hash_word(bytes: &[u8]) -> u64 {
    let mut state = SEED ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut block = [0; 8];
        for (to, from) in block.iter_mut().zip(chunk) {
            *to = *from;
        }
        state = fold(state ^ u64::from_le_bytes(block), 0xa076_1d64_78bd_642f);
    }
    fold(state, 0xe703_7ed1_a0b4_28db)
}

fn fold(a: u64, b: u64) -> u64 {
    let [low, high] = halves(u128::from(a) * u128::from(b));
    low ^ high
}

fn halves(wide: u128) -> [u64; 2] {
    let bytes = wide.to_le_bytes();
    let part = |from: usize| {
        let mut half = [0; 8];
        for (to, byte) in half.iter_mut().zip(bytes.iter().skip(from)) {
            *to = *byte;
        }
        u64::from_le_bytes(half)
    };
    [part(0), part(8)]
}

/// Passes on keys that are hashes already.
#[derive(Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_word(bytes);
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, Stems};

    #[test]
    fn words_of_one_stem_are_one() {
        let stems = Stems::new(Language::ENGLISH);
        assert_eq!(stems.stem("walking").key, stems.stem("walked").key);
        assert_ne!(stems.stem("walking").key, stems.stem("talking").key);
        assert!(stems.stem("the").frequency > stems.stem("zymurgy").frequency);
    }

    #[test]
    fn without_a_table_short_words_are_common() {
        let stems = Stems::new(Language::NONE);
        assert!(stems.stem("dhe").frequency > 10.0 * stems.stem("shqiptar").frequency);
    }

    #[test]
    fn characters_are_told_by_their_script_and_pair_in_order() {
        let stems = Stems::new(Language::NONE);
        let (a, b) = (stems.stem("木"), stems.stem("匠"));
        assert!(a.character && stems.stem("の").character && stems.stem("ก").character);
        assert!(!stems.stem("a").character && !stems.stem("한국").character);
        assert_ne!(a.with(b).key, b.with(a).key);
    }
}
