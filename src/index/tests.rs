//! Properties of an index under any sequence of operations, compared with a plain map.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::fingerprint::{Context, ContextMatch, Fingerprint};

/// The fingerprints of the steps: hashes with three contexts each. Most hashes share their head, as a person who knows
/// the secret can make them.
const FINGERPRINTS: u16 = 420;
const CONTEXTS: u16 = 3;

fn fingerprint(number: u16) -> Fingerprint {
    let (hash, context) = (number / CONTEXTS, Context::from_bits(number % CONTEXTS));
    let spread = u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let crowded = 0xABCD << 48 | u64::from(hash) << 39;
    Fingerprint { hash: if hash < 100 { crowded } else { spread }, context, position: 0 }
}

fn fingerprints(numbers: &BTreeSet<u16>) -> Vec<Fingerprint> {
    // Each fingerprint twice: repeated ones make one posting.
    numbers.iter().chain(numbers).map(|number| fingerprint(*number)).collect()
}

fn insert(index: &Index, number: u32, fingerprints: &[Fingerprint]) {
    assert!(index.insert(slot(number), fingerprints).is_some());
}

fn slot(number: u32) -> Slot {
    Slot::new(number).unwrap()
}

/// An operation on an index.
#[derive(Debug, Clone)]
enum Step {
    Insert {
        slot: u32,
        numbers: BTreeSet<u16>,
    },
    /// Inserts many sources that share some fingerprints and have others besides.
    InsertMany {
        first: u32,
        numbers: BTreeSet<u16>,
    },
    /// Removes a source, if it is there.
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

/// An index, and its expected content.
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

    /// The expected places of each fingerprint in the slots for which `sees` is true.
    fn places(&self, sees: impl Fn(u32) -> bool) -> Vec<Vec<Found>> {
        let mut by_hash: BTreeMap<u16, Vec<Found>> = BTreeMap::new();
        for (slot, numbers) in self.sources.iter().filter(|(slot, _)| sees(**slot)) {
            for number in numbers {
                by_hash.entry(number / CONTEXTS).or_default().push((*slot, number % CONTEXTS));
            }
        }
        for found in by_hash.values_mut() {
            found.sort_unstable();
        }
        let of = |number| by_hash.get(&(number / CONTEXTS)).cloned().unwrap_or_default();
        (0..FINGERPRINTS).map(of).collect()
    }
}

/// The slot and the context of a posting.
type Found = (u32, u16);

/// The expected result of a look-up of all fingerprints, computed the plain way; and the unread fingerprints.
fn expected(mut places: Vec<Vec<Found>>, limits: ReadLimits) -> (Vec<Vec<Found>>, Vec<u32>) {
    let count = |found: &Vec<Found>| u32::try_from(found.len()).unwrap();
    let mut common: Vec<(u32, u16)> = places.iter().map(count).zip(0..).filter(|(n, _)| *n > 128).collect();
    common.sort_unstable();
    let (mut left, mut unread) = (limits.in_all, Vec::new());
    for (count, number) in common {
        if count > left || count > limits.per_fingerprint {
            places[usize::from(number)].truncate(16);
            unread.push(u32::from(number));
        } else {
            left -= count;
        }
    }
    unread.sort_unstable();
    (places, unread)
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

/// The result of a look-up of all fingerprints, sorted.
fn looked_up(
    index: &Index,
    limits: ReadLimits,
    visible: Visible<impl FnMut(Slot) -> bool>,
) -> (Vec<Vec<Found>>, Vec<u32>) {
    let all: Vec<Fingerprint> = (0..FINGERPRINTS).map(fingerprint).collect();
    let wanted = Wanted { fingerprints: &all, rule: ContextMatch::none() };
    let mut visible = visible;
    let counted = index.count(wanted, u32::MAX, &mut visible);
    let sources = index.count_sources(wanted, &counted, u32::MAX, &mut visible);
    let LookUp { hits, unread, counts } = index.look_up_visible(wanted, limits, &mut visible);
    let ceiling = limits.ceiling();
    for (exact, counted) in counted.counts.iter().zip(&counts) {
        assert!(exact == counted || *exact.min(counted) > ceiling, "{exact} and {counted}, of {ceiling}");
    }
    let mut places = vec![Vec::new(); all.len()];
    for hit in hits {
        places[hit.fingerprint as usize].push((hit.slot.number(), hit.context.bits()));
    }
    for found in &mut places {
        found.sort_unstable();
    }
    for (number, places) in
        places.iter().enumerate().filter(|(n, _)| !unread.contains(&u32::try_from(*n).unwrap()))
    {
        let different: BTreeSet<u32> = places.iter().map(|(slot, _)| *slot).collect();
        assert_eq!(different.len(), sources[number] as usize);
    }
    (places, unread)
}

fn all(index: &Index) -> Vec<Vec<Found>> {
    looked_up(index, ReadLimits::NONE, Visible::ALL).0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn holds_what_was_inserted_and_neither_removed_nor_purged(steps in proptest::collection::vec(step(), 0..24)) {
        let mut modelled = Modelled::default();
        for step in steps {
            modelled.apply(step);
            prop_assert_eq!(all(&modelled.index), modelled.places(|_| true));
            // Counts, and samples of the lowest slots.
            let limits = ReadLimits { per_fingerprint: 128, in_all: u32::MAX };
            let wanted = expected(modelled.places(|_| true), limits);
            prop_assert_eq!(looked_up(&modelled.index, limits, Visible::ALL), wanted);
        }
        let sources: Vec<u32> = modelled.sources.keys().copied().collect();
        for slot in sources {
            modelled.remove(slot);
        }
        prop_assert!(all(&modelled.index).iter().all(Vec::is_empty));
        prop_assert_eq!(modelled.index.postings(), 0);
    }

    /// Compared with reading all postings and choosing naively, after any operations and with any slots hidden.
    #[test]
    fn what_is_found_depends_on_what_is_visible_alone(
        steps in proptest::collection::vec(step(), 1..16),
        look_ups in proptest::collection::vec((hidden(), limits()), 1..8),
        more_hidden in 0_u32..4,
    ) {
        let mut modelled = Modelled::default();
        for step in steps {
            modelled.apply(step);
        }
        for (hidden, limits) in look_ups {
            let count = modelled.sources.keys().filter(|slot| hidden.hides(**slot)).count();
            let most = u32::try_from(count).unwrap() + more_hidden;
            let visible = Visible { hidden: most, is_visible: |slot: Slot| !hidden.hides(slot.number()) };
            let wanted = expected(modelled.places(|slot| !hidden.hides(slot)), limits);
            prop_assert_eq!(looked_up(&modelled.index, limits, visible), wanted, "{:?} {:?}", hidden, limits);
        }
    }
}

/// Which slots are hidden.
#[derive(Debug, Clone, Copy)]
struct Hidden {
    below: u32,
    every: u32,
}

impl Hidden {
    fn hides(self, slot: u32) -> bool {
        slot < self.below || slot.is_multiple_of(self.every)
    }
}

fn hidden() -> impl Strategy<Value = Hidden> {
    let every = prop_oneof![Just(1_000_u32), 2_u32..30];
    let below = prop_oneof![Just(0_u32), 0_u32..40, 0_u32..700];
    (below, every).prop_map(|(below, every)| Hidden { below, every })
}

/// Limits near the number of postings to read.
fn limits() -> impl Strategy<Value = ReadLimits> {
    let per_fingerprint = prop_oneof![Just(u32::MAX), 0_u32..900];
    let in_all = prop_oneof![Just(u32::MAX), 0_u32..2_000, 0_u32..30_000];
    (per_fingerprint, in_all).prop_map(|(per_fingerprint, in_all)| ReadLimits { per_fingerprint, in_all })
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
        let found = all(&index);
        assert!(found.iter().all(|found| found.len() == 300 * usize::from(CONTEXTS)));
    }
}

#[test]
fn removing_what_is_not_there_changes_nothing() {
    let index = Index::default();
    let shared: Vec<_> = (0..FINGERPRINTS).map(fingerprint).collect();
    (0..150).for_each(|number| insert(&index, number, &shared));
    let before = all(&index);
    for number in [150, 1 << 20, Slot::COUNT - 1] {
        index.remove(slot(number), &shared);
    }
    let other = |kept: &Fingerprint| Fingerprint { context: Context::from_bits(9), ..*kept };
    index.remove(slot(3), &shared.iter().map(other).collect::<Vec<_>>());
    assert_eq!(all(&index), before);
    // When the index is full only some are added.
    index.insert(slot(200), &shared[..100]).unwrap();
    index.remove(slot(200), &shared);
    assert_eq!(all(&index), before);
}
