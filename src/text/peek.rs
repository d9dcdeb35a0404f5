//! Access to parts of a text that never panics: neighbours of an offset, slices, word counts.

use super::scripts::is_cjk;
use super::span::Span;

/// A span of byte offsets. Offsets past 4 GiB are clamped: texts are limited to far less.
pub(super) fn span(start: usize, end: usize) -> Span {
    let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: clamp(start), end: clamp(end) }
}

/// The character that ends at byte `at`.
pub(super) fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The character that starts at byte `at`.
pub(super) fn after(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// `text[start..end]`, or an empty text if these are no character boundaries of it.
pub(super) fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or("")
}

/// At most `limit_bytes` of `text` from byte `start`, cut at a character boundary.
pub(super) fn window(text: &str, start: usize, limit_bytes: usize) -> &str {
    let end = text.floor_char_boundary(start.saturating_add(limit_bytes));
    slice(text, start, end)
}

/// The byte at `at`, or 0 past the end.
pub(super) fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// Number of words of `text`: runs between white space, and one for every two ideographs or kana, which is about the
/// length of words that segmenters find in Chinese and Japanese.
pub(super) fn count_words(text: &str) -> usize {
    let (mut words, mut ideographs, mut inside) = (0, 0, false);
    for c in text.chars() {
        if is_cjk(c) {
            ideographs += 1;
            inside = false;
        } else {
            let space = c.is_whitespace();
            words += usize::from(!space && !inside);
            inside = !space;
        }
    }
    words + ideographs / 2
}

/// Whether a list of spans is sorted and disjoint, and each is not empty, in bounds and on character boundaries.
#[cfg(test)]
pub(super) fn sound(text: &str, spans: impl Iterator<Item = Span>) -> bool {
    let mut last = 0;
    let mut spans = spans;
    spans.all(|span| {
        let fits = span.start >= last && span.start < span.end && !span.of(text).is_empty();
        last = span.end;
        fits
    })
}
