//! The slots that change while sources are selected, so that a selection is of one moment without a lock held throughout.

use super::Catalogue;
use crate::model::Slot;

/// Slots of sources that were added or updated while somebody watches.
#[derive(Debug, Default)]
pub(super) struct Journal {
    watchers: usize,
    slots: Vec<Slot>,
}

impl Journal {
    /// Notes that a source was added or updated.
    pub(super) fn note(&mut self, slot: Slot) {
        if self.watchers > 0 {
            self.slots.push(slot);
        }
    }
}

impl Catalogue {
    /// Begins to watch; gives the place of the first change to come.
    pub(in crate::corpus) fn watch(&mut self) -> usize {
        self.journal.watchers += 1;
        self.journal.slots.len()
    }

    /// Ends to watch.
    pub(in crate::corpus) fn unwatch(&mut self) {
        self.journal.watchers = self.journal.watchers.saturating_sub(1);
        if self.journal.watchers == 0 {
            self.journal.slots = Vec::new();
        }
    }

    /// The slots of sources that were added or updated since a place was given.
    pub(in crate::corpus) fn changed_since(&self, place: usize) -> &[Slot] {
        self.journal.slots.get(place..).unwrap_or_default()
    }
}
