//! Segments: append-only files of texts.
//!
//! A segment is a header and records, one for each text. A record is read by its place. Its checksum covers the key of
//! its source, so that a row with a wrong place is noticed. If a segment has more dead bytes than live ones, its live
//! texts are moved to another one. When no row refers to a segment any more, its file is deleted.

mod named;
pub(in crate::store::texts) mod record;
mod segment;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use parking_lot::{Mutex, RwLock};

pub(in crate::store) use self::named::NamedSegments;
pub use self::record::TextPlace;
pub(in crate::store) use self::record::{Frame, Place};
use self::record::{checksum, damaged};
use self::segment::Segment;
use crate::private;
use crate::store::SourceKey;
use crate::store::codec::Encoder;
use crate::store::error::{At, StoreError, SystemError};

/// Bytes of a full segment.
pub(in crate::store) const FULL_BYTES: u64 = 256 << 20;

/// A segment with fewer dead bytes than this part of [`FULL_BYTES`], 1 MiB, is never compacted.
const LEAST_DEAD_PART: u64 = 256;

/// A segment with fewer dead bytes than this part of all bytes in use is not compacted: compaction reads the places of
/// all texts.
const LEAST_DEAD_OF_USED: u64 = 64;

/// All segments of a store.
#[derive(Debug)]
pub(in crate::store) struct Segments {
    folder: PathBuf,
    /// Bytes of a full segment.
    full_bytes: u64,
    by_number: RwLock<BTreeMap<u32, Arc<Segment>>>,
    /// Held while appending.
    current: Mutex<Current>,
}

/// The end of texts that were appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Appended {
    /// The number of the segment.
    pub(in crate::store) segment: u32,
    /// The offset of the end of the last text.
    pub(in crate::store) end: u64,
}

/// The segment that texts are appended to.
#[derive(Debug)]
struct Current {
    /// The number of the segment; 0 for a new one.
    number: u32,
    /// The highest number that a segment ever had: no number is used twice.
    highest: u32,
}

impl Segments {
    /// Creates the folder, without segments.
    pub(in crate::store) fn create(folder: &Path) -> Result<Self, StoreError> {
        private::create_folder(folder).at(folder)?;
        Ok(Self::of(folder, FULL_BYTES, BTreeMap::new(), 0))
    }

    fn of(folder: &Path, full_bytes: u64, segments: BTreeMap<u32, Segment>, highest: u32) -> Self {
        let number = segments.last_key_value().map_or(0, |(number, _)| *number);
        let segments = segments.into_iter().map(|(number, segment)| (number, Arc::new(segment))).collect();
        let current = Mutex::new(Current { number, highest: highest.max(number) });
        Self { folder: folder.to_owned(), full_bytes, by_number: RwLock::new(segments), current }
    }

    /// The errors of files that are not the ones that were opened any more, or lack written bytes.
    pub(in crate::store) fn check_files(&self) -> Vec<StoreError> {
        self.all().values().filter_map(|segment| segment.check_file().err()).collect()
    }

    /// Appends texts and makes them durable. If this fails, nothing was appended.
    ///
    /// The places count as live, so that their segment is not deleted before a row refers to them. Those that no row
    /// refers to are to be [released](Self::release).
    pub(in crate::store) fn append<'a>(
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
            let too_long = || StoreError::Io {
                path: segment.path().to_owned(),
                cause: SystemError::other("a text is too long"),
            };
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
            // Whether the system will still write those bytes is unknown: nothing is appended after them.
            current.number = 0;
            return Err(StoreError::io(segment.path(), &error));
        }
        segment.length.fetch_add(records.bytes.len() as u64, Ordering::Relaxed);
        segment.used_bytes.fetch_add(records.bytes.len() as u64, Ordering::Relaxed);
        // The file may have been removed meanwhile, and the texts with it.
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

    /// Counts a place as dead: no row refers to it any more.
    pub(in crate::store) fn release(&self, place: Place) {
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
            // A file that can't be deleted now is deleted when the store is opened again.
            drop(segment.map(|segment| fs::remove_file(segment.path())));
        }
    }

    /// The text at a place; `None` if the segment was deleted.
    pub(in crate::store) fn read(&self, key: SourceKey, place: Place) -> Result<Option<Frame>, StoreError> {
        let segment = self.by_number.read().get(&place.segment).cloned();
        segment.map(|segment| segment.read(key, place)).transpose()
    }

    /// The error of a text that is not what was written at its place.
    pub(in crate::store) fn damaged(&self, place: Place) -> StoreError {
        damaged(&Segment::path_in(&self.folder, place.segment), place)
    }

    /// The segments as of now. They can be read as long as this value exists, even after they are deleted.
    pub(in crate::store) fn all(&self) -> BTreeMap<u32, Arc<Segment>> {
        self.by_number.read().clone()
    }

    /// The segments to compact: those with more dead bytes than live ones, and those with dead bytes for which
    /// `is_due` is true. If the current segment is among them, nothing is appended to it any more.
    pub(in crate::store) fn begin_emptying(&self, is_due: impl Fn(u32) -> bool) -> Vec<u32> {
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

    /// The segments among these that were deleted, without the one with the highest number: its row records that the
    /// number was used.
    pub(in crate::store) fn gone(&self, numbers: impl Iterator<Item = u32>) -> Vec<u32> {
        let highest = self.current.lock().highest;
        let segments = self.by_number.read();
        numbers.filter(|number| *number < highest && !segments.contains_key(number)).collect()
    }

    /// The end of texts that were appended at these places; `None` if there were none.
    pub(in crate::store) fn appended(places: &[Place]) -> Option<Appended> {
        places.last().map(|last| Appended { segment: last.segment, end: last.end() })
    }
}

#[cfg(test)]
mod tests;
