//! Changes of a cluster: what is acknowledged is seen, retries are made once, and rules are those of one server.

use palimpsest::proto;
use tonic::Code;

use super::rig::{Rig, has_nats, source};

fn check(text: &str) -> proto::CheckRequest {
    proto::CheckRequest { text: text.to_owned(), ..proto::CheckRequest::default() }
}

fn text_of(request: &proto::AddSourceRequest) -> String {
    request.source.as_ref().unwrap().text.clone()
}

/// A node sees what it acknowledged at once; with strict reads, all nodes see it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_is_seen() {
    if !has_nats() {
        return;
    }
    let rig = Rig::start_with(1, &["1/2", "2/2", "1/2"], &["--cluster-reads", "strict"]).await;
    for number in 0..24 {
        let (writer, reader) =
            (usize::try_from(number % 3).unwrap(), usize::try_from(number / 3 % 3).unwrap());
        let request = source("", number);
        let text = text_of(&request);
        rig.corpus(writer).await.add_source(request.clone()).await.unwrap();
        let report =
            rig.detection(reader).await.check(check(&text)).await.unwrap().into_inner().report.unwrap();
        let ids: Vec<String> = report.sources.iter().map(|source| source.source_id.clone()).collect();
        assert_eq!(ids.first(), Some(&request.source.as_ref().unwrap().id), "{writer} to {reader}");
        if number % 4 == 3 {
            let delete = proto::DeleteSourceRequest { id: ids[0].clone(), ..Default::default() };
            rig.corpus(reader).await.delete_source(delete).await.unwrap();
            let report =
                rig.detection(writer).await.check(check(&text)).await.unwrap().into_inner().report.unwrap();
            assert!(report.sources.iter().all(|source| source.source_id != ids[0]));
        }
    }
}

/// Rejections, replacements, updates and deletions are decided as by one server, whichever node is asked.
#[tokio::test(flavor = "multi_thread")]
async fn changes_are_decided_in_the_order_of_the_log() {
    if !has_nats() {
        return;
    }
    let rig = Rig::start(1, &["1/2", "2/2"]).await;
    let (mut one, mut other) = (rig.corpus(0).await, rig.corpus(1).await);
    let refused = one.add_source(source("essays", 1)).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let create = proto::CreateCollectionRequest { name: "essays".to_owned(), ..Default::default() };
    one.create_collection(create.clone()).await.unwrap();
    // The other node may not have applied it yet, and finds out.
    other.add_source(source("essays", 1)).await.unwrap();
    assert_eq!(other.create_collection(create).await.unwrap_err().code(), Code::AlreadyExists);
    assert_eq!(one.add_source(source("essays", 1)).await.unwrap_err().code(), Code::AlreadyExists);
    let replace = |number| proto::AddSourceRequest {
        source: source("essays", number)
            .source
            .map(|one| proto::Source { id: "source 001".to_owned(), ..one }),
        if_exists: proto::IfExists::Replace.into(),
        ..source("essays", number)
    };
    assert!(one.add_source(replace(2)).await.unwrap().into_inner().replaced);
    let get = proto::GetSourceRequest {
        collection: "essays".to_owned(),
        id: "source 001".to_owned(),
        include_text: true,
        ..Default::default()
    };
    for node in [&mut one, &mut other] {
        let found = node.get_source(get.clone()).await.unwrap().into_inner().source.unwrap();
        assert_eq!(found.text, text_of(&source("essays", 2)));
    }
    let short = proto::AddSourceRequest {
        source: Some(proto::Source { text: "too few".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    assert_eq!(other.add_source(short).await.unwrap_err().code(), Code::InvalidArgument);
    for number in 10..30 {
        one.add_source(source("essays", number)).await.unwrap();
    }
    let by_label = proto::DeleteSourcesRequest {
        collection: "essays".to_owned(),
        filter: Some(proto::SourceFilter { labels: vec!["x".to_owned()], ..Default::default() }),
        ..Default::default()
    };
    let deleted = other.delete_sources(by_label).await.unwrap().into_inner();
    assert_eq!(deleted.sources_deleted, 11);
    let delete = proto::DeleteCollectionRequest { name: "essays".to_owned(), ..Default::default() };
    one.delete_collection(delete).await.unwrap();
    assert_eq!(one.get_source(get.clone()).await.unwrap_err().code(), Code::NotFound);
}

/// A request with an id is made once, also if its retry goes to another node.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_made_once_whichever_node_gets_its_retry() {
    if !has_nats() {
        return;
    }
    let rig = Rig::start(1, &["1/2", "2/2"]).await;
    for number in 0..6 {
        let mut request = source("", number);
        request.request_id = format!("request-{number}");
        let without_id = number % 2 == 0;
        if without_id {
            request.source.as_mut().unwrap().id.clear();
        }
        let first = rig.corpus(0).await.add_source(request.clone()).await.unwrap().into_inner();
        let again = rig.corpus(1).await.add_source(request.clone()).await.unwrap().into_inner();
        assert_eq!(first, again);
        request.source.as_mut().unwrap().title = "Another".to_owned();
        let refused = rig.corpus(1).await.add_source(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    }
    let corpus =
        rig.corpus(0).await.get_corpus(proto::GetCorpusRequest::default()).await.unwrap().into_inner();
    assert_eq!(corpus.stats.unwrap().sources, 6);
}
