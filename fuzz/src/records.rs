//! Files of records (docs/format.md), with checksums that are right: what lies behind them is what is tried.

use arbitrary::Arbitrary;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Bytes before the first record.
pub const HEADER_BYTES: usize = 16;

/// A record to write.
#[derive(Debug, Arbitrary)]
pub enum Piece<'a> {
    /// A record of the real file, with other bytes in some places.
    Changed { record: u8, changes: Vec<(u16, u8)>, cut: u8, more: &'a [u8] },
    /// A record of one's own.
    Own { kind: u8, bytes: &'a [u8] },
}

/// The records of a file, with their kinds.
pub fn records(file: &[u8]) -> Vec<(u8, Vec<u8>)> {
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

/// The header of `file` and the pieces after it, each with its checksum. Pieces are changed in the order of the
/// real file's records, unless they say otherwise.
pub fn file_of(file: &[u8], pieces: &[Piece<'_>]) -> Vec<u8> {
    let real = records(file);
    let mut out = file[..HEADER_BYTES].to_vec();
    for (number, piece) in (0_u64..).zip(pieces) {
        let (kind, bytes) = made(&real, piece);
        out.push(kind);
        out.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_le_bytes());
        out.extend_from_slice(&xxh3_64_with_seed(&bytes, number << 8 | u64::from(kind)).to_le_bytes());
        out.extend_from_slice(&bytes);
    }
    out
}

fn made(real: &[(u8, Vec<u8>)], piece: &Piece<'_>) -> (u8, Vec<u8>) {
    match piece {
        Piece::Own { kind, bytes } => (kind % 6, bytes.to_vec()),
        Piece::Changed { record, changes, cut, more } => {
            let (kind, mut bytes) = real[usize::from(*record) % real.len()].clone();
            let places = bytes.len().max(1);
            for (place, value) in changes {
                if let Some(byte) = bytes.get_mut(usize::from(*place) % places) {
                    *byte = *value;
                }
            }
            bytes.truncate(bytes.len().saturating_sub(usize::from(*cut)));
            bytes.extend_from_slice(more);
            (kind, bytes)
        }
    }
}
