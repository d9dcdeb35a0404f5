//! Profilers for checks: they share one cache of stems, so that they cost little to make.

use std::hash::RandomState;
use std::sync::Arc;

use crate::matching::altered::{StemCache, StemProfiler};

/// Makes profilers that share the keys under which stems are hashed, and a cache of stems.
#[derive(Default)]
pub(super) struct Profilers {
    keys: RandomState,
    cache: Arc<StemCache>,
}

impl Profilers {
    /// A profiler for one thread.
    pub(super) fn profiler(&self) -> StemProfiler {
        StemProfiler::new(self.keys.clone(), Arc::clone(&self.cache))
    }

    /// The cache of stems.
    pub(super) fn cache(&self) -> &StemCache {
        &self.cache
    }
}
