//! Bibliographies: a heading and the entries under it, or several entries in a row.
//!
//! A heading without entries is nothing, so a chapter called "Sources" is safe. Entries reach on until
//! [`MAX_IDLE_WORDS`] words go by without another one; what goes by after the last is not part of the list.

use memchr::memchr2_iter;

use super::entries::{MAX_ENTRY_BYTES, Signs};
use super::entry_start::{Start, entry_start};
use super::headings::{is_heading_afterwards, is_works_heading, names_works};
use super::lexemes::lexemes;
use super::lines::{Lines, Years};
use super::{Span, peek};

/// How many words that belong to no entry may stand between two entries of a list: a subheading, a note.
const MAX_IDLE_WORDS: usize = 25;
/// How many lines an entry may have.
const MAX_ENTRY_LINES: usize = 6;
/// Lines longer than this are not wrapped: each entry stands on a line of its own.
const WRAPPED_LINE_BYTES: usize = 160;
/// How far an inline heading may stand before its colon, in bytes.
const INLINE_HEADING_BYTES: usize = 64;
/// How many inline headings of one line are tried.
const MAX_INLINE_PER_LINE: usize = 16;
/// In a long line of many entries: how far one year or address may be from the next, in bytes.
const MAX_GAP_BYTES: usize = 400;
/// In a long line: how far an entry may reach past its last year or address, in bytes.
const MAX_TAIL_BYTES: usize = 240;
/// How many entries in a row make a bibliography without a heading.
const MIN_ENTRIES: usize = 2;

/// The bibliographies of `text`, headings included, sorted and disjoint.
pub(super) fn bibliographies(text: &str) -> Vec<Span> {
    let search = Search { text, lines: Lines::of(text) };
    let mut inline = search.inline_headings().into_iter().peekable();
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut years = Years::of(text);
    let mut line = 0;
    while line < search.lines.count() {
        let start = search.lines.start(line);
        let end = search.lines.end(line);
        let here = std::iter::from_fn(|| inline.next_if(|heading| heading.0 <= end));
        let begins = here.filter(|heading| heading.0 >= start).collect::<Vec<_>>();
        let region = begins
            .iter()
            .take(MAX_INLINE_PER_LINE)
            .find_map(|&(start, content)| search.under_inline_heading(start, content, line));
        // An entry without a heading needs a year, which prose seldom has near.
        let dated = years.any_between(start, start + MAX_ENTRY_BYTES);
        let alone = || if dated { search.without_heading(line) } else { None };
        match region.or_else(|| search.under_heading(line)).or_else(alone) {
            Some((start, end)) => {
                found.push((start, end));
                line = search.lines.number_at(end).max(line) + 1;
            }
            None => line += 1,
        }
    }
    found.into_iter().map(|(start, end)| peek::span(start, end)).collect()
}

struct Search<'a> {
    text: &'a str,
    lines: Lines<'a>,
}

impl Search<'_> {
    /// Headings that share their line with the first entry: where each starts, and where its colon ends.
    fn inline_headings(&self) -> Vec<(usize, usize)> {
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
                found.push((at - words.trim_start().len(), content));
            }
        }
        found
    }

    /// The list after a heading inside line `line`, if its first entry follows on the same line.
    fn under_inline_heading(&self, start: usize, content: usize, line: usize) -> Option<(usize, usize)> {
        let rest = peek::slice(self.text, content, self.lines.end(line));
        if entry_start(rest) == Start::None {
            return None;
        }
        let first = peek::window(rest, 0, MAX_ENTRY_BYTES);
        let next = if rest.len() < WRAPPED_LINE_BYTES { self.lines.get(line + 1) } else { "" };
        let signs = Signs::of(&format!("{first} {}", peek::window(next, 0, WRAPPED_LINE_BYTES)));
        if !signs.year || !signs.is_entry_in_list() {
            return None;
        }
        let (end, whole) = self.long_line_end(content, line);
        Some((start, if whole { self.list_end(line + 1, end, true).unwrap_or(end) } else { end }))
    }

    /// The list under the heading on line `line`.
    fn under_heading(&self, line: usize) -> Option<(usize, usize)> {
        let heading = self.lines.get(line);
        if !is_works_heading(heading) {
            return None;
        }
        let indent = heading.len() - heading.trim_start().len();
        let end = self.list_end(line + 1, 0, false)?;
        Some((self.lines.start(line) + indent, end))
    }

    /// The end of the last entry from line `line` on; `end` is where an earlier one ended.
    /// `open` says that line `line` may continue an entry.
    fn list_end(&self, mut line: usize, end: usize, mut open: bool) -> Option<usize> {
        let mut last = (end > 0).then_some(end);
        let mut idle_words = 0;
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
            let (signs, next) = self.entry(line);
            let continues = open && self.continues(line) && self.may_end_entry(line);
            if !signs.is_entry_in_list() && !continues {
                idle_words += peek::count_words(peek::window(content, 0, MAX_ENTRY_BYTES));
                open = false;
                line += 1;
                continue;
            }
            let next = if signs.is_entry_in_list() { next } else { line + 1 };
            let (end, whole) = self.long_line_end(self.lines.start(next - 1), next - 1);
            last = Some(end);
            if !whole {
                break;
            }
            (line, idle_words, open) = (next, 0, true);
        }
        last
    }

    /// The list of at least [`MIN_ENTRIES`] entries that begins on line `line` without a heading.
    fn without_heading(&self, line: usize) -> Option<(usize, usize)> {
        let content = self.lines.get(line);
        if content.is_empty() || entry_start(content) < Start::Strong {
            return None;
        }
        let (mut at, mut count, mut end) = (line, 0, None);
        loop {
            let (signs, next) = self.entry(at);
            if !signs.is_entry_anywhere() {
                break;
            }
            count += 1;
            end = Some(self.lines.end(next - 1));
            // One blank line may stand between two entries.
            at = next + usize::from(self.lines.get(next).trim().is_empty());
        }
        let indent = content.len() - content.trim_start().len();
        end.filter(|_| count >= MIN_ENTRIES).map(|end| (self.lines.start(line) + indent, end))
    }

    /// The signs of the entry that line `line` begins, and the line after it.
    fn entry(&self, line: usize) -> (Signs, usize) {
        let mut next = line + 1;
        while next - line < MAX_ENTRY_LINES && self.continues(next) {
            next += 1;
        }
        // A last line that shows no sign of an entry may well be the next paragraph.
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

    /// Whether line `line` goes on with what the line before it began.
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

    /// Where the entries end that stand in line `line` from byte `from` on, and whether that is all of it.
    ///
    /// A line no longer than an entry is taken whole. In a longer one (a list that lost its line ends) the
    /// entries reach as far as years and addresses follow each other closely.
    fn long_line_end(&self, from: usize, line: usize) -> (usize, bool) {
        let line_end = self.lines.end(line);
        if line_end.saturating_sub(from) <= MAX_ENTRY_BYTES {
            return (line_end.max(from), true);
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
            return (line_end, true);
        }
        let tail = peek::window(rest, last, MAX_TAIL_BYTES);
        let stop =
            tail.rmatch_indices(". ").find(|(at, _)| Signs::of(tail.get(..*at).unwrap_or("")).may_continue());
        (from + last + stop.map_or(4, |(at, _)| at + 1), false)
    }
}
