//! Resolution of overlapping pairs of spans.
use super::edges::{Scorer, Spans, WeighedSpans};
use super::num::{hull, size, touches};

/// Pairs of spans that are compared with one another, at most; the weakest others are dropped.
const COMPARED: usize = 16_384;
/// The most words of a joined pair that is weighed again. Longer ones get the sum of the evidence, so that joining
/// stays linear.
const WEIGHED_WORDS: u32 = 2048;

/// The strongest pairs that overlap on neither side, the strongest first.
pub(super) fn strongest(mut weighed_spans: Vec<WeighedSpans>) -> Vec<WeighedSpans> {
    by_evidence(&mut weighed_spans);
    let mut kept: Vec<WeighedSpans> = Vec::new();
    for weighed in weighed_spans {
        let apart = |other: &WeighedSpans| {
            !touches(&weighed.spans.submission, &other.spans.submission)
                && !touches(&weighed.spans.source, &other.spans.source)
        };
        if kept.iter().all(apart) {
            kept.push(weighed);
        }
    }
    kept
}

/// Keeps the stronger of two pairs that overlap on one side. Pairs that overlap on both sides are merged if their
/// union has at least the evidence of the stronger.
pub(super) fn merged(mut weighed_spans: Vec<WeighedSpans>, scorer: &mut Scorer<'_, '_>) -> Vec<WeighedSpans> {
    by_evidence(&mut weighed_spans);
    let mut kept: Vec<WeighedSpans> = Vec::new();
    for weighed in weighed_spans {
        let overlap = |other: &&mut WeighedSpans| {
            touches(&weighed.spans.submission, &other.spans.submission)
                || touches(&weighed.spans.source, &other.spans.source)
        };
        let Some(other) = kept.iter_mut().find(overlap) else {
            kept.push(weighed);
            continue;
        };
        if touches(&weighed.spans.submission, &other.spans.submission)
            && touches(&weighed.spans.source, &other.spans.source)
        {
            let both = scorer.weigh(union(&weighed.spans, &other.spans));
            if both.evidence >= other.evidence {
                *other = both;
            }
        }
    }
    kept
}

/// Joins pairs that follow one another on both sides if their union has more evidence than either. They follow
/// closely, or after a gap of a few sentences whose words match rather than not.
pub(super) fn chained(
    mut weighed_spans: Vec<WeighedSpans>,
    scorer: &mut Scorer<'_, '_>,
) -> Vec<WeighedSpans> {
    weighed_spans.sort_by_key(|c| (c.spans.submission.start, c.spans.source.start));
    let mut kept: Vec<WeighedSpans> = Vec::new();
    for weighed in weighed_spans {
        if let Some(last) = kept.last_mut().filter(|last| continues(last, &weighed, scorer)) {
            let both = joined(last, &weighed, scorer);
            if both.evidence >= last.evidence.max(weighed.evidence) {
                *last = both;
                continue;
            }
        }
        kept.push(weighed);
    }
    kept
}

fn continues(last: &WeighedSpans, next: &WeighedSpans, scorer: &mut Scorer<'_, '_>) -> bool {
    let (last, next) = (&last.spans, &next.spans);
    let between = Spans {
        submission: last.submission.end..next.submission.start,
        source: last.source.end..next.source.start,
    };
    let widest = size(&between.submission).max(size(&between.source));
    let tuning = scorer.pair.tuning;
    next.source.start >= last.source.start
        && (widest <= tuning.inner_gap_words
            || (widest <= tuning.gap_words && scorer.weigh(between).evidence > 0.0))
}

fn joined(last: &WeighedSpans, next: &WeighedSpans, scorer: &mut Scorer<'_, '_>) -> WeighedSpans {
    let spans = union(&last.spans, &next.spans);
    if size(&spans.submission).max(size(&spans.source)) <= WEIGHED_WORDS {
        return scorer.weigh(spans);
    }
    WeighedSpans { spans, evidence: last.evidence + next.evidence, matched: last.matched + next.matched }
}

/// The pairs of spans by place; those that overlap on both sides are merged.
pub(super) fn distinct(mut spans: Vec<Spans>) -> Vec<Spans> {
    spans.sort_by_key(|s| (s.submission.start, s.source.start));
    let mut kept: Vec<Spans> = Vec::new();
    for next in spans {
        let overlaps = |last: &&mut Spans| {
            touches(&last.submission, &next.submission) && touches(&last.source, &next.source)
        };
        match kept.last_mut().filter(overlaps) {
            Some(last) => *last = union(last, &next),
            None => kept.push(next),
        }
    }
    kept
}

/// The shortest pair of spans that contains both.
pub(super) fn union(a: &Spans, b: &Spans) -> Spans {
    Spans { submission: hull(&a.submission, &b.submission), source: hull(&a.source, &b.source) }
}

fn by_evidence(weighed_spans: &mut Vec<WeighedSpans>) {
    weighed_spans.sort_by(|a, b| b.evidence.total_cmp(&a.evidence));
    weighed_spans.truncate(COMPARED);
}
