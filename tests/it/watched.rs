//! A real server under observation: its log, its metrics, and a collector of traces.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use palimpsest::proto::admin_service_client::AdminServiceClient;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status};

use crate::harness::pass;
use crate::process::palimpsest;

/// `palimpsest serve` with metrics, whose log goes to a file. Killed when dropped.
pub struct Watched {
    child: Child,
    folder: tempfile::TempDir,
    pub channel: Channel,
    address: String,
    metrics: String,
}

impl Watched {
    /// Starts a server with these arguments, and waits until it serves.
    pub async fn start(arguments: &[&str]) -> Self {
        let mut server = Self::start_silent(arguments).await;
        let endpoint = Endpoint::from_shared(format!("http://{}", server.address)).unwrap();
        server.channel = endpoint.connect().await.unwrap();
        server
    }

    /// Starts a server without connecting to it, for one that requires TLS.
    pub async fn start_silent(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = palimpsest();
        command.args(["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"]);
        let child = command.args(["--log-format", "json"]).args(arguments).stderr(log).spawn().unwrap();
        let channel = Endpoint::from_static("http://127.0.0.1:1").connect_lazy();
        let (address, metrics) = (String::new(), String::new());
        let mut server = Self { child, folder, channel, address, metrics };
        let listening = server.line(|line| line["message"] == "listening").await;
        server.address = listening["address"].as_str().unwrap().to_owned();
        let metrics = server.line(|line| line["message"] == "metrics: listening").await;
        server.metrics = metrics["address"].as_str().unwrap().to_owned();
        server.line(|line| line["message"] == "the corpus is open").await;
        server
    }

    pub fn corpus(&self) -> CorpusServiceClient<Channel> {
        CorpusServiceClient::new(self.channel.clone())
    }

    pub fn detection(&self) -> DetectionServiceClient<Channel> {
        DetectionServiceClient::new(self.channel.clone())
    }

    pub fn admin(&self) -> AdminServiceClient<Channel> {
        AdminServiceClient::new(self.channel.clone())
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn address(&self) -> SocketAddr {
        self.address.parse().unwrap()
    }

    pub fn metrics_address(&self) -> SocketAddr {
        self.metrics.parse().unwrap()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The whole log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap()
    }

    /// Waits for a line of the log that is wanted, and returns the first.
    pub async fn line(&self, is_wanted: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        for _ in 0..2_000 {
            let log = self.log();
            // The last line may be incomplete.
            let mut lines = log.lines().filter_map(|line| serde_json::from_str(line).ok());
            if let Some(line) = lines.find(&is_wanted) {
                return line;
            }
            pass(Duration::from_millis(5)).await;
        }
        panic!("no such line in {}", self.log());
    }

    /// Sends a request to the metrics' listener, and returns the answer with its head.
    pub fn http(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.metrics).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    pub fn metrics(&self) -> String {
        self.http("GET /metrics HTTP/1.1\r\nhost: metrics\r\n\r\n")
    }

    /// The value of a metric. `series` is the text before the value.
    pub fn metric(&self, series: &str) -> Option<f64> {
        let metrics = self.metrics();
        let line = metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
        Some(line.parse().unwrap())
    }

    /// Stops the server with SIGTERM, waits for it, and returns its log.
    pub fn stop(mut self) -> (ExitStatus, String) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        (self.child.wait().unwrap(), self.log())
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A collector that receives spans.
#[derive(Clone, Default)]
pub struct Collector {
    spans: Arc<Mutex<Vec<Span>>>,
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let scopes = request.into_inner().resource_spans.into_iter().flat_map(|spans| spans.scope_spans);
        self.spans.lock().unwrap().extend(scopes.flat_map(|scope| scope.spans));
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

impl Collector {
    /// Starts a collector on a free port. Returns it with its URL.
    pub async fn start() -> (Self, String) {
        let collector = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = TraceServiceServer::new(collector.clone());
        tokio::spawn(Server::builder().add_service(service).serve_with_incoming(TcpIncoming::from(listener)));
        (collector, url)
    }

    pub fn spans(&self) -> Vec<Span> {
        self.spans.lock().unwrap().clone()
    }
}

/// An attribute of a span, as text.
pub fn attribute(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        other => Some(format!("{other:?}")),
    }
}
