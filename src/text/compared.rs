//! The compared form of a word: the word without the differences that don't make it another word.
//!
//! Case is folded (Unicode default case folding), compatibility forms are unified (NFKC), apostrophes
//! and ignorable characters are dropped, and look-alike letters of other scripts are replaced by letters of the word's
//! own script ([`disguised_alphabet`]).

use caseless::Caseless;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::alerts::{disguised_alphabet, look_alike_in};
use super::segment::is_dropped;

/// Writes the compared form of `word` to `out`, which is cleared first. Linear in the word and in its form.
pub(super) fn compared_form(word: &str, out: &mut String) {
    // Every word is within this limit.
    compared_form_within(word, usize::MAX, out);
}

/// As [`compared_form`], for a form of at most `max_bytes`. Returns whether it is that short; a longer form is written
/// in part.
///
/// NFKC makes some characters eleven times as long (U+FDFA). The limit bounds the time for them.
pub(super) fn compared_form_within(word: &str, max_bytes: usize, out: &mut String) -> bool {
    out.clear();
    if word.is_ascii() {
        out.extend(word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
        return out.len() <= max_bytes;
    }
    let kept = || word.chars().filter(|c| !is_dropped(*c));
    let disguised = if is_mixed(kept()) { disguised_alphabet(&kept().collect::<String>()) } else { None };
    match disguised {
        None => fold(kept(), max_bytes, out),
        Some(alphabet) => fold(kept().map(|c| look_alike_in(c, alphabet).unwrap_or(c)), max_bytes, out),
    }
}

/// Whether a word has letters of several alphabets. A quick test that spares most words the search for disguises.
fn is_mixed(letters: impl Iterator<Item = char>) -> bool {
    let alphabet = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' => 1_u8,
        '\u{370}'..='\u{3FF}' => 2,
        '\u{400}'..='\u{52F}' => 4,
        _ if c.is_alphabetic() => 8,
        _ => 0,
    };
    letters.fold(0, |seen, c| seen | alphabet(c)).count_ones() > 1
}

/// Applies case folding and NFKC, in the order that makes the result stable under both (Unicode, section 3.13, D146:
/// compatibility caseless matching). Returns whether the result has at most `max_bytes`.
fn fold(chars: impl Iterator<Item = char>, max_bytes: usize, out: &mut String) -> bool {
    out.extend(chars.default_case_fold());
    if is_nfkc_quick(out.chars()) != IsNormalized::Yes {
        let mut normalised = String::with_capacity(out.len());
        let mut rest = out.nfkc().default_case_fold().nfkc();
        while normalised.len() <= max_bytes
            && let Some(character) = rest.next()
        {
            normalised.push(character);
        }
        drop(rest);
        *out = normalised;
    }
    out.len() <= max_bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(word: &str) -> String {
        let mut out = String::new();
        compared_form(word, &mut out);
        out
    }

    #[test]
    fn unifies_what_a_copier_may_change() {
        let same: &[(&str, &str)] = &[
            ("Word", "word"),
            ("don't", "dont"),
            ("don’t", "DONT"),
            ("STRASSE", "straße"),
            ("café", "CAFE\u{301}"),
            ("ﬁne", "fine"),
            ("Ｗｉｄｅ", "wide"),
            ("𝐛𝐨𝐥𝐝", "bold"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("pla\u{200b}gia\u{ad}rism", "plagiarism"),
            ("pаper", "paper"),
            ("ΡLAGIARISM", "plagiarism"),
            ("мoлoкo", "молоко"),
            ("ｶﾞ", "ガ"),
        ];
        for (a, b) in same {
            assert_eq!(compared(a), compared(b), "{a:?} and {b:?}");
        }
    }

    #[test]
    fn stops_where_a_form_grows_too_long() {
        let mut out = String::new();
        let grown = "\u{FDFA}".repeat(100);
        assert!(compared_form_within(&grown, 3300, &mut out));
        assert_eq!(out.len(), 3300);
        assert!(!compared_form_within(&grown, 3299, &mut out));
        assert!(!compared_form_within(&grown, 7, &mut out) && out.len() < 16);
        assert!(compared_form_within("Word", 4, &mut out) && !compared_form_within("Word", 3, &mut out));
    }

    #[test]
    fn keeps_different_words_apart() {
        for (a, b) in [("cafe", "café"), ("рот", "pot"), ("数", "據"), ("resume", "résumé")] {
            assert_ne!(compared(a), compared(b), "{a:?} and {b:?}");
        }
    }

    #[test]
    fn is_its_own_compared_form() {
        for word in ["ǅ", "ﬃ", "İstanbul", "ΐ", "㎏", "ᾳ", "pаper", "ſ"] {
            let once = compared(word);
            assert_eq!(compared(&once), once, "{word:?}");
        }
    }
}
