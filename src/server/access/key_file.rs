//! The key file: one key per line, as JSON. Empty lines and comments (`#`) are kept.

use std::collections::HashSet;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use super::key::Key;

/// The mode of a new key file.
const OWNER_ONLY: u32 = 0o600;

/// The contents of a key file.
#[derive(Debug, Default)]
pub struct KeyFile {
    lines: Vec<Line>,
}

#[derive(Debug)]
enum Line {
    Key(Box<Key>),
    /// An empty line or a comment.
    Other(String),
}

/// Why a key file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Reading failed.
    #[error("the key file {} can't be read: {cause}; `palimpsest key create` makes one", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        cause: io::Error,
    },
    /// Writing failed.
    #[error("the key file {} can't be written: {cause}; check the permissions of its folder", .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        cause: io::Error,
    },
    /// Lines are malformed.
    #[error("the key file {} is malformed:\n  {}", .path.display(), .problems.join("\n  "))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Each problem, with its line number.
        problems: Vec<String>,
    },
}

impl KeyFileError {
    /// The problems, one per entry.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Invalid { path, problems } => {
                let path = path.display();
                problems.iter().map(|problem| format!("the key file {path}, {problem}")).collect()
            }
            other => vec![other.to_string()],
        }
    }
}

impl KeyFile {
    /// Reads a key file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Unreadable`], or [`KeyFileError::Invalid`] with every malformed line.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let text = fs::read_to_string(path)
            .map_err(|cause| KeyFileError::Unreadable { path: path.to_owned(), cause })?;
        Self::parse(&text).map_err(|problems| KeyFileError::Invalid { path: path.to_owned(), problems })
    }

    fn parse(text: &str) -> Result<Self, Vec<String>> {
        let (mut lines, mut problems, mut known) = (Vec::new(), Vec::new(), HashSet::new());
        for (line, number) in text.lines().zip(1_u64..) {
            if line.trim().is_empty() || line.starts_with('#') {
                lines.push(Line::Other(line.to_owned()));
                continue;
            }
            match serde_json::from_str::<Key>(line) {
                Ok(key) if !known.insert(key.id.clone()) => {
                    problems.push(format!(
                        "line {number}: the id {} is in a line before; remove one of them",
                        key.id
                    ));
                }
                Ok(key) => lines.push(Line::Key(Box::new(key))),
                Err(error) => problems.push(format!("line {number}: {}", without_line(&error))),
            }
        }
        if problems.is_empty() { Ok(Self { lines }) } else { Err(problems) }
    }

    /// The keys of the file.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.lines.iter().filter_map(|line| match line {
            Line::Key(key) => Some(&**key),
            Line::Other(_) => None,
        })
    }

    /// Adds a key.
    pub fn add(&mut self, key: Key) {
        self.lines.push(Line::Key(Box::new(key)));
    }

    /// Removes and returns the key with this id, if there is one.
    pub fn remove(&mut self, id: &str) -> Option<Key> {
        let index = self.lines.iter().position(|line| matches!(line, Line::Key(key) if key.id == id))?;
        match self.lines.remove(index) {
            Line::Key(key) => Some(*key),
            Line::Other(_) => None,
        }
    }

    /// Changes a key file atomically; creates it if it does not exist. Concurrent changes wait for each other.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`]; the file is unchanged then. A file with a malformed line is not changed.
    pub fn change<T>(path: &Path, change: impl FnOnce(&mut Self) -> T) -> Result<T, KeyFileError> {
        let unwritable = |cause| KeyFileError::Unwritable { path: path.to_owned(), cause };
        // Follow a symbolic link, so that the link itself is not replaced.
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let beside = |ending: &str| {
            let mut name = path.clone().into_os_string();
            name.push(ending);
            PathBuf::from(name)
        };
        let lock = owner_only(&beside(".lock")).map_err(unwritable)?;
        lock.lock().map_err(unwritable)?;
        let mut file = match Self::read(path) {
            Err(KeyFileError::Unreadable { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => {
                Self::default()
            }
            read => read?,
        };
        let changed = change(&mut file);
        let new = beside(".new");
        let owner = fs::metadata(path).ok();
        let written = write(&new, &file.text(), owner.as_ref()).and_then(|()| fs::rename(&new, path));
        written.map_err(unwritable)?;
        sync_folder(path).map_err(unwritable)?;
        Ok(changed)
    }

    fn text(&self) -> String {
        let line = |line: &Line| match line {
            // Serialising a key can't fail.
            Line::Key(key) => serde_json::to_string(key).unwrap_or_default() + "\n",
            Line::Other(line) => format!("{line}\n"),
        };
        self.lines.iter().map(line).collect()
    }
}

/// The message of the error, with the byte instead of line and column, as the JSON is one line.
fn without_line(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    format!("{message} (byte {})", error.column())
}

fn owner_only(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(OWNER_ONLY).open(path)
}

/// Writes a file with the owner and permissions of `owner`: the server must still be able to read a file that its operator
/// changed as another user.
fn write(path: &Path, text: &str, owner: Option<&Metadata>) -> io::Result<()> {
    let mut file = owner_only(path)?;
    file.set_len(0)?;
    // Regardless of the umask, and of a file left by a process that was killed.
    file.set_permissions(owner.map_or_else(|| Permissions::from_mode(OWNER_ONLY), Metadata::permissions))?;
    if let Some(owner) = owner {
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (owner.uid(), owner.gid()) {
            fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
        }
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Syncs the folder, so that the new name of the file survives a power failure.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Role;

    fn key(name: &str) -> Key {
        Key::create(name, Role::Check, Vec::new(), None).unwrap().key
    }

    #[test]
    fn keys_come_and_go_and_what_is_for_people_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let (one, two) = (key("one"), key("two"));
        KeyFile::change(&path, |file| file.add(one.clone())).unwrap();
        let text = format!("# for the library\n\n{}", fs::read_to_string(&path).unwrap());
        fs::write(&path, text).unwrap();
        KeyFile::change(&path, |file| file.add(two.clone())).unwrap();
        let ids = || KeyFile::read(&path).unwrap().keys().map(|key| key.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(), [one.id.clone(), two.id.clone()]);
        assert!(KeyFile::change(&path, |file| file.remove("00000000")).unwrap().is_none());
        assert_eq!(KeyFile::change(&path, |file| file.remove(&one.id)).unwrap().unwrap().name, "one");
        assert_eq!(ids(), [two.id]);
        assert!(fs::read_to_string(&path).unwrap().starts_with("# for the library\n\n{"));
    }

    #[test]
    fn only_the_owner_may_read_it_unless_they_said_otherwise() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        KeyFile::change(&path, |file| file.add(key("one"))).unwrap();
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        // A change keeps the permissions and the owner.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let gid = fs::metadata(&path).unwrap().gid();
        KeyFile::change(&path, |file| file.add(key("two"))).unwrap();
        assert_eq!((mode(), fs::metadata(&path).unwrap().gid()), (0o640, gid));
    }

    #[test]
    fn every_bad_line_is_named_and_nothing_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let good = serde_json::to_string(&key("one")).unwrap();
        let text = format!("{good}\nnonsense\n# fine\n{good}\n{{}}\n");
        fs::write(&path, &text).unwrap();
        let error = KeyFile::change(&path, |file| file.add(key("two"))).unwrap_err();
        let problems = error.lines();
        assert_eq!(problems.len(), 3, "{problems:?}");
        for (problem, part) in
            problems.iter().zip(["line 2: expected", "line 4: the id", "line 5: missing field"])
        {
            assert!(problem.contains(part), "{part:?} is not in {problem}");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert!(matches!(KeyFile::read(&folder.path().join("none")), Err(KeyFileError::Unreadable { .. })));
    }

    #[test]
    fn a_hundred_at_once_lose_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        std::thread::scope(|scope| {
            for _ in 0..100 {
                scope.spawn(|| KeyFile::change(&path, |file| file.add(key("one"))).unwrap());
            }
        });
        assert_eq!(KeyFile::read(&path).unwrap().keys().count(), 100);
    }
}
