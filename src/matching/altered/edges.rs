//! Edges of passages: the likeliest segment on each side, given the other side.
//!
//! A word of one side comes either from the other side's span (with probability `drawn`, evenly from its words) or
//! from the background. Its score is the logarithm of the ratio of that mixture's likelihood to the background's. A
//! passage is the segment with the greatest sum of scores (Dunning 1993 for the ratio, Bentley's maximum segment for
//! the edges).
use std::ops::Range;

use super::num::{at, index, real, size, slice};
use super::stems::NONE;
use super::text_pair::{Counts, Side, SideKind, TextPair};
use super::tuning::Tuning;
use crate::text::Boundary;

/// A span of words in each text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spans {
    pub(super) submission: Range<u32>,
    pub(super) source: Range<u32>,
}

/// A pair of spans and the evidence for it.
#[derive(Debug, Clone)]
pub(super) struct WeighedSpans {
    pub(super) spans: Spans,
    /// The log-likelihood ratio of the words of both sides under the other side against the background, in nats.
    pub(super) evidence: f32,
    /// Number of common words, each counted as often as both sides have it.
    pub(super) matched: u32,
}

/// The share of words that are drawn from the other side.
#[derive(Debug, Clone, Copy)]
pub(super) enum Drawn {
    /// The share of matched words in the two spans, within bounds.
    Measured([f32; 2]),
    /// A fixed share.
    Fixed(f32),
}

/// Scores words of one side under the words of the other. Its tables are used again from call to call.
pub(super) struct Scorer<'p, 'a> {
    pub(super) pair: &'p TextPair<'a>,
    pub(super) own: Counts,
    pub(super) other: Counts,
    pub(super) drawn: Drawn,
    /// The score of a word that the other side does not have.
    pub(super) miss: f32,
    /// Per shared stem: the score of its words; valid for the stems in `other`.
    scores: Vec<f32>,
    words: Vec<f32>,
}

impl<'p, 'a> Scorer<'p, 'a> {
    pub(super) fn new(pair: &'p TextPair<'a>) -> Self {
        let stems = pair.shared.len();
        Self {
            pair,
            own: Counts::new(stems),
            other: Counts::new(stems),
            drawn: Drawn::Measured(pair.tuning.drawn),
            miss: 0.0,
            scores: vec![0.0; stems],
            words: Vec::new(),
        }
    }

    /// Moves the edges of `spans` to the likeliest segments. Each edge of long spans is moved by the words near it.
    pub(super) fn refine(&mut self, spans: Spans) -> WeighedSpans {
        let refined = match pieces(&spans) {
            0..=1 => self.settle(spans),
            many => {
                let Spans { submission: a, source: b } = self.settle(piece(&spans, 0, many));
                let Spans { submission: c, source: d } = self.settle(piece(&spans, many - 1, many));
                Spans { submission: a.start..c.end.max(a.end), source: b.start..d.end.max(b.end) }
            }
        };
        self.weigh(refined)
    }

    /// Finds the best edges of each side in turn, in at most two rounds.
    fn settle(&mut self, mut spans: Spans) -> Spans {
        for _ in 0..2 {
            let before = spans.clone();
            spans.source = self.best(SideKind::Source, &spans.source, &spans.submission);
            spans.submission = self.best(SideKind::Submission, &spans.submission, &spans.source);
            if before == spans {
                break;
            }
        }
        spans
    }

    /// The evidence for a pair of spans: as a whole, in any order, or piece by piece, in the order of the other side.
    pub(super) fn weigh(&mut self, spans: Spans) -> WeighedSpans {
        let many = pieces(&spans);
        let shorter = size(&spans.submission).min(size(&spans.source));
        let whole = self.weigh_pieces(spans, many);
        let smaller = (shorter / self.pair.tuning.ordered_words).max(1);
        if smaller <= many {
            return whole;
        }
        let ordered = self.weigh_pieces(whole.spans.clone(), smaller);
        WeighedSpans { evidence: whole.evidence.max(ordered.evidence), ..whole }
    }

    /// The sum of the evidence for equal pieces of both sides.
    fn weigh_pieces(&mut self, spans: Spans, many: u32) -> WeighedSpans {
        let mut sum = WeighedSpans { spans, evidence: 0.0, matched: 0 };
        for n in 0..many {
            let Spans { submission, source } = piece(&sum.spans, n, many);
            let (one, matched) = self.ratio(SideKind::Submission, &submission, &source);
            let (two, _) = self.ratio(SideKind::Source, &source, &submission);
            sum.evidence += one + two;
            sum.matched += matched;
        }
        sum
    }

    /// The log-likelihood ratio of the words in `own` under those in `other`, and the number of matched words.
    pub(super) fn ratio(&mut self, which: SideKind, own: &Range<u32>, other: &Range<u32>) -> (f32, u32) {
        let matched = self.prepare(which, own, other);
        let words = slice(&self.pair.side(which).shared, own);
        (words.iter().map(|&word| self.score(word)).sum(), matched)
    }

    /// The score of a word under the spans that were prepared last.
    pub(super) fn score(&self, stem: u32) -> f32 {
        if self.other.get(stem) == 0 { self.miss } else { at(&self.scores, index(stem)) }
    }

    /// Sets the scores of the stems of `other` for words of `own`. Returns the number of matched words.
    ///
    /// The background is the words of both texts outside the two spans, smoothed. A word that `own` has more often than
    /// `other` is matched only as often as `other` has it, so each of its occurrences has that share of the score.
    pub(super) fn prepare(&mut self, which: SideKind, own: &Range<u32>, other: &Range<u32>) -> u32 {
        let Self { pair, own: mine, other: theirs, scores, .. } = self;
        mine.count(slice(&pair.side(which).shared, own));
        theirs.count(slice(&pair.side(which.other()).shared, other));
        let matched: u32 = mine.seen().iter().map(|&stem| mine.get(stem).min(theirs.get(stem))).sum();
        let drawn = match self.drawn {
            Drawn::Measured([least, most]) => (real(matched) / real(size(own).max(1))).clamp(least, most),
            Drawn::Fixed(share) => share,
        };
        self.miss = (1.0 - drawn).ln();
        let outside = real(pair.len().saturating_sub(size(own) + size(other))) + pair.tuning.prior_words;
        for &stem in theirs.seen() {
            let shared = pair.stem(stem);
            let (here, there) = (mine.get(stem), theirs.get(stem));
            let left = (shared.counts[0] + shared.counts[1]).saturating_sub(here + there);
            let background = (real(left) + shared.prior) / outside;
            let likely = drawn * real(there) / real(size(other).max(1)) / background + 1.0 - drawn;
            let share = if here > there { real(there) / real(here) } else { 1.0 };
            if let Some(score) = scores.get_mut(index(stem)) {
                *score = share * likely.ln() + (1.0 - share) * self.miss;
            }
        }
        matched
    }

    /// The likeliest segment of one side around `core` under the words of `other`.
    ///
    /// Outside the core, a stem that occurs in the core as often as in `other` is not matched.
    pub(super) fn best(&mut self, which: SideKind, core: &Range<u32>, other: &Range<u32>) -> Range<u32> {
        self.prepare(which, core, other);
        let side = self.pair.side(which);
        let reach = self.pair.tuning.reach_words;
        let from = core.start.saturating_sub(reach);
        let to = core.end.saturating_add(reach).min(side.len());
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        words.extend((from..).zip(slice(&side.shared, &(from..to))).map(|(position, &stem)| {
            let used =
                !core.contains(&position) && stem != NONE && self.own.get(stem) >= self.other.get(stem);
            if used { self.miss } else { self.score(stem) }
        }));
        let cost = edge_costs(which, side, self.pair.tuning);
        let best = maximum_segment(&words, from, cost);
        self.words = words;
        if best.is_empty() { core.clone() } else { best }
    }
}

impl Scorer<'_, '_> {
    /// The likeliest segment within `window` of one side under the words of `other`; `None` if none is likelier than not.
    pub(super) fn likeliest(
        &mut self,
        which: SideKind,
        window: &Range<u32>,
        other: &Range<u32>,
    ) -> Option<Range<u32>> {
        self.prepare(which, window, other);
        let side = self.pair.side(which);
        let scores: Vec<f32> = slice(&side.shared, window).iter().map(|&stem| self.score(stem)).collect();
        let best = maximum_segment(&scores, window.start, edge_costs(which, side, self.pair.tuning));
        (!best.is_empty()).then_some(best)
    }
}

/// Words of one side that are weighed together, at most. Without their order, the words of longer copies support one
/// another little; pieces keep the order of pages.
const PIECE_WORDS: u32 = 2048;

fn pieces(spans: &Spans) -> u32 {
    size(&spans.submission).min(size(&spans.source)).div_ceil(PIECE_WORDS).max(1)
}

/// The `n`th of `many` equal pieces of both sides.
fn piece(spans: &Spans, n: u32, many: u32) -> Spans {
    let part = |span: &Range<u32>| {
        let place = |n: u32| span.start + size(span) / many * n + (size(span) % many).min(n);
        place(n)..place(n + 1)
    };
    Spans { submission: part(&spans.submission), source: part(&spans.source) }
}

/// The cost of an edge before a word, by the boundary there.
fn edge_costs<'s>(which: SideKind, side: &'s Side<'_>, tuning: &Tuning) -> impl Fn(u32) -> f32 + use<'s> {
    let [inside, line] = match which {
        SideKind::Submission => tuning.submission_edge,
        SideKind::Source => tuning.source_edge,
    };
    move |position| match at(&side.profile.boundaries, index(position)) {
        Boundary::None => inside,
        Boundary::Line => line,
        Boundary::Sentence | Boundary::Paragraph => 0.0,
    }
}

/// The segment with the greatest sum less the costs of its two edges; the first of equals.
fn maximum_segment(scores: &[f32], from: u32, cost: impl Fn(u32) -> f32) -> Range<u32> {
    let mut best = (0.0, from..from);
    let mut open = (f32::INFINITY, from);
    let mut sum = 0.0;
    for (position, &score) in (from..).zip(scores) {
        let start = sum + cost(position);
        if start < open.0 {
            open = (start, position);
        }
        sum += score;
        let gain = sum - cost(position + 1) - open.0;
        if gain > best.0 {
            best = (gain, open.1..position + 1);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::{PIECE_WORDS, Spans, maximum_segment, piece, pieces};

    #[test]
    fn pieces_follow_one_another_and_cover_both_sides() {
        let spans = Spans { submission: 7..10_000, source: 100..30_003 };
        let many = pieces(&spans);
        assert_eq!(many, 9_993_u32.div_ceil(PIECE_WORDS));
        let mut reached = (7, 100);
        for n in 0..many {
            let part = piece(&spans, n, many);
            assert_eq!((part.submission.start, part.source.start), reached);
            reached = (part.submission.end, part.source.end);
        }
        assert_eq!(reached, (10_000, 30_003));
    }

    #[test]
    fn an_edge_is_where_the_sum_less_its_cost_is_greatest() {
        let scores = [-1.0, 2.0, 3.0, -0.5, 1.0, -4.0];
        assert_eq!(maximum_segment(&scores, 10, |_| 0.0), 11..15);
        assert_eq!(maximum_segment(&scores, 10, |position| if position == 15 { 2.0 } else { 0.0 }), 11..13);
    }
}
