//! A source of a report, with both sides of each passage.

use std::io::{self, Write};

use super::differences::{Differences, differing};
use super::excerpt;
use super::excluded::reasons_in;
use super::lines::{Lines, SourceLines};
use crate::cli::render::{FAINT, Look, STRONG, by_chance, counted, named_pages, number, percent, printable};
use crate::proto;
use crate::proto::PassageKind;
use crate::text::Span;

/// The context that the passages of a report are shown in.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReportContext<'a> {
    /// The lines of the submission.
    pub(super) lines: &'a Lines,
    /// The lines of the sources, as far as they are known.
    pub(super) source_lines: &'a SourceLines,
    /// The exclusions of the report.
    pub(super) exclusions: &'a [proto::Exclusion],
    /// The layout of the output.
    pub(super) look: Look,
}

/// The number of passages expected by chance from which a passage is worth a word about it.
const WORTH_A_WORD: f64 = 0.001;

/// Writes the source at `place` of the table, counted from 1.
pub(super) fn overlap(
    out: &mut dyn Write,
    place: usize,
    source: &proto::SourceOverlap,
    context: ReportContext<'_>,
) -> io::Result<()> {
    let id = context.look.paint(STRONG, &printable(&source.source_id));
    let mut parts = vec![format!("{place}. {id}")];
    let named = [("group", source.group.clone()), ("labels", source.labels.join(", "))];
    parts.extend((!source.title.is_empty()).then(|| printable(&source.title)));
    parts.extend(
        named
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name} {}", printable(value))),
    );
    writeln!(out, "\n{}", parts.join(" · "))?;
    for passage in &source.passages {
        self::passage(out, passage, context.source_lines.of(source), context)?;
    }
    if source.passages_cut > 0 {
        let more = counted(source.passages_cut, "more passage", "more passages");
        writeln!(out, "\n   Not shown: {more} of this source (--max-passages shows them).")?;
    }
    Ok(())
}

fn passage(
    out: &mut dyn Write,
    passage: &proto::Passage,
    source_lines: Option<&Lines>,
    context: ReportContext<'_>,
) -> io::Result<()> {
    let ReportContext { lines, source_lines: _, exclusions, look } = context;
    let here = passage.submission.unwrap_or_default();
    let there = passage.source.unwrap_or_default();
    let (here_text, there_text) =
        (printable(&passage.submission_excerpt), printable(&passage.source_excerpt));
    let kind = kind(passage);
    let chance = passage.expected_by_chance.filter(|expected| *expected >= WORTH_A_WORD);
    let chance = chance.map_or_else(String::new, |expected| format!(", by chance {}", by_chance(expected)));
    let counted = counted_words(passage, &here, exclusions);
    let place = |pages: &Option<proto::PageRange>, lines: String| match pages {
        Some(pages) => format!("{}, {lines}", named_pages(pages)),
        None => lines,
    };
    let here = place(&passage.submission_pages, lines.of_span(&here));
    let there = place(&passage.source_pages, source_lines.unwrap_or(&Lines::unknown()).of_span(&there));
    writeln!(out, "\n   {here}: {kind}{counted}, source {there}{chance}")?;
    // In a summary, nearly all words of the source would be marked.
    let marks = match passage.kind() {
        PassageKind::Altered => differing(&here_text, &there_text),
        _ => Differences::default(),
    };
    side(out, "submission", &here_text, &marks.submission, look)?;
    side(out, "source", &there_text, &marks.source, look)
}

/// The kind of a passage, with its similarity and the counts behind it.
fn kind(passage: &proto::Passage) -> String {
    let (here, there) = (u64::from(passage.submission_words), u64::from(passage.source_words));
    let matched = u64::from(passage.matched_words);
    let similarity = |words: u64, of_words: u64| {
        percent(&proto::Share { words, of_words, percent: 100.0 * passage.similarity })
    };
    match passage.kind() {
        PassageKind::Verbatim => format!("verbatim, {}", counted(here.max(there), "word", "words")),
        PassageKind::Summary => format!(
            "summary, {} of {} occur in the {} of the source, similarity {}",
            number(matched),
            counted(here, "word", "words"),
            number(there),
            similarity(matched, here)
        ),
        PassageKind::Altered | PassageKind::Unspecified => format!(
            "altered, {} the same of {} here and {} in the source, similarity {}",
            counted(matched, "word", "words"),
            number(here),
            number(there),
            similarity(2 * matched, here + there)
        ),
    }
}

/// The words of a passage that are not counted, if there are any, with the reasons.
fn counted_words(passage: &proto::Passage, here: &proto::Span, exclusions: &[proto::Exclusion]) -> String {
    if passage.counted_words >= passage.submission_words {
        return String::new();
    }
    let covered: u64 = passage.covered.iter().map(|covered| covered.words).sum();
    let gaps = (covered < passage.submission_words.into()).then(|| "in gaps".to_owned());
    let excluded = Some(reasons_in(here, exclusions)).filter(|reasons| !reasons.is_empty());
    let reasons: Vec<String> = excluded.into_iter().chain(gaps).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    match passage.counted_words {
        0 => format!(", not counted{reasons}"),
        words => {
            let not_counted = u64::from(passage.submission_words - words);
            format!(", {} not counted{reasons}", number(not_counted))
        }
    }
}

/// Writes the name of a side of a passage and its excerpt.
fn side(out: &mut dyn Write, name: &str, text: &str, marks: &[Span], look: Look) -> io::Result<()> {
    const INDENT: usize = "   submission │ ".len() - "│".len() + 1;
    let mut shown = look.paint(FAINT, &format!("{name:10}"));
    for line in excerpt::lines(text, marks, INDENT, look) {
        writeln!(out, "   {shown} {} {line}", look.paint(FAINT, "│"))?;
        shown = " ".repeat(10);
    }
    Ok(())
}
