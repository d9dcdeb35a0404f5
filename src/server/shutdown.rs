//! Shutdown: from a signal to the end of the process.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::connections::{ConnectionSlots, StopSignals};
use super::notify;
use super::settings::WorkSettings;
use crate::engine::Backend;
use crate::service::HealthApi;

/// Time for connections that were cut to end.
const CUT: Duration = Duration::from_millis(250);

/// A token that is cancelled at the first SIGTERM or Ctrl-C. At the second, the process ends at once.
pub(super) fn signalled() -> Result<CancellationToken, std::io::Error> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let token = CancellationToken::new();
    let shutdown = token.clone();
    tokio::spawn(async move {
        let mut next = async || tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () };
        next().await;
        shutdown.cancel();
        next().await;
        tracing::warn!("signalled a second time: ending at once");
        std::process::exit(1);
    });
    Ok(token)
}

/// A running server.
pub(super) struct RunningServer {
    pub(super) backend: Arc<dyn Backend>,
    pub(super) health: HealthApi,
    /// Ends when the listener is closed and all connections have ended.
    pub(super) connections: JoinHandle<()>,
    pub(super) slots: Arc<ConnectionSlots>,
    pub(super) stops: StopSignals,
}

impl RunningServer {
    /// Stops the server: sets the health to `NOT_SERVING`, pauses, drains connections and calls, cuts what has not ended in
    /// time, and closes the corpus.
    pub(super) async fn stop(self, settings: &WorkSettings) {
        let Self { backend, health, mut connections, slots, stops } = self;
        let (pause_ms, seconds) = (settings.drain_pause.as_millis(), settings.drain.as_secs());
        tracing::info!(pause_ms, seconds, "stopping: running calls may end");
        notify::stopping();
        health.set_serving(false);
        // Clients that watch the health go elsewhere before calls are refused.
        sleep(settings.drain_pause).await;
        stops.draining.cancel();
        if timeout(settings.drain, &mut connections).await.is_ok() {
            tracing::info!("stopped: all calls ended");
        } else {
            let connections_left = slots.open();
            tracing::warn!(connections_left, "stopped: some calls had not ended in time and were cut off");
            stops.cut.cancel();
            drop(timeout(CUT, &mut connections).await);
        }
        close(backend).await;
    }
}

/// Closes the corpus, which releases the data directory.
async fn close(backend: Arc<dyn Backend>) {
    if tokio::task::spawn_blocking(move || backend.close()).await.is_err() {
        tracing::error!("a defect ended the closing of the corpus");
    }
}
