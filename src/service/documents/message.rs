//! Extractions to messages.

use super::pages::{pages_of, pages_to_proto};
use crate::documents::{
    Extraction, Format, HiddenReason, HiddenText, RemovedKind, RemovedText, Warning, WarningKind,
};
use crate::proto;
use crate::text::{CorpusSeed, OffsetUnit, Span, Tokenizer, convert_spans};

/// Characters of a hidden or removed text that a message has at most.
const MAX_LISTED_CHARACTERS: usize = 1000;

/// The message for what is known of a document, with offsets in `unit`. Linear in its text.
#[must_use]
pub fn to_proto(extraction: &Extraction, unit: OffsetUnit) -> proto::ExtractedDocument {
    message(extraction, unit, words(&tokenizer(), &extraction.text))
}

/// The same for a text with so many words.
pub(in crate::service) fn message(
    extraction: &Extraction,
    unit: OffsetUnit,
    words: u64,
) -> proto::ExtractedDocument {
    let Extraction { format, encoding, text, title, author, hidden, removed, warnings, .. } = extraction;
    proto::ExtractedDocument {
        format: format_of(*format).into(),
        encoding: encoding.clone(),
        title: title.clone(),
        author: author.clone(),
        words,
        text_bytes: text.len() as u64,
        pages: pages_message(extraction, unit),
        hidden: hidden_texts(text, hidden, unit),
        removed: removed.iter().map(removed_text).collect(),
        warnings: warnings.iter().map(warning).collect(),
    }
}

/// The pages; `None` if nothing is known of them.
fn pages_message(extraction: &Extraction, unit: OffsetUnit) -> Option<proto::DocumentPages> {
    let pages = pages_of(extraction);
    if pages.is_empty() {
        return None;
    }
    let text = &extraction.text;
    let mut message = pages_to_proto(&pages, text.len() as u64);
    let offset = |offset: u64| u32::try_from(offset).unwrap_or(u32::MAX);
    let spans = message.pages.iter().filter_map(|page| page.span);
    let mut spans: Vec<Span> =
        spans.map(|span| Span { start: offset(span.start), end: offset(span.end) }).collect();
    convert_spans(text, unit, &mut spans);
    for (page, Span { start, end }) in message.pages.iter_mut().zip(spans) {
        page.span = Some(proto::Span { start: u64::from(start), end: u64::from(end) });
    }
    Some(message)
}

fn hidden_texts(text: &str, hidden: &[HiddenText], unit: OffsetUnit) -> Vec<proto::HiddenText> {
    let tokenizer = tokenizer();
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let mut spans: Vec<Span> =
        hidden.iter().map(|hidden| Span { start: place(hidden.at), end: place(hidden.at) }).collect();
    convert_spans(text, unit, &mut spans);
    let message = |(HiddenText { reason, text, at: _ }, span): (&HiddenText, Span)| proto::HiddenText {
        reason: match reason {
            HiddenReason::Marked => proto::HiddenReason::Marked,
            HiddenReason::Colour => proto::HiddenReason::Colour,
            HiddenReason::Tiny => proto::HiddenReason::Tiny,
            HiddenReason::Covered => proto::HiddenReason::Covered,
        }
        .into(),
        text: listed(text),
        words: words(&tokenizer, text),
        offset: u64::from(span.start),
    };
    hidden.iter().zip(spans).map(message).collect()
}

fn removed_text(RemovedText { kind, text, count }: &RemovedText) -> proto::RemovedText {
    let kind = match kind {
        RemovedKind::RunningHead => proto::RemovedKind::RunningHead,
        RemovedKind::PageNumber => proto::RemovedKind::PageNumber,
        RemovedKind::Deletion => proto::RemovedKind::Deletion,
        RemovedKind::Comment => proto::RemovedKind::Comment,
    };
    proto::RemovedText { kind: kind.into(), text: listed(text), count: *count }
}

fn warning(Warning { kind, message }: &Warning) -> proto::DocumentWarning {
    let kind = match kind {
        WarningKind::Encoding => proto::DocumentWarningKind::Encoding,
        WarningKind::UndecodableBytes => proto::DocumentWarningKind::UndecodableBytes,
        WarningKind::NoTextOnPages => proto::DocumentWarningKind::NoTextOnPages,
        WarningKind::Gibberish => proto::DocumentWarningKind::Gibberish,
        WarningKind::Damaged => proto::DocumentWarningKind::Damaged,
        WarningKind::TrackedChanges => proto::DocumentWarningKind::TrackedChanges,
        WarningKind::Macros => proto::DocumentWarningKind::Macros,
        WarningKind::HiddenText => proto::DocumentWarningKind::HiddenText,
        WarningKind::NotRead => proto::DocumentWarningKind::NotRead,
    };
    proto::DocumentWarning { kind: kind.into(), message: message.clone() }
}

fn format_of(format: Format) -> proto::DocumentFormat {
    match format {
        Format::Text => proto::DocumentFormat::Text,
        Format::Markdown => proto::DocumentFormat::Markdown,
        Format::Docx => proto::DocumentFormat::Docx,
        Format::Odt => proto::DocumentFormat::Odt,
        Format::Epub => proto::DocumentFormat::Epub,
        Format::Html => proto::DocumentFormat::Html,
        Format::Rtf => proto::DocumentFormat::Rtf,
        Format::Pdf => proto::DocumentFormat::Pdf,
    }
}

fn tokenizer() -> Tokenizer {
    Tokenizer::new(CorpusSeed::new(0))
}

fn words(tokenizer: &Tokenizer, text: &str) -> u64 {
    u64::from(tokenizer.tokenize(text).lengths().total())
}

fn listed(text: &str) -> String {
    text.chars().take(MAX_LISTED_CHARACTERS).collect()
}
