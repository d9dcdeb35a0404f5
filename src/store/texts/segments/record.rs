//! Records of a segment: one for each text.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use xxhash_rust::xxh3::Xxh3;

use crate::store::SourceKey;
use crate::store::codec::Decoder;
use crate::store::error::StoreError;

/// Bytes of a segment's header.
pub(in crate::store) const HEADER_BYTES: u32 = 16;

/// Bytes of a record before its frame.
pub(in crate::store) const RECORD_HEADER_BYTES: u32 = 16;

/// The place of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPlace {
    /// The number of the segment.
    pub(in crate::store) segment: u32,
    /// The offset of its record.
    pub(in crate::store) offset: u32,
    /// Bytes of its frame.
    pub(in crate::store) stored_bytes: u32,
}

pub(in crate::store) use TextPlace as Place;

/// A compressed text: a zstd frame.
#[derive(Debug)]
pub(in crate::store) struct Frame {
    pub(in crate::store) bytes: Vec<u8>,
    pub(in crate::store) text_bytes: u32,
}

impl Place {
    /// Bytes of an encoded place.
    pub(in crate::store) const BYTES: usize = 12;

    pub(in crate::store) fn encode(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let numbers = [self.segment, self.offset, self.stored_bytes].map(u32::to_le_bytes);
        bytes.iter_mut().zip(numbers.iter().flatten()).for_each(|(to, from)| *to = *from);
        bytes
    }

    pub(in crate::store) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Decoder::new(bytes);
        Some(Self { segment: bytes.u32()?, offset: bytes.u32()?, stored_bytes: bytes.u32()? })
    }

    /// Bytes of the record, header included.
    pub(super) fn record_bytes(self) -> u64 {
        u64::from(RECORD_HEADER_BYTES) + u64::from(self.stored_bytes)
    }

    /// The offset of the end of the record.
    pub(super) fn end(self) -> u64 {
        u64::from(self.offset) + self.record_bytes()
    }
}

/// The first bytes of a zstd frame.
const ZSTD_MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();

/// The error of a text that is not what was written at its place.
pub(super) fn damaged(path: &Path, place: Place) -> StoreError {
    StoreError::damaged(path, format!("the text at byte {} is not what was written", place.offset))
}

/// The checksum of a record, which covers the key of its source.
pub(super) fn checksum(key: SourceKey, frame: &[u8], text_bytes: u32) -> u64 {
    let mut hasher = Xxh3::with_seed(key.to_u64());
    hasher.update(&text_bytes.to_le_bytes());
    hasher.update(frame);
    hasher.digest()
}

/// Whether a part of a segment may hold a text. It does not if it is only the beginning of one record, which a crash
/// cut off.
pub(in crate::store::texts) fn holds_text(file: &File, range: Range<u64>) -> io::Result<bool> {
    let record_header = u64::from(RECORD_HEADER_BYTES);
    if range.end < range.start + record_header + ZSTD_MAGIC.len() as u64 {
        return Ok(false);
    }
    let mut header = [0; RECORD_HEADER_BYTES as usize + ZSTD_MAGIC.len()];
    file.read_exact_at(&mut header, range.start)?;
    let stored = Decoder::new(&header).u32().unwrap_or(0);
    let is_cut = header.ends_with(&ZSTD_MAGIC) && range.start + record_header + u64::from(stored) > range.end;
    Ok(!is_cut)
}
