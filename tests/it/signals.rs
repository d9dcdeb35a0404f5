//! Signals and bursts of connections, handled as operators expect.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use palimpsest::proto::corpus_service_client::CorpusServiceClient;

use crate::certificates::Authority;
use crate::harness::{TestServer, eventually_blocking, source};
use crate::process::{Process, palimpsest};
use crate::watched::Watched;
use crate::words::Words;

fn signal(id: u32, signal: &str) {
    assert!(Command::new("kill").args([signal, &id.to_string()]).status().unwrap().success());
}

fn create_key(keys: &Path, name: &str) {
    let mut command = palimpsest();
    command.args(["key", "create", "--role", "admin", "--collection", "*", "--name", name, "--keys"]);
    let created = command.arg(keys).output().unwrap();
    assert!(created.status.success(), "{created:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_sighup_keys_and_certificates_are_read_again_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    create_key(&keys, "one");
    let pair = Authority::new().pair_until("localhost", 2099);
    let (certificate, private_key) = pair.write(folder.path(), "server");
    let server = Watched::start_silent(&[
        "--in-memory",
        "--keys",
        keys.to_str().unwrap(),
        "--tls-certificate",
        certificate.to_str().unwrap(),
        "--tls-private-key",
        private_key.to_str().unwrap(),
    ])
    .await;
    // The files have not changed, so that only the signal makes the server read them.
    signal(server.id(), "-HUP");
    server.line(|line| line["message"] == "the keys were read again").await;
    server.line(|line| line["message"] == "new certificates are in force").await;
    // An error is logged, and the previous keys stay in force.
    std::fs::write(&keys, "nonsense\n").unwrap();
    signal(server.id(), "-HUP");
    server.line(|line| line["message"].as_str().unwrap().starts_with("the keys can't be read again")).await;
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sighup_ends_no_server_that_has_nothing_to_read_again() {
    let server = Watched::start(&["--in-memory"]).await;
    for _ in 0..20 {
        signal(server.id(), "-HUP");
    }
    server.line(|line| line["message"].as_str().unwrap().starts_with("SIGHUP")).await;
    let (status, log) = server.stop();
    assert!(status.success(), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sighup_while_the_corpus_is_opened_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Process::start(folder.path()).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    let items = (0..1500).map(|number| palimpsest::proto::ImportSourcesRequest {
        source: Some(source(&format!("s{number}"), &Words::new(number).text(900))),
        ..Default::default()
    });
    let mut answers = corpus.import_sources(tokio_stream::iter(items)).await.unwrap().into_inner();
    while answers.message().await.unwrap().is_some() {}
    // Without a snapshot, opening takes a while.
    server.kill();
    let mut command = palimpsest();
    command.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--data-dir"]);
    let mut server = command.arg(folder.path()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let (mut signals, mut is_open) = (0, false);
    for line in lines.by_ref().map_while(Result::ok) {
        if line.contains("\"the corpus is open\"") {
            is_open = true;
            break;
        }
        signal(server.id(), "-HUP");
        signals += 1;
    }
    assert!(is_open && signals > 0, "open: {is_open}, {signals} signals");
    std::thread::spawn(move || lines.for_each(drop));
    signal(server.id(), "-TERM");
    assert!(wait(&mut server).success());
}

fn wait(child: &mut Child) -> std::process::ExitStatus {
    let mut status = None;
    eventually_blocking("the process ends", || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap()
}

/// A server whose log has no reader goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_ends_nothing() {
    let mut command = palimpsest();
    command.args(["serve", "--in-memory", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    let mut server = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(&line).ok()?;
        (line["message"] == "listening").then(|| line["address"].as_str().unwrap().to_owned())
    });
    drop(lines);
    let address = format!("http://{}", address.unwrap());
    for _ in 0..3 {
        let stats = palimpsest().arg("stats").env("PALIMPSEST_SERVER", &address).output().unwrap();
        assert!(stats.status.success(), "{stats:?}");
    }
    signal(server.id(), "-HUP");
    signal(server.id(), "-TERM");
    assert!(wait(&mut server).success());
}

/// Number of connections in a burst.
const BURST: usize = 500;

/// Time for one connection when none is accepted. One that finds the backlog full is tried again after a second.
const AT_ONCE: Duration = Duration::from_millis(900);

/// Connects repeatedly while the server does nothing, so that only the operating system accepts the connections.
fn burst(address: SocketAddr) -> Vec<TcpStream> {
    let connect = |number| {
        let begun = Instant::now();
        let stream = TcpStream::connect_timeout(&address, AT_ONCE);
        stream.unwrap_or_else(|error| panic!("connection {number}, after {:?}: {error}", begun.elapsed()))
    };
    (0..BURST).map(connect).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_connections_is_taken_at_once() {
    let server = Watched::start(&["--in-memory"]).await;
    let (grpc, metrics) = (server.address(), server.metrics_address());
    signal(server.id(), "-STOP");
    let connections = [burst(grpc), burst(metrics)];
    signal(server.id(), "-CONT");
    drop(connections);
    assert!(server.stop().0.success());
}

/// The runtime has one thread, so that the server does nothing while this test connects.
#[tokio::test]
async fn so_it_is_by_a_listener_that_is_handed_in() {
    let server = TestServer::start().await;
    server.channel().await;
    drop(burst(server.address));
}
