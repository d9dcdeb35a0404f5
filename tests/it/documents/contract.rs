//! Documents in AddSource, ImportSources, Check, CheckStream, Compare and `RenderReport`.

use palimpsest::proto;
use palimpsest::proto::import_sources_response::Result as Imported;
use palimpsest::proto::rendering_service_client::RenderingServiceClient;
use palimpsest::proto::{DocumentFormat, check_stream_response};
use tokio_stream::StreamExt as _;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::made::{ICE, KEEPER, PILOTS, adding, checking, document, docx, numbers, server};
use crate::harness::{add, check, report, source};

fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

fn field(status: &Status) -> String {
    let details = status.get_details_bad_request();
    let field = details.and_then(|details| Some(details.field_violations.first()?.field.clone()));
    field.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_stored_as_its_text_with_pages() {
    let server = server().await;
    let mut corpus = server.corpus().await;
    let content = docx(&[KEEPER, PILOTS, ICE], "");
    let added = corpus.add_source(adding("ledger", content.clone())).await.unwrap().into_inner();
    let (known, stats) = (added.document.unwrap(), added.stats.unwrap());
    assert_eq!(
        (known.format(), known.title.as_str(), known.author.as_str()),
        (DocumentFormat::Docx, "The ledger", "A. Keeper")
    );
    assert_eq!((known.words, known.text_bytes), (stats.words, stats.text_bytes));
    let get = proto::GetSourceRequest { id: "ledger".to_owned(), include_text: true, ..Default::default() };
    let stored = corpus.get_source(get).await.unwrap().into_inner().source.unwrap();
    assert_eq!(stored.text, [KEEPER, PILOTS, ICE].join("\n\n"));
    assert_eq!((stored.title.as_str(), stored.document.is_none()), ("The ledger", true));
    let pages = stored.pages.unwrap();
    assert_eq!((pages.clone(), pages.count), (known.pages.unwrap(), 3));
    let starts: Vec<_> = pages.pages.iter().map(|page| (page.number, page.span.unwrap())).collect();
    let (second, third) = (KEEPER.len() as u64 + 2, (KEEPER.len() + PILOTS.len()) as u64 + 4);
    assert_eq!(starts[1], (2, proto::Span { start: second, end: third }));
    assert_eq!(starts[2], (3, proto::Span { start: third, end: stats.text_bytes }));
    // Listings have the count alone.
    let listed = corpus.list_sources(proto::ListSourcesRequest::default()).await.unwrap().into_inner();
    let listed = listed.sources[0].pages.clone().unwrap();
    assert_eq!((listed.count, listed.pages.len()), (3, 0));
    // The same document again is unchanged, and so is its text with its pages.
    let again = |mut request: proto::AddSourceRequest| {
        request.if_exists = proto::IfExists::ReplaceDifferent.into();
        request
    };
    let same = corpus.add_source(again(adding("ledger", content))).await.unwrap().into_inner();
    assert!(same.unchanged && same.document.is_some());
    let mut as_text = add("ledger", &stored.text);
    as_text.source.as_mut().unwrap().title = stored.title;
    let other = corpus.add_source(again(as_text.clone())).await.unwrap().into_inner();
    assert!(other.replaced, "pages are part of what a caller gives");
    as_text.source.as_mut().unwrap().pages = Some(pages);
    assert!(corpus.add_source(again(as_text.clone())).await.unwrap().into_inner().replaced);
    assert!(corpus.add_source(again(as_text)).await.unwrap().into_inner().unchanged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_gets_the_first_answer() {
    let server = server().await;
    let mut corpus = server.corpus().await;
    let request =
        |content: Vec<u8>| proto::AddSourceRequest { request_id: "7".to_owned(), ..adding("", content) };
    let content = docx(&[KEEPER], "");
    let first = corpus.add_source(request(content.clone())).await.unwrap().into_inner();
    let retried = corpus.add_source(request(content)).await.unwrap().into_inner();
    assert_eq!((first.id, first.stats, first.document.is_some()), (retried.id, retried.stats, true));
    assert_eq!(retried.document, None, "it is not read again");
    let reused = corpus.add_source(request(docx(&[PILOTS], ""))).await.unwrap_err();
    assert_eq!((reused.code(), reason(&reused)), (Code::InvalidArgument, "REQUEST_ID_REUSED".to_owned()));
    // A request that failed may be sent again.
    let mut failed = request(b"\x89PNG\r\n\x1a\n".to_vec());
    failed.request_id = "8".to_owned();
    assert_eq!(reason(&corpus.add_source(failed).await.unwrap_err()), "DOCUMENT_UNREADABLE");
    let mut later = request(docx(&[ICE], ""));
    later.request_id = "8".to_owned();
    corpus.add_source(later).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_one_text() {
    let server = server().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let content = || docx(&[KEEPER], "");
    let mut both = adding("a", content());
    both.source.as_mut().unwrap().text = KEEPER.to_owned();
    assert_eq!(field(&corpus.add_source(both).await.unwrap_err()), "source.document");
    let mut with_pages = adding("a", content());
    with_pages.source.as_mut().unwrap().pages = Some(proto::DocumentPages::default());
    assert_eq!(field(&corpus.add_source(with_pages).await.unwrap_err()), "source.pages");
    let both = proto::CheckRequest { text: KEEPER.to_owned(), ..checking(content()) };
    assert_eq!(field(&detection.check(both).await.unwrap_err()), "document");
    let stored = Some(proto::SourceName { id: "a".to_owned(), ..Default::default() });
    let both = proto::CheckRequest { source: stored, ..checking(content()) };
    assert_eq!(field(&detection.check(both).await.unwrap_err()), "document");
    let named = |name: String, encoding: &str| {
        let encoding = encoding.to_owned();
        let document = proto::Document { name, encoding, content: KEEPER.as_bytes().to_vec() };
        proto::CheckRequest { document: Some(document), ..Default::default() }
    };
    let long = detection.check(named("n".repeat(513), "")).await.unwrap_err();
    assert_eq!(field(&long), "document.name");
    let unknown = detection.check(named(String::new(), "latin-99")).await.unwrap_err();
    assert_eq!(
        (field(&unknown), reason(&unknown)),
        ("document.encoding".to_owned(), "INVALID_FIELD".to_owned())
    );
    let text = proto::ComparedText { text: KEEPER.to_owned(), ..Default::default() };
    let other = proto::ComparedText { document: Some(document(content())), ..text.clone() };
    let compare =
        proto::CompareRequest { text: KEEPER.to_owned(), sources: vec![text, other], ..Default::default() };
    assert_eq!(field(&detection.compare(compare).await.unwrap_err()), "sources[1].document");
    // Nothing of a request is not a document that is empty.
    let nothing = detection.check(proto::CheckRequest::default()).await.unwrap_err();
    assert_eq!(reason(&nothing), "NO_WORDS");
    let empty = detection.check(checking(Vec::new())).await.unwrap_err();
    assert_eq!((field(&empty), reason(&empty)), ("document".to_owned(), "DOCUMENT_UNREADABLE".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_says_why() {
    let server = server().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let whole = docx(&[KEEPER], "");
    let cut_off = whole[..whole.len() / 2].to_vec();
    for (content, expected) in [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "DOCUMENT_UNREADABLE"),
        (cut_off, "DOCUMENT_UNREADABLE"),
        (b"<html><body><p></p></body></html>".to_vec(), "DOCUMENT_WITHOUT_TEXT"),
        // Text that nobody sees is no text to compare.
        (
            b"<html><body><p style='display:none'>hidden words alone</p></body></html>".to_vec(),
            "DOCUMENT_WITHOUT_TEXT",
        ),
    ] {
        let refused = detection.check(checking(content.clone())).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, expected),
            "{refused:?}"
        );
        assert_eq!(field(&refused), "document");
        assert!(refused.message().starts_with("document: "), "{}", refused.message());
        let refused = corpus.add_source(adding("a", content.clone())).await.unwrap_err();
        assert_eq!((field(&refused).as_str(), reason(&refused).as_str()), ("source.document", expected));
        // An item of a stream fails alone.
        let items =
            [Some(source("good", KEEPER)), adding("bad", content.clone()).source, Some(source("fine", ICE))];
        let items = items.map(|source| proto::ImportSourcesRequest {
            source,
            if_exists: proto::IfExists::Replace.into(),
            ..Default::default()
        });
        let mut answers = corpus.import_sources(tokio_stream::iter(items)).await.unwrap().into_inner();
        let mut results = Vec::new();
        while let Some(answer) = answers.next().await {
            results.push(answer.unwrap().result.unwrap());
        }
        let [Imported::Added(_), Imported::Error(error), Imported::Added(_)] = &results[..] else {
            panic!("{results:?}")
        };
        assert_eq!(
            (error.reason.as_str(), error.field_violations[0].field.as_str()),
            (expected, "source.document")
        );
        let compared =
            |content| proto::ComparedText { document: Some(document(content)), ..Default::default() };
        let sources = vec![compared(docx(&[ICE], "")), compared(content)];
        let request = proto::CompareRequest { text: KEEPER.to_owned(), sources, ..Default::default() };
        let refused = detection.compare(request).await.unwrap_err();
        assert_eq!((field(&refused).as_str(), reason(&refused).as_str()), ("sources[1].document", expected));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_checked_as_its_text() {
    let server = server().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    corpus.add_source(adding("ledger", docx(&[PILOTS, KEEPER, ICE], ""))).await.unwrap();
    let content = docx(&["Nothing of this was copied, I swear.", ICE, KEEPER], "seven secret words");
    let request = proto::CheckRequest { include_text: true, ..checking(content.clone()) };
    let checked = detection.check(request.clone()).await.unwrap().into_inner();
    let of_text = report(&mut detection, check(&checked.text)).await;
    let checked_report = checked.report.unwrap();
    assert_eq!((checked_report.coverage, checked_report.words), (of_text.coverage, of_text.words));
    assert_eq!(checked_report.sources[0].covered, of_text.sources[0].covered);
    let known = checked_report.document.clone().unwrap();
    assert_eq!(
        (known.words, known.format(), known.hidden[0].words),
        (of_text.words, DocumentFormat::Docx, 3)
    );
    assert_eq!((known.hidden[0].text.as_str(), of_text.document), ("seven secret words", None));
    let pages: Vec<_> = checked_report.sources[0]
        .passages
        .iter()
        .map(|passage| (numbers(passage.submission_pages.as_ref()), numbers(passage.source_pages.as_ref())))
        .collect();
    // Two sentences in another order are one passage.
    assert_eq!(pages, [((2, 3), (2, 3))]);
    let of_text = &of_text.sources[0].passages[0];
    assert_eq!(
        (numbers(of_text.submission_pages.as_ref()), numbers(of_text.source_pages.as_ref())),
        ((0, 0), (2, 3))
    );
    let [alert] = &checked_report.alerts[..] else { panic!("{:?}", checked_report.alerts) };
    let span = alert.span.unwrap();
    let paragraph = &checked.text[span.start as usize..span.end as usize];
    assert_eq!(
        (alert.kind(), alert.severity(), alert.count),
        (proto::AlertKind::HiddenText, proto::AlertSeverity::Medium, 3)
    );
    assert_eq!(paragraph, KEEPER);
    // In another unit the pages are the same, and the spans are of the text in that unit.
    let options =
        proto::DetectionOptions { offset_unit: proto::OffsetUnit::CodePoints.into(), ..Default::default() };
    let request = proto::CheckRequest { options: Some(options), include_text: false, ..request };
    let points = detection.check(request.clone()).await.unwrap().into_inner();
    let characters: Vec<char> = checked.text.chars().collect();
    let in_points = points.report.unwrap();
    let span = in_points.alerts[0].span.unwrap();
    assert_eq!(characters[span.start as usize..span.end as usize].iter().collect::<String>(), KEEPER);
    let page = in_points.document.unwrap().pages.unwrap().pages[1].span.unwrap();
    assert!(characters[page.start as usize..page.end as usize].iter().collect::<String>().starts_with(ICE));
    assert_eq!(
        (numbers(in_points.sources[0].passages[0].submission_pages.as_ref()), points.text.as_str()),
        ((2, 3), "")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_in_streams_comparisons_and_pages() {
    let server = server().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    corpus.add_source(adding("ledger", docx(&[PILOTS, KEEPER], ""))).await.unwrap();
    let content = docx(&[ICE, KEEPER], "");
    let item = |include_text| proto::CheckStreamRequest {
        key: "k".to_owned(),
        check: Some(proto::CheckRequest { include_text, ..checking(content.clone()) }),
    };
    let items = tokio_stream::iter([item(true), item(false)]);
    let mut answers = detection.check_stream(items).await.unwrap().into_inner();
    let (with, without) = (answers.next().await.unwrap().unwrap(), answers.next().await.unwrap().unwrap());
    assert_eq!((with.text, without.text), ([ICE, KEEPER].join("\n\n"), String::new()));
    let Some(check_stream_response::Result::Report(streamed)) = with.result else { panic!() };
    assert!(streamed.document.is_some());
    // A text is compared with a document, and a document with a text that has pages.
    let start = PILOTS.len() as u64 + 2;
    let page = |number, start| proto::DocumentPage {
        number,
        span: Some(proto::Span { start, end: 0 }),
        label: format!("Chapter {number}"),
    };
    let pages = proto::DocumentPages {
        kind: proto::PageKind::Chapter.into(),
        pages: vec![page(1, 0), page(7, start)],
        ..Default::default()
    };
    let as_text =
        proto::ComparedText { text: [PILOTS, KEEPER].join("\n\n"), pages: Some(pages), ..Default::default() };
    let as_document =
        proto::ComparedText { document: Some(document(docx(&[PILOTS, KEEPER], ""))), ..Default::default() };
    let request = proto::CompareRequest {
        document: Some(document(content.clone())),
        sources: vec![as_text, as_document],
        include_text: true,
        ..Default::default()
    };
    let compared = detection.compare(request).await.unwrap().into_inner();
    assert!(compared.text.starts_with("Ünder"));
    let compared = compared.report.unwrap();
    let pages = |place: usize| {
        let passage = &compared.sources[place].passages[0];
        (numbers(passage.submission_pages.as_ref()), passage.source_pages.clone().unwrap())
    };
    let (here, there) = pages(0);
    assert_eq!(
        (here, there.kind(), there.first, there.label.as_str()),
        ((2, 2), proto::PageKind::Chapter, 7, "Chapter 7")
    );
    assert_eq!((pages(1).1.first, compared.sources[1].title.as_str()), (2, "The ledger"));
    let subject = proto::render_report_request::Subject::Check(checking(content));
    let request = proto::RenderReportRequest { subject: Some(subject), options: None };
    let mut client = RenderingServiceClient::new(server.channel().await);
    let mut pieces = client.render_report(request).await.unwrap().into_inner();
    let mut html = Vec::new();
    while let Some(piece) = pieces.next().await {
        html.extend(piece.unwrap().chunk);
    }
    let html = String::from_utf8(html).unwrap();
    for part in ["Word (.docx)", "<h5>Submission, p. 2</h5>", "<h5>Source, p. 2</h5>", "Ünder the ice"] {
        assert!(html.contains(part), "{part}");
    }
}
