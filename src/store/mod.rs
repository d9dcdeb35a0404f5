//! What is kept of the corpus beside its index: the texts of the sources.
//!
//! The seam is narrow on purpose: put a text, get it, remove it. Here texts live in memory.

use std::sync::Arc;

use dashmap::DashMap;

use crate::index::Slot;

/// The number of a collection, unique for the life of the corpus: names are given anew, numbers are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollectionNumber(pub u32);

/// The texts of all sources of all collections, in memory. All methods may be called from many threads.
#[derive(Debug, Default)]
pub struct TextStore {
    texts: DashMap<(CollectionNumber, Slot), Arc<str>>,
}

impl TextStore {
    /// Keeps the text of a source, in place of what was there.
    pub fn put(&self, collection: CollectionNumber, slot: Slot, text: Arc<str>) {
        self.texts.insert((collection, slot), text);
    }

    /// The text of a source.
    #[must_use]
    pub fn get(&self, collection: CollectionNumber, slot: Slot) -> Option<Arc<str>> {
        self.texts.get(&(collection, slot)).map(|text| Arc::clone(&text))
    }

    /// Forgets the text of a source.
    pub fn remove(&self, collection: CollectionNumber, slot: Slot) {
        self.texts.remove(&(collection, slot));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_texts_apart_by_collection_and_slot() {
        let store = TextStore::default();
        let slot = |number| Slot::new(number).unwrap();
        store.put(CollectionNumber(0), slot(1), "a".into());
        store.put(CollectionNumber(1), slot(1), "b".into());
        store.put(CollectionNumber(0), slot(1), "c".into());
        store.remove(CollectionNumber(1), slot(2));
        assert_eq!(store.get(CollectionNumber(0), slot(1)).as_deref(), Some("c"));
        assert_eq!(store.get(CollectionNumber(1), slot(1)).as_deref(), Some("b"));
        store.remove(CollectionNumber(0), slot(1));
        assert_eq!(store.get(CollectionNumber(0), slot(1)), None);
    }
}
