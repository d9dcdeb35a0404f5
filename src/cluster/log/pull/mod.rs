//! Reading a stream: batches of direct gets, whose messages are whole and whose gaps are certain.

mod batch;
mod erased;
mod gaps;
mod join;
mod scan;
mod stored;

use std::ops::RangeInclusive;

use bytes::Bytes;

use super::{Log, LogError, LogId};
use crate::Timestamp;
pub(crate) use erased::Erased;
use join::{Joined, join};
pub(super) use stored::read_time;

/// How much a pull returns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PullLimits {
    /// Most messages, from 1 to 1,000; parts count.
    pub(crate) messages: u16,
    /// Most bytes. The first message is returned whole, however large.
    pub(crate) bytes: usize,
    /// A sequence that the stream is known to have reached, or 0: as the leader said, an acknowledgement or
    /// an announcement. A server that has no messages up to there is not believed, and messages that are
    /// missing at the end of the stream become a gap only by this.
    pub(crate) known_last: u64,
}

/// What a pull returns: all that the stream has in `from..next`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pulled {
    /// The messages, ascending.
    pub(crate) messages: Vec<Message>,
    /// Sequences that are erased, and those that neither the leader nor other servers have, as lost. Ascending, and between
    /// the messages. Of a message in parts that is not whole all parts are in the gap.
    pub(crate) gaps: Vec<RangeInclusive<u64>>,
    /// Where to pull from next.
    pub(crate) next: u64,
    /// How many messages follow at least; parts count. 0 if the server that answered has no more.
    pub(crate) pending: u64,
}

/// A message of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its place; of a message in parts that of the last part.
    pub(crate) sequence: u64,
    /// The place of its first part.
    pub(crate) first: u64,
    /// When the stream's leader took it, by its clock. It is the same at every reader, and may go back by a
    /// little when another server leads.
    pub(crate) time: Timestamp,
    /// What was published.
    pub(crate) payload: Bytes,
}

impl Log {
    /// Reads the messages from the sequence `from` on, which begins a message. Any server that has the stream
    /// answers, and may be behind by a little.
    ///
    /// A message that is missing between two others, or up to `known_last`, is asked of the leader and of
    /// other servers before it is called a gap: a server whose disk changed a bit has no message there.
    ///
    /// What is `erased` is not asked for.
    ///
    /// A batch takes `call_timeout` at most; what came until then is returned.
    ///
    /// # Errors
    ///
    /// [`LogError::TimedOut`], [`LogError::Unavailable`]; [`LogError::LeaderBehind`] if `known_last` is
    /// beyond what the leader has; [`LogError::Malformed`].
    pub(crate) async fn pull(
        &self,
        log: LogId,
        from: u64,
        limits: PullLimits,
        erased: &Erased,
    ) -> Result<Pulled, LogError> {
        let batch = self.batch(log, None, from, (limits.messages, limits.bytes)).await?;
        let mut pending = batch.pending;
        let mut found = self.settle((log, erased), from, batch, limits.known_last).await?;
        pending += found.left;
        let mut joined = join(&found.slots);
        while let Some(last) = joined.lacking {
            let end = found.next.saturating_sub(1);
            if !joined.is_empty() || end >= last {
                break;
            }
            // The first message has more parts than the limits allow. The stream has them, since it took all
            // or none.
            let rest = u16::try_from(last - end).unwrap_or(u16::MAX);
            let batch = self.batch(log, None, found.next, (rest, limits.bytes)).await?;
            pending = batch.pending;
            let more = self.settle((log, erased), found.next, batch, last).await?;
            pending += more.left;
            if more.slots.is_empty() {
                break;
            }
            found.next = more.next;
            found.slots.extend(more.slots);
            joined = join(&found.slots);
        }
        let Joined { messages, gaps, open, lacking: _ } = joined;
        let (next, held_back) = open.map_or((found.next, 0), |open| (open, found.next - open));
        Ok(Pulled { messages, gaps, next, pending: pending + held_back })
    }
}
