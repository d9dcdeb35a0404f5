//! Tokens of consistency: what one node acknowledged is seen at another.

use palimpsest::proto;
use tonic::{Code, Request};

use super::rig::{Rig, has_nats, source};

const TOKEN: &str = "palimpsest-consistency-token";

fn token<T>(response: &tonic::Response<T>) -> String {
    response.metadata().get(TOKEN).expect("each answer has a token").to_str().unwrap().to_owned()
}

fn with_token<T>(message: T, token: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert(TOKEN, token.parse().unwrap());
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_node_shows_its_changes_at_another() {
    if !has_nats() {
        return;
    }
    let rig = Rig::start(1, &["1/2", "2/2", "1/2"]).await;
    let (mut here, mut there) = (rig.corpus(0).await, rig.corpus(2).await);
    let mut detection = rig.detection(2).await;
    for number in 0..20 {
        let name = format!("c{number}");
        let create = proto::CreateCollectionRequest { name: name.clone(), ..Default::default() };
        let created = here.create_collection(create).await.unwrap();
        let get = proto::GetCollectionRequest { name: name.clone() };
        there.get_collection(with_token(get, &token(&created))).await.unwrap();
        let request = source(&name, number);
        let text = request.source.as_ref().unwrap().text.clone();
        let added = here.add_source(request).await.unwrap();
        let scope = proto::Scope { collections: vec![name.clone()], ..Default::default() };
        let check = proto::CheckRequest { text, scope: Some(scope), ..Default::default() };
        let report =
            detection.check(with_token(check, &token(&added))).await.unwrap().into_inner().report.unwrap();
        assert_eq!(report.sources_found, 1, "{number}");
    }
    // Once a node knows a token, later calls without one see as much.
    let delete = proto::DeleteCollectionRequest { name: "c3".to_owned(), ..Default::default() };
    let deleted = here.delete_collection(delete).await.unwrap();
    let list = proto::ListCollectionsRequest::default();
    let listed = there.list_collections(with_token(list, &token(&deleted))).await.unwrap().into_inner();
    assert!(listed.collections.iter().all(|one| one.name != "c3"), "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_corpus_is_refused() {
    if !has_nats() {
        return;
    }
    let rig = Rig::start(1, &["1/1"]).await;
    let mut corpus = rig.corpus(0).await;
    let own = token(&corpus.list_collections(proto::ListCollectionsRequest::default()).await.unwrap());
    for foreign in ["x".to_owned(), own.to_uppercase(), own[..own.len() - 2].to_owned()] {
        let request = with_token(proto::ListCollectionsRequest::default(), &foreign);
        let refused = corpus.list_collections(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
        assert!(refused.message().contains(TOKEN), "{refused:?}");
    }
}
