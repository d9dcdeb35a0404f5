//! Validation of settings; all problems are reported at once.

use super::{Settings, SettingsError, Storage};
use crate::engine::Limits;
use crate::index::Slot;
use crate::server::{KeyFile, tls};

/// The problems found.
#[derive(Debug, Default)]
pub(super) struct SettingsProblems(Vec<String>);

impl SettingsProblems {
    /// Adds a problem.
    pub(super) fn add(&mut self, problem: impl Into<String>) {
        self.0.push(problem.into());
    }

    /// Returns the settings if there is no problem.
    pub(super) fn into_result<T>(self, settings: T) -> Result<T, SettingsError> {
        if self.0.is_empty() { Ok(settings) } else { Err(SettingsError::Invalid(self.0)) }
    }

    /// Finds values out of range, and values that contradict each other.
    pub(super) fn check(&mut self, settings: &Settings) {
        self.work(settings);
        self.documents(settings);
        self.grammar(settings);
        self.connections(settings);
        self.limits(settings);
        self.access(settings);
        self.telemetry(settings);
        if let Some(cluster) = &settings.cluster {
            cluster.check(self);
        }
    }

    /// Finds problems in the files that the settings name.
    pub(super) fn files(&mut self, settings: &Settings) {
        self.0.extend(settings.tls.iter().flat_map(tls::problems));
        let keys = settings.access.keys.iter().filter_map(|path| KeyFile::read(path).err());
        self.0.extend(keys.flat_map(|error| error.lines()));
    }

    fn range<T: PartialOrd + std::fmt::Display + Copy>(&mut self, name: &str, value: T, min: T, max: T) {
        if value < min || value > max {
            self.add(format!("{name} is {value}, but must be from {min} to {max}"));
        }
    }

    fn work(&mut self, settings: &Settings) {
        let work = &settings.work;
        self.range("worker_threads", work.threads, 1, 1024);
        self.range("max_queued", work.max_queued, 0, 1_000_000);
        self.range("stream_width", work.stream_width, 1, 4096);
        self.range("import_width", work.import_width, 1, 65_536);
        self.range("drain_pause_ms", work.drain_pause.as_millis(), 0, 3_600_000);
        self.range("drain_seconds", work.drain.as_secs(), 0, DAY);
        self.range("default_deadline_seconds", work.default_deadline.as_secs(), 1, DAY);
        self.range("max_deadline_seconds", work.max_deadline.as_secs(), 1, DAY);
        self.range("max_memory_bytes", work.max_memory_bytes, 0, MAX_BYTES);
        self.range("text_cache_bytes", settings.text_cache_bytes, 0, MAX_BYTES);
        let (default, max) = (work.default_deadline.as_secs(), work.max_deadline.as_secs());
        if default > max {
            self.add(format!(
                "default_deadline_seconds is {default}, but must be no more than max_deadline_seconds, {max}"
            ));
        }
    }

    fn grammar(&mut self, settings: &Settings) {
        let grammar = &settings.grammar;
        self.range("grammar_checkers", grammar.english.checkers, 0, 1024);
        self.range("grammar_seconds", grammar.timeout.as_secs(), 1, 3600);
        self.range("grammar_memory_bytes", grammar.english.memory_bytes, 256 << 20, MAX_BYTES);
    }

    fn documents(&mut self, settings: &Settings) {
        let documents = &settings.documents;
        self.range("document_readers", documents.readers, 1, 1024);
        self.range("warm_document_readers", documents.warm, 0, 1024);
        self.range("document_seconds", documents.timeout.as_secs(), 1, 3600);
        self.range("document_memory_bytes", documents.memory_bytes, 64 << 20, MAX_BYTES);
        self.range("max_document_bytes", documents.max_bytes, 1024, 1 << 30);
        let (memory, document) = (documents.memory_bytes, documents.max_bytes);
        if document > memory / 2 {
            self.add(format!(
                "max_document_bytes is {document}, but a document and its text must fit into document_memory_bytes: \
                 raise that to twice as much, or lower the other"
            ));
        }
    }

    fn connections(&mut self, settings: &Settings) {
        let connections = &settings.connections;
        self.range("max_connections", connections.max, 1, 1_000_000);
        self.range("max_connections_per_address", connections.max_per_address, 1, 1_000_000);
        self.range("max_streams", connections.max_streams, 1, 65_536);
        self.range("max_header_bytes", connections.max_header_bytes, 1024, 1 << 20);
        self.range("max_pending_bytes", connections.max_pending_bytes, 1024, 1 << 32);
        self.range("handshake_seconds", connections.handshake.as_secs(), 1, DAY);
        self.range("idle_seconds", connections.idle.as_secs(), 0, DAY);
        self.range("keepalive_seconds", connections.keepalive.as_secs(), 1, DAY);
        self.range("keepalive_timeout_seconds", connections.keepalive_timeout.as_secs(), 1, DAY);
        self.range("connection_age_seconds", connections.age.as_secs(), 0, 365 * DAY);
        let (message, pending) = (settings.max_message_bytes, connections.max_pending_bytes);
        if message > pending {
            self.add(format!(
                "max_pending_bytes is {pending}, but a message must fit into it: raise it to max_message_bytes, {message}, or lower that"
            ));
        }
    }

    fn limits(&mut self, settings: &Settings) {
        let limits = &settings.limits;
        self.range("max_message_bytes", settings.max_message_bytes, 1024, 1 << 30);
        self.range("max_text_bytes", limits.max_text_bytes, 64, Limits::MOST_TEXT_BYTES);
        self.range("max_normalised_bytes", limits.max_normalised_bytes, 64, usize::MAX >> 1);
        self.range("max_text_words", limits.max_text_words, 16, Limits::MOST_TEXT_BYTES);
        self.range("max_collections", limits.max_collections, 1, u32::MAX as usize);
        self.range("max_sources_per_collection", limits.max_sources_per_collection, 1, Slot::COUNT as usize);
        self.range("max_collection_bytes", limits.max_collection_bytes, 64, MAX_BYTES);
        self.range("max_candidates", limits.max_candidates, 1, 1_000_000);
        self.range("exhaustive_sources", limits.exhaustive_sources, 0, 100_000);
        self.range("max_common_postings", limits.max_common_postings, 10, u32::MAX);
        self.range("max_deleted_text_seconds", limits.max_deleted_text_seconds, 1, MAX_BYTES);
        let text = limits.max_text_bytes;
        for (name, value, reason) in [
            ("max_message_bytes", settings.max_message_bytes as u64, "a text must fit into a message"),
            (
                "max_normalised_bytes",
                limits.max_normalised_bytes as u64,
                "a plain text is as long in its compared form",
            ),
            ("max_collection_bytes", limits.max_collection_bytes, "a text must fit into a collection"),
        ] {
            if (text as u64) > value {
                self.add(format!("max_text_bytes is {text}, but {reason}: {name} is {value}; lower the one or raise the other"));
            }
        }
    }

    fn access(&mut self, settings: &Settings) {
        let (access, listen) = (&settings.access, settings.listen);
        let has_client_ca = settings.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some());
        if access.keys.is_some() && access.allow_anyone {
            self.add("keys and allow_anyone contradict each other; remove one of them");
        }
        let is_open = access.keys.is_none() && !has_client_ca && !access.allow_anyone;
        for (name, address) in [("listen", Some(listen)), ("web_listen", settings.web.listen)] {
            if let Some(address) = address.filter(|address| is_open && !address.ip().is_loopback()) {
                self.add(format!(
                    "{name} is {address}, so other machines could read and change everything: set keys (or tls_client_ca), \
                     listen on a loopback address, or set allow_anyone if that is intended"
                ));
            }
        }
        if access.max_calls_per_second > 0 && access.keys.is_none() {
            self.add("max_calls_per_second is a limit for each key, but keys is not set; set it");
        }
        if !settings.web.origins.is_empty() && !settings.web.grpc_web {
            self.add("grpc_web_origins is set, but grpc_web is not; set it");
        }
        for origin in settings.web.origins.iter().filter(|origin| !is_origin(origin)) {
            self.add(format!(
                "grpc_web_origins has {origin:?}, which is no origin; write it like https://essays.example, or * for all"
            ));
        }
    }

    fn telemetry(&mut self, settings: &Settings) {
        let telemetry = &settings.telemetry;
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&telemetry.log) {
            self.add(format!(
                "log is {:?}, which is no filter ({error}); write it like info or palimpsest=debug",
                telemetry.log
            ));
        }
        let (listen, metrics, web) = (Some(settings.listen), telemetry.metrics_listen, settings.web.listen);
        for (name, address, other, other_address) in [
            ("metrics_listen", metrics, "listen", listen),
            ("web_listen", web, "listen", listen),
            ("metrics_listen", metrics, "web_listen", web),
        ] {
            if let Some(address) = address.filter(|own| own.port() != 0 && Some(*own) == other_address) {
                self.add(format!("{name} and {other} are both {address}; use different ports"));
            }
        }
        let endpoint = telemetry.otlp_endpoint.as_deref();
        let is_url = |url: &str| url.starts_with("http://");
        if let Some(url) =
            endpoint.filter(|url| !is_url(url) || url.parse::<tonic::transport::Uri>().is_err())
        {
            self.add(format!(
                "otlp_endpoint is {url:?}, but must be a URL such as http://127.0.0.1:4317, without TLS"
            ));
        }
        if let Storage::DataDirectory(path) = &settings.storage
            && path.as_os_str().is_empty()
        {
            self.add("data_dir is empty; name a folder");
        }
    }
}

/// True for an origin as browsers send it: a scheme, a host, and optionally a port; or `*`.
fn is_origin(origin: &str) -> bool {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let is_host = |host: &str| !host.is_empty() && !host.contains(['/', '?', '#', '@']);
    origin == "*" || host.is_some_and(is_host) && origin.parse::<tonic::transport::Uri>().is_ok()
}

const DAY: u64 = 86_400;

/// Maximum number in a settings file.
const MAX_BYTES: u64 = u64::MAX >> 1;
