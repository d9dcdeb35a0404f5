//! A report for a person.

use std::io::{self, Write};

use super::differences::differing;
use super::lines::Lines;
use super::{FAINT, Look, STRONG, counted, excerpt, number, percent, printable, table};
use crate::proto;
use crate::proto::{GuaranteeVoidReason, PassageKind};

/// Spans that are named where the guarantee does not hold.
const NAMED_SPANS: usize = 10;

/// What was checked.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Subject<'a> {
    /// Its name.
    pub(in crate::cli) name: &'a str,
    /// Its text.
    pub(in crate::cli) text: &'a str,
}

/// Writes a report whose offsets are bytes and whose passages have excerpts.
pub(in crate::cli) fn report(
    out: &mut dyn Write,
    report: &proto::Report,
    subject: &Subject<'_>,
    look: Look,
) -> io::Result<()> {
    let lines = Lines::of(subject.text);
    headline(out, report, subject, look)?;
    if report.too_few_words < report.words {
        guarantee(out, report, &lines)?;
    }
    if !report.sources.is_empty() {
        writeln!(out, "\n{}", table::overlaps(&report.sources, look))?;
        cut(out, report)?;
        if has_altered(report) {
            let marked = if look.colour { "highlighted" } else { "in ⟦brackets⟧" };
            writeln!(out, "\nWords that differ in altered passages are {marked}.")?;
        }
        for (place, source) in report.sources.iter().enumerate() {
            overlap(out, place + 1, source, &lines, look)?;
        }
    }
    provenance(out, report, look)
}

fn headline(
    out: &mut dyn Write,
    report: &proto::Report,
    subject: &Subject<'_>,
    look: Look,
) -> io::Result<()> {
    let name = printable(subject.name);
    let coverage = report.coverage.unwrap_or_default();
    let words = counted(report.words, "word", "words");
    if report.too_few_words == report.words {
        let few = look.paint(STRONG, "not checked");
        return writeln!(
            out,
            "{name}: {few}: its {words} are too few for a single k-gram of the collections in scope."
        );
    }
    let covered = look.paint(STRONG, &format!("{} covered", percent(&coverage)));
    write!(out, "{name}: {covered}: {} of {} words", number(coverage.words), number(coverage.of_words))?;
    if report.sources_found > 0 {
        let sources = counted(report.sources_found, "source", "sources");
        let passages = counted(report.passages_found, "passage", "passages");
        write!(out, ", in {passages} from {sources}")?;
    }
    writeln!(out, ".")?;
    if report.too_few_words > 0 {
        writeln!(out, "{} of its {words} were too few to check.", number(report.too_few_words))?;
    }
    Ok(())
}

/// What the report promises, and what "nothing found" means.
fn guarantee(out: &mut dyn Write, report: &proto::Report, lines: &Lines) -> io::Result<()> {
    let guarantee = report.guarantee.clone().unwrap_or_default();
    let in_scope = match report.sources_in_scope {
        1 => "one source".to_owned(),
        sources => counted(sources, "source", "sources"),
    };
    let run = counted(guarantee.min_run_words.into(), "word", "words");
    if report.sources_in_scope == 0 {
        return writeln!(
            out,
            "Nothing could be found: no source is in scope; there are none, or all are excluded."
        );
    }
    if report.sources_found == 0 {
        writeln!(out, "Nothing found in the {in_scope} in scope.")?;
    }
    if guarantee.holds {
        return writeln!(out, "Every run of {run} or more copied from the {in_scope} in scope is found.");
    }
    writeln!(out, "Runs of {run} or more copied from the {in_scope} in scope may have been missed:")?;
    for void in &guarantee.voids {
        let named: Vec<String> =
            void.spans.iter().take(NAMED_SPANS).map(|span| lines.of_span(span)).collect();
        let mut named = named;
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
            format!("runs that stand in more than {limit} sources were left out (--commonness-cap)")
        }
        GuaranteeVoidReason::PostingLimit => {
            format!("runs that are so common that only {limit} places of each were read")
        }
        GuaranteeVoidReason::CandidateLimit => {
            let uncompared = counted(report.candidates_cut, "candidate", "candidates");
            format!("{uncompared} beyond the first {limit} went uncompared")
        }
        GuaranteeVoidReason::Unspecified => format!("a limit of {limit} was met"),
    }
}

/// What the lists leave out.
fn cut(out: &mut dyn Write, report: &proto::Report) -> io::Result<()> {
    if report.sources_cut > 0 {
        let more = counted(report.sources_cut, "more source", "more sources");
        writeln!(out, "Not shown: {more} (--max-sources shows them).")?;
    }
    Ok(())
}

fn has_altered(report: &proto::Report) -> bool {
    let mut passages = report.sources.iter().flat_map(|source| &source.passages);
    passages.any(|passage| passage.kind() == PassageKind::Altered)
}

fn overlap(
    out: &mut dyn Write,
    place: usize,
    source: &proto::SourceOverlap,
    lines: &Lines,
    look: Look,
) -> io::Result<()> {
    let mut about = vec![format!("{place}. {}", look.paint(STRONG, &printable(&source.source_id)))];
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
        self::passage(out, passage, lines, look)?;
    }
    if source.passages_cut > 0 {
        let more = counted(source.passages_cut, "more passage", "more passages");
        writeln!(out, "\n   Not shown: {more} of this source (--max-passages shows them).")?;
    }
    Ok(())
}

fn passage(out: &mut dyn Write, passage: &proto::Passage, lines: &Lines, look: Look) -> io::Result<()> {
    let here = passage.submission.unwrap_or_default();
    let there = passage.source.unwrap_or_default();
    let (here_text, there_text) =
        (printable(&passage.submission_excerpt), printable(&passage.source_excerpt));
    let altered = passage.kind() == PassageKind::Altered;
    let longer = passage.submission_words.max(passage.source_words);
    let words = counted(longer.into(), "word", "words");
    let kind = if altered {
        let matched = number(passage.matched_words.into());
        format!("altered, {matched} of {words} the same, similarity {:.2}", passage.similarity.min(0.99))
    } else {
        format!("verbatim, {words}")
    };
    let (start, end) = (number(there.start), number(there.end));
    writeln!(out, "\n   {}: {kind}, source bytes {start}-{end}", lines.of_span(&here))?;
    let marks = if altered { differing(&here_text, &there_text) } else { Default::default() };
    side(out, "submission", &here_text, &marks.0, look)?;
    side(out, "source", &there_text, &marks.1, look)
}

/// One side of a passage: its excerpt after its name.
fn side(
    out: &mut dyn Write,
    name: &str,
    text: &str,
    marks: &[crate::text::Span],
    look: Look,
) -> io::Result<()> {
    const INDENT: usize = "   submission │ ".len() - "│".len() + 1;
    let mut shown = look.paint(FAINT, &format!("{name:10}"));
    for line in excerpt::lines(text, marks, INDENT, look) {
        writeln!(out, "   {shown} {} {line}", look.paint(FAINT, "│"))?;
        shown = " ".repeat(10);
    }
    Ok(())
}

/// What the same question needs for the same answer.
fn provenance(out: &mut dyn Write, report: &proto::Report, look: Look) -> io::Result<()> {
    let revision = match report.corpus_revision {
        0 => String::new(),
        revision => format!("corpus revision {}, ", number(revision)),
    };
    let digest = printable(&report.settings_digest);
    let line = format!("{revision}settings {digest}, algorithm version {}", report.algorithm_version);
    writeln!(out, "\n{}", look.paint(FAINT, &line))
}
