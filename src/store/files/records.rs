//! Files of records with checksums: backups, and snapshots of the index.

use std::io::{self, Read, Write};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::store::codec::{Decoder, Encoder};
use crate::store::error::{At, StoreError};

/// The kind of a file of records.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct FileKind {
    pub(in crate::store) magic: [u8; 8],
    pub(in crate::store) version: u32,
    /// Its name in messages.
    pub(in crate::store) what: &'static str,
}

/// Writes records, each with its checksum.
pub(in crate::store) struct RecordWriter<'a> {
    out: &'a mut dyn Write,
    number: u64,
}

impl<'a> RecordWriter<'a> {
    pub(in crate::store) fn new(kind: FileKind, out: &'a mut dyn Write) -> io::Result<Self> {
        let mut header = Encoder { bytes: kind.magic.to_vec() };
        header.u32(kind.version);
        header.u32(0);
        out.write_all(&header.bytes)?;
        Ok(Self { out, number: 0 })
    }

    /// Writes a record.
    pub(in crate::store) fn write(&mut self, kind: u8, record: &[u8]) -> io::Result<()> {
        let mut header = Encoder::default();
        header.u8(kind);
        header.u32(u32::try_from(record.len()).map_err(io::Error::other)?);
        header.u64(checksum(self.number, kind, record));
        self.number += 1;
        self.out.write_all(&header.bytes)?;
        self.out.write_all(record)
    }
}

/// Reads records, and verifies their checksums.
pub(in crate::store) struct RecordReader<'a> {
    path: &'a Path,
    input: &'a mut dyn Read,
    number: u64,
}

impl<'a> RecordReader<'a> {
    pub(in crate::store) fn new(
        kind: FileKind,
        path: &'a Path,
        input: &'a mut dyn Read,
    ) -> Result<Self, StoreError> {
        let mut reader = Self { path, input, number: 0 };
        let header = reader.read(16)?;
        let mut fields = Decoder::new(&header);
        if fields.take(kind.magic.len()) != Some(&kind.magic) {
            return Err(reader.damaged(&format!("it is not {} of palimpsest", kind.what)));
        }
        match fields.u32() {
            Some(found) if found > kind.version => {
                Err(StoreError::NewerFormat { path: path.to_owned(), found, known: kind.version })
            }
            _ => Ok(reader),
        }
    }

    /// The next record, with its kind.
    pub(in crate::store) fn next(&mut self) -> Result<(u8, Vec<u8>), StoreError> {
        let record = self.next_unchecked()?;
        if record.is_whole() {
            Ok((record.kind, record.bytes))
        } else {
            Err(self.damaged(&format!("record {} is not what was written", record.number)))
        }
    }

    /// The next record, unverified: the caller checks [whether it is whole](Record::is_whole), perhaps on another
    /// thread.
    pub(in crate::store) fn next_unchecked(&mut self) -> Result<Record, StoreError> {
        let header = self.read(13)?;
        let mut fields = Decoder::new(&header);
        let (Some(kind), Some(length), Some(sum)) = (fields.u8(), fields.u32(), fields.u64()) else {
            return Err(self.damaged("it is cut off"));
        };
        let (bytes, number) = (self.read(length as usize)?, self.number);
        self.number += 1;
        Ok(Record { kind, bytes, number, sum })
    }

    fn read(&mut self, bytes: usize) -> Result<Vec<u8>, StoreError> {
        let mut read = Vec::new();
        Read::take(&mut *self.input, bytes as u64).read_to_end(&mut read).at(self.path)?;
        if read.len() < bytes { Err(self.damaged("it is cut off")) } else { Ok(read) }
    }

    /// The error of a file whose content is not what was written.
    pub(in crate::store) fn damaged(&self, what: &str) -> StoreError {
        StoreError::damaged(self.path, what)
    }
}

/// A record that was read.
#[derive(Debug)]
pub(in crate::store) struct Record {
    pub(in crate::store) kind: u8,
    pub(in crate::store) bytes: Vec<u8>,
    number: u64,
    sum: u64,
}

impl Record {
    /// Whether the checksum of the record is right.
    pub(in crate::store) fn is_whole(&self) -> bool {
        checksum(self.number, self.kind, &self.bytes) == self.sum
    }
}

/// The checksum of a record, its kind and its number, so that missing and moved records are noticed.
fn checksum(number: u64, kind: u8, record: &[u8]) -> u64 {
    xxh3_64_with_seed(record, number << 8 | u64::from(kind))
}
