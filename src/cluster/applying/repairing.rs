//! When a log can't be applied from where a node is, or would take long: a copy of another node is asked for.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use super::following::{Follower, State};
use crate::cluster::copying::taking::NoCopy;
use crate::cluster::log::{Log, LogId};

/// A node without data takes a copy if the log has so many entries; a shorter log is applied in less time.
const LONG_LOG: u64 = 1_000;

/// It waits so long for a node that has a copy,
const LONGEST_WAIT_FOR_A_NODE: Duration = Duration::from_secs(3);

/// and so long for one that gives others before.
const LONGEST_WAIT_IN_LINE: Duration = Duration::from_mins(10);

/// The time between two looks for a node.
const LOOK: Duration = Duration::from_millis(100);

/// A gap that is there so often is one: servers may have been without a leader.
const LEAST_ATTEMPTS: u32 = 2;

/// The time between two attempts to take a copy.
const BETWEEN_COPIES: Duration = Duration::from_secs(5);

/// Takes a copy of what a long log makes, if nothing is applied yet. If there is none, the log is applied from its begin.
pub(super) async fn begin(log: &Log, id: LogId, follower: &impl Follower, state: &State) {
    if follower.applied() > 0 {
        return;
    }
    // If the log can't be asked, it is not followed either, and that is said there.
    if log.last_sequence(id).await.unwrap_or(0) < LONG_LOG {
        return;
    }
    "a copy of another node is awaited".clone_into(&mut state.lock().problem);
    let began = Instant::now();
    loop {
        let (why, pause) = match follower.copy(LONG_LOG).await {
            Ok(sequence) => {
                tracing::info!(log = %id, sequence, "the log is applied from a copy of another node on");
                return;
            }
            Err(why @ NoCopy::NoNode { .. }) if began.elapsed() < LONGEST_WAIT_FOR_A_NODE => (why, LOOK),
            Err(why @ NoCopy::Busy) if began.elapsed() < LONGEST_WAIT_IN_LINE => (why, BETWEEN_COPIES),
            Err(why) => {
                if why != NoCopy::OfMeta {
                    tracing::info!(log = %id, %why, "no copy of another node is taken: the log is applied from its begin");
                }
                state.lock().problem.clear();
                return;
            }
        };
        tracing::debug!(log = %id, %why, "a copy of another node is awaited");
        tokio::time::sleep(pause).await;
    }
}

/// The gap in a log that is there again and again.
#[derive(Debug, Default)]
pub(super) struct Repair {
    gap: Option<RangeInclusive<u64>>,
    attempts: u32,
    last_copy: Option<Instant>,
}

impl Repair {
    /// Notes that a gap was found, or none, and gives it if a copy is due.
    fn due(&mut self, gap: Option<RangeInclusive<u64>>) -> Option<RangeInclusive<u64>> {
        self.attempts = if gap.is_some() && gap == self.gap { self.attempts + 1 } else { 1 };
        self.gap = gap;
        let is_due = self.attempts >= LEAST_ATTEMPTS
            && self.last_copy.is_none_or(|last| last.elapsed() >= BETWEEN_COPIES);
        self.gap.clone().filter(|_| is_due)
    }

    /// Takes a copy past a gap that is there again.
    pub(super) async fn attempt(&mut self, id: LogId, follower: &impl Follower, state: &State) {
        let gap = state.lock().gap.clone();
        let Some(gap) = self.due(gap) else { return };
        let (first, last) = (*gap.start(), *gap.end());
        match follower.copy(last).await {
            Ok(sequence) => {
                tracing::warn!(
                    log = %id,
                    first,
                    last,
                    sequence,
                    "a partition was repaired from a copy of another node, since entries are missing in the log: check the \
                     NATS servers"
                );
                state.lock().gap = None;
                *self = Self::default();
            }
            // Nodes are looked for each time: that costs nothing.
            Err(NoCopy::NoNode { .. } | NoCopy::OfMeta | NoCopy::InMemory) => {}
            Err(why) => {
                self.last_copy = Some(Instant::now());
                tracing::warn!(log = %id, first, last, %why, "a partition is not repaired yet; trying again");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_due_when_a_gap_stays() {
        let mut repair = Repair::default();
        let gap = |first, last| Some(first..=last);
        let due = [gap(5, 6), gap(5, 7), None, gap(5, 7), gap(5, 7), gap(5, 7)].map(|gap| repair.due(gap));
        assert_eq!(due, [None, None, None, None, gap(5, 7), gap(5, 7)]);
        repair.last_copy = Some(Instant::now());
        assert_eq!(repair.due(gap(5, 7)), None);
        assert_eq!((repair.due(None), repair.due(None)), (None, None));
    }
}
