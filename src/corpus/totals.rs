//! The totals of the corpus, updated with each change, so that reading them takes constant time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::catalogue::{Catalogue, Counts};

/// The bytes of the index are summed again when so many times have passed as summing took: so it takes one twentieth of
/// one thread at most, and of a few thousand collections they are never older than some milliseconds.
const REST: u32 = 20;

/// Sums over all collections. The committer updates them while it holds the revision for writing, so that a reader that
/// holds the revision reads the sums of one revision.
#[derive(Debug, Default)]
pub(super) struct Totals {
    counts: Mutex<Counts>,
    summed: Mutex<Option<Summed>>,
    is_summing: AtomicBool,
}

/// The bytes of the index at one moment.
#[derive(Debug, Clone, Copy)]
struct Summed {
    bytes: u64,
    at: Instant,
    took: Duration,
}

impl Totals {
    /// Replaces the counts of a collection.
    pub(super) fn changed(&self, before: Counts, after: Counts) {
        let mut counts = self.counts.lock();
        // A count that is subtracted was added before, so that nothing wraps in the end.
        let change =
            |all: &mut u64, before: u64, after: u64| *all = all.wrapping_add(after).wrapping_sub(before);
        change(&mut counts.sources, before.sources, after.sources);
        change(&mut counts.words, before.words, after.words);
        change(&mut counts.fingerprints, before.fingerprints, after.fingerprints);
        change(&mut counts.text_bytes, before.text_bytes, after.text_bytes);
    }

    /// Replaces the counts of a collection that has changed. A deleted one does not count.
    pub(super) fn changed_in(&self, collection: &Catalogue, before: Counts) {
        if !collection.is_closed() {
            self.changed(before, collection.counts());
        }
    }

    /// The sums.
    pub(super) fn counts(&self) -> Counts {
        *self.counts.lock()
    }

    /// The bytes of the index, computed by `sum` unless that was done recently. One caller at a time computes them, with no
    /// lock held, while others get the last sum.
    pub(super) fn index_bytes(&self, sum: impl FnOnce() -> u64) -> u64 {
        let last = *self.summed.lock();
        if let Some(last) = last.filter(Summed::is_fresh) {
            return last.bytes;
        }
        let turn = Turn::take(&self.is_summing);
        if let (Some(last), None) = (last, &turn) {
            return last.bytes;
        }
        let at = Instant::now();
        let bytes = sum();
        *self.summed.lock() = Some(Summed { bytes, at, took: at.elapsed() });
        bytes
    }
}

impl Summed {
    fn is_fresh(&self) -> bool {
        self.at.elapsed() < self.took.saturating_mul(REST)
    }
}

/// The permission to do something that one caller at a time may do.
struct Turn<'a>(&'a AtomicBool);

impl<'a> Turn<'a> {
    fn take(is_taken: &'a AtomicBool) -> Option<Self> {
        (!is_taken.swap(true, Ordering::Acquire)).then_some(Self(is_taken))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_sums_and_others_are_given_what_there_was() {
        let totals = Totals::default();
        let now = Summed { bytes: 1, at: Instant::now(), took: Duration::from_hours(1) };
        *totals.summed.lock() = Some(now);
        assert_eq!(totals.index_bytes(|| panic!("it was summed recently")), 1);
        let summed = Summed { bytes: 1, at: Instant::now(), took: Duration::ZERO };
        *totals.summed.lock() = Some(summed);
        let during = totals.index_bytes(|| {
            assert_eq!(totals.index_bytes(|| panic!("somebody sums already")), 1);
            3
        });
        assert_eq!(during, 3);
        // A caller that panics ends its turn.
        *totals.summed.lock() = Some(summed);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            totals.index_bytes(|| panic!("a defect"))
        }));
        assert!(panicked.is_err());
        assert_eq!(totals.index_bytes(|| 4), 4);
    }
}
