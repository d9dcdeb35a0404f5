//! The fingerprints of one source, by shard.

use crate::fingerprint::{Context, Fingerprint};

/// Items that are compared with one another rather than sorted. An ordinary text has eight for each shard.
const FEW: usize = 24;

/// A fingerprint that is inserted or removed, without its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Item {
    pub(super) hash: u64,
    pub(super) context: Context,
}

/// The items by shard, without duplicates, those of one hash together and sorted.
pub(super) fn by_shard<const SHARDS: usize>(
    fingerprints: &[Fingerprint],
    shard: impl Fn(u64) -> usize,
) -> Vec<Item> {
    let mut ends = [0_usize; SHARDS];
    for fingerprint in fingerprints {
        if let Some(end) = ends.get_mut(shard(fingerprint.hash)) {
            *end += 1;
        }
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    let mut items = vec![Item::default(); fingerprints.len()];
    for Fingerprint { hash, context, .. } in fingerprints {
        if let Some(next) = ends.get_mut(shard(*hash))
            && let Some(item) = items.get_mut(*next)
        {
            *item = Item { hash: *hash, context: *context };
            *next += 1;
        }
    }
    let mut may_repeat = false;
    for group in items.chunk_by_mut(|a, b| shard(a.hash) == shard(b.hash)) {
        if group.len() > FEW || has_equal(group) {
            group.sort_unstable();
            may_repeat = true;
        }
    }
    if may_repeat {
        items.dedup();
    }
    items
}

/// Whether two of some items have the same hash. Quadratic, without a branch that depends on the hashes: faster than a sort of few.
fn has_equal(items: &[Item]) -> bool {
    let mut rest = items;
    let mut equal = 0;
    while let [first, others @ ..] = rest {
        equal += others.iter().filter(|other| other.hash == first.hash).count();
        rest = others;
    }
    equal > 0
}
