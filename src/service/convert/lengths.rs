//! Words and pages of texts, and parts of texts, to messages.

use crate::engine::{PageKind, Pages};
use crate::proto;
use crate::text::{Excerpt, OffsetUnit, convert_spans};

/// The words of a page where the pages of the document are not known.
const WORDS_PER_PAGE: u64 = 250;

/// The length of a text with so many words, and with the pages of its document if they are known.
pub(in crate::service) fn length(words: u64, pages: Option<&Pages>) -> proto::TextLength {
    let counted = pages.filter(|pages| pages.kind() == PageKind::Page && pages.count() > 0);
    let (pages, basis) = match counted {
        Some(pages) => (u64::from(pages.count()), proto::PageBasis::Document),
        None => (words.div_ceil(WORDS_PER_PAGE), proto::PageBasis::Words),
    };
    proto::TextLength { words, pages, page_basis: basis.into() }
}

/// A part of a text, with its span in `unit`. Linear in the text before the end of the part.
pub(in crate::service) fn excerpt(text: &str, excerpt: Excerpt, unit: OffsetUnit) -> proto::Excerpt {
    let mut spans = [excerpt.span];
    convert_spans(text, unit, &mut spans);
    let [span] = spans.map(|span| proto::Span { start: span.start.into(), end: span.end.into() });
    proto::Excerpt { text: excerpt.shown(text), span: Some(span) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_those_of_the_document_or_an_estimate() {
        let of = |words, pages: Option<&Pages>| {
            let proto::TextLength { pages, page_basis, .. } = length(words, pages);
            (pages, proto::PageBasis::try_from(page_basis).unwrap())
        };
        for (words, pages) in [(0, 0), (1, 1), (250, 1), (251, 2), (2500, 10)] {
            assert_eq!(of(words, None), (pages, proto::PageBasis::Words));
        }
        let pages = |kind, count| Pages::lenient(kind, count, [].into_iter(), 10);
        assert_eq!(of(251, Some(&pages(PageKind::Page, 7))), (7, proto::PageBasis::Document));
        assert_eq!(of(251, Some(&pages(PageKind::Page, 0))), (2, proto::PageBasis::Words));
        assert_eq!(of(251, Some(&pages(PageKind::Slide, 7))), (2, proto::PageBasis::Words));
    }
}
