//! What a report gets from the document of its submission.

use super::pages::{page_range, pages_from_proto};
use crate::proto;
use crate::service::convert::enums;
use crate::service::convert::length::text_length;
use crate::text::{Span, convert_spans};

/// Alerts of hidden text in one report, at most.
const MAX_HIDDEN_ALERTS: usize = 100;

/// Adds to a report what is known of the document that the submission was extracted from: the document itself, an alert for
/// each hidden text, and the pages of passages. `text` is the extracted text, and the offsets of `document` are in the
/// unit of the report. Linear in the text, `n log n` in pages, passages and hidden texts.
pub fn attach(report: &mut proto::Report, text: &str, document: proto::ExtractedDocument) {
    if let Some(pages) = &document.pages {
        set_submission_pages(report, pages);
    }
    let alerts = hidden_alerts(report.offset_unit, text, &document.hidden);
    if !alerts.is_empty() {
        report.alerts.extend(alerts);
        report.alerts.sort_by_key(|alert| alert.span.map(|span| span.start));
    }
    report.length = Some(text_length(report.words, document.pages.as_ref()));
    report.document = Some(document);
}

fn set_submission_pages(report: &mut proto::Report, pages: &proto::DocumentPages) {
    let pages = pages_from_proto(pages);
    let offset = |offset: u64| u32::try_from(offset).unwrap_or(u32::MAX);
    for passage in report.sources.iter_mut().flat_map(|source| &mut source.passages) {
        let range = passage.submission.and_then(|span| pages.range(offset(span.start)..offset(span.end)));
        passage.submission_pages = range.map(page_range);
    }
}

/// An alert for each of the first hidden texts with words, at the paragraph where it stands.
fn hidden_alerts(offset_unit: i32, text: &str, hidden: &[proto::HiddenText]) -> Vec<proto::Alert> {
    let hidden: Vec<_> = hidden.iter().filter(|hidden| hidden.words > 0).take(MAX_HIDDEN_ALERTS).collect();
    if hidden.is_empty() {
        return Vec::new();
    }
    let mut paragraphs = paragraphs(text);
    convert_spans(text, enums::offset_unit(offset_unit).unwrap_or_default(), &mut paragraphs);
    let alert = |hidden: &proto::HiddenText| proto::Alert {
        kind: proto::AlertKind::HiddenText.into(),
        severity: match hidden.reason() {
            proto::HiddenReason::Marked | proto::HiddenReason::Unspecified => proto::AlertSeverity::Medium,
            proto::HiddenReason::Colour | proto::HiddenReason::Tiny | proto::HiddenReason::Covered => {
                proto::AlertSeverity::High
            }
        }
        .into(),
        span: Some(paragraph_at(&paragraphs, hidden.offset)),
        count: u32::try_from(hidden.words).unwrap_or(u32::MAX),
    };
    hidden.into_iter().map(alert).collect()
}

/// The paragraphs of a text, as they are separated by empty lines, in bytes.
fn paragraphs(text: &str) -> Vec<Span> {
    let mut start = 0;
    let mut paragraphs = Vec::new();
    for part in text.split("\n\n") {
        let end = start + part.len();
        let trimmed = part.trim_end();
        let from = start + part.len() - part.trim_start().len();
        if let (Ok(from), Ok(to)) = (u32::try_from(from), u32::try_from(start + trimmed.len()))
            && from < to
        {
            paragraphs.push(Span { start: from, end: to });
        }
        start = end + 2;
    }
    paragraphs
}

/// The last paragraph that begins at or before an offset, or the first one.
fn paragraph_at(paragraphs: &[Span], offset: u64) -> proto::Span {
    let begun = paragraphs.partition_point(|paragraph| u64::from(paragraph.start) <= offset);
    let found = begun.checked_sub(1).and_then(|place| paragraphs.get(place)).or(paragraphs.first());
    let Span { start, end } = found.copied().unwrap_or_default();
    proto::Span { start: u64::from(start), end: u64::from(end) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{
        Extraction, Format, HiddenReason, HiddenText, Page, PageKind, RemovedKind, RemovedText,
    };
    use crate::service::documents::to_proto;
    use crate::text::OffsetUnit;

    const TEXT: &str = "Die Fähre fährt.\n\nIm Süden wächst Schilf.\n\nEnde";

    fn extraction() -> Extraction {
        let page = |number, start| Page { number, label: String::new(), start };
        let hidden = |reason, text: &str, at| HiddenText { reason, text: text.to_owned(), at };
        Extraction {
            format: Format::Docx,
            encoding: String::new(),
            text: TEXT.to_owned(),
            title: "Die Fähre".to_owned(),
            author: "A. Nön".to_owned(),
            page_kind: PageKind::Page,
            page_count: 4,
            pages: vec![
                page(1, 0),
                page(2, TEXT.find("Süden").unwrap()),
                page(4, TEXT.find("Ende").unwrap()),
            ],
            hidden: vec![
                hidden(HiddenReason::Colour, "weiß auf weiß", TEXT.find("wächst").unwrap()),
                hidden(HiddenReason::Marked, "heimlich", TEXT.len()),
                hidden(HiddenReason::Tiny, "…", 0),
            ],
            removed: vec![RemovedText {
                kind: RemovedKind::RunningHead,
                text: "Kopf ".repeat(400),
                count: 3,
            }],
            warnings: Vec::new(),
        }
    }

    fn passage(text: &str, unit: OffsetUnit) -> proto::Passage {
        let start = u32::try_from(TEXT.find(text).unwrap()).unwrap();
        let mut span = [Span { start, end: start + u32::try_from(text.len()).unwrap() }];
        convert_spans(TEXT, unit, &mut span);
        let [Span { start, end }] = span;
        let submission = Some(proto::Span { start: u64::from(start), end: u64::from(end) });
        proto::Passage { submission, ..Default::default() }
    }

    #[test]
    fn pages_and_alerts_are_in_the_unit_of_the_report() {
        for (unit, in_proto) in [
            (OffsetUnit::Utf8Bytes, proto::OffsetUnit::Utf8Bytes),
            (OffsetUnit::Utf16CodeUnits, proto::OffsetUnit::Utf16CodeUnits),
            (OffsetUnit::CodePoints, proto::OffsetUnit::CodePoints),
        ] {
            let passages: Vec<_> =
                ["Fähre", "wächst", "fährt.\n\nIm Süden", "Ende"].map(|text| passage(text, unit)).into();
            let second = passage("Im Süden wächst Schilf.", unit).submission;
            let last = passage("Ende", unit).submission;
            let source = proto::SourceOverlap { passages, ..Default::default() };
            let mut report =
                proto::Report { sources: vec![source], offset_unit: in_proto.into(), ..Default::default() };
            attach(&mut report, TEXT, to_proto(&extraction(), unit));
            let pages =
                report.sources[0].passages.iter().map(|passage| passage.submission_pages.clone().unwrap());
            assert_eq!(
                pages.map(|pages| (pages.first, pages.last)).collect::<Vec<_>>(),
                [(1, 1), (2, 2), (1, 2), (4, 4)]
            );
            let alerts: Vec<_> =
                report.alerts.iter().map(|alert| (alert.span, alert.count, alert.severity())).collect();
            let expected = [(second, 3, proto::AlertSeverity::High), (last, 1, proto::AlertSeverity::Medium)];
            assert_eq!(alerts, expected);
        }
    }

    #[test]
    fn a_document_as_a_message() {
        let message = to_proto(&extraction(), OffsetUnit::CodePoints);
        assert_eq!(
            (message.format(), message.words, message.text_bytes),
            (proto::DocumentFormat::Docx, 8, 51)
        );
        assert_eq!((message.title.as_str(), message.author.as_str()), ("Die Fähre", "A. Nön"));
        let pages = message.pages.unwrap();
        let spans: Vec<_> = pages.pages.iter().map(|page| page.span.unwrap()).collect();
        assert_eq!((pages.count, spans[0].start, spans[0].end, spans[2].end), (4, 0, 21, 47));
        assert_eq!(message.removed[0].text.chars().count(), 1000);
    }

    #[test]
    fn hidden_text_alone_has_an_alert_without_a_place() {
        let hidden = vec![proto::HiddenText { words: 3, offset: 9, ..Default::default() }];
        let mut report = proto::Report::default();
        attach(&mut report, "", proto::ExtractedDocument { hidden, ..Default::default() });
        assert_eq!((report.alerts.len(), report.alerts[0].count), (1, 3));
    }
}
