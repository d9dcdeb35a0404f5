//! Counters of a node, for monitoring.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a node counts since its start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    hedged: AtomicU64,
    repeated: AtomicU64,
}

impl Counters {
    /// A question was sent to one more node, since the first did not answer.
    pub(crate) fn hedged(&self) {
        self.hedged.fetch_add(1, Ordering::Relaxed);
    }

    /// A search began again, since a node fell silent.
    pub(crate) fn repeated(&self) {
        self.repeated.fetch_add(1, Ordering::Relaxed);
    }
}
