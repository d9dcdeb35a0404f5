//! Quotations over several paragraphs.
//!
//! By the usual rule (Chicago Manual of Style 13.32, the *comillas de seguir* of Spanish, Japanese practice) each paragraph
//! begins with an opening mark, and only the last ends with a closing one. Spanish and French begin the later paragraphs
//! with the closing mark too. A quotation that opens a paragraph and closes at the end of a later one, without
//! marks between, is the other use.

use crate::text::peek;

/// Bytes of white space between two paragraphs that are read, at most.
const MAX_SPACE_BYTES: usize = 64;
/// Bytes after a closing mark that may still belong to the quotation: punctuation, the number of a note, a citation.
const MAX_TAIL_BYTES: usize = 120;

/// What a paragraph begins with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carry {
    /// The first character of the next paragraph.
    first: Option<char>,
    /// The offset after its quotation mark, or after the white space before it.
    pub(super) after: usize,
}

impl Carry {
    /// What follows the line end at byte `at`, before byte `end`.
    pub(super) fn next(text: &str, at: usize, end: usize) -> Self {
        let ahead = peek::window(text, at, MAX_SPACE_BYTES.min(end - at));
        let bare = ahead.trim_start();
        let start = at + ahead.len() - bare.len();
        let first = bare.chars().next();
        let after = first.filter(|c| is_opening(*c)).map_or(start, |c| start + c.len_utf8());
        // The line end is read again only if nothing else is left.
        Self { first, after: after.max(at + 1) }
    }

    /// Whether the mark at the beginning of the paragraph continues the quotation that `opening` opened.
    pub(super) fn continues(self, opening: char) -> bool {
        match self.first {
            Some('»') => matches!(opening, '«' | '»'),
            Some('”') => matches!(opening, '“' | '”'),
            Some('“') => matches!(opening, '“' | '„'),
            Some(first) => first == opening && is_opening(first),
            None => false,
        }
    }

    /// Whether the paragraph begins without a mark.
    pub(super) fn is_plain(self) -> bool {
        self.first.is_some_and(|c| !is_opening(c))
    }
}

/// Whether a mark may begin a paragraph of a quotation. An apostrophe may not: it begins words.
fn is_opening(c: char) -> bool {
    matches!(
        c,
        '"' | '＂'
            | '“'
            | '”'
            | '„'
            | '‟'
            | '«'
            | '»'
            | '‘'
            | '‹'
            | '「'
            | '『'
            | '｢'
            | '〝'
            | '﹁'
            | '﹃'
    )
}

/// Whether a mark opens and never closes, in the conventions that have it.
pub(super) fn is_directed(glyph: char) -> bool {
    matches!(glyph, '“' | '„' | '«' | '「' | '『')
}

/// Whether only white space stands between byte `at` and the line end before it.
pub(super) fn leads_paragraph(text: &str, at: usize) -> bool {
    let from = text.ceil_char_boundary(at.saturating_sub(MAX_SPACE_BYTES));
    let before = peek::slice(text, from, at).trim_end_matches(|c: char| c.is_whitespace() && c != '\n');
    before.ends_with('\n') || (before.is_empty() && from == 0)
}

/// Whether nothing but punctuation or a citation follows byte `at` in its line.
pub(super) fn ends_paragraph(text: &str, at: usize) -> bool {
    let ahead = peek::window(text, at, MAX_TAIL_BYTES);
    let line = ahead.split('\n').next().unwrap_or_default();
    let whole = line.len() < ahead.len() || at + ahead.len() == text.len();
    let rest = line.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '[' | ')' | ']'));
    let bracketed = rest.starts_with(['(', '[']) && rest.ends_with([')', ']']);
    let number = rest.len() <= 3 && rest.chars().all(char::is_numeric);
    whole && (rest.is_empty() || bracketed || number)
}
