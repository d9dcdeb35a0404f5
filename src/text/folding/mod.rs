//! The compared form of a word: the word without the differences that don't make it another word.
//!
//! - Case is folded (Unicode default case folding) and compatibility forms are unified (NFKD, UAX #15).
//! - Marks that the readers of a script leave out are removed, and letters that its writers use for one another become
//!   one: see [`letters`].
//! - Apostrophes and ignorable characters are dropped.
//! - Look-alike letters of other alphabets are replaced: see [`skeleton`].
//!
//! [`compared_form`] is the definition, and [`FoldTable`] a fast path that agrees with it on every word.

mod class;
mod letters;
mod skeleton;
mod table;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

pub(super) use self::class::Class;
pub(super) use self::letters::is_digit;
pub use self::skeleton::in_alphabet;
pub(super) use self::table::{FoldTable, Form};

use self::letters::{fold_letter, is_optional_mark};
use self::skeleton::{latin_of, unify_alphabets};

/// Writes the compared form of `word` to `out`, which is cleared first. Linear in the word and in its form.
pub(super) fn compared_form(word: &str, out: &mut String) {
    // Every word is within this limit.
    compared_form_within(word, usize::MAX, out);
}

/// As [`compared_form`], for a form of at most `max_bytes`. Returns whether it is that short; a longer form is written
/// in part.
///
/// NFKD makes some characters eleven times as long (U+FDFA). The limit bounds the time for them.
pub(super) fn compared_form_within(word: &str, max_bytes: usize, out: &mut String) -> bool {
    out.clear();
    if word.is_ascii() {
        out.extend(word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
        return out.len() <= max_bytes;
    }
    let kept = word.chars().filter(|c| !Class::of(*c).is_dropped());
    let is_short = fold(kept, max_bytes, out);
    unify_alphabets(out);
    is_short
}

/// The bit of a folded letter's alphabet; 0 for other characters. Words with one bit need no search for look-alikes.
fn alphabet_bit(c: char) -> u8 {
    match c {
        'a'..='z' => 1,
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => 2,
        '\u{400}'..='\u{52F}' => 4,
        _ if latin_of(c).is_some() => 8,
        '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => 1,
        _ if c.is_alphabetic() => 8,
        _ => 0,
    }
}

/// Decomposes and folds characters, and composes the result (NFC). Returns whether it has at most `max_bytes`.
///
/// Optional marks are removed before the case is folded too: U+0345 would become a letter.
fn fold(chars: impl Iterator<Item = char>, max_bytes: usize, out: &mut String) -> bool {
    let plain = chars.nfkd().filter(|c| !is_optional_mark(*c)).default_case_fold().nfkd();
    let mut folded = plain.flat_map(|c| {
        let mut letters = ['\0'; 2];
        let mut free = letters.iter_mut();
        fold_letter(c, &mut |letter| {
            if let Some(place) = free.next() {
                *place = letter;
            }
        });
        letters.into_iter().filter(|letter| *letter != '\0')
    });
    let mut composed = folded.by_ref().nfc();
    while out.len() <= max_bytes
        && let Some(character) = composed.next()
    {
        out.push(character);
    }
    out.len() <= max_bytes
}

#[cfg(test)]
mod tests;
