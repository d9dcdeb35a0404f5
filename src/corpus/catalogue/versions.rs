//! Updated records: a check of an older revision reads the record of its time.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Catalogue, Entry};
use crate::model::{Slot, SourceRecord};

/// Entries that an update replaced in their slots, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Superseded {
    by_slot: BTreeMap<Slot, Vec<Arc<Entry>>>,
}

impl Superseded {
    /// Forgets the older records of a slot.
    pub(super) fn forget(&mut self, slot: Slot) {
        self.by_slot.remove(&slot);
    }
}

impl Catalogue {
    /// Replaces the record of a source, as of `record.changed`.
    pub(in crate::corpus) fn update(&mut self, record: SourceRecord) -> Option<Arc<Entry>> {
        let old = Arc::clone(self.get(&record.id)?);
        let (slot, revision) = (old.slot, record.changed);
        let entry = Arc::new(Entry::new(record, slot));
        old.remove_at(revision);
        self.unlink_names(&old);
        self.link_names(&entry);
        if let Some(place) = self.slots.get_mut(slot.index()) {
            *place = Some(Arc::clone(&entry));
        }
        self.superseded.by_slot.entry(slot).or_default().push(old);
        self.journal.note(slot);
        self.revision = revision;
        Some(entry)
    }

    /// The source in a slot, there or gone, as it is at a revision at which it was there.
    pub(in crate::corpus) fn entry_at(&self, slot: Slot, revision: u64) -> Option<&Arc<Entry>> {
        let present = self.entry(slot)?;
        if present.changed <= revision {
            return Some(present);
        }
        let older = self.superseded.by_slot.get(&slot)?;
        older.iter().rev().find(|entry| entry.changed <= revision)
    }

    /// True if there are older records of sources.
    pub(in crate::corpus) fn has_superseded(&self) -> bool {
        !self.superseded.by_slot.is_empty()
    }

    /// Drops older records that nobody reads at a revision or later.
    pub(in crate::corpus) fn drop_superseded(&mut self, revision: u64) {
        self.superseded.by_slot.retain(|_, older| {
            older.retain(|entry| entry.is_there_at(revision));
            !older.is_empty()
        });
    }
}
