//! Files of records (docs/format.md) with valid checksums, so that the code behind the checksums is tested.

use arbitrary::Arbitrary;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Bytes before the first record.
pub const HEADER_BYTES: usize = 16;

/// An edit of the records of a real file.
#[derive(Debug, Arbitrary)]
pub struct Edit<'a> {
    /// Index of the record, modulo their number.
    record: u8,
    action: Action<'a>,
}

#[derive(Debug, Arbitrary)]
enum Action<'a> {
    /// Changed bytes in some places, with some removed or added at the end.
    Change {
        changes: Vec<(u16, u8)>,
        cut: u8,
        more: &'a [u8],
    },
    Number {
        at: u16,
        number: u64,
    },
    LeaveOut,
    Repeat,
    Insert {
        kind: u8,
        bytes: &'a [u8],
    },
}

/// A record: its kind, and its bytes.
pub type Record = (u8, Vec<u8>);

/// The records of a file, with their kinds.
pub fn records(file: &[u8]) -> Vec<Record> {
    let mut rest = &file[HEADER_BYTES..];
    let mut records = Vec::new();
    while let Some((header, after)) = rest.split_first_chunk::<13>() {
        let length = u32::from_le_bytes([header[1], header[2], header[3], header[4]]) as usize;
        let (bytes, after) = after.split_at(length);
        records.push((header[0], bytes.to_vec()));
        rest = after;
    }
    records
}

/// Applies the edits to the records from `first` on.
pub fn edit(records: &mut Vec<Record>, first: usize, edits: &[Edit<'_>]) {
    for Edit { record, action } in edits {
        let count = records.len() - first;
        if count == 0 {
            return;
        }
        let at = first + usize::from(*record) % count;
        match action {
            Action::LeaveOut => drop(records.remove(at)),
            Action::Repeat => records.insert(at, records[at].clone()),
            Action::Insert { kind, bytes } => records.insert(at, (kind % 6, bytes.to_vec())),
            Action::Number { at: place, number } => {
                let bytes = &mut records[at].1;
                let place = usize::from(*place) % bytes.len().max(1);
                bytes.iter_mut().skip(place).zip(number.to_le_bytes()).for_each(|(to, from)| *to = from);
            }
            Action::Change { changes, cut, more } => {
                let bytes = &mut records[at].1;
                let places = bytes.len().max(1);
                for (place, value) in changes {
                    bytes
                        .iter_mut()
                        .skip(usize::from(*place) % places)
                        .take(1)
                        .for_each(|byte| *byte = *value);
                }
                bytes.truncate(bytes.len().saturating_sub(usize::from(*cut)));
                bytes.extend_from_slice(more);
            }
        }
    }
}

/// The records after the header of `file`, each with its checksum.
pub fn file_of(file: &[u8], records: &[Record]) -> Vec<u8> {
    let mut out = file[..HEADER_BYTES].to_vec();
    for (number, (kind, bytes)) in (0_u64..).zip(records) {
        out.push(*kind);
        out.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_le_bytes());
        out.extend_from_slice(&xxh3_64_with_seed(bytes, number << 8 | u64::from(*kind)).to_le_bytes());
        out.extend_from_slice(bytes);
    }
    out
}
