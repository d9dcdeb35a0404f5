//! What a cluster answers is what one server answers.

use palimpsest::proto;
use prost::Message as _;

use super::rig::{Rig, has_nats, prose, source};
use crate::harness::TestServer;

/// Sources of the collections of the test.
const SOURCES: u64 = 60;

const COLLECTIONS: [&str; 3] = ["", "essays", "sheets"];

/// A submission with passages of some sources, exact and altered, and a passage of a boilerplate sheet.
fn submission(salt: u64) -> String {
    let mut words = prose(salt + 900, 60);
    for number in (salt..SOURCES).step_by(7) {
        let mut copied = prose(number + 1, 120)[20..70].to_vec();
        if number % 2 == 0 {
            copied.chunks_exact_mut(4).for_each(|some| some.swap(0, 2));
            copied.iter_mut().step_by(6).for_each(|word| "another".clone_into(word));
        }
        words.extend(copied);
        words.extend(prose(salt * 31 + number, 25));
    }
    words.join(" ")
}

/// Requests of many kinds.
fn requests() -> Vec<proto::CheckRequest> {
    let scopes = [
        proto::Scope::default(),
        proto::Scope { collections: vec!["essays".to_owned()], ..proto::Scope::default() },
        proto::Scope {
            collection_prefixes: vec!["e".to_owned(), "none".to_owned()],
            ..proto::Scope::default()
        },
        proto::Scope {
            all_collections: true,
            exclude_groups: vec!["a".to_owned(), "nobody".to_owned()],
            exclude_source_ids: vec!["source 007".to_owned()],
            ..proto::Scope::default()
        },
    ];
    let options = [
        proto::DetectionOptions { include_excerpts: true, ..proto::DetectionOptions::default() },
        proto::DetectionOptions {
            mode: proto::DetectionMode::VerbatimOnly.into(),
            offset_unit: proto::OffsetUnit::CodePoints.into(),
            exclusions: Some(proto::Exclusions {
                boilerplate_collections: vec!["sheets".to_owned()],
                own_groups: vec!["b".to_owned()],
                ..proto::Exclusions::default()
            }),
            ..proto::DetectionOptions::default()
        },
    ];
    let mut requests = Vec::new();
    for (salt, scope) in (1..).zip(&scopes) {
        for options in &options {
            requests.push(proto::CheckRequest {
                text: submission(salt),
                scope: Some(scope.clone()),
                options: Some(options.clone()),
                ..proto::CheckRequest::default()
            });
        }
    }
    requests
}

/// A report without its revisions: one server and a cluster count changes differently.
fn without_revisions(report: &proto::Report) -> proto::Report {
    proto::Report { corpus_revision: 0, partition_revisions: Vec::new(), ..report.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_the_same_bytes_from_every_node_and_from_one_server() {
    if !has_nats() {
        return;
    }
    let mut rig = Rig::start(3, &["1/3", "2/3", "3/3", "1/3"]).await;
    let alone = rig.one_server().await;
    let mut to_alone = alone.corpus().await;
    for name in &COLLECTIONS[1..] {
        let create = || proto::CreateCollectionRequest {
            name: (*name).to_owned(),
            ..proto::CreateCollectionRequest::default()
        };
        rig.corpus(0).await.create_collection(create()).await.unwrap();
        to_alone.create_collection(create()).await.unwrap();
    }
    for number in 0..SOURCES {
        let collection = COLLECTIONS[usize::try_from(number % 3).unwrap()];
        let node = usize::try_from(number % 4).unwrap();
        let there = rig.corpus(node).await.add_source(source(collection, number)).await.unwrap().into_inner();
        let here = to_alone.add_source(source(collection, number)).await.unwrap().into_inner();
        assert_eq!(counts(&there), counts(&here));
    }
    let mut detection = alone.detection().await;
    for request in requests() {
        let expected = detection.check(request.clone()).await.unwrap().into_inner().report.unwrap();
        assert!(expected.sources_found > 0 && expected.partition_revisions.is_empty());
        let mut first: Option<proto::Report> = None;
        for node in 0..4 {
            let answer = rig.detection(node).await.check(request.clone()).await.unwrap();
            let report = answer.into_inner().report.unwrap();
            assert_eq!(report.partition_revisions.len(), 4);
            let same =
                without_revisions(&report).encode_to_vec() == without_revisions(&expected).encode_to_vec();
            assert!(same, "node {node}: {report:#?}\none server: {expected:#?}");
            let first = first.get_or_insert_with(|| report.clone());
            assert_eq!(first.encode_to_vec(), report.encode_to_vec(), "node {node}");
        }
    }
    lists_are_the_same(&rig, &alone).await;
    sources_are_checked(&rig, &alone).await;
    backup_is_not_offered(&rig).await;
}

/// The counts of a source that was added.
fn counts(added: &proto::AddSourceResponse) -> (bool, u64, u64, u64) {
    let stats = added.stats.unwrap();
    (added.replaced, stats.words, stats.fingerprints, stats.text_bytes)
}

async fn lists_are_the_same(rig: &Rig, alone: &TestServer) {
    let mut here = alone.corpus().await;
    for node in 0..4 {
        let mut there = rig.corpus(node).await;
        let mut token = String::new();
        loop {
            let request = proto::ListSourcesRequest {
                collection: "essays".to_owned(),
                page_size: 7,
                page_token: token,
                ..proto::ListSourcesRequest::default()
            };
            let expected = here.list_sources(request.clone()).await.unwrap().into_inner();
            let listed = there.list_sources(request).await.unwrap().into_inner();
            let ids = |page: &proto::ListSourcesResponse| -> Vec<String> {
                page.sources.iter().map(|source| source.id.clone()).collect()
            };
            assert_eq!(ids(&listed), ids(&expected));
            assert_eq!(listed.next_page_token, expected.next_page_token);
            token = listed.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        let request = proto::ListCollectionsRequest::default();
        let expected = here.list_collections(request.clone()).await.unwrap().into_inner();
        let listed = there.list_collections(request).await.unwrap().into_inner();
        let stats = |page: proto::ListCollectionsResponse| -> Vec<_> {
            let of = |one: proto::Collection| {
                let stats = one.stats.unwrap();
                (one.name, stats.sources, stats.words, stats.fingerprints, stats.text_bytes)
            };
            page.collections.into_iter().map(of).collect()
        };
        assert_eq!(stats(listed), stats(expected));
    }
}

/// A stored source takes the part of the submission, on the nodes that hold it and on others.
async fn sources_are_checked(rig: &Rig, alone: &TestServer) {
    for number in [3, 4, 5] {
        let source = proto::SourceName {
            collection: COLLECTIONS[usize::try_from(number % 3_u64).unwrap()].to_owned(),
            id: format!("source {number:03}"),
        };
        let request = proto::CheckRequest {
            source: Some(source),
            scope: Some(proto::Scope { all_collections: true, ..proto::Scope::default() }),
            ..proto::CheckRequest::default()
        };
        let expected = alone.detection().await.check(request.clone()).await.unwrap().into_inner();
        for node in 0..4 {
            let found = rig.detection(node).await.check(request.clone()).await.unwrap().into_inner();
            let [found, expected] =
                [found.report.unwrap(), expected.report.clone().unwrap()].map(|one| without_revisions(&one));
            assert_eq!(found, expected);
        }
    }
}

async fn backup_is_not_offered(rig: &Rig) {
    let mut refused = rig.admin(0).await.backup(proto::BackupRequest {}).await.unwrap().into_inner();
    let refused = refused.message().await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unimplemented, "{refused:?}");
    assert!(refused.message().contains("palimpsest cluster export"), "{refused:?}");
}
