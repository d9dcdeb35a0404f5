//! Lines of a text, and years in it.

use memchr::{memchr_iter, memchr2_iter};

/// The lines of a text as byte ranges, without line ends.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    ends: Vec<(usize, usize)>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut start = 0;
        let mut ends = Vec::with_capacity(text.len() / 60 + 1);
        for newline in memchr_iter(b'\n', text.as_bytes()) {
            ends.push((start, newline));
            start = newline + 1;
        }
        ends.push((start, text.len()));
        Self { text, ends }
    }

    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// The offset where line `number` starts; the end of the text past the last line.
    pub(super) fn start(&self, number: usize) -> usize {
        self.ends.get(number).map_or(self.text.len(), |(start, _)| *start)
    }

    /// The offset where line `number` ends, without trailing white space.
    pub(super) fn end(&self, number: usize) -> usize {
        self.start(number) + self.get(number).len()
    }

    /// Line `number` with its indentation; empty past the last line.
    pub(super) fn get(&self, number: usize) -> &'a str {
        let (start, end) = self.ends.get(number).copied().unwrap_or_default();
        self.text.get(start..end).unwrap_or_default().trim_end()
    }

    /// The number of the line that holds byte `at`.
    pub(super) fn number_at(&self, at: usize) -> usize {
        self.ends.partition_point(|(_, end)| *end < at)
    }
}

/// Years of a text, found in order: each byte is read once.
#[derive(Debug)]
pub(super) struct Years<'a> {
    bytes: &'a [u8],
    next: Option<usize>,
}

impl<'a> Years<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut years = Self { bytes: text.as_bytes(), next: None };
        years.find(0);
        years
    }

    /// Whether a year (four ASCII digits, 1000 to 2999) starts at byte `from` or later, before byte `to`. `from` must
    /// not decrease from call to call.
    pub(super) fn any_between(&mut self, from: usize, to: usize) -> bool {
        if self.next.is_some_and(|next| next < from) {
            self.find(from);
        }
        self.next.is_some_and(|next| next < to)
    }

    fn find(&mut self, from: usize) {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let is_year = |at: &usize| {
            let digits = rest.get(*at..*at + 4);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
                && !rest.get(*at + 4).is_some_and(u8::is_ascii_digit)
        };
        self.next = memchr2_iter(b'1', b'2', rest).find(is_year).map(|at| from + at);
    }
}
