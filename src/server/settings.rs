//! Settings, in layers: a flag wins over an environment variable, that over the file, that over the
//! default. They are validated once, and everything that is wrong is named at once.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::Limits;
use crate::index::Slot;

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

/// One layer of settings: what it does not say is left to the next.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsLayer {
    /// The address and port to listen on [default: 127.0.0.1:50051]
    #[arg(long, env = "PALIMPSEST_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The folder that the corpus is kept in; made if it is not there [default: palimpsest-data]
    #[arg(long, env = "PALIMPSEST_DATA_DIR", value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Keep the corpus in memory alone: it ends with the server
    #[arg(long, env = "PALIMPSEST_IN_MEMORY", num_args = 0..=1, default_missing_value = "true")]
    #[arg(value_name = "BOOL", require_equals = true, conflicts_with = "data_dir")]
    pub in_memory: Option<bool>,
    /// Bytes of texts read from the data directory that are held in memory at most [default: 268435456]
    #[arg(long, env = "PALIMPSEST_TEXT_CACHE_BYTES", value_name = "BYTES")]
    pub text_cache_bytes: Option<u64>,
    /// How log lines look [default: text]
    #[arg(long, env = "PALIMPSEST_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug, trace, or directives such as palimpsest=debug [default: info]
    #[arg(long, env = "PALIMPSEST_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// Threads that do the engine's work [default: one for each core]
    #[arg(long, env = "PALIMPSEST_WORKER_THREADS", value_name = "COUNT")]
    pub worker_threads: Option<usize>,
    /// Calls that may wait for a worker thread; more are refused [default: 1024]
    #[arg(long, env = "PALIMPSEST_MAX_QUEUED", value_name = "COUNT")]
    pub max_queued: Option<usize>,
    /// Items of one stream that are worked on at once [default: eight for each worker thread]
    #[arg(long, env = "PALIMPSEST_STREAM_WIDTH", value_name = "COUNT")]
    pub stream_width: Option<usize>,
    /// Sources of one import that may wait to be made durable together [default: 1024]
    #[arg(long, env = "PALIMPSEST_IMPORT_WIDTH", value_name = "COUNT")]
    pub import_width: Option<usize>,
    /// Seconds that running calls have to end after SIGTERM or Ctrl-C [default: 30]
    #[arg(long, env = "PALIMPSEST_DRAIN_SECONDS", value_name = "SECONDS")]
    pub drain_seconds: Option<u64>,
    /// Bytes of one message at most [default: 33554432]
    #[arg(long, env = "PALIMPSEST_MAX_MESSAGE_BYTES", value_name = "BYTES")]
    pub max_message_bytes: Option<usize>,
    /// Bytes of one text at most [default: 8388608]
    #[arg(long, env = "PALIMPSEST_MAX_TEXT_BYTES", value_name = "BYTES")]
    pub max_text_bytes: Option<usize>,
    /// Words of one text at most [default: 2000000]
    #[arg(long, env = "PALIMPSEST_MAX_TEXT_WORDS", value_name = "WORDS")]
    pub max_text_words: Option<usize>,
    /// Collections in the corpus at most [default: 100000]
    #[arg(long, env = "PALIMPSEST_MAX_COLLECTIONS", value_name = "COUNT")]
    pub max_collections: Option<usize>,
    /// Sources in one collection at most [default: 16000000]
    #[arg(long, env = "PALIMPSEST_MAX_SOURCES_PER_COLLECTION", value_name = "COUNT")]
    pub max_sources_per_collection: Option<usize>,
    /// Candidates that one check compares at most [default: 1000]
    #[arg(long, env = "PALIMPSEST_MAX_CANDIDATES", value_name = "COUNT")]
    pub max_candidates: Option<usize>,
    /// Postings of common fingerprints that one check reads in one collection at most [default: 16384]
    #[arg(long, env = "PALIMPSEST_MAX_COMMON_POSTINGS", value_name = "COUNT")]
    pub max_common_postings: Option<u32>,
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
    /// How log lines look.
    pub log_format: LogFormat,
    /// What is logged, as directives of tracing-subscriber's `EnvFilter`.
    pub log: String,
    /// Threads that do the engine's work.
    pub worker_threads: usize,
    /// Calls that may wait for one of them.
    pub max_queued: usize,
    /// Items of one stream that are worked on at once.
    pub stream_width: usize,
    /// Sources of one import that may wait to be made durable together.
    pub import_width: usize,
    /// How long running calls have to end when the server stops.
    pub drain: Duration,
    /// Bytes of one message at most.
    pub max_message_bytes: usize,
    /// What the engine holds requests to.
    pub limits: Limits,
}

/// Why there are no settings to run with.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file can't be read.
    #[error("the settings file {path:?} can't be read: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("the settings file {path:?} is wrong: {cause}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        cause: Box<toml::de::Error>,
    },
    /// Values that are out of range or contradict one another, all of them.
    #[error("these settings are wrong:\n  {}", .0.join("\n  "))]
    Wrong(Vec<String>),
    /// They can't be told as a file of settings.
    #[error("these settings can't be written as TOML: {0}")]
    Unwritable(#[from] toml::ser::Error),
}

impl Default for Settings {
    fn default() -> Self {
        let worker_threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 50051)),
            storage: Storage::DataDirectory(PathBuf::from("palimpsest-data")),
            text_cache_bytes: 256 << 20,
            log_format: LogFormat::Text,
            log: "info".to_owned(),
            worker_threads,
            max_queued: 1024,
            stream_width: 8 * worker_threads,
            import_width: 1024,
            drain: Duration::from_secs(30),
            max_message_bytes: 32 << 20,
            limits: Limits::default(),
        }
    }
}

impl Settings {
    /// The settings that flags, environment and file come to.
    ///
    /// # Errors
    ///
    /// [`SettingsError`], with everything that is wrong.
    pub fn load(args: ServeArgs) -> Result<Self, SettingsError> {
        let file = match args.config {
            None => SettingsLayer::default(),
            Some(path) => match std::fs::read_to_string(&path) {
                Err(cause) => return Err(SettingsError::Unreadable { path, cause }),
                Ok(text) => toml::from_str(&text)
                    .map_err(|cause| SettingsError::Malformed { path, cause: Box::new(cause) })?,
            },
        };
        Self::from_layers(args.flags, file)
    }

    /// The settings that a layer comes to, with another below it, above the defaults.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Wrong`].
    pub fn from_layers(upper: SettingsLayer, lower: SettingsLayer) -> Result<Self, SettingsError> {
        let SettingsLayer {
            listen,
            data_dir,
            in_memory,
            text_cache_bytes,
            log_format,
            log,
            worker_threads,
            max_queued,
            stream_width,
            import_width,
            drain_seconds,
            max_message_bytes,
            max_text_bytes,
            max_text_words,
            max_collections,
            max_sources_per_collection,
            max_candidates,
            max_common_postings,
        } = upper;
        let default = Self::default();
        let limits = default.limits;
        let worker_threads = worker_threads.or(lower.worker_threads).unwrap_or(default.worker_threads);
        let drain = drain_seconds.or(lower.drain_seconds).map_or(default.drain, Duration::from_secs);
        let mut wrong = Vec::new();
        if lower.in_memory == Some(true) && lower.data_dir.is_some() {
            wrong.push("in_memory and data_dir contradict one another; leave one of them out".to_owned());
        }
        let upper = storage(data_dir, in_memory);
        let storage =
            upper.or_else(|| storage(lower.data_dir, lower.in_memory.filter(|_| in_memory.is_none())));
        let settings = Self {
            listen: listen.or(lower.listen).unwrap_or(default.listen),
            storage: storage.unwrap_or(default.storage),
            text_cache_bytes: text_cache_bytes.or(lower.text_cache_bytes).unwrap_or(default.text_cache_bytes),
            log_format: log_format.or(lower.log_format).unwrap_or(default.log_format),
            log: log.or(lower.log).unwrap_or(default.log),
            worker_threads,
            max_queued: max_queued.or(lower.max_queued).unwrap_or(default.max_queued),
            stream_width: stream_width.or(lower.stream_width).unwrap_or(worker_threads.saturating_mul(8)),
            import_width: import_width.or(lower.import_width).unwrap_or(default.import_width),
            drain,
            max_message_bytes: max_message_bytes
                .or(lower.max_message_bytes)
                .unwrap_or(default.max_message_bytes),
            limits: Limits {
                max_text_bytes: max_text_bytes.or(lower.max_text_bytes).unwrap_or(limits.max_text_bytes),
                max_text_words: max_text_words.or(lower.max_text_words).unwrap_or(limits.max_text_words),
                max_collections: max_collections.or(lower.max_collections).unwrap_or(limits.max_collections),
                max_sources_per_collection: max_sources_per_collection
                    .or(lower.max_sources_per_collection)
                    .unwrap_or(limits.max_sources_per_collection),
                max_candidates: max_candidates.or(lower.max_candidates).unwrap_or(limits.max_candidates),
                max_common_postings: max_common_postings
                    .or(lower.max_common_postings)
                    .unwrap_or(limits.max_common_postings),
            },
        };
        settings.validated(wrong)
    }

    fn validated(self, mut wrong: Vec<String>) -> Result<Self, SettingsError> {
        let mut range = |name: &str, value: usize, min: usize, max: usize| {
            if !(min..=max).contains(&value) {
                wrong.push(format!("{name} is {value}, but must be from {min} to {max}"));
            }
        };
        let limits = &self.limits;
        range("worker_threads", self.worker_threads, 1, 1024);
        range("max_queued", self.max_queued, 0, 1_000_000);
        range("stream_width", self.stream_width, 1, 4096);
        range("import_width", self.import_width, 1, 65_536);
        range("drain_seconds", within_usize(self.drain.as_secs()), 0, 86_400);
        // What a settings file can say.
        range("text_cache_bytes", within_usize(self.text_cache_bytes), 0, usize::MAX >> 1);
        range("max_message_bytes", self.max_message_bytes, 1024, 1 << 30);
        range("max_text_bytes", limits.max_text_bytes, 64, Limits::MOST_TEXT_BYTES);
        range("max_text_words", limits.max_text_words, 16, Limits::MOST_TEXT_BYTES);
        range("max_collections", limits.max_collections, 1, u32::MAX as usize);
        range("max_sources_per_collection", limits.max_sources_per_collection, 1, Slot::COUNT as usize);
        range("max_candidates", limits.max_candidates, 1, 1_000_000);
        range("max_common_postings", limits.max_common_postings as usize, 10, u32::MAX as usize);
        if limits.max_text_bytes > self.max_message_bytes {
            let (text, message) = (limits.max_text_bytes, self.max_message_bytes);
            wrong.push(format!(
                "max_text_bytes is {text}, but a text must fit into a message: max_message_bytes is {message}"
            ));
        }
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.log) {
            wrong.push(format!("log is {:?}, which is no filter: {error}", self.log));
        }
        if wrong.is_empty() { Ok(self) } else { Err(SettingsError::Wrong(wrong)) }
    }
}

/// A value, or the most that can be compared, which is out of every range.
fn within_usize(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// Where one layer says that the corpus is, if it says so.
fn storage(data_dir: Option<PathBuf>, in_memory: Option<bool>) -> Option<Storage> {
    match in_memory {
        Some(true) => Some(Storage::InMemory),
        _ => data_dir.map(Storage::DataDirectory),
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
        assert_eq!((settings.worker_threads, settings.stream_width), (3, 24));
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
    fn names_everything_that_is_wrong_at_once() {
        let upper = layer("worker_threads = 0\nmax_text_bytes = 99000000\nlog = 'palimpsest=loud'");
        let error = Settings::from_layers(upper, SettingsLayer::default()).unwrap_err().to_string();
        for part in ["worker_threads is 0, but must be from 1", "must fit into a message", "log is"] {
            assert!(error.contains(part), "{part:?} is not in {error}");
        }
    }

    #[test]
    fn refuses_unknown_keys() {
        let error = toml::from_str::<SettingsLayer>("lisen = '127.0.0.1:1'").unwrap_err().to_string();
        assert!(error.contains("unknown field `lisen`"), "{error}");
    }
}
