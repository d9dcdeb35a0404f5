//! Effective settings as TOML.

use super::{ClusterSettings, Settings, SettingsError, SettingsLayer, Storage};
use crate::writing::grammar::Config;

impl Settings {
    /// Returns a settings file that gives these settings, one `key = value` per line. It has no secrets.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Unwritable`] for values that TOML can't represent, such as a path that is not UTF-8.
    pub fn to_toml(&self) -> Result<String, SettingsError> {
        Ok(toml::to_string(&SettingsLayer::from(self))?)
    }
}

impl From<&Settings> for SettingsLayer {
    /// A layer with all values.
    fn from(settings: &Settings) -> Self {
        let (data_dir, in_memory) = match &settings.storage {
            Storage::InMemory => (None, Some(true)),
            Storage::DataDirectory(path) => (Some(path.clone()), None),
        };
        let Settings { telemetry, access, tls, web, work, documents, connections, limits, .. } = settings;
        Self {
            listen: Some(settings.listen),
            data_dir,
            in_memory,
            text_cache_bytes: Some(settings.text_cache_bytes),
            log_format: Some(telemetry.log_format),
            log: Some(telemetry.log.clone()),
            metrics_listen: telemetry.metrics_listen,
            otlp_endpoint: telemetry.otlp_endpoint.clone(),
            keys: access.keys.clone(),
            allow_anyone: Some(access.allow_anyone),
            max_calls_per_second: Some(access.max_calls_per_second),
            tls_certificate: tls.as_ref().map(|tls| tls.certificate.clone()),
            tls_private_key: tls.as_ref().map(|tls| tls.private_key.clone()),
            tls_client_ca: tls.as_ref().and_then(|tls| tls.client_ca.clone()),
            grpc_web: Some(web.grpc_web),
            grpc_web_origins: Some(web.origins.clone()),
            web_listen: web.listen,
            worker_threads: Some(work.threads),
            max_queued: Some(work.max_queued),
            stream_width: Some(work.stream_width),
            import_width: Some(work.import_width),
            default_deadline_seconds: Some(work.default_deadline.as_secs()),
            max_deadline_seconds: Some(work.max_deadline.as_secs()),
            max_memory_bytes: Some(work.max_memory_bytes),
            drain_pause_ms: u64::try_from(work.drain_pause.as_millis()).ok(),
            drain_seconds: Some(work.drain.as_secs()),
            document_readers: Some(documents.readers),
            warm_document_readers: Some(documents.warm),
            document_seconds: Some(documents.timeout.as_secs()),
            document_memory_bytes: Some(documents.memory_bytes),
            max_document_bytes: Some(documents.max_bytes),
            max_connections: Some(connections.max),
            max_connections_per_address: Some(connections.max_per_address),
            max_streams: Some(connections.max_streams),
            max_header_bytes: Some(connections.max_header_bytes),
            max_pending_bytes: Some(connections.max_pending_bytes),
            handshake_seconds: Some(connections.handshake.as_secs()),
            idle_seconds: Some(connections.idle.as_secs()),
            keepalive_seconds: Some(connections.keepalive.as_secs()),
            keepalive_timeout_seconds: Some(connections.keepalive_timeout.as_secs()),
            connection_age_seconds: Some(connections.age.as_secs()),
            max_message_bytes: Some(settings.max_message_bytes),
            max_text_bytes: Some(limits.max_text_bytes),
            max_normalised_bytes: Some(limits.max_normalised_bytes),
            max_text_words: Some(limits.max_text_words),
            max_collections: Some(limits.max_collections),
            max_sources_per_collection: Some(limits.max_sources_per_collection),
            max_collection_bytes: Some(limits.max_collection_bytes),
            max_candidates: Some(limits.max_candidates),
            exhaustive_sources: Some(limits.exhaustive_sources),
            max_common_postings: Some(limits.max_common_postings),
            max_deleted_text_seconds: Some(limits.max_deleted_text_seconds),
            ..of_grammar(&settings.grammar).or(ClusterSettings::layer(settings.cluster.as_ref()))
        }
    }
}

/// A layer with the values of the checkers of grammar alone.
fn of_grammar(grammar: &Config) -> SettingsLayer {
    SettingsLayer {
        grammar_checkers: Some(grammar.english.checkers),
        grammar_seconds: Some(grammar.timeout.as_secs()),
        grammar_memory_bytes: Some(grammar.english.memory_bytes),
        languagetool_url: grammar.languagetool.clone(),
        ..SettingsLayer::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_effective_settings_give_the_same_settings() {
        for toml in [
            "",
            "in_memory = true\nlog_format = 'json'",
            "data_dir = 'a \"b\"'\nmax_candidates = 7\ngrpc_web = true\ngrpc_web_origins = ['https://a', 'https://b']",
            "web_listen = '[::1]:8080'",
            "document_readers = 3\nwarm_document_readers = 0\ndocument_seconds = 4\nmax_document_bytes = 1024",
            "grammar_checkers = 0\ngrammar_seconds = 7\nlanguagetool_url = 'http://localhost:8010'",
            "cluster = ['nats://a:1', 'tls://b:2']\nreplica_group = '2/3'\ncluster_reads = 'strict'\ncluster_replicas = 1",
            "cluster = ['nats://a:1']\ncluster_certificate = 'c'\ncluster_private_key = 'k'\ncluster_monitors = ['http://a:2']",
            "listen = '[::]:1'\nkeys = 'k'\nmax_calls_per_second = 9\ntls_certificate = 'c'\ntls_private_key = 'p'",
        ] {
            let settings = Settings::from_layers(toml::from_str(toml).unwrap(), SettingsLayer::default());
            let settings = settings.unwrap();
            let effective = settings.to_toml().unwrap();
            let again = Settings::from_layers(toml::from_str(&effective).unwrap(), SettingsLayer::default());
            assert_eq!(again.unwrap(), settings, "{effective}");
        }
    }
}
