//! A server that receives SIGTERM stops in time, whatever its peers do, and keeps all that it acknowledged.
//!
//! Each round starts the real server on one data directory, has peers of all kinds hold streams open, and sends
//! SIGTERM. `PALIMPSEST_SHUTDOWN_ROUNDS` sets the number of rounds.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::proto::import_sources_response::Result as Imported;
use parking_lot::Mutex;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::harness::{check, figure, pass, source};
use crate::process::{Process, palimpsest};
use crate::raw::{Peer, WATCH};
use crate::words::Words;

const PAUSE: Duration = Duration::from_millis(100);
const DRAIN: Duration = Duration::from_secs(1);

/// Time for cut connections and for the snapshot, on a machine with other work.
const MARGIN: Duration = Duration::from_secs(4);

type Acknowledged = Arc<Mutex<BTreeSet<String>>>;

/// Imports sources without end, and records those that the server acknowledged.
async fn import(address: String, round: u64, acknowledged: Acknowledged) {
    let Ok(mut corpus) = CorpusServiceClient::connect(address).await else { return };
    let (sender, receiver) = tokio::sync::mpsc::channel(64);
    tokio::spawn(async move {
        for number in 0.. {
            let source = source(&format!("{round}-{number}"), &Words::new(round << 32 | number).text(80));
            let request = proto::ImportSourcesRequest { source: Some(source), ..Default::default() };
            if sender.send(request).await.is_err() {
                return;
            }
        }
    });
    let Ok(answers) = corpus.import_sources(ReceiverStream::new(receiver)).await else { return };
    let mut answers = answers.into_inner();
    while let Some(Ok(answer)) = answers.next().await {
        if let Some(Imported::Added(added)) = answer.result {
            acknowledged.lock().insert(added.id);
        }
    }
}

/// Sends submissions without end, through a stream that is never closed.
async fn check_all(address: String) {
    let Ok(mut detection) = DetectionServiceClient::connect(address).await else { return };
    let requests = tokio_stream::iter(0..).map(|number| proto::CheckStreamRequest {
        key: number.to_string(),
        check: Some(check(&Words::new(number).text(300))),
    });
    let Ok(answers) = detection.check_stream(requests).await else { return };
    let mut answers = answers.into_inner();
    while let Some(Ok(_)) = answers.next().await {}
}

/// Compares all sources again and again.
async fn compare_all(address: String) {
    let Ok(mut detection) = DetectionServiceClient::connect(address).await else { return };
    while let Ok(answers) = detection.compare_all(proto::CompareAllRequest::default()).await {
        let mut answers = answers.into_inner();
        while let Some(Ok(_)) = answers.next().await {}
    }
}

/// Watches the health, and never leaves.
async fn watch(address: String) {
    let Ok(channel) = Endpoint::from_shared(address).unwrap().connect().await else { return };
    let Ok(watched) = HealthClient::new(channel).watch(HealthCheckRequest::default()).await else { return };
    let mut watched = watched.into_inner();
    while watched.next().await.is_some() {}
}

/// Opens connections that send nothing, that make no call, and that make calls and never read.
fn hold(address: SocketAddr) -> Vec<Peer> {
    let mut deaf = Peer::connect(address);
    for call in 0..50 {
        deaf.call(2 * call + 1, WATCH).unwrap();
    }
    let mut export = Peer::connect(address);
    export.call(1, "/palimpsest.v1.AdminService/Backup").unwrap();
    export.call(3, "/palimpsest.v1.AdminService/ExportSources").unwrap();
    vec![Peer::silent(address), Peer::connect(address), deaf, export]
}

/// All ids of the corpus.
async fn ids(address: &str) -> BTreeSet<String> {
    let mut corpus = CorpusServiceClient::connect(address.to_owned()).await.unwrap();
    let (mut found, mut page_token) = (BTreeSet::new(), String::new());
    loop {
        let request = proto::ListSourcesRequest { page_size: 1000, page_token, ..Default::default() };
        let page = corpus.list_sources(request).await.unwrap().into_inner();
        found.extend(page.sources.into_iter().map(|source| source.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}

async fn start(folder: &std::path::Path) -> Process {
    let mut command = palimpsest();
    command.args(["serve", "--drain-pause-ms", &PAUSE.as_millis().to_string()]);
    command.args(["--drain-seconds", &DRAIN.as_secs().to_string(), "--data-dir"]).arg(folder);
    Process::start_command(command).await
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures of a long run")]
async fn a_stop_ends_in_time_whatever_peers_do_and_nothing_acknowledged_is_lost() {
    let rounds = figure("PALIMPSEST_SHUTDOWN_ROUNDS", 3);
    let folder = tempfile::tempdir().unwrap();
    let acknowledged = Acknowledged::default();
    let (mut moment, mut took) = (Words::new(rounds), Vec::new());
    for round in 0..=rounds {
        let server = start(folder.path()).await;
        let there = ids(&server.address).await;
        let lost: Vec<_> = acknowledged.lock().difference(&there).cloned().collect();
        assert!(lost.is_empty(), "round {round}: {lost:?} were acknowledged and are not there");
        if round == rounds {
            break;
        }
        let address: SocketAddr = server.address.trim_start_matches("http://").parse().unwrap();
        let to = || server.address.clone();
        let mut peers = vec![
            tokio::spawn(import(to(), round, Arc::clone(&acknowledged))),
            tokio::spawn(check_all(to())),
            tokio::spawn(compare_all(to())),
            tokio::spawn(watch(to())),
        ];
        let held = tokio::task::spawn_blocking(move || hold(address)).await.unwrap();
        pass(Duration::from_millis(50 + moment.below(300) as u64)).await;
        let begun = Instant::now();
        let status = tokio::task::spawn_blocking(move || server.stop()).await.unwrap();
        took.push(begun.elapsed());
        assert_eq!(status.code(), Some(0), "round {round}");
        assert!(took[took.len() - 1] < PAUSE + DRAIN + MARGIN, "round {round}: {:?}", took[took.len() - 1]);
        drop(held);
        for peer in peers.drain(..) {
            // Each peer notices that its connection was cut.
            tokio::time::timeout(Duration::from_secs(10), peer).await.unwrap().unwrap();
        }
    }
    took.sort_unstable();
    let (median, most) = (took[took.len() / 2], took[took.len() - 1]);
    let acknowledged = acknowledged.lock().len();
    println!(
        "{rounds} stops: {median:?} at the median, {most:?} at most; {acknowledged} acknowledged, 0 lost"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_nobody_who_makes_no_call() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = palimpsest();
    command
        .args(["serve", "--drain-pause-ms", "0", "--drain-seconds", "60", "--data-dir"])
        .arg(folder.path());
    let server = Process::start_command(command).await;
    let address: SocketAddr = server.address.trim_start_matches("http://").parse().unwrap();
    let watching = tokio::spawn(watch(server.address.clone()));
    let _idle = Endpoint::from_shared(server.address.clone()).unwrap().connect().await.unwrap();
    let _held = (Peer::silent(address), Peer::connect(address));
    pass(Duration::from_millis(200)).await;
    let begun = Instant::now();
    let status = tokio::task::spawn_blocking(move || server.stop()).await.unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    watching.await.unwrap();
}
