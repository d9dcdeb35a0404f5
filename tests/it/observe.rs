//! Metrics, logs with request ids, traces, and the server's information about itself.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use palimpsest::proto;
use palimpsest::proto::health::HealthCheckRequest;
use palimpsest::proto::health::health_client::HealthClient;
use palimpsest::service::Role;
use tokio_stream::StreamExt;
use tonic::{Code, Request};

use crate::access::Keys;
use crate::harness::{add, check, pass};
use crate::process::{palimpsest, run, said};
use crate::watched::{Collector, Watched, attribute};

const TEXT: &str = "Every palimpsest was a frugal page before it was a riddle for patient readers.";

/// A request with an id.
fn named<T>(message: T, id: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("x-request-id", id.parse().unwrap());
    request
}

/// The beginning of a series of calls.
fn series(name: &str, kind: &str, method: &str) -> String {
    let (service, method) = method.split_once('/').unwrap();
    format!("{name}{{grpc_type=\"{kind}\",grpc_service=\"{service}\",grpc_method=\"{method}\"")
}

/// Number of a method's calls that ended with a code.
fn handled(server: &Watched, kind: &str, method: &str, code: &str) -> f64 {
    let series = series("grpc_server_handled_total", kind, method);
    server.metric(&format!("{series},grpc_code=\"{code}\"}}")).unwrap_or(0.0)
}

#[test]
fn an_address_for_metrics_that_is_taken_ends_with_exit_code_2() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut serve = palimpsest();
    serve.args(["serve", "--in-memory", "--listen", "127.0.0.1:0", "--metrics-listen", &address]);
    let output = serve.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("--metrics-listen"), "{}", said(&output));
}

async fn eventually(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(10), "the condition did not hold in time");
        pass(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_counted_by_method_and_code_with_their_messages() {
    let server = Watched::start(&["--in-memory"]).await;
    let (mut corpus, mut detection) = (server.corpus(), server.detection());
    corpus.add_source(add("a", TEXT)).await.unwrap();
    corpus.add_source(add("a", TEXT)).await.unwrap_err();
    detection.check(check(TEXT)).await.unwrap();
    let item = |key: &str| proto::CheckStreamRequest { key: key.to_owned(), check: Some(check(TEXT)) };
    let items = tokio_stream::iter([item("1"), item("2"), item("3")]);
    let answers = detection.check_stream(items).await.unwrap().into_inner();
    assert_eq!(answers.collect::<Vec<_>>().await.len(), 3);
    let stream = "palimpsest.v1.DetectionService/CheckStream";
    // The caller leaves the call.
    let mut health = HealthClient::new(server.channel.clone());
    let mut watch = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert!(watch.message().await.unwrap().is_some());
    drop(watch);
    eventually(|| handled(&server, "server_stream", "grpc.health.v1.Health/Watch", "Canceled") == 1.0).await;
    assert_eq!(handled(&server, "bidi_stream", stream, "OK"), 1.0);
    let add = "palimpsest.v1.CorpusService/AddSource";
    assert_eq!(handled(&server, "unary", add, "OK"), 1.0);
    assert_eq!(handled(&server, "unary", add, "AlreadyExists"), 1.0);
    let of = |name: &str, kind: &str, method: &str| {
        server.metric(&format!("{}}}", series(name, kind, method))).unwrap()
    };
    assert_eq!(of("grpc_server_started_total", "bidi_stream", stream), 1.0);
    assert_eq!(of("grpc_server_msg_received_total", "bidi_stream", stream), 3.0);
    assert_eq!(of("grpc_server_msg_sent_total", "bidi_stream", stream), 3.0);
    assert_eq!(of("grpc_server_msg_received_total", "unary", add), 2.0);
    assert_eq!(of("grpc_server_msg_sent_total", "unary", add), 1.0);
    assert_eq!(of("grpc_server_handling_seconds_count", "unary", add), 2.0);
    for (metric, value) in [
        ("palimpsest_sources", 1.0),
        ("palimpsest_collections", 1.0),
        ("palimpsest_words", 14.0),
        ("palimpsest_revision", 1.0),
        ("palimpsest_corpus_open", 1.0),
        ("palimpsest_queue_length", 0.0),
        ("palimpsest_open_connections", 1.0),
        ("palimpsest_check_seconds_count", 4.0),
        ("palimpsest_candidates_per_check_sum", 4.0),
        ("palimpsest_commit_seconds_count", 1.0),
        ("palimpsest_changes_per_commit_sum", 1.0),
        ("palimpsest_failed_commits_total", 0.0),
    ] {
        assert_eq!(server.metric(metric), Some(value), "{metric}");
    }
    for metric in ["palimpsest_postings", "palimpsest_index_bytes", "palimpsest_resident_memory_bytes"] {
        assert!(server.metric(metric).unwrap() > 1.0, "{metric}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_that_are_not_there_and_other_requests_make_no_series() {
    let server = Watched::start(&["--in-memory"]).await;
    let before = server.metrics().lines().count();
    for number in 0..50 {
        let path = format!("/palimpsest.v1.Quicksilver{number}/Check");
        let mut client = tonic::client::Grpc::new(server.channel.clone());
        client.ready().await.unwrap();
        let codec = tonic_prost::ProstCodec::<proto::CheckRequest, proto::CheckResponse>::default();
        let path = path.parse().unwrap();
        let status = client.unary(Request::new(check("quicksilver")), path, codec).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented);
    }
    let unknown =
        "grpc_server_handled_total{grpc_type=\"unary\",grpc_service=\"unknown\",grpc_method=\"unknown\"";
    assert_eq!(server.metric(&format!("{unknown},grpc_code=\"Unimplemented\"}}")), Some(50.0));
    let metrics = server.metrics();
    assert!(!metrics.contains("uicksilver"), "{metrics}");
    // The new series are one more code, and the buckets of one more method.
    assert!(metrics.lines().count() < before + 30, "{metrics}");
    assert!(!server.log().contains("uicksilver"), "{}", server.log());
    for (request, status) in [
        ("GET / HTTP/1.1\r\nhost: x\r\n\r\n", "HTTP/1.1 404"),
        ("POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n", "HTTP/1.1 405"),
        ("HEAD /metrics HTTP/1.1\r\nhost: x\r\n\r\n", "HTTP/1.1 200"),
        ("nonsense\r\n\r\n", "HTTP/1.1 400"),
    ] {
        let answer = server.http(request);
        assert!(answer.starts_with(status), "{request:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_metrics_in_docs_is_what_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--data-dir", data.to_str().unwrap()];
    let server = Watched::start(&arguments).await;
    server.corpus().add_source(add("a", TEXT)).await.unwrap();
    assert!(server.stop().0.success());
    // The data directory has a snapshot now.
    let server = Watched::start(&arguments).await;
    server.detection().check(check(TEXT)).await.unwrap();
    let mut verifying = server.admin().verify(proto::VerifyRequest {}).await.unwrap().into_inner();
    while verifying.message().await.unwrap().is_some() {}
    let metrics = server.metrics();
    let suffix = |kind: &str| {
        if kind == "counter" {
            "_total"
        } else if kind == "info" {
            "_info"
        } else {
            ""
        }
    };
    let served: BTreeSet<String> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .map(|(name, kind)| format!("`{name}{}` | {kind}", suffix(kind)))
        .collect();
    let docs = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).unwrap();
    let told: BTreeSet<String> = docs
        .lines()
        .filter(|line| line.starts_with("| `grpc_server_") || line.starts_with("| `palimpsest_"))
        // Those of a node of a cluster are compared beside the code.
        .filter(|line| !line.starts_with("| `palimpsest_cluster_"))
        .map(|line| {
            line.split(" | ").take(2).collect::<Vec<_>>().join(" | ").trim_start_matches("| ").to_owned()
        })
        .collect();
    assert_eq!(told, served);
    assert_eq!(server.metric("palimpsest_text_cache_misses_total"), Some(1.0));
    assert_eq!(server.metric("palimpsest_verify_findings"), Some(0.0));
    assert!(metrics.contains("content-type: application/openmetrics-text; version=1.0.0"), "{metrics}");
    assert!(metrics.ends_with("# EOF\n"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_is_a_line_of_the_log_with_the_id_that_its_caller_has() {
    let server = Watched::start(&["--in-memory"]).await;
    let mut corpus = server.corpus();
    let added = corpus.add_source(named(add("a", TEXT), "my-own.id/1")).await.unwrap();
    assert_eq!(added.metadata().get("x-request-id").unwrap(), "my-own.id/1");
    let line = server.line(|line| line["request_id"] == "my-own.id/1").await;
    let expected = ["INFO", "palimpsest.v1.CorpusService", "AddSource", "OK", "call", "palimpsest::calls"];
    let fields = ["level", "service", "method", "code", "message", "target"];
    assert_eq!(fields.map(|field| line[field].as_str().unwrap()), expected);
    assert!(line["duration_ms"].as_f64().unwrap() > 0.0, "{line}");
    assert!(line["peer"].as_str().unwrap().starts_with("127.0.0.1:"), "{line}");
    // An invalid id is not accepted. A call that fails has an id, too.
    let status = corpus.add_source(named(add("a", TEXT), "two words")).await.unwrap_err();
    let id = status.metadata().get("x-request-id").unwrap().to_str().unwrap().to_owned();
    assert!(!id.contains(' ') && id.len() < 40, "{id}");
    assert_eq!(server.line(|line| line["request_id"] == *id).await["code"], "AlreadyExists");
    assert!(!server.log().contains("two words"));
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_continue_the_callers_trace_and_tell_what_a_call_waited_for() {
    let (collector, url) = Collector::start().await;
    let server = Watched::start(&["--in-memory", "--otlp-endpoint", &url]).await;
    let mut request = named(add("a", TEXT), "traced-1");
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    request.metadata_mut().insert("traceparent", parent.parse().unwrap());
    server.corpus().add_source(request).await.unwrap();
    server.corpus().add_source(named(add("a", TEXT), "traced-2")).await.unwrap_err();
    let line = server.line(|line| line["request_id"] == "traced-1").await;
    assert_eq!(line["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    // The server exports pending spans before it stops.
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
    let spans = collector.spans();
    let call = |id: &str| {
        spans
            .iter()
            .find(|span| attribute(span, "request_id").as_deref() == Some(id))
            .unwrap_or_else(|| panic!("{spans:#?}"))
    };
    let (first, second) = (call("traced-1"), call("traced-2"));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(&first.trace_id), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(hex(&first.parent_span_id), "b7ad6b7169203331");
    assert_eq!(first.name, "palimpsest.v1.CorpusService/AddSource");
    assert_eq!(first.kind, 2, "a server's");
    assert!(second.parent_span_id.is_empty() && second.trace_id != first.trace_id);
    for (span, code) in [(first, "0"), (second, "6")] {
        let told = ["rpc.system", "rpc.service", "rpc.method", "rpc.grpc.status_code"]
            .map(|key| attribute(span, key));
        let expected = ["grpc", "palimpsest.v1.CorpusService", "AddSource", code];
        assert_eq!(told, expected.map(|value| Some(value.to_owned())));
    }
    let children: BTreeSet<&str> = spans
        .iter()
        .filter(|span| span.parent_span_id == first.span_id)
        .map(|span| span.name.as_str())
        .collect();
    assert_eq!(children, BTreeSet::from(["commit", "queue", "work"]));
    let told = format!("{spans:?}");
    assert!(!told.contains("palimpsest was") && !told.contains("frugal"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_collector_slows_nothing_and_does_not_keep_the_server_from_ending() {
    // The collector accepts connections, and never answers.
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let deaf_url = format!("http://{}", deaf.local_addr().unwrap());
    for url in ["http://127.0.0.1:9", &deaf_url] {
        let server = Watched::start(&["--in-memory", "--otlp-endpoint", url, "--drain-pause-ms", "0"]).await;
        let begun = Instant::now();
        for _ in 0..200 {
            server.detection().check(check(TEXT)).await.unwrap();
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let begun = Instant::now();
        assert!(server.stop().0.success());
        assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_how_it_fares() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Watched::start(&["--data-dir", data.to_str().unwrap()]).await;
    server.corpus().add_source(add("a", TEXT)).await.unwrap();
    for _ in 0..3 {
        server.detection().check(check(TEXT)).await.unwrap();
    }
    let mut verifying = server.admin().verify(proto::VerifyRequest {}).await.unwrap().into_inner();
    while verifying.message().await.unwrap().is_some() {}
    let info = server.admin().get_server_info(proto::GetServerInfoRequest {}).await.unwrap().into_inner();
    assert_eq!(info.version, env!("CARGO_PKG_VERSION"));
    assert!(info.resident_memory_bytes.unwrap() > 1 << 20 && info.opening.is_none(), "{info:?}");
    let activity = info.activity.unwrap();
    let (checks, commits) = (activity.checks.unwrap(), activity.commits.unwrap());
    assert_eq!((checks.count, commits.count, activity.changes), (3, 1, 1));
    assert!(checks.p50_ms > 0.0 && checks.p99_ms >= checks.p50_ms, "{checks:?}");
    let cache = activity.text_cache.unwrap();
    assert_eq!((cache.hits, cache.misses), (2, 1));
    assert!(activity.last_verify_age_seconds.is_some() && activity.last_verify_findings == 0);
    let address = server.line(|line| line["message"] == "listening").await;
    let told = run(&["stats".as_ref()], &format!("http://{}", address["address"].as_str().unwrap()));
    assert!(told.status.success(), "{}", said(&told));
    for part in [
        "checks       3 (about",
        "commits      1 (about",
        "verified     ",
        "0 findings",
        "sources       1 in",
    ] {
        assert!(said(&told).contains(part), "{part:?} is not in {}", said(&told));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_whose_key_a_call_came_with_and_never_the_key() {
    let keys = Keys::new();
    let (key, id) = keys.make(Role::Check, &["*"]);
    let server =
        Watched::start(&["--in-memory", "--log", "trace", "--keys", keys.path.to_str().unwrap()]).await;
    let call = |key: &str| {
        let mut request = Request::new(proto::GetCorpusRequest {});
        request.metadata_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
        request
    };
    server.corpus().get_corpus(call(&key)).await.unwrap();
    assert_eq!(server.line(|line| line["code"] == "OK").await["caller"], *id);
    server.corpus().get_corpus(call("sesquipedalian")).await.unwrap_err();
    let refused = server.line(|line| line["code"] == "Unauthenticated").await;
    assert!(refused["caller"].is_null(), "{refused}");
    let log = server.log();
    let secret = key.rsplit('_').next().unwrap();
    assert!(!log.contains(&key) && !log.contains(secret) && !log.contains("sesquipedalian"), "{log}");
}
