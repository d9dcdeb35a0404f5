//! A real server on a free loopback port, and clients for it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use palimpsest::contained::{Program, set_program};
use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::server::{ServeError, Settings, Storage, WorkSettings, run};
use palimpsest::{Error, StoreError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

/// Time within which a condition that a test waits for has to hold, on a machine with other work.
const PATIENCE: Duration = Duration::from_secs(20);

/// Interval between two looks at a condition.
const INTERVAL: Duration = Duration::from_millis(5);

/// Time after which the server has read a watched file again, whether or not it is valid.
pub const RELOADED: Duration = Duration::from_millis(1200);

/// The value of an environment variable by which `.ci/long` sets the length of a test, or `ordinary` if it is not
/// set.
pub fn figure(variable: &str, ordinary: u64) -> u64 {
    std::env::var(variable).map_or(ordinary, |figure| figure.parse().unwrap())
}

/// Waits until a condition holds. Fails when it does not within [`PATIENCE`].
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "this did not happen within {PATIENCE:?}: {what}");
        tokio::time::sleep(INTERVAL).await;
    }
}

/// The same as [`eventually`], for a condition that blocks.
pub fn eventually_blocking(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "this did not happen within {PATIENCE:?}: {what}");
        std::thread::sleep(INTERVAL);
    }
}

/// Opens a data directory. When another test has just forked, its child has all our files and locks for some milliseconds,
/// until it executes another program.
pub fn opened<T>(mut open: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    let mut opened = None;
    eventually_blocking("the data directory is free", || {
        let outcome = open();
        let is_free = !matches!(outcome, Err(Error::Store(StoreError::InUse { .. })));
        opened = Some(outcome);
        is_free
    });
    opened.unwrap()
}

/// Waits for a time in which nothing may happen, or for which an attack lasts. There is no condition to wait for.
pub async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Has documents read by the program, as this one does not know how to. Servers that have started can read them, too.
pub fn read_documents() {
    set_program(Program::At(env!("CARGO_BIN_EXE_palimpsest").into()));
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

pub struct TestServer {
    pub address: SocketAddr,
    pub shutdown: CancellationToken,
    pub served: JoinHandle<Result<(), ServeError>>,
}

impl TestServer {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let storage = Storage::InMemory;
        let (drain_pause, drain) = (Duration::from_millis(50), Duration::from_secs(20));
        let work = WorkSettings { drain_pause, drain, ..WorkSettings::default() };
        let mut settings = Settings { storage, work, ..Settings::default() };
        change(&mut settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let signal = shutdown.clone();
        let served = tokio::spawn(async move { run(listener, &settings, signal).await });
        Self { address, shutdown, served }
    }

    pub async fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap()
    }

    pub async fn corpus(&self) -> CorpusServiceClient<Channel> {
        CorpusServiceClient::new(self.channel().await).max_decoding_message_size(64 << 20)
    }

    pub async fn detection(&self) -> DetectionServiceClient<Channel> {
        DetectionServiceClient::new(self.channel().await).max_decoding_message_size(64 << 20)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.shutdown.cancel();
        self.served.abort();
    }
}

pub fn source(id: &str, text: &str) -> proto::Source {
    proto::Source { id: id.to_owned(), text: text.to_owned(), ..proto::Source::default() }
}

pub fn add(id: &str, text: &str) -> proto::AddSourceRequest {
    proto::AddSourceRequest { source: Some(source(id, text)), ..proto::AddSourceRequest::default() }
}

pub fn check(text: &str) -> proto::CheckRequest {
    proto::CheckRequest { text: text.to_owned(), ..proto::CheckRequest::default() }
}

/// Adds sources to `default`.
pub async fn fill(corpus: &mut CorpusServiceClient<Channel>, sources: &[(&str, &str)]) {
    for (id, text) in sources {
        corpus.add_source(add(id, text)).await.unwrap();
    }
}

pub async fn report(
    detection: &mut DetectionServiceClient<Channel>,
    request: proto::CheckRequest,
) -> proto::Report {
    detection.check(request).await.unwrap().into_inner().report.unwrap()
}
