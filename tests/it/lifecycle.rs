//! Deadlines, callers that leave, health, reflection, and the shutdown of the server.

use std::time::{Duration, Instant};

use palimpsest::proto;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::harness::{TestServer, add, check, eventually, pass, source};
use crate::words::Words;

/// A comparison that takes long.
fn heavy() -> proto::CompareRequest {
    let text = Words::new(1).text(120_000);
    let source = |i| proto::ComparedText { text: Words::new(i).text(120_000), ..Default::default() };
    proto::CompareRequest {
        text,
        sources: (0..12).map(source).collect(),
        options: None,
        ..Default::default()
    }
}

/// A server with one worker, and a check that keeps it busy: the submission shares a passage with many long sources.
async fn with_a_long_check() -> (TestServer, proto::CheckRequest) {
    let server = TestServer::start_with(|settings| {
        settings.work.threads = 1;
        // Short checks beside it are not to read all sources.
        settings.limits.exhaustive_sources = 0;
    })
    .await;
    let mut corpus = server.corpus().await;
    let shared = Words::new(1).text(20);
    for i in 0..12 {
        let text = format!("{shared} {}", Words::new(100 + i).text(40_000));
        corpus.add_source(add(&format!("s{i}"), &text)).await.unwrap();
    }
    let submission = format!("{shared} {}", Words::new(99).text(40_000));
    (server, check(&submission))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_deadline_is_told_and_frees_the_worker() {
    let (server, long) = with_a_long_check().await;
    let mut detection = server.detection().await;
    // Time of the whole check.
    let begun = Instant::now();
    detection.check(long.clone()).await.unwrap();
    let whole = begun.elapsed();
    for _ in 0..3 {
        let mut hurried = Request::new(long.clone());
        // Other tests may have made the first one slow.
        let timeout = format!("{}m", whole.as_millis() / 10);
        hurried.metadata_mut().insert("grpc-timeout", timeout.parse().unwrap());
        let status = detection.check(hurried).await.unwrap_err();
        assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
        assert!(status.message().contains("deadline passed"), "{status:?}");
    }
    // The only worker is free at once.
    let begun = Instant::now();
    detection.check(check("the worker has to be free for this one")).await.unwrap();
    assert!(begun.elapsed() < whole, "{:?} of {whole:?}: three calls were left behind", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_frees_the_worker() {
    let (server, long) = with_a_long_check().await;
    let mut detection = server.detection().await;
    let begun = Instant::now();
    detection.check(long.clone()).await.unwrap();
    let whole = begun.elapsed();
    for _ in 0..4 {
        let mut leaving = server.detection().await;
        let request = long.clone();
        let call = tokio::spawn(async move { leaving.check(request).await });
        pass(whole / 10).await;
        call.abort();
    }
    let begun = Instant::now();
    detection.check(check("the worker has to be free for this one")).await.unwrap();
    assert!(begun.elapsed() < whole, "{:?} of {whole:?}: four calls were left behind", begun.elapsed());
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let server = TestServer::start_with(|settings| {
        settings.work.threads = 1;
        settings.work.max_queued = 0;
        settings.max_message_bytes = 64 << 20;
    })
    .await;
    let mut busy = server.detection().await;
    // Until it runs, one of the checks may be what there is no room beside.
    let call = tokio::spawn(async move {
        loop {
            match busy.compare(heavy()).await {
                Err(status) if status.code() == Code::ResourceExhausted => {}
                ended => break ended,
            }
        }
    });
    let mut detection = server.detection().await;
    let mut refused = None;
    eventually("the queue is full", async || {
        refused = detection.check(check("is there room for one more")).await.err();
        refused.is_some()
    })
    .await;
    let refused = refused.unwrap();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(refused.message().contains("max_queued"), "{refused:?}");
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn running_calls_end_well_when_the_server_stops() {
    let mut server = TestServer::start_with(|settings| settings.max_message_bytes = 64 << 20).await;
    let mut detection = server.detection().await;
    let mut health = HealthClient::new(server.channel().await);
    let mut watch = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(watch.next().await.unwrap().unwrap().status(), ServingStatus::Serving);

    let running = tokio::spawn(async move { detection.compare(heavy()).await });
    // The caller keeps this stream open.
    let mut corpus = server.corpus().await;
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let item = |id: &str| proto::ImportSourcesRequest {
        source: Some(source(id, "five words are quite enough")),
        ..Default::default()
    };
    sender.send(item("a")).await.unwrap();
    let mut responses = corpus.import_sources(ReceiverStream::new(receiver)).await.unwrap().into_inner();
    assert!(responses.next().await.unwrap().is_ok());
    pass(Duration::from_millis(100)).await;

    server.shutdown.cancel();
    assert_eq!(watch.next().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    let ended = responses.next().await.unwrap().unwrap_err();
    assert_eq!(ended.code(), Code::Unavailable);
    assert!(ended.message().contains("the server is stopping"), "{ended:?}");
    assert!(running.await.unwrap().is_ok(), "a running call was cut off");
    drop((sender, responses, corpus, watch, health));
    let served = tokio::time::timeout(Duration::from_secs(15), &mut server.served).await;
    served.expect("the server did not stop").unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(server.address).await.is_err(), "the port is still open");
}

#[tokio::test]
async fn a_caller_that_never_ends_does_not_keep_the_server() {
    let mut server =
        TestServer::start_with(|settings| settings.work.drain = Duration::from_millis(300)).await;
    let mut health = HealthClient::new(server.channel().await);
    let mut watch = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert!(watch.next().await.unwrap().is_ok());
    server.shutdown.cancel();
    let served = tokio::time::timeout(Duration::from_secs(5), &mut server.served).await;
    served.expect("the server waited for a watcher").unwrap().unwrap();
}

#[tokio::test]
async fn reflection_and_health_speak_for_every_service() {
    let server = TestServer::start().await;
    let services = ["palimpsest.v1.CorpusService", "palimpsest.v1.DetectionService"];
    let mut health = HealthClient::new(server.channel().await);
    for service in services.into_iter().chain([""]) {
        let request = HealthCheckRequest { service: service.to_owned() };
        assert_eq!(health.check(request).await.unwrap().into_inner().status(), ServingStatus::Serving);
    }
    macro_rules! listed {
        ($version:ident) => {{
            use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
            use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
            use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;
            let request = tonic_reflection::pb::$version::ServerReflectionRequest {
                host: String::new(),
                message_request: Some(MessageRequest::ListServices(String::new())),
            };
            let mut reflection = ServerReflectionClient::new(server.channel().await);
            let answers = reflection.server_reflection_info(tokio_stream::once(request)).await.unwrap();
            let answer = answers.into_inner().next().await.unwrap().unwrap();
            match answer.message_response.unwrap() {
                MessageResponse::ListServicesResponse(list) => {
                    list.service.into_iter().map(|service| service.name).collect::<Vec<_>>()
                }
                other => panic!("{other:?}"),
            }
        }};
    }
    for listed in [listed!(v1), listed!(v1alpha)] {
        for service in services.into_iter().chain(["grpc.health.v1.Health"]) {
            assert!(listed.iter().any(|name| name == service), "{service} is not in {listed:?}");
        }
    }
}
