//! The whole corpus as one file, and back; docs/format.md draws it.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::codec::{Decoder, Encoder};
use super::directory::DataDirectory;
use super::error::{At, StoreError};
use super::ledger::view::View;
use super::ledger::{Ledger, Rows, in_file};
use super::records::{FileKind, RecordReader, RecordWriter};
use super::requests::StoredRequest;
use super::rows::{StoredCalibration, StoredCollection, StoredCorpus, StoredScale, StoredSource};
use super::segments::{Frame, Place, Segments};
use super::{CollectionNumber, SourceKey, Store};

const FILE: FileKind = FileKind { magic: *b"PLIMBACK", version: 7, what: "a backup" };

/// Kinds of records.
const CORPUS: u8 = 1;
const COLLECTION: u8 = 2;
const SOURCE: u8 = 3;
const END: u8 = 4;
const SCALE: u8 = 5;
const CALIBRATION: u8 = 6;
const REQUEST: u8 = 7;

/// Bytes of texts and requests that a restore commits at once.
const RESTORED_AT_ONCE_BYTES: usize = 32 << 20;

/// The row of a source in a backup has no place yet.
const NOWHERE: Place = Place { segment: 0, offset: 0, stored_bytes: 0 };

/// The contents of a backup, as counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BackedUp {
    /// The revision of the corpus.
    pub revision: u64,
    /// Collections.
    pub collections: u64,
    /// Sources.
    pub sources: u64,
    /// Scales.
    pub scales: u64,
}

/// The reason for which a backup was not written.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The corpus can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The backup can't be written.
    #[error("the backup can't be written: {0}")]
    Write(#[from] io::Error),
    /// The corpus is not on disk.
    #[error(
        "the corpus is in memory alone, so that there is nothing to back up; export its collections instead"
    )]
    InMemory,
    /// The corpus is that of a cluster.
    #[error(
        "a cluster has no backup of one revision in one file: `palimpsest cluster export` writes all collections to a data \
         directory; and each node of a replica group has all of its part, so that one can be stopped and its data directory copied"
    )]
    InCluster,
}

impl Store {
    /// Writes the corpus as of its last commit. Commits go on meanwhile.
    ///
    /// `applied` is a position up to which the corpus has applied a log: the backup has it if the last change of the corpus
    /// came before it.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; the incomplete file is not a valid backup then.
    pub fn backup(&self, out: &mut dyn Write, applied: Option<u64>) -> Result<BackedUp, BackupError> {
        let disk = self.disk.as_ref().ok_or(BackupError::InMemory)?;
        // Texts of the view stand in segments that are there before it or after it is taken.
        let mut segments = disk.segments.all();
        let view = disk.ledger.view()?;
        segments.extend(disk.segments.all());
        let stored = view.corpus()?.ok_or(BackupError::InMemory)?;
        let corpus = StoredCorpus { log_position: stored.log_position.max(applied), ..stored };
        let mut records = RecordWriter::new(FILE, out)?;
        records.write(CORPUS, &corpus.encode())?;
        let mut written = BackedUp { revision: corpus.revision, ..write_rows(&view, &mut records)? };
        view.sources(&mut |source: StoredSource, place: Place| -> Result<(), BackupError> {
            let segment = segments.get(&place.segment).ok_or_else(|| disk.segments.damaged(place))?;
            let Frame { bytes, text_bytes } = segment.read(source.key, place)?;
            let row = source.encode(NOWHERE);
            let mut record = Encoder::default();
            record.u64(source.key.to_u64());
            record.u32(u32::try_from(row.len()).unwrap_or(u32::MAX));
            record.bytes.extend_from_slice(&row);
            record.u32(text_bytes);
            record.bytes.extend_from_slice(&bytes);
            written.sources += 1;
            Ok(records.write(SOURCE, &record.bytes)?)
        })?;
        let mut end = Encoder::default();
        end.u64(written.collections);
        end.u64(written.sources);
        end.u64(written.scales);
        records.write(END, &end.bytes)?;
        out.flush()?;
        Ok(written)
    }

    /// Makes a data directory of a backup. The folder must be empty, or not be there; it is there only when
    /// all of the backup is in it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the folder is taken or can't be written, or if the backup is damaged, cut off, or
    /// of a newer version; nothing is left behind then.
    pub fn restore(backup: &Path, input: &mut dyn Read, folder: &Path) -> Result<BackedUp, StoreError> {
        refuse_taken(folder)?;
        let unfinished = beside(folder, "restoring");
        refuse_taken(&unfinished)?;
        let restored = restore_into(backup, input, &unfinished)
            .and_then(|restored| std::fs::rename(&unfinished, folder).at(folder).map(|()| restored));
        if restored.is_err() && unfinished.exists() {
            std::fs::remove_dir_all(&unfinished).at(&unfinished)?;
        }
        restored
    }
}

/// Writes the rows of everything but the corpus as a whole and the sources.
fn write_rows(view: &View, records: &mut RecordWriter<'_>) -> Result<BackedUp, BackupError> {
    let mut written = BackedUp::default();
    for collection in view.collections()? {
        let mut record = Encoder::default();
        record.u32(collection.number.0);
        record.bytes.extend_from_slice(&collection.encode());
        records.write(COLLECTION, &record.bytes)?;
        written.collections += 1;
    }
    for scale in view.scales()? {
        let mut record = Encoder::default();
        record.u32(scale.collection.0);
        record.text(scale.scale.name.as_str());
        record.bytes.extend_from_slice(&scale.encode());
        records.write(SCALE, &record.bytes)?;
        written.scales += 1;
    }
    for stored in view.calibrations()? {
        let mut record = Encoder::default();
        record.u32(stored.collection.0);
        record.bytes.extend_from_slice(&stored.encode());
        records.write(CALIBRATION, &record.bytes)?;
    }
    for request in view.requests()? {
        let mut record = Encoder::default();
        record.u64(request.sequence);
        record.bytes.extend_from_slice(&request.encode());
        records.write(REQUEST, &record.bytes)?;
    }
    Ok(written)
}

/// A name beside a path, for what is not finished yet.
fn beside(path: &Path, why: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{why}"));
    path.with_file_name(name)
}

/// A folder must be empty, or not be there.
fn refuse_taken(folder: &Path) -> Result<(), StoreError> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(StoreError::Exists { path: folder.to_owned() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(StoreError::NotAFolder { path: folder.to_owned() })
        }
        Err(error) => Err(StoreError::io(folder, &error)),
    }
}

fn restore_into(backup: &Path, input: &mut dyn Read, folder: &Path) -> Result<BackedUp, StoreError> {
    let mut records = RecordReader::new(FILE, backup, input)?;
    let (kind, record) = records.next()?;
    let corpus = StoredCorpus::decode(&record).filter(|_| kind == CORPUS);
    let corpus = corpus.ok_or_else(|| records.damaged("it does not begin with a corpus"))?;
    let mut directory = DataDirectory::create(folder)?;
    Store::begin(&mut directory, corpus, Vec::new())?;
    let segments = Segments::create(&directory.texts())?;
    let ledger = Ledger::open(&directory.ledger(), in_file(&directory.ledger()))?;
    let mut restored = BackedUp { revision: corpus.revision, ..BackedUp::default() };
    let mut pending = Pending::default();
    loop {
        let (kind, record) = records.next()?;
        let mut fields = Decoder::new(&record);
        let read = match kind {
            COLLECTION => fields.u32().and_then(|number| {
                let row = fields.rest();
                pending.rows.collections.push(StoredCollection::decode(CollectionNumber(number), row)?);
                restored.collections += 1;
                Some(())
            }),
            SCALE => scale(&mut fields).map(|scale| {
                pending.rows.scales.push(scale);
                restored.scales += 1;
            }),
            CALIBRATION => calibration(&mut fields).map(|stored| pending.rows.calibrations.push(stored)),
            REQUEST => request(&mut fields).map(|request| {
                pending.bytes += record.len();
                pending.rows.requests.push(request);
            }),
            SOURCE => source(&mut fields).map(|source| {
                pending.bytes += source.frame.bytes.len();
                pending.sources.push(source);
                restored.sources += 1;
            }),
            END => {
                let whole = [Some(restored.collections), Some(restored.sources)];
                // A backup before version 5 has no scales, and ends without their number.
                if [fields.u64(), fields.u64()] != whole || fields.u64().unwrap_or(0) != restored.scales {
                    return Err(records.damaged("it does not hold as much as it says"));
                }
                pending.commit(&segments, &ledger)?;
                directory.write_format()?;
                return Ok(restored);
            }
            _ => None,
        };
        read.ok_or_else(|| records.damaged("a record is malformed"))?;
        if pending.bytes >= RESTORED_AT_ONCE_BYTES {
            pending.commit(&segments, &ledger)?;
        }
    }
}

fn scale(fields: &mut Decoder<'_>) -> Option<StoredScale> {
    let (number, name) = (CollectionNumber(fields.u32()?), fields.text()?);
    StoredScale::decode(number, &name, fields.rest())
}

fn calibration(fields: &mut Decoder<'_>) -> Option<StoredCalibration> {
    let number = CollectionNumber(fields.u32()?);
    StoredCalibration::decode(number, fields.rest())
}

fn request(fields: &mut Decoder<'_>) -> Option<StoredRequest> {
    let sequence = fields.u64()?;
    StoredRequest::decode(sequence, fields.rest())
}

/// A source read from a backup.
struct Restored {
    source: StoredSource,
    frame: Frame,
}

fn source(fields: &mut Decoder<'_>) -> Option<Restored> {
    let key = SourceKey::from_u64(fields.u64()?)?;
    let row_bytes = fields.u32()? as usize;
    let (source, _) = StoredSource::decode(key, fields.take(row_bytes)?)?;
    let text_bytes = fields.u32()?;
    Some(Restored { source, frame: Frame { bytes: fields.rest().to_vec(), text_bytes } })
}

/// Sources and rows that are not committed yet.
#[derive(Default)]
struct Pending {
    rows: Rows,
    sources: Vec<Restored>,
    bytes: usize,
}

impl Pending {
    fn commit(&mut self, segments: &Segments, ledger: &Ledger) -> Result<(), StoreError> {
        let Self { mut rows, sources, .. } = std::mem::take(self);
        let frames =
            sources.iter().map(|one| (one.source.key, one.frame.bytes.as_slice(), one.frame.text_bytes));
        let places = segments.append(frames)?;
        rows.appended = Segments::appended(&places);
        rows.sources = sources
            .iter()
            .zip(places)
            .map(|(one, place)| (one.source.key, one.source.encode(place)))
            .collect();
        ledger.commit(&rows)
    }
}
