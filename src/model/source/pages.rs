//! The pages of a document, as places in its text.

use std::ops::Range;

use crate::model::InvalidValue;
use crate::model::names::{bounded, without_controls};

/// What a document is divided into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub enum PageKind {
    /// Pages.
    #[default]
    Page,
    /// Slides.
    Slide,
    /// Chapters.
    Chapter,
}

impl PageKind {
    /// A name for digests that are stored. It must never change.
    pub(crate) const fn stable_name(self) -> &'static str {
        match self {
            Self::Page => "Page",
            Self::Slide => "Slide",
            Self::Chapter => "Chapter",
        }
    }
}

/// The beginning of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct PageStart {
    /// The offset of its first character in the text.
    pub offset: u32,
    /// Its number in the document, from 1.
    pub number: u32,
    /// Its name, such as the title of a chapter: up to 200 bytes without control characters; empty if it has none.
    pub label: Box<str>,
}

/// The pages that a span lies on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct PageRange {
    /// What they are.
    pub kind: PageKind,
    /// The number of the first.
    pub first: u32,
    /// The number of the last.
    pub last: u32,
    /// The name of the first; empty if it has none.
    pub label: Box<str>,
}

/// The pages of a document, as places in its text. A page ends where the next one begins, the last one with the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "server", serde(try_from = "super::wire::PagesParts", into = "super::wire::PagesParts"))]
pub struct Pages {
    kind: PageKind,
    count: u32,
    starts: Box<[Start]>,
    /// The name of each page; empty if none has one, as is usual.
    labels: Box<[Box<str>]>,
}

/// A [`PageStart`] without its name, since most pages have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Start {
    offset: u32,
    number: u32,
}

/// Pages that break the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPages {
    /// Too many pages with a place.
    #[error("has {count} entries, but may have {max_count} at most")]
    TooMany {
        /// Their number.
        count: usize,
        /// The limit.
        max_count: usize,
    },
    /// Too long names, together.
    #[error("has {bytes} bytes of labels, but may have {max_bytes} at most")]
    LabelsTooLong {
        /// Their length.
        bytes: usize,
        /// The limit.
        max_bytes: usize,
    },
    /// Fewer pages than the number of the last one.
    #[error("is {count}, but the last page has the number {last}")]
    Count {
        /// The number of pages.
        count: u32,
        /// The number of the last page.
        last: u32,
    },
    /// A name that breaks the rules.
    #[error("{error}")]
    Label {
        /// The place of the page in the list.
        place: usize,
        /// What is wrong.
        error: InvalidValue,
    },
    /// A number that does not grow.
    #[error("is {number}, but must be at least {least}: numbers begin at 1 and grow")]
    Number {
        /// The place of the page in the list.
        place: usize,
        /// Its number.
        number: u32,
        /// The least number that may follow the last.
        least: u32,
    },
    /// An offset that does not grow, or is past the text.
    #[error("is {offset}, but must be from {least} to {most}: starts grow, and each page has text")]
    Offset {
        /// The place of the page in the list.
        place: usize,
        /// Its offset.
        offset: u64,
        /// The least offset that may follow the last.
        least: u64,
        /// The offset of the text's last byte.
        most: u64,
    },
    /// An offset inside a character.
    #[error("is {offset}, which is inside a character; offsets are in UTF-8 bytes")]
    InsideCharacter {
        /// The place of the page in the list.
        place: usize,
        /// Its offset.
        offset: u64,
    },
}

impl Pages {
    /// The largest number of pages with a place.
    pub const MAX_COUNT: usize = 100_000;

    /// The longest name of a page, in bytes.
    pub const MAX_LABEL_BYTES: usize = 200;

    /// The largest size of all names, in bytes.
    pub const MAX_LABELS_BYTES: usize = 1 << 20;

    /// Checks the pages of `text`. `count` is how many the document has; 0 if that is not known, and as many
    /// as the number of the last page then.
    ///
    /// # Errors
    ///
    /// [`InvalidPages`] if they break the rules: starts lie on characters, and grow as numbers do.
    pub fn new(kind: PageKind, count: u32, starts: Vec<PageStart>, text: &str) -> Result<Self, InvalidPages> {
        Self::check_count(&starts)?;
        for (place, start) in starts.iter().enumerate() {
            without_controls(&start.label).map_err(|error| InvalidPages::Label { place, error })?;
            if !text.is_char_boundary(start.offset as usize) && (start.offset as usize) < text.len() {
                return Err(InvalidPages::InsideCharacter { place, offset: u64::from(start.offset) });
            }
        }
        Self::checked(kind, count, starts, text.len() as u64)
    }

    /// Checks all rules but those that need the text.
    pub(crate) fn checked(
        kind: PageKind,
        count: u32,
        starts: Vec<PageStart>,
        text_bytes: u64,
    ) -> Result<Self, InvalidPages> {
        Self::check_count(&starts)?;
        let (mut least_offset, mut least_number, most) = (0, 1, text_bytes.saturating_sub(1));
        for (place, PageStart { offset, number, label }) in starts.iter().enumerate() {
            let (number, offset) = (*number, u64::from(*offset));
            if offset < least_offset || offset >= text_bytes {
                return Err(InvalidPages::Offset { place, offset, least: least_offset, most });
            }
            if number < least_number {
                return Err(InvalidPages::Number { place, number, least: least_number });
            }
            bounded(label, Self::MAX_LABEL_BYTES).map_err(|error| InvalidPages::Label { place, error })?;
            (least_offset, least_number) = (offset + 1, number.saturating_add(1));
        }
        let (bytes, max_bytes) = (starts.iter().map(|start| start.label.len()).sum(), Self::MAX_LABELS_BYTES);
        if bytes > max_bytes {
            return Err(InvalidPages::LabelsTooLong { bytes, max_bytes });
        }
        let last = starts.last().map_or(0, |start| start.number);
        if count > 0 && count < last {
            return Err(InvalidPages::Count { count, last });
        }
        Ok(Self::of(kind, count, starts))
    }

    fn check_count(starts: &[PageStart]) -> Result<(), InvalidPages> {
        let (count, max_count) = (starts.len(), Self::MAX_COUNT);
        if count > max_count { Err(InvalidPages::TooMany { count, max_count }) } else { Ok(()) }
    }

    /// As many of the pages as follow the rules: out of order, past the text or without a number they are left out, long
    /// names are cut. All are left out if there are too many.
    #[must_use]
    pub fn lenient(
        kind: PageKind,
        count: u32,
        pages: impl IntoIterator<Item = PageStart>,
        text_end: u32,
    ) -> Self {
        let mut starts: Vec<PageStart> = Vec::new();
        let mut labels_bytes = 0;
        for mut page in pages.into_iter().filter(|page| page.number > 0 && page.offset < text_end) {
            if starts.last().is_some_and(|last| last.offset == page.offset) {
                // A page without text.
                starts.pop();
            }
            if starts.last().is_some_and(|last| last.offset > page.offset || last.number >= page.number) {
                continue;
            }
            if starts.len() == Self::MAX_COUNT {
                return Self::of(kind, count, Vec::new());
            }
            page.label = plain(&page.label, Self::MAX_LABEL_BYTES).into();
            labels_bytes += page.label.len();
            starts.push(page);
        }
        if labels_bytes > Self::MAX_LABELS_BYTES {
            for start in &mut starts {
                start.label = Box::default();
            }
        }
        Self::of(kind, count, starts)
    }

    fn of(kind: PageKind, count: u32, starts: Vec<PageStart>) -> Self {
        let last = starts.last().map_or(0, |start| start.number);
        let has_labels = starts.iter().any(|start| !start.label.is_empty());
        let places = starts.iter().map(|start| Start { offset: start.offset, number: start.number });
        Self {
            kind,
            count: count.max(last),
            starts: places.collect(),
            labels: if has_labels {
                starts.into_iter().map(|start| start.label).collect()
            } else {
                Box::default()
            },
        }
    }

    /// What they are.
    #[must_use]
    pub fn kind(&self) -> PageKind {
        self.kind
    }

    /// How many the document has; 0 if that is not known.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// True if nothing is known of them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0 && self.starts.is_empty()
    }

    /// The pages whose place is known, in order.
    #[must_use]
    pub fn starts(&self) -> impl ExactSizeIterator<Item = PageStart> {
        self.starts.iter().enumerate().map(|(place, start)| PageStart {
            offset: start.offset,
            number: start.number,
            label: self.label(place).into(),
        })
    }

    fn label(&self, place: usize) -> &str {
        self.labels.get(place).map_or("", |label| label)
    }

    /// The pages on which a span of the text lies; `None` if they are not known.
    #[must_use]
    pub fn range(&self, span: Range<u32>) -> Option<PageRange> {
        let after = |offset: u32| self.starts.partition_point(|start| start.offset <= offset);
        let first = after(span.start).saturating_sub(1);
        let last = after(span.end.saturating_sub(1).max(span.start)).checked_sub(1)?;
        let (from, to) = (self.starts.get(first)?, self.starts.get(last)?);
        let label = self.label(first).into();
        Some(PageRange { kind: self.kind, first: from.number, last: to.number, label })
    }

    /// The bytes that it takes in memory, but for its fields.
    pub(crate) fn bytes(&self) -> usize {
        let labels: usize = self.labels.iter().map(|label| label.len() + size_of::<Box<str>>()).sum();
        size_of_val(&*self.starts) + labels
    }
}

/// A text without control characters, of `max_bytes` at most.
fn plain(text: &str, max_bytes: usize) -> String {
    let mut plain: String = text.chars().filter(|c| !c.is_control()).take(max_bytes).collect();
    plain.truncate(plain.floor_char_boundary(max_bytes));
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(offset: u32, number: u32) -> PageStart {
        PageStart { offset, number, label: Box::default() }
    }

    fn pages(starts: &[(u32, u32)]) -> Result<Pages, InvalidPages> {
        let starts = starts.iter().map(|(offset, number)| start(*offset, *number)).collect();
        Pages::new(PageKind::Page, 0, starts, "a text é of some words")
    }

    #[test]
    fn pages_lie_in_the_text_and_grow() {
        assert!(pages(&[(0, 1), (7, 2), (22, 9)]).is_ok());
        assert_eq!(pages(&[(8, 1)]), Err(InvalidPages::InsideCharacter { place: 0, offset: 8 }));
        assert_eq!(pages(&[(0, 0)]), Err(InvalidPages::Number { place: 0, number: 0, least: 1 }));
        assert_eq!(pages(&[(0, 1), (3, 1)]), Err(InvalidPages::Number { place: 1, number: 1, least: 2 }));
        let offset = |place, offset, least| Err(InvalidPages::Offset { place, offset, least, most: 22 });
        assert_eq!(pages(&[(4, 1), (4, 2)]), offset(1, 4, 5));
        assert_eq!(pages(&[(23, 1)]), offset(0, 23, 0));
        let counted = |count| Pages::new(PageKind::Slide, count, vec![start(0, 3)], "words");
        assert_eq!(counted(2), Err(InvalidPages::Count { count: 2, last: 3 }));
        assert!(counted(0).is_ok() && counted(3).is_ok());
    }

    #[test]
    fn names_are_bounded() {
        let named = |label: String| {
            Pages::new(PageKind::Chapter, 1, vec![PageStart { label: label.into(), ..start(0, 1) }], "words")
        };
        assert!(named("é".repeat(100)).is_ok());
        assert!(matches!(named("é".repeat(101)), Err(InvalidPages::Label { place: 0, .. })));
        assert!(matches!(named("a\n".to_owned()), Err(InvalidPages::Label { place: 0, .. })));
    }

    #[test]
    fn a_span_lies_on_the_pages_that_it_touches() {
        let pages = pages(&[(2, 1), (7, 2), (12, 4)]).unwrap();
        let range = |span: Range<u32>| pages.range(span).map(|range| (range.first, range.last));
        assert_eq!(range(0..2), None, "before the first page that is known");
        assert_eq!(range(0..3), Some((1, 1)));
        assert_eq!(range(2..7), Some((1, 1)));
        assert_eq!(range(6..8), Some((1, 2)));
        assert_eq!(range(3..23), Some((1, 4)));
        assert_eq!(range(12..12), Some((4, 4)));
        assert_eq!(Pages::default().range(0..5), None);
    }

    #[test]
    fn what_a_reader_says_is_kept_as_far_as_it_follows_the_rules() {
        let label = "x".repeat(300).into();
        let read = [
            start(0, 1),
            start(0, 2),
            PageStart { label, ..start(5, 3) },
            start(4, 4),
            start(9, 0),
            start(99, 9),
        ];
        let pages = Pages::lenient(PageKind::Page, 1, read, 10);
        let kept: Vec<_> =
            pages.starts().map(|start| (start.offset, start.number, start.label.len())).collect();
        assert_eq!((kept.as_slice(), pages.count()), ([(0, 2, 0), (5, 3, 200)].as_slice(), 3));
        let many = (0..200_000).map(|number| start(number, number + 1));
        let pages = Pages::lenient(PageKind::Page, 200_000, many, u32::MAX);
        assert_eq!((pages.starts().len(), pages.count()), (0, 200_000));
    }
}
