//! Limits of time, memory and size. The answer says which limit was exceeded, and when to try again.

use std::time::{Duration, Instant};

use palimpsest::proto;
use palimpsest::proto::admin_service_client::AdminServiceClient;
use palimpsest::proto::import_sources_response::Result as Imported;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::codec::CompressionEncoding;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::harness::{TestServer, add, check, eventually, pass, source};
use crate::words::Words;

fn with_timeout<T>(message: T, timeout: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("grpc-timeout", timeout.parse().unwrap());
    request
}

/// The delay after which to try again.
fn retry(status: &Status) -> Duration {
    let info = status.get_details_retry_info().unwrap_or_else(|| panic!("no RetryInfo: {status:?}"));
    info.retry_delay.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_that_are_none_or_over_are_told() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    for malformed in ["5", "five", "123456789S", "-1S", "1 S"] {
        let status =
            corpus.get_corpus(with_timeout(proto::GetCorpusRequest {}, malformed)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert!(status.message().contains(&format!("grpc-timeout is {malformed:?}")), "{status:?}");
    }
    for _ in 0..50 {
        let status = corpus.add_source(with_timeout(add("a", "a few words to add"), "1n")).await.unwrap_err();
        // tonic's client may give up first, with its own message.
        assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status:?}");
    }
    let stats = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap();
    assert_eq!(stats.sources, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_a_deadline_gets_one() {
    let server = TestServer::start_with(|settings| {
        settings.work.default_deadline = Duration::from_millis(200);
        settings.work.max_deadline = Duration::from_millis(400);
    })
    .await;
    let mut detection = server.detection().await;
    // Some hundreds of texts take longer than the deadline on any machine.
    let text = Words::new(1).text(20_000);
    let compared = proto::ComparedText { text: text.clone(), ..Default::default() };
    let request =
        proto::CompareRequest { sources: vec![compared; 200], text, options: None, ..Default::default() };
    let begun = Instant::now();
    let status = detection.compare(request.clone()).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    assert!((150..1900).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    let begun = Instant::now();
    let status = detection.compare(with_timeout(request, "1H")).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    assert!((350..3900).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_may_last_but_not_rest() {
    let server = TestServer::start_with(|settings| {
        settings.work.default_deadline = Duration::from_secs(1);
        settings.connections.idle = Duration::from_secs(1);
    })
    .await;
    let mut corpus = server.corpus().await;
    let (items, received) = tokio::sync::mpsc::channel(1);
    let mut answers = corpus.import_sources(ReceiverStream::new(received)).await.unwrap().into_inner();
    for number in 0..5 {
        let source = Some(source(&format!("s{number}"), "a few words to add"));
        items.send(proto::ImportSourcesRequest { source, ..Default::default() }).await.unwrap();
        let answer = answers.next().await.unwrap().unwrap();
        assert!(matches!(answer.result, Some(Imported::Added(_))), "{answer:?}");
        pass(Duration::from_millis(500)).await;
    }
    let begun = Instant::now();
    let status = answers.next().await.unwrap().unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    assert!(status.message().contains("neither sent nor read anything for 1 s"), "{status:?}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_admin_calls_end_with_their_deadline_or_their_caller() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(|settings| {
        settings.storage = palimpsest::server::Storage::DataDirectory(folder.path().join("data"));
    })
    .await;
    let mut corpus = server.corpus().await;
    eventually("the corpus is open", async || corpus.get_corpus(proto::GetCorpusRequest {}).await.is_ok())
        .await;
    for seed in 0..40 {
        corpus.add_source(add(&format!("s{seed}"), &Words::new(seed).text(40_000))).await.unwrap();
    }
    let mut admin = AdminServiceClient::new(server.channel().await);
    let mut answers = admin.verify(with_timeout(proto::VerifyRequest {}, "60m")).await.unwrap().into_inner();
    let status = loop {
        match answers.next().await.unwrap() {
            Ok(answer) => assert!(!answer.is_complete, "verified within 60 ms"),
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    // Four exports are open at once, and nothing reads them. When they end, there is room again.
    let (mut open, begun) = (Vec::new(), Instant::now());
    while open.len() < 4 {
        match admin.export_sources(proto::ExportSourcesRequest::default()).await {
            Ok(answers) => open.push(answers.into_inner()),
            Err(status) => {
                assert!(begun.elapsed() < Duration::from_secs(2), "verifying goes on: {status:?}");
                pass(Duration::from_millis(5)).await;
            }
        }
    }
    let status = admin.backup(proto::BackupRequest {}).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert!(!retry(&status).is_zero());
    drop(open);
    let begun = Instant::now();
    while admin.backup(proto::BackupRequest {}).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(2), "calls go on without a caller");
        pass(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_messages_are_taken_and_sent_and_bombs_are_not() {
    let server = TestServer::start_with(|settings| {
        settings.max_message_bytes = 1 << 20;
        settings.limits.max_text_bytes = 1 << 20;
    })
    .await;
    let text = Words::new(1).text(5_000);
    server.corpus().await.add_source(add("a", &text)).await.unwrap();
    for encoding in [CompressionEncoding::Gzip, CompressionEncoding::Zstd] {
        let mut detection = server.detection().await.send_compressed(encoding).accept_compressed(encoding);
        let answer = detection.check(check(&text)).await.unwrap();
        let said = answer.metadata().get("grpc-encoding").unwrap();
        assert_eq!(said, &encoding.to_string());
        assert_eq!(answer.into_inner().report.unwrap().sources.len(), 1);
        // The text compresses to almost nothing.
        let bomb = check(&"a".repeat(64 << 20));
        let status = detection.check(bomb).await.unwrap_err();
        assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
        let said =
            "may have 1048576 bytes at most (max_message_bytes), but this one has more once it is inflated";
        assert!(status.message().contains(said), "{status:?}");
    }
    let status = server.detection().await.check(check(&"a".repeat(2 << 20))).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert!(status.message().contains("but this one has 2097"), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_one_connection_take_turns_at_its_room() {
    let server = TestServer::start_with(|settings| {
        settings.max_message_bytes = 2 << 20;
        settings.limits.max_text_bytes = 1 << 20;
        settings.connections.max_pending_bytes = 2 << 20;
    })
    .await;
    let detection = server.detection().await;
    // The calls need sixteen times the room, and all are answered.
    let text = Words::new(1).text(110_000);
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let (mut detection, request) = (detection.clone(), check(&text));
            tokio::spawn(async move { detection.check(request).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn past_the_ceiling_of_memory_nothing_is_added_and_checks_go_on() {
    let server = TestServer::start_with(|settings| settings.work.max_memory_bytes = 1 << 20).await;
    let mut corpus = server.corpus().await;
    let mut refused = vec![
        corpus.add_source(add("a", "a few words to add")).await.unwrap_err(),
        corpus
            .create_collection(proto::CreateCollectionRequest {
                name: "more".to_owned(),
                ..Default::default()
            })
            .await
            .unwrap_err(),
    ];
    let mut detection = server.detection().await;
    refused.push(detection.compare_all(proto::CompareAllRequest::default()).await.map(drop).unwrap_err());
    for status in refused {
        assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
        assert!(status.message().contains("no more than 1048576 (max_memory_bytes)"), "{status:?}");
        assert!(!retry(&status).is_zero());
    }
    let item = proto::ImportSourcesRequest { source: Some(source("a", "a few words")), ..Default::default() };
    let answers = corpus.import_sources(tokio_stream::iter([item])).await.unwrap().into_inner();
    let answers: Vec<_> = answers.collect().await;
    match answers[0].as_ref().unwrap().result.as_ref().unwrap() {
        Imported::Error(error) => assert_eq!(error.code, i32::from(Code::ResourceExhausted)),
        Imported::Added(_) => panic!("a source was added"),
    }
    detection.check(check("a few words to check")).await.unwrap();
}
