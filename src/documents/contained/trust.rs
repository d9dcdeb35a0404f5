//! Checks what a reader says. A document may have taken it over, so anything may be wrong.

use crate::documents::{Extraction, Failure, HiddenText, Limits, Page, RemovedText, Warning};

/// Maximum entries of the lists of what was hidden, removed and warned of.
const MAX_LISTED: usize = 1001;

/// Maximum bytes of a message, a title or a label.
const MAX_LINE_BYTES: usize = 64 << 10;

/// The extraction, if all that it says can be so.
pub(super) fn extraction(extraction: Extraction, limits: &Limits) -> Result<Extraction, &'static str> {
    let Extraction { format: _, encoding, text, title, author, page_kind: _, page_count: _, pages, .. } =
        &extraction;
    let Extraction { hidden, removed, warnings, .. } = &extraction;
    if ![encoding, title, author].into_iter().all(|line| is_line(line)) {
        return Err("a fact is no line of text");
    }
    if !are_pages(pages, text) {
        return Err("its pages are not those of its text");
    }
    if [hidden.len(), removed.len(), warnings.len()].into_iter().any(|count| count > MAX_LISTED) {
        return Err("it has too many remarks");
    }
    if !hidden.iter().all(|HiddenText { reason: _, text: _, at }| text.is_char_boundary(*at)) {
        return Err("hidden text is not in the text");
    }
    if !warnings.iter().all(|Warning { kind: _, message }| is_line(message)) {
        return Err("a warning is no line of text");
    }
    let apart = hidden.iter().map(|hidden| hidden.text.len());
    let apart = apart.chain(removed.iter().map(|RemovedText { kind: _, text, count: _ }| text.len()));
    if (text.len() + apart.sum::<usize>()) as u64 > limits.max_text_bytes {
        return Err("it has too much text");
    }
    Ok(extraction)
}

/// Whether pages are in order, and begin in the text.
fn are_pages(pages: &[Page], text: &str) -> bool {
    let starts_in_text = |page: &Page| text.is_char_boundary(page.start) && is_line(&page.label);
    let in_order = |pair: &[Page]| match pair {
        [a, b] => a.number < b.number && a.start <= b.start,
        _ => false,
    };
    pages.iter().all(starts_in_text)
        && pages.first().is_none_or(|page| page.number > 0)
        && pages.windows(2).all(in_order)
}

/// The failure, if its words can be shown.
pub(super) fn failure(failure: Failure) -> Result<Failure, &'static str> {
    let words = match &failure {
        Failure::Empty | Failure::Encrypted { format: _ } | Failure::NoText { format: _, is_scan: _ } => "",
        Failure::UnknownFormat { looks_like } => looks_like,
        Failure::Damaged { format: _, problem } => problem,
        Failure::Limit { limit: _, quantity } => quantity,
    };
    if is_line(words) { Ok(failure) } else { Err("the failure is no line of text") }
}

fn is_line(text: &str) -> bool {
    text.len() <= MAX_LINE_BYTES && !text.chars().any(char::is_control)
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
        let changes: [Change; 10] = [
            |it| it.pages = vec![page(0, 0)],
            |it| it.pages = vec![page(1, 3)],
            |it| it.pages = vec![page(1, 7)],
            |it| it.pages = vec![page(2, 0), page(2, 1)],
            |it| it.pages = vec![page(1, 2), page(2, 1)],
            |it| it.hidden = vec![HiddenText { reason: HiddenReason::Marked, text: String::new(), at: 3 }],
            |it| it.title = "two\nlines".to_owned(),
            |it| it.text = "more than it may have".to_owned(),
            |it| it.warnings = vec![Warning { kind: WarningKind::Macros, message: "\u{1b}[2J".to_owned() }],
            |it| {
                it.hidden = vec![HiddenText { reason: HiddenReason::Tiny, text: String::new(), at: 0 }; 1002]
            },
        ];
        for (place, change) in changes.into_iter().enumerate() {
            let mut changed = plain();
            change(&mut changed);
            assert!(extraction(changed, &limits).is_err(), "change {place}");
        }
    }
}
