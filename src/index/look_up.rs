//! Looking up many fingerprints in two steps: counting, then reading.
//!
//! The first step reads the rare fingerprints and counts the common ones. Between the two the [budget](super::ReadLimits)
//! decides which common ones are read. No lock is held between the steps, and counts of several indexes can be added
//! before the decision.
//!
//! The result depends on the postings that are visible, and on nothing else: not on postings of sources that are gone or not
//! there yet, nor on the order in which postings came, nor on which fingerprints were set apart.

use std::collections::BTreeMap;

use parking_lot::RwLockReadGuard;

use super::chain::{Chain, Hit, Visible};
use super::common::{Common, Place, SAMPLE};
use super::shards::Shards;
use super::table::{Cursor, Table};
use crate::fingerprint::{ContextMatch, Fingerprint};
use crate::model::Slot;

/// Chains that are read side by side, so that their cache misses overlap.
const SIDE_BY_SIDE: usize = 16;

/// The result of a look-up.
#[derive(Debug, Default)]
pub struct LookUp {
    /// The postings, in no particular order.
    pub hits: Vec<Hit>,
    /// The number of visible postings of each fingerprint, by its place in the list. Numbers above the
    /// [ceiling](super::ReadLimits::ceiling) are lower bounds.
    pub counts: Vec<u32>,
    /// The fingerprints of which only a sample was read, by their places in the list; ascending.
    pub unread: Vec<u32>,
}

/// The fingerprints that a look-up asks for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The fingerprints.
    pub fingerprints: &'a [Fingerprint],
    /// The contexts that agree.
    pub rule: ContextMatch,
}

/// The first step of a look-up: counts, and the postings of rare fingerprints.
#[derive(Debug, Default)]
pub struct Counted {
    /// The number of visible postings of each fingerprint, by its place in the list, exact up to the ceiling.
    pub counts: Vec<u32>,
    /// The postings that were read.
    hits: Vec<Hit>,
    /// Fingerprints that were counted and not read; ascending.
    pending: Vec<u32>,
}

/// A chain that is being read.
struct Reading<'a> {
    chain: Chain<'a>,
    cursor: Cursor,
}

impl Reading<'_> {
    /// Reads one chunk; `false` at the end of the chain.
    #[inline]
    fn step<F: FnMut(Slot) -> bool>(
        &mut self,
        rule: ContextMatch,
        visible: &mut Visible<F>,
        hits: &mut Vec<Hit>,
    ) -> bool {
        let Self { chain, cursor } = self;
        chain.step(cursor, visible, |place| hits.push(chain.hit(place, rule)))
    }
}

/// As [`Index::count`](super::Index::count).
pub(super) fn count<F: FnMut(Slot) -> bool>(
    shards: &Shards,
    wanted: Wanted<'_>,
    ceiling: u32,
    visible: &mut Visible<F>,
) -> Counted {
    let tables = shards.read();
    let mut counted = Counted { counts: vec![0; wanted.fingerprints.len()], ..Counted::default() };
    let mut readings = Vec::with_capacity(wanted.fingerprints.len());
    let mut known: BTreeMap<u64, u32> = BTreeMap::new();
    for (fingerprint, number) in wanted.fingerprints.iter().zip(0..) {
        let Some(found) = Found::at(shards, &tables, *fingerprint, number) else { continue };
        match found.apart.filter(|common| common.is_common()) {
            None => readings.push(Reading { chain: found.chain, cursor: found.chain.start }),
            Some(common) => {
                // A long text may have the same common fingerprint thousands of times.
                let count = *known
                    .entry(fingerprint.hash)
                    .or_insert_with(|| count_apart(&found.chain, common, ceiling, visible));
                counted.note(number, count);
                counted.pending.push(number);
            }
        }
    }
    read_side_by_side(readings, wanted.rule, visible, &mut counted.hits);
    for hit in &counted.hits {
        if let Some(count) = counted.counts.get_mut(hit.fingerprint as usize) {
            *count += 1;
        }
    }
    counted
}

/// The number of visible postings of a fingerprint that was set apart. There are at least as many as sources less the
/// hidden ones, so that few have to be counted.
fn count_apart<F: FnMut(Slot) -> bool>(
    chain: &Chain<'_>,
    common: &Common,
    ceiling: u32,
    visible: &mut Visible<F>,
) -> u32 {
    let least = common.sources().saturating_sub(visible.hidden);
    match visible.hidden {
        0 => common.count(),
        _ if least > ceiling => least,
        _ => chain.count(ceiling, visible),
    }
}

fn read_side_by_side<F: FnMut(Slot) -> bool>(
    mut readings: Vec<Reading<'_>>,
    rule: ContextMatch,
    visible: &mut Visible<F>,
    hits: &mut Vec<Hit>,
) {
    while !readings.is_empty() {
        for side_by_side in readings.chunks(SIDE_BY_SIDE) {
            let touched = side_by_side
                .iter()
                .fold(0, |sum: u32, reading| sum.wrapping_add(reading.chain.table.touch(reading.cursor)));
            std::hint::black_box(touched);
        }
        readings.retain_mut(|reading| reading.step(rule, visible, hits));
    }
}

/// The chain of a fingerprint.
struct Found<'a> {
    chain: Chain<'a>,
    /// Its count and sample, if it was set apart.
    apart: Option<&'a Common>,
}

impl<'a> Found<'a> {
    fn at(
        shards: &Shards,
        tables: &'a [RwLockReadGuard<'_, Table>],
        fingerprint: Fingerprint,
        number: u32,
    ) -> Option<Self> {
        let (shard, hash) = shards.place(fingerprint.hash);
        let table: &Table = tables.get(shard)?;
        let apart = table.common(hash);
        let start = apart.map_or_else(|| table.cursor(hash), |common| table.cursor_of(common, hash));
        Some(Self { chain: Chain { table, start, number, fingerprint }, apart })
    }

    /// The visible postings of the lowest slots, ascending.
    fn sample<F: FnMut(Slot) -> bool>(&self, most: usize, visible: &mut Visible<F>) -> Vec<Place> {
        let at_hand = self.apart.map(Common::lowest).unwrap_or_default();
        let mut sample: Vec<Place> =
            at_hand.iter().filter(|(slot, _)| visible.sees(*slot)).take(most).copied().collect();
        if sample.len() < most {
            sample = self.chain.lowest(visible);
            sample.truncate(most);
        }
        sample
    }
}

impl Counted {
    fn note(&mut self, number: u32, count: u32) {
        if let Some(place) = self.counts.get_mut(number as usize) {
            *place = count;
        }
    }

    /// As [`Index::count_sources`](super::Index::count_sources).
    pub(super) fn sources<F: FnMut(Slot) -> bool>(
        &self,
        shards: &Shards,
        wanted: Wanted<'_>,
        ceiling: u32,
        visible: &mut Visible<F>,
    ) -> Vec<u32> {
        let tables = shards.read();
        let mut seen: Vec<(u32, Slot)> = self.hits.iter().map(|hit| (hit.fingerprint, hit.slot)).collect();
        seen.sort_unstable();
        seen.dedup();
        let mut sources = vec![0_u32; self.counts.len()];
        for (fingerprint, _) in seen {
            if let Some(count) = sources.get_mut(fingerprint as usize) {
                *count += 1;
            }
        }
        let mut known: BTreeMap<u64, u32> = BTreeMap::new();
        for number in &self.pending {
            let place = *number as usize;
            let (Some(fingerprint), Some(count)) = (wanted.fingerprints.get(place), sources.get_mut(place))
            else {
                continue;
            };
            // A fingerprint that is not read is judged by its postings.
            if self.counts.get(place).is_some_and(|postings| *postings > ceiling) {
                *count = u32::MAX;
                continue;
            }
            let found = Found::at(shards, &tables, *fingerprint, *number);
            *count = *known
                .entry(fingerprint.hash)
                .or_insert_with(|| found.map_or(0, |found| found.chain.sources(visible)));
        }
        sources
    }

    /// The second step, as [`Index::read`](super::Index::read).
    pub(super) fn read<F: FnMut(Slot) -> bool>(
        self,
        shards: &Shards,
        wanted: Wanted<'_>,
        unread: &[u32],
        sample: usize,
        visible: &mut Visible<F>,
    ) -> Vec<Hit> {
        let Self { mut hits, pending, counts } = self;
        if pending.is_empty() && unread.is_empty() {
            return hits;
        }
        hits.retain(|hit| unread.binary_search(&hit.fingerprint).is_err());
        let tables = shards.read();
        let chain = |number: u32| {
            let fingerprint = wanted.fingerprints.get(number as usize)?;
            Found::at(shards, &tables, *fingerprint, number)
        };
        let is_read = |number: &&u32| unread.binary_search(number).is_err();
        let count = |number: &u32| counts.get(*number as usize).map_or(0, |count| *count as usize);
        hits.reserve(pending.iter().filter(is_read).map(count).sum());
        for found in pending.iter().filter(is_read).copied() {
            if let Some(Found { chain, .. }) = chain(found) {
                chain.read(visible, |place| hits.push(chain.hit(place, wanted.rule)));
            }
        }
        let mut samples: BTreeMap<u64, Vec<Place>> = BTreeMap::new();
        for found in unread.iter().copied().filter_map(chain) {
            let places = samples
                .entry(found.chain.fingerprint.hash)
                .or_insert_with(|| found.sample(sample.min(SAMPLE), visible));
            hits.extend(places.iter().map(|place| found.chain.hit(*place, wanted.rule)));
        }
        hits
    }
}
