//! What is wrong with settings, all at once.

use super::{Settings, SettingsError, Storage};
use crate::engine::Limits;
use crate::index::Slot;
use crate::server::{KeyFile, tls};

/// What is wrong.
#[derive(Debug, Default)]
pub(super) struct SettingsProblems(Vec<String>);

impl SettingsProblems {
    /// One thing more is wrong.
    pub(super) fn say(&mut self, what: String) {
        self.0.push(what);
    }

    /// The settings, if nothing is wrong.
    pub(super) fn into_result(self, settings: Settings) -> Result<Settings, SettingsError> {
        if self.0.is_empty() { Ok(settings) } else { Err(SettingsError::Invalid(self.0)) }
    }

    /// Looks for values out of range, and for values that contradict one another.
    pub(super) fn check(&mut self, settings: &Settings) {
        self.work(settings);
        self.connections(settings);
        self.limits(settings);
        self.access(settings);
        self.telemetry(settings);
    }

    /// Looks into the files that the settings name.
    pub(super) fn files(&mut self, settings: &Settings) {
        self.0.extend(settings.tls.iter().flat_map(tls::problems));
        let keys = settings.access.keys.iter().filter_map(|path| KeyFile::read(path).err());
        self.0.extend(keys.flat_map(|error| error.lines()));
    }

    fn range<T: PartialOrd + std::fmt::Display + Copy>(&mut self, name: &str, value: T, min: T, max: T) {
        if value < min || value > max {
            self.say(format!("{name} is {value}, but must be from {min} to {max}"));
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
        self.range("max_memory_bytes", work.max_memory_bytes, 0, MOST_BYTES);
        self.range("text_cache_bytes", settings.text_cache_bytes, 0, MOST_BYTES);
        let (default, most) = (work.default_deadline.as_secs(), work.max_deadline.as_secs());
        if default > most {
            self.say(format!(
                "default_deadline_seconds is {default}, but no call may take longer than max_deadline_seconds, {most}"
            ));
        }
    }

    fn connections(&mut self, settings: &Settings) {
        let held = &settings.connections;
        self.range("max_connections", held.max, 1, 1_000_000);
        self.range("max_connections_per_address", held.max_per_address, 1, 1_000_000);
        self.range("max_streams", held.max_streams, 1, 65_536);
        self.range("max_header_bytes", held.max_header_bytes, 1024, 1 << 20);
        self.range("max_pending_bytes", held.max_pending_bytes, 1024, 1 << 32);
        self.range("handshake_seconds", held.handshake.as_secs(), 1, DAY);
        self.range("idle_seconds", held.idle.as_secs(), 0, DAY);
        self.range("keepalive_seconds", held.keepalive.as_secs(), 1, DAY);
        self.range("keepalive_timeout_seconds", held.keepalive_timeout.as_secs(), 1, DAY);
        self.range("connection_age_seconds", held.age.as_secs(), 0, 365 * DAY);
        let (message, pending) = (settings.max_message_bytes, held.max_pending_bytes);
        if message > pending {
            self.say(format!(
                "max_pending_bytes is {pending}, but a message must fit into it: max_message_bytes is {message}"
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
        self.range("max_collection_bytes", limits.max_collection_bytes, 64, MOST_BYTES);
        self.range("max_candidates", limits.max_candidates, 1, 1_000_000);
        self.range("max_common_postings", limits.max_common_postings, 10, u32::MAX);
        self.range("max_deleted_text_seconds", limits.max_deleted_text_seconds, 1, MOST_BYTES);
        let text = limits.max_text_bytes;
        for (name, value, why) in [
            ("max_message_bytes", settings.max_message_bytes as u64, "a text must fit into a message"),
            (
                "max_normalised_bytes",
                limits.max_normalised_bytes as u64,
                "a plain text is as long in its compared form",
            ),
            ("max_collection_bytes", limits.max_collection_bytes, "a text must fit into a collection"),
        ] {
            if (text as u64) > value {
                self.say(format!("max_text_bytes is {text}, but {why}: {name} is {value}"));
            }
        }
    }

    fn access(&mut self, settings: &Settings) {
        let (access, listen) = (&settings.access, settings.listen);
        let asks = settings.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some());
        if access.keys.is_some() && access.allow_anyone {
            self.say("keys and allow_anyone contradict one another; leave one of them out".to_owned());
        }
        if !listen.ip().is_loopback() && access.keys.is_none() && !asks && !access.allow_anyone {
            self.say(format!(
                "listen is {listen}, where others may reach it, and they could read and change everything: set keys (or \
                 tls_client_ca), listen on a loopback address, or say allow_anyone if that is what you mean"
            ));
        }
        if access.max_calls_per_second > 0 && access.keys.is_none() {
            self.say("max_calls_per_second is a limit for each key, but keys is not set".to_owned());
        }
        if !settings.web.origins.is_empty() && !settings.web.grpc_web {
            self.say("grpc_web_origins is set, but not grpc_web".to_owned());
        }
        for origin in settings.web.origins.iter().filter(|origin| !is_origin(origin)) {
            self.say(format!(
                "grpc_web_origins has {origin:?}, which is no origin: write it like https://essays.example, or * for all"
            ));
        }
    }

    fn telemetry(&mut self, settings: &Settings) {
        let telemetry = &settings.telemetry;
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&telemetry.log) {
            self.say(format!("log is {:?}, which is no filter: {error}", telemetry.log));
        }
        if telemetry.metrics_listen == Some(settings.listen) && settings.listen.port() != 0 {
            self.say(format!("metrics_listen and listen are both {}: give each a port", settings.listen));
        }
        let said = telemetry.otlp_endpoint.as_deref();
        let is_url = |url: &str| url.starts_with("http://");
        if let Some(url) = said.filter(|url| !is_url(url) || url.parse::<tonic::transport::Uri>().is_err()) {
            self.say(format!(
                "otlp_endpoint is {url:?}, but must be a URL such as http://127.0.0.1:4317, without TLS"
            ));
        }
        if let Storage::DataDirectory(path) = &settings.storage
            && path.as_os_str().is_empty()
        {
            self.say("data_dir is empty: name a folder".to_owned());
        }
    }
}

/// Whether this is what a browser says of a page's origin: a scheme, a host, perhaps a port; or `*`.
fn is_origin(said: &str) -> bool {
    let host = said.strip_prefix("https://").or_else(|| said.strip_prefix("http://"));
    let is_host = |host: &str| !host.is_empty() && !host.contains(['/', '?', '#', '@']);
    said == "*" || host.is_some_and(is_host) && said.parse::<tonic::transport::Uri>().is_ok()
}

const DAY: u64 = 86_400;

/// What a settings file can say.
const MOST_BYTES: u64 = u64::MAX >> 1;
