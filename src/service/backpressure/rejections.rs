//! Counts of rejected calls and items of streams, by reason.

use std::sync::atomic::{AtomicU64, Ordering};

/// Why a call or an item was rejected that may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// The queue for worker threads was full.
    QueueFull,
    /// The maximum number of long administrative calls was running.
    TooManyRunning,
    /// The memory limit was exceeded.
    Memory,
    /// The rate limit of a key was exceeded.
    RateLimit,
    /// The corpus was still being opened.
    Starting,
    /// The server was stopping.
    Stopping,
}

/// Counts of this process, indexed as [`Rejection::ALL`].
static COUNTS: [AtomicU64; Rejection::ALL.len()] = [const { AtomicU64::new(0) }; Rejection::ALL.len()];

impl Rejection {
    /// All variants, in order of their discriminants.
    pub const ALL: [Self; 6] = [
        Self::QueueFull,
        Self::TooManyRunning,
        Self::Memory,
        Self::RateLimit,
        Self::Starting,
        Self::Stopping,
    ];

    /// The value of the metric's label `reason`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::TooManyRunning => "too_many_running",
            Self::Memory => "memory",
            Self::RateLimit => "too_often",
            Self::Starting => "starting",
            Self::Stopping => "stopping",
        }
    }

    /// Counts one rejection.
    pub fn record(self) {
        if let Some(count) = COUNTS.get(self as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Number of rejections for this reason since the process started.
    #[must_use]
    pub fn count(self) -> u64 {
        COUNTS.get(self as usize).map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_count_of_its_own() {
        for (place, reason) in Rejection::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, place);
            let before = reason.count();
            reason.record();
            assert!(reason.count() > before);
        }
    }
}
