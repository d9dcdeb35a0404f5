//! The totals of the corpus, kept as it changes, so that telling them takes no longer for many collections.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::catalogue::{Catalogue, Counts};

/// The bytes of the index are summed again when so many times have passed as summing took: so it takes one twentieth of
/// one thread at most, and of a few thousand collections they are never older than some milliseconds.
const REST: u32 = 20;

/// Sums over all collections. The committer updates them while it holds the revision for writing, so that a reader that
/// holds the revision sees the sums of one revision.
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
    /// A collection counted `before`, and counts `after`.
    pub(super) fn changed(&self, before: Counts, after: Counts) {
        let mut counts = self.counts.lock();
        // What is taken away was added before, so that nothing wraps in the end.
        let change =
            |all: &mut u64, before: u64, after: u64| *all = all.wrapping_add(after).wrapping_sub(before);
        change(&mut counts.sources, before.sources, after.sources);
        change(&mut counts.words, before.words, after.words);
        change(&mut counts.fingerprints, before.fingerprints, after.fingerprints);
        change(&mut counts.text_bytes, before.text_bytes, after.text_bytes);
    }

    /// A collection counted `before`, and has changed. One that was deleted counts no more.
    pub(super) fn changed_in(&self, collection: &Catalogue, before: Counts) {
        if !collection.is_closed() {
            self.changed(before, collection.counts());
        }
    }

    /// The sums of what is counted.
    pub(super) fn counts(&self) -> Counts {
        *self.counts.lock()
    }

    /// The bytes of the index, which `sum` adds up if that was not done lately. One caller at a time does, with no lock
    /// held, while others are given the last sum.
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

/// One caller's turn at something.
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
        let slow = |bytes| {
            std::thread::sleep(Duration::from_millis(20));
            bytes
        };
        assert_eq!(totals.index_bytes(|| slow(1)), 1);
        assert_eq!(totals.index_bytes(|| slow(2)), 1, "it was summed just now");
        let summed = Summed { bytes: 1, at: Instant::now(), took: Duration::ZERO };
        *totals.summed.lock() = Some(summed);
        let during = totals.index_bytes(|| {
            assert_eq!(totals.index_bytes(|| panic!("somebody sums already")), 1);
            3
        });
        assert_eq!(during, 3);
        // Who panics leaves the turn to the next.
        *totals.summed.lock() = Some(summed);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            totals.index_bytes(|| panic!("a defect"))
        }));
        assert!(panicked.is_err());
        assert_eq!(totals.index_bytes(|| 4), 4);
    }
}
