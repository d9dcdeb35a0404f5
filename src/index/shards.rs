//! The index of one collection: tables with a lock each.

use parking_lot::{RwLock, RwLockReadGuard, RwLockUpgradableReadGuard, RwLockWriteGuard};

use crate::fingerprint::{ContextMatch, Fingerprint};

use super::budget::ReadLimits;
use super::chain::{Hit, Visible};
use super::common::SAMPLE;
use super::items::{Item, by_shard};
use super::look_up::{Counted, LookUp, Wanted, count};
use super::slab::Link;
use super::table::Table;
use crate::model::Slot;

/// An index with more postings than this, about 2 MB, is split into shards.
const SPLIT_AT_POSTINGS: usize = 1 << 18;

/// The number of shards is `2^SHARD_BITS`.
const SHARD_BITS: u32 = 5;

/// Fingerprints to sources, for one collection. All methods may be called from many threads at once.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) shards: RwLock<Shards>,
}

#[derive(Debug)]
pub(super) struct Shards {
    bits: u32,
    pub(super) tables: Vec<RwLock<Table>>,
}

impl Default for Shards {
    fn default() -> Self {
        Self { bits: 0, tables: vec![RwLock::default()] }
    }
}

impl Shards {
    /// The shards of decoded tables; `None` if no index is split by this number of bits.
    pub(super) fn of_tables(bits: u32, tables: Vec<RwLock<Table>>) -> Option<Self> {
        (bits == 0 || bits == SHARD_BITS).then_some(Self { bits, tables })
    }

    /// The shard of a hash, and the hash within it.
    #[inline]
    pub(super) fn place(&self, hash: u64) -> (usize, u64) {
        #[expect(clippy::cast_possible_truncation, reason = "a few bits")]
        let shard = hash.checked_shr(u64::BITS - self.bits).unwrap_or(0) as usize;
        (shard, hash << self.bits)
    }

    /// All tables, for reading.
    pub(super) fn read(&self) -> Vec<RwLockReadGuard<'_, Table>> {
        self.tables.iter().map(RwLock::read).collect()
    }

    fn postings(&self) -> usize {
        self.tables.iter().map(|table| table.read().postings()).sum()
    }

    fn by_shard(&self, fingerprints: &[Fingerprint]) -> Vec<Item> {
        by_shard::<{ 1 << SHARD_BITS }>(fingerprints, |hash| self.place(hash).0)
    }

    #[inline]
    fn shard(&self, item: &Item) -> usize {
        self.place(item.hash).0
    }

    /// The tables of the items' shards, each with its items, which are sorted by shard.
    fn by_table<'a>(&'a self, items: &'a [Item]) -> impl Iterator<Item = (&'a RwLock<Table>, &'a [Item])> {
        // No group is empty, and every hash has a table.
        items.chunk_by(|a, b| self.shard(a) == self.shard(b)).filter_map(|group| {
            let [first, ..] = group else { return None };
            Some((self.tables.get(self.shard(first))?, group))
        })
    }

    /// Reads the memory that adding the items will write to, so that their cache misses overlap.
    fn touch(&self, items: &[Item]) {
        let tables = self.read();
        let groups = || {
            let groups = items.chunk_by(|a, b| self.shard(a) == self.shard(b));
            groups.filter_map(|group| Some((tables.get(self.shard(group.first()?))?, group)))
        };
        // First all heads, then all chunks, so that no read waits for another.
        let mut fronts: Vec<Link> = Vec::with_capacity(items.len());
        for (table, group) in groups() {
            fronts.extend(group.iter().map(|item| table.front(self.place(item.hash).1)));
        }
        let mut fronts = fronts.iter();
        let mut touched = 0_u32;
        for (table, group) in groups() {
            for link in fronts.by_ref().take(group.len()) {
                touched = touched.wrapping_add(table.touch_chunk(*link));
            }
        }
        std::hint::black_box(touched);
    }

    fn insert(&self, slot: Slot, items: &[Item]) -> usize {
        self.touch(items);
        let mut added = 0;
        for (lock, group) in self.by_table(items) {
            let mut table = with_room(lock, group.len(), slot);
            for Item { hash, context } in group {
                added += usize::from(table.insert(self.place(*hash).1, *context, slot));
            }
        }
        added
    }

    fn remove(&self, slot: Slot, items: &[Item]) {
        for (lock, group) in self.by_table(items) {
            let mut table = lock.write();
            for Item { hash, context } in group {
                table.remove(self.place(*hash).1, *context, slot);
            }
        }
    }
}

/// The table, for writing, with room for `more` postings of sources up to `slot`.
fn with_room(lock: &RwLock<Table>, more: usize, slot: Slot) -> RwLockWriteGuard<'_, Table> {
    let table = lock.write();
    if table.has_room(more, slot) {
        return table;
    }
    // The larger table is built while look-ups read the old one.
    let table = RwLockWriteGuard::downgrade_to_upgradable(table);
    let grown = table.grown(more, slot);
    let mut table = RwLockUpgradableReadGuard::upgrade(table);
    *table = grown;
    table
}

impl Index {
    /// Adds the fingerprints of a source, each once. Returns the number added, or `None` if the index has no room for
    /// all of them; then some may have been added.
    ///
    /// All fingerprints of a source with one hash must be added by one call: the count of sources depends on it.
    /// Constant time for each fingerprint, on average. Concurrent look-ups may see a part of the fingerprints.
    pub fn insert(&self, slot: Slot, fingerprints: &[Fingerprint]) -> Option<usize> {
        let (added, wanted) = {
            let shards = self.shards.read();
            let items = shards.by_shard(fingerprints);
            (shards.insert(slot, &items), items.len())
        };
        self.split_if_larger_than(SPLIT_AT_POSTINGS);
        (added == wanted).then_some(added)
    }

    /// Removes the postings that [`Self::insert`] added with the same slot and fingerprints, also if it added only some
    /// of them. Postings of other slots stay.
    ///
    /// Linear in the postings that were added later to the chains of these fingerprints.
    pub fn remove(&self, slot: Slot, fingerprints: &[Fingerprint]) {
        let shards = self.shards.read();
        let items = shards.by_shard(fingerprints);
        shards.remove(slot, &items);
    }

    pub(super) fn split_if_larger_than(&self, postings: usize) {
        let is_large = |shards: &Shards| shards.bits == 0 && shards.postings() > postings;
        if !is_large(&self.shards.read()) {
            return;
        }
        let mut shards = self.shards.write();
        if is_large(&shards) {
            let parts = shards.tables.first().map(|table| table.read().split(SHARD_BITS));
            let tables = parts.into_iter().flatten().map(RwLock::new).collect();
            *shards = Shards { bits: SHARD_BITS, tables };
        }
    }

    /// Looks up fingerprints, within limits. `rule` says which contexts agree.
    ///
    /// A hit may be false with a probability of about `postings / 2^38`, so it has to be verified on the text.
    #[must_use]
    pub fn look_up(&self, fingerprints: &[Fingerprint], rule: ContextMatch, limits: ReadLimits) -> LookUp {
        let mut all = Visible::ALL;
        self.look_up_visible(Wanted { fingerprints, rule }, limits, &mut all)
    }

    /// As [`Self::look_up`] in an index that has the postings of the visible slots alone.
    pub fn look_up_visible(
        &self,
        wanted: Wanted<'_>,
        limits: ReadLimits,
        visible: &mut Visible<impl FnMut(Slot) -> bool>,
    ) -> LookUp {
        let counted = self.count(wanted, limits.ceiling(), visible);
        let (counts, unread) = (counted.counts.clone(), limits.unread(&counted.counts));
        let hits = self.read(wanted, counted, &unread, SAMPLE, visible);
        LookUp { hits, counts, unread }
    }

    /// The first step of a look-up: counts the visible postings of each fingerprint, exactly up to `ceiling`.
    ///
    /// While some slots are hidden, each common fingerprint that may have no more than `ceiling` visible postings is
    /// counted one by one, in the time of reading that many and the hidden ones.
    pub fn count(
        &self,
        wanted: Wanted<'_>,
        ceiling: u32,
        visible: &mut Visible<impl FnMut(Slot) -> bool>,
    ) -> Counted {
        count(&self.shards.read(), wanted, ceiling, visible)
    }

    /// Counts the different sources of each fingerprint, by its place in the list. One with more than `ceiling` postings
    /// has `u32::MAX`. Takes the time of reading the others.
    pub fn count_sources(
        &self,
        wanted: Wanted<'_>,
        counted: &Counted,
        ceiling: u32,
        visible: &mut Visible<impl FnMut(Slot) -> bool>,
    ) -> Vec<u32> {
        counted.sources(&self.shards.read(), wanted, ceiling, visible)
    }

    /// The second step of a look-up: the postings of all fingerprints but those in `unread`, which is sorted; of each of
    /// these a sample of the visible postings of the lowest slots, `sample` or 16 at most.
    pub fn read(
        &self,
        wanted: Wanted<'_>,
        counted: Counted,
        unread: &[u32],
        sample: usize,
        visible: &mut Visible<impl FnMut(Slot) -> bool>,
    ) -> Vec<Hit> {
        counted.read(&self.shards.read(), wanted, unread, sample, visible)
    }

    /// Removes the postings of slots for which `keep` is false. Linear in the index. Other threads may look up
    /// meanwhile.
    pub fn purge(&self, keep: impl Fn(Slot) -> bool) {
        for lock in &self.shards.read().tables {
            let table = lock.upgradable_read();
            let purged = table.purged(&keep);
            *RwLockUpgradableReadGuard::upgrade(table) = purged;
        }
    }

    #[cfg(test)]
    pub(super) fn postings(&self) -> usize {
        self.shards.read().postings()
    }

    /// Bytes of memory of the index.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let shards = self.shards.read();
        let tables: usize = shards.tables.iter().map(|table| table.read().bytes()).sum();
        tables + shards.tables.capacity() * size_of::<RwLock<Table>>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::fingerprint::{Context, WindowSize};

    fn fingerprint(hash: u64) -> Fingerprint {
        Fingerprint {
            hash: hash.wrapping_mul(0x9E37_79B9_7F4A_7C15),
            context: Context::from_bits(7),
            position: 0,
        }
    }

    fn found(index: &Index, hash: u64, limits: ReadLimits) -> (BTreeSet<u32>, bool) {
        let look_up = index.look_up(&[fingerprint(hash)], ContextMatch::new(WindowSize::default()), limits);
        (look_up.hits.iter().map(|hit| hit.slot.number()).collect(), !look_up.unread.is_empty())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn finds_exactly_what_was_added(sources in proptest::collection::vec(proptest::collection::vec(0_u64..200, 0..60), 0..80)) {
            let index = Index::default();
            for (source, number) in sources.iter().zip(0..) {
                let fingerprints: Vec<Fingerprint> = source.iter().map(|h| fingerprint(*h)).collect();
                let distinct: BTreeSet<_> = source.iter().collect();
                prop_assert_eq!(index.insert(Slot::new(number).unwrap(), &fingerprints), Some(distinct.len()));
            }
            for hash in 0..210 {
                let expected: BTreeSet<u32> =
                    sources.iter().zip(0..).filter(|(s, _)| s.contains(&hash)).map(|(_, n)| n).collect();
                prop_assert_eq!(found(&index, hash, ReadLimits::NONE).0, expected);
            }
            index.purge(|slot| slot.number() % 2 == 0);
            for hash in 0..210 {
                let expected: BTreeSet<u32> = sources.iter().zip(0..)
                    .filter(|(s, n)| s.contains(&hash) && n % 2 == 0).map(|(_, n)| n).collect();
                prop_assert_eq!(found(&index, hash, ReadLimits::NONE).0, expected);
            }
        }
    }

    #[test]
    fn keeps_everything_as_it_is_split_and_grows() {
        let index = Index::default();
        let (sources, each) = (3_000_u32, 200_u64);
        for number in 0..sources {
            let fingerprints: Vec<_> =
                (0..each).map(|i| fingerprint(u64::from(number / 3) * each + i)).collect();
            assert_eq!(index.insert(Slot::new(number).unwrap(), &fingerprints), Some(each as usize));
        }
        assert_eq!(index.shards.read().tables.len(), 1 << SHARD_BITS);
        for hash in (0..u64::from(sources / 3) * each).step_by(97) {
            let first = u32::try_from(hash / each).unwrap() * 3;
            assert_eq!(found(&index, hash, ReadLimits::NONE).0, (first..first + 3).collect());
        }
        let per_posting = index.bytes() as f64 / (f64::from(sources) * each as f64);
        assert!(per_posting < 8.5, "{per_posting} bytes a posting");
    }

    /// An index of sources that share three fingerprints and have five others each.
    fn with_boilerplate(sources: u32) -> Index {
        let index = Index::default();
        for number in 0..sources {
            let own = (0..5).map(|i| 1_000 + u64::from(number) * 5 + i);
            let fingerprints: Vec<_> = (0..3).chain(own).map(fingerprint).collect();
            assert_eq!(index.insert(Slot::new(number).unwrap(), &fingerprints), Some(8));
        }
        index
    }

    #[test]
    fn common_fingerprints_slow_no_others_and_are_kept_whole() {
        let index = with_boilerplate(40_000);
        assert_eq!(index.shards.read().bits, SHARD_BITS);
        for hash in 0..3 {
            assert_eq!(found(&index, hash, ReadLimits::NONE), ((0..40_000).collect(), false));
            let longest = index.shards.read().tables.iter().map(|table| table.read().longest_chain()).max();
            assert!(longest.unwrap() < 100, "{longest:?} chunks");
        }
        for number in (0..40_000).step_by(997) {
            assert_eq!(found(&index, 1_000 + u64::from(number) * 5, ReadLimits::NONE).0, [number].into());
        }
        index.purge(|slot| slot.number() % 1_000 == 7);
        assert_eq!(found(&index, 2, ReadLimits::NONE), ((7..40_000).step_by(1_000).collect(), false));
    }

    /// A fingerprint that shares its first 16 bits with all others, as a person who knows the secret can make them.
    fn made_to_collide(number: u64) -> Fingerprint {
        Fingerprint { hash: 0xABCD << 48 | number << 35, context: Context::from_bits(7), position: 0 }
    }

    #[test]
    fn fingerprints_that_were_made_to_share_a_head_make_no_long_chain() {
        let index = Index::default();
        let look_up = |number| {
            let found = index.look_up(&[made_to_collide(number)], ContextMatch::none(), ReadLimits::NONE);
            found.hits.iter().map(|hit| hit.slot.number()).collect::<BTreeSet<u32>>()
        };
        let (sources, each) = (40_u32, 100_u64);
        for round in 0..2 {
            for number in 0..sources {
                let own = (0..each).map(|i| made_to_collide(u64::from(number) * each + i));
                let slot = Slot::new(number + round * sources).unwrap();
                assert_eq!(index.insert(slot, &own.collect::<Vec<_>>()), Some(each as usize));
            }
            let longest = index.shards.read().tables.iter().map(|table| table.read().longest_chain()).max();
            assert!(longest.unwrap() <= 40, "{longest:?} chunks");
        }
        for number in (0..sources).step_by(7) {
            assert_eq!(look_up(u64::from(number) * each + 3), [number, number + sources].into());
        }
        index.purge(|slot| slot.number() < sources);
        assert_eq!(look_up(0), [0].into());
        // One of them becomes common.
        for number in sources..sources + 200 {
            index.insert(Slot::new(number).unwrap(), &[made_to_collide(0)]).unwrap();
        }
        assert_eq!(look_up(0).len(), 201);
        let limits = ReadLimits { per_fingerprint: 200, in_all: u32::MAX };
        let unread = index.look_up(&[made_to_collide(0)], ContextMatch::none(), limits);
        assert_eq!(unread.unread, [0]);
        let slots: Vec<u32> = unread.hits.iter().map(|hit| hit.slot.number()).collect();
        assert_eq!(slots, [0].into_iter().chain(sources..sources + 15).collect::<Vec<_>>());
    }

    #[test]
    fn of_what_is_too_common_a_sample_is_read_and_it_says_so() {
        let index = with_boilerplate(2_000);
        for limits in [
            ReadLimits { per_fingerprint: 1_999, in_all: u32::MAX },
            ReadLimits { per_fingerprint: u32::MAX, in_all: 1_999 },
        ] {
            let (slots, unread) = found(&index, 1, limits);
            assert_eq!(slots, (0..16).collect());
            assert!(unread);
        }
        let enough = ReadLimits { per_fingerprint: 2_000, in_all: 2_000 };
        assert_eq!(found(&index, 1, enough), ((0..2_000).collect(), false));
        let all: Vec<_> = (0..3).map(fingerprint).collect();
        let two = ReadLimits { per_fingerprint: 2_000, in_all: 4_000 };
        let look_up = index.look_up(&all, ContextMatch::none(), two);
        assert_eq!(look_up.unread, [2]);
        assert_eq!(look_up.hits.len(), 4_016);
    }
}
