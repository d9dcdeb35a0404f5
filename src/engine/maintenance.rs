//! Opening, closing, verifying, backing up.

use std::fs::File;
use std::io::{BufReader, Write};
use std::ops::ControlFlow;
use std::path::Path;

use super::Engine;
use crate::corpus::{Error, Figures, Opened, Progress, Verified, open, open_read_only};
#[cfg(feature = "server")]
use crate::model::CorpusSeed;
use crate::model::{Limits, Stop};
use crate::store::{BackedUp, BackupError, Store, StoreError, SystemError};

impl Engine {
    /// Opens the corpus in a data directory, which is created if it does not exist, and restores its index.
    /// Up to `text_cache_bytes` bytes of texts are cached in memory.
    ///
    /// Linear in the texts, on all cores. `progress` is called now and then.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the directory can't be used or is damaged, [`Error::NoRandomness`],
    /// [`Error::NoThread`].
    pub fn open(
        directory: &Path,
        limits: Limits,
        text_cache_bytes: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, Error> {
        open(directory, limits, text_cache_bytes, None, progress).map(Self::of)
    }

    /// As [`Self::open`]; a corpus that is created has this secret seed.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`].
    #[cfg(feature = "server")]
    pub(crate) fn open_seeded(
        directory: &Path,
        limits: Limits,
        text_cache_bytes: u64,
        seed: CorpusSeed,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, Error> {
        open(directory, limits, text_cache_bytes, Some(seed), progress).map(Self::of)
    }

    /// Opens the corpus in a data directory that no server uses, for reading: nothing in the folder is changed, and
    /// nothing can be written.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`] besides those of [`Self::open`].
    pub fn open_read_only(
        directory: &Path,
        limits: Limits,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, Error> {
        open_read_only(directory, limits, progress).map(Self::of)
    }

    pub(crate) fn of(opened: Opened) -> Self {
        Self::new(opened.corpus, opened.writer)
    }

    /// Commits what was submitted, writes a snapshot of the index, and refuses later changes.
    pub fn close(&self) {
        self.writer.close();
    }

    /// Verifies every text against its checksum, its source's digests and counts, and the index; then the
    /// rows on disk against the catalogues in memory, both as of one revision; then the files. Changes may go on
    /// meanwhile. `each` gets the progress and may end the work; so may `stop`, also within a source.
    ///
    /// Linear in all texts.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the rows can't be read; [`Error::Stopped`]. A defect of a source is a finding.
    pub fn verify(
        &self,
        stop: &Stop,
        each: &mut dyn FnMut(Verified) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        self.corpus.verify(stop, each)
    }

    /// Writes the whole corpus as of one revision. Changes may go on meanwhile.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; the incomplete file is not a valid backup then.
    pub fn backup(&self, out: &mut dyn Write) -> Result<BackedUp, BackupError> {
        self.corpus.backup(out, None)
    }

    /// Restores a backup into a folder that is empty or does not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing is left behind then.
    pub fn restore(backup: &Path, folder: &Path) -> Result<BackedUp, StoreError> {
        let file = File::open(backup)
            .map_err(|error| StoreError::Io { path: backup.to_owned(), cause: SystemError::from(&error) })?;
        Store::restore(backup, &mut BufReader::with_capacity(1 << 20, file), folder)
    }

    /// Frees memory that can be filled again or is not needed any more: cached stems and texts, and postings of sources
    /// that are gone.
    ///
    /// Linear in the collections that have many such postings. Neither checks nor changes wait for it, but checks are slower
    /// until stems and texts are cached again.
    pub fn release_memory(&self) {
        self.detector.release_memory();
        self.corpus.release_memory();
    }

    /// Figures of the engine's work since it was opened.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.corpus.figures(self.detector.stem_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CollectionName, DetectionOptions, IfExists, NewSource, Scope, Stop};

    #[test]
    fn what_is_remembered_is_given_back_and_reports_stay_the_same() {
        let engine = Engine::in_memory().unwrap();
        let words: String = (0..400).map(|word| format!("word{} ", word * 7)).collect();
        let text = format!("The lighthouse keeper wrote every storm into a ledger. {words}");
        engine
            .add_source(&CollectionName::default(), NewSource::new(text.clone()), IfExists::Reject)
            .unwrap();
        let check = || {
            let submission = format!("It was said at length. {text}");
            let options = DetectionOptions::default();
            engine.check(&submission, &Scope::default(), &options, &Stop::never()).unwrap()
        };
        let empty = engine.figures().stem_bytes;
        let first = check();
        assert!(engine.figures().stem_bytes > empty);
        engine.release_memory();
        assert_eq!(engine.figures().stem_bytes, empty);
        assert_eq!(check(), first);
    }
}
