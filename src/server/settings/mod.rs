//! Settings in layers: flags override environment variables, which override the file, which overrides the defaults. They are
//! validated once, and all problems are reported at once.

mod check;
mod cluster;
mod effective;
mod layer;
mod log_args;
mod machine;
mod node;
mod suggestion;
mod types;

use std::path::PathBuf;
use std::time::Duration;

pub use self::cluster::ClusterSettings;
pub use self::layer::{LogFormat, ServeArgs, SettingsLayer};
pub(crate) use self::log_args::LogArgs;
pub use self::suggestion::nearest as nearest_name;
pub use self::types::{
    AccessSettings, ConnectionSettings, DocumentSettings, Settings, Storage, TelemetrySettings, TlsSettings,
    WebSettings, WorkSettings,
};
pub use crate::cluster::{InvalidReplicaGroup, Reads, ReplicaGroup};
pub use crate::writing::grammar::{
    Config as GrammarSettings,
    contained::Config as GrammarCheckerSettings,
    languagetool::{BadAddress, Server as LanguageToolServer},
};

use self::check::SettingsProblems;
use self::types::{stream_width, warm_readers};
use crate::engine::Limits;
use crate::writing::grammar;

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Reading the file failed.
    #[error("the settings file {} can't be read: {cause}; name a readable file with --config", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        cause: std::io::Error,
    },
    /// The file is not valid TOML, or has an unknown key or a value of the problems type.
    #[error("the settings file {} is invalid: {cause}{}", .path.display(), suggestion::for_setting(.cause))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The position and the reason.
        cause: Box<toml::de::Error>,
    },
    /// All values that are out of range or contradict each other.
    #[error("these settings are invalid:\n  {}", .0.join("\n  "))]
    Invalid(Vec<String>),
    /// A value can't be represented in TOML.
    #[error("these settings can't be written as TOML: {0}")]
    Unwritable(#[from] toml::ser::Error),
}

/// The layer of a settings file; an empty one without a file.
///
/// # Errors
///
/// [`SettingsError::Unreadable`], [`SettingsError::Malformed`].
fn read(file: Option<PathBuf>) -> Result<SettingsLayer, SettingsError> {
    let Some(path) = file else { return Ok(SettingsLayer::default()) };
    match std::fs::read_to_string(&path) {
        Err(cause) => Err(SettingsError::Unreadable { path, cause }),
        Ok(text) => {
            toml::from_str(&text).map_err(|cause| SettingsError::Malformed { path, cause: Box::new(cause) })
        }
    }
}

impl Settings {
    /// Loads the settings from flags, environment and file.
    ///
    /// # Errors
    ///
    /// [`SettingsError`], with all problems.
    pub fn load(args: ServeArgs) -> Result<Self, SettingsError> {
        let file = read(args.config)?;
        let mut problems = SettingsProblems::default();
        let settings = Self::layered(args.flags, file, &mut problems);
        problems.files(&settings);
        problems.into_result(settings)
    }

    /// Combines two layers and the defaults.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Invalid`]. Files that the settings name are not read.
    pub fn from_layers(upper: SettingsLayer, lower: SettingsLayer) -> Result<Self, SettingsError> {
        let mut problems = SettingsProblems::default();
        let settings = Self::layered(upper, lower, &mut problems);
        problems.into_result(settings)
    }

    /// Combines two layers and the defaults, and adds what is invalid to `problems`.
    fn layered(upper: SettingsLayer, mut lower: SettingsLayer, problems: &mut SettingsProblems) -> Self {
        if lower.in_memory == Some(true) && lower.data_dir.is_some() {
            problems.add("in_memory and data_dir contradict each other; remove one of them");
        }
        // The two are one setting: either one in the upper layer overrides the other in the lower.
        if upper.data_dir.is_some() {
            lower.in_memory = None;
        }
        if upper.in_memory == Some(true) {
            lower.data_dir = None;
        }
        let settings = Self::from_layer(&upper.or(lower), problems);
        problems.check(&settings);
        settings
    }

    fn from_layer(layer: &SettingsLayer, problems: &mut SettingsProblems) -> Self {
        let default = Self::default();
        let storage = match (layer.in_memory, &layer.data_dir) {
            (Some(true), _) => Storage::InMemory,
            (_, Some(path)) => Storage::DataDirectory(path.clone()),
            (_, None) => default.storage,
        };
        Self {
            listen: layer.listen.unwrap_or(default.listen),
            storage,
            text_cache_bytes: layer.text_cache_bytes.unwrap_or(default.text_cache_bytes),
            telemetry: TelemetrySettings::of(layer),
            access: AccessSettings::of(layer),
            tls: TlsSettings::of(layer, problems),
            web: WebSettings::of(layer),
            cluster: ClusterSettings::of(layer, problems),
            work: WorkSettings::of(layer),
            documents: DocumentSettings::of(layer),
            grammar: grammar_of(layer),
            connections: ConnectionSettings::of(layer),
            max_message_bytes: layer.max_message_bytes.unwrap_or(default.max_message_bytes),
            limits: limits_of(layer),
        }
    }
}

impl TelemetrySettings {
    fn of(layer: &SettingsLayer) -> Self {
        let default = Self::default();
        Self {
            log_format: layer.log_format.unwrap_or(default.log_format),
            log: layer.log.clone().unwrap_or(default.log),
            metrics_listen: layer.metrics_listen,
            otlp_endpoint: layer.otlp_endpoint.clone(),
        }
    }
}

impl AccessSettings {
    fn of(layer: &SettingsLayer) -> Self {
        Self {
            keys: layer.keys.clone(),
            allow_anyone: layer.allow_anyone.unwrap_or(false),
            max_calls_per_second: layer.max_calls_per_second.unwrap_or(0),
        }
    }
}

impl TlsSettings {
    fn of(layer: &SettingsLayer, problems: &mut SettingsProblems) -> Option<Self> {
        let client_ca = layer.tls_client_ca.clone();
        match (layer.tls_certificate.clone(), layer.tls_private_key.clone()) {
            (Some(certificate), Some(private_key)) => {
                return Some(Self { certificate, private_key, client_ca });
            }
            (Some(_), None) => problems.add("tls_certificate is set, but tls_private_key is not; set both"),
            (None, Some(_)) => problems.add("tls_private_key is set, but tls_certificate is not; set both"),
            (None, None) if client_ca.is_some() => {
                problems.add("tls_client_ca is set, but has no effect without tls_certificate and tls_private_key; set them");
            }
            (None, None) => {}
        }
        None
    }
}

impl WebSettings {
    fn of(layer: &SettingsLayer) -> Self {
        let origins = layer.grpc_web_origins.clone().unwrap_or_default();
        Self { grpc_web: layer.grpc_web.unwrap_or(false), origins, listen: layer.web_listen }
    }
}

impl WorkSettings {
    fn of(layer: &SettingsLayer) -> Self {
        let default = Self::default();
        let threads = layer.worker_threads.unwrap_or(default.threads);
        let seconds = |value: Option<u64>, default| value.map_or(default, Duration::from_secs);
        Self {
            threads,
            max_queued: layer.max_queued.unwrap_or(default.max_queued),
            stream_width: layer.stream_width.unwrap_or_else(|| stream_width(threads)),
            import_width: layer.import_width.unwrap_or(default.import_width),
            default_deadline: seconds(layer.default_deadline_seconds, default.default_deadline),
            max_deadline: seconds(layer.max_deadline_seconds, default.max_deadline),
            max_memory_bytes: layer.max_memory_bytes.unwrap_or(default.max_memory_bytes),
            drain_pause: layer.drain_pause_ms.map_or(default.drain_pause, Duration::from_millis),
            drain: seconds(layer.drain_seconds, default.drain),
        }
    }
}

impl DocumentSettings {
    fn of(layer: &SettingsLayer) -> Self {
        let default = Self::default();
        let readers = layer.document_readers.unwrap_or(default.readers);
        Self {
            readers,
            warm: layer.warm_document_readers.unwrap_or_else(|| warm_readers(readers)),
            timeout: layer.document_seconds.map_or(default.timeout, Duration::from_secs),
            memory_bytes: layer.document_memory_bytes.unwrap_or(default.memory_bytes),
            max_bytes: layer.max_document_bytes.unwrap_or(default.max_bytes),
        }
    }
}

fn grammar_of(layer: &SettingsLayer) -> grammar::Config {
    let default = grammar::Config::default();
    grammar::Config {
        english: grammar::contained::Config {
            checkers: layer.grammar_checkers.unwrap_or(default.english.checkers),
            memory_bytes: layer.grammar_memory_bytes.unwrap_or(default.english.memory_bytes),
        },
        languagetool: layer.languagetool_url.clone(),
        timeout: layer.grammar_seconds.map_or(default.timeout, Duration::from_secs),
    }
}

impl ConnectionSettings {
    fn of(layer: &SettingsLayer) -> Self {
        let default = Self::default();
        let seconds = |value: Option<u64>, default| value.map_or(default, Duration::from_secs);
        Self {
            max: layer.max_connections.unwrap_or(default.max),
            max_per_address: layer.max_connections_per_address.unwrap_or(default.max_per_address),
            max_streams: layer.max_streams.unwrap_or(default.max_streams),
            max_header_bytes: layer.max_header_bytes.unwrap_or(default.max_header_bytes),
            max_pending_bytes: layer.max_pending_bytes.unwrap_or(default.max_pending_bytes),
            handshake: seconds(layer.handshake_seconds, default.handshake),
            idle: seconds(layer.idle_seconds, default.idle),
            keepalive: seconds(layer.keepalive_seconds, default.keepalive),
            keepalive_timeout: seconds(layer.keepalive_timeout_seconds, default.keepalive_timeout),
            age: seconds(layer.connection_age_seconds, default.age),
        }
    }
}

/// With the minutes that the streams and Raft logs take, a text is gone within ten minutes.
const DELETED_TEXT_SECONDS_OF_A_NODE: u64 = 300;

fn limits_of(layer: &SettingsLayer) -> Limits {
    let default = Limits::default();
    Limits {
        max_text_bytes: layer.max_text_bytes.unwrap_or(default.max_text_bytes),
        max_normalised_bytes: layer.max_normalised_bytes.unwrap_or(default.max_normalised_bytes),
        max_text_words: layer.max_text_words.unwrap_or(default.max_text_words),
        max_collections: layer.max_collections.unwrap_or(default.max_collections),
        max_sources_per_collection: layer
            .max_sources_per_collection
            .unwrap_or(default.max_sources_per_collection),
        max_collection_bytes: layer.max_collection_bytes.unwrap_or(default.max_collection_bytes),
        max_candidates: layer.max_candidates.unwrap_or(default.max_candidates),
        exhaustive_sources: layer.exhaustive_sources.unwrap_or(default.exhaustive_sources),
        max_common_postings: layer.max_common_postings.unwrap_or(default.max_common_postings),
        max_deleted_text_seconds: layer.max_deleted_text_seconds.unwrap_or(match layer.cluster {
            None => default.max_deleted_text_seconds,
            Some(_) => DELETED_TEXT_SECONDS_OF_A_NODE,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(toml: &str) -> SettingsLayer {
        toml::from_str(toml).unwrap()
    }

    #[test]
    fn an_upper_layer_wins_over_a_lower_one_and_that_over_the_defaults() {
        let upper = layer("listen = '127.0.0.1:1'");
        let lower = layer("listen = '127.0.0.1:2'\nmax_candidates = 7\nworker_threads = 3");
        let settings = Settings::from_layers(upper, lower).unwrap();
        assert_eq!(settings.listen.port(), 1);
        assert_eq!(settings.limits.max_candidates, 7);
        assert_eq!((settings.work.threads, settings.work.stream_width), (3, 24));
        assert_eq!(settings.max_message_bytes, Settings::default().max_message_bytes);
    }

    #[test]
    fn the_corpus_is_where_the_uppermost_layer_says() {
        let folder = |name: &str| Storage::DataDirectory(PathBuf::from(name));
        for (upper, lower, expected) in [
            ("", "", folder("palimpsest-data")),
            ("", "data_dir = 'low'", folder("low")),
            ("data_dir = 'up'", "in_memory = true", folder("up")),
            ("in_memory = true", "data_dir = 'low'", Storage::InMemory),
            ("in_memory = false", "in_memory = true", folder("palimpsest-data")),
        ] {
            let settings = Settings::from_layers(layer(upper), layer(lower)).unwrap();
            assert_eq!(settings.storage, expected, "{upper} over {lower}");
        }
        let both = layer("in_memory = true\ndata_dir = 'x'");
        let error = Settings::from_layers(SettingsLayer::default(), both).unwrap_err().to_string();
        assert!(error.contains("contradict"), "{error}");
    }

    #[test]
    fn names_everything_that_is_problems_at_once() {
        let upper = layer("worker_threads = 0\nmax_text_bytes = 99000000\nlog = 'palimpsest=loud'");
        let error = Settings::from_layers(upper, SettingsLayer::default()).unwrap_err().to_string();
        for part in ["worker_threads is 0, but must be from 1", "must fit into a message", "log is"] {
            assert!(error.contains(part), "{part:?} is not in {error}");
        }
    }

    #[test]
    fn names_what_contradicts_and_what_would_let_everybody_in() {
        for (toml, part) in [
            ("listen = '0.0.0.0:1'", "other machines could read and change everything: set keys"),
            ("listen = '0.0.0.0:1'\nallow_anyone = true", ""),
            ("listen = '0.0.0.0:1'\nkeys = 'k'", ""),
            (
                "listen = '0.0.0.0:1'\ntls_certificate = 'c'\ntls_private_key = 'p'",
                "set keys (or tls_client_ca)",
            ),
            ("listen = '0.0.0.0:1'\ntls_certificate = 'c'\ntls_private_key = 'p'\ntls_client_ca = 'a'", ""),
            ("keys = 'k'\nallow_anyone = true", "keys and allow_anyone contradict"),
            ("tls_certificate = 'c'", "tls_private_key is not"),
            ("tls_private_key = 'p'", "tls_certificate is not"),
            ("tls_client_ca = 'a'", "without tls_certificate"),
            ("max_document_bytes = 400000000", "must fit into document_memory_bytes"),
            ("default_deadline_seconds = 601", "max_deadline_seconds, 600"),
            ("max_pending_bytes = 1024", "a message must fit into it"),
            ("max_normalised_bytes = 1024", "as long in its compared form: max_normalised_bytes is 1024"),
            ("max_collection_bytes = 1024", "must fit into a collection"),
            ("grpc_web_origins = ['https://a']", "grpc_web is not"),
            ("grpc_web = true\ngrpc_web_origins = ['https://a.example:8080', 'http://localhost']", ""),
            ("grpc_web = true\ngrpc_web_origins = ['*']", ""),
            ("grpc_web = true\ngrpc_web_origins = ['a.example']", "\"a.example\", which is no origin"),
            ("grpc_web = true\ngrpc_web_origins = ['https://a.example/']", "which is no origin"),
            ("max_calls_per_second = 9", "but keys is not set"),
            ("metrics_listen = '127.0.0.1:50051'", "use different ports"),
            ("web_listen = '127.0.0.1:50051'", "web_listen and listen are both"),
            ("web_listen = '127.0.0.1:1'\nmetrics_listen = '127.0.0.1:1'", "use different ports"),
            ("web_listen = '0.0.0.0:8080'", "web_listen is 0.0.0.0:8080, so other machines"),
            ("web_listen = '0.0.0.0:8080'\nkeys = 'k'", ""),
            ("web_listen = '127.0.0.1:8080'", ""),
            ("otlp_endpoint = 'collector'", "must be a URL"),
        ] {
            let message = match Settings::from_layers(SettingsLayer::default(), layer(toml)) {
                Ok(_) => String::new(),
                Err(error) => error.to_string(),
            };
            assert!(message.contains(part) && message.is_empty() == part.is_empty(), "{toml}: {message}");
        }
    }

    #[test]
    fn refuses_unknown_keys() {
        let error = toml::from_str::<SettingsLayer>("lisen = '127.0.0.1:1'").unwrap_err();
        assert!(error.to_string().contains("unknown field `lisen`"), "{error}");
        assert_eq!(suggestion::for_setting(&error), "\ndid you mean listen?");
    }
}
