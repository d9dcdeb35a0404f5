//! Passages of exact runs: every run is part of a passage.
use std::ops::Range;

use super::edges::{Scorer, Spans, WeighedSpans};
use super::num::{real, size, touches};
use super::resolve::union;
use super::tuning::Tuning;
use crate::matching::seeds::Run;

/// The runs that overlap a pair of spans on both sides: their hull, and the number of the submission's words they
/// cover. `runs` are sorted and cover a word of the submission once, up to overlaps shorter than a run.
fn touched(spans: &Spans, runs: &[Run]) -> Option<(Spans, u32)> {
    let first = runs.partition_point(|run| run.submission_span().end <= spans.submission.start);
    let inside = runs.iter().skip(first).take_while(|run| run.submission < spans.submission.end);
    let (mut covered, mut reached) = (0, 0);
    let mut found: Option<Spans> = None;
    for run in inside.filter(|run| touches(&run.source_span(), &spans.source)) {
        covered += size(&(run.submission.max(reached)..run.submission_span().end));
        reached = run.submission_span().end;
        found = Some(found.map_or_else(|| run.spans(), |known| union(&known, &run.spans())));
    }
    found.map(|hull| (hull, covered))
}

/// The hull of a pair's runs, if they cover enough of it for a verbatim passage.
pub(super) fn hull(weighed: &WeighedSpans, runs: &[Run], tuning: &Tuning) -> Option<Spans> {
    let enough = |covered| real(covered) >= tuning.verbatim * real(weighed.words());
    touched(&weighed.spans, runs).filter(|&(_, covered)| enough(covered)).map(|(hull, _)| hull)
}

/// The pair, extended over the runs that cross its edges, so that they leave no fragments beside it.
pub(super) fn whole(weighed: WeighedSpans, runs: &[Run], scorer: &mut Scorer<'_, '_>) -> WeighedSpans {
    match touched(&weighed.spans, runs).map(|(hull, _)| union(&weighed.spans, &hull)) {
        Some(spans) if spans != weighed.spans => scorer.weigh(spans),
        _ => weighed,
    }
}

/// The least ratio of the words of an insertion to those in its place in the source.
pub(in crate::matching) const INSERTED_SHARE: u32 = 4;

/// The parts of a passage between insertions. Words between two runs that are neighbours in the source were not drawn
/// from it, whatever the evidence for the runs on both sides.
pub(super) fn without_insertions(spans: &Spans, runs: &[Run], tuning: &Tuning) -> Vec<Spans> {
    let first = runs.partition_point(|run| run.submission_span().end <= spans.submission.start);
    let inside = runs.iter().skip(first).take_while(|run| run.submission < spans.submission.end);
    let (mut parts, mut rest) = (Vec::new(), spans.clone());
    let mut last: Option<Spans> = None;
    for run in inside.map(Run::spans).filter(|run| touches(&run.source, &spans.source)) {
        if let Some(last) = &last {
            let here = run.submission.start.saturating_sub(last.submission.end);
            let there = run.source.start.abs_diff(last.source.end);
            let splits = last.source.end > rest.source.start && run.source.start < rest.source.end;
            if here >= tuning.inserted_words && there.saturating_mul(INSERTED_SHARE) <= here && splits {
                parts.push(Spans {
                    submission: rest.submission.start..last.submission.end,
                    source: rest.source.start..last.source.end,
                });
                rest = Spans {
                    submission: run.submission.start..rest.submission.end,
                    source: run.source.start..rest.source.end,
                };
            }
        }
        last = Some(run);
    }
    parts.push(rest);
    parts
}

/// Number of a pair's words in the submission that are in runs.
pub(super) fn in_runs(spans: &Spans, runs: &[Run]) -> u32 {
    touched(spans, runs).map_or(0, |(_, covered)| covered)
}

/// The cores of passages that are long runs.
pub(super) fn cores(runs: &[Run], tuning: &Tuning) -> Vec<Spans> {
    runs.iter().filter(|run| run.length >= tuning.long_run_words).map(Run::spans).collect()
}

/// Passages of the runs that are in none of `taken`, joined if they follow one another closely on both sides.
pub(super) fn left_over(runs: &[Run], taken: &[Range<u32>], join: u32) -> Vec<Spans> {
    let mut found: Vec<Spans> = Vec::new();
    for run in runs {
        let span = run.submission_span();
        let next = taken.partition_point(|t| t.end < span.end);
        if taken.get(next).is_some_and(|t| t.start <= span.start) {
            continue;
        }
        match found.last_mut().filter(|last| follows(&run.spans(), last, join)) {
            Some(last) => *last = union(last, &run.spans()),
            None => found.push(run.spans()),
        }
    }
    found
}

fn follows(next: &Spans, last: &Spans, join: u32) -> bool {
    next.submission.start <= last.submission.end.saturating_add(join)
        && next.source.start <= last.source.end.saturating_add(join)
        && next.source.start >= last.source.start
}

impl Run {
    fn spans(&self) -> Spans {
        Spans { submission: self.submission_span(), source: self.source_span() }
    }
}
