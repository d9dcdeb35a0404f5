//! The words of both sides of a passage, aligned.

use std::ops::Range;

use crate::matching::{Alignment, align};
use crate::proto::PassageKind;
use crate::text::{CorpusSeed, TokenizedText, Tokenizer};

/// The relation of a word to the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Relation {
    /// The other side has the same word in its place.
    #[default]
    Same,
    /// The other side has other words in its place.
    Replaced,
    /// The other side has it elsewhere.
    Moved,
    /// The other side has no word in its place.
    Alone,
}

/// How a word is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Look {
    pub(super) relation: Relation,
    /// Whether it is in a gap: between covered stretches.
    pub(super) is_gap: bool,
    /// Whether it is excluded.
    pub(super) is_excluded: bool,
}

/// A run of words that are shown alike, in bytes of its side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) range: Range<usize>,
    pub(super) look: Look,
}

/// One side of a passage.
#[derive(Debug, Clone, Default)]
pub(super) struct Side<'a> {
    pub(super) text: &'a str,
    /// Its covered stretches; none if they are unknown.
    pub(super) covered: Vec<Range<usize>>,
    /// Its excluded parts.
    pub(super) excluded: Vec<Range<usize>>,
}

/// The runs of both sides, in order.
#[derive(Debug, Default)]
pub(super) struct Aligned {
    pub(super) submission: Vec<Run>,
    pub(super) source: Vec<Run>,
}

/// Aligns the two sides. Near-linear in their words.
pub(super) fn aligned(submission: &Side<'_>, source: &Side<'_>, kind: PassageKind) -> Aligned {
    // Any seed will do: tokens are compared with one another only.
    let tokenizer = Tokenizer::new(CorpusSeed::new(0));
    let here = tokenizer.tokenize(submission.text);
    let there = tokenizer.tokenize(source.text);
    let alignment = align(&keys(&here), &keys(&there));
    let mut here_looks = looks(submission, &here);
    let mut there_looks = looks(source, &there);
    for run in &alignment.chain {
        let pairs = (run.submission as usize..).zip(run.source as usize..).take(run.length as usize);
        for (left, right) in pairs {
            let is_excluded = here_looks.get(left).is_some_and(|look| look.is_excluded);
            if let Some(look) = there_looks.get_mut(right) {
                look.is_excluded |= is_excluded;
            }
        }
    }
    // A verbatim passage is the same throughout.
    if kind != PassageKind::Verbatim {
        relate(&alignment, &mut here_looks, &mut there_looks);
    }
    Aligned { submission: runs(&here, &here_looks), source: runs(&there, &there_looks) }
}

fn keys(text: &TokenizedText) -> Vec<u64> {
    text.tokens().iter().map(|token| token.value()).collect()
}

/// The looks of a side's words without their relations.
fn looks(side: &Side<'_>, text: &TokenizedText) -> Vec<Look> {
    let is_in = |ranges: &[Range<usize>], start: usize| {
        let next = ranges.partition_point(|range| range.end <= start);
        ranges.get(next).is_some_and(|range| range.start <= start)
    };
    let look = |start: usize| Look {
        relation: Relation::Same,
        is_gap: !side.covered.is_empty() && !is_in(&side.covered, start),
        is_excluded: is_in(&side.excluded, start),
    };
    text.spans().iter().map(|span| look(span.start as usize)).collect()
}

/// Sets the relations of both sides.
fn relate(alignment: &Alignment, here: &mut [Look], there: &mut [Look]) {
    let (mut left, mut right) = (0, 0);
    for run in &alignment.chain {
        let (start_left, start_right) = (run.submission as usize, run.source as usize);
        between(here, left..start_left, there, right..start_right);
        (left, right) = (start_left + run.length as usize, start_right + run.length as usize);
    }
    let ends = (here.len(), there.len());
    between(here, left..ends.0, there, right..ends.1);
    for run in &alignment.moved {
        let set = |looks: &mut [Look], start: u32| {
            let moved = looks.iter_mut().skip(start as usize).take(run.length as usize);
            moved.for_each(|look| look.relation = Relation::Moved);
        };
        set(here, run.submission);
        set(there, run.source);
    }
}

/// Sets the relations of the words between two runs of the alignment.
fn between(here: &mut [Look], left: Range<usize>, there: &mut [Look], right: Range<usize>) {
    let relation = if left.is_empty() || right.is_empty() { Relation::Alone } else { Relation::Replaced };
    for (looks, range) in [(here, left), (there, right)] {
        looks.get_mut(range).unwrap_or_default().iter_mut().for_each(|look| look.relation = relation);
    }
}

/// Joins neighbouring words that are shown alike.
fn runs(text: &TokenizedText, looks: &[Look]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (span, look) in text.spans().iter().zip(looks) {
        let range = span.start as usize..span.end as usize;
        match runs.last_mut() {
            Some(last) if last.look == *look => last.range.end = range.end,
            _ => runs.push(Run { range, look: *look }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn shown(submission: &str, source: &str) -> [String; 2] {
        let side = |text| Side { text, ..Side::default() };
        let found = aligned(&side(submission), &side(source), PassageKind::Altered);
        let write = |text: &str, runs: &[Run]| {
            let mut out = String::new();
            for run in runs {
                let sign = match run.look.relation {
                    Relation::Same => "",
                    Relation::Replaced => "~",
                    Relation::Moved => "^",
                    Relation::Alone => "+",
                };
                let _written = write!(out, "{sign}[{}]", &text[run.range.clone()]);
            }
            out
        };
        [write(submission, &found.submission), write(source, &found.source)]
    }

    #[test]
    fn words_are_same_replaced_moved_or_alone() {
        assert_eq!(
            shown("the quick red fox", "The quick, brown fox!"),
            ["[the quick]~[red][fox]", "[The quick]~[brown][fox]"]
        );
        assert_eq!(
            shown("one two very three four", "one two three four"),
            ["[one two]+[very][three four]", "[one two three four]"]
        );
        assert_eq!(
            shown("vow wet six yes zoo act bee cat den", "act bee cat den vow wet six yes zoo"),
            ["[vow wet six yes zoo]^[act bee cat den]", "^[act bee cat den][vow wet six yes zoo]"]
        );
    }

    #[test]
    fn gaps_and_excluded_words_are_known_on_both_sides() {
        let submission =
            Side { text: "one two three four", covered: vec![0..3, 8..18], excluded: vec![14..16, 16..18] };
        let source = Side { text: "one two three four", ..Side::default() };
        let found = aligned(&submission, &source, PassageKind::Verbatim);
        let flags =
            |runs: &[Run]| runs.iter().map(|run| (run.look.is_gap, run.look.is_excluded)).collect::<Vec<_>>();
        assert_eq!(flags(&found.submission), [(false, false), (true, false), (false, false), (false, true)]);
        assert_eq!(flags(&found.source), [(false, false), (false, true)]);
    }
}
