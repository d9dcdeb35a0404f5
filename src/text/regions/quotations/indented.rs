//! Block quotes by indentation: lines that are set in from the text before and after them.
//!
//! Indentation has many other uses, so three things must agree: the block reads as prose ([`Shape`]), it stands deeper
//! than the line before it, and the text around it says that it is a quotation ([`Signs`]): a sentence that ends with a
//! colon before it, or a citation at its end.

use std::ops::Range;

use super::introduction::{Before, Signs};
use super::shape::{Shape, columns};
use crate::text::peek;
use crate::text::regions::lines::Lines;

/// Columns that a block quote is deeper than the line before it, at least.
const MIN_COLUMNS: usize = 2;
/// The longest block quote, in bytes: two pages, or less. A longer one may be the text itself.
const MAX_BYTES: usize = 6_000;
/// Blank lines between two paragraphs of a block, at most.
const MAX_BLANK_LINES: usize = 2;
/// Paragraphs of a block that ends the text, at most, unless a citation closes it: the rest of a text whose
/// paragraphs begin with an indented line looks the same.
const MAX_PARAGRAPHS_AT_END: usize = 2;

/// The byte ranges of the indented block quotes of `text`, in order. Linear: a block has at most [`MAX_BYTES`].
pub(super) fn indented_quotes(text: &str) -> Vec<Range<usize>> {
    if !has_indented_line(text.as_bytes()) {
        return Vec::new();
    }
    let lines = Lines::of(text);
    let mut found = Found::default();
    let mut before: Option<usize> = None;
    let mut line = 0;
    while line < lines.count() {
        if lines.get(line).trim_start().is_empty() {
            line += 1;
            continue;
        }
        let base = before.map(|before| columns(lines.get(before)));
        let block = base.and_then(|base| Block::read(&lines, line, base + MIN_COLUMNS));
        before = Some(line);
        line += 1;
        if let Some(block) = block
            && found.judge(text, &lines, &block)
        {
            before = Some(block.last);
            line = block.last + 1;
        }
    }
    found.into_quotes(text)
}

/// Whether a line begins with a tab, two spaces or a wide space.
fn has_indented_line(bytes: &[u8]) -> bool {
    let starts = memchr::memchr_iter(b'\n', bytes).map(|newline| newline + 1);
    let is_indented = |at: usize| {
        let start = bytes.get(at..bytes.len().min(at + 3)).unwrap_or_default();
        matches!(start, [b'\t', ..] | [b' ', b' ' | b'\t', ..] | [0xE3, 0x80, 0x80] | [0xC2, 0xA0, _])
    };
    std::iter::once(0).chain(starts).any(is_indented)
}

/// Lines in a row that are deeper than the line before them.
struct Block {
    first: usize,
    last: usize,
    /// Its columns of indentation.
    depth: usize,
    /// Whether the line before it, which is not as deep, stands there without a blank line between.
    follows_directly: bool,
    /// Whether the text ends with it.
    ends_text: bool,
}

impl Block {
    /// The lines from `first` on that have at least `depth` columns of indentation.
    fn read(lines: &Lines<'_>, first: usize, depth: usize) -> Option<Self> {
        if columns(lines.get(first)) < depth {
            return None;
        }
        let (mut last, mut line) = (first, first + 1);
        while line < lines.count() {
            let content = lines.get(line);
            if content.trim_start().is_empty() {
                if line - last > MAX_BLANK_LINES {
                    break;
                }
            } else if columns(content) < depth {
                break;
            } else {
                last = line;
            }
            line += 1;
            if lines.start(line) - lines.start(first) > MAX_BYTES {
                return None;
            }
        }
        let follows_directly = first > 0 && !lines.get(first - 1).trim_start().is_empty();
        Some(Self {
            first,
            last,
            depth: columns(lines.get(first)),
            follows_directly,
            ends_text: line >= lines.count(),
        })
    }

    fn range(&self, lines: &Lines<'_>) -> Range<usize> {
        let first = lines.get(self.first);
        lines.start(self.first) + first.len() - first.trim_start().len()..lines.end(self.last)
    }
}

/// Block quotes, and what contradicts those of a single line.
#[derive(Default)]
struct Found {
    quotes: Vec<Quote>,
    /// Indented lines that are no quotation: paragraphs of the text begin with them.
    first_lines: usize,
}

struct Quote {
    range: Range<usize>,
    /// Whether each of its paragraphs is one line.
    unwrapped: bool,
}

impl Found {
    /// Judges a block; true if it is a quotation.
    fn judge(&mut self, text: &str, lines: &Lines<'_>, block: &Block) -> bool {
        let range = block.range(lines);
        let shape = Shape::of(lines, block.first, block.last);
        let before = Before::of(peek::slice(text, 0, lines.start(block.first)), block.follows_directly);
        let signs = Signs::of(&before, peek::slice(text, range.start, range.end));
        let placed = !block.ends_text || shape.paragraphs <= MAX_PARAGRAPHS_AT_END || signs.is_cited();
        let is_quote = shape.is_prose()
            && placed
            && !before.is_continued_at(block.depth)
            && signs.make_quotation(shape.unwrapped);
        if is_quote {
            self.quotes.push(Quote { range, unwrapped: shape.unwrapped });
        } else if block.first == block.last {
            self.first_lines += 1;
        }
        is_quote
    }

    /// The quotations, unless they are four fifths of the text: then the text is indented, not they.
    fn into_quotes(self, text: &str) -> Vec<Range<usize>> {
        let unwrapped = self.quotes.iter().filter(|quote| quote.unwrapped).count();
        let begins_with_indent = self.first_lines > 1 && self.first_lines >= unwrapped;
        let kept = self.quotes.into_iter().filter(|quote| !(quote.unwrapped && begins_with_indent));
        let ranges: Vec<_> = kept.map(|quote| quote.range).collect();
        let bytes: usize = ranges.iter().map(ExactSizeIterator::len).sum();
        if bytes * 5 > text.len() * 4 { Vec::new() } else { ranges }
    }
}
