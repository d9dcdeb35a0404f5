//! The data directory: its files, its format, and its lock.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::held::HeldFile;
use crate::private;
use crate::store::error::{At, StoreError};

/// The version of the format of everything in a data directory.
pub const FORMAT_VERSION: u32 = 5;

/// The file with the version of the format, as text for people.
const FORMAT_FILE: &str = "palimpsest.format";
/// The file that a process locks while it uses the directory.
const LOCK_FILE: &str = "palimpsest.lock";
/// The file of the ledger.
const LEDGER_FILE: &str = "corpus.redb";
/// The file of a new ledger until its first commit.
const NEW_LEDGER_FILE: &str = "corpus.redb.new";
/// The folder of the segments.
const TEXTS_FOLDER: &str = "texts";
/// The folder of texts that no row of the ledger names.
const STRAYS_FOLDER: &str = "strays";
/// The file of the index's snapshot.
const SNAPSHOT_FILE: &str = "index.snapshot";

/// The first line of the format file.
const FORMAT_LINE: &str = "palimpsest data directory, format ";

/// A data directory, locked for as long as this value exists.
#[derive(Debug)]
pub struct DataDirectory {
    path: PathBuf,
    is_new: bool,
    has_format: bool,
    access: Access,
}

/// The access to a data directory.
#[derive(Debug)]
enum Access {
    /// Read only. The lock is released when the file is closed; `None` if no process ever used the directory.
    Read { _lock: Option<File> },
    /// Read and write.
    Write { held: HeldFile, _lock: File },
}

impl DataDirectory {
    /// Opens a folder as data directory and creates it if it does not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it is no folder, no data directory, in use, of a newer format, lacks a file, or cannot be
    /// written to. Then nothing is changed.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        match fs::metadata(path) {
            Ok(found) if !found.is_dir() => return Err(StoreError::NotAFolder { path: path.to_owned() }),
            Ok(_) => refuse_others(path)?,
            Err(_) => private::create_folder(path).at(path)?,
        }
        survey(path)?;
        let (lock, held) = lock(path)?;
        // Another process may have begun a corpus before the lock was taken.
        let Survey { has_format, is_new } = survey(path)?;
        let access = Access::Write { held, _lock: lock };
        let directory = Self { path: path.to_owned(), is_new, has_format, access };
        if is_new {
            // An interrupted first start may have left it: nothing was ever committed to it.
            remove_if_there(&directory.new_ledger())?;
        }
        Ok(directory)
    }

    /// Opens an existing data directory for reading. Nothing in it is changed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`] besides those of [`Self::create`].
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        match fs::metadata(path) {
            Ok(found) if !found.is_dir() => return Err(StoreError::NotAFolder { path: path.to_owned() }),
            Ok(_) => refuse_others(path)?,
            Err(_) => return Err(StoreError::Missing { path: path.to_owned() }),
        }
        let Survey { has_format, is_new } = survey(path)?;
        if is_new {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        let access = Access::Read { _lock: lock_to_read(path)? };
        Ok(Self { path: path.to_owned(), is_new, has_format, access })
    }

    /// Whether it has no corpus yet.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Whether it was opened for reading.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        matches!(self.access, Access::Read { .. })
    }

    /// The file of the ledger.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.path.join(LEDGER_FILE)
    }

    /// The file of a new ledger until its first commit.
    pub(in crate::store) fn new_ledger(&self) -> PathBuf {
        self.path.join(NEW_LEDGER_FILE)
    }

    /// The folder of the texts.
    #[must_use]
    pub fn texts(&self) -> PathBuf {
        self.path.join(TEXTS_FOLDER)
    }

    /// The folder of texts that no row of the ledger names.
    pub(in crate::store) fn strays(&self) -> PathBuf {
        self.path.join(STRAYS_FOLDER)
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

    /// Renames the complete ledger of a new corpus to its final name.
    pub(in crate::store) fn install_ledger(&mut self) -> Result<(), StoreError> {
        let ledger = self.ledger();
        fs::rename(self.new_ledger(), &ledger).and_then(|()| sync_folder(&self.path)).at(&ledger)?;
        self.is_new = false;
        Ok(())
    }

    /// Writes the format file if it is missing or names an older version, before anything of this version is written. It
    /// may be missing only at `revision` 0, after a first start that was interrupted before anything was added.
    pub(in crate::store) fn finish(&self, revision: u64) -> Result<(), StoreError> {
        if self.has_format {
            let found = read_format(&self.path.join(FORMAT_FILE))?;
            let is_older = found.is_some_and(|found| found < FORMAT_VERSION);
            return if is_older && !self.is_read_only() { self.write_format() } else { Ok(()) };
        }
        if revision > 0 || self.is_read_only() {
            return Err(self.incomplete(FORMAT_FILE, LEDGER_FILE));
        }
        self.write_format()
    }

    /// Writes the format file, which completes the directory.
    pub(in crate::store) fn write_format(&self) -> Result<(), StoreError> {
        let (path, unfinished) = (self.path.join(FORMAT_FILE), self.path.join(format!("{FORMAT_FILE}.new")));
        let text = format!(
            "{FORMAT_LINE}{FORMAT_VERSION}\nSee docs/format.md of palimpsest {}.\n",
            env!("CARGO_PKG_VERSION")
        );
        let written = (|| {
            let mut file = private::create_file(&unfinished)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            sync_folder(&self.path)
        })();
        written.at(&path)
    }

    /// The error of a ledger without a corpus.
    pub(in crate::store) fn has_no_corpus(&self) -> StoreError {
        let found = first_segment(&self.path).unwrap_or_else(|| LEDGER_FILE.to_owned());
        self.incomplete("the corpus's row in corpus.redb", &found)
    }

    fn incomplete(&self, missing: &str, found: &str) -> StoreError {
        incomplete(&self.path, missing, found)
    }

    /// Checks the files that no commit writes: the format file, and the lock.
    pub(in crate::store) fn check(&self) -> Result<(), StoreError> {
        let format = self.path.join(FORMAT_FILE);
        read_format(&format)?.ok_or_else(|| self.incomplete(FORMAT_FILE, LEDGER_FILE))?;
        self.check_lock()
    }

    /// Checks that the lock file is still the one at its path. Otherwise another process may use the folder.
    pub(in crate::store) fn check_lock(&self) -> Result<(), StoreError> {
        match &self.access {
            Access::Read { .. } => Ok(()),
            Access::Write { held, .. } => held.check(0).map(drop),
        }
    }
}

/// Makes the entries of a folder durable.
pub(in crate::store) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Removes a file if it exists.
pub(in crate::store) fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(path, &error)),
        _ => Ok(()),
    }
}

fn incomplete(path: &Path, missing: &str, found: &str) -> StoreError {
    let (path, missing, found) = (path.to_owned(), missing.to_owned(), found.to_owned());
    StoreError::Incomplete { path, missing, found }
}

/// The state of a folder.
struct Survey {
    /// Whether the format file exists.
    has_format: bool,
    /// Whether there is no corpus, so that a new one can be created.
    is_new: bool,
}

/// Examines a folder. Of the files of a new corpus, only the format file is written after the ledger: if any file
/// exists, the ledger must exist too.
fn survey(path: &Path) -> Result<Survey, StoreError> {
    let is_there = |name: &str| fs::symlink_metadata(path.join(name)).is_ok();
    let has_format = is_there(FORMAT_FILE);
    let ledger = fs::metadata(path.join(LEDGER_FILE)).ok().map(|ledger| ledger.len());
    let segment = first_segment(path);
    let named = |name: &'static str| is_there(name).then(|| name.to_owned());
    let other = named(FORMAT_FILE).or_else(|| segment.clone()).or_else(|| named(SNAPSHOT_FILE));
    match (ledger, other) {
        (None, Some(found)) => Err(incomplete(path, LEDGER_FILE, &found)),
        (None, None) => Ok(Survey { has_format, is_new: true }),
        (Some(0), found) => {
            let found = found.unwrap_or_else(|| LEDGER_FILE.to_owned());
            Err(incomplete(path, "the content of corpus.redb, which has 0 bytes,", &found))
        }
        (Some(_), _) => Ok(Survey { has_format, is_new: false }),
    }
}

/// The name of a file of texts in a data directory, if there is one.
fn first_segment(path: &Path) -> Option<String> {
    let folders = [TEXTS_FOLDER, STRAYS_FOLDER];
    folders.iter().find_map(|folder| {
        let mut entries = fs::read_dir(path.join(folder)).ok()?.filter_map(Result::ok);
        let text = entries.find(|entry| entry.path().extension() == Some(OsStr::new("texts")))?;
        Some(format!("{folder}/{}", text.file_name().to_string_lossy()))
    })
}

/// Refuses a folder that is no data directory, or that a newer version wrote.
fn refuse_others(path: &Path) -> Result<(), StoreError> {
    if read_format(&path.join(FORMAT_FILE))?.is_some() {
        return Ok(());
    }
    // A crash may have come before the format file was written: then the folder has only files of a data directory.
    let unfinished = format!("{FORMAT_FILE}.new");
    let ours =
        [LOCK_FILE, LEDGER_FILE, NEW_LEDGER_FILE, TEXTS_FOLDER, STRAYS_FOLDER, SNAPSHOT_FILE, &unfinished];
    for entry in fs::read_dir(path).at(path)? {
        let name = entry.at(path)?.file_name().to_string_lossy().into_owned();
        if !ours.contains(&name.as_str()) {
            return Err(StoreError::Foreign { path: path.to_owned(), found: name });
        }
    }
    Ok(())
}

/// The version that a format file names; `None` if it does not exist.
fn read_format(path: &Path) -> Result<Option<u32>, StoreError> {
    match fs::read_to_string(path) {
        Ok(text) => refuse_newer(path, &text).map(Some),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => refuse_newer(path, "").map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io(path, &error)),
    }
}

fn refuse_newer(path: &Path, text: &str) -> Result<u32, StoreError> {
    // Without a line end the version may be incomplete.
    let version = text.split_once('\n').and_then(|(line, _)| line.strip_prefix(FORMAT_LINE));
    match version.and_then(|version| version.parse().ok()) {
        None => Err(StoreError::damaged(path, "it does not name a format")),
        Some(found) if found > FORMAT_VERSION => {
            Err(StoreError::NewerFormat { path: path.to_owned(), found, known: FORMAT_VERSION })
        }
        Some(found) => Ok(found),
    }
}

fn lock(path: &Path) -> Result<(File, HeldFile), StoreError> {
    let lock_path = path.join(LOCK_FILE);
    let opened = match OpenOptions::new().read(true).write(true).open(&lock_path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => private::create_file(&lock_path),
        opened => opened,
    };
    let mut file = opened.at(&lock_path)?;
    take(&mut file, path, &lock_path)?;
    let (host, since) = (gethostname::gethostname(), humantime::format_rfc3339_seconds(SystemTime::now()));
    let holder = format!("process {} on {}, since {since}\n", std::process::id(), host.to_string_lossy());
    let written = file.set_len(0).and_then(|()| file.write_all(holder.as_bytes()));
    written.at(&lock_path)?;
    let held = HeldFile::of(&lock_path, &file)?;
    Ok((file, held))
}

/// Takes the lock for reading, without writing the name of the holder; `None` if no process ever took it.
fn lock_to_read(path: &Path) -> Result<Option<File>, StoreError> {
    let lock_path = path.join(LOCK_FILE);
    let mut file = match File::open(&lock_path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.at(&lock_path)?,
    };
    take(&mut file, path, &lock_path)?;
    Ok(Some(file))
}

fn take(file: &mut File, path: &Path, lock_path: &Path) -> Result<(), StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::Error(error)) => Err(StoreError::io(lock_path, &error)),
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The holder may be writing its name at this moment.
            let read = file.read_to_string(&mut holder);
            let named = read.is_ok() && !holder.trim().is_empty();
            let holder = if named { holder.trim().to_owned() } else { "another process".to_owned() };
            Err(StoreError::InUse { path: path.to_owned(), holder })
        }
    }
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
        DataDirectory::create(&path).unwrap();
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
        assert!(matches!(
            DataDirectory::open_read_only(&folder.path().join("none")),
            Err(StoreError::Missing { .. })
        ));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_newer_format_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FORMAT_FILE), format!("{FORMAT_LINE}{}\n", FORMAT_VERSION + 1)).unwrap();
        let error = DataDirectory::create(folder.path()).unwrap_err();
        let StoreError::NewerFormat { found, known, .. } = error else { panic!("{error}") };
        assert_eq!((found, known), (FORMAT_VERSION + 1, FORMAT_VERSION));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "not even a lock");
        fs::write(folder.path().join(FORMAT_FILE), "garbage").unwrap();
        assert!(matches!(DataDirectory::create(folder.path()), Err(StoreError::Damaged { .. })));
    }
}
