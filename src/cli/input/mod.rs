//! Texts from folders, single files and JSON lines, read one at a time.

mod folder;
mod jsonl;
mod text;
mod times;

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use text::{Text, read_text, total_bytes};
pub(super) use times::{not_a_time, time};

/// Path that stands for standard input.
pub(super) const STANDARD_INPUT: &str = "-";

/// Size limit of a file that is read as one text.
pub(super) const MAX_FILE_BYTES: u64 = 64 << 20;

/// Buffer size for files of JSON lines.
const BUFFER_BYTES: usize = 256 << 10;

/// The origin of a text: a file, or a line of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    path: Arc<Path>,
    line: Option<u64>,
}

impl Place {
    /// A whole file or folder.
    pub(super) fn file(path: &Path) -> Self {
        Self { path: path.into(), line: None }
    }

    /// The path of the file.
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

/// The reason why a text could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum InputError {
    /// The system returned an error.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The path is a folder.
    #[error("is a folder; name a file")]
    Folder,
    /// A link leads back to a folder that contains it.
    #[error("is a link back to {}, a folder that contains it; remove the link", .0.display())]
    Loop(PathBuf),
    /// The text is not UTF-8.
    #[error("is not valid UTF-8 at byte {byte}{}", if *.utf16 { " (it looks like UTF-16); convert it to UTF-8" } else { "; convert it to UTF-8" })]
    NotUtf8 {
        /// Offset of the first invalid byte from the start of the file.
        byte: u64,
        /// Whether the file begins like UTF-16.
        utf16: bool,
    },
    /// The file name is not UTF-8 and so can't be an id.
    #[error("its name is not valid UTF-8; rename it")]
    NameNotUtf8,
    /// The text is too large.
    #[error("has {bytes} bytes, but the limit is {max_bytes}; split it")]
    TooLarge {
        /// Size of the text, or of the part that was read.
        bytes: u64,
        /// The limit.
        max_bytes: u64,
    },
    /// The line is too long.
    #[error("has more than {max_bytes} bytes, the limit for a line; split the text")]
    LineTooLong {
        /// The limit.
        max_bytes: u64,
    },
    /// The line is not a JSON object with the fields of a source.
    #[error("column {column}: {problem}")]
    Json {
        /// Column of the problem in bytes, counted from 1.
        column: usize,
        /// The problem.
        problem: String,
    },
}

impl InputError {
    /// The kind of error in a few words, for counting.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::Folder => "cannot be read",
            Self::Loop(_) => "link back to a folder that contains it",
            Self::NotUtf8 { .. } => "not valid UTF-8",
            Self::NameNotUtf8 => "name not valid UTF-8",
            Self::TooLarge { .. } | Self::LineTooLong { .. } => "too large",
            Self::Json { .. } => "not a JSON object with the fields of a source",
        }
    }
}

/// A source read from a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SourceText {
    /// The id; empty if the server should assign one.
    pub(super) id: String,
    /// The title.
    pub(super) title: String,
    /// The group.
    pub(super) group: String,
    /// The labels.
    pub(super) labels: Vec<String>,
    /// The address.
    pub(super) uri: String,
    /// When it was submitted.
    pub(super) submitted_at: Option<prost_types::Timestamp>,
    /// The metadata.
    pub(super) metadata: BTreeMap<String, String>,
    /// The text.
    pub(super) text: String,
}

/// The result of reading an item.
#[derive(Debug)]
pub(super) enum Found {
    /// A source.
    Source(SourceText),
    /// An item that should be a source and can't be read as one.
    Unreadable(InputError),
    /// A file of another kind.
    Ignored,
}

/// An item of the input.
#[derive(Debug)]
pub(super) struct Item {
    /// The origin.
    pub(super) place: Place,
    /// Size of the item in the input, in bytes.
    pub(super) input_bytes: u64,
    /// The result.
    pub(super) found: Found,
}

/// Options for reading texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Size limit of a text, in bytes.
    pub(super) max_text_bytes: u64,
    /// Whether the ids of files are their paths as given; otherwise they are relative to the given path.
    pub(super) ids_as_given: bool,
}

impl Reading {
    /// The id of the source in `file`, which was found under `root`.
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

/// Calls `each` for every item in `paths`, in the order of the paths and of the names in folders, until it breaks. One
/// text at a time is in memory.
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
                Err(error) => each(unreadable(Place::file(path), error.into()))?,
            }
        } else {
            each(text::read_source(path, path, reading))?;
        }
    }
    ControlFlow::Continue(())
}

/// An item that can't be read.
fn unreadable(place: Place, error: InputError) -> Item {
    Item { place, input_bytes: 0, found: Found::Unreadable(error) }
}
