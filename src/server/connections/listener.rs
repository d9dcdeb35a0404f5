//! Accepts connections: each gets a slot, and a task of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::{Connection, ConnectionPolicy};
use super::log_throttle::LogThrottle;
use super::slots::ConnectionSlots;
use super::stream::ConnectionStream;
use crate::server::settings::ConnectionSettings;
use crate::server::tls::Certificates;

/// Pause before the next accept when the system can't accept another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Connections that the system queues until they are accepted; the system may reduce it (on Linux to `net.core.somaxconn`, 4096
/// by default). When the queue is full, a peer retries after a second. The default is 128.
const BACKLOG: i32 = 4096;

/// Raises the backlog of a listener, also of one that was passed in, so that the system queues bursts of connections.
pub(in crate::server) fn raise_backlog(listener: &TcpListener) {
    if let Err(error) = SockRef::from(listener).listen(BACKLOG) {
        tracing::warn!(%error, "the backlog can't be raised: bursts of connections may be delayed");
    }
}

/// Accepts connections.
pub(crate) struct Listener {
    socket: TcpListener,
    slots: Arc<ConnectionSlots>,
    policy: Arc<ConnectionPolicy>,
    refusals: LogThrottle,
    failures: LogThrottle,
}

/// The signals by which all connections stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct StopSignals {
    /// No more connections and calls are accepted.
    pub(crate) draining: CancellationToken,
    /// All connections end now.
    pub(crate) cut: CancellationToken,
}

impl Listener {
    /// Accepts connections from `socket`, each with one of `slots`, with TLS if there are certificates.
    pub(crate) fn new(
        socket: TcpListener,
        certificates: Option<Arc<Certificates>>,
        settings: &ConnectionSettings,
        slots: Arc<ConnectionSlots>,
    ) -> Self {
        raise_backlog(&socket);
        Self {
            socket,
            slots,
            policy: Arc::new(ConnectionPolicy::new(certificates, settings)),
            refusals: LogThrottle::default(),
            failures: LogThrottle::default(),
        }
    }

    /// Runs `serve` on each connection until it has ended; the token passed to `serve` requests its graceful shutdown. Returns when
    /// `stops.draining` is cancelled and all connections have ended.
    pub(crate) async fn run<F>(
        self,
        serve: impl FnOnce(ConnectionStream, CancellationToken) -> F + Clone + Send + 'static,
        stops: StopSignals,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let connections = TaskTracker::new();
        while let Some(accepted) = stops.draining.run_until_cancelled(self.socket.accept()).await {
            match accepted {
                Ok((socket, address)) => {
                    if let Some(connection) = self.admit(socket, address) {
                        connections.spawn(connection.serve(serve.clone(), stops.clone()));
                    }
                }
                Err(error) => self.handle_accept_error(&error).await,
            }
        }
        // From here on, the system refuses new connections.
        drop(self);
        connections.close();
        connections.wait().await;
    }

    /// Returns the connection if there is a slot for it. Otherwise closes it at once, so that its client can retry later or
    /// elsewhere instead of waiting for a time-out.
    fn admit(&self, socket: TcpStream, address: SocketAddr) -> Option<Connection> {
        match self.slots.take(address.ip()) {
            Ok(slot) => Some(Connection::new(socket, address, slot, Arc::clone(&self.policy))),
            Err(full) => {
                if let Some(held_back) = self.refusals.allow() {
                    tracing::warn!(peer = %address, reason = %full, held_back, "a connection was refused");
                }
                None
            }
        }
    }

    /// Continues at once if a single connection failed, or after a pause if the system can't accept more.
    async fn handle_accept_error(&self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
        if matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted) {
            return;
        }
        if let Some(held_back) = self.failures.allow() {
            tracing::error!(%error, held_back, "no connection can be accepted; if the limit of open files is reached, raise it");
        }
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}
