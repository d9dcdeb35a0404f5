//! A request with an id is executed once, however often it is sent.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;

use palimpsest::fingerprint::FingerprintSettings;
use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::import_sources_response::Result as Imported;
use palimpsest::{
    Added, CollectionName, Engine, Error, IfExists, Limits, NewSource, RequestId, RequestKey, SourceId,
};
use prost_reflect::DescriptorPool;
use tokio_stream::StreamExt;
use tonic::Code;
use tonic::transport::Channel;

use crate::harness::{TestServer, add, opened};
use crate::words::Words;

const ID: &str = "5f0c9e4e-6d0b-4f0e-8a55-6f1d5b9c2a10";

fn text(number: u64) -> String {
    Words::new(number).text(40)
}

/// A source without an id of its own.
fn nameless(request_id: &str, number: u64) -> proto::AddSourceRequest {
    proto::AddSourceRequest { request_id: request_id.to_owned(), ..add("", &text(number)) }
}

async fn sources(corpus: &mut CorpusServiceClient<Channel>) -> u64 {
    corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap().sources
}

fn assert_taken(status: &tonic::Status) {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    assert!(status.message().contains("request_id was used for another request"), "{}", status.message());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_retries_at_once_add_one_source() {
    let server = TestServer::start_with(|settings| settings.work.max_queued = 2000).await;
    let mut corpus = server.corpus().await;
    let retries: Vec<_> = (0..1000)
        .map(|_| {
            let mut corpus = corpus.clone();
            tokio::spawn(async move { corpus.add_source(nameless(ID, 1)).await.unwrap().into_inner() })
        })
        .collect();
    let mut answers = Vec::new();
    for retry in retries {
        answers.push(retry.await.unwrap());
    }
    assert_eq!(answers[0].id.len(), 32);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(sources(&mut corpus).await, 1);
    // Later requests get the same answer, even after the source was deleted.
    let delete = proto::DeleteSourceRequest { id: answers[0].id.clone(), ..Default::default() };
    corpus.delete_source(delete).await.unwrap();
    assert_eq!(corpus.add_source(nameless(ID, 1)).await.unwrap().into_inner(), answers[0]);
    assert_eq!(sources(&mut corpus).await, 0);
    assert_taken(&corpus.add_source(nameless(ID, 2)).await.unwrap_err());
}

#[tokio::test]
async fn every_request_that_changes_something_is_answered_again() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let create = |name: &str| proto::CreateCollectionRequest {
        name: name.to_owned(),
        request_id: "create".to_owned(),
        ..Default::default()
    };
    let created = corpus.create_collection(create("essays")).await.unwrap().into_inner();
    let mut request = nameless("add", 3);
    request.collection = "essays".to_owned();
    let added = corpus.add_source(request.clone()).await.unwrap().into_inner();
    assert_eq!(corpus.create_collection(create("essays")).await.unwrap().into_inner(), created);
    assert_taken(&corpus.create_collection(create("other")).await.unwrap_err());
    assert_eq!(corpus.add_source(request.clone()).await.unwrap().into_inner(), added);

    let delete = proto::DeleteSourceRequest {
        collection: "essays".to_owned(),
        id: added.id.clone(),
        request_id: "delete".to_owned(),
    };
    let deleted = corpus.delete_source(delete.clone()).await.unwrap().into_inner();
    assert_eq!(corpus.delete_source(delete.clone()).await.unwrap().into_inner(), deleted);
    let unnamed = proto::DeleteSourceRequest { request_id: String::new(), ..delete.clone() };
    assert_eq!(corpus.delete_source(unnamed).await.unwrap_err().code(), Code::NotFound);
    // An id that one kind of request has used is refused for another.
    let other = proto::DeleteSourceRequest { request_id: "add".to_owned(), ..delete };
    assert_taken(&corpus.delete_source(other).await.unwrap_err());

    let drop_it = proto::DeleteCollectionRequest { name: "essays".to_owned(), request_id: "drop".to_owned() };
    let dropped = corpus.delete_collection(drop_it.clone()).await.unwrap().into_inner();
    assert_eq!(corpus.delete_collection(drop_it).await.unwrap().into_inner(), dropped);
    // The collection was deleted; its recorded answers were not.
    assert_eq!(corpus.add_source(request).await.unwrap().into_inner(), added);
}

#[tokio::test]
async fn the_id_of_a_request_that_failed_may_be_used_again() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let mut request = nameless(ID, 4);
    request.collection = "not-yet".to_owned();
    assert_eq!(corpus.add_source(request.clone()).await.unwrap_err().code(), Code::NotFound);
    let create = proto::CreateCollectionRequest { name: "not-yet".to_owned(), ..Default::default() };
    corpus.create_collection(create).await.unwrap();
    corpus.add_source(request).await.unwrap();

    let long = "x".repeat(65);
    for bad in ["two words", "naïve", "line\n", &long] {
        let status = corpus.add_source(nameless(bad, 5)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(status.message().starts_with("request_id "), "{}", status.message());
    }
}

#[tokio::test]
async fn items_of_a_stream_are_added_once() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let item = |number: u64| {
        let proto::AddSourceRequest { collection, source, if_exists, request_id } =
            nameless(&format!("item-{}", number % 20), number % 20);
        proto::ImportSourcesRequest { collection, source, if_exists, request_id }
    };
    let answers = corpus.import_sources(tokio_stream::iter((0..60).map(item))).await.unwrap().into_inner();
    let added: Vec<proto::AddSourceResponse> = answers
        .map(|answer| match answer.unwrap().result.unwrap() {
            Imported::Added(added) => added,
            Imported::Error(error) => panic!("{error:?}"),
        })
        .collect()
        .await;
    assert_eq!(sources(&mut corpus).await, 20);
    for (at, answer) in added.iter().enumerate() {
        assert_eq!(*answer, added[at % 20]);
    }
}

fn open(folder: &Path) -> Engine {
    opened(|| Engine::open(folder, Limits::default(), 1 << 20, &mut |_| {})).unwrap()
}

fn key(owner: &str, id: &str) -> RequestKey {
    RequestKey::new(owner, RequestId::new(id).unwrap())
}

fn submit(engine: &Engine, key: RequestKey, source: NewSource) -> Result<Added, Error> {
    let (sender, receiver) = channel();
    let tell = move |added| drop(sender.send(added));
    engine.submit_source(&CollectionName::default(), source, IfExists::Reject, Some(key), tell);
    receiver.recv().unwrap()
}

fn summary_of(added: &Added) -> (SourceId, u64, u64, bool) {
    let entry = &added.entry;
    (entry.id.clone(), entry.added, entry.words, added.replaced)
}

#[test]
fn answers_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second, gone) = {
        let engine = open(folder.path());
        let first = summary_of(&submit(&engine, key("", "a"), NewSource::new(text(1))).unwrap());
        let second = summary_of(&submit(&engine, key("", "b"), NewSource::new(text(2))).unwrap());
        let (sender, receiver) = channel();
        let tell = move |deleted| drop(sender.send(deleted));
        engine.submit_deletion(&CollectionName::default(), &second.0, Some(key("", "c")), tell);
        (first, second, receiver.recv().unwrap().unwrap())
    };
    for _ in 0..2 {
        let engine = open(folder.path());
        assert_eq!(summary_of(&submit(&engine, key("", "a"), NewSource::new(text(1))).unwrap()), first);
        assert_eq!(summary_of(&submit(&engine, key("", "b"), NewSource::new(text(2))).unwrap()), second);
        let other = submit(&engine, key("", "b"), NewSource::new(text(3))).unwrap_err();
        assert_eq!(other, Error::RequestIdTaken { id: "b".to_owned() });
        let (sender, receiver) = channel();
        let tell = move |deleted| drop(sender.send(deleted));
        engine.submit_deletion(&CollectionName::default(), &second.0, Some(key("", "c")), tell);
        assert_eq!(receiver.recv().unwrap(), Ok(gone));
        assert_eq!(engine.corpus().stats.sources, 1);
        let settings = FingerprintSettings::default();
        let (sender, receiver) = channel();
        let tell = move |created| drop(sender.send(created));
        let essays = CollectionName::new("essays").unwrap();
        engine.submit_collection(&essays, settings, Some(key("", "d")), tell);
        let created = receiver.recv().unwrap().unwrap();
        assert_eq!((created.name, created.settings, created.stats.revision), (essays, settings, 4));
    }
}

#[test]
fn request_ids_of_two_callers_never_meet() {
    let engine = Engine::in_memory().unwrap();
    let ines = submit(&engine, key("ines", "1"), NewSource::new(text(1))).unwrap();
    let jonas = submit(&engine, key("jonas", "1"), NewSource::new(text(2))).unwrap();
    assert_ne!(ines.entry.id, jonas.entry.id);
    // Two pairs of owner and id that concatenate to the same string don't collide either.
    submit(&engine, key("ines1", "2"), NewSource::new(text(3))).unwrap();
    submit(&engine, key("ines", "12"), NewSource::new(text(4))).unwrap();
    assert_eq!(engine.corpus().stats.sources, 4);
}

#[test]
fn retries_from_many_threads_while_others_write_are_done_once() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Arc::new(open(folder.path()));
    std::thread::scope(|scope| {
        for thread in 0..8_u64 {
            let engine = Arc::clone(&engine);
            scope.spawn(move || {
                for number in 0..40 {
                    let request = format!("{}", (number + thread * 5) % 40);
                    let number: u64 = request.parse().unwrap();
                    submit(&engine, key("", &request), NewSource::new(text(number))).unwrap();
                    engine
                        .add_source(
                            &CollectionName::default(),
                            NewSource::new(text(1000 + thread * 100 + number)),
                            IfExists::Reject,
                        )
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(engine.corpus().stats.sources, 40 + 8 * 40);
}

/// The methods of our services: their full names, and whether they stream.
fn methods() -> BTreeMap<String, bool> {
    let pool = DescriptorPool::decode(proto::FILE_DESCRIPTOR_SET).unwrap();
    let services = pool.services().filter(|service| service.full_name().starts_with("palimpsest."));
    let methods = services.flat_map(|service| service.methods().collect::<Vec<_>>());
    methods
        .map(|method| {
            let streams = method.is_client_streaming() || method.is_server_streaming();
            (format!("{}/{}", method.parent_service().full_name(), method.name()), streams)
        })
        .collect()
}

#[test]
fn the_service_config_names_each_method_once_and_retries_no_stream() {
    let config: serde_json::Value =
        serde_json::from_str(include_str!("../../contrib/service-config.json")).unwrap();
    let mut unnamed = methods();
    for entry in config["methodConfig"].as_array().unwrap() {
        for name in entry["name"].as_array().unwrap() {
            let name = format!("{}/{}", name["service"].as_str().unwrap(), name["method"].as_str().unwrap());
            let streams = unnamed.remove(&name).unwrap_or_else(|| panic!("no method {name}, or twice"));
            let (retries, timeout) = (&entry["retryPolicy"], &entry["timeout"]);
            assert_eq!(streams, retries.is_null() && timeout.is_null(), "{name}");
            if !streams {
                assert_eq!(retries["retryableStatusCodes"], serde_json::json!(["UNAVAILABLE"]), "{name}");
                assert!((2..=5).contains(&retries["maxAttempts"].as_u64().unwrap()), "{name}");
            }
        }
    }
    assert_eq!(unnamed, BTreeMap::new());
}
