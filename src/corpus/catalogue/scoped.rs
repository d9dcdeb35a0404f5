//! The sources of a collection that a scope looks at.

use std::sync::Arc;

use super::{Catalogue, Entry};
use crate::model::{Group, Label, Scope, Slot};

impl Catalogue {
    /// The number of sources that a check of `scope` at the present revision looks at, but for the one source that it may
    /// exclude in this collection. Linear in the sources that it includes or excludes.
    pub(in crate::corpus) fn sources_in_scope(&self, scope: &Scope) -> u64 {
        if scope.has_inclusions() {
            return self.included(scope).filter(|entry| entry.is_in_scope(scope, self.revision)).count()
                as u64;
        }
        if !scope.has_exclusions() {
            return self.counts.sources;
        }
        let ids = scope.exclude_source_ids.iter().filter_map(|id| self.by_id.get(id));
        let groups = scope.exclude_groups.iter().filter_map(|group| self.by_group.get(group)).flatten();
        let labels = scope.exclude_labels.iter().filter_map(|label| self.by_label.get(label)).flatten();
        let mut excluded: Vec<Slot> = ids.chain(groups).chain(labels).copied().collect();
        excluded.sort_unstable();
        excluded.dedup();
        let there = excluded.iter().filter(|slot| self.there(**slot).is_some());
        self.counts.sources - there.count() as u64
    }

    /// The sources that a check of `scope` at a revision looks at, in order of their ids. Linear in the collection but for
    /// the sort; in the sources of the included groups or labels, if the collection has not changed since.
    pub(in crate::corpus) fn there_at(&self, scope: &Scope, revision: u64) -> Vec<Arc<Entry>> {
        let mut there: Vec<Arc<Entry>> = if scope.has_inclusions() && self.revision <= revision {
            self.included(scope).filter(|entry| entry.is_in_scope(scope, revision)).cloned().collect()
        } else {
            let all = self.slots().filter_map(|slot| self.entry_at(slot, revision));
            all.filter(|entry| entry.is_in_scope(scope, revision)).cloned().collect()
        };
        there.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        there
    }

    /// The sources that the groups of `scope` include now, or else its labels, in order of their slots.
    fn included(&self, scope: &Scope) -> impl Iterator<Item = &Arc<Entry>> {
        let by_group = scope.include_groups.iter().filter_map(|group| self.by_group.get(group));
        let by_label = scope.include_labels.iter().filter_map(|label| self.by_label.get(label));
        let mut slots: Vec<Slot> = if scope.include_groups.is_empty() {
            by_label.flatten().copied().collect()
        } else {
            by_group.flatten().copied().collect()
        };
        slots.sort_unstable();
        slots.dedup();
        slots.into_iter().filter_map(|slot| self.there(slot))
    }

    /// True if a source is in the group now.
    pub(in crate::corpus) fn has_group(&self, group: &Group) -> bool {
        let slots = self.by_group.get(group);
        slots.is_some_and(|slots| slots.iter().any(|slot| self.there(*slot).is_some()))
    }

    /// True if a source has the label now.
    pub(in crate::corpus) fn has_label(&self, label: &Label) -> bool {
        let slots = self.by_label.get(label);
        slots.is_some_and(|slots| slots.iter().any(|slot| self.there(*slot).is_some()))
    }
}
