//! Lists without a heading: several entries in a row, or several notes that cite.

use std::collections::VecDeque;
use std::ops::Range;

use super::entries::Weight;
use super::entry_start::{Start, entry_start};
use super::headings::is_notes_heading;
use super::notes::{Cites, Note};
use super::{MAX_ENTRY_LINES, Search, indentation};
use crate::text::peek;

/// Entries in a row that make a bibliography without a heading, at least.
const MIN_ENTRIES: usize = 2;

/// Entries of a list without a heading that are certain only beside others, at most, for each other entry.
const MAX_BESIDE: usize = 3;

/// Entries in a row, without a heading.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// The first line after them.
    pub(super) next: usize,
    certain: usize,
    likely: usize,
    beside: usize,
    /// Where the entries that are counted start. Entries that are certain only beside others are left out at the front
    /// while they are too many.
    starts: VecDeque<Entry>,
    end: usize,
}

/// A note and the number of the line after it.
struct NumberedLines {
    note: Note,
    next: usize,
}

/// Notes in a row.
pub(super) struct Notes {
    pub(super) list: Option<Range<usize>>,
    /// The first line after them.
    pub(super) next: usize,
}

#[derive(Debug)]
struct Entry {
    start: usize,
    weight: Weight,
}

impl Run {
    /// Adds an entry; false if it is none.
    fn add(&mut self, weight: Weight, range: Range<usize>) -> bool {
        match weight {
            Weight::None => return false,
            Weight::Beside => self.beside += 1,
            Weight::Likely => self.likely += 1,
            Weight::Certain => self.certain += 1,
        }
        self.starts.push_back(Entry { start: range.start, weight });
        self.end = range.end;
        true
    }

    /// The list of works that they are.
    pub(super) fn into_list(mut self) -> Option<Range<usize>> {
        let most = MAX_BESIDE * (self.certain + self.likely);
        while self.beside > most && self.starts.pop_front_if(|entry| entry.weight == Weight::Beside).is_some()
        {
            self.beside -= 1;
        }
        let founded = self.certain > 0 || self.likely >= MIN_ENTRIES;
        let is_list = self.starts.len() >= MIN_ENTRIES && founded && self.beside <= most;
        self.starts.front().filter(|_| is_list).map(|entry| entry.start..self.end)
    }
}

impl Search<'_> {
    /// The entries in a row from line `line` on.
    pub(super) fn without_heading(&self, line: usize) -> Run {
        let mut run = Run { next: line, ..Run::default() };
        if entry_start(self.lines.get(line)) == Start::None {
            return run;
        }
        let mut at = line;
        loop {
            let (signs, next) = self.entry(at);
            let start = self.lines.start(at) + indentation(self.lines.get(at));
            if !run.add(signs.weight(), start..self.lines.end(next - 1)) {
                return run;
            }
            run.next = next;
            // One blank line may stand between two entries.
            at = next + usize::from(self.lines.get(next).trim().is_empty());
        }
    }

    /// The notes in a row from line `line` on, with the heading before them.
    pub(super) fn notes(&self, line: usize) -> Notes {
        let heading = is_notes_heading(self.lines.get(line));
        let first =
            if heading { line + 1 + usize::from(self.lines.get(line + 1).trim().is_empty()) } else { line };
        let (mut at, mut count, mut sure, mut end, mut number) = (first, 0, 0, None, 0);
        let mut next = line + 1;
        while let Some(note) = self.note(at).filter(|note| note.note.number == number + 1 || count == 0) {
            if note.note.cites == Cites::No {
                break;
            }
            number = note.note.number;
            count += 1;
            sure += usize::from(note.note.cites == Cites::Surely);
            end = Some(self.lines.end(note.next - 1));
            next = note.next;
            at = next + usize::from(self.lines.get(next).trim().is_empty());
        }
        let needed = if heading { 1 } else { MIN_ENTRIES };
        let start = self.lines.start(line) + indentation(self.lines.get(line));
        let list = end.filter(|_| sure > 0 && count >= needed).map(|end| start..end);
        Notes { list, next }
    }

    /// The note that starts on line `line`, with the lines that continue it.
    fn note(&self, line: usize) -> Option<NumberedLines> {
        let first = self.lines.get(line).trim_start();
        if !first.starts_with(|c: char| c.is_numeric() || matches!(c, '[' | '(')) {
            return None;
        }
        let mut next = line + 1;
        while next - line < MAX_ENTRY_LINES
            && self.continues(next)
            && Note::of(self.lines.get(next)).is_none()
        {
            next += 1;
        }
        let range = self.lines.start(line)..self.lines.end(next - 1);
        let note = Note::of(peek::slice(self.text, range.start, range.end))?;
        Some(NumberedLines { note, next })
    }
}
