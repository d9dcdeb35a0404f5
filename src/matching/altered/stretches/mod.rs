//! Covered stretches: the part of a passage that counts.
//!
//! A passage has a span, for reading. Of the words in it, those count that are matched in place, with the short gaps
//! between them:
//!
//! 1. Both sides are aligned by their stems, as a diff aligns them. Text that changed places is aligned too.
//! 2. Each side is cut into clauses, which stand in sentences, lines or table cells. A clause was *drawn* from the other
//!    side if the likelihood ratio of its words says so. A word that the other side has, but that is aligned with another
//!    place, is no evidence; a lone word of grammar is none either.
//! 3. In drawn clauses matched words count, and the gaps of up to [`GAP_WORDS`] words between them, unless a whole clause
//!    in the gap has no match. Words that were replaced at an edge of the passage are such a gap. In other clauses only runs count that are in the order of the passage.
//!
//! Linear in the passage, but for `n log n` of the alignment.

mod drawn;
mod units;

use std::ops::Range;

pub(in crate::matching) use self::drawn::{CONTENT, DRAWN, IN_ORDER, scores_in_itself};
use self::drawn::{KnownStem, Match, Weighed};
pub(in crate::matching) use self::units::{Units, ends_segment};
use super::num::{at, index, small};
use super::stems::StemProfile;
use crate::matching::alignment::{Alignment, align};
use crate::matching::key_map::KeyMap;
use crate::matching::passage::{CoveredPassage, Passage, PassageKind, Stretches};
use crate::matching::seeds::Run;
use crate::text::TokenizedText;

/// The most words of a gap that counts.
pub(in crate::matching) const GAP_WORDS: u32 = 5;
/// The greatest distance of a lone matched word to another, in words.
const LONE_WORDS: u32 = 2 * GAP_WORDS;

/// A text as it is compared: its words, and their stems.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The original text.
    pub text: &'a str,
    /// Its tokens.
    pub tokenized: &'a TokenizedText,
    /// Its stems.
    pub profile: &'a StemProfile,
}

/// One side of a passage.
struct Words<'a> {
    reading: Reading<'a>,
    units: Units,
    /// By word: its stem.
    keys: Vec<u64>,
    stems: KeyMap<u64, KnownStem>,
}

impl<'a> Words<'a> {
    fn of(reading: Reading<'a>, span: &Range<u32>) -> Self {
        let (keys, stems) = drawn::stems(reading, span);
        let units = Units::of(reading.text, reading.tokenized, span);
        Self { reading, units, keys, stems }
    }

    /// The occurrences of a stem in the whole text.
    fn occurrences(&self, key: u64) -> u32 {
        self.stems.get(&key).map_or(0, |stem| stem.occurrences)
    }
}

/// Passages with their covered stretches. `runs` are the exact runs of the guaranteed length, all of which count.
#[must_use]
pub fn covered(
    passages: Vec<Passage>,
    runs: &[Run],
    submission: Reading<'_>,
    source: Reading<'_>,
) -> Vec<CoveredPassage> {
    let covered = |passage: Passage| {
        if passage.kind == PassageKind::Verbatim {
            return CoveredPassage::whole(passage);
        }
        let stretches = stretches(&passage, runs, submission, source);
        CoveredPassage { passage, stretches }
    };
    passages.into_iter().map(covered).collect()
}

fn stretches(passage: &Passage, runs: &[Run], submission: Reading<'_>, source: Reading<'_>) -> Stretches {
    let (here, there) = (Words::of(submission, &passage.submission), Words::of(source, &passage.source));
    let Alignment { chain, moved } = align(&here.keys, &there.keys);
    let first = runs.partition_point(|run| run.submission_span().end <= passage.submission.start);
    // A guaranteed run counts at any place of the source.
    let inside = runs.iter().skip(first).take_while(|run| run.submission < passage.submission.end);
    let (mut own, mut theirs) = (Vec::new(), Vec::new());
    for run in inside {
        own.extend(within(&run.submission_span(), &passage.submission));
        theirs.extend(within(&run.source_span(), &passage.source));
    }
    let [chain_back, moved_back] = [&chain, &moved].map(|runs| {
        let swapped = |run: &Run| Run { submission: run.source, source: run.submission, length: run.length };
        runs.iter().map(swapped).collect::<Vec<Run>>()
    });
    let of_submission = drawn::weigh(&here, &there, &chain, &moved);
    let of_source = drawn::weigh(&there, &here, &chain_back, &moved_back);
    let [own_words, other_words] = [&here, &there].map(|side| small(side.keys.len()));
    let submission = Facing { units: &here.units, chain: &chain, other_words };
    let source = Facing { units: &there.units, chain: &chain_back, other_words: own_words };
    Stretches {
        submission: side(submission, &passage.submission, of_submission, &own),
        source: side(source, &passage.source, of_source, &theirs),
    }
}

/// The part of a run in a span, numbered from the start of the span.
fn within(run: &Range<u32>, span: &Range<u32>) -> Option<Range<u32>> {
    let part = run.start.max(span.start)..run.end.min(span.end);
    (!part.is_empty()).then(|| part.start - span.start..part.end - span.start)
}

/// The two sides of a passage, seen from one of them.
#[derive(Clone, Copy)]
struct Facing<'a> {
    units: &'a Units,
    /// The runs in order; their `submission` is this side.
    chain: &'a [Run],
    /// Number of words of the other side.
    other_words: u32,
}

impl Facing<'_> {
    /// The word of the other side that a word is aligned with.
    fn partner(&self, word: u32) -> Option<u32> {
        let next = self.chain.partition_point(|run| run.submission_span().end <= word);
        let run = self.chain.get(next).filter(|run| run.submission <= word)?;
        Some(run.source + (word - run.submission))
    }
}

/// The covered stretches of one side.
fn side(
    facing: Facing<'_>,
    span: &Range<u32>,
    mut words: Vec<Weighed>,
    runs: &[Range<u32>],
) -> Vec<Range<u32>> {
    let units = facing.units;
    for run in runs {
        let part = words.get_mut(index(run.start)..index(run.end)).unwrap_or_default();
        for word in part {
            word.matched = Match::Run;
        }
    }
    let drawn = drawn::drawn_clauses(units, &words);
    let is_drawn = |word: u32| at(&drawn, index(at(&units.clause_of, index(word))));
    let counts = |&(word, weighed): &(u32, &Weighed)| match weighed.matched {
        Match::Run => true,
        Match::Matched => is_drawn(word),
        Match::None => false,
    };
    let counted: Vec<u32> = (0..).zip(&words).filter(counts).map(|(word, _)| word).collect();
    let mut found: Vec<Range<u32>> = Vec::new();
    for &word in &counted {
        match found.last_mut() {
            Some(stretch) if joins(units, &drawn, stretch.end..word) => stretch.end = word + 1,
            _ => found.push(word..word + 1),
        }
    }
    found.retain(|stretch| !is_lone(stretch, &counted, units));
    to_edges(facing, &drawn, &mut found);
    found.into_iter().map(|stretch| span.start + stretch.start..span.start + stretch.end).collect()
}

/// Extends the first and the last stretch to the edges of the passage, over words that were replaced there: a short gap
/// on both sides, of the same number of words but one.
fn to_edges(facing: Facing<'_>, drawn: &[bool], found: &mut [Range<u32>]) {
    let units = facing.units;
    let words = small(units.clause_of.len());
    if let Some(first) = found.first_mut()
        && facing.partner(first.start).is_some_and(|partner| partner.abs_diff(first.start) <= 1)
        && joins(units, drawn, 0..first.start)
    {
        first.start = 0;
    }
    if let Some(last) = found.last_mut()
        && let Some(partner) = facing.partner(last.end - 1)
        && (facing.other_words - partner).abs_diff(words - last.end + 1) <= 1
        && joins(units, drawn, last.end..words)
    {
        last.end = words;
    }
}

/// Whether a gap counts: it is short, and all of it is in drawn clauses that have a match of their own.
fn joins(units: &Units, drawn: &[bool], gap: Range<u32>) -> bool {
    if gap.is_empty() {
        return true;
    }
    if drawn::half_words(units, &gap) > 2 * GAP_WORDS {
        return false;
    }
    let clause = |word: u32| index(at(&units.clause_of, index(word)));
    let last = small(units.clause_of.len()).saturating_sub(1);
    let clauses = clause(gap.start.saturating_sub(1))..=clause(gap.end.min(last));
    clauses.into_iter().all(|clause| drawn.get(clause) == Some(&true))
}

/// Whether a stretch is one word that no other matched word is near.
fn is_lone(stretch: &Range<u32>, counted: &[u32], units: &Units) -> bool {
    if stretch.len() > 1 {
        return false;
    }
    let place = counted.partition_point(|word| *word < stretch.start);
    let far = |from: u32, to: u32| drawn::half_words(units, &(from..to)) > 2 * LONE_WORDS;
    let before = place.checked_sub(1).and_then(|place| counted.get(place));
    let after = counted.get(place + 1);
    before.is_none_or(|before| far(before + 1, stretch.start))
        && after.is_none_or(|after| far(stretch.end, *after))
}

#[cfg(test)]
mod tests;
