//! Segmentation of a text into words, defined by classes of characters.
//!
//! The rule is UAX #29 word segmentation, tailored for comparing (as section 4 of that annex invites):
//!
//! - A word is a run of letters, digits and the marks on them. Of the punctuation that UAX #29 allows inside a word,
//!   only the apostrophe stays: a full stop, colon, comma or underscore separates, since missing spaces after them are
//!   the commonest typing and extraction errors.
//! - In scripts written without spaces ([`is_unspaced`]) each character, with its marks, is a word.
//! - Invisible characters (`Default_Ignorable_Code_Point`: zero-width, bidi controls, soft hyphens, variation
//!   selectors) and private-use characters are skipped: they neither separate words nor belong to their compared form.
//! - All other characters separate.

use unicode_normalization::char::is_combining_mark;

use super::scripts::is_unspaced;

/// The class of a character in the segmentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Part of a word.
    Letter,
    /// A single-character word.
    Ideograph,
    /// Belongs to the character before it.
    Mark,
    /// Part of a word when letters stand on both sides.
    Apostrophe,
    /// Skipped.
    Ignorable,
    /// Ends a word.
    Separator,
}

fn class(c: char) -> Class {
    if c.is_ascii() {
        return match c {
            '\'' => Class::Apostrophe,
            _ if c.is_ascii_alphanumeric() => Class::Letter,
            _ => Class::Separator,
        };
    }
    match c {
        '\u{2019}' | '\u{02BC}' | '\u{FF07}' => Class::Apostrophe,
        // Half-width voicing marks, letters by category, compose with the kana before them.
        '\u{FF9E}' | '\u{FF9F}' => Class::Mark,
        _ if is_ignorable(c) || is_private(c) => Class::Ignorable,
        _ if is_combining_mark(c) => Class::Mark,
        _ if is_unspaced(c) => Class::Ideograph,
        _ if c.is_alphanumeric() => Class::Letter,
        _ => Class::Separator,
    }
}

/// Whether a character has the property `Default_Ignorable_Code_Point` (Unicode 16, `DerivedCoreProperties`).
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a character is for private use: fonts may show it as anything, or not at all.
fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// Calls `word` with the byte range of each word of `piece`, in order. Linear in the piece.
pub(super) fn for_each_word(piece: &str, mut word: impl FnMut(usize, usize)) {
    let mut open: Option<Open> = None;
    for (at, c) in piece.char_indices() {
        let end = at + c.len_utf8();
        let class = class(c);
        match (class, &mut open) {
            (Class::Ignorable, _) => {}
            (Class::Letter, Some(current)) if !current.single => current.letter(end),
            (Class::Mark, Some(current)) if !current.at_apostrophe => current.end = end,
            (Class::Apostrophe, Some(current)) if !current.single && !current.at_apostrophe => {
                current.at_apostrophe = true;
            }
            _ => {
                if let Some(done) = open.take() {
                    word(done.start, done.end);
                }
                if matches!(class, Class::Letter | Class::Ideograph) {
                    open = Some(Open {
                        start: at,
                        end,
                        single: class == Class::Ideograph,
                        at_apostrophe: false,
                    });
                }
            }
        }
    }
    if let Some(done) = open {
        word(done.start, done.end);
    }
}

/// A word that may continue.
struct Open {
    start: usize,
    /// The end of the last character that is certainly part of it.
    end: usize,
    /// Whether it is a character of an unspaced script, which only marks can extend.
    single: bool,
    /// Whether an apostrophe was the last character: it is part of the word if a letter follows.
    at_apostrophe: bool,
}

impl Open {
    fn letter(&mut self, end: usize) {
        self.end = end;
        self.at_apostrophe = false;
    }
}

/// Whether a character is left out of a word's compared form.
pub(super) fn is_dropped(c: char) -> bool {
    matches!(class(c), Class::Apostrophe | Class::Ignorable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let mut out = Vec::new();
        for_each_word(text, |start, end| out.push(&text[start..end]));
        out
    }

    #[test]
    fn cuts_words_in_many_scripts() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("—“”…", &[]),
            ("naïve café", &["naïve", "café"]),
            ("“word—word”", &["word", "word"]),
            ("l’été d'été", &["l’été", "d'été"]),
            ("’tis the dogs’ day", &["tis", "the", "dogs", "day"]),
            ("x’’y", &["x", "y"]),
            ("pla\u{200b}gia\u{ad}rism\u{200d}", &["pla\u{200b}gia\u{ad}rism"]),
            ("e\u{301}tude", &["e\u{301}tude"]),
            ("\u{301}lost mark", &["lost", "mark"]),
            ("Straße №5, 3,5 %", &["Straße", "5", "3", "5"]),
            ("数据abc结构", &["数", "据", "abc", "结", "构"]),
            ("ひらがなカタカナー", &["ひ", "ら", "が", "な", "カ", "タ", "カ", "ナ", "ー"]),
            ("ｶﾞｷﾞ", &["ｶﾞ", "ｷﾞ"]),
            ("ที่นี่", &["ที่", "นี่"]),
            ("한국어 텍스트", &["한국어", "텍스트"]),
            ("हिन्दी में", &["हिन्दी", "में"]),
            ("مرحبا بالعالم", &["مرحبا", "بالعالم"]),
            ("Привет, мир", &["Привет", "мир"]),
            ("😀word😀", &["word"]),
            ("pla\u{E001}giarism \u{F8FF}", &["pla\u{E001}giarism"]),
        ];
        for (text, expected) in table {
            assert_eq!(&words(text), expected, "{text:?}");
        }
    }
}
