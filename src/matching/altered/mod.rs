//! Detection of copied, altered and summarised passages by the likelihood ratio of their stems.
//!
//! The ratio (Dunning 1993) compares two hypotheses for a passage's stems: "drawn from the other side's passage" and
//! "drawn from the background". The background is the rest of both texts, smoothed by a little general language. The
//! ratio ignores word order, so that a replaced, moved or inflected word costs only its own score. It weighs a word by
//! how unlikely it is in these texts, so that common words and words of the subject count little.
//!
//! 1. A [`StemProfiler`] turns words to stems; a [`StemProfile`] prepares a text once for any number of comparisons.
//! 2. `seeds`: shared stems whose surroundings share many others, on both sides; `cores`: seeds linked.
//! 3. `edges`: the likeliest segment around each core, on both sides in turn, and the evidence for it, as a whole or
//!    piece by piece. `resolve`: the best of overlapping segments; neighbours are joined over gaps that match too.
//!    `extend`: windows beyond both edges that match one another.
//! 4. `verbatim`: passages that are mostly exact runs end where the runs end; runs over the edge of an altered passage
//!    become part of it; every other run is a passage.
//! 5. `summary`: segments whose words come from the whole source and from no single place of it.
//!
//! Frequencies of a language without a table are estimated from the length of its words. Scripts without spaces are
//! compared by overlapping pairs of characters. Both texts of a pair should be read in one language, that of the
//! [`Guess`] with more confidence.
//!
//! Time and memory are linear in the two texts: about 40 steps a seed, and at most sixteen seeds for each word.

mod cores;
mod edges;
mod extend;
mod num;
mod resolve;
mod seeds;
mod stems;
pub(super) mod stretches;
mod summary;
mod text_pair;
mod tuning;
mod verbatim;

use std::ops::Range;

pub use stems::{Guess, Language, StemCache, StemProfile, StemProfiler, frequency_tables};
pub use tuning::Tuning;
pub(super) use verbatim::INSERTED_SHARE;

use super::passage::{Passage, PassageKind};
use super::seeds::Run;
use cores::Core;
use edges::{Scorer, WeighedSpans};
use num::touches;
use text_pair::TextPair;

/// Error: the comparison was stopped by its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

/// Finds the passages of `submission` that come from `source`, sorted by place; deterministic.
///
/// `runs` are the exact runs, sorted, as seeding returns them: every word of the submission in a run is in a passage.
/// `stop` is called every few thousand steps.
///
/// # Errors
///
/// [`Stopped`] if `stop` returned true.
pub fn detect(
    submission: &StemProfile,
    source: &StemProfile,
    runs: &[Run],
    tuning: &Tuning,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<Passage>, Stopped> {
    let tuning = &tuning.per_token(f32::midpoint(submission.tokens_per_word(), source.tokens_per_word()));
    let Some(pair) = TextPair::new(submission, source, tuning) else {
        let left_over = verbatim::left_over(runs, &[], tuning.join_words);
        let parts = left_over.iter().flat_map(|spans| verbatim::without_insertions(spans, runs, tuning));
        return Ok(sorted(parts.map(|spans| copied(spans, runs)).collect()));
    };
    let mut scorer = Scorer::new(&pair);
    let weighed_spans = weighed_spans(&pair, &mut scorer, runs, stop);
    let summaries = summary::find(&mut scorer, &weighed_spans, &verbatim::cores(runs, tuning), stop);
    if stop() {
        return Err(Stopped);
    }
    let altered = outside(resolve::merged(weighed_spans, &mut scorer), &summaries);
    let mut passages: Vec<Passage> = summaries.iter().map(|c| passage(c, PassageKind::Summary)).collect();
    let mut verbatim = Vec::new();
    for weighed in altered {
        if stop() {
            return Err(Stopped);
        }
        match verbatim::hull(&weighed, runs, tuning) {
            Some(spans) => verbatim.push(spans),
            None => {
                passages.push(passage(&verbatim::whole(weighed, runs, &mut scorer), PassageKind::Altered));
            }
        }
    }
    let verbatim = resolve::distinct(verbatim).into_iter().map(|spans| scorer.weigh(spans));
    passages.extend(verbatim.map(|weighed| passage(&weighed, PassageKind::Verbatim)));
    // Passages are cut before the runs that are left over are collected: an insertion may hold runs of another place.
    let mut found: Vec<Passage> =
        passages.into_iter().flat_map(|whole| parts(whole, runs, &mut scorer)).collect();
    let mut taken: Vec<Range<u32>> = found.iter().map(|p| p.submission.clone()).collect();
    taken.sort_by_key(|span| (span.end, span.start));
    for spans in verbatim::left_over(runs, &taken, tuning.join_words) {
        if stop() {
            return Err(Stopped);
        }
        let whole = passage(&scorer.weigh(spans), PassageKind::Verbatim);
        found.extend(parts(whole, runs, &mut scorer));
    }
    Ok(sorted(found))
}

/// The parts of a passage between insertions, or the whole passage if it has none.
fn parts(whole: Passage, runs: &[Run], scorer: &mut Scorer<'_, '_>) -> Vec<Passage> {
    let spans = edges::Spans { submission: whole.submission.clone(), source: whole.source.clone() };
    match verbatim::without_insertions(&spans, runs, scorer.pair.tuning) {
        several if several.len() > 1 && whole.kind != PassageKind::Summary => {
            several.into_iter().map(|spans| passage(&scorer.weigh(spans), whole.kind)).collect()
        }
        _ => vec![whole],
    }
}

/// Pairs of spans with enough evidence for a passage, some of them overlapping.
fn weighed_spans(
    pair: &TextPair<'_>,
    scorer: &mut Scorer<'_, '_>,
    runs: &[Run],
    stop: &dyn Fn() -> bool,
) -> Vec<WeighedSpans> {
    let long = verbatim::cores(runs, pair.tuning);
    let known: Vec<Range<u32>> = long.iter().map(|spans| spans.submission.clone()).collect();
    let seeds = seeds::dense(pair, &known, stop);
    let mut found = Vec::new();
    let linked = cores::link(&seeds, pair.tuning, pair.source.shared.len());
    for core in long.into_iter().map(Core::from).chain(linked) {
        if stop() {
            break;
        }
        let mut tried: Vec<WeighedSpans> = core.inner.into_iter().map(|spans| scorer.refine(spans)).collect();
        tried.push(scorer.refine(core.whole));
        tried.retain(|weighed| weighed.evidence >= pair.tuning.accept);
        found.extend(resolve::strongest(tried));
    }
    let mut found = resolve::chained(found, scorer);
    found.sort_by_key(|weighed| (weighed.spans.submission.start, weighed.spans.source.start));
    resolve::chained(extend::extended(found, scorer), scorer)
}

/// The pairs that overlap no summary.
fn outside(weighed_spans: Vec<WeighedSpans>, summaries: &[WeighedSpans]) -> Vec<WeighedSpans> {
    let apart =
        |c: &WeighedSpans| !summaries.iter().any(|s| touches(&s.spans.submission, &c.spans.submission));
    weighed_spans.into_iter().filter(apart).collect()
}

fn passage(weighed: &WeighedSpans, kind: PassageKind) -> Passage {
    let edges::Spans { submission, source } = weighed.spans.clone();
    Passage { submission, source, kind, matched_tokens: weighed.matched, evidence: weighed.evidence }
}

/// A passage of exact runs between texts with too little else in common.
fn copied(spans: edges::Spans, runs: &[Run]) -> Passage {
    let matched_tokens = verbatim::in_runs(&spans, runs);
    let edges::Spans { submission, source } = spans;
    Passage { submission, source, kind: PassageKind::Verbatim, matched_tokens, evidence: 0.0 }
}

fn sorted(mut passages: Vec<Passage>) -> Vec<Passage> {
    passages.sort_by_key(|p| (p.submission.start, p.submission.end, p.source.start, p.source.end));
    passages
}

#[cfg(test)]
mod tests;
