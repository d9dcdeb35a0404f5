//! Pages of documents to the engine's type, and to messages.

use crate::documents::{Extraction, Page, PageKind};
use crate::engine::{self, PageStart, Pages, Title};
use crate::proto;

/// The pages of a document, as far as the engine takes them.
#[must_use]
pub fn pages_of(extraction: &Extraction) -> Pages {
    let kind = match extraction.page_kind {
        PageKind::Page => engine::PageKind::Page,
        PageKind::Slide => engine::PageKind::Slide,
        PageKind::Chapter => engine::PageKind::Chapter,
    };
    let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let starts = extraction.pages.iter().map(|Page { number, label, start }| PageStart {
        offset: offset(*start),
        number: *number,
        label: label.as_str().into(),
    });
    Pages::lenient(kind, extraction.page_count, starts, offset(extraction.text.len()))
}

/// The title of a document as that of a source: without control characters, and cut if it is too long.
#[must_use]
pub fn title_of(extraction: &Extraction) -> Title {
    let mut title: String = extraction.title.chars().filter(|c| !c.is_control()).collect();
    title.truncate(title.floor_char_boundary(Title::MAX_BYTES));
    Title::new(title.trim()).unwrap_or_default()
}

/// The message for pages of a text that ends at `text_end`, with offsets in their unit.
pub(in crate::service) fn pages_to_proto(pages: &Pages, text_end: u64) -> proto::DocumentPages {
    let starts: Vec<PageStart> = pages.starts().collect();
    let ends = starts.iter().skip(1).map(|next| u64::from(next.offset)).chain([text_end]);
    let page = |(PageStart { offset, number, label }, end): (&PageStart, u64)| proto::DocumentPage {
        number: *number,
        label: label.to_string(),
        span: Some(proto::Span { start: u64::from(*offset), end }),
    };
    proto::DocumentPages {
        kind: kind_to_proto(pages.kind()).into(),
        count: pages.count(),
        pages: starts.iter().zip(ends).map(page).collect(),
    }
}

/// The message for pages without their places.
pub(in crate::service) fn page_count(pages: &Pages) -> proto::DocumentPages {
    proto::DocumentPages { kind: kind_to_proto(pages.kind()).into(), count: pages.count(), pages: Vec::new() }
}

/// The message for the pages of a passage.
pub(in crate::service) fn page_range(range: engine::PageRange) -> proto::PageRange {
    let engine::PageRange { kind, first, last, label } = range;
    proto::PageRange { kind: kind_to_proto(kind).into(), first, last, label: label.into() }
}

/// The pages of a message, in the unit of its offsets. What breaks the rules is left out.
#[must_use]
pub fn pages_from_proto(pages: &proto::DocumentPages) -> Pages {
    let offset = |offset: u64| u32::try_from(offset).unwrap_or(u32::MAX);
    let start = |page: &proto::DocumentPage| PageStart {
        offset: page.span.map_or(u32::MAX, |span| offset(span.start)),
        number: page.number,
        label: page.label.as_str().into(),
    };
    let kind = kind_from_proto(pages.kind());
    Pages::lenient(kind, pages.count, pages.pages.iter().map(start), u32::MAX)
}

/// The kind of pages of a request; pages if it is not set.
pub(super) fn kind_from_proto(kind: proto::PageKind) -> engine::PageKind {
    match kind {
        proto::PageKind::Unspecified | proto::PageKind::Page => engine::PageKind::Page,
        proto::PageKind::Slide => engine::PageKind::Slide,
        proto::PageKind::Chapter => engine::PageKind::Chapter,
    }
}

fn kind_to_proto(kind: engine::PageKind) -> proto::PageKind {
    match kind {
        engine::PageKind::Page => proto::PageKind::Page,
        engine::PageKind::Slide => proto::PageKind::Slide,
        engine::PageKind::Chapter => proto::PageKind::Chapter,
    }
}
