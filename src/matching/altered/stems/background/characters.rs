//! Frequencies of characters and of pairs of them, in scripts without spaces.
use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::RARE;
use crate::text::is_unspaced;

/// A character of a script without spaces, with its marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::matching::altered) struct Character(u32);

/// The bit of a character with marks, whose other bits are a hash.
const MARKED: u32 = 1 << 30;

impl Character {
    /// Bits of [`Self::number`].
    pub(in crate::matching::altered::stems) const BITS: u32 = 31;

    /// The character in this compared form, which is not empty.
    pub(in crate::matching::altered::stems) fn of(compared: &str) -> Self {
        let mut letters = compared.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Self(letter.into()),
            #[expect(clippy::cast_possible_truncation, reason = "only so many bits are wanted")]
            _ => Self(xxh3_64(compared.as_bytes()) as u32 & (MARKED - 1) | MARKED),
        }
    }

    /// Its number, which is not 0 and has at most [`Self::BITS`].
    pub(in crate::matching::altered::stems) fn number(self) -> u64 {
        self.0.into()
    }

    /// The character with this number; `None` if it is 0.
    pub(in crate::matching::altered::stems) fn numbered(number: u64) -> Option<Self> {
        u32::try_from(number).ok().filter(|&number| number != 0).map(Self)
    }
}

/// The least frequency of a pair of Han characters or kana, and that of any in a language without a table: the geometric
/// mean over running Japanese.
const RARE_PAIR: f32 = 1e-4;
/// The same for the letters of other scripts without spaces: the geometric mean over running Thai.
const RARE_LETTERS: f32 = 7e-4;
/// The first character of East Asian scripts. Scripts without spaces before it have letters.
const FIRST_EAST_ASIAN: u32 = 0x2E80;

/// The frequency of a pair that is rare or of an unknown language.
pub(super) fn rare_pair(first: Character, second: Character) -> f32 {
    let is_letter = |character: Character| character.0 < FIRST_EAST_ASIAN || character.0 & MARKED != 0;
    if is_letter(first) || is_letter(second) { RARE_LETTERS } else { RARE_PAIR }
}

/// Shares of characters and pairs of a language.
#[derive(Debug, Default)]
pub(super) struct CharacterFrequencies {
    /// The sum over all characters.
    characters: f32,
    /// The sum over all words.
    words: f32,
    singles: HashMap<Character, Single>,
    pairs: HashMap<(Character, Character), f32>,
}

/// The shares of one character.
#[derive(Debug, Default, Clone, Copy)]
struct Single {
    /// Of all characters.
    all: f32,
    /// Of the first characters of words.
    first: f32,
    /// Of the last characters of words.
    last: f32,
}

impl CharacterFrequencies {
    /// Adds the characters of a word with this share of all words.
    pub(super) fn add(&mut self, word: &str, share: f32) {
        let mut last: Option<Character> = None;
        for character in characters(word) {
            let single = self.singles.entry(character).or_default();
            single.all += share;
            match last {
                None => single.first += share,
                Some(last) => *self.pairs.entry((last, character)).or_default() += share,
            }
            self.characters += share;
            last = Some(character);
        }
        if let Some(single) = last.and_then(|last| self.singles.get_mut(&last)) {
            single.last += share;
            self.words += share;
        }
    }

    /// The share of this character.
    pub(super) fn single(&self, character: Character) -> f32 {
        self.singles.get(&character).map_or(RARE, |single| (single.all / self.characters).max(RARE))
    }

    /// The share of this pair: inside words as counted, between words as if words followed one another by chance.
    pub(super) fn pair(&self, first: Character, second: Character) -> f32 {
        let single = |character| self.singles.get(&character).copied().unwrap_or_default();
        let inside = self.pairs.get(&(first, second)).copied().unwrap_or_default();
        let between = single(first).last * single(second).first / self.words.max(f32::MIN_POSITIVE);
        ((inside + between) / self.characters.max(f32::MIN_POSITIVE)).max(rare_pair(first, second))
    }
}

/// The characters of a word, each with the marks after it; none if the word is of a script with spaces.
fn characters(word: &str) -> impl Iterator<Item = Character> {
    let starts = word.char_indices().filter(|&(_, c)| is_unspaced(c)).map(|(at, _)| at);
    let ends = starts.clone().skip(1).chain([word.len()]);
    starts.zip(ends).filter_map(|(start, end)| word.get(start..end)).map(Character::of)
}
