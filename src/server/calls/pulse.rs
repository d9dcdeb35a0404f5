//! Signs of life of a caller.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// When the caller of a stream last sent or read something, and whether it is its turn. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Pulse {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    last: Instant,
    /// The server waits for the next bytes of the request.
    awaits_request: bool,
    /// There is something to read that was not taken.
    has_unread: bool,
}

impl Pulse {
    pub(super) fn new() -> Self {
        let state = State { last: Instant::now(), awaits_request: false, has_unread: false };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    pub(super) fn waits_for_caller(&self) {
        self.state.lock().awaits_request = true;
    }

    pub(super) fn caller_sent(&self) {
        let mut state = self.state.lock();
        state.awaits_request = false;
        state.last = Instant::now();
    }

    /// The caller took all that there was to read.
    pub(super) fn caller_read(&self) {
        let mut state = self.state.lock();
        if std::mem::take(&mut state.has_unread) {
            state.last = Instant::now();
        }
    }

    /// There is more to read.
    pub(super) fn answered(&self) {
        self.state.lock().has_unread = true;
    }

    /// Since when it has been the caller's turn, if it is.
    pub(super) fn rests_since(&self) -> Option<Instant> {
        let state = self.state.lock();
        (state.awaits_request || state.has_unread).then_some(state.last)
    }

    /// How long it takes from now until the caller has rested for `longest`, at least.
    pub(super) fn left(&self, longest: Duration) -> Duration {
        self.rests_since().map_or(longest, |since| longest.saturating_sub(since.elapsed()))
    }
}
