//! Fields that a caller gives with a source.

use palimpsest::proto;
use prost_types::Timestamp;
use tonic::Code;

use super::{add, full, get, metadata, time, violations};
use crate::harness::TestServer;
use crate::process::Process;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;

#[tokio::test]
async fn what_a_caller_gives_comes_back_as_it_was() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let begun = std::time::SystemTime::now();
    add(&mut corpus, full("a", 1)).await;
    let given = full("a", 1);
    let found = get(&mut corpus, "a").await;
    assert_eq!(found.uri, given.uri);
    assert_eq!(found.submitted_at, given.submitted_at);
    assert_eq!(found.metadata, given.metadata);
    let listed = corpus.list_sources(proto::ListSourcesRequest::default()).await.unwrap().into_inner();
    assert_eq!(listed.sources, std::slice::from_ref(&found));
    let created = found.created_at.unwrap();
    assert_eq!(found.updated_at, Some(created));
    let now = Timestamp::from(std::time::SystemTime::now());
    let begun = Timestamp::from(begun).seconds;
    assert!(begun <= created.seconds && created.seconds <= now.seconds, "{created:?} {now:?}");

    // The server's own fields are ignored in requests.
    let forged = proto::Source { created_at: Some(time(5)), updated_at: Some(time(6)), ..full("b", 2) };
    add(&mut corpus, forged).await;
    let found = get(&mut corpus, "b").await;
    assert!(found.created_at.unwrap().seconds >= begun && found.updated_at.unwrap().seconds >= begun);

    // A source with nothing but a text has nothing else.
    add(&mut corpus, proto::Source { id: "c".to_owned(), text: super::text(3), ..Default::default() }).await;
    let plain = get(&mut corpus, "c").await;
    assert_eq!((plain.uri.as_str(), plain.submitted_at, plain.metadata.len()), ("", None, 0));
}

#[tokio::test]
async fn a_replacement_keeps_the_time_of_the_id() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    add(&mut corpus, full("a", 1)).await;
    let before = get(&mut corpus, "a").await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let request = proto::AddSourceRequest {
        source: Some(full("a", 2)),
        if_exists: proto::IfExists::Replace.into(),
        ..Default::default()
    };
    assert!(corpus.add_source(request).await.unwrap().into_inner().replaced);
    let after = get(&mut corpus, "a").await;
    assert_eq!(after.created_at, before.created_at);
    let moment = |source: &proto::Source| source.updated_at.map(|time| (time.seconds, time.nanos));
    assert!(moment(&after) > moment(&before), "{after:?}");
}

#[tokio::test]
async fn identical_sources_have_the_same_fields() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    add(&mut corpus, full("a", 1)).await;
    let again = |source: proto::Source, if_exists: proto::IfExists| proto::AddSourceRequest {
        source: Some(source),
        if_exists: if_exists.into(),
        ..Default::default()
    };
    let same = corpus.add_source(again(full("a", 1), proto::IfExists::RejectDifferent)).await.unwrap();
    assert!(same.into_inner().unchanged);
    let variants = [
        proto::Source { uri: String::new(), ..full("a", 1) },
        proto::Source { submitted_at: None, ..full("a", 1) },
        proto::Source { submitted_at: Some(time(1_700_000_000)), ..full("a", 1) },
        proto::Source { metadata: metadata(&[("course", "History 2")]), ..full("a", 1) },
        proto::Source {
            metadata: metadata(&[("course", "History 3"), ("empty", ""), ("lines", "a\nb")]),
            ..full("a", 1)
        },
    ];
    for variant in variants {
        let request = again(variant.clone(), proto::IfExists::RejectDifferent);
        assert_eq!(corpus.add_source(request).await.unwrap_err().code(), Code::AlreadyExists, "{variant:?}");
    }
    let other = proto::Source { uri: "x:y".to_owned(), ..full("a", 1) };
    let replaced =
        corpus.add_source(again(other, proto::IfExists::ReplaceDifferent)).await.unwrap().into_inner();
    assert!(replaced.replaced && !replaced.unchanged);
    assert_eq!(get(&mut corpus, "a").await.uri, "x:y");
}

#[tokio::test]
async fn each_field_has_a_limit_that_is_named() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let many: Vec<(String, String)> = (0..65).map(|number| (format!("k{number}"), String::new())).collect();
    let big: Vec<(String, String)> =
        (0..17).map(|number| (format!("k{number:02}"), "v".repeat(1000))).collect();
    let long_key = "k".repeat(65);
    let cases: [(proto::Source, &str); 12] = [
        (
            proto::Source { uri: "u".repeat(2049), ..full("a", 1) },
            "source.uri has 2049 bytes, but may have 2048 at most",
        ),
        (
            proto::Source { uri: "http://a\n".to_owned(), ..full("a", 1) },
            "source.uri has the control character U+000A at byte 8",
        ),
        (
            proto::Source { submitted_at: Some(time(i64::MAX)), ..full("a", 1) },
            "source.submitted_at is 9223372036854775807 s after 1970, but must be a time in the years 1 to 9999",
        ),
        (
            proto::Source { submitted_at: Some(time(-62_135_596_801)), ..full("a", 1) },
            "source.submitted_at is -62135596801 s",
        ),
        (
            proto::Source { submitted_at: Some(Timestamp { seconds: 0, nanos: -1 }), ..full("a", 1) },
            "source.submitted_at has -1 nanoseconds, but must have from 0 to 999999999",
        ),
        (
            proto::Source {
                submitted_at: Some(Timestamp { seconds: 0, nanos: 1_000_000_000 }),
                ..full("a", 1)
            },
            "source.submitted_at has 1000000000 nanoseconds",
        ),
        (
            proto::Source { metadata: many.into_iter().collect(), ..full("a", 1) },
            "source.metadata has 65 entries, but may have 64 at most",
        ),
        (
            proto::Source { metadata: big.into_iter().collect(), ..full("a", 1) },
            "source.metadata has 17051 bytes, but may have 16384 at most",
        ),
        (
            proto::Source { metadata: metadata(&[("a b", "c")]), ..full("a", 1) },
            "source.metadata[\"a b\"] its key has ' ' at byte 1; a key has letters a-z and A-Z, digits, '.', '_' and '-'",
        ),
        (
            proto::Source { metadata: metadata(&[("", "c")]), ..full("a", 1) },
            "source.metadata[\"\"] its key must not be empty",
        ),
        (
            proto::Source { metadata: metadata(&[(&long_key, "c")]), ..full("a", 1) },
            "its key has 65 bytes, but may have 64 at most",
        ),
        (
            proto::Source { metadata: metadata(&[("a", &"é".repeat(513))]), ..full("a", 1) },
            "source.metadata[\"a\"] its value has 1026 bytes, but may have 1024 at most",
        ),
    ];
    for (source, problem) in cases {
        let request = proto::AddSourceRequest { source: Some(source), ..Default::default() };
        let found = violations(&corpus.add_source(request).await.unwrap_err());
        assert!(matches!(found.as_slice(), [one] if one.contains(problem)), "{found:?}, not {problem}");
    }
    // At their limits they are taken; in a stream too.
    let at_limits = proto::Source {
        uri: "u".repeat(2048),
        submitted_at: Some(Timestamp { seconds: 253_402_300_799, nanos: 999_999_999 }),
        metadata: (0..64).map(|number| (format!("{number:064}"), "v".repeat(192))).collect(),
        ..full("limits", 1)
    };
    let items = [at_limits.clone(), proto::Source { uri: "\u{7}".to_owned(), ..full("bad", 1) }]
        .map(|source| proto::ImportSourcesRequest { source: Some(source), ..Default::default() });
    let mut answers = corpus.import_sources(tokio_stream::iter(items)).await.unwrap().into_inner();
    let first = answers.message().await.unwrap().unwrap().result.unwrap();
    assert!(matches!(first, proto::import_sources_response::Result::Added(_)), "{first:?}");
    let second = answers.message().await.unwrap().unwrap().result.unwrap();
    assert!(
        matches!(&second, proto::import_sources_response::Result::Error(error)
            if error.field_violations[0].field == "source.uri"),
        "{second:?}"
    );
    let found = get(&mut corpus, "limits").await;
    assert_eq!((found.uri, found.metadata), (at_limits.uri, at_limits.metadata));
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_survive_kills_and_restarts_and_their_requests_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Process::start(folder.path()).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    let request = proto::AddSourceRequest {
        source: Some(full("a", 1)),
        request_id: "add-a".to_owned(),
        ..Default::default()
    };
    corpus.add_source(request.clone()).await.unwrap();
    let before = get(&mut corpus, "a").await;
    server.kill();
    let server = Process::start(folder.path()).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    assert_eq!(get(&mut corpus, "a").await, before);
    assert!(!corpus.add_source(request.clone()).await.unwrap().into_inner().replaced);
    // The id is of the request with these fields only.
    let other = proto::Source { uri: "x:other".to_owned(), ..full("a", 1) };
    let status =
        corpus.add_source(proto::AddSourceRequest { source: Some(other), ..request }).await.unwrap_err();
    assert!(violations(&status)[0].starts_with("request_id was used for another request"), "{status:?}");
    assert!(server.stop().success());
    let server = Process::start(folder.path()).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    assert_eq!(get(&mut corpus, "a").await, before);
}
