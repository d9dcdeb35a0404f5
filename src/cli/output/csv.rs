//! Lines of CSV (RFC 4180).

use std::io;

use crate::cli::error::CliError;

/// The I/O error behind a CSV error, whose kind distinguishes a closed pipe from failures. The crate's own conversion
/// hides it.
pub(in crate::cli) fn failure(error: csv::Error) -> CliError {
    CliError::Write(match error.into_kind() {
        csv::ErrorKind::Io(cause) => cause,
        other => io::Error::other(format!("{other:?}")),
    })
}
