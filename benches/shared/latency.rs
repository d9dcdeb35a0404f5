//! Durations of calls.

use std::fmt;
use std::time::{Duration, Instant};

/// Durations of calls, in any order.
#[derive(Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    /// Runs a call and records its duration.
    pub(crate) fn time<T>(&mut self, call: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let answer = call();
        self.0.push(begun.elapsed());
        answer
    }

    pub(crate) fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// A percentile of the durations.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(place).copied().unwrap_or_default()
    }
}

/// `p50 / p90 / p99` in milliseconds.
impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p90, p99] = [50, 90, 99].map(|percent| 1000.0 * self.percentile(percent).as_secs_f64());
        write!(f, "{p50:.2} / {p90:.2} / {p99:.2} ms")
    }
}
