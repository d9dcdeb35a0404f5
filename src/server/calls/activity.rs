//! When the caller of a stream was last active.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// The time of the caller's last activity on a stream, and whether the server waits for the caller. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct ActivityClock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    last: Instant,
    /// True while the server waits for the next bytes of the request.
    awaits_request: bool,
    /// True while there is a part of the response that the caller has not taken.
    has_unread: bool,
}

impl ActivityClock {
    pub(super) fn new() -> Self {
        let state = State { last: Instant::now(), awaits_request: false, has_unread: false };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Notes that the server waits for the caller to send.
    pub(super) fn awaiting_request(&self) {
        self.state.lock().awaits_request = true;
    }

    /// Notes that the caller sent something.
    pub(super) fn request_received(&self) {
        let mut state = self.state.lock();
        state.awaits_request = false;
        state.last = Instant::now();
    }

    /// Notes that the caller took all of the response that was ready.
    pub(super) fn response_taken(&self) {
        let mut state = self.state.lock();
        if std::mem::take(&mut state.has_unread) {
            state.last = Instant::now();
        }
    }

    /// Notes that more of the response is ready.
    pub(super) fn response_ready(&self) {
        self.state.lock().has_unread = true;
    }

    /// Time that is left, at least, until the caller has been inactive for `timeout` while the server waited for it.
    pub(super) fn left(&self, timeout: Duration) -> Duration {
        let state = self.state.lock();
        if state.awaits_request || state.has_unread {
            timeout.saturating_sub(state.last.elapsed())
        } else {
            timeout
        }
    }
}
