//! Comparisons of whole collections, which take longer than a browser waits. A visitor starts one, sees its progress, then its report.
//!
//! At most [`MAX_JOBS`] are kept. A running one stops when nobody has asked for it for [`ABANDONED`]; a finished one is kept for [`KEPT`].
//! How many run at once is the service's decision.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use data_encoding::BASE64URL_NOPAD;
use http::StatusCode;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::guard::session::SessionId;
use crate::proto::PairsProgress;

/// Maximum number of jobs, running and finished.
const MAX_JOBS: usize = 16;

/// Maximum number of running jobs of one session.
const MAX_RUNNING_PER_SESSION: usize = 2;

/// Time after which a running job stops if nobody asks for it.
const ABANDONED: Duration = Duration::from_mins(2);

/// Time for which the report of a finished job is kept.
const KEPT: Duration = Duration::from_mins(30);

/// Interval of the looks at a running job.
const INTERVAL: Duration = Duration::from_secs(5);

/// The jobs of all visitors.
pub(super) struct Jobs {
    all: Arc<Mutex<HashMap<String, Job>>>,
    draining: CancellationToken,
}

/// One comparison of a collection.
struct Job {
    owner: SessionId,
    collection: String,
    started: Instant,
    asked: Instant,
    progress: watch::Receiver<PairsProgress>,
    stop: CancellationToken,
    /// Cancelled when it has finished.
    done: CancellationToken,
    finished: Option<Finished>,
}

struct Finished {
    at: Instant,
    report: Result<Bytes, Failure>,
}

/// The state of a job.
pub(super) enum JobState {
    Running { collection: String, elapsed: Duration, progress: PairsProgress },
    Finished(Result<Bytes, Failure>),
}

impl Jobs {
    /// No jobs. Those that begin end when `draining` is cancelled.
    pub(super) fn new(draining: CancellationToken) -> Self {
        Self { all: Arc::default(), draining }
    }

    /// Starts a job, and returns its id.
    ///
    /// # Errors
    ///
    /// If too many run.
    pub(super) fn start(
        &self,
        owner: SessionId,
        collection: String,
        progress: watch::Receiver<PairsProgress>,
        work: impl Future<Output = Result<Bytes, Failure>> + Send + 'static,
    ) -> Result<String, Failure> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| Failure::defect())?;
        let id = BASE64URL_NOPAD.encode(&bytes);
        let (now, stop) = (Instant::now(), self.draining.child_token());
        let done = CancellationToken::new();
        let stopped = stop.clone();
        let job = Job {
            owner,
            collection,
            started: now,
            asked: now,
            progress,
            stop: stopped,
            done,
            finished: None,
        };
        insert(&mut self.all.lock(), id.clone(), job)?;
        tokio::spawn(run(Arc::clone(&self.all), id.clone(), stop, work));
        Ok(id)
    }

    /// The state of a session's job when it has finished, or after `patience`.
    pub(super) async fn wait(&self, owner: &SessionId, id: &str, patience: Duration) -> Option<JobState> {
        let finished = self.all.lock().get(id).filter(|job| job.owner == *owner)?.done.clone();
        drop(tokio::time::timeout(patience, finished.cancelled()).await);
        self.state(owner, id)
    }

    /// The state of a session's job.
    fn state(&self, owner: &SessionId, id: &str) -> Option<JobState> {
        let mut all = self.all.lock();
        let job = all.get_mut(id).filter(|job| job.owner == *owner)?;
        job.asked = Instant::now();
        Some(match &job.finished {
            None => JobState::Running {
                collection: job.collection.clone(),
                elapsed: job.started.elapsed(),
                progress: *job.progress.borrow(),
            },
            Some(finished) => JobState::Finished(finished.report.clone()),
        })
    }

    /// Stops and forgets a session's job. Returns its collection.
    pub(super) fn stop(&self, owner: &SessionId, id: &str) -> Option<String> {
        let mut all = self.all.lock();
        all.get(id).filter(|job| job.owner == *owner)?;
        let job = all.remove(id)?;
        job.stop.cancel();
        Some(job.collection)
    }

    /// Stops and forgets all jobs of a session.
    pub(super) fn stop_all(&self, owner: &SessionId) {
        self.all.lock().retain(|_, job| {
            let is_own = job.owner == *owner;
            if is_own {
                job.stop.cancel();
            }
            !is_own
        });
    }
}

/// Adds a job; the oldest finished one makes room for it.
fn insert(all: &mut HashMap<String, Job>, id: String, job: Job) -> Result<(), Failure> {
    let busy = |message: &str| Failure {
        retry_in: Some(Duration::from_secs(10)),
        ..Failure::new(StatusCode::TOO_MANY_REQUESTS, "Not now", message)
    };
    let running = all.values().filter(|other| other.owner == job.owner && other.finished.is_none());
    if running.count() >= MAX_RUNNING_PER_SESSION {
        return Err(busy("You have other comparisons under way: wait until one has ended, or stop it"));
    }
    if all.len() >= MAX_JOBS {
        let finished = all.iter().filter_map(|(id, job)| Some((job.finished.as_ref()?.at, id.clone())));
        let Some((_, oldest)) = finished.min() else {
            return Err(busy("Too many comparisons are under way: try again when one has ended"));
        };
        all.remove(&oldest);
    }
    all.insert(id, job);
    Ok(())
}

/// Runs a job, then keeps its report for a while.
async fn run(
    all: Arc<Mutex<HashMap<String, Job>>>,
    id: String,
    stop: CancellationToken,
    work: impl Future<Output = Result<Bytes, Failure>>,
) {
    let abandoned = async {
        loop {
            tokio::time::sleep(INTERVAL).await;
            if all.lock().get(&id).is_none_or(|job| job.asked.elapsed() > ABANDONED) {
                return;
            }
        }
    };
    // Dropping the work stops it.
    let report = tokio::select! {
        report = work => Some(report),
        () = abandoned => None,
        () = stop.cancelled() => None,
    };
    let Some(report) = report else {
        all.lock().remove(&id);
        return;
    };
    if let Some(job) = all.lock().get_mut(&id) {
        job.finished = Some(Finished { at: Instant::now(), report });
        job.done.cancel();
    }
    tokio::select! { () = tokio::time::sleep(KEPT) => (), () = stop.cancelled() => () }
    all.lock().remove(&id);
}
