//! `UpdateSource`.

use std::time::Duration;

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use prost_types::FieldMask;
use tonic::Code;

use super::{add, full, get, ids, metadata, revision, text, time, violations};
use crate::harness::{TestServer, check, report};
use crate::process::Process;

fn update(source: proto::Source, paths: &[&str]) -> proto::UpdateSourceRequest {
    let update_mask = Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() });
    proto::UpdateSourceRequest { source: Some(source), update_mask, ..Default::default() }
}

fn of(id: &str) -> proto::Source {
    proto::Source { id: id.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn fields_of_the_mask_are_updated_and_no_others() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    add(&mut corpus, full("a", 1)).await;
    let before = get(&mut corpus, "a").await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let new = proto::Source {
        title: "Another".to_owned(),
        group: "ben".to_owned(),
        labels: vec!["z".to_owned(), "b".to_owned(), "z".to_owned()],
        metadata: metadata(&[("k", "v")]),
        ..of("a")
    };
    let request = update(new.clone(), &["title", "labels"]);
    let updated = corpus.update_source(request).await.unwrap().into_inner().source.unwrap();
    let stats = before.stats.unwrap();
    let expected = proto::Source {
        title: "Another".to_owned(),
        labels: vec!["b".to_owned(), "z".to_owned()],
        updated_at: updated.updated_at,
        stats: Some(proto::SourceStats { revision: stats.revision + 1, ..stats }),
        ..before.clone()
    };
    assert_eq!(updated, expected);
    assert_ne!(updated.updated_at, before.updated_at);
    assert_eq!(get(&mut corpus, "a").await, updated);
    assert_eq!(revision(&mut corpus).await, stats.revision + 1);
    // Its text is the same.
    let request = proto::GetSourceRequest { id: "a".to_owned(), include_text: true, ..Default::default() };
    assert_eq!(corpus.get_source(request).await.unwrap().into_inner().source.unwrap().text, text(1));

    // Without a mask, the fields that are set; the others stay.
    let request = proto::UpdateSourceRequest { source: Some(new), ..Default::default() };
    let updated = corpus.update_source(request).await.unwrap().into_inner().source.unwrap();
    assert_eq!((updated.group.as_str(), updated.uri.as_str()), ("ben", full("a", 1).uri.as_str()));
    assert_eq!(updated.metadata, metadata(&[("k", "v")]));
    assert_eq!(updated.submitted_at, before.submitted_at);

    // A field of the mask that is not set is cleared.
    let all = ["title", "group", "labels", "uri", "submitted_at", "metadata"];
    let updated = corpus.update_source(update(of("a"), &all)).await.unwrap().into_inner().source.unwrap();
    let (stats, length) = (updated.stats, updated.length);
    let (created_at, updated_at) = (updated.created_at, updated.updated_at);
    assert_eq!(updated, proto::Source { stats, length, created_at, updated_at, ..of("a") });
    assert_eq!(created_at, before.created_at);
}

#[tokio::test]
async fn checks_see_an_update_and_find_the_same_passages() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    add(&mut corpus, full("a", 1)).await;
    let before = report(&mut detection, check(&text(1))).await;
    let new = proto::Source { title: "Another".to_owned(), group: "ben".to_owned(), ..of("a") };
    corpus.update_source(update(new, &["title", "group"])).await.unwrap();
    let after = report(&mut detection, check(&text(1))).await;
    assert_eq!(after.coverage, before.coverage);
    assert_eq!(after.sources[0].passages, before.sources[0].passages);
    assert_eq!(after.sources[0].title, "Another");
    assert_eq!(after.sources[0].group, "ben");
    let without = |group: &str| {
        let scope = proto::Scope { exclude_groups: vec![group.to_owned()], ..Default::default() };
        proto::CheckRequest { scope: Some(scope), ..check(&text(1)) }
    };
    let old_group = report(&mut detection, without("anna")).await;
    assert_eq!((old_group.sources.len(), old_group.sources_in_scope), (1, 1));
    let new_group = report(&mut detection, without("ben")).await;
    assert_eq!((new_group.sources.len(), new_group.sources_in_scope), (0, 0));
    let in_group = |group: &str| proto::SourceFilter { groups: vec![group.to_owned()], ..Default::default() };
    assert_eq!(ids(&mut corpus, in_group("anna"), 10).await, Vec::<String>::new());
    assert_eq!(ids(&mut corpus, in_group("ben"), 10).await, ["a"]);
}

#[tokio::test]
async fn an_update_that_changes_nothing_makes_no_revision() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    add(&mut corpus, full("a", 1)).await;
    let before = get(&mut corpus, "a").await;
    let request = update(full("a", 1), &["title", "group", "labels", "uri", "submitted_at", "metadata"]);
    let same = corpus.update_source(request).await.unwrap().into_inner().source.unwrap();
    assert_eq!(same, before);
    assert_eq!(revision(&mut corpus).await, before.stats.unwrap().revision);
    // An import knows the updated source by its new fields.
    let new = proto::Source { uri: "x:new".to_owned(), ..of("a") };
    corpus.update_source(update(new, &["uri"])).await.unwrap();
    let import = |uri: &str| proto::AddSourceRequest {
        source: Some(proto::Source { uri: uri.to_owned(), ..full("a", 1) }),
        if_exists: proto::IfExists::RejectDifferent.into(),
        ..Default::default()
    };
    assert!(corpus.add_source(import("x:new")).await.unwrap().into_inner().unchanged);
    let status = corpus.add_source(import("x:old")).await.unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists);
}

#[tokio::test]
async fn wrong_updates_say_what_to_do() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    add(&mut corpus, full("a", 1)).await;
    let titled = || proto::Source { title: "t".to_owned(), ..of("a") };
    let with_text = proto::Source { text: text(2), ..titled() };
    let unmasked =
        |source: Option<proto::Source>| proto::UpdateSourceRequest { source, ..Default::default() };
    let cases = [
        (
            update(titled(), &["text"]),
            "update_mask.paths[0] is \"text\", which can't be updated; replace the source with AddSource and IF_EXISTS_REPLACE",
        ),
        (
            update(titled(), &["title", "id"]),
            "update_mask.paths[1] is \"id\", which can't be updated; add the source under the other id",
        ),
        (update(titled(), &["created_at"]), "the server sets it"),
        (update(titled(), &["stats"]), "the server sets it"),
        (update(titled(), &["metadata.course"]), "send the whole map under metadata"),
        (update(titled(), &["titel"]), "name title, group, labels, uri, submitted_at, metadata"),
        (update(titled(), &[""]), "update_mask.paths[0] is \"\""),
        (unmasked(Some(of("a"))), "source has nothing to update; set one of title, group"),
        (unmasked(Some(with_text)), "source.text can't be updated; replace the source"),
        (unmasked(None), "source is missing"),
        (update(proto::Source { id: String::new(), ..titled() }, &["title"]), "source.id must not be empty"),
        (
            update(proto::Source { title: "t\u{1}".to_owned(), ..of("a") }, &["title"]),
            "source.title has the control character",
        ),
        (
            update(proto::Source { submitted_at: Some(time(i64::MIN)), ..of("a") }, &["submitted_at"]),
            "source.submitted_at is",
        ),
        (
            proto::UpdateSourceRequest { collection: "a b".to_owned(), ..update(titled(), &["title"]) },
            "collection has ' '",
        ),
        (
            proto::UpdateSourceRequest { request_id: "a b".to_owned(), ..update(titled(), &["title"]) },
            "request_id has ' '",
        ),
    ];
    for (request, problem) in cases {
        let found = violations(&corpus.update_source(request).await.unwrap_err());
        assert!(found.iter().any(|one| one.contains(problem)), "{found:?}, not {problem}");
    }
    let missing = corpus.update_source(update(proto::Source { id: "b".to_owned(), ..titled() }, &["title"]));
    let status = missing.await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert!(status.message().contains("no source \"b\" in collection \"default\""), "{status:?}");
    let request =
        proto::UpdateSourceRequest { collection: "none".to_owned(), ..update(titled(), &["title"]) };
    assert_eq!(corpus.update_source(request).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(get(&mut corpus, "a").await.title, "A title");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_done_once_also_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Process::start(folder.path()).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    add(&mut corpus, full("a", 1)).await;
    let titled = |title: &str, request_id: &str| proto::UpdateSourceRequest {
        request_id: request_id.to_owned(),
        ..update(proto::Source { title: title.to_owned(), ..of("a") }, &["title"])
    };
    let first = corpus.update_source(titled("first", "one")).await.unwrap().into_inner();
    assert_eq!(corpus.update_source(titled("first", "one")).await.unwrap().into_inner(), first);
    corpus.update_source(titled("second", "two")).await.unwrap();
    // A retry has the first answer, and undoes nothing.
    assert_eq!(corpus.update_source(titled("first", "one")).await.unwrap().into_inner(), first);
    let status = corpus.update_source(titled("other", "one")).await.unwrap_err();
    assert!(violations(&status)[0].starts_with("request_id was used for another request"), "{status:?}");
    let before = get(&mut corpus, "a").await;
    assert_eq!(before.title, "second");
    server.kill();
    let server = Process::start(folder.path()).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    assert_eq!(get(&mut corpus, "a").await, before);
    assert_eq!(corpus.update_source(titled("first", "one")).await.unwrap().into_inner(), first);
    assert_eq!(get(&mut corpus, "a").await, before);
    // The index still has the source.
    let request = proto::CheckRequest { text: text(1), ..Default::default() };
    let mut detection =
        palimpsest::proto::detection_service_client::DetectionServiceClient::connect(server.address.clone())
            .await
            .unwrap();
    let report = detection.check(request).await.unwrap().into_inner().report.unwrap();
    assert_eq!((report.sources.len(), report.sources[0].title.as_str()), (1, "second"));
}
