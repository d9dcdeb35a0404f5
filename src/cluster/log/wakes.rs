//! Announcements of new messages.

use futures_util::{FutureExt, StreamExt};
use tokio::time::timeout;

use super::{Log, LogError, LogId};

/// Announcements of new messages of one stream. They can be lost, so that a reader polls beside them.
#[derive(Debug)]
pub(crate) struct Wakes {
    subscriber: async_nats::Subscriber,
}

impl Log {
    /// Subscribes to the announcements of a stream.
    ///
    /// # Errors
    ///
    /// [`LogError::Closed`]; [`LogError::TimedOut`] if the client's queue is full.
    pub(crate) async fn wakes(&self, log: LogId) -> Result<Wakes, LogError> {
        let within = self.call_timeout();
        let subject = self.wake_subject(log);
        match timeout(within, self.client().subscribe(subject.clone())).await {
            Ok(Ok(subscriber)) => Ok(Wakes { subscriber }),
            Ok(Err(_)) => Err(LogError::Closed),
            Err(_) => Err(LogError::TimedOut { call: format!("SUB {subject}"), within }),
        }
    }

    /// Announces that a stream has a message with this sequence. A failure is no failure: readers poll.
    pub(super) async fn wake(&self, log: LogId, sequence: u64) {
        let sent = self.client().publish(self.wake_subject(log), sequence.to_string().into());
        let _ = timeout(self.call_timeout(), sent).await;
    }
}

impl Wakes {
    /// The highest sequence of the announcements that have arrived, after waiting for one; 0 if they can't be
    /// read. `None` if the client has ended. Nothing is lost if the wait is dropped.
    pub(crate) async fn next(&mut self) -> Option<u64> {
        let mut highest = sequence_of(&self.subscriber.next().await?);
        while let Some(Some(message)) = self.subscriber.next().now_or_never() {
            highest = highest.max(sequence_of(&message));
        }
        Some(highest)
    }
}

fn sequence_of(message: &async_nats::Message) -> u64 {
    std::str::from_utf8(&message.payload).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}
