//! How many calls, and items of streams, were refused, and why.

use std::sync::atomic::{AtomicU64, Ordering};

/// Why something was refused that might have been done at another time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// As many calls as may were waiting for a worker thread.
    QueueFull,
    /// As many of the calls that take a thread of their own as may were running.
    TooManyRunning,
    /// More memory was in use than may be.
    Memory,
    /// The holder of a key called too often.
    TooOften,
    /// The corpus was being opened.
    Starting,
    /// The server was stopping.
    Stopping,
}

/// Of this process, by their places in [`Refused::ALL`].
static COUNTS: [AtomicU64; Refused::ALL.len()] = [const { AtomicU64::new(0) }; Refused::ALL.len()];

impl Refused {
    /// All reasons.
    pub const ALL: [Self; 6] =
        [Self::QueueFull, Self::TooManyRunning, Self::Memory, Self::TooOften, Self::Starting, Self::Stopping];

    /// The reason, as metrics name it.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::TooManyRunning => "too_many_running",
            Self::Memory => "memory",
            Self::TooOften => "too_often",
            Self::Starting => "starting",
            Self::Stopping => "stopping",
        }
    }

    /// Something was refused for this reason.
    pub fn note(self) {
        if let Some(count) = COUNTS.get(self as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How much was refused for this reason since the process began.
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
        for (place, reason) in Refused::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, place);
            let before = reason.count();
            reason.note();
            assert!(reason.count() > before);
        }
    }
}
