//! A node of a cluster: what it holds, the other nodes, and the log that all follow.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::applying::following::State;
use super::applying::holding::Holding;
use super::asking::asker::Asker;
use super::asking::messages::{Question, Recency, Reply};
use super::asking::outcomes::Outcomes;
use super::asking::peers::{Announcement, WIRE};
use super::asking::serving::answer;
use super::log::{Log, LogId};
use super::placement::ReplicaGroup;
use super::token::Seen;
use crate::engine::{ClusterFigures, Engine, Error, LogFigures};
use crate::model::{SourceName, Stop};

/// Does something that waits. Handlers look up a source in a thread of the runtime now and then, which goes on in another
/// thread meanwhile.
pub(super) fn blocking<T>(wait: impl FnOnce() -> T) -> T {
    if Handle::try_current().is_ok() { tokio::task::block_in_place(wait) } else { wait() }
}

/// A node is not ready if what a log had so long ago is not applied.
const BEHIND_AFTER: Duration = Duration::from_secs(5);

/// The time between two looks at whether it is caught up.
const LOOK: Duration = Duration::from_millis(20);

/// How recent what a search reads has to be.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Reads {
    /// It knows every change that this node acknowledged; those that other nodes acknowledged come within moments.
    #[default]
    Own,
    /// It knows every change that any node acknowledged before: the log is asked each time.
    Strict,
}

/// A node of a cluster. It serves the whole corpus, of which it holds some partitions.
#[derive(Debug)]
pub(crate) struct Member {
    pub(super) this: Weak<Self>,
    pub(super) name: String,
    pub(super) holding: Arc<Holding>,
    pub(super) log: Log,
    pub(super) asker: Asker,
    pub(super) outcomes: Arc<Outcomes>,
    pub(super) reads: Reads,
    pub(super) runtime: Handle,
    /// The revisions of partitions from which the changes that this node acknowledged are seen.
    pub(super) acknowledged: Mutex<BTreeMap<u16, u64>>,
    /// The place in the meta log that tokens of callers name.
    pub(super) seen_meta: AtomicU64,
    /// The state of each log.
    pub(super) states: BTreeMap<LogId, State>,
    /// Ends the tasks.
    pub(super) shutdown: CancellationToken,
    pub(super) tasks: Mutex<JoinSet<()>>,
}

impl Member {
    /// Why it can't answer searches now; `None` if it can.
    pub(super) fn unready(&self) -> Option<String> {
        self.states.iter().find_map(|(id, state)| {
            let state = state.lock();
            if let Some(gap) = &state.gap {
                return Some(format!("log {id}: entries {} to {} are missing", gap.start(), gap.end()));
            }
            let is_behind = state.caught_up.is_none_or(|at| at.elapsed() > BEHIND_AFTER);
            is_behind.then(|| match state.problem.as_str() {
                "" => format!("log {id}: {} entries are to be applied", state.pending),
                problem => format!("log {id}: {problem}"),
            })
        })
    }

    /// Whether it does what one node of a group has to do. For a moment two may.
    pub(super) fn is_first_of_its_group(&self) -> bool {
        let others = self.asker.peers.ready(self.holding.group);
        self.unready().is_none() && others.iter().all(|other| self.name < *other)
    }

    /// Waits until it can answer searches for the first time.
    pub(crate) async fn caught_up(&self) {
        while self.unready().is_some() {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// What it says of itself.
    pub(super) fn announcement(&self, number: u64) -> Announcement {
        let reason = self.unready();
        let applied = self.holding.held().map(|held| (held.partition, held.applied().position.sequence));
        Announcement {
            node: self.name.clone(),
            group: self.holding.group,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            wire: WIRE,
            ready: reason.is_none(),
            reason: reason.unwrap_or_default(),
            number,
            meta: self.holding.meta.applied(),
            applied: applied.collect(),
        }
    }

    /// Its state and what it counted, for monitoring.
    pub(super) fn cluster_figures(&self) -> ClusterFigures {
        let logs = self.states.iter().map(|(id, state)| {
            let state = state.lock();
            LogFigures { name: id.to_string(), entries_behind: state.pending, has_gap: state.gap.is_some() }
        });
        self.asker.counters.figures(self.unready().is_none(), logs.collect())
    }

    /// How recent answers have to be now.
    pub(super) fn recency(&self) -> Recency {
        Recency {
            meta: self.holding.meta.shown().max(self.seen_meta.load(Ordering::Relaxed)),
            revisions: self.acknowledged.lock().clone(),
            strict: self.reads == Reads::Strict,
        }
    }

    /// What this node acknowledged, as a token.
    pub(super) fn token(&self) -> Option<String> {
        let Recency { meta, revisions, .. } = self.recency();
        Seen { meta, revisions }.seal(&self.token_secret())
    }

    /// From now on, everything is read that the node acknowledged which gave a token. False if it is not one of this corpus.
    pub(super) fn see(&self, token: &str) -> bool {
        let Some(Seen { meta, revisions }) = Seen::open(token, &self.token_secret()) else { return false };
        self.seen_meta.fetch_max(meta, Ordering::Relaxed);
        let mut acknowledged = self.acknowledged.lock();
        for (partition, revision) in revisions {
            let known = acknowledged.entry(partition).or_default();
            *known = (*known).max(revision);
        }
        true
    }

    fn token_secret(&self) -> [u8; 32] {
        self.holding.meta.engine.secret("consistency tokens")
    }

    /// The collections, as far as tokens of callers name them. It waits for them, for some seconds at most.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] if they are not known by then.
    pub(super) fn collections(&self) -> Result<&Engine, Error> {
        let meta = self.seen_meta.load(Ordering::Relaxed);
        if self.holding.meta.applied() < meta {
            blocking(|| self.holding.wait_for_meta(meta, &Stop::never()))?;
        }
        Ok(&self.holding.meta.engine)
    }

    /// All replica groups.
    pub(super) fn groups(&self) -> impl Iterator<Item = ReplicaGroup> + use<> {
        let groups = self.holding.placement.groups;
        (0..groups).map(move |index| ReplicaGroup { index, groups })
    }

    /// Whether this node answers for a replica group itself.
    pub(super) fn is_here(&self, group: ReplicaGroup) -> bool {
        group == self.holding.group && self.unready().is_none()
    }

    /// The answer of the replica group that has a source.
    pub(super) fn ask_owner(
        &self,
        name: &SourceName,
        question: Question,
        stop: &Stop,
    ) -> Result<Reply, Error> {
        let placement = self.holding.placement;
        let index = placement.group_of(placement.partition_of(&name.collection, &name.id));
        let group = ReplicaGroup { index, groups: placement.groups };
        let recency = self.recency();
        blocking(|| {
            if self.is_here(group) {
                self.holding.wait_for(&recency, stop)?;
                return answer(&self.holding, question, stop);
            }
            self.asker.ask(group, recency, question, stop)
        })
    }

    /// The answers of all replica groups.
    pub(super) fn ask_all(&self, question: &Question, stop: &Stop) -> Result<Vec<Reply>, Error> {
        let recency = self.recency();
        let (here, there): (Vec<_>, Vec<_>) = self.groups().partition(|group| self.is_here(*group));
        let coming: Result<Vec<_>, Error> = there
            .into_iter()
            .map(|group| self.asker.begin_question(group, recency.clone(), question.clone()))
            .collect();
        let coming = coming?;
        blocking(|| {
            let mut replies = Vec::new();
            if !here.is_empty() {
                self.holding.wait_for(&recency, stop)?;
                replies.push(answer(&self.holding, question.clone(), stop)?);
            }
            for coming in coming {
                replies.push(coming.wait(stop)?);
            }
            Ok(replies)
        })
    }

    /// Ends the tasks and closes what it holds.
    pub(super) fn end(&self) {
        self.shutdown.cancel();
        self.tasks.lock().abort_all();
        for held in self.holding.held() {
            held.engine().close();
        }
        self.holding.meta.engine.close();
    }
}
