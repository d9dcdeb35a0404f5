//! The settings, in groups.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::cluster::ClusterSettings;
use super::layer::LogFormat;
use super::machine;
use crate::documents::{self, contained::Config};
use crate::engine::Limits;

/// Where the corpus is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In memory only.
    InMemory,
    /// In a data directory.
    DataDirectory(PathBuf),
}

/// The settings of the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// Where the corpus is.
    pub storage: Storage,
    /// Maximum bytes of texts from the data directory that are cached in memory.
    pub text_cache_bytes: u64,
    /// Logs, metrics and traces.
    pub telemetry: TelemetrySettings,
    /// Authentication and rate limits.
    pub access: AccessSettings,
    /// TLS, if it is on.
    pub tls: Option<TlsSettings>,
    /// gRPC-Web and the web page.
    pub web: WebSettings,
    /// The cluster that the server is a node of, if it is one.
    pub cluster: Option<ClusterSettings>,
    /// Worker threads, queue and deadlines.
    pub work: WorkSettings,
    /// Readers of documents.
    pub documents: DocumentSettings,
    /// Checkers of grammar.
    pub grammar: crate::writing::grammar::Config,
    /// Limits of connections.
    pub connections: ConnectionSettings,
    /// Maximum bytes of one message, also when inflated.
    pub max_message_bytes: usize,
    /// Limits of the engine.
    pub limits: Limits,
}

/// Logs, metrics and traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelemetrySettings {
    /// Format of log lines.
    pub log_format: LogFormat,
    /// Filter of log lines, in the syntax of tracing-subscriber's `EnvFilter`.
    pub log: String,
    /// Address that serves metrics, if any.
    pub metrics_listen: Option<SocketAddr>,
    /// URL of the collector of traces, if any.
    pub otlp_endpoint: Option<String>,
}

/// Authentication and rate limits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessSettings {
    /// The key file, if calls need a key.
    pub keys: Option<PathBuf>,
    /// Whether to listen beyond loopback without authentication.
    pub allow_anyone: bool,
    /// Maximum calls and items of streams per second for each key; 0 for no limit.
    pub max_calls_per_second: u32,
}

/// TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// A PEM file with the server's certificate and its intermediate certificates.
    pub certificate: PathBuf,
    /// A PEM file with the certificate's private key.
    pub private_key: PathBuf,
    /// A PEM file with CA certificates that sign client certificates, if clients need one.
    pub client_ca: Option<PathBuf>,
}

impl TlsSettings {
    /// The paths of all files.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let Self { certificate, private_key, client_ca } = self;
        [certificate, private_key].into_iter().chain(client_ca).cloned().collect()
    }
}

/// gRPC-Web and the web page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebSettings {
    /// Whether gRPC-Web is accepted, also over HTTP/1.1.
    pub grpc_web: bool,
    /// The origins whose pages may call; `*` for all.
    pub origins: Vec<String>,
    /// Address that serves the web page, if any.
    pub listen: Option<SocketAddr>,
}

/// Worker threads, queue and deadlines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkSettings {
    /// Number of worker threads.
    pub threads: usize,
    /// Maximum calls that wait for a worker thread.
    pub max_queued: usize,
    /// Maximum items of one stream in flight.
    pub stream_width: usize,
    /// Maximum sources of one import that wait to be made durable together.
    pub import_width: usize,
    /// Deadline of calls and items of streams whose caller sets none.
    pub default_deadline: Duration,
    /// Maximum deadline of calls, streams excepted.
    pub max_deadline: Duration,
    /// Bytes of memory in use from which adding is refused; 0 for no limit.
    pub max_memory_bytes: u64,
    /// Time during which calls are still accepted after the health is `NOT_SERVING`.
    pub drain_pause: Duration,
    /// Time after that until running calls are cut off.
    pub drain: Duration,
}

/// Readers of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSettings {
    /// Documents that are read at once.
    pub readers: usize,
    /// Processes that are started ahead of use.
    pub warm: usize,
    /// Maximum time for one document.
    pub timeout: Duration,
    /// Maximum bytes of memory of the process of one document.
    pub memory_bytes: u64,
    /// Maximum bytes of one document.
    pub max_bytes: u64,
}

/// Limits of connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionSettings {
    /// Maximum open connections.
    pub max: usize,
    /// Maximum open connections from one address.
    pub max_per_address: usize,
    /// Maximum calls under way on one connection.
    pub max_streams: u32,
    /// Maximum bytes of one call's headers.
    pub max_header_bytes: u32,
    /// Maximum bytes of requests under way on one connection.
    pub max_pending_bytes: usize,
    /// Maximum time from a connection to its first request, TLS handshake included.
    pub handshake: Duration,
    /// Maximum time without a call; zero for no limit.
    pub idle: Duration,
    /// Time between two keepalive pings.
    pub keepalive: Duration,
    /// Maximum time until a peer answers a keepalive ping.
    pub keepalive_timeout: Duration,
    /// Maximum age of a connection; zero for no limit.
    pub age: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 50051)),
            storage: Storage::DataDirectory(PathBuf::from("palimpsest-data")),
            text_cache_bytes: 256 << 20,
            telemetry: TelemetrySettings::default(),
            access: AccessSettings::default(),
            tls: None,
            web: WebSettings::default(),
            cluster: None,
            work: WorkSettings::default(),
            documents: DocumentSettings::default(),
            grammar: crate::writing::grammar::Config::default(),
            connections: ConnectionSettings::default(),
            max_message_bytes: 32 << 20,
            limits: Limits::default(),
        }
    }
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        let (log_format, log) = (LogFormat::Text, "info".to_owned());
        Self { log_format, log, metrics_listen: None, otlp_endpoint: None }
    }
}

/// The default of `max_memory_bytes`: 80 % of the memory beyond 64 MiB, which are left for the program itself and for the caches
/// of the allocator.
fn default_max_memory_bytes(memory_bytes: u64) -> u64 {
    const RESERVED_BYTES: u64 = 64 << 20;
    (memory_bytes.saturating_sub(RESERVED_BYTES) / 5 * 4).max(RESERVED_BYTES / 4)
}

impl Default for WorkSettings {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            threads,
            max_queued: 1024,
            stream_width: stream_width(threads),
            import_width: 1024,
            default_deadline: Duration::from_mins(1),
            max_deadline: Duration::from_mins(10),
            max_memory_bytes: machine::memory_bytes().map_or(0, default_max_memory_bytes),
            drain_pause: Duration::from_secs(1),
            drain: Duration::from_secs(30),
        }
    }
}

impl Default for DocumentSettings {
    fn default() -> Self {
        let Config { readers, warm, timeout, memory_bytes, max_document_bytes, limits: _ } =
            Config::default();
        Self { readers, warm, timeout, memory_bytes, max_bytes: max_document_bytes }
    }
}

impl DocumentSettings {
    /// The configuration of the readers, for texts of `max_text_bytes`.
    pub(crate) fn config(&self, max_text_bytes: usize) -> Config {
        let Self { readers, warm, timeout, memory_bytes, max_bytes } = *self;
        let default = documents::Limits::default();
        // A document may have more text than is accepted, so that the refusal says how much.
        let max_text_bytes = default.max_text_bytes.max(max_text_bytes as u64);
        let limits = documents::Limits { max_text_bytes, ..default };
        Config { readers, warm, timeout, memory_bytes, max_document_bytes: max_bytes, limits }
    }
}

/// The default of `warm_document_readers`: each holds some memory while it waits.
pub(super) fn warm_readers(readers: usize) -> usize {
    readers.min(4)
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            max: 1024,
            max_per_address: 256,
            max_streams: 256,
            max_header_bytes: 16 << 10,
            max_pending_bytes: 32 << 20,
            handshake: Duration::from_secs(10),
            idle: Duration::from_mins(5),
            keepalive: Duration::from_mins(1),
            keepalive_timeout: Duration::from_secs(20),
            age: Duration::from_hours(1),
        }
    }
}

/// The default of `stream_width`: enough items in flight to keep `threads` busy.
pub(super) fn stream_width(threads: usize) -> usize {
    threads.saturating_mul(8)
}
