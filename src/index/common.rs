//! Common fingerprints: those of very many sources, each with its own chain.
//!
//! A page of boilerplate has the same fingerprints in every source that contains it. In a shared chain they would slow
//! down the look-up of other fingerprints, so they are set apart. They are also counted, so that the cost of reading
//! them is known in advance.
//!
//! If a chain is long although none of its fingerprints is common, all of them are set apart. Chance makes no such
//! chain, but a person who knows the corpus's secret can.

use crate::fingerprint::Context;

use super::layout::{Layout, Posting};
use super::slab::{Link, Slab};
use crate::model::Slot;

/// A fingerprint with more postings than this is common: a look-up need not read them all. It is set apart once its
/// chain is long.
///
/// 128 postings fill 13 chunks: reading them costs as much as reading about three other fingerprints.
pub(super) const LEAST_POSTINGS: u32 = 128;

/// Number of postings, those of the lowest slots, that a look-up reads of a common fingerprint in place of all.
pub const SAMPLE: usize = 16;

/// Postings of the lowest slots that are held in memory. Twice a [`SAMPLE`], since some of the slots may be invisible
/// to a look-up.
const KEPT: usize = 2 * SAMPLE;

/// The slot and the context of a posting, which identify it among those of one fingerprint.
pub(super) type Place = (Slot, Context);

/// The postings of one common fingerprint.
#[derive(Debug, Default)]
pub(super) struct Common {
    chain: Link,
    count: u32,
    /// Number of sources of these postings: if `n` slots are hidden, at least `sources - n` are visible.
    sources: u32,
    /// The last change. The postings of one source are pushed one after the other, and removed likewise.
    last: Option<Done>,
    /// The postings of the lowest slots, ascending; empty unless the fingerprint is common.
    lowest: Vec<Place>,
}

/// A change of the postings of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Pushed(Slot),
    Removed(Slot),
}

impl Common {
    /// Adds a posting. Returns whether there was room for it.
    pub(super) fn push(&mut self, slab: &mut Slab, layout: Layout, posting: Posting) -> bool {
        let Some(front) = slab.push(self.chain, posting) else { return false };
        let (_, context, slot) = layout.unpack(posting);
        self.chain = front;
        self.count = self.count.saturating_add(1);
        if self.last.replace(Done::Pushed(slot)) != Some(Done::Pushed(slot)) {
            self.sources = self.sources.saturating_add(1);
        }
        if self.lowest.is_empty() && self.is_common() {
            self.find_lowest(slab, layout);
        } else if self.is_common() {
            add_low(&mut self.lowest, (slot, context), KEPT);
        }
        true
    }

    /// Removes a posting. Returns whether it was there. Linear in the postings that were pushed after it, and in all
    /// postings if it is among the lowest.
    pub(super) fn remove(&mut self, slab: &mut Slab, layout: Layout, posting: Posting) -> bool {
        let Some(front) = slab.remove(self.chain, posting) else { return false };
        let (_, context, slot) = layout.unpack(posting);
        self.chain = front;
        self.count = self.count.saturating_sub(1);
        if self.last.replace(Done::Removed(slot)) != Some(Done::Removed(slot)) {
            self.sources = self.sources.saturating_sub(1);
        }
        if !self.is_common() {
            self.lowest = Vec::new();
        } else if self.lowest.contains(&(slot, context)) {
            self.find_lowest(slab, layout);
        }
        true
    }

    /// Recomputes the counts and the lowest postings from the chain.
    pub(super) fn survey(&mut self, slab: &Slab, layout: Layout) {
        let slots = slab.chunks(self.chain).flat_map(|chunk| chunk.iter().rev());
        let (mut last, mut sources, mut count) = (None, 0_u32, 0_u32);
        for slot in slots.map(|posting| layout.unpack(*posting).2) {
            sources += u32::from(last.replace(slot) != Some(slot));
            count += 1;
        }
        (self.last, self.sources, self.count) = (None, sources, count);
        self.lowest.clear();
        if self.is_common() {
            self.find_lowest(slab, layout);
        }
    }

    fn find_lowest(&mut self, slab: &Slab, layout: Layout) {
        self.lowest.clear();
        for posting in slab.chunks(self.chain).flatten() {
            let (_, context, slot) = layout.unpack(*posting);
            add_low(&mut self.lowest, (slot, context), KEPT);
        }
    }

    /// Whether no posting is left.
    pub(super) fn is_empty(&self) -> bool {
        self.chain == Link::default()
    }

    /// Whether there are more than [`LEAST_POSTINGS`], so that a look-up may skip them.
    pub(super) fn is_common(&self) -> bool {
        self.count > LEAST_POSTINGS
    }

    /// Appends its fields, without the postings.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let sample = self.lowest.get(..SAMPLE).unwrap_or(&self.lowest);
        let samples = u32::try_from(sample.len()).unwrap_or(u32::MAX);
        for number in [self.chain.bits(), self.count, samples] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for (slot, context) in sample {
            out.extend_from_slice(&slot.number().to_le_bytes());
            out.extend_from_slice(&u32::from(context.bits()).to_le_bytes());
        }
    }

    /// Decodes what [`Self::encode`] appended, from the front of `numbers`. The caller [surveys](Self::survey) the
    /// chain after it has checked that it ends.
    pub(super) fn decode(mut numbers: impl Iterator<Item = u32>) -> Option<Self> {
        let (chain, count) = (Link::from_bits(numbers.next()?), numbers.next()?);
        let samples = numbers.next().filter(|samples| *samples as usize <= SAMPLE)?;
        let mut sample = || {
            let (slot, context) = (Slot::new(numbers.next()?)?, numbers.next()?);
            Some((slot, Context::from_bits(u16::try_from(context).ok()?)))
        };
        let lowest: Option<Vec<_>> = (0..samples).map(|_| sample()).collect();
        Some(Self { chain, count, lowest: lowest?, ..Self::default() })
    }

    /// Number of postings.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Number of sources of the postings.
    pub(super) fn sources(&self) -> u32 {
        self.sources
    }

    /// The chain of the postings.
    pub(super) fn chain(&self) -> Link {
        self.chain
    }

    /// The postings of the lowest slots, ascending; see [`KEPT`].
    pub(super) fn lowest(&self) -> &[Place] {
        &self.lowest
    }

    /// Bytes of memory, without those of the chain.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.lowest.capacity() * size_of::<Place>()
    }
}

/// Adds a posting to a list of the lowest `most`, if it is among them.
pub(super) fn add_low(lowest: &mut Vec<Place>, posting: Place, most: usize) {
    let place = lowest.partition_point(|known| *known < posting);
    if place < most {
        lowest.truncate(most - 1);
        lowest.insert(place, posting);
    }
}
