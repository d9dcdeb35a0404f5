//! Any bytes as a table of the index: an error, or a table that can be used, whatever it finds.

#![no_main]

use std::sync::OnceLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use palimpsest::fingerprint::{Context, ContextMatch, Fingerprint};
use palimpsest::index::{EncodedTable, Index, ReadLimits, Slot};

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Bytes(&'a [u8]),
    /// A real table, with changed numbers in some places.
    Changed {
        table: u8,
        changes: Vec<(u16, u32)>,
        cut: u8,
        more: &'a [u8],
    },
}

fuzz_target!(|input: Input| {
    let bytes = match input {
        Input::Bytes(bytes) => bytes.to_vec(),
        Input::Changed { table, changes, cut, more } => {
            let mut bytes = tables()[usize::from(table) % tables().len()].clone();
            for (place, number) in changes {
                // The start of a table, which has its layout, more often than the rest.
                let places = if place % 2 == 0 { 64 } else { bytes.len() / 4 };
                let at = usize::from(place / 2) % places * 4;
                bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
            }
            bytes.truncate(bytes.len() - usize::from(cut));
            bytes.extend_from_slice(more);
            bytes
        }
    };
    if let Some(index) = EncodedTable::decode(&bytes).and_then(|table| Index::of_tables(vec![table])) {
        use_it(&index);
    }
});

fn use_it(index: &Index) {
    let fingerprints: Vec<Fingerprint> = (0..64).map(fingerprint).collect();
    for limits in [ReadLimits::NONE, ReadLimits { per_fingerprint: 3, in_all: 9 }] {
        let _ = index.look_up(&fingerprints, ContextMatch::none(), limits);
    }
    // Whether there is room depends on the bytes.
    let _added = index.insert(Slot::FIRST, &fingerprints);
    let _added = index.insert(Slot::new(Slot::COUNT - 1).unwrap(), &fingerprints);
    index.purge(|slot| slot.number() % 2 == 0);
    index
        .encode(&mut |bytes| EncodedTable::decode(&bytes).map(drop).ok_or(std::io::ErrorKind::Other.into()))
        .expect("what is encoded can be decoded");
    let _ = index.look_up(&fingerprints, ContextMatch::none(), ReadLimits::NONE);
}

fn fingerprint(number: u64) -> Fingerprint {
    let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Fingerprint { hash, context: Context::from_bits(5), position: 0 }
}

/// An empty table, a small one, and one with common fingerprints and freed chunks.
fn tables() -> &'static [Vec<u8>] {
    static TABLES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    TABLES.get_or_init(|| {
        [(0, 0), (30, 3), (500, 2)]
            .map(|(sources, shared)| {
                let index = Index::default();
                for source in 0..sources {
                    let own = 100 + u64::from(source) * 2;
                    let fingerprints: Vec<_> = (0..shared).chain(own..own + 2).map(fingerprint).collect();
                    index.insert(Slot::new(source).unwrap(), &fingerprints);
                }
                let mut bytes = Vec::new();
                index
                    .encode(&mut |table| {
                        bytes = table;
                        Ok(())
                    })
                    .unwrap();
                bytes
            })
            .to_vec()
    })
}
