//! What is missing in a batch: asked of the leader and of other servers before it is a gap.

use std::ops::RangeInclusive;

use super::super::{Log, LogError, LogId};
use super::Batch;
use super::join::Slot;
use super::stored::Stored;

/// Most questions to the leader in one pull; each is of a whole run of missing messages. A pull ends before what is left.
const MOST_QUESTIONS: usize = 64;

/// How often a message that the leader lacks is asked of any server. With three servers, of which one that is not the leader
/// has it, all questions miss it once in eleven; the leader's copy is the one that is seldom wrong.
const OTHER_QUESTIONS: usize = 6;

/// What is known of a stream from a sequence on.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Messages and gaps, ascending, without holes.
    pub(super) slots: Vec<Slot>,
    /// The sequence after the last slot.
    pub(super) next: u64,
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
        log: LogId,
        from: u64,
        batch: Batch,
        known_last: u64,
    ) -> Result<Found, LogError> {
        let mut found = Found { slots: Vec::with_capacity(batch.messages.len()), next: from.max(1) };
        let mut questions = MOST_QUESTIONS;
        let is_at_end = batch.is_complete && batch.pending == 0;
        for stored in batch.messages {
            if stored.sequence > found.next {
                let missing = found.next..=stored.sequence - 1;
                match self.settle_range(log, missing, &mut found, &mut questions).await {
                    Ok(true) => {}
                    Ok(false) => return Ok(found),
                    Err(error) if found.slots.is_empty() => return Err(error),
                    Err(_) => return Ok(found),
                }
            }
            found.push(stored);
        }
        // A server that is behind has no message either: one question to the leader tells, and the next pull goes on.
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

    /// Settles a run of missing messages. False if there are too many questions: then the end of the run is open.
    ///
    /// # Errors
    ///
    /// Those of a call, and [`LogError::LeaderBehind`].
    async fn settle_range(
        &self,
        log: LogId,
        missing: RangeInclusive<u64>,
        found: &mut Found,
        questions: &mut usize,
    ) -> Result<bool, LogError> {
        let end = *missing.end();
        while found.next <= end {
            let Some(left) = questions.checked_sub(1) else { return Ok(false) };
            *questions = left;
            let start = found.next;
            match self.first_of(log, start..=end).await? {
                Some(stored) => {
                    if stored.sequence > start {
                        found.push_gap(start..=stored.sequence - 1);
                    }
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
        for _ in 0..OTHER_QUESTIONS {
            if let Some(stored) = self.at_any(log, start).await? {
                return Ok(Some(stored));
            }
        }
        Ok(next.filter(|stored| stored.sequence <= end))
    }
}
