//! Selecting sources of a collection by a filter, without a lock that anybody waits for.

mod listing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use self::listing::SourcePage;
use super::catalogue::Entry;
use super::changes::SourcesDeleted;
use super::collection::Collection;
use super::error::Error;
use super::state::Corpus;
use crate::model::{CollectionName, Slot, SourceFilter, Stop, StopReason};

/// The number of sources that are looked at under one lock: some hundred microseconds. Tests have fewer sources.
const LOOKED_AT_ONCE: usize = if cfg!(test) { 4 } else { 4096 };

/// The sources of a collection that match a filter. They are found before the moment of which they are, and changes until
/// then are noted: [`Self::now`] looks at these only.
#[derive(Debug)]
pub(super) struct Selection {
    collection: Arc<Collection>,
    filter: SourceFilter,
    found: Vec<Arc<Entry>>,
    /// The place of the first change since the search began.
    changed_from: usize,
}

impl Selection {
    /// Looks for the sources that match. Linear in the collection.
    ///
    /// # Errors
    ///
    /// [`StopReason`] if `stop` says so.
    pub(super) fn new(
        collection: Arc<Collection>,
        filter: SourceFilter,
        stop: &Stop,
    ) -> Result<Self, StopReason> {
        let (changed_from, slots) = {
            let mut catalogue = collection.catalogue.write();
            (catalogue.watch(), catalogue.slot_count())
        };
        let mut selection = Self { collection, filter, found: Vec::new(), changed_from };
        for first in (0..slots).step_by(LOOKED_AT_ONCE) {
            stop.check()?;
            let Self { collection, filter, found, .. } = &mut selection;
            let catalogue = collection.catalogue.read();
            let some = (first..slots.min(first + LOOKED_AT_ONCE)).map_while(slot);
            let there = some.filter_map(|slot| catalogue.there(slot));
            found.extend(there.filter(|entry| filter.matches(entry)).map(Arc::clone));
        }
        Ok(selection)
    }

    /// The collection.
    pub(super) fn collection(&self) -> &Arc<Collection> {
        &self.collection
    }

    /// The filter.
    pub(super) fn filter(&self) -> &SourceFilter {
        &self.filter
    }

    /// The sources that match now. Linear in those that were found and those that changed since.
    pub(super) fn now(&self) -> Vec<Arc<Entry>> {
        let catalogue = self.collection.catalogue.read();
        let mut changed = catalogue.changed_since(self.changed_from).to_vec();
        changed.sort_unstable();
        changed.dedup();
        let is_same = |entry: &&Arc<Entry>| !entry.is_gone() && changed.binary_search(&entry.slot).is_err();
        let mut matching: Vec<Arc<Entry>> = self.found.iter().filter(is_same).map(Arc::clone).collect();
        let there = changed.iter().filter_map(|slot| catalogue.there(*slot));
        matching.extend(there.filter(|entry| self.filter.matches(entry)).map(Arc::clone));
        matching
    }
}

impl Drop for Selection {
    fn drop(&mut self) {
        self.collection.catalogue.write().unwatch();
    }
}

fn slot(number: usize) -> Option<Slot> {
    u32::try_from(number).ok().and_then(Slot::new)
}

impl SourcesDeleted {
    /// The outcome of deleting sources. Linear in them.
    pub(super) fn of(sources: &[Arc<Entry>], revision: u64) -> Self {
        let mut ids: Vec<&Arc<Entry>> = sources.iter().collect();
        if ids.len() > Self::MAX_IDS {
            ids.select_nth_unstable_by(Self::MAX_IDS, |a, b| a.id.cmp(&b.id));
            ids.truncate(Self::MAX_IDS);
        }
        let mut ids: Vec<_> = ids.into_iter().map(|entry| entry.id.clone()).collect();
        ids.sort_unstable();
        Self { sources: sources.len() as u64, ids, revision }
    }
}

impl Corpus {
    /// The outcome of deleting the sources that match a filter, if they were deleted now.
    pub(crate) fn preview_deletion(
        &self,
        name: &CollectionName,
        filter: &SourceFilter,
        stop: &Stop,
    ) -> Result<SourcesDeleted, Error> {
        let selection = Selection::new(self.collection(name)?, filter.clone(), stop)?;
        let revision = selection.collection.catalogue.read().revision();
        Ok(SourcesDeleted::of(&selection.now(), revision))
    }
}
