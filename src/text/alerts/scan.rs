//! One pass over all characters that are not printable ASCII.

use memchr::{memchr, memrchr};

use super::hidden::{Hidden, is_combining, is_overlay, is_right_to_left, kind_of};
use super::words::{Letter, Word};
use super::{AlertKind, Finding, Severity, peek};

/// Bytes of the blocks in which ASCII is skipped.
const BLOCK_BYTES: usize = 64;
/// Combining marks on one letter that are no spelling: Vietnamese and Greek need three at most.
const STACK: u32 = 4;
/// Private-use characters in a row that are no icon.
const PRIVATE_RUN: u32 = 4;

/// The findings in `text`, unsorted.
pub(super) fn findings(text: &str) -> Vec<Finding> {
    let mut scan = Scan {
        text,
        found: Vec::new(),
        line: Line::default(),
        marks: Run::default(),
        private: Run::default(),
        flag: false,
    };
    let mut at = 0;
    while let Some(next) = next_unusual(text.as_bytes(), at) {
        let start = word_start(text.as_bytes(), at, next);
        at = scan.word(start);
    }
    scan.end_runs(text.len());
    scan.found
}

/// The first byte from `at` on that is neither printable ASCII nor white space.
fn next_unusual(bytes: &[u8], at: usize) -> Option<usize> {
    let is_unusual = |byte: &u8| *byte >= 0x7F || (*byte < 0x20 && !matches!(*byte, b'\t'..=b'\r'));
    let rest = bytes.get(at..)?;
    let (blocks, _) = rest.as_chunks::<BLOCK_BYTES>();
    let clean =
        blocks.iter().take_while(|block| !block.iter().fold(false, |any, byte| any | is_unusual(byte)));
    let skipped = clean.count() * BLOCK_BYTES;
    let found = rest.get(skipped..)?.iter().position(is_unusual)?;
    Some(at + skipped + found)
}

/// The offset where the ASCII letters before byte `at` begin, at least `floor`.
fn word_start(bytes: &[u8], floor: usize, at: usize) -> usize {
    let before = bytes.get(floor..at).unwrap_or_default();
    floor + before.iter().rposition(|byte| !byte.is_ascii_alphabetic()).map_or(0, |last| last + 1)
}

/// The end of a line, and whether the line has text written from right to left.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    end: usize,
    right_to_left: bool,
}

/// Consecutive characters of one kind.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    start: usize,
    count: u32,
}

impl Run {
    fn push(&mut self, at: usize) {
        if self.count == 0 {
            self.start = at;
        }
        self.count += 1;
    }
}

struct Scan<'a> {
    text: &'a str,
    found: Vec<Finding>,
    line: Line,
    marks: Run,
    private: Run,
    /// Whether tags that follow are part of a flag (UTS #51: England, Scotland, Wales).
    flag: bool,
}

impl Scan<'_> {
    /// Reads from byte `start` to the end of the word there. Returns the offset from which on ASCII may be skipped.
    fn word(&mut self, start: usize) -> usize {
        let mut word = Word::default();
        let mut before = peek::before(self.text, start);
        let mut hyphens = Hyphens::default();
        let rest = self.text.get(start..).unwrap_or_default();
        for (offset, c) in rest.char_indices() {
            let at = start + offset;
            if !is_combining(c) {
                self.end_marks(at);
            }
            if let Some(letter) = Letter::of(c) {
                word.push(at, letter);
                hyphens.letter();
                self.end_private(at);
            } else if is_combining(c) {
                self.marks.push(at);
                self.overlay(at, c);
            } else if let Some(kind) = kind_of(c) {
                let found = self.hidden(at, c, kind, before);
                if found && kind == AlertKind::SoftHyphen {
                    hyphens.hyphen(at);
                }
            } else {
                self.end_private(at);
                self.found.extend(word.finish(self.text, at));
                self.found.extend(hyphens.finish());
                self.flag = c == '\u{1F3F4}';
                if c.is_ascii() {
                    return at + 1;
                }
            }
            before = Some(c);
        }
        self.end_runs(self.text.len());
        self.found.extend(word.finish(self.text, self.text.len()));
        self.found.extend(hyphens.finish());
        self.text.len()
    }

    /// Judges the invisible character `c` at byte `at`. True if it is a finding.
    fn hidden(&mut self, at: usize, c: char, kind: AlertKind, before: Option<char>) -> bool {
        let end = at + c.len_utf8();
        if kind == AlertKind::PrivateUse {
            self.private.push(at);
            return false;
        }
        self.end_private(at);
        let is_tag = matches!(c, '\u{E0020}'..='\u{E007F}');
        if is_tag && self.flag {
            return false;
        }
        let right_to_left = kind == AlertKind::BidiControl && self.is_right_to_left(at);
        let hidden = Hidden { c, before, after: peek::after(self.text, end), right_to_left };
        let finding = hidden.severity().map(|severity| Finding { kind, severity, start: at, end, count: 1 });
        self.found.extend(finding);
        finding.is_some()
    }

    /// Whether the line of byte `at` has text written from right to left. Each line is read once.
    fn is_right_to_left(&mut self, at: usize) -> bool {
        if at >= self.line.end {
            let bytes = self.text.as_bytes();
            let start = memrchr(b'\n', bytes.get(self.line.end..at).unwrap_or_default());
            let start = self.line.end + start.map_or(0, |newline| newline + 1);
            let length = memchr(b'\n', bytes.get(at..).unwrap_or_default());
            let end = length.map_or(self.text.len(), |length| at + length + 1);
            let right_to_left = peek::slice(self.text, start, end).chars().any(is_right_to_left);
            self.line = Line { end, right_to_left };
        }
        self.line.right_to_left
    }

    fn overlay(&mut self, at: usize, c: char) {
        if is_overlay(c) {
            let end = at + c.len_utf8();
            self.found.push(Finding {
                kind: AlertKind::StackedMarks,
                severity: Severity::Low,
                start: at,
                end,
                count: 1,
            });
        }
    }

    fn end_marks(&mut self, end: usize) {
        let Run { start, count } = std::mem::take(&mut self.marks);
        if count >= STACK {
            let severity = if count >= 2 * STACK { Severity::Medium } else { Severity::Low };
            self.found.push(Finding { kind: AlertKind::StackedMarks, severity, start, end, count });
        }
    }

    fn end_private(&mut self, end: usize) {
        let Run { start, count } = std::mem::take(&mut self.private);
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let inside_word = is_letter(peek::before(self.text, start)) && is_letter(peek::after(self.text, end));
        let severity = match count {
            0 => return,
            PRIVATE_RUN.. => Severity::Medium,
            _ if inside_word => Severity::Low,
            _ => return,
        };
        self.found.push(Finding { kind: AlertKind::PrivateUse, severity, start, end, count });
    }

    fn end_runs(&mut self, end: usize) {
        self.end_marks(end);
        self.end_private(end);
    }
}

/// The soft hyphens of one word, and whether one of them cuts off a single letter.
#[derive(Debug, Clone, Copy, Default)]
struct Hyphens {
    first: Option<usize>,
    last: usize,
    since: u32,
    single: bool,
}

impl Hyphens {
    fn letter(&mut self) {
        self.since += 1;
    }

    fn hyphen(&mut self, at: usize) {
        self.single |= self.since == 1;
        self.first.get_or_insert(at);
        self.last = at;
        self.since = 0;
    }

    /// The finding at the end of a word if single letters were cut off, which no hyphenation does.
    fn finish(&mut self) -> Option<Finding> {
        let Self { first, last, since, single } = std::mem::take(self);
        let start = first.filter(|_| single || since == 1)?;
        // The hyphens were counted one by one already.
        let (kind, end) = (AlertKind::SoftHyphen, last + '\u{AD}'.len_utf8());
        Some(Finding { kind, severity: Severity::Medium, start, end, count: 0 })
    }
}
