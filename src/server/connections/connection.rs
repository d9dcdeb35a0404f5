//! The life of one connection: handshake, serving, graceful shutdown.

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

/// Bytes of the HTTP/2 preface (RFC 9113, section 3.4); no HTTP/1.1 request is shorter.
const PREFACE_BYTES: u64 = 24;

/// Time after GOAWAY for a peer without calls to close the connection.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// The limits and certificates of all connections.
pub(super) struct ConnectionPolicy {
    certificates: Option<Arc<Certificates>>,
    /// Maximum time from accepting a connection to the end of its preface.
    handshake: Duration,
    /// Maximum time without a call; zero for no limit.
    idle: Duration,
    /// Maximum age; zero for no limit.
    age: Duration,
    accepted: AtomicU32,
    failures: LogThrottle,
}

/// A connection that was accepted.
pub(super) struct Connection {
    socket: TcpStream,
    peer: Peer,
    accepted_at: Instant,
    slot: ConnectionSlot,
    policy: Arc<ConnectionPolicy>,
}

impl ConnectionPolicy {
    pub(super) fn new(certificates: Option<Arc<Certificates>>, settings: &ConnectionSettings) -> Self {
        let &ConnectionSettings { handshake, idle, age, .. } = settings;
        let (accepted, failures) = (AtomicU32::new(0), LogThrottle::default());
        Self { certificates, handshake, idle, age, accepted, failures }
    }

    /// Maximum age of the next connection, within 5 % of the setting, so that connections made together don't all reconnect
    /// together.
    fn next_age(&self) -> Duration {
        self.age * (95 + self.accepted.fetch_add(1, Ordering::Relaxed) % 11) / 100
    }

    /// Performs the TLS handshake, if TLS is on. Returns the transport, or `None` if the handshake failed.
    async fn handshake(&self, socket: TcpStream, peer: &Peer) -> Option<Pin<Box<dyn Transport>>> {
        // Fails only if the peer has gone, which the next read reports.
        drop(socket.set_nodelay(true));
        let Some(certificates) = &self.certificates else { return Some(Box::pin(socket)) };
        match certificates.acceptor().accept(socket).into_fallible().await {
            Ok(stream) => Some(Box::pin(stream)),
            Err((error, socket)) => {
                self.log_failure(peer, &error);
                close_after_alert(socket).await;
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
        Self { socket, peer: Peer::new(address), accepted_at: Instant::now(), slot, policy }
    }

    /// Performs the handshake, then runs `serve` until the connection has ended. The token passed to `serve` requests its graceful
    /// shutdown.
    pub(super) async fn serve<F: Future<Output = ()>>(
        self,
        serve: impl FnOnce(ConnectionStream, CancellationToken) -> F,
        stops: StopSignals,
    ) {
        let Self { socket, peer, accepted_at, slot, policy } = self;
        let handshake = timeout_at(accepted_at + policy.handshake, policy.handshake(socket, &peer));
        let transport = match stops.draining.run_until_cancelled(handshake).await {
            Some(Ok(Some(transport))) => transport,
            Some(Err(_)) => return policy.log_failure(&peer, &io::ErrorKind::TimedOut.into()),
            Some(Ok(None)) | None => return,
        };
        let (ending, cut) = (CancellationToken::new(), stops.cut.child_token());
        let stream = ConnectionStream::new(transport, peer.clone(), cut.clone());
        let serving = serve(stream, ending.clone());
        tokio::pin!(serving);
        let reason = tokio::select! {
            () = &mut serving => return,
            reason = policy.reason_to_end(&peer, accepted_at) => reason,
            () = stops.draining.cancelled() => "server shutdown",
        };
        tracing::debug!(peer = %peer.address(), reason, "a connection is asked to end");
        ending.cancel();
        if !has_sent_preface(&peer) {
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
    /// Resolves with the reason when the connection has been silent or idle, or has lived, for too long.
    async fn reason_to_end(&self, peer: &Peer, accepted_at: Instant) -> &'static str {
        tokio::select! {
            () = is_silent(peer, accepted_at + self.handshake) => "no request was begun in time",
            () = unless_zero(self.idle, |time| peer.idle(time)) => "idle",
            () = unless_zero(self.next_age(), |time| sleep_until(accepted_at + time)) => "maximum age reached",
        }
    }
}

/// Closes a connection whose handshake failed, after the peer could read the TLS alert: closing with unread data would reset the
/// connection and discard the alert.
async fn close_after_alert(mut socket: TcpStream) {
    let (mut unread, until) = (vec![0; 1024], Instant::now() + CLOSE_TIMEOUT);
    if socket.shutdown().await.is_ok() {
        while let Ok(Ok(1..)) = timeout_at(until, socket.read(&mut unread)).await {}
    }
}

/// Resolves at `deadline` if the peer has not sent a preface by then.
async fn is_silent(peer: &Peer, deadline: Instant) {
    sleep_until(deadline).await;
    if has_sent_preface(peer) {
        pending::<()>().await;
    }
}

fn has_sent_preface(peer: &Peer) -> bool {
    peer.received_bytes() >= PREFACE_BYTES
}

/// Resolves if the peer keeps the connection open without a call after GOAWAY.
async fn stays_idle(peer: &Peer) {
    sleep(CLOSE_TIMEOUT).await;
    peer.idle(CLOSE_TIMEOUT).await;
}

/// Waits as `wait` does, or forever if the time is zero.
async fn unless_zero<W: Future<Output = ()>>(time: Duration, wait: impl FnOnce(Duration) -> W) {
    if time.is_zero() {
        pending::<()>().await;
    }
    wait(time).await;
}
