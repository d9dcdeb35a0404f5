//! The reasons why a text could not be read.

use std::io;
use std::path::PathBuf;

use super::encoding::EncodingGuess;
use crate::documents::Failure;
use crate::documents::contained::ReadError;

/// The reason why a text could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(in crate::cli) enum InputError {
    /// The system returned an error.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The path is a folder.
    #[error("is a folder; name a file")]
    Folder,
    /// A link leads back to a folder that contains it.
    #[error("is a link back to {}, a folder that contains it; remove the link", .0.display())]
    Loop(PathBuf),
    /// The file is empty.
    #[error("is empty: there is nothing to check")]
    Empty,
    /// No file has a name that the pattern describes.
    #[error("matches no file")]
    NoMatch,
    /// The pattern is not valid.
    #[error("is not a valid pattern ({0}); put brackets around a special character: [*]")]
    BadPattern(&'static str),
    /// A line is not UTF-8.
    #[error("is not valid UTF-8 at byte {byte}; {guess}")]
    NotUtf8 {
        /// Offset of the first invalid byte from the start of the file.
        byte: u64,
        /// The likely encoding and the next step.
        guess: EncodingGuess,
    },
    /// A line is not valid in the encoding that was given.
    #[error("is not valid {encoding}; name its encoding with --encoding")]
    NotInEncoding {
        /// Name of the encoding.
        encoding: &'static str,
    },
    /// The document could not be read.
    #[error(transparent)]
    Document(#[from] ReadError),
    /// A source of a data directory can't be read.
    #[error("{0}")]
    Stored(crate::engine::Error),
    /// The archive, or an entry of it, could not be read.
    #[error("{0}")]
    Archive(String),
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
    /// Whether the file was read, and has no text.
    pub(in crate::cli) fn is_without_text(&self) -> bool {
        let is_without = |failure: &Failure| matches!(failure, Failure::Empty | Failure::NoText { .. });
        match self {
            Self::Empty => true,
            Self::Document(ReadError::Failure(failure)) => is_without(failure),
            _ => false,
        }
    }

    /// The kind of error in a few words, for counting.
    pub(in crate::cli) fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::Folder | Self::Stored(_) => "cannot be read",
            Self::NoMatch | Self::BadPattern(_) => "matches no file",
            Self::Loop(_) => "link back to a folder that contains it",
            Self::Empty => "empty",
            Self::NotUtf8 { .. } => "not valid UTF-8",
            Self::NotInEncoding { .. } => "not valid in its encoding",
            Self::Document(error) => document_reason(error),
            Self::Archive(_) => "archive that can't be read",
            Self::NameNotUtf8 => "name not valid UTF-8",
            Self::TooLarge { .. } | Self::LineTooLong { .. } => "too large",
            Self::Json { .. } => "not a JSON object with the fields of a source",
        }
    }
}

fn document_reason(error: &ReadError) -> &'static str {
    match error {
        ReadError::Failure(Failure::Empty) => "empty",
        ReadError::Failure(Failure::UnknownFormat { .. }) => "of no known format",
        ReadError::Failure(Failure::Encrypted { .. }) => "encrypted",
        ReadError::Failure(Failure::Damaged { .. }) => "damaged",
        ReadError::Failure(Failure::NoText { is_scan: true, .. }) => "no text: probably scanned",
        ReadError::Failure(Failure::NoText { .. }) => "no text",
        ReadError::TooLarge { .. } => "too large",
        ReadError::Failure(Failure::Limit { .. })
        | ReadError::TimedOut { .. }
        | ReadError::OutOfMemory { .. }
        | ReadError::Crashed { .. } => "too costly to read",
        ReadError::CouldNotStart { .. } | ReadError::Stopped => "no reader could be started",
    }
}
