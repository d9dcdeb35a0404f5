//! What the settings come to, in groups.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::layer::LogFormat;
use super::machine;
use crate::engine::Limits;

/// Where the corpus is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In memory alone.
    InMemory,
    /// In a data directory.
    DataDirectory(PathBuf),
}

/// What the server runs with.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// Where the corpus is.
    pub storage: Storage,
    /// Bytes of texts read from the data directory that are held in memory.
    pub text_cache_bytes: u64,
    /// What is told of the server while it runs.
    pub telemetry: TelemetrySettings,
    /// Who may call.
    pub access: AccessSettings,
    /// How calls are encrypted, if they are.
    pub tls: Option<TlsSettings>,
    /// What browsers may do.
    pub web: WebSettings,
    /// How work is done.
    pub work: WorkSettings,
    /// How connections are held.
    pub connections: ConnectionSettings,
    /// Bytes of one message at most, also after it was inflated.
    pub max_message_bytes: usize,
    /// What the engine holds requests to.
    pub limits: Limits,
}

/// What is told of the server while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelemetrySettings {
    /// How log lines look.
    pub log_format: LogFormat,
    /// What is logged, as directives of tracing-subscriber's `EnvFilter`.
    pub log: String,
    /// Where metrics are told, if they are.
    pub metrics_listen: Option<SocketAddr>,
    /// Where traces are sent by OTLP, if they are.
    pub otlp_endpoint: Option<String>,
}

/// Who may call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessSettings {
    /// The file of API keys, if calls need one.
    pub keys: Option<PathBuf>,
    /// Whether to listen beyond loopback though anybody may do everything.
    pub allow_anyone: bool,
    /// Calls, and items of streams, that one key may send in a second; 0 for no limit.
    pub max_calls_per_second: u32,
}

/// How calls are encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// A PEM file with the server's certificate and those that vouch for it.
    pub certificate: PathBuf,
    /// A PEM file with the certificate's private key.
    pub private_key: PathBuf,
    /// A PEM file with the certificates of which one must vouch for each client's, if clients need one.
    pub client_ca: Option<PathBuf>,
}

impl TlsSettings {
    /// All the files.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let Self { certificate, private_key, client_ca } = self;
        [certificate, private_key].into_iter().chain(client_ca).cloned().collect()
    }
}

/// What browsers may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebSettings {
    /// Whether gRPC-Web is taken, over HTTP/1.1 too.
    pub grpc_web: bool,
    /// The origins whose pages may call; `*` for all.
    pub origins: Vec<String>,
}

/// How work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkSettings {
    /// Threads that do the engine's work.
    pub threads: usize,
    /// Calls that may wait for one of them.
    pub max_queued: usize,
    /// Items of one stream that are worked on at once.
    pub stream_width: usize,
    /// Sources of one import that may wait to be made durable together.
    pub import_width: usize,
    /// How long a call, or an item of a stream, may take whose caller names no deadline.
    pub default_deadline: Duration,
    /// How long a call that is no stream may take at most.
    pub max_deadline: Duration,
    /// Bytes of memory from which on adds are refused; 0 for no limit.
    pub max_memory_bytes: u64,
    /// How long calls are still taken when the server stops and its health says so.
    pub drain_pause: Duration,
    /// How long running calls have to end after that.
    pub drain: Duration,
}

/// How connections are held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionSettings {
    /// Connections at most.
    pub max: usize,
    /// Connections from one address at most.
    pub max_per_address: usize,
    /// Calls under way on one connection at most.
    pub max_streams: u32,
    /// Bytes of one call's headers at most.
    pub max_header_bytes: u32,
    /// Bytes of requests under way on one connection at most.
    pub max_pending_bytes: usize,
    /// How long a peer has from its connection to its first request's protocol, TLS included.
    pub handshake: Duration,
    /// How long a connection may be without a call; zero for ever.
    pub idle: Duration,
    /// The time between two pings that ask whether a peer is still there.
    pub keepalive: Duration,
    /// How long a peer has to answer such a ping.
    pub keepalive_timeout: Duration,
    /// How old a connection may get before it is asked to end; zero for any age.
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
            work: WorkSettings::default(),
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

/// What may be in use of the memory that there is: the program itself, and what the allocator keeps for each thread, take
/// their part beside.
fn most_used_bytes(memory_bytes: u64) -> u64 {
    const BESIDE: u64 = 64 << 20;
    (memory_bytes.saturating_sub(BESIDE) / 5 * 4).max(BESIDE / 4)
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
            max_memory_bytes: machine::memory_bytes().map_or(0, most_used_bytes),
            drain_pause: Duration::from_secs(1),
            drain: Duration::from_secs(30),
        }
    }
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

/// Items of one stream that keep so many threads busy.
pub(super) fn stream_width(threads: usize) -> usize {
    threads.saturating_mul(8)
}
