//! Sorted spans of citations.

use super::Span;

/// Spans of a text, sorted and disjoint.
#[derive(Debug, Default)]
pub(super) struct Marks(Vec<Span>);

impl Marks {
    /// The union of spans in any order.
    pub(super) fn new(mut spans: Vec<Span>) -> Self {
        spans.sort_unstable();
        let mut union: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match union.last_mut() {
                Some(last) if span.start < last.end => last.end = last.end.max(span.end),
                _ => union.push(span),
            }
        }
        Self(union)
    }

    /// The first span that ends after byte `at`.
    fn after(&self, at: usize) -> Option<Span> {
        let place = self.0.partition_point(|span| span.end as usize <= at);
        self.0.get(place).copied()
    }

    /// Whether a span has bytes from `start` to `end`.
    pub(super) fn any_in(&self, start: usize, end: usize) -> bool {
        self.after(start).is_some_and(|span| (span.start as usize) < end)
    }

    /// Whether a span begins from `start` on, before `end`.
    pub(super) fn any_from(&self, start: usize, end: usize) -> bool {
        let place = self.0.partition_point(|span| (span.start as usize) < start);
        self.0.get(place).is_some_and(|span| (span.start as usize) < end)
    }

    /// The span that begins at byte `at`.
    pub(super) fn at(&self, at: usize) -> Option<Span> {
        self.after(at).filter(|span| span.start as usize == at)
    }

    /// Whether byte `at` is inside a span.
    pub(super) fn hold(&self, at: usize) -> bool {
        self.after(at).is_some_and(|span| span.start as usize <= at)
    }

    /// The end of the last span that lies from `start` to `end`.
    pub(super) fn ends_in(&self, start: usize, end: usize) -> Option<usize> {
        let before = self.0.partition_point(|span| span.end as usize <= end);
        let last = self.0.get(before.checked_sub(1)?)?;
        (last.start as usize >= start).then_some(last.end as usize)
    }
}
