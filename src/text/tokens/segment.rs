//! Segmentation of a text into words, defined by classes of characters.
//!
//! The rule is UAX #29 word segmentation, tailored for comparing (as section 4 of that annex invites):
//!
//! - A word is a run of letters, digits and the marks on them. Of the punctuation that UAX #29 allows inside a word,
//!   only the apostrophe stays: a full stop, colon, comma or underscore separates, since missing spaces after them are
//!   the commonest typing and extraction errors.
//! - In scripts written without spaces (`is_unspaced`) each character, with its marks, is a word.
//! - Invisible characters (`Default_Ignorable_Code_Point`: zero-width, bidi controls, soft hyphens, variation
//!   selectors) and private-use characters are skipped: they neither separate words nor belong to their compared form.
//! - All other characters separate.

use std::ops::Range;

use crate::text::folding::Class;
use crate::text::folding::{FoldTable, Form};

/// A word of a piece of text.
pub(super) struct Word<'a> {
    /// Its bytes in the piece.
    pub(super) range: Range<usize>,
    /// Its compared form; `None` if it is longer than the room that was left.
    pub(super) form: Option<&'a str>,
}

/// Calls `each` with each word of `piece`, in order, and the form `form` as a buffer.
///
/// `room` is the greatest length of all compared forms together, in bytes. Words past it have no form, and no time is
/// spent on them. Linear in the piece.
pub(super) fn for_each_word(piece: &str, room: usize, form: &mut Form, mut each: impl FnMut(Word<'_>)) {
    let table = FoldTable::get();
    let mut reader = table.reader();
    let mut room = Some(room);
    let mut finish = |form: &mut Form, done: Open| {
        let word = piece.get(done.start..done.end).unwrap_or_default();
        let found = room.and_then(|room| form.finish(word, room));
        room = room.zip(found).map(|(room, form)| room - form.len());
        each(Word { range: done.start..done.end, form: found });
    };
    let mut open: Option<Open> = None;
    for (at, c) in piece.char_indices() {
        let end = at + c.len_utf8();
        let folded = reader.folded(c);
        match (folded.class, &mut open) {
            (Class::Ignorable, _) => {}
            (Class::Letter, Some(current)) if !current.single => {
                form.push(table, c, folded);
                current.letter(end);
            }
            (Class::Mark, Some(current)) if !current.at_apostrophe => {
                form.push(table, c, folded);
                current.end = end;
            }
            (Class::Apostrophe, Some(current)) if !current.single && !current.at_apostrophe => {
                current.at_apostrophe = true;
            }
            (class, _) => {
                if let Some(done) = open.take() {
                    finish(form, done);
                }
                if matches!(class, Class::Letter | Class::Ideograph) {
                    form.clear();
                    form.push(table, c, folded);
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
        finish(form, done);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let mut out = Vec::new();
        for_each_word(text, usize::MAX, &mut Form::default(), |word| out.push(&text[word.range]));
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
