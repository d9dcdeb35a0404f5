//! Counts over the sources of a collection, and how changes affect them.

use super::entry::Entry;

/// Counts over the sources that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::corpus) struct Counts {
    pub(in crate::corpus) sources: u64,
    pub(in crate::corpus) words: u64,
    pub(in crate::corpus) fingerprints: u64,
    pub(in crate::corpus) text_bytes: u64,
}

impl Counts {
    pub(super) fn add(&mut self, entry: &Entry) {
        self.sources += 1;
        self.words += entry.words;
        self.fingerprints += entry.fingerprints;
        self.text_bytes += entry.text_bytes;
    }

    pub(super) fn subtract(&mut self, entry: &Entry) {
        let mut one = Self::default();
        one.add(entry);
        self.subtract_all(one);
    }

    /// Subtracts the counts of some of the sources.
    pub(super) fn subtract_all(&mut self, some: Self) {
        self.sources -= some.sources;
        self.words -= some.words;
        self.fingerprints -= some.fingerprints;
        self.text_bytes -= some.text_bytes;
    }
}

/// The growth of a collection by a change; negative where it shrinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::corpus) struct Growth {
    pub(super) sources: i64,
    pub(super) text_bytes: i64,
}

impl Growth {
    /// The growth by this and another change.
    pub(in crate::corpus) fn and(self, other: Self) -> Self {
        let (sources, text_bytes) = (self.sources + other.sources, self.text_bytes + other.text_bytes);
        Self { sources, text_bytes }
    }

    /// The growth by one more source with a text of so many bytes.
    pub(super) fn of_source(text_bytes: u64) -> Self {
        Self { sources: 1, text_bytes: signed(text_bytes) }
    }

    /// The growth by one source less.
    pub(super) fn without_source(text_bytes: u64) -> Self {
        Self { sources: -1, text_bytes: -signed(text_bytes) }
    }
}

/// The limit of a text is far below what fits.
fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
