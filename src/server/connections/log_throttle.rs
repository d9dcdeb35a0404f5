//! Log lines that a peer can cause at will, at a bounded rate.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// The least time between two lines.
const INTERVAL: Duration = Duration::from_secs(1);

/// One kind of log line.
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
    /// Whether a line may be logged now; if so, how many were held back since the last one.
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
        let seldom = LogThrottle::default();
        let told: Vec<_> = (0..4).map(|_| seldom.allow()).collect();
        assert_eq!(told, [Some(0), None, None, None]);
        std::thread::sleep(INTERVAL);
        assert_eq!(seldom.allow(), Some(3));
    }
}
