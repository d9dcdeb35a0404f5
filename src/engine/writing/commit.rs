//! One commit: decide what of it can be done, keep that, publish it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::answer::Answer;
use super::keeper::Task;
use super::once::Ticket;
use super::prepare::{Prepared, verdict};
use super::request::{Done, Request};
use super::step::{Action, Step};
use crate::engine::catalogue::Counts;
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

    /// Does what was asked for, as far as it can be done, and tells everyone. Gives what is to be cleaned
    /// up afterwards.
    pub(super) fn commit(&mut self, requests: Vec<Request>) -> Vec<Task> {
        let mut tasks = Vec::new();
        if let Err(error) = self.settle(&mut tasks) {
            for request in requests {
                request.refuse(&error);
            }
            return tasks;
        }
        let mut steps = Vec::new();
        let mut revision = *self.shared.revision.read();
        for request in requests {
            let ticket = request.ticket();
            if let Some(action) = self.decide(request) {
                revision += 1;
                let receipt = ticket.map(|ticket| self.shared.once.receipt(ticket));
                steps.push(Step::new(action, revision, receipt));
            }
        }
        if steps.is_empty() {
            return tasks;
        }
        let began = Instant::now();
        match self.shared.store.commit(&self.batch(&steps, revision)) {
            Ok(()) => {
                self.shared.counters.commits.record_since(began);
                self.shared.counters.commit_changes.record(steps.len() as u64);
                self.unsnapped_bytes += steps.iter().map(Step::text_bytes).sum::<u64>();
                for step in steps {
                    tasks.extend(self.publish(step));
                }
                tasks.extend(self.snapshot_if_due());
            }
            Err(error) => self.give_up(steps, &error),
        }
        tasks
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
    fn settle(&mut self, tasks: &mut Vec<Task>) -> Result<(), Error> {
        if self.in_doubt.is_none() {
            return Ok(());
        }
        let kept = self.shared.store.settle()?;
        for step in self.in_doubt.take().into_iter().flatten() {
            if kept {
                tasks.extend(self.publish(step));
            } else {
                step.undo();
            }
        }
        Ok(())
    }

    fn give_up(&mut self, steps: Vec<Step>, error: &StoreError) {
        tracing::error!(%error, changes = steps.len(), "a commit failed");
        self.shared.counters.failed_commits.fetch_add(1, Ordering::Relaxed);
        let in_doubt = matches!(error, StoreError::Broken { .. });
        let error = Error::Store(error.clone());
        let told: Vec<Step> = steps.into_iter().map(|step| step.tell(&error)).collect();
        if in_doubt {
            self.in_doubt = Some(told);
        } else {
            told.into_iter().for_each(Step::undo);
        }
    }

    /// What is to be done for a request; `None` where whoever waits was told already.
    fn decide(&mut self, request: Request) -> Option<Action> {
        // It may have been done in a commit of which it was not known whether it was kept.
        if let Some(ticket) = request.ticket()
            && let Some(answer) = self.shared.once.answered(&ticket)
        {
            request.tell(answer, &ticket);
            return None;
        }
        match request {
            Request::Add { source, if_exists, ticket, done } => {
                self.decide_add(source, if_exists, ticket, done)
            }
            Request::Delete { collection, id, done, .. } => decide_delete(collection, id, done),
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

    fn decide_add(
        &self,
        source: Box<Prepared>,
        if_exists: IfExists,
        ticket: Option<Arc<Ticket>>,
        done: Done<Added>,
    ) -> Option<Action> {
        let answer = if source.collection.catalogue.read().is_closed() {
            Some(Err(Error::CollectionNotFound(source.collection.name.clone())))
        } else {
            let old = source.collection.catalogue.read().get(&source.id).cloned();
            old.and_then(|old| verdict(&source.collection, &old, source.content_digest, if_exists))
        };
        if let Some(answer) = answer {
            source.abandon();
            if let (Ok(unchanged), Some(ticket)) = (&answer, ticket) {
                self.shared.once.remember_only(ticket, Answer::Added(unchanged.clone()));
            }
            done(answer);
            return None;
        }
        let stored = source.stored(0);
        Some(Action::Add { source, stored, done })
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
                Task::purge(collection)
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
                Task::purge(collection)
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
                Some(Task::Forget(collection))
            }
        }
    }

    /// Takes a collection away, and gives the number of its sources.
    fn take_down(&self, collection: &Collection, fresh: Option<Arc<Collection>>, revision: u64) -> u64 {
        let mut now = self.shared.revision.write();
        *now = revision;
        let sources = {
            let mut catalogue = collection.catalogue.write();
            if !catalogue.is_closed() {
                self.shared.totals.changed(catalogue.counts(), Counts::default());
            }
            catalogue.close();
            catalogue.counts().sources
        };
        match fresh {
            Some(fresh) => {
                fresh.catalogue.write().changed_at(revision);
                self.shared.install(fresh);
            }
            None => self.shared.remove(&collection.name),
        }
        sources
    }
}

fn decide_delete(collection: Arc<Collection>, id: SourceId, done: Done<u64>) -> Option<Action> {
    let found = {
        let catalogue = collection.catalogue.read();
        if catalogue.is_closed() {
            Err(Error::CollectionNotFound(collection.name.clone()))
        } else {
            catalogue.get(&id).map(|entry| entry.slot).ok_or_else(|| not_found(&collection, &id))
        }
    };
    match found {
        Ok(slot) => Some(Action::Delete { collection, id, slot, done }),
        Err(error) => {
            done(Err(error));
            None
        }
    }
}
