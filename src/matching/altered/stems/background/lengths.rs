//! Frequencies of words by their length, for languages without a table.
use unicode_script::{Script, UnicodeScript};

use super::RARE;
use crate::matching::altered::num::at;

/// The frequency of the stem of a word of 1, 2, 3 ... letters. Frequent words are short in every language (Zipf 1935, the law of
/// abbreviation). The values are geometric means, weighted by occurrences, on which tables of Latin and Greek script
/// agree within a factor of two.
const BY_LENGTH: [f32; 8] = [5e-3, 5e-3, 3e-3, 1e-3, 4e-4, 2e-4, 1e-4, RARE];

/// The share of a language's words that have the stem of this word.
pub(super) fn frequency(word: &str) -> f32 {
    let letters = word.chars().take(BY_LENGTH.len()).count();
    let script = word.chars().next().map_or(Script::Unknown, |c| c.script());
    at(&BY_LENGTH, (letters * halves(script) / 2).min(BY_LENGTH.len()).saturating_sub(1))
}

/// Half letters of an alphabet that a character of this script stands for: a syllable, or a consonant with a vowel that
/// is not written. The tables for Arabic, Persian, Urdu and Hebrew agree with those of alphabets at one and a half.
fn halves(script: Script) -> usize {
    match script {
        Script::Hangul | Script::Ethiopic => 5,
        Script::Arabic | Script::Hebrew | Script::Syriac | Script::Thaana => 3,
        _ => 2,
    }
}
