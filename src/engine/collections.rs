//! The collections of the corpus: created, looked at, deleted.

use std::sync::Arc;

use super::collection::{Collection, CollectionInfo, CollectionStats};
use super::corpus::Engine;
use super::error::Error;
use super::names::CollectionName;
use crate::fingerprint::FingerprintSettings;

/// The totals of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorpusInfo {
    /// Collections.
    pub collections: u64,
    /// The sums over all collections, and the corpus's revision.
    pub stats: CollectionStats,
}

impl Engine {
    /// The totals of the corpus. Linear in the number of collections.
    #[must_use]
    pub fn corpus(&self) -> CorpusInfo {
        let mut stats = CollectionStats { revision: *self.revision.read(), ..CollectionStats::default() };
        let collections = self.all_collections();
        for one in collections.iter().map(|collection| CollectionInfo::of(collection).stats) {
            stats.sources += one.sources;
            stats.words += one.words;
            stats.fingerprints += one.fingerprints;
            stats.text_bytes += one.text_bytes;
            stats.index_bytes += one.index_bytes;
        }
        CorpusInfo { collections: collections.len() as u64, stats }
    }

    fn all_collections(&self) -> Vec<Arc<Collection>> {
        self.collections.iter().map(|collection| Arc::clone(&collection)).collect()
    }

    /// Creates an empty collection.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionExists`], [`Error::TooManyCollections`].
    pub fn create_collection(
        &self,
        name: &CollectionName,
        settings: FingerprintSettings,
    ) -> Result<CollectionInfo, Error> {
        let max_collections = self.limits.max_collections;
        let mut revision = self.revision.write();
        if self.collections.contains_key(name) {
            return Err(Error::CollectionExists(name.clone()));
        }
        if self.collections.len() >= max_collections {
            return Err(Error::TooManyCollections { max_collections });
        }
        let collection = self.new_collection(name, settings);
        *revision += 1;
        collection.catalogue.write().changed_at(*revision);
        let info = CollectionInfo::of(&collection);
        self.collections.insert(name.clone(), collection);
        Ok(info)
    }

    /// A collection's settings and counts.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    pub fn get_collection(&self, name: &CollectionName) -> Result<CollectionInfo, Error> {
        Ok(CollectionInfo::of(&self.collection(name)?))
    }

    /// Up to `count` collections in order of their names, from just after `after` on. Linear in the
    /// number of collections.
    #[must_use]
    pub fn list_collections(&self, after: Option<&CollectionName>, count: usize) -> Vec<CollectionInfo> {
        let mut found = self.all_collections();
        found.retain(|collection| after.is_none_or(|after| collection.name > *after));
        found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        found.iter().take(count).map(CollectionInfo::of).collect()
    }

    /// Deletes a collection with all its sources. `default` is there again at once, empty, with the
    /// settings it had. Gives the number of sources deleted and the revision from which they are gone.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    pub fn delete_collection(&self, name: &CollectionName) -> Result<(u64, u64), Error> {
        let mut revision = self.revision.write();
        let collection = self.collection(name)?;
        *revision += 1;
        let deleted_at = *revision;
        let sources = {
            let mut catalogue = collection.catalogue.write();
            catalogue.close();
            catalogue.counts().sources
        };
        if *name == CollectionName::default() {
            let fresh = self.new_collection(name, collection.settings());
            fresh.catalogue.write().changed_at(deleted_at);
            self.collections.insert(name.clone(), fresh);
        } else {
            self.collections.remove(name);
        }
        drop(revision);
        collection.forget_texts(&self.texts);
        Ok((sources, deleted_at))
    }
}
