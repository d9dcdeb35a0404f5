//! Writing: a change is published in the log of its partition, and acknowledged when a node that applied it sends the outcome.

use tokio::time::Instant;

use super::applying::entry::{LogEntry, LoggedChange};
use super::applying::followers::LONGEST_WAIT;
use super::asking::asker::random;
use super::log::{LogId, Topic};
use super::member::Member;
use super::placement::hash_of;
use crate::corpus::{TextRole, check_bytes};
use crate::engine::{Change, Error, Operation, Outcome, SourcesDeleted};
use crate::model::{CollectionName, RequestKey, SourceId};

impl Member {
    /// Makes a change, durably.
    ///
    /// # Errors
    ///
    /// Those of the change; [`Error::Unreachable`] if the log or the outcome can't be had in time. Then the change may have been
    /// made: with the id of a request it can be sent again.
    pub(super) async fn write(&self, mut operation: Operation) -> Result<Outcome, Error> {
        let placement = self.holding.placement;
        let request = operation.request.clone();
        let target = match &mut operation.change {
            Change::AddSource { collection, source, .. } => {
                check_bytes(self.holding.meta.engine.limits(), &source.text, TextRole::Source)?;
                let id = match source.id.take() {
                    Some(id) => id,
                    None => self.assigned_id(request.as_ref())?,
                };
                source.id = Some(id.clone());
                Target::Partition(collection.clone(), placement.partition_of(collection, &id))
            }
            Change::UpdateSource { collection, id, .. } | Change::DeleteSource { collection, id } => {
                Target::Partition(collection.clone(), placement.partition_of(collection, id))
            }
            Change::DeleteSources { collection, .. } => Target::AllPartitions(collection.clone()),
            _ => Target::Meta,
        };
        match target {
            Target::Partition(collection, partition) => {
                self.find(&collection).await?;
                self.publish(LogId::Partition(partition), operation).await
            }
            Target::AllPartitions(collection) => {
                self.find(&collection).await?;
                self.delete_everywhere(operation).await
            }
            Target::Meta => self.publish(LogId::Meta, operation).await,
        }
    }

    /// Publishes a change, and waits for its outcome.
    async fn publish(&self, id: LogId, operation: Operation) -> Result<Outcome, Error> {
        let decided = self.publish_and_wait(id, operation).await;
        if decided.is_err() {
            self.asker.counters.failed();
        }
        decided?
    }

    /// The outcome of a change that is published now, or the reason for which there is none.
    async fn publish_and_wait(
        &self,
        id: LogId,
        operation: Operation,
    ) -> Result<Result<Outcome, Error>, Error> {
        let until = Instant::now() + LONGEST_WAIT;
        let number = random()?;
        let topic = topic_of(&operation.change);
        let entry = LogEntry::Change(Box::new(LoggedChange {
            operation: number,
            meta: self.holding.meta.shown(),
            publisher: self.name.clone(),
            change: operation.change,
            request: operation.request,
            request_digest: operation.request_digest,
        }));
        // Compressing a text takes a while.
        let encoded = tokio::task::spawn_blocking(move || entry.encode()).await;
        let encoded = encoded.ok().and_then(Result::ok);
        let entry = encoded.ok_or(Error::Internal { what: "a change that can't be written to the log" })?;
        let mut waiting = self.outcomes.wait(number);
        let published = self.log.publish((id, topic), &format!("{number:032x}"), entry, until).await;
        let published = published.map_err(|error| Error::Unreachable {
            what: format!("the change was not written to the log for sure: {error}"),
        })?;
        self.asker.counters.published();
        let outcome = tokio::time::timeout_at(until, &mut waiting.outcome).await;
        let Ok(Ok(outcome)) = outcome else {
            return Err(Error::Unreachable {
                what: format!(
                    "the change is in the log ({id}, entry {}), and no node has applied it within {} s; send it again \
                     with the same request id to get its outcome",
                    published.sequence,
                    LONGEST_WAIT.as_secs()
                ),
            });
        };
        if let LogId::Partition(partition) = id {
            let mut acknowledged = self.acknowledged.lock();
            let revision = acknowledged.entry(partition).or_default();
            *revision = (*revision).max(outcome.revision);
        }
        Ok(outcome.outcome)
    }

    /// Deletes sources of all partitions that match a filter: in each together, in the corpus one partition after the other.
    async fn delete_everywhere(&self, operation: Operation) -> Result<Outcome, Error> {
        let mut total = SourcesDeleted { sources: 0, ids: Vec::new(), revision: 0 };
        let all = (0..self.holding.placement.partitions)
            .map(|partition| self.publish(LogId::Partition(partition), operation.clone()));
        for outcome in futures_util::future::try_join_all(all).await? {
            let SourcesDeleted { sources, ids, revision } = outcome.into_sources_deleted()?;
            total.sources += sources;
            total.ids.extend(ids);
            total.revision += revision;
        }
        total.ids.sort_unstable();
        total.ids.truncate(SourcesDeleted::MAX_IDS);
        Ok(Outcome::SourcesDeleted(total))
    }

    /// Finds a collection. One that this node does not know may have been created by another a moment ago.
    async fn find(&self, name: &CollectionName) -> Result<(), Error> {
        let meta = &self.holding.meta;
        if meta.engine.get_collection(name).is_ok() {
            return Ok(());
        }
        let silent = |error: &dyn std::fmt::Display| Error::Unreachable {
            what: format!("whether collection {name} exists is not known: {error}"),
        };
        let last = self.log.last_sequence(LogId::Meta).await.map_err(|error| silent(&error))?;
        let mut applied = meta.watch();
        let wait = tokio::time::timeout(LONGEST_WAIT, applied.wait_for(|applied| *applied >= last));
        wait.await.map_err(|error| silent(&error))?.map_err(|error| silent(&error))?;
        meta.engine.get_collection(name).map(drop)
    }

    /// The id of a source that has none: the same for retries of a request.
    fn assigned_id(&self, request: Option<&RequestKey>) -> Result<SourceId, Error> {
        let number = match request {
            None => random()?,
            Some(key) => {
                let purpose = format!("source id {} {}", key.owner(), key.id().as_str());
                let secret = self.holding.meta.engine.secret(&purpose);
                secret.iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte))
            }
        };
        SourceId::new(&format!("{number:032x}"))
            .map_err(|_| Error::Internal { what: "an assigned id is no id" })
    }
}

/// What a change is about.
fn topic_of(change: &Change) -> Topic {
    match change {
        Change::AddSource { collection, source, .. } => {
            source.id.as_ref().map_or(Topic::Other, |id| Topic::Source(hash_of(collection, id)))
        }
        Change::UpdateSource { collection, id, .. } | Change::DeleteSource { collection, id } => {
            Topic::Source(hash_of(collection, id))
        }
        _ => Topic::Other,
    }
}

/// The logs that a change is published in.
enum Target {
    /// That of the partition of a source in this collection.
    Partition(CollectionName, u16),
    /// Those of all partitions.
    AllPartitions(CollectionName),
    /// The meta log.
    Meta,
}
