//! The submission as atoms: stretches in which no passage, exclusion or paragraph begins or ends.
//!
//! All numbers that the reader can recompute are sums of the words of atoms. Time is `n log n` in the spans of the report,
//! also if they overlap.

use std::collections::BTreeMap;
use std::ops::Range;

use maud::{Markup, html};

use super::offsets::Offsets;
use crate::proto::{Attribution, ExclusionReason, Passage, Report};
use crate::render::counted;
use crate::text::{CorpusSeed, Tokenizer};

/// A listed passage, by its place in the report.
#[derive(Debug, Clone)]
pub(super) struct Listed<'a> {
    /// Its number in the rendered report, from 1.
    pub(super) number: usize,
    /// Number of its source, from 1.
    pub(super) source: usize,
    /// Its bytes in the submission.
    pub(super) range: Range<usize>,
    /// Its covered stretches in the submission, in bytes.
    pub(super) covered: Vec<Range<usize>>,
    /// The passage.
    pub(super) passage: &'a Passage,
}

/// Bytes of texts that the passages of a page may show. A report can list many long passages of one place.
const MOST_SHOWN_BYTES: usize = 32 << 20;

/// The passages of a report, in the order of its sources.
#[derive(Debug)]
pub(super) struct Listing<'a> {
    /// Those that are shown.
    pub(super) passages: Vec<Listed<'a>>,
    /// Number of those left out, so that the page has a bounded size.
    left_out: usize,
}

impl<'a> Listing<'a> {
    /// Lists as many passages as a page can show.
    pub(super) fn new(report: &'a Report, offsets: &Offsets<'_>) -> Self {
        let (mut listing, mut bytes) = (Self { passages: Vec::new(), left_out: 0 }, 0_usize);
        for (source, number) in report.sources.iter().zip(1..) {
            for passage in &source.passages {
                let range = offsets.range(passage.submission.as_ref());
                let here = range.len().max(passage.submission_excerpt.len());
                bytes = bytes.saturating_add(here).saturating_add(passage.source_excerpt.len());
                if bytes > MOST_SHOWN_BYTES {
                    listing.left_out += 1;
                    continue;
                }
                let covered = passage.covered.iter().map(|covered| offsets.range(covered.span.as_ref()));
                listing.passages.push(Listed {
                    number: listing.passages.len() + 1,
                    source: number,
                    range,
                    covered: covered.collect(),
                    passage,
                });
            }
        }
        listing
    }

    /// Says how many passages are left out; nothing if none is.
    pub(super) fn note(&self) -> Markup {
        html! {
            @if self.left_out > 0 {
                p class="note" { "Not in this file, which would be too large: " (counted(self.left_out as u64, "more passage", "more passages")) "." }
            }
        }
    }
}

/// A stretch of the submission in which nothing begins or ends.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// Its words.
    pub(super) words: u64,
    /// The first source with a passage here.
    pub(super) source: Option<usize>,
    /// Number of sources with a passage here.
    pub(super) sources: usize,
    /// The group of the passages that cover it: of several, the first, which is the least attributed.
    pub(super) group: Option<Attribution>,
    /// Whether its words count as covered.
    pub(super) is_counted: bool,
    /// The reason why its words are excluded.
    pub(super) excluded: Option<ExclusionReason>,
    /// Whether a limit may have hidden a copied run here.
    pub(super) is_unsure: bool,
}

impl Atom {
    /// Whether a covered stretch of a listed passage is here.
    pub(super) fn is_covered(&self) -> bool {
        self.group.is_some()
    }

    /// Whether it is ordinary text, which needs no element of its own.
    pub(super) fn is_plain(&self) -> bool {
        self.source.is_none() && self.excluded.is_none() && !self.is_counted && !self.is_unsure
    }
}

/// What begins or ends at a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Paragraph,
    Source(usize),
    Covered(i32),
    Counted,
    Excluded(i32),
    Unsure,
}

/// An edge at a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    byte: usize,
    edge: Edge,
    /// 1 where something begins, -1 where it ends.
    change: i64,
}

/// The atoms of a submission.
#[derive(Debug)]
pub(super) struct Atoms {
    all: Vec<Atom>,
    /// The first byte of each atom that has an element.
    elements: Vec<usize>,
}

impl Atoms {
    /// Cuts the text. `paragraphs` are the first bytes of its paragraphs.
    pub(super) fn new(
        report: &Report,
        offsets: &Offsets<'_>,
        listed: &[Listed<'_>],
        paragraphs: &[usize],
    ) -> Self {
        let mut steps: Vec<Step> =
            paragraphs.iter().map(|byte| Step { byte: *byte, edge: Edge::Paragraph, change: 1 }).collect();
        let mut push = |range: Range<usize>, edge| {
            if !range.is_empty() {
                steps.push(Step { byte: range.start, edge, change: 1 });
                steps.push(Step { byte: range.end, edge, change: -1 });
            }
        };
        for passage in listed {
            push(passage.range.clone(), Edge::Source(passage.source));
            let edge = Edge::Covered(passage.passage.attribution);
            passage.covered.iter().for_each(|covered| push(covered.clone(), edge));
        }
        for covered in &report.covered_spans {
            push(offsets.range(covered.span.as_ref()), Edge::Counted);
        }
        for exclusion in &report.exclusions {
            push(offsets.range(exclusion.span.as_ref()), Edge::Excluded(exclusion.reason));
        }
        for void in report.guarantee.iter().flat_map(|guarantee| &guarantee.voids) {
            void.spans.iter().for_each(|span| push(offsets.range(Some(span)), Edge::Unsure));
        }
        steps.sort_unstable();
        let all = sweep(&steps, &Words::of(offsets.text()));
        let elements = all.iter().filter(|atom| !atom.is_plain()).map(|atom| atom.range.start).collect();
        Self { all, elements }
    }

    /// The atoms in order, which together are the whole text.
    pub(super) fn all(&self) -> &[Atom] {
        &self.all
    }

    /// The elements of a range that no atom crosses, by their numbers.
    pub(super) fn elements(&self, range: &Range<usize>) -> Range<usize> {
        let place = |byte| self.elements.partition_point(|start| *start < byte);
        place(range.start)..place(range.end)
    }
}

/// The words before a byte of a text.
struct Words {
    starts: Vec<u32>,
    lengths: crate::text::WordLengths,
    bytes: usize,
}

impl Words {
    fn of(text: &str) -> Self {
        // Any seed will do: only the spans and lengths of tokens are used.
        let tokens = Tokenizer::new(CorpusSeed::new(0)).tokenize(text);
        let starts = tokens.spans().iter().map(|span| span.start).collect();
        Self { starts, lengths: tokens.lengths().clone(), bytes: text.len() }
    }

    fn before(&self, byte: usize) -> u64 {
        let tokens = self.starts.partition_point(|start| (*start as usize) < byte);
        u64::from(self.lengths.before(u32::try_from(tokens).unwrap_or(u32::MAX)))
    }
}

/// Makes the atoms between sorted steps.
fn sweep(steps: &[Step], words: &Words) -> Vec<Atom> {
    let mut state = State::default();
    let mut atoms = Vec::new();
    let (mut from, mut words_before) = (0, 0);
    let ends = steps.iter().map(Some).chain([None]);
    for step in ends {
        let byte = step.map_or(words.bytes, |step| step.byte);
        if byte > from {
            let words_here = words.before(byte);
            atoms.push(state.atom(from..byte, words_here - words_before));
            (from, words_before) = (byte, words_here);
        }
        if let Some(step) = step {
            state.step(step.edge, step.change);
        }
    }
    atoms
}

/// What is open at a byte.
#[derive(Debug, Default)]
struct State {
    sources: BTreeMap<usize, i64>,
    covered: BTreeMap<i32, i64>,
    counted: i64,
    excluded: BTreeMap<i32, i64>,
    unsure: i64,
}

impl State {
    fn step(&mut self, edge: Edge, step: i64) {
        match edge {
            Edge::Paragraph => {}
            Edge::Source(source) => add(&mut self.sources, source, step),
            Edge::Covered(group) => add(&mut self.covered, group, step),
            Edge::Counted => self.counted += step,
            Edge::Excluded(reason) => add(&mut self.excluded, reason, step),
            Edge::Unsure => self.unsure += step,
        }
    }

    fn atom(&self, range: Range<usize>, words: u64) -> Atom {
        let (excluded, group) = (self.excluded.keys().next().copied(), self.covered.keys().next().copied());
        Atom {
            range,
            words,
            source: self.sources.keys().next().copied(),
            sources: self.sources.len(),
            group: group.map(|group| Attribution::try_from(group).unwrap_or_default()),
            is_counted: self.counted > 0,
            excluded: excluded.map(|reason| ExclusionReason::try_from(reason).unwrap_or_default()),
            is_unsure: self.unsure > 0,
        }
    }
}

/// Adds to a count, which is removed when it is 0.
fn add<K: Ord>(counts: &mut BTreeMap<K, i64>, key: K, step: i64) {
    let count = counts.entry(key);
    if let std::collections::btree_map::Entry::Occupied(mut count) = count {
        *count.get_mut() += step;
        if *count.get() == 0 {
            count.remove();
        }
    } else {
        count.or_insert(step);
    }
}
