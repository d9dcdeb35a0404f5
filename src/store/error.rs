//! Errors of the store, each with advice for the operator.

use std::io;
use std::path::{Path, PathBuf};

/// Why something could not be stored or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum StoreError {
    /// The disk is full.
    #[error("the disk that holds {path:?} is full; free some space, and try again")]
    Full {
        /// The file that had to grow.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
    },
    /// The system refused an operation on a file.
    #[error("{path:?}: {cause}")]
    Io {
        /// The file or folder.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: SystemError,
    },
    /// A file does not hold what was written to it.
    #[error("{path:?} is damaged: {what}; restore a backup (palimpsest restore)")]
    Damaged {
        /// The file.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
        /// The damage.
        what: String,
    },
    /// A data directory from which a file is missing that must be there.
    #[error(
        "the data directory {path:?} is incomplete: {missing} is missing, but {found} exists (nothing was changed); \
         put the missing file back, or restore a backup into an empty folder (palimpsest restore); if nothing was \
         ever added here, empty the folder and start again"
    )]
    Incomplete {
        /// The folder.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
        /// The missing file.
        missing: String,
        /// The file that shows that there was a corpus.
        found: String,
    },
    /// A file was removed, replaced or cut while it was in use.
    #[error(
        "{path:?} {what} while it was in use: nothing more is written; what the server has open can still be read, so \
         take a backup (palimpsest backup), then stop the server and put the file back, or restore the backup"
    )]
    Lost {
        /// The file.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
        /// The change, as a verb phrase.
        what: String,
    },
    /// A read failed because the ledger was opened again meanwhile.
    #[error(
        "{path:?} was opened again after a write had failed, while it was being read ({cause}); try again"
    )]
    Interrupted {
        /// The file.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
        /// The database's message.
        cause: String,
    },
    /// A write to a data directory that was opened for reading.
    #[error("the data directory {path:?} was opened for reading: nothing is written")]
    ReadOnly {
        /// The folder.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
    },
    /// A newer version of the program wrote it.
    #[error(
        "{path:?} has format version {found}, but this program knows versions up to {known}; use a newer \
         palimpsest (nothing was changed)"
    )]
    NewerFormat {
        /// The file.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version that is known here.
        known: u32,
    },
    /// The path of a data directory is not a folder.
    #[error("{path:?} is not a folder; name another with --data-dir")]
    NotAFolder {
        /// The path.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
    },
    /// A folder with other files.
    #[error(
        "{path:?} is no data directory of palimpsest: it holds {found:?}; name an empty folder with --data-dir"
    )]
    Foreign {
        /// The folder.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
        /// The name of a file that does not belong to a data directory.
        found: String,
    },
    /// Another process uses the data directory.
    #[error("the data directory {path:?} is in use by {holder}; stop that first, or name another folder")]
    InUse {
        /// The folder.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
        /// The holder of the lock.
        holder: String,
    },
    /// There is no data directory.
    #[error("there is no data directory at {path:?}")]
    Missing {
        /// The path of the data directory.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
    },
    /// A file or folder that was to be created exists already.
    #[error("{path:?} is there already and was not changed; name another")]
    Exists {
        /// The file or folder.
        #[cfg_attr(feature = "server", serde(serialize_with = "lossy"))]
        path: PathBuf,
    },
    /// An earlier failure left open whether a change was kept.
    #[error(
        "the store failed ({cause}), and could not be opened again; the corpus can be read, but nothing can be \
         written until the cause is removed"
    )]
    Broken {
        /// The failure.
        cause: String,
    },
    /// The store was closed: the server is stopping.
    #[error("the corpus is closed: nothing more is written")]
    Closed,
}

/// An error of the operating system, with its code. Unlike [`io::Error`] it can be cloned and compared, since one failure
/// of a commit is the answer to many callers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "server", serde(from = "SystemErrorParts"))]
#[error("{message}")]
pub struct SystemError {
    #[cfg_attr(feature = "server", serde(skip_serializing))]
    kind: io::ErrorKind,
    os_code: Option<i32>,
    message: String,
}

impl SystemError {
    /// An error that the system has no code for.
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self { kind: io::ErrorKind::Other, os_code: None, message: message.into() }
    }

    /// The kind of the error.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.kind
    }

    /// The system's code, if it has one.
    #[must_use]
    pub fn os_code(&self) -> Option<i32> {
        self.os_code
    }
}

impl From<&io::Error> for SystemError {
    fn from(error: &io::Error) -> Self {
        Self { kind: error.kind(), os_code: error.raw_os_error(), message: error.to_string() }
    }
}

/// What is sent of a [`SystemError`]. Its kind follows from the code; without a code it is received as
/// [`io::ErrorKind::Other`].
#[cfg(feature = "server")]
#[derive(serde::Deserialize)]
struct SystemErrorParts {
    os_code: Option<i32>,
    message: String,
}

#[cfg(feature = "server")]
impl From<SystemErrorParts> for SystemError {
    fn from(SystemErrorParts { os_code, message }: SystemErrorParts) -> Self {
        let kind = os_code.map_or(io::ErrorKind::Other, |code| io::Error::from_raw_os_error(code).kind());
        Self { kind, os_code, message }
    }
}

/// Writes a path as text, also one that is not UTF-8, so that an error can always be sent.
#[cfg(feature = "server")]
fn lossy<S: serde::Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

impl StoreError {
    /// The error of the system for a file.
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full { path }
            }
            _ => Self::Io { path, cause: error.into() },
        }
    }

    /// The error of a file whose content is not what was written.
    pub(super) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}

/// Names the file of an I/O error.
pub(super) trait At<T> {
    fn at(self, path: &Path) -> Result<T, StoreError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, StoreError> {
        self.map_err(|error| StoreError::io(path, &error))
    }
}
