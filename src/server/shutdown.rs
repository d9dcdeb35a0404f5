//! From a signal to the end.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::connections::{Places, Stops};
use super::notify;
use super::settings::WorkSettings;
use crate::engine::Engine;
use crate::service::HealthApi;

/// How long connections that were cut have to notice.
const CUT: Duration = Duration::from_millis(250);

/// Cancelled at the first SIGTERM or Ctrl-C. At the second, the process ends at once.
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

/// A server that runs.
pub(super) struct Running {
    pub(super) engine: Arc<Engine>,
    pub(super) health: HealthApi,
    /// Ends when no connection is taken any more and all have ended.
    pub(super) connections: JoinHandle<()>,
    pub(super) places: Arc<Places>,
    pub(super) stops: Stops,
}

impl Running {
    /// Ends it: tells the health; then takes no more connections and calls; then cuts what has not ended in time;
    /// and keeps what was acknowledged.
    pub(super) async fn stop(self, settings: &WorkSettings) {
        let Self { engine, health, mut connections, places, stops } = self;
        let (pause_ms, seconds) = (settings.drain_pause.as_millis(), settings.drain.as_secs());
        tracing::info!(pause_ms, seconds, "stopping: running calls may end");
        notify::stopping();
        health.tell(false);
        // Whoever watches the health goes elsewhere before calls are refused.
        sleep(settings.drain_pause).await;
        stops.draining.cancel();
        if timeout(settings.drain, &mut connections).await.is_ok() {
            tracing::info!("stopped: all calls ended");
        } else {
            let connections_left = places.open();
            tracing::warn!(connections_left, "stopped: some calls had not ended in time and were cut off");
            stops.cut.cancel();
            drop(timeout(CUT, &mut connections).await);
        }
        close(engine).await;
    }
}

/// Keeps what was acknowledged, and lets the data directory go.
async fn close(engine: Arc<Engine>) {
    if tokio::task::spawn_blocking(move || engine.close()).await.is_err() {
        tracing::error!("a defect ended the closing of the corpus");
    }
}
