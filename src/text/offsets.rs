//! Conversion of byte offsets to the unit that the caller requested.

use super::span::Span;

/// The unit in which a report counts offsets into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub enum OffsetUnit {
    /// Bytes of the UTF-8 form.
    #[default]
    Utf8Bytes,
    /// UTF-16 code units, as JavaScript, Java and C# count.
    Utf16CodeUnits,
    /// Code points, as Python counts.
    CodePoints,
}

impl OffsetUnit {
    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8Bytes => text.len(),
            Self::Utf16CodeUnits => text.encode_utf16().count(),
            Self::CodePoints => text.chars().count(),
        }
    }
}

/// Converts byte spans of `text` to `unit`, in place.
///
/// The spans may be in any order. Linear in the text, plus `n log n` for `n` spans. An offset past the text, or inside
/// a character, is moved back to the character boundary before it; spans of tokens have no such offsets.
///
/// ```
/// use palimpsest::text::{OffsetUnit, Span, convert_spans};
///
/// let text = "né 😀 x";
/// let mut spans = [Span { start: 4, end: 8 }, Span { start: 0, end: 3 }];
/// convert_spans(text, OffsetUnit::Utf16CodeUnits, &mut spans);
/// assert_eq!(spans, [Span { start: 3, end: 5 }, Span { start: 0, end: 2 }]);
/// ```
pub fn convert_spans(text: &str, unit: OffsetUnit, spans: &mut [Span]) {
    if unit == OffsetUnit::Utf8Bytes || text.is_ascii() {
        return;
    }
    let mut offsets: Vec<&mut u32> = spans.iter_mut().flat_map(|s| [&mut s.start, &mut s.end]).collect();
    offsets.sort_unstable();
    let (mut byte, mut count) = (0, 0);
    for offset in offsets {
        let target = text.floor_char_boundary(*offset as usize);
        count += unit.length(text.get(byte..target).unwrap_or_default());
        byte = byte.max(target);
        *offset = u32::try_from(count).unwrap_or(u32::MAX);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn converts_as_the_standard_library_counts(text in "(a|é|数|😀|\u{301}){0,40}", cuts in proptest::collection::vec((0_usize..200, 0_usize..200), 0..8)) {
            let spans: Vec<Span> = cuts.iter().map(|(a, b)| {
                let (a, b) = (text.floor_char_boundary(*a), text.floor_char_boundary(*b));
                Span { start: u32::try_from(a.min(b)).unwrap(), end: u32::try_from(a.max(b)).unwrap() }
            }).collect();
            for unit in [OffsetUnit::Utf8Bytes, OffsetUnit::Utf16CodeUnits, OffsetUnit::CodePoints] {
                let mut converted = spans.clone();
                convert_spans(&text, unit, &mut converted);
                for (from, to) in spans.iter().zip(&converted) {
                    prop_assert_eq!(unit.length(&text[..from.start as usize]), to.start as usize);
                    prop_assert_eq!(unit.length(&text[..from.end as usize]), to.end as usize);
                }
            }
        }
    }
}
