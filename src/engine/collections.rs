//! The collections of the corpus: created, looked at, deleted.

use super::collection::{CollectionInfo, CollectionStats};
use super::corpus::Engine;
use super::error::Error;
use super::names::{CollectionName, RequestKey};
use super::visibility::Visibility;
use super::writing::{Request, Ticket, wait};
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
        let revision = *self.shared.revision.read();
        let mut info = self.corpus_of(&Visibility::all());
        info.stats.revision = revision;
        info
    }

    /// The totals of some collections as if there were no others: the revision, too, is the one at which one of
    /// them last changed. Linear in their number.
    #[must_use]
    pub fn corpus_of(&self, visible: &Visibility) -> CorpusInfo {
        let mut stats = CollectionStats::default();
        let collections = self.list_collections(visible, None, usize::MAX);
        for one in collections.iter().map(|collection| collection.stats) {
            stats.revision = stats.revision.max(one.revision);
            stats.sources += one.sources;
            stats.words += one.words;
            stats.fingerprints += one.fingerprints;
            stats.text_bytes += one.text_bytes;
            stats.index_bytes += one.index_bytes;
        }
        CorpusInfo { collections: collections.len() as u64, stats }
    }

    /// Creates an empty collection, and waits until it is kept.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionExists`], [`Error::TooManyCollections`], [`Error::Store`].
    pub fn create_collection(
        &self,
        name: &CollectionName,
        settings: FingerprintSettings,
    ) -> Result<CollectionInfo, Error> {
        wait(|done| self.submit_collection(name, settings, None, done))
    }

    /// Creates a collection without waiting, as [`Self::submit_source`] adds a source.
    pub fn submit_collection(
        &self,
        name: &CollectionName,
        settings: FingerprintSettings,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<CollectionInfo, Error>) + Send + 'static,
    ) {
        let FingerprintSettings { kgram, window } = settings;
        let numbers = [kgram.get().to_le_bytes(), window.get().to_le_bytes()];
        let parts = [name.as_str().as_bytes(), numbers.as_flattened()];
        let ticket = request.map(|key| Ticket::new(key, "create a collection", &parts, self.seed()));
        if let Some(done) = self.begin(ticket.as_ref(), Box::new(done)) {
            let name = name.clone();
            self.writer.submit(Request::CreateCollection { name, settings, ticket, done });
        }
    }

    /// A collection's settings and counts.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    pub fn get_collection(&self, name: &CollectionName) -> Result<CollectionInfo, Error> {
        Ok(CollectionInfo::of(&self.collection(name)?))
    }

    /// Up to `count` of some collections in order of their names, from just after `after` on. Linear in `count`.
    #[must_use]
    pub fn list_collections(
        &self,
        visible: &Visibility,
        after: Option<&CollectionName>,
        count: usize,
    ) -> Vec<CollectionInfo> {
        let names = self.shared.names.read();
        let found = visible.select(&names, after).filter_map(|name| self.collection(name).ok());
        found.take(count).map(|collection| CollectionInfo::of(&collection)).collect()
    }

    /// Deletes a collection with all its sources, and waits until that is kept. `default` is there again
    /// at once, empty, with the settings it had. Gives the number of sources deleted and the revision from
    /// which they are gone.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Store`].
    pub fn delete_collection(&self, name: &CollectionName) -> Result<(u64, u64), Error> {
        wait(|done| self.submit_collection_deletion(name, None, done))
    }

    /// Deletes a collection without waiting, as [`Self::submit_source`] adds a source.
    pub fn submit_collection_deletion(
        &self,
        name: &CollectionName,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<(u64, u64), Error>) + Send + 'static,
    ) {
        let parts = [name.as_str().as_bytes()];
        let ticket = request.map(|key| Ticket::new(key, "delete a collection", &parts, self.seed()));
        if let Some(done) = self.begin(ticket.as_ref(), Box::new(done)) {
            self.writer.submit(Request::DeleteCollection { name: name.clone(), ticket, done });
        }
    }
}
