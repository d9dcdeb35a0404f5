//! Texts from folders, single files and JSON lines, read one at a time.

mod encoding;
mod error;
mod folder;
mod ids;
mod jsonl;
mod kinds;
mod lenient;
mod skipped;
mod submissions;
mod text;
mod times;

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs::Encoding;

pub(super) use encoding::parse as parse_encoding;
pub(super) use error::InputError;
pub(super) use ids::Ids;
pub(super) use kinds::EXTENSIONS;
pub(super) use skipped::Skipped;
pub(super) use submissions::{Submission, Submissions};
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
    /// Names of the fields in its line of JSON that are not those of a source.
    pub(super) ignored_fields: Vec<String>,
}

/// The result of reading an item.
#[derive(Debug)]
pub(super) enum Found {
    /// A source.
    Source(SourceText),
    /// An item that should be a source and can't be read as one.
    Unreadable(InputError),
    /// An entry of a folder that is not read.
    Skipped(Skip),
}

/// The reason why an entry of a folder is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Skip {
    /// Its name begins with a dot.
    Hidden,
    /// It is not a text file.
    OtherKind,
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
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// Size limit of a text, in bytes.
    pub(super) max_text_bytes: u64,
    /// How the ids of files are made.
    pub(super) ids: Ids,
    /// The encoding of the files; UTF-8 if none.
    pub(super) encoding: Option<&'static Encoding>,
    /// Whether lines of JSON may have numbers as ids and other fields.
    pub(super) lenient: bool,
}

/// Calls `each` for every item in `paths`, in the order of the paths and of the names in folders, until it breaks. One
/// text at a time is in memory.
pub(super) fn read_all(
    paths: &[PathBuf],
    reading: &Reading,
    each: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for path in paths {
        if path.is_dir() {
            folder::read(path, reading, each)?;
        } else if *path == *Path::new(STANDARD_INPUT) {
            jsonl::read(path, &mut io::stdin().lock(), reading, each)?;
        } else if kinds::is_jsonl(path) {
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
