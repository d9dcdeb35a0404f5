//! What is known of a connection while it is open.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Whoever is at the other end of a connection, and what they do; in the extensions of each of their calls.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    address: SocketAddr,
    /// Bytes that came from the peer, without those of TLS.
    received: AtomicU64,
    calls: Mutex<Calls>,
}

#[derive(Debug)]
struct Calls {
    under_way: usize,
    /// When the last one ended; before that, when the peer came.
    last_end: Instant,
}

/// A call that is under way until this is dropped.
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

    /// A call begins.
    pub(super) fn call(&self) -> CallGuard {
        self.state.calls.lock().under_way += 1;
        CallGuard { peer: self.clone() }
    }

    /// For how long there has been no call; none while there is one.
    pub(super) fn idle_for(&self) -> Option<Duration> {
        let calls = self.state.calls.lock();
        (calls.under_way == 0).then(|| calls.last_end.elapsed())
    }

    /// Comes back when there has been no call for as long as `patience`.
    pub(super) async fn idle(&self, patience: Duration) {
        loop {
            let left = patience.saturating_sub(self.idle_for().unwrap_or_default());
            if left.is_zero() && self.idle_for().is_some() {
                return;
            }
            // A call that ends meanwhile makes the next wait shorter, so that the whole is exact.
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
        let patience = Duration::from_millis(60);
        let (one, two) = (peer.call(), peer.call());
        assert!(tokio::time::timeout(patience * 3, peer.idle(patience)).await.is_err());
        drop(one);
        assert_eq!(peer.idle_for(), None);
        drop(two);
        let ended = Instant::now();
        peer.idle(patience).await;
        assert!(ended.elapsed() >= patience);
    }
}
