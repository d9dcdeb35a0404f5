//! The texts that a comparison reads, and the report that it writes.

use std::io::Write;
use std::path::Path;

use encoding_rs::Encoding;

use crate::cli::error::CliError;
use crate::cli::input::{self, InputError, Place, Text};
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render::{self, Look, NotChecked, SourceLines, Subject};
use crate::proto;

/// Form of a report on standard output.
#[derive(Debug, Clone, Copy)]
pub(super) enum ReportForm {
    /// Protobuf JSON.
    Json,
    /// Text for people; `full` keeps long excerpts and lists whole.
    Text { full: bool },
}

/// Reads a compared text or a boilerplate file; `-` is standard input.
pub(super) fn read_text(path: &Path, encoding: Option<&'static Encoding>) -> Result<Text, CliError> {
    input::read_text(path, encoding)
        .map_err(|error| CliError::Unreadable { place: error.place, problem: error.problem })
}

/// Reads a submission; `-` is standard input. An empty one can't be checked.
pub(super) fn read_submission(path: &Path, encoding: Option<&'static Encoding>) -> Result<Text, CliError> {
    let text = read_text(path, encoding)?;
    if text.text.is_empty() {
        return Err(CliError::Unreadable { place: Place::file(path), problem: InputError::Empty });
    }
    Ok(text)
}

/// Writes a report on `submission`.
pub(super) fn write_report(
    out: &mut dyn Write,
    report: proto::Report,
    submission: &Text,
    sources: &SourceLines,
    form: ReportForm,
) -> Result<Outcome, CliError> {
    let outcome = if NotChecked::of(&report).is_some() { Outcome::NotChecked } else { Outcome::Done };
    match form {
        ReportForm::Json => json::report(out, &render::without_percentages(report))?,
        ReportForm::Text { full } => {
            let Text { name, text } = submission;
            render::report(out, &report, &Subject { name, text, sources }, Look::of_stdout(full))?;
        }
    }
    Ok(outcome)
}
