//! Any sequence of insertions, removals, look-ups, purges and round trips through bytes, against a plain map.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use palimpsest::fingerprint::{Context, ContextMatch, Fingerprint};
use palimpsest::index::{EncodedTable, Index, ReadLimits, Slot, Visible, Wanted};

#[derive(Debug, Arbitrary)]
enum Step {
    Insert {
        slot: u16,
        hashes: Vec<u16>,
    },
    /// Many sources that share a page, whose fingerprints are common.
    InsertMany {
        first: u16,
        hashes: [u16; 3],
    },
    /// The fingerprints inserted for some sources.
    Remove {
        first: u16,
        count: u8,
    },
    LookUp {
        hash: u16,
        most: u16,
        /// Interval of the hidden slots; 0 for none.
        hidden: u8,
    },
    Purge {
        modulus: u8,
    },
    RoundTrip,
}

type Model = BTreeMap<u16, BTreeSet<u32>>;

fuzz_target!(|steps: Vec<Step>| {
    let (mut index, mut model) = (Index::default(), Model::new());
    for step in steps {
        match step {
            Step::Insert { slot, hashes } => insert(&index, &mut model, slot.into(), &hashes),
            Step::InsertMany { first, hashes } => {
                (0..400).for_each(|more| insert(&index, &mut model, u32::from(first) + more, &hashes));
            }
            Step::Remove { first, count } => {
                (0..u32::from(count)).for_each(|more| remove(&index, &mut model, u32::from(first) + more));
            }
            Step::LookUp { hash, most, hidden } => looked_up(&index, &model, hash, (most, hidden)),
            Step::Purge { modulus } => {
                let keep = |slot: u32| slot % (u32::from(modulus) + 1) == 0;
                index.purge(|slot| keep(slot.number()));
                model.values_mut().for_each(|slots| slots.retain(|slot| keep(*slot)));
            }
            Step::RoundTrip => index = round_trip(&index),
        }
    }
    for (hash, slots) in &model {
        assert_eq!(&found(&index, *hash), slots);
    }
});

fn fingerprint(hash: u16) -> Fingerprint {
    // Spread, so that no two have the same tag bits.
    let hash = u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Fingerprint { hash, context: Context::from_bits(3), position: 0 }
}

/// Inserts a source once: its postings remain in the index until they are purged.
fn insert(index: &Index, model: &mut Model, slot: u32, hashes: &[u16]) {
    let new: BTreeSet<u16> =
        hashes.iter().copied().filter(|hash| model.entry(*hash).or_default().insert(slot)).collect();
    let fingerprints: Vec<Fingerprint> = new.iter().copied().map(fingerprint).collect();
    assert_eq!(index.insert(Slot::new(slot).unwrap(), &fingerprints), Some(new.len()));
}

fn remove(index: &Index, model: &mut Model, slot: u32) {
    let held = model.iter_mut().filter_map(|(hash, slots)| slots.remove(&slot).then_some(*hash));
    let fingerprints: Vec<Fingerprint> = held.map(fingerprint).collect();
    index.remove(Slot::new(slot).unwrap(), &fingerprints);
}

fn found(index: &Index, hash: u16) -> BTreeSet<u32> {
    let look_up = index.look_up(&[fingerprint(hash)], ContextMatch::none(), ReadLimits::NONE);
    look_up.hits.iter().map(|hit| hit.slot.number()).collect()
}

/// Asserts that all visible postings are found, or, if they are common and exceed the budget, a sample with a note.
fn looked_up(index: &Index, model: &Model, hash: u16, (most, hidden): (u16, u8)) {
    let is_visible = |slot: u32| hidden == 0 || slot % (u32::from(hidden) + 1) != 0;
    let (seen, others): (BTreeSet<u32>, BTreeSet<u32>) =
        model.get(&hash).into_iter().flatten().copied().partition(|slot| is_visible(*slot));
    let limits = ReadLimits { per_fingerprint: most.into(), in_all: most.into() };
    let hidden = u32::try_from(others.len()).unwrap();
    let mut visible = Visible { hidden, is_visible: |slot: Slot| is_visible(slot.number()) };
    let wanted = Wanted { fingerprints: &[fingerprint(hash)], rule: ContextMatch::none() };
    let look_up = index.look_up_visible(wanted, limits, &mut visible);
    let slots: BTreeSet<u32> = look_up.hits.iter().map(|hit| hit.slot.number()).collect();
    assert_eq!(slots.len(), look_up.hits.len());
    if seen.len() > usize::from(most.max(128)) {
        assert_eq!(slots, seen.iter().copied().take(16).collect());
        assert_eq!(look_up.unread, [0]);
    } else {
        assert_eq!((slots, look_up.unread.len()), (seen, 0));
    }
}

fn round_trip(index: &Index) -> Index {
    let mut tables = Vec::new();
    let each = &mut |bytes: Vec<u8>| {
        tables.push(EncodedTable::decode(&bytes).expect("what was encoded can be decoded"));
        Ok(())
    };
    index.encode(each).expect("nobody splits it meanwhile");
    Index::of_tables(tables).expect("as many tables as there were")
}
