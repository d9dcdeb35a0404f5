//! Building a report from findings.

use std::cell::OnceCell;
use std::ops::Range;

use super::counting::Excluded;
use super::coverage::{Coverage, unique_words};
use super::draft::{Draft, ExcludedWords, Void, spans};
use super::finding::Finding;
use super::hidden;
use super::listing::{Listing, Ranked};
use super::types::{
    CoveredSpan, Exclusion, ExclusionReason, Guarantee, GuaranteeVoid, NotChecked, Report, Share,
    SourceOverlap,
};
use crate::text::alerts::Alert;
use crate::text::{Span, convert_spans};

/// Builds the report. Linear in the submission, `n log n` in the passages.
#[must_use]
pub fn build(mut draft: Draft<'_>) -> Report {
    let lengths = draft.tokenized.lengths();
    let words = u64::from(lengths.total());
    let too_few_words = if draft.considered { 0 } else { words };
    // Words are left out for one reason: those of a text too short are not excluded besides.
    let left_out = if draft.considered { std::mem::take(&mut draft.exclusions) } else { Vec::new() };
    let excluded = Excluded::new(&left_out, lengths);
    let claims = claims(left_out);
    let considered_words = if draft.considered { words.saturating_sub(excluded.words()) } else { 0 };
    let coverages: Vec<Coverage> =
        draft.findings.iter().map(|finding| excluded.counted_of(finding)).collect();
    let copied = Coverage::of(draft.findings.iter().flat_map(covered_ranges));
    let unique = unique_words(&coverages, lengths);
    let all = Coverage::of(coverages.iter().flat_map(|coverage| coverage.ranges().iter().cloned()));
    let passages_found: u64 = draft.findings.iter().map(|finding| finding.passages.len() as u64).sum();
    let sources_found = draft.findings.len() as u64;
    let of_all_words = if draft.considered { words } else { 0 };
    let without_exclusions = copied.plus(&draft.taken).words(lengths).min(of_all_words);
    draft.alerts.extend(hidden::alert(&draft, &copied, &claims, considered_words));
    draft.alerts.sort_by_key(|alert| alert.span.start);
    let counts = coverages.iter().map(|coverage| coverage.words(lengths)).zip(unique);
    let mut ranked: Vec<Ranked> = std::mem::take(&mut draft.findings)
        .into_iter()
        .zip(counts)
        .map(|(finding, (covered_words, unique_words))| Ranked { finding, covered_words, unique_words })
        .collect();
    ranked.sort_by(Ranked::compare);
    ranked.truncate(draft.limits.max_sources);
    let warnings = std::mem::take(&mut draft.warnings);
    let listing = Listing { draft: &draft, excluded: &excluded, attributions: OnceCell::new() };
    let sources: Vec<SourceOverlap> =
        ranked.into_iter().map(|ranked| listing.overlap(ranked, considered_words)).collect();
    let listed: u64 = sources.iter().map(|source| source.passages.len() as u64).sum();
    Report {
        guarantee: guarantee(&draft),
        corpus_revision: draft.corpus_revision,
        partition_revisions: draft.partition_revisions.clone(),
        missing_partitions: Vec::new(),
        scope_revision: draft.scope_revision,
        settings_digest: draft.settings_digest,
        offset_unit: draft.offset_unit,
        words,
        too_few_words,
        coverage: Share { words: all.words(lengths), of_words: considered_words },
        coverage_without_exclusions: Share { words: without_exclusions, of_words: of_all_words },
        exclusions: exclusions(&draft, &claims),
        alerts: alerts(&draft),
        covered_spans: covered_spans(&draft, &all),
        sources,
        sources_found,
        passages_found,
        passages_cut: passages_found - listed,
        sources_in_scope: draft.sources_in_scope,
        candidates: draft.candidates,
        candidates_cut: draft.candidates_cut,
        warnings,
        not_checked: not_checked(&draft, considered_words),
    }
}

/// Why the submission was not checked: the first reason that applies.
fn not_checked(draft: &Draft<'_>, considered_words: u64) -> Option<NotChecked> {
    if draft.sources_in_scope == 0 {
        Some(NotChecked::NoSources)
    } else if !draft.considered {
        Some(NotChecked::TooShort)
    } else {
        (considered_words == 0).then_some(NotChecked::AllExcluded)
    }
}

/// The covered stretches of a finding.
fn covered_ranges(finding: &Finding) -> impl Iterator<Item = Range<u32>> {
    finding.passages.iter().flat_map(|found| found.stretches.iter().cloned())
}

/// Disjoint ranges of words with the first reason that holds for each; sorted.
fn claims(exclusions: Vec<ExcludedWords>) -> Vec<(Range<u32>, ExclusionReason)> {
    let mut taken = Coverage::default();
    let mut claims = Vec::new();
    let mut ordered = exclusions;
    ordered.sort_by_key(|excluded| excluded.reason);
    for ExcludedWords { reason, words } in ordered {
        let own = words.minus(&taken);
        claims.extend(own.ranges().iter().map(|range| (range.clone(), reason)));
        taken = taken.plus(&own);
    }
    claims.sort_by_key(|(range, _)| range.start);
    claims
}

fn exclusions(draft: &Draft<'_>, claims: &[(Range<u32>, ExclusionReason)]) -> Vec<Exclusion> {
    let ranges: Vec<Range<u32>> = claims.iter().map(|(range, _)| range.clone()).collect();
    let spans = spans(draft, &ranges);
    let exclusion = |((range, reason), span): (&(Range<u32>, ExclusionReason), Span)| Exclusion {
        reason: *reason,
        span,
        words: u64::from(draft.tokenized.lengths().words(range)),
        expected_by_chance: (*reason == ExclusionReason::Commonplace).then(|| least_expected(draft, range)),
    };
    claims.iter().zip(spans).map(exclusion).collect()
}

/// The least expected number of the commonplace passages in a range.
fn least_expected(draft: &Draft<'_>, range: &Range<u32>) -> f64 {
    let there = draft.commonplace.iter().filter(|(at, _)| at.start < range.end && range.start < at.end);
    there.map(|(_, expected)| *expected).fold(f64::INFINITY, f64::min)
}

fn alerts(draft: &Draft<'_>) -> Vec<Alert> {
    let mut spans: Vec<Span> = draft.alerts.iter().map(|alert| alert.span).collect();
    convert_spans(draft.text, draft.offset_unit, &mut spans);
    draft.alerts.iter().zip(spans).map(|(alert, span)| Alert { span, ..*alert }).collect()
}

fn covered_spans(draft: &Draft<'_>, all: &Coverage) -> Vec<CoveredSpan> {
    CoveredSpan::of(all.ranges(), draft.tokenized.lengths(), spans(draft, all.ranges()).into_iter())
}

fn guarantee(draft: &Draft<'_>) -> Guarantee {
    let void = |Void { reason, limit, words }: &Void| GuaranteeVoid {
        reason: *reason,
        limit: *limit,
        spans: spans(draft, words.ranges()),
    };
    Guarantee { min_run_words: draft.min_run_words, voids: draft.voids.iter().map(void).collect() }
}
