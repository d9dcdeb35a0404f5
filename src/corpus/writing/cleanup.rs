//! Cleanup after changes, in a thread of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Message;
use crate::corpus::changes::wait;
use crate::corpus::collection::Collection;
use crate::corpus::gone::GoneTexts;
use crate::corpus::opening::write_snapshot;
use crate::corpus::state::Corpus;
use crate::model::CollectionNumber;
use crate::store::Store;

/// The time between two attempts to drop what readers retain.
const READERS_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// The time between the death of a text and the check of its file, since more may follow.
const COMPACTED_AFTER: Duration = Duration::from_millis(200);

/// The time between two attempts to move texts: the disk may be full.
const COMPACTED_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// The longest time between two checks of the files, for deleted texts that have been there for too long.
const ERASED_EVERY: Duration = Duration::from_mins(1);

/// A task of the cleanup.
#[derive(Debug)]
pub(super) enum Task {
    /// Drop what is left of sources that are gone.
    DropGone(Arc<Collection>),
    /// Drop the texts of a collection that is gone.
    DropTexts(GoneTexts),
    /// Write a snapshot of the index.
    Snapshot,
    /// End the thread.
    Stop,
}

impl Task {
    /// The task to drop what is gone from a collection, if something is.
    pub(super) fn drop_gone(collection: Arc<Collection>) -> Option<Self> {
        let is_due = {
            let catalogue = collection.catalogue.read();
            catalogue.has_texts_to_drop() || catalogue.has_superseded()
        };
        is_due.then_some(Self::DropGone(collection))
    }
}

/// Remains that are dropped once no reader can look at them.
#[derive(Debug, Default)]
pub(super) struct Cleanup {
    collections: BTreeMap<CollectionNumber, Arc<Collection>>,
    texts: Vec<GoneTexts>,
}

impl Cleanup {
    /// Takes a task. One that waits for no reader is done at once.
    pub(super) fn take(&mut self, task: Task, corpus: &Corpus) {
        match task {
            Task::DropGone(collection) => drop(self.collections.insert(collection.number, collection)),
            Task::DropTexts(texts) => self.texts.push(texts),
            Task::Snapshot => write_snapshot(corpus, false),
            Task::Stop => {}
        }
    }

    /// Drops what no reader can look at.
    pub(super) fn run(&mut self, store: &Store) {
        self.collections.retain(|_, collection| !collection.drop_gone(store));
        self.texts.retain(|texts| !texts.try_drop(store));
    }

    fn is_empty(&self) -> bool {
        self.collections.is_empty() && self.texts.is_empty()
    }
}

/// The thread of the cleanup.
#[derive(Debug)]
pub(super) struct Janitor {
    tasks: Sender<Task>,
    thread: JoinHandle<()>,
}

impl Janitor {
    pub(super) fn start(corpus: Arc<Corpus>, requests: SyncSender<Message>) -> std::io::Result<Self> {
        let (tasks, waiting) = channel();
        let thread = std::thread::Builder::new().name("janitor".to_owned());
        let thread = thread.spawn(move || run(&corpus, &requests, &waiting))?;
        Ok(Self { tasks, thread })
    }

    /// The sender of tasks.
    pub(super) fn tasks(&self) -> Sender<Task> {
        self.tasks.clone()
    }

    /// Ends the thread after its present task.
    pub(super) fn stop(self) {
        drop(self.tasks.send(Task::Stop));
        if self.thread.join().is_err() {
            tracing::error!("the cleanup thread ended by a defect");
        }
    }
}

/// Does tasks until it is stopped.
fn run(corpus: &Corpus, requests: &SyncSender<Message>, waiting: &Receiver<Task>) {
    let most = Duration::from_secs(corpus.limits.max_deleted_text_seconds);
    let erased_every = (most / 4).clamp(COMPACTED_AFTER, ERASED_EVERY);
    let mut cleanup = Cleanup::default();
    let mut compacted_at = Instant::now() + COMPACTED_AFTER;
    loop {
        let until_compaction = compacted_at.saturating_duration_since(Instant::now());
        let patience =
            if cleanup.is_empty() { until_compaction } else { until_compaction.min(READERS_AGAIN_AFTER) };
        match waiting.recv_timeout(patience) {
            Ok(Task::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(task) => {
                cleanup.take(task, corpus);
                compacted_at = compacted_at.min(Instant::now() + COMPACTED_AFTER);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        cleanup.run(&corpus.store);
        if compacted_at <= Instant::now() {
            let is_done = compact(corpus, requests, most);
            let later = if is_done { erased_every } else { COMPACTED_AGAIN_AFTER };
            compacted_at = Instant::now() + later;
        }
    }
}

/// Moves living texts out of files of which too much is dead, so that these can be deleted. Returns true if that is done.
fn compact(corpus: &Corpus, requests: &SyncSender<Message>, erase_after: Duration) -> bool {
    let mut are_moved = true;
    let result = corpus.store.compact(erase_after, &mut |texts| {
        let relocated = wait(|done| {
            // If the committer has ended, `done` is dropped, and the wait is over.
            drop(requests.send(Message::Relocate { texts, done }));
        });
        are_moved = relocated.is_ok();
        are_moved
    });
    if let Err(error) = &result {
        tracing::error!(%error, "files with deleted texts can't be compacted; it is tried again");
    }
    result.is_ok() && are_moved
}
