//! Files that commands write: readable by their owner only, and present only when complete.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::private;

/// Number of attempts to create the temporary file while other processes create and remove the same one.
const ATTEMPTS: usize = 10;

/// A file that appears under its name only when it is complete. Until then it is a locked temporary file beside that place.
/// A temporary file that no process holds a lock on was left by a process that was killed.
pub(in crate::cli) struct NewFile {
    path: PathBuf,
    unfinished: PathBuf,
    file: BufWriter<File>,
    /// Whether it may replace a file of its kind.
    replaces: bool,
}

impl NewFile {
    /// Creates the temporary file of a file that must not exist yet.
    pub(in crate::cli) fn create(path: &Path) -> Result<Self, CliError> {
        if fs::symlink_metadata(path).is_ok() {
            let cause = io::Error::other("it is there already; name another file");
            return Err(CliError::NotWritten { path: path.to_owned(), cause });
        }
        Self::unfinished(path, false)
    }

    /// Creates the temporary file of a page, which may replace another page but no other file.
    pub(in crate::cli) fn create_page(path: &Path) -> Result<Self, CliError> {
        if fs::symlink_metadata(path).is_ok() && !is_page(path) {
            let cause = io::Error::other("another file is there, which is no page; name another file");
            return Err(CliError::NotWritten { path: path.to_owned(), cause });
        }
        Self::unfinished(path, true)
    }

    fn unfinished(path: &Path, replaces: bool) -> Result<Self, CliError> {
        let failed = |cause: io::Error| CliError::NotWritten { path: path.to_owned(), cause };
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        let unfinished = path.with_file_name(name);
        let unfinished_error = |problem: String| CliError::Unfinished {
            path: path.to_owned(),
            unfinished: unfinished.clone(),
            problem,
        };
        for _ in 0..ATTEMPTS {
            match private::create_new_file(&unfinished) {
                Ok(file) if is_ours(&file, &unfinished) => {
                    let file = BufWriter::with_capacity(1 << 20, file);
                    return Ok(Self { path: path.to_owned(), unfinished, file, replaces });
                }
                // Another process removed it as a left-over in between.
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    remove_left_over(&unfinished).map_err(unfinished_error)?;
                }
                Err(error) => return Err(failed(error)),
            }
        }
        Err(unfinished_error(
            "is created and removed by other processes; wait for them, or name another file".to_owned(),
        ))
    }

    /// Appends to the file.
    pub(in crate::cli) fn write(&mut self, data: &[u8]) -> Result<(), CliError> {
        let written = self.file.write_all(data);
        written.map_err(|cause| CliError::NotWritten { path: self.path.clone(), cause })
    }

    /// Completes the file, so that it appears under its name.
    pub(in crate::cli) fn finish(mut self) -> Result<(), CliError> {
        let finished = (|| {
            self.file.flush()?;
            self.file.get_ref().sync_all()?;
            if self.replaces {
                return fs::rename(&self.unfinished, &self.path);
            }
            // Unlike a rename, a link never replaces another file; but not every file system has links.
            match fs::hard_link(&self.unfinished, &self.path) {
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                    fs::rename(&self.unfinished, &self.path)
                }
                linked => linked,
            }
        })();
        finished.map_err(|cause| CliError::NotWritten { path: self.path.clone(), cause })
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // The lock is held until the file is closed, after this.
        if is_at(self.file.get_ref(), &self.unfinished) {
            drop(fs::remove_file(&self.unfinished));
        }
    }
}

/// Whether the file at a path begins like a page of HTML.
fn is_page(path: &Path) -> bool {
    const BEGIN: &[u8] = b"<!doctype html>";
    let mut begin = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BEGIN.len() as u64).read_to_end(&mut begin));
    read.is_ok() && begin.eq_ignore_ascii_case(BEGIN)
}

/// Whether this process holds the lock of a new file, and the file is still at its path.
fn is_ours(file: &File, path: &Path) -> bool {
    // On a file system without locks, no other process can hold one.
    let is_held = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
    !is_held && is_at(file, path)
}

/// Whether an open file is the one at a path.
fn is_at(file: &File, path: &Path) -> bool {
    let identity = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(file), Ok(there)) => identity(&file) == identity(&there),
        _ => false,
    }
}

/// Removes the temporary file of a process that has ended. It is not overwritten, since it may be linked to the finished
/// file of another command. The error says what is wrong with it and what to do.
fn remove_left_over(unfinished: &Path) -> Result<(), String> {
    match fs::symlink_metadata(unfinished) {
        Ok(there) if there.is_file() => {}
        Ok(_) => return Err("is not a file; remove it, or name another file".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(format!("can't be examined ({error}); name another file")),
    }
    let left = match OpenOptions::new().write(true).open(unfinished) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(|error| {
            format!("was left by an interrupted command, and can't be opened ({error}); remove it")
        })?,
    };
    match left.try_lock() {
        Ok(()) if !is_at(&left, unfinished) => Ok(()),
        Ok(()) => fs::remove_file(unfinished).map_err(|error| {
            format!("was left by an interrupted command, and can't be removed ({error}); remove it")
        }),
        Err(TryLockError::WouldBlock) => {
            Err("is being written by another process; wait for it, or name another file".to_owned())
        }
        Err(TryLockError::Error(error)) => {
            Err(format!("can't be locked ({error}); remove it if no process writes it"))
        }
    }
}
