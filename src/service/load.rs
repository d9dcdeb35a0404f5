//! How much work waits, and how much is being done.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Work of the engine at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Pieces that threads work on.
    pub running: usize,
    /// Pieces that wait for a thread.
    pub queued: usize,
}

/// Counts pieces of work. Clones count together.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    running: Arc<AtomicUsize>,
    queued: Arc<AtomicUsize>,
}

impl Tally {
    /// A piece waits, until what is given is dropped.
    pub(super) fn queued(&self) -> Counted {
        Counted::one_of(&self.queued)
    }

    /// A piece is worked on, until what is given is dropped.
    pub(super) fn running(&self) -> Counted {
        Counted::one_of(&self.running)
    }

    /// What there is at the moment.
    pub(super) fn load(&self) -> Load {
        let Self { running, queued } = self;
        Load { running: running.load(Ordering::Relaxed), queued: queued.load(Ordering::Relaxed) }
    }
}

/// One piece that is counted.
#[derive(Debug)]
pub(super) struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn one_of(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
