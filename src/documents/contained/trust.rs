//! Checks what a reader says. A document may have taken it over, so anything may be wrong.

use crate::documents::{Extraction, Failure, HiddenText, Limits, Page, RemovedText, Warning};

/// Maximum entries of the lists of what was hidden, removed and warned of.
const MAX_LISTED: usize = 1001;

/// Maximum characters of a message, a title or a label.
const MAX_LINE_CHARS: usize = 10_000;

/// The extraction, if its parts fit together. What is to be one line is made one.
pub(super) fn extraction(extraction: Extraction, limits: &Limits) -> Result<Extraction, &'static str> {
    let Extraction { encoding, text, title, author, pages, hidden, removed, warnings, .. } = extraction;
    if !are_pages(&pages, &text) {
        return Err("its pages are not those of its text");
    }
    if [hidden.len(), removed.len(), warnings.len()].into_iter().any(|count| count > MAX_LISTED) {
        return Err("it has too many remarks");
    }
    if !hidden.iter().all(|HiddenText { reason: _, text: _, at }| text.is_char_boundary(*at)) {
        return Err("hidden text is not in the text");
    }
    let apart = hidden.iter().map(|hidden| hidden.text.len());
    let apart = apart.chain(removed.iter().map(|RemovedText { kind: _, text, count: _ }| text.len()));
    if (text.len() + apart.sum::<usize>()) as u64 > limits.max_text_bytes {
        return Err("it has too much text");
    }
    let page = |page: Page| Page { label: line(page.label), ..page };
    let warning = |warning: Warning| Warning { message: line(warning.message), ..warning };
    Ok(Extraction {
        encoding: line(encoding),
        title: line(title),
        author: line(author),
        pages: pages.into_iter().map(page).collect(),
        warnings: warnings.into_iter().map(warning).collect(),
        text,
        hidden,
        removed,
        ..extraction
    })
}

/// Whether pages are in order, and begin in the text.
fn are_pages(pages: &[Page], text: &str) -> bool {
    let in_order = |pair: &[Page]| match pair {
        [a, b] => a.number < b.number && a.start <= b.start,
        _ => false,
    };
    pages.iter().all(|page| text.is_char_boundary(page.start))
        && pages.first().is_none_or(|page| page.number > 0)
        && pages.windows(2).all(in_order)
}

/// The failure, with words that can be shown.
pub(super) fn failure(failure: Failure) -> Failure {
    match failure {
        Failure::UnknownFormat { looks_like } => Failure::UnknownFormat { looks_like: line(looks_like) },
        Failure::Damaged { format, problem } => Failure::Damaged { format, problem: line(problem) },
        Failure::Limit { limit, quantity } => Failure::Limit { limit, quantity: line(quantity) },
        Failure::Empty | Failure::Encrypted { format: _ } | Failure::NoText { format: _, is_scan: _ } => {
            failure
        }
    }
}

/// A text without what a terminal or a log would act on.
fn line(text: String) -> String {
    let is_line = !text.chars().any(char::is_control) && text.len() <= MAX_LINE_CHARS;
    if is_line {
        return text;
    }
    text.chars().take(MAX_LINE_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{Format, HiddenReason, PageKind, WarningKind};

    fn plain() -> Extraction {
        Extraction {
            format: Format::Docx,
            encoding: String::new(),
            text: "a ä b".to_owned(),
            title: "title".to_owned(),
            author: String::new(),
            page_kind: PageKind::Page,
            page_count: 3,
            pages: vec![page(1, 0), page(2, 2), page(3, 2)],
            hidden: vec![HiddenText { reason: HiddenReason::Marked, text: "x".to_owned(), at: 6 }],
            removed: Vec::new(),
            warnings: vec![Warning { kind: WarningKind::Macros, message: "A sentence.".to_owned() }],
        }
    }

    fn page(number: u32, start: usize) -> Page {
        Page { number, label: String::new(), start }
    }

    #[test]
    fn only_what_can_be_so_is_believed() {
        type Change = fn(&mut Extraction);
        let limits = Limits { max_text_bytes: 10, ..Limits::default() };
        assert!(extraction(plain(), &limits).is_ok());
        let changes: [Change; 8] = [
            |it| it.pages = vec![page(0, 0)],
            |it| it.pages = vec![page(1, 3)],
            |it| it.pages = vec![page(1, 7)],
            |it| it.pages = vec![page(2, 0), page(2, 1)],
            |it| it.pages = vec![page(1, 2), page(2, 1)],
            |it| it.hidden = vec![HiddenText { reason: HiddenReason::Marked, text: String::new(), at: 3 }],
            |it| it.text = "more than it may have".to_owned(),
            |it| {
                it.hidden = vec![HiddenText { reason: HiddenReason::Tiny, text: String::new(), at: 0 }; 1002];
            },
        ];
        for (place, change) in changes.into_iter().enumerate() {
            let mut lie = plain();
            change(&mut lie);
            assert!(extraction(lie, &limits).is_err(), "change {place}");
        }
    }

    #[test]
    fn what_is_shown_is_one_line() {
        let mut odd = plain();
        odd.title = "two\nlines".to_owned();
        odd.warnings[0].message = "\u{1b}[2J".to_owned();
        let made = extraction(odd, &Limits::default()).unwrap();
        assert_eq!((made.title.as_str(), made.warnings[0].message.as_str()), ("two lines", " [2J"));
        let damaged = Failure::Damaged { format: Format::Docx, problem: "a\u{0}b".repeat(10_000) };
        let Failure::Damaged { problem, .. } = failure(damaged) else { panic!("another failure") };
        assert!(problem.starts_with("a ba b") && problem.len() == MAX_LINE_CHARS);
    }
}
