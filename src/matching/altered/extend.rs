//! Extension of passages beyond their cores, in the order of the source.
//!
//! The first edges of a passage are the likeliest given the words of the other side's span. Words beyond the edges of both
//! sides are in neither span, so they support one another only here. Windows of equal length beyond both edges are compared,
//! and the parts of them that match belong to the passage.
use std::ops::Range;

use super::edges::{Scorer, Spans, WeighedSpans};
use super::text_pair::SideKind;

/// The most windows by which a passage is extended at either end.
const STEPS: u32 = 64;

/// The passages, sorted by place, each extended at both ends while there is evidence in the next windows, but not into its
/// neighbours. Linear in the passages: each takes a bounded number of windows.
pub(super) fn extended(passages: Vec<WeighedSpans>, scorer: &mut Scorer<'_, '_>) -> Vec<WeighedSpans> {
    let whole = Spans { submission: 0..scorer.pair.submission.len(), source: 0..scorer.pair.source.len() };
    let mut found: Vec<WeighedSpans> = Vec::new();
    let mut rest = passages.into_iter().peekable();
    while let Some(passage) = rest.next() {
        let last = found.last().map(|last| &last.spans);
        let next = rest.peek().map(|next| &next.spans);
        let bounds = bounds(&passage.spans, last, next, &whole);
        found.push(extend(passage, &bounds, scorer));
    }
    found
}

/// The room between the passages before and after one, on each side.
fn bounds(spans: &Spans, last: Option<&Spans>, next: Option<&Spans>, whole: &Spans) -> Spans {
    let free =
        |this: &Range<u32>, last: Option<&Range<u32>>, next: Option<&Range<u32>>, whole: &Range<u32>| {
            let from = last.map(|last| last.end).filter(|&end| end <= this.start).unwrap_or(whole.start);
            let to = next.map(|next| next.start).filter(|&start| start >= this.end).unwrap_or(whole.end);
            from..to
        };
    let side =
        |side: fn(&Spans) -> &Range<u32>| free(side(spans), last.map(side), next.map(side), side(whole));
    Spans { submission: side(|spans| &spans.submission), source: side(|spans| &spans.source) }
}

/// One passage, extended within `bounds`.
fn extend(weighed: WeighedSpans, bounds: &Spans, scorer: &mut Scorer<'_, '_>) -> WeighedSpans {
    let words = scorer.pair.tuning.ordered_words;
    let mut spans = weighed.spans.clone();
    for _ in 0..STEPS {
        let after = |span: &Range<u32>, most: u32| span.end..span.end.saturating_add(words).min(most);
        let windows = Spans {
            submission: after(&spans.submission, bounds.submission.end),
            source: after(&spans.source, bounds.source.end),
        };
        let Some(found) = matching(&windows, scorer) else { break };
        (spans.submission.end, spans.source.end) = (found.submission.end, found.source.end);
    }
    for _ in 0..STEPS {
        let before = |span: &Range<u32>, least: u32| span.start.saturating_sub(words).max(least)..span.start;
        let windows = Spans {
            submission: before(&spans.submission, bounds.submission.start),
            source: before(&spans.source, bounds.source.start),
        };
        let Some(found) = matching(&windows, scorer) else { break };
        (spans.submission.start, spans.source.start) = (found.submission.start, found.source.start);
    }
    if spans == weighed.spans {
        return weighed;
    }
    let longer = scorer.weigh(spans);
    if longer.evidence >= weighed.evidence { longer } else { weighed }
}

/// The parts of two windows that match one another, if there is evidence for them.
fn matching(windows: &Spans, scorer: &mut Scorer<'_, '_>) -> Option<Spans> {
    if windows.submission.is_empty() || windows.source.is_empty() {
        return None;
    }
    let submission = scorer.likeliest(SideKind::Submission, &windows.submission, &windows.source)?;
    let source = scorer.likeliest(SideKind::Source, &windows.source, &submission)?;
    let found = scorer.weigh(Spans { submission, source });
    (found.evidence >= scorer.pair.tuning.extend).then_some(found.spans)
}
