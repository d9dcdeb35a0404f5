//! Near copies: two texts that have nearly all words in the same order.
//!
//! Such a pair needs no search: its passage is the hull of its exact runs, and of the words in the short gaps between them
//! only the clauses that hold a gap have to be weighed. [`near_copy`] finds both in one pass over the two texts, and
//! gives nothing where the texts differ in more than a few words here and there. A class of texts that were made of
//! one another has as many such pairs as there are pairs.
//!
//! The passage and its covered stretches are those of [`passages`](super::passages) and [`covered`](super::covered), but that a
//! word is weighed as if the other text had it as often as its own.

use std::ops::Range;

use super::alignment::LEAST_RUN;
use super::altered::stretches::{CONTENT, DRAWN, GAP_WORDS, IN_ORDER, Units, scores_in_itself};
use super::altered::{INSERTED_SHARE, Tuning};
use super::passage::{CoveredPassage, Passage, Stretches};
use super::seeds::Run;
use super::{Reading, edges, with_kind};
use crate::text::{Token, TokenizedText};

/// The fewest words of a text that has near copies. Runs of shorter ones may be no more than a phrase.
const LEAST_WORDS: usize = 48;

/// One word of so many may differ, so that the share of words that are drawn from the other text is at its upper bound.
const ONE_WORD_OF: usize = 10;

/// The most words of a gap on either side. A longer one may be an insertion, which a passage does not include.
const MOST_GAP: usize = 11;

/// A text, prepared for comparison with near copies.
///
/// About 16 bytes for each word.
#[derive(Debug)]
pub struct NearText {
    units: Units,
    /// By word, and at the end: the sum of the scores of the words before it. A word has the score that it has in a copy of
    /// the text.
    sums: Vec<f64>,
    /// The score of a word that the other text does not have.
    miss: f64,
}

/// One of two texts that may be near copies.
#[derive(Debug, Clone, Copy)]
pub struct NearSide<'a> {
    /// Its tokens.
    pub tokenized: &'a TokenizedText,
    /// The rest of it.
    pub near: &'a NearText,
}

impl NearText {
    /// Prepares a text; `None` if it is too short, or if its tokens are not words. Linear.
    #[must_use]
    pub fn of(reading: Reading<'_>) -> Option<Self> {
        let Reading { text, tokenized, profile } = reading;
        let tokens = tokenized.tokens().len();
        if tokens < LEAST_WORDS || tokenized.lengths().total() as usize != tokens {
            return None;
        }
        let mut units = Units::of(text, tokenized, &(0..narrow(tokens)));
        units.half_words = Vec::new();
        let scores = scores_in_itself(profile);
        let mut sum = 0.0;
        let mut sums = vec![0.0];
        sums.extend(scores.by_word.iter().map(|score| {
            sum += f64::from(*score);
            sum
        }));
        Some(Self { units, sums, miss: scores.miss.into() })
    }

    /// The sum of the scores of some words.
    fn sum(&self, words: &Range<u32>) -> f64 {
        let before = |word: u32| self.sums.get(word as usize).copied().unwrap_or(0.0);
        before(words.end) - before(words.start)
    }

    fn clause_of(&self, word: u32) -> u32 {
        self.units.clause_of.get(word as usize).copied().unwrap_or(0)
    }

    fn clause(&self, clause: u32) -> Range<u32> {
        self.units.clauses.get(clause as usize).cloned().unwrap_or_default()
    }

    /// The clauses of the segment of a clause.
    fn segment_of(&self, clause: u32) -> Range<u32> {
        let place = self.units.segments.partition_point(|segment| segment.end <= clause as usize);
        self.units.segments.get(place).map_or(0..0, |segment| narrow(segment.start)..narrow(segment.end))
    }
}

/// The passage that two near copies share; `None` if they are none. Runs of `min_words` words count at any place.
///
/// The words of a verbatim passage are not [verified](super::verified()). Linear.
#[must_use]
pub fn near_copy(submission: NearSide<'_>, source: NearSide<'_>, min_words: u32) -> Option<CoveredPassage> {
    let (ours, theirs) = (submission.tokenized.tokens(), source.tokenized.tokens());
    let chain = chain(ours, theirs)?;
    let hull = hull(&chain, ours.len(), min_words)?;
    let mut passage = [with_kind(hull, ours, theirs)];
    edges::extend(&mut passage, ours, theirs);
    let [passage] = passage;
    let inside = |run: &&Run| {
        run.submission >= passage.submission.start && run.submission_span().end <= passage.submission.end
    };
    let chain: Vec<Run> = chain.iter().filter(inside).copied().collect();
    let here = Part::new(submission.near, &passage.submission, chain.iter().map(Run::submission_span));
    let there = Part::new(source.near, &passage.source, chain.iter().map(Run::source_span));
    let stretches = Stretches { submission: here.covered(), source: there.covered() };
    let evidence = here.evidence() + there.evidence();
    let matched_tokens = chain.iter().map(|run| run.length).sum();
    Some(CoveredPassage { passage: Passage { matched_tokens, evidence, ..passage.clone() }, stretches })
}

/// The runs of equal tokens in order, with short gaps between them; `None` if there are longer ones or too many. No two touch on both sides.
fn chain(ours: &[Token], theirs: &[Token]) -> Option<Vec<Run>> {
    let mut may_differ = ours.len().min(theirs.len()) / ONE_WORD_OF;
    if ours.len().abs_diff(theirs.len()) > may_differ {
        return None;
    }
    let mut chain = Vec::new();
    let (mut here, mut there) = (0, 0);
    loop {
        let (rest, other) = (ours.get(here..)?, theirs.get(there..)?);
        let length = rest.iter().zip(other).take_while(|(a, b)| a == b).count();
        if length > 0 {
            chain.push(Run { submission: narrow(here), source: narrow(there), length: narrow(length) });
        }
        let (rest, other) = (rest.get(length..)?, other.get(length..)?);
        let Some(gap) = gap(rest, other) else {
            let ends = rest.len().max(other.len()) <= MOST_GAP;
            return ends.then_some(chain);
        };
        may_differ = may_differ.checked_sub(gap.here.max(gap.there))?;
        (here, there) = (here + length, there + length);
        align_gap(rest.get(..gap.here)?, other.get(..gap.there)?, |[a, b], length| {
            chain.push(Run { submission: narrow(here + a), source: narrow(there + b), length });
        });
        (here, there) = (here + gap.here, there + gap.there);
    }
}

/// Tokens between two runs.
struct Gap {
    here: usize,
    there: usize,
}

/// The shortest gap before a run, of equal ones that with the same length on both sides; none longer than [`MOST_GAP`].
fn gap(ours: &[Token], theirs: &[Token]) -> Option<Gap> {
    let begins_run = |gap: &Gap| {
        let (Some(a), Some(b)) = (ours.get(gap.here..), theirs.get(gap.there..)) else { return false };
        let equal = a.iter().zip(b).take(LEAST_RUN).take_while(|(a, b)| a == b).count();
        equal == LEAST_RUN || equal > 0 && equal == a.len() && equal == b.len()
    };
    (1..=2 * MOST_GAP).find_map(|both| {
        let half = both / 2;
        let splits = (0..=half).flat_map(|less| [half - less, both - (half - less)]);
        splits
            .map(|here| Gap { here, there: both - here })
            .find(|gap| gap.here.max(gap.there) <= MOST_GAP && begins_run(gap))
    })
}

/// The longest common subsequence of the tokens of a gap, as runs.
fn align_gap(ours: &[Token], theirs: &[Token], mut run: impl FnMut([usize; 2], u32)) {
    // The first tokens differ.
    if ours.len().min(theirs.len()) == 0 || ours.len().max(theirs.len()) == 1 {
        return;
    }
    // Of the rests from a pair of places on, the length.
    let mut common = [[0_u8; MOST_GAP + 1]; MOST_GAP + 1];
    let at = |common: &[[u8; MOST_GAP + 1]; MOST_GAP + 1], i: usize, j: usize| {
        common.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0)
    };
    for (i, a) in ours.iter().enumerate().rev() {
        for (j, b) in theirs.iter().enumerate().rev() {
            let length = if a == b {
                at(&common, i + 1, j + 1) + 1
            } else {
                at(&common, i + 1, j).max(at(&common, i, j + 1))
            };
            if let Some(cell) = common.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = length;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    while at(&common, i, j) > 0 {
        let equal = |(a, b): &(&Token, &Token)| a == b;
        let rests = ours.iter().skip(i).zip(theirs.iter().skip(j));
        let length = rests.take_while(equal).count();
        if length > 0 {
            run([i, j], narrow(length));
            (i, j) = (i + length, j + length);
        } else if at(&common, i + 1, j) >= at(&common, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
}

/// The hull of the runs of at least `min_words` words, if they are most of the text and none of the words between them is an
/// insertion.
fn hull(chain: &[Run], words: usize, min_words: u32) -> Option<Passage> {
    let tuning = Tuning::default();
    let mut long = chain.iter().filter(|run| run.length >= min_words);
    let mut last = *long.next()?;
    let mut passage = Passage::from(last);
    for run in long {
        let here = run.submission - last.submission_span().end;
        let there = run.source - last.source_span().end;
        if here >= tuning.inserted_words && there.saturating_mul(INSERTED_SHARE) <= here {
            return None;
        }
        passage.submission.end = run.submission_span().end;
        passage.source.end = run.source_span().end;
        passage.matched_tokens += run.length;
        last = *run;
    }
    let needed = f64::from(tuning.verbatim) * f64::from(narrow(words));
    (f64::from(passage.matched_tokens) >= needed).then_some(passage)
}

/// One side of a passage.
struct Part<'a> {
    near: &'a NearText,
    span: &'a Range<u32>,
    /// The words that the other side has in the same order. Lone words of grammar are none of them.
    runs: Vec<Range<u32>>,
    /// The clauses that hold a gap or follow one, in order.
    clauses: Vec<Changed>,
}

/// A clause that differs from the other text.
struct Changed {
    clause: u32,
    /// The difference of its score to that of a clause in order.
    score: f64,
    /// Words that the other text does not have.
    unmatched: u32,
}

impl<'a> Part<'a> {
    fn new(near: &'a NearText, span: &'a Range<u32>, runs: impl Iterator<Item = Range<u32>>) -> Self {
        let counts = |run: &Range<u32>| run.len() > 1 || near.sum(run) >= f64::from(CONTENT);
        let mut part = Self { near, span, runs: runs.filter(counts).collect(), clauses: Vec::new() };
        for at in 1..part.runs.len() {
            let Some(gap) = part.gap_before(at) else { break };
            for word in gap.clone() {
                let lost = near.miss - near.sum(&(word..word + 1)) - f64::from(IN_ORDER);
                part.change(near.clause_of(word), lost, 1);
            }
            part.change(near.clause_of(gap.end), -f64::from(IN_ORDER), 0);
        }
        part
    }

    /// The words between a run and the one before it; none where only the other side has some.
    fn gap_before(&self, run: usize) -> Option<Range<u32>> {
        let before = self.runs.get(run.checked_sub(1)?)?;
        Some(before.end..self.runs.get(run)?.start)
    }

    fn change(&mut self, clause: u32, score: f64, unmatched: u32) {
        match self.clauses.last_mut() {
            Some(last) if last.clause == clause => {
                last.score += score;
                last.unmatched += unmatched;
            }
            _ => self.clauses.push(Changed { clause, score, unmatched }),
        }
    }

    /// The words of some clauses that are in the passage.
    fn words(&self, clauses: &Range<u32>) -> Range<u32> {
        let (first, last) =
            (self.near.clause(clauses.start), self.near.clause(clauses.end.saturating_sub(1)));
        first.start.max(self.span.start)..last.end.min(self.span.end)
    }

    /// The evidence of some clauses.
    fn score(&self, clauses: &Range<u32>) -> f64 {
        let words = self.words(clauses);
        let in_order = self.near.sum(&words) + f64::from(IN_ORDER) * f64::from(words.end - words.start);
        let first = self.clauses.partition_point(|changed| changed.clause < clauses.start);
        let changed = self.clauses.iter().skip(first).take_while(|changed| changed.clause < clauses.end);
        in_order + changed.map(|changed| changed.score).sum::<f64>()
    }

    /// Whether a clause was drawn from the other text.
    fn is_drawn(&self, clause: u32) -> bool {
        let words = self.words(&(clause..clause + 1));
        let place = self.clauses.binary_search_by_key(&clause, |changed| changed.clause).ok();
        let unmatched =
            place.and_then(|place| self.clauses.get(place)).map_or(0, |changed| changed.unmatched);
        if unmatched >= words.end - words.start {
            return false;
        }
        let score = self.score(&(clause..clause + 1));
        let drawn = f64::from(DRAWN);
        score >= drawn || score > 0.0 && self.score(&self.near.segment_of(clause)) >= drawn
    }

    /// The covered stretches: runs, and the short gaps between them. Short runs and gaps count in clauses that were drawn.
    fn covered(&self) -> Vec<Range<u32>> {
        let mut covered: Vec<Range<u32>> = Vec::new();
        let is_drawn = |word: u32| self.is_drawn(self.near.clause_of(word));
        for run in &self.runs {
            let long = run.len() >= LEAST_RUN;
            let (whole, words) = if long { (Some(run.clone()), 0..0) } else { (None, run.clone()) };
            let words = words.filter(|word| is_drawn(*word)).map(|word| word..word + 1);
            for next in whole.into_iter().chain(words) {
                match covered.last_mut() {
                    Some(last) if self.joins(last.end..next.start) => last.end = next.end,
                    _ => covered.push(next),
                }
            }
        }
        covered
    }

    /// Whether a gap counts.
    fn joins(&self, gap: Range<u32>) -> bool {
        let mut clauses = self.near.clause_of(gap.start.saturating_sub(1))..=self.near.clause_of(gap.end);
        gap.is_empty() || gap.end - gap.start <= GAP_WORDS && clauses.all(|clause| self.is_drawn(clause))
    }

    /// The log-likelihood ratio of the words of this side under the other against the background.
    fn evidence(&self) -> f32 {
        let gaps = (1..self.runs.len()).filter_map(|run| self.gap_before(run));
        let missed = gaps.map(|gap| f64::from(gap.end - gap.start) * self.near.miss - self.near.sum(&gap));
        #[expect(clippy::cast_possible_truncation, reason = "evidence needs few digits")]
        let evidence = (self.near.sum(self.span) + missed.sum::<f64>()) as f32;
        evidence
    }
}

fn narrow(words: usize) -> u32 {
    u32::try_from(words).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
