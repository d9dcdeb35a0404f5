//! The meta log: the collections and scales of the corpus, which every node has.
//!
//! The node applies it to a corpus without sources. What it says of collections is also applied to each partition, when an
//! entry of the partition's log names it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;
use tokio::sync::watch;

use super::entry::LogEntry;
use super::sequenced::{Decision, Sequenced};
use crate::engine::{Change, Engine, Error, Operation, Timestamp};
use crate::model::Stop;

/// The meta log as far as this node has applied it.
#[derive(Debug)]
pub(crate) struct Meta {
    /// The collections and scales.
    pub(crate) engine: Arc<Engine>,
    /// The changes of collections, by sequence number.
    history: RwLock<BTreeMap<u64, Dated>>,
    /// The sequence number of the last entry that is applied.
    applied: watch::Sender<u64>,
    /// The sequence number of the last entry that may be seen.
    shown: AtomicU64,
}

/// A change and its time.
#[derive(Debug, Clone)]
pub(crate) struct Dated {
    pub(crate) time: Timestamp,
    pub(crate) change: Change,
}

impl Meta {
    /// The meta log over an engine. Nothing is applied in this process yet: the log is read from its begin.
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        let (history, applied) = (RwLock::default(), watch::Sender::new(0));
        Self { engine, history, applied, shown: AtomicU64::new(0) }
    }

    /// The sequence number of the last entry that is applied.
    pub(crate) fn applied(&self) -> u64 {
        *self.applied.borrow()
    }

    /// The sequence number of the last entry that may be seen in the corpus: the one that is being applied, or the last that is.
    /// Who has seen a collection here names this place, so that others know the collection too.
    pub(crate) fn shown(&self) -> u64 {
        self.shown.load(Ordering::Acquire)
    }

    /// Watches what is applied.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.applied.subscribe()
    }

    /// The changes of collections after one sequence number, up to another.
    pub(crate) fn between(&self, after: u64, up_to: u64) -> Vec<(u64, Dated)> {
        if up_to <= after {
            return Vec::new();
        }
        self.history.read().range(after + 1..=up_to).map(|(at, dated)| (*at, dated.clone())).collect()
    }

    /// The last change of collections up to a sequence number; 0 if there is none.
    pub(crate) fn last_of_collections(&self, up_to: u64) -> u64 {
        self.history.read().range(..=up_to).next_back().map_or(0, |(at, _)| *at)
    }

    /// Applies entries in order. Those that this corpus applied in an earlier process are noted only.
    ///
    /// # Errors
    ///
    /// [`Error`] of this node, with what was decided before. The entries from the failed one on can be applied again.
    pub(crate) fn apply(&self, entries: Vec<Sequenced>, stop: &Stop) -> (Vec<Decision>, Result<(), Error>) {
        let stored = self.engine.log_position().unwrap_or(0);
        let mut decisions = Vec::new();
        for Sequenced { sequence, time, entry } in entries {
            self.shown.store(sequence, Ordering::Release);
            if let LogEntry::Change(logged) = entry {
                if sequence > stored {
                    let operation = Operation::new(logged.change.clone()).at_time(time).at_position(sequence);
                    let operation = Operation {
                        request: logged.request.clone(),
                        request_digest: logged.request_digest,
                        ..operation
                    };
                    let outcome = self.engine.apply(vec![operation], stop).pop();
                    let outcome =
                        outcome.unwrap_or(Err(Error::Internal { what: "a change without an outcome" }));
                    match outcome {
                        Err(error) if error.is_of_this_node() => {
                            self.shown.store(self.applied(), Ordering::Release);
                            return (decisions, Err(error));
                        }
                        outcome => decisions.push(Decision::new(&logged, time, outcome)),
                    }
                }
                self.note(sequence, time, logged.change);
            }
            self.applied.send_replace(sequence);
        }
        (decisions, Ok(()))
    }

    /// Notes a change that partitions have to know.
    fn note(&self, sequence: u64, time: Timestamp, change: Change) {
        let concerns_partitions = matches!(
            change,
            Change::CreateCollection { .. } | Change::DeleteCollection { .. } | Change::Calibrate { .. }
        );
        if concerns_partitions {
            self.history.write().insert(sequence, Dated { time, change });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::cluster::applying::entry::LoggedChange;
    use crate::model::{CollectionName, CorpusSeed, FingerprintSettings, Limits};

    const COLLECTIONS: u64 = 500;

    fn name(number: u64) -> CollectionName {
        CollectionName::new(&format!("c{number}")).unwrap()
    }

    fn create(number: u64) -> Sequenced {
        let settings = FingerprintSettings::default();
        let entry = LogEntry::Change(Box::new(LoggedChange {
            operation: 1,
            meta: 0,
            publisher: "a".to_owned(),
            change: Change::CreateCollection { collection: name(number), settings },
            request: None,
            request_digest: None,
        }));
        Sequenced { sequence: number, time: Timestamp::now(), entry }
    }

    #[test]
    fn who_sees_a_collection_can_name_the_entry_that_created_it() {
        let engine = Engine::with_seed(Limits::default(), CorpusSeed::new(3));
        let (meta, begun) = (Meta::new(Arc::new(engine)), Instant::now());
        std::thread::scope(|threads| {
            threads.spawn(|| {
                for number in 1..=COLLECTIONS {
                    meta.apply(vec![create(number)], &Stop::never()).1.unwrap();
                }
            });
            for number in 1..=COLLECTIONS {
                while meta.engine.get_collection(&name(number)).is_err() {
                    assert!(begun.elapsed() < Duration::from_mins(1), "collection {number} does not come");
                }
                assert!(meta.shown() >= number, "{} shows collection {number}", meta.shown());
            }
        });
        assert_eq!((meta.shown(), meta.applied()), (COLLECTIONS, COLLECTIONS));
    }
}
