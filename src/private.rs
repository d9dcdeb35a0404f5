//! Files and folders that only their owner may read, since they contain texts or the secret seed.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Mode of files: read and write for the owner.
const FILE_MODE: u32 = 0o600;

/// Mode of folders: all rights for the owner.
const FOLDER_MODE: u32 = 0o700;

/// Creates an empty file, or truncates an existing one.
///
/// # Errors
///
/// The error of the system.
pub(crate) fn create_file(path: &Path) -> io::Result<File> {
    create(OpenOptions::new().read(true).write(true).create(true).truncate(true), path)
}

/// Creates an empty file that must not exist yet.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`], and other errors of the system.
pub(crate) fn create_new_file(path: &Path) -> io::Result<File> {
    create(OpenOptions::new().read(true).write(true).create_new(true), path)
}

fn create(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.mode(FILE_MODE).open(path)?;
    // The umask may have removed bits of the mode.
    file.set_permissions(Permissions::from_mode(FILE_MODE))?;
    Ok(file)
}

/// Creates a folder and its missing parents. An existing folder is not changed.
///
/// # Errors
///
/// The error of the system.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create_folder(parent)?;
    }
    match DirBuilder::new().mode(FOLDER_MODE).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        created => created.and_then(|()| fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_created_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        create_folder(&inner).unwrap();
        assert_eq!((mode(&folder.path().join("a")), mode(&inner)), (0o700, 0o700));
        fs::set_permissions(&inner, Permissions::from_mode(0o750)).unwrap();
        create_folder(&inner).unwrap();
        assert_eq!(mode(&inner), 0o750, "one that was there stays as its owner wants it");
        let file = inner.join("file");
        create_new_file(&file).unwrap();
        assert_eq!(mode(&file), 0o600);
        assert_eq!(create_new_file(&file).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        create_file(&file).unwrap();
        assert_eq!(mode(&file), 0o600, "what it held before was another file's");
    }
}
