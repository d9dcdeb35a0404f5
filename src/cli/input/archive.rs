//! Zip archives of texts and documents.
//!
//! Names of entries are names of sources, never of files: nothing is unpacked to the disk. What the entries inflate to is
//! bounded, each by the limit of a file and all of them by the size of the archive.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use zip::ZipArchive;
use zip::result::ZipError;

use super::file::{Entry, Stamp, TextFile, nanoseconds, read_from};
use super::{InputError, Place, Skip, kinds};

/// First bytes of a zip archive: of its first file, or of the end of an empty one.
const MAGIC: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// Names at the top of the documents that are zip archives themselves.
const DOCUMENT_PARTS: [&str; 3] = ["[Content_Types].xml", "mimetype", "META-INF/container.xml"];

/// Most entries of an archive.
const MAX_ENTRIES: usize = 100_000;

/// Bytes that an archive may inflate to for each of its own. Text is packed to a tenth, rarely to a fiftieth.
const MAX_INFLATION_RATIO: u64 = 200;

/// Bytes that any archive may inflate to.
const INFLATED_ALLOWANCE_BYTES: u64 = 64 << 20;

/// The folder in which macOS keeps what is not content.
const MAC_FOLDER: &str = "__MACOSX";

/// An archive that is open.
#[derive(Debug)]
struct Archive {
    zip: ZipArchive<SharedFile>,
    /// When it was modified, in nanoseconds since 1970.
    modified: u64,
    /// Bytes that its entries may still inflate to.
    left_bytes: AtomicU64,
}

/// An entry of an archive.
#[derive(Debug, Clone)]
pub(super) struct ArchiveEntry {
    archive: Arc<Archive>,
    index: usize,
    stamp: Stamp,
    packed_bytes: u64,
}

/// Whether the file at `path` is an archive, and not a document that is packed as one.
pub(super) fn is_archive(path: &Path) -> bool {
    if kinds::is_document(path) || !path.is_file() || !begins_like_one(path) {
        return false;
    }
    match open(path) {
        Ok(archive) => !DOCUMENT_PARTS.iter().any(|part| archive.zip.index_for_name(part).is_some()),
        // By its name it should be one, and its error is that of one.
        Err(_) => kinds::is_zip(path),
    }
}

fn begins_like_one(path: &Path) -> bool {
    let mut begin = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && MAGIC.iter().any(|magic| begin == *magic)
}

/// Calls `each` for every entry of the archive at `path`, in the order of their names.
pub(super) fn walk(path: &Path, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> ControlFlow<()> {
    let mut archive = match open(path) {
        Ok(archive) => archive,
        Err(error) => return each(Entry::Unreadable(Place::file(path), error)),
    };
    // Sorted as the names in a folder are, part by part.
    let mut named: BTreeMap<Vec<String>, ListedEntry> = BTreeMap::new();
    for index in 0..archive.zip.len() {
        match ListedEntry::of(&mut archive, index) {
            Ok(Some(entry)) if !entry.parts.is_empty() => {
                named.entry(entry.parts.clone()).or_insert(entry);
            }
            Ok(_) => {}
            Err(error) => each(Entry::Unreadable(Place::file(path), error))?,
        }
    }
    let archive = Arc::new(archive);
    for entry in named.into_values() {
        each(entry.found(path, &archive))?;
    }
    ControlFlow::Continue(())
}

/// An entry of an archive in its directory.
struct ListedEntry {
    /// The parts of its path, without those that lead elsewhere.
    parts: Vec<String>,
    index: usize,
    stamp: Stamp,
    packed_bytes: u64,
}

impl ListedEntry {
    /// The entry with this index; `None` for a folder.
    fn of(archive: &mut Archive, index: usize) -> Result<Option<Self>, InputError> {
        let modified = archive.modified;
        let entry = archive.zip.by_index_raw(index).map_err(problem)?;
        if entry.is_dir() {
            return Ok(None);
        }
        let name = entry.name().map_err(problem)?;
        let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
        Ok(Some(Self {
            parts: parts.map(str::to_owned).collect(),
            index,
            stamp: Stamp { bytes: entry.size(), modified, crc: entry.crc32() },
            packed_bytes: entry.compressed_size(),
        }))
    }

    fn found(self, path: &Path, archive: &Arc<Archive>) -> Entry {
        let Self { parts, index, stamp, packed_bytes } = self;
        let mut whole: PathBuf = path.to_owned();
        whole.extend(&parts);
        let is_hidden = parts.iter().any(|part| part.starts_with('.') || part == MAC_FOLDER);
        let skip = if is_hidden {
            Skip::Hidden
        } else if kinds::is_zip(&whole) {
            Skip::Archive
        } else if kinds::is_document(&whole) {
            let entry = ArchiveEntry { archive: Arc::clone(archive), index, stamp, packed_bytes };
            return Entry::Text(TextFile::in_archive(whole, entry));
        } else {
            Skip::OtherKind
        };
        Entry::Skipped(Place::file(&whole), skip)
    }
}

impl ArchiveEntry {
    /// Size in the archive, in bytes.
    pub(super) fn packed_bytes(&self) -> u64 {
        self.packed_bytes
    }

    /// The stamp.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Inflates the entry.
    pub(super) fn read(&self) -> Result<Vec<u8>, InputError> {
        // The directory is shared; the place in the file is each reader's own.
        let mut zip = self.archive.zip.clone();
        let entry = zip.by_index(self.index).map_err(problem)?;
        let left = self.archive.left_bytes.load(Ordering::Relaxed);
        let bytes = read_from(&mut entry.take(left.saturating_add(1))).map_err(|error| match error {
            InputError::Unreadable(cause) => {
                InputError::Archive(format!("is damaged: {cause}; pack it again"))
            }
            other => other,
        })?;
        let taken = bytes.len() as u64;
        let has_room = |left: u64| left.checked_sub(taken);
        match self.archive.left_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, has_room) {
            Ok(_) => Ok(bytes),
            Err(_) => Err(InputError::Archive(format!(
                "its archive inflates to more than {MAX_INFLATION_RATIO} times its size; unpack it first"
            ))),
        }
    }
}

fn open(path: &Path) -> Result<Archive, InputError> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let shared = SharedFile { file: Arc::new(file), place: 0, bytes: metadata.len() };
    let zip = ZipArchive::new(shared).map_err(problem)?;
    if zip.len() > MAX_ENTRIES {
        let entries = zip.len();
        return Err(InputError::Archive(format!(
            "has {entries} entries, but the limit is {MAX_ENTRIES}; split it, or unpack it"
        )));
    }
    let left = metadata.len().saturating_mul(MAX_INFLATION_RATIO).saturating_add(INFLATED_ALLOWANCE_BYTES);
    let modified = metadata.modified().map_or(0, nanoseconds);
    Ok(Archive { zip, modified, left_bytes: AtomicU64::new(left) })
}

fn problem(error: ZipError) -> InputError {
    InputError::Archive(match error {
        ZipError::Io(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => return cause.into(),
        ZipError::InvalidPassword => "is encrypted; unpack it first".to_owned(),
        ZipError::UnsupportedArchive(what) if what == ZipError::PASSWORD_REQUIRED => {
            "is encrypted; unpack it first".to_owned()
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            format!("can't be unpacked: {error}; pack it with Deflate, or unpack it first")
        }
        other => format!("is a damaged zip archive: {other}; pack it again"),
    })
}

/// A file that several readers read at places of their own.
#[derive(Debug, Clone)]
struct SharedFile {
    file: Arc<File>,
    place: u64,
    bytes: u64,
}

impl Read for SharedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.place)?;
        self.place += read as u64;
        Ok(read)
    }
}

impl Seek for SharedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.place.checked_add_signed(by),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
        };
        self.place = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.place)
    }
}
