//! Offsets of any unit as bytes of a text.

use std::ops::Range;

use crate::proto::{OffsetUnit, Span};

/// Bytes between two counted places.
const STEP_BYTES: usize = 256;

/// Finds the bytes of offsets in a text. No offset is trusted: those past the end are the end, and those inside a
/// character are moved to its start.
#[derive(Debug)]
pub(super) struct Offsets<'a> {
    text: &'a str,
    unit: OffsetUnit,
    /// The offset of each counted place, in the unit; empty if offsets are bytes.
    counted: Vec<Place>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    byte: usize,
    offset: u64,
}

impl<'a> Offsets<'a> {
    /// Counts `text`. Linear.
    pub(super) fn new(text: &'a str, unit: OffsetUnit) -> Self {
        let is_bytes = matches!(unit, OffsetUnit::Unspecified | OffsetUnit::Utf8Bytes) || text.is_ascii();
        let mut counted = Vec::new();
        if !is_bytes {
            let mut offset = 0;
            for (byte, c) in text.char_indices() {
                if counted.last().is_none_or(|last: &Place| byte >= last.byte + STEP_BYTES) {
                    counted.push(Place { byte, offset });
                }
                offset += width(unit, c);
            }
        }
        Self { text, unit, counted }
    }

    /// The text that is counted.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The byte of an offset. Constant time, but for a search among the counted places.
    pub(super) fn byte(&self, offset: u64) -> usize {
        let after = self.counted.partition_point(|place| place.offset <= offset);
        let Some(place) = after.checked_sub(1).and_then(|last| self.counted.get(last)) else {
            let offset = usize::try_from(offset).unwrap_or(usize::MAX);
            return self.text.floor_char_boundary(offset.min(self.text.len()));
        };
        let mut at = place.offset;
        for (byte, c) in self.text.get(place.byte..).unwrap_or_default().char_indices() {
            at += width(self.unit, c);
            if at > offset {
                return place.byte + byte;
            }
        }
        self.text.len()
    }

    /// The bytes of a span; empty if there is none.
    pub(super) fn range(&self, span: Option<&Span>) -> Range<usize> {
        let span = span.copied().unwrap_or_default();
        let start = self.byte(span.start);
        start..self.byte(span.end).max(start)
    }

    /// The bytes of a span in a text whose excerpt from `origin` on is this text.
    pub(super) fn range_from(&self, origin: u64, span: Option<&Span>) -> Range<usize> {
        let Span { start, end } = span.copied().unwrap_or_default();
        self.range(Some(&Span { start: start.saturating_sub(origin), end: end.saturating_sub(origin) }))
    }
}

fn width(unit: OffsetUnit, c: char) -> u64 {
    match unit {
        OffsetUnit::Utf16CodeUnits => c.len_utf16() as u64,
        OffsetUnit::CodePoints => 1,
        OffsetUnit::Unspecified | OffsetUnit::Utf8Bytes => c.len_utf8() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_finds_every_character_and_nothing_else() {
        let text = "né 😀x 数".repeat(200);
        for unit in [OffsetUnit::Utf8Bytes, OffsetUnit::Utf16CodeUnits, OffsetUnit::CodePoints] {
            let offsets = Offsets::new(&text, unit);
            let mut offset = 0;
            for (byte, c) in text.char_indices() {
                for inside in offset..offset + width(unit, c) {
                    assert_eq!(offsets.byte(inside), byte);
                }
                offset += width(unit, c);
            }
            assert_eq!(offsets.byte(offset), text.len());
            assert_eq!(offsets.byte(u64::MAX), text.len());
            assert_eq!(offsets.range(Some(&Span { start: 9, end: 2 })).len(), 0);
        }
    }
}
