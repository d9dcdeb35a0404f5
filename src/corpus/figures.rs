//! Counters of the engine's own work, for monitoring.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use parking_lot::Mutex;

use crate::store::{CacheFigures, Store};

/// Bounds of times, in microseconds: 0.1 ms to 60 s.
pub(crate) const TIME_BOUNDS: &[u64] = &[
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000,
];

/// Bounds of numbers of things.
const COUNT_BOUNDS: &[u64] = &[0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/// A histogram of values. Any number of threads may record at once.
#[derive(Debug)]
pub(crate) struct Histogram {
    bounds: &'static [u64],
    /// One for each bound, and one for what is past them.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// An empty histogram. The bounds ascend; each belongs to the bucket below it.
    #[must_use]
    pub(crate) fn new(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0) }
    }

    /// Records a value.
    pub(crate) fn record(&self, value: u64) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Records the time since `began`, in microseconds.
    pub(crate) fn record_since(&self, began: Instant) {
        self.record(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
    }

    /// The values so far.
    #[must_use]
    pub(crate) fn so_far(&self) -> Distribution {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        Distribution { bounds: self.bounds, counts, sum: self.sum.load(Ordering::Relaxed) }
    }
}

/// A histogram at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// The upper bounds of the buckets, ascending.
    pub bounds: &'static [u64],
    /// The number of values in each bucket, and past the last bound.
    pub counts: Vec<u64>,
    /// The sum of all values.
    pub sum: u64,
}

impl Distribution {
    /// The number of values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The values of two histograms with the same bounds.
    #[cfg(feature = "server")]
    fn plus(mut self, other: &Self) -> Self {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.sum += other.sum;
        self
    }

    /// The value that a share of all values doesn't exceed, about: as in Prometheus' `histogram_quantile`, the
    /// values of a bucket are taken to lie evenly in it, and those past the last bound to lie on it. `None`
    /// without values.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let rank = share * self.count() as f64;
        let (mut below, mut lower) = (0.0, 0.0);
        for (count, bound) in self.counts.iter().zip(self.bounds) {
            let (count, bound) = (*count as f64, *bound as f64);
            if count > 0.0 && below + count >= rank {
                return Some(lower + (bound - lower) * ((rank - below) / count).clamp(0.0, 1.0));
            }
            (below, lower) = (below + count, bound);
        }
        (self.count() > 0).then_some(lower)
    }
}

/// The counters of one engine.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) checks: Histogram,
    pub(crate) candidates: Histogram,
    pub(super) commits: Histogram,
    pub(super) commit_changes: Histogram,
    pub(super) failed_commits: AtomicU64,
    pub(super) last_verified: Mutex<Option<LastVerified>>,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            checks: Histogram::new(TIME_BOUNDS),
            candidates: Histogram::new(COUNT_BOUNDS),
            commits: Histogram::new(TIME_BOUNDS),
            commit_changes: Histogram::new(COUNT_BOUNDS),
            failed_commits: AtomicU64::new(0),
            last_verified: Mutex::new(None),
        }
    }
}

/// Figures of an engine's work since it was opened. They reveal nothing of any text.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Durations of the checks that gave a report, in microseconds.
    pub checks: Distribution,
    /// Candidates of each of them.
    pub candidates: Distribution,
    /// Durations of the commits that succeeded, in microseconds.
    pub commits: Distribution,
    /// Changes in each of them.
    pub commit_changes: Distribution,
    /// Commits that failed.
    pub failed_commits: u64,
    /// The cache of texts; `None` for a corpus in memory.
    pub cache: Option<CacheFigures>,
    /// Bytes of the stem cache that all checks share.
    pub stem_bytes: u64,
    /// When the present snapshot of the index was written; `None` if there is none.
    pub snapshot_written: Option<SystemTime>,
    /// The last complete verification since the engine was opened.
    pub last_verified: Option<LastVerified>,
}

#[cfg(feature = "server")]
impl Figures {
    /// The figures of two engines together. The snapshot and the verification are the older ones.
    pub(crate) fn plus(self, other: &Self) -> Self {
        let both = |one: CacheFigures, more: CacheFigures| CacheFigures {
            hits: one.hits + more.hits,
            misses: one.misses + more.misses,
            bytes: one.bytes + more.bytes,
        };
        let verified = |one: LastVerified, more: LastVerified| LastVerified {
            at: one.at.min(more.at),
            findings: one.findings + more.findings,
        };
        Self {
            checks: self.checks.plus(&other.checks),
            candidates: self.candidates.plus(&other.candidates),
            commits: self.commits.plus(&other.commits),
            commit_changes: self.commit_changes.plus(&other.commit_changes),
            failed_commits: self.failed_commits + other.failed_commits,
            cache: joined(self.cache, other.cache, both),
            stem_bytes: self.stem_bytes + other.stem_bytes,
            snapshot_written: joined(self.snapshot_written, other.snapshot_written, SystemTime::min),
            last_verified: joined(self.last_verified, other.last_verified, verified),
        }
    }
}

/// Two values as one, or the one that is there.
#[cfg(feature = "server")]
fn joined<T>(one: Option<T>, other: Option<T>, both: impl FnOnce(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(both(one, other)),
        (one, other) => one.or(other),
    }
}

/// A complete verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastVerified {
    /// When it ended.
    pub at: Instant,
    /// The number of findings.
    pub findings: u64,
}

impl LastVerified {
    /// The time since then.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.at.elapsed()
    }
}

impl Counters {
    /// Everything that was counted so far, with the figures of the store and of the stem cache.
    pub(super) fn figures(&self, store: &Store, stem_bytes: u64) -> Figures {
        let Self { checks, candidates, commits, commit_changes, failed_commits, last_verified } = self;
        Figures {
            checks: checks.so_far(),
            candidates: candidates.so_far(),
            commits: commits.so_far(),
            commit_changes: commit_changes.so_far(),
            failed_commits: failed_commits.load(Ordering::Relaxed),
            cache: store.cache_figures(),
            stem_bytes,
            snapshot_written: store.snapshot_written(),
            last_verified: *last_verified.lock(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_the_bucket_below_it() {
        let histogram = Histogram::new(&[0, 10, 20]);
        for value in [0, 1, 10, 11, 20, 21, u64::MAX / 2] {
            histogram.record(value);
        }
        let so_far = histogram.so_far();
        assert_eq!(so_far.counts, [1, 2, 2, 2]);
        assert_eq!(so_far.count(), 7);
        assert_eq!(so_far.sum, 63 + u64::MAX / 2);
    }

    #[cfg(feature = "server")]
    #[test]
    fn figures_of_several_engines_are_added() {
        let figures = |milliseconds: u64, cache: Option<u64>, written: Option<u64>| {
            let checks = Histogram::new(TIME_BOUNDS);
            checks.record(milliseconds * 1_000);
            let cache = cache.map(|hits| CacheFigures { hits, misses: 1, bytes: 10 });
            let snapshot_written =
                written.map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
            let empty = || Histogram::new(COUNT_BOUNDS).so_far();
            Figures {
                checks: checks.so_far(),
                candidates: empty(),
                commits: empty(),
                commit_changes: empty(),
                failed_commits: 2,
                cache,
                stem_bytes: 100,
                snapshot_written,
                last_verified: None,
            }
        };
        let sum = figures(1, None, None).plus(&figures(700, Some(5), Some(9))).plus(&figures(
            700,
            Some(2),
            Some(4),
        ));
        assert_eq!((sum.checks.count(), sum.checks.sum), (3, 1_401_000));
        assert_eq!(sum.checks.counts.iter().filter(|count| **count > 0).collect::<Vec<_>>(), [&1, &2]);
        assert_eq!(sum.cache, Some(CacheFigures { hits: 7, misses: 2, bytes: 20 }));
        assert_eq!((sum.failed_commits, sum.stem_bytes), (6, 300));
        assert_eq!(sum.snapshot_written, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(4)));
    }

    #[test]
    fn quantiles_lie_in_the_bucket_of_their_rank() {
        let empty = Histogram::new(TIME_BOUNDS).so_far();
        assert_eq!(empty.quantile(0.5), None);
        let histogram = Histogram::new(&[10, 20, 40]);
        (0..50).for_each(|_| histogram.record(15));
        (0..50).for_each(|_| histogram.record(30));
        let so_far = histogram.so_far();
        assert_eq!(so_far.quantile(0.25), Some(15.0));
        assert_eq!(so_far.quantile(0.5), Some(20.0));
        assert_eq!(so_far.quantile(0.75), Some(30.0));
        assert_eq!(so_far.quantile(1.0), Some(40.0));
        histogram.record(1_000);
        assert_eq!(histogram.so_far().quantile(1.0), Some(40.0));
    }
}
