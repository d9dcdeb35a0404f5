//! Writing: callers prepare changes, and one committer makes them durable and publishes them, in order.
//!
//! Preparing a source (tokens, fingerprints, compression, postings) takes most of the time, and many threads do it at
//! once. The committer takes all changes that wait, decides each against the corpus as it will be by then, writes them in one
//! commit, and publishes them, each under the next revision. So a reader sees a change if, and only if, it is durable.
//!
//! A corpus in memory is committed by the caller's thread, one at a time. A corpus on disk has a committing thread, so that
//! no other thread waits for the disk, and a [cleanup] thread.

mod apply;
mod batches;
mod cleanup;
mod commit;
mod decide;
mod log;
mod pending;
mod prepare;
mod publish;
mod step;
#[cfg(test)]
mod tests;
mod waiting;

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use parking_lot::Mutex;

use self::batches::{Batches, Job};
use self::cleanup::{Cleanup, Janitor};
use self::commit::{Aftermath, Committer};
use self::pending::{Pending, Reply, Work};
use self::prepare::{IdCheck, Preparation};
use self::waiting::Waiting;
use super::changes::{Change, Done, Operation, Outcome, RequestDigest, Ticket};
use super::error::Error;
use super::selecting::Selection;
use super::state::Corpus;
use crate::model::{RequestKey, Stop};
use crate::store::{Relocation, SystemError};

/// The largest number of changes that wait for the committer. A caller with one more waits until there is room.
const WAITING_CHANGES: usize = 4096;

/// The writer of a corpus.
#[derive(Debug)]
pub(crate) struct Writer {
    corpus: Arc<Corpus>,
    committing: Committing,
}

/// The thread that commits.
#[derive(Debug)]
enum Committing {
    /// The caller's.
    Inline(Box<Inline>),
    /// One of the writer.
    Thread(Threads),
}

/// The committer and the cleanup of a corpus in memory.
#[derive(Debug)]
struct Inline {
    committer: Mutex<Committer>,
    cleanup: Mutex<Cleanup>,
}

/// The threads of a corpus on disk.
#[derive(Debug)]
struct Threads {
    messages: SyncSender<Message>,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    committer: JoinHandle<()>,
    janitor: Janitor,
}

/// A message to the committing thread.
enum Message {
    /// Make a change.
    Change(Box<Waiting>),
    /// Move texts on the disk. The corpus stays the same.
    Relocate { texts: Vec<Relocation>, done: Done<()> },
    /// End the thread.
    Stop,
}

impl Writer {
    /// The writer of a corpus in memory.
    pub(crate) fn inline(corpus: Arc<Corpus>) -> Self {
        let committer = Mutex::new(Committer::new(Arc::clone(&corpus)));
        let inline = Inline { committer, cleanup: Mutex::default() };
        Self { corpus, committing: Committing::Inline(Box::new(inline)) }
    }

    /// The writer of a corpus on disk.
    pub(super) fn start(corpus: Arc<Corpus>) -> Result<Self, Error> {
        let no_thread = |error: std::io::Error| Error::NoThread(SystemError::from(&error));
        let (messages, waiting) = sync_channel(WAITING_CHANGES);
        let janitor = Janitor::start(Arc::clone(&corpus), messages.clone()).map_err(no_thread)?;
        let tasks = janitor.tasks();
        let thread = std::thread::Builder::new().name("committer".to_owned());
        let mut committer = Committer::new(Arc::clone(&corpus));
        let committer = thread.spawn(move || {
            for job in Batches::new(&waiting) {
                let after = match job {
                    Job::Commit(pending) => committer.commit(pending),
                    Job::Relocate { texts, done } => committer.relocate(&texts, done),
                };
                for task in after.tasks {
                    // The janitor ends before this thread only when the writer is closed.
                    drop(tasks.send(task));
                }
                Reply::send_all(after.replies, &committer.corpus);
            }
        });
        let running = Running { committer: committer.map_err(no_thread)?, janitor };
        let threads = Threads { messages, running: Mutex::new(Some(running)) };
        Ok(Self { corpus, committing: Committing::Thread(threads) })
    }

    /// Makes a change without waiting for others. `done` is called when the change is durable, in this thread or another.
    pub(crate) fn submit(&self, operation: Operation, done: Done<Outcome>) {
        if let Some(begun) = self.begin(operation, done) {
            let prepared = begun.prepare(&self.corpus, IdCheck::Early);
            self.hand_over(prepared);
        }
    }

    /// The digest of a request from which a change is made.
    pub(crate) fn request_digest(&self, change: &Change, made_from: &[&[u8]]) -> RequestDigest {
        RequestDigest::new(change, made_from, self.corpus.seed)
    }

    /// The outcome of a request that was done.
    pub(crate) fn answered(
        &self,
        request: &RequestKey,
        digest: RequestDigest,
    ) -> Option<Result<Outcome, Error>> {
        self.corpus.once.answered(&digest.ticket(request.clone()), None)
    }

    /// Gives a prepared change to the committer, or answers it if that is not needed.
    fn hand_over(&self, pending: Pending) {
        let pending = match pending {
            Pending { work: Work::Known(answer), position: None, ticket, done, .. } => {
                if let (Ok(outcome), Some(ticket)) = (&answer, ticket) {
                    self.corpus.once.remember_only(ticket, outcome.clone());
                }
                return done(answer);
            }
            pending => pending,
        };
        match &self.committing {
            Committing::Inline(inline) => {
                let Aftermath { tasks, replies } = inline.committer.lock().commit(vec![pending]);
                Reply::send_all(replies, &self.corpus);
                // Sources that readers retain now are dropped after a later change.
                let mut cleanup = inline.cleanup.lock();
                for task in tasks {
                    cleanup.take(task, &self.corpus);
                }
                cleanup.run(&self.corpus.store);
            }
            Committing::Thread(threads) => {
                // A change that can't be sent is answered when it is dropped.
                drop(threads.messages.send(Message::Change(Waiting::new(pending, &self.corpus))));
            }
        }
    }

    /// Prepares a source and commits nothing.
    #[cfg(test)]
    pub(crate) fn prepare_only(
        &self,
        collection: &crate::model::CollectionName,
        source: crate::model::NewSource,
    ) -> Result<Box<impl Sized + use<>>, Error> {
        let collection = self.corpus.collection(collection)?;
        let digest = super::changes::content_digest(&source.text, source.details(), self.corpus.seed);
        self.corpus.prepare_for(collection, source, digest, IdCheck::Early).map(Box::new)
    }

    /// Commits what was submitted, writes a snapshot and ends the threads. Later changes are refused.
    pub(crate) fn close(&self) {
        if self.end_threads() {
            super::opening::write_snapshot(&self.corpus, true);
        }
    }

    /// Commits what was submitted, and ends the threads. Later changes are refused.
    #[cfg(feature = "server")]
    pub(crate) fn retire(&self) {
        self.end_threads();
    }

    /// Ends the threads, and returns true if there were any.
    fn end_threads(&self) -> bool {
        let Committing::Thread(threads) = &self.committing else { return false };
        let Some(Running { committer, janitor }) = threads.running.lock().take() else { return false };
        janitor.stop();
        drop(threads.messages.send(Message::Stop));
        if committer.join().is_err() {
            tracing::error!("the committing thread ended by a defect");
        }
        true
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.end_threads();
    }
}

/// A change that was begun: it is not a retry of another.
struct Begun {
    operation: Operation,
    ticket: Option<Arc<Ticket>>,
    done: Done<Outcome>,
}

impl Writer {
    /// Begins a change; `None` if it is a retry, which is answered with its first.
    fn begin(&self, operation: Operation, done: Done<Outcome>) -> Option<Begun> {
        let ticket = operation.ticket(self.corpus.seed);
        let done = match &ticket {
            None => done,
            Some(ticket) => self.corpus.once.begin(ticket, operation.time, done)?,
        };
        Some(Begun { operation, ticket, done })
    }
}

impl Begun {
    /// Prepares the change for the committer.
    fn prepare(self, corpus: &Corpus, check: IdCheck) -> Pending {
        let Self { operation: Operation { change, position, time, .. }, ticket, done } = self;
        let work = prepared(corpus, change, check).unwrap_or_else(|error| Work::Known(Err(error)));
        Pending { work, ticket, position, time, done }
    }
}

/// The work of a change.
fn prepared(corpus: &Corpus, change: Change, check: IdCheck) -> Result<Work, Error> {
    Ok(match change {
        Change::AddSource { collection, source, if_exists } => {
            match corpus.prepare(&collection, source, if_exists, check)? {
                Preparation::Ready(source) => {
                    Work::Change(Change::AddSource { collection, source, if_exists })
                }
                Preparation::Unchanged(added) => Work::Known(Ok(Outcome::SourceAdded(added))),
            }
        }
        Change::UpdateSource { collection, id, update } => {
            let update = corpus.prepare_update(&collection, &id, update)?;
            Work::Change(Change::UpdateSource { collection, id, update })
        }
        Change::DeleteSources { collection, filter } => {
            let selection = Selection::new(corpus.collection(&collection)?, filter, &Stop::never())?;
            Work::Change(Change::DeleteSources { collection, filter: selection })
        }
        Change::DeleteSource { collection, id } => Work::Change(Change::DeleteSource { collection, id }),
        Change::PutScale { collection, scale, replace } => {
            Work::Change(Change::PutScale { collection, scale, replace })
        }
        Change::DeleteScale { collection, name } => Work::Change(Change::DeleteScale { collection, name }),
        Change::Calibrate { collection, calibration } => {
            Work::Change(Change::Calibrate { collection, calibration })
        }
        Change::CreateCollection { collection, settings } => {
            Work::Change(Change::CreateCollection { collection, settings })
        }
        Change::DeleteCollection { collection } => Work::Change(Change::DeleteCollection { collection }),
    })
}
