//! The texts that a comparison reads, and the report that it writes.

use std::io::Write;
use std::path::Path;

use crate::cli::error::CliError;
use crate::cli::input::{self, Text};
use crate::cli::output::json;
use crate::cli::render::{self, Look, Subject};
use crate::proto;

/// Form of a report on standard output.
#[derive(Debug, Clone, Copy)]
pub(super) enum ReportForm {
    /// Protobuf JSON.
    Json,
    /// Text for people; `full` keeps long excerpts and lists whole.
    Text { full: bool },
}

/// Reads a submission, a compared text or a boilerplate file; `-` is standard input.
pub(super) fn read_text(path: &Path) -> Result<Text, CliError> {
    input::read_text(path)
        .map_err(|error| CliError::Unreadable { place: error.place, problem: error.problem })
}

/// Writes a report on `submission`.
pub(super) fn write_report(
    out: &mut dyn Write,
    report: &proto::Report,
    submission: &Text,
    form: ReportForm,
) -> Result<(), CliError> {
    match form {
        ReportForm::Json => json::report(out, report),
        ReportForm::Text { full } => {
            let Text { name, text } = submission;
            Ok(render::report(out, report, &Subject { name, text }, Look::of_stdout(full))?)
        }
    }
}
