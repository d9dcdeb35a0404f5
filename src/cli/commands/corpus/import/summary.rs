//! The summary at the end of an import.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::ledger::{Duplicate, Failure, Ledger};
use crate::cli::commands::documents::{DocumentTally, DocumentWarning};
use crate::cli::render::{bytes, counted, number, printable};

/// The facts of an import that its ledger has not.
#[derive(Debug)]
pub(super) struct About<'a> {
    /// The collection.
    pub(super) collection: &'a str,
    /// Whether the import created it.
    pub(super) is_created: bool,
    /// The time taken.
    pub(super) elapsed: Duration,
    /// Whether Ctrl-C ended the import before everything was sent.
    pub(super) is_interrupted: bool,
    /// The journal, if one is kept.
    pub(super) journal: Option<&'a Path>,
    /// Whether the command can keep one.
    pub(super) may_keep_journal: bool,
}

/// The result of an import for programs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counts<'a> {
    collection: &'a str,
    created_collection: bool,
    added: u64,
    replaced: u64,
    unchanged: u64,
    /// Files that the journal has, and that were not read again.
    resumed: u64,
    failed: u64,
    unanswered: u64,
    exact_duplicates: u64,
    text_bytes: u64,
    seconds: f64,
    interrupted: bool,
    skipped_files: u64,
    skipped_hidden: u64,
    /// The first entries that were skipped.
    skipped: Vec<String>,
    ignored_fields: &'a BTreeMap<String, u64>,
    /// The number of failures by reason.
    failures_by_reason: &'a BTreeMap<String, u64>,
    /// The first failures.
    failures: Vec<FailureLine<'a>>,
    /// The number of documents by format; plain texts in UTF-8 are not among them.
    formats: BTreeMap<&'static str, u64>,
    /// The number of texts in other encodings than UTF-8.
    encodings: &'a BTreeMap<String, u64>,
    /// The first warnings about documents.
    warnings: Vec<WarningLine<'a>>,
}

#[derive(Debug, Serialize)]
struct WarningLine<'a> {
    place: &'a str,
    message: &'a str,
}

#[derive(Debug, Serialize)]
struct FailureLine<'a> {
    place: String,
    problem: &'a str,
}

impl<'a> Counts<'a> {
    pub(super) fn of(ledger: &'a Ledger, about: &About<'a>) -> Self {
        let failures = ledger.failures.iter();
        let failures = failures
            .map(|Failure { place, problem }| FailureLine { place: place.to_string(), problem })
            .collect();
        Self {
            collection: about.collection,
            created_collection: about.is_created,
            added: ledger.added,
            replaced: ledger.replaced,
            unchanged: ledger.unchanged,
            resumed: ledger.known,
            failed: ledger.failed,
            unanswered: ledger.unanswered(),
            exact_duplicates: ledger.duplicates,
            text_bytes: ledger.text_bytes,
            seconds: about.elapsed.as_secs_f64(),
            interrupted: about.is_interrupted,
            skipped_files: ledger.skipped.other_kinds(),
            skipped_hidden: ledger.skipped.hidden(),
            skipped: ledger.skipped.named().map(ToString::to_string).collect(),
            ignored_fields: &ledger.ignored_fields,
            failures_by_reason: &ledger.failed_by_reason,
            failures,
            formats: ledger.documents.format_labels(),
            encodings: ledger.documents.encodings_found(),
            warnings: ledger.documents.warnings().iter().map(warning_line).collect(),
        }
    }
}

fn warning_line(DocumentWarning { place, message }: &DocumentWarning) -> WarningLine<'_> {
    WarningLine { place, message }
}

/// Writes the counts, the speed, and the failures with their reasons.
pub(super) fn write(out: &mut dyn Write, ledger: &Ledger, about: &About<'_>) -> io::Result<()> {
    let collection = printable(about.collection);
    if about.is_created {
        writeln!(out, "Created collection {collection}.")?;
    }
    let replaced = match ledger.replaced {
        0 => String::new(),
        replaced => format!(", replacing {}", number(replaced)),
    };
    let (added, failed) = (counted(ledger.added, "source", "sources"), number(ledger.failed));
    writeln!(out, "Added {added} to collection {collection}{replaced}; {failed} failed.")?;
    if ledger.unchanged > 0 {
        let sources = counted(ledger.unchanged, "source", "sources");
        writeln!(out, "Skipped {sources} that were there already, identical in every byte.")?;
    }
    if let (known @ 1.., Some(journal)) = (ledger.known, about.journal) {
        let files = counted(known, "file", "files");
        writeln!(
            out,
            "Skipped {files} that {} says were imported, unchanged since.",
            printable(&journal.display().to_string())
        )?;
    }
    let seconds = about.elapsed.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = ledger.text_bytes as f64 / 1e6 / seconds.max(1e-9);
    writeln!(out, "{} of text in {seconds:.2} s: {rate:.1} MB/s.", bytes(ledger.text_bytes))?;
    documents(out, &ledger.documents)?;
    duplicates(out, ledger)?;
    ledger.skipped.lines().iter().try_for_each(|line| writeln!(out, "{}", printable(line)))?;
    ignored(out, ledger)?;
    if ledger.unanswered() > 0 {
        let sources = counted(ledger.unanswered(), "source", "sources");
        writeln!(
            out,
            "Sent, but not answered: {sources}, which may be in the corpus or not; run the command again."
        )?;
    }
    failures(out, ledger)?;
    if about.is_interrupted {
        let how = match about.journal {
            Some(_) => "Run the command again to import it: what is in the journal is not read again.",
            None if !about.may_keep_journal => {
                "Run the command again to import it: what is there already is skipped."
            }
            None => {
                "Run the command again to import it; with --resume FILE, the next time nothing that was imported is read \
                 again."
            }
        };
        writeln!(out, "Interrupted: the rest was not sent. {how}")?;
    }
    Ok(())
}

/// Writes the names of the fields that are not those of a source, with the number of lines that have them.
fn ignored(out: &mut dyn Write, ledger: &Ledger) -> io::Result<()> {
    if ledger.ignored_fields.is_empty() {
        return Ok(());
    }
    let named = |(name, lines): (&String, &u64)| format!("{name} ({})", counted(*lines, "line", "lines"));
    let named: Vec<String> = ledger.ignored_fields.iter().map(named).collect();
    writeln!(out, "Ignored fields: {}.", printable(&named.join(", ")))
}

/// Writes the formats and encodings of the documents, and the warnings about them.
fn documents(out: &mut dyn Write, documents: &DocumentTally) -> io::Result<()> {
    let (formats, encodings) = (documents.formats(), documents.encodings());
    if !formats.is_empty() {
        writeln!(out, "By format: {formats}.")?;
    }
    if !encodings.is_empty() {
        writeln!(out, "Encodings found by the content: {}.", printable(&encodings))?;
    }
    if !documents.warnings().is_empty() {
        writeln!(out, "Warnings:")?;
    }
    for DocumentWarning { place, message } in documents.warnings() {
        writeln!(out, "  {}: {}", printable(place), printable(message))?;
    }
    match documents.more_warnings() {
        0 => Ok(()),
        more => writeln!(out, "  and {} more", number(more)),
    }
}

fn duplicates(out: &mut dyn Write, ledger: &Ledger) -> io::Result<()> {
    if ledger.duplicates == 0 {
        return Ok(());
    }
    let pair = |pair: &Duplicate| format!("{} of {}", pair.id, pair.of);
    let pairs: Vec<String> = ledger.named_duplicates.iter().map(pair).collect();
    let more = if ledger.duplicates > pairs.len() as u64 { ", ..." } else { "" };
    let (count, named) = (number(ledger.duplicates), printable(&pairs.join(", ")));
    writeln!(out, "Among them are {count} exact duplicates of other sources ({named}{more}).")
}

fn failures(out: &mut dyn Write, ledger: &Ledger) -> io::Result<()> {
    if ledger.failed == 0 {
        return Ok(());
    }
    if ledger.failed > 1 {
        let by_reason = |(reason, count): (&String, &u64)| format!("{} {reason}", number(*count));
        let reasons: Vec<String> = ledger.failed_by_reason.iter().map(by_reason).collect();
        writeln!(out, "Failures by reason: {}.", printable(&reasons.join("; ")))?;
    }
    writeln!(out, "Failed:")?;
    for Failure { place, problem } in &ledger.failures {
        writeln!(out, "  {}: {}", printable(&place.to_string()), printable(problem))?;
    }
    if !ledger.other_failures.is_empty() {
        writeln!(out, "And others:")?;
    }
    for (reason, count) in &ledger.other_failures {
        writeln!(out, "  {} more: {}", number(*count), printable(reason))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::progress::Progress;
    use super::*;
    use crate::cli::input::{Found, InputError, Item, Place};

    #[test]
    fn twenty_failures_are_listed_and_the_rest_counted_by_reason() {
        let (mut ledger, progress) = (Ledger::default(), Progress::over(&[]));
        for number in 0..23 {
            let place = Place::file(Path::new(&format!("f{number}.txt")));
            let error = if number == 22 { InputError::Folder } else { InputError::Empty };
            assert!(
                ledger
                    .admit(
                        Item { place, input_bytes: 1, stamp: None, found: Found::Unreadable(error) },
                        &progress
                    )
                    .is_none()
            );
        }
        let mut out = Vec::new();
        let about = About {
            collection: "default",
            is_created: false,
            elapsed: Duration::from_secs(1),
            is_interrupted: false,
            journal: None,
            may_keep_journal: true,
        };
        write(&mut out, &ledger, &about).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.starts_with("Added 0 sources to collection default; 23 failed.\n"), "{out}");
        assert!(out.contains("  f19.txt: is empty: there is nothing to check\n"), "{out}");
        let tail = "And others:\n  1 more: cannot be read\n  2 more: empty\n";
        assert!(out.ends_with(tail), "{out}");
    }
}
