//! Deleting many sources under one revision, in steps that no reader waits for.

use std::sync::Arc;

use super::{Catalogue, Counts, Entry};
use crate::model::Slot;

/// Sources that are deleted together. All were marked as gone from their revision on, which has not come.
#[derive(Debug)]
pub(in crate::corpus) struct Departing {
    slots: Vec<Slot>,
    loss: Counts,
}

impl Departing {
    /// Marks sources as gone from a revision on that has not come. Until then, everybody sees them.
    pub(in crate::corpus) fn at(revision: u64, sources: &[Arc<Entry>]) -> Self {
        let mut loss = Counts::default();
        for entry in sources {
            entry.remove_at(revision);
            loss.add(entry);
        }
        Self { slots: sources.iter().map(|entry| entry.slot).collect(), loss }
    }
}

impl Catalogue {
    /// Makes the revision come from which sources are gone, at once: nothing is done for each of them but to note its slot.
    pub(in crate::corpus) fn depart(&mut self, departing: &Departing, revision: u64) {
        let Departing { slots, loss } = departing;
        self.counts.subtract_all(*loss);
        self.gone.extend_from_slice(slots);
        self.revision = revision;
    }

    /// Makes some sources that are gone unknown by their ids, words, groups and labels.
    pub(in crate::corpus) fn unlink_all(&mut self, sources: &[Arc<Entry>]) {
        for entry in sources {
            self.unlink(entry);
        }
    }
}
