//! Stored sources as submissions: checks by id, and pairs of two sources. Which of two texts is older.

use std::collections::BTreeMap;

use palimpsest::proto::{self, AgeOrder, NotCheckedReason};
use palimpsest::service::Role;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::access::{Keys, keyed};
use crate::harness::{TestServer, check, report, source};

const FERRY: &str = "The river carried the old ferry past the sleeping town, and nobody on the bank saw its one lantern go out \
    before the bend where the alders grow.";
const OTHER: &str = "It is told that the river carried the old ferry past the sleeping town, and nobody knew. In the morning \
    they found three oars, a hat, and the bell that had always been silent.";

fn name(collection: &str, id: &str) -> Option<proto::SourceName> {
    Some(proto::SourceName { collection: collection.to_owned(), id: id.to_owned() })
}

fn at(seconds: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds, nanos: 0 })
}

fn check_of(collection: &str, id: &str) -> proto::CheckRequest {
    proto::CheckRequest { source: name(collection, id), ..Default::default() }
}

async fn put(server: &TestServer, collection: &str, source: proto::Source) {
    let request = proto::AddSourceRequest {
        collection: collection.to_owned(),
        source: Some(source),
        ..Default::default()
    };
    server.corpus().await.add_source(request).await.unwrap();
}

/// A server with two copies of the ferry, another text with a sentence of it, and a copy in another collection.
async fn start() -> TestServer {
    let server = TestServer::start().await;
    let request = proto::CreateCollectionRequest { name: "essays".to_owned(), ..Default::default() };
    server.corpus().await.create_collection(request).await.unwrap();
    put(&server, "", proto::Source { group: "anna".to_owned(), submitted_at: at(200), ..source("a", FERRY) })
        .await;
    put(&server, "", proto::Source { submitted_at: at(100), ..source("copy", FERRY) }).await;
    put(&server, "", proto::Source { group: "anna".to_owned(), submitted_at: at(300), ..source("b", OTHER) })
        .await;
    put(&server, "essays", proto::Source { uri: "https://example.org/a".to_owned(), ..source("a", FERRY) })
        .await;
    server
}

fn ids(report: &proto::Report) -> Vec<&str> {
    report.sources.iter().map(|source| source.source_id.as_str()).collect()
}

#[tokio::test]
async fn a_stored_source_is_not_compared_with_itself() {
    let server = start().await;
    let mut detection = server.detection().await;
    let checked = report(&mut detection, check_of("", "a")).await;
    // Its copy, and the source of its group.
    assert_eq!(ids(&checked), ["copy", "b"]);
    assert_eq!((checked.sources_in_scope, checked.coverage.unwrap().percent), (2, 100.0));
    // Only it is left out, and not the one with its id in another collection.
    let scope = proto::Scope { all_collections: true, ..Default::default() };
    let all = report(&mut detection, proto::CheckRequest { scope: Some(scope), ..check_of("", "a") }).await;
    assert_eq!((all.sources_in_scope, all.sources_found), (3, 3));
    // The text and the exclusion of the id give the same, but for the digest.
    let scope = proto::Scope { exclude_source_ids: vec!["a".to_owned()], ..Default::default() };
    let by_text = report(&mut detection, proto::CheckRequest { scope: Some(scope), ..check(FERRY) }).await;
    let sources = |report: &proto::Report| {
        // A source of the collection is known to be in it: its words are no rarer for that.
        let passages = |one: &proto::SourceOverlap| -> Vec<proto::Passage> {
            let of =
                |passage: &proto::Passage| proto::Passage { expected_by_chance: None, ..passage.clone() };
            one.passages.iter().map(of).collect()
        };
        let by_id: BTreeMap<String, Vec<proto::Passage>> =
            report.sources.iter().map(|one| (one.source_id.clone(), passages(one))).collect();
        by_id
    };
    assert_eq!(sources(&checked), sources(&by_text));
    assert_eq!(checked.coverage, by_text.coverage);
    assert_ne!(checked.settings_digest, by_text.settings_digest);
    // Its collection need not be in scope.
    let elsewhere = report(&mut detection, check_of("essays", "a")).await;
    assert_eq!((ids(&elsewhere).len(), elsewhere.sources_in_scope), (3, 3));
    let groups = proto::Exclusions { own_groups: vec!["anna".to_owned()], ..Default::default() };
    let options = proto::DetectionOptions { exclusions: Some(groups), ..Default::default() };
    let own =
        report(&mut detection, proto::CheckRequest { options: Some(options), ..check_of("", "a") }).await;
    assert_eq!(ids(&own), ["copy"]);
}

#[tokio::test]
async fn a_source_alone_in_its_scope_was_not_checked() {
    let server = TestServer::start().await;
    put(&server, "", source("a", FERRY)).await;
    let alone = report(&mut server.detection().await, check_of("", "a")).await;
    assert_eq!((alone.sources_in_scope, alone.not_checked()), (0, NotCheckedReason::NoSources));
}

#[tokio::test]
async fn a_stored_source_in_a_stream() {
    let server = start().await;
    let mut detection = server.detection().await;
    let item = |key: &str, check| proto::CheckStreamRequest { key: key.to_owned(), check: Some(check) };
    let items = vec![item("a", check_of("", "a")), item("x", check_of("", "x")), item("t", check(OTHER))];
    let mut answers = detection.check_stream(tokio_stream::iter(items)).await.unwrap().into_inner();
    let mut results = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        results.push(answer.result.unwrap());
    }
    let [
        proto::check_stream_response::Result::Report(checked),
        proto::check_stream_response::Result::Error(missing),
        proto::check_stream_response::Result::Report(text),
    ] = &results[..]
    else {
        panic!("{results:?}")
    };
    assert_eq!((ids(checked), missing.code), (vec!["copy", "b"], Code::NotFound as i32));
    assert_eq!(text.sources_in_scope, 3);
}

#[tokio::test]
async fn names_that_are_wrong_are_refused() {
    let server = start().await;
    let mut detection = server.detection().await;
    for (request, code, field) in [
        (check_of("", "x"), Code::NotFound, ""),
        (check_of("novels", "a"), Code::NotFound, ""),
        (check_of("", ""), Code::InvalidArgument, "source.id"),
        (check_of("a b", "a"), Code::InvalidArgument, "source.collection"),
        (proto::CheckRequest { text: FERRY.to_owned(), ..check_of("", "a") }, Code::InvalidArgument, "text"),
        (proto::CheckRequest::default(), Code::InvalidArgument, "text"),
        (
            proto::CheckRequest { submitted_at: at(i64::MAX), ..check_of("", "a") },
            Code::InvalidArgument,
            "submitted_at",
        ),
    ] {
        let refused = detection.check(request.clone()).await.unwrap_err();
        assert_eq!(refused.code(), code, "{request:?}");
        let details = refused.get_details_bad_request();
        assert_eq!(
            details.map_or(String::new(), |details| details.field_violations[0].field.clone()),
            field,
            "{request:?}"
        );
    }
    let pair = |submission, source| proto::ComparePairRequest { submission, source, options: None };
    for (request, code, field) in [
        (pair(name("", "a"), name("", "x")), Code::NotFound, ""),
        (pair(name("", "x"), name("", "a")), Code::NotFound, ""),
        (pair(name("", "a"), name("default", "a")), Code::InvalidArgument, "source"),
        (pair(None, name("", "a")), Code::InvalidArgument, "submission"),
        (pair(name("", "a"), None), Code::InvalidArgument, "source"),
        (pair(name("", ""), name("", "a")), Code::InvalidArgument, "submission.id"),
    ] {
        let refused = detection.compare_pair(request.clone()).await.unwrap_err();
        assert_eq!(refused.code(), code, "{request:?}");
        let details = refused.get_details_bad_request();
        assert_eq!(
            details.map_or(String::new(), |details| details.field_violations[0].field.clone()),
            field,
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn a_pair_of_stored_sources() {
    let server = start().await;
    let mut detection = server.detection().await;
    let request = proto::ComparePairRequest {
        submission: name("", "b"),
        source: name("essays", "a"),
        options: Some(proto::DetectionOptions { include_excerpts: true, ..Default::default() }),
    };
    let paired = detection.compare_pair(request).await.unwrap().into_inner().report.unwrap();
    let overlap = &paired.sources[0];
    assert_eq!((overlap.collection.as_str(), overlap.source_id.as_str()), ("essays", "a"));
    assert_eq!((overlap.uri.as_str(), paired.words), ("https://example.org/a", 34));
    let passage = &overlap.passages[0];
    assert!(passage.submission_excerpt.starts_with("the river carried the old ferry"), "{passage:?}");
    assert!(passage.source_excerpt.starts_with("The river carried the old ferry"));
    assert!(paired.corpus_revision > 0 && paired.guarantee.as_ref().unwrap().holds);
    assert_eq!((paired.sources_in_scope, paired.not_checked()), (1, NotCheckedReason::Unspecified));

    // All pairs, and the pair by itself, agree.
    let all = proto::CompareAllRequest::default();
    let mut events = detection.compare_all(all).await.unwrap().into_inner();
    let mut pairs = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        if let Some(proto::compare_all_response::Event::Pair(pair)) = event.event {
            pairs.push(pair);
        }
    }
    assert_eq!(pairs.len(), 3);
    for pair in &pairs {
        let (first, second) = (pair.first.clone().unwrap(), pair.second.clone().unwrap());
        let request = proto::ComparePairRequest {
            submission: name("", &first.id),
            source: name("", &second.id),
            options: None,
        };
        let alone = detection.compare_pair(request).await.unwrap().into_inner().report.unwrap();
        assert_eq!(alone.coverage.unwrap(), first.covered.unwrap(), "{first:?}");
        assert_eq!(alone.words, first.words);
    }
    // Ordered by id: a, b, copy; submitted at 200, 300 and 100.
    let ages: Vec<_> = pairs
        .iter()
        .map(|pair| {
            let sides = [&pair.first, &pair.second].map(|side| side.as_ref().unwrap().id.clone());
            (sides.join(" "), pair.older())
        })
        .collect();
    for (sides, older) in
        [("a copy", AgeOrder::Source), ("a b", AgeOrder::Submission), ("b copy", AgeOrder::Source)]
    {
        assert!(ages.contains(&(sides.to_owned(), older)), "{ages:?}");
    }
}

#[tokio::test]
async fn a_report_states_which_text_is_older() {
    let server = start().await;
    let mut detection = server.detection().await;
    let ages = |report: &proto::Report| {
        let mut ages: Vec<_> = report
            .sources
            .iter()
            .map(|source| {
                (source.source_id.clone(), source.submitted_at.map_or(0, |at| at.seconds), source.older())
            })
            .collect();
        ages.sort();
        ages
    };
    let of = |id: &str, seconds, older| (id.to_owned(), seconds, older);
    let unknown = report(&mut detection, check(FERRY)).await;
    assert!(ages(&unknown).iter().all(|(_, seconds, older)| *seconds > 0 && *older == AgeOrder::Unspecified));
    let given = report(&mut detection, proto::CheckRequest { submitted_at: at(200), ..check(FERRY) }).await;
    assert_eq!(
        ages(&given),
        [of("a", 200, AgeOrder::Same), of("b", 300, AgeOrder::Submission), of("copy", 100, AgeOrder::Source)]
    );
    // A stored source has its own time, unless another is given.
    let own = report(&mut detection, check_of("", "a")).await;
    assert_eq!(ages(&own), [of("b", 300, AgeOrder::Submission), of("copy", 100, AgeOrder::Source)]);
    let other =
        report(&mut detection, proto::CheckRequest { submitted_at: at(50), ..check_of("", "a") }).await;
    assert!(ages(&other).iter().all(|(.., older)| *older == AgeOrder::Submission));
    let compare = proto::CompareRequest {
        text: FERRY.to_owned(),
        sources: vec![proto::ComparedText {
            text: OTHER.to_owned(),
            submitted_at: at(-5),
            ..Default::default()
        }],
        submitted_at: at(7),
        ..Default::default()
    };
    let compared = detection.compare(compare).await.unwrap().into_inner().report.unwrap();
    assert_eq!(ages(&compared), [of("0", -5, AgeOrder::Source)]);
}

#[tokio::test]
async fn a_key_checks_the_sources_that_it_sees() {
    let keys = Keys::new();
    let (writer, _) = keys.make(Role::Admin, &["*"]);
    let (reader, _) = keys.make(Role::Check, &["essays"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    let mut corpus = proto::corpus_service_client::CorpusServiceClient::new(keyed(&server, &writer).await);
    let request = proto::CreateCollectionRequest { name: "essays".to_owned(), ..Default::default() };
    corpus.create_collection(request).await.unwrap();
    for (collection, id, text) in [("", "a", FERRY), ("essays", "a", FERRY), ("essays", "b", OTHER)] {
        let source = Some(source(id, text));
        let request =
            proto::AddSourceRequest { collection: collection.to_owned(), source, ..Default::default() };
        corpus.add_source(request).await.unwrap();
    }
    let mut detection =
        proto::detection_service_client::DetectionServiceClient::new(keyed(&server, &reader).await);
    let scope = proto::Scope { all_collections: true, ..Default::default() };
    let request =
        |collection| proto::CheckRequest { scope: Some(scope.clone()), ..check_of(collection, "a") };
    let checked = detection.check(request("essays")).await.unwrap().into_inner().report.unwrap();
    assert_eq!(ids(&checked), ["b"]);
    let hidden = detection.check(request("")).await.unwrap_err();
    let missing = detection.check(request("nowhere")).await.unwrap_err();
    assert_eq!(hidden.code(), Code::NotFound);
    assert_eq!(hidden.message().replace("default", "nowhere"), missing.message());
    let pair = |submission, source| proto::ComparePairRequest { submission, source, options: None };
    let paired = detection.compare_pair(pair(name("essays", "a"), name("essays", "b"))).await;
    assert_eq!(paired.unwrap().into_inner().report.unwrap().sources_found, 1);
    for request in [pair(name("", "a"), name("essays", "b")), pair(name("essays", "b"), name("", "a"))] {
        assert_eq!(detection.compare_pair(request).await.unwrap_err().code(), Code::NotFound);
    }
}
