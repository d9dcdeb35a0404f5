//! What one connection may have under way.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Bytes of requests are counted in these.
const UNIT_BYTES: usize = 1024;

/// What one connection may have under way: bytes of requests that are not answered, answers that are not read, and
/// work on the CPU. Clones share it.
///
/// Whoever has a part of it can always finish: bytes of a message are had all at once, before they are read, and
/// turns at working are given in the order in which they were asked for.
#[derive(Debug, Clone)]
pub struct ConnectionBudget {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    pending: Arc<Semaphore>,
    pending_units: u32,
    max_unread_bytes: usize,
    turns: Arc<Semaphore>,
    unread_bytes: AtomicUsize,
    /// Told whenever answers were read.
    was_read: Notify,
    /// Told whenever an answer was one too many.
    piles_up: Notify,
}

impl ConnectionBudget {
    /// For a connection with at most `max_pending_bytes` of requests, and half as many of answers, under way, and
    /// `turns` pieces of work done at once.
    #[must_use]
    pub fn new(max_pending_bytes: usize, turns: usize) -> Self {
        let units = max_pending_bytes.div_ceil(UNIT_BYTES).clamp(1, Semaphore::MAX_PERMITS);
        let pending_units = u32::try_from(units).unwrap_or(u32::MAX);
        let shared = Shared {
            pending: Arc::new(Semaphore::new(pending_units as usize)),
            pending_units,
            max_unread_bytes: max_pending_bytes / 2,
            turns: Arc::new(Semaphore::new(turns.clamp(1, Semaphore::MAX_PERMITS))),
            unread_bytes: AtomicUsize::new(0),
            was_read: Notify::new(),
            piles_up: Notify::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Without bounds: for calls that come by no connection, as in tests.
    pub(super) fn unbounded() -> Self {
        Self::new(usize::MAX, usize::MAX)
    }

    /// Waits until there is room for a message of `bytes`, after all that asked before. A message of more than
    /// the whole budget has all of it.
    pub async fn reserve(self, bytes: usize) -> Pending {
        let units = self.units(bytes);
        // It is never closed.
        Pending(Arc::clone(&self.shared.pending).acquire_many_owned(units).await.ok())
    }

    /// Room for `bytes` more of a message that is there already, if there is any.
    #[must_use]
    pub fn reserve_now(&self, bytes: usize) -> Option<Pending> {
        let more = Arc::clone(&self.shared.pending).try_acquire_many_owned(self.units(bytes));
        more.ok().map(|more| Pending(Some(more)))
    }

    fn units(&self, bytes: usize) -> u32 {
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX);
        units.min(self.shared.pending_units)
    }

    /// Waits until so much was read of its answers that work may begin.
    pub(super) async fn enough_was_read(&self) {
        loop {
            let mut was_read = std::pin::pin!(self.shared.was_read.notified());
            was_read.as_mut().enable();
            if !self.is_piled_up() {
                return;
            }
            was_read.await;
        }
    }

    /// Waits for a turn at working. `None` as soon as answers pile up unread: that may last, and who waits for it should
    /// not stand where others queue.
    pub(super) async fn turn(&self) -> Option<Turn> {
        let mut piles_up = std::pin::pin!(self.shared.piles_up.notified());
        piles_up.as_mut().enable();
        if self.is_piled_up() {
            return None;
        }
        tokio::select! {
            biased;
            () = piles_up => None,
            turn = Arc::clone(&self.shared.turns).acquire_owned() => {
                (!self.is_piled_up()).then(|| Turn(turn.ok()))
            }
        }
    }

    fn is_piled_up(&self) -> bool {
        self.shared.unread_bytes.load(Ordering::Acquire) > self.shared.max_unread_bytes
    }

    /// Notes an answer that waits to be read.
    pub(super) fn answer(&self, bytes: usize) -> Unread {
        self.shared.unread_bytes.fetch_add(bytes, Ordering::AcqRel);
        if self.is_piled_up() {
            self.shared.piles_up.notify_waiters();
        }
        Unread { bytes, connection: Some(self.clone()) }
    }
}

/// Bytes of a request under way, until this is dropped.
#[derive(Debug)]
pub struct Pending(Option<OwnedSemaphorePermit>);

impl Pending {
    /// Adds what another has.
    pub fn merge(&mut self, other: Self) {
        match (&mut self.0, other.0) {
            (Some(own), Some(other)) => own.merge(other),
            (own, other) => *own = own.take().or(other),
        }
    }

    /// Gives back what is more than `bytes`.
    pub fn shrink_to(&mut self, bytes: usize) {
        if let Some(own) = &mut self.0 {
            let surplus = own.num_permits().saturating_sub(bytes.div_ceil(UNIT_BYTES));
            drop(own.split(surplus));
        }
    }
}

/// A turn at working, until this is dropped.
#[derive(Debug)]
pub(super) struct Turn(#[expect(dead_code, reason = "it is held")] Option<OwnedSemaphorePermit>);

/// An answer that waits to be read, until the last clone of this is dropped.
#[derive(Debug)]
pub struct Unread {
    bytes: usize,
    connection: Option<ConnectionBudget>,
}

impl Drop for Unread {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.shared.unread_bytes.fetch_sub(self.bytes, Ordering::AcqRel);
            connection.shared.was_read.notify_waiters();
        }
    }
}

/// The messages of one call that are not answered, in the order in which they came.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    pending: Arc<Mutex<VecDeque<Pending>>>,
}

impl Messages {
    /// Another has come.
    pub fn came(&self, pending: Pending) {
        self.pending.lock().push_back(pending);
    }

    /// The first is answered.
    pub fn first_answered(&self) {
        drop(self.pending.lock().pop_front());
    }

    /// All are answered.
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
        // More than the whole has the whole.
        assert!(connection.clone().reserve(usize::MAX).now_or_never().is_some());
    }

    #[tokio::test]
    async fn no_work_begins_while_too_much_is_unread() {
        let connection = ConnectionBudget::new(2000, 2);
        let unread = connection.answer(1001);
        assert!(connection.turn().await.is_none());
        let mut waiting = Box::pin(connection.enough_was_read());
        assert!(tokio::time::timeout(Duration::from_millis(5), &mut waiting).await.is_err());
        drop(unread);
        assert!(waiting.now_or_never().is_some());
        assert!(connection.turn().await.is_some());
    }

    #[tokio::test]
    async fn who_waits_for_a_turn_learns_that_answers_pile_up() {
        let connection = ConnectionBudget::new(2000, 1);
        let _turn = connection.turn().await.unwrap();
        let mut waiting = Box::pin(connection.turn());
        assert!(tokio::time::timeout(Duration::from_millis(5), &mut waiting).await.is_err());
        let _unread = connection.answer(1001);
        assert!(waiting.await.is_none());
    }

    #[tokio::test]
    async fn turns_are_bounded() {
        let connection = ConnectionBudget::new(2000, 1);
        let turn = connection.turn().await.unwrap();
        assert!(connection.turn().now_or_never().is_none());
        drop(turn);
        assert!(connection.turn().now_or_never().flatten().is_some());
    }
}
