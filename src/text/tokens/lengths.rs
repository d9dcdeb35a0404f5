//! Lengths in words of texts that have tokens shorter than a word.
//!
//! A token of a script that is written without spaces is one character, a fraction of a word. Lengths are counted in
//! *word equivalents*, so that a share of words has the same meaning in every script.

use std::ops::Range;

use unicode_script::{Script, UnicodeScript};

/// Parts of a word: the unit of sums, so that rounding does not add up.
const PARTS: u32 = 100;

/// The parts of a word that a token of a script without spaces counts for, by its first character.
///
/// - Han: 1.6 characters a word (Chinese 1.59, and words of Han in Japanese 1.61: `wordfreq` 3.1.1, Chinese and
///   Japanese, weighted by frequency).
/// - Kana: 2.5 characters a word (Japanese words of katakana have 3.15, those of hiragana, mostly particles and endings,
///   1.43; words with their particles have 2 to 3).
/// - Thai, Lao, Khmer, Myanmar: 3.2 characters with their marks a word (Thai 3.25 and 3.02, which is 4.1 and 3.9 code
///   points: the Thai National Corpus and the Thai Textbook Corpus in `pythainlp` 5.4.0).
fn parts_of(first: char) -> u32 {
    const HAN: u32 = 62;
    const KANA: u32 = 40;
    const SOUTH_EAST_ASIA: u32 = 31;
    match first {
        // The most frequent of these letters need no look-up.
        '\u{3040}'..='\u{30FF}' => KANA,
        '\u{4E00}'..='\u{9FFF}' => HAN,
        '\u{E00}'..='\u{EFF}' => SOUTH_EAST_ASIA,
        _ => match first.script() {
            Script::Thai | Script::Lao | Script::Khmer | Script::Myanmar => SOUTH_EAST_ASIA,
            Script::Han | Script::Yi => HAN,
            _ => KANA,
        },
    }
}

/// The length of a text in words, without those of its parts.
#[derive(Debug, Default)]
pub(super) struct TextLength {
    characters: usize,
    parts: u64,
}

impl TextLength {
    /// Adds a token that is one character, with its marks.
    pub(super) fn push_character(&mut self, first: char) {
        self.characters += 1;
        self.parts += u64::from(parts_of(first));
    }

    /// The length of a text of so many tokens, those of one character included.
    pub(super) fn words(&self, tokens: usize) -> u32 {
        let words = tokens - self.characters.min(tokens);
        u32::try_from(words as u64 + self.parts / u64::from(PARTS)).unwrap_or(u32::MAX)
    }
}

/// The lengths of ranges of a text's tokens, in words.
///
/// The length of a range is the difference of two whole numbers, so lengths of neighbouring ranges add up exactly. A
/// range of fewer characters than a word may have the length 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordLengths {
    tokens: u32,
    /// The parts of words before each token from the first short one on; empty if every token is a word.
    parts: Vec<u32>,
    /// The number of tokens before the first short one.
    whole: u32,
}

impl WordLengths {
    /// The lengths of a text whose tokens are all words.
    #[must_use]
    pub fn of_words(tokens: u32) -> Self {
        Self { tokens, parts: Vec::new(), whole: tokens }
    }

    /// Adds a token that is one character, with its marks. Those before it that were not added are words.
    pub(super) fn push_character(&mut self, token: usize, first: char) {
        if self.parts.is_empty() {
            self.whole = u32::try_from(token).unwrap_or(u32::MAX);
            self.parts.push(0);
        }
        self.push_words(token);
        self.push_parts(parts_of(first));
    }

    /// Ends the text, which has so many tokens. Those after the last that was added are words.
    pub(super) fn finish(&mut self, tokens: usize) {
        self.tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        if self.parts.is_empty() {
            self.whole = self.tokens;
        } else {
            self.push_words(tokens);
        }
    }

    /// Adds words up to a token.
    fn push_words(&mut self, token: usize) {
        let added = (self.whole as usize + self.parts.len()).saturating_sub(1);
        (added..token).for_each(|_| self.push_parts(PARTS));
    }

    fn push_parts(&mut self, parts: u32) {
        let before = self.parts.last().copied().unwrap_or(0);
        self.parts.push(before.saturating_add(parts));
    }

    /// The parts of words before a token, after those of whole words.
    fn parts_before(&self, token: u32) -> (u32, u32) {
        let place = token.min(self.tokens).saturating_sub(self.whole);
        (token.min(self.whole), self.parts.get(place as usize).copied().unwrap_or(0))
    }

    /// The words before a token, rounded down.
    #[must_use]
    pub fn before(&self, token: u32) -> u32 {
        let (whole, parts) = self.parts_before(token);
        whole + parts / PARTS
    }

    /// The length of a range of tokens in words.
    #[must_use]
    pub fn words(&self, tokens: &Range<u32>) -> u32 {
        self.before(tokens.end).saturating_sub(self.before(tokens.start))
    }

    /// The length of a range of tokens in words, without rounding.
    #[must_use]
    pub fn exact(&self, tokens: &Range<u32>) -> f64 {
        let words = |token| {
            let (whole, parts) = self.parts_before(token);
            f64::from(whole) + f64::from(parts) / f64::from(PARTS)
        };
        words(tokens.end) - words(tokens.start)
    }

    /// The length of the whole text in words.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.before(self.tokens)
    }

    /// Whether a range of tokens is at least so many words long, without rounding.
    #[must_use]
    pub fn reaches(&self, tokens: &Range<u32>, words: u32) -> bool {
        let (from, to) = (self.parts_before(tokens.start), self.parts_before(tokens.end));
        let parts = |(whole, parts): (u32, u32)| u64::from(whole) * u64::from(PARTS) + u64::from(parts);
        parts(to).saturating_sub(parts(from)) >= u64::from(words) * u64::from(PARTS)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::text::{CorpusSeed, Tokenizer, WordLengths};

    fn lengths(text: &str) -> WordLengths {
        Tokenizer::new(CorpusSeed::new(1)).tokenize(text).lengths().clone()
    }

    #[test]
    fn a_word_is_a_few_characters_in_scripts_without_spaces() {
        for (text, words) in [
            ("", 0),
            ("one two three", 3),
            ("数据结构课程要求每个学生", 7),
            ("なければならない", 3),
            ("ในประเทศไทยมีภาษาพูดหลายภาษา", 8),
            ("one 数据结构 two", 4),
            ("Привет мир 数", 2),
        ] {
            assert_eq!(lengths(text).total(), words, "{text}");
        }
    }

    #[test]
    fn eight_words_are_so_many_characters() {
        for (character, most) in [("数", 12), ("の", 19), ("ก", 25), ("word ", 7)] {
            let lengths = lengths(&character.repeat(100));
            assert!(!lengths.reaches(&(3..3 + most), 8) && lengths.reaches(&(3..4 + most), 8), "{character}");
        }
    }

    proptest! {
        #[test]
        fn neighbours_add_up(text in "([a-z]{1,4} |数|の|ก){0,60}", cut in 0_u32..60) {
            let lengths = lengths(&text);
            let tokens = lengths.tokens;
            let cut = cut.min(tokens);
            prop_assert_eq!(lengths.words(&(0..cut)) + lengths.words(&(cut..tokens)), lengths.total());
            prop_assert_eq!(lengths.before(0), 0);
        }
    }
}
