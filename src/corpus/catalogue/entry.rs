//! A source in the catalogue.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::{Scope, Slot, SourceRecord};

/// A source of a collection: its record, and the revisions at which it is there. An update makes another entry in the same
/// slot.
#[derive(Debug)]
pub struct Entry {
    record: SourceRecord,
    pub(in crate::corpus) slot: Slot,
    /// The revision from which it is gone or updated; `u64::MAX` until then.
    gone: AtomicU64,
}

impl Entry {
    /// A source that is there from `record.added` on.
    pub(in crate::corpus) fn new(record: SourceRecord, slot: Slot) -> Self {
        Self { record, slot, gone: AtomicU64::new(u64::MAX) }
    }

    /// A source that was there once.
    pub(in crate::corpus) fn gone(record: SourceRecord) -> Self {
        let gone = AtomicU64::new(record.added);
        Self { record, slot: Slot::FIRST, gone }
    }

    /// A source of another node: it has no slot here, and nothing marks it as gone.
    #[cfg(feature = "server")]
    fn elsewhere(record: SourceRecord) -> Self {
        Self::new(record, Slot::FIRST)
    }

    /// Its slot in the indexes of its collection.
    pub(crate) fn slot(&self) -> Slot {
        self.slot
    }

    /// Marks it as gone from a revision on.
    pub(super) fn remove_at(&self, revision: u64) {
        self.gone.store(revision, Ordering::Relaxed);
    }

    /// True if it is there at a revision.
    pub(in crate::corpus) fn is_there_at(&self, revision: u64) -> bool {
        self.added <= revision && revision < self.gone.load(Ordering::Relaxed)
    }

    /// True if it was deleted, replaced or updated.
    pub(in crate::corpus) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed) != u64::MAX
    }

    fn is_included(&self, scope: &Scope) -> bool {
        (scope.include_groups.is_empty() || scope.include_groups.contains(&self.group))
            && (scope.include_labels.is_empty()
                || self.labels.as_slice().iter().any(|label| scope.include_labels.contains(label)))
    }

    fn is_excluded(&self, scope: &Scope) -> bool {
        scope.exclude_source_ids.contains(&self.id)
            || scope.exclude_groups.contains(&self.group)
            || self.labels.as_slice().iter().any(|label| scope.exclude_labels.contains(label))
    }

    /// True if a check of `scope` at `revision` looks at it, unless the scope excludes this one source of its collection.
    pub(in crate::corpus) fn is_in_scope(&self, scope: &Scope, revision: u64) -> bool {
        self.is_there_at(revision) && self.is_included(scope) && !self.is_excluded(scope)
    }
}

/// An entry reads as its record.
impl Deref for Entry {
    type Target = SourceRecord;

    fn deref(&self) -> &SourceRecord {
        &self.record
    }
}

/// Another node receives the record alone.
#[cfg(feature = "server")]
impl serde::Serialize for Entry {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.record.serialize(serializer)
    }
}

#[cfg(feature = "server")]
impl<'de> serde::Deserialize<'de> for Entry {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SourceRecord::deserialize(deserializer).map(Self::elsewhere)
    }
}
