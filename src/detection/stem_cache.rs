//! The stem cache that all comparisons share.

use std::hash::RandomState;
use std::sync::Arc;

use crate::matching::altered::{Reader, RememberedStems};

/// A cache of stems, and the keys under which stems are hashed.
#[derive(Default)]
pub(super) struct StemCache {
    keys: RandomState,
    remembered: Arc<RememberedStems>,
}

impl StemCache {
    /// A reader of texts that uses the cache, for one thread. It costs little.
    pub(super) fn reader(&self) -> Reader {
        Reader::new(self.keys.clone(), Arc::clone(&self.remembered))
    }

    /// The bytes of memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.remembered.bytes()
    }

    /// Removes all stems.
    pub(super) fn clear(&self) {
        self.remembered.clear();
    }
}
