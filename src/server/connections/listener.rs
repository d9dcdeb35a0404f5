//! Takes connections in: each gets a slot, and a task of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
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

/// How long no connection is taken when the system has no room for one more.
const BREATH: Duration = Duration::from_millis(100);

/// Connections that the system holds until they are taken, as far as it allows (on Linux `net.core.somaxconn`, 4096 by
/// default). When there is no room for one more, its peer tries again after a second. Without being asked for more the
/// system holds 128.
const BACKLOG: i32 = 4096;

/// Has the system hold a burst of connections, also for a listener that somebody else has made.
pub(in crate::server) fn hold_bursts(listener: &TcpListener) {
    if let Err(error) = SockRef::from(listener).listen(BACKLOG) {
        tracing::warn!(%error, "the system holds no more than its usual number of connections that wait");
    }
}

/// Where connections come in.
pub(crate) struct Listener {
    socket: TcpListener,
    slots: Arc<ConnectionSlots>,
    policy: Arc<ConnectionPolicy>,
    refusals: LogThrottle,
    failures: LogThrottle,
}

/// The signals to all connections.
#[derive(Debug, Clone, Default)]
pub(crate) struct StopSignals {
    /// No more connections; those there are take no more calls.
    pub(crate) draining: CancellationToken,
    /// All connections end now.
    pub(crate) cut: CancellationToken,
}

impl Listener {
    /// Takes connections from `socket`, encrypted if there are certificates; `open` tells how many there are.
    pub(crate) fn new(
        socket: TcpListener,
        certificates: Option<Arc<Certificates>>,
        settings: &ConnectionSettings,
        open: Arc<AtomicUsize>,
    ) -> Self {
        hold_bursts(&socket);
        Self {
            socket,
            slots: ConnectionSlots::new(settings.max, settings.max_per_address, open),
            policy: Arc::new(ConnectionPolicy::new(certificates, settings)),
            refusals: LogThrottle::default(),
            failures: LogThrottle::default(),
        }
    }

    /// The slots that connections take.
    pub(crate) fn slots(&self) -> Arc<ConnectionSlots> {
        Arc::clone(&self.slots)
    }

    /// Has `serve` serve each connection until that has ended; the token that `serve` is given asks it to see to
    /// that. Comes back when no more are taken and all have ended.
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
                Err(error) => self.failed(&error).await,
            }
        }
        // Whoever comes now is refused by the system.
        drop(self);
        connections.close();
        connections.wait().await;
    }

    /// The connection, if there is a slot for it. One for which there is none is closed at once: its client
    /// knows where it stands, and tries again later or elsewhere, while one left waiting would find out by a
    /// time-out.
    fn admit(&self, socket: TcpStream, address: SocketAddr) -> Option<Connection> {
        match self.slots.take(address.ip()) {
            Ok(slot) => Some(Connection::new(socket, address, slot, Arc::clone(&self.policy))),
            Err(full) => {
                if let Some(held_back) = self.refusals.allow() {
                    tracing::warn!(peer = %address, why = %full, held_back, "a connection was refused");
                }
                None
            }
        }
    }

    /// Goes on at once if only one connection failed; if the system has no room for more, after a while.
    async fn failed(&self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
        if matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted) {
            return;
        }
        if let Some(held_back) = self.failures.allow() {
            tracing::error!(%error, held_back, "no connection can be taken; is the limit of open files reached?");
        }
        tokio::time::sleep(BREATH).await;
    }
}
