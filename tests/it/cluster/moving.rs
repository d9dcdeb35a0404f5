//! A whole corpus into a cluster and out of it.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use tonic::transport::Channel;

use super::rig::{Rig, has_nats, prose, source};
use crate::process::{Process, run, said};

const SOURCES: u64 = 40;

const COLLECTIONS: [&str; 3] = ["", "essays", "empty"];

/// A source with everything that may be known of one.
fn full(number: u64) -> proto::AddSourceRequest {
    let mut request = source(COLLECTIONS[usize::try_from(number % 2).unwrap()], number);
    let known = request.source.as_mut().unwrap();
    known.uri = format!("https://example.org/{number}");
    known.submitted_at = Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 5 });
    known.metadata = [("course".to_owned(), "näive \u{1f600}".to_owned())].into();
    if number.is_multiple_of(3) {
        let span = Some(proto::Span { start: 0, end: 0 });
        let page = proto::DocumentPage { number: 1, label: "i".to_owned(), span };
        let kind = proto::PageKind::Chapter.into();
        known.pages = Some(proto::DocumentPages { kind, count: 3, pages: vec![page] });
    }
    request
}

/// All that is known of the sources of a collection, but for times and revisions.
async fn sources(corpus: &mut CorpusServiceClient<Channel>, collection: &str) -> Vec<proto::Source> {
    let mut found = Vec::new();
    for number in 0..SOURCES {
        let request = proto::GetSourceRequest {
            collection: collection.to_owned(),
            id: format!("source {number:03}"),
            include_text: true,
            ..proto::GetSourceRequest::default()
        };
        if let Ok(response) = corpus.get_source(request).await {
            let source = response.into_inner().source.unwrap();
            found.push(proto::Source { stats: None, created_at: None, updated_at: None, ..source });
        }
    }
    found
}

/// The names of the collections, with their settings and numbers of sources.
async fn collections(corpus: &mut CorpusServiceClient<Channel>) -> Vec<(String, u32, u32, u64)> {
    let listed = corpus.list_collections(proto::ListCollectionsRequest::default()).await.unwrap();
    let of =
        |one: proto::Collection| (one.name, one.kgram_tokens, one.window_kgrams, one.stats.unwrap().sources);
    listed.into_inner().collections.into_iter().map(of).collect()
}

async fn report(address: &str) -> proto::Report {
    let mut detection = DetectionServiceClient::connect(address.to_owned()).await.unwrap();
    let words = [prose(4, 120)[10..60].to_vec(), prose(99, 40), prose(9, 120)[30..90].to_vec()].concat();
    let request = proto::CheckRequest {
        text: words.join(" "),
        scope: Some(proto::Scope { all_collections: true, ..proto::Scope::default() }),
        ..proto::CheckRequest::default()
    };
    let report = detection.check(request).await.unwrap().into_inner().report.unwrap();
    proto::Report { corpus_revision: 0, partition_revisions: Vec::new(), ..report }
}

/// Runs `palimpsest cluster ...` with a data directory, and gives its exit code and what it said.
fn cluster(action: &str, data: &Path, server: &str) -> (Option<i32>, String) {
    let arguments = ["cluster", action, "--data-dir"].map(OsStr::new);
    let output = run(&[arguments.as_slice(), &[data.as_os_str()]].concat(), server);
    (output.status.code(), said(&output))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corpus_goes_out_and_in() {
    if !has_nats() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // What one node acknowledged, another writes.
    let rig = Rig::start_with(1, &["1/2", "2/2"], &["--cluster-reads", "strict"]).await;
    let mut corpus = rig.corpus(0).await;
    for (name, kgram_tokens) in [("essays", 4), ("empty", 7)] {
        let create = proto::CreateCollectionRequest {
            name: name.to_owned(),
            kgram_tokens: Some(kgram_tokens),
            ..proto::CreateCollectionRequest::default()
        };
        corpus.create_collection(create).await.unwrap();
    }
    for number in 0..SOURCES {
        corpus.add_source(full(number)).await.unwrap();
    }
    let (code, output) = cluster("export", &data, &rig.node(1).address);
    assert_eq!(code, Some(0), "{output}");
    assert!(output.contains("Wrote 40 sources in 3 collections"), "{output}");
    let again = cluster("export", &data, &rig.node(1).address);
    assert!(again.0 == Some(1) && again.1.contains("not empty"), "{again:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let server = Process::start(&data).await;
    let mut alone = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    assert_eq!(collections(&mut alone).await, collections(&mut corpus).await);
    for name in COLLECTIONS {
        assert_eq!(sources(&mut alone, name).await, sources(&mut corpus, name).await, "{name}");
    }
    let expected = report(&server.address).await;
    assert!(expected.sources_found >= 2);
    assert_eq!(report(&rig.node(0).address).await, expected);
    let in_use = cluster("import", &data, &rig.node(0).address);
    assert!(in_use.0 == Some(1) && in_use.1.contains("in use"), "{in_use:?}");
    drop(alone);
    server.stop();

    goes_in(&data, &expected).await;
}

/// The data directory goes into another cluster, and again, and not into one with other settings.
async fn goes_in(data: &Path, expected: &proto::Report) {
    let rig = Rig::start(1, &["1/2", "2/2"]).await;
    let mut corpus = rig.corpus(0).await;
    let other = |kgram_tokens| proto::CreateCollectionRequest {
        name: "essays".to_owned(),
        kgram_tokens: Some(kgram_tokens),
        ..proto::CreateCollectionRequest::default()
    };
    corpus.create_collection(other(9)).await.unwrap();
    let (code, output) = cluster("import", data, &rig.node(0).address);
    assert!(code == Some(1) && output.contains("with k = 9"), "{output}");
    assert_eq!(collections(&mut corpus).await.len(), 2);
    let delete = proto::DeleteCollectionRequest {
        name: "essays".to_owned(),
        ..proto::DeleteCollectionRequest::default()
    };
    corpus.delete_collection(delete).await.unwrap();

    let (code, output) = cluster("import", data, &rig.node(0).address);
    assert_eq!(code, Some(0), "{output}");
    assert!(
        output.contains("Created collection essays") && output.contains("Created collection empty"),
        "{output}"
    );
    assert_eq!(report(&rig.node(0).address).await, *expected);
    let (code, output) = cluster("import", data, &rig.node(1).address);
    assert_eq!(code, Some(0), "{output}");
    assert!(output.contains("Skipped 20 sources that were there already"), "{output}");
    let counts: Vec<u64> = collections(&mut corpus).await.into_iter().map(|one| one.3).collect();
    assert_eq!(counts, [20, 0, 20]);
}
