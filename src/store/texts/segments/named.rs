//! The segments of a data directory that is being opened.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::record::Place;
use super::segment::{LiveBytes, Segment};
use super::{FULL_BYTES, Segments};
use crate::private;
use crate::store::SourceKey;
use crate::store::error::{At, StoreError};
use crate::store::rows::StoredSegment;
use crate::store::texts::strays::Strays;

/// The live records of one segment.
#[derive(Debug, Clone, Copy)]
struct InUse {
    bytes: u64,
    first: LiveRecord,
    last: LiveRecord,
}

/// A live record; their order is that of their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct LiveRecord {
    place: Place,
    key: SourceKey,
}

/// The segments that rows refer to, opened and verified without changes.
#[derive(Debug)]
pub(in crate::store) struct NamedSegments {
    folder: PathBuf,
    segments: BTreeMap<u32, Segment>,
}

impl NamedSegments {
    /// Opens the segments in a folder that rows refer to by these places. A segment is refused if both its first and
    /// its last text are wrong: then it is another file. A single damaged text is not a reason to refuse all others.
    pub(in crate::store) fn open(
        folder: &Path,
        places: impl Iterator<Item = (SourceKey, Place)>,
        is_read_only: bool,
    ) -> Result<Self, StoreError> {
        let mut by_segment: BTreeMap<u32, InUse> = BTreeMap::new();
        for (key, place) in places {
            let this = LiveRecord { place, key };
            let in_use =
                by_segment.entry(place.segment).or_insert(InUse { bytes: 0, first: this, last: this });
            in_use.bytes += place.record_bytes();
            in_use.first = in_use.first.min(this);
            in_use.last = in_use.last.max(this);
        }
        let open = |(number, in_use): (u32, InUse)| {
            let live = LiveBytes { used: in_use.bytes, end: in_use.last.place.end() };
            let segment = Segment::open(folder, number, live, is_read_only)?;
            let is_wrong = |LiveRecord { place, key }| segment.read(key, place).is_err();
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

    /// All segments, for reading.
    pub(in crate::store) fn into_read_only(self) -> Segments {
        Segments::of(&self.folder, FULL_BYTES, self.segments, 0)
    }

    /// All segments, for reading and writing. Creates the folder if it does not exist. `known` are the ledger's rows
    /// of segments. Other segments in the folder are deleted if all their texts are deleted, and moved to `strays` if
    /// no row has ever named them.
    pub(in crate::store) fn into_writable(
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

/// Deletes a segment whose named texts are all deleted. Texts that no row has ever named are copied to `strays`.
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

/// The number in a segment's file name.
fn number_of(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.strip_suffix(".texts")?.parse().ok()
}
