//! The ledger: the tables of the embedded database, with a row for every source and the place of its text.

pub(super) mod view;
mod write;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use parking_lot::{Mutex, RwLock};
use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase, TableDefinition};

use self::view::View;
use self::write::write;
use super::error::StoreError;
use super::files::held::HeldFile;
use super::files::overlay::Overlay;
use super::requests::StoredRequest;
use super::rows::{StoredCalibration, StoredCollection, StoredCorpus, StoredScale, StoredSource};
use super::segments::{Appended, Place};
use super::{CollectionNumber, FORMAT_VERSION, SourceKey};
use crate::model::ScaleName;
use crate::private;

/// Single values by name.
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
/// Collections by number.
const COLLECTIONS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("collections");
/// Sources by collection and slot.
const SOURCES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("sources");

/// Scales by collection and name. Older data directories do not have this table.
const SCALES: TableDefinition<'_, (u32, &str), &[u8]> = TableDefinition::new("scales");

/// Calibrations by collection. Older data directories do not have this table.
const CALIBRATIONS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("calibrations");

/// Completed requests by sequence number. Older data directories do not have this table.
const REQUESTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("requests");

/// Segments by number. Older data directories do not have this table.
const SEGMENTS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("segments");

/// The row of [`META`] with the format's version.
const FORMAT: &str = "format";
/// The row of [`META`] with the [`StoredCorpus`].
const CORPUS: &str = "corpus";
/// The row of [`META`] that counts commits. It shows whether a commit that failed was kept.
const COMMITS: &str = "commits";

/// Bytes of the database's page cache. It can be small: all rows are read only when a corpus is opened or backed up,
/// and commits touch few pages.
const CACHE_BYTES: usize = 32 << 20;

/// The rows that one commit writes.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) corpus: Option<StoredCorpus>,
    pub(super) sources: Vec<(SourceKey, Vec<u8>)>,
    pub(super) moved: Vec<(SourceKey, Place, Place)>,
    /// Sources whose records changed and whose texts did not.
    pub(super) rewritten: Vec<StoredSource>,
    pub(super) removed: Vec<SourceKey>,
    pub(super) collections: Vec<StoredCollection>,
    pub(super) removed_collections: Vec<CollectionNumber>,
    pub(super) scales: Vec<StoredScale>,
    pub(super) removed_scales: Vec<(CollectionNumber, ScaleName)>,
    pub(super) calibrations: Vec<StoredCalibration>,
    /// The end of the texts that were appended.
    pub(super) appended: Option<Appended>,
    /// Segments whose files are gone.
    pub(super) removed_segments: Vec<u32>,
    pub(super) requests: Vec<StoredRequest>,
    /// If requests are added, those with lower sequence numbers are removed.
    pub(super) first_request: u64,
}

/// Opens the database, at first and again after a failure.
pub(super) type Opener = Box<dyn Fn() -> Result<Database, redb::Error> + Send + Sync>;

/// The database.
pub(super) struct Ledger {
    path: PathBuf,
    open: Opener,
    /// `None` after a failure until the database can be opened again.
    database: RwLock<Option<Database>>,
    committed: Mutex<Committed>,
}

/// The state of the file after the last commit.
struct Committed {
    commits: u64,
    held: HeldFile,
    bytes: u64,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("path", &self.path).finish_non_exhaustive()
    }
}

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Opens the database in an existing file. After a crash it is repaired, which reads all of it.
pub(super) fn in_file(path: &Path) -> Opener {
    let path = path.to_owned();
    Box::new(move || Ok(builder().open(&path)?))
}

/// Opens the database in an existing file without writing to it. The checksum of every page is verified.
pub(super) fn in_file_to_read(path: &Path) -> Opener {
    let path = path.to_owned();
    Box::new(move || {
        let overlay = File::open(&path).and_then(Overlay::over).map_err(redb::Error::Io)?;
        Ok(builder().set_check_integrity_on_open(true).create_with_backend(overlay)?)
    })
}

/// Creates a file with a database of these rows.
pub(super) fn create(path: &Path, rows: &Rows) -> Result<(), StoreError> {
    let written = (|| {
        let file = private::create_file(path).map_err(redb::Error::Io)?;
        let database = builder().create_with_backend(FileBackend::new(file)?)?;
        write(&database, rows, 1)
    })();
    written.map_err(|error| failure(path, &error))
}

impl Ledger {
    /// Opens the database of a corpus.
    pub(super) fn open(path: &Path, open: Opener) -> Result<Self, StoreError> {
        let failed = |error: &redb::Error| failure(path, error);
        let held = HeldFile::at(path)?;
        let database = open().map_err(|error| failed(&error))?;
        let meta = read_meta(&database).map_err(|error| failed(&error))?;
        match meta.format {
            None if meta.corpus.is_none() => {}
            Some(1..=FORMAT_VERSION) => {}
            Some(found) if found > FORMAT_VERSION => {
                return Err(StoreError::NewerFormat { path: path.to_owned(), found, known: FORMAT_VERSION });
            }
            _ => return Err(StoreError::damaged(path, "it is no corpus of palimpsest")),
        }
        let bytes = held.check(0)?;
        let committed = Mutex::new(Committed { commits: meta.commits, held, bytes });
        Ok(Self { path: path.to_owned(), open, database: RwLock::new(Some(database)), committed })
    }

    /// Checks that the file is still the one that was opened, and no shorter than after the last commit.
    pub(super) fn check_file(&self) -> Result<(), StoreError> {
        let committed = self.committed.lock();
        committed.held.check(committed.bytes).map(drop)
    }

    /// Writes rows durably, all of them or none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Broken`] if it is unknown whether they were written: [`Self::was_kept`] finds out. With any other
    /// error none was written.
    pub(super) fn commit(&self, rows: &Rows) -> Result<(), StoreError> {
        let mut committed = self.committed.lock();
        committed.held.check(committed.bytes)?;
        let written = {
            let database = self.database.read();
            let database = database.as_ref().ok_or_else(|| self.broken("an earlier failure"))?;
            write(database, rows, committed.commits + 1)
        };
        let Err(error) = written else {
            // The file may have been removed meanwhile, and the rows with it.
            committed.bytes = committed.held.check(0).map_err(|lost| self.broken(&lost.to_string()))?;
            committed.commits += 1;
            return Ok(());
        };
        let error = failure(&self.path, &error);
        match self.reopen(&mut committed) {
            Ok(found) if found > committed.commits => {
                committed.commits = found;
                Ok(())
            }
            Ok(_) => Err(error),
            Err(_) => Err(self.broken(&error.to_string())),
        }
    }

    /// Opens the database again, and returns whether the commit that was in doubt was kept.
    pub(super) fn was_kept(&self) -> Result<bool, StoreError> {
        let mut committed = self.committed.lock();
        let found = self.reopen(&mut committed)?;
        let kept = found > committed.commits;
        committed.commits = found;
        Ok(kept)
    }

    /// Opens the database again, since it refuses all work after a failure. Returns its number of commits. If the file
    /// was removed, the open database is kept, which can still be read.
    fn reopen(&self, committed: &mut Committed) -> Result<u64, StoreError> {
        committed.held.check(0)?;
        let mut database = self.database.write();
        // The old database holds the file's lock.
        *database = None;
        let failed = |error: redb::Error| failure(&self.path, &error);
        let fresh = (self.open)().map_err(failed)?;
        let commits = read_meta(&fresh).map_err(failed)?.commits;
        committed.bytes = committed.held.check(0)?;
        *database = Some(fresh);
        Ok(commits)
    }

    fn broken(&self, cause: &str) -> StoreError {
        StoreError::Broken { cause: format!("{}: {cause}", self.path.display()) }
    }

    /// The corpus as of the last commit. Later commits do not change it.
    pub(super) fn view(&self) -> Result<View, StoreError> {
        let database = self.database.read();
        let database = database.as_ref().ok_or_else(|| self.broken("an earlier failure"))?;
        let transaction = database.begin_read().map_err(|error| failure(&self.path, &error.into()))?;
        Ok(View { path: self.path.clone(), transaction })
    }
}

#[derive(Default)]
struct Meta {
    format: Option<u32>,
    corpus: Option<StoredCorpus>,
    commits: u64,
}

fn read_meta(database: &Database) -> Result<Meta, redb::Error> {
    meta_of(&database.begin_read()?)
}

fn meta_of(transaction: &redb::ReadTransaction) -> Result<Meta, redb::Error> {
    let table = match transaction.open_table(META) {
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(Meta::default()),
        table => table?,
    };
    let row = |name: &str| -> Result<Option<Vec<u8>>, redb::Error> {
        Ok(table.get(name)?.map(|row| row.value().to_vec()))
    };
    let number = |row: Vec<u8>| row.try_into().ok().map(u64::from_le_bytes);
    Ok(Meta {
        format: row(FORMAT)?.and_then(|row| row.try_into().ok()).map(u32::from_le_bytes),
        corpus: row(CORPUS)?.and_then(|row| StoredCorpus::decode(&row)),
        commits: row(COMMITS)?.and_then(number).unwrap_or(0),
    })
}

/// A time in the unit of rows: seconds since 1970.
pub(super) fn seconds_since_1970(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The error of the store for an error of the database.
fn failure(path: &Path, error: &redb::Error) -> StoreError {
    match error {
        redb::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            StoreError::damaged(path, error.to_string())
        }
        redb::Error::Io(error) => StoreError::io(path, error),
        redb::Error::DatabaseAlreadyOpen => {
            StoreError::InUse { path: path.to_owned(), holder: "another process".to_owned() }
        }
        redb::Error::DatabaseClosed | redb::Error::PreviousIo => {
            StoreError::Interrupted { path: path.to_owned(), cause: error.to_string() }
        }
        redb::Error::Corrupted(what) => StoreError::damaged(path, what.as_str()),
        other => StoreError::damaged(path, other.to_string()),
    }
}
