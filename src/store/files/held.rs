//! Identity of a file in use, which another process may remove or replace.
//!
//! Writes to a removed or replaced file are lost. So before and after each write the file is compared with the one at
//! its path.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::store::error::{At as _, StoreError};

/// The file that a path led to when it was opened, by device and inode.
#[derive(Debug)]
pub(in crate::store) struct HeldFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl HeldFile {
    /// The identity of an open file and the path by which it was opened.
    pub(in crate::store) fn of(path: &Path, file: &File) -> Result<Self, StoreError> {
        Ok(Self::new(path, &file.metadata().at(path)?))
    }

    /// The identity of the file at a path.
    pub(in crate::store) fn at(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::new(path, &fs::metadata(path).at(path)?))
    }

    fn new(path: &Path, found: &Metadata) -> Self {
        Self { path: path.to_owned(), device: found.dev(), inode: found.ino() }
    }

    pub(in crate::store) fn path(&self) -> &Path {
        &self.path
    }

    /// Checks that the path still leads to the file and that the file has at least `least_bytes`. Returns its length.
    /// One system call.
    ///
    /// # Errors
    ///
    /// [`StoreError::Lost`] if not, and [`StoreError::Io`].
    pub(in crate::store) fn check(&self, least_bytes: u64) -> Result<u64, StoreError> {
        let lost = |what: String| Err(StoreError::Lost { path: self.path.clone(), what });
        match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => lost("was removed".to_owned()),
            Err(error) => Err(StoreError::io(&self.path, &error)),
            Ok(found) if (found.dev(), found.ino()) != (self.device, self.inode) => {
                lost("was replaced by another file".to_owned())
            }
            Ok(found) if found.len() < least_bytes => {
                lost(format!("was cut from at least {least_bytes} to {} bytes", found.len()))
            }
            Ok(found) => Ok(found.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_removed_replaced_or_cut_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "twelve bytes").unwrap();
        let held = HeldFile::of(&path, &File::open(&path).unwrap()).unwrap();
        assert_eq!(held.check(12).unwrap(), 12);
        let what = |least| match held.check(least) {
            Err(StoreError::Lost { what, .. }) => what,
            other => panic!("{other:?}"),
        };
        assert_eq!(what(13), "was cut from at least 13 to 12 bytes");
        let aside = folder.path().join("aside");
        fs::rename(&path, &aside).unwrap();
        assert_eq!(what(0), "was removed");
        fs::copy(&aside, &path).unwrap();
        assert_eq!(what(0), "was replaced by another file");
        fs::rename(&aside, &path).unwrap();
        assert!(held.check(12).is_ok(), "put back");
    }
}
