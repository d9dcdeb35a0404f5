//! Calls that gather more than a check does: pairs, all pairs, related sources, verification. The answers are those of one server.

use std::fs;
use std::path::{Path, PathBuf};

use palimpsest::proto;
use palimpsest::proto::compare_all_response::Event;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::proto::related_service_client::RelatedServiceClient;
use tonic::Code;
use tonic::transport::Channel;

use super::rig::{Rig, has_nats, prose};
use crate::harness::TestServer;

/// Sources of the test, in two collections; three at a time share a passage.
const SOURCES: u64 = 45;

fn text(number: u64) -> String {
    let mut words = prose(number + 1, 30);
    let mut shared = prose(number / 3 + 500, 24);
    if number % 3 == 1 {
        shared.chunks_exact_mut(4).for_each(|some| some.swap(0, 2));
    }
    words.splice(10..10, shared);
    words.join(" ")
}

fn collection(number: u64) -> String {
    ["essays", "reports"][usize::try_from(number % 5 / 4).unwrap()].to_owned()
}

fn name(number: u64) -> proto::SourceName {
    proto::SourceName { collection: collection(number), id: format!("source {number:03}") }
}

fn add(number: u64) -> proto::AddSourceRequest {
    let source = proto::Source {
        id: name(number).id,
        title: format!("Title {number}"),
        group: ["", "a", "b"][usize::try_from(number % 3).unwrap()].to_owned(),
        text: text(number),
        ..proto::Source::default()
    };
    proto::AddSourceRequest { collection: collection(number), source: Some(source), ..Default::default() }
}

/// Three nodes of three groups, and one server, with the same sources.
async fn both() -> (Rig, TestServer) {
    let mut rig = Rig::start(1, &["1/3", "2/3", "3/3"]).await;
    let alone = rig.one_server().await;
    let (mut there, mut here) = (rig.corpus(0).await, alone.corpus().await);
    for (name, kgram_tokens) in [("essays", 5), ("reports", 4), ("sheets", 5)] {
        let create = proto::CreateCollectionRequest {
            name: name.to_owned(),
            kgram_tokens: Some(kgram_tokens),
            ..proto::CreateCollectionRequest::default()
        };
        there.create_collection(create.clone()).await.unwrap();
        here.create_collection(create).await.unwrap();
    }
    let sheet = proto::AddSourceRequest {
        collection: "sheets".to_owned(),
        source: Some(proto::Source {
            id: "sheet".to_owned(),
            text: prose(503, 24)[..14].join(" "),
            ..proto::Source::default()
        }),
        ..proto::AddSourceRequest::default()
    };
    for request in (0..SOURCES).map(add).chain([sheet]) {
        there.add_source(request.clone()).await.unwrap();
        here.add_source(request).await.unwrap();
    }
    (rig, alone)
}

fn boilerplate() -> Option<proto::Exclusions> {
    Some(proto::Exclusions {
        boilerplate_collections: vec!["sheets".to_owned()],
        ..proto::Exclusions::default()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gathered_is_what_one_server_has() {
    if !has_nats() {
        return;
    }
    let (rig, alone) = both().await;
    for node in 0..3 {
        two_sources(&mut rig.detection(node).await, &mut alone.detection().await).await;
        all_pairs(&mut rig.detection(node).await, &mut alone.detection().await).await;
        let related = RelatedServiceClient::new(alone.channel().await);
        related_sources(rig.related(node).await, related).await;
    }
}

async fn two_sources(
    there: &mut DetectionServiceClient<Channel>,
    here: &mut DetectionServiceClient<Channel>,
) {
    let without_revisions = |response: proto::ComparePairResponse| proto::Report {
        corpus_revision: 0,
        partition_revisions: Vec::new(),
        ..response.report.unwrap()
    };
    let mut found = 0;
    for (one, other) in [(0, 1), (1, 0), (3, 4), (4, 5), (9, 10), (9, 11), (2, 40)] {
        let verbatim = proto::DetectionOptions {
            mode: proto::DetectionMode::VerbatimOnly.into(),
            exclusions: boilerplate(),
            ..proto::DetectionOptions::default()
        };
        for options in [None, Some(verbatim)] {
            let request =
                proto::ComparePairRequest { submission: Some(name(one)), source: Some(name(other)), options };
            let expected = here.compare_pair(request.clone()).await.unwrap().into_inner();
            let report = there.compare_pair(request).await.unwrap().into_inner();
            assert_eq!(report.report.as_ref().unwrap().partition_revisions.len(), 4);
            found += report.report.as_ref().unwrap().sources_found;
            assert_eq!(without_revisions(report), without_revisions(expected), "{one} and {other}");
        }
    }
    assert!(found >= 4, "{found}");
    let same = proto::ComparePairRequest {
        submission: Some(name(1)),
        source: Some(name(1)),
        ..proto::ComparePairRequest::default()
    };
    assert_eq!(there.compare_pair(same).await.unwrap_err().code(), Code::InvalidArgument);
    let missing = proto::ComparePairRequest {
        submission: Some(name(1)),
        source: Some(proto::SourceName { id: "nothing".to_owned(), ..name(1) }),
        ..proto::ComparePairRequest::default()
    };
    assert_eq!(there.compare_pair(missing).await.unwrap_err().code(), Code::NotFound);
}

/// The pairs, clusters and the summary, without its revision.
async fn events(
    detection: &mut DetectionServiceClient<Channel>,
    request: proto::CompareAllRequest,
) -> Vec<Event> {
    let mut stream = detection.compare_all(request).await.unwrap().into_inner();
    let mut events = Vec::new();
    while let Some(response) = stream.message().await.unwrap() {
        match response.event.unwrap() {
            Event::Progress(_) => {}
            Event::Summary(summary) => {
                events.push(Event::Summary(proto::PairsSummary { corpus_revision: 0, ..summary }));
            }
            event => events.push(event),
        }
    }
    events
}

async fn all_pairs(there: &mut DetectionServiceClient<Channel>, here: &mut DetectionServiceClient<Channel>) {
    let options = [
        proto::PairOptions::default(),
        proto::PairOptions {
            min_coverage_percent: Some(0.0),
            exclusions: boilerplate(),
            exclude_groups: vec!["b".to_owned(), "nobody".to_owned()],
            ..proto::PairOptions::default()
        },
    ];
    for options in options {
        for collection in ["essays", "reports"] {
            let request = proto::CompareAllRequest {
                collection: collection.to_owned(),
                options: Some(options.clone()),
            };
            let (found, expected) = (events(there, request.clone()).await, events(here, request).await);
            assert!(collection == "reports" || found.len() > 5, "{found:?}");
            assert_eq!(found, expected, "{collection}");
        }
    }
    let own = proto::CompareAllRequest {
        collection: "sheets".to_owned(),
        options: Some(proto::PairOptions { exclusions: boilerplate(), ..proto::PairOptions::default() }),
    };
    let mut refused = there.compare_all(own).await.unwrap().into_inner();
    assert_eq!(refused.message().await.unwrap_err().code(), Code::InvalidArgument);
}

async fn related_sources(mut there: RelatedServiceClient<Channel>, mut here: RelatedServiceClient<Channel>) {
    let everywhere = Some(proto::Scope { all_collections: true, ..proto::Scope::default() });
    let within = Some(proto::Scope {
        collection_prefixes: vec!["ess".to_owned(), "none".to_owned()],
        exclude_groups: vec!["a".to_owned(), "nobody".to_owned()],
        ..proto::Scope::default()
    });
    let mut requests = Vec::new();
    for (number, scope) in [(0, &everywhere), (9, &within), (14, &everywhere)] {
        for (exclude_near_copies, max_sources) in [(false, 7), (true, 3)] {
            let of_text = proto::ListRelatedRequest {
                text: text(number),
                scope: scope.clone(),
                exclude_near_copies,
                max_sources,
                ..proto::ListRelatedRequest::default()
            };
            let of_source = proto::ListRelatedRequest {
                text: String::new(),
                source: Some(name(number)),
                exclude_own_group: exclude_near_copies,
                ..of_text.clone()
            };
            requests.extend([of_text, of_source]);
        }
    }
    for request in requests {
        let [found, expected] = [
            there.list_related(request.clone()).await.unwrap().into_inner(),
            here.list_related(request.clone()).await.unwrap().into_inner(),
        ]
        .map(|mut response| {
            response.corpus_revision = 0;
            response
        });
        assert!(!found.sources.is_empty());
        assert_eq!(found, expected, "{request:?}");
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Changes every third byte of the texts of a node.
fn damage(data: &Path) {
    let is_text = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "texts");
    for file in files(data).into_iter().filter(is_text) {
        let mut bytes = fs::read(&file).unwrap();
        let length = bytes.len();
        bytes.iter_mut().skip(length / 2).step_by(3).for_each(|byte| *byte ^= 0x55);
        fs::write(&file, bytes).unwrap();
    }
}

async fn verified(rig: &Rig, node: usize) -> proto::VerifyResponse {
    let mut stream = rig.admin(node).await.verify(proto::VerifyRequest {}).await.unwrap().into_inner();
    let mut whole = proto::VerifyResponse::default();
    while let Some(response) = stream.message().await.unwrap() {
        let mut findings = std::mem::take(&mut whole.findings);
        findings.extend(response.findings.clone());
        whole = proto::VerifyResponse { findings, ..response };
    }
    assert!(whole.is_complete);
    whole
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_of_each_group_verifies_its_disk() {
    if !has_nats() {
        return;
    }
    let rig = Rig::start_with(1, &["1/2", "2/2"], &["--text-cache-bytes", "0"]).await;
    let mut corpus = rig.corpus(0).await;
    for number in 0..40 {
        let request = proto::AddSourceRequest { collection: String::new(), ..add(number) };
        corpus.add_source(request).await.unwrap();
    }
    for node in 0..2 {
        let whole = verified(&rig, node).await;
        assert_eq!((whole.sources, whole.of_sources, whole.findings), (40, 40, Vec::new()));
    }
    damage(&rig.data(1));
    let said: serde_json::Value =
        serde_json::from_slice(&fs::read(rig.data(1).join("node.json")).unwrap()).unwrap();
    let of_node = format!("node {}", said["node"].as_str().unwrap());
    for node in 0..2 {
        let whole = verified(&rig, node).await;
        assert!(!whole.findings.is_empty());
        let named = |finding: &proto::VerifyFinding| finding.problem.starts_with(&of_node);
        assert!(whole.findings.iter().all(named), "{of_node}: {:?}", whole.findings);
    }
}
