//! `DeleteSources`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::{self, SourceFilter};
use palimpsest::service::Role;
use palimpsest::{
    CollectionName, DetectionOptions, Engine, Group, IfExists, Limits, NewSource, Scope,
    SourceFilter as Filter, SourceId, Stop,
};
use tonic::Code;
use tonic::transport::Channel;

use super::{add, full, ids, revision, text, violations};
use crate::access::{Keys, keyed};
use crate::harness::{TestServer, check, pass, report};
use crate::process::Process;
use crate::words::Words;

fn of_group(group: &str, dry_run: bool, request_id: &str) -> proto::DeleteSourcesRequest {
    let filter = Some(SourceFilter { groups: vec![group.to_owned()], ..Default::default() });
    proto::DeleteSourcesRequest { filter, dry_run, request_id: request_id.to_owned(), ..Default::default() }
}

/// Adds sources 0 to 19, those with odd numbers of the group `odd`.
async fn fill(corpus: &mut CorpusServiceClient<Channel>) {
    for number in 0..20 {
        let group = if number % 2 == 1 { "odd" } else { "even" };
        add(corpus, proto::Source { group: group.to_owned(), ..full(&format!("s{number:02}"), number) })
            .await;
    }
}

#[tokio::test]
async fn all_that_match_are_deleted_under_one_revision() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    fill(&mut corpus).await;
    let odd: Vec<String> = (0..10).map(|number| format!("s{:02}", 2 * number + 1)).collect();
    let before = revision(&mut corpus).await;
    let preview = corpus.delete_sources(of_group("odd", true, "")).await.unwrap().into_inner();
    assert_eq!((preview.sources_deleted, &preview.source_ids, preview.revision), (10, &odd, before));
    assert_eq!(
        (revision(&mut corpus).await, ids(&mut corpus, SourceFilter::default(), 5).await.len()),
        (before, 20)
    );
    let deleted = corpus.delete_sources(of_group("odd", false, "one")).await.unwrap().into_inner();
    assert_eq!((deleted.sources_deleted, &deleted.source_ids, deleted.revision), (10, &odd, before + 1));
    assert_eq!(revision(&mut corpus).await, before + 1);
    let left = ids(&mut corpus, SourceFilter::default(), 5).await;
    assert!(left.len() == 10 && left.iter().all(|id| !odd.contains(id)), "{left:?}");
    assert_eq!(report(&mut detection, check(&text(3))).await.sources, []);
    assert_eq!(report(&mut detection, check(&text(4))).await.sources.len(), 1);
    // A retry has the first answer; a new request finds nothing, and changes nothing.
    assert_eq!(corpus.delete_sources(of_group("odd", false, "one")).await.unwrap().into_inner(), deleted);
    let status = corpus.delete_sources(of_group("even", false, "one")).await.unwrap_err();
    assert!(violations(&status)[0].starts_with("request_id was used for another request"), "{status:?}");
    let nothing = corpus.delete_sources(of_group("odd", false, "two")).await.unwrap().into_inner();
    assert_eq!((nothing.sources_deleted, nothing.revision), (0, before + 1));
    // Ids are free again.
    add(&mut corpus, full("s01", 77)).await;
    assert_eq!(report(&mut detection, check(&text(77))).await.sources.len(), 1);
}

#[tokio::test]
async fn a_filter_must_have_a_condition() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    fill(&mut corpus).await;
    for filter in [None, Some(SourceFilter::default())] {
        for dry_run in [false, true] {
            let request =
                proto::DeleteSourcesRequest { filter: filter.clone(), dry_run, ..Default::default() };
            let found = violations(&corpus.delete_sources(request).await.unwrap_err());
            assert_eq!(
                found,
                ["filter is empty and would delete all sources; set a condition, or use DeleteCollection"]
            );
        }
    }
    let request = proto::DeleteSourcesRequest { collection: "none".to_owned(), ..of_group("odd", false, "") };
    assert_eq!(corpus.delete_sources(request).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(ids(&mut corpus, SourceFilter::default(), 100).await.len(), 20);
}

#[tokio::test]
async fn a_key_deletes_and_updates_only_what_it_sees() {
    let keys = Keys::new();
    let (writer, _) = keys.make(Role::Write, &["class-*"]);
    let (checker, _) = keys.make(Role::Check, &["*"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    let mut corpus = CorpusServiceClient::new(keyed(&server, &writer).await);
    let create = proto::CreateCollectionRequest { name: "class-1".to_owned(), ..Default::default() };
    corpus.create_collection(create).await.unwrap();
    let request = |source| proto::AddSourceRequest {
        collection: "class-1".to_owned(),
        source: Some(source),
        ..Default::default()
    };
    corpus.add_source(request(full("a", 1))).await.unwrap();
    let update = |collection: &str| proto::UpdateSourceRequest {
        collection: collection.to_owned(),
        source: Some(proto::Source { id: "a".to_owned(), title: "t".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    let delete = |collection: &str, dry_run| proto::DeleteSourcesRequest {
        collection: collection.to_owned(),
        ..of_group("anna", dry_run, "")
    };
    assert_eq!(corpus.update_source(update("default")).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(corpus.delete_sources(delete("default", true)).await.unwrap_err().code(), Code::NotFound);
    corpus.update_source(update("class-1")).await.unwrap();
    let mut checking = CorpusServiceClient::new(keyed(&server, &checker).await);
    assert_eq!(checking.update_source(update("class-1")).await.unwrap_err().code(), Code::PermissionDenied);
    for dry_run in [true, false] {
        let status = checking.delete_sources(delete("class-1", dry_run)).await.unwrap_err();
        assert_eq!(status.code(), Code::PermissionDenied);
        assert!(status.message().contains("DeleteSources needs a key with the role write"), "{status:?}");
    }
    // It lists with a filter, as it lists everything.
    let list = proto::ListSourcesRequest {
        collection: "class-1".to_owned(),
        filter: delete("", true).filter,
        ..Default::default()
    };
    assert_eq!(checking.list_sources(list).await.unwrap().into_inner().sources.len(), 1);
    let deleted = corpus.delete_sources(delete("class-1", false)).await.unwrap().into_inner();
    assert_eq!(deleted.sources_deleted, 1);
}

/// A source with short words, of a group.
fn new(number: u64, group: &str) -> NewSource {
    NewSource::new(Words::new(number).text(8))
        .with_id(SourceId::new(&format!("{group}-{number:06}")).unwrap())
        .with_group(Group::new(group).unwrap())
}

#[test]
fn readers_see_all_of_the_deleted_sources_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Limits::default(), 0, &mut |_| {}).unwrap();
    let default = CollectionName::default();
    let filter = || Filter { id_prefix: "gone".to_owned(), ..Filter::default() };
    (0..7)
        .for_each(|number| drop(engine.add_source(&default, new(number, "stay"), IfExists::Reject).unwrap()));
    let submission = Words::new(3).text(8);
    for _ in 0..4 {
        for number in 0..400 {
            engine.add_source(&default, new(number, "gone"), IfExists::Reject).unwrap();
        }
        let is_over = AtomicBool::new(false);
        let reads = std::thread::scope(|threads| {
            let read = || {
                let (mut reads, scope, options) = (0, Scope::default(), DetectionOptions::default());
                while !is_over.load(Ordering::Relaxed) {
                    let sources = engine.get_collection(&default).unwrap().stats.sources;
                    let report = engine.check(&submission, &scope, &options, &Stop::never()).unwrap();
                    let listed = engine.list_sources(&default, None, 1000).unwrap().len() as u64;
                    let all = [sources, report.sources_in_scope, listed, engine.corpus().stats.sources];
                    assert!(all.iter().all(|seen| [7, 407].contains(seen)), "{all:?}");
                    // Each was read after the one before it.
                    assert!(all.is_sorted_by(|a, b| a >= b), "{all:?}");
                    let found = if report.sources_in_scope == 7 { 1 } else { 2 };
                    assert_eq!(report.sources.len(), found);
                    reads += 1;
                }
                reads
            };
            let readers = [threads.spawn(read), threads.spawn(read)];
            std::thread::sleep(Duration::from_millis(20));
            let deleted = engine.delete_sources(&default, filter()).unwrap();
            assert_eq!((deleted.sources, deleted.ids.len()), (400, 400));
            is_over.store(true, Ordering::Relaxed);
            readers.map(|reader| reader.join().unwrap()).iter().sum::<u64>()
        });
        assert!(reads > 0);
        assert_eq!(engine.get_collection(&default).unwrap().stats.sources, 7);
    }
}

#[test]
fn writes_during_a_deletion_come_before_or_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Limits::default(), 0, &mut |_| {}).unwrap();
    let default = CollectionName::default();
    let filter = || Filter { groups: [Group::new("gone").unwrap()].into(), ..Filter::default() };
    std::thread::scope(|threads| {
        let writer = threads.spawn(|| {
            let mut added = Vec::new();
            for number in 0..400 {
                let one = engine.add_source(&default, new(number, "gone"), IfExists::Reject).unwrap();
                added.push((one.entry.added, one.entry.id.clone()));
            }
            added
        });
        let mut deleted = Vec::new();
        while !writer.is_finished() {
            let now = engine.delete_sources(&default, filter()).unwrap();
            deleted.extend(now.ids.into_iter().map(|id| (now.revision, id)));
        }
        let added = writer.join().unwrap();
        let last = engine.delete_sources(&default, filter()).unwrap();
        deleted.extend(last.ids.into_iter().map(|id| (last.revision, id)));
        assert_eq!(deleted.len(), added.len(), "each source is deleted once");
        let mut revisions: Vec<u64> = deleted.iter().map(|(revision, _)| *revision).collect();
        revisions.dedup();
        // Each is deleted by the first deletion after it: none is passed over.
        for (at, id) in added {
            let gone = deleted.iter().find(|(_, other)| *other == id).unwrap().0;
            let first = revisions.iter().copied().find(|revision| *revision > at).unwrap();
            assert_eq!(gone, first, "{id} was added at {at}");
        }
    });
    assert_eq!(engine.get_collection(&default).unwrap().stats.sources, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_during_a_deletion_leaves_all_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let filter = |prefix: &str| SourceFilter { id_prefix: prefix.to_owned(), ..Default::default() };
    let (mut moments, mut finished) = (Words::new(8), 0);
    for round in 0..6 {
        let mut server = Process::start(folder.path()).await;
        let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
        let prefix = format!("round {round} ");
        let items = (0..600).map({
            let prefix = prefix.clone();
            move |number| proto::ImportSourcesRequest {
                source: Some(full(&format!("{prefix}{number}"), round << 20 | number)),
                ..Default::default()
            }
        });
        let mut answers =
            corpus.import_sources(tokio_stream::iter(items.collect::<Vec<_>>())).await.unwrap().into_inner();
        while answers.message().await.unwrap().is_some() {}
        let request = proto::DeleteSourcesRequest {
            filter: Some(filter(&prefix)),
            request_id: format!("delete {round}").replace(' ', "-"),
            ..Default::default()
        };
        let deleting = tokio::spawn({
            let (mut corpus, request) = (corpus.clone(), request.clone());
            async move { corpus.delete_sources(request).await }
        });
        pass(Duration::from_millis(moments.below(30) as u64)).await;
        server.kill();
        let answer = deleting.await.unwrap();
        let server = Process::start(folder.path()).await;
        let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
        let left = ids(&mut corpus, filter(&prefix), 1000).await.len();
        assert!(left == 0 || left == 600 && answer.is_err(), "{left} {answer:?}");
        finished += usize::from(left == 0);
        // The request is sent again, and answered as if it had come once.
        let again = corpus.delete_sources(request.clone()).await.unwrap().into_inner();
        assert_eq!((again.sources_deleted, again.source_ids.len()), (600, 600));
        if let Ok(answer) = answer {
            assert_eq!(again, answer.into_inner());
        }
        assert_eq!(corpus.delete_sources(request).await.unwrap().into_inner(), again);
        assert_eq!(ids(&mut corpus, filter(&prefix), 1000).await.len(), 0);
        assert!(server.stop().success());
    }
    assert!(finished < 7, "{finished}");
}
