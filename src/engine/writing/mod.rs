//! Writing: sources are prepared by whoever adds them, and kept and published by one writer, in order.
//!
//! Preparing (tokens, fingerprints, compression, postings) takes the time, and many threads do it at
//! once. Then one [`Committer`] takes all that waits, writes it to the store in one commit, and only then
//! publishes it, change by change, each under the next revision. So whoever reads sees a change when, and
//! only when, it is durable; and changes that come while a commit runs share the next.
//!
//! The committer decides in order, against the corpus as it is then: whether a limit leaves room, what is replaced,
//! and which collection has the name that a source is for. What it does not keep is undone before that is told.
//!
//! In memory there is nothing to wait for, and whoever writes commits, one at a time. On disk a thread of
//! its own commits, so that no thread that has other work waits for the disk; and another one, the
//! keeper, cleans up.

mod answer;
mod commit;
mod full_disk;
mod keeper;
mod once;
mod prepare;
mod request;
mod step;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

pub(super) use answer::{Answer, Answered};
pub(super) use full_disk::FullDisk;
pub(super) use once::{Once, Receipt, Ticket};
pub(super) use prepare::{Preparation, content_digest};
pub(super) use request::{Done, Request, wait};

use self::commit::{Aftermath, Committer};
use self::keeper::{Cleanup, Keeper};
use self::request::Discarded;
use super::error::Error;
use super::shared::Shared;
use crate::store::StoreError;

/// Requests that may wait for the writer; whoever submits more waits until there is room.
const WAITING_REQUESTS: usize = 4096;

/// Requests of one commit at most.
const REQUESTS_A_COMMIT: usize = 2048;

/// Bytes of text of one commit, from which on no more are added to it.
const TEXT_BYTES_A_COMMIT: usize = 32 << 20;

/// Takes requests.
#[derive(Debug)]
pub(super) enum Writer {
    /// Whoever submits a request commits it, and cleans up.
    Inline(Box<Inline>),
    /// A thread commits them.
    Thread(Threads),
}

/// The committer of a corpus in memory, and what is to be cleaned up.
#[derive(Debug)]
pub(super) struct Inline {
    committer: Mutex<Committer>,
    cleanup: Mutex<Cleanup>,
}

/// The threads of a corpus on disk.
#[derive(Debug)]
pub(super) struct Threads {
    shared: Arc<Shared>,
    requests: SyncSender<Message>,
    running: Mutex<Option<(JoinHandle<()>, Keeper)>>,
}

/// A commit of so many requests says that many are coming: the next one waits for more, for a moment.
const MANY_REQUESTS: usize = 8;

/// Until there are so many,
const WORTH_A_COMMIT: usize = 256;

/// or so much time has passed.
const PATIENCE: Duration = Duration::from_millis(5);

enum Message {
    Request(Request),
    Stop,
}

impl Writer {
    /// A writer for a corpus in memory.
    pub(super) fn inline(shared: Arc<Shared>) -> Self {
        let committer = Mutex::new(Committer::new(shared));
        Self::Inline(Box::new(Inline { committer, cleanup: Mutex::default() }))
    }

    /// A writer for a corpus on disk.
    pub(super) fn start(shared: Arc<Shared>) -> Result<Self, Error> {
        let no_thread = |error: std::io::Error| Error::NoThread(error.to_string());
        let (requests, waiting) = sync_channel(WAITING_REQUESTS);
        let keeper = Keeper::start(Arc::clone(&shared), requests.clone()).map_err(no_thread)?;
        let tasks = keeper.tasks();
        let thread = std::thread::Builder::new().name("committer".to_owned());
        let of_thread = Arc::clone(&shared);
        let committer = thread.spawn(move || {
            let mut committer = Committer::new(of_thread);
            for requests in batches(&waiting) {
                let Aftermath { tasks: kept, discarded } = committer.commit(requests);
                for task in kept {
                    // The keeper ends before this thread does only when all is ending.
                    drop(tasks.send(task));
                }
                undo(discarded, committer.shared());
            }
        });
        let running = Mutex::new(Some((committer.map_err(no_thread)?, keeper)));
        Ok(Self::Thread(Threads { shared, requests, running }))
    }

    /// Hands a request over. It is told when it is done.
    pub(super) fn submit(&self, request: Request) {
        match self {
            Self::Inline(inline) => {
                let (shared, Aftermath { tasks, discarded }) = {
                    let mut committer = inline.committer.lock();
                    let after = committer.commit(vec![request]);
                    (Arc::clone(committer.shared()), after)
                };
                undo(discarded, &shared);
                // What readers hold back now is dropped after a later change.
                let mut cleanup = inline.cleanup.lock();
                for task in tasks {
                    cleanup.take(task, &shared);
                }
                cleanup.run(&shared.store);
            }
            Self::Thread(threads) => {
                if let Err(refused) = threads.requests.send(Message::Request(request))
                    && let Message::Request(request) = refused.0
                {
                    undo(request.refuse(&StoreError::Closed.into()).into_iter().collect(), &threads.shared);
                }
            }
        }
    }

    /// Commits what was submitted, and ends the threads. Later requests are refused. Gives whether there
    /// were threads to end.
    pub(super) fn close(&self) -> bool {
        let Self::Thread(threads) = self else { return false };
        let Some((committer, keeper)) = threads.running.lock().take() else { return false };
        keeper.stop();
        drop(threads.requests.send(Message::Stop));
        if committer.join().is_err() {
            tracing::error!("the committing thread ended by a defect");
        }
        true
    }
}

/// Undoes what was prepared in vain, on all cores: a commit of many sources may have failed.
fn undo(mut discarded: Vec<Discarded>, shared: &Shared) {
    if discarded.len() > 1 {
        discarded.into_par_iter().for_each(|source| source.undo(shared));
    } else if let Some(source) = discarded.pop() {
        source.undo(shared);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// What waits, batch by batch, until the end. Two requests about one source are never in one batch, and
/// one about a whole collection is alone in its.
fn batches(waiting: &Receiver<Message>) -> impl Iterator<Item = Vec<Request>> {
    let mut held: Option<Message> = None;
    let (mut stopped, mut last) = (false, 0);
    std::iter::from_fn(move || {
        let (mut batch, mut sources, mut bytes) = (Vec::new(), HashSet::new(), 0);
        let patience = if last >= MANY_REQUESTS { PATIENCE } else { Duration::ZERO };
        let mut until = None;
        while !stopped && batch.len() < REQUESTS_A_COMMIT && bytes < TEXT_BYTES_A_COMMIT {
            let next = match held.take() {
                Some(message) => Some(message),
                None if batch.is_empty() => waiting.recv().ok(),
                None if batch.len() >= WORTH_A_COMMIT => waiting.try_recv().ok(),
                None => {
                    let until = *until.get_or_insert_with(|| Instant::now() + patience);
                    waiting.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
                }
            };
            let request = match next {
                Some(Message::Request(request)) => request,
                Some(Message::Stop) => {
                    stopped = true;
                    break;
                }
                None => break,
            };
            let source = request.source();
            let alone = source.is_none();
            let fits = source.is_some_and(|source| sources.insert(source));
            if !fits && !batch.is_empty() {
                held = Some(Message::Request(request));
                break;
            }
            bytes += request.text_bytes();
            batch.push(request);
            if alone {
                break;
            }
        }
        last = batch.len();
        (!batch.is_empty()).then_some(batch)
    })
}
