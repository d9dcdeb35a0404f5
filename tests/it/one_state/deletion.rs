//! Every call ends, whatever is deleted while it runs.
//!
//! A check on a pool waits for its parts, and its thread runs other checks meanwhile. If a check held a lock while it
//! waits, the same stack would therefore ask for the lock again, behind a deletion that waits for the first check.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use palimpsest::fingerprint::FingerprintSettings;
use palimpsest::{
    BackupError, CollectionName, DetectionOptions, Engine, Error, IfExists, Limits, Scope, Stop, StoreError,
};
use tempfile::TempDir;

use super::{id, name, source};
use crate::harness::{figure, opened};
use crate::words::Words;

/// Checks of one round.
const CHECKS: usize = 24;

/// Threads that checks run on. More than there are cores, so that threads often wait for parts of their checks.
const THREADS: usize = 4;

/// Similar sources of the collection that is deleted.
const SOURCES: u64 = 40;

/// Sources that take long to compare, and stand behind the similar ones.
const LARGE: std::ops::Range<u64> = SOURCES..SOURCES + 2;

/// Rounds after which a corpus on disk is closed in the midst of one, and opened again.
const CLOSED_AFTER: u64 = 50;

/// Time within which every call of a round has to end. A round takes well under a second.
const BOUND: Duration = Duration::from_mins(1);

/// A corpus in memory, or on disk where there is a folder.
fn open(folder: Option<&TempDir>) -> Arc<Engine> {
    let on_disk =
        |folder: &TempDir| opened(|| Engine::open(folder.path(), Limits::default(), 1 << 20, &mut |_| {}));
    Arc::new(folder.map_or_else(Engine::in_memory, on_disk).unwrap())
}

/// The result of a call, and which call it was.
type Ended = (&'static str, Result<(), Error>);

/// Calls that are under way.
struct UnderWay {
    round: u64,
    sender: Sender<Ended>,
    ended: Receiver<Ended>,
    count: usize,
}

impl UnderWay {
    fn new(round: u64) -> Self {
        let (sender, ended) = channel();
        Self { round, sender, ended, count: 0 }
    }

    /// Counts a call; the returned function takes its result.
    fn call<T>(&mut self, what: &'static str) -> impl FnOnce(Result<T, Error>) + Send + use<T> {
        self.count += 1;
        let sender = self.sender.clone();
        move |result| drop(sender.send((what, result.map(drop))))
    }

    /// Runs a call that blocks in a thread of its own. The thread is not joined: it may never end.
    fn spawn(
        &mut self,
        what: &'static str,
        stress: &Stress,
        work: impl FnOnce(&Stress) -> Result<(), Error> + Send + 'static,
    ) {
        let (stress, done) = (stress.clone(), self.call(what));
        std::thread::spawn(move || {
            let result = work(&stress);
            drop(stress);
            done(result);
        });
    }

    /// Waits for all calls. Fails when a call doesn't end, or fails for another reason than the deletions and the
    /// closing.
    fn wait(self) {
        let Self { round, sender, ended, count } = self;
        drop(sender);
        let deadline = Instant::now() + BOUND;
        for before in 0..count {
            let left = deadline.saturating_duration_since(Instant::now());
            let (what, result) = ended.recv_timeout(left).unwrap_or_else(|error| {
                let left = count - before;
                panic!("round {round}: {left} of {count} calls did not end within {BOUND:?}: {error}")
            });
            let is_expected = matches!(
                result,
                Ok(())
                    | Err(Error::CollectionNotFound(_)
                        | Error::SourceNotFound { .. }
                        | Error::Store(StoreError::Closed))
            );
            assert!(is_expected, "round {round}: {what}: {result:?}");
        }
    }
}

/// A corpus, the collections that are deleted, and the threads on which they are checked.
#[derive(Clone)]
struct Stress {
    engine: Arc<Engine>,
    pool: Arc<rayon::ThreadPool>,
    /// The collection that is deleted while it is read and changed.
    passing: CollectionName,
    boilerplate: CollectionName,
    /// The text that its sources and the submissions have in common.
    shared: String,
    /// Submission of checks whose thread has to wait: another one compares the large sources meanwhile.
    short: String,
    /// Submission of checks that take a while between the look-up of their collection and the reading of it.
    long: String,
}

impl Stress {
    fn new(engine: Arc<Engine>) -> Self {
        let shared = Words::new(5).text(100);
        let [short, long] = [100, 4000].map(|words| format!("{shared} {}", Words::new(6).text(words)));
        let pool = Arc::new(rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap());
        Self { engine, pool, passing: name("passing"), boilerplate: name("boilerplate"), shared, short, long }
    }

    /// Adds a source that is similar to all others, or replaces it.
    fn put(&self, collection: &CollectionName, number: u64, words: &mut Words, calls: &mut UnderWay) {
        let text = if LARGE.contains(&number) {
            format!("{} {}", &self.shared[..self.shared.len() / 2], words.text(10_000))
        } else {
            format!("{} {}", words.text(5), self.shared)
        };
        let source = source(number, text);
        self.engine.submit_source(collection, source, IfExists::Replace, None, calls.call("AddSource"));
    }

    /// Creates the collections and their sources.
    fn set_up(&self, round: u64, words: &mut Words) {
        let mut calls = UnderWay::new(round);
        for (collection, sources) in [(&self.passing, LARGE.end), (&self.boilerplate, 1)] {
            self.engine.create_collection(collection, FingerprintSettings::default()).unwrap();
            for number in 0..sources {
                self.put(collection, number, words, &mut calls);
            }
        }
        calls.wait();
    }

    /// Every sixth check waits; the others are run meanwhile, some of them with boilerplate.
    fn check(&self, number: usize) -> Result<(), Error> {
        let waits = number.is_multiple_of(6);
        let mut scope = Scope { collections: [self.passing.clone()].into(), ..Scope::default() };
        if !waits {
            scope.exclude_source_ids = LARGE.map(id).collect();
        }
        let mut options = DetectionOptions::default();
        if number % 6 == 1 {
            options.exclusions.boilerplate_collections.insert(self.boilerplate.clone());
        }
        let submission = if waits { &self.short } else { &self.long };
        self.engine.check(submission, &scope, &options, &Stop::never()).map(drop)
    }

    /// Begins all checks of a round. The receiver gets a message for each start.
    fn begin_checks(&self, calls: &mut UnderWay) -> Receiver<()> {
        let (begins, begun) = channel();
        for number in 0..CHECKS {
            let (stress, begins, done) = (self.clone(), begins.clone(), calls.call("Check"));
            self.pool.spawn(move || {
                let _ = begins.send(());
                let result = stress.check(number);
                drop(stress);
                done(result);
            });
        }
        begun
    }

    /// Replaces and deletes sources until their collection is deleted: enough of them for a purge.
    fn change(&self, round: u64) {
        let mut words = Words::new(1000 + round);
        while self.engine.get_collection(&self.passing).is_ok() {
            let mut calls = UnderWay::new(round);
            for number in 0..SOURCES {
                if words.below(8) == 0 {
                    self.engine.submit_deletion(&self.passing, &id(number), None, calls.call("DeleteSource"));
                } else {
                    self.put(&self.passing, number, &mut words, &mut calls);
                }
            }
            calls.wait();
        }
    }

    fn delete(&self) -> Result<(), Error> {
        self.engine.delete_collection(&self.passing)?;
        self.engine.delete_collection(&self.boilerplate).map(drop)
    }

    fn back_up(&self) -> Result<(), Error> {
        match self.engine.backup(&mut std::io::sink()) {
            Ok(_) | Err(BackupError::InMemory | BackupError::InCluster) => Ok(()),
            Err(BackupError::Store(error)) => Err(Error::Store(error)),
            Err(BackupError::Write(error)) => panic!("{error}"),
        }
    }
}

/// Waits until `checks` checks have begun, and then for `later`.
fn wait_for_moment(begun: &Receiver<()>, checks: usize, later: Duration) {
    for _ in 0..checks {
        let _ = begun.recv_timeout(BOUND);
    }
    let moment = Instant::now() + later;
    while let Some(left) = moment.checked_duration_since(Instant::now()) {
        let _ = begun.recv_timeout(left);
    }
}

/// Deletes collections at all moments of the checks that read them and of the changes to them.
fn stress(folder: Option<&TempDir>, rounds: u64) {
    let mut stress = Stress::new(open(folder));
    let mut words = Words::new(rounds);
    for round in 0..rounds {
        stress.set_up(round, &mut words);
        let begins = Instant::now();
        stress.pool.install(|| stress.check(2)).unwrap();
        let (checks, later) = (1 + words.below(CHECKS / 2), begins.elapsed() * words.below(100) as u32 / 100);
        let mut calls = UnderWay::new(round);
        let begun = stress.begin_checks(&mut calls);
        calls.spawn("changes", &stress, move |stress| {
            stress.change(round);
            Ok(())
        });
        calls.spawn("backup", &stress, Stress::back_up);
        let is_closed = folder.is_some() && (round + 1 == rounds || round % CLOSED_AFTER == CLOSED_AFTER - 1);
        calls.spawn("deletion", &stress, move |stress| {
            wait_for_moment(&begun, checks, later);
            let deleted = stress.delete();
            if is_closed {
                // Writes a snapshot of the index while checks go on.
                stress.engine.close();
            }
            deleted
        });
        calls.wait();
        if is_closed {
            drop(stress);
            stress = Stress::new(open(folder));
            assert!(stress.check(2).is_err(), "the collection is there again");
        }
    }
}

/// `PALIMPSEST_DELETION_ROUNDS` sets the number of rounds.
#[test]
fn checks_and_the_deletion_of_their_collection_always_end() {
    stress(None, figure("PALIMPSEST_DELETION_ROUNDS", 10));
}

/// The same, on disk.
#[test]
fn checks_and_the_deletion_of_their_collection_always_end_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    stress(Some(&folder), figure("PALIMPSEST_DELETION_ROUNDS", 6));
}
