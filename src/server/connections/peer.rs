//! The state of an open connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// The peer of a connection: address, bytes received, calls under way. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    address: SocketAddr,
    /// Bytes received, without the overhead of TLS.
    received: AtomicU64,
    calls: Mutex<Calls>,
}

#[derive(Debug)]
struct Calls {
    under_way: usize,
    /// Time at which the last call ended, or the connection was accepted.
    last_end: Instant,
}

/// A call that counts as under way until this is dropped.
#[derive(Debug)]
pub(super) struct CallGuard {
    peer: Peer,
}

impl Peer {
    pub(super) fn new(address: SocketAddr) -> Self {
        let calls = Mutex::new(Calls { under_way: 0, last_end: Instant::now() });
        Self { state: Arc::new(State { address, received: AtomicU64::new(0), calls }) }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.state.address
    }

    pub(super) fn note_received(&self, bytes: u64) {
        self.state.received.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn received_bytes(&self) -> u64 {
        self.state.received.load(Ordering::Relaxed)
    }

    /// Counts a call until the returned guard is dropped.
    pub(super) fn begin_call(&self) -> CallGuard {
        self.state.calls.lock().under_way += 1;
        CallGuard { peer: self.clone() }
    }

    /// Time since the last call ended; `None` while a call is under way.
    pub(super) fn idle_for(&self) -> Option<Duration> {
        let calls = self.state.calls.lock();
        (calls.under_way == 0).then(|| calls.last_end.elapsed())
    }

    /// Resolves when there has been no call for `timeout`.
    pub(super) async fn idle(&self, timeout: Duration) {
        loop {
            let left = timeout.saturating_sub(self.idle_for().unwrap_or_default());
            if left.is_zero() && self.idle_for().is_some() {
                return;
            }
            // The next round takes calls into account that ended meanwhile, so the total is exact.
            tokio::time::sleep(left).await;
        }
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        let mut calls = self.peer.state.calls.lock();
        calls.under_way -= 1;
        calls.last_end = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_peer_is_idle_from_the_end_of_its_last_call_on() {
        let peer = Peer::new(SocketAddr::from(([127, 0, 0, 1], 1)));
        let timeout = Duration::from_millis(60);
        let (one, two) = (peer.begin_call(), peer.begin_call());
        assert!(tokio::time::timeout(timeout * 3, peer.idle(timeout)).await.is_err());
        drop(one);
        assert_eq!(peer.idle_for(), None);
        drop(two);
        let ended = Instant::now();
        peer.idle(timeout).await;
        assert!(ended.elapsed() >= timeout);
    }
}
