//! The catalogue of a collection: its sources, and the revisions at which they are there.

mod counts;
mod entry;
mod journal;
mod scoped;
mod together;
mod versions;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

pub(super) use self::counts::{Counts, Growth};
pub use self::entry::Entry;
use self::journal::Journal;
pub(super) use self::together::Departing;
use self::versions::Superseded;
use super::error::Error;
use crate::model::{Group, Label, Limits, Slot, SourceId, SourceRecord};

/// The sources of one collection. Those that are gone stay until they are [freed](Self::free), for checks of older
/// revisions.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    /// By slot; `None` where a slot is free, or taken by a source that is being added.
    slots: Vec<Option<Arc<Entry>>>,
    free: Vec<Slot>,
    by_id: BTreeMap<SourceId, Slot>,
    by_group: HashMap<Group, BTreeSet<Slot>>,
    by_label: HashMap<Label, BTreeSet<Slot>>,
    by_digest: BTreeSet<(u128, Slot)>,
    /// Records that were updated, for checks of older revisions.
    superseded: Superseded,
    journal: Journal,
    gone: Vec<Slot>,
    /// The number of those at the front of `gone` whose texts were dropped.
    textless: usize,
    /// Slots of sources that are being added.
    reserved: BTreeSet<Slot>,
    counts: Counts,
    revision: u64,
    /// The revision from which the collection is deleted.
    closed_at: Option<u64>,
}

/// A source that was published.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) entry: Arc<Entry>,
    /// True if it replaced another.
    pub(super) is_replaced: bool,
}

impl Catalogue {
    /// Reserves a slot for a source that may never be published: whether it has room is decided by [`Self::admit`].
    ///
    /// # Errors
    ///
    /// [`Error::TooManySources`] if there is no slot.
    pub(super) fn reserve(&mut self, limits: &Limits) -> Result<Slot, Error> {
        let max_sources = limits.max_sources_per_collection.min(Slot::COUNT as usize);
        let slot = self.next_slot().ok_or(Error::TooManySources { max_sources })?;
        self.reserved.insert(slot);
        Ok(slot)
    }

    /// The growth of the collection by a source with this id and a text of so many bytes, after changes `before` that are
    /// decided and not published. A replacement needs room for the difference only. None of the changes before may
    /// concern the same source.
    ///
    /// # Errors
    ///
    /// [`Error::TooManySources`], [`Error::TooManyCollectionBytes`] if the limits leave no room.
    pub(super) fn admit(
        &self,
        id: &SourceId,
        text_bytes: u64,
        before: Growth,
        limits: &Limits,
    ) -> Result<Growth, Error> {
        let Limits { max_sources_per_collection: max_sources, max_collection_bytes, .. } = *limits;
        let removed = self.loss_of(id);
        let growth = removed.and(Growth::of_source(text_bytes));
        let sources = self.counts.sources.saturating_add_signed(before.sources);
        if growth.sources > 0 && sources >= max_sources as u64 {
            return Err(Error::TooManySources { max_sources });
        }
        let bytes = self.counts.text_bytes.saturating_add_signed(before.and(removed).text_bytes);
        if growth.text_bytes > 0 && bytes.saturating_add(text_bytes) > max_collection_bytes {
            return Err(Error::TooManyCollectionBytes { bytes, text_bytes, max_collection_bytes });
        }
        Ok(growth)
    }

    /// The growth of the collection by the removal of a source, if it is there.
    pub(super) fn loss_of(&self, id: &SourceId) -> Growth {
        self.get(id).map_or(Growth::default(), |old| Growth::without_source(old.text_bytes))
    }

    fn next_slot(&mut self) -> Option<Slot> {
        if let Some(slot) = self.free.pop() {
            return Some(slot);
        }
        let slot = Slot::new(u32::try_from(self.slots.len()).ok()?)?;
        self.slots.push(None);
        Some(slot)
    }

    /// Releases a reserved slot without postings.
    ///
    /// The slot can be used again at once: look-ups hold the catalogue, so that none saw the postings and finds the slot
    /// free; and a check with hits of the slot ignores a later source in it, which is there from a later revision on.
    pub(super) fn abandon(&mut self, slot: Slot) {
        if self.reserved.remove(&slot) {
            self.free.push(slot);
        }
    }

    /// Releases a reserved slot whose postings have to be purged.
    pub(super) fn abandon_to_purge(&mut self, slot: Slot) {
        if self.reserved.remove(&slot) {
            self.gone.push(slot);
        }
    }

    /// Notes a change of the collection as a whole.
    pub(super) fn changed_at(&mut self, revision: u64) {
        self.revision = revision;
    }

    /// Closes the collection, which is deleted as of a revision: nothing is published in it any more.
    pub(super) fn close(&mut self, revision: u64) {
        self.closed_at = Some(revision);
    }

    /// True if the collection was deleted.
    pub(super) fn is_closed(&self) -> bool {
        self.closed_at.is_some()
    }

    /// True if the collection was deleted at a revision or before.
    pub(super) fn is_closed_at(&self, revision: u64) -> bool {
        self.closed_at.is_some_and(|at| at <= revision)
    }

    /// Adds the source for which a slot was reserved, as of `record.added`, in place of the one with its id if there is
    /// one.
    pub(super) fn publish(&mut self, slot: Slot, record: SourceRecord) -> Published {
        self.reserved.remove(&slot);
        let revision = record.added;
        let is_replaced = self.remove(&record.id, revision).is_some();
        let entry = self.insert(slot, record);
        self.journal.note(slot);
        self.revision = revision;
        Published { entry, is_replaced }
    }

    /// The catalogue of a stored collection, from its sources and the revision at which it last changed. Slots between
    /// theirs are free.
    pub(super) fn restored(sources: Vec<(Slot, SourceRecord)>, revision: u64) -> Self {
        let mut catalogue = Self { revision, ..Self::default() };
        let used = sources.iter().map(|(slot, _)| slot.index() + 1).max().unwrap_or(0);
        catalogue.slots.resize(used, None);
        for (slot, record) in sources {
            catalogue.insert(slot, record);
        }
        let slots = (0..).map_while(Slot::new).zip(&catalogue.slots);
        // The last first, so that they are taken in order.
        catalogue.free = slots.filter(|(_, entry)| entry.is_none()).map(|(slot, _)| slot).collect();
        catalogue.free.reverse();
        catalogue
    }

    /// Marks slots that hold postings of no source: they are freed by the next purge.
    pub(super) fn leave_to_purge(&mut self, slots: Vec<Slot>) {
        self.free.retain(|slot| slots.binary_search(slot).is_err());
        self.gone = slots;
        self.textless = self.gone.len();
    }

    fn insert(&mut self, slot: Slot, record: SourceRecord) -> Arc<Entry> {
        let entry = Arc::new(Entry::new(record, slot));
        self.by_id.insert(entry.id.clone(), slot);
        self.by_digest.insert((entry.words_digest, slot));
        self.link_names(&entry);
        self.counts.add(&entry);
        if let Some(place) = self.slots.get_mut(slot.index()) {
            *place = Some(Arc::clone(&entry));
        }
        entry
    }

    /// Removes a source as of `revision`.
    pub(super) fn remove(&mut self, id: &SourceId, revision: u64) -> Option<Arc<Entry>> {
        let entry = Arc::clone(self.get(id)?);
        entry.remove_at(revision);
        self.gone.push(entry.slot);
        self.counts.subtract(&entry);
        self.revision = revision;
        self.unlink(&entry);
        Some(entry)
    }

    /// Makes a source known by its group and labels.
    fn link_names(&mut self, entry: &Entry) {
        if !entry.group.as_str().is_empty() {
            self.by_group.entry(entry.group.clone()).or_default().insert(entry.slot);
        }
        for label in entry.labels.as_slice() {
            self.by_label.entry(label.clone()).or_default().insert(entry.slot);
        }
    }

    /// Undoes [`Self::link_names`].
    fn unlink_names(&mut self, entry: &Entry) {
        remove_from(&mut self.by_group, &entry.group, entry.slot);
        for label in entry.labels.as_slice() {
            remove_from(&mut self.by_label, label, entry.slot);
        }
    }

    /// Makes a source that is gone unknown by its id, words, group and labels.
    fn unlink(&mut self, entry: &Entry) {
        if self.by_id.get(&entry.id) == Some(&entry.slot) {
            self.by_id.remove(&entry.id);
        }
        self.by_digest.remove(&(entry.words_digest, entry.slot));
        self.unlink_names(entry);
    }

    /// The source in a slot, there or gone, as it is at present.
    pub(super) fn entry(&self, slot: Slot) -> Option<&Arc<Entry>> {
        self.slots.get(slot.index())?.as_ref()
    }

    /// The source with an id.
    pub(super) fn get(&self, id: &SourceId) -> Option<&Arc<Entry>> {
        self.there(*self.by_id.get(id)?)
    }

    /// The source in a slot, if it is there at present. Sources that are deleted together are known by their ids for a
    /// moment longer.
    pub(super) fn there(&self, slot: Slot) -> Option<&Arc<Entry>> {
        self.entry(slot).filter(|entry| entry.is_there_at(self.revision))
    }

    /// Sources in order of their ids, from just after `after` on.
    pub(super) fn list(&self, after: Option<&SourceId>) -> impl Iterator<Item = &Arc<Entry>> {
        self.list_from("", after)
    }

    /// Sources in order of their ids, from just after `after` and from `first` on.
    pub(super) fn list_from(
        &self,
        first: &str,
        after: Option<&SourceId>,
    ) -> impl Iterator<Item = &Arc<Entry>> {
        let from = match after {
            Some(after) if after.as_str() >= first => Bound::Excluded(after.as_str()),
            _ => Bound::Included(first),
        };
        self.by_id.range::<str, _>((from, Bound::Unbounded)).filter_map(|(_, slot)| self.there(*slot))
    }

    /// The sources of a group; `None` if there are none.
    pub(super) fn slots_of_group(&self, group: &Group) -> Option<&BTreeSet<Slot>> {
        self.by_group.get(group)
    }

    /// The sources with a label; `None` if there are none.
    pub(super) fn slots_of_label(&self, label: &Label) -> Option<&BTreeSet<Slot>> {
        self.by_label.get(label)
    }

    /// The ids of other sources with the words of one of them, `most` at most: those of the lowest slots; sorted.
    pub(super) fn duplicates(&self, of: &Entry, most: usize) -> Vec<SourceId> {
        let same = self.by_digest.range((of.words_digest, Slot::FIRST)..);
        let slots = same.take_while(|(digest, _)| *digest == of.words_digest).map(|(_, slot)| *slot);
        let others = slots.filter(|slot| *slot != of.slot).filter_map(|slot| self.there(slot));
        let mut ids: Vec<SourceId> = others.take(most).map(|entry| entry.id.clone()).collect();
        ids.sort_unstable();
        ids
    }

    /// The slots that are or were taken.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        (0..).map_while(Slot::new).take(self.slots.len())
    }

    /// The number of slots that are or were taken.
    pub(super) fn slot_count(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// The revision at which it last changed.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// An upper bound of the number of slots with postings of sources that are not there at a revision.
    pub(super) fn most_hidden_at(&self, revision: u64) -> u32 {
        // Each revision adds one source at most.
        let added_since = self.revision.saturating_sub(revision);
        let hidden = added_since.saturating_add((self.gone.len() + self.reserved.len()) as u64);
        u32::try_from(hidden).unwrap_or(u32::MAX)
    }

    /// True if so many sources are gone that a purge pays, since look-ups pass over their postings, or if slots run out.
    pub(super) fn is_purge_due(&self) -> bool {
        const LEAST: usize = 64;
        let gone = self.gone.len();
        let left = self.free.len() + (Slot::COUNT as usize).saturating_sub(self.slots.len());
        gone > LEAST && (gone as u64 * 8 > self.counts.sources || gone > left)
    }

    /// True if there may be texts of sources that are gone.
    pub(super) fn has_texts_to_drop(&self) -> bool {
        self.gone.len() > self.textless
    }

    /// Notes that the texts of these sources, which are gone, were dropped. `slots` are sorted.
    pub(super) fn dropped_texts(&mut self, slots: &[Slot]) {
        let is_forgotten = |slot: &Slot| slots.binary_search(slot).is_ok();
        self.textless += self.gone.iter().skip(self.textless).take_while(|slot| is_forgotten(slot)).count();
    }

    /// The slots of sources that are gone, in the order in which they went.
    pub(super) fn gone(&self) -> Vec<Slot> {
        self.gone.clone()
    }

    /// The slots of sources that are being added.
    pub(super) fn reserved(&self) -> impl Iterator<Item = Slot> {
        self.reserved.iter().copied()
    }

    /// Frees slots of sources that are gone and whose postings were dropped. `purged` is sorted.
    pub(super) fn free(&mut self, purged: &[Slot]) {
        let is_purged = |slot: &Slot| purged.binary_search(slot).is_ok();
        self.textless -= self.gone.iter().take(self.textless).filter(|slot| is_purged(slot)).count();
        self.gone.retain(|slot| !is_purged(slot));
        for slot in purged {
            self.superseded.forget(*slot);
            if let Some(place) = self.slots.get_mut(slot.index()) {
                *place = None;
            }
        }
        self.free.extend_from_slice(purged);
    }
}

/// Removes a slot from the set of a name, and the name with its last slot.
fn remove_from<N: Eq + std::hash::Hash>(sets: &mut HashMap<N, BTreeSet<Slot>>, name: &N, slot: Slot) {
    if let Some(slots) = sets.get_mut(name) {
        slots.remove(&slot);
        if slots.is_empty() {
            sets.remove(name);
        }
    }
}
