//! Stems to the sources that have them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::Profile;
use super::segment::{Posting, Profiled, Segment};
use crate::model::Slot;

/// Sources whose postings wait until there are as many, to be put into a segment together. A look-up compares each of them.
const MOST_WAITING: usize = 256;

/// A segment is merged with later ones unless it has this many times their postings. So each posting is merged a logarithmic number
/// of times, and there are few segments.
const MERGE_FACTOR: usize = 3;

/// The profiles of a collection's sources, by stem: about 280 bytes a source, and as much again for the segments of a merge while
/// it goes on.
///
/// Adding appends to a short list. When that is full, it becomes a segment, which never changes; a merge of segments goes on
/// without a lock and replaces them.
#[derive(Debug, Default)]
pub struct Index {
    state: RwLock<State>,
    /// Held while segments are replaced; others append them meanwhile.
    replacing: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Profiled>,
    segments: Vec<Arc<Segment>>,
    /// One over the length of the profile of each slot as a vector.
    scales: Vec<f32>,
}

/// A source that shares stems with a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Its slot.
    pub slot: Slot,
    /// The similarity of both, 0 to 1.
    pub similarity: f32,
}

impl Index {
    /// Adds the profile of a source. Amortised, logarithmic in the sources for each of its stems, and mostly sequential.
    pub fn insert(&self, slot: Slot, profile: &Profile) {
        let is_full = {
            let mut state = self.state.write();
            state.insert(slot, profile);
            state.waiting.len() >= MOST_WAITING && state.seal()
        };
        if is_full {
            self.merge();
        }
    }

    /// Merges the last segments, unless another thread does.
    fn merge(&self) {
        let Some(_replacing) = self.replacing.try_lock() else { return };
        let segments = self.state.read().segments.clone();
        let from = first_to_merge(&segments);
        let Some((last, rest)) = segments.get(from..).and_then(<[_]>::split_last) else { return };
        let Some((before, rest)) = rest.split_last() else { return };
        let mut merged = before.merged(last);
        for segment in rest.iter().rev() {
            merged = segment.merged(&merged);
        }
        self.state.write().segments.splice(from..segments.len(), [Arc::new(merged)]);
    }

    /// Removes the profile of a source. Linear in the segment that has it, if it does not wait for one.
    pub fn remove(&self, slot: Slot, profile: &Profile) {
        if self.state.write().remove_waiting(slot) {
            return;
        }
        let _replacing = self.replacing.lock();
        let segments = self.state.read().segments.clone();
        for (place, segment) in segments.iter().enumerate() {
            if segment.has(slot, profile) {
                let kept = Arc::new(segment.kept(|one| one != slot));
                if let Some(segment) = self.state.write().segments.get_mut(place) {
                    *segment = kept;
                }
            }
        }
    }

    /// Removes the profiles of all slots that are not to be kept. Linear in the index.
    pub fn purge(&self, keep: impl Fn(Slot) -> bool) {
        let _replacing = self.replacing.lock();
        let segments = {
            let mut state = self.state.write();
            state.waiting.retain(|one| keep(one.slot));
            state.segments.clone()
        };
        let kept = segments.iter().map(|segment| Arc::new(segment.kept(&keep)));
        let kept: Vec<_> = kept.filter(|segment| segment.len() > 0).collect();
        self.state.write().segments.splice(..segments.len(), kept);
    }

    /// The `most` sources that are most similar to a text, and those that are as similar as the last of them; the most similar
    /// first, then by slot; only those that `is_wanted` accepts.
    ///
    /// Linear in the postings of the text's stems, and in the slots. `is_wanted` is called without a lock, and only for sources that may be among
    /// them.
    #[must_use]
    pub fn most_similar(
        &self,
        profile: &Profile,
        most: usize,
        is_wanted: impl Fn(Slot) -> bool,
    ) -> Vec<Found> {
        let similarities = self.state.read().similarities(profile);
        let slots = || (0..).map(Slot::from_low_bits).zip(similarities.iter().copied());
        // Positive floats are in the order of their bits.
        let mut best: BinaryHeap<Reverse<u32>> = BinaryHeap::with_capacity(most.min(similarities.len()) + 1);
        let mut least = 0;
        for (slot, similarity) in slots() {
            if similarity.to_bits() > least && is_wanted(slot) {
                best.push(Reverse(similarity.to_bits()));
                if best.len() > most {
                    best.pop();
                }
                if best.len() == most {
                    least = best.peek().map_or(u32::MAX, |least| least.0);
                }
            }
        }
        let least = least.max(1);
        let is_among = |(slot, similarity): &(Slot, f32)| similarity.to_bits() >= least && is_wanted(*slot);
        let mut found: Vec<Found> =
            slots().filter(is_among).map(|(slot, similarity)| Found { slot, similarity }).collect();
        found.sort_unstable_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.slot.cmp(&b.slot)));
        found
    }

    /// Its bytes in memory, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let state = self.state.read();
        let segments: usize = state.segments.iter().map(|segment| segment.bytes()).sum();
        let waiting = state.waiting.iter().map(|one| size_of_val(one.profile.terms()));
        segments
            + waiting.sum::<usize>()
            + state.waiting.capacity() * size_of::<Profiled>()
            + state.scales.capacity() * size_of::<f32>()
    }
}

impl State {
    fn insert(&mut self, slot: Slot, profile: &Profile) {
        if self.scales.len() <= slot.index() {
            self.scales.resize(slot.index() + 1, 0.0);
        }
        if let Some(scale) = self.scales.get_mut(slot.index()) {
            *scale = single(1.0 / profile.norm().max(1.0));
        }
        if !profile.terms().is_empty() {
            self.waiting.push(Profiled { slot, profile: profile.clone() });
        }
    }

    /// Makes a segment of what waits.
    fn seal(&mut self) -> bool {
        self.segments.push(Arc::new(Segment::of(&self.waiting)));
        self.waiting.clear();
        true
    }

    fn remove_waiting(&mut self, slot: Slot) -> bool {
        let place = self.waiting.iter().position(|one| one.slot == slot);
        place.map(|place| self.waiting.swap_remove(place)).is_some()
    }

    /// The similarity of the source in each slot.
    fn similarities(&self, profile: &Profile) -> Vec<f32> {
        let mut products = vec![0_u32; self.scales.len()];
        for segment in &self.segments {
            for term in profile.terms() {
                add(&mut products, segment.list(term.key), term.weight.into());
            }
        }
        for Profiled { slot, profile: other } in &self.waiting {
            if let Some(product) = products.get_mut(slot.index()) {
                *product += profile.product(other);
            }
        }
        let scale = single(1.0 / profile.norm().max(1.0));
        let pairs = products.into_iter().zip(&self.scales);
        pairs.map(|(product, of)| single(product.into()) * (scale * of)).collect()
    }
}

/// Adds the products of a stem's weights.
fn add(products: &mut [u32], postings: &[Posting], weight: u32) {
    for posting in postings {
        if let Some(product) = products.get_mut(posting.slot().index()) {
            *product += weight * posting.weight();
        }
    }
}

/// The first of the last segments that are to be merged.
fn first_to_merge(segments: &[Arc<Segment>]) -> usize {
    let mut later = 0;
    let to_merge = segments.iter().rev().take_while(|segment| {
        let is_small = later == 0 || segment.len() < later * MERGE_FACTOR;
        later += segment.len();
        is_small
    });
    segments.len() - to_merge.count()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a sum of 64 products of bytes has fewer digits than a single has"
)]
fn single(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::related::profile::tests::profile;

    fn slot(number: usize) -> Slot {
        Slot::new(u32::try_from(number).unwrap()).unwrap()
    }

    proptest! {
        /// Against the cosine of each pair.
        #[test]
        fn finds_the_most_similar(
            texts in proptest::collection::vec(proptest::collection::vec("[ab]{5}", 1..12), 1..20),
            query in proptest::collection::vec("[ab]{5}", 1..12), most in 1_usize..8, gone: u32,
        ) {
            let profiles: Vec<_> = texts.iter().map(|words| profile(&words.join(" "))).collect();
            let index = Index::default();
            for (number, profile) in profiles.iter().enumerate() {
                index.insert(slot(number), profile);
            }
            let is_there = |slot: Slot| gone >> (slot.number() % 32) & 1 == 0;
            let query = profile(&query.join(" "));
            let similarity = |other| query.shared(other).iter().map(|term| term.contribution).sum::<f64>();
            let mut expected: Vec<f64> = (0..).map(slot).zip(&profiles).filter(|(slot, _)| is_there(*slot))
                .map(|(_, other)| similarity(other)).filter(|similarity| *similarity > 0.0).collect();
            expected.sort_unstable_by(|a, b| b.total_cmp(a));
            expected.truncate(most);
            for purged in [false, true] {
                let found = index.most_similar(&query, most, is_there);
                prop_assert!(found.len() >= expected.len());
                let last = found.get(most.wrapping_sub(1)).map(|last| last.similarity);
                prop_assert!(found.iter().skip(most).all(|one| Some(one.similarity) == last));
                for (found, expected) in found.iter().zip(&expected) {
                    prop_assert!((f64::from(found.similarity) - expected).abs() < 1e-5);
                }
                if !purged {
                    index.purge(is_there);
                }
            }
            for (number, profile) in profiles.iter().enumerate() {
                index.remove(slot(number), profile);
            }
            prop_assert!(index.most_similar(&query, most, |_| true).is_empty());
        }
    }
}
