//! What is missing in a batch: asked of the leader and of other servers before it is a gap.

use std::ops::RangeInclusive;

use futures_util::future::join_all;

use super::super::{Log, LogError, LogId};
use super::batch::Batch;
use super::erased::Erased;
use super::join::Slot;
use super::stored::Stored;

/// Most questions to the leader in one pull; each is of a whole run of missing messages. A pull ends before
/// what is left.
const MOST_QUESTIONS: usize = 64;

/// How often a message that the leader lacks is asked of any server, at once. Servers answer by chance: of
/// three servers whose leader alone lost the message, all answers come from the leader once in 43 million
/// times; if only one that does not lead has it, all miss it once in 660.
const OTHER_QUESTIONS: usize = 16;

/// What is known of a stream from a sequence on.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Messages and gaps, ascending, without holes.
    pub(super) slots: Vec<Slot>,
    /// The sequence after the last slot.
    pub(super) next: u64,
    /// How many messages of the batch are after `next`, because what is missing before them is not settled.
    pub(super) left: u64,
    /// How many messages were found that the batch lacked.
    messages: usize,
}

impl Found {
    fn push(&mut self, stored: Stored) {
        self.next = stored.sequence + 1;
        self.slots.push(Slot::Present(stored));
    }

    fn push_gap(&mut self, gap: RangeInclusive<u64>) {
        self.next = *gap.end() + 1;
        self.slots.push(Slot::Missing(gap));
    }
}

impl Log {
    /// Settles what is missing in a batch that was asked from the sequence `from` on.
    ///
    /// # Errors
    ///
    /// Those of a call, and [`LogError::LeaderBehind`], if nothing is known before.
    pub(super) async fn settle(
        &self,
        log: (LogId, &Erased),
        from: u64,
        batch: Batch,
        known_last: u64,
    ) -> Result<Found, LogError> {
        let mut found = Found { next: from.max(1), ..Found::default() };
        let mut questions = MOST_QUESTIONS;
        let is_at_end = batch.is_complete && batch.pending == 0;
        let mut left = batch.messages.len() as u64;
        for stored in batch.messages {
            if stored.sequence > found.next {
                let missing = found.next..=stored.sequence - 1;
                let before = found.messages;
                let settled = self.settle_range(log, missing.clone(), &mut found, &mut questions).await;
                if found.messages > before {
                    warn_of_damage(&self.stream(log.0), &missing);
                }
                match settled {
                    Ok(true) => {}
                    Err(error) if found.slots.is_empty() => return Err(error),
                    Ok(false) | Err(_) => return Ok(Found { left, ..found }),
                }
            }
            found.push(stored);
            left -= 1;
        }
        // A server that is behind has no message either: one question to the leader tells, and the next pull
        // goes on.
        if is_at_end && known_last >= found.next {
            questions = questions.min(1);
            let missing = found.next..=known_last;
            match self.settle_range(log, missing, &mut found, &mut questions).await {
                Err(error) if found.slots.is_empty() => return Err(error),
                _ => {}
            }
        }
        Ok(found)
    }

    /// Settles a run of missing messages. False if there are too many questions: then the end of the run is
    /// open.
    ///
    /// # Errors
    ///
    /// Those of a call, and [`LogError::LeaderBehind`].
    async fn settle_range(
        &self,
        (log, erased): (LogId, &Erased),
        missing: RangeInclusive<u64>,
        found: &mut Found,
        questions: &mut usize,
    ) -> Result<bool, LogError> {
        let end = *missing.end();
        while found.next <= end {
            if let Some(last) = erased.run_from(found.next) {
                found.push_gap(found.next..=last.min(end));
                continue;
            }
            let Some(left) = questions.checked_sub(1) else { return Ok(false) };
            *questions = left;
            let start = found.next;
            match self.first_of(log, start..=end).await? {
                Some(stored) => {
                    if stored.sequence > start {
                        found.push_gap(start..=stored.sequence - 1);
                    }
                    found.messages += 1;
                    found.push(stored);
                }
                None => found.push_gap(start..=end),
            }
        }
        Ok(true)
    }

    /// The first message of a run that the leader or another server has.
    ///
    /// # Errors
    ///
    /// Those of a call, and [`LogError::LeaderBehind`] if the leader may have messages of the run later.
    async fn first_of(&self, log: LogId, run: RangeInclusive<u64>) -> Result<Option<Stored>, LogError> {
        let (start, end) = (*run.start(), *run.end());
        let next = self.next_at_leader(log, start).await?;
        if next.as_ref().is_some_and(|stored| stored.sequence == start) {
            return Ok(next);
        }
        if next.is_none() {
            // A server that has just become the leader may not have applied all messages.
            let last = self.last_sequence(log).await?;
            if last < end {
                return Err(LogError::LeaderBehind { stream: self.stream(log), last, known: end });
            }
        }
        let questions = if self.settings().replicas > 1 { OTHER_QUESTIONS } else { 0 };
        for answer in join_all((0..questions).map(|_| self.at_any(log, start))).await {
            if let Some(stored) = answer? {
                return Ok(Some(stored));
            }
        }
        Ok(next.filter(|stored| stored.sequence <= end))
    }
}

/// A server that has the messages on both sides of a message has lost it.
fn warn_of_damage(stream: &str, missing: &RangeInclusive<u64>) {
    tracing::warn!(
        stream,
        first = missing.start(),
        last = missing.end(),
        "a NATS server lacks messages that another has, and that are used: check its disk"
    );
}
