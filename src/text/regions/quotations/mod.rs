//! Quotations: text between quotation marks, and block quotes.
//!
//! One pass with a short stack of open marks. Three rules limit the damage of an unbalanced mark: the end of a
//! paragraph drops all open marks; an undirected mark that can only open drops an earlier one of its kind; and a
//! quotation has at most [`MAX_WORDS`].

mod by_sign;
mod marks;

use std::ops::Range;

use self::by_sign::block_quotes;
use self::marks::{Closing, Mark, is_elision};
use super::{Span, peek};

/// The longest quotation between marks, in words: about a page. Style guides require a block quote from 40 (APA) or 100
/// words (Chicago) on, so a longer inline quotation has a mark missing.
const MAX_WORDS: usize = 300;
/// The longest quotation between single marks, in words: they may be apostrophes.
const MAX_WORDS_SINGLE: usize = 100;
/// The longest quotation between single marks, in words, if the closing one may be an elision.
const MAX_WORDS_UNSURE: usize = 30;
/// The longest quotation in bytes: words of longer spans are not counted.
const MAX_BYTES: usize = 6_000;
/// Open marks on the stack, at most: nested quotations, and marks without a counterpart.
const MAX_OPEN: usize = 8;
/// The longest wrapped line, in bytes. A longer line is a paragraph.
const LONG_LINE_BYTES: usize = 200;

/// The outermost quotations of `text`, marks included, sorted and disjoint.
///
/// Of a quotation over several paragraphs, each with an opening mark and only the last with a closing one, only the
/// last paragraph is found: the others look like missing marks.
pub(super) fn quotations(text: &str) -> Vec<Span> {
    let mut scan = Scan { text, open: Vec::with_capacity(MAX_OPEN), found: Vec::new() };
    let mut start = 0;
    for quote in block_quotes(text) {
        scan.inline(start, quote.start);
        start = quote.end;
        scan.found.push(quote);
    }
    scan.inline(start, text.len());
    scan.found.into_iter().map(|found| peek::span(found.start, found.end)).collect()
}

/// An opening mark without its closing one so far.
#[derive(Debug, Clone, Copy)]
struct Open {
    glyph: char,
    start: usize,
    /// Whether only a certain closing mark closes it: it is too far back for a likely one.
    wants_sure: bool,
}

struct Scan<'a> {
    text: &'a str,
    open: Vec<Open>,
    found: Vec<Range<usize>>,
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

    /// Whether the line that starts at byte `at` is blank. Reads at most [`LONG_LINE_BYTES`].
    fn is_blank_line(&self, at: usize, end: usize) -> bool {
        let line = self.text.as_bytes().get(at..end.min(at + LONG_LINE_BYTES)).unwrap_or_default();
        match line.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) {
            Some(byte) => *byte == b'\n',
            None => true,
        }
    }

    /// Handles the possible mark at byte `at`. Returns the number of bytes read.
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

    /// Closes the innermost open mark that `mark` is the counterpart of. True if there was one, whatever the length of
    /// the quotation.
    fn close(&mut self, mark: Mark, start: usize, end: usize) -> bool {
        let Some(depth) = self.open.iter().rposition(|open| mark.closes(open.glyph) > Closing::No) else {
            return false;
        };
        let Some(open) = self.open.get_mut(depth) else { return false };
        let closing = mark.closes(open.glyph);
        let first = open.start + open.glyph.len_utf8();
        let skip = open.wants_sure && closing < Closing::Sure;
        if skip || !fits(peek::slice(self.text, first, start), closing, open.glyph) {
            // After a possessive or an elision the mark stays open; a certain end too far away drops it.
            match closing {
                Closing::Sure => self.open.truncate(depth),
                Closing::Likely => open.wants_sure = true,
                Closing::Possessive | Closing::No => {}
            }
            return true;
        }
        let open = *open;
        self.open.truncate(depth);
        while self.found.last().is_some_and(|inner| inner.start > open.start) {
            self.found.pop();
        }
        self.found.push(open.start..end);
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

/// Whether a quotation between these marks may be as long as `inner`.
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
