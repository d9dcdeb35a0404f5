//! What a key may not see is in no answer.

use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::related_service_client::RelatedServiceClient;
use palimpsest::proto::{self, ListRelatedRequest, ListRelatedResponse};
use palimpsest::service::Role;
use tonic::{Code, Status};

use super::{BREAD, FOG, PILOTS, of_text};
use crate::access::{Keys, keyed};
use crate::harness::{TestServer, add, eventually};

async fn list(
    server: &TestServer,
    key: &str,
    request: ListRelatedRequest,
) -> Result<ListRelatedResponse, Status> {
    let mut client = RelatedServiceClient::new(keyed(server, key).await);
    Ok(client.list_related(request).await?.into_inner())
}

fn of_source(collection: &str, id: &str) -> ListRelatedRequest {
    let source = proto::SourceName { collection: collection.to_owned(), id: id.to_owned() };
    ListRelatedRequest { source: Some(source), ..all(ListRelatedRequest::default()) }
}

fn all(request: ListRelatedRequest) -> ListRelatedRequest {
    let scope = Some(proto::Scope { all_collections: true, ..proto::Scope::default() });
    ListRelatedRequest { scope, ..request }
}

async fn put(server: &TestServer, key: &str, collection: &str, id: &str, text: &str) {
    let mut corpus = CorpusServiceClient::new(keyed(server, key).await);
    let create = proto::CreateCollectionRequest { name: collection.to_owned(), ..Default::default() };
    drop(corpus.create_collection(create).await);
    let request = proto::AddSourceRequest { collection: collection.to_owned(), ..add(id, text) };
    corpus.add_source(request).await.unwrap();
}

#[tokio::test]
async fn a_key_sees_its_collections_and_a_role_its_texts() {
    let keys = Keys::new();
    let (admin, _) = keys.make(Role::Admin, &["*"]);
    let (write, _) = keys.make(Role::Write, &["mine"]);
    let (check, _) = keys.make(Role::Check, &["mine"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    eventually("the keys are known", async || list(&server, &admin, of_text(FOG)).await.is_ok()).await;
    put(&server, &admin, "mine", "pilots", PILOTS).await;
    put(&server, &admin, "mine", "bread", BREAD).await;
    let before = list(&server, &write, all(of_text(FOG))).await.unwrap();
    for number in 0..20 {
        put(&server, &admin, "theirs", &format!("secret-{number}"), &format!("{PILOTS} Zqxhidden.")).await;
    }
    // Neither the list nor a figure depends on what is hidden, such as how many sources have a term.
    let after = list(&server, &write, all(of_text(FOG))).await.unwrap();
    assert_eq!((&after.sources, after.sources_in_scope), (&before.sources, 2));
    assert_eq!(after.sources[0].id, "pilots");
    let asked = list(&server, &write, all(of_text(&format!("{FOG} Zqxhidden.")))).await.unwrap();
    assert!(asked.sources.iter().all(|source| {
        source.collection == "mine" && source.terms.iter().all(|term| term.term != "Zqxhidden")
    }));
    let everything = list(&server, &admin, all(of_text(FOG))).await.unwrap();
    assert!(everything.sources.iter().any(|source| source.collection == "theirs"));
    // Hidden sources and collections are as absent ones.
    let named = proto::Scope { collections: vec!["theirs".to_owned()], ..Default::default() };
    let named = ListRelatedRequest { scope: Some(named), ..of_text(FOG) };
    for request in [of_source("theirs", "secret-1"), of_source("mine", "secret-1"), named] {
        let hidden = list(&server, &write, request.clone()).await.unwrap_err();
        assert_eq!(hidden.code(), Code::NotFound, "{request:?}");
    }
    // A key for checks reads no texts: no excerpts, and of a stored source no terms.
    let found = list(&server, &check, all(of_text(FOG))).await.unwrap();
    let first = &found.sources[0];
    assert_eq!(
        (&first.id[..], &first.excerpt, first.similarity),
        ("pilots", &None, before.sources[0].similarity)
    );
    assert_eq!(first.terms, before.sources[0].terms);
    let of_stored = list(&server, &check, of_source("mine", "bread")).await.unwrap();
    assert!(of_stored.sources.iter().all(|source| source.excerpt.is_none() && source.terms.is_empty()));
    let of_stored = list(&server, &write, of_source("mine", "pilots")).await.unwrap();
    assert!(of_stored.sources.iter().all(|source| source.id == "bread" && source.excerpt.is_some()));
}
