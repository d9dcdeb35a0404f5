//! The list of what an import could not read or add, as a file.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::error::CliError;

/// How a list in lines of JSON begins.
const JSON_BEGIN: &[u8] = b"{\"place\":";

/// The columns of a list in CSV.
const HEADER: [&str; 3] = ["place", "reason", "problem"];

/// How a list in CSV begins.
const CSV_BEGIN: &[u8] = b"place,reason,problem\r\n";

/// A file with an entry for each failure: lines of JSON, or CSV if it is named so.
pub(super) struct FailureList {
    path: PathBuf,
    form: Form,
}

enum Form {
    Json(BufWriter<File>),
    Csv(Box<csv::Writer<File>>),
}

/// A failure.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct ListedFailure<'a> {
    /// The file, with the line in it.
    pub(super) place: &'a str,
    /// The kind of failure.
    pub(super) reason: &'a str,
    /// The problem and the next step.
    pub(super) problem: &'a str,
}

impl FailureList {
    /// Creates the list. It replaces an older list, and no other file.
    pub(super) fn create(path: &Path) -> Result<Self, CliError> {
        let failed = |cause: io::Error| CliError::NotWritten { path: path.to_owned(), cause };
        if !may_replace(path) {
            return Err(failed(io::Error::other(
                "another file is there, which is no such list; name another file",
            )));
        }
        let file = File::create(path).map_err(failed)?;
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let mut list = Self {
            path: path.to_owned(),
            form: if is_csv {
                let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
                Form::Csv(Box::new(writer))
            } else {
                Form::Json(BufWriter::new(file))
            },
        };
        if let Form::Csv(writer) = &mut list.form {
            let written = writer.write_record(HEADER).map_err(io::Error::from);
            written.map_err(failed)?;
        }
        Ok(list)
    }

    /// Adds a failure.
    pub(super) fn add(&mut self, failure: ListedFailure<'_>) -> Result<(), CliError> {
        let written = match &mut self.form {
            Form::Json(writer) => serde_json::to_writer(&mut *writer, &failure)
                .map_err(io::Error::from)
                .and_then(|()| writer.write_all(b"\n")),
            Form::Csv(writer) => {
                writer.write_record([failure.place, failure.reason, failure.problem]).map_err(io::Error::from)
            }
        };
        written.map_err(|cause| CliError::NotWritten { path: self.path.clone(), cause })?;
        self.flush()
    }

    /// Writes what is left, so that a list of an import that is killed has what failed until then.
    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        let written = match &mut self.form {
            Form::Json(writer) => writer.flush(),
            Form::Csv(writer) => writer.flush(),
        };
        written.map_err(|cause| CliError::NotWritten { path: self.path.clone(), cause })
    }
}

/// Whether a file is not there, empty, or such a list.
fn may_replace(path: &Path) -> bool {
    let mut begin = Vec::new();
    match File::open(path) {
        Ok(file) => {
            let is_read = file.take(CSV_BEGIN.len() as u64).read_to_end(&mut begin).is_ok();
            is_read && (begin.is_empty() || begin.starts_with(JSON_BEGIN) || begin == CSV_BEGIN)
        }
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

impl std::fmt::Debug for FailureList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FailureList").field("path", &self.path).finish_non_exhaustive()
    }
}
