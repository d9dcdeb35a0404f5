//! Where sentences and paragraphs end.

use crate::text::Span;

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    /// The sentence goes on.
    None,
    /// A sentence ends.
    Sentence,
    /// A paragraph ends.
    Paragraph,
}

/// A mark that ends a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EndMark {
    /// A question mark.
    Question,
    /// An exclamation mark.
    Exclamation,
    /// A full stop.
    Stop,
    /// Dots that may also stand within a sentence.
    Ellipsis,
}

/// The characters between two words, or after the last one.
#[derive(Debug, Default)]
pub(super) struct Gap {
    /// The last mark that may end a sentence.
    pub(super) mark: Option<EndMark>,
    /// Whether a mark of a script without spaces ends the sentence, whatever follows.
    full: bool,
    /// Whether white space follows the mark.
    spaced: bool,
    /// Whether the mark stands before a closing quotation mark or bracket.
    closed: bool,
    lines: u32,
    /// The number of characters.
    length: u32,
}

impl Gap {
    /// Reads the characters between two words. Linear in them.
    pub(super) fn read(gap: &str) -> Self {
        let mut found = Self::default();
        for c in gap.chars() {
            found.length = found.length.saturating_add(1);
            found.push(c);
        }
        found
    }

    fn push(&mut self, c: char) {
        let mark = match c {
            '.' if self.mark == Some(EndMark::Stop) && !self.spaced => Some(EndMark::Ellipsis),
            '.' if self.mark.is_some() && !self.spaced => self.mark,
            '…' => Some(EndMark::Ellipsis),
            '?' | '？' | '؟' | '⸮' => Some(EndMark::Question),
            '!' | '！' => Some(EndMark::Exclamation),
            '.' | '。' | '．' | '।' | '॥' | '۔' | '።' | '։' => Some(EndMark::Stop),
            _ => None,
        };
        if mark.is_some() {
            self.mark = mark;
            self.spaced = false;
            self.closed = false;
            self.full |= !c.is_ascii() && c != '…';
        } else if c.is_whitespace() {
            self.spaced = true;
            self.lines += u32::from(c == '\n');
        } else if self.mark.is_some() && !self.spaced {
            self.closed |= matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']');
        }
    }

    /// What the gap is, between the words at two spans. `wrapped` tells whether lines are wrapped within paragraphs.
    pub(super) fn between(&self, text: &str, before: Span, after: Span, wrapped: bool) -> Break {
        if self.lines > 1 {
            return Break::Paragraph;
        }
        let (word, next) = (before.of(text), after.of(text));
        let small = next.chars().next().is_some_and(char::is_lowercase);
        let ends = self.full || self.ends_sentence(text, before, word, next, small);
        match (self.lines == 1 && !wrapped, ends) {
            (true, _) if ends || !small => Break::Paragraph,
            (_, true) => Break::Sentence,
            _ => Break::None,
        }
    }

    fn ends_sentence(&self, text: &str, before: Span, word: &str, next: &str, small: bool) -> bool {
        let Some(mark) = self.mark else { return false };
        if !self.spaced {
            return self.length == 1 && is_missing_space(word, next);
        }
        match mark {
            EndMark::Question | EndMark::Exclamation => !(small && self.closed),
            EndMark::Ellipsis => !small,
            EndMark::Stop => {
                !is_abbreviation(text, before, word, small) && !is_item_number(text, before, word)
            }
        }
    }
}

/// Whether the space after a full stop was left out: a word in small letters before, a capitalised one after.
fn is_missing_space(word: &str, next: &str) -> bool {
    let mut begin = next.chars();
    let capitalised =
        begin.next().is_some_and(char::is_uppercase) && begin.next().is_some_and(char::is_lowercase);
    capitalised && word.chars().nth(1).is_some() && word.chars().all(char::is_lowercase)
}

/// Abbreviations that stand before a name or a number, and are followed by a capital within a sentence.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "rev", "gen", "col", "capt", "lt", "sgt", "sen", "rep", "gov",
    "hon", "vs", "cf", "fig", "figs", "no", "nos", "vol", "pp", "ch", "sec", "eq", "ed", "eds", "trans",
    "approx", "viz", "bzw", "hr", "fr", "nr", "mme",
];
/// Abbreviations that may also end a sentence.
const OTHERS: &[&str] =
    &["etc", "al", "inc", "ltd", "co", "corp", "jr", "sr", "ibid", "dept", "est", "min", "max", "ca", "usw"];

/// Whether the full stop after a word belongs to an abbreviation.
fn is_abbreviation(text: &str, before: Span, word: &str, small: bool) -> bool {
    let mut letters = word.chars();
    if let (Some(first), None) = (letters.next(), letters.next()) {
        let dotted = Span { start: 0, end: before.start }.of(text).ends_with('.');
        let initial = first.is_uppercase() && !matches!(first, 'I' | 'A');
        return first.is_alphabetic() && ((small && dotted) || initial || (dotted && first.is_uppercase()));
    }
    let is_in = |list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known));
    // `no` and the like end sentences too when they are not followed by what they abbreviate.
    let number_follows = || {
        text.get(before.end as usize + 1..)
            .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
    };
    match word {
        "no" | "No" | "ch" | "sec" | "ed" | "fig" => number_follows(),
        _ => is_in(TITLES) || (small && is_in(OTHERS)),
    }
}

/// Whether a word is a number at the beginning of its line, as of a list: `2. Next`.
fn is_item_number(text: &str, before: Span, word: &str) -> bool {
    let line = Span { start: 0, end: before.start }.of(text);
    word.len() < 4
        && word.bytes().all(|digit| digit.is_ascii_digit())
        && (line.is_empty() || line.trim_end_matches(' ').ends_with('\n'))
}

/// The longest line, in characters, of a text whose lines are wrapped.
const LONGEST_WRAPPED_LINE: usize = 100;
/// The least length of a line that is taken for wrapped.
const LEAST_WRAPPED_LINE: usize = 45;
/// The fewest lines of a wrapped text.
const LEAST_WRAPPED_LINES: usize = 3;

/// Whether the lines of a text are wrapped at a width, so that their ends say nothing. Linear in the text.
pub(super) fn is_wrapped(text: &str) -> bool {
    let (mut lines, mut wide) = (0, 0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.len() > LONGEST_WRAPPED_LINE && line.chars().nth(LONGEST_WRAPPED_LINE).is_some() {
            return false;
        }
        lines += 1;
        wide += usize::from(line.chars().nth(LEAST_WRAPPED_LINE).is_some());
    }
    lines >= LEAST_WRAPPED_LINES && wide * 10 >= lines * 6
}
