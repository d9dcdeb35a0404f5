//! A rate limit for log lines that peers can cause.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Minimum time between two lines.
const INTERVAL: Duration = Duration::from_secs(1);

/// Limits the rate of one kind of log line.
#[derive(Debug, Default)]
pub(super) struct LogThrottle {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<Instant>,
    held_back: u64,
}

impl LogThrottle {
    /// Returns the number of lines suppressed since the last one if a line may be logged now, or else `None`.
    pub(super) fn allow(&self) -> Option<u64> {
        let mut state = self.state.lock();
        if state.last.is_some_and(|last| last.elapsed() < INTERVAL) {
            state.held_back += 1;
            return None;
        }
        state.last = Some(Instant::now());
        Some(std::mem::take(&mut state.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_come_too_fast_are_counted() {
        let throttle = LogThrottle::default();
        let allowed: Vec<_> = (0..4).map(|_| throttle.allow()).collect();
        assert_eq!(allowed, [Some(0), None, None, None]);
        std::thread::sleep(INTERVAL);
        assert_eq!(throttle.allow(), Some(3));
    }
}
