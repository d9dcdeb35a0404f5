//! Following the logs: a task for each pulls entries and has them applied in order, in bounded batches.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::entry::LogEntry;
use super::log::{Log, LogId, Message, PullLimits};
use super::sequenced::{Decision, Sequenced};
use crate::engine::Error;

/// What is pulled and applied at once.
const BATCH: PullLimits = PullLimits { messages: 256, bytes: 8 << 20, known_last: 0 };

/// The time between two looks at a log of which no news comes.
const LOOK: Duration = Duration::from_millis(250);

/// The time before a log that failed is asked again.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// The state of a log that is followed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Following {
    /// When everything was applied that the log had.
    pub(crate) caught_up: Option<Instant>,
    /// Entries that the log has besides those applied, as of the last look.
    pub(crate) pending: u64,
    /// Entries that are missing in the log.
    pub(crate) gap: Option<RangeInclusive<u64>>,
    /// What went wrong last; empty if nothing does.
    pub(crate) problem: String,
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
}

/// Follows a log until `shutdown` is cancelled. A failure is noted in `state` and tried again.
pub(crate) async fn follow(
    log: Log,
    id: LogId,
    follower: Arc<impl Follower>,
    state: State,
    shutdown: CancellationToken,
) {
    let (mut wakes, mut known_last) = (None, 0);
    loop {
        if wakes.is_none() {
            // Without it the log is looked at from time to time.
            wakes = log.wakes(id).await.ok();
        }
        let step = step(&log, (id, known_last), &follower, &state);
        let next = tokio::select! {
            next = step => next,
            () = shutdown.cancelled() => return,
        };
        let pause = match next {
            Next::More => continue,
            Next::Idle => LOOK,
            Next::Failed(problem) => {
                note_problem(&state, id, problem);
                AFTER_FAILURE
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
    state: &State,
) -> Next {
    let from = follower.applied() + 1;
    let pulled = match log.pull(id, from, PullLimits { known_last, ..BATCH }).await {
        Ok(pulled) => pulled,
        Err(error) => return Next::Failed(error.to_string()),
    };
    if let Some(gap) = pulled.gaps.first() {
        state.lock().gap = Some(gap.clone());
        return Next::Failed(format!(
            "entries {} to {} are missing in the log; nothing after them is applied",
            gap.start(),
            gap.end()
        ));
    }
    let pending = pulled.pending;
    state.lock().pending = pending + pulled.messages.len() as u64;
    if pulled.messages.is_empty() {
        caught_up(state);
        follower.idle().await;
        return Next::Idle;
    }
    let entries = match sequenced(pulled.messages) {
        Ok(entries) => entries,
        Err(problem) => return Next::Failed(problem),
    };
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
    if pending == 0 {
        caught_up(state);
    } else {
        state.lock().pending = pending;
    }
    Next::More
}

fn caught_up(state: &State) {
    let caught_up = Some(Instant::now());
    *state.lock() = Following { caught_up, ..Following::default() };
}

/// The entries of messages.
fn sequenced(messages: Vec<Message>) -> Result<Vec<Sequenced>, String> {
    let entry = |Message { sequence, time, payload }| {
        let entry = LogEntry::decode(&payload).map_err(|error| format!("entry {sequence}: {error}"))?;
        Ok(Sequenced { sequence, time, entry })
    };
    messages.into_iter().map(entry).collect()
}

/// Notes a problem, and logs one that was not there before.
fn note_problem(state: &State, id: LogId, problem: String) {
    let is_new = {
        let mut state = state.lock();
        let is_new = state.problem != problem;
        state.problem.clone_from(&problem);
        is_new
    };
    if is_new {
        tracing::warn!(log = %id, problem, "a log is not applied; trying again");
    }
}
