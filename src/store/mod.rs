//! What is kept of the corpus beside its index: collections, sources and their texts, on disk for good, or
//! in memory.
//!
//! The seam is narrow on purpose: [`Store::commit`] writes a [`Batch`] of changes, all of it or nothing,
//! and [`Store::text`] reads. `docs/format.md` draws every file byte by byte.
//!
//! Who a source is stands in tables of an embedded database (`ledger`); its text, compressed, in files
//! that are only ever appended to (`segments`). A commit first makes the texts durable, then the rows
//! that refer to them. So a row's text is always there. What a crash leaves behind a segment's last row is
//! nobody's, and is put aside (`strays`).

mod backup;
mod codec;
mod error;
mod files;
mod ledger;
mod requests;
mod rows;
mod snapshot;
mod texts;

use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use crate::index::Slot;

pub use backup::{BackedUp, BackupError};
pub use compaction::Relocation;
pub use directory::{DataDirectory, FORMAT_VERSION};
pub use error::StoreError;
pub use packing::{PackedText, Packer};
pub use requests::{StoredAnswer, StoredRequest};
pub use rows::{StoredCollection, StoredCorpus, StoredSource};
pub use segments::TextPlace;
pub use snapshot::{SnapshotCollection, SnapshotKey, SnapshotPart, SnapshotTable, SnapshotWriter};
pub use texts::CacheFigures;

use self::files::{directory, records};
use self::ledger::Ledger;
use self::segments::{NamedSegments, Place, Segments};
use self::texts::Texts;
use self::texts::strays::Strays;
use self::texts::{compaction, packing, segments};

/// The number of a collection, unique for the life of the corpus: names are given anew, numbers are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollectionNumber(pub u32);

/// Which source: its collection and its slot there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey {
    /// The collection.
    pub collection: CollectionNumber,
    /// The slot.
    pub slot: Slot,
}

/// What a [`Batch`] changes.
#[derive(Debug)]
pub enum Change<'a> {
    /// A source is there from now on, in place of what was in its slot.
    PutSource(&'a StoredSource, &'a PackedText),
    /// A source is gone. Its text can be read until it is [forgotten](Store::forget).
    RemoveSource(SourceKey),
    /// A collection is there, or changed.
    PutCollection(StoredCollection),
    /// A collection is gone with all its sources. Their texts can be read until they are forgotten.
    RemoveCollection(CollectionNumber),
    /// A request was done, and those before a sequence number are forgotten.
    Remember(StoredRequest, u64),
}

/// Changes that are made together, or not at all.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The corpus after the changes.
    pub corpus: StoredCorpus,
    /// The changes, in order.
    pub changes: Vec<Change<'a>>,
}

/// The corpus beside its index. All methods may be called from many threads; one commit waits for another.
#[derive(Debug)]
pub struct Store {
    texts: Texts,
    disk: Option<Disk>,
}

/// What a store on disk has besides.
struct Disk {
    ledger: Ledger,
    segments: Segments,
    packer: Packer,
    strays: Strays,
    in_doubt: parking_lot::Mutex<InDoubt>,
    directory: DataDirectory,
}

/// The texts of a commit of which it is not known whether it was kept.
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
    /// Whether what is written goes where others find it, and may be written.
    fn check_writable(&self) -> Result<(), StoreError> {
        if self.directory.is_read_only() {
            return Err(StoreError::ReadOnly { path: self.directory.path().to_owned() });
        }
        self.directory.check_lock()?;
        self.ledger.check_file()
    }
}

/// What stood in a data directory when it was opened.
#[derive(Debug)]
pub struct Loaded {
    /// What the whole corpus has in common.
    pub corpus: StoredCorpus,
    /// All collections, by number.
    pub collections: Vec<StoredCollection>,
    /// All sources, by collection and slot.
    pub sources: Vec<StoredSource>,
    /// Requests that were done, in order.
    pub requests: Vec<StoredRequest>,
}

impl Store {
    /// A store in memory.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { texts: Texts::new(0), disk: None }
    }

    /// Begins a corpus in a [new](DataDirectory::is_new) data directory: its first commit. The corpus is there when all
    /// of that is.
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
        let mut loaded = Loaded { corpus, collections, sources: Vec::new(), requests };
        let texts = Texts::new(cache_bytes);
        let mut places = Vec::new();
        view.sources(&mut |source, place| {
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

    /// Prepares a text to be kept: the work of it, without any lock.
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
    pub fn unpack(&self, text: &PackedText) -> Option<std::sync::Arc<str>> {
        match (text, &self.disk) {
            (PackedText::Plain(text), _) => Some(std::sync::Arc::clone(text)),
            (PackedText::Frame { frame, text_bytes }, Some(disk)) => {
                disk.packer.unpack(frame, *text_bytes).map(std::sync::Arc::from)
            }
            (PackedText::Frame { .. }, None) => None,
        }
    }

    /// Makes changes, durably, all of them or none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Broken`] if it is not known whether they were made: [`Self::settle`] tells when the
    /// store works again. All other errors: none was made.
    pub fn commit(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        match &self.disk {
            None => self.commit_in_memory(batch),
            Some(disk) => self.commit_to_disk(disk, batch)?,
        }
        Ok(())
    }

    fn commit_in_memory(&self, batch: &Batch<'_>) {
        for change in &batch.changes {
            if let Change::PutSource(source, PackedText::Plain(text)) = change {
                self.texts.put(source.key, text.clone());
            }
        }
    }

    fn commit_to_disk(&self, disk: &Disk, batch: &Batch<'_>) -> Result<(), StoreError> {
        let frames = batch.changes.iter().filter_map(|change| match change {
            Change::PutSource(source, PackedText::Frame { frame, text_bytes }) => {
                Some((source.key, frame.as_slice(), *text_bytes))
            }
            _ => None,
        });
        disk.check_writable()?;
        let places = disk.segments.append(frames)?;
        let mut rows = ledger::Rows {
            corpus: Some(batch.corpus),
            appended: Segments::appended(&places),
            ..ledger::Rows::default()
        };
        let mut places = places.into_iter();
        let mut put = Vec::new();
        for change in &batch.changes {
            match change {
                Change::PutSource(source, _) => {
                    let Some(place) = places.next() else { continue };
                    rows.sources.push((source.key, source.encode(place)));
                    put.push((source.key, place));
                }
                Change::RemoveSource(key) => rows.removed.push(*key),
                Change::PutCollection(collection) => rows.collections.push(collection.clone()),
                Change::RemoveCollection(number) => rows.removed_collections.push(*number),
                Change::Remember(request, first) => {
                    rows.requests.push(request.clone());
                    rows.first_request = *first;
                }
            }
        }
        let committed = disk.ledger.commit(&rows);
        match &committed {
            Ok(()) => self.refer(disk, put),
            Err(StoreError::Broken { .. }) => {
                *disk.in_doubt.lock() = InDoubt { put, ..InDoubt::default() };
            }
            Err(_) => {}
        }
        committed
    }

    fn refer(&self, disk: &Disk, put: Vec<(SourceKey, Place)>) {
        for (key, place) in put {
            disk.segments.refer(place);
            if let Some(before) = self.texts.put_at(key, place) {
                disk.segments.release(before);
            }
        }
    }

    /// Whether the commit that was in doubt was made after all.
    ///
    /// # Errors
    ///
    /// [`StoreError`] while the store still fails.
    pub fn settle(&self) -> Result<bool, StoreError> {
        let Some(disk) = &self.disk else { return Ok(false) };
        let kept = disk.ledger.was_kept()?;
        let InDoubt { put, moved } = std::mem::take(&mut *disk.in_doubt.lock());
        if kept {
            self.refer(disk, put);
            self.note_moves(disk, moved);
        }
        Ok(kept)
    }

    /// The text of a source; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if it is not what was written, [`StoreError::Io`] if it can't be read.
    pub fn text(&self, key: SourceKey) -> Result<Option<std::sync::Arc<str>>, StoreError> {
        self.texts.get(key, self.disk.as_ref().map(|disk| (&disk.segments, &disk.packer)))
    }

    /// The text of a source that is there, past the cache.
    ///
    /// # Errors
    ///
    /// As [`Self::text`], and [`StoreError::Damaged`] if there is none.
    pub fn read(&self, key: SourceKey) -> Result<std::sync::Arc<str>, StoreError> {
        let text = self.texts.read(key, self.disk.as_ref().map(|disk| (&disk.segments, &disk.packer)))?;
        text.map(|(text, _)| text).ok_or_else(|| {
            let what = format!(
                "the text of source {} of collection {} is not there",
                key.slot.number(),
                key.collection.0
            );
            StoreError::damaged(self.path().unwrap_or(Path::new("")), what)
        })
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
        view.sources(&mut |source, _| {
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

    /// What is wrong with the files themselves: one that was removed, replaced or cut while it is in use.
    #[must_use]
    pub fn check_files(&self) -> Vec<StoreError> {
        let Some(disk) = &self.disk else { return Vec::new() };
        let mut wrong: Vec<StoreError> = disk.directory.check().err().into_iter().collect();
        wrong.extend(disk.ledger.check_file().err());
        wrong.extend(disk.segments.check_files());
        wrong
    }

    /// How the texts that are held in memory fare; `None` if all are.
    #[must_use]
    pub fn cache_figures(&self) -> Option<CacheFigures> {
        self.disk.as_ref().map(|_| self.texts.cache_figures())
    }

    /// Lets go of the texts that are held in memory and stand on disk.
    pub fn clear_cache(&self) {
        self.texts.clear_cache();
    }

    /// When the snapshot of the index was written, if one is there.
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
