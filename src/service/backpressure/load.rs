//! Counters of running and queued work.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Pieces of work at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Pieces that run on a thread.
    pub running: usize,
    /// Pieces that wait for a thread.
    pub queued: usize,
}

/// Counts pieces of work. Clones share the counts.
#[derive(Debug, Clone, Default)]
pub(in crate::service) struct LoadCounter {
    running: Arc<AtomicUsize>,
    queued: Arc<AtomicUsize>,
}

impl LoadCounter {
    /// Counts a piece as queued until the returned guard is dropped.
    pub(in crate::service) fn queued(&self) -> LoadGuard {
        LoadGuard::one_of(&self.queued)
    }

    /// Counts a piece as running until the returned guard is dropped.
    pub(in crate::service) fn running(&self) -> LoadGuard {
        LoadGuard::one_of(&self.running)
    }

    /// The counts at this moment.
    pub(in crate::service) fn current(&self) -> Load {
        let Self { running, queued } = self;
        Load { running: running.load(Ordering::Relaxed), queued: queued.load(Ordering::Relaxed) }
    }
}

/// One piece of work, counted until this is dropped.
#[derive(Debug)]
pub(in crate::service) struct LoadGuard(Arc<AtomicUsize>);

impl LoadGuard {
    fn one_of(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for LoadGuard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
