//! A report for people.

mod commonplace;
mod differences;
mod excerpt;
mod excluded;
mod lines;
mod passages;
#[cfg(test)]
mod passages_tests;
mod signs;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use self::commonplace::commonplace;
use self::excluded::by_reason;
use self::lines::Lines;
pub(in crate::cli) use self::lines::SourceLines;
use self::passages::{ReportContext, overlap};
use self::signs::signs;
use crate::cli::render::{
    FAINT, Look, NotChecked, STRONG, counted, document_facts, hidden_texts, number, percent, printable,
    table, told_warnings,
};
use crate::proto;
use crate::proto::{GuaranteeVoidReason, PassageKind};

/// The lines of an excerpt in which nothing is marked, which begin after `indent` columns.
pub(super) fn excerpt_lines(text: &str, indent: usize, look: Look) -> Vec<String> {
    excerpt::lines(text, &[], indent, look)
}

/// Number of spans that are named where the guarantee does not hold.
const NAMED_SPANS: usize = 10;

/// The submission of a report.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Subject<'a> {
    /// The name of its file.
    pub(in crate::cli) name: &'a str,
    /// Its text; without it, places are bytes.
    pub(in crate::cli) text: Option<&'a str>,
    /// The lines of the sources.
    pub(in crate::cli) sources: &'a SourceLines,
}

/// Writes a report whose offsets are bytes and whose passages have excerpts.
pub(in crate::cli) fn report(
    out: &mut dyn Write,
    report: &proto::Report,
    subject: &Subject<'_>,
    look: Look,
) -> io::Result<()> {
    brief_report(out, report, subject, look)?;
    passages(out, report, subject, look)?;
    provenance(out, report, look)
}

/// Writes a report without its passages.
pub(in crate::cli) fn brief_report(
    out: &mut dyn Write,
    report: &proto::Report,
    subject: &Subject<'_>,
    look: Look,
) -> io::Result<()> {
    let lines = subject.text.map_or_else(Lines::unknown, Lines::of);
    headline(out, report, subject, look)?;
    if let Some(document) = &report.document {
        writeln!(out, "The document: {}.", document_facts(document))?;
    }
    if !matches!(NotChecked::of(report), Some(NotChecked::NoSources | NotChecked::TooShort { .. })) {
        guarantee(out, report, &lines)?;
    }
    for warning in &report.warnings {
        writeln!(out, "Warning: {}", printable(&warning.message))?;
    }
    for warning in report.document.iter().flat_map(told_warnings) {
        writeln!(out, "Warning: {}", printable(&warning.message))?;
    }
    signs(out, report, &lines, look)?;
    if let Some(document) = &report.document {
        hidden_texts(out, document)?;
    }
    table(out, report, look)
}

/// Writes the table of sources.
fn table(out: &mut dyn Write, report: &proto::Report, look: Look) -> io::Result<()> {
    if !report.sources.is_empty() {
        writeln!(out, "\n{}", table::overlaps(&report.sources, look))?;
    }
    cut(out, report)
}

/// Writes each source with its passages.
fn passages(
    out: &mut dyn Write,
    report: &proto::Report,
    subject: &Subject<'_>,
    look: Look,
) -> io::Result<()> {
    if has_altered(report) {
        let marked = if look.colour { "highlighted" } else { "in ⟦brackets⟧" };
        writeln!(out, "\nWords that differ in altered passages are {marked}.")?;
    }
    let lines = &subject.text.map_or_else(Lines::unknown, Lines::of);
    let context =
        ReportContext { lines, source_lines: subject.sources, exclusions: &report.exclusions, look };
    for (place, source) in report.sources.iter().enumerate() {
        overlap(out, place + 1, source, context)?;
    }
    commonplace(out, report, subject.text, lines, look)
}

/// Writes the coverage and the excluded words.
fn headline(
    out: &mut dyn Write,
    report: &proto::Report,
    subject: &Subject<'_>,
    look: Look,
) -> io::Result<()> {
    let name = printable(subject.name);
    let coverage = report.coverage.unwrap_or_default();
    let words = counted(report.words, "word", "words");
    let not_checked = NotChecked::of(report);
    if let Some(reason) = &not_checked {
        write!(out, "{name}: {}: {reason}", look.paint(STRONG, "not checked"))?;
    } else {
        let (covered_words, considered) = (number(coverage.words), number(coverage.of_words));
        let covered = look.paint(STRONG, &format!("{} covered", percent(&coverage)));
        write!(out, "{name}: {covered}: {covered_words} of {considered} words")?;
    }
    if matches!(not_checked, Some(NotChecked::NoSources | NotChecked::TooShort { .. })) {
        return writeln!(out, ".");
    }
    if report.sources_found > 0 {
        let sources = counted(report.sources_found, "source", "sources");
        let passages = counted(report.passages_found, "passage", "passages");
        let among = if not_checked.is_some() { ", among them" } else { ", in" };
        write!(out, "{among} {passages} from {sources}")?;
    }
    writeln!(out, ".")?;
    if report.excluded_words > 0 {
        let excluded = counted(report.excluded_words, "word", "words");
        writeln!(out, "Excluded from the count: {excluded}: {}.", by_reason(report))?;
        if let Some(all) = &report.coverage_without_exclusions {
            let (covered, words) = (number(all.words), number(all.of_words));
            match all.words {
                0 => writeln!(out, "With nothing excluded: none of {words} words are covered.")?,
                _ => writeln!(
                    out,
                    "With nothing excluded: {} covered: {covered} of {words} words.",
                    percent(all)
                )?,
            }
        }
    }
    if report.too_few_words > 0 {
        writeln!(out, "{} of its {words} were too few to check.", number(report.too_few_words))?;
    }
    Ok(())
}

/// Writes whether the guarantee holds and for how many sources, and the limits that void it.
fn guarantee(out: &mut dyn Write, report: &proto::Report, lines: &Lines) -> io::Result<()> {
    let guarantee = report.guarantee.clone().unwrap_or_default();
    let in_scope = match report.sources_in_scope {
        1 => "one source".to_owned(),
        sources => counted(sources, "source", "sources"),
    };
    let run = counted(guarantee.min_run_words.into(), "word", "words");
    if report.sources_found == 0 {
        writeln!(out, "Nothing found in the {in_scope} in scope.")?;
    }
    if guarantee.holds {
        return writeln!(out, "Every run of {run} or more copied from the {in_scope} in scope is found.");
    }
    writeln!(out, "Runs of {run} or more copied from the {in_scope} in scope may have been missed:")?;
    for void in &guarantee.voids {
        let mut named: Vec<String> =
            void.spans.iter().take(NAMED_SPANS).map(|span| lines.of_span(span)).collect();
        named.dedup();
        let more = match void.spans.len().saturating_sub(NAMED_SPANS) {
            0 => String::new(),
            more => format!(" and {} more places", number(more as u64)),
        };
        writeln!(out, "  {}: {}{more}", named.join(", "), void_reason(void, report))?;
    }
    Ok(())
}

fn void_reason(void: &proto::GuaranteeVoid, report: &proto::Report) -> String {
    let limit = number(void.limit);
    match void.reason() {
        GuaranteeVoidReason::CommonnessCap => {
            let sources = counted(void.limit, "source", "sources");
            format!(
                "runs that more than {sources} share were excluded (--commonness-cap, --commonness-percent)"
            )
        }
        GuaranteeVoidReason::PostingLimit => {
            "runs that so many sources share that only a few of these were compared".to_owned()
        }
        GuaranteeVoidReason::CandidateLimit => {
            let uncompared = counted(report.candidates_cut, "candidate", "candidates");
            format!("{uncompared} beyond the first {limit} were not compared")
        }
        GuaranteeVoidReason::MissingPartitions => format!(
            "{} of the {limit} partitions of the corpus did not answer; their sources were not compared",
            number(report.missing_partitions.len() as u64)
        ),
        GuaranteeVoidReason::Unspecified => format!("a limit of {limit} was reached"),
    }
}

/// Writes how many sources are not listed.
fn cut(out: &mut dyn Write, report: &proto::Report) -> io::Result<()> {
    if report.sources_cut > 0 {
        let cut = if report.sources.is_empty() {
            format!("\nNot shown: {}", counted(report.sources_cut, "source", "sources"))
        } else {
            format!("Not shown: {}", counted(report.sources_cut, "more source", "more sources"))
        };
        writeln!(out, "{cut} (--max-sources shows them).")?;
    }
    Ok(())
}

fn has_altered(report: &proto::Report) -> bool {
    let mut passages = report.sources.iter().flat_map(|source| &source.passages);
    passages.any(|passage| passage.kind() == PassageKind::Altered)
}

/// Writes the revision, settings and version that determine the report.
fn provenance(out: &mut dyn Write, report: &proto::Report, look: Look) -> io::Result<()> {
    let revision = match report.corpus_revision {
        0 => String::new(),
        revision => format!("corpus revision {}, ", number(revision)),
    };
    let digest = printable(&report.settings_digest);
    let line = format!("{revision}settings {digest}, algorithm version {}", report.algorithm_version);
    writeln!(out, "\n{}", look.paint(FAINT, &line))
}
