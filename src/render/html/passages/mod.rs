//! Each passage beside its source.

mod words;

use std::ops::Range;

use maud::{Markup, Render, html};

use self::words::{Relation, Run, Side, aligned};
use super::atoms::{Atoms, Listed};
use super::glyphs::Visible;
use super::language;
use super::offsets::Offsets;
use super::sections::groups;
use crate::proto::{PageRange, Passage, PassageKind, Report, SourceOverlap, Span};
use crate::render::{by_chance, counted, number, page_range, percent};

/// The text of the submission, where the page has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole<'a> {
    /// The text.
    pub(super) offsets: &'a Offsets<'a>,
    /// Its atoms.
    pub(super) atoms: &'a Atoms,
    /// Its exclusions in bytes: sorted, disjoint.
    pub(super) excluded: &'a [Range<usize>],
}

/// What all passages of a report have in common.
#[derive(Debug, Clone)]
pub(super) struct Passages<'a> {
    /// The report.
    pub(super) report: &'a Report,
    /// The text of the submission. Without it, only excerpts are shown.
    pub(super) whole: Option<Whole<'a>>,
    /// The names of the two sides.
    pub(super) sides: [&'static str; 2],
    /// The languages of the two sides.
    pub(super) languages: [&'static str; 2],
    /// What the ids of passages begin with.
    pub(super) prefix: String,
}

impl Passages<'_> {
    /// A passage with both sides.
    pub(super) fn passage(&self, listed: &Listed<'_>) -> Markup {
        let passage = listed.passage;
        let submission = match &self.whole {
            Some(whole) => whole.side(listed),
            None => self.excerpt(passage),
        };
        let source = self.source(passage);
        let runs = aligned(&submission, &source, passage.kind());
        let covered = self.whole.map(|whole| whole.elements(listed));
        let number = listed.number;
        html! {
            article id={ (self.prefix) "p" (number) } data-c=[covered] {
                h4 {
                    "Passage " (number) ": " (kind(passage))
                    @let group = groups::name(passage.attribution());
                    @if !group.is_empty() { span class="group" { (group) } }
                }
                p class="facts" {
                    (facts(passage))
                    @if self.whole.is_some() { " " a href={ "#m" (number) } { "In the text" } }
                }
                div class="two" {
                    (self.side(0, passage.submission_pages.as_ref(), &Words { text: submission.text, runs: &runs.submission, kind: passage.kind(), alone: "ins" }))
                    @if passage.source_excerpt.is_empty() {
                        div { (heading(self.sides[1], passage.source_pages.as_ref())) (no_excerpt()) }
                    } @else {
                        (self.side(1, passage.source_pages.as_ref(), &Words { text: source.text, runs: &runs.source, kind: passage.kind(), alone: "del" }))
                    }
                }
            }
        }
    }

    /// The same for passages of a source, whose language is found in its first excerpt.
    pub(super) fn of_source(&self, source: &SourceOverlap) -> Self {
        let excerpt = source.passages.first().map_or("", |passage| &passage.source_excerpt);
        Self { languages: [self.languages[0], language::code(excerpt)], ..self.clone() }
    }

    /// The first or second side of a passage.
    fn side(&self, place: usize, pages: Option<&PageRange>, words: &Words<'_>) -> Markup {
        let (name, language) = (self.sides.get(place), self.languages.get(place));
        html! {
            div {
                (heading(name.copied().unwrap_or_default(), pages))
                div class="t" dir="auto" lang=(language.copied().unwrap_or_default()) { (words) }
            }
        }
    }

    /// The submission's side, from its excerpt.
    fn excerpt<'a>(&self, passage: &'a Passage) -> Side<'a> {
        let text = passage.submission_excerpt.as_str();
        let offsets = Offsets::new(text, self.report.offset_unit());
        let span = passage.submission.unwrap_or_default();
        let within = |other: Option<&Span>| offsets.range_from(span.start, other);
        let first = self
            .report
            .exclusions
            .partition_point(|exclusion| exclusion.span.is_some_and(|excluded| excluded.end <= span.start));
        let excluded = self.report.exclusions.iter().skip(first);
        let excluded = excluded
            .take_while(|exclusion| exclusion.span.is_some_and(|excluded| excluded.start < span.end))
            .map(|exclusion| within(exclusion.span.as_ref()));
        Side {
            text,
            covered: passage.covered.iter().map(|covered| within(covered.span.as_ref())).collect(),
            excluded: excluded.collect(),
        }
    }

    fn source<'a>(&self, passage: &'a Passage) -> Side<'a> {
        let text = passage.source_excerpt.as_str();
        let offsets = Offsets::new(text, self.report.offset_unit());
        let origin = passage.source.unwrap_or_default().start;
        let covered = passage.source_covered.iter();
        let covered = covered.map(|covered| offsets.range_from(origin, covered.span.as_ref()));
        Side { text, covered: covered.collect(), excluded: Vec::new() }
    }
}

impl<'a> Whole<'a> {
    /// The submission's side of a passage.
    fn side(&self, listed: &Listed<'_>) -> Side<'a> {
        let Range { start, end } = listed.range;
        let shift =
            |range: &Range<usize>| range.start.clamp(start, end) - start..range.end.clamp(start, end) - start;
        let first = self.excluded.partition_point(|range| range.end <= start);
        let excluded = self.excluded.iter().skip(first).take_while(|range| range.start < end);
        Side {
            text: self.offsets.text().get(start..end).unwrap_or_default(),
            covered: listed.covered.iter().map(shift).collect(),
            excluded: excluded.map(shift).collect(),
        }
    }

    /// The elements of the passage's covered stretches: `12-15 17-18`.
    fn elements(&self, listed: &Listed<'_>) -> String {
        let elements = listed.covered.iter().map(|range| self.atoms.elements(range));
        let elements: Vec<String> =
            elements.map(|elements| format!("{}-{}", elements.start, elements.end)).collect();
        elements.join(" ")
    }
}

/// The name of a side, and where the passage is in its document.
fn heading(side: &str, pages: Option<&PageRange>) -> Markup {
    html! {
        h5 {
            (side)
            @if let Some(pages) = pages {
                ", " (page_range(pages))
                @if !pages.label.is_empty() { " (" bdi { (Visible::all(&pages.label)) } ")" }
            }
        }
    }
}

fn no_excerpt() -> Markup {
    html! { p class="note" { "The text of the source is missing: this report was made without excerpts." } }
}

/// The words of a side.
struct Words<'a> {
    text: &'a str,
    runs: &'a [Run],
    kind: PassageKind,
    /// The element of words that the other side does not have.
    alone: &'a str,
}

impl Words<'_> {
    /// The element of a relation. Of a summary, the words that both sides have are marked: the others are nearly all of
    /// the source.
    fn element(&self, relation: Relation) -> Option<&str> {
        match (self.kind, relation) {
            (PassageKind::Summary, Relation::Same | Relation::Moved) => Some("em"),
            (PassageKind::Summary, _) | (_, Relation::Same) => None,
            (_, Relation::Replaced) => Some("i"),
            (_, Relation::Moved) => Some("u"),
            (_, Relation::Alone) => Some(self.alone),
        }
    }
}

impl Render for Words<'_> {
    fn render_to(&self, out: &mut String) {
        let mut at = 0;
        for run in self.runs {
            Visible::part(self.text, &(at..run.range.start)).render_to(out);
            at = run.range.end;
            let text = Visible::part(self.text, &run.range);
            let class = match (run.look.is_excluded, run.look.is_gap) {
                (true, _) => " class=\"x\"",
                (false, true) => " class=\"g\"",
                (false, false) => "",
            };
            let relation = if run.look.is_gap { None } else { self.element(run.look.relation) };
            let Some(element) = relation.or((!class.is_empty()).then_some("span")) else {
                text.render_to(out);
                continue;
            };
            for part in ["<", element, class, ">"] {
                out.push_str(part);
            }
            text.render_to(out);
            for part in ["</", element, ">"] {
                out.push_str(part);
            }
        }
        Visible::part(self.text, &(at..self.text.len())).render_to(out);
    }
}

/// The kind of a passage, and its size.
fn kind(passage: &Passage) -> String {
    let here = u64::from(passage.submission_words);
    let (same, words) = (number(passage.matched_words.into()), counted(here, "word", "words"));
    match passage.kind() {
        PassageKind::Verbatim => format!("verbatim, {words}"),
        PassageKind::Summary => format!("summary, {same} of {words} are the source's"),
        PassageKind::Altered | PassageKind::Unspecified => format!("altered, {same} of {words} the same"),
    }
}

/// Figures of a passage.
fn facts(passage: &Passage) -> Markup {
    let similarity = percent(&crate::proto::Share {
        words: passage.matched_words.into(),
        of_words: passage.submission_words.into(),
        percent: 100.0 * passage.similarity,
    });
    let not_counted = passage.submission_words.saturating_sub(passage.counted_words);
    html! {
        @if passage.kind() != PassageKind::Verbatim {
            "Similarity " (similarity) ": " (counted(passage.source_words.into(), "word", "words")) " in the source. "
        }
        @match (passage.counted_words, not_counted) {
            (_, 0) => { "All its words count." }
            (0, _) => { "None of its words count." }
            (words, _) => { (counted(words.into(), "word counts", "words count")) "." }
        }
        @if let Some(expected) = passage.expected_by_chance {
            " By chance: " (by_chance(expected)) "."
        } @else if passage.evidence_nats > 0.0 {
            " Evidence: odds of " (odds(passage.evidence_nats)) " to 1 against chance."
        }
    }
}

/// The odds of a logarithm, for people.
fn odds(nats: f64) -> String {
    const MILLION_NATS: f64 = 13.8;
    if nats > MILLION_NATS {
        return "more than a million".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to a million")]
    let odds = nats.exp().max(1.0) as u64;
    number(odds)
}
