//! Pages for people.

use crate::proto::{PageKind, PageRange};

/// Where something is in a document: `p. 3`, `pp. 3–5`, `slide 3`, `chapters 2–3`. Without the name of the page, which is
/// untrusted.
#[must_use]
pub fn page_range(range: &PageRange) -> String {
    let PageRange { kind: _, first, last, label: _ } = *range;
    let is_one = first >= last;
    let noun = match (range.kind(), is_one) {
        (PageKind::Page | PageKind::Unspecified, true) => "p.",
        (PageKind::Page | PageKind::Unspecified, false) => "pp.",
        (PageKind::Slide, true) => "slide",
        (PageKind::Slide, false) => "slides",
        (PageKind::Chapter, true) => "chapter",
        (PageKind::Chapter, false) => "chapters",
    };
    if is_one { format!("{noun} {first}") } else { format!("{noun} {first}–{last}") }
}

/// A number of pages with their noun: `12 pages`, `1 chapter`.
#[must_use]
pub fn page_count(kind: PageKind, count: u32) -> String {
    let (one, many) = match kind {
        PageKind::Page | PageKind::Unspecified => ("page", "pages"),
        PageKind::Slide => ("slide", "slides"),
        PageKind::Chapter => ("chapter", "chapters"),
    };
    super::counted(count.into(), one, many)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_read_as_people_write_them() {
        let range = |kind: PageKind, first, last| {
            page_range(&PageRange { kind: kind.into(), first, last, label: "<b>".into() })
        };
        assert_eq!(range(PageKind::Page, 3, 3), "p. 3");
        assert_eq!(range(PageKind::Unspecified, 3, 5), "pp. 3–5");
        assert_eq!(range(PageKind::Slide, 1, 1), "slide 1");
        assert_eq!(range(PageKind::Chapter, 2, 9), "chapters 2–9");
        assert_eq!(page_count(PageKind::Chapter, 1), "1 chapter");
    }
}
