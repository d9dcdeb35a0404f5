//! The index of one collection: tables behind locks.

use parking_lot::{RwLock, RwLockReadGuard, RwLockUpgradableReadGuard};

use crate::fingerprint::{Context, ContextMatch, Fingerprint};

use super::layout::Slot;
use super::table::{Cursor, Table};

/// An index with more postings than this is split into shards.
const SPLIT_AT_POSTINGS: usize = 1 << 18;

/// The shards are `2^SHARD_BITS`.
const SHARD_BITS: u32 = 6;

/// Chains that are read side by side, so that their cache misses overlap.
const SIDE_BY_SIDE: usize = 16;

/// A posting that a look-up found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which of the fingerprints that were looked up, by its place in the list.
    pub fingerprint: u32,
    /// The source.
    pub slot: Slot,
    /// What was kept with the posting.
    pub context: Context,
    /// Whether the words around agree, as they do in every common run of `t` words.
    pub in_context: bool,
}

/// What a look-up found.
#[derive(Debug, Default)]
pub struct LookUp {
    /// The postings, in an order that depends on nothing but the index.
    pub hits: Vec<Hit>,
    /// The fingerprints that had more postings than the limit, by their places in the list, ascending.
    pub unread: Vec<u32>,
}

/// Fingerprints to sources, for one collection. All methods may be called from many threads.
#[derive(Debug, Default)]
pub struct Index {
    shards: RwLock<Shards>,
}

#[derive(Debug)]
struct Shards {
    bits: u32,
    tables: Vec<RwLock<Table>>,
}

impl Default for Shards {
    fn default() -> Self {
        Self { bits: 0, tables: vec![RwLock::default()] }
    }
}

impl Shards {
    /// The shard of a hash, and the hash within it.
    fn place(&self, hash: u64) -> (usize, u64) {
        #[expect(clippy::cast_possible_truncation, reason = "a few bits")]
        let shard = hash.checked_shr(u64::BITS - self.bits).unwrap_or(0) as usize;
        (shard, hash << self.bits)
    }

    fn postings(&self) -> usize {
        self.tables.iter().map(|table| table.read().postings()).sum()
    }
}

impl Index {
    /// Adds the fingerprints of a source; those that repeat are added once. Gives the number added, or
    /// `None` when the index has no room for all of them; some may have been added then.
    ///
    /// Constant time a fingerprint, on average. Look-ups go on meanwhile and may see any part of it.
    pub fn insert(&self, slot: Slot, fingerprints: &[Fingerprint]) -> Option<usize> {
        let mut sorted: Vec<(u64, Context)> = fingerprints.iter().map(|f| (f.hash, f.context)).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let added = self.insert_sorted(slot, &sorted);
        self.split_if_large();
        (added == sorted.len()).then_some(added)
    }

    fn insert_sorted(&self, slot: Slot, sorted: &[(u64, Context)]) -> usize {
        let shards = self.shards.read();
        let mut added = 0;
        for group in sorted.chunk_by(|a, b| shards.place(a.0).0 == shards.place(b.0).0) {
            let Some(shard) = group.first().map(|(hash, _)| shards.place(*hash).0) else { continue };
            let Some(lock) = shards.tables.get(shard) else { continue };
            let table = lock.upgradable_read();
            let mut table = if table.has_room(group.len(), slot) {
                RwLockUpgradableReadGuard::upgrade(table)
            } else {
                // Built while look-ups still read the old one.
                let grown = table.grown(group.len(), slot);
                let mut table = RwLockUpgradableReadGuard::upgrade(table);
                *table = grown;
                table
            };
            for (hash, context) in group {
                added += usize::from(table.insert(shards.place(*hash).1, *context, slot));
            }
        }
        added
    }

    fn split_if_large(&self) {
        let is_large = |shards: &Shards| shards.bits == 0 && shards.postings() > SPLIT_AT_POSTINGS;
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

    /// Looks up fingerprints, reading at most about `limit` postings of each.
    ///
    /// `rule` says which contexts agree. A hit may be false with a probability of about
    /// `postings / 2^38`, so whoever asks verifies on the text.
    #[must_use]
    pub fn look_up(&self, fingerprints: &[Fingerprint], rule: ContextMatch, limit: u32) -> LookUp {
        self.look_up_within(fingerprints, rule, limit, u32::MAX)
    }

    /// As [`Self::look_up`], and reading at most `chunks` chunks of ten postings for each fingerprint,
    /// its own or those of others that share its chain. For fingerprints that no guarantee depends on:
    /// a very common one then slows none of those beside it.
    #[must_use]
    pub fn look_up_within(
        &self,
        fingerprints: &[Fingerprint],
        rule: ContextMatch,
        limit: u32,
        chunks: u32,
    ) -> LookUp {
        let shards = self.shards.read();
        let tables: Vec<RwLockReadGuard<'_, Table>> = shards.tables.iter().map(RwLock::read).collect();
        let mut chains: Vec<Chain<'_>> = Vec::with_capacity(fingerprints.len());
        for (fingerprint, number) in fingerprints.iter().zip(0..) {
            let (shard, hash) = shards.place(fingerprint.hash);
            if let Some(table) = tables.get(shard) {
                let cursor = table.cursor(hash);
                chains.push(Chain { table, cursor, number, context: fingerprint.context, found: 0, chunks });
            }
        }
        let mut out = LookUp::default();
        while !chains.is_empty() {
            for side_by_side in chains.chunks(SIDE_BY_SIDE) {
                let touched: usize = side_by_side.iter().map(|chain| chain.table.touch(chain.cursor)).sum();
                std::hint::black_box(touched);
            }
            chains.retain_mut(|chain| chain.step(rule, limit, &mut out));
        }
        out.unread.sort_unstable();
        out
    }

    /// Drops the postings of the sources that `keep` refuses. Linear in the index; look-ups go on
    /// meanwhile.
    pub fn purge(&self, keep: impl Fn(Slot) -> bool) {
        for lock in &self.shards.read().tables {
            let table = lock.upgradable_read();
            let purged = table.purged(&keep);
            *RwLockUpgradableReadGuard::upgrade(table) = purged;
        }
    }

    /// Bytes of memory that the index takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let shards = self.shards.read();
        let tables: usize = shards.tables.iter().map(|table| table.read().bytes()).sum();
        tables + shards.tables.capacity() * size_of::<RwLock<Table>>()
    }
}

/// A fingerprint whose chain is being read.
struct Chain<'a> {
    table: &'a Table,
    cursor: Cursor,
    number: u32,
    context: Context,
    found: u32,
    /// Chunks that may still be read.
    chunks: u32,
}

impl Chain<'_> {
    /// Reads one chunk; `false` when there is no more to read.
    fn step(&mut self, rule: ContextMatch, limit: u32, out: &mut LookUp) -> bool {
        let Self { table, cursor, number, context, found, chunks } = self;
        let more = table.step(cursor, |other, slot| {
            let in_context = rule.agree(*context, other);
            out.hits.push(Hit { fingerprint: *number, slot, context: other, in_context });
            *found += 1;
        });
        *chunks = chunks.saturating_sub(1);
        if more && (*found >= limit || *chunks == 0) {
            out.unread.push(*number);
            return false;
        }
        more
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::fingerprint::WindowSize;

    fn fingerprint(hash: u64) -> Fingerprint {
        Fingerprint {
            hash: hash.wrapping_mul(0x9E37_79B9_7F4A_7C15),
            context: Context::from_bits(7),
            position: 0,
        }
    }

    fn found(index: &Index, hash: u64, limit: u32) -> (BTreeSet<u32>, bool) {
        let look_up = index.look_up(&[fingerprint(hash)], ContextMatch::new(WindowSize::default()), limit);
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
                prop_assert_eq!(found(&index, hash, u32::MAX).0, expected);
            }
            index.purge(|slot| slot.number() % 2 == 0);
            for hash in 0..210 {
                let expected: BTreeSet<u32> = sources.iter().zip(0..)
                    .filter(|(s, n)| s.contains(&hash) && n % 2 == 0).map(|(_, n)| n).collect();
                prop_assert_eq!(found(&index, hash, u32::MAX).0, expected);
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
            assert_eq!(found(&index, hash, u32::MAX).0, (first..first + 3).collect());
        }
        let per_posting = index.bytes() as f64 / (f64::from(sources) * each as f64);
        assert!(per_posting < 9.5, "{per_posting} bytes a posting");
    }

    #[test]
    fn stops_at_the_limit_and_says_so() {
        let index = Index::default();
        for number in 0..500 {
            index.insert(Slot::new(number).unwrap(), &[fingerprint(1)]);
        }
        let (slots, unread) = found(&index, 1, 100);
        assert!(slots.len() >= 100 && slots.len() < 120 && unread);
        assert_eq!(found(&index, 1, 500), ((0..500).collect(), false));
    }
}
