//! The whole corpus as one file, and back.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use super::corpus::Engine;
use crate::store::{BackedUp, BackupError, Store, StoreError};

impl Engine {
    /// Writes the whole corpus as of one revision. Writes to the corpus may go on meanwhile.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; what was written until then is no backup.
    pub fn backup(&self, out: &mut dyn Write) -> Result<BackedUp, BackupError> {
        self.shared.store.backup(out)
    }

    /// Makes a data directory of a backup, in a folder that is empty or not there.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing is left behind then.
    pub fn restore(backup: &Path, folder: &Path) -> Result<BackedUp, StoreError> {
        let file = File::open(backup)
            .map_err(|error| StoreError::Io { path: backup.to_owned(), cause: error.to_string() })?;
        Store::restore(backup, &mut BufReader::with_capacity(1 << 20, file), folder)
    }
}
