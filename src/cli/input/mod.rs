//! Texts from files: folders, single files and JSON lines, read one at a time.

mod folder;
mod jsonl;
mod text;

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use text::{Text, read_text, total_bytes};

/// The path that stands for standard input.
pub(super) const STANDARD_INPUT: &str = "-";

/// The largest file that is read as one text.
pub(super) const MAX_FILE_BYTES: u64 = 64 << 20;

/// Bytes that are read of a file of JSON lines at once.
const BUFFER_BYTES: usize = 256 << 10;

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    path: Arc<Path>,
    line: Option<u64>,
}

impl Place {
    /// A whole file, or folder.
    pub(super) fn file(path: &Path) -> Self {
        Self { path: path.into(), line: None }
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn line(&self, line: u64) -> Self {
        Self { path: Arc::clone(&self.path), line: Some(line) }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if *self.path == *Path::new(STANDARD_INPUT) {
            f.write_str("standard input")?;
        } else {
            write!(f, "{}", self.path.display())?;
        }
        self.line.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

/// Why a text could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum InputError {
    /// The system would not.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is a folder.
    #[error("is a folder; name a file")]
    Folder,
    /// A link leads back to a folder that it lies in.
    #[error("is a link back to {}, a folder that it lies in", .0.display())]
    Loop(PathBuf),
    /// It is not UTF-8.
    #[error("is not valid UTF-8 at byte {byte}{}", if *.utf16 { " (it looks like UTF-16); convert it to UTF-8" } else { "; convert it to UTF-8" })]
    NotUtf8 {
        /// The first byte that is wrong, from the start of the file, counted from 0.
        byte: u64,
        /// Whether it begins like UTF-16.
        utf16: bool,
    },
    /// Its name is not UTF-8, and so cannot be an id.
    #[error("its name is not valid UTF-8; rename it")]
    NameNotUtf8,
    /// It is too large.
    #[error("has {bytes} bytes, but may have {max_bytes} at most; split it")]
    TooLarge {
        /// Its bytes, or as many as were seen.
        bytes: u64,
        /// The limit.
        max_bytes: u64,
    },
    /// A line is too long.
    #[error("has more than {max_bytes} bytes; a text of the size that is taken needs no longer line")]
    LineTooLong {
        /// The limit.
        max_bytes: u64,
    },
    /// A line is not a JSON object with a source's fields.
    #[error("column {column}: {problem}")]
    Json {
        /// The column, from 1, in bytes.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
}

impl InputError {
    /// A few words under which errors of one kind are counted.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::Folder => "cannot be read",
            Self::Loop(_) => "link back to a folder that it lies in",
            Self::NotUtf8 { .. } => "not valid UTF-8",
            Self::NameNotUtf8 => "name not valid UTF-8",
            Self::TooLarge { .. } | Self::LineTooLong { .. } => "too large",
            Self::Json { .. } => "not a JSON object with a source's fields",
        }
    }
}

/// A source as a file has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SourceText {
    /// Its id; empty if the server is to assign one.
    pub(super) id: String,
    /// Its title.
    pub(super) title: String,
    /// Its group.
    pub(super) group: String,
    /// Its labels.
    pub(super) labels: Vec<String>,
    /// Its text.
    pub(super) text: String,
}

/// What was found in files.
#[derive(Debug)]
pub(super) enum Found {
    /// A source.
    Source(SourceText),
    /// Something that should be one, and is not.
    Bad(InputError),
    /// A file of another kind.
    PassedOver,
}

/// What was found, and where.
#[derive(Debug)]
pub(super) struct Item {
    /// Where.
    pub(super) place: Place,
    /// Bytes of the input that it takes.
    pub(super) input_bytes: u64,
    /// What.
    pub(super) found: Found,
}

/// How texts are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Bytes of one text at most.
    pub(super) max_text_bytes: u64,
    /// Whether ids of files begin with the path as it was given; otherwise they are relative to it.
    pub(super) ids_as_given: bool,
}

impl Reading {
    fn id(self, root: &Path, file: &Path) -> Result<String, InputError> {
        let relative = if self.ids_as_given { file } else { file.strip_prefix(root).unwrap_or(file) };
        let relative = match relative.file_name() {
            // A single file, relative to itself.
            None => file.file_name().map_or(file, Path::new),
            Some(_) if root == file && !self.ids_as_given => file.file_name().map_or(file, Path::new),
            Some(_) => relative,
        };
        let id = relative.to_str().ok_or(InputError::NameNotUtf8)?;
        Ok(id.replace(std::path::MAIN_SEPARATOR, "/"))
    }
}

/// Gives each thing found in the paths to `each`, in the order of the paths and of the names in folders,
/// until `each` breaks. One text at a time is in memory.
pub(super) fn read_all(
    paths: &[PathBuf],
    reading: Reading,
    each: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for path in paths {
        if path.is_dir() {
            folder::read(path, reading, each)?;
        } else if *path == *Path::new(STANDARD_INPUT) {
            jsonl::read(path, &mut io::stdin().lock(), reading, each)?;
        } else if jsonl::is_jsonl(path) {
            match std::fs::File::open(path) {
                Ok(file) => {
                    let mut file = io::BufReader::with_capacity(BUFFER_BYTES, file);
                    jsonl::read(path, &mut file, reading, each)?;
                }

                Err(error) => each(bad(Place::file(path), error.into()))?,
            }
        } else {
            each(text::read_source(path, path, reading))?;
        }
    }
    ControlFlow::Continue(())
}

/// An item of which nothing is known but that it cannot be read.
fn bad(place: Place, error: InputError) -> Item {
    Item { place, input_bytes: 0, found: Found::Bad(error) }
}
