//! What this node holds: the meta log's corpus, and a corpus for each of its partitions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::held::Held;
use super::meta::Meta;
use crate::cluster::asking::messages::Recency;
use crate::cluster::log::{Log, LogId};
use crate::cluster::placement::{Placement, ReplicaGroup};
use crate::corpus::{View, ViewRequest};
use crate::detection::Detector;
use crate::engine::Error;
use crate::model::{SourceName, Stop};

/// A node that is behind for longer than this does not answer.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The time between two looks at the stop.
const LOOK: Duration = Duration::from_millis(20);

/// What this node holds.
#[derive(Debug)]
pub(crate) struct Holding {
    pub(crate) placement: Placement,
    pub(crate) group: ReplicaGroup,
    pub(crate) meta: Arc<Meta>,
    partitions: BTreeMap<u16, Arc<Held>>,
    log: Log,
    runtime: Handle,
}

impl Holding {
    /// A node of a replica group, with its partitions.
    pub(crate) fn new(
        placement: Placement,
        group: ReplicaGroup,
        meta: Arc<Meta>,
        partitions: Vec<Held>,
        log: Log,
    ) -> Self {
        let partitions = partitions.into_iter().map(|held| (held.partition, Arc::new(held))).collect();
        Self { placement, group, meta, partitions, log, runtime: Handle::current() }
    }

    /// The partitions, in order.
    pub(crate) fn held(&self) -> impl Iterator<Item = &Arc<Held>> {
        self.partitions.values()
    }

    /// The partition of a source.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] if another replica group has it.
    pub(crate) fn of_source(&self, name: &SourceName) -> Result<&Arc<Held>, Error> {
        let partition = self.placement.partition_of(&name.collection, &name.id);
        self.partitions.get(&partition).ok_or_else(|| Error::Unreachable {
            what: format!("partition {partition} is not held by replica group {}", self.group),
        })
    }

    /// What searches use besides views. All partitions have the same seed and limits.
    pub(crate) fn detector(&self) -> &Detector {
        self.meta.engine.detector()
    }

    /// A view of each partition, and their numbers.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    pub(crate) fn views(&self, request: &ViewRequest<'_>) -> Result<(Vec<View>, Vec<u16>), Error> {
        let views = self.held().map(|held| held.engine().view(request)).collect::<Result<_, Error>>()?;
        Ok((views, self.partitions.keys().copied().collect()))
    }

    /// Waits until everything is applied that an answer has to know, for a few seconds at most. Not for async threads.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] if it is not applied by then, or if the log can't be asked; [`Error::Stopped`].
    pub(crate) fn wait_for(&self, recency: &Recency, stop: &Stop) -> Result<(), Error> {
        let latest = if recency.strict { self.runtime.block_on(self.latest())? } else { Latest::default() };
        let meta = recency.meta.max(latest.meta);
        self.wait_for_meta(meta, stop)?;
        let until = Instant::now() + LONGEST_WAIT;
        for held in self.held() {
            let sequence = latest.partitions.get(&held.partition).copied().unwrap_or(0);
            let revision = recency.revisions.get(&held.partition).copied().unwrap_or(0);
            let meta = self.meta.last_of_collections(meta);
            let is_there = |applied: &super::held::Applied| {
                let position = applied.position;
                position.sequence >= sequence && position.meta >= meta && applied.revision >= revision
            };
            if !wait_until(&self.runtime, &mut held.watch(), is_there, until, stop)? {
                return Err(behind(&format!("the log of partition {}", held.partition)));
            }
        }
        Ok(())
    }

    /// Waits until the meta log is applied up to a place, for a few seconds at most. Not for async threads.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] if it is not applied by then; [`Error::Stopped`].
    pub(crate) fn wait_for_meta(&self, meta: u64, stop: &Stop) -> Result<(), Error> {
        let until = Instant::now() + LONGEST_WAIT;
        if wait_until(&self.runtime, &mut self.meta.watch(), |applied| *applied >= meta, until, stop)? {
            return Ok(());
        }
        Err(behind(&format!("entry {meta} of the meta log")))
    }

    /// The last sequence numbers of the logs, as their leaders know them.
    async fn latest(&self) -> Result<Latest, Error> {
        let asked = self.held().map(|held| {
            let (log, partition) = (self.log.clone(), held.partition);
            tokio::spawn(async move { (partition, log.last_sequence(LogId::Partition(partition)).await) })
        });
        let asked: Vec<_> = asked.collect();
        let silent = |error: &dyn std::fmt::Display| Error::Unreachable {
            what: format!("the log can't be asked for its last entry ({error})"),
        };
        let meta = self.log.last_sequence(LogId::Meta).await.map_err(|error| silent(&error))?;
        let mut partitions = BTreeMap::new();
        for answer in asked {
            let (partition, last) = answer.await.map_err(|error| silent(&error))?;
            partitions.insert(partition, last.map_err(|error| silent(&error))?);
        }
        Ok(Latest { meta, partitions })
    }
}

/// The error of what is not applied in time.
fn behind(what: &str) -> Error {
    Error::Unreachable { what: format!("{what} is not applied after {} s", LONGEST_WAIT.as_secs()) }
}

/// The last sequence numbers of the logs.
#[derive(Debug, Default)]
struct Latest {
    meta: u64,
    partitions: BTreeMap<u16, u64>,
}

/// Waits until a value is as wanted; false if it is not by `until`.
fn wait_until<T>(
    runtime: &Handle,
    watched: &mut watch::Receiver<T>,
    is_wanted: impl Fn(&T) -> bool,
    until: Instant,
    stop: &Stop,
) -> Result<bool, Error> {
    loop {
        if is_wanted(&watched.borrow_and_update()) {
            return Ok(true);
        }
        stop.check()?;
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        // The stop is looked at now and then. What watches is dropped only at the end of the program.
        drop(runtime.block_on(async { tokio::time::timeout(LOOK.min(left), watched.changed()).await }));
    }
}
