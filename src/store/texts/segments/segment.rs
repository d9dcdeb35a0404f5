//! One segment: an append-only file of texts.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::record::{Frame, HEADER_BYTES, Place, RECORD_HEADER_BYTES, checksum, damaged};
use crate::private;
use crate::store::SourceKey;
use crate::store::codec::{Decoder, Encoder};
use crate::store::error::{At, StoreError};
use crate::store::files::directory::sync_folder;
use crate::store::files::held::HeldFile;
use crate::store::texts::strays::Strays;

/// The first bytes of a segment.
const MAGIC: &[u8; 8] = b"PLIMTEXT";
/// The version of the format of segments.
const VERSION: u32 = 1;

/// The bytes of a segment's live records.
#[derive(Debug, Clone, Copy)]
pub(super) struct LiveBytes {
    /// Their sum.
    pub(super) used: u64,
    /// The offset of the end of the last of them.
    pub(super) end: u64,
}

/// One open segment.
#[derive(Debug)]
pub(in crate::store) struct Segment {
    held: HeldFile,
    pub(super) file: File,
    /// Bytes of the live records, which rows refer to.
    pub(super) used_bytes: AtomicU64,
    /// The offset of the end of the last record.
    pub(super) length: AtomicU64,
}

impl Segment {
    /// The path of segment `number`.
    pub(super) fn path_in(folder: &Path, number: u32) -> PathBuf {
        folder.join(format!("{number:08}.texts"))
    }

    pub(super) fn path(&self) -> &Path {
        self.held.path()
    }

    /// Checks that the file is still the one that was opened, and not shorter than its records.
    pub(super) fn check_file(&self) -> Result<(), StoreError> {
        self.held.check(self.length.load(Ordering::Relaxed)).map(drop)
    }

    /// Bytes of the live records.
    pub(super) fn used(&self) -> u64 {
        self.used_bytes.load(Ordering::Relaxed)
    }

    /// Bytes of the dead records, which no row refers to.
    pub(super) fn dead(&self) -> u64 {
        let records = self.length.load(Ordering::Relaxed).saturating_sub(u64::from(HEADER_BYTES));
        records.saturating_sub(self.used())
    }

    /// Creates a segment without records, durably.
    pub(super) fn create(folder: &Path, number: u32) -> Result<Self, StoreError> {
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

    /// Opens a segment with these live records. Nothing in it is changed.
    pub(super) fn open(
        folder: &Path,
        number: u32,
        LiveBytes { used, end }: LiveBytes,
        is_read_only: bool,
    ) -> Result<Self, StoreError> {
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
        let there = file.metadata().at(&path)?.len();
        if there < end {
            let what = format!("it has {there} bytes, but texts are kept up to byte {end}");
            return Err(StoreError::damaged(&path, what));
        }
        let held = HeldFile::of(&path, &file)?;
        Ok(Self { held, file, used_bytes: AtomicU64::new(used), length: AtomicU64::new(end) })
    }

    /// Cuts off everything after the last record that a row names or has ever named. The latter end at `known_bytes`.
    /// Texts after that are copied to `strays` first.
    pub(super) fn cut_after(&self, known_bytes: u64, strays: &Strays) -> Result<(), StoreError> {
        let there = self.file.metadata().at(self.path())?.len();
        // A segment that lost its end has fewer bytes than the ledger knows, but the records that rows name are there.
        let end = self.length.load(Ordering::Relaxed).max(known_bytes.min(there));
        if there > end {
            strays.take_end(self.path(), &self.file, end..there)?;
            self.file.set_len(end).at(self.path())?;
        }
        self.length.store(end, Ordering::Relaxed);
        Ok(())
    }

    /// Reads the text of a source at a place, and verifies its checksum.
    pub(in crate::store) fn read(&self, key: SourceKey, place: Place) -> Result<Frame, StoreError> {
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
