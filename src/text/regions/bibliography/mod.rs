//! Bibliographies: a heading and the entries under it, or several entries in a row.
//!
//! A heading without entries makes no region, so that a chapter called "Sources" is counted. A list ends when
//! [`MAX_IDLE_WORDS`] words follow without another entry; the words after its last entry are not part of it.

mod entries;
mod entry_start;
mod headings;
mod legal;
mod notes;
mod publication;
mod unheaded;

use std::ops::Range;

use memchr::memchr2_iter;

use self::entries::{MAX_ENTRY_BYTES, Signs, Weight};
use self::entry_start::{Start, entry_start};
use self::headings::{is_heading_afterwards, is_legal_heading, is_works_heading, names_works};
use self::legal::is_legal_entry;
use self::unheaded::Run;
use super::lexemes::lexemes;
use super::lines::{Lines, Years};
use super::{Span, peek};

/// Words between two entries of a list that belong to neither, at most: a subheading or a note.
const MAX_IDLE_WORDS: usize = 25;
/// Lines of an entry, at most.
const MAX_ENTRY_LINES: usize = 6;
/// The longest line, in bytes, of a wrapped entry. In a text with longer lines each entry has one line.
const WRAPPED_LINE_BYTES: usize = 160;
/// Bytes of an inline heading up to its colon, at most.
const INLINE_HEADING_BYTES: usize = 64;
/// Inline headings of one line that are tried, at most.
const MAX_INLINE_PER_LINE: usize = 16;
/// Bytes between two years or addresses in a long line of many entries, at most.
const MAX_GAP_BYTES: usize = 400;
/// Bytes of an entry in a long line after its last year or address, at most.
const MAX_TAIL_BYTES: usize = 240;
/// The bibliographies of `text`, headings included, sorted and disjoint.
pub(crate) fn bibliographies(text: &str) -> Vec<Span> {
    let search = Search { text, lines: Lines::of(text) };
    let mut inline = search.inline_headings().into_iter().peekable();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut years = Years::of(text);
    let mut line = 0;
    while line < search.lines.count() {
        let start = search.lines.start(line);
        let end = search.lines.end(line);
        let here = std::iter::from_fn(|| inline.next_if(|heading| heading.start <= end));
        let begins = here.filter(|heading| heading.start >= start).collect::<Vec<_>>();
        let region = begins
            .iter()
            .take(MAX_INLINE_PER_LINE)
            .find_map(|heading| search.under_inline_heading(heading, line));
        // An entry without a heading needs a year, which is rare in prose.
        let dated = years.any_between(start, start + MAX_ENTRY_BYTES);
        let under_heading = region.or_else(|| search.under_heading(line));
        let run =
            if under_heading.is_none() && dated { search.without_heading(line) } else { Run::default() };
        let mut next = run.next.max(line + 1);
        let mut list = under_heading.or_else(|| run.into_list());
        if list.is_none() {
            let notes = search.notes(line);
            next = next.max(notes.next);
            list = notes.list;
        }
        if let Some(list) = list {
            next = search.lines.number_at(list.end).max(line) + 1;
            found.push(list);
        }
        line = next;
    }
    found.into_iter().map(|list| peek::span(list.start, list.end)).collect()
}

/// Bytes of white space that a line begins with.
fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A heading on the same line as the first entry.
struct InlineHeading {
    /// The offset of the heading.
    start: usize,
    /// The offset of the text after its colon.
    content: usize,
}

/// The end of the entries in a line.
struct LineEnd {
    end: usize,
    /// Whether it is the end of the line.
    is_whole: bool,
}

struct Search<'a> {
    text: &'a str,
    lines: Lines<'a>,
}

impl Search<'_> {
    /// All inline headings, in order.
    fn inline_headings(&self) -> Vec<InlineHeading> {
        let mut found = Vec::new();
        for at in memchr2_iter(b':', 0xEF, self.text.as_bytes()) {
            let Some(colon @ (':' | '：')) = peek::after(self.text, at) else { continue };
            let content = at + colon.len_utf8();
            let from = self.text.ceil_char_boundary(at.saturating_sub(INLINE_HEADING_BYTES));
            let back = peek::slice(self.text, from, at);
            let sentence = back.rfind(['.', '!', '?', '\n', '。', '"', '”', ')', '»', '*', '#']);
            let sign = sentence.and_then(|at| back.get(at..)?.chars().next());
            let words =
                sentence.zip(sign).map_or(back, |(at, sign)| back.get(at + sign.len_utf8()..).unwrap_or(""));
            let bare = words.trim();
            // A sentence starts after a space; `list.references: x` is code.
            let spaced =
                sentence.is_none() || words.len() > bare.len() || matches!(sign, Some('\n' | '*' | '。'));
            let first_line = sentence.is_none() && from > 0;
            let reached = bare.len() < INLINE_HEADING_BYTES && !first_line;
            if spaced && reached && !bare.starts_with(char::is_lowercase) && names_works(bare) {
                found.push(InlineHeading { start: at - words.trim_start().len(), content });
            }
        }
        found
    }

    /// The list after a heading inside line `line`, if its first entry is on the same line.
    fn under_inline_heading(&self, heading: &InlineHeading, line: usize) -> Option<Range<usize>> {
        let &InlineHeading { start, content } = heading;
        let rest = peek::slice(self.text, content, self.lines.end(line));
        if entry_start(rest) == Start::None {
            return None;
        }
        let first = peek::window(rest, 0, MAX_ENTRY_BYTES);
        let next = if rest.len() < WRAPPED_LINE_BYTES { self.lines.get(line + 1) } else { "" };
        let both = format!("{first} {}", peek::window(next, 0, WRAPPED_LINE_BYTES));
        let signs = Signs::of(&both);
        if !signs.year || !signs.is_entry_in_list() {
            return None;
        }
        let LineEnd { end, is_whole } = self.long_line_end(content, line);
        Some(start..if is_whole { self.list_end(line + 1, end, true).unwrap_or(end) } else { end })
    }

    /// The list under the heading on line `line`.
    fn under_heading(&self, line: usize) -> Option<Range<usize>> {
        let heading = self.lines.get(line);
        if !is_works_heading(heading) {
            return None;
        }
        let end = self.list_end(line + 1, 0, false)?;
        Some(self.lines.start(line) + indentation(heading)..end)
    }

    /// The end of the last entry from line `line` on. `end` is the end of an earlier entry, 0 for none; `open` is true
    /// if line `line` may continue that entry.
    fn list_end(&self, mut line: usize, end: usize, mut open: bool) -> Option<usize> {
        let mut last = (end > 0).then_some(end);
        let mut idle_words = 0;
        let legal = line > 0 && is_legal_heading(self.lines.get(line - 1));
        while line < self.lines.count() && idle_words <= MAX_IDLE_WORDS {
            let content = self.lines.get(line);
            if content.trim().is_empty() {
                open = false;
                line += 1;
                continue;
            }
            if is_heading_afterwards(content) || is_works_heading(content) {
                break;
            }
            if is_legal_entry(content) {
                last = Some(self.lines.end(line));
                (line, idle_words, open) = (line + 1, 0, false);
                continue;
            }
            let (signs, next) = self.entry(line);
            // Cases and articles have headings of other texts too.
            let is_entry = if legal { signs.weight() >= Weight::Likely } else { signs.is_entry_in_list() };
            let continues = open && self.continues(line) && self.may_end_entry(line);
            if !is_entry && !continues {
                idle_words += peek::count_words(peek::window(content, 0, MAX_ENTRY_BYTES));
                open = false;
                line += 1;
                continue;
            }
            let next = if is_entry { next } else { line + 1 };
            let LineEnd { end, is_whole } = self.long_line_end(self.lines.start(next - 1), next - 1);
            last = Some(end);
            if !is_whole {
                break;
            }
            (line, idle_words, open) = (next, 0, true);
        }
        last
    }

    /// The signs of the entry that starts on line `line`, and the number of the line after it.
    fn entry(&self, line: usize) -> (Signs<'_>, usize) {
        let mut next = line + 1;
        while next - line < MAX_ENTRY_LINES && self.continues(next) {
            next += 1;
        }
        // A last line without a sign of an entry may be the next paragraph.
        while next - line > 1 && !self.may_end_entry(next - 1) {
            next -= 1;
        }
        let from = self.lines.start(line);
        (Signs::of(peek::slice(self.text, from, self.lines.end(next - 1))), next)
    }

    fn may_end_entry(&self, line: usize) -> bool {
        let content = self.lines.get(line);
        let short = content.ends_with('.') && content.split_whitespace().nth(6).is_none();
        short || Signs::of(content).may_continue()
    }

    /// Whether line `line` continues the entry of the line before it.
    fn continues(&self, line: usize) -> bool {
        let before = self.lines.get(line - 1);
        let content = self.lines.get(line);
        let wrapped = before.len().max(content.len()) <= WRAPPED_LINE_BYTES && !before.trim().is_empty();
        if !wrapped || content.trim().is_empty() || entry_start(content) > Start::None {
            return false;
        }
        let ended = before.ends_with(['.', '!', '?', ')', ']', '。'])
            || before.ends_with(|c: char| c.is_ascii_digit());
        !is_works_heading(content)
            && !is_heading_afterwards(content)
            && (!ended || Signs::of(content).may_continue())
    }

    /// The end of the entries in line `line` from byte `from` on.
    ///
    /// A line no longer than an entry is taken whole. A longer one is a list that lost its line ends: its entries end
    /// where years and addresses no longer follow each other closely.
    fn long_line_end(&self, from: usize, line: usize) -> LineEnd {
        let line_end = self.lines.end(line);
        if line_end.saturating_sub(from) <= MAX_ENTRY_BYTES {
            return LineEnd { end: line_end.max(from), is_whole: true };
        }
        let rest = peek::slice(self.text, from, line_end);
        let mut last = 0;
        for (at, lexeme) in lexemes(rest) {
            if at > last + MAX_GAP_BYTES {
                break;
            }
            if lexeme.is_year() && Signs::of(peek::slice(rest, last, at)).may_continue() {
                last = at;
            }
        }
        if rest.len() <= last + MAX_TAIL_BYTES {
            return LineEnd { end: line_end, is_whole: true };
        }
        let tail = peek::window(rest, last, MAX_TAIL_BYTES);
        let stop =
            tail.rmatch_indices(". ").find(|(at, _)| Signs::of(tail.get(..*at).unwrap_or("")).may_continue());
        // Without a sentence's end the list ends after the four digits of the year.
        LineEnd { end: from + last + stop.map_or(4, |(at, _)| at + 1), is_whole: false }
    }
}
