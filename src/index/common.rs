//! Fingerprints that stand in very many sources, each in a chain of its own.
//!
//! A page of boilerplate leaves the same fingerprints in every source that holds it. In a chain that
//! others share they would make looking those up slow, so they are set apart. Being apart they are
//! counted, which tells what reading them would cost before it is done.
//!
//! So is each fingerprint of a chain that has grown long of many that are not common: chance makes no such
//! chain, but whoever knows the corpus's secret can.

use crate::fingerprint::Context;

use super::layout::{Layout, Posting, Slot};
use super::slab::{Link, Slab};

/// A fingerprint with more postings than this in a chain that has grown long is set apart.
pub(super) const LEAST_POSTINGS: usize = 128;

/// Postings of a [`Common::sample`].
const SAMPLE: usize = 16;

/// The postings of one common fingerprint.
#[derive(Debug, Default)]
pub(super) struct Common {
    chain: Link,
    count: u32,
    /// The postings of the lowest slots, ascending; none while there are no more than [`LEAST_POSTINGS`].
    sample: Vec<(Slot, Context)>,
}

impl Common {
    /// Adds a posting. Gives whether there was room for it.
    pub(super) fn push(&mut self, slab: &mut Slab, layout: Layout, posting: Posting) -> bool {
        let Some(front) = slab.push(self.chain, posting) else { return false };
        self.chain = front;
        self.count = self.count.saturating_add(1);
        if self.sample.is_empty() && self.is_common() {
            self.take_sample(slab, layout);
        } else if self.is_common() {
            add_to(&mut self.sample, layout, posting);
        }
        true
    }

    /// Takes a posting back. Gives whether it was there. Linear in the postings that were pushed since; in all of
    /// them if it is in the sample, which is taken anew.
    pub(super) fn remove(&mut self, slab: &mut Slab, layout: Layout, posting: Posting) -> bool {
        let Some(front) = slab.remove(self.chain, &posting) else { return false };
        self.chain = front;
        self.count = self.count.saturating_sub(1);
        let (_, context, slot) = layout.unpack(posting);
        if !self.is_common() {
            self.sample = Vec::new();
        } else if self.sample.contains(&(slot, context)) {
            self.take_sample(slab, layout);
        }
        true
    }

    /// Whether no posting is left.
    pub(super) fn is_empty(&self) -> bool {
        self.chain == Link::default()
    }

    fn take_sample(&mut self, slab: &Slab, layout: Layout) {
        self.sample.clear();
        let postings = slab.chunks(self.chain).flatten();
        postings.for_each(|posting| add_to(&mut self.sample, layout, *posting));
    }

    /// Whether there are so many postings that a look-up may leave them unread.
    pub(super) fn is_common(&self) -> bool {
        self.count as usize > LEAST_POSTINGS
    }

    /// Appends what it is, but for the postings.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let samples = u32::try_from(self.sample.len()).unwrap_or(u32::MAX);
        for number in [self.chain.bits(), self.count, samples] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for (slot, context) in &self.sample {
            out.extend_from_slice(&slot.number().to_le_bytes());
            out.extend_from_slice(&u32::from(context.bits()).to_le_bytes());
        }
    }

    /// What [`Self::encode`] appended, at the front of `numbers`.
    pub(super) fn decode(mut numbers: impl Iterator<Item = u32>) -> Option<Self> {
        let (chain, count) = (Link::from_bits(numbers.next()?), numbers.next()?);
        let samples = numbers.next().filter(|samples| *samples as usize <= SAMPLE)?;
        let mut sample = || {
            let (slot, context) = (Slot::new(numbers.next()?)?, numbers.next()?);
            Some((slot, Context::from_bits(u16::try_from(context).ok()?)))
        };
        let sample: Option<Vec<_>> = (0..samples).map(|_| sample()).collect();
        Some(Self { chain, count, sample: sample? })
    }

    /// How many postings there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Where they begin.
    pub(super) fn chain(&self) -> Link {
        self.chain
    }

    /// A few of them: those of the sources that came first.
    pub(super) fn sample(&self) -> &[(Slot, Context)] {
        &self.sample
    }

    /// Bytes of memory, but for the chain's.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.sample.capacity() * size_of::<(Slot, Context)>()
    }
}

/// Adds a posting to a sample, if its slot is low enough.
fn add_to(sample: &mut Vec<(Slot, Context)>, layout: Layout, posting: Posting) {
    let (_, context, slot) = layout.unpack(posting);
    let place = sample.partition_point(|known| *known < (slot, context));
    if place < SAMPLE {
        sample.truncate(SAMPLE - 1);
        sample.insert(place, (slot, context));
    }
}
