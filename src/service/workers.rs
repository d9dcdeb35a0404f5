//! Where the engine's work is done.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tracing::Instrument as _;

use super::budget::Turn;
use super::call::Call;
use super::load::{Load, Tally};
use super::problem::Problem;
use crate::matching::Stop;

/// Bytes of text from which on work is large.
const LARGE_BYTES: usize = 256 << 10;

/// A pool of threads for work on the CPU, with a bounded queue before it.
///
/// Work whose caller goes away, or whose deadline passes, is dropped from the queue, and told to stop
/// where it has begun.
#[derive(Debug, Clone)]
pub struct Workers {
    pool: Arc<rayon::ThreadPool>,
    /// For work on large texts: beside the pool, so that work on small ones, which takes milliseconds, doesn't wait
    /// for seconds.
    large_pool: Arc<rayon::ThreadPool>,
    places: Arc<Semaphore>,
    max_queued: usize,
    tally: Tally,
    /// For work that takes all threads for long: beside the pool, so that short work never waits for it.
    long_pool: Arc<rayon::ThreadPool>,
    /// Held by the one piece of long work that is done.
    long_turn: Arc<Semaphore>,
}

impl Workers {
    /// A pool of `threads` threads, with room for `max_queued` pieces of work to wait; half as many for work on
    /// large texts; and as many for work that takes long.
    ///
    /// # Errors
    ///
    /// When the system gives no threads.
    pub fn new(threads: usize, max_queued: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        let pool = |name: &'static str, threads| {
            let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
            builder.thread_name(move |number| format!("{name}-{number}")).build().map(Arc::new)
        };
        let places = Arc::new(Semaphore::new(threads.saturating_add(max_queued).min(Semaphore::MAX_PERMITS)));
        let long_turn = Arc::new(Semaphore::new(1));
        Ok(Self {
            pool: pool("worker", threads)?,
            large_pool: pool("large-worker", threads.div_ceil(2))?,
            places,
            max_queued,
            tally: Tally::default(),
            long_pool: pool("long-worker", threads)?,
            long_turn,
        })
    }

    /// Does a piece of work on texts of `text_bytes`, and gives what it gives.
    ///
    /// When the future is dropped, the work is called off.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        call: &Call,
        text_bytes: usize,
        work: impl FnOnce(&Stop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let held = self.place_and_turn(call).await?;
        self.run_in(self.pool_for(text_bytes), call, held, work).await
    }

    /// A place in the queue, and a turn of its connection. Whoever does not read answers waits outside the queue, so that
    /// a few such connections leave room in it for others.
    async fn place_and_turn(&self, call: &Call) -> Result<(OwnedSemaphorePermit, Turn), Problem> {
        loop {
            call.enough_was_read().await?;
            let place = self.place()?;
            if let Some(turn) = call.turn().await? {
                return Ok((place, turn));
            }
        }
    }

    fn pool_for(&self, text_bytes: usize) -> &rayon::ThreadPool {
        if text_bytes < LARGE_BYTES { &self.pool } else { &self.large_pool }
    }

    /// As [`Self::run`], for work that spreads over all threads of its pool and takes long. Such pieces are
    /// done one after the other: two in one pool would wait for parts of one another.
    pub(super) async fn run_long<T: Send + 'static>(
        &self,
        call: &Call,
        work: impl FnOnce(&Stop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.long_turn);
        let turn = if let Ok(turn) = Arc::clone(&turn).try_acquire_owned() {
            Ok(turn)
        } else {
            let _place = self.place()?;
            call.bound(turn.acquire_owned()).await?
        };
        self.run_in(&self.long_pool, call, turn, work).await
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
        call: &Call,
        held: impl Send + 'static,
        work: impl FnOnce(&Stop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let stop = call.stop();
        let call_off = CallOff::new(stop.clone());
        let (sender, receiver) = oneshot::channel();
        let (span, tally) = (tracing::Span::current(), self.tally.clone());
        let queued = (tally.queued(), tracing::debug_span!("queue"));
        pool.spawn(move || {
            let running = tally.running();
            drop(queued);
            let _working = tracing::debug_span!(parent: &span, "work").entered();
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
        let done = call.bound(receiver).await?;
        drop(call_off);
        done.unwrap_or_else(|_| Err(Problem::defect()))
    }
}

impl Workers {
    /// Does a piece of work on texts of `text_bytes` that goes on elsewhere when its thread is free again, and gives what [`Done`]
    /// is told in the end. `turns`, if there are any, are waited for before the work begins.
    pub(super) async fn submit<T: Send + 'static>(
        &self,
        call: &Call,
        text_bytes: usize,
        turns: Option<&Semaphore>,
        work: impl FnOnce(Done<T>) + Send + 'static,
    ) -> Result<T, Problem> {
        let (sender, receiver) = oneshot::channel();
        {
            // Turns are never closed.
            let _turn = match turns {
                Some(turns) => Some(call.bound(turns.acquire()).await?),
                None => None,
            };
            let begin = move |_: &Stop| {
                work(Done(sender));
                Ok(())
            };
            self.run_in(self.pool_for(text_bytes), call, self.place()?, begin).await?;
        }
        let committed = call.bound(receiver).instrument(tracing::debug_span!("commit")).await;
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
pub(super) struct CallOff(Stop);

impl CallOff {
    pub(super) fn new(stop: Stop) -> Self {
        Self(stop)
    }
}

impl Drop for CallOff {
    fn drop(&mut self) {
        self.0.call_off();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::matching::StopReason;
    use crate::service::ConnectionBudget;

    #[tokio::test]
    async fn refuses_more_than_the_queue_holds_and_survives_a_panic() {
        let workers = Workers::new(1, 0).unwrap();
        let (release, blocked) = std::sync::mpsc::channel::<()>();
        let busy = tokio::spawn({
            let workers = workers.clone();
            async move { workers.run(&Call::unbounded(), 0, move |_| Ok(blocked.recv().is_ok())).await }
        });
        while workers.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = workers.run(&Call::unbounded(), 0, |_| Ok(())).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        release.send(()).unwrap();
        assert!(busy.await.unwrap().unwrap());
        let defect =
            workers.run(&Call::unbounded(), 0, |_| -> Result<(), Problem> { panic!("a defect") }).await;
        assert_eq!(defect.unwrap_err().code(), tonic::Code::Internal);
        assert!(workers.run(&Call::unbounded(), 0, |_| Ok(true)).await.unwrap());
    }

    #[tokio::test]
    async fn who_reads_no_answers_takes_no_place_in_the_queue() {
        let workers = Workers::new(1, 0).unwrap();
        let connection = ConnectionBudget::new(2000, 1);
        let _unread = connection.answer(1001);
        let soon = Instant::now().checked_add(Duration::from_millis(50));
        let stuck = Call::new(soon, Duration::MAX, connection);
        let free = Call::unbounded();
        let (stuck, other) =
            tokio::join!(workers.run(&stuck, 0, |_| Ok(())), workers.run(&free, 0, |_| Ok(true)));
        assert_eq!(stuck.unwrap_err().code(), tonic::Code::DeadlineExceeded);
        assert!(other.unwrap());
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
        let soon = Instant::now().checked_add(Duration::from_millis(20));
        let soon = Call::new(soon, Duration::MAX, ConnectionBudget::unbounded());
        let late = workers.run(&soon, 0, until_stopped(sender.clone())).await.unwrap_err();
        assert_eq!(late.code(), tonic::Code::DeadlineExceeded);
        assert!(reasons.recv_timeout(Duration::from_secs(5)).is_ok());
        let gone = tokio::spawn({
            let workers = workers.clone();
            async move { workers.run(&Call::unbounded(), 0, until_stopped(sender)).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        assert_eq!(reasons.recv_timeout(Duration::from_secs(5)), Ok(StopReason::CalledOff));
    }
}
