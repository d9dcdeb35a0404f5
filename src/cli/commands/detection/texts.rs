//! The texts that a comparison reads, and the report that it writes.

use std::io::Write;
use std::path::Path;

use encoding_rs::Encoding;

use super::options::OptionArgs;
use super::page;
use crate::cli::error::CliError;
use crate::cli::input::{self, InputError, Place, Text};
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render::{self, Look, NotChecked, SourceLines, Subject, note, printable, warn};
use crate::proto;
use crate::render::html::ReportKind;

/// Form of a report on standard output.
#[derive(Debug, Clone, Copy)]
pub(super) enum ReportForm {
    /// Protobuf JSON.
    Json,
    /// Text for people, without passages.
    Brief,
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

/// The submission of a report.
#[derive(Debug)]
pub(super) struct Reported {
    /// The name of its file, or its id.
    pub(super) name: String,
    /// Its text; `None` if it is a stored source that the key may not read.
    pub(super) text: Option<String>,
}

impl From<Text> for Reported {
    fn from(Text { name, text }: Text) -> Self {
        Self { name, text: Some(text) }
    }
}

/// Writes a report on `submission` in the forms that the options ask for, and its warnings to standard error.
pub(super) fn write_report(
    out: &mut dyn Write,
    report: &proto::Report,
    submission: &Reported,
    sources: &SourceLines,
    kind: ReportKind,
    options: &OptionArgs,
) -> Result<Outcome, CliError> {
    let Reported { name, text } = submission;
    let subject = Subject { name, text: text.as_deref(), sources };
    let not_checked = NotChecked::of(report);
    report.warnings.iter().for_each(|warning| warn(&warning.message));
    if let Some(path) = options.page().path() {
        let text = text.as_deref().ok_or_else(|| CliError::NoText { id: name.clone() })?;
        page::write(path, report, text, &options.page().options(kind, name))?;
    }
    match options.report_form() {
        _ if options.page().is_stdout() => {}
        ReportForm::Json => {
            if let Some(reason) = &not_checked {
                note(&format!("{name} was not checked: {reason}"));
            }
            json::report(out, report)?;
        }
        ReportForm::Brief => {
            render::brief_report(out, report, &subject, Look::of_stdout(false))?;
            if let Some(path) = options.page().path() {
                writeln!(out, "\nThe whole report is in {}.", printable(&path.display().to_string()))?;
            }
        }
        ReportForm::Text { full } => {
            render::report(out, report, &subject, Look::of_stdout(full))?;
        }
    }
    Ok(match (not_checked, kind) {
        // The two texts of a comparison were compared, even if all of it is excluded: the report lists their passages.
        (None, _) | (Some(NotChecked::AllExcluded { .. }), ReportKind::Compare | ReportKind::Pair) => {
            Outcome::Done
        }
        (Some(_), _) => Outcome::NotChecked,
    })
}
