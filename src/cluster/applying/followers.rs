//! What follows the logs: the meta log's corpus and the partitions, and the delivery of what they decide.

use std::sync::Arc;
use std::time::Duration;

use super::entry::LogEntry;
use super::following::Follower;
use super::held::Held;
use super::meta::Meta;
use super::sequenced::{Decision, Sequenced};
use crate::cluster::asking::messages::{OutcomeMessage, encode};
use crate::cluster::asking::outcomes::Outcomes;
use crate::cluster::asking::transport::Transport;
use crate::cluster::copying::taking::{NoCopy, Taking};
use crate::cluster::log::{Log, LogId, Topic};
use crate::engine::{Error, Timestamp};
use crate::model::Stop;

/// The node that published a change waits no longer than this for its outcome.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The time for which entries wait for the meta log that they name.
const LONGEST_WAIT_FOR_META: Duration = Duration::from_secs(5);

/// The time that publishing an entry of our own may take.
const PUBLISHING: Duration = Duration::from_secs(5);

/// Delivers what was decided to the nodes that wait for it.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) node: String,
    pub(crate) outcomes: Arc<Outcomes>,
    pub(crate) transport: Transport,
}

impl Delivery {
    /// Delivers decisions that are seen from a revision on.
    async fn deliver(&self, decisions: Vec<Decision>, revision: u64) {
        let now = Timestamp::now().seconds();
        for Decision { operation, publisher, time, outcome, .. } in decisions {
            let outcome = OutcomeMessage { operation, revision, outcome };
            if publisher == self.node {
                self.outcomes.deliver(outcome);
            } else if now.saturating_sub(time.seconds()).unsigned_abs() <= 2 * LONGEST_WAIT.as_secs()
                && let Ok(message) = encode(&outcome)
            {
                self.transport.announce(&format!("outcome.{publisher}"), message).await;
            }
        }
    }
}

/// Follows the meta log.
pub(crate) struct MetaFollower {
    pub(crate) meta: Arc<Meta>,
    pub(crate) delivery: Delivery,
    pub(crate) stop: Stop,
}

impl Follower for MetaFollower {
    fn applied(&self) -> u64 {
        self.meta.applied()
    }

    async fn is_due(&self, _: &[Sequenced]) -> bool {
        true
    }

    fn apply(&self, entries: Vec<Sequenced>) -> (Vec<Decision>, Result<(), Error>) {
        self.meta.apply(entries, &self.stop)
    }

    async fn deliver(&self, decisions: Vec<Decision>) {
        // Only this node's own: every node decides them, also the one that published them.
        let own = decisions.into_iter().filter(|one| one.publisher == self.delivery.node).collect();
        self.delivery.deliver(own, 0).await;
    }

    async fn idle(&self) {}

    async fn copy(&self, _: u64) -> Result<u64, NoCopy> {
        Err(NoCopy::OfMeta)
    }
}

/// Follows the log of a partition.
pub(crate) struct PartitionFollower {
    pub(crate) held: Arc<Held>,
    pub(crate) meta: Arc<Meta>,
    pub(crate) log: Log,
    pub(crate) delivery: Delivery,
    pub(crate) taking: Taking,
    pub(crate) stop: Stop,
}

impl Follower for PartitionFollower {
    fn applied(&self) -> u64 {
        self.held.applied().position.sequence
    }

    async fn is_due(&self, entries: &[Sequenced]) -> bool {
        let named = entries.iter().map(|one| one.entry.named_meta()).max().unwrap_or(0);
        let mut applied = self.meta.watch();
        let wait = applied.wait_for(|applied| *applied >= named);
        tokio::time::timeout(LONGEST_WAIT_FOR_META, wait).await.is_ok_and(|waited| waited.is_ok())
    }

    fn apply(&self, entries: Vec<Sequenced>) -> (Vec<Decision>, Result<(), Error>) {
        self.held.apply(entries, &self.meta, &self.stop)
    }

    async fn deliver(&self, decisions: Vec<Decision>) {
        self.delivery.deliver(decisions, self.held.applied().revision).await;
    }

    /// Brings changes of collections to the partition, where no other entry does. Several nodes may: one entry is enough,
    /// and more do no harm.
    async fn idle(&self) {
        let meta = self.meta.last_of_collections(self.meta.applied());
        if self.held.applied().position.meta >= meta {
            return;
        }
        let id = LogId::Partition(self.held.partition);
        let Ok(entry) = (LogEntry::Follow { meta }).encode() else { return };
        let until = tokio::time::Instant::now() + PUBLISHING;
        if let Err(error) =
            self.log.publish((id, Topic::Other), &format!("follow-{meta}"), entry, until).await
        {
            tracing::warn!(log = %id, %error, "an entry that brings changes of collections was not published; trying again");
        }
    }

    async fn copy(&self, beyond: u64) -> Result<u64, NoCopy> {
        self.taking.replace(&self.held, beyond).await.map(|reached| reached.sequence)
    }
}
