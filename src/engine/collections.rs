//! The collections of the corpus, and its totals.

use super::Engine;
use crate::corpus::{CollectionInfo, CorpusInfo, Error};
use crate::model::{CollectionName, Stop, Visibility};

impl Engine {
    /// The totals of the corpus, all of one revision but the bytes of the index: those may be as old as twenty times the
    /// time that it takes to sum them over the collections. Everything else takes constant time.
    #[must_use]
    pub fn corpus(&self) -> CorpusInfo {
        self.corpus.info()
    }

    /// The totals of some collections as if there were no others: the revision, too, is the one at which one of
    /// them last changed. Linear in their number. They are of one revision, unless others change so quickly that there
    /// is none for as long as this takes; then each collection is counted as of a moment of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`].
    pub fn corpus_of(&self, visible: &Visibility, stop: &Stop) -> Result<CorpusInfo, Error> {
        self.corpus.info_of(visible, stop)
    }

    /// A collection's settings and counts.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    pub fn get_collection(&self, name: &CollectionName) -> Result<CollectionInfo, Error> {
        self.corpus.collection_info(name)
    }

    /// Up to `count` visible collections after `after`, in order of their names. Linear in `count`.
    #[must_use]
    pub fn list_collections(
        &self,
        visible: &Visibility,
        after: Option<&CollectionName>,
        count: usize,
    ) -> Vec<CollectionInfo> {
        self.corpus.list_collections(visible, after, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that are looked up under one lock.
    const LOOKED_UP_AT_ONCE: usize = 256;
    use crate::model::{FingerprintSettings, IfExists, Limits, NewSource, SourceId};

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
        let count = 2 * LOOKED_UP_AT_ONCE + 3;
        for number in 0..count {
            engine.create_collection(&name(number), FingerprintSettings::default()).unwrap();
        }
        let all = engine.list_collections(&Visibility::all(), None, usize::MAX);
        assert_eq!(all.len(), count + 1);
        assert!(all.is_sorted_by(|one, other| one.name < other.name));
        for size in [1, LOOKED_UP_AT_ONCE, LOOKED_UP_AT_ONCE + 1, count] {
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
