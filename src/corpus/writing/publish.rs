//! Publishing committed changes, each under its revision.

use std::sync::Arc;

use super::cleanup::Task;
use super::commit::{Aftermath, Committer};
use super::pending::Reply;
use super::prepare::Prepared;
use super::step::Step;
use crate::corpus::catalogue::{Counts, Departing, Entry, Published};
use crate::corpus::changes::{
    Added, Change, CollectionDeleted, Outcome, ScaleDeleted, SourceDeleted, SourcesDeleted,
};
use crate::corpus::collection::Collection;
use crate::corpus::info::CollectionInfo;
use crate::model::{Calibration, Scale, ScaleName, SourceId, SourceRecord};

/// The number of deleted sources whose names are forgotten under one lock: a few milliseconds. Each lock waits for the
/// look-ups of checks that run.
const UNLINKED_AT_ONCE: usize = 2048;

impl Committer {
    /// Makes a committed change visible and remembers its outcome.
    pub(super) fn publish(&self, step: Step, after: &mut Aftermath) {
        let Step { revision, change, fresh, receipt, done } = step;
        let (outcome, task) = match change {
            Change::AddSource { collection, source, .. } => {
                let added = self.publish_source(&collection, *source, revision);
                (Outcome::SourceAdded(added), Task::drop_gone(collection))
            }
            Change::UpdateSource { collection, update, .. } => {
                let entry = self.publish_update(&collection, *update);
                (Outcome::SourceUpdated(entry), Task::drop_gone(collection))
            }
            Change::DeleteSources { collection, filter } => {
                let deleted = SourcesDeleted::of(&filter, revision);
                self.remove_sources(&collection, &filter, revision);
                (Outcome::SourcesDeleted(deleted), Task::drop_gone(collection))
            }
            Change::DeleteSource { collection, id } => {
                self.remove_source(&collection, &id, revision);
                (Outcome::SourceDeleted(SourceDeleted { revision }), Task::drop_gone(collection))
            }
            Change::PutScale { collection, scale, .. } => {
                (Outcome::ScalePut(self.publish_scale(&collection, *scale)), None)
            }
            Change::DeleteScale { collection, name } => {
                self.remove_scale(&collection, &name, revision);
                (Outcome::ScaleDeleted(ScaleDeleted { was_there: true, revision }), None)
            }
            Change::Calibrate { collection, calibration } => {
                self.publish_calibration(&collection, calibration);
                (Outcome::Calibrated(calibration), None)
            }
            Change::CreateCollection { collection, .. } => {
                (Outcome::CollectionCreated(self.publish_collection(&collection, revision)), None)
            }
            Change::DeleteCollection { collection } => {
                let sources = self.remove_collection(&collection, fresh, revision);
                let task = Task::DropTexts(collection.gone_texts());
                (Outcome::CollectionDeleted(CollectionDeleted { sources, revision }), Some(task))
            }
        };
        if let Some(receipt) = receipt {
            self.corpus.once.remember(receipt, outcome.clone());
        }
        after.replies.push(Reply { done, answer: Ok(outcome), undo: None });
        after.tasks.extend(task);
    }

    fn publish_source(&self, collection: &Collection, source: Prepared, revision: u64) -> Added {
        let mut now = self.corpus.revision.write();
        let mut catalogue = collection.catalogue.write();
        *now = revision;
        let before = catalogue.counts();
        let Published { entry, is_replaced } = catalogue.publish(source.slot, source.record);
        self.corpus.totals.changed_in(&catalogue, before);
        let exact_duplicates = catalogue.duplicates(&entry, Added::MAX_DUPLICATES);
        Added { entry, replaced: is_replaced, unchanged: false, exact_duplicates }
    }

    fn publish_update(&self, collection: &Collection, record: SourceRecord) -> Arc<Entry> {
        let mut now = self.corpus.revision.write();
        *now = record.changed;
        let mut catalogue = collection.catalogue.write();
        // It was there when the update was decided, and nobody else removes sources.
        catalogue.update(record.clone()).unwrap_or_else(|| Arc::new(Entry::gone(record)))
    }

    /// Removes sources together. Readers see all of them or none, and wait for a moment only, however many there are.
    fn remove_sources(&self, collection: &Collection, sources: &[Arc<Entry>], revision: u64) {
        let departing = Departing::at(revision, sources);
        {
            let mut now = self.corpus.revision.write();
            *now = revision;
            let mut catalogue = collection.catalogue.write();
            let before = catalogue.counts();
            catalogue.depart(&departing, revision);
            self.corpus.totals.changed_in(&catalogue, before);
        }
        for some in sources.chunks(UNLINKED_AT_ONCE) {
            collection.catalogue.write().unlink_all(some);
        }
    }

    fn remove_source(&self, collection: &Collection, id: &SourceId, revision: u64) {
        let mut now = self.corpus.revision.write();
        *now = revision;
        let mut catalogue = collection.catalogue.write();
        let before = catalogue.counts();
        catalogue.remove(id, revision);
        self.corpus.totals.changed_in(&catalogue, before);
    }

    fn publish_scale(&self, collection: &Collection, scale: Scale) -> Arc<Scale> {
        let mut now = self.corpus.revision.write();
        *now = scale.revision;
        collection.catalogue.write().changed_at(scale.revision);
        collection.scales.put(scale)
    }

    fn remove_scale(&self, collection: &Collection, name: &ScaleName, revision: u64) {
        let mut now = self.corpus.revision.write();
        *now = revision;
        collection.catalogue.write().changed_at(revision);
        collection.scales.remove(name);
    }

    fn publish_calibration(&self, collection: &Collection, calibration: Calibration) {
        let mut now = self.corpus.revision.write();
        *now = calibration.revision;
        collection.catalogue.write().changed_at(calibration.revision);
        *collection.calibration.write() = Some(calibration);
    }

    fn publish_collection(&self, collection: &Arc<Collection>, revision: u64) -> CollectionInfo {
        let mut now = self.corpus.revision.write();
        *now = revision;
        collection.catalogue.write().changed_at(revision);
        self.corpus.install(Arc::clone(collection));
        CollectionInfo::of(collection)
    }

    /// Removes a collection, and returns the number of its sources.
    fn remove_collection(
        &self,
        collection: &Collection,
        fresh: Option<Arc<Collection>>,
        revision: u64,
    ) -> u64 {
        let mut now = self.corpus.revision.write();
        *now = revision;
        // Before the old one is closed, so that its replacement is found at every moment.
        match fresh {
            Some(fresh) => {
                fresh.catalogue.write().changed_at(revision);
                self.corpus.install(fresh);
            }
            None => self.corpus.remove(&collection.name),
        }
        let mut catalogue = collection.catalogue.write();
        self.corpus.totals.changed(catalogue.counts(), Counts::default());
        catalogue.close(revision);
        catalogue.counts().sources
    }
}
