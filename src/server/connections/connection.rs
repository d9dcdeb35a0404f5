//! One connection, from its handshake to its end.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::listener::StopSignals;
use super::log_throttle::LogThrottle;
use super::peer::Peer;
use super::slots::ConnectionSlot;
use super::stream::{ConnectionStream, Transport};
use crate::server::settings::ConnectionSettings;
use crate::server::tls::Certificates;

/// What an HTTP/2 client says first (RFC 9113, section 3.4); no request of HTTP/1.1 is shorter.
const PREFACE_BYTES: u64 = 24;

/// How long a peer without a call has to leave once it is asked to.
const LEAVE: Duration = Duration::from_secs(2);

/// What all connections have in common.
pub(super) struct ConnectionPolicy {
    certificates: Option<Arc<Certificates>>,
    /// From a connection's beginning to its client's first words.
    handshake: Duration,
    /// How long a connection may be without a call; zero for ever.
    idle: Duration,
    /// How old it may get; zero for ever.
    age: Duration,
    came: AtomicU32,
    failures: LogThrottle,
}

/// A connection that has a slot.
pub(super) struct Connection {
    socket: TcpStream,
    peer: Peer,
    begun: Instant,
    slot: ConnectionSlot,
    policy: Arc<ConnectionPolicy>,
}

impl ConnectionPolicy {
    pub(super) fn new(certificates: Option<Arc<Certificates>>, settings: &ConnectionSettings) -> Self {
        let &ConnectionSettings { handshake, idle, age, .. } = settings;
        let (came, failures) = (AtomicU32::new(0), LogThrottle::default());
        Self { certificates, handshake, idle, age, came, failures }
    }

    /// How old the next connection may get: connections that came together don't all go, and come back, together.
    fn next_age(&self) -> Duration {
        self.age * (95 + self.came.fetch_add(1, Ordering::Relaxed) % 11) / 100
    }

    /// What carries the bytes from now on, if there is one.
    async fn handshake(&self, socket: TcpStream, peer: &Peer) -> Option<Pin<Box<dyn Transport>>> {
        // It fails only if the peer has gone, which reading will tell.
        drop(socket.set_nodelay(true));
        let Some(certificates) = &self.certificates else { return Some(Box::pin(socket)) };
        match certificates.acceptor().accept(socket).into_fallible().await {
            Ok(stream) => Some(Box::pin(stream)),
            Err((error, socket)) => {
                self.log_failure(peer, &error);
                part(socket).await;
                None
            }
        }
    }

    fn log_failure(&self, peer: &Peer, error: &io::Error) {
        if let Some(held_back) = self.failures.allow() {
            tracing::info!(peer = %peer.address(), %error, held_back, "a handshake failed");
        }
    }
}

impl Connection {
    pub(super) fn new(
        socket: TcpStream,
        address: SocketAddr,
        slot: ConnectionSlot,
        policy: Arc<ConnectionPolicy>,
    ) -> Self {
        Self { socket, peer: Peer::new(address), begun: Instant::now(), slot, policy }
    }

    /// Shakes hands, and has `serve` serve the connection until it has ended.
    pub(super) async fn serve<F: Future<Output = ()>>(
        self,
        serve: impl FnOnce(ConnectionStream, CancellationToken) -> F,
        stops: StopSignals,
    ) {
        let Self { socket, peer, begun, slot, policy } = self;
        let shaken = timeout_at(begun + policy.handshake, policy.handshake(socket, &peer));
        let transport = match stops.draining.run_until_cancelled(shaken).await {
            Some(Ok(Some(transport))) => transport,
            Some(Err(_)) => return policy.log_failure(&peer, &io::ErrorKind::TimedOut.into()),
            Some(Ok(None)) | None => return,
        };
        let (ending, cut) = (CancellationToken::new(), stops.cut.child_token());
        let stream = ConnectionStream::new(transport, peer.clone(), cut.clone(), ending.clone());
        let serving = serve(stream, ending.clone());
        tokio::pin!(serving);
        let why = tokio::select! {
            () = &mut serving => return,
            why = policy.reason_to_end(&peer, begun) => why,
            () = stops.draining.cancelled() => "the server stops",
        };
        tracing::debug!(peer = %peer.address(), why, "a connection is asked to end");
        ending.cancel();
        if !has_spoken(&peer) {
            cut.cancel();
        }
        tokio::select! {
            () = &mut serving => {}
            () = stays_idle(&peer) => {
                cut.cancel();
                serving.await;
            }
        }
        drop(slot);
    }
}

impl ConnectionPolicy {
    /// Comes back when the connection has been silent, idle or there for too long.
    async fn reason_to_end(&self, peer: &Peer, begun: Instant) -> &'static str {
        tokio::select! {
            () = is_silent(peer, begun + self.handshake) => "nothing was said on it",
            () = unless_zero(self.idle, |time| peer.idle(time)) => "it was idle",
            () = unless_zero(self.next_age(), |time| sleep_until(begun + time)) => "it was old",
        }
    }
}

/// Lets a peer whose handshake failed read why: if we left while what it said is unread, the system would take that back.
async fn part(mut socket: TcpStream) {
    let (mut unread, until) = (vec![0; 1024], Instant::now() + LEAVE);
    if socket.shutdown().await.is_ok() {
        while let Ok(Ok(1..)) = timeout_at(until, socket.read(&mut unread)).await {}
    }
}

/// Comes back if the peer has not begun to speak in time.
async fn is_silent(peer: &Peer, deadline: Instant) {
    sleep_until(deadline).await;
    if has_spoken(peer) {
        pending::<()>().await;
    }
}

fn has_spoken(peer: &Peer) -> bool {
    peer.received_bytes() >= PREFACE_BYTES
}

/// Comes back if the peer, though asked to leave, stays without a call.
async fn stays_idle(peer: &Peer) {
    sleep(LEAVE).await;
    peer.idle(LEAVE).await;
}

/// Waits as `wait` does, or for ever if the time is zero.
async fn unless_zero<W: Future<Output = ()>>(time: Duration, wait: impl FnOnce(Duration) -> W) {
    if time.is_zero() {
        pending::<()>().await;
    }
    wait(time).await;
}
