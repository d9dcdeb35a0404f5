//! The data directory: what is in it, whose it is, and who has it now.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::error::{At, StoreError};

/// The version of the format of everything in a data directory.
pub const FORMAT_VERSION: u32 = 1;

/// Names the format; a text, so that a person who looks for it finds it.
const FORMAT_FILE: &str = "palimpsest.format";
/// Held while a process has the directory.
const LOCK_FILE: &str = "palimpsest.lock";
/// The ledger.
const LEDGER_FILE: &str = "corpus.redb";
/// The folder of the segments.
const TEXTS_FOLDER: &str = "texts";
/// What the index looked like.
const SNAPSHOT_FILE: &str = "index.snapshot";

/// The first line of the format file.
const FORMAT_LINE: &str = "palimpsest data directory, format ";

/// A data directory that nobody else uses as long as this is there.
#[derive(Debug)]
pub struct DataDirectory {
    path: PathBuf,
    /// Closing it gives the lock back.
    _lock: File,
}

impl DataDirectory {
    /// Takes a folder as data directory, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it is no folder, somebody else's, in use, of a newer format, or cannot be
    /// written to. Nothing is changed then.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        match fs::metadata(path) {
            Ok(found) if !found.is_dir() => return Err(StoreError::NotAFolder { path: path.to_owned() }),
            Ok(_) => refuse_others(path)?,
            Err(_) => fs::create_dir_all(path).at(path)?,
        }
        let directory = Self { path: path.to_owned(), _lock: lock(path)? };
        directory.write_format()?;
        Ok(directory)
    }

    /// Takes a data directory that is there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`] besides those of [`Self::create`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if path.is_dir() && !path.join(FORMAT_FILE).exists() {
            refuse_others(path)?;
        }
        if fs::metadata(path).is_err() || path.is_dir() && !path.join(FORMAT_FILE).exists() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        Self::create(path)
    }

    /// The file of the ledger.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.path.join(LEDGER_FILE)
    }

    /// The folder of the texts.
    #[must_use]
    pub fn texts(&self) -> PathBuf {
        self.path.join(TEXTS_FOLDER)
    }

    /// The file of the index's snapshot.
    #[must_use]
    pub fn snapshot(&self) -> PathBuf {
        self.path.join(SNAPSHOT_FILE)
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the format file, if it is not there.
    fn write_format(&self) -> Result<(), StoreError> {
        let path = self.path.join(FORMAT_FILE);
        if path.exists() {
            return Ok(());
        }
        let unfinished = self.path.join(format!("{FORMAT_FILE}.new"));
        let text = format!(
            "{FORMAT_LINE}{FORMAT_VERSION}\nSee docs/format.md of palimpsest {}.\n",
            env!("CARGO_PKG_VERSION")
        );
        let written = (|| {
            let mut file = File::create(&unfinished)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            File::open(&self.path)?.sync_all()
        })();
        written.at(&path)
    }
}

/// Refuses a folder that is not ours, or that a newer version wrote.
fn refuse_others(path: &Path) -> Result<(), StoreError> {
    let format = path.join(FORMAT_FILE);
    match fs::read_to_string(&format) {
        Ok(text) => return refuse_newer(&format, &text),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => return refuse_newer(&format, ""),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(StoreError::io(&format, &error));
        }
        Err(_) => {}
    }
    // A crash may have come before the format file: then there is nothing but our own names.
    let unfinished = format!("{FORMAT_FILE}.new");
    let ours = [LOCK_FILE, LEDGER_FILE, TEXTS_FOLDER, SNAPSHOT_FILE, &unfinished];
    for entry in fs::read_dir(path).at(path)? {
        let name = entry.at(path)?.file_name().to_string_lossy().into_owned();
        if !ours.contains(&name.as_str()) {
            return Err(StoreError::Foreign { path: path.to_owned(), found: name });
        }
    }
    Ok(())
}

fn refuse_newer(path: &Path, text: &str) -> Result<(), StoreError> {
    let version = text.lines().next().and_then(|line| line.strip_prefix(FORMAT_LINE));
    match version.and_then(|version| version.parse().ok()) {
        None => Err(StoreError::damaged(path, "it does not name a format")),
        Some(found) if found > FORMAT_VERSION => {
            Err(StoreError::NewerFormat { path: path.to_owned(), found, known: FORMAT_VERSION })
        }
        Some(_) => Ok(()),
    }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let lock_path = path.join(LOCK_FILE);
    let mut options = OpenOptions::new();
    let mut file =
        options.read(true).write(true).create(true).truncate(false).open(&lock_path).at(&lock_path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(error)) => return Err(StoreError::io(&lock_path, &error)),
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Who holds it may just be writing its name.
            let read = file.read_to_string(&mut holder);
            let named = read.is_ok() && !holder.trim().is_empty();
            let holder = if named { holder.trim().to_owned() } else { "another process".to_owned() };
            return Err(StoreError::InUse { path: path.to_owned(), holder });
        }
    }
    let (host, since) = (gethostname::gethostname(), humantime::format_rfc3339_seconds(SystemTime::now()));
    let holder = format!("process {} on {}, since {since}\n", std::process::id(), host.to_string_lossy());
    let written = file.set_len(0).and_then(|()| file.write_all(holder.as_bytes()));
    written.at(&lock_path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_with_a_message_that_names_the_holder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let held = DataDirectory::create(&path).unwrap();
        let message = DataDirectory::create(&path).unwrap_err().to_string();
        assert!(message.contains(&format!("process {} on ", std::process::id())), "{message}");
        drop(held);
        DataDirectory::open(&path).unwrap();
    }

    #[test]
    fn what_is_not_ours_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        fs::write(&file, "x").unwrap();
        assert!(matches!(DataDirectory::create(&file), Err(StoreError::NotAFolder { .. })));
        assert!(
            matches!(DataDirectory::create(folder.path()), Err(StoreError::Foreign { found, .. }) if found == "a file")
        );
        assert!(matches!(DataDirectory::open(&folder.path().join("none")), Err(StoreError::Missing { .. })));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_newer_format_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FORMAT_FILE), format!("{FORMAT_LINE}2\n")).unwrap();
        let error = DataDirectory::create(folder.path()).unwrap_err();
        assert!(matches!(error, StoreError::NewerFormat { found: 2, known: 1, .. }), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "not even a lock");
        fs::write(folder.path().join(FORMAT_FILE), "garbage").unwrap();
        assert!(matches!(DataDirectory::create(folder.path()), Err(StoreError::Damaged { .. })));
    }
}
