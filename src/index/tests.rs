//! What holds whatever is done with an index: against a plain map.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::fingerprint::{Context, ContextMatch, Fingerprint};

/// Fingerprints that steps are made of. Most share their head, as whoever knows the secret can make them.
const FINGERPRINTS: u16 = 400;

fn fingerprint(number: u16) -> Fingerprint {
    let spread = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let crowded = 0xABCD << 48 | u64::from(number) << 39;
    let hash = if number < 250 { crowded } else { spread };
    Fingerprint { hash, context: Context::from_bits(number % 3), position: 0 }
}

fn fingerprints(numbers: &BTreeSet<u16>) -> Vec<Fingerprint> {
    // Each twice: what repeats is one posting.
    numbers.iter().chain(numbers).map(|number| fingerprint(*number)).collect()
}

fn insert(index: &Index, number: u32, fingerprints: &[Fingerprint]) {
    assert!(index.insert(slot(number), fingerprints).is_some());
}

fn slot(number: u32) -> Slot {
    Slot::new(number).unwrap()
}

/// What may be done with an index.
#[derive(Debug, Clone)]
enum Step {
    Insert {
        slot: u32,
        numbers: BTreeSet<u16>,
    },
    /// Many sources that share some fingerprints and have others of their own.
    InsertMany {
        first: u32,
        numbers: BTreeSet<u16>,
    },
    /// Removes one, if it is there.
    Remove {
        slot: u32,
    },
    RemoveMany {
        first: u32,
        every: u32,
    },
    Purge {
        modulus: u32,
    },
    Split,
    RoundTrip,
}

fn step() -> impl Strategy<Value = Step> {
    let numbers = || proptest::collection::btree_set(0..FINGERPRINTS, 0..90);
    let few = proptest::collection::btree_set(0..FINGERPRINTS, 1..5);
    prop_oneof![
        6 => (0_u32..500, numbers()).prop_map(|(slot, numbers)| Step::Insert { slot, numbers }),
        4 => (0_u32..500, few).prop_map(|(first, numbers)| Step::InsertMany { first, numbers }),
        4 => (0_u32..700).prop_map(|slot| Step::Remove { slot }),
        4 => (0_u32..500, 1_u32..4).prop_map(|(first, every)| Step::RemoveMany { first, every }),
        1 => (1_u32..4).prop_map(|modulus| Step::Purge { modulus }),
        1 => Just(Step::Split),
        1 => Just(Step::RoundTrip),
    ]
}

/// An index, and what it should hold.
#[derive(Default)]
struct Modelled {
    index: Index,
    /// The fingerprints of each source.
    sources: BTreeMap<u32, BTreeSet<u16>>,
}

impl Modelled {
    fn apply(&mut self, step: Step) {
        match step {
            Step::Insert { slot, numbers } => self.insert(slot, numbers),
            Step::InsertMany { first, numbers } => (first..first + 200).for_each(|slot| {
                let own = u16::try_from(slot % u32::from(FINGERPRINTS)).unwrap();
                self.insert(slot, numbers.iter().copied().chain([own]).collect());
            }),
            Step::Remove { slot } => self.remove(slot),
            Step::RemoveMany { first, every } => {
                (first..first + 200).step_by(every as usize).for_each(|slot| self.remove(slot));
            }
            Step::Purge { modulus } => {
                self.index.purge(|slot| slot.number() % modulus == 0);
                self.sources.retain(|slot, _| slot % modulus == 0);
            }
            Step::Split => self.index.split_if_larger_than(0),
            Step::RoundTrip => self.index = round_trip(&self.index),
        }
    }

    /// A source is inserted once, until it is removed or purged.
    fn insert(&mut self, number: u32, numbers: BTreeSet<u16>) {
        if !self.sources.contains_key(&number) {
            assert_eq!(self.index.insert(slot(number), &fingerprints(&numbers)), Some(numbers.len()));
            self.sources.insert(number, numbers);
        }
    }

    fn remove(&mut self, number: u32) {
        let numbers = self.sources.remove(&number).unwrap_or_default();
        self.index.remove(slot(number), &fingerprints(&numbers));
    }

    /// The slots of each fingerprint.
    fn slots(&self) -> Vec<BTreeSet<u32>> {
        let with = |number| self.sources.iter().filter(move |(_, numbers)| numbers.contains(&number));
        (0..FINGERPRINTS).map(|number| with(number).map(|(slot, _)| *slot).collect()).collect()
    }
}

fn round_trip(index: &Index) -> Index {
    let mut tables = Vec::new();
    let each = &mut |bytes: Vec<u8>| {
        tables.push(EncodedTable::decode(&bytes).expect("what was encoded can be decoded"));
        Ok(())
    };
    index.encode(each).unwrap();
    Index::of_tables(tables).unwrap()
}

/// The slots of each of the fingerprints, of its own context, ascending, each as often as it was found.
fn found(index: &Index, limits: ReadLimits) -> (Vec<Vec<u32>>, Vec<Unread>) {
    let all: Vec<Fingerprint> = (0..FINGERPRINTS).map(fingerprint).collect();
    let LookUp { hits, unread } = index.look_up(&all, ContextMatch::none(), limits);
    let mut slots = vec![Vec::new(); all.len()];
    for hit in hits {
        assert_eq!(hit.context, all[hit.fingerprint as usize].context);
        slots[hit.fingerprint as usize].push(hit.slot.number());
    }
    slots.iter_mut().for_each(|slots| slots.sort_unstable());
    (slots, unread)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn holds_what_was_inserted_and_neither_removed_nor_purged(steps in proptest::collection::vec(step(), 0..24)) {
        let mut modelled = Modelled::default();
        for step in steps {
            modelled.apply(step);
            let expected = modelled.slots();
            let (slots, _) = found(&modelled.index, ReadLimits::NONE);
            for (slots, expected) in slots.iter().zip(&expected) {
                prop_assert_eq!(slots, &expected.iter().copied().collect::<Vec<_>>());
            }
            // Counts, and samples of the lowest slots.
            let (slots, unread) = found(&modelled.index, ReadLimits { per_fingerprint: 128, in_all: u32::MAX });
            for Unread { fingerprint, postings } in unread {
                let (slots, expected) = (&slots[fingerprint as usize], &expected[fingerprint as usize]);
                prop_assert_eq!(postings as usize, expected.len());
                prop_assert!(slots.len() == expected.len() || *slots == expected.iter().copied().take(16).collect::<Vec<_>>());
            }
        }
        let sources: Vec<u32> = modelled.sources.keys().copied().collect();
        sources.into_iter().for_each(|slot| modelled.remove(slot));
        prop_assert!(found(&modelled.index, ReadLimits::NONE).0.iter().all(Vec::is_empty));
        prop_assert_eq!(modelled.index.postings(), 0);
    }
}

#[test]
fn inserting_and_removing_takes_no_more_memory_each_time() {
    for is_split in [false, true] {
        let index = Index::default();
        let stays: Vec<_> = (0..FINGERPRINTS).map(fingerprint).collect();
        (0..300).for_each(|number| insert(&index, number, &stays));
        if is_split {
            index.split_if_larger_than(0);
        }
        let mut bytes = Vec::new();
        for round in 0..6_u16 {
            let own = |number: u32| {
                let first = (u32::from(round) * 7 + number) % 300;
                let own: BTreeSet<u16> = (first..first + 100).map(|n| u16::try_from(n).unwrap()).collect();
                fingerprints(&own)
            };
            (300..1_300).for_each(|number| insert(&index, number, &own(number)));
            (300..1_300).for_each(|number| index.remove(slot(number), &own(number)));
            bytes.push(index.bytes());
        }
        assert!(bytes.iter().all(|size| *size <= bytes[0] + bytes[0] / 50), "{bytes:?}");
        let slots = found(&index, ReadLimits::NONE).0;
        assert!(slots.iter().all(|slots| *slots == (0..300).collect::<Vec<_>>()));
    }
}

#[test]
fn removing_what_is_not_there_changes_nothing() {
    let index = Index::default();
    let shared: Vec<_> = (0..FINGERPRINTS).map(fingerprint).collect();
    (0..150).for_each(|number| insert(&index, number, &shared));
    let before = found(&index, ReadLimits::NONE).0;
    for number in [150, 1 << 20, Slot::COUNT - 1] {
        index.remove(slot(number), &shared);
    }
    let other = |kept: &Fingerprint| Fingerprint { context: Context::from_bits(9), ..*kept };
    index.remove(slot(3), &shared.iter().map(other).collect::<Vec<_>>());
    assert_eq!(found(&index, ReadLimits::NONE).0, before);
    // When the index is full only some are added.
    index.insert(slot(200), &shared[..100]).unwrap();
    index.remove(slot(200), &shared);
    assert_eq!(found(&index, ReadLimits::NONE).0, before);
}
