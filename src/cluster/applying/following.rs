//! Following the logs: a task for each pulls entries and has them applied in order, in bounded batches.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::entry::LogEntry;
use super::remnants::Remnants;
use super::repairing::{Repair, begin};
use super::sequenced::{Decision, Sequenced};
use crate::cluster::copying::taking::NoCopy;
use crate::cluster::log::{Log, LogId, Message, PullLimits};
use crate::engine::Error;

/// What is pulled and applied at once.
const BATCH: PullLimits = PullLimits { messages: 256, bytes: 8 << 20, known_last: 0 };

/// The time between the last news of a log and a look at it. It doubles with each look,
const FIRST_LOOK: Duration = Duration::from_millis(250);

/// up to this time: news may be lost, and each look is work for the servers.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// The time between two questions to the leader whether it still has what is applied.
const ASK_LEADER: Duration = Duration::from_secs(2);

/// The time between two moments whose last entry is remembered.
const SEEN_EVERY: Duration = Duration::from_millis(100);

/// The time before a log that failed is asked again.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// The state of a log that is followed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Following {
    /// A moment as of which everything is applied that the log had.
    pub(crate) caught_up: Option<Instant>,
    /// Moments since then, with the last entry that the log had.
    seen: VecDeque<(Instant, u64)>,
    /// Entries that the log has besides those applied, as of the last look.
    pub(crate) pending: u64,
    /// Entries that are missing in the log.
    pub(crate) gap: Option<RangeInclusive<u64>>,
    /// What went wrong last; empty if nothing does.
    pub(crate) problem: String,
}

impl Following {
    /// Notes the last entry that the log has at a moment.
    fn see(&mut self, at: Instant, last: u64) {
        let is_due = self.seen.back().is_none_or(|(before, _)| at.duration_since(*before) >= SEEN_EVERY);
        if is_due {
            self.seen.push_back((at, last));
        }
    }

    /// Notes what is applied. All is well then.
    fn apply(&mut self, applied: u64, pending: u64) {
        while let Some((at, _)) = self.seen.front().copied().filter(|(_, last)| *last <= applied) {
            self.caught_up = Some(at);
            self.seen.pop_front();
        }
        self.pending = pending;
        self.gap = None;
        self.problem.clear();
    }
}

/// The state of each log, which its task keeps.
pub(crate) type State = Arc<Mutex<Following>>;

/// Applies the entries of a log.
pub(crate) trait Follower: Send + Sync + 'static {
    /// The sequence number of the last entry that is applied.
    fn applied(&self) -> u64;

    /// Waits until entries can be applied: those of the meta log that they name are. False if that takes too long.
    fn is_due(&self, entries: &[Sequenced]) -> impl Future<Output = bool> + Send;

    /// Applies entries, and gives what was decided, up to a failure of this node. It blocks.
    fn apply(&self, entries: Vec<Sequenced>) -> (Vec<Decision>, Result<(), Error>);

    /// Delivers what was decided.
    fn deliver(&self, decisions: Vec<Decision>) -> impl Future<Output = ()> + Send;

    /// Called when there is nothing to apply.
    fn idle(&self) -> impl Future<Output = ()> + Send;

    /// Puts what another node has made of the log, up to an entry at least, in the place of what is here. Gives the last entry of
    /// it. Nothing is applied meanwhile.
    fn copy(&self, beyond: u64) -> impl Future<Output = Result<u64, NoCopy>> + Send;
}

/// Follows a log until `shutdown` is cancelled. A failure is noted in `state` and tried again.
pub(crate) async fn follow(
    log: Log,
    id: LogId,
    follower: Arc<impl Follower>,
    state: State,
    shutdown: CancellationToken,
) {
    tokio::select! {
        () = begin(&log, id, &*follower, &state) => {}
        () = shutdown.cancelled() => return,
    }
    let (mut wakes, mut known_last, mut asked) = (None, follower.applied(), Instant::now());
    let mut remnants = Remnants::default();
    // What it does not know then it reads at the first gap.
    drop(remnants.read(&log, id, follower.applied() + 1).await);
    let mut repair = Repair::default();
    let mut look = FIRST_LOOK;
    loop {
        if wakes.is_none() {
            // Without it the log is looked at from time to time.
            wakes = log.wakes(id).await.ok();
        }
        // A log that ends before what is applied has lost entries: new ones would have the places of others. Its leader is asked
        // from time to time.
        if asked.elapsed() >= ASK_LEADER {
            known_last = known_last.max(follower.applied());
            asked = Instant::now();
        }
        let step = step(&log, (id, known_last), &follower, &mut remnants, &state);
        let next = tokio::select! {
            next = step => next,
            () = shutdown.cancelled() => return,
        };
        if !matches!(next, Next::Failed(_)) {
            known_last = 0;
        }
        let pause = match next {
            Next::More => {
                look = FIRST_LOOK;
                continue;
            }
            Next::Idle => {
                let longer = LONGEST_LOOK.min(2 * look);
                std::mem::replace(&mut look, longer)
            }
            Next::Failed(problem) => {
                note_problem(&state, id, &problem);
                tokio::select! {
                    () = repair.attempt(id, &*follower, &state) => AFTER_FAILURE,
                    () = shutdown.cancelled() => return,
                }
            }
        };
        let woken = async {
            match &mut wakes {
                Some(wakes) => wakes.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            last = woken => known_last = known_last.max(last.unwrap_or(0)),
            () = tokio::time::sleep(pause) => {}
            () = shutdown.cancelled() => return,
        }
    }
}

/// What comes after a step.
enum Next {
    /// There may be more.
    More,
    /// There is nothing to apply.
    Idle,
    /// Something went wrong.
    Failed(String),
}

/// Pulls once, and has the entries applied.
async fn step(
    log: &Log,
    (id, known_last): (LogId, u64),
    follower: &Arc<impl Follower>,
    remnants: &mut Remnants,
    state: &State,
) -> Next {
    let (from, began) = (follower.applied() + 1, Instant::now());
    let pulled = match log.pull(id, from, PullLimits { known_last, ..BATCH }, &remnants.erased).await {
        Ok(pulled) => pulled,
        Err(error) => return Next::Failed(error.to_string()),
    };
    let is_known = |gap: &RangeInclusive<u64>| {
        remnants.erased.run_from(*gap.start()).is_some_and(|last| last >= *gap.end())
    };
    if !pulled.gaps.iter().all(is_known)
        && let Err(error) = remnants.read(log, id, from).await
    {
        return Next::Failed(error.to_string());
    }
    let pending = pulled.pending;
    let last = pulled.next.saturating_sub(1) + pending;
    {
        let mut state = state.lock();
        state.see(began, last);
        state.pending = pending + pulled.messages.len() as u64;
    }
    let mut entries = match sequenced(pulled.messages) {
        Ok(entries) => entries,
        Err(problem) => return Next::Failed(problem),
    };
    let gap = remnants.fill(&mut entries, &pulled.gaps);
    if entries.is_empty() {
        if let Some(gap) = gap {
            state.lock().gap = Some(gap.clone());
            let (start, end) = gap.into_inner();
            return Next::Failed(format!(
                "entries {start} to {end} are missing in the log; nothing after them is applied"
            ));
        }
        state.lock().apply(follower.applied(), 0);
        follower.idle().await;
        return Next::Idle;
    }
    if !follower.is_due(&entries).await {
        return Next::Failed("the meta log that its entries name is not applied".to_owned());
    }
    let applying = Arc::clone(follower);
    let applied = tokio::task::spawn_blocking(move || applying.apply(entries)).await;
    let Ok((decisions, done)) = applied else {
        return Next::Failed("a defect of the program: entries could not be applied; report it".to_owned());
    };
    follower.deliver(decisions).await;
    if let Err(error) = done {
        return Next::Failed(error.to_string());
    }
    state.lock().apply(follower.applied(), pending);
    Next::More
}

/// The entries of messages.
fn sequenced(messages: Vec<Message>) -> Result<Vec<Sequenced>, String> {
    let entry = |Message { sequence, time, payload, .. }| {
        let entry = LogEntry::decode(&payload).map_err(|error| format!("entry {sequence}: {error}"))?;
        Ok(Sequenced { sequence, time, entry })
    };
    messages.into_iter().map(entry).collect()
}

/// Notes a problem, and logs one that was not there before.
fn note_problem(state: &State, id: LogId, problem: &str) {
    let is_new = {
        let mut state = state.lock();
        let is_new = state.problem != problem;
        problem.clone_into(&mut state.problem);
        is_new
    };
    if is_new {
        tracing::warn!(log = %id, problem, "a log is not applied; trying again");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Under changes that never end, a log counts as applied as of a moment ago.
    #[test]
    fn a_log_is_caught_up_as_of_the_last_moment_whose_entries_are_applied() {
        let (mut following, begin) = (Following::default(), Instant::now());
        let at = |millis| begin + Duration::from_millis(millis);
        following.see(at(0), 10);
        following.see(at(50), 15);
        following.apply(8, 7);
        assert_eq!((following.caught_up, following.pending), (None, 7));
        following.see(at(120), 25);
        following.apply(12, 13);
        assert_eq!(following.caught_up, Some(at(0)));
        following.see(at(300), 40);
        following.apply(40, 0);
        assert_eq!((following.caught_up, following.seen.len()), (Some(at(300)), 0));
    }
}
