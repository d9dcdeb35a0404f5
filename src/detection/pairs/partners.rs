//! The texts that one is compared with, where no limit makes a choice among them necessary.

use super::comparing::{LookedUp, Partner};
use super::roster::Roster;
use crate::detection::search::Evidence;
use crate::detection::submission::Depth;
use crate::model::Slot;

/// The texts after one that share a k-gram with it in context or have enough evidence, in order of their slots.
///
/// They are those of [`candidates`](crate::detection::search::candidates) without a rank, which takes a sort of all hits: of texts
/// that are nearly the same each has hundreds in every other. Linear in the hits, and in the slots by a bit each.
pub(super) fn unranked(
    roster: &Roster,
    text: usize,
    looked_up: &LookedUp,
    admitted: &[Evidence],
) -> Vec<Partner> {
    let is_too_common = |place: u32| looked_up.too_common.binary_search(&place).is_ok();
    let (mut found, mut likely) = (SlotSet::new(roster.slots()), SlotSet::new(roster.slots()));
    for hit in looked_up.hits.iter().filter(|hit| hit.in_context) {
        if looked_up.too_common.is_empty() || !is_too_common(hit.fingerprint) {
            found.insert(hit.slot);
        }
    }
    for evidence in admitted.iter().filter(|evidence| evidence.weight > 0.0) {
        found.insert(evidence.slot);
        likely.insert(evidence.slot);
    }
    let partner = |slot| {
        let text = roster.partner(text, slot)?;
        Some(Partner { text, depth: if likely.has(slot) { Depth::All } else { Depth::RunsFirst } })
    };
    found.iter().filter_map(partner).collect()
}

/// A set of slots, with a bit for each.
struct SlotSet(Vec<u64>);

impl SlotSet {
    fn new(slots: usize) -> Self {
        Self(vec![0; slots.div_ceil(u64::BITS as usize)])
    }

    /// Adds a slot, if it is one of a source that is compared.
    fn insert(&mut self, slot: Slot) {
        if let Some(bits) = self.0.get_mut(slot.index() / u64::BITS as usize) {
            *bits |= 1 << (slot.number() % u64::BITS);
        }
    }

    fn has(&self, slot: Slot) -> bool {
        let bits = self.0.get(slot.index() / u64::BITS as usize);
        bits.is_some_and(|bits| bits >> (slot.number() % u64::BITS) & 1 == 1)
    }

    /// The slots, ascending.
    fn iter(&self) -> impl Iterator<Item = Slot> {
        let of_bits = |(bits, first): (&u64, u32)| {
            let mut bits = *bits;
            std::iter::from_fn(move || {
                let lowest = bits.checked_ilog2().map(|_| bits.trailing_zeros())?;
                bits &= bits - 1;
                Slot::new(first + lowest)
            })
        };
        self.0.iter().zip((0..).step_by(u64::BITS as usize)).flat_map(of_bits)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_set_of_slots_has_what_was_added_in_order(slots in proptest::collection::btree_set(0_u32..300, 0..40)) {
            let mut set = SlotSet::new(260);
            slots.iter().filter_map(|slot| Slot::new(*slot)).for_each(|slot| set.insert(slot));
            let within: BTreeSet<u32> = slots.into_iter().filter(|slot| *slot < 320).collect();
            let listed: Vec<u32> = set.iter().map(Slot::number).collect();
            prop_assert_eq!(&listed, &within.iter().copied().collect::<Vec<_>>());
            for slot in (0..300).filter_map(Slot::new) {
                prop_assert_eq!(set.has(slot), within.contains(&slot.number()));
            }
        }
    }
}
