//! Summaries: parts of the submission that condense the whole source.
use std::ops::Range;

use super::edges::{Drawn, Scorer, Spans, WeighedSpans};
use super::num::{index, real, size, small, touches};
use super::text_pair::SideKind;

/// Segments that are examined, the strongest first, at most: each costs a pass over the source.
const SEGMENTS: usize = 16;

/// Segments of the submission whose words come from the whole source, scattered over more of it than a copy would have.
/// `rivals` are the passages in one place of the source. A segment with one of the `long` runs is a copy, whatever its
/// other words.
pub(super) fn find(
    scorer: &mut Scorer<'_, '_>,
    rivals: &[WeighedSpans],
    long: &[Spans],
    stop: &dyn Fn() -> bool,
) -> Vec<WeighedSpans> {
    let tuning = scorer.pair.tuning;
    let all = 0..scorer.pair.source.len();
    let least = real(tuning.summary_words);
    if real(size(&all)) < tuning.summary_shrink * least {
        return Vec::new();
    }
    let mut found: Vec<WeighedSpans> = Vec::new();
    scorer.drawn = Drawn::Fixed(tuning.summary_drawn);
    for mut segment in segments(scorer, &all) {
        if stop() {
            break;
        }
        for _ in 0..2 {
            segment = scorer.best(SideKind::Submission, &segment, &all);
        }
        let words = real(size(&segment));
        let copied = long.iter().any(|run| mostly(&run.submission, &segment));
        if copied || words < least || real(size(&all)) < tuning.summary_shrink * words {
            continue;
        }
        found.extend(condensed(scorer, segment, &all, rivals));
    }
    found.sort_by(|a, b| b.evidence.total_cmp(&a.evidence));
    scorer.drawn = Drawn::Measured(tuning.drawn);
    let mut kept: Vec<WeighedSpans> = Vec::new();
    for summary in found {
        if kept.iter().all(|other| !touches(&other.spans.submission, &summary.spans.submission)) {
            kept.push(summary);
        }
    }
    kept
}

/// The summary in this segment, if it is one.
fn condensed(
    scorer: &mut Scorer<'_, '_>,
    segment: Range<u32>,
    all: &Range<u32>,
    rivals: &[WeighedSpans],
) -> Option<WeighedSpans> {
    let tuning = scorer.pair.tuning;
    let (evidence, matched) = scorer.ratio(SideKind::Submission, &segment, all);
    if evidence < tuning.summary_accept[1] {
        return None;
    }
    let scatter = scatter(scorer, &segment, all, matched);
    scorer.drawn = Drawn::Measured([0.02, tuning.drawn[1]]);
    let whole = scorer.weigh(Spans { submission: segment.clone(), source: all.clone() });
    scorer.drawn = Drawn::Fixed(tuning.summary_drawn);
    let rival = rivals
        .iter()
        .filter(|r| mostly(&r.spans.submission, &segment))
        .map(|r| r.evidence)
        .fold(0.0, f32::max);
    let advantage = (rival / whole.evidence).max(0.05);
    (scatter * scatter >= tuning.summary_scatter * advantage).then_some(WeighedSpans { evidence, ..whole })
}

/// Whether at least half of the shorter of two spans is in the other.
fn mostly(a: &Range<u32>, b: &Range<u32>) -> bool {
    let both = a.start.max(b.start)..a.end.min(b.end);
    touches(a, b) && 2 * size(&both) >= size(a).min(size(b))
}

/// The strongest segments of the submission under the words of the whole source, in the order of the text. Each ends
/// where the sum has fallen far below its maximum.
fn segments(scorer: &mut Scorer<'_, '_>, all: &Range<u32>) -> Vec<Range<u32>> {
    let tuning = scorer.pair.tuning;
    scorer.prepare(SideKind::Submission, &(0..0), all);
    let mut found: Vec<(f32, Range<u32>)> = Vec::new();
    let (mut sum, mut height, mut segment) = (0.0_f32, 0.0_f32, 0..0);
    let words = &scorer.pair.submission.shared;
    for (position, &stem) in (1..).zip(words) {
        sum += scorer.score(stem);
        if sum > height {
            (height, segment.end) = (sum, position);
        }
        if sum <= 0.0 || sum < height - tuning.summary_drop || index(position) == words.len() {
            if height >= tuning.summary_accept[0] {
                found.push((height, segment.clone()));
            }
            (sum, height, segment) = (0.0, 0.0, position..position);
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(SEGMENTS);
    found.sort_by_key(|(_, segment)| segment.start);
    found.into_iter().map(|(_, segment)| segment).collect()
}

/// The scatter of a segment's words over the source: the number of them in the whole source divided by that in the best
/// window, which is half as long again as the segment, times the share of them that the source has.
fn scatter(scorer: &mut Scorer<'_, '_>, segment: &Range<u32>, all: &Range<u32>, matched: u32) -> f32 {
    let window = size(segment) * 3 / 2;
    let (mut highest, mut most) = (0.0, 1);
    for from in all.clone().step_by(index(size(segment) / 3).max(1)) {
        let (sum, matched) =
            scorer.ratio(SideKind::Submission, segment, &(from..from.saturating_add(window).min(all.end)));
        if sum > highest {
            (highest, most) = (sum, matched.max(1));
        }
    }
    real(matched) / real(most) * real(matched) / real(size(segment).max(1))
}

impl WeighedSpans {
    /// Number of words of the submission's span.
    pub(super) fn words(&self) -> u32 {
        small(self.spans.submission.len())
    }
}
