//! Encoding of an index as bytes: its tables as they are in memory, so that nothing has to be inserted again.
//!
//! All numbers are little-endian; docs/format.md specifies them. The store guards the bytes with checksums. A table of
//! other bytes returns wrong postings, but never panics, and all its operations end.

use std::io;

use parking_lot::RwLock;

use super::shards::{Index, Shards};
use super::table::Table;

impl Index {
    /// Passes the encoded tables to `each`, in order. Other threads may insert and look up meanwhile: postings that are
    /// in the index from the beginning to the end of this call are in the tables.
    ///
    /// # Errors
    ///
    /// Those of `each`, and [`io::ErrorKind::Interrupted`] if the index was split meanwhile, so that the tables don't
    /// fit together: try again.
    pub fn encode(&self, each: &mut dyn FnMut(Vec<u8>) -> io::Result<()>) -> io::Result<()> {
        let count = self.table_count();
        for number in 0..count {
            let table = {
                let shards = self.shards.read();
                if shards.tables.len() != count {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                shards.tables.get(number).map(|table| table.read().encode())
            };
            table.map_or(Ok(()), &mut *each)?;
        }
        Ok(())
    }

    /// Number of tables that [`Self::encode`] passes on.
    #[must_use]
    pub fn table_count(&self) -> usize {
        self.shards.read().tables.len()
    }

    /// The index of decoded tables in the order of [`Self::encode`]; `None` if no index has this number of tables.
    #[must_use]
    pub fn of_tables(tables: Vec<EncodedTable>) -> Option<Self> {
        let bits = tables.len().checked_ilog2().filter(|_| tables.len().is_power_of_two())?;
        let tables = tables.into_iter().map(|EncodedTable(table)| RwLock::new(table)).collect();
        Shards::of_tables(bits, tables).map(|shards| Self { shards: RwLock::new(shards) })
    }
}

/// A decoded table.
#[derive(Debug)]
pub struct EncodedTable(Table);

impl EncodedTable {
    /// Decodes a table of [`Index::encode`]; `None` if the bytes are not those of a table. Linear in the bytes.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        Table::decode(bytes).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fingerprint::{Context, ContextMatch, Fingerprint};
    use crate::index::{ReadLimits, Slot};

    fn fingerprint(hash: u64) -> Fingerprint {
        Fingerprint {
            hash: hash.wrapping_mul(0x9E37_79B9_7F4A_7C15),
            context: Context::from_bits(9),
            position: 0,
        }
    }

    fn round_trip(index: &Index) -> Index {
        let mut tables = Vec::new();
        let each = &mut |bytes: Vec<u8>| {
            tables.push(EncodedTable::decode(&bytes).unwrap());
            Ok(())
        };
        index.encode(each).unwrap();
        Index::of_tables(tables).unwrap()
    }

    fn found(index: &Index, hash: u64) -> Vec<Slot> {
        let limits = ReadLimits { per_fingerprint: u32::MAX, in_all: u32::MAX };
        let look_up = index.look_up(&[fingerprint(hash)], ContextMatch::none(), limits);
        let mut slots: Vec<Slot> = look_up.hits.iter().map(|hit| hit.slot).collect();
        slots.sort_unstable();
        slots
    }

    #[test]
    fn an_index_comes_back_as_it_was_and_can_be_added_to() {
        for sources in [0, 1, 700, 6_000] {
            let index = Index::default();
            // Each source has 60 distinct fingerprints, and one that all share.
            let insert = |index: &Index, number: u32| {
                let own = (0..60).map(|i| 1 + u64::from(number) * 60 + i);
                let fingerprints: Vec<_> = own.chain([0]).map(fingerprint).collect();
                index.insert(Slot::new(number).unwrap(), &fingerprints).unwrap();
            };
            (0..sources).for_each(|number| insert(&index, number));
            let back = round_trip(&index);
            assert_eq!(back.table_count(), index.table_count());
            for index in [&index, &back] {
                (sources..sources + 300).for_each(|number| insert(index, number));
            }
            for hash in (0..u64::from(sources + 300) * 60).step_by(41) {
                assert_eq!(found(&back, hash), found(&index, hash), "{hash} of {sources}");
            }
            back.purge(|slot| slot.number() % 2 == 0);
            assert_eq!(found(&back, 0).len() as u32, (sources + 300).div_ceil(2));
        }
    }

    /// A table with chains of several chunks, and one fingerprint set apart.
    fn encoded() -> Vec<u8> {
        let index = Index::default();
        for number in 0..400 {
            let own: Vec<_> = (0..9).map(|i| fingerprint(u64::from(number) * 9 + i)).collect();
            index.insert(Slot::new(number).unwrap(), &[own, vec![fingerprint(0)]].concat()).unwrap();
        }
        let mut bytes = Vec::new();
        index
            .encode(&mut |table| {
                bytes = table;
                Ok(())
            })
            .unwrap();
        bytes
    }

    /// Looks up, adds and purges, if these bytes are a table.
    fn used(bytes: &[u8]) -> bool {
        let index = EncodedTable::decode(bytes).and_then(|table| Index::of_tables(vec![table]));
        index.is_some_and(|index| {
            let _found = found(&index, 0);
            let added: Vec<_> = (0..300).map(fingerprint).collect();
            let _added = index.insert(Slot::new(Slot::COUNT - 1).unwrap(), &added);
            index.purge(|slot| slot.number() % 2 == 0);
            true
        })
    }

    #[test]
    fn what_no_table_can_be_is_refused() {
        let whole = encoded();
        assert!(used(&whole));
        let heads = 4_usize << u32::from_le_bytes(whole[..4].try_into().unwrap());
        let (free, chunks) = (24 + heads, 24 + heads + 8);
        let with = |at: usize, number: u32| {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
            bytes
        };
        for (bytes, what) in [
            (with(8, u32::MAX - 15), "a tag of so many bits that they overflow"),
            (with(12, 0), "no load"),
            (with(16, 1), "fewer postings than there are"),
            (with(20, 1 << 30), "more postings than there are"),
            (with(chunks + 60, 1 << 4 | 0b1010), "a chunk that is followed by itself"),
            (with(chunks + 60, 2 << 4 | 0b1010), "two chunks that are followed by the same"),
            (with(chunks + 60, u32::MAX), "a chunk that is followed by none that is there"),
            (with(free, 1), "a chunk that is both free and used"),
        ] {
            assert!(!used(&bytes), "{what}");
        }
    }

    proptest! {
        #[test]
        fn other_bytes_never_panic(at in proptest::collection::vec((0_usize..50_000, any::<u8>()), 0..8), cut in 0_usize..5_000) {
            let mut bytes = encoded();
            let length = bytes.len();
            for (place, value) in at {
                bytes[place % length] ^= value;
            }
            bytes.truncate(if cut % 2 == 0 { length } else { cut });
            let _used = used(&bytes);
        }
    }
}
