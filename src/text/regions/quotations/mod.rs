//! Quotations: text between quotation marks, and block quotes.
//!
//! One pass with a short stack of open marks. Three rules limit the damage of an unbalanced mark: the end of a
//! paragraph drops all open marks that do not [carry on](carried); an undirected mark that can only open drops an
//! earlier one of its kind; and a quotation has at most [`MAX_WORDS`] in a paragraph.

mod by_sign;
mod carried;
mod indented;
mod introduction;
mod marks;
mod shape;

use std::ops::Range;

use self::by_sign::block_quotes;
use self::carried::{Carry, ends_paragraph};
use self::indented::indented_quotes;
pub(super) use self::introduction::ends_with_source;
use self::marks::{Closing, Mark, is_elision};
pub(super) use self::shape::is_sentence_end;
use super::{Span, peek};

/// The longest quotation between marks, in words: about a page. Style guides require a block quote from 40 (APA) or 100
/// words (Chicago) on, so a longer inline quotation has a mark missing.
const MAX_WORDS: usize = 300;
/// The longest quotation between single marks, in words: they may be apostrophes.
const MAX_WORDS_SINGLE: usize = 100;
/// The longest quotation between single marks, in words, if the closing one may be an elision.
const MAX_WORDS_UNSURE: usize = 30;
/// The longest quotation over several paragraphs, in words. Each paragraph has at most [`MAX_WORDS`].
const MAX_WORDS_CARRIED: usize = 600;
/// The longest quotation in bytes: words of longer spans are not counted.
const MAX_BYTES: usize = 6_000;
/// Open marks on the stack, at most: nested quotations, and marks without a counterpart.
const MAX_OPEN: usize = 8;
/// `"` and `'` as bytes.
const QUOTE: u8 = 0x22;
const APOSTROPHE: u8 = 0x27;
/// The longest wrapped line, in bytes. A longer line is a paragraph.
const LONG_LINE_BYTES: usize = 200;

/// The outermost quotations of `text`, marks included, sorted and disjoint.
pub(super) fn quotations(text: &str) -> Vec<Span> {
    let mut scan = Scan { text, open: Vec::with_capacity(MAX_OPEN), found: Vec::new() };
    let mut blocks = block_quotes(text);
    blocks.extend(indented_quotes(text));
    blocks.sort_by_key(|block| block.start);
    let mut start = 0;
    for quote in blocks {
        if quote.start < start {
            continue;
        }
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
    /// The offset of the text after the last mark that opened it: its own, or that of a later paragraph.
    content: usize,
    /// Whether only a certain closing mark closes it: it is too far back for a likely one.
    wants_sure: bool,
    place: Place,
}

/// Whether the quotation after an opening mark may go on in the next paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The mark stands inside its paragraph: the next paragraph has to begin with another.
    Inside,
    /// The mark is the first character of its paragraph.
    First,
    /// A paragraph ended after such a mark, and the next one began without a mark.
    Before,
    /// A quotation between the same marks ended after it: its closing mark may be missing.
    Doubtful,
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
                let ends = at - line > LONG_LINE_BYTES || self.is_blank_line(at + 1, end);
                line = at + 1;
                if ends && !self.open.is_empty() {
                    let next = Carry::next(self.text, at, end);
                    if self.carry(next) { next.after - at } else { 1 }
                } else {
                    1
                }
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
        let tex_closing = doubled && self.text.as_bytes().get(at) == Some(&APOSTROPHE);
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
        matches!(around, [before, APOSTROPHE, after] if before.is_ascii_alphabetic() && after.is_ascii_alphabetic())
    }

    /// Closes the innermost open mark that `mark` is the counterpart of. True if there was one, whatever the length of
    /// the quotation.
    fn close(&mut self, mark: Mark, start: usize, end: usize) -> bool {
        let Some(depth) = self.open.iter().rposition(|open| mark.closes(open.glyph) > Closing::No) else {
            return false;
        };
        let Some(open) = self.open.get_mut(depth) else { return false };
        let closing = mark.closes(open.glyph);
        let skip = open.wants_sure && closing < Closing::Sure;
        if skip || !open.fits(self.text, closing, start..end) {
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
        for outer in self.open.iter_mut().filter(|outer| outer.glyph == open.glyph) {
            outer.place = Place::Doubtful;
        }
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
        self.open.retain(|open| !(open.place == Place::Before && open.glyph == mark.glyph));
        if self.open.len() == MAX_OPEN {
            self.open.remove(0);
        }
        let place = if carried::leads_paragraph(self.text, at) { Place::First } else { Place::Inside };
        self.open.push(Open { glyph: mark.glyph, start: at, content: at + length, wants_sure: false, place });
    }

    /// Keeps the outermost open mark over the end of a paragraph if its quotation may go on. True if the next paragraph
    /// begins with a mark that continues it.
    fn carry(&mut self, next: Carry) -> bool {
        let outermost =
            self.open.first().copied().filter(|open| open.place != Place::Doubtful && !open.wants_sure);
        self.open.clear();
        let Some(mut open) = outermost else { return false };
        let continues = next.continues(open.glyph);
        if continues {
            open.content = next.after;
            open.place = Place::Inside;
            self.open.push(open);
        } else if next.is_plain() && open.place == Place::First && carried::is_directed(open.glyph) {
            open.place = Place::Before;
            self.open.push(open);
        }
        continues
    }
}

/// The first byte from `at` on that a quotation mark may begin with, or a line end.
fn next_mark(bytes: &[u8], at: usize) -> Option<usize> {
    const BLOCK_BYTES: usize = 16;
    let is_mark = |byte: &u8| matches!(*byte, QUOTE | APOSTROPHE | b'`' | b'\n' | 0xC2 | 0xE2 | 0xE3 | 0xEF);
    let rest = bytes.get(at..)?;
    let (blocks, _) = rest.as_chunks::<BLOCK_BYTES>();
    let clean = blocks.iter().take_while(|block| !block.iter().fold(false, |any, byte| any | is_mark(byte)));
    let skipped = clean.count() * BLOCK_BYTES;
    Some(at + skipped + rest.get(skipped..)?.iter().position(is_mark)?)
}

impl Open {
    /// Whether the quotation from this mark to the closing mark at `mark` may be as long as it is.
    fn fits(self, text: &str, closing: Closing, mark: Range<usize>) -> bool {
        let inner = peek::slice(text, self.content, mark.start);
        let single = matches!(self.glyph, '\'' | '‘' | '‚' | '‛' | '‹' | '›');
        let limit = match closing {
            Closing::No => return false,
            Closing::Possessive => return !inner.contains(char::is_whitespace),
            Closing::Likely => MAX_WORDS_UNSURE,
            Closing::Sure if single => MAX_WORDS_SINGLE,
            Closing::Sure => MAX_WORDS,
        };
        let whole_bytes = mark.start - self.start;
        if whole_bytes > MAX_BYTES
            || !inner.contains(char::is_alphanumeric)
            || peek::count_words(inner) > limit
        {
            return false;
        }
        let carried = self.content > self.start + self.glyph.len_utf8() + 1;
        let whole = if carried { peek::slice(text, self.start, mark.start) } else { "" };
        peek::count_words(whole) <= MAX_WORDS_CARRIED
            && (self.place != Place::Before || ends_paragraph(text, mark.end))
    }
}
