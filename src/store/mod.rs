//! The store of collections, sources and texts, durable on disk or in memory. The index is not part of it.
//!
//! The interface is narrow on purpose: [`Store::commit`] writes a [`Batch`] of changes, all of it or nothing,
//! and [`Store::text`] reads. `docs/format.md` draws every file byte by byte.
//!
//! The records of sources are in tables of an embedded database (`ledger`); their texts, compressed, in append-only files
//! (`segments`). A commit first makes the texts durable, then the rows that refer to them, so that a row's text is always
//! there. Bytes that a crash leaves behind a segment's last row belong to no source, and are moved aside (`strays`).

mod backup;
mod batch;
mod codec;
mod error;
mod files;
mod ledger;
mod recount;
mod requests;
mod rows;
mod snapshot;
mod texts;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

pub use backup::{BackedUp, BackupError};
pub use batch::{Batch, RowChange};
pub use compaction::Relocation;
pub use directory::{DataDirectory, FORMAT_VERSION};
pub use error::{StoreError, SystemError};
pub use packing::{PackedText, Packer};
pub use requests::{StoredOutcome, StoredRequest};
pub use rows::{StoredCalibration, StoredCollection, StoredCorpus, StoredScale, StoredSource};
pub use segments::TextPlace;
pub use snapshot::{SnapshotCollection, SnapshotKey, SnapshotPart, SnapshotTable, SnapshotWriter};
pub use texts::CacheFigures;

use crate::model::SourceRecord;
pub use crate::model::{CollectionNumber, SourceKey};

use self::files::{directory, records};
use self::ledger::Ledger;
use self::segments::{NamedSegments, Place, Segments};
use self::texts::Texts;
use self::texts::strays::Strays;
use self::texts::{compaction, packing, segments};

/// The corpus beside its index. All methods may be called from many threads; one commit waits for another.
#[derive(Debug)]
pub struct Store {
    texts: Texts,
    disk: Option<Disk>,
}

/// The files of a store on disk.
struct Disk {
    ledger: Ledger,
    segments: Segments,
    packer: Packer,
    strays: Strays,
    in_doubt: parking_lot::Mutex<InDoubt>,
    directory: DataDirectory,
}

/// The texts of a commit in doubt.
#[derive(Debug, Default)]
struct InDoubt {
    put: Vec<(SourceKey, Place)>,
    moved: Vec<(SourceKey, Place, Place)>,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl Disk {
    /// A text that was not compressed for a disk.
    fn is_not_packed(&self, record: &SourceRecord) -> StoreError {
        let what = format!("the text of source {:?} was packed for a corpus in memory", record.id.as_str());
        let cause = SystemError::other(what);
        StoreError::Io { path: self.directory.texts(), cause }
    }

    /// Checks that the directory may be written, and that its files are the ones that were opened.
    fn check_writable(&self) -> Result<(), StoreError> {
        if self.directory.is_read_only() {
            return Err(StoreError::ReadOnly { path: self.directory.path().to_owned() });
        }
        self.directory.check_lock()?;
        self.ledger.check_file()
    }
}

/// The rows of a data directory when it was opened.
#[derive(Debug)]
pub struct Loaded {
    /// The row of the corpus.
    pub corpus: StoredCorpus,
    /// All collections, by number.
    pub collections: Vec<StoredCollection>,
    /// All sources, by collection and slot.
    pub sources: Vec<StoredSource>,
    /// All scales, by collection and name.
    pub scales: Vec<StoredScale>,
    /// All calibrations, by collection.
    pub calibrations: Vec<StoredCalibration>,
    /// Requests that were done, in order.
    pub requests: Vec<StoredRequest>,
}

impl Store {
    /// A store in memory.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { texts: Texts::new(0), disk: None }
    }

    /// Creates a corpus in a [new](DataDirectory::is_new) data directory, with its first commit.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then the directory is as new as it was.
    pub fn begin(
        directory: &mut DataDirectory,
        corpus: StoredCorpus,
        collections: Vec<StoredCollection>,
    ) -> Result<(), StoreError> {
        let rows = ledger::Rows { corpus: Some(corpus), collections, ..ledger::Rows::default() };
        ledger::create(&directory.new_ledger(), &rows)?;
        directory.install_ledger()
    }

    /// The store in a data directory that has a corpus, and what stands there. Up to `cache_bytes` bytes of texts are
    /// held in memory. Where the directory is read only, so is the store.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when a file is missing, damaged, of a newer format, or cannot be read and written. Then nothing
    /// was changed.
    pub fn open(directory: DataDirectory, cache_bytes: u64) -> Result<(Self, Loaded), StoreError> {
        let opener = ledger::in_file(&directory.ledger());
        Self::open_with(directory, cache_bytes, segments::FULL_BYTES, opener)
    }

    fn open_with(
        directory: DataDirectory,
        cache_bytes: u64,
        full_bytes: u64,
        opener: ledger::Opener,
    ) -> Result<(Self, Loaded), StoreError> {
        // Opening the database to write changes its file. So all is read and looked at before, as if it could not be
        // written.
        let path = directory.ledger();
        let ledger = Ledger::open(&path, ledger::in_file_to_read(&path))?;
        let view = ledger.view()?;
        let corpus = view.corpus()?.ok_or_else(|| directory.has_no_corpus())?;
        let (collections, requests, known) = (view.collections()?, view.requests()?, view.segments()?);
        let (scales, calibrations) = (view.scales()?, view.calibrations()?);
        let mut loaded = Loaded { corpus, collections, sources: Vec::new(), scales, calibrations, requests };
        let texts = Texts::new(cache_bytes);
        let mut places = Vec::new();
        view.sources(&mut |source, place| -> Result<(), StoreError> {
            texts.put_at(source.key, place);
            places.push((source.key, place));
            loaded.sources.push(source);
            Ok(())
        })?;
        drop(view);
        let named = NamedSegments::open(&directory.texts(), places.into_iter(), directory.is_read_only())?;
        directory.finish(corpus.revision)?;
        let strays = Strays::new(directory.strays());
        let (ledger, segments) = if directory.is_read_only() {
            (ledger, named.into_read_only())
        } else {
            drop(ledger);
            (Ledger::open(&path, opener)?, named.into_writable(full_bytes, &known, &strays)?)
        };
        let (packer, in_doubt) = (Packer::default(), parking_lot::Mutex::default());
        Ok((
            Self { texts, disk: Some(Disk { ledger, segments, packer, strays, in_doubt, directory }) },
            loaded,
        ))
    }

    /// Compresses a text, without any lock.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] if it can't be compressed.
    pub fn pack(&self, text: String) -> Result<PackedText, StoreError> {
        match &self.disk {
            None => Ok(PackedText::Plain(text.into())),
            Some(disk) => {
                let failed = |error| StoreError::io(&disk.directory.texts(), &error);
                disk.packer.pack(&text).map_err(failed)
            }
        }
    }

    /// The text that was [packed](Self::pack); `None` if it was packed by another store.
    #[must_use]
    pub fn unpack(&self, text: &PackedText) -> Option<Arc<str>> {
        match (text, &self.disk) {
            (PackedText::Plain(text), _) => Some(Arc::clone(text)),
            (PackedText::Frame { frame, text_bytes }, Some(disk)) => {
                disk.packer.unpack(frame, *text_bytes).map(Arc::from)
            }
            (PackedText::Frame { .. }, None) => None,
        }
    }

    /// The text of a source.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if it is not there or not what was written, [`StoreError::Io`] if it can't be read.
    pub fn text(&self, key: SourceKey) -> Result<Arc<str>, StoreError> {
        let text = self.texts.get(key, self.disk.as_ref().map(|disk| (&disk.segments, &disk.packer)))?;
        text.ok_or_else(|| self.no_text(key))
    }

    /// The text of a source, read past the cache.
    ///
    /// # Errors
    ///
    /// As [`Self::text`].
    pub fn read(&self, key: SourceKey) -> Result<Arc<str>, StoreError> {
        let text = self.texts.read(key, self.disk.as_ref().map(|disk| (&disk.segments, &disk.packer)))?;
        text.map(|(text, _)| text).ok_or_else(|| self.no_text(key))
    }

    fn no_text(&self, key: SourceKey) -> StoreError {
        let SourceKey { collection, slot } = key;
        let what =
            format!("the text of source {} of collection {} is not there", slot.number(), collection.0);
        StoreError::damaged(self.path().unwrap_or(Path::new("")), what)
    }

    /// Calls `each` with every row on disk, as of one commit; gives what the corpus had in common then,
    /// `None` if it is in memory.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the rows can't be read.
    pub fn rows(&self, each: &mut dyn FnMut(StoredSource)) -> Result<Option<StoredCorpus>, StoreError> {
        let Some(disk) = &self.disk else { return Ok(None) };
        let view = disk.ledger.view()?;
        view.sources(&mut |source, _| -> Result<(), StoreError> {
            each(source);
            Ok(())
        })?;
        view.corpus()
    }

    /// Forgets the text of a source that is gone.
    pub fn forget(&self, key: SourceKey) {
        let place = self.texts.remove(key);
        if let (Some(place), Some(disk)) = (place, &self.disk) {
            disk.segments.release(place);
        }
    }

    /// The files that were removed, replaced or cut while they are in use.
    #[must_use]
    pub fn check_files(&self) -> Vec<StoreError> {
        let Some(disk) = &self.disk else { return Vec::new() };
        let mut wrong: Vec<StoreError> = disk.directory.check().err().into_iter().collect();
        wrong.extend(disk.ledger.check_file().err());
        wrong.extend(disk.segments.check_files());
        wrong
    }

    /// The figures of the text cache; `None` for a store in memory.
    #[must_use]
    pub fn cache_figures(&self) -> Option<CacheFigures> {
        self.disk.as_ref().map(|_| self.texts.cache_figures())
    }

    /// Empties the text cache.
    pub fn clear_cache(&self) {
        self.texts.clear_cache();
    }

    /// The time at which the snapshot of the index was written, if there is one.
    #[must_use]
    pub fn snapshot_written(&self) -> Option<SystemTime> {
        let snapshot = self.disk.as_ref()?.directory.snapshot();
        std::fs::metadata(snapshot).and_then(|file| file.modified()).ok()
    }

    /// The data directory, if it is on disk.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.disk.as_ref().map(|disk| disk.directory.path())
    }
}

#[cfg(test)]
pub(crate) mod tests;
