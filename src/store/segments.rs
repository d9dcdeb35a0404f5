//! Texts in files that are only ever appended to.
//!
//! A segment is a header and records, one for each text. A record is read by its place, and its checksum
//! covers whose text it is, so that a row that points elsewhere is noticed. When less than half of a
//! segment is in use, what is left of it is moved to the current one, and when nothing refers to a
//! segment any more, its file is deleted.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};
use xxhash_rust::xxh3::Xxh3;

use super::SourceKey;
use super::codec::{Decoder, Encoder};
use super::error::{At, StoreError};

const MAGIC: &[u8; 8] = b"PLIMTEXT";
const VERSION: u32 = 1;

/// Bytes of a segment's header.
const HEADER_BYTES: u32 = 16;

/// Bytes of a record before its frame.
const RECORD_HEADER_BYTES: u32 = 16;

/// A segment that has grown to this is full.
pub(super) const FULL_BYTES: u64 = 256 << 20;

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPlace {
    /// The number of the segment.
    pub(super) segment: u32,
    /// Where its record begins.
    pub(super) offset: u32,
    /// Bytes of its frame.
    pub(super) stored_bytes: u32,
}

pub(super) use TextPlace as Place;

/// A text as it is kept: a zstd frame.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) bytes: Vec<u8>,
    pub(super) text_bytes: u32,
}

impl Place {
    pub(super) const BYTES: usize = 12;

    pub(super) fn encode(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let numbers = [self.segment, self.offset, self.stored_bytes].map(u32::to_le_bytes);
        bytes.iter_mut().zip(numbers.iter().flatten()).for_each(|(to, from)| *to = *from);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Decoder::new(bytes);
        Some(Self { segment: bytes.u32()?, offset: bytes.u32()?, stored_bytes: bytes.u32()? })
    }

    fn record_bytes(self) -> u64 {
        u64::from(RECORD_HEADER_BYTES) + u64::from(self.stored_bytes)
    }

    fn end(self) -> u64 {
        u64::from(self.offset) + self.record_bytes()
    }
}

/// One file.
#[derive(Debug)]
pub(super) struct Segment {
    path: PathBuf,
    file: File,
    /// Bytes of the records that somebody refers to.
    used_bytes: AtomicU64,
    /// Bytes up to the end of the last record.
    length: AtomicU64,
}

/// All files.
#[derive(Debug)]
pub(super) struct Segments {
    folder: PathBuf,
    /// A segment that has grown to this is full.
    full_bytes: u64,
    by_number: RwLock<BTreeMap<u32, Arc<Segment>>>,
    /// The number of the segment that is written to; 0 for none. Held while appending.
    current: Mutex<u32>,
}

impl Segments {
    /// The segments in a folder, which is made if it is not there. `places` are those that rows refer
    /// to; what no row refers to is dropped.
    pub(super) fn open(
        folder: &Path,
        full_bytes: u64,
        places: impl Iterator<Item = Place>,
    ) -> Result<Self, StoreError> {
        fs::create_dir_all(folder).at(folder)?;
        let mut used: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
        for place in places {
            let (bytes, end) = used.entry(place.segment).or_default();
            *bytes += place.record_bytes();
            *end = place.end().max(*end);
        }
        let last = used.last_key_value().map_or(0, |(number, _)| *number);
        let mut segments = BTreeMap::new();
        for (number, (used_bytes, end)) in used {
            segments.insert(number, Arc::new(Segment::open(folder, number, used_bytes, end)?));
        }
        let segments = Self {
            folder: folder.to_owned(),
            full_bytes,
            by_number: RwLock::new(segments),
            current: Mutex::new(last),
        };
        segments.delete_strays()?;
        Ok(segments)
    }

    /// Deletes the files of segments that no row refers to: a crash left them.
    fn delete_strays(&self) -> Result<(), StoreError> {
        for entry in fs::read_dir(&self.folder).at(&self.folder)? {
            let path = entry.at(&self.folder)?.path();
            let number = number_of(&path);
            if number.is_some_and(|number| !self.by_number.read().contains_key(&number)) {
                fs::remove_file(&path).at(&path)?;
            }
        }
        Ok(())
    }

    /// Appends texts and makes them durable. When this fails, nothing was appended.
    pub(super) fn append<'a>(
        &self,
        texts: impl Iterator<Item = (SourceKey, &'a [u8], u32)>,
    ) -> Result<Vec<Place>, StoreError> {
        let mut current = self.current.lock();
        let mut texts = texts.peekable();
        if texts.peek().is_none() {
            return Ok(Vec::new());
        }
        let segment = self.writable(&mut current)?;
        let begin = segment.length.load(Ordering::Relaxed);
        let (mut places, mut records) = (Vec::new(), Encoder::default());
        for (key, frame, text_bytes) in texts {
            let too_long =
                || StoreError::Io { path: segment.path.clone(), cause: "a text is too long".to_owned() };
            let offset = u32::try_from(begin + records.bytes.len() as u64).map_err(|_| too_long())?;
            let stored_bytes = u32::try_from(frame.len()).map_err(|_| too_long())?;
            records.u32(stored_bytes);
            records.u32(text_bytes);
            records.u64(checksum(key, frame, text_bytes));
            records.bytes.extend_from_slice(frame);
            places.push(Place { segment: *current, offset, stored_bytes });
        }
        if let Err(error) = segment.file.write_all_at(&records.bytes, begin) {
            if segment.file.set_len(begin).is_err() {
                *current = 0;
            }
            return Err(StoreError::io(&segment.path, &error));
        }
        if let Err(error) = segment.file.sync_data() {
            // Whether the system still means to write those bytes is unknown: nothing is put after them.
            *current = 0;
            return Err(StoreError::io(&segment.path, &error));
        }
        segment.length.fetch_add(records.bytes.len() as u64, Ordering::Relaxed);
        Ok(places)
    }

    /// The segment to write to; a new one if the current one is full.
    fn writable(&self, current: &mut u32) -> Result<Arc<Segment>, StoreError> {
        let found = self.by_number.read().get(current).cloned();
        let has_room = |segment: &Arc<Segment>| segment.length.load(Ordering::Relaxed) < self.full_bytes;
        if let Some(segment) = found.filter(has_room) {
            return Ok(segment);
        }
        let last = self.by_number.read().last_key_value().map_or(0, |(number, _)| *number);
        let number = last.max(*current) + 1;
        let segment = Arc::new(Segment::create(&self.folder, number)?);
        self.by_number.write().insert(number, Arc::clone(&segment));
        let full = std::mem::replace(current, number);
        self.delete_if_unused(full, *current);
        Ok(segment)
    }

    /// A row refers to a place from now on.
    pub(super) fn refer(&self, place: Place) {
        if let Some(segment) = self.by_number.read().get(&place.segment) {
            segment.used_bytes.fetch_add(place.record_bytes(), Ordering::Relaxed);
        }
    }

    /// Nobody refers to a place any more.
    pub(super) fn release(&self, place: Place) {
        if let Some(segment) = self.by_number.read().get(&place.segment) {
            segment.used_bytes.fetch_sub(place.record_bytes(), Ordering::Relaxed);
        }
        let current = self.current.lock();
        self.delete_if_unused(place.segment, *current);
    }

    fn delete_if_unused(&self, number: u32, current: u32) {
        let is_unused = |segment: &Arc<Segment>| segment.used_bytes.load(Ordering::Relaxed) == 0;
        let mut segments = self.by_number.write();
        if number != current && segments.get(&number).is_some_and(is_unused) {
            let segment = segments.remove(&number);
            // If it can't be deleted now, it will be when the store is opened again.
            drop(segment.map(|segment| fs::remove_file(&segment.path)));
        }
    }

    /// The text at a place; `None` if the segment is not there any more.
    pub(super) fn read(&self, key: SourceKey, place: Place) -> Result<Option<Frame>, StoreError> {
        let segment = self.by_number.read().get(&place.segment).cloned();
        segment.map(|segment| segment.read(key, place)).transpose()
    }

    /// The text at a place is not what was written there.
    pub(super) fn damaged(&self, place: Place) -> StoreError {
        damaged(&Segment::path(&self.folder, place.segment), place)
    }

    /// The segments as they are now. As long as somebody has them, they can be read, deleted or not.
    pub(super) fn all(&self) -> BTreeMap<u32, Arc<Segment>> {
        self.by_number.read().clone()
    }

    /// Segments of which less than half is in use.
    pub(super) fn sparse(&self) -> Vec<u32> {
        let current = *self.current.lock();
        let is_sparse = |segment: &Segment| {
            segment.used_bytes.load(Ordering::Relaxed) * 2 < segment.length.load(Ordering::Relaxed)
        };
        let segments = self.by_number.read();
        let sparse = segments.iter().filter(|(number, segment)| **number != current && is_sparse(segment));
        sparse.map(|(number, _)| *number).collect()
    }
}

impl Segment {
    fn path(folder: &Path, number: u32) -> PathBuf {
        folder.join(format!("{number:08}.texts"))
    }

    fn create(folder: &Path, number: u32) -> Result<Self, StoreError> {
        let path = Self::path(folder, number);
        let mut header = Encoder { bytes: MAGIC.to_vec() };
        header.u32(VERSION);
        header.u32(number);
        let written = (|| {
            let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&path)?;
            file.write_all_at(&header.bytes, 0)?;
            file.sync_all()?;
            File::open(folder)?.sync_all()?;
            Ok(file)
        })();
        if written.is_err() {
            drop(fs::remove_file(&path));
        }
        let file = written.at(&path)?;
        let length = AtomicU64::new(u64::from(HEADER_BYTES));
        Ok(Self { path, file, used_bytes: AtomicU64::new(0), length })
    }

    /// Opens a segment in which `used_bytes` are referred to, the last of them before `end`. What comes
    /// after that is cut off: a crash left it.
    fn open(folder: &Path, number: u32, used_bytes: u64, end: u64) -> Result<Self, StoreError> {
        let path = Self::path(folder, number);
        let file =
            OpenOptions::new().read(true).write(true).open(&path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => {
                    StoreError::damaged(&path, "it is missing, but texts are kept in it")
                }
                _ => StoreError::io(&path, &error),
            })?;
        let mut header = [0; HEADER_BYTES as usize];
        let known = file.read_exact_at(&mut header, 0).is_ok();
        let mut fields = Decoder::new(&header);
        let (magic, version) = (fields.take(MAGIC.len()), fields.u32().unwrap_or(0));
        if !known || magic != Some(MAGIC) || fields.u32() != Some(number) {
            return Err(StoreError::damaged(&path, "its header is not that of this segment"));
        }
        if version > VERSION {
            return Err(StoreError::NewerFormat { path, found: version, known: VERSION });
        }
        let there = file.metadata().at(&path)?.len();
        if there < end {
            let what = format!("it has {there} bytes, but texts are kept up to byte {end}");
            return Err(StoreError::damaged(&path, what));
        }
        file.set_len(end).at(&path)?;
        Ok(Self { path, file, used_bytes: AtomicU64::new(used_bytes), length: AtomicU64::new(end) })
    }

    pub(super) fn read(&self, key: SourceKey, place: Place) -> Result<Frame, StoreError> {
        let mut record = vec![0; (RECORD_HEADER_BYTES + place.stored_bytes) as usize];
        self.file.read_exact_at(&mut record, u64::from(place.offset)).map_err(|error| {
            match error.kind() {
                io::ErrorKind::UnexpectedEof => damaged(&self.path, place),
                _ => StoreError::io(&self.path, &error),
            }
        })?;
        let bytes = record.split_off(RECORD_HEADER_BYTES as usize);
        let mut header = Decoder::new(&record);
        let (stored, text_bytes, sum) = (header.u32(), header.u32().unwrap_or(0), header.u64());
        if stored != Some(place.stored_bytes) || sum != Some(checksum(key, &bytes, text_bytes)) {
            return Err(damaged(&self.path, place));
        }
        Ok(Frame { bytes, text_bytes })
    }
}

fn damaged(path: &Path, place: Place) -> StoreError {
    StoreError::damaged(path, format!("the text at byte {} is not what was written", place.offset))
}

/// The number in a segment's file name.
fn number_of(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.strip_suffix(".texts")?.parse().ok()
}

fn checksum(key: SourceKey, frame: &[u8], text_bytes: u32) -> u64 {
    let mut hasher = Xxh3::with_seed(key.to_u64());
    hasher.update(&text_bytes.to_le_bytes());
    hasher.update(frame);
    hasher.digest()
}

#[cfg(test)]
mod tests {
    use super::super::CollectionNumber;
    use super::*;
    use crate::index::Slot;

    fn key(slot: u32) -> SourceKey {
        SourceKey { collection: CollectionNumber(1), slot: Slot::new(slot).unwrap() }
    }

    fn append(segments: &Segments, texts: &[(u32, &[u8])]) -> Vec<Place> {
        segments.append(texts.iter().map(|(slot, bytes)| (key(*slot), *bytes, 9))).unwrap()
    }

    #[test]
    fn what_rows_refer_to_is_there_when_opened_again_and_the_rest_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let segments = Segments::open(folder.path(), FULL_BYTES, std::iter::empty()).unwrap();
        let places = append(&segments, &[(1, b"one"), (2, b"two"), (3, b"three")]);
        drop(segments);
        fs::write(folder.path().join("00000007.texts"), "of nobody").unwrap();
        let segments = Segments::open(folder.path(), FULL_BYTES, places[..2].iter().copied()).unwrap();
        for (place, (slot, bytes)) in places.iter().zip([(1, b"one"), (2, b"two")]) {
            assert_eq!(segments.read(key(slot), *place).unwrap().unwrap().bytes, bytes);
        }
        assert!(segments.read(key(3), places[2]).is_err(), "cut off");
        assert!(!folder.path().join("00000007.texts").exists());
        assert_eq!(append(&segments, &[(4, b"four")])[0].offset, places[2].offset, "written over");
    }

    #[test]
    fn what_is_not_what_was_written_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let segments = Segments::open(folder.path(), FULL_BYTES, std::iter::empty()).unwrap();
        let place = append(&segments, &[(1, b"a text"), (2, b"a text")])[0];
        assert!(segments.read(key(2), place).is_err(), "of another source");
        let path = folder.path().join("00000001.texts");
        let good = fs::read(&path).unwrap();
        for at in u64::from(place.offset)..place.end() {
            let mut bad = good.clone();
            bad[at as usize] ^= 4;
            fs::write(&path, bad).unwrap();
            let error = segments.read(key(1), place).unwrap_err();
            assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        }
        fs::write(&path, &good[..good.len() - 1]).unwrap();
        let last = Place { offset: u32::try_from(place.end()).unwrap(), ..place };
        assert!(Segments::open(folder.path(), FULL_BYTES, [place, last].into_iter()).is_err());
    }

    #[test]
    fn a_segment_that_nobody_refers_to_is_deleted_once_it_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let segments = Segments::open(folder.path(), FULL_BYTES, std::iter::empty()).unwrap();
        let first = append(&segments, &[(1, b"one"), (2, b"two")]);
        for place in &first {
            segments.refer(*place);
        }
        *segments.current.lock() = 0;
        let second = append(&segments, &[(3, b"three")]);
        assert_eq!(second[0].segment, 2);
        segments.release(first[0]);
        assert_eq!(segments.sparse(), [1]);
        let held = segments.all();
        segments.release(first[1]);
        assert!(segments.read(key(2), first[1]).unwrap().is_none());
        assert_eq!(held[&1].read(key(2), first[1]).unwrap().bytes, b"two", "whoever has it can read it");
        assert!(!folder.path().join("00000001.texts").exists());
    }
}
