//! Extension of passages beyond their cores, in the order of the source.
//!
//! The edges of a passage are the likeliest given the words of the other side's span. Words beyond both edges are not
//! in either span, and support one another only here: a window of equal length beyond the edges of both sides is a part of the
//! passage up to where its words, given those of the other window, are likeliest to come from it.
use std::ops::Range;

use super::edges::{Drawn, Scorer, Spans, WeighedSpans};
use super::num::{real, size, slice};
use super::text_pair::SideKind;

/// Windows by which one passage is extended on each side, at most.
const STEPS: u32 = 64;

/// The passages, sorted by place, each extended at both ends as far as the evidence of the windows there supports it, but
/// not into its neighbours.
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

fn extend(weighed: WeighedSpans, bounds: &Spans, scorer: &mut Scorer<'_, '_>) -> WeighedSpans {
    let mut spans = weighed.spans.clone();
    for _ in 0..STEPS {
        let words = scorer.pair.tuning.ordered_words;
        let window =
            |span: &Range<u32>, most: u32| span.end..span.end.saturating_add(words).min(most).max(span.end);
        let windows = Spans {
            submission: window(&spans.submission, bounds.submission.end),
            source: window(&spans.source, bounds.source.end),
        };
        let Some(found) = matching(&windows, scorer) else { break };
        (spans.submission.end, spans.source.end) = (found.submission.end, found.source.end);
    }
    for _ in 0..STEPS {
        let words = scorer.pair.tuning.ordered_words;
        let window = |span: &Range<u32>, least: u32| {
            span.start.saturating_sub(words).max(least).min(span.start)..span.start
        };
        let windows = Spans {
            submission: window(&spans.submission, bounds.submission.start),
            source: window(&spans.source, bounds.source.start),
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
