//! The texts that a comparison reads, and the report that it writes.

use std::io::Write;
use std::path::Path;

use encoding_rs::Encoding;

use super::options::OptionArgs;
use super::page;
use crate::cli::commands::documents::DocumentTally;
use crate::cli::error::CliError;
use crate::cli::input::{self, InputError, Text, TextFile, UnreadableText};
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render::{self, Look, NotChecked, SourceLines, Subject, note, printable, warn};
use crate::proto;
use crate::render::html::ReportKind;
use crate::service::documents::attach;
use crate::text::OffsetUnit;

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
    let text = input::read_text(&TextFile::at(path), encoding).map_err(unreadable)?;
    warn_of(&text);
    Ok(text)
}

/// Reads a submission. An empty one can't be checked.
pub(in crate::cli) fn read_submission(
    file: &TextFile,
    encoding: Option<&'static Encoding>,
) -> Result<Text, CliError> {
    let text = input::read_text(file, encoding).map_err(unreadable)?;
    if text.text().is_empty() {
        return Err(CliError::Unreadable { place: file.place(), problem: InputError::Empty });
    }
    Ok(text)
}

fn unreadable(UnreadableText { place, problem }: UnreadableText) -> CliError {
    CliError::Unreadable { place, problem }
}

/// Prints the warnings about a document that has no report of its own.
fn warn_of(text: &Text) {
    if let Some(document) = text.content.document(OffsetUnit::Utf8Bytes) {
        let mut documents = DocumentTally::default();
        documents.add(&text.name, Some(&document));
        documents.print_warnings();
    }
}

/// The submission of a report.
#[derive(Debug)]
pub(super) struct Reported {
    /// The name of its file, or its id.
    pub(super) name: String,
    /// Its text; `None` if it is a stored source that the key may not read.
    pub(super) text: Option<String>,
    /// What is known of its document, in the unit of the report.
    pub(super) document: Option<proto::ExtractedDocument>,
}

impl Reported {
    /// A submission that was read, for a report in `unit`.
    pub(super) fn new(Text { name, content }: Text, unit: OffsetUnit) -> Self {
        let document = content.document(unit);
        Self { name, text: Some(content.into_text()), document }
    }

    /// A stored source.
    pub(super) fn stored(name: &str, text: Option<String>) -> Self {
        Self { name: name.to_owned(), text, document: None }
    }
}

/// Writes a report on `submission` in the forms that the options ask for, and its warnings to standard error.
pub(super) fn write_report(
    out: &mut dyn Write,
    mut report: proto::Report,
    submission: &Reported,
    sources: &SourceLines,
    kind: ReportKind,
    options: &OptionArgs,
) -> Result<Outcome, CliError> {
    let Reported { name, text, document } = submission;
    if let (Some(text), Some(document)) = (text, document) {
        attach(&mut report, text, document.clone());
    }
    let report = &report;
    let subject = Subject { name, text: text.as_deref(), sources };
    let not_checked = NotChecked::of(report);
    report.warnings.iter().for_each(|warning| warn(&warning.message));
    if !matches!(options.report_form(), ReportForm::Text { .. }) {
        let about = report.document.iter().flat_map(|document| &document.warnings);
        about.for_each(|warning| warn(&format!("{name}: {}", warning.message)));
    }
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
