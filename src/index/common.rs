//! Fingerprints that stand in very many sources, each in a chain of its own.
//!
//! A page of boilerplate leaves the same fingerprints in every source that holds it. In a chain that
//! others share they would make looking those up slow, so they are set apart. Being apart they are
//! counted, which tells what reading them would cost before it is done.
//!
//! So is each fingerprint of a chain that has grown long of many that are not common: chance makes no such
//! chain, but whoever knows the corpus's secret can.

use crate::fingerprint::Context;

use super::layout::{Layout, Posting};
use super::slab::{Link, Slab};
use crate::model::Slot;

/// A fingerprint with more postings than this is common: a look-up need not read them all. In a chain that has
/// grown long it is set apart.
pub(super) const LEAST_POSTINGS: u32 = 128;

/// What a look-up reads of a common fingerprint in place of all its postings: so many, of the lowest slots.
pub const SAMPLE: usize = 16;

/// Postings of the lowest slots that are kept at hand. More than a [`SAMPLE`], since some may be of slots that a
/// look-up does not see.
const KEPT: usize = 2 * SAMPLE;

/// What tells a posting of one fingerprint from the others.
pub(super) type Place = (Slot, Context);

/// The postings of one common fingerprint.
#[derive(Debug, Default)]
pub(super) struct Common {
    chain: Link,
    count: u32,
    /// Sources that these postings are of: so many are left at least, whichever others nobody sees.
    sources: u32,
    /// What was done last. The postings of one source are pushed one after the other, and removed so.
    last: Option<Done>,
    /// The postings of the lowest slots, ascending; none while there are no more than [`LEAST_POSTINGS`].
    lowest: Vec<Place>,
}

/// What was done for a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Pushed(Slot),
    Removed(Slot),
}

impl Common {
    /// Adds a posting. Gives whether there was room for it.
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

    /// Takes a posting back. Gives whether it was there. Linear in the postings that were pushed since; in all of
    /// them if it is among the lowest.
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

    /// Learns from the chain what is known of it.
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

    /// Whether there are so many postings that a look-up may leave them unread.
    pub(super) fn is_common(&self) -> bool {
        self.count > LEAST_POSTINGS
    }

    /// Appends what it is, but for the postings.
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

    /// What [`Self::encode`] appended, at the front of `numbers`; it has to [survey](Self::survey) its chain, once
    /// that is known to end.
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

    /// How many postings there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// How many sources they are of.
    pub(super) fn sources(&self) -> u32 {
        self.sources
    }

    /// Where they begin.
    pub(super) fn chain(&self) -> Link {
        self.chain
    }

    /// A few of them, of the lowest slots, ascending.
    pub(super) fn lowest(&self) -> &[Place] {
        &self.lowest
    }

    /// Bytes of memory, but for the chain's.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.lowest.capacity() * size_of::<Place>()
    }
}

/// Adds a posting to the lowest `most`, if it is one of them.
pub(super) fn add_low(lowest: &mut Vec<Place>, posting: Place, most: usize) {
    let place = lowest.partition_point(|known| *known < posting);
    if place < most {
        lowest.truncate(most - 1);
        lowest.insert(place, posting);
    }
}
