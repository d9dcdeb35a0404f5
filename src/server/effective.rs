//! The settings in force, told as a file of settings.

use super::settings::{Settings, SettingsError, SettingsLayer, Storage};

impl Settings {
    /// One `key = value` a line: a file of settings that comes to these very settings. There are no secrets in it.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Unwritable`] for what TOML can't say, such as a path that is not UTF-8.
    pub fn to_toml(&self) -> Result<String, SettingsError> {
        Ok(toml::to_string(&SettingsLayer::from(self))?)
    }
}

impl From<&Settings> for SettingsLayer {
    /// A layer that leaves nothing to the next.
    fn from(settings: &Settings) -> Self {
        let (data_dir, in_memory) = match &settings.storage {
            Storage::InMemory => (None, Some(true)),
            Storage::DataDirectory(path) => (Some(path.clone()), None),
        };
        let limits = settings.limits;
        Self {
            listen: Some(settings.listen),
            data_dir,
            in_memory,
            text_cache_bytes: Some(settings.text_cache_bytes),
            log_format: Some(settings.log_format),
            log: Some(settings.log.clone()),
            worker_threads: Some(settings.worker_threads),
            max_queued: Some(settings.max_queued),
            stream_width: Some(settings.stream_width),
            import_width: Some(settings.import_width),
            drain_seconds: Some(settings.drain.as_secs()),
            max_message_bytes: Some(settings.max_message_bytes),
            max_text_bytes: Some(limits.max_text_bytes),
            max_text_words: Some(limits.max_text_words),
            max_collections: Some(limits.max_collections),
            max_sources_per_collection: Some(limits.max_sources_per_collection),
            max_candidates: Some(limits.max_candidates),
            max_common_postings: Some(limits.max_common_postings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_comes_to_the_same_settings() {
        for said in ["", "in_memory = true\nlog_format = 'json'", "data_dir = 'a \"b\"'\nmax_candidates = 7"]
        {
            let settings = Settings::from_layers(toml::from_str(said).unwrap(), SettingsLayer::default());
            let settings = settings.unwrap();
            let told = settings.to_toml().unwrap();
            let again = Settings::from_layers(toml::from_str(&told).unwrap(), SettingsLayer::default());
            assert_eq!(again.unwrap(), settings, "{told}");
        }
    }
}
