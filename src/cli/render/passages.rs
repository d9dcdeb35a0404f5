//! One source of a report, with its passages side by side.

use std::io::{self, Write};

use super::differences::differing;
use super::left_out::reasons_in;
use super::lines::Lines;
use super::{FAINT, Look, STRONG, counted, excerpt, number, percent, printable};
use crate::proto;
use crate::proto::PassageKind;
use crate::text::Span;

/// What the passages of a report are shown with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'a> {
    /// The lines of the submission.
    pub(super) lines: &'a Lines,
    /// What the report leaves out of the count.
    pub(super) exclusions: &'a [proto::Exclusion],
    /// How the output is to look.
    pub(super) look: Look,
}

/// Writes a source that stands at `place` of the list, from 1.
pub(super) fn overlap(
    out: &mut dyn Write,
    place: usize,
    source: &proto::SourceOverlap,
    ground: Ground<'_>,
) -> io::Result<()> {
    let id = ground.look.paint(STRONG, &printable(&source.source_id));
    let mut about = vec![format!("{place}. {id}")];
    let named = [("group", source.group.clone()), ("labels", source.labels.join(", "))];
    about.extend((!source.title.is_empty()).then(|| printable(&source.title)));
    about.extend(
        named
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name} {}", printable(value))),
    );
    writeln!(out, "\n{}", about.join(" · "))?;
    for passage in &source.passages {
        self::passage(out, passage, ground)?;
    }
    if source.passages_cut > 0 {
        let more = counted(source.passages_cut, "more passage", "more passages");
        writeln!(out, "\n   Not shown: {more} of this source (--max-passages shows them).")?;
    }
    Ok(())
}

fn passage(out: &mut dyn Write, passage: &proto::Passage, ground: Ground<'_>) -> io::Result<()> {
    let Ground { lines, exclusions, look } = ground;
    let here = passage.submission.unwrap_or_default();
    let there = passage.source.unwrap_or_default();
    let (here_text, there_text) =
        (printable(&passage.submission_excerpt), printable(&passage.source_excerpt));
    let kind = kind(passage);
    let counted = counted_words(passage, &here, exclusions);
    let (start, end) = (number(there.start), number(there.end));
    writeln!(out, "\n   {}: {kind}{counted}, source bytes {start}-{end}", lines.of_span(&here))?;
    // A summary leaves out most of what its source says: nearly all of that would be marked.
    let marks = match passage.kind() {
        PassageKind::Altered => differing(&here_text, &there_text),
        _ => Default::default(),
    };
    side(out, "submission", &here_text, &marks.0, look)?;
    side(out, "source", &there_text, &marks.1, look)
}

/// The kind of a passage, with the counts that its similarity comes from.
fn kind(passage: &proto::Passage) -> String {
    let (here, there) = (u64::from(passage.submission_words), u64::from(passage.source_words));
    let matched = u64::from(passage.matched_words);
    let similarity = |words: u64, of_words: u64| {
        percent(&proto::Share { words, of_words, percent: 100.0 * passage.similarity })
    };
    match passage.kind() {
        PassageKind::Verbatim => format!("verbatim, {}", counted(here.max(there), "word", "words")),
        PassageKind::Summary => format!(
            "summary, {} of {} stand in the {} of the source, similarity {}",
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

/// How much of a passage is counted, where that is not all of it.
fn counted_words(passage: &proto::Passage, here: &proto::Span, exclusions: &[proto::Exclusion]) -> String {
    if passage.counted_words >= passage.submission_words {
        return String::new();
    }
    let reasons = match reasons_in(here, exclusions) {
        none if none.is_empty() => none,
        reasons => format!(" ({reasons})"),
    };
    match passage.counted_words {
        0 => format!(", not counted{reasons}"),
        words => {
            let left_out = u64::from(passage.submission_words - words);
            format!(", {} not counted{reasons}", number(left_out))
        }
    }
}

/// One side of a passage: its excerpt after its name.
fn side(out: &mut dyn Write, name: &str, text: &str, marks: &[Span], look: Look) -> io::Result<()> {
    const INDENT: usize = "   submission │ ".len() - "│".len() + 1;
    let mut shown = look.paint(FAINT, &format!("{name:10}"));
    for line in excerpt::lines(text, marks, INDENT, look) {
        writeln!(out, "   {shown} {} {line}", look.paint(FAINT, "│"))?;
        shown = " ".repeat(10);
    }
    Ok(())
}
