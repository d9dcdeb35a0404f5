//! The output of a check of many files: a table, CSV or lines of JSON.

use std::io::{self, Write};

use super::result::Checked;
use crate::cli::error::CliError;
use crate::cli::input::Skipped;
use crate::cli::outcome::Outcome;
use crate::cli::output::{self, json};
use crate::cli::render::{
    self, CheckedRow, Look, NotChecked, counted, format_label, note, number, printable,
};
use crate::proto;

/// The columns of the CSV.
const HEADER: [&str; 16] = [
    "file",
    "checked",
    "reason",
    "percent",
    "words",
    "of_words",
    "largest_source",
    "largest_source_collection",
    "largest_source_percent",
    "sources",
    "passages",
    "alerts",
    "format",
    "pages",
    "hidden_words",
    "document_warnings",
];

/// The counts of a check of many files.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Files that were checked.
    pub(super) checked: u64,
    /// Files that were not, with the reasons.
    pub(super) not_checked: Vec<Unchecked>,
    /// Files over the limit.
    pub(super) over: Vec<Over>,
}

/// A file that was not checked.
#[derive(Debug)]
pub(super) struct Unchecked {
    name: String,
    reason: String,
}

/// A file whose coverage exceeds the limit.
#[derive(Debug)]
pub(super) struct Over {
    pub(super) name: String,
    pub(super) coverage: proto::Share,
}

impl Tally {
    /// Adds a result; `excess` is its coverage if that exceeds the limit.
    pub(super) fn add(&mut self, checked: &Checked, excess: Option<proto::Share>) {
        let name = checked.name.clone();
        if let Some(reason) = reason(checked) {
            self.not_checked.push(Unchecked { name, reason });
        } else {
            self.checked += 1;
            self.over.extend(excess.map(|coverage| Over { name, coverage }));
        }
    }

    /// The outcome of all checks.
    pub(super) fn outcome(&self) -> Outcome {
        if !self.over.is_empty() {
            Outcome::OverLimit
        } else if !self.not_checked.is_empty() {
            Outcome::NotChecked
        } else {
            Outcome::Done
        }
    }
}

/// The reason why a file was not checked; `None` if it was.
fn reason(checked: &Checked) -> Option<String> {
    match &checked.result {
        Ok(report) => NotChecked::of(report).map(|reason| reason.to_string()),
        Err(reason) => Some(reason.clone()),
    }
}

/// A line of the table or of the CSV.
#[derive(Debug)]
pub(super) struct Row {
    file: String,
    reason: Option<String>,
    coverage: Option<proto::Share>,
    largest: Option<proto::SourceOverlap>,
    sources: u64,
    passages: u64,
    alerts: u64,
    /// The document of the submission, if it was one.
    document: Option<proto::ExtractedDocument>,
}

impl Row {
    fn of(checked: Checked) -> Self {
        let reason = reason(&checked);
        let report = checked.result.unwrap_or_default();
        // A text that was not checked has neither.
        let coverage = report.coverage.filter(|_| reason.is_none());
        let (sources, passages) = (report.sources_found, report.passages_found);
        Self {
            file: checked.name,
            reason,
            coverage,
            largest: report.sources.into_iter().next().filter(|_| coverage.is_some()),
            sources,
            passages,
            alerts: report.alerts.len() as u64,
            document: report.document,
        }
    }

    fn for_table(&self) -> CheckedRow<'_> {
        let largest = self.largest.as_ref();
        CheckedRow {
            file: &self.file,
            coverage: self.coverage,
            largest_source: largest.map_or("", |source| &source.source_id),
            largest_share: largest.and_then(|source| source.covered),
            alerts: self.alerts,
        }
    }

    fn for_csv(&self) -> [String; HEADER.len()] {
        let or_empty = |value: Option<String>| value.unwrap_or_default();
        let percent = |share: proto::Share| share.percent.to_string();
        let was_checked = self.reason.is_none();
        let count = |count: u64| if was_checked { count.to_string() } else { String::new() };
        let largest = self.largest.clone().unwrap_or_default();
        let of_document = |fact: fn(&proto::ExtractedDocument) -> String| {
            self.document.as_ref().map(fact).unwrap_or_default()
        };
        [
            self.file.clone(),
            was_checked.to_string(),
            or_empty(self.reason.clone()),
            or_empty(self.coverage.map(percent)),
            or_empty(self.coverage.map(|share| share.words.to_string())),
            or_empty(self.coverage.map(|share| share.of_words.to_string())),
            largest.source_id,
            largest.collection,
            or_empty(largest.covered.filter(|share| share.of_words > 0).map(percent)),
            count(self.sources),
            count(self.passages),
            count(self.alerts),
            of_document(|document| format_label(document.format()).to_owned()),
            of_document(|document| match document.pages.as_ref().map_or(0, |pages| pages.count) {
                0 => String::new(),
                pages => pages.to_string(),
            }),
            of_document(|document| {
                document.hidden.iter().map(|hidden| hidden.words).sum::<u64>().to_string()
            }),
            of_document(|document| document.warnings.len().to_string()),
        ]
    }
}

/// The output. Lines for programs are printed as the results arrive, the table at the end.
pub(super) enum Output<'a> {
    /// A table for people.
    Table { rows: Vec<Row>, out: &'a mut dyn Write },
    /// CSV.
    Csv { writer: Box<csv::Writer<&'a mut dyn Write>>, is_empty: bool },
    /// A JSON object on each line.
    Json { out: &'a mut dyn Write },
}

impl<'a> Output<'a> {
    pub(super) fn new(csv: bool, json: bool, out: &'a mut dyn Write) -> Self {
        if csv {
            let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
            Self::Csv { writer: Box::new(writer), is_empty: true }
        } else if json {
            Self::Json { out }
        } else {
            Self::Table { rows: Vec::new(), out }
        }
    }

    /// Adds the result of a file.
    pub(super) fn add(&mut self, checked: Checked) -> Result<(), CliError> {
        match self {
            Self::Table { rows, .. } => rows.push(Row::of(checked)),
            Self::Json { out } => {
                let reason = reason(&checked);
                let report = checked.result.ok();
                json::checked(*out, &checked.name, reason.as_deref(), report.as_ref())?;
            }
            Self::Csv { writer, is_empty } => {
                if std::mem::take(is_empty) {
                    writer.write_record(HEADER).map_err(output::csv::failure)?;
                }
                writer.write_record(Row::of(checked).for_csv()).map_err(output::csv::failure)?;
                writer.flush()?;
            }
        }
        Ok(())
    }

    /// Writes what follows the last result.
    pub(super) fn finish(self, tally: &Tally, skipped: &Skipped) -> Result<(), CliError> {
        let Self::Table { rows, out } = self else {
            skipped.lines().iter().for_each(|line| note(line));
            return Ok(());
        };
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", render::checked(rows.iter().map(Row::for_table), Look::of_stdout(false)))?;
        Ok(conclusion(out, tally, skipped)?)
    }
}

/// Writes the counts, the files that were not checked, and what was skipped.
fn conclusion(out: &mut dyn Write, tally: &Tally, skipped: &Skipped) -> io::Result<()> {
    let not_checked = tally.not_checked.len() as u64;
    writeln!(
        out,
        "\nChecked {} of {}.",
        number(tally.checked),
        counted(tally.checked + not_checked, "file", "files")
    )?;
    if not_checked > 0 {
        writeln!(out, "Not checked:")?;
    }
    for Unchecked { name, reason } in &tally.not_checked {
        writeln!(out, "  {}: {}", printable(name), printable(reason))?;
    }
    skipped.lines().iter().try_for_each(|line| writeln!(out, "{}", printable(line)))
}
