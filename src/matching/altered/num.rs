//! Conversions and element access that cannot fail.
use std::ops::Range;

/// The item at `i`, or the default of its type past the end.
#[inline]
pub(super) fn at<T: Copy + Default>(items: &[T], i: usize) -> T {
    items.get(i).copied().unwrap_or_default()
}

/// A number as an index.
#[inline]
pub(super) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A count as a number; counts of words fit.
#[inline]
pub(super) fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Number of words of a span.
#[inline]
pub(super) fn size(span: &Range<u32>) -> u32 {
    span.end.saturating_sub(span.start)
}

/// The words of a span.
#[inline]
pub(super) fn slice<'s>(words: &'s [u32], span: &Range<u32>) -> &'s [u32] {
    words.get(index(span.start)..index(span.end)).unwrap_or_default()
}

/// Whether two spans have a word in common.
#[inline]
pub(super) fn touches(a: &Range<u32>, b: &Range<u32>) -> bool {
    a.start < b.end && b.start < a.end
}

/// The shortest span that contains both.
#[inline]
pub(super) fn hull(a: &Range<u32>, b: &Range<u32>) -> Range<u32> {
    a.start.min(b.start)..a.end.max(b.end)
}

/// A count as a real number: exact up to 16 million, rounded beyond.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "shares and logarithms of counts need no more")]
pub(super) fn real(count: u32) -> f32 {
    count as f32
}
