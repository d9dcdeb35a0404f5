//! Stems to the sources that have them.

use std::collections::HashMap;

use parking_lot::RwLock;

use super::Profile;
use super::profile::Key;
use crate::model::Slot;

/// Bits of a posting that hold the weight; the slot is above them.
const WEIGHT_BITS: u32 = u32::BITS - Slot::MAX_BITS;

/// The profiles of a collection's sources, by stem. About 260 bytes a source, and what vectors hold in reserve.
#[derive(Debug, Default)]
pub struct Index {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The slot and the weight of each source that has a stem.
    postings: HashMap<Key, Vec<u32>>,
    /// The length of the profile of each slot as a vector.
    norms: Vec<f32>,
}

/// A source that shares stems with a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Its slot.
    pub slot: Slot,
    /// The similarity of both, 0 to 1.
    pub similarity: f32,
}

impl State {
    /// Gives memory back if most of the table is empty.
    fn give_back(&mut self) {
        let room = self.postings.len() * 2;
        if self.postings.capacity() > room * 4 {
            self.postings.shrink_to(room);
        }
    }
}

impl Index {
    /// Adds the profile of a source.
    pub fn insert(&self, slot: Slot, profile: &Profile) {
        let mut state = self.state.write();
        if state.norms.len() <= slot.index() {
            state.norms.resize(slot.index() + 1, 0.0);
        }
        if let Some(norm) = state.norms.get_mut(slot.index()) {
            *norm = single(profile.norm());
        }
        for term in profile.terms() {
            let posting = slot.number() << WEIGHT_BITS | u32::from(term.weight);
            state.postings.entry(term.key).or_default().push(posting);
        }
    }

    /// Removes the profile of a source.
    pub fn remove(&self, slot: Slot, profile: &Profile) {
        let mut state = self.state.write();
        for term in profile.terms() {
            if let Some(postings) = state.postings.get_mut(&term.key) {
                postings.retain(|posting| posting >> WEIGHT_BITS != slot.number());
                if postings.is_empty() {
                    state.postings.remove(&term.key);
                } else {
                    let room = postings.len() * 2;
                    postings.shrink_to(room);
                }
            }
        }
        state.give_back();
    }

    /// Removes the profiles of all slots that are not to be kept. Linear in the index.
    pub fn purge(&self, keep: impl Fn(Slot) -> bool) {
        let mut state = self.state.write();
        state.postings.retain(|_, postings| {
            postings.retain(|posting| keep(Slot::from_low_bits(posting >> WEIGHT_BITS)));
            postings.shrink_to(postings.len() * 2);
            !postings.is_empty()
        });
        state.give_back();
    }

    /// The `most` sources that are most similar to a text, and those that are as similar as the last of them; the most similar
    /// first, then by slot; only those that `is_wanted` accepts, which is called once for each at most.
    ///
    /// Linear in the postings of the text's stems, and in the slots.
    #[must_use]
    pub fn most_similar(
        &self,
        profile: &Profile,
        most: usize,
        mut is_wanted: impl FnMut(Slot) -> bool,
    ) -> Vec<Found> {
        let mut found = self.similar(profile);
        let order = |a: &Found, b: &Found| b.similarity.total_cmp(&a.similarity).then(a.slot.cmp(&b.slot));
        let mut wanted: Vec<Found> = Vec::new();
        // A part is put in order at a time, since most of what is found is never looked at.
        let mut part = most.max(1);
        let mut rest = found.as_mut_slice();
        while !rest.is_empty() {
            let some = part.min(rest.len());
            if some < rest.len() {
                rest.select_nth_unstable_by(some, order);
            }
            let (first, others) = rest.split_at_mut(some);
            first.sort_unstable_by(order);
            for one in first.iter() {
                let is_enough = wanted.len() >= most;
                let last = wanted.last().map_or(f32::INFINITY, |last| last.similarity);
                if is_enough && one.similarity < last {
                    return wanted;
                }
                if is_wanted(one.slot) {
                    wanted.push(*one);
                }
            }
            rest = others;
            part = part.saturating_mul(4);
        }
        wanted
    }

    /// All sources that share a stem with a text.
    fn similar(&self, profile: &Profile) -> Vec<Found> {
        let state = self.state.read();
        let mut products = vec![0_u32; state.norms.len()];
        let mut touched: Vec<u32> = Vec::new();
        for term in profile.terms() {
            let Some(postings) = state.postings.get(&term.key) else { continue };
            for posting in postings {
                let slot = posting >> WEIGHT_BITS;
                if let Some(product) = products.get_mut(slot as usize) {
                    if *product == 0 {
                        touched.push(slot);
                    }
                    *product += u32::from(term.weight) * (posting & ((1 << WEIGHT_BITS) - 1));
                }
            }
        }
        let norm = single(profile.norm());
        let found = touched.into_iter().map(|slot| {
            let of = slot as usize;
            let product = products.get(of).copied().unwrap_or_default();
            let both = norm * state.norms.get(of).copied().unwrap_or_default();
            Found { slot: Slot::from_low_bits(slot), similarity: single(f64::from(product)) / both }
        });
        found.collect()
    }

    /// Its bytes in memory, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let state = self.state.read();
        let lists = state.postings.values().map(|postings| postings.capacity() * size_of::<u32>());
        lists.sum::<usize>()
            + state.postings.capacity() * size_of::<(Key, Vec<u32>)>()
            + state.norms.capacity() * size_of::<f32>()
    }
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
