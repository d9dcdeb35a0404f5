//! Files with one text each: on their own, or in an archive.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use super::archive::ArchiveEntry;
use super::document::{self, Content};
use super::{InputError, MAX_FILE_BYTES, Place, STANDARD_INPUT, Skip, kinds};

/// A file with one text.
#[derive(Debug, Clone)]
pub(in crate::cli) struct TextFile {
    /// The path. Of a file in an archive, the path as if the archive were a folder.
    path: PathBuf,
    entry: Option<ArchiveEntry>,
}

/// An entry of a folder or an archive.
#[derive(Debug)]
pub(super) enum Entry {
    /// A file that is read.
    Text(TextFile),
    /// A file or folder that is not.
    Skipped(Place, Skip),
    /// An entry that can't be read.
    Unreadable(Place, InputError),
}

/// By which a file is known to be unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::cli) struct Stamp {
    /// Its size.
    pub(super) bytes: u64,
    /// When it, or the archive that it is in, was modified: nanoseconds since 1970.
    pub(super) modified: u64,
    /// Its checksum in the archive; 0 for a file that is in none.
    #[serde(default)]
    pub(super) crc: u32,
}

impl TextFile {
    /// The file at `path`; `-` is standard input.
    pub(in crate::cli) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), entry: None }
    }

    /// A file in an archive.
    pub(super) fn in_archive(path: PathBuf, entry: ArchiveEntry) -> Self {
        Self { path, entry: Some(entry) }
    }

    /// The path as given, or found.
    pub(in crate::cli) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether its name is that of Markdown.
    pub(in crate::cli) fn is_markdown(&self) -> bool {
        kinds::is_markdown(&self.path)
    }

    /// The place, for messages.
    pub(in crate::cli) fn place(&self) -> Place {
        Place::file(&self.path)
    }

    /// Size in the input, in bytes: in an archive that of the compressed file.
    pub(super) fn input_bytes(&self) -> u64 {
        match &self.entry {
            Some(entry) => entry.packed_bytes(),
            None => self.path.metadata().map_or(0, |metadata| metadata.len()),
        }
    }

    /// The stamp; `None` for what has none, such as a pipe.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        if let Some(entry) = &self.entry {
            return Some(entry.stamp());
        }
        let metadata = self.path.metadata().ok().filter(std::fs::Metadata::is_file)?;
        Some(Stamp { bytes: metadata.len(), modified: nanoseconds(metadata.modified().ok()?), crc: 0 })
    }

    /// Reads the text: plain text as it stands, or that of a document. A byte order mark overrides `encoding`.
    pub(in crate::cli) fn read(&self, encoding: Option<&'static Encoding>) -> Result<Content, InputError> {
        let bytes = match &self.entry {
            Some(entry) => entry.read()?,
            None if *self.path == *Path::new(STANDARD_INPUT) => read_from(&mut io::stdin().lock())?,
            None => read_file(&self.path)?,
        };
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        document::read(bytes, &name, encoding)
    }
}

/// Nanoseconds since 1970; 0 for what was before.
pub(super) fn nanoseconds(time: std::time::SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos().try_into().unwrap_or(u64::MAX)
}

fn read_file(path: &Path) -> Result<Vec<u8>, InputError> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(InputError::Folder);
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(InputError::TooLarge { bytes: metadata.len(), max_bytes: MAX_FILE_BYTES });
    }
    read_from(&mut file)
}

/// Reads at most [`MAX_FILE_BYTES`].
pub(super) fn read_from(reader: &mut dyn Read) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::new();
    reader.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(InputError::TooLarge { bytes: bytes.len() as u64, max_bytes: MAX_FILE_BYTES });
    }
    Ok(bytes)
}
