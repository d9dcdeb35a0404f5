//! What the index looked like, beside the texts: it saves fingerprinting them again, and no more. Whatever is
//! wrong with it, it is left aside, and the texts are fingerprinted.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter};
use std::path::Path;

use super::Store;
use super::codec::{Decoder, Encoder};
use super::error::{At, StoreError};
use super::records::{FileKind, Record, RecordReader, RecordWriter};
use crate::private;

const FILE: FileKind = FileKind { magic: *b"PLIMSNAP", version: 1, what: "a snapshot of an index" };

/// Kinds of records.
const CORPUS: u8 = 1;
const COLLECTION: u8 = 2;
const TABLE: u8 = 3;
const END: u8 = 4;

/// What makes a snapshot fit: the same words have the same hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotKey {
    /// The version of the algorithm.
    pub algorithm_version: u32,
    /// Something that depends on the corpus's seed, and does not tell it.
    pub seed_check: u64,
}

/// What a snapshot says of a collection, before its tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotCollection {
    /// Its number.
    pub number: u32,
    /// Tables of its first index.
    pub kgram_tables: u32,
    /// Tables of its second index.
    pub pair_tables: u32,
    /// Whether there may be postings of slots that have no stamp.
    pub has_strays: bool,
    /// For each slot something that depends on the source whose postings are there; 0 for none.
    pub stamps: Vec<u64>,
}

/// Writes a snapshot.
pub struct SnapshotWriter<'a> {
    records: RecordWriter<'a>,
}

impl SnapshotWriter<'_> {
    /// A collection; its tables follow, those of the first index first.
    ///
    /// # Errors
    ///
    /// When it can't be written.
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

    /// The next table.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub fn table(&mut self, table: &[u8]) -> io::Result<()> {
        self.records.write(TABLE, table)
    }
}

/// A table of a snapshot, not looked at yet.
#[derive(Debug)]
pub struct SnapshotTable(Record);

impl SnapshotTable {
    /// Its bytes; `None` if they are not what was written.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        self.0.is_whole().then_some(&self.0.bytes)
    }
}

/// A part of a snapshot.
#[derive(Debug)]
pub enum SnapshotPart {
    /// A collection, whose tables follow.
    Collection(SnapshotCollection),
    /// The next table.
    Table(SnapshotTable),
}

impl Store {
    /// Writes a snapshot in place of the one that is there, if the corpus is on disk.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then the one that was there is there still.
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

    /// Reads the snapshot: gives its parts, one after the other, to `each`, until the last.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if there is none, or it is damaged, or does not fit. What was given until then is of no
    /// use.
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
