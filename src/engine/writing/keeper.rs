//! Cleaning up after changes, in a thread of its own: nobody waits for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Message;
use super::request::{Request, wait};
use crate::engine::collection::{Collection, LeavingTexts};
use crate::engine::recovery::write_snapshot;
use crate::engine::shared::Shared;
use crate::store::{CollectionNumber, Store};

/// How soon it looks again whether readers have ended that hold back what is gone.
const READERS_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// Files of texts are looked at this long after something in them died: more may follow.
const COMPACTED_AFTER: Duration = Duration::from_millis(200);

/// How long it is put off when texts could not be moved: the disk may be full.
const COMPACTED_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// Files of texts are looked at so often at least, for deleted texts that have stood in them for too long.
const ERASED_EVERY: Duration = Duration::from_mins(1);

/// Something to clean up.
#[derive(Debug)]
pub(super) enum Task {
    /// Drop what is left of sources that are gone.
    DropGone(Arc<Collection>),
    /// Forget the texts of a collection that is gone.
    Forget(LeavingTexts),
    /// Write what the index looks like.
    Snapshot,
    /// There is nothing more to do.
    Stop,
}

impl Task {
    /// To drop what is gone from a collection, if something is.
    pub(super) fn drop_gone(collection: Arc<Collection>) -> Option<Self> {
        let is_due = collection.catalogue.read().has_texts_to_forget();
        is_due.then_some(Self::DropGone(collection))
    }
}

/// What is to be dropped once the readers have ended that may look at it.
#[derive(Debug, Default)]
pub(super) struct Cleanup {
    collections: BTreeMap<CollectionNumber, Arc<Collection>>,
    texts: Vec<LeavingTexts>,
}

impl Cleanup {
    /// Takes a task on; one that waits for no reader is done at once.
    pub(super) fn take(&mut self, task: Task, shared: &Shared) {
        match task {
            Task::DropGone(collection) => drop(self.collections.insert(collection.number, collection)),
            Task::Forget(texts) => self.texts.push(texts),
            Task::Snapshot => write_snapshot(shared, false),
            Task::Stop => {}
        }
    }

    /// Drops what nobody can look at any more.
    pub(super) fn run(&mut self, store: &Store) {
        self.collections.retain(|_, collection| !collection.drop_gone(store));
        self.texts.retain(|texts| !texts.forget(store));
    }

    fn is_empty(&self) -> bool {
        self.collections.is_empty() && self.texts.is_empty()
    }
}

/// The thread that cleans up.
#[derive(Debug)]
pub(super) struct Keeper {
    tasks: Sender<Task>,
    thread: JoinHandle<()>,
}

impl Keeper {
    pub(super) fn start(shared: Arc<Shared>, requests: SyncSender<Message>) -> std::io::Result<Self> {
        let (tasks, waiting) = channel();
        let thread = std::thread::Builder::new().name("keeper".to_owned());
        let thread = thread.spawn(move || keep(&shared, &requests, &waiting))?;
        Ok(Self { tasks, thread })
    }

    /// Where tasks are sent.
    pub(super) fn tasks(&self) -> Sender<Task> {
        self.tasks.clone()
    }

    /// Ends the thread, after what it is doing.
    pub(super) fn stop(self) {
        drop(self.tasks.send(Task::Stop));
        if self.thread.join().is_err() {
            tracing::error!("the keeping thread ended by a defect");
        }
    }
}

/// Does what is to be done, until it is to stop.
fn keep(shared: &Shared, requests: &SyncSender<Message>, waiting: &Receiver<Task>) {
    let most = Duration::from_secs(shared.limits.max_deleted_text_seconds);
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
                cleanup.take(task, shared);
                compacted_at = compacted_at.min(Instant::now() + COMPACTED_AFTER);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        cleanup.run(&shared.store);
        if compacted_at <= Instant::now() {
            let is_done = compact(shared, requests, most);
            let later = if is_done { erased_every } else { COMPACTED_AGAIN_AFTER };
            compacted_at = Instant::now() + later;
        }
    }
}

/// Moves what lives out of files of which too much is dead, so that these can be deleted. Gives whether that is done.
fn compact(shared: &Shared, requests: &SyncSender<Message>, erase_after: Duration) -> bool {
    let mut are_moved = true;
    let result = shared.store.compact(erase_after, &mut |texts| {
        let relocated = wait(|done| {
            // When nobody takes it any more, `done` is dropped, and the wait is over.
            drop(requests.send(Message::Request(Request::Relocate { texts, done })));
        });
        are_moved = relocated.is_ok();
        are_moved
    });
    if let Err(error) = &result {
        tracing::error!(%error, "files with deleted texts can't be compacted; it is tried again");
    }
    result.is_ok() && are_moved
}
