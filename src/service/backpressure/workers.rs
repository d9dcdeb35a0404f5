//! The thread pools for the backend's work, with a bounded queue.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tracing::Instrument as _;

use super::connection_budget::WorkPermit;
use super::load::{Load, LoadCounter};
use crate::matching::Stop;
use crate::service::call::CallContext;
use crate::service::problem::Problem;

/// Bytes of text from which work goes to the pool for large texts.
const LARGE_BYTES: usize = 256 << 10;

/// Thread pools for work on the CPU, with a bounded queue.
///
/// When the caller goes away or the deadline passes, queued work is dropped, and running work is stopped.
#[derive(Debug, Clone)]
pub struct Workers {
    pool: Arc<rayon::ThreadPool>,
    /// Pool for work on large texts, so that work on small texts, which takes milliseconds, doesn't wait seconds for it.
    large_pool: Arc<rayon::ThreadPool>,
    /// One permit for each running or queued piece of work.
    queue_slots: Arc<Semaphore>,
    max_queued: usize,
    load: LoadCounter,
    /// Pool of threads that wait for the readers of documents, as many as there are readers.
    document_pool: Arc<rayon::ThreadPool>,
    /// Pool for long work that uses all threads, so that short work never waits for it.
    long_pool: Arc<rayon::ThreadPool>,
    /// The permit of the one piece of long work that may run.
    long_permit: Arc<Semaphore>,
}

impl Workers {
    /// Starts `threads` threads, half as many for large texts, and as many for long work; and `document_readers` for documents.
    /// At most `max_queued` pieces of work may wait.
    ///
    /// # Errors
    ///
    /// If the system provides no threads.
    pub fn new(
        threads: usize,
        max_queued: usize,
        document_readers: usize,
    ) -> Result<Self, rayon::ThreadPoolBuildError> {
        let pool = |name: &'static str, threads| {
            let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
            builder.thread_name(move |number| format!("{name}-{number}")).build().map(Arc::new)
        };
        let queue_slots =
            Arc::new(Semaphore::new(threads.saturating_add(max_queued).min(Semaphore::MAX_PERMITS)));
        let long_permit = Arc::new(Semaphore::new(1));
        Ok(Self {
            pool: pool("worker", threads)?,
            large_pool: pool("large-worker", threads.div_ceil(2))?,
            queue_slots,
            max_queued,
            load: LoadCounter::default(),
            document_pool: pool("document-worker", document_readers)?,
            long_pool: pool("long-worker", threads)?,
            long_permit,
        })
    }

    /// Runs `work` on texts of `text_bytes`, and returns its result. Dropping the future stops the work.
    pub(in crate::service) async fn run<T: Send + 'static>(
        &self,
        call: &CallContext,
        text_bytes: usize,
        work: impl FnOnce(&Stop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let permits = self.permits(call).await?;
        self.run_in(self.pool_for(text_bytes), call, permits, work).await
    }

    /// Runs `work`, which waits for the reader of a document, and returns its result. Dropping the future stops the work.
    pub(in crate::service) async fn run_document<T: Send + 'static>(
        &self,
        call: &CallContext,
        work: impl FnOnce(&Stop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let permits = self.permits(call).await?;
        self.run_in(&self.document_pool, call, permits, work).await
    }

    /// Takes a queue slot, and a work permit of the connection. A connection that does not read its responses waits outside
    /// the queue, so that a few such connections cannot fill it.
    async fn permits(&self, call: &CallContext) -> Result<Permits, Problem> {
        loop {
            call.responses_read().await?;
            let slot = self.queue_slot()?;
            if let Some(work) = call.work_permit().await? {
                return Ok(Permits { _slot: slot, _work: work });
            }
        }
    }

    fn pool_for(&self, text_bytes: usize) -> &rayon::ThreadPool {
        if text_bytes < LARGE_BYTES { &self.pool } else { &self.large_pool }
    }

    /// Runs long work that spreads over all threads of its pool. Such pieces run one after the other: two in one pool would
    /// wait for parts of each other.
    pub(in crate::service) async fn run_long<T: Send + 'static>(
        &self,
        call: &CallContext,
        work: impl FnOnce(&Stop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let permits = Arc::clone(&self.long_permit);
        let permit = if let Ok(permit) = Arc::clone(&permits).try_acquire_owned() {
            Ok(permit)
        } else {
            let _slot = self.queue_slot()?;
            call.bound(permits.acquire_owned()).await?
        };
        self.run_in(&self.long_pool, call, permit, work).await
    }

    /// Running and queued work at this moment.
    #[must_use]
    pub fn load(&self) -> Load {
        self.load.current()
    }

    /// Takes a queue slot, or rejects the work if the queue is full.
    fn queue_slot(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let slot = Arc::clone(&self.queue_slots).try_acquire_owned();
        slot.map_err(|_| Problem::queue_full(self.max_queued))
    }

    /// Runs `work` in `pool`, and drops `held` when the work has ended, whether or not the caller still waits.
    async fn run_in<T: Send + 'static>(
        &self,
        pool: &rayon::ThreadPool,
        call: &CallContext,
        held: impl Send + 'static,
        work: impl FnOnce(&Stop) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let stop = call.stop();
        let stop_on_drop = StopOnDrop::new(stop.clone());
        let (sender, receiver) = oneshot::channel();
        let (span, load) = (tracing::Span::current(), self.load.clone());
        let queued = (load.queued(), tracing::debug_span!("queue"));
        pool.spawn(move || {
            let running = load.running();
            drop(queued);
            let _working = tracing::debug_span!(parent: &span, "work").entered();
            let done = match stop.check() {
                Ok(()) => {
                    catch_unwind(AssertUnwindSafe(|| work(&stop))).unwrap_or_else(|_| Err(Problem::defect()))
                }
                Err(reason) => Err(reason.into()),
            };
            drop((held, running));
            // Fails if the caller has stopped waiting.
            let _ = sender.send(done);
        });
        let done = call.bound(receiver).await?;
        drop(stop_on_drop);
        done.unwrap_or_else(|_| Err(Problem::defect()))
    }
}

/// The resources that a piece of work holds while it is queued or runs.
struct Permits {
    _slot: OwnedSemaphorePermit,
    _work: WorkPermit,
}

impl Workers {
    /// Runs `work` on texts of `text_bytes`, which hands the rest to another thread, and returns the value that [`Completion`]
    /// gets in the end. Takes one of `permits` first, if given.
    pub(in crate::service) async fn submit<T: Send + 'static>(
        &self,
        call: &CallContext,
        text_bytes: usize,
        permits: Option<&Semaphore>,
        work: impl FnOnce(Completion<T>) + Send + 'static,
    ) -> Result<T, Problem> {
        let (sender, receiver) = oneshot::channel();
        {
            // The semaphore is never closed.
            let _permit = match permits {
                Some(permits) => Some(call.bound(permits.acquire()).await?),
                None => None,
            };
            let begin = move |_: &Stop| {
                work(Completion(sender));
                Ok(())
            };
            self.run_in(self.pool_for(text_bytes), call, self.queue_slot()?, begin).await?;
        }
        let committed = call.bound(receiver).instrument(tracing::debug_span!("commit")).await;
        committed?.map_err(|_| Problem::stopping())
    }
}

/// Receives the result of a piece of work.
pub(in crate::service) struct Completion<T>(oneshot::Sender<T>);

impl<T> Completion<T> {
    pub(in crate::service) fn complete(self, result: T) {
        // Fails if the caller has stopped waiting.
        drop(self.0.send(result));
    }
}

/// Stops work when this is dropped.
pub(in crate::service) struct StopOnDrop(Stop);

impl StopOnDrop {
    pub(in crate::service) fn new(stop: Stop) -> Self {
        Self(stop)
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.call_off();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::matching::StopReason;
    use crate::service::backpressure::connection_budget::ConnectionBudget;

    #[tokio::test]
    async fn refuses_more_than_the_queue_holds_and_survives_a_panic() {
        let workers = Workers::new(1, 0, 1).unwrap();
        let (release, blocked) = std::sync::mpsc::channel::<()>();
        let busy = tokio::spawn({
            let workers = workers.clone();
            async move { workers.run(&CallContext::unbounded(), 0, move |_| Ok(blocked.recv().is_ok())).await }
        });
        while workers.queue_slots.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = workers.run(&CallContext::unbounded(), 0, |_| Ok(())).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        release.send(()).unwrap();
        assert!(busy.await.unwrap().unwrap());
        let defect = workers
            .run(&CallContext::unbounded(), 0, |_| -> Result<(), Problem> { panic!("a defect") })
            .await;
        assert_eq!(defect.unwrap_err().code(), tonic::Code::Internal);
        assert!(workers.run(&CallContext::unbounded(), 0, |_| Ok(true)).await.unwrap());
    }

    #[tokio::test]
    async fn who_reads_no_answers_takes_no_place_in_the_queue() {
        let workers = Workers::new(1, 0, 1).unwrap();
        let connection = ConnectionBudget::new(2000, 1);
        let _unread = connection.unread(1001);
        let soon = Instant::now().checked_add(Duration::from_millis(50));
        let stuck = CallContext::new(soon, Duration::MAX, connection);
        let free = CallContext::unbounded();
        let (stuck, other) =
            tokio::join!(workers.run(&stuck, 0, |_| Ok(())), workers.run(&free, 0, |_| Ok(true)));
        assert_eq!(stuck.unwrap_err().code(), tonic::Code::DeadlineExceeded);
        assert!(other.unwrap());
    }

    #[tokio::test]
    async fn stops_work_at_the_deadline_and_when_nobody_waits() {
        let workers = Workers::new(1, 4, 1).unwrap();
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
        let soon = CallContext::new(soon, Duration::MAX, ConnectionBudget::unbounded());
        let late = workers.run(&soon, 0, until_stopped(sender.clone())).await.unwrap_err();
        assert_eq!(late.code(), tonic::Code::DeadlineExceeded);
        assert!(reasons.recv_timeout(Duration::from_secs(5)).is_ok());
        let gone = tokio::spawn({
            let workers = workers.clone();
            async move { workers.run(&CallContext::unbounded(), 0, until_stopped(sender)).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        assert_eq!(reasons.recv_timeout(Duration::from_secs(5)), Ok(StopReason::CalledOff));
    }
}
