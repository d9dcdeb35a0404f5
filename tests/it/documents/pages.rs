//! Pages of sources: as they are given, kept, and named in reports.

use palimpsest::proto;
use tonic_types::StatusExt as _;

use super::made::{ICE, KEEPER, PILOTS, adding, docx, numbers, server};
use crate::harness::{TestServer, add, report};

fn page(number: u32, start: u64) -> proto::DocumentPage {
    proto::DocumentPage { number, label: String::new(), span: Some(proto::Span { start, end: 0 }) }
}

fn with_pages(text: &str, count: u32, pages: Vec<proto::DocumentPage>) -> proto::AddSourceRequest {
    let mut request = add("a", text);
    let pages = proto::DocumentPages { count, pages, ..Default::default() };
    request.source.as_mut().unwrap().pages = Some(pages);
    request
}

#[tokio::test]
async fn pages_that_are_wrong_are_refused() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let labelled = |label: String| proto::DocumentPage { label, ..page(1, 0) };
    let without_span = proto::DocumentPage { span: None, ..page(1, 0) };
    let many = (0..100_001).map(|number| page(number + 1, number.into())).collect();
    for (count, pages, field) in [
        (0, vec![page(1, 1)], "source.pages.pages[0].span.start"),
        (0, vec![page(1, 0), page(2, 1000)], "source.pages.pages[1].span.start"),
        (0, vec![page(1, 9), page(2, 3)], "source.pages.pages[1].span.start"),
        (0, vec![page(1, u64::MAX)], "source.pages.pages[0].span.start"),
        (0, vec![page(2, 0), page(1, 9)], "source.pages.pages[1].number"),
        (0, vec![page(0, 0)], "source.pages.pages[0].number"),
        (2, vec![page(3, 0)], "source.pages.count"),
        (0, vec![labelled("x".repeat(201))], "source.pages.pages[0].label"),
        (0, vec![labelled("a\u{7}".to_owned())], "source.pages.pages[0].label"),
        (0, vec![without_span], "source.pages.pages[0].span"),
        (0, many, "source.pages.pages"),
    ] {
        let refused = corpus.add_source(with_pages(ICE, count, pages)).await.unwrap_err();
        let details = refused.get_details_bad_request().unwrap();
        assert_eq!(details.field_violations[0].field, field, "{refused:?}");
    }
    // Byte 1 is inside the first letter; 2 is not.
    corpus.add_source(with_pages(ICE, 0, vec![page(3, 2)])).await.unwrap();
    let get = proto::GetSourceRequest { id: "a".to_owned(), ..Default::default() };
    let stored = corpus.get_source(get).await.unwrap().into_inner().source.unwrap().pages.unwrap();
    assert_eq!((stored.count, stored.kind()), (3, proto::PageKind::Page));
    assert_eq!(stored.pages[0].span, Some(proto::Span { start: 2, end: ICE.len() as u64 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_submissions_have_pages_too() {
    let server = server().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    corpus.add_source(adding("first", docx(&[PILOTS, KEEPER], ""))).await.unwrap();
    corpus.add_source(adding("second", docx(&[ICE, "A page of other words.", KEEPER], ""))).await.unwrap();
    corpus.add_source(add("plain", KEEPER)).await.unwrap();
    // An update keeps them.
    let source = proto::Source { id: "first".to_owned(), title: "Retold".to_owned(), ..Default::default() };
    let update = proto::UpdateSourceRequest { source: Some(source), ..Default::default() };
    let updated = corpus.update_source(update).await.unwrap().into_inner().source.unwrap();
    assert_eq!((updated.title.as_str(), updated.pages.unwrap().count), ("Retold", 2));
    let name = |id: &str| Some(proto::SourceName { id: id.to_owned(), ..Default::default() });
    let checked =
        report(&mut detection, proto::CheckRequest { source: name("first"), ..Default::default() }).await;
    let pages = |report: &proto::Report, id: &str| {
        let source = report.sources.iter().find(|source| source.source_id == id).unwrap();
        let passage = &source.passages[0];
        (numbers(passage.submission_pages.as_ref()), numbers(passage.source_pages.as_ref()))
    };
    assert_eq!(pages(&checked, "second"), ((2, 2), (3, 3)));
    assert_eq!(pages(&checked, "plain"), ((2, 2), (0, 0)));
    assert_eq!(checked.document, None);
    for unit in [proto::OffsetUnit::Utf16CodeUnits, proto::OffsetUnit::CodePoints] {
        let options = proto::DetectionOptions { offset_unit: unit.into(), ..Default::default() };
        let pair = proto::ComparePairRequest {
            submission: name("second"),
            source: name("first"),
            options: Some(options),
        };
        let pair = detection.compare_pair(pair).await.unwrap().into_inner().report.unwrap();
        assert_eq!(pages(&pair, "first"), ((3, 3), (2, 2)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passage_over_a_page_break_names_both_pages() {
    let server = server().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    corpus.add_source(adding("first", docx(&[PILOTS, KEEPER, ICE], ""))).await.unwrap();
    let text = [KEEPER, ICE].join("\n\n");
    let checked = report(&mut detection, crate::harness::check(&text)).await;
    let passage = &checked.sources[0].passages[0];
    assert_eq!(numbers(passage.source_pages.as_ref()), (2, 3));
}
