//! Calibration of collections in the background.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::engine::{Backend, Calibration, CollectionName, Error, Stop};

/// Time between two looks at the collections. A calibration takes a second or so.
const INTERVAL: Duration = Duration::from_secs(10);

/// Calibrates collections that have grown, one after the other, in one thread, until `shutdown` is cancelled.
///
/// A collection that fails is logged and tried again with the next look, as after a full disk.
pub(super) async fn run(backend: Arc<dyn Backend>, shutdown: CancellationToken) {
    let pool = match rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .thread_name(|_| "calibration".to_owned())
        .build()
    {
        Ok(pool) => Arc::new(pool),
        Err(error) => {
            return tracing::warn!(%error, "no thread for calibrations: collections keep the default");
        }
    };
    let mut looks = interval(INTERVAL);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            () = shutdown.cancelled() => return,
        }
        for collection in backend.due_for_calibration() {
            let stop = Stop::never();
            let work = {
                let (pool, backend) = (Arc::clone(&pool), Arc::clone(&backend));
                let (collection, stop) = (collection.clone(), stop.clone());
                tokio::task::spawn_blocking(move || pool.install(|| backend.calibrate(&collection, &stop)))
            };
            tokio::select! {
                done = work => log(&collection, done.ok()),
                () = shutdown.cancelled() => return stop.call_off(),
            }
        }
    }
}

/// Logs the end of a calibration; `None` if a defect ended it.
fn log(collection: &CollectionName, done: Option<Result<Option<Calibration>, Error>>) {
    match done {
        Some(Ok(Some(calibration))) => tracing::info!(
            %collection,
            sources = calibration.sources,
            revision = calibration.revision,
            "calibrated: reports state how many passages chance produces in this collection"
        ),
        // It shrank or was deleted meanwhile.
        Some(Ok(None) | Err(Error::CollectionNotFound(_))) => {}
        Some(Err(error)) => tracing::warn!(%collection, %error, "not calibrated"),
        None => tracing::error!(%collection, "a defect ended a calibration"),
    }
}
