//! Sentences around a place in a text.

use super::super::quotations::is_sentence_end;
use super::marks::Marks;
use crate::text::peek;
use crate::text::scripts::is_cjk;

/// Bytes of a sentence before or after a place that are read, at most.
pub(super) const LOOK_BYTES: usize = 480;
/// Citations that follow a sentence and belong to it, at most.
const MAX_CITATIONS: usize = 8;
/// Spaces between the end of a sentence and a citation that belongs to it, at most.
const MAX_SPACES: usize = 2;

/// Abbreviations whose full stop ends no sentence, in lower case.
#[rustfmt::skip]
const ABBREVIATIONS: &[&str] = &[
    "al", "alii", "p", "pp", "vol", "no", "nr", "ed", "eds", "cf", "vgl", "bzw", "bspw", "usw", "ca", "dr", "prof", "mr", "mrs", "ms", "st",
    "fig", "art", "abs", "hrsg", "bd", "ff", "ibid", "ebd", "op", "cit", "loc", "см", "ср", "др", "гг", "им", "стр", "т", "с", "см", "див",
    "zob", "por", "red", "wyd", "jr", "sr", "vs", "approx", "etc", "resp", "e.g", "i.e", "bkz", "pág", "págs", "cap", "sec", "chap", "para", "inc", "ltd",
];

/// Finds the ends of sentences.
pub(super) struct Sentences<'a> {
    pub(super) text: &'a str,
    /// Citations: a full stop in one ends no sentence, and one that follows a sentence belongs to it.
    pub(super) marks: &'a Marks,
}

impl Sentences<'_> {
    /// The offset where the sentence with the word at byte `at` starts.
    pub(super) fn start(&self, at: usize) -> usize {
        let from = self.text.ceil_char_boundary(at.saturating_sub(LOOK_BYTES));
        let before = peek::slice(self.text, from, at);
        let mut start = from;
        for (offset, c) in before.char_indices() {
            if let Some(end) = self.boundary(from + offset, c).filter(|end| *end <= at) {
                start = start.max(end);
            }
        }
        start
    }

    /// The offset where the sentence that goes on at byte `at` ends, citations after it included.
    pub(super) fn end(&self, at: usize) -> usize {
        let ahead = peek::window(self.text, at, LOOK_BYTES);
        let mut boundaries = ahead.char_indices();
        boundaries.find_map(|(offset, c)| self.boundary(at + offset, c)).unwrap_or(at + ahead.len())
    }

    /// The end of the sentence that the character `c` at byte `at` ends, if it does.
    fn boundary(&self, at: usize, c: char) -> Option<usize> {
        let after = at + c.len_utf8();
        if c == '\n' {
            return self.ends_paragraph(at).then_some(after);
        }
        if !is_sentence_end(c) || self.marks.hold(at) {
            return None;
        }
        let closed = self.skip(after, |c| is_closing(c) || is_sentence_end(c));
        let wide = is_cjk(c) || !matches!(c, '.' | '!' | '?' | '…');
        let end = self.with_citations(closed);
        let next = peek::after(self.text, closed);
        let separated = wide || end > closed || next.is_none_or(char::is_whitespace);
        if !separated || (c == '.' && end == closed && !self.full_stop_ends(at, closed)) {
            return None;
        }
        Some(end)
    }

    /// Whether the full stop at byte `at` ends a sentence; what closes it ends at byte `closed`.
    fn full_stop_ends(&self, at: usize, closed: usize) -> bool {
        let window = self.text.ceil_char_boundary(at.saturating_sub(32));
        let word = peek::slice(self.text, window, at);
        let word = word.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let initial =
            word.chars().count() == 1 && word.starts_with(char::is_alphabetic) && !word.starts_with(is_cjk);
        if initial || ABBREVIATIONS.contains(&word.to_lowercase().as_str()) {
            return false;
        }
        let next = peek::window(self.text, closed, 16).trim_start().chars().next();
        !next.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit())
    }

    /// The end of the citations that follow byte `at` and belong to the sentence before.
    fn with_citations(&self, at: usize) -> usize {
        let mut end = at;
        for _ in 0..MAX_CITATIONS {
            let spaces = peek::window(self.text, end, MAX_SPACES);
            let next = end + spaces.len() - spaces.trim_start_matches([' ', '\u{A0}']).len();
            let Some(mark) = self.marks.at(next) else { return end };
            let after = self.skip(mark.end as usize, |c| is_sentence_end(c) || is_closing(c));
            let goes_on = peek::window(self.text, after, 8).trim_start();
            // "Osei et al. (2011) argue": the bracket is inside the sentence.
            if goes_on.starts_with(|c: char| c.is_lowercase() || matches!(c, ',' | ';' | ':')) {
                return end;
            }
            end = after;
        }
        end
    }

    fn skip(&self, at: usize, which: impl Fn(char) -> bool) -> usize {
        let ahead = peek::window(self.text, at, 16);
        at + ahead.len() - ahead.trim_start_matches(which).len()
    }

    /// Whether the line end at byte `at` ends a paragraph that does not lead in to the next one.
    fn ends_paragraph(&self, at: usize) -> bool {
        let rest = peek::window(self.text, at + 1, 64);
        let blank = rest.trim_start_matches([' ', '\t', '\r', '>']).starts_with('\n');
        let from = self.text.ceil_char_boundary(at.saturating_sub(16));
        let before = peek::slice(self.text, from, at).trim_end();
        blank && !before.is_empty() && !before.ends_with([':', '：', ',', '，', '،', '—', '–'])
    }
}

/// Whether a character may close a sentence after its last mark.
pub(super) fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '”'
            | '“'
            | '»'
            | '«'
            | '’'
            | '\''
            | '›'
            | '‹'
            | '」'
            | '』'
            | ')'
            | ']'
            | '）'
            | '］'
            | '＂'
    )
}
