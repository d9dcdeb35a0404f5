//! Cleaning up after changes, in a thread of its own: nobody waits for it.

use std::sync::Arc;
use std::sync::mpsc::{Sender, SyncSender, channel};
use std::thread::JoinHandle;

use super::Message;
use super::request::{Request, wait};
use crate::engine::collection::Collection;
use crate::engine::recovery::write_snapshot;
use crate::engine::shared::Shared;

/// Something to clean up.
#[derive(Debug)]
pub(super) enum Task {
    /// Drop what is left of sources that are gone.
    Purge(Arc<Collection>),
    /// Forget the texts of a collection that is gone.
    Forget(Arc<Collection>),
    /// Write what the index looks like.
    Snapshot,
    /// There is nothing more to do.
    Stop,
}

impl Task {
    /// To purge a collection, if that pays.
    pub(super) fn purge(collection: Arc<Collection>) -> Option<Self> {
        let is_due = collection.catalogue.read().is_purge_due();
        is_due.then_some(Self::Purge(collection))
    }

    /// Does it.
    pub(super) fn run(self, shared: &Shared) {
        match self {
            Self::Purge(collection) => collection.purge_if_due(&shared.store),
            Self::Forget(collection) => collection.forget_texts(&shared.store),
            Self::Snapshot => write_snapshot(shared, false),
            Self::Stop => {}
        }
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
        let thread = std::thread::Builder::new().name("keeper".to_owned()).spawn(move || {
            while let Ok(task) = waiting.recv()
                && !matches!(task, Task::Stop)
            {
                task.run(&shared);
                compact(&shared, &requests);
            }
        })?;
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

/// Moves texts out of files that are mostly unused, so that these can be deleted.
fn compact(shared: &Shared, requests: &SyncSender<Message>) {
    let result = shared.store.compact(&mut |texts| {
        let relocated = wait(|done| {
            // When nobody takes it any more, `done` is dropped, and the wait is over.
            drop(requests.send(Message::Request(Request::Relocate { texts, done })));
        });
        relocated.is_ok()
    });
    if let Err(error) = result {
        tracing::error!(%error, "files that are mostly unused can't be compacted");
    }
}
