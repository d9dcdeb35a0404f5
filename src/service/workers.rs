//! Where the engine's work is done.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tonic::metadata::MetadataMap;
use tonic::{Request, Status};
use tracing::Instrument as _;

use super::load::{Load, Tally};
use super::problem::Problem;
use crate::matching::{Stop, StopReason};

/// A pool of threads for work on the CPU, with a bounded queue before it.
///
/// Work whose caller goes away, or whose deadline passes, is dropped from the queue, and told to stop
/// where it has begun.
#[derive(Debug, Clone)]
pub struct Workers {
    pool: Arc<rayon::ThreadPool>,
    places: Arc<Semaphore>,
    max_queued: usize,
    tally: Tally,
    /// For work that takes all threads for long: beside the pool, so that short work never waits for it.
    long_pool: Arc<rayon::ThreadPool>,
    /// Held by the one piece of long work that is done.
    long_turn: Arc<Semaphore>,
}

impl Workers {
    /// A pool of `threads` threads, with room for `max_queued` pieces of work to wait; and as many threads for
    /// work that takes long.
    ///
    /// # Errors
    ///
    /// When the system gives no threads.
    pub fn new(threads: usize, max_queued: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        let pool = |name: &'static str| {
            let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
            builder.thread_name(move |number| format!("{name}-{number}")).build().map(Arc::new)
        };
        let places = Arc::new(Semaphore::new(threads.saturating_add(max_queued).min(Semaphore::MAX_PERMITS)));
        let long_turn = Arc::new(Semaphore::new(1));
        Ok(Self {
            pool: pool("worker")?,
            places,
            max_queued,
            tally: Tally::default(),
            long_pool: pool("long-worker")?,
            long_turn,
        })
    }

    /// Does a piece of work, and gives what it gives.
    ///
    /// When the future is dropped, the work is called off.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        deadline: Deadline,
        work: impl FnOnce(&Stop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.run_in(&self.pool, deadline, self.place()?, work).await
    }

    /// As [`Self::run`], for work that spreads over all threads of its pool and takes long. Such pieces are
    /// done one after the other: two in one pool would wait for parts of one another.
    pub(super) async fn run_long<T: Send + 'static>(
        &self,
        deadline: Deadline,
        work: impl FnOnce(&Stop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.long_turn);
        let turn = if let Ok(turn) = Arc::clone(&turn).try_acquire_owned() {
            Ok(turn)
        } else {
            let _place = self.place()?;
            deadline.bound(turn.acquire_owned()).await?
        };
        self.run_in(&self.long_pool, deadline, turn, work).await
    }

    /// How much work there is at the moment.
    #[must_use]
    pub fn load(&self) -> Load {
        self.tally.load()
    }

    /// A place in the queue, if there is one left.
    fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map_err(|_| Problem::too_busy(self.max_queued))
    }

    /// Does a piece of work, and drops `held` when it has ended, whoever still waits for it.
    async fn run_in<T: Send + 'static>(
        &self,
        pool: &rayon::ThreadPool,
        deadline: Deadline,
        held: impl Send + 'static,
        work: impl FnOnce(&Stop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let stop = deadline.stop();
        let call_off = CallOff(stop.clone());
        let (sender, receiver) = oneshot::channel();
        let (call, tally) = (tracing::Span::current(), self.tally.clone());
        let queued = (tally.queued(), tracing::debug_span!("queue"));
        pool.spawn(move || {
            let running = tally.running();
            drop(queued);
            let _working = tracing::debug_span!(parent: &call, "work").entered();
            let done = match stop.check() {
                Ok(()) => {
                    catch_unwind(AssertUnwindSafe(|| work(&stop))).unwrap_or_else(|_| Err(Problem::defect()))
                }
                Err(reason) => Err(reason.into()),
            };
            drop((held, running));
            // Nobody may be waiting any more.
            let _ = sender.send(done);
        });
        let done = deadline.bound(receiver).await?;
        drop(call_off);
        done.unwrap_or_else(|_| Err(Problem::defect()))
    }
}

impl Workers {
    /// Does a piece of work that goes on elsewhere when its thread is free again, and gives what [`Done`]
    /// is told in the end. `turns`, if there are any, are waited for before the work begins.
    pub(super) async fn submit<T: Send + 'static>(
        &self,
        deadline: Deadline,
        turns: Option<&Semaphore>,
        work: impl FnOnce(Done<T>) + Send + 'static,
    ) -> Result<T, Problem> {
        let (sender, receiver) = oneshot::channel();
        {
            // Turns are never closed.
            let _turn = match turns {
                Some(turns) => Some(deadline.bound(turns.acquire()).await?),
                None => None,
            };
            let begin = move |_: &Stop| {
                work(Done(sender));
                Ok(())
            };
            self.run(deadline, begin).await?;
        }
        let committed = deadline.bound(receiver).instrument(tracing::debug_span!("commit")).await;
        committed?.map_err(|_| Problem::stopping())
    }
}

/// Is told how a piece of work ended.
pub(super) struct Done<T>(oneshot::Sender<T>);

impl<T> Done<T> {
    pub(super) fn tell(self, done: T) {
        // Nobody may be waiting any more.
        drop(self.0.send(done));
    }
}

/// Calls work off when it is dropped.
struct CallOff(Stop);

impl Drop for CallOff {
    fn drop(&mut self) {
        self.0.call_off();
    }
}

/// Notes the deadline of a call when its headers arrive: what it takes to read its message counts.
///
/// # Errors
///
/// None; interceptors may give some.
pub fn note_deadline(mut request: Request<()>) -> Result<Request<()>, Status> {
    let deadline = Deadline::asked_for(request.metadata());
    request.extensions_mut().insert(deadline);
    Ok(request)
}

/// Until when a caller waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    /// How much sooner than the caller asked we give up at most, so that our answer comes before the
    /// transport's, which has the wrong status for it.
    const AHEAD: Duration = Duration::from_millis(20);

    /// The deadline that the metadata of a call that has just arrived asks for.
    fn asked_for(metadata: &MetadataMap) -> Self {
        let timeout = metadata.get("grpc-timeout").and_then(|value| parse_timeout(value.to_str().ok()?));
        let until = |timeout: Duration| {
            Instant::now().checked_add(timeout.saturating_sub(Self::AHEAD.min(timeout / 8)))
        };
        Self(timeout.and_then(until))
    }

    /// The deadline that [`note_deadline`] noted.
    pub(super) fn of<T>(request: &Request<T>) -> Self {
        request.extensions().get().copied().unwrap_or(Self(None))
    }

    fn stop(self) -> Stop {
        self.0.map_or_else(Stop::never, Stop::at)
    }

    /// What the future gives, unless the deadline passes first.
    async fn bound<F: Future>(self, future: F) -> Result<F::Output, StopReason> {
        match self.0 {
            None => Ok(future.await),
            Some(until) => {
                tokio::time::timeout_at(until.into(), future).await.map_err(|_| StopReason::DeadlinePassed)
            }
        }
    }
}

/// The value of a `grpc-timeout` header: up to eight digits and a unit.
fn parse_timeout(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    let count: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
    match unit {
        "H" => Some(Duration::from_hours(count)),
        "M" => Some(Duration::from_mins(count)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_timeouts() {
        assert_eq!(parse_timeout("5S"), Some(Duration::from_secs(5)));
        assert_eq!(parse_timeout("99999999H"), Some(Duration::from_hours(99_999_999)));
        for bad in ["", "S", "5", "5s", "123456789S", "-1S", "é"] {
            assert_eq!(parse_timeout(bad), None, "{bad:?}");
        }
    }

    #[tokio::test]
    async fn refuses_more_than_the_queue_holds_and_survives_a_panic() {
        let workers = Workers::new(1, 0).unwrap();
        let (release, blocked) = std::sync::mpsc::channel::<()>();
        let busy = tokio::spawn({
            let workers = workers.clone();
            async move { workers.run(Deadline(None), move |_| Ok(blocked.recv().is_ok())).await }
        });
        while workers.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = workers.run(Deadline(None), |_| Ok(())).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        release.send(()).unwrap();
        assert!(busy.await.unwrap().unwrap());
        let defect = workers.run(Deadline(None), |_| -> Result<(), Problem> { panic!("a defect") }).await;
        assert_eq!(defect.unwrap_err().code(), tonic::Code::Internal);
        assert!(workers.run(Deadline(None), |_| Ok(true)).await.unwrap());
    }

    #[tokio::test]
    async fn stops_work_at_the_deadline_and_when_nobody_waits() {
        let workers = Workers::new(1, 4).unwrap();
        let until_stopped = |sender: std::sync::mpsc::Sender<StopReason>| {
            move |stop: &Stop| loop {
                if let Err(reason) = stop.check() {
                    sender.send(reason).unwrap();
                    return Err::<(), Problem>(reason.into());
                }
            }
        };
        let (sender, reasons) = std::sync::mpsc::channel();
        let soon = Deadline(Instant::now().checked_add(Duration::from_millis(20)));
        let late = workers.run(soon, until_stopped(sender.clone())).await.unwrap_err();
        assert_eq!(late.code(), tonic::Code::DeadlineExceeded);
        assert!(reasons.recv_timeout(Duration::from_secs(5)).is_ok());
        let gone = tokio::spawn({
            let workers = workers.clone();
            async move { workers.run(Deadline(None), until_stopped(sender)).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        assert_eq!(reasons.recv_timeout(Duration::from_secs(5)), Ok(StopReason::CalledOff));
    }
}
