//! The collections of the corpus: created, looked at, deleted.

use std::sync::Arc;

use super::catalogue::Counts;
use super::collection::{Collection, CollectionInfo, CollectionStats};
use super::corpus::Engine;
use super::error::Error;
use super::names::{CollectionName, RequestKey};
use super::visibility::Visibility;
use super::writing::{Request, Ticket, wait};
use crate::fingerprint::FingerprintSettings;
use crate::matching::Stop;

/// Names that are looked up at once: the creation or deletion of a collection waits for microseconds.
const NAMES_AT_ONCE: usize = 256;

/// How often some collections are counted anew because the corpus changed meanwhile.
const ATTEMPTS: usize = 3;

/// The totals of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorpusInfo {
    /// Collections.
    pub collections: u64,
    /// The sums over all collections, and the corpus's revision.
    pub stats: CollectionStats,
}

impl Engine {
    /// The totals of the corpus, all of one revision but the bytes of the index: those may be as old as twenty times the
    /// time that it takes to sum them over the collections, which is done that seldom. All else takes constant time.
    #[must_use]
    pub fn corpus(&self) -> CorpusInfo {
        let index_bytes = self.shared.totals.index_bytes(|| self.index_bytes());
        let revision = self.shared.revision.read();
        let Counts { sources, words, fingerprints, text_bytes } = self.shared.totals.counts();
        let collections = self.shared.names.read().len() as u64;
        let revision = *revision;
        CorpusInfo {
            collections,
            stats: CollectionStats { sources, words, fingerprints, text_bytes, index_bytes, revision },
        }
    }

    fn index_bytes(&self) -> u64 {
        let all = self.shared.collections.iter().map(|one| Arc::clone(one.value()));
        let collections: Vec<Arc<Collection>> = all.collect();
        collections.iter().map(|one| (one.kgrams.bytes() + one.pairs.bytes()) as u64).sum()
    }

    /// The totals of some collections as if there were no others: the revision, too, is the one at which one of
    /// them last changed. Linear in their number. They are of one revision, unless others change so quickly that there
    /// is none for as long as this takes; then each collection is counted as of a moment of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`].
    pub fn corpus_of(&self, visible: &Visibility, stop: &Stop) -> Result<CorpusInfo, Error> {
        let mut attempt = 1;
        loop {
            let before = *self.shared.revision.read();
            let counted = self.count(visible, stop)?;
            if attempt == ATTEMPTS || *self.shared.revision.read() == before {
                return Ok(counted);
            }
            attempt += 1;
        }
    }

    fn count(&self, visible: &Visibility, stop: &Stop) -> Result<CorpusInfo, Error> {
        let mut counted = CorpusInfo { collections: 0, stats: CollectionStats::default() };
        for collection in self.visible_collections(visible, None) {
            stop.check()?;
            let one = CollectionInfo::of(&collection).stats;
            let stats = &mut counted.stats;
            counted.collections += 1;
            stats.revision = stats.revision.max(one.revision);
            stats.sources += one.sources;
            stats.words += one.words;
            stats.fingerprints += one.fingerprints;
            stats.text_bytes += one.text_bytes;
            stats.index_bytes += one.index_bytes;
        }
        Ok(counted)
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
        let found = self.visible_collections(visible, after).take(count);
        found.map(|collection| CollectionInfo::of(&collection)).collect()
    }

    /// Some collections in order of their names, looked up some at a time. No lock is held between them: one that is
    /// created or deleted meanwhile may or may not be among them.
    fn visible_collections(
        &self,
        visible: &Visibility,
        after: Option<&CollectionName>,
    ) -> impl Iterator<Item = Arc<Collection>> {
        let mut after = after.cloned();
        let mut names = Vec::new().into_iter();
        std::iter::from_fn(move || {
            loop {
                // One that is not there was deleted meanwhile.
                if let Some(collection) = names.by_ref().find_map(|name| self.collection(&name).ok()) {
                    return Some(collection);
                }
                let all = self.shared.names.read();
                let next = visible.select(&all, after.as_ref()).take(NAMES_AT_ONCE);
                let next: Vec<CollectionName> = next.cloned().collect();
                after = Some(next.last()?.clone());
                names = next.into_iter();
            }
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{IfExists, Limits, NewSource, SourceId};

    fn name(number: usize) -> CollectionName {
        CollectionName::new(&format!("c{number}")).unwrap()
    }

    fn add(engine: &Engine, collection: &CollectionName, number: usize) {
        let id = Some(SourceId::new(&format!("s{}", number % 5)).unwrap());
        let text = format!("as many words as source number {number} has {}", "more ".repeat(number % 13));
        engine.add_source(collection, NewSource { id, ..NewSource::new(text) }, IfExists::Replace).unwrap();
    }

    /// The totals that are kept are the sums over the collections.
    fn assert_exact(engine: &Engine) {
        let mut totals = engine.corpus();
        let mut counted = engine.corpus_of(&Visibility::all(), &Stop::never()).unwrap();
        assert!(counted.stats.revision <= totals.stats.revision);
        for info in [&mut totals, &mut counted] {
            (info.stats.index_bytes, info.stats.revision) = (0, 0);
        }
        assert_eq!(totals, counted);
    }

    #[test]
    fn totals_are_the_sums_over_the_collections_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Engine::open(folder.path(), Limits::default(), 0, &mut |_| {}).unwrap();
        let engine = open();
        for number in 0..40 {
            if engine.get_collection(&name(number % 6)).is_err() {
                engine.create_collection(&name(number % 6), FingerprintSettings::default()).unwrap();
            }
            add(&engine, &name(number % 6), number);
            add(&engine, &CollectionName::default(), number);
            if number % 7 == 6 {
                let id = SourceId::new(&format!("s{}", number % 5)).unwrap();
                engine.delete_source(&name(number % 6), &id).unwrap();
            }
            if number % 11 == 10 {
                engine.delete_collection(&name(number % 6)).unwrap();
            }
            if number % 17 == 16 {
                engine.delete_collection(&CollectionName::default()).unwrap();
            }
            assert_exact(&engine);
        }
        let before = engine.corpus();
        assert!(before.stats.sources > 10, "{before:?}");
        engine.close();
        drop(engine);
        let engine = open();
        assert_exact(&engine);
        let after = engine.corpus();
        assert_eq!(
            (after.collections, after.stats.text_bytes),
            (before.collections, before.stats.text_bytes)
        );
    }

    #[test]
    fn a_page_is_full_whatever_the_number_of_names_that_are_looked_up_at_once() {
        let engine = Engine::in_memory().unwrap();
        let count = 2 * NAMES_AT_ONCE + 3;
        for number in 0..count {
            engine.create_collection(&name(number), FingerprintSettings::default()).unwrap();
        }
        let all = engine.list_collections(&Visibility::all(), None, usize::MAX);
        assert_eq!(all.len(), count + 1);
        assert!(all.is_sorted_by(|one, other| one.name < other.name));
        for size in [1, NAMES_AT_ONCE, NAMES_AT_ONCE + 1, count] {
            let (mut listed, mut after) = (Vec::new(), None);
            loop {
                let page = engine.list_collections(&Visibility::all(), after.as_ref(), size);
                let Some(last) = page.last() else { break };
                after = Some(last.name.clone());
                listed.extend(page);
            }
            assert_eq!(listed, all, "pages of {size}");
        }
        let stopped = Stop::never();
        stopped.call_off();
        assert!(matches!(engine.corpus_of(&Visibility::all(), &stopped), Err(Error::Stopped(_))));
    }
}
