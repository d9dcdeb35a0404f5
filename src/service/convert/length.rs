//! Words and pages of a text, as a reader counts them.

use crate::proto;

/// Words of a page, where the pages are not known.
const PAGE_WORDS: u64 = 250;

/// The length of a text of `words` words with these pages, if they are known.
#[must_use]
pub fn text_length(words: u64, pages: Option<&proto::DocumentPages>) -> proto::TextLength {
    let pages = pages.filter(|pages| pages.kind() == proto::PageKind::Page && pages.count > 0);
    let (pages, page_basis) = match pages {
        Some(pages) => (u64::from(pages.count), proto::PageBasis::Document),
        None => (words.div_ceil(PAGE_WORDS), proto::PageBasis::Words),
    };
    proto::TextLength { words, pages, page_basis: page_basis.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_those_of_the_document_or_250_words_each() {
        let estimated = |words| {
            let length = text_length(words, None);
            assert_eq!(length.page_basis(), proto::PageBasis::Words);
            length.pages
        };
        assert_eq!([0, 1, 250, 251, 1000].map(estimated), [0, 1, 1, 2, 4]);
        let known = |kind: proto::PageKind, count| {
            let pages = proto::DocumentPages { kind: kind.into(), count, pages: Vec::new() };
            let length = text_length(600, Some(&pages));
            (length.pages, length.page_basis())
        };
        assert_eq!(known(proto::PageKind::Page, 7), (7, proto::PageBasis::Document));
        assert_eq!(known(proto::PageKind::Chapter, 7), (3, proto::PageBasis::Words));
    }
}
