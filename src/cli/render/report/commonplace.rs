//! The commonplace passages of a report, for people.

use std::io::{self, Write};

use super::excerpt_lines;
use super::lines::Lines;
use crate::cli::render::{Look, by_chance, number, printable};
use crate::proto;
use crate::proto::ExclusionReason;

/// Number of passages that are shown without `--full`.
const SHOWN: usize = 5;

/// Columns before an excerpt.
const INDENT: usize = 4;

/// Writes the passages that chance explains, with how often it produces their like; nothing if there are none.
pub(super) fn commonplace(
    out: &mut dyn Write,
    report: &proto::Report,
    text: Option<&str>,
    lines: &Lines,
    look: Look,
) -> io::Result<()> {
    let is_commonplace = |exclusion: &&proto::Exclusion| exclusion.reason() == ExclusionReason::Commonplace;
    let found: Vec<&proto::Exclusion> = report.exclusions.iter().filter(is_commonplace).collect();
    if found.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nCommonplace, and not counted (--max-expected-by-chance sets the limit):")?;
    let shown = if look.full { found.len() } else { SHOWN };
    for exclusion in found.iter().take(shown) {
        let span = exclusion.span.unwrap_or_default();
        let often = by_chance(exclusion.expected_by_chance.unwrap_or_default());
        let place = lines.of_span(&span);
        writeln!(
            out,
            "  {place}: a phrase like this occurs by chance {often} against a library of this size"
        )?;
        let (start, end) = (usize::try_from(span.start), usize::try_from(span.end));
        let range = start.ok().zip(end.ok());
        let excerpt = range.and_then(|(start, end)| text?.get(start..end)).unwrap_or_default();
        for line in excerpt_lines(&printable(excerpt), INDENT, look) {
            writeln!(out, "{:INDENT$}{line}", "")?;
        }
    }
    if let more @ 1.. = found.len().saturating_sub(shown) {
        writeln!(out, "  and {} more (--full shows them)", number(more as u64))?;
    }
    Ok(())
}
