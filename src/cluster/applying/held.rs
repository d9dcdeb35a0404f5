//! A partition that this node holds: a corpus of its own, which applies the partition's log.

use std::sync::Arc;

use parking_lot::RwLock;
use tokio::sync::watch;

use super::entry::LogEntry;
use super::meta::{Dated, Meta};
use super::position::Position;
use super::sequenced::{Decision, Sequenced};
use crate::engine::{Engine, Error, Operation};
use crate::model::Stop;

/// A partition that this node holds.
#[derive(Debug)]
pub(crate) struct Held {
    /// Its number.
    pub(crate) partition: u16,
    /// Its sources: the present corpus, whose place a copy of another node may take.
    engine: RwLock<Arc<Engine>>,
    applied: watch::Sender<Applied>,
}

/// How far a partition is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Applied {
    /// Its position in both logs.
    pub(crate) position: Position,
    /// The revision of its corpus, which is a function of the position.
    pub(crate) revision: u64,
}

/// An operation of a batch.
struct Step {
    operation: Operation,
    /// The decision to deliver; `None` for a change of the meta log.
    of: Option<Decision>,
}

impl Applied {
    /// How far an engine has applied its log.
    fn of(engine: &Engine) -> Self {
        Self { position: Position::unpack(engine.log_position()), revision: engine.revision() }
    }
}

impl Held {
    /// A partition over its engine, as far as that has applied its log.
    pub(crate) fn new(partition: u16, engine: Arc<Engine>) -> Self {
        let applied = watch::Sender::new(Applied::of(&engine));
        Self { partition, engine: RwLock::new(engine), applied }
    }

    /// Its present sources.
    pub(crate) fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine.read())
    }

    /// Puts an engine that has applied more of the log in the place of the present one, and gives the latter: views of it stay
    /// as they are. No entries may be applied meanwhile.
    pub(crate) fn replace(&self, engine: Arc<Engine>) -> Arc<Engine> {
        let applied = Applied::of(&engine);
        let before = std::mem::replace(&mut *self.engine.write(), engine);
        // Who waits for it finds the new engine.
        self.applied.send_replace(applied);
        before
    }

    /// How far it is applied.
    pub(crate) fn applied(&self) -> Applied {
        *self.applied.borrow()
    }

    /// Watches what is applied.
    pub(crate) fn watch(&self) -> watch::Receiver<Applied> {
        self.applied.subscribe()
    }

    /// Applies entries in order, each after the changes of the meta log that it names. These must be known. Linear in the texts.
    ///
    /// # Errors
    ///
    /// [`Error`] of this node, with what was decided before. The entries from the failed one on can be applied again.
    pub(crate) fn apply(
        &self,
        entries: Vec<Sequenced>,
        meta: &Meta,
        stop: &Stop,
    ) -> (Vec<Decision>, Result<(), Error>) {
        let mut position = self.applied().position;
        let mut steps = Vec::new();
        for Sequenced { sequence, time, entry } in entries {
            let named = entry.named_meta();
            for (at, Dated { time, change }) in meta.between(position.meta, named) {
                let at = Position { sequence: sequence - 1, meta: at };
                steps.push((Operation::new(change).at_time(time), at, None));
            }
            position = Position { sequence, meta: position.meta.max(named) };
            if let LogEntry::Change(logged) = entry {
                let unknown = Err(Error::Internal { what: "a change without an outcome" });
                let decision = Decision::new(&logged, time, unknown);
                let operation = Operation {
                    request: logged.request,
                    request_digest: logged.request_digest,
                    ..Operation::new(logged.change).at_time(time)
                };
                steps.push((operation, position, Some(decision)));
            }
        }
        let full = Error::Internal { what: "a log with more entries than a position can name" };
        let placed: Option<Vec<Step>> = steps
            .into_iter()
            .map(|(operation, at, of)| Some(Step { operation: operation.at_position(at.pack()?), of }))
            .collect();
        let Some(placed) = placed else { return (Vec::new(), Err(full)) };
        let engine = self.engine();
        let (decisions, done) = make(&engine, placed, stop);
        let applied = Applied::of(&engine);
        let position = if done.is_ok() { position } else { applied.position };
        self.applied.send_replace(Applied { position, ..applied });
        (decisions, done)
    }
}

/// Makes changes, up to the first that fails in this process.
fn make(engine: &Engine, steps: Vec<Step>, stop: &Stop) -> (Vec<Decision>, Result<(), Error>) {
    let (operations, decisions): (Vec<_>, Vec<_>) =
        steps.into_iter().map(|step| (step.operation, step.of)).unzip();
    let outcomes = engine.apply(operations, stop);
    let mut decided = Vec::with_capacity(outcomes.len());
    for (outcome, decision) in outcomes.into_iter().zip(decisions) {
        match outcome {
            Err(error) if error.is_of_this_node() => return (decided, Err(error)),
            // It was applied before: its outcome was delivered then.
            Err(Error::AlreadyApplied { .. }) => {}
            outcome => decided.extend(decision.map(|decision| Decision { outcome, ..decision })),
        }
    }
    (decided, Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::applying::entry::LoggedChange;
    use crate::engine::{Change, Outcome, Timestamp};
    use crate::model::{
        CollectionName, CorpusSeed, FingerprintSettings, IfExists, Limits, NewSource, RequestId, RequestKey,
        SourceId,
    };

    fn engine() -> Arc<Engine> {
        Arc::new(Engine::with_seed(Limits::default(), CorpusSeed::new(3)))
    }

    fn name(name: &str) -> CollectionName {
        CollectionName::new(name).unwrap()
    }

    fn logged(meta: u64, change: Change) -> LogEntry {
        LogEntry::Change(Box::new(LoggedChange {
            operation: 1,
            meta,
            publisher: "a".to_owned(),
            change,
            request: None,
            request_digest: None,
        }))
    }

    fn add(collection: &str, id: &str, meta: u64) -> LogEntry {
        let source = NewSource::new(format!("The keeper of light {id} wrote every storm into a ledger."))
            .with_id(SourceId::new(id).unwrap());
        logged(meta, Change::AddSource { collection: name(collection), source, if_exists: IfExists::Replace })
    }

    fn create(collection: &str) -> LogEntry {
        let settings = FingerprintSettings::default();
        logged(0, Change::CreateCollection { collection: name(collection), settings })
    }

    fn delete(collection: &str) -> LogEntry {
        logged(0, Change::DeleteCollection { collection: name(collection) })
    }

    fn sequenced(from: u64, entries: Vec<LogEntry>) -> Vec<Sequenced> {
        let time = Timestamp::now();
        (from..).zip(entries).map(|(sequence, entry)| Sequenced { sequence, time, entry }).collect()
    }

    fn meta(entries: Vec<LogEntry>) -> Meta {
        let meta = Meta::new(engine());
        meta.apply(sequenced(1, entries), &Stop::never()).1.unwrap();
        meta
    }

    fn listing(held: &Held) -> Vec<String> {
        let sources = |collection: &CollectionName| {
            let found = held.engine().list_sources(collection, None, usize::MAX).unwrap();
            found
                .iter()
                .map(|entry| format!("{collection}/{}@{}", entry.id, entry.changed))
                .collect::<Vec<_>>()
        };
        let all = held.engine().list_collections(&crate::model::Visibility::all(), None, usize::MAX);
        all.iter().flat_map(|info| [vec![format!("{}", info.name)], sources(&info.name)].concat()).collect()
    }

    /// However the log is cut into batches, the state is the same.
    #[test]
    fn a_partition_is_a_function_of_its_log() {
        let of_meta = || vec![create("a"), create("b"), delete("a"), create("a")];
        let log = || {
            vec![
                add("default", "1", 0),
                add("a", "1", 1),
                add("b", "1", 2),
                add("a", "2", 1),
                LogEntry::Follow { meta: 3 },
                add("a", "3", 3),
                add("a", "4", 4),
                add("b", "2", 2),
                add("default", "1", 4),
            ]
        };
        let known = meta(of_meta());
        let whole = Held::new(0, engine());
        let (decisions, done) = whole.apply(sequenced(1, log()), &known, &Stop::never());
        done.unwrap();
        let outcomes: Vec<bool> = decisions.iter().map(|one| one.outcome.is_ok()).collect();
        assert_eq!(outcomes, [true, true, true, true, false, true, true, true]);
        assert_eq!(whole.applied().position, Position { sequence: 9, meta: 4 });
        let expected = ["a", "a/4@9", "b", "b/1@5", "b/2@10", "default", "default/1@11"];
        assert_eq!(listing(&whole), expected);
        for size in 1..5 {
            let pieces = Held::new(0, engine());
            for piece in sequenced(1, log()).chunks(size) {
                pieces.apply(piece.to_vec(), &known, &Stop::never()).1.unwrap();
            }
            assert_eq!((listing(&pieces), pieces.applied()), (listing(&whole), whole.applied()), "{size}");
        }
    }

    /// Room that a deletion makes is there for what follows it, also in one batch.
    #[test]
    fn a_full_collection_is_decided_in_order() {
        let delete = |id: &str| {
            logged(0, Change::DeleteSource { collection: name("default"), id: SourceId::new(id).unwrap() })
        };
        let log = || {
            vec![
                add("default", "1", 0),
                add("default", "2", 0),
                delete("1"),
                add("default", "3", 0),
                add("default", "4", 0),
            ]
        };
        for size in 1..=5 {
            let limits = Limits::default().with_max_sources_per_collection(2_usize);
            let held = Held::new(0, Arc::new(Engine::with_seed(limits, CorpusSeed::new(3))));
            let mut decided = Vec::new();
            for piece in sequenced(1, log()).chunks(size) {
                let (decisions, done) = held.apply(piece.to_vec(), &meta(Vec::new()), &Stop::never());
                done.unwrap();
                decided.extend(decisions.into_iter().map(|one| one.outcome.is_ok()));
            }
            assert_eq!(decided, [true, true, true, true, false], "{size}");
            assert_eq!(listing(&held), ["default", "default/2@2", "default/3@4"]);
        }
    }

    #[test]
    fn a_partition_goes_on_where_it_was_and_a_retry_gets_the_first_outcome() {
        let folder = tempfile::tempdir().unwrap();
        let open = || {
            let (limits, seed) = (Limits::default(), CorpusSeed::new(3));
            let engine = Engine::open_seeded(folder.path(), limits, 0, seed, &mut |_| {}).unwrap();
            Held::new(4, Arc::new(engine))
        };
        let known = meta(vec![create("a")]);
        let with_request = |entry: LogEntry| match entry {
            LogEntry::Change(logged) => {
                let request = Some(RequestKey::new("me", RequestId::new("r").unwrap()));
                LogEntry::Change(Box::new(LoggedChange { request, ..*logged }))
            }
            other => other,
        };
        let first = sequenced(1, vec![add("a", "1", 1), with_request(add("a", "2", 1))]);
        let before = {
            let held = open();
            held.apply(first.clone(), &known, &Stop::never()).1.unwrap();
            held.engine().close();
            held.applied()
        };
        let held = open();
        assert_eq!(held.applied(), before);
        assert_eq!(before.position, Position { sequence: 2, meta: 1 });
        // What is applied again is not made again.
        held.apply(first, &known, &Stop::never()).1.unwrap();
        assert_eq!(held.applied(), before);
        let again = sequenced(3, vec![with_request(add("a", "2", 1))]);
        let (decisions, done) = held.apply(again, &known, &Stop::never());
        done.unwrap();
        let [Decision { outcome: Ok(Outcome::SourceAdded(added)), .. }] = decisions.as_slice() else {
            panic!("{decisions:?}")
        };
        assert_eq!((added.entry.added, held.applied().revision), (3, before.revision));
    }
}
