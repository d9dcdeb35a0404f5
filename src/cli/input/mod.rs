//! Texts from folders, archives, single files and JSON lines, read a few at a time.

mod archive;
mod document;
mod encoding;
mod error;
mod file;
mod folder;
mod ids;
mod jsonl;
mod kinds;
mod ordered;
mod skipped;
mod submissions;
mod text;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs::Encoding;

pub(super) use document::readers;
pub(super) use encoding::parse as parse_encoding;
pub(super) use error::InputError;
pub(super) use file::{Stamp, TextFile};
pub(super) use ids::Ids;
pub(super) use jsonl::pages::Pages as LinePages;
pub(super) use jsonl::times::{not_a_time, time};
pub(super) use kinds::{EXTENSIONS, is_jsonl};
pub(super) use ordered::map as map_in_order;
pub(super) use skipped::Skipped;
pub(super) use submissions::{Submission, Submissions};
pub(super) use text::{Text, Totals, UnreadableText, read_text, totals};

use file::Entry;

use crate::engine::Pages;
use crate::proto;

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

    pub(super) fn line(&self, line: u64) -> Self {
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
#[derive(Debug, Clone, PartialEq, Default)]
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
    /// The pages that its line of JSON gives.
    pub(super) pages: Option<Box<proto::DocumentPages>>,
    /// What is known of the document that the text is from.
    pub(super) document: Option<Box<SourceDocument>>,
    /// Names of the fields in its line of JSON that are not those of a source.
    pub(super) ignored_fields: Vec<String>,
}

/// What is known of the document of a source.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SourceDocument {
    /// As a message, with offsets in bytes.
    pub(super) message: proto::ExtractedDocument,
    /// The pages for the engine, if they are known.
    pub(super) pages: Option<Pages>,
}

/// The result of reading an item.
#[derive(Debug)]
pub(super) enum Found {
    /// A source.
    Source(Box<SourceText>),
    /// An item that should be a source and can't be read as one.
    Unreadable(InputError),
    /// An entry of a folder or an archive that is not read.
    Skipped(Skip),
    /// A file that was imported before, and is unchanged.
    Known,
}

/// The reason why an entry of a folder or an archive is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Skip {
    /// Its name begins with a dot.
    Hidden,
    /// It is neither a text nor a document, by its name.
    OtherKind,
    /// It is an archive inside another.
    Archive,
}

/// An item of the input.
#[derive(Debug)]
pub(super) struct Item {
    /// The origin.
    pub(super) place: Place,
    /// Size of the item in the input, in bytes.
    pub(super) input_bytes: u64,
    /// By which it is known to be unchanged, if it is a file.
    pub(super) stamp: Option<Stamp>,
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
    /// The encoding of the texts; `None` to find it out.
    pub(super) encoding: Option<&'static Encoding>,
    /// Whether lines of JSON may have numbers as ids and other fields.
    pub(super) lenient: bool,
    /// The files that need not be read.
    pub(super) known: Known,
}

impl Default for Reading {
    fn default() -> Self {
        let known = Known::default();
        Self { max_text_bytes: MAX_FILE_BYTES, ids: Ids::AsGiven, encoding: None, lenient: false, known }
    }
}

/// The files that were read before, by the ids of their sources.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(pub(super) Arc<HashMap<String, Stamp>>);

impl Known {
    /// Whether the file of the source `id` was read before as it is now.
    fn has(&self, id: &str, stamp: Stamp) -> bool {
        self.0.get(id) == Some(&stamp)
    }
}

/// A step of reading.
enum Task {
    /// An item that was read.
    Read(Item),
    /// A file to read, which was found under `root`.
    File { root: PathBuf, file: TextFile },
}

/// Calls `each` for every item in `paths`, in the order of the paths and of the names in folders, until it breaks. Files are
/// read on several threads; a few texts for each thread are in memory.
pub(super) fn read_all(
    paths: &[PathBuf],
    reading: &Reading,
    each: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let find = |give: &mut dyn FnMut(Task) -> ControlFlow<()>| {
        let _end = paths.iter().try_for_each(|path| find(path, reading, give));
    };
    let read = |task| match task {
        Task::Read(item) => item,
        Task::File { root, file } => text::read_source(&root, &file, reading),
    };
    map_in_order(readers(), find, read, each)
}

/// Finds the files under a path, and reads its lines of JSON.
fn find(path: &Path, reading: &Reading, give: &mut dyn FnMut(Task) -> ControlFlow<()>) -> ControlFlow<()> {
    let mut give_entry = |entry| match entry {
        Entry::Text(file) => give(Task::File { root: path.to_owned(), file }),
        Entry::Skipped(place, skip) => give(Task::Read(unread(place, Found::Skipped(skip)))),
        Entry::Unreadable(place, error) => give(Task::Read(unread(place, Found::Unreadable(error)))),
    };
    if path.is_dir() {
        return folder::walk(path, &mut give_entry);
    }
    if archive::is_archive(path) {
        return archive::walk(path, &mut give_entry);
    }
    let mut give_item = |item| give(Task::Read(item));
    if *path == *Path::new(STANDARD_INPUT) {
        jsonl::read(path, &mut io::stdin().lock(), reading, &mut give_item)
    } else if kinds::is_jsonl(path) {
        match std::fs::File::open(path) {
            Ok(file) => {
                let mut file = io::BufReader::with_capacity(BUFFER_BYTES, file);
                jsonl::read(path, &mut file, reading, &mut give_item)
            }
            Err(error) => give_item(unread(Place::file(path), Found::Unreadable(error.into()))),
        }
    } else {
        give(Task::File { root: path.to_owned(), file: TextFile::at(path) })
    }
}

/// An item of which nothing was read.
fn unread(place: Place, found: Found) -> Item {
    Item { place, input_bytes: 0, stamp: None, found }
}
