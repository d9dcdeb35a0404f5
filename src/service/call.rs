//! What a handler knows of the call that it answers.

use std::time::{Duration, Instant};

use tonic::{Request, Response};

use super::budget::{ConnectionBudget, Messages, Turn, Unread};
use crate::matching::{Stop, StopReason};

/// Until when a call may take, and what its connection has under way.
#[derive(Debug, Clone)]
pub struct Call {
    deadline: Option<Instant>,
    item_deadline: Duration,
    connection: ConnectionBudget,
    messages: Messages,
}

impl Call {
    /// A call that ends at `deadline`; each item of a stream, `item_deadline` after it came.
    #[must_use]
    pub fn new(deadline: Option<Instant>, item_deadline: Duration, connection: ConnectionBudget) -> Self {
        Self { deadline, item_deadline, connection, messages: Messages::default() }
    }

    /// When it ends, if it must.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// What its connection may have under way.
    #[must_use]
    pub fn connection(&self) -> &ConnectionBudget {
        &self.connection
    }

    /// Those of its messages that are not answered.
    #[must_use]
    pub fn messages(&self) -> &Messages {
        &self.messages
    }

    /// The call that a request is.
    pub(super) fn of<T>(request: &Request<T>) -> Self {
        request.extensions().get().cloned().unwrap_or_else(Self::unbounded)
    }

    /// One that came by no connection.
    pub(super) fn unbounded() -> Self {
        Self::new(None, Duration::MAX, ConnectionBudget::unbounded())
    }

    /// The same for an item of its stream that has just come.
    pub(super) fn item(&self) -> Self {
        let own = Instant::now().checked_add(self.item_deadline);
        let deadline = [self.deadline, own].into_iter().flatten().min();
        Self { deadline, ..self.clone() }
    }

    /// When to give up work for it.
    pub(super) fn stop(&self) -> Stop {
        self.deadline.map_or_else(Stop::never, Stop::at)
    }

    /// What the future gives, unless the deadline passes first.
    pub(super) async fn bound<F: Future>(&self, future: F) -> Result<F::Output, StopReason> {
        match self.deadline {
            None => Ok(future.await),
            Some(until) => {
                tokio::time::timeout_at(until.into(), future).await.map_err(|_| StopReason::DeadlinePassed)
            }
        }
    }

    /// Waits until its connection has read enough of its answers.
    pub(super) async fn enough_was_read(&self) -> Result<(), StopReason> {
        self.bound(self.connection.enough_was_read()).await
    }

    /// A turn at working for its connection; `None` as soon as its answers pile up.
    pub(super) async fn turn(&self) -> Result<Option<Turn>, StopReason> {
        self.bound(self.connection.turn()).await
    }

    /// A message that waits to be read, until what is given besides is dropped.
    pub(super) fn unread(&self, message: &impl prost::Message) -> Unread {
        self.connection.answer(message.encoded_len())
    }

    /// A response that counts as waiting until it was read.
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
        let call = |deadline| Call::new(deadline, Duration::from_mins(1), ConnectionBudget::unbounded());
        let soon = now + Duration::from_secs(1);
        assert_eq!(call(Some(soon)).item().deadline(), Some(soon));
        assert!(call(None).item().deadline().is_some_and(|at| at > soon));
        assert_eq!(Call::unbounded().item().deadline(), None);
    }
}
