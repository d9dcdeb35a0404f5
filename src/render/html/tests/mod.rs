//! Whole pages.

mod hostile;

use scraper::{Html, Selector};

use super::{RenderOptions, ReportKind, check};
use crate::engine::{ComparedText, DetectionOptions, Engine, Exclusions, Stop};
use crate::proto;
use crate::service::report_to_proto;
use crate::text::OffsetUnit;

const ESSAY: &str = "The harbour master kept a ledger of every ship that came in under sail, with its cargo and its crew. \
    “The ledger was found in the attic of a school in the year of the great flood” (Osei, 2011). Nothing else is known 😀 of him, \
    but the harbour itself was dredged and widened and lit by gas before the war began.";

const LEDGERS: [&str; 3] = [
    "It is said that the harbour master kept a ledger of each ship that came in under sail, with its cargo and its crew, until he died.",
    "Papers tell that the ledger was found in the attic of a school in the year of the great flood. The harbour itself was dredged \
     and widened and lit by gas before the war began.",
    "She wrote that the harbour itself was dredged and widened and lit by gas before the war began, and never after.",
];

/// The report of a comparison with [`LEDGERS`], with excerpts.
fn compared(submission: &str, unit: OffsetUnit, exclusions: Exclusions) -> proto::Report {
    let engine = Engine::in_memory().unwrap();
    let text = |(place, text): (usize, &&str)| ComparedText {
        id: format!("ledger-{place}"),
        title: format!("Ledger <b>{place}</b>"),
        text: (*text).into(),
        submitted_at: None,
        pages: None,
    };
    let sources: Vec<ComparedText> = LEDGERS.iter().enumerate().map(text).collect();
    let options = DetectionOptions {
        include_excerpts: true,
        offset_unit: unit,
        exclusions,
        ..DetectionOptions::default()
    };
    report_to_proto(engine.compare(submission, &sources, &options, &Stop::never()).unwrap())
}

fn options() -> RenderOptions {
    RenderOptions::new(ReportKind::Compare, "essay.txt")
}

/// The sum of the words of the elements that match.
fn words(page: &Html, selector: &str) -> u64 {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).map(|element| element.attr("data-w").unwrap().parse::<u64>().unwrap()).sum()
}

#[test]
fn a_report_is_one_complete_file() {
    let report = compared(ESSAY, OffsetUnit::Utf8Bytes, Exclusions::default());
    let html = check(&report, ESSAY, &options());
    let coverage = report.coverage.unwrap();
    let shown =
        format!(r#"<b id="num">{}</b> of <b id="den">{}</b> words"#, coverage.words, coverage.of_words);
    assert!(html.contains(&shown));
    for part in [
        "Guarantee: every run of 8 words",
        "Ledger &lt;b&gt;0&lt;/b&gt;",
        "quotation",
        &report.settings_digest,
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert!(html.ends_with("</body></html>\n") && !html.contains("<b>0"));
    let hidden = check(&report, ESSAY, &RenderOptions { hide_names: true, ..options() });
    assert!(!hidden.contains("ledger-") && !hidden.contains("Ledger &lt;") && !hidden.contains("essay.txt"));
}

#[test]
fn the_marked_words_add_up_to_the_numbers_of_the_report() {
    let all = Exclusions { quotations: false, citations: false, ..Exclusions::default() };
    let boilerplate = Exclusions {
        boilerplate_texts: vec!["was dredged and widened and lit by gas before the war".into()],
        ..Exclusions::default()
    };
    for exclusions in [Exclusions::default(), all, boilerplate] {
        let report = compared(ESSAY, OffsetUnit::CodePoints, exclusions);
        let page = Html::parse_document(&check(&report, ESSAY, &options()));
        assert_eq!(words(&page, "#text [data-k=c]"), report.coverage.unwrap().words);
        assert_eq!(words(&page, "#text [data-x]"), report.excluded_words);
        let covered = words(&page, "#text [data-k]");
        assert_eq!(covered, report.coverage_without_exclusions.unwrap().words);
    }
}

#[test]
fn offsets_of_every_unit_give_the_same_page() {
    let page = |unit| {
        let report = compared(ESSAY, unit, Exclusions::default());
        let html = check(&report, ESSAY, &RenderOptions { rendered_at: std::time::UNIX_EPOCH, ..options() });
        html.replace(&report.settings_digest, "")
    };
    let bytes = page(OffsetUnit::Utf8Bytes);
    assert!(page(OffsetUnit::Utf16CodeUnits) == bytes && page(OffsetUnit::CodePoints) == bytes);
}

#[test]
fn what_was_not_checked_is_never_nothing() {
    let quoted = "“all of this text is a quotation and so no word of it is left to count at all”";
    let short = proto::Report { words: 2, too_few_words: 2, sources_in_scope: 3, ..proto::Report::default() };
    let reason = proto::NotCheckedReason::NoSources;
    let none = proto::Report { words: 9, not_checked: reason.into(), ..proto::Report::default() };
    let excluded = compared(quoted, OffsetUnit::Utf8Bytes, Exclusions::default());
    for (report, text, why) in [
        (short, "two words", "too few words"),
        (none, "", "No source was in scope"),
        (excluded, quoted, "All words of the text are excluded"),
    ] {
        let html = check(&report, text, &options());
        assert!(html.contains("<strong>Not checked</strong>") && html.contains(why), "{why}");
        assert!(!html.contains("0.0 %"), "{why}");
    }
}

#[test]
fn a_document_is_described_and_pages_are_named() {
    let mut report = compared(ESSAY, OffsetUnit::Utf8Bytes, Exclusions::default());
    let half = ESSAY.len() as u64 / 2;
    let page = |number, start| proto::DocumentPage {
        number,
        span: Some(proto::Span { start, end: half }),
        ..proto::DocumentPage::default()
    };
    let pages =
        proto::DocumentPages { count: 12, pages: vec![page(3, 0), page(4, half)], ..Default::default() };
    let document = proto::ExtractedDocument {
        format: proto::DocumentFormat::Docx.into(),
        title: "The <i>harbour</i>".to_owned(),
        author: "Anna \u{202E}M".to_owned(),
        words: 1234,
        pages: Some(pages),
        hidden: vec![proto::HiddenText {
            reason: proto::HiddenReason::Colour.into(),
            text: "white\u{200B}words".to_owned(),
            words: 2,
            offset: 0,
        }],
        removed: vec![proto::RemovedText { text: "The harbour, page 1".to_owned(), count: 12, kind: 1 }],
        warnings: vec![proto::DocumentWarning { kind: 7, message: "There are macros.".to_owned() }],
        ..Default::default()
    };
    let pages = |kind: proto::PageKind, label: &str| {
        Some(proto::PageRange { kind: kind.into(), first: 3, last: 4, label: label.to_owned() })
    };
    let passage = &mut report.sources[0].passages[0];
    passage.submission_pages = pages(proto::PageKind::Page, "");
    passage.source_pages = pages(proto::PageKind::Chapter, "The <b>dredger</b>");
    report.document = Some(document);
    let html = check(&report, ESSAY, &options());
    for part in [
        "Word (.docx)",
        "The &lt;i&gt;harbour&lt;/i&gt;",
        "Anna <b class=\"h\">RLO</b>M",
        "12 pages",
        "1,234",
        "in the colour of its background",
        "white<b class=\"h\">ZWSP</b>words",
        "running head or foot, 12 times",
        "There are macros.",
        "<h5>Submission, pp. 3–4</h5>",
        "<h5>Source, chapters 3–4 (<bdi>The &lt;b&gt;dredger&lt;/b&gt;</bdi>)</h5>",
        "<span class=\"tag\">p. 3</span>",
        "<span class=\"tag\">p. 4</span>",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let hidden = check(&report, ESSAY, &RenderOptions { hide_names: true, ..options() });
    assert!(!hidden.contains("Anna") && hidden.contains("Word (.docx)"));
}

#[test]
fn a_report_without_excerpts_says_what_is_missing() {
    let mut report = compared(ESSAY, OffsetUnit::Utf8Bytes, Exclusions::default());
    for passage in report.sources.iter_mut().flat_map(|source| &mut source.passages) {
        (passage.source_excerpt, passage.submission_excerpt) = (String::new(), String::new());
    }
    let html = check(&report, ESSAY, &options());
    assert!(html.contains("made without excerpts") && html.contains("The harbour master"));
}
