//! The budget of one connection.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Bytes of one unit of the budget for requests.
const UNIT_BYTES: usize = 1024;

/// The budget of one connection: bytes of unanswered requests, bytes of unread responses, and pieces of work that run at
/// once. Clones share it.
///
/// It cannot deadlock: the bytes of a message are reserved all at once, before the message is read, and work permits are
/// given in the order of the requests for them.
#[derive(Debug, Clone)]
pub struct ConnectionBudget {
    state: Arc<BudgetState>,
}

#[derive(Debug)]
struct BudgetState {
    pending: Arc<Semaphore>,
    pending_units: u32,
    max_unread_bytes: usize,
    work_permits: Arc<Semaphore>,
    unread_bytes: AtomicUsize,
    /// Notified when responses have been read.
    drained: Notify,
    /// Notified when a response exceeds `max_unread_bytes`.
    backlogged: Notify,
}

impl ConnectionBudget {
    /// A budget of `max_pending_bytes` for unanswered requests, half as many for unread responses, and `max_running` pieces
    /// of work at once.
    #[must_use]
    pub fn new(max_pending_bytes: usize, max_running: usize) -> Self {
        let units = max_pending_bytes.div_ceil(UNIT_BYTES).clamp(1, Semaphore::MAX_PERMITS);
        let pending_units = u32::try_from(units).unwrap_or(u32::MAX);
        let state = BudgetState {
            pending: Arc::new(Semaphore::new(pending_units as usize)),
            pending_units,
            max_unread_bytes: max_pending_bytes / 2,
            work_permits: Arc::new(Semaphore::new(max_running.clamp(1, Semaphore::MAX_PERMITS))),
            unread_bytes: AtomicUsize::new(0),
            drained: Notify::new(),
            backlogged: Notify::new(),
        };
        Self { state: Arc::new(state) }
    }

    /// A budget without bounds, for calls without a connection, as in tests.
    pub(in crate::service) fn unbounded() -> Self {
        Self::new(usize::MAX, usize::MAX)
    }

    /// Reserves `bytes` for a message; waits until they are available, after earlier reservations. A message larger than the
    /// whole budget reserves all of it.
    pub async fn reserve(self, bytes: usize) -> PendingBytes {
        let units = self.units(bytes);
        // The semaphore is never closed.
        PendingBytes(Arc::clone(&self.state.pending).acquire_many_owned(units).await.ok())
    }

    /// Reserves `bytes` more for a message in memory, or returns `None` if they are not available now.
    #[must_use]
    pub fn reserve_now(&self, bytes: usize) -> Option<PendingBytes> {
        let more = Arc::clone(&self.state.pending).try_acquire_many_owned(self.units(bytes));
        more.ok().map(|more| PendingBytes(Some(more)))
    }

    fn units(&self, bytes: usize) -> u32 {
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX);
        units.min(self.state.pending_units)
    }

    /// Waits until the unread responses are within their bound.
    pub(in crate::service) async fn responses_read(&self) {
        loop {
            let mut drained = std::pin::pin!(self.state.drained.notified());
            drained.as_mut().enable();
            if !self.is_backlogged() {
                return;
            }
            drained.await;
        }
    }

    /// Waits for a permit to run one piece of work. Returns `None` as soon as unread responses exceed their bound: that may
    /// last, so the caller must give up its queue slot before it waits.
    pub(in crate::service) async fn work_permit(&self) -> Option<WorkPermit> {
        let mut backlogged = std::pin::pin!(self.state.backlogged.notified());
        backlogged.as_mut().enable();
        if self.is_backlogged() {
            return None;
        }
        tokio::select! {
            biased;
            () = backlogged => None,
            permit = Arc::clone(&self.state.work_permits).acquire_owned() => {
                (!self.is_backlogged()).then(|| WorkPermit(permit.ok()))
            }
        }
    }

    fn is_backlogged(&self) -> bool {
        self.state.unread_bytes.load(Ordering::Acquire) > self.state.max_unread_bytes
    }

    /// Counts a response as unread until the returned guard is dropped.
    pub(in crate::service) fn unread(&self, bytes: usize) -> UnreadBytes {
        self.state.unread_bytes.fetch_add(bytes, Ordering::AcqRel);
        if self.is_backlogged() {
            self.state.backlogged.notify_waiters();
        }
        UnreadBytes { bytes, connection: Some(self.clone()) }
    }
}

/// Reserved bytes of an unanswered request; released when this is dropped.
#[derive(Debug)]
pub struct PendingBytes(Option<OwnedSemaphorePermit>);

impl PendingBytes {
    /// Adds the bytes of another reservation to this one.
    pub fn merge(&mut self, other: Self) {
        match (&mut self.0, other.0) {
            (Some(own), Some(other)) => own.merge(other),
            (own, other) => *own = own.take().or(other),
        }
    }

    /// Releases what exceeds `bytes`.
    pub fn shrink_to(&mut self, bytes: usize) {
        if let Some(own) = &mut self.0 {
            let surplus = own.num_permits().saturating_sub(bytes.div_ceil(UNIT_BYTES));
            drop(own.split(surplus));
        }
    }
}

/// A permit to run one piece of work; released when this is dropped.
#[derive(Debug)]
pub(in crate::service) struct WorkPermit(
    #[expect(dead_code, reason = "it is held")] Option<OwnedSemaphorePermit>,
);

/// Bytes of a response that has not been read; released when this is dropped.
#[derive(Debug)]
pub struct UnreadBytes {
    bytes: usize,
    connection: Option<ConnectionBudget>,
}

impl Drop for UnreadBytes {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.state.unread_bytes.fetch_sub(self.bytes, Ordering::AcqRel);
            connection.state.drained.notify_waiters();
        }
    }
}

/// The unanswered messages of one call, oldest first.
#[derive(Debug, Clone, Default)]
pub struct UnansweredMessages {
    pending: Arc<Mutex<VecDeque<PendingBytes>>>,
}

impl UnansweredMessages {
    /// Adds a message.
    pub fn received(&self, pending: PendingBytes) {
        self.pending.lock().push_back(pending);
    }

    /// Releases the oldest message, which is answered.
    pub fn first_answered(&self) {
        drop(self.pending.lock().pop_front());
    }

    /// Releases all messages.
    pub fn all_answered(&self) {
        self.pending.lock().clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn messages_wait_for_room_and_surplus_is_given_back() {
        let connection = ConnectionBudget::new(10 * UNIT_BYTES, 1);
        let mut first = connection.clone().reserve(8 * UNIT_BYTES).await;
        assert!(connection.clone().reserve(3 * UNIT_BYTES).now_or_never().is_none());
        assert!(connection.reserve_now(3 * UNIT_BYTES).is_none());
        first.shrink_to(2 * UNIT_BYTES);
        let second = connection.clone().reserve(8 * UNIT_BYTES).now_or_never().unwrap();
        assert!(connection.reserve_now(1).is_none());
        drop((first, second));
        // A message larger than the budget reserves all of it.
        assert!(connection.clone().reserve(usize::MAX).now_or_never().is_some());
    }

    #[tokio::test]
    async fn no_work_begins_while_too_much_is_unread() {
        let connection = ConnectionBudget::new(2000, 2);
        let unread = connection.unread(1001);
        assert!(connection.work_permit().await.is_none());
        let mut waiting = Box::pin(connection.responses_read());
        assert!(tokio::time::timeout(Duration::from_millis(5), &mut waiting).await.is_err());
        drop(unread);
        assert!(waiting.now_or_never().is_some());
        assert!(connection.work_permit().await.is_some());
    }

    #[tokio::test]
    async fn waiting_for_a_permit_ends_when_answers_pile_up() {
        let connection = ConnectionBudget::new(2000, 1);
        let _permit = connection.work_permit().await.unwrap();
        let mut waiting = Box::pin(connection.work_permit());
        assert!(tokio::time::timeout(Duration::from_millis(5), &mut waiting).await.is_err());
        let _unread = connection.unread(1001);
        assert!(waiting.await.is_none());
    }

    #[tokio::test]
    async fn permits_are_bounded() {
        let connection = ConnectionBudget::new(2000, 1);
        let permit = connection.work_permit().await.unwrap();
        assert!(connection.work_permit().now_or_never().is_none());
        drop(permit);
        assert!(connection.work_permit().now_or_never().flatten().is_some());
    }
}
