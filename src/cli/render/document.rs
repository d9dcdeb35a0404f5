//! What is known of a document, for people.

use std::io::{self, Write};

use super::{counted, number, printable};
use crate::proto;
use crate::proto::{DocumentFormat, DocumentWarningKind};
use crate::render::{format_name, hidden_reason, page_count, page_range, removed_kind};

/// Hidden and removed texts that are shown of a document; the rest are counted.
const SHOWN_TEXTS: usize = 10;

/// Characters of a hidden or removed text that are shown.
const SHOWN_CHARACTERS: usize = 120;

/// The name of a format for programs: the usual extension of its files.
pub(in crate::cli) fn format_label(format: DocumentFormat) -> &'static str {
    match format {
        DocumentFormat::Unspecified => "",
        DocumentFormat::Text => "txt",
        DocumentFormat::Markdown => "md",
        DocumentFormat::Docx => "docx",
        DocumentFormat::Odt => "odt",
        DocumentFormat::Epub => "epub",
        DocumentFormat::Html => "html",
        DocumentFormat::Rtf => "rtf",
        DocumentFormat::Pdf => "pdf",
    }
}

/// A document in a line: `PDF, 3 pages, 812 words, “On Ships” by Ines`.
pub(in crate::cli) fn document_facts(document: &proto::ExtractedDocument) -> String {
    let proto::ExtractedDocument { encoding, title, author, words, pages, .. } = document;
    let format = format_name(document.format());
    let encoding = if encoding.is_empty() { String::new() } else { format!(" in {}", printable(encoding)) };
    let pages = pages.as_ref().filter(|pages| pages.count > 0);
    let pages = pages.map(|pages| page_count(pages.kind(), pages.count));
    let named = match (title.as_str(), author.as_str()) {
        ("", "") => None,
        (title, "") => Some(format!("“{}”", printable(title))),
        ("", author) => Some(format!("by {}", printable(author))),
        (title, author) => Some(format!("“{}” by {}", printable(title), printable(author))),
    };
    let words = Some(counted(*words, "word", "words"));
    let parts = [Some(format!("{format}{encoding}")), pages, words, named];
    parts.into_iter().flatten().collect::<Vec<String>>().join(", ")
}

/// The pages of a span, with the name of the first: `p. 3`, `chapter 2 (On Ships)`.
pub(in crate::cli) fn named_pages(range: &proto::PageRange) -> String {
    let numbers = page_range(range);
    if range.label.is_empty() || range.label == range.first.to_string() {
        numbers
    } else {
        format!("{numbers} ({})", printable(&range.label))
    }
}

/// The page of a place in the text of a document; `None` if it is not known.
pub(in crate::cli) fn page_at(document: &proto::ExtractedDocument, offset: u64) -> Option<String> {
    let pages = document.pages.as_ref()?;
    let begun = pages.pages.partition_point(|page| page.span.unwrap_or_default().start <= offset);
    let page = pages.pages.get(begun.checked_sub(1)?)?;
    let (number, label) = (page.number, page.label.clone());
    Some(named_pages(&proto::PageRange { kind: pages.kind, first: number, last: number, label }))
}

/// The warnings about a document but that of hidden text, which is listed.
pub(in crate::cli) fn told_warnings(
    document: &proto::ExtractedDocument,
) -> impl Iterator<Item = &proto::DocumentWarning> {
    document.warnings.iter().filter(|warning| warning.kind() != DocumentWarningKind::HiddenText)
}

/// Writes the texts of a document that its reader does not see; nothing if there are none.
pub(in crate::cli) fn hidden_texts(
    out: &mut dyn Write,
    document: &proto::ExtractedDocument,
) -> io::Result<()> {
    if document.hidden.is_empty() {
        return Ok(());
    }
    writeln!(out, "Hidden in the document, and not compared:")?;
    for hidden in document.hidden.iter().take(SHOWN_TEXTS) {
        let how = hidden_reason(hidden.reason());
        let place = page_at(document, hidden.offset).map_or_else(String::new, |page| format!(", {page}"));
        let words = counted(hidden.words, "word", "words");
        writeln!(out, "  {words} {how}{place}: “{}”", shown(&hidden.text))?;
    }
    more(out, document.hidden.len())
}

/// Writes the texts that are not part of the work; nothing if there are none.
pub(in crate::cli) fn removed_texts(
    out: &mut dyn Write,
    document: &proto::ExtractedDocument,
) -> io::Result<()> {
    if document.removed.is_empty() {
        return Ok(());
    }
    writeln!(out, "Left out, since it is not part of the text:")?;
    for removed in document.removed.iter().take(SHOWN_TEXTS) {
        let kind = removed_kind(removed.kind());
        let times = if removed.count > 1 {
            format!(", {} times", number(removed.count.into()))
        } else {
            String::new()
        };
        writeln!(out, "  {kind}{times}: “{}”", shown(&removed.text))?;
    }
    more(out, document.removed.len())
}

fn more(out: &mut dyn Write, texts: usize) -> io::Result<()> {
    match texts.saturating_sub(SHOWN_TEXTS) {
        0 => Ok(()),
        more => writeln!(out, "  and {} more (--json shows them)", number(more as u64)),
    }
}

fn shown(text: &str) -> String {
    let text = printable(text);
    let mut shown: String = text.chars().take(SHOWN_CHARACTERS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_the_name_of_the_first() {
        let named = |label: &str| {
            let label = label.to_owned();
            named_pages(&proto::PageRange { kind: proto::PageKind::Chapter.into(), first: 2, last: 2, label })
        };
        assert_eq!((named(""), named("2")), ("chapter 2".to_owned(), "chapter 2".to_owned()));
        assert_eq!(named("On\u{1b} Ships"), "chapter 2 (On\u{FFFD} Ships)");
    }

    #[test]
    fn a_document_is_a_line() {
        let page = |number, start| proto::DocumentPage {
            number,
            span: Some(proto::Span { start, end: start + 10 }),
            ..Default::default()
        };
        let document = proto::ExtractedDocument {
            format: DocumentFormat::Pdf.into(),
            title: "On Ships".to_owned(),
            author: "Ines".to_owned(),
            words: 1,
            pages: Some(proto::DocumentPages {
                count: 3,
                pages: vec![page(1, 5), page(3, 15)],
                ..Default::default()
            }),
            ..Default::default()
        };
        assert_eq!(document_facts(&document), "PDF, 3 pages, 1 word, “On Ships” by Ines");
        let at = |offset| page_at(&document, offset);
        assert_eq!((at(4), at(5), at(99)), (None, Some("p. 1".to_owned()), Some("p. 3".to_owned())));
        let text = proto::ExtractedDocument {
            format: DocumentFormat::Text.into(),
            encoding: "windows-1252".to_owned(),
            words: 2,
            ..Default::default()
        };
        assert_eq!(document_facts(&text), "plain text in windows-1252, 2 words");
    }
}
