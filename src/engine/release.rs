//! Giving memory back that nothing needs.

use std::sync::Arc;

use super::collection::Collection;
use super::corpus::Engine;

impl Engine {
    /// Gives back what can be had again, or is not needed any more: stems that are remembered, texts on disk that are held in
    /// memory, and postings of sources that are gone.
    ///
    /// Linear in the collections that have many such postings. It answers nothing that a check or an add waits for,
    /// but checks are slower until stems and texts are remembered again.
    pub fn release_memory(&self) {
        self.readers.remembered().clear();
        self.shared.store.clear_cache();
        // No guard of the map is held while a collection is purged.
        let collections: Vec<Arc<Collection>> =
            self.shared.collections.iter().map(|collection| Arc::clone(&collection)).collect();
        for collection in collections {
            collection.drop_gone(&self.shared.store);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CollectionName, DetectionOptions, IfExists, NewSource, Scope, Stop};

    #[test]
    fn what_is_remembered_is_given_back_and_reports_stay_the_same() {
        let engine = Engine::in_memory().unwrap();
        let words: String = (0..400).map(|word| format!("word{} ", word * 7)).collect();
        let text = format!("The lighthouse keeper wrote every storm into a ledger. {words}");
        engine
            .add_source(&CollectionName::default(), NewSource::new(text.clone()), IfExists::Reject)
            .unwrap();
        let check = || {
            let submission = format!("It was said at length. {text}");
            let options = DetectionOptions::default();
            engine.check(&submission, &Scope::default(), &options, &Stop::never()).unwrap()
        };
        let empty = engine.figures().stem_bytes;
        let first = check();
        assert!(engine.figures().stem_bytes > empty);
        engine.release_memory();
        assert_eq!(engine.figures().stem_bytes, empty);
        assert_eq!(check(), first);
    }
}
