//! The committer: decides changes in order, makes them durable, and publishes them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::cleanup::Task;
use super::log::LogProgress;
use super::pending::{Pending, Reply};
use super::step::Step;
use crate::corpus::changes::Done;
use crate::corpus::error::Error;
use crate::corpus::state::Corpus;
use crate::model::{CollectionNumber, Timestamp};
use crate::store::{Batch, Relocation, RowChange, StoreError, StoredCollection};

/// Commits changes and publishes them, in order. There is one for a corpus.
#[derive(Debug)]
pub(in crate::corpus) struct Committer {
    pub(super) corpus: Arc<Corpus>,
    /// A commit that may or may not be durable. Until that is known, nothing is written.
    in_doubt: Option<InDoubt>,
    /// The progress in a log of changes.
    pub(super) log: LogProgress,
    /// The time of the last change, so that times do not go back when the system's clock does.
    pub(super) last_time: Option<Timestamp>,
    /// Bytes of texts in the corpus, and of those that were added since the last snapshot.
    text_bytes: u64,
    unsnapped_bytes: u64,
}

/// A commit that may or may not be durable.
#[derive(Debug)]
struct InDoubt {
    steps: Vec<Step>,
    log_position: Option<u64>,
}

/// The work that a commit leaves, to be done without a lock.
#[derive(Debug, Default)]
pub(super) struct Aftermath {
    /// Tasks of the cleanup.
    pub(super) tasks: Vec<Task>,
    /// Answers to callers.
    pub(super) replies: Vec<Reply>,
}

/// A snapshot is due when so many bytes of texts are not in the last one,
const SNAPSHOT_AFTER_BYTES: u64 = 64 << 20;

/// and when they are one in so many of all.
const SNAPSHOT_AFTER_SHARE: u64 = 8;

impl Committer {
    pub(super) fn new(corpus: Arc<Corpus>) -> Self {
        let counts = corpus.collections.iter().map(|one| one.catalogue.read().counts().text_bytes);
        let text_bytes = counts.sum();
        let log = LogProgress::new(corpus.log_position());
        Self { corpus, in_doubt: None, log, last_time: None, text_bytes, unsnapped_bytes: 0 }
    }

    /// Makes changes as far as they can be made. The callers get their answers afterwards, without a lock.
    pub(super) fn commit(&mut self, pending: Vec<Pending>) -> Aftermath {
        let mut after = Aftermath::default();
        let mut waiting = VecDeque::from(pending);
        while !waiting.is_empty() {
            if let Err(error) = self.settle(&mut after) {
                for pending in waiting {
                    self.log.refuse(pending.position);
                    after.replies.push(pending.reply(Err(error.clone())));
                }
                return after;
            }
            let steps = self.decide_some(&mut waiting, &mut after);
            if !steps.is_empty() || self.log.decided() > self.corpus.log_position() {
                self.keep(steps, &mut after);
            }
        }
        after
    }

    /// Moves texts to other places on the disk. The corpus stays the same.
    pub(super) fn relocate(&mut self, texts: &[Relocation], done: Done<()>) -> Aftermath {
        let mut after = Aftermath::default();
        let relocated = self.settle(&mut after).and_then(|()| {
            self.corpus.store.relocate(texts).map_err(|error| {
                if matches!(error, StoreError::Broken { .. }) {
                    let log_position = self.corpus.log_position();
                    self.in_doubt = Some(InDoubt { steps: Vec::new(), log_position });
                }
                Error::from(error)
            })
        });
        done(relocated);
        after
    }

    /// Commits what was decided, and publishes it.
    fn keep(&mut self, steps: Vec<Step>, after: &mut Aftermath) {
        let began = Instant::now();
        let revision = steps.last().map_or_else(|| *self.corpus.revision.read(), |step| step.revision);
        let log_position = self.log.decided();
        let kept = self.corpus.store.commit(&self.batch(&steps, revision));
        self.corpus.full_disk.note(&kept);
        match kept {
            Ok(()) => {
                self.corpus.counters.commits.record_since(began);
                self.corpus.counters.commit_changes.record(steps.len() as u64);
                self.unsnapped_bytes += steps.iter().map(Step::text_bytes).sum::<u64>();
                self.publish_all(steps, log_position, after);
                after.tasks.extend(self.snapshot_if_due());
            }
            Err(error) => self.give_up(steps, &error, after),
        }
    }

    fn publish_all(&mut self, steps: Vec<Step>, log_position: Option<u64>, after: &mut Aftermath) {
        self.log.commit(log_position);
        for step in steps {
            self.publish(step, after);
        }
        // Last of all: a reader of the position sees the changes up to it.
        *self.corpus.log_position.write() = log_position;
    }

    fn snapshot_if_due(&mut self) -> Option<Task> {
        let least = SNAPSHOT_AFTER_BYTES.max(self.text_bytes / SNAPSHOT_AFTER_SHARE);
        if self.unsnapped_bytes < least || self.corpus.store.path().is_none() {
            return None;
        }
        self.text_bytes += std::mem::take(&mut self.unsnapped_bytes);
        Some(Task::Snapshot)
    }

    /// Finds out whether the commit in doubt is durable, if there is one.
    fn settle(&mut self, after: &mut Aftermath) -> Result<(), Error> {
        if self.in_doubt.is_none() {
            return Ok(());
        }
        let is_kept = self.corpus.store.settle().inspect_err(|error| {
            self.corpus.full_disk.note(&Err(error.clone()));
        })?;
        let Some(InDoubt { steps, log_position }) = self.in_doubt.take() else { return Ok(()) };
        if is_kept {
            self.publish_all(steps, log_position, after);
        } else {
            // The callers got their answers when the commit failed.
            let nobody = Error::Store(StoreError::Closed);
            after.replies.extend(steps.into_iter().map(|step| step.fail(&nobody)));
        }
        Ok(())
    }

    fn give_up(&mut self, steps: Vec<Step>, error: &StoreError, after: &mut Aftermath) {
        tracing::error!(%error, changes = steps.len(), "a commit failed");
        self.corpus.counters.failed_commits.fetch_add(1, Ordering::Relaxed);
        // A purge that was put off must not wait for a commit that succeeds.
        let grown: BTreeMap<_, _> =
            steps.iter().filter_map(Step::grows).map(|collection| (collection.number, collection)).collect();
        after
            .tasks
            .extend(grown.into_values().filter_map(|collection| Task::drop_gone(Arc::clone(collection))));
        let log_position = self.log.decided();
        self.log.fail(self.corpus.log_position());
        let is_in_doubt = matches!(error, StoreError::Broken { .. });
        let error = Error::Store(error.clone());
        if is_in_doubt {
            let (replies, steps): (Vec<Reply>, Vec<Step>) =
                steps.into_iter().map(|step| step.doubt(&error)).unzip();
            after.replies.extend(replies);
            self.in_doubt = Some(InDoubt { steps, log_position });
        } else {
            after.replies.extend(steps.into_iter().map(|step| step.fail(&error)));
        }
    }

    /// The rows of some steps.
    fn batch<'a>(&self, steps: &'a [Step], revision: u64) -> Batch<'a> {
        let mut changes = Vec::with_capacity(2 * steps.len() + 1);
        let first_request = self.corpus.once.first();
        let mut touched: BTreeMap<CollectionNumber, StoredCollection> = BTreeMap::new();
        for step in steps {
            let request = step.stored_request();
            changes.extend(request.map(|request| RowChange::Remember(request, first_request)));
            step.append_rows(&mut changes);
            touched.extend(step.touched().map(|collection| (collection.number, collection)));
        }
        changes.extend(touched.into_values().map(RowChange::PutCollection));
        Batch { corpus: self.corpus.stored(revision, self.log.decided()), changes }
    }
}
