//! The context of a call: its deadline, and the budget of its connection.

use std::time::{Duration, Instant};

use tonic::{Request, Response};

use super::backpressure::connection_budget::{ConnectionBudget, UnansweredMessages, UnreadBytes, WorkPermit};
use crate::matching::{Stop, StopReason};

/// The deadline of a call, and the budget of its connection.
#[derive(Debug, Clone)]
pub struct CallContext {
    deadline: Option<Instant>,
    item_deadline: Duration,
    connection: ConnectionBudget,
    messages: UnansweredMessages,
}

impl CallContext {
    /// A call that ends at `deadline`. Each item of its stream ends `item_deadline` after it was received.
    #[must_use]
    pub fn new(deadline: Option<Instant>, item_deadline: Duration, connection: ConnectionBudget) -> Self {
        Self { deadline, item_deadline, connection, messages: UnansweredMessages::default() }
    }

    /// The deadline, if there is one.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The budget of the connection.
    #[must_use]
    pub fn connection(&self) -> &ConnectionBudget {
        &self.connection
    }

    /// The unanswered messages of the call.
    #[must_use]
    pub fn messages(&self) -> &UnansweredMessages {
        &self.messages
    }

    /// The context of the call that `request` began.
    pub(super) fn of<T>(request: &Request<T>) -> Self {
        request.extensions().get().cloned().unwrap_or_else(Self::unbounded)
    }

    /// The context of a call without a connection.
    pub(super) fn unbounded() -> Self {
        Self::new(None, Duration::MAX, ConnectionBudget::unbounded())
    }

    /// The context of an item of the stream, received now.
    pub(super) fn item(&self) -> Self {
        let own = Instant::now().checked_add(self.item_deadline);
        let deadline = [self.deadline, own].into_iter().flatten().min();
        Self { deadline, ..self.clone() }
    }

    /// A stop condition for work on the call.
    pub(super) fn stop(&self) -> Stop {
        self.deadline.map_or_else(Stop::never, Stop::at)
    }

    /// Awaits `future` until the deadline.
    pub(super) async fn bound<F: Future>(&self, future: F) -> Result<F::Output, StopReason> {
        match self.deadline {
            None => Ok(future.await),
            Some(until) => {
                tokio::time::timeout_at(until.into(), future).await.map_err(|_| StopReason::DeadlinePassed)
            }
        }
    }

    /// Waits until the connection's unread responses are within their bound.
    pub(super) async fn responses_read(&self) -> Result<(), StopReason> {
        self.bound(self.connection.responses_read()).await
    }

    /// Waits for a work permit of the connection; `None` as soon as unread responses exceed their bound.
    pub(super) async fn work_permit(&self) -> Result<Option<WorkPermit>, StopReason> {
        self.bound(self.connection.work_permit()).await
    }

    /// Counts `message` as unread until the returned guard is dropped.
    pub(super) fn unread(&self, message: &impl prost::Message) -> UnreadBytes {
        self.connection.unread(message.encoded_len())
    }

    /// Wraps `message` in a response that counts as unread until the peer has read it.
    pub(super) fn respond<T: prost::Message>(&self, message: T) -> Response<T> {
        let unread = self.unread(&message);
        let mut response = Response::new(message);
        response.extensions_mut().insert(std::sync::Arc::new(unread));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_ends_no_later_than_its_call() {
        let now = Instant::now();
        let call =
            |deadline| CallContext::new(deadline, Duration::from_mins(1), ConnectionBudget::unbounded());
        let soon = now + Duration::from_secs(1);
        assert_eq!(call(Some(soon)).item().deadline(), Some(soon));
        assert!(call(None).item().deadline().is_some_and(|at| at > soon));
        assert_eq!(CallContext::unbounded().item().deadline(), None);
    }
}
