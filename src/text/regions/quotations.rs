//! Quotations: text between quotation marks, and block quotes.
//!
//! One pass with a short stack of open marks. What keeps an unbalanced mark from swallowing text:
//! a paragraph's end drops every open mark; an undirected mark that can only open drops an earlier one of
//! its kind; and a quotation is no longer than [`MAX_WORDS`].

use super::block_quotes::block_quotes;
use super::quotation_marks::{Closing, Mark, is_elision};
use super::{Span, peek};

/// The longest quotation between marks, in words: about a page. Style guides ask for a block quote from
/// 40 (APA) or 100 words (Chicago) on; whoever quotes more than a page inline has lost a mark.
const MAX_WORDS: usize = 300;
/// The same for single marks, which are apostrophes too.
const MAX_WORDS_SINGLE: usize = 100;
/// The same for single marks whose closing one may well be an elision.
const MAX_WORDS_UNSURE: usize = 30;
/// The same in bytes, so that the words of a long span need not be counted.
const MAX_BYTES: usize = 6_000;
/// Quotations within quotations, and marks that never close.
const MAX_OPEN: usize = 8;
/// A line longer than this is a paragraph of its own: nobody wraps lines that late.
const LONG_LINE_BYTES: usize = 200;

/// The outermost quotations of `text`, marks included, sorted and disjoint.
///
/// A quotation that goes on over several paragraphs, each opened anew and only the last closed, counts
/// from its last paragraph on: the marks alone do not tell it from marks that were forgotten.
pub(super) fn quotations(text: &str) -> Vec<Span> {
    let mut scan = Scan { text, open: Vec::with_capacity(MAX_OPEN), found: Vec::new() };
    let mut start = 0;
    for (from, to) in block_quotes(text) {
        scan.inline(start, from);
        scan.found.push((from, to));
        start = to;
    }
    scan.inline(start, text.len());
    scan.found.into_iter().map(|(start, end)| peek::span(start, end)).collect()
}

/// A mark that waits for its other half.
#[derive(Debug, Clone, Copy)]
struct Open {
    glyph: char,
    start: usize,
    /// Whether only a sure closing mark will do: the span is too long for a likely one already.
    wants_sure: bool,
}

struct Scan<'a> {
    text: &'a str,
    open: Vec<Open>,
    found: Vec<(usize, usize)>,
}

impl Scan<'_> {
    /// Finds the quotations between marks from `start` to `end`.
    fn inline(&mut self, start: usize, end: usize) {
        let bytes = self.text.as_bytes().get(..end).unwrap_or_default();
        let (mut at, mut line) = (start, start);
        self.open.clear();
        while let Some(next) = next_mark(bytes, at) {
            at = next;
            at += if peek::byte(bytes, at) == b'\n' {
                if at - line > LONG_LINE_BYTES || self.is_blank_line(at + 1, end) {
                    self.open.clear();
                }
                line = at + 1;
                1
            } else {
                self.mark(at)
            };
        }
        self.open.clear();
    }

    /// Whether the line that starts at byte `at` holds nothing. Looks no further than a long line's length.
    fn is_blank_line(&self, at: usize, end: usize) -> bool {
        let line = self.text.as_bytes().get(at..end.min(at + LONG_LINE_BYTES)).unwrap_or_default();
        match line.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) {
            Some(byte) => *byte == b'\n',
            None => true,
        }
    }

    /// Handles what may be a mark at byte `at`; returns how many bytes it took.
    fn mark(&mut self, at: usize) -> usize {
        if self.is_apostrophe(at) {
            return 1;
        }
        let Some(glyph) = peek::after(self.text, at) else { return 1 };
        let doubled = matches!(glyph, '`' | '\'') && peek::after(self.text, at + 1) == Some(glyph);
        let length = glyph.len_utf8() + usize::from(doubled);
        let glyph = if doubled { '`' } else { glyph };
        let before = peek::before(self.text, at);
        let mark = Mark { glyph, before, after: peek::after(self.text, at + length) };
        let tex_closing = doubled && self.text.as_bytes().get(at) == Some(&b'\'');
        let tex_single = glyph == '`' && !doubled;
        if tex_single || (tex_closing && !self.open.iter().any(|open| open.glyph == '`')) {
            return length;
        }
        let opening_tex = doubled && !tex_closing;
        if (opening_tex || !self.close(mark, at, at + length)) && mark.opens() {
            self.open(mark, at, length);
        }
        length
    }

    /// Whether byte `at` is an apostrophe between two ASCII letters, as most are.
    fn is_apostrophe(&self, at: usize) -> bool {
        let around = self.text.as_bytes().get(at.saturating_sub(1)..at + 2).unwrap_or_default();
        matches!(around, [before, b'\'', after] if before.is_ascii_alphabetic() && after.is_ascii_alphabetic())
    }

    /// Closes the innermost open mark that `mark` belongs to. True when there was one, long or short.
    fn close(&mut self, mark: Mark, start: usize, end: usize) -> bool {
        let Some(depth) = self.open.iter().rposition(|open| mark.closes(open.glyph) > Closing::No) else {
            return false;
        };
        let Some(open) = self.open.get_mut(depth) else { return false };
        let closing = mark.closes(open.glyph);
        let first = open.start + open.glyph.len_utf8();
        let skip = open.wants_sure && closing < Closing::Sure;
        if skip || !fits(peek::slice(self.text, first, start), closing, open.glyph) {
            // A possessive or an elision leaves the mark open; a span too long to be a quotation ends it.
            match closing {
                Closing::Sure => self.open.truncate(depth),
                Closing::Likely => open.wants_sure = true,
                Closing::Possessive | Closing::No => {}
            }
            return true;
        }
        let open = *open;
        self.open.truncate(depth);
        while self.found.last().is_some_and(|inner| inner.0 > open.start) {
            self.found.pop();
        }
        self.found.push((open.start, end));
        true
    }

    fn open(&mut self, mark: Mark, at: usize, length: usize) {
        let undirected = matches!(mark.glyph, '"' | '＂' | '\'' | '”' | '»' | '›');
        if mark.glyph == '\'' && is_elision(peek::window(self.text, at + length, 24)) {
            return;
        }
        if undirected && let Some(earlier) = self.open.iter().rposition(|open| open.glyph == mark.glyph) {
            self.open.truncate(earlier);
        }
        if self.open.len() == MAX_OPEN {
            self.open.remove(0);
        }
        self.open.push(Open { glyph: mark.glyph, start: at, wants_sure: false });
    }
}

/// The first byte from `at` on that a quotation mark may begin with, or a line end.
fn next_mark(bytes: &[u8], at: usize) -> Option<usize> {
    const BLOCK_BYTES: usize = 16;
    let is_mark = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`' | b'\n' | 0xC2 | 0xE2 | 0xE3 | 0xEF);
    let rest = bytes.get(at..)?;
    let (blocks, _) = rest.as_chunks::<BLOCK_BYTES>();
    let clean = blocks.iter().take_while(|block| !block.iter().fold(false, |any, byte| any | is_mark(byte)));
    let skipped = clean.count() * BLOCK_BYTES;
    Some(at + skipped + rest.get(skipped..)?.iter().position(is_mark)?)
}

/// Whether `inner` is of a length that a quotation may have, given its marks.
fn fits(inner: &str, closing: Closing, opening: char) -> bool {
    let single = matches!(opening, '\'' | '‘' | '‚' | '‛' | '‹' | '›');
    let limit = match closing {
        Closing::No => return false,
        Closing::Possessive => return !inner.contains(char::is_whitespace),
        Closing::Likely => MAX_WORDS_UNSURE,
        Closing::Sure if single => MAX_WORDS_SINGLE,
        Closing::Sure => MAX_WORDS,
    };
    inner.len() <= MAX_BYTES && inner.contains(char::is_alphanumeric) && peek::count_words(inner) <= limit
}
