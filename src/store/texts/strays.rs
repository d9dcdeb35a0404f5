//! Strays: texts that no row of the ledger has ever named. A crash came between writing them and the commit, or the
//! ledger belongs to another corpus. They are moved to a folder, and deleted after [`KEPT_FOR`].

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::segments::record::{HEADER_BYTES, holds_text};
use crate::private;
use crate::store::error::{At as _, StoreError};
use crate::store::files::directory::sync_folder;

/// The time for which strays are kept: long enough to notice a wrong ledger.
const KEPT_FOR: Duration = Duration::from_hours(7 * 24);

/// Bytes of the copy buffer.
const COPIED_AT_ONCE: usize = 1 << 20;

/// The folder of strays.
#[derive(Debug)]
pub(in crate::store) struct Strays {
    folder: PathBuf,
}

impl Strays {
    pub(in crate::store) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Moves a segment that the ledger does not know to the folder, or deletes it if it can't hold a text.
    pub(in crate::store) fn take_file(&self, path: &Path) -> Result<(), StoreError> {
        let file = File::open(path).at(path)?;
        let there = file.metadata().at(path)?.len();
        if !holds_text(&file, u64::from(HEADER_BYTES)..there).at(path)? {
            return fs::remove_file(path).at(path);
        }
        private::create_folder(&self.folder).at(&self.folder)?;
        let aside = self.free_name(path, 0);
        fs::rename(path, &aside).and_then(|()| sync_folder(&self.folder)).at(&aside)?;
        log(path, &aside, there);
        Ok(())
    }

    /// Copies the end of a segment that the ledger does not know to the folder, if it may hold a text.
    pub(in crate::store) fn take_end(
        &self,
        path: &Path,
        file: &File,
        range: Range<u64>,
    ) -> Result<(), StoreError> {
        if !holds_text(file, range.clone()).at(path)? {
            return Ok(());
        }
        private::create_folder(&self.folder).at(&self.folder)?;
        let aside = self.free_name(path, range.start);
        let copied = (|| {
            let mut copy = private::create_new_file(&aside)?;
            let (mut at, mut bytes) = (range.start, vec![0; COPIED_AT_ONCE]);
            while at < range.end {
                let left = usize::try_from(range.end - at).unwrap_or(usize::MAX).min(COPIED_AT_ONCE);
                let part = bytes.get_mut(..left).unwrap_or_default();
                file.read_exact_at(part, at)?;
                copy.write_all(part)?;
                at += part.len() as u64;
            }
            copy.sync_all()?;
            sync_folder(&self.folder)
        })();
        if copied.is_err() {
            drop(fs::remove_file(&aside));
        }
        copied.at(&aside)?;
        log(path, &aside, range.end - range.start);
        Ok(())
    }

    /// An unused file name that contains the origin of the texts.
    fn free_name(&self, path: &Path, from: u64) -> PathBuf {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let names = (0_u32..).map(|count| self.folder.join(format!("{stem}-from-{from}-{count}.texts")));
        let mut free = names.filter(|name| fs::symlink_metadata(name).is_err());
        free.next().unwrap_or_else(|| self.folder.join(stem))
    }

    /// Deletes strays that are older than [`KEPT_FOR`].
    pub(in crate::store) fn delete_old(&self, now: SystemTime) -> Result<(), StoreError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.at(&self.folder)?,
        };
        for entry in entries {
            let path = entry.at(&self.folder)?.path();
            let written = fs::metadata(&path).and_then(|file| file.modified()).at(&path)?;
            if now.duration_since(written).is_ok_and(|age| age > KEPT_FOR) {
                fs::remove_file(&path).at(&path)?;
                tracing::info!(file = ?path, "old texts that no row of the ledger names were deleted");
            }
        }
        Ok(())
    }
}

fn log(path: &Path, aside: &Path, bytes: u64) {
    tracing::warn!(
        segment = ?path, aside = ?aside, bytes,
        "texts that no row of the ledger names were moved: after a crash these are changes that were never \
         acknowledged; if the ledger was replaced by another, stop the server and put the right one back"
    );
}
