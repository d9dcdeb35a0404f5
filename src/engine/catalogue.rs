//! The sources of one collection: who they are, and from which revision to which they are there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::Error;
use super::limits::Limits;
use super::names::{Group, Label, Labels, SourceId, Title};
use super::options::Scope;
use crate::index::Slot;

/// A source, as everyone but the text store knows it.
#[derive(Debug)]
pub struct Entry {
    /// Its id.
    pub id: SourceId,
    /// Its title.
    pub title: Title,
    /// Its group.
    pub group: Group,
    /// Its labels.
    pub labels: Labels,
    /// Words in its text.
    pub words: u64,
    /// Bytes of its text.
    pub text_bytes: u64,
    /// Its fingerprints in the index.
    pub fingerprints: u64,
    /// The revision from which it is there.
    pub added: u64,
    /// Of its words in their order.
    pub(super) digest: u128,
    /// Of its text, title, group and labels, byte for byte.
    pub(super) content_digest: u128,
    pub(super) slot: Slot,
    /// The revision from which it is gone; `u64::MAX` while it is there.
    gone: AtomicU64,
}

impl Entry {
    /// A source that was added once, and is there no more.
    pub(super) fn gone(id: SourceId, words: u64, text_bytes: u64, fingerprints: u64, added: u64) -> Self {
        Self {
            id,
            title: Title::default(),
            group: Group::default(),
            labels: Labels::default(),
            words,
            text_bytes,
            fingerprints,
            added,
            digest: 0,
            content_digest: 0,
            slot: Slot::FIRST,
            gone: AtomicU64::new(added),
        }
    }

    /// Whether it is there at a revision.
    pub(super) fn is_there_at(&self, revision: u64) -> bool {
        self.added <= revision && revision < self.gone.load(Ordering::Relaxed)
    }

    /// Whether it was deleted, or another took its place.
    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed) != u64::MAX
    }

    fn is_excluded(&self, scope: &Scope) -> bool {
        scope.exclude_source_ids.contains(&self.id)
            || scope.exclude_groups.contains(&self.group)
            || self.labels.as_slice().iter().any(|label| scope.exclude_labels.contains(label))
    }

    /// Whether a check of `scope` at `revision` looks at it.
    pub(super) fn is_in_scope(&self, scope: &Scope, revision: u64) -> bool {
        self.is_there_at(revision) && !self.is_excluded(scope)
    }
}

/// What is known of a source before it is added.
#[derive(Debug)]
pub(super) struct NewEntry {
    pub(super) id: SourceId,
    pub(super) title: Title,
    pub(super) group: Group,
    pub(super) labels: Labels,
    pub(super) words: u64,
    pub(super) text_bytes: u64,
    pub(super) fingerprints: u64,
    pub(super) digest: u128,
    pub(super) content_digest: u128,
    pub(super) slot: Slot,
}

/// Counts over the sources that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) sources: u64,
    pub(super) words: u64,
    pub(super) fingerprints: u64,
    pub(super) text_bytes: u64,
}

impl Counts {
    fn add(&mut self, entry: &Entry) {
        self.sources += 1;
        self.words += entry.words;
        self.fingerprints += entry.fingerprints;
        self.text_bytes += entry.text_bytes;
    }

    fn subtract(&mut self, entry: &Entry) {
        self.sources -= 1;
        self.words -= entry.words;
        self.fingerprints -= entry.fingerprints;
        self.text_bytes -= entry.text_bytes;
    }
}

/// The sources of one collection. Those that are gone stay until they are [purged](Self::free), for the
/// checks that still look at an older revision.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    /// By slot; `None` where a slot is free, or taken by a source that is being added.
    slots: Vec<Option<Arc<Entry>>>,
    free: Vec<Slot>,
    by_id: BTreeMap<SourceId, Slot>,
    by_group: HashMap<Group, Vec<Slot>>,
    by_label: HashMap<Label, Vec<Slot>>,
    by_digest: BTreeSet<(u128, Slot)>,
    gone: Vec<Slot>,
    /// How many of those at the front of `gone` have no text any more.
    textless: usize,
    /// Slots of sources that are being added.
    reserved: BTreeSet<Slot>,
    counts: Counts,
    revision: u64,
    /// The revision from which the collection is deleted.
    closed_at: Option<u64>,
}

/// How much larger a change makes a collection; less than nothing where it makes it smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Growth {
    sources: i64,
    text_bytes: i64,
}

impl Growth {
    /// By this and another change.
    pub(super) fn and(self, other: Self) -> Self {
        let (sources, text_bytes) = (self.sources + other.sources, self.text_bytes + other.text_bytes);
        Self { sources, text_bytes }
    }
}

impl Catalogue {
    /// Takes a slot for a source with this id and a text of so many bytes that is about to be added.
    ///
    /// It is refused where the limits leave no room now. Sources that are being added don't count here: they may
    /// never come. The committer asks [`Self::admit`] again, one source after the other.
    pub(super) fn reserve(&mut self, id: &SourceId, text_bytes: u64, limits: &Limits) -> Result<Slot, Error> {
        self.admit(id, text_bytes, Growth::default(), limits)?;
        let max_sources = limits.max_sources_per_collection.min(Slot::COUNT as usize);
        let slot = self.next_slot().ok_or(Error::TooManySources { max_sources })?;
        self.reserved.insert(slot);
        Ok(slot)
    }

    /// How much a source with this id and a text of so many bytes makes the collection grow, if the limits leave room
    /// for it after changes that were decided on `before`. In place of another it needs room only for what it has
    /// more. No other change about the same source may be among those before.
    pub(super) fn admit(
        &self,
        id: &SourceId,
        text_bytes: u64,
        before: Growth,
        limits: &Limits,
    ) -> Result<Growth, Error> {
        let Limits { max_sources_per_collection: max_sources, max_collection_bytes, .. } = *limits;
        let removed = self.loss_of(id);
        let growth = removed.and(Growth { sources: 1, text_bytes: signed(text_bytes) });
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

    /// How much smaller the collection is without the source with this id, if there is one.
    pub(super) fn loss_of(&self, id: &SourceId) -> Growth {
        let loss = |old: &Arc<Entry>| Growth { sources: -1, text_bytes: -signed(old.text_bytes) };
        self.get(id).map_or(Growth::default(), loss)
    }

    fn next_slot(&mut self) -> Option<Slot> {
        if let Some(slot) = self.free.pop() {
            return Some(slot);
        }
        let slot = Slot::new(u32::try_from(self.slots.len()).ok()?)?;
        self.slots.push(None);
        Some(slot)
    }

    /// Gives back a slot that was reserved, and whose postings have been removed by now.
    ///
    /// It can be taken at once. Look-ups hold the catalogue: none saw the postings and finds the slot free. A check that
    /// holds hits of a slot takes them for no later source: that is there from a later revision on than the check
    /// looks at.
    pub(super) fn abandon(&mut self, slot: Slot) {
        if self.reserved.remove(&slot) {
            self.free.push(slot);
        }
    }

    /// Gives back a slot that was reserved, and that has postings which can't be removed one by one.
    pub(super) fn abandon_to_purge(&mut self, slot: Slot) {
        if self.reserved.remove(&slot) {
            self.gone.push(slot);
        }
    }

    /// The collection changed as a whole.
    pub(super) fn changed_at(&mut self, revision: u64) {
        self.revision = revision;
    }

    /// The collection was deleted as of a revision: nothing is published in it any more.
    pub(super) fn close(&mut self, revision: u64) {
        self.closed_at = Some(revision);
    }

    /// Whether the collection was deleted.
    pub(super) fn is_closed(&self) -> bool {
        self.closed_at.is_some()
    }

    /// Whether the collection was not there any more at a revision.
    pub(super) fn is_closed_at(&self, revision: u64) -> bool {
        self.closed_at.is_some_and(|at| at <= revision)
    }

    /// Adds the source for which a slot was reserved as of `revision`, in place of the one with its id if
    /// there is one. Gives the new entry, and whether it replaced one.
    pub(super) fn publish(&mut self, new: NewEntry, revision: u64) -> (Arc<Entry>, bool) {
        self.reserved.remove(&new.slot);
        let replaced = self.remove(&new.id.clone(), revision);
        let entry = self.insert(new, revision);
        self.revision = revision;
        (entry, replaced.is_some())
    }

    /// The catalogue of a collection that was kept: its sources, each with the revision at which it was
    /// added, and the revision at which the collection last changed. Slots between theirs are free.
    pub(super) fn restored(sources: Vec<(NewEntry, u64)>, revision: u64) -> Self {
        let mut catalogue = Self { revision, ..Self::default() };
        let used = sources.iter().map(|(new, _)| new.slot.index() + 1).max().unwrap_or(0);
        catalogue.slots.resize(used, None);
        for (new, added) in sources {
            catalogue.insert(new, added);
        }
        let slots = (0..).map_while(Slot::new).zip(&catalogue.slots);
        // The last first, so that they are taken in order.
        catalogue.free = slots.filter(|(_, entry)| entry.is_none()).map(|(slot, _)| slot).collect();
        catalogue.free.reverse();
        catalogue
    }

    /// There may be postings in these slots, which nobody has: they are not free.
    pub(super) fn leave_to_purge(&mut self, slots: Vec<Slot>) {
        self.free.retain(|slot| slots.binary_search(slot).is_err());
        self.gone = slots;
        self.textless = self.gone.len();
    }

    /// Puts a source into its slot.
    fn insert(&mut self, new: NewEntry, added: u64) -> Arc<Entry> {
        let NewEntry {
            id,
            title,
            group,
            labels,
            words,
            text_bytes,
            fingerprints,
            digest,
            content_digest,
            slot,
        } = new;
        let gone = AtomicU64::new(u64::MAX);
        let entry = Arc::new(Entry {
            id,
            title,
            group,
            labels,
            words,
            text_bytes,
            fingerprints,
            added,
            digest,
            content_digest,
            slot,
            gone,
        });
        self.by_id.insert(entry.id.clone(), slot);
        self.by_digest.insert((digest, slot));
        if !entry.group.as_str().is_empty() {
            self.by_group.entry(entry.group.clone()).or_default().push(slot);
        }
        for label in entry.labels.as_slice() {
            self.by_label.entry(label.clone()).or_default().push(slot);
        }
        self.counts.add(&entry);
        if let Some(place) = self.slots.get_mut(slot.index()) {
            *place = Some(Arc::clone(&entry));
        }
        entry
    }

    /// Removes a source as of `revision`.
    pub(super) fn remove(&mut self, id: &SourceId, revision: u64) -> Option<Arc<Entry>> {
        let slot = self.by_id.remove(id)?;
        let entry = Arc::clone(self.entry(slot)?);
        entry.gone.store(revision, Ordering::Relaxed);
        self.gone.push(slot);
        self.counts.subtract(&entry);
        self.revision = revision;
        self.by_digest.remove(&(entry.digest, slot));
        Some(entry)
    }

    /// The source in a slot, there or gone.
    pub(super) fn entry(&self, slot: Slot) -> Option<&Arc<Entry>> {
        self.slots.get(slot.index())?.as_ref()
    }

    /// All sources, there or gone, by slot.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.slots.iter().flatten()
    }

    /// The source with an id.
    pub(super) fn get(&self, id: &SourceId) -> Option<&Arc<Entry>> {
        self.entry(*self.by_id.get(id)?)
    }

    /// Sources in order of their ids, from just after `after` on.
    pub(super) fn list(&self, after: Option<&SourceId>) -> impl Iterator<Item = &Arc<Entry>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.by_id.range((from, Bound::Unbounded)).filter_map(|(_, slot)| self.entry(*slot))
    }

    /// The ids of other sources with the digest of one of them, `most` at most: those of the lowest slots;
    /// sorted.
    pub(super) fn duplicates(&self, of: &Entry, most: usize) -> Vec<SourceId> {
        let same = self.by_digest.range((of.digest, Slot::FIRST)..);
        let slots = same.take_while(|(digest, _)| *digest == of.digest).map(|(_, slot)| *slot);
        let others = slots.filter(|slot| *slot != of.slot).take(most);
        let mut ids: Vec<SourceId> =
            others.filter_map(|slot| self.entry(slot)).map(|entry| entry.id.clone()).collect();
        ids.sort_unstable();
        ids
    }

    /// How many sources a check of `scope` at the present revision looks at.
    pub(super) fn sources_in_scope(&self, scope: &Scope) -> u64 {
        if !scope.has_exclusions() {
            return self.counts.sources;
        }
        let ids = scope.exclude_source_ids.iter().filter_map(|id| self.by_id.get(id));
        let groups = scope.exclude_groups.iter().filter_map(|group| self.by_group.get(group)).flatten();
        let labels = scope.exclude_labels.iter().filter_map(|label| self.by_label.get(label)).flatten();
        let mut excluded: Vec<Slot> = ids.chain(groups).chain(labels).copied().collect();
        excluded.sort_unstable();
        excluded.dedup();
        let there =
            excluded.iter().filter(|slot| self.entry(**slot).is_some_and(|e| e.is_there_at(self.revision)));
        self.counts.sources - there.count() as u64
    }

    /// The sources that a check of `scope` at a revision looks at, in order of their ids. Linear in the
    /// collection but for the sort.
    pub(super) fn there_at(&self, scope: &Scope, revision: u64) -> Vec<Arc<Entry>> {
        let there = self.slots.iter().flatten().filter(|entry| entry.is_in_scope(scope, revision));
        let mut there: Vec<Arc<Entry>> = there.cloned().collect();
        there.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        there
    }

    /// Slots that are taken or were.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        (0..).map_while(Slot::new).take(self.slots.len())
    }

    /// How many slots are taken or were.
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

    /// How many slots at most may have postings of sources that are not there at a revision.
    pub(super) fn most_hidden_at(&self, revision: u64) -> u32 {
        // Each revision adds one source at most.
        let added_since = self.revision.saturating_sub(revision);
        let hidden = added_since.saturating_add((self.gone.len() + self.reserved.len()) as u64);
        u32::try_from(hidden).unwrap_or(u32::MAX)
    }

    /// Whether the sources that are gone are so many that dropping their postings pays, since look-ups pass over them,
    /// or that slots run out.
    pub(super) fn is_purge_due(&self) -> bool {
        const LEAST: usize = 64;
        let gone = self.gone.len();
        let left = self.free.len() + (Slot::COUNT as usize).saturating_sub(self.slots.len());
        gone > LEAST && (gone as u64 * 8 > self.counts.sources || gone > left)
    }

    /// Whether there may be texts of sources that are gone.
    pub(super) fn has_texts_to_forget(&self) -> bool {
        self.gone.len() > self.textless
    }

    /// The texts of these sources, which are gone, are forgotten. `slots` are sorted.
    pub(super) fn forgot_texts(&mut self, slots: &[Slot]) {
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

    /// Frees slots of sources that are gone and whose postings were dropped.
    pub(super) fn free(&mut self, purged: &[Slot]) {
        let is_purged = |slot: &Slot| purged.binary_search(slot).is_ok();
        self.textless -= self.gone.iter().take(self.textless).filter(|slot| is_purged(slot)).count();
        self.gone.retain(|slot| !is_purged(slot));
        for slots in self.by_group.values_mut().chain(self.by_label.values_mut()) {
            slots.retain(|slot| !is_purged(slot));
        }
        self.by_group.retain(|_, slots| !slots.is_empty());
        self.by_label.retain(|_, slots| !slots.is_empty());
        for slot in purged {
            if let Some(place) = self.slots.get_mut(slot.index()) {
                *place = None;
            }
        }
        self.free.extend_from_slice(purged);
    }
}

/// A text has far fewer bytes than fit.
fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
