//! Texts in files that are only ever appended to.
//!
//! A segment is a header and records, one for each text. A record is read by its place, and its checksum
//! covers whose text it is, so that a row that points elsewhere is noticed. When more of a segment is dead than
//! alive, what lives is moved to another one; and when nothing refers to a segment any more, its file is deleted.

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
use super::directory::sync_folder;
use super::error::{At, StoreError};
use super::held::HeldFile;
use super::rows::StoredSegment;
use super::strays::Strays;
use crate::private;

const MAGIC: &[u8; 8] = b"PLIMTEXT";
const VERSION: u32 = 1;

/// Bytes of a segment's header.
pub(super) const HEADER_BYTES: u32 = 16;

/// Bytes of a record before its frame.
pub(super) const RECORD_HEADER_BYTES: u32 = 16;

/// A segment that has grown to this is full.
pub(super) const FULL_BYTES: u64 = 256 << 20;

/// Dead bytes that a segment may have in any case, as a part of what makes it full: 1 MiB.
const LEAST_DEAD_PART: u64 = 256;

/// Dead bytes that a segment may have in any case, as a part of all bytes in use: emptying a segment looks at all texts.
const LEAST_DEAD_OF_USED: u64 = 64;

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
    held: HeldFile,
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
    /// Held while appending.
    current: Mutex<Current>,
}

/// Where texts are appended.
#[derive(Debug)]
struct Current {
    /// The number of the segment; 0 for a new one.
    number: u32,
    /// The highest number that a segment ever had: none is given twice.
    highest: u32,
}

impl Segments {
    /// No segments, in a folder that is made.
    pub(super) fn create(folder: &Path) -> Result<Self, StoreError> {
        private::create_folder(folder).at(folder)?;
        Ok(Self::of(folder, FULL_BYTES, BTreeMap::new(), 0))
    }

    fn of(folder: &Path, full_bytes: u64, segments: BTreeMap<u32, Segment>, highest: u32) -> Self {
        let number = segments.last_key_value().map_or(0, |(number, _)| *number);
        let segments = segments.into_iter().map(|(number, segment)| (number, Arc::new(segment))).collect();
        let current = Mutex::new(Current { number, highest: highest.max(number) });
        Self { folder: folder.to_owned(), full_bytes, by_number: RwLock::new(segments), current }
    }

    /// Whether each file is still the one that was opened, and holds all that was written to it.
    pub(super) fn check_files(&self) -> Vec<StoreError> {
        self.all().values().filter_map(|segment| segment.check_file().err()).collect()
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
        segment.check_file()?;
        let begin = segment.length.load(Ordering::Relaxed);
        let (mut places, mut records) = (Vec::new(), Encoder::default());
        for (key, frame, text_bytes) in texts {
            let too_long =
                || StoreError::Io { path: segment.path().to_owned(), cause: "a text is too long".to_owned() };
            let offset = u32::try_from(begin + records.bytes.len() as u64).map_err(|_| too_long())?;
            let stored_bytes = u32::try_from(frame.len()).map_err(|_| too_long())?;
            records.u32(stored_bytes);
            records.u32(text_bytes);
            records.u64(checksum(key, frame, text_bytes));
            records.bytes.extend_from_slice(frame);
            places.push(Place { segment: current.number, offset, stored_bytes });
        }
        if let Err(error) = segment.file.write_all_at(&records.bytes, begin) {
            if segment.file.set_len(begin).is_err() {
                current.number = 0;
            }
            return Err(StoreError::io(segment.path(), &error));
        }
        if let Err(error) = segment.file.sync_data() {
            // Whether the system still means to write those bytes is unknown: nothing is put after them.
            current.number = 0;
            return Err(StoreError::io(segment.path(), &error));
        }
        segment.length.fetch_add(records.bytes.len() as u64, Ordering::Relaxed);
        // It may have been taken away meanwhile, and the texts with it.
        segment.check_file()?;
        Ok(places)
    }

    /// The segment to write to; a new one if the current one is full.
    fn writable(&self, current: &mut Current) -> Result<Arc<Segment>, StoreError> {
        let found = self.by_number.read().get(&current.number).cloned();
        let has_room = |segment: &Arc<Segment>| segment.length.load(Ordering::Relaxed) < self.full_bytes;
        if let Some(segment) = found.filter(has_room) {
            return Ok(segment);
        }
        let number = current.highest + 1;
        let segment = Arc::new(Segment::create(&self.folder, number)?);
        self.by_number.write().insert(number, Arc::clone(&segment));
        current.highest = number;
        let full = std::mem::replace(&mut current.number, number);
        self.delete_if_unused(full, number);
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
        self.delete_if_unused(place.segment, current.number);
    }

    fn delete_if_unused(&self, number: u32, current: u32) {
        let is_unused = |segment: &Arc<Segment>| segment.used_bytes.load(Ordering::Relaxed) == 0;
        let mut segments = self.by_number.write();
        if number != current && segments.get(&number).is_some_and(is_unused) {
            let segment = segments.remove(&number);
            // If it can't be deleted now, it will be when the store is opened again.
            drop(segment.map(|segment| fs::remove_file(segment.path())));
        }
    }

    /// The text at a place; `None` if the segment is not there any more.
    pub(super) fn read(&self, key: SourceKey, place: Place) -> Result<Option<Frame>, StoreError> {
        let segment = self.by_number.read().get(&place.segment).cloned();
        segment.map(|segment| segment.read(key, place)).transpose()
    }

    /// The text at a place is not what was written there.
    pub(super) fn damaged(&self, place: Place) -> StoreError {
        damaged(&Segment::path_in(&self.folder, place.segment), place)
    }

    /// The segments as they are now. As long as somebody has them, they can be read, deleted or not.
    pub(super) fn all(&self) -> BTreeMap<u32, Arc<Segment>> {
        self.by_number.read().clone()
    }

    /// Segments that are to be emptied: those of which more is dead than in use, and those that `is_due` names if
    /// anything in them is dead. The current one is no longer written to if it is among them.
    pub(super) fn begin_emptying(&self, is_due: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut current = self.current.lock();
        let segments = self.all();
        let used: u64 = segments.values().map(|segment| segment.used()).sum();
        let least_dead = (self.full_bytes / LEAST_DEAD_PART).max(used / LEAST_DEAD_OF_USED);
        let is_sparse = |segment: &Segment| segment.dead() > segment.used().max(least_dead);
        let chosen = segments
            .iter()
            .filter(|(number, segment)| is_sparse(segment) || (segment.dead() > 0 && is_due(**number)));
        let chosen: Vec<u32> = chosen.map(|(number, _)| *number).collect();
        if chosen.contains(&current.number) {
            current.number = 0;
        }
        for number in &chosen {
            self.delete_if_unused(*number, current.number);
        }
        chosen
    }

    /// Which of these segments are gone. The one with the highest number is not told: that number is not given again.
    pub(super) fn gone(&self, numbers: impl Iterator<Item = u32>) -> Vec<u32> {
        let highest = self.current.lock().highest;
        let segments = self.by_number.read();
        numbers.filter(|number| *number < highest && !segments.contains_key(number)).collect()
    }

    /// The segment that texts were just appended to, and its bytes up to the end of the last of them; `None` if there
    /// were none.
    pub(super) fn appended(places: &[Place]) -> Option<(u32, u64)> {
        places.last().map(|last| (last.segment, last.end()))
    }
}

/// What rows refer to in one segment.
#[derive(Debug, Clone, Copy)]
struct InUse {
    bytes: u64,
    first: (Place, SourceKey),
    last: (Place, SourceKey),
}

/// The segments that rows refer to. They were opened and looked at, and nothing was changed.
#[derive(Debug)]
pub(super) struct NamedSegments {
    folder: PathBuf,
    segments: BTreeMap<u32, Segment>,
}

impl NamedSegments {
    /// Opens the segments in a folder that rows refer to by these places. If neither the first nor the last text of one
    /// is what was written, another file is in its place. One damaged text is no reason to refuse all others.
    pub(super) fn open(
        folder: &Path,
        places: impl Iterator<Item = (SourceKey, Place)>,
        is_read_only: bool,
    ) -> Result<Self, StoreError> {
        let mut by_segment: BTreeMap<u32, InUse> = BTreeMap::new();
        for (key, place) in places {
            let this = (place, key);
            let in_use =
                by_segment.entry(place.segment).or_insert(InUse { bytes: 0, first: this, last: this });
            in_use.bytes += place.record_bytes();
            in_use.first = in_use.first.min(this);
            in_use.last = in_use.last.max(this);
        }
        let open = |(number, in_use): (u32, InUse)| {
            let segment = Segment::open(folder, number, in_use, is_read_only)?;
            let is_wrong = |(place, key)| segment.read(key, place).is_err();
            if is_wrong(in_use.first) && is_wrong(in_use.last) {
                let what =
                    "its texts are not those that the ledger names: it is another segment, or badly damaged";
                return Err(StoreError::damaged(segment.path(), what));
            }
            Ok((number, segment))
        };
        let segments: Result<BTreeMap<u32, Segment>, StoreError> = by_segment.into_iter().map(open).collect();
        Ok(Self { folder: folder.to_owned(), segments: segments? })
    }

    /// All segments, to be read.
    pub(super) fn into_read_only(self) -> Segments {
        Segments::of(&self.folder, FULL_BYTES, self.segments, 0)
    }

    /// All segments, to be read and written, in a folder that is made if it is not there. `known` is what the ledger
    /// says of each segment. The rest of the folder: a segment in which all texts are deleted is deleted too; what was
    /// never named by a row is left to `strays`.
    pub(super) fn into_writable(
        self,
        full_bytes: u64,
        known: &BTreeMap<u32, StoredSegment>,
        strays: &Strays,
    ) -> Result<Segments, StoreError> {
        let Self { folder, segments } = self;
        private::create_folder(&folder).at(&folder)?;
        let mut highest = known.last_key_value().map_or(0, |(number, _)| *number);
        for (number, path) in files_in(&folder)? {
            highest = highest.max(number);
            let known_bytes = known.get(&number).map_or(0, |known| known.bytes);
            match segments.get(&number) {
                Some(segment) => segment.cut_after(known_bytes, strays)?,
                None if known_bytes > 0 => delete_dead(&path, known_bytes, strays)?,
                None => strays.take_file(&path)?,
            }
        }
        Ok(Segments::of(&folder, full_bytes, segments, highest))
    }
}

/// Deletes a segment in which all texts that rows named are deleted. What was never named is put aside.
fn delete_dead(path: &Path, known_bytes: u64, strays: &Strays) -> Result<(), StoreError> {
    let file = File::open(path).at(path)?;
    let there = file.metadata().at(path)?.len();
    if there > known_bytes {
        strays.take_end(path, &file, known_bytes..there)?;
    }
    fs::remove_file(path).at(path)
}

/// The segments' files in a folder, by number.
fn files_in(folder: &Path) -> Result<Vec<(u32, PathBuf)>, StoreError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).at(folder)? {
        let path = entry.at(folder)?.path();
        found.extend(number_of(&path).map(|number| (number, path)));
    }
    found.sort_unstable();
    Ok(found)
}

impl Segment {
    fn path_in(folder: &Path, number: u32) -> PathBuf {
        folder.join(format!("{number:08}.texts"))
    }

    fn path(&self) -> &Path {
        self.held.path()
    }

    fn check_file(&self) -> Result<(), StoreError> {
        self.held.check(self.length.load(Ordering::Relaxed)).map(drop)
    }

    fn used(&self) -> u64 {
        self.used_bytes.load(Ordering::Relaxed)
    }

    /// Bytes of records that nobody refers to.
    fn dead(&self) -> u64 {
        let records = self.length.load(Ordering::Relaxed).saturating_sub(u64::from(HEADER_BYTES));
        records.saturating_sub(self.used())
    }

    fn create(folder: &Path, number: u32) -> Result<Self, StoreError> {
        let path = Self::path_in(folder, number);
        let mut header = Encoder { bytes: MAGIC.to_vec() };
        header.u32(VERSION);
        header.u32(number);
        let written: io::Result<File> = (|| {
            let file = private::create_new_file(&path)?;
            file.write_all_at(&header.bytes, 0)?;
            file.sync_all()?;
            sync_folder(folder)?;
            Ok(file)
        })();
        if written.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::AlreadyExists) {
            drop(fs::remove_file(&path));
        }
        let file = written.at(&path)?;
        let (used_bytes, length) = (AtomicU64::new(0), AtomicU64::new(u64::from(HEADER_BYTES)));
        Ok(Self { held: HeldFile::of(&path, &file)?, file, used_bytes, length })
    }

    /// Opens a segment that rows refer to. Nothing is changed in it.
    fn open(folder: &Path, number: u32, in_use: InUse, is_read_only: bool) -> Result<Self, StoreError> {
        let path = Self::path_in(folder, number);
        let file = OpenOptions::new().read(true).write(!is_read_only).open(&path);
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::damaged(&path, "it is missing, but texts are kept in it"),
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
        let (there, end) = (file.metadata().at(&path)?.len(), in_use.last.0.end());
        if there < end {
            let what = format!("it has {there} bytes, but texts are kept up to byte {end}");
            return Err(StoreError::damaged(&path, what));
        }
        let held = HeldFile::of(&path, &file)?;
        Ok(Self { held, file, used_bytes: AtomicU64::new(in_use.bytes), length: AtomicU64::new(end) })
    }

    /// Cuts off what comes after the last record that a row names or named: `known_bytes`, or what rows name now. If
    /// there are texts in it, they are put aside first.
    fn cut_after(&self, known_bytes: u64, strays: &Strays) -> Result<(), StoreError> {
        let there = self.file.metadata().at(self.path())?.len();
        // A segment whose end was lost has fewer bytes than were once known; what rows name is there.
        let end = self.length.load(Ordering::Relaxed).max(known_bytes.min(there));
        if there > end {
            strays.take_end(self.path(), &self.file, end..there)?;
            self.file.set_len(end).at(self.path())?;
        }
        self.length.store(end, Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn read(&self, key: SourceKey, place: Place) -> Result<Frame, StoreError> {
        let mut record = vec![0; (RECORD_HEADER_BYTES + place.stored_bytes) as usize];
        self.file.read_exact_at(&mut record, u64::from(place.offset)).map_err(|error| {
            match error.kind() {
                io::ErrorKind::UnexpectedEof => damaged(self.path(), place),
                _ => StoreError::io(self.path(), &error),
            }
        })?;
        let bytes = record.split_off(RECORD_HEADER_BYTES as usize);
        let mut header = Decoder::new(&record);
        let (stored, text_bytes, sum) = (header.u32(), header.u32().unwrap_or(0), header.u64());
        if stored != Some(place.stored_bytes) || sum != Some(checksum(key, &bytes, text_bytes)) {
            return Err(damaged(self.path(), place));
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

    /// A folder of texts, and beside it that of the strays.
    struct Folders {
        folder: tempfile::TempDir,
    }

    impl Folders {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap() }
        }

        fn texts(&self) -> PathBuf {
            self.folder.path().join("texts")
        }

        fn open(&self, texts: &[(u32, Place)], known: &[(u32, u64)]) -> Result<Segments, StoreError> {
            let known = known
                .iter()
                .map(|(number, bytes)| (*number, StoredSegment { bytes: *bytes, dead_since: None }));
            let strays = Strays::new(self.folder.path().join("strays"));
            let places = texts.iter().map(|(slot, place)| (key(*slot), *place));
            let named = NamedSegments::open(&self.texts(), places, false)?;
            named.into_writable(FULL_BYTES, &known.collect(), &strays)
        }

        /// What was put aside, by name.
        fn strays(&self) -> Vec<(String, Vec<u8>)> {
            let Ok(entries) = fs::read_dir(self.folder.path().join("strays")) else { return Vec::new() };
            let read = |path: PathBuf| {
                (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())
            };
            let mut found: Vec<_> = entries.map(|entry| read(entry.unwrap().path())).collect();
            found.sort();
            found
        }
    }

    /// A frame as the store makes them.
    fn frame(text: &[u8]) -> Vec<u8> {
        zstd::bulk::compress(text, 1).unwrap()
    }

    #[test]
    fn what_rows_refer_to_is_there_when_opened_again_and_what_none_ever_named_is_put_aside() {
        let folders = Folders::new();
        let (one, two, three) = (frame(b"one"), frame(b"two"), frame(b"three"));
        let places = append(&folders.open(&[], &[]).unwrap(), &[(1, &one), (2, &two), (3, &three)]);
        let first = folders.texts().join("00000001.texts");
        let whole = fs::read(&first).unwrap();
        let mut header = whole[..HEADER_BYTES as usize].to_vec();
        header[12] = 7;
        let stray = [header.as_slice(), &whole[HEADER_BYTES as usize..]].concat();
        fs::write(folders.texts().join("00000007.texts"), &stray).unwrap();
        fs::write(folders.texts().join("00000008.texts"), &stray[..20]).unwrap();
        let segments = folders.open(&[(1, places[0]), (2, places[1])], &[]).unwrap();
        for (place, (slot, bytes)) in places.iter().zip([(1, &one), (2, &two)]) {
            assert_eq!(&segments.read(key(slot), *place).unwrap().unwrap().bytes, bytes);
        }
        assert!(segments.read(key(3), places[2]).is_err(), "cut off");
        let tail = whole[places[2].offset as usize..].to_vec();
        let from = places[2].offset;
        let expected =
            [(format!("00000001-from-{from}-0.texts"), tail), ("00000007-from-0-0.texts".to_owned(), stray)];
        assert_eq!(folders.strays(), expected, "and of what holds no whole text nothing is left");
        assert_eq!(fs::read_dir(folders.texts()).unwrap().count(), 1);
        assert_eq!(append(&segments, &[(4, &three)])[0].offset, places[2].offset, "written over");
        assert_eq!(segments.current.lock().highest, 8, "no number is given twice");
    }

    #[test]
    fn what_rows_once_named_is_deleted_and_not_put_aside() {
        let folders = Folders::new();
        let places = append(&folders.open(&[], &[]).unwrap(), &[(1, &frame(b"one")), (2, &frame(b"two"))]);
        let known = [(1, places[1].end()), (2, 99)];
        let segments = folders.open(&[(1, places[0])], &known).unwrap();
        assert_eq!(segments.all()[&1].dead(), places[1].record_bytes());
        assert!(segments.read(key(2), places[1]).unwrap().is_some(), "it is erased when its time comes");
        drop(segments);
        let segments = folders.open(&[], &known).unwrap();
        assert!(segments.all().is_empty());
        assert_eq!((fs::read_dir(folders.texts()).unwrap().count(), folders.strays().len()), (0, 0));
        // A write that was cut short is no text.
        let places = append(&segments, &[(3, &frame(b"three"))]);
        let path = folders.texts().join("00000003.texts");
        let mut bytes = fs::read(&path).unwrap();
        let record = bytes[HEADER_BYTES as usize..].to_vec();
        bytes.extend_from_slice(&record[..record.len() - 1]);
        fs::write(&path, &bytes).unwrap();
        folders.open(&[(3, places[0])], &[(3, places[0].end())]).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), places[0].end());
        assert!(folders.strays().is_empty());
    }

    #[test]
    fn nothing_is_changed_when_a_segment_is_missing_or_too_short() {
        let folders = Folders::new();
        let segments = folders.open(&[], &[]).unwrap();
        let mut places = append(&segments, &[(1, &frame(b"one")), (2, &frame(b"two"))]);
        segments.current.lock().number = 0;
        places.extend(append(&segments, &[(3, &frame(b"three"))]));
        drop(segments);
        let second = folders.texts().join("00000002.texts");
        let whole = fs::read(&second).unwrap();
        for cut in [0, 1, 16, whole.len() - 1] {
            fs::write(&second, &whole[..cut]).unwrap();
            fs::write(folders.texts().join("00000009.texts"), &whole).unwrap();
            let refused = folders.open(&[(1, places[0]), (3, places[2])], &[]).unwrap_err();
            assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
            assert!(fs::metadata(folders.texts().join("00000001.texts")).unwrap().len() >= places[1].end());
            assert!(folders.texts().join("00000009.texts").exists() && folders.strays().is_empty());
        }
        fs::remove_file(&second).unwrap();
        assert!(folders.open(&[(1, places[0]), (3, places[2])], &[]).is_err());
    }

    #[test]
    fn a_segment_that_is_taken_away_takes_no_more_texts() {
        let folders = Folders::new();
        let segments = folders.open(&[], &[]).unwrap();
        append(&segments, &[(1, &frame(b"one"))]);
        assert!(segments.check_files().is_empty());
        let path = folders.texts().join("00000001.texts");
        let aside = folders.folder.path().join("aside");
        fs::rename(&path, &aside).unwrap();
        let refused = segments.append([(key(2), frame(b"two").as_slice(), 3)].into_iter()).unwrap_err();
        assert!(matches!(refused, StoreError::Lost { .. }), "{refused}");
        assert_eq!(segments.check_files(), [refused]);
        fs::rename(&aside, &path).unwrap();
        append(&segments, &[(2, &frame(b"two"))]);
    }

    #[test]
    fn what_is_not_what_was_written_is_noticed() {
        let folders = Folders::new();
        let segments = folders.open(&[], &[]).unwrap();
        let place = append(&segments, &[(1, b"a text"), (2, b"a text")])[0];
        assert!(segments.read(key(2), place).is_err(), "of another source");
        let path = folders.texts().join("00000001.texts");
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
        assert!(folders.open(&[(1, place), (2, last)], &[]).is_err());
    }

    #[test]
    fn a_segment_that_nobody_refers_to_is_deleted_once_it_is_not_written_to() {
        let folders = Folders::new();
        let segments = folders.open(&[], &[]).unwrap();
        let first = append(&segments, &[(1, b"one"), (2, b"two")]);
        for place in &first {
            segments.refer(*place);
        }
        segments.current.lock().number = 0;
        let second = append(&segments, &[(3, b"three")]);
        assert_eq!(second[0].segment, 2);
        segments.release(first[0]);
        assert_eq!(segments.begin_emptying(|number| number == 1), [1]);
        let held = segments.all();
        segments.release(first[1]);
        assert!(segments.read(key(2), first[1]).unwrap().is_none());
        assert_eq!(held[&1].read(key(2), first[1]).unwrap().bytes, b"two", "whoever has it can read it");
        assert!(!folders.texts().join("00000001.texts").exists());
    }
}
