//! Reading what a stream has of something, past what is missing.

use super::join::Slot;
use super::join::{Joined, join};
use super::{Message, PullLimits};
use crate::cluster::log::{Log, LogError, LogId, Topic};

/// What a scan returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// The messages, ascending.
    pub(crate) messages: Vec<Message>,
    /// Where to scan from next; `None` at the end.
    pub(crate) next: Option<u64>,
}

impl Log {
    /// Reads the messages from the sequence `from` on that a server has, all or those about something. What is missing is passed
    /// over. Any server answers, and may be behind by a little.
    ///
    /// # Errors
    ///
    /// [`LogError::TimedOut`], [`LogError::Unavailable`], [`LogError::Malformed`].
    pub(crate) async fn scan(
        &self,
        log: LogId,
        about: Option<Topic>,
        from: u64,
        limits: PullLimits,
    ) -> Result<Scanned, LogError> {
        let (mut slots, mut next) = (Vec::new(), from);
        loop {
            let batch = self.batch(log, about, next, (limits.messages, limits.bytes)).await?;
            let is_at_end = batch.is_complete && batch.pending == 0;
            next = batch.messages.last().map_or(next, |stored| stored.sequence + 1);
            slots.extend(batch.messages.into_iter().map(Slot::Present));
            let Joined { messages, open, .. } = join(&slots);
            if is_at_end {
                return Ok(Scanned { messages, next: None });
            }
            // A message with more parts than the limits allow is read on.
            if !messages.is_empty() || open.is_none() {
                return Ok(Scanned { messages, next: Some(open.unwrap_or(next)) });
            }
        }
    }
}
