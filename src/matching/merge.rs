//! Runs to passages.
//!
//! A run joins the passage before it when the gap between them is small, on both sides, and no longer
//! than the run itself: whoever replaces a word leaves longer runs than gaps, while chance agreement
//! leaves short runs far apart.

use std::collections::VecDeque;

use super::passage::{MatchSettings, Passage};
use super::seeds::Run;

/// Passages that may still go on, at most: where a text repeats itself there is no end of them.
const MAX_OPEN: usize = 64;

/// A passage without a run that is long enough by itself needs this many times the words of one that
/// has, since each of its runs may stand there by chance.
const ALTERED_FACTOR: f64 = 1.5;

/// A passage that may still go on.
struct Open {
    passage: Passage,
    longest_run: u32,
}

impl Open {
    fn new(run: Run) -> Self {
        let passage = Passage {
            submission: run.submission..run.submission + run.length,
            source: run.source..run.source + run.length,
            matched_tokens: run.length,
        };
        Self { passage, longest_run: run.length }
    }

    /// The part of a run that would go on from here, and the greater gap to it.
    fn gap_to(&self, run: Run) -> Option<(Run, u32)> {
        let overlap = |end: u32, start: u32| end.saturating_sub(start);
        let (submission, source) = (self.passage.submission.end, self.passage.source.end);
        let cut = overlap(submission, run.submission).max(overlap(source, run.source));
        // What overlaps by more than itself lies before the passage's end on one side.
        let length = run.length.checked_sub(cut).filter(|length| *length > 0)?;
        let run = Run { submission: run.submission + cut, source: run.source + cut, length };
        Some((run, (run.submission - submission).max(run.source - source)))
    }

    fn join(&mut self, run: Run) {
        self.passage.submission.end = run.submission + run.length;
        self.passage.source.end = run.source + run.length;
        self.passage.matched_tokens += run.length;
        self.longest_run = self.longest_run.max(run.length);
    }

    fn is_reported(&self, settings: MatchSettings) -> bool {
        let least = settings.min_passage_tokens;
        let words = self.passage.submission.end - self.passage.submission.start;
        self.longest_run >= least
            || words >= least && f64::from(self.passage.matched_tokens) >= f64::from(least) * ALTERED_FACTOR
    }
}

/// The passages made of `runs`, which are sorted; sorted too.
///
/// Linear in the runs: each is compared with the passages that may still go on, of which there are at
/// most a fixed number.
pub(super) fn merge(runs: &[Run], settings: MatchSettings) -> Vec<Passage> {
    let mut open: VecDeque<Open> = VecDeque::new();
    let mut passages = Vec::new();
    let mut close = |done: Open| {
        if done.is_reported(settings) {
            passages.push(done.passage);
        }
    };
    for run in runs {
        while open.len() > MAX_OPEN || open.front().is_some_and(|front| is_past(front, *run, settings)) {
            open.pop_front().map(&mut close);
        }
        let nearest = open.iter_mut().filter_map(|passage| {
            let (part, gap) = passage.gap_to(*run)?;
            (gap <= settings.max_gap_tokens.min(part.length - 1)).then_some((gap, part, passage))
        });
        match nearest.min_by_key(|(gap, part, _)| (*gap, u32::MAX - part.length)) {
            Some((_, part, passage)) if settings.max_gap_tokens > 0 => passage.join(part),
            _ => open.push_back(Open::new(*run)),
        }
    }
    open.into_iter().for_each(close);
    without_contained(passages)
}

/// Whether a passage ends too far before the run for it, and for all runs after it, to go on.
fn is_past(open: &Open, run: Run, settings: MatchSettings) -> bool {
    open.passage.submission.end.saturating_add(settings.max_gap_tokens) < run.submission
}

/// Leaves out the passages that lie inside another one's span of the submission, and match no more of
/// it: a phrase that stands in the source a second time.
fn without_contained(mut passages: Vec<Passage>) -> Vec<Passage> {
    // The longest of those that start at the same token first, then the best matched.
    passages.sort_by(|a, b| {
        let key = |p: &Passage| {
            (p.submission.start, u32::MAX - p.submission.end, u32::MAX - p.matched_tokens, p.source.start)
        };
        key(a).cmp(&key(b))
    });
    let mut reach = 0;
    passages.retain(|passage| {
        let is_contained = passage.submission.end <= reach;
        reach = reach.max(passage.submission.end);
        !is_contained
    });
    passages
}
