//! Dropping what is left of sources that are gone, once no reader can look at them.

use parking_lot::Mutex;

use super::collection::Collection;
use super::pins::EarlierPins;
use crate::model::{Slot, SourceKey};
use crate::store::Store;

/// The sources of one collection that are gone and wait for readers. Locked while they are dropped, so that one thread
/// does it.
#[derive(Debug, Default)]
pub(super) struct Gone {
    waiting: Mutex<Option<Waiting>>,
}

/// Sources that are gone, and the readers that may look at them.
#[derive(Debug)]
struct Waiting {
    readers: EarlierPins,
    /// Sorted.
    slots: Vec<Slot>,
    /// Records that were updated until this revision wait for them, too.
    superseded_until: u64,
}

/// The texts of a deleted collection, and the readers that may look at them. Its index needs no cleanup.
#[derive(Debug)]
pub(super) struct GoneTexts {
    readers: EarlierPins,
    keys: Vec<SourceKey>,
}

impl GoneTexts {
    /// Drops the texts if no reader is left; returns true if that is done.
    pub(super) fn try_drop(&self, store: &Store) -> bool {
        let is_over = self.readers.are_released();
        if is_over {
            self.keys.iter().for_each(|key| store.forget(*key));
        }
        is_over
    }
}

impl Collection {
    /// Drops the texts of sources that are gone and have no readers left, and records that were updated; their postings too once they outnumber an
    /// eighth of the sources. Returns false if readers hold something back: then it is worth trying again later.
    ///
    /// Dropping postings is linear in the collection, and so constant for each removal, on average. Checks go on
    /// meanwhile.
    pub(super) fn drop_gone(&self, store: &Store) -> bool {
        // Another thread does the same now.
        let Some(mut waiting) = self.gone.waiting.try_lock() else { return true };
        loop {
            let Some(next) = waiting.take().or_else(|| self.next_gone()) else { return true };
            if !next.readers.are_released() {
                *waiting = Some(next);
                return false;
            }
            self.catalogue.write().drop_superseded(next.superseded_until);
            self.drop_sources(&next.slots, store);
        }
    }

    /// The sources that are gone and not dropped. Readers that begin from now on don't see them.
    fn next_gone(&self) -> Option<Waiting> {
        let (mut slots, superseded_until) = {
            let catalogue = self.catalogue.read();
            let are_due = catalogue.is_purge_due() || catalogue.has_texts_to_drop();
            let slots = if are_due { catalogue.gone() } else { Vec::new() };
            (are_due || catalogue.has_superseded()).then_some((slots, catalogue.revision()))?
        };
        slots.sort_unstable();
        Some(Waiting { readers: self.pins.earlier(), slots, superseded_until })
    }

    fn drop_sources(&self, slots: &[Slot], store: &Store) {
        if slots.is_empty() {
            return;
        }
        for slot in slots {
            store.forget(self.key(*slot));
        }
        let is_purge_due = {
            let mut catalogue = self.catalogue.write();
            catalogue.dropped_texts(slots);
            catalogue.is_purge_due()
        };
        if is_purge_due {
            let keep = |slot: Slot| slots.binary_search(&slot).is_err();
            self.kgrams.purge(keep);
            self.word_pairs.purge(keep);
            self.profiles.purge(keep);
            self.catalogue.write().free(slots);
        }
    }

    /// All texts of a collection that was deleted.
    pub(super) fn gone_texts(&self) -> GoneTexts {
        let keys = self.catalogue.read().slots().map(|slot| self.key(slot)).collect();
        GoneTexts { readers: self.pins.earlier(), keys }
    }
}
