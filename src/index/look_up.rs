//! Reading the chains of many fingerprints side by side.
//!
//! What is found depends on the postings that are visible to whoever looks up, and on nothing else: not on those of
//! sources that are gone or not there yet, nor on the order in which they came, nor on what was set apart.

use parking_lot::RwLockReadGuard;

use crate::fingerprint::{ContextMatch, Fingerprint};

use super::budget::{Count, LookUp, ReadLimits, Reader, Rival};
use super::chain::{Chain, Visible};
use super::common::LEAST_POSTINGS;
use super::layout::Slot;
use super::shards::Shards;
use super::table::{Cursor, Table};

/// Chains that are read side by side, so that their cache misses overlap.
const SIDE_BY_SIDE: usize = 16;

/// A chain that is being read.
struct Reading<'a> {
    chain: Chain<'a>,
    cursor: Cursor,
    found: u32,
}

/// As [`Index::look_up_visible`](super::Index::look_up_visible).
pub(super) fn look_up<F: FnMut(Slot) -> bool>(
    shards: &Shards,
    fingerprints: &[Fingerprint],
    rule: ContextMatch,
    limits: ReadLimits,
    visible: Visible<F>,
) -> LookUp {
    let tables = shards.read();
    let (mut readings, mut rivals) = begin(shards, &tables, fingerprints, visible.hidden);
    let mut reader = Reader::new(rule, visible);
    let (mut out, mut common) = (LookUp::default(), Vec::new());
    while !readings.is_empty() {
        for side_by_side in readings.chunks(SIDE_BY_SIDE) {
            let touched = side_by_side
                .iter()
                .fold(0, |sum: u32, reading| sum.wrapping_add(reading.chain.table.touch(reading.cursor)));
            std::hint::black_box(touched);
        }
        readings.retain_mut(|reading| {
            let goes_on = reading.step(&mut reader, &mut out);
            if !goes_on && reading.found > LEAST_POSTINGS {
                let (chain, visible) = (reading.chain, Count::Exactly(reading.found));
                common.push(chain.number);
                rivals.push(Rival { chain, apart: None, visible });
            }
            goes_on
        });
    }
    if !common.is_empty() {
        // Whether they are read is decided among all that are common, wherever their postings stand.
        common.sort_unstable();
        out.hits.retain(|hit| common.binary_search(&hit.fingerprint).is_err());
    }
    reader.read(rivals, limits, &mut out);
    out
}

impl Reading<'_> {
    /// Reads one chunk; `false` when there is no more to read.
    #[inline]
    fn step<F: FnMut(Slot) -> bool>(&mut self, reader: &mut Reader<F>, out: &mut LookUp) -> bool {
        let Self { chain, cursor, found } = self;
        let rule = reader.rule;
        chain.step(cursor, &mut reader.visible, |place| {
            out.hits.push(chain.hit(place, rule));
            *found += 1;
        })
    }
}

/// The chains of the fingerprints that are read, and those that need not be.
fn begin<'a>(
    shards: &Shards,
    tables: &'a [RwLockReadGuard<'_, Table>],
    fingerprints: &[Fingerprint],
    hidden: u32,
) -> (Vec<Reading<'a>>, Vec<Rival<'a>>) {
    let (mut readings, mut rivals) = (Vec::with_capacity(fingerprints.len()), Vec::new());
    for (fingerprint, number) in fingerprints.iter().zip(0..) {
        let (shard, hash) = shards.place(fingerprint.hash);
        let Some(table) = tables.get(shard) else { continue };
        let chain = |start| Chain { table, start, number, fingerprint: *fingerprint };
        let reading = |start| Reading { chain: chain(start), cursor: start, found: 0 };
        match table.common(hash) {
            Some(common) if common.is_common() => {
                rivals.push(Rival::apart(chain(table.cursor_of(common, hash)), common, hidden));
            }
            Some(common) => readings.push(reading(table.cursor_of(common, hash))),
            None => readings.push(reading(table.cursor(hash))),
        }
    }
    (readings, rivals)
}
