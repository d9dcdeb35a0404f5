//! Hostile texts and names, through an HTML parser.

use proptest::prelude::*;
use scraper::{ElementRef, Html, Node, Selector};

use crate::proto::{
    Alert, CoveredSpan, DocumentPage, DocumentPages, DocumentWarning, Exclusion, ExtractedDocument,
    Guarantee, GuaranteeVoid, HiddenText, PageRange, PairedSource, PairsSummary, Passage, RemovedText,
    Report, Share, SourceCluster, SourceOverlap, SourcePair, Span,
};
use crate::render::html::{ClassReport, RenderOptions, ReportKind, check};

/// Sources in a report. With the cases below, 10,000 texts and as many ids and titles are rendered.
const SOURCES: usize = 50;
const CASES: u32 = 200;

/// Pieces of hostile texts.
const PIECES: [&str; 44] = [
    "<script>",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "</mark>",
    "</title>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&lt;",
    "&#60;",
    "&amp",
    "\"",
    "'",
    "`",
    ">",
    "<",
    "</",
    "<b",
    "=",
    "javascript:alert(1)",
    "\u{202E}",
    "\u{2066}",
    "\u{200B}",
    "\u{200D}",
    "\u{FEFF}",
    "\u{0}",
    "\u{1B}[31m",
    "\r\n",
    "\r",
    "\n\n",
    "\u{2028}",
    "\u{2029}",
    "\u{85}",
    "\u{FFFE}",
    "\u{10FFFF}",
    "\u{E0041}",
    "e\u{301}\u{302}",
    "👩\u{200D}🔬",
    "می\u{200C}خواهم",
    "数据",
    " word ",
    "the keeper wrote ",
    "\t",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(&PIECES[..]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// A span of any text of some length, which may lie outside of it, or be reversed.
fn span() -> impl Strategy<Value = Option<Span>> {
    proptest::option::weighted(
        0.95,
        (0_u64..90, 0_u64..40)
            .prop_map(|(start, length)| Span { start, end: (start + length).saturating_sub(3) }),
    )
}

prop_compose! {
    fn source()(
        id in text(), title in text(), group in text(), label in text(),
        submission in span(), other in span(), covered in span(), excerpt in text(), kind in 0..5_i32,
        words in 0..9_u32,
    ) -> SourceOverlap {
        let covered = vec![CoveredSpan { span: covered, words: 1 }];
        let passage = Passage {
            submission, source: other, kind, similarity: 0.5, submission_words: words, source_words: 4, matched_words: 2,
            counted_words: 1, evidence_nats: 30.0, source_excerpt: excerpt, source_covered: covered.clone(), covered,
            source_pages: Some(PageRange { kind, first: words, last: 4, label: label.clone() }),
            ..Passage::default()
        };
        let mut source = SourceOverlap {
            uri: format!("{}{label}", if words % 2 == 0 { "https://" } else { "" }), older: kind,
            collection: label.clone(), source_id: id, title, group, labels: vec![label], passages: vec![passage],
            covered: Some(Share { words: 1, of_words: 3, percent: 33.3 }), ..SourceOverlap::default()
        };
        source.submitted_at.get_or_insert_default().seconds = i64::from(kind) - 1;
        source
    }
}

prop_compose! {
    fn document()(
        texts in proptest::collection::vec(text(), 8), starts in proptest::collection::vec(span(), 0..6), kind in 0..10_i32,
    ) -> ExtractedDocument {
        let page = |span: &Option<Span>| DocumentPage { number: 3, label: texts[0].clone(), span: *span };
        ExtractedDocument {
            format: kind, encoding: texts[1].clone(), title: texts[2].clone(), author: texts[3].clone(), words: 9,
            pages: Some(DocumentPages { kind, count: 4, pages: starts.iter().map(page).collect() }),
            hidden: vec![HiddenText { reason: kind, text: texts[4].clone(), words: 2, offset: 7 }],
            removed: vec![RemovedText { kind, text: texts[5].clone(), count: 2 }],
            warnings: vec![DocumentWarning { kind, message: texts[6].clone() }],
            ..ExtractedDocument::default()
        }
    }
}

prop_compose! {
    fn report()(
        sources in proptest::collection::vec(source(), SOURCES), unit in 0..5_i32,
        covered in proptest::collection::vec(span(), 0..3),
        exclusions in proptest::collection::vec((span(), 0..9_i32), 0..5),
        alerts in proptest::collection::vec((span(), 0..14_i32), 0..4), void in span(), digest in text(),
        document in proptest::option::of(document()),
    ) -> Report {
        Report {
            sources, document, offset_unit: unit, words: 9, settings_digest: digest, sources_in_scope: 50, sources_found: 50,
            coverage: Some(Share { words: 1, of_words: 9, percent: 11.1 }),
            covered_spans: covered.into_iter().map(|span| CoveredSpan { span, words: 1 }).collect(),
            exclusions: exclusions.into_iter().map(|(span, reason)| Exclusion { reason, span, words: 1, expected_by_chance: None }).collect(),
            alerts: alerts.into_iter().map(|(span, kind)| Alert { kind, severity: 1, span, count: 1 }).collect(),
            guarantee: Some(Guarantee {
                min_run_words: 8,
                holds: false,
                voids: vec![GuaranteeVoid { reason: 1, limit: 2, spans: void.into_iter().collect() }],
            }),
            ..Report::default()
        }
    }
}

const ELEMENTS: &str = "html head meta title style body a header p h1 h2 h3 h4 h5 main nav section span strong b svg rect div ul \
    ol li q bdi figure figcaption small mark article i u ins del em dl dt dd code time footer script table \
    caption thead tbody tr th td line circle text sup label input br wbr hr";

const ATTRIBUTES: &str = "lang charset http-equiv content name class id href dir type aria-label aria-labelledby aria-hidden \
    data-kind data-words data-few data-s data-w data-k data-x data-c viewbox viewBox preserveAspectRatio \
    width height x y tabindex datetime scope role x1 x2 y1 y2 cx cy r data-js rel";

/// Whether a list of words has `name`.
fn is_one_of(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|one| one == name)
}

/// Checks that a page has no elements, attributes or links but ours, and no character that hides or reorders text.
fn is_ours(page: &Html) -> Result<(), TestCaseError> {
    for node in page.tree.nodes() {
        match node.value() {
            Node::Element(element) => {
                prop_assert!(is_one_of(ELEMENTS, element.name()), "<{}>", element.name());
                for (name, value) in element.attrs() {
                    prop_assert!(is_one_of(ATTRIBUTES, name), "{name}={value}");
                    prop_assert!(
                        name != "href" || value.starts_with('#') || value.starts_with("https://"),
                        "{name}={value}"
                    );
                }
            }
            Node::Text(text) => prop_assert!(!text.contains(is_dangerous), "{text:?}"),
            Node::Comment(comment) => prop_assert!(false, "comment {comment:?}"),
            _ => {}
        }
    }
    let count = |name: &str| page.select(&Selector::parse(name).unwrap()).count();
    prop_assert_eq!((count("script"), count("style"), count("meta"), count("main")), (2, 1, 6, 1));
    Ok(())
}

fn is_dangerous(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{200B}' | '\u{200E}'
        | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E00FF}')
}

/// Text without characters that may be shown as glyphs.
fn without_hidden(text: &str) -> String {
    let is_hidden = |c: char| {
        is_dangerous(c)
            || matches!(c, '\u{200C}' | '\u{200D}' | '\u{34F}' | '\u{FE00}'..='\u{FE0F}' | '\u{180B}'..='\u{180F}'
                | '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFFF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{E0000}'..
                | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{3164}' | '\u{FFA0}' | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}')
            || u32::from(c) & 0xFFFE == 0xFFFE
    };
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

/// The text of an element, without glyphs, links of passages and tags of exclusions.
fn text_of(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    for node in element.descendants() {
        let Some(part) = node.value().as_text() else { continue };
        let is_ours = node.ancestors().filter_map(ElementRef::wrap).any(|parent| {
            let value = parent.value();
            value.name() == "b" || value.classes().any(|class| ["n", "tag"].contains(&class))
        });
        if !is_ours {
            text.push_str(part);
        }
    }
    without_hidden(&text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]
    #[test]
    fn nothing_in_a_report_becomes_markup(report in report(), text in text(), name in text()) {
        let options = RenderOptions::new(ReportKind::Check, &name);
        let page = Html::parse_document(&check(&report, &text, &options));
        is_ours(&page)?;
        let one = |selector: &str| page.select(&Selector::parse(selector).unwrap()).next();
        prop_assert_eq!(text_of(one("#text .text").unwrap()), without_hidden(&text));
        let titles = Selector::parse(".card h3 .name > bdi").unwrap();
        for (shown, source) in page.select(&titles).zip(&report.sources) {
            let title = source.title.trim();
            let expected = if title.is_empty() { &source.source_id } else { title };
            prop_assert_eq!(text_of(shown), without_hidden(expected));
        }
        let excerpts = report.sources.iter().map(|source| &source.passages[0].source_excerpt);
        let sides = Selector::parse("article .two > div:last-child .t").unwrap();
        for (shown, excerpt) in page.select(&sides).zip(excerpts.filter(|excerpt| !excerpt.is_empty())) {
            prop_assert_eq!(text_of(shown), without_hidden(excerpt));
        }
        let hidden = check(&report, "", &RenderOptions { hide_names: true, ..options });
        is_ours(&Html::parse_document(&hidden))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES / 4))]
    #[test]
    fn nothing_in_a_class_report_becomes_markup(report in report(), names in proptest::collection::vec(text(), 8)) {
        let source = |id: &String, title: &String| PairedSource {
            id: id.clone(), title: title.clone(), group: title.clone(), ..PairedSource::default()
        };
        let pair = |ids: &[String]| SourcePair {
            first: Some(source(&ids[0], &ids[1])), second: Some(source(&ids[1], &ids[0])), cluster: 1, ..SourcePair::default()
        };
        let pairs: Vec<SourcePair> = names.chunks(2).map(pair).collect();
        let cluster = SourceCluster { number: 1, size: 8, source_ids: names.clone() };
        let summary = PairsSummary { sources: 8, settings_digest: names[0].clone(), ..PairsSummary::default() };
        let options = RenderOptions::new(ReportKind::Check, &names[1]);
        let clusters = [cluster];
        let class = ClassReport::new(&summary, &pairs, &clusters, &options, 2);
        let page = [class.begin(), class.pair(0, &report), class.missing(1, &names[2]), class.end()].concat();
        is_ours(&Html::parse_document(&page))?;
    }
}
