//! One commit: decide what of it can be done, keep that, publish it.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::answer::Answer;
use super::keeper::Task;
use super::prepare::{Prepared, verdict};
use super::request::{Discarded, Done, Request};
use super::step::{Action, Step};
use crate::engine::catalogue::{Counts, Growth};
use crate::engine::collection::{Collection, CollectionInfo};
use crate::engine::corpus::{Added, IfExists, not_found};
use crate::engine::error::Error;
use crate::engine::names::{CollectionName, SourceId};
use crate::engine::shared::Shared;
use crate::fingerprint::FingerprintSettings;
use crate::store::{Batch, Change, StoreError};

/// Keeps changes and publishes them, in order. There is one for a corpus.
#[derive(Debug)]
pub(in crate::engine) struct Committer {
    shared: Arc<Shared>,
    /// Changes of which it is not known whether they were kept. Until it is, nothing is written.
    in_doubt: Option<Vec<Step>>,
    /// Bytes of texts in the corpus, and of those that were added since the last snapshot.
    text_bytes: u64,
    unsnapped_bytes: u64,
}

/// What a commit leaves to do, for when no lock is held.
#[derive(Debug, Default)]
pub(super) struct Aftermath {
    /// For the keeper.
    pub(super) tasks: Vec<Task>,
    /// Sources that were not kept; their callers get the answer when they are undone.
    pub(super) discarded: Vec<Discarded>,
}

/// A snapshot is due when so many bytes of texts are not in the last one.
const SNAPSHOT_AFTER_BYTES: u64 = 64 << 20;

/// And when they are one in so many of all.
const SNAPSHOT_AFTER_SHARE: u64 = 8;

impl Committer {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let counts = shared.collections.iter().map(|one| one.catalogue.read().counts().text_bytes);
        let text_bytes = counts.sum();
        Self { shared, in_doubt: None, text_bytes, unsnapped_bytes: 0 }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Does what was asked for, as far as it can be done, and tells everyone but those whose sources are
    /// [discarded](Discarded). Gives what is to be done afterwards.
    pub(super) fn commit(&mut self, requests: Vec<Request>) -> Aftermath {
        let mut after = Aftermath::default();
        let mut waiting = VecDeque::from(requests);
        while !waiting.is_empty() {
            if let Err(error) = self.settle(&mut after) {
                after.discarded.extend(waiting.into_iter().filter_map(|request| request.refuse(&error)));
                return after;
            }
            let steps = self.decide_some(&mut waiting, &mut after);
            if !steps.is_empty() {
                self.keep(steps, &mut after);
            }
        }
        after
    }

    /// Decides on what waits, up to the first request that is about the same source as one before it.
    fn decide_some(&mut self, waiting: &mut VecDeque<Request>, after: &mut Aftermath) -> Vec<Step> {
        let (mut steps, mut sources, mut growth) = (Vec::new(), HashSet::new(), BTreeMap::new());
        let mut revision = *self.shared.revision.read();
        while let Some(request) = waiting.pop_front() {
            let ticket = request.ticket();
            // It may have been done in a commit of which it was not known whether it was kept.
            if let Some(ticket) = &ticket
                && let Some(answer) = self.shared.once.answered(ticket)
            {
                after.discarded.extend(request.tell(answer, ticket));
                continue;
            }
            let Some(request) = self.readdressed(request) else { continue };
            let source = request.source();
            let number = source.as_ref().map(|(collection, _)| *collection);
            if let Some(source) = source
                && !sources.insert(source)
            {
                waiting.push_front(request);
                break;
            }
            let before = number.map(|number| growth.entry(number).or_default());
            if let Some(action) = self.decide(request, before, after) {
                revision += 1;
                let receipt = ticket.map(|ticket| self.shared.once.receipt(ticket));
                steps.push(Step::new(action, revision, receipt));
            }
        }
        steps
    }

    /// Keeps what was decided on, and publishes it.
    fn keep(&mut self, steps: Vec<Step>, after: &mut Aftermath) {
        let began = Instant::now();
        let revision = steps.last().map_or(0, |step| step.revision);
        let kept = self.shared.store.commit(&self.batch(&steps, revision));
        self.shared.full_disk.note(&kept);
        match kept {
            Ok(()) => {
                self.shared.counters.commits.record_since(began);
                self.shared.counters.commit_changes.record(steps.len() as u64);
                self.unsnapped_bytes += steps.iter().map(Step::text_bytes).sum::<u64>();
                for step in steps {
                    after.tasks.extend(self.publish(step));
                }
                after.tasks.extend(self.snapshot_if_due());
            }
            Err(error) => self.give_up(steps, &error, after),
        }
    }

    fn snapshot_if_due(&mut self) -> Option<Task> {
        let least = SNAPSHOT_AFTER_BYTES.max(self.text_bytes / SNAPSHOT_AFTER_SHARE);
        if self.unsnapped_bytes < least || self.shared.store.path().is_none() {
            return None;
        }
        self.text_bytes += std::mem::take(&mut self.unsnapped_bytes);
        Some(Task::Snapshot)
    }

    /// Finds out what became of the commit that is in doubt, if one is.
    fn settle(&mut self, after: &mut Aftermath) -> Result<(), Error> {
        if self.in_doubt.is_none() {
            return Ok(());
        }
        let kept = self.shared.store.settle().inspect_err(|error| {
            self.shared.full_disk.note(&Err(error.clone()));
        })?;
        for step in self.in_doubt.take().into_iter().flatten() {
            if kept {
                after.tasks.extend(self.publish(step));
            } else {
                // Its caller got the answer when the commit failed.
                after.discarded.extend(step.discard(&StoreError::Closed.into()));
            }
        }
        Ok(())
    }

    fn give_up(&mut self, steps: Vec<Step>, error: &StoreError, after: &mut Aftermath) {
        tracing::error!(%error, changes = steps.len(), "a commit failed");
        self.shared.counters.failed_commits.fetch_add(1, Ordering::Relaxed);
        // A purge that was put off must not wait for a commit that succeeds.
        let grown: BTreeMap<_, _> =
            steps.iter().filter_map(Step::grows).map(|collection| (collection.number, collection)).collect();
        after
            .tasks
            .extend(grown.into_values().filter_map(|collection| Task::drop_gone(Arc::clone(collection))));
        let in_doubt = matches!(error, StoreError::Broken { .. });
        let error = Error::Store(error.clone());
        if in_doubt {
            self.in_doubt = Some(steps.into_iter().map(|step| step.tell(&error)).collect());
        } else {
            after.discarded.extend(steps.into_iter().filter_map(|step| step.discard(&error)));
        }
    }

    /// The request, about the collection that has the name now: the one that it was made for may have been deleted
    /// since, and another may be in its place, as is always so for `default`. `None` where there is none, or the source
    /// can't be in it; the caller has its answer then.
    fn readdressed(&self, request: Request) -> Option<Request> {
        match request {
            Request::Add { source, if_exists, ticket, done } => {
                let moved = if source.collection.catalogue.read().is_closed() {
                    let present = self.shared.collection(&source.collection.name);
                    present.and_then(|present| source.moved(&self.shared, present))
                } else {
                    Ok(source)
                };
                match moved {
                    Ok(source) => Some(Request::Add { source, if_exists, ticket, done }),
                    Err(error) => refused(done, error),
                }
            }
            Request::Delete { collection, id, ticket, done } => {
                match self.shared.collection(&collection.name) {
                    Ok(collection) => Some(Request::Delete { collection, id, ticket, done }),
                    Err(error) => refused(done, error),
                }
            }
            request => Some(request),
        }
    }

    /// What is to be done for a request; `None` where there is nothing to do but to tell. `before` is how much the
    /// collection of the source that it is about grows by what was decided on and is not published.
    fn decide(
        &mut self,
        request: Request,
        before: Option<&mut Growth>,
        after: &mut Aftermath,
    ) -> Option<Action> {
        let mut nothing = Growth::default();
        let before = before.unwrap_or(&mut nothing);
        match request {
            Request::Add { source, if_exists, ticket, done } => {
                match self.verdict_on(&source, if_exists, *before) {
                    Ok(growth) => {
                        *before = before.and(growth);
                        let stored = source.stored(0);
                        Some(Action::Add { source, stored, done })
                    }
                    Err(answer) => {
                        if let (Ok(unchanged), Some(ticket)) = (&answer, ticket) {
                            self.shared.once.remember_only(ticket, Answer::Added(unchanged.clone()));
                        }
                        after.discarded.push(Discarded::new(source, done, answer));
                        None
                    }
                }
            }
            Request::Delete { collection, id, done, .. } => decide_delete(collection, id, before, done),
            Request::CreateCollection { name, settings, done, .. } => {
                self.decide_create(&name, settings, done)
            }
            Request::DeleteCollection { name, done, .. } => self.decide_delete_collection(&name, done),
            Request::Relocate { texts, done } => {
                let relocated = self.shared.store.relocate(&texts);
                if matches!(relocated, Err(StoreError::Broken { .. })) {
                    self.in_doubt = Some(Vec::new());
                }
                done(relocated.map_err(Error::from));
                None
            }
        }
    }

    /// How much a source makes its collection grow, or what is answered in place of adding it.
    fn verdict_on(
        &self,
        source: &Prepared,
        if_exists: IfExists,
        before: Growth,
    ) -> Result<Growth, Result<Added, Error>> {
        let Prepared { collection, id, text_bytes, content_digest, .. } = source;
        let old = collection.catalogue.read().get(id).cloned();
        if let Some(answer) = old.and_then(|old| verdict(collection, &old, *content_digest, if_exists)) {
            return Err(answer);
        }
        collection.catalogue.read().admit(id, *text_bytes, before, &self.shared.limits).map_err(Err)
    }

    fn decide_create(
        &self,
        name: &CollectionName,
        settings: FingerprintSettings,
        done: Done<CollectionInfo>,
    ) -> Option<Action> {
        let max_collections = self.shared.limits.max_collections;
        let refusal = if self.shared.collections.contains_key(name) {
            Some(Error::CollectionExists(name.clone()))
        } else if self.shared.collections.len() >= max_collections {
            Some(Error::TooManyCollections { max_collections })
        } else {
            None
        };
        if let Some(error) = refusal {
            done(Err(error));
            return None;
        }
        Some(Action::Create { collection: self.shared.new_collection(name, settings), done })
    }

    fn decide_delete_collection(&self, name: &CollectionName, done: Done<(u64, u64)>) -> Option<Action> {
        match self.shared.collection(name) {
            Err(error) => {
                done(Err(error));
                None
            }
            Ok(collection) => {
                let is_default = *name == CollectionName::default();
                let fresh = is_default.then(|| self.shared.new_collection(name, collection.settings()));
                Some(Action::DeleteCollection { collection, fresh, done })
            }
        }
    }

    /// What the store is to keep.
    fn batch<'a>(&self, steps: &'a [Step], revision: u64) -> Batch<'a> {
        let mut changes = Vec::with_capacity(2 * steps.len() + 1);
        let first_request = self.shared.once.first();
        let mut touched: BTreeMap<_, (&Arc<Collection>, u64)> = BTreeMap::new();
        for Step { revision, action, receipt } in steps {
            let stored = receipt.as_ref().map(|receipt| action.stored(receipt, *revision));
            changes.extend(stored.map(|request| Change::Remember(request, first_request)));
            let collection = match action {
                Action::Add { source, stored, .. } => {
                    let old = source.old_slot();
                    changes.extend(old.map(|slot| Change::RemoveSource(source.collection.key(slot))));
                    changes.push(Change::PutSource(stored, &source.text));
                    &source.collection
                }
                Action::Delete { collection, slot, .. } => {
                    changes.push(Change::RemoveSource(collection.key(*slot)));
                    collection
                }
                Action::Create { collection, .. } => collection,
                Action::DeleteCollection { collection, fresh, .. } => {
                    changes.push(Change::RemoveCollection(collection.number));
                    let Some(fresh) = fresh else { continue };
                    fresh
                }
            };
            touched.insert(collection.number, (collection, *revision));
        }
        changes
            .extend(touched.values().map(|(collection, at)| Change::PutCollection(collection.stored(*at))));
        Batch { corpus: self.shared.stored(revision), changes }
    }

    /// Lets everyone see what was kept.
    fn publish(&self, step: Step) -> Option<Task> {
        let Step { revision, action, receipt } = step;
        let once = &self.shared.once;
        match action {
            Action::Add { source, done, .. } => {
                let (collection, new) = source.into_entry();
                let added = {
                    let mut now = self.shared.revision.write();
                    let mut catalogue = collection.catalogue.write();
                    *now = revision;
                    let before = catalogue.counts();
                    let (entry, replaced) = catalogue.publish(new, revision);
                    self.shared.totals.changed_in(&catalogue, before);
                    let exact_duplicates = catalogue.duplicates(&entry, Added::MAX_DUPLICATES);
                    Added { entry, replaced, unchanged: false, exact_duplicates }
                };
                once.answer(receipt, added, done);
                Task::drop_gone(collection)
            }
            Action::Delete { collection, id, done, .. } => {
                {
                    let mut now = self.shared.revision.write();
                    *now = revision;
                    let mut catalogue = collection.catalogue.write();
                    let before = catalogue.counts();
                    catalogue.remove(&id, revision);
                    self.shared.totals.changed_in(&catalogue, before);
                }
                once.answer(receipt, revision, done);
                Task::drop_gone(collection)
            }
            Action::Create { collection, done } => {
                let info = {
                    let mut now = self.shared.revision.write();
                    *now = revision;
                    collection.catalogue.write().changed_at(revision);
                    self.shared.install(Arc::clone(&collection));
                    CollectionInfo::of(&collection)
                };
                once.answer(receipt, info, done);
                None
            }
            Action::DeleteCollection { collection, fresh, done } => {
                let sources = self.take_down(&collection, fresh, revision);
                once.answer(receipt, (sources, revision), done);
                Some(Task::Forget(collection.leaving_texts()))
            }
        }
    }

    /// Takes a collection away, and gives the number of its sources.
    fn take_down(&self, collection: &Collection, fresh: Option<Arc<Collection>>, revision: u64) -> u64 {
        let mut now = self.shared.revision.write();
        *now = revision;
        // Whoever finds it closed finds what is in its place.
        match fresh {
            Some(fresh) => {
                fresh.catalogue.write().changed_at(revision);
                self.shared.install(fresh);
            }
            None => self.shared.remove(&collection.name),
        }
        let mut catalogue = collection.catalogue.write();
        self.shared.totals.changed(catalogue.counts(), Counts::default());
        catalogue.close(revision);
        catalogue.counts().sources
    }
}

fn decide_delete(
    collection: Arc<Collection>,
    id: SourceId,
    before: &mut Growth,
    done: Done<u64>,
) -> Option<Action> {
    let found = {
        let catalogue = collection.catalogue.read();
        let loss = catalogue.loss_of(&id);
        catalogue.get(&id).map(|entry| (entry.slot, loss))
    };
    let Some((slot, loss)) = found else { return refused(done, not_found(&collection, &id)) };
    *before = before.and(loss);
    Some(Action::Delete { collection, id, slot, done })
}

/// Tells whoever waits why nothing is done.
fn refused<T, U>(done: Done<T>, error: Error) -> Option<U> {
    done(Err(error));
    None
}
