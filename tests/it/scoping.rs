//! Scopes: all visible collections, prefixes, included groups and labels; and warnings about what names nothing.

use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::proto::{self, NotCheckedReason, WarningKind};
use palimpsest::service::Role;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::access::{Keys, keyed};
use crate::harness::{TestServer, check, report, source};

const FERRY: &str = "The river carried the old ferry past the sleeping town, and nobody on the bank saw its one lantern go out \
    before the bend where the alders grow.";

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|one| (*one).to_owned()).collect()
}

fn scoped(scope: proto::Scope) -> proto::CheckRequest {
    proto::CheckRequest { scope: Some(scope), ..check(FERRY) }
}

/// The sources of a report as `collection/id`, sorted.
fn found(report: &proto::Report) -> Vec<String> {
    let mut found: Vec<String> =
        report.sources.iter().map(|source| format!("{}/{}", source.collection, source.source_id)).collect();
    found.sort();
    found
}

/// The kinds, fields and values of a report's warnings.
fn warned(report: &proto::Report) -> Vec<(WarningKind, &str, &str)> {
    report.warnings.iter().map(|one| (one.kind(), one.field.as_str(), one.value.as_str())).collect()
}

async fn create(server: &TestServer, name: &str) {
    let request = proto::CreateCollectionRequest { name: name.to_owned(), ..Default::default() };
    server.corpus().await.create_collection(request).await.unwrap();
}

async fn put(server: &TestServer, collection: &str, id: &str, group: &str, labels: &[&str]) {
    let source = proto::Source { group: group.to_owned(), labels: strings(labels), ..source(id, FERRY) };
    let request = proto::AddSourceRequest {
        collection: collection.to_owned(),
        source: Some(source),
        ..Default::default()
    };
    server.corpus().await.add_source(request).await.unwrap();
}

/// A server with the collection `default`, which is empty, and the keys that it knows.
async fn start(keys: Option<&Keys>) -> TestServer {
    TestServer::start_with(|settings| {
        if let Some(keys) = keys {
            keys.set(settings);
        }
    })
    .await
}

#[tokio::test]
async fn all_collections_and_prefixes() {
    let server = start(None).await;
    let mut detection = server.detection().await;
    for name in ["essays-1", "essays-2", "notes"] {
        create(&server, name).await;
        put(&server, name, "a", "", &[]).await;
    }
    let all = proto::Scope { all_collections: true, ..Default::default() };
    let whole = report(&mut detection, scoped(all.clone())).await;
    assert_eq!(found(&whole), ["essays-1/a", "essays-2/a", "notes/a"]);
    assert_eq!((whole.sources_in_scope, warned(&whole)), (3, vec![]));
    let essays = proto::Scope { collection_prefixes: strings(&["essays-"]), ..Default::default() };
    let some = report(&mut detection, scoped(essays.clone())).await;
    assert_eq!(found(&some), ["essays-1/a", "essays-2/a"]);
    let both = proto::Scope { collections: strings(&["notes"]), ..essays.clone() };
    let both = report(&mut detection, scoped(both)).await;
    assert_eq!(found(&both), ["essays-1/a", "essays-2/a", "notes/a"]);
    // The same sources, asked for in two ways: the digests tell them apart.
    assert_ne!(whole.settings_digest, both.settings_digest);
    assert_eq!(whole.coverage, both.coverage);

    // A collection that comes later is in scope from then on.
    create(&server, "essays-3").await;
    put(&server, "essays-3", "b", "", &[]).await;
    let later = report(&mut detection, scoped(essays)).await;
    assert_eq!(found(&later), ["essays-1/a", "essays-2/a", "essays-3/b"]);
    assert_eq!(report(&mut detection, scoped(all)).await.sources_in_scope, 4);

    let unknown = proto::Scope { collection_prefixes: strings(&["notes", "novels-"]), ..Default::default() };
    let unknown = report(&mut detection, scoped(unknown)).await;
    assert_eq!(found(&unknown), ["notes/a"]);
    assert_eq!(warned(&unknown), [(WarningKind::NoCollection, "scope.collection_prefixes[1]", "novels-")]);
    let missing =
        proto::Scope { collections: strings(&["novels"]), all_collections: true, ..Default::default() };
    assert_eq!(detection.check(scoped(missing)).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn a_prefix_has_to_begin_a_name() {
    let server = start(None).await;
    let mut detection = server.detection().await;
    for prefixes in [vec![""], vec!["-a"], vec!["a b"], vec!["*"], vec!["a", "a"]] {
        let scope = proto::Scope { collection_prefixes: strings(&prefixes), ..Default::default() };
        let refused = detection.check(scoped(scope)).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{prefixes:?}");
        let last = prefixes.len() - 1;
        let field = &refused.get_details_bad_request().unwrap().field_violations[0].field;
        assert_eq!(*field, format!("scope.collection_prefixes[{last}]"), "{prefixes:?}");
    }
}

#[tokio::test]
async fn a_restricted_key_checks_what_it_sees() {
    let keys = Keys::new();
    let (writer, _) = keys.make(Role::Admin, &["*"]);
    let (key, _) = keys.make(Role::Check, &["essays-*", "gone"]);
    let server = start(Some(&keys)).await;
    let mut corpus =
        palimpsest::proto::corpus_service_client::CorpusServiceClient::new(keyed(&server, &writer).await);
    for name in ["essays-1", "secret"] {
        let request = proto::CreateCollectionRequest { name: name.to_owned(), ..Default::default() };
        corpus.create_collection(request).await.unwrap();
        let source = proto::Source { group: format!("of {name}"), ..source("a", FERRY) };
        let request = proto::AddSourceRequest {
            collection: name.to_owned(),
            source: Some(source),
            ..Default::default()
        };
        corpus.add_source(request).await.unwrap();
    }
    let mut detection = DetectionServiceClient::new(keyed(&server, &key).await);
    let mut ask =
        async |scope| detection.check(scoped(scope)).await.map(|done| done.into_inner().report.unwrap());
    let whole = ask(proto::Scope { all_collections: true, ..Default::default() }).await.unwrap();
    assert_eq!((found(&whole), whole.sources_in_scope), (strings(&["essays-1/a"]), 1));
    // What it does not see looks as if it did not exist.
    let hidden = ask(proto::Scope {
        collection_prefixes: strings(&["e", "s", "gone"]),
        exclude_groups: strings(&["of secret"]),
        ..Default::default()
    });
    let hidden = hidden.await.unwrap();
    assert_eq!(found(&hidden), ["essays-1/a"]);
    assert_eq!(
        warned(&hidden),
        [
            (WarningKind::UnknownGroup, "scope.exclude_groups[0]", "of secret"),
            (WarningKind::NoCollection, "scope.collection_prefixes[1]", "s"),
            (WarningKind::NoCollection, "scope.collection_prefixes[2]", "gone"),
        ]
    );
    let refused = ask(proto::Scope { collections: strings(&["secret"]), ..Default::default() }).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn groups_and_labels_are_included() {
    let server = start(None).await;
    let mut detection = server.detection().await;
    for (id, group, labels) in [
        ("a", "anna", &["draft"][..]),
        ("b", "ben", &["final"]),
        ("c", "", &["draft", "late"]),
        ("d", "anna", &["final"]),
        ("e", "", &[]),
    ] {
        put(&server, "", id, group, labels).await;
    }
    let scope = |groups: &[&str], labels: &[&str]| proto::Scope {
        include_groups: strings(groups),
        include_labels: strings(labels),
        ..Default::default()
    };
    for (scope, left) in [
        (scope(&["anna"], &[]), &["a", "d"][..]),
        (scope(&["anna", "ben"], &[]), &["a", "b", "d"]),
        (scope(&[], &["draft"]), &["a", "c"]),
        (scope(&[], &["draft", "late"]), &["a", "c"]),
        // Both are given: a source needs both.
        (scope(&["anna"], &["final"]), &["d"]),
        // An exclusion goes before an inclusion.
        (proto::Scope { exclude_labels: strings(&["final"]), ..scope(&["anna"], &[]) }, &["a"]),
        (proto::Scope { exclude_source_ids: strings(&["d"]), ..scope(&["anna"], &["final"]) }, &[]),
    ] {
        let found_sources = report(&mut detection, scoped(scope.clone())).await;
        let ids: Vec<String> = left.iter().map(|id| format!("default/{id}")).collect();
        assert_eq!(found(&found_sources), ids, "{scope:?}");
        assert_eq!(found_sources.sources_in_scope, left.len() as u64, "{scope:?}");
    }
    let nobody = report(&mut detection, scoped(scope(&["zoe"], &["lost"]))).await;
    assert_eq!(
        warned(&nobody),
        [
            (WarningKind::UnknownGroup, "scope.include_groups[0]", "zoe"),
            (WarningKind::UnknownLabel, "scope.include_labels[0]", "lost"),
            (WarningKind::NoSources, "scope", ""),
        ]
    );
    assert_eq!(nobody.not_checked(), NotCheckedReason::NoSources);
}

#[tokio::test]
async fn what_names_nothing_is_a_warning() {
    let server = start(None).await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    put(&server, "", "a", "anna", &["draft"]).await;
    let request = proto::CheckRequest {
        scope: Some(proto::Scope {
            exclude_source_ids: strings(&["x", "a2"]),
            exclude_groups: strings(&["ben", "anna", "carl"]),
            exclude_labels: strings(&["final"]),
            ..Default::default()
        }),
        options: Some(proto::DetectionOptions {
            exclusions: Some(proto::Exclusions {
                own_groups: strings(&["anna", "me"]),
                ..Default::default()
            }),
            ..Default::default()
        }),
        ..check(FERRY)
    };
    let warned_of = report(&mut detection, request.clone()).await;
    assert_eq!(
        warned(&warned_of),
        [
            (WarningKind::UnknownSource, "scope.exclude_source_ids[0]", "x"),
            (WarningKind::UnknownSource, "scope.exclude_source_ids[1]", "a2"),
            (WarningKind::UnknownGroup, "scope.exclude_groups[0]", "ben"),
            (WarningKind::UnknownGroup, "scope.exclude_groups[2]", "carl"),
            (WarningKind::UnknownLabel, "scope.exclude_labels[0]", "final"),
            (WarningKind::UnknownGroup, "options.exclusions.own_groups[1]", "me"),
            (WarningKind::NoSources, "scope", ""),
        ]
    );
    assert!(warned_of.warnings.iter().all(|one| one.message.contains(&one.value) && !one.message.is_empty()));
    // A group has left when its last source has.
    put(&server, "", "b", "ben", &["final"]).await;
    assert_eq!(report(&mut detection, request.clone()).await.warnings.len(), 5);
    let gone = proto::DeleteSourceRequest { id: "b".to_owned(), ..Default::default() };
    corpus.delete_source(gone).await.unwrap();
    assert_eq!(report(&mut detection, request).await.warnings, warned_of.warnings);

    let many = proto::Scope {
        exclude_groups: (0..150).map(|number| format!("group {number}")).collect(),
        ..Default::default()
    };
    let many = report(&mut detection, scoped(many)).await;
    assert_eq!((many.warnings.len(), many.warnings_cut), (100, 50));
    let none = report(&mut detection, check(FERRY)).await;
    assert_eq!((none.warnings, none.not_checked), (vec![], 0));
}

#[tokio::test]
async fn a_submission_that_was_not_checked_has_a_reason() {
    let server = start(None).await;
    let mut detection = server.detection().await;
    let nothing = report(&mut detection, check(FERRY)).await;
    assert_eq!(nothing.not_checked(), NotCheckedReason::NoSources);
    assert_eq!((nothing.too_few_words, warned(&nothing)), (0, vec![(WarningKind::NoSources, "scope", "")]));
    let short = report(&mut detection, check("two words")).await;
    assert_eq!(short.not_checked(), NotCheckedReason::NoSources);
    put(&server, "", "a", "anna", &[]).await;
    assert_eq!(report(&mut detection, check(FERRY)).await.not_checked(), NotCheckedReason::Unspecified);
    let short = report(&mut detection, check("two words")).await;
    assert_eq!((short.not_checked(), short.too_few_words), (NotCheckedReason::TooShort, 2));
    let exclusions = |exclusions| {
        let options = proto::DetectionOptions { exclusions: Some(exclusions), ..Default::default() };
        proto::CheckRequest { options: Some(options), ..check(FERRY) }
    };
    for all in [
        exclusions(proto::Exclusions { boilerplate_texts: strings(&[FERRY]), ..Default::default() }),
        exclusions(proto::Exclusions { own_groups: strings(&["anna"]), ..Default::default() }),
        check(&format!("“{FERRY}”")),
    ] {
        let excluded = report(&mut detection, all).await;
        assert_eq!(excluded.not_checked(), NotCheckedReason::AllExcluded, "{excluded:?}");
        assert_eq!(excluded.coverage.unwrap().of_words, 0);
    }
    let compared = proto::CompareRequest {
        text: format!("“{FERRY}”"),
        sources: vec![proto::ComparedText { text: FERRY.to_owned(), ..Default::default() }],
        ..Default::default()
    };
    let compared = detection.compare(compared).await.unwrap().into_inner().report.unwrap();
    assert_eq!(compared.not_checked(), NotCheckedReason::AllExcluded);
}

#[tokio::test]
async fn all_pairs_warn_too() {
    let server = start(None).await;
    let mut detection = server.detection().await;
    put(&server, "", "a", "anna", &[]).await;
    let options = proto::PairOptions { exclude_groups: strings(&["anna", "ben"]), ..Default::default() };
    let request = proto::CompareAllRequest { options: Some(options), ..Default::default() };
    let mut events = detection.compare_all(request).await.unwrap().into_inner();
    let mut summary = None;
    while let Some(event) = events.message().await.unwrap() {
        if let Some(proto::compare_all_response::Event::Summary(last)) = event.event {
            summary = Some(last);
        }
    }
    let warnings = summary.unwrap().warnings;
    let warnings: Vec<_> =
        warnings.iter().map(|one| (one.kind(), one.field.as_str(), one.value.as_str())).collect();
    assert_eq!(
        warnings,
        [
            (WarningKind::UnknownGroup, "options.exclude_groups[1]", "ben"),
            (WarningKind::NoSources, "collection", ""),
        ]
    );
}

#[tokio::test]
async fn a_scope_has_a_thousand_collections_at_most() {
    let server = start(None).await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    for number in 0..1000 {
        let name = format!("{}-{number}", if number < 10 { "few" } else { "many" });
        let request = proto::CreateCollectionRequest { name, ..Default::default() };
        corpus.create_collection(request).await.unwrap();
    }
    let all = proto::Scope { all_collections: true, ..Default::default() };
    let refused = detection.check(scoped(all)).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("1000") && refused.message().contains("prefix"), "{refused:?}");
    assert_eq!(refused.get_details_bad_request().unwrap().field_violations[0].field, "scope");
    let few = proto::Scope { collection_prefixes: strings(&["few-"]), ..Default::default() };
    assert_eq!(report(&mut detection, scoped(few)).await.not_checked(), NotCheckedReason::NoSources);
}
