//! What a flag, a variable or a file can say, each setting once.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The arguments of `palimpsest serve`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ServeArgs {
    /// A file of settings in TOML; its keys are the long flags with `_` for `-`
    #[arg(long, env = "PALIMPSEST_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print what the settings come to, as a file of settings, and exit: 0 if they are right, 2 if not
    #[arg(long)]
    pub check_config: bool,
    /// The flags, and the environment.
    #[command(flatten)]
    pub flags: SettingsLayer,
}

/// A struct whose fields may each be left unsaid.
macro_rules! layer {
    ($(#[$about:meta])* pub struct $name:ident { $($(#[$attribute:meta])* $field:ident: $value:ty,)* }) => {
        $(#[$about])*
        pub struct $name {
            $($(#[$attribute])* pub $field: Option<$value>,)*
        }

        impl $name {
            /// What this layer says; where it says nothing, what the lower one does.
            pub(super) fn or(self, lower: Self) -> Self {
                Self { $($field: self.$field.or(lower.$field),)* }
            }
        }
    };
}

layer! {
/// One layer of settings: what it does not say is left to the next.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsLayer {
    /// The address and port to listen on [default: 127.0.0.1:50051]
    #[arg(long, env = "PALIMPSEST_LISTEN", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The folder that the corpus is kept in; made if it is not there [default: palimpsest-data]
    #[arg(long, env = "PALIMPSEST_DATA_DIR", value_name = "FOLDER")]
    data_dir: PathBuf,
    /// Keep the corpus in memory alone: it ends with the server
    #[arg(long, env = "PALIMPSEST_IN_MEMORY", num_args = 0..=1, default_missing_value = "true")]
    #[arg(value_name = "BOOL", require_equals = true, conflicts_with = "data_dir")]
    in_memory: bool,
    /// Bytes of texts read from the data directory that are held in memory at most [default: 268435456]
    #[arg(long, env = "PALIMPSEST_TEXT_CACHE_BYTES", value_name = "BYTES")]
    text_cache_bytes: u64,
    /// How log lines look [default: text]
    #[arg(long, env = "PALIMPSEST_LOG_FORMAT", value_name = "FORMAT")]
    log_format: LogFormat,
    /// What is logged: error, warn, info, debug, trace, or directives such as palimpsest=debug [default: info]
    #[arg(long, env = "PALIMPSEST_LOG", value_name = "FILTER")]
    log: String,
    /// The address and port on which metrics are told over HTTP, at /metrics
    #[arg(long, env = "PALIMPSEST_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: SocketAddr,
    /// The collector that traces are sent to by OTLP over gRPC, as a URL
    #[arg(long, env = "PALIMPSEST_OTLP_ENDPOINT", value_name = "URL")]
    otlp_endpoint: String,

    /// A file of API keys, which `palimpsest key create` makes; without one, whoever reaches the port may do everything
    #[arg(long, env = "PALIMPSEST_KEYS", value_name = "FILE", help_heading = "Access")]
    keys: PathBuf,
    /// Listen beyond loopback with neither keys nor client certificates: whoever reaches the port may do everything
    #[arg(long, env = "PALIMPSEST_ALLOW_ANYONE", num_args = 0..=1, default_missing_value = "true")]
    #[arg(value_name = "BOOL", require_equals = true, help_heading = "Access")]
    allow_anyone: bool,
    /// Calls, and items of streams, that one key may send in a second; 0 for no limit [default: 0]
    #[arg(long, env = "PALIMPSEST_MAX_CALLS_PER_SECOND", value_name = "COUNT", help_heading = "Access")]
    max_calls_per_second: u32,
    /// A file with the server's certificate and those that vouch for it, as PEM; read again when it changes
    #[arg(long, env = "PALIMPSEST_TLS_CERTIFICATE", value_name = "FILE", help_heading = "Access")]
    tls_certificate: PathBuf,
    /// A file with the certificate's private key, as PEM
    #[arg(long, env = "PALIMPSEST_TLS_PRIVATE_KEY", value_name = "FILE", help_heading = "Access")]
    tls_private_key: PathBuf,
    /// A file with the certificates, as PEM, of which one must vouch for each client's
    #[arg(long, env = "PALIMPSEST_TLS_CLIENT_CA", value_name = "FILE", help_heading = "Access")]
    tls_client_ca: PathBuf,
    /// Take gRPC-Web too, over HTTP/1.1, for browsers
    #[arg(long, env = "PALIMPSEST_GRPC_WEB", num_args = 0..=1, default_missing_value = "true")]
    #[arg(value_name = "BOOL", require_equals = true, help_heading = "Access")]
    grpc_web: bool,
    /// The origins whose pages may call by gRPC-Web, separated by commas; * for all [default: none]
    #[arg(long, env = "PALIMPSEST_GRPC_WEB_ORIGINS", value_name = "ORIGINS", value_delimiter = ',')]
    #[arg(help_heading = "Access")]
    grpc_web_origins: Vec<String>,

    /// Threads that do the engine's work [default: one for each core]
    #[arg(long, env = "PALIMPSEST_WORKER_THREADS", value_name = "COUNT", help_heading = "Work")]
    worker_threads: usize,
    /// Calls that may wait for a worker thread; more are refused [default: 1024]
    #[arg(long, env = "PALIMPSEST_MAX_QUEUED", value_name = "COUNT", help_heading = "Work")]
    max_queued: usize,
    /// Items of one stream that are worked on at once [default: eight for each worker thread]
    #[arg(long, env = "PALIMPSEST_STREAM_WIDTH", value_name = "COUNT", help_heading = "Work")]
    stream_width: usize,
    /// Sources of one import that may wait to be made durable together [default: 1024]
    #[arg(long, env = "PALIMPSEST_IMPORT_WIDTH", value_name = "COUNT", help_heading = "Work")]
    import_width: usize,
    /// Seconds that a call, or an item of a stream, may take whose caller names no deadline [default: 60]
    #[arg(long, env = "PALIMPSEST_DEFAULT_DEADLINE_SECONDS", value_name = "SECONDS", help_heading = "Work")]
    default_deadline_seconds: u64,
    /// Seconds that a call that is no stream may take at most, whatever deadline its caller names [default: 600]
    #[arg(long, env = "PALIMPSEST_MAX_DEADLINE_SECONDS", value_name = "SECONDS", help_heading = "Work")]
    max_deadline_seconds: u64,
    /// Bytes of memory in use from which on adds are refused while checks go on; 0 for no limit [default: 80 % of the memory
    /// that the machine, or its control group, has beyond 64 MiB]
    #[arg(long, env = "PALIMPSEST_MAX_MEMORY_BYTES", value_name = "BYTES", help_heading = "Work")]
    max_memory_bytes: u64,
    /// Milliseconds, after SIGTERM or Ctrl-C, in which the health says so and calls are still taken [default: 1000]
    #[arg(long, env = "PALIMPSEST_DRAIN_PAUSE_MS", value_name = "MILLISECONDS", help_heading = "Work")]
    drain_pause_ms: u64,
    /// Seconds that running calls have to end after that; then they are cut off [default: 30]
    #[arg(long, env = "PALIMPSEST_DRAIN_SECONDS", value_name = "SECONDS", help_heading = "Work")]
    drain_seconds: u64,

    /// Connections at most [default: 1024]
    #[arg(long, env = "PALIMPSEST_MAX_CONNECTIONS", value_name = "COUNT", help_heading = "Connections")]
    max_connections: usize,
    /// Connections from one address at most [default: 256]
    #[arg(long, env = "PALIMPSEST_MAX_CONNECTIONS_PER_ADDRESS", value_name = "COUNT")]
    #[arg(help_heading = "Connections")]
    max_connections_per_address: usize,
    /// Calls under way on one connection at most [default: 256]
    #[arg(long, env = "PALIMPSEST_MAX_STREAMS", value_name = "COUNT", help_heading = "Connections")]
    max_streams: u32,
    /// Bytes of one call's headers at most [default: 16384]
    #[arg(long, env = "PALIMPSEST_MAX_HEADER_BYTES", value_name = "BYTES", help_heading = "Connections")]
    max_header_bytes: u32,
    /// Bytes of requests under way on one connection at most; more wait [default: 33554432]
    #[arg(long, env = "PALIMPSEST_MAX_PENDING_BYTES", value_name = "BYTES", help_heading = "Connections")]
    max_pending_bytes: usize,
    /// Seconds that a peer has from its connection to its first request's protocol, TLS included [default: 10]
    #[arg(long, env = "PALIMPSEST_HANDSHAKE_SECONDS", value_name = "SECONDS", help_heading = "Connections")]
    handshake_seconds: u64,
    /// Seconds without a call after which a connection is ended; 0 for never [default: 300]
    #[arg(long, env = "PALIMPSEST_IDLE_SECONDS", value_name = "SECONDS", help_heading = "Connections")]
    idle_seconds: u64,
    /// Seconds between two pings that ask whether a peer is still there [default: 60]
    #[arg(long, env = "PALIMPSEST_KEEPALIVE_SECONDS", value_name = "SECONDS", help_heading = "Connections")]
    keepalive_seconds: u64,
    /// Seconds that a peer has to answer such a ping [default: 20]
    #[arg(long, env = "PALIMPSEST_KEEPALIVE_TIMEOUT_SECONDS", value_name = "SECONDS")]
    #[arg(help_heading = "Connections")]
    keepalive_timeout_seconds: u64,
    /// Seconds after which a connection is asked to end once its calls have; 0 for never [default: 3600]
    #[arg(long, env = "PALIMPSEST_CONNECTION_AGE_SECONDS", value_name = "SECONDS")]
    #[arg(help_heading = "Connections")]
    connection_age_seconds: u64,

    /// Bytes of one message at most, also after it was inflated [default: 33554432]
    #[arg(long, env = "PALIMPSEST_MAX_MESSAGE_BYTES", value_name = "BYTES", help_heading = "Limits")]
    max_message_bytes: usize,
    /// Bytes of one text at most [default: 8388608]
    #[arg(long, env = "PALIMPSEST_MAX_TEXT_BYTES", value_name = "BYTES", help_heading = "Limits")]
    max_text_bytes: usize,
    /// Bytes of one text's words in their compared form at most [default: 16777216]
    #[arg(long, env = "PALIMPSEST_MAX_NORMALISED_BYTES", value_name = "BYTES", help_heading = "Limits")]
    max_normalised_bytes: usize,
    /// Words of one text at most [default: 2000000]
    #[arg(long, env = "PALIMPSEST_MAX_TEXT_WORDS", value_name = "WORDS", help_heading = "Limits")]
    max_text_words: usize,
    /// Collections in the corpus at most [default: 100000]
    #[arg(long, env = "PALIMPSEST_MAX_COLLECTIONS", value_name = "COUNT", help_heading = "Limits")]
    max_collections: usize,
    /// Sources in one collection at most [default: 16000000]
    #[arg(long, env = "PALIMPSEST_MAX_SOURCES_PER_COLLECTION", value_name = "COUNT", help_heading = "Limits")]
    max_sources_per_collection: usize,
    /// Bytes of the texts of one collection at most [default: 1099511627776]
    #[arg(long, env = "PALIMPSEST_MAX_COLLECTION_BYTES", value_name = "BYTES", help_heading = "Limits")]
    max_collection_bytes: u64,
    /// Candidates that one check compares at most [default: 1000]
    #[arg(long, env = "PALIMPSEST_MAX_CANDIDATES", value_name = "COUNT", help_heading = "Limits")]
    max_candidates: usize,
    /// Postings of common fingerprints that one check reads in one collection at most [default: 16384]
    #[arg(long, env = "PALIMPSEST_MAX_COMMON_POSTINGS", value_name = "COUNT", help_heading = "Limits")]
    max_common_postings: u32,
    /// Seconds for which a deleted text may stay on disk at most [default: 86400]
    #[arg(long, env = "PALIMPSEST_MAX_DELETED_TEXT_SECONDS", value_name = "SECONDS", help_heading = "Limits")]
    max_deleted_text_seconds: u64,
}
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}
