//! Snapshots of the index, which save fingerprinting all texts again when a corpus is opened. A snapshot that is
//! damaged or does not fit is ignored, and the texts are fingerprinted.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter};
use std::path::Path;

use super::Store;
use super::codec::{Decoder, Encoder};
use super::error::{At, StoreError};
use super::files::records::{FileKind, Record, RecordReader, RecordWriter};
use crate::private;

/// The kind of the file. The magic bytes and the version are part of the format (docs/format.md).
const FILE: FileKind = FileKind { magic: *b"PLIMSNAP", version: 1, what: "a snapshot of an index" };

/// Kinds of records: the key of the corpus, a collection, a table, and the end.
const CORPUS: u8 = 1;
const COLLECTION: u8 = 2;
const TABLE: u8 = 3;
const END: u8 = 4;

/// The properties that a snapshot must share with the corpus: with them, the same words have the same hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotKey {
    /// The version of the algorithm.
    pub algorithm_version: u32,
    /// A value derived from the corpus's seed that does not reveal it.
    pub seed_check: u64,
}

/// The record of a collection, before those of its tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotCollection {
    /// Its number.
    pub number: u32,
    /// Number of tables of its index of k-grams.
    pub kgram_tables: u32,
    /// Number of tables of its index of word pairs.
    pub pair_tables: u32,
    /// Whether the tables may have postings of slots without a stamp.
    pub has_strays: bool,
    /// For each slot, a stamp derived from the source of its postings; 0 for none.
    pub stamps: Vec<u64>,
}

/// Writes a snapshot.
pub struct SnapshotWriter<'a> {
    records: RecordWriter<'a>,
}

impl SnapshotWriter<'_> {
    /// Writes the record of a collection. Its tables follow, those of k-grams before those of word pairs.
    ///
    /// # Errors
    ///
    /// Those of writing the file.
    pub fn collection(&mut self, collection: &SnapshotCollection) -> io::Result<()> {
        let SnapshotCollection { number, kgram_tables, pair_tables, has_strays, stamps } = collection;
        let mut record = Encoder::default();
        for field in [number, kgram_tables, pair_tables] {
            record.u32(*field);
        }
        record.u8(u8::from(*has_strays));
        for stamp in stamps {
            record.u64(*stamp);
        }
        self.records.write(COLLECTION, &record.bytes)
    }

    /// Writes the next table.
    ///
    /// # Errors
    ///
    /// Those of writing the file.
    pub fn table(&mut self, table: &[u8]) -> io::Result<()> {
        self.records.write(TABLE, table)
    }
}

/// A table of a snapshot, not verified yet.
#[derive(Debug)]
pub struct SnapshotTable(Record);

impl SnapshotTable {
    /// Its bytes; `None` if their checksum is wrong.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        self.0.is_whole().then_some(&self.0.bytes)
    }
}

/// A part of a snapshot.
#[derive(Debug)]
pub enum SnapshotPart {
    /// A collection; its tables follow.
    Collection(SnapshotCollection),
    /// The next table.
    Table(SnapshotTable),
}

impl Store {
    /// Replaces the snapshot, if the corpus is on disk.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then the old snapshot is unchanged.
    pub fn write_snapshot(
        &self,
        key: SnapshotKey,
        write: impl FnOnce(&mut SnapshotWriter<'_>) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let Some(disk) = &self.disk else { return Ok(()) };
        let path = disk.directory.snapshot();
        let unfinished = path.with_extension("snapshot.new");
        let written = write_file(&unfinished, key, write).and_then(|()| fs::rename(&unfinished, &path));
        if written.is_err() {
            drop(fs::remove_file(&unfinished));
        }
        written.at(&path)
    }

    /// Reads the snapshot and passes its parts to `each`, in order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if there is no snapshot, or it is damaged or does not fit. Then the parts before are invalid too.
    pub fn read_snapshot(
        &self,
        key: SnapshotKey,
        each: &mut dyn FnMut(SnapshotPart) -> Option<()>,
    ) -> Result<(), StoreError> {
        let path = self.disk.as_ref().map(|disk| disk.directory.snapshot()).unwrap_or_default();
        let file = File::open(&path).at(&path)?;
        let mut input = BufReader::with_capacity(1 << 20, file);
        let mut records = RecordReader::new(FILE, &path, &mut input)?;
        let (kind, corpus) = records.next()?;
        if kind != CORPUS || corpus != encode_key(key) {
            return Err(records.damaged("it is of another corpus, or of another version of the algorithm"));
        }
        loop {
            let record = records.next_unchecked()?;
            let taken = match record.kind {
                END if record.is_whole() => return Ok(()),
                TABLE => each(SnapshotPart::Table(SnapshotTable(record))),
                COLLECTION if record.is_whole() => decode_collection(&record.bytes)
                    .and_then(|collection| each(SnapshotPart::Collection(collection))),
                _ => None,
            };
            taken.ok_or_else(|| records.damaged("a record is not what was written"))?;
        }
    }
}

fn write_file(
    path: &Path,
    key: SnapshotKey,
    write: impl FnOnce(&mut SnapshotWriter<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, private::create_file(path)?);
    let mut writer = SnapshotWriter { records: RecordWriter::new(FILE, &mut out)? };
    writer.records.write(CORPUS, &encode_key(key))?;
    write(&mut writer)?;
    writer.records.write(END, &[])?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn encode_key(key: SnapshotKey) -> Vec<u8> {
    let mut record = Encoder::default();
    record.u32(key.algorithm_version);
    record.u64(key.seed_check);
    record.bytes
}

fn decode_collection(record: &[u8]) -> Option<SnapshotCollection> {
    let mut fields = Decoder::new(record);
    let (number, kgram_tables, pair_tables) = (fields.u32()?, fields.u32()?, fields.u32()?);
    let has_strays = fields.u8()? != 0;
    let (stamps, rest) = fields.rest().as_chunks();
    let stamps = stamps.iter().map(|stamp| u64::from_le_bytes(*stamp)).collect();
    rest.is_empty().then_some(SnapshotCollection { number, kgram_tables, pair_tables, has_strays, stamps })
}
