//! Streams: one response for each request, in order; a bad item fails alone; real flow control.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use palimpsest::proto;
use palimpsest::proto::check_stream_response::Result as Checked;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::import_sources_response::Result as Imported;
use tokio_stream::StreamExt;
use tonic::Code;

use crate::harness::{TestServer, check, pass, source};
use crate::words::Words;

fn item(id: &str, text: &str) -> proto::ImportSourcesRequest {
    proto::ImportSourcesRequest { source: Some(source(id, text)), ..Default::default() }
}

#[tokio::test]
async fn a_bad_item_fails_alone_and_results_come_in_order() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let text = |i: u64| Words::new(i).text(50);
    let items: Vec<_> = (0..500)
        .map(|i| match i % 5 {
            3 => item(&format!("s{i}"), "too short"),
            4 => item("s0", &text(i)),
            _ => item(&format!("s{i}"), &text(i)),
        })
        .collect();
    let responses = corpus.import_sources(tokio_stream::iter(items)).await.unwrap().into_inner();
    let responses: Vec<_> = responses.map(|response| response.unwrap()).collect().await;
    assert_eq!(responses.len(), 500);
    for (i, response) in (0..).zip(responses) {
        assert_eq!(response.index, i);
        match (i % 5, response.result.unwrap()) {
            (0..=2, Imported::Added(added)) => assert_eq!(added.id, format!("s{i}")),
            (3, Imported::Error(error)) => {
                assert_eq!(error.code, i32::from(Code::InvalidArgument));
                assert_eq!(error.field_violations[0].field, "source.text");
            }
            (4, Imported::Error(error)) => assert_eq!(error.code, i32::from(Code::AlreadyExists)),
            (_, other) => panic!("{i}: {other:?}"),
        }
    }
    let stats = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap();
    assert_eq!(stats.sources, 300);
}

#[tokio::test]
async fn items_with_one_id_are_added_in_the_order_of_the_stream() {
    let server = TestServer::start_with(|settings| settings.work.threads = 4).await;
    let mut corpus = server.corpus().await;
    let items: Vec<_> = (0..200)
        .map(|i| {
            // The texts differ so much in length that later ones would be ready before earlier ones.
            let text = format!("version {i} {}", Words::new(i).text(if i % 2 == 0 { 2000 } else { 5 }));
            proto::ImportSourcesRequest { if_exists: proto::IfExists::Replace.into(), ..item("one", &text) }
        })
        .collect();
    let responses = corpus.import_sources(tokio_stream::iter(items)).await.unwrap().into_inner();
    assert_eq!(
        responses
            .filter(|r| matches!(r.as_ref().unwrap().result, Some(Imported::Added(_))))
            .collect::<Vec<_>>()
            .await
            .len(),
        200
    );
    let get = proto::GetSourceRequest { id: "one".to_owned(), include_text: true, ..Default::default() };
    let kept = corpus.get_source(get).await.unwrap().into_inner().source.unwrap();
    assert!(kept.text.starts_with("version 199 "), "{:.20}", kept.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_collection_by_either_name_is_one_in_the_order_of_the_stream() {
    let server = TestServer::start_with(|settings| {
        settings.work.threads = 4;
        settings.work.stream_width = 4;
    })
    .await;
    let mut corpus = server.corpus().await;
    for round in 0..12 {
        let id = format!("source {round}");
        let items: Vec<_> = (0..40)
            .map(|i| {
                // The last but one takes the longest: it would be applied last if it did not keep its place.
                let text = format!("version {i} {}", Words::new(i).text(if i == 38 { 20_000 } else { 5 }));
                let collection = ["", "default"][i as usize % 2].to_owned();
                let if_exists = proto::IfExists::Replace.into();
                proto::ImportSourcesRequest { collection, if_exists, ..item(&id, &text) }
            })
            .collect();
        let responses = corpus.import_sources(tokio_stream::iter(items)).await.unwrap().into_inner();
        let results: Vec<_> = responses.map(|response| response.unwrap().result.unwrap()).collect().await;
        assert_eq!(results.iter().filter(|result| matches!(result, Imported::Added(_))).count(), 40);
        let get = proto::GetSourceRequest { id, include_text: true, ..Default::default() };
        let kept = corpus.get_source(get).await.unwrap().into_inner().source.unwrap();
        assert!(kept.text.starts_with("version 39 "), "round {round}: {:.20}", kept.text);
    }
}

#[tokio::test]
async fn the_server_reads_no_faster_than_it_is_read() {
    let server = TestServer::start().await;
    // The client has a small window, which few responses fill.
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{}", server.address)).unwrap();
    let endpoint = endpoint.initial_stream_window_size(65_535).initial_connection_window_size(65_535);
    let mut corpus = CorpusServiceClient::new(endpoint.connect().await.unwrap());
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let total = 3000;
    // Each item has so many errors that its response has some kilobytes.
    let mut bad = source("id", &Words::new(1).text(500));
    bad.labels = vec![String::new(); 60];
    let items = tokio_stream::iter(0..total).map(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        proto::ImportSourcesRequest { source: Some(bad.clone()), ..Default::default() }
    });
    let mut responses = corpus.import_sources(items).await.unwrap().into_inner();
    // The test reads no responses: they fill their window, and then the server stops accepting requests.
    let mut before = usize::MAX;
    for _ in 0..100 {
        pass(Duration::from_millis(100)).await;
        let now = sent.load(Ordering::Relaxed);
        if now == before {
            break;
        }
        before = now;
    }
    assert!(before < total, "all {total} items were accepted before a response was read");
    let mut read = 0;
    while let Some(response) = responses.next().await {
        assert_eq!(response.unwrap().index, read);
        read += 1;
    }
    assert_eq!(read, total as u64);
}

#[tokio::test]
async fn checks_are_streamed_with_their_keys() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let text = |i: u64| Words::new(i).text(200);
    crate::harness::fill(&mut corpus, &[("a", &text(1)), ("b", &text(2))]).await;
    let ask = |key: &str, check: Option<proto::CheckRequest>| proto::CheckStreamRequest {
        key: key.to_owned(),
        check,
    };
    let items = vec![
        ask("first", Some(check(&text(1)))),
        ask("missing", None),
        ask("empty", Some(check(""))),
        ask(&"k".repeat(513), Some(check(&text(1)))),
        ask("first", Some(check(&text(2)))),
    ];
    let responses = detection.check_stream(tokio_stream::iter(items)).await.unwrap().into_inner();
    let responses: Vec<_> = responses.map(|response| response.unwrap()).collect().await;
    let outcome: Vec<_> = responses
        .into_iter()
        .map(|response| match response.result.unwrap() {
            Checked::Report(report) => (response.index, response.key, report.sources[0].source_id.clone()),
            Checked::Error(error) => (response.index, response.key, error.field_violations[0].field.clone()),
        })
        .collect();
    let expected: Vec<_> =
        [("first", "a"), ("missing", "check"), ("empty", "text"), (&"k".repeat(513), "key"), ("first", "b")]
            .into_iter()
            .zip(0..)
            .map(|((key, outcome), index)| (index, key.to_owned(), outcome.to_owned()))
            .collect();
    assert_eq!(outcome, expected);
}
