//! Reading the chains of many fingerprints side by side.

use parking_lot::RwLockReadGuard;

use crate::fingerprint::{Context, ContextMatch, Fingerprint};

use super::common::Common;
use super::layout::Slot;
use super::shards::Shards;
use super::table::{Cursor, Table};

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
    /// The postings, in no particular order.
    pub hits: Vec<Hit>,
    /// The fingerprints that were left unread but for a sample, by their places in the list.
    pub unread: Vec<Unread>,
}

/// A fingerprint that is so common that no more was read of it than a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// Which of the fingerprints that were looked up, by its place in the list.
    pub fingerprint: u32,
    /// Its postings.
    pub postings: u32,
}

/// How much a look-up reads. Fingerprints with no more than a few hundred postings may be read in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Postings of one fingerprint: of one that has more only a sample is read, a few postings of the
    /// lowest slots.
    pub per_fingerprint: u32,
    /// Postings of common fingerprints in all. They are read from the rarest to the commonest; of those for
    /// which none is left over only a sample.
    pub in_all: u32,
}

impl ReadLimits {
    /// Everything is read.
    pub const NONE: Self = Self { per_fingerprint: u32::MAX, in_all: u32::MAX };
}

/// A fingerprint whose chain is being read.
struct Chain<'a> {
    table: &'a Table,
    cursor: Cursor,
    number: u32,
    context: Context,
    found: u32,
}

impl Chain<'_> {
    /// Reads one chunk; `false` when there is no more to read.
    fn step(&mut self, rule: ContextMatch, limit: u32, out: &mut LookUp) -> bool {
        let Self { table, cursor, number, context, found } = self;
        let more = table.step(cursor, |other, slot| {
            let in_context = rule.agree(*context, other);
            out.hits.push(Hit { fingerprint: *number, slot, context: other, in_context });
            *found += 1;
        });
        if !more && *found > limit {
            out.unread.push(Unread { fingerprint: *number, postings: *found });
        }
        more
    }
}

/// A common fingerprint that was looked up.
struct Apart<'a> {
    common: &'a Common,
    chain: Chain<'a>,
}

/// As [`Index::look_up`](super::Index::look_up).
pub(super) fn look_up(
    shards: &Shards,
    fingerprints: &[Fingerprint],
    rule: ContextMatch,
    limits: ReadLimits,
) -> LookUp {
    let tables = shards.read();
    let (mut chains, mut apart) = chains(shards, &tables, fingerprints);
    let mut out = LookUp::default();
    while !chains.is_empty() {
        for side_by_side in chains.chunks(SIDE_BY_SIDE) {
            let touched = side_by_side
                .iter()
                .fold(0, |sum: u32, chain| sum.wrapping_add(chain.table.touch(chain.cursor)));
            std::hint::black_box(touched);
        }
        chains.retain_mut(|chain| chain.step(rule, limits.per_fingerprint, &mut out));
    }
    apart.sort_unstable_by_key(|apart| (apart.common.count(), apart.chain.number));
    let mut left = limits.in_all;
    for Apart { common, mut chain } in apart {
        match left.checked_sub(common.count()) {
            Some(rest) if common.count() <= limits.per_fingerprint => {
                left = rest;
                while chain.step(rule, limits.per_fingerprint, &mut out) {}
            }
            _ => {
                out.hits.extend(common.sample().iter().map(|(slot, context)| Hit {
                    fingerprint: chain.number,
                    slot: *slot,
                    context: *context,
                    in_context: rule.agree(chain.context, *context),
                }));
                out.unread.push(Unread { fingerprint: chain.number, postings: common.count() });
            }
        }
    }
    out.unread.sort_unstable();
    out
}

/// The chains of the fingerprints: of those that share theirs with others, and of the common ones.
fn chains<'a>(
    shards: &Shards,
    tables: &'a [RwLockReadGuard<'_, Table>],
    fingerprints: &[Fingerprint],
) -> (Vec<Chain<'a>>, Vec<Apart<'a>>) {
    let (mut chains, mut apart) = (Vec::with_capacity(fingerprints.len()), Vec::new());
    for (Fingerprint { hash, context, .. }, number) in fingerprints.iter().zip(0..) {
        let (shard, hash) = shards.place(*hash);
        let Some(table) = tables.get(shard) else { continue };
        let chain = |cursor| Chain { table, cursor, number, context: *context, found: 0 };
        match table.common(hash) {
            Some(common) if common.is_common() => {
                apart.push(Apart { common, chain: chain(table.cursor_of(common, hash)) });
            }
            Some(common) => chains.push(chain(table.cursor_of(common, hash))),
            None => chains.push(chain(table.cursor(hash))),
        }
    }
    (chains, apart)
}
