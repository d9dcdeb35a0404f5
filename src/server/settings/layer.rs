//! One layer of settings: flags, environment variables, or a settings file.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::cluster::{Reads, ReplicaGroup};
use crate::writing::grammar::languagetool::Server;

/// The arguments of `palimpsest serve`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ServeArgs {
    /// A settings file in TOML; its keys are the long flags with `_` for `-`
    #[arg(long, env = "PALIMPSEST_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print the effective settings as TOML, and exit: 0 if they are valid, 2 if not
    #[arg(long)]
    pub check_config: bool,
    /// The layer of flags and environment variables.
    #[command(flatten)]
    pub flags: SettingsLayer,
}

/// Defines a struct of optional fields.
macro_rules! layer {
    ($(#[$about:meta])* pub struct $name:ident { $($(#[$attribute:meta])* $field:ident: $value:ty,)* }) => {
        $(#[$about])*
        pub struct $name {
            $($(#[$attribute])* pub $field: Option<$value>,)*
        }

        impl $name {
            /// The values of this layer; those of the lower layer where this one has none.
            pub(super) fn or(self, lower: Self) -> Self {
                Self { $($field: self.$field.or(lower.$field),)* }
            }
        }
    };
}

layer! {
/// One layer of settings. The next layer supplies the values that this one lacks.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsLayer {
    /// The address and port to listen on [default: 127.0.0.1:50051]
    #[arg(long, env = "PALIMPSEST_LISTEN", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The folder of the corpus; created if it does not exist [default: palimpsest-data]
    #[arg(long, env = "PALIMPSEST_DATA_DIR", value_name = "FOLDER")]
    data_dir: PathBuf,
    /// Keep the corpus in memory only: it is lost when the server ends
    #[arg(long, env = "PALIMPSEST_IN_MEMORY", num_args = 0..=1, default_missing_value = "true")]
    #[arg(value_name = "BOOL", require_equals = true, conflicts_with = "data_dir")]
    in_memory: bool,
    /// Maximum bytes of texts from the data directory that are cached in memory [default: 268435456]
    #[arg(long, env = "PALIMPSEST_TEXT_CACHE_BYTES", value_name = "BYTES")]
    text_cache_bytes: u64,
    /// Format of log lines [default: text]
    #[arg(long, env = "PALIMPSEST_LOG_FORMAT", value_name = "FORMAT")]
    log_format: LogFormat,
    /// Minimum level of log lines: error, warn, info, debug, trace; or directives such as palimpsest=debug [default: info]
    #[arg(long, env = "PALIMPSEST_LOG", value_name = "FILTER")]
    log: String,
    /// The address and port that serve metrics over HTTP, at /metrics
    #[arg(long, env = "PALIMPSEST_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: SocketAddr,
    /// The URL of the collector that receives traces, by OTLP over gRPC
    #[arg(long, env = "PALIMPSEST_OTLP_ENDPOINT", value_name = "URL")]
    otlp_endpoint: String,

    /// A file of API keys, which `palimpsest key create` makes; without one, every client that reaches the port has all rights
    #[arg(long, env = "PALIMPSEST_KEYS", value_name = "FILE", help_heading = "Access")]
    keys: PathBuf,
    /// Listen beyond loopback without keys or client certificates: every client that reaches the port has all rights
    #[arg(long, env = "PALIMPSEST_ALLOW_ANYONE", num_args = 0..=1, default_missing_value = "true")]
    #[arg(value_name = "BOOL", require_equals = true, help_heading = "Access")]
    allow_anyone: bool,
    /// Maximum calls and items of streams per second for each key; 0 for no limit [default: 0]
    #[arg(long, env = "PALIMPSEST_MAX_CALLS_PER_SECOND", value_name = "COUNT", help_heading = "Access")]
    max_calls_per_second: u32,
    /// A PEM file with the server's certificate and its intermediate certificates; reloaded when it changes
    #[arg(long, env = "PALIMPSEST_TLS_CERTIFICATE", value_name = "FILE", help_heading = "Access")]
    tls_certificate: PathBuf,
    /// A PEM file with the certificate's private key
    #[arg(long, env = "PALIMPSEST_TLS_PRIVATE_KEY", value_name = "FILE", help_heading = "Access")]
    tls_private_key: PathBuf,
    /// A PEM file with CA certificates; clients must present a certificate that one of them signed
    #[arg(long, env = "PALIMPSEST_TLS_CLIENT_CA", value_name = "FILE", help_heading = "Access")]
    tls_client_ca: PathBuf,
    /// Accept gRPC-Web, too, also over HTTP/1.1, for browsers
    #[arg(long, env = "PALIMPSEST_GRPC_WEB", num_args = 0..=1, default_missing_value = "true")]
    #[arg(value_name = "BOOL", require_equals = true, help_heading = "Access")]
    grpc_web: bool,
    /// Origins whose pages may call by gRPC-Web, separated by commas; * for all [default: none]
    #[arg(long, env = "PALIMPSEST_GRPC_WEB_ORIGINS", value_name = "ORIGINS", value_delimiter = ',')]
    #[arg(help_heading = "Access")]
    grpc_web_origins: Vec<String>,
    /// The address and port that serve the web page, for browsers, over HTTP, or HTTPS with a certificate
    #[arg(long, env = "PALIMPSEST_WEB_LISTEN", value_name = "ADDRESS", help_heading = "Access")]
    web_listen: SocketAddr,

    /// NATS servers, separated by commas, whose JetStream has the log of a cluster; this server is a node of it then
    #[arg(long, env = "PALIMPSEST_CLUSTER", value_name = "URLS", value_delimiter = ',', help_heading = "Cluster")]
    cluster: Vec<String>,
    /// The name of the cluster's corpus, which begins the names of its streams [default: palimpsest]
    #[arg(long, env = "PALIMPSEST_CLUSTER_CORPUS", value_name = "NAME", help_heading = "Cluster")]
    cluster_corpus: String,
    /// The replica group of this node and the number of groups that divide the sources, such as 1/3 [default: 1/1]
    #[arg(long, env = "PALIMPSEST_REPLICA_GROUP", value_name = "GROUP", help_heading = "Cluster")]
    replica_group: ReplicaGroup,
    /// The partitions of the corpus, fixed for its life [default: 16]
    #[arg(long, env = "PALIMPSEST_CLUSTER_PARTITIONS", value_name = "COUNT", help_heading = "Cluster")]
    cluster_partitions: u16,
    /// The NATS servers that keep each stream: 1, 3 or 5 [default: 3]
    #[arg(long, env = "PALIMPSEST_CLUSTER_REPLICAS", value_name = "COUNT", help_heading = "Cluster")]
    cluster_replicas: usize,
    /// What searches know: the changes that this node acknowledged, or, by asking the log each time, all [default: own]
    #[arg(long, env = "PALIMPSEST_CLUSTER_READS", value_name = "READS", help_heading = "Cluster")]
    cluster_reads: Reads,
    /// A file with the credentials of a NATS user (.creds)
    #[arg(long, env = "PALIMPSEST_CLUSTER_CREDENTIALS", value_name = "FILE", help_heading = "Cluster")]
    cluster_credentials: PathBuf,
    /// A PEM file with the CA certificates of the NATS servers, in place of those of the system
    #[arg(long, env = "PALIMPSEST_CLUSTER_CA", value_name = "FILE", help_heading = "Cluster")]
    cluster_ca: PathBuf,
    /// A PEM file with the certificate that this node presents to the NATS servers
    #[arg(long, env = "PALIMPSEST_CLUSTER_CERTIFICATE", value_name = "FILE", help_heading = "Cluster")]
    cluster_certificate: PathBuf,
    /// A PEM file with the private key of that certificate
    #[arg(long, env = "PALIMPSEST_CLUSTER_PRIVATE_KEY", value_name = "FILE", help_heading = "Cluster")]
    cluster_private_key: PathBuf,
    /// Monitoring ports of the NATS servers, separated by commas: each must say that its server syncs always
    #[arg(long, env = "PALIMPSEST_CLUSTER_MONITORS", value_name = "URLS", value_delimiter = ',')]
    #[arg(help_heading = "Cluster")]
    cluster_monitors: Vec<String>,

    /// Number of worker threads [default: one for each core]
    #[arg(long, env = "PALIMPSEST_WORKER_THREADS", value_name = "COUNT", help_heading = "Work")]
    worker_threads: usize,
    /// Maximum calls that wait for a worker thread; more are refused [default: 1024]
    #[arg(long, env = "PALIMPSEST_MAX_QUEUED", value_name = "COUNT", help_heading = "Work")]
    max_queued: usize,
    /// Maximum items of one stream in flight [default: eight for each worker thread]
    #[arg(long, env = "PALIMPSEST_STREAM_WIDTH", value_name = "COUNT", help_heading = "Work")]
    stream_width: usize,
    /// Maximum sources of one import that wait to be made durable together [default: 1024]
    #[arg(long, env = "PALIMPSEST_IMPORT_WIDTH", value_name = "COUNT", help_heading = "Work")]
    import_width: usize,
    /// Deadline, in seconds, of calls and items of streams whose caller sets none [default: 60]
    #[arg(long, env = "PALIMPSEST_DEFAULT_DEADLINE_SECONDS", value_name = "SECONDS", help_heading = "Work")]
    default_deadline_seconds: u64,
    /// Maximum deadline of calls, streams excepted, in seconds [default: 600]
    #[arg(long, env = "PALIMPSEST_MAX_DEADLINE_SECONDS", value_name = "SECONDS", help_heading = "Work")]
    max_deadline_seconds: u64,
    /// Bytes of memory in use from which adding is refused while checks go on; 0 for no limit [default: 80 % of the memory
    /// that the machine, or its control group, has beyond 64 MiB]
    #[arg(long, env = "PALIMPSEST_MAX_MEMORY_BYTES", value_name = "BYTES", help_heading = "Work")]
    max_memory_bytes: u64,
    /// Milliseconds after SIGTERM or Ctrl-C during which the health is `NOT_SERVING` and calls are still accepted [default: 1000]
    #[arg(long, env = "PALIMPSEST_DRAIN_PAUSE_MS", value_name = "MILLISECONDS", help_heading = "Work")]
    drain_pause_ms: u64,
    /// Seconds after that until running calls are cut off [default: 30]
    #[arg(long, env = "PALIMPSEST_DRAIN_SECONDS", value_name = "SECONDS", help_heading = "Work")]
    drain_seconds: u64,

    /// Documents that are read at once, each in a process of its own [default: one for each core]
    #[arg(long, env = "PALIMPSEST_DOCUMENT_READERS", value_name = "COUNT", help_heading = "Documents")]
    document_readers: usize,
    /// Processes for documents that are started ahead of use [default: `document_readers`, but 4 at most]
    #[arg(long, env = "PALIMPSEST_WARM_DOCUMENT_READERS", value_name = "COUNT", help_heading = "Documents")]
    warm_document_readers: usize,
    /// Maximum seconds for one document; then its process is killed [default: 10]
    #[arg(long, env = "PALIMPSEST_DOCUMENT_SECONDS", value_name = "SECONDS", help_heading = "Documents")]
    document_seconds: u64,
    /// Maximum bytes of memory of the process of one document [default: 536870912]
    #[arg(long, env = "PALIMPSEST_DOCUMENT_MEMORY_BYTES", value_name = "BYTES", help_heading = "Documents")]
    document_memory_bytes: u64,
    /// Maximum bytes of one document [default: 52428800]
    #[arg(long, env = "PALIMPSEST_MAX_DOCUMENT_BYTES", value_name = "BYTES", help_heading = "Documents")]
    max_document_bytes: u64,

    /// English texts that are checked at once, each in a process of its own, in a build with the feature `grammar`; 0 turns it off
    /// [default: one for each core, but 4 at most]
    #[arg(long, env = "PALIMPSEST_GRAMMAR_CHECKERS", value_name = "COUNT", help_heading = "Grammar")]
    grammar_checkers: usize,
    /// Maximum seconds for the grammar of one text; what is not checked by then is stated [default: 30]
    #[arg(long, env = "PALIMPSEST_GRAMMAR_SECONDS", value_name = "SECONDS", help_heading = "Grammar")]
    grammar_seconds: u64,
    /// Maximum bytes of memory of one process that checks grammar [default: 1073741824]
    #[arg(long, env = "PALIMPSEST_GRAMMAR_MEMORY_BYTES", value_name = "BYTES", help_heading = "Grammar")]
    grammar_memory_bytes: u64,
    /// A LanguageTool server that checks the grammar of other languages than English, such as `http://localhost:8010`
    #[arg(long, env = "PALIMPSEST_LANGUAGETOOL_URL", value_name = "URL", help_heading = "Grammar")]
    languagetool_url: Server,

    /// Maximum open connections [default: 1024]
    #[arg(long, env = "PALIMPSEST_MAX_CONNECTIONS", value_name = "COUNT", help_heading = "Connections")]
    max_connections: usize,
    /// Maximum open connections from one address [default: 256]
    #[arg(long, env = "PALIMPSEST_MAX_CONNECTIONS_PER_ADDRESS", value_name = "COUNT")]
    #[arg(help_heading = "Connections")]
    max_connections_per_address: usize,
    /// Maximum calls under way on one connection [default: 256]
    #[arg(long, env = "PALIMPSEST_MAX_STREAMS", value_name = "COUNT", help_heading = "Connections")]
    max_streams: u32,
    /// Maximum bytes of one call's headers [default: 16384]
    #[arg(long, env = "PALIMPSEST_MAX_HEADER_BYTES", value_name = "BYTES", help_heading = "Connections")]
    max_header_bytes: u32,
    /// Maximum bytes of requests under way on one connection; more wait [default: 33554432]
    #[arg(long, env = "PALIMPSEST_MAX_PENDING_BYTES", value_name = "BYTES", help_heading = "Connections")]
    max_pending_bytes: usize,
    /// Maximum seconds from a connection to its first request, TLS handshake included [default: 10]
    #[arg(long, env = "PALIMPSEST_HANDSHAKE_SECONDS", value_name = "SECONDS", help_heading = "Connections")]
    handshake_seconds: u64,
    /// Seconds without a call after which a connection is closed; 0 for never [default: 300]
    #[arg(long, env = "PALIMPSEST_IDLE_SECONDS", value_name = "SECONDS", help_heading = "Connections")]
    idle_seconds: u64,
    /// Seconds between two keepalive pings [default: 60]
    #[arg(long, env = "PALIMPSEST_KEEPALIVE_SECONDS", value_name = "SECONDS", help_heading = "Connections")]
    keepalive_seconds: u64,
    /// Maximum seconds until a peer answers a keepalive ping [default: 20]
    #[arg(long, env = "PALIMPSEST_KEEPALIVE_TIMEOUT_SECONDS", value_name = "SECONDS")]
    #[arg(help_heading = "Connections")]
    keepalive_timeout_seconds: u64,
    /// Seconds after which a connection is closed, once its calls have ended; 0 for never [default: 3600]
    #[arg(long, env = "PALIMPSEST_CONNECTION_AGE_SECONDS", value_name = "SECONDS")]
    #[arg(help_heading = "Connections")]
    connection_age_seconds: u64,

    /// Maximum bytes of one message, also when inflated [default: 33554432]
    #[arg(long, env = "PALIMPSEST_MAX_MESSAGE_BYTES", value_name = "BYTES", help_heading = "Limits")]
    max_message_bytes: usize,
    /// Maximum bytes of one text [default: 8388608]
    #[arg(long, env = "PALIMPSEST_MAX_TEXT_BYTES", value_name = "BYTES", help_heading = "Limits")]
    max_text_bytes: usize,
    /// Maximum bytes of one text's words in their compared form [default: 16777216]
    #[arg(long, env = "PALIMPSEST_MAX_NORMALISED_BYTES", value_name = "BYTES", help_heading = "Limits")]
    max_normalised_bytes: usize,
    /// Maximum words of one text [default: 2000000]
    #[arg(long, env = "PALIMPSEST_MAX_TEXT_WORDS", value_name = "WORDS", help_heading = "Limits")]
    max_text_words: usize,
    /// Maximum collections in the corpus [default: 100000]
    #[arg(long, env = "PALIMPSEST_MAX_COLLECTIONS", value_name = "COUNT", help_heading = "Limits")]
    max_collections: usize,
    /// Maximum sources in one collection [default: 16000000]
    #[arg(long, env = "PALIMPSEST_MAX_SOURCES_PER_COLLECTION", value_name = "COUNT", help_heading = "Limits")]
    max_sources_per_collection: usize,
    /// Maximum bytes of the texts of one collection [default: 1099511627776]
    #[arg(long, env = "PALIMPSEST_MAX_COLLECTION_BYTES", value_name = "BYTES", help_heading = "Limits")]
    max_collection_bytes: u64,
    /// Maximum candidates that one check compares [default: 1000]
    #[arg(long, env = "PALIMPSEST_MAX_CANDIDATES", value_name = "COUNT", help_heading = "Limits")]
    max_candidates: usize,
    /// Maximum sources in scope that one check compares all, without the index [default: 400]
    #[arg(long, env = "PALIMPSEST_EXHAUSTIVE_SOURCES", value_name = "COUNT", help_heading = "Limits")]
    exhaustive_sources: u32,
    /// Maximum postings of common fingerprints that one check reads in one collection [default: 16384]
    #[arg(long, env = "PALIMPSEST_MAX_COMMON_POSTINGS", value_name = "COUNT", help_heading = "Limits")]
    max_common_postings: u32,
    /// Maximum seconds for which a deleted text stays on disk [default: 86400; 300 in a cluster]
    #[arg(long, env = "PALIMPSEST_MAX_DELETED_TEXT_SECONDS", value_name = "SECONDS", help_heading = "Limits")]
    max_deleted_text_seconds: u64,
}
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Text for people.
    #[default]
    Text,
    /// One JSON object per line, for programs.
    Json,
}
