//! `ListRelated`: sources on the subject of a text, over gRPC.

mod access;
mod excerpts;
mod texts;

use palimpsest::proto::related_service_client::RelatedServiceClient;
use palimpsest::proto::{self, ListRelatedRequest, ListRelatedResponse};
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::harness::{TestServer, add, fill};

const FOG: &str =
    "The keeper of the lighthouse counted ships in the fog until his lamp went out over the harbour.";
const PILOTS: &str =
    "Fog hid the ships from the pilots, and the lamp of a lighthouse was all that the harbour saw.";
const BREAD: &str =
    "Bakers of the old town sold rye bread with caraway and salt at the market on every morning.";

async fn client(server: &TestServer) -> RelatedServiceClient<Channel> {
    RelatedServiceClient::new(server.channel().await)
}

async fn list(server: &TestServer, request: ListRelatedRequest) -> Result<ListRelatedResponse, Status> {
    Ok(client(server).await.list_related(request).await?.into_inner())
}

fn of_text(text: &str) -> ListRelatedRequest {
    ListRelatedRequest { text: text.to_owned(), ..ListRelatedRequest::default() }
}

fn of_source(id: &str) -> ListRelatedRequest {
    let source = proto::SourceName { id: id.to_owned(), ..proto::SourceName::default() };
    ListRelatedRequest { source: Some(source), ..ListRelatedRequest::default() }
}

fn ids(response: &ListRelatedResponse) -> Vec<&str> {
    response.sources.iter().map(|source| source.id.as_str()).collect()
}

async fn library() -> TestServer {
    let server = TestServer::start().await;
    fill(&mut server.corpus().await, &[("fog", FOG), ("pilots", PILOTS), ("bread", BREAD)]).await;
    server
}

#[tokio::test]
async fn sources_on_the_subject_come_first() {
    let server = library().await;
    let found = list(&server, of_source("fog")).await.unwrap();
    assert_eq!((ids(&found)[0], found.sources_in_scope), ("pilots", 2));
    let first = &found.sources[0];
    assert!(first.similarity > 0.2 && first.similarity <= 1.0, "{}", first.similarity);
    let excerpt = first.excerpt.as_ref().unwrap();
    let span = excerpt.span.unwrap();
    assert_eq!(excerpt.text, PILOTS);
    assert_eq!(&PILOTS[span.start as usize..span.end as usize], excerpt.text);
    assert_eq!((first.length.unwrap().words, first.length.unwrap().pages), (19, 1));
    let all: f64 = first.terms.iter().map(|term| term.contribution).sum();
    assert!(
        all <= first.similarity + 1e-9 && first.terms.is_sorted_by(|a, b| a.contribution >= b.contribution)
    );
    assert!(first.terms.iter().any(|term| term.term == "lighthouse"), "{:?}", first.terms);
    let again = list(&server, of_source("fog")).await.unwrap();
    assert_eq!(again, found);
}

#[tokio::test]
async fn near_copies_and_own_groups_can_be_left_out() {
    let server = library().await;
    let mut corpus = server.corpus().await;
    let copy = format!("{FOG} Nobody else was awake.");
    let group = "class 7".to_owned();
    for (id, text) in [("copy", copy.as_str()), ("mate", PILOTS)] {
        let mut request = add(id, text);
        request.source.as_mut().unwrap().group.clone_from(&group);
        corpus.add_source(request).await.unwrap();
    }
    let found = list(&server, of_text(FOG)).await.unwrap();
    assert_eq!(ids(&found)[..4], ["fog", "copy", "mate", "pilots"]);
    let found =
        list(&server, ListRelatedRequest { exclude_near_copies: true, ..of_text(FOG) }).await.unwrap();
    assert_eq!(ids(&found)[0], "mate");
    assert!(!ids(&found).contains(&"pilots"), "a copy of one that is listed");
    let found =
        list(&server, ListRelatedRequest { exclude_own_group: true, ..of_source("copy") }).await.unwrap();
    assert_eq!((ids(&found)[..2].to_vec(), found.sources_in_scope), (vec!["fog", "pilots"], 3));
    corpus
        .delete_source(proto::DeleteSourceRequest { id: "fog".to_owned(), ..Default::default() })
        .await
        .unwrap();
    let found = list(&server, of_text(FOG)).await.unwrap();
    assert!(!ids(&found).contains(&"fog"));
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused() {
    let server = library().await;
    for (request, code) in [
        (of_text(""), Code::InvalidArgument),
        (of_text("... !"), Code::InvalidArgument),
        (of_source("nobody"), Code::NotFound),
        (ListRelatedRequest { text: FOG.to_owned(), ..of_source("fog") }, Code::InvalidArgument),
        (ListRelatedRequest { exclude_own_group: true, ..of_text(FOG) }, Code::InvalidArgument),
        (ListRelatedRequest { offset_unit: 99, ..of_text(FOG) }, Code::InvalidArgument),
    ] {
        assert_eq!(list(&server, request).await.unwrap_err().code(), code);
    }
    let message = list(&server, of_text("... !")).await.unwrap_err().message().to_owned();
    assert!(message.contains("no words"), "{message}");
    assert_eq!(list(&server, of_text("word")).await.unwrap().sources, []);
}

#[tokio::test]
async fn the_scope_is_that_of_a_check() {
    let server = library().await;
    let mut corpus = server.corpus().await;
    for name in ["essays-1", "essays-2"] {
        let create = proto::CreateCollectionRequest { name: name.to_owned(), ..Default::default() };
        corpus.create_collection(create).await.unwrap();
        let mut request = add(name, PILOTS);
        request.collection = name.to_owned();
        let source = request.source.as_mut().unwrap();
        (source.group, source.labels) = (format!("group {name}"), vec!["label".to_owned()]);
        corpus.add_source(request).await.unwrap();
    }
    let scoped = |scope: proto::Scope| ListRelatedRequest { scope: Some(scope), ..of_text(FOG) };
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<String>>();
    let all = proto::Scope { all_collections: true, ..Default::default() };
    let prefix = proto::Scope { collection_prefixes: texts(&["essays-"]), ..Default::default() };
    for (scope, expected) in [
        (proto::Scope::default(), &["fog", "pilots"][..]),
        (proto::Scope { collections: texts(&["essays-2"]), ..Default::default() }, &["essays-2"]),
        (prefix.clone(), &["essays-1", "essays-2"]),
        (proto::Scope { exclude_groups: texts(&["group essays-1"]), ..prefix.clone() }, &["essays-2"]),
        (proto::Scope { include_groups: texts(&["group essays-1"]), ..prefix }, &["essays-1"]),
        (proto::Scope { exclude_labels: texts(&["label"]), ..all.clone() }, &["fog", "pilots"]),
        (proto::Scope { include_labels: texts(&["label"]), ..all.clone() }, &["essays-1", "essays-2"]),
        (
            proto::Scope { exclude_source_ids: texts(&["fog", "essays-1"]), ..all.clone() },
            &["pilots", "essays-2"],
        ),
    ] {
        let found = list(&server, scoped(scope.clone())).await.unwrap();
        let found: Vec<&str> = ids(&found).into_iter().filter(|id| *id != "bread").collect();
        assert_eq!(found, expected, "{scope:?}");
    }
    let limited = ListRelatedRequest { max_sources: 1, ..scoped(all.clone()) };
    assert_eq!(ids(&list(&server, limited).await.unwrap()), ["fog"]);
    // A part of the scope that has no effect is a warning.
    let mistyped = proto::Scope { exclude_groups: texts(&["nobody"]), ..all };
    let found = list(&server, scoped(mistyped)).await.unwrap();
    let fields: Vec<&str> = found.warnings.iter().map(|warning| warning.field.as_str()).collect();
    assert_eq!((fields, found.warnings_cut), (vec!["scope.exclude_groups[0]"], 0));
    let nothing = proto::Scope { include_groups: texts(&["nobody"]), ..Default::default() };
    let found = list(&server, scoped(nothing)).await.unwrap();
    assert_eq!((found.sources.len(), found.sources_in_scope), (0, 0));
    let missing = proto::Scope { collections: texts(&["missing"]), ..Default::default() };
    assert_eq!(list(&server, scoped(missing)).await.unwrap_err().code(), Code::NotFound);
}
