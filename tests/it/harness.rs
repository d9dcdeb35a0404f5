//! A real server on a free port of loopback, and clients for it.

use std::net::SocketAddr;
use std::time::Duration;

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::server::{ServeError, Settings, Storage, WorkSettings, run};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

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
