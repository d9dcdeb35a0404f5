//! Stems to the sources that have them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::Profile;
use super::norms::InverseNorms;
use super::part::Part;
use super::segment::{Profiled, Segment};
use crate::model::Slot;

/// Sources whose postings wait until there are as many, to be put into a segment together. A look-up compares each of them.
const MOST_WAITING: usize = 256;

/// A part is merged with later ones unless it has this many times their postings. So each posting is merged a logarithmic number of
/// times, and there are few segments.
const MERGE_FACTOR: usize = 3;

/// The profiles of a collection's sources, by stem: about 280 bytes a source, and as much again for the segments of a merge while
/// it goes on.
///
/// Adding appends to a short list. When that is full, it becomes a part, which never changes. A part that replaces
/// others is made without a lock, and put in their place if they are still there. So the lock is held for a few links only,
/// and a look-up works on the links that it copied.
#[derive(Debug, Default)]
pub struct Index {
    state: RwLock<State>,
    /// Held while segments are merged, so that no two threads merge the same ones.
    merging: Mutex<()>,
}

#[derive(Debug, Clone, Default)]
struct State {
    waiting: Vec<Arc<Profiled>>,
    parts: Vec<Arc<Part>>,
    norms: InverseNorms,
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
        let inverse_norm = single(1.0 / profile.norm().max(1.0));
        let added = Arc::new(Profiled { slot, profile: profile.clone() });
        let full = self.state.write().insert(added, inverse_norm);
        if let Some(batch) = full {
            // If it was replaced meanwhile, it was so by a segment.
            self.replace(std::slice::from_ref(&batch), Some(Arc::new(batch.sealed())));
            self.merge();
        }
    }

    /// Puts a part, or none, in the place of successive others. False if they are not there any more.
    fn replace(&self, old: &[Arc<Part>], new: Option<Arc<Part>>) -> bool {
        let mut state = self.state.write();
        let is_old = |parts: &[Arc<Part>]| parts.iter().zip(old).all(|(one, two)| Arc::ptr_eq(one, two));
        let place = state.parts.windows(old.len().max(1)).position(is_old);
        if let Some(place) = place {
            state.parts.splice(place..place + old.len(), new);
        }
        place.is_some()
    }

    fn parts(&self) -> Vec<Arc<Part>> {
        self.state.read().parts.clone()
    }

    /// Merges the last segments, unless another thread does. If one of them is changed meanwhile, a later merge does it.
    fn merge(&self) {
        let Some(_merging) = self.merging.try_lock() else { return };
        let parts = self.parts();
        let old = parts.get(first_to_merge(&parts)..).unwrap_or_default();
        let segments: Option<Vec<&Segment>> = old.iter().map(|part| part.segment()).collect();
        let Some([rest @ .., before, last]) = segments.as_deref() else { return };
        let mut merged = before.merged(last);
        for segment in rest.iter().rev() {
            merged = segment.merged(&merged);
        }
        self.replace(old, Some(Arc::new(Part::Segment(merged))));
    }

    /// Removes the profile of a source. Linear in the part that has it, if it does not wait for one.
    pub fn remove(&self, slot: Slot, profile: &Profile) {
        if self.state.write().remove_waiting(slot) {
            return;
        }
        while let Some(part) = self.parts().into_iter().find(|part| part.has(slot, profile)) {
            if self.replace_by_kept(&part, |one| one != slot).is_some() {
                return;
            }
        }
    }

    /// Removes the profiles of all slots that are not to be kept. Linear in the index. `keep` is called without a lock. Profiles that
    /// are added meanwhile may be kept.
    pub fn purge(&self, keep: impl Fn(Slot) -> bool) {
        let waiting = self.state.read().waiting.clone();
        let gone: Vec<Arc<Profiled>> = waiting.into_iter().filter(|one| !keep(one.slot)).collect();
        if !gone.is_empty() {
            let is_gone = |one: &Arc<Profiled>| gone.iter().any(|gone| Arc::ptr_eq(one, gone));
            self.state.write().waiting.retain(|one| !is_gone(one));
        }
        // What waited until now is in a part now. A part that others replace meanwhile is purged in the next round; they are small ones
        // mostly, so the rounds get shorter.
        let mut purged: Vec<Arc<Part>> = Vec::new();
        loop {
            let is_purged = |part: &Arc<Part>| purged.iter().any(|one| Arc::ptr_eq(one, part));
            let others: Vec<Arc<Part>> = self.parts().into_iter().filter(|part| !is_purged(part)).collect();
            if others.is_empty() {
                return;
            }
            purged.extend(others.iter().filter_map(|part| self.replace_by_kept(part, &keep)));
        }
    }

    /// Replaces a part by its profiles that are to be kept, and returns them; `None` if the part is not there any more.
    fn replace_by_kept(&self, part: &Arc<Part>, keep: impl Fn(Slot) -> bool) -> Option<Arc<Part>> {
        let kept = Arc::new(part.kept(keep));
        let new = (kept.len() > 0).then(|| Arc::clone(&kept));
        self.replace(std::slice::from_ref(part), new).then_some(kept)
    }

    /// The `most` sources that are most similar to a text, and those that are as similar as the last of them; the most similar
    /// first, then by slot; only those that `is_wanted` accepts.
    ///
    /// Linear in the postings of the text's stems, and in the slots. `is_wanted` is called without a lock, and only for sources that may
    /// be among them.
    #[must_use]
    pub fn most_similar(
        &self,
        profile: &Profile,
        most: usize,
        is_wanted: impl Fn(Slot) -> bool,
    ) -> Vec<Found> {
        let state = self.state.read().clone();
        let similarities = state.similarities(profile);
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
        let State { waiting, parts, norms } = self.state.read().clone();
        let in_parts: usize = parts.iter().map(|part| part.bytes()).sum();
        in_parts + waiting.iter().map(|one| one.bytes()).sum::<usize>() + norms.bytes()
    }
}

impl State {
    /// Adds a profile. Returns the part that became of all that waited, if they are enough.
    fn insert(&mut self, added: Arc<Profiled>, inverse_norm: f32) -> Option<Arc<Part>> {
        self.norms.set(added.slot, inverse_norm);
        if !added.profile.terms().is_empty() {
            self.waiting.push(added);
        }
        (self.waiting.len() >= MOST_WAITING).then(|| {
            let batch = Arc::new(Part::Batch(std::mem::take(&mut self.waiting)));
            self.parts.push(Arc::clone(&batch));
            batch
        })
    }

    fn remove_waiting(&mut self, slot: Slot) -> bool {
        let place = self.waiting.iter().position(|one| one.slot == slot);
        place.map(|place| self.waiting.swap_remove(place)).is_some()
    }

    /// The similarity of the source in each slot.
    fn similarities(&self, profile: &Profile) -> Vec<f32> {
        let mut products = vec![0_u32; self.norms.len()];
        self.parts.iter().for_each(|part| part.add_products(profile, &mut products));
        self.waiting.iter().for_each(|one| one.add_product(profile, &mut products));
        let inverse_norm = single(1.0 / profile.norm().max(1.0));
        let pairs = products.into_iter().zip(self.norms.iter());
        pairs.map(|(product, of)| single(product.into()) * (inverse_norm * of)).collect()
    }
}

/// The first of the last parts that are to be merged.
fn first_to_merge(parts: &[Arc<Part>]) -> usize {
    let mut later = 0;
    let to_merge = parts.iter().rev().take_while(|part| {
        let is_small = later == 0 || part.len() < later * MERGE_FACTOR;
        later += part.len();
        is_small
    });
    parts.len() - to_merge.count()
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

    fn numbered(number: usize) -> Profile {
        let word =
            |at: u32| format!("lighthouse{}", ["ab", "cd", "ef", "gh", "kl"][number / 5_usize.pow(at) % 5]);
        profile(&(0..5).map(word).collect::<Vec<_>>().join(" "))
    }

    /// Threads add, remove, purge and look up at once: a look-up always finds what is added and not removed, and nothing of what was
    /// removed before it began is left in the end.
    #[test]
    fn threads_that_add_remove_purge_and_look_up_agree() {
        const EACH: usize = 2_000;
        let index = Index::default();
        let stays = |slot: Slot| slot.number() % 3 != 1;
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let index = &index;
                scope.spawn(move || {
                    for number in (0..EACH).map(|number| 3 * number + thread) {
                        let profile = numbered(number);
                        index.insert(slot(number), &profile);
                        let find = || index.most_similar(&profile, 1, |one| one == slot(number)).len();
                        assert!(find() == 1 || !stays(slot(number)), "{number}");
                        if thread == 2 {
                            index.remove(slot(number), &profile);
                            assert_eq!(find(), 0, "{number}");
                        }
                    }
                });
            }
            scope.spawn(|| (0..200).for_each(|_| index.purge(stays)));
        });
        index.purge(stays);
        for number in 0..3 * EACH {
            let found = index.most_similar(&numbered(number), 1, |one| one == slot(number));
            assert_eq!(found.len(), usize::from(number % 3 == 0), "{number}");
            assert!(found.iter().all(|one| (one.similarity - 1.0).abs() < 1e-5));
        }
    }
}
