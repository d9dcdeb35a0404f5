//! Findings to a report.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use super::coverage::{Coverage, unique_words};
use super::types::{
    CoveredSpan, Excerpts, Exclusion, ExclusionReason, Guarantee, GuaranteeVoid, Report, ReportLimits,
    ReportedPassage, Share, SourceOverlap, VoidReason,
};
use crate::matching::Passage;
use crate::text::alerts::Alert;
use crate::text::{OffsetUnit, Span, TokenizedText, convert_spans};

/// A source with the passages that it shares with the submission, at least one.
#[derive(Debug)]
pub struct Finding {
    /// The collection's name; empty in a comparison.
    pub collection: String,
    /// The source's id.
    pub source_id: String,
    /// Its title.
    pub title: String,
    /// Its group.
    pub group: String,
    /// Its labels, sorted.
    pub labels: Vec<String>,
    /// Its original text.
    pub text: Arc<str>,
    /// Its tokens.
    pub tokenized: TokenizedText,
    /// In order of their place in the submission.
    pub passages: Vec<Passage>,
}

/// Everything that a report is made of, counted in tokens.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The original submission.
    pub text: &'a str,
    /// Its tokens.
    pub tokenized: &'a TokenizedText,
    /// Whether it was long enough to be checked.
    pub considered: bool,
    /// The sources, in any order.
    pub findings: Vec<Finding>,
    /// The least run that is promised to be found.
    pub min_run_words: u32,
    /// What voids the promise: the limit's kind, its value, and tokens of the submission.
    pub voids: Vec<(VoidReason, u64, Coverage)>,
    /// What is left out of the count; where several reasons hold for a word, the first is given.
    pub exclusions: Vec<(ExclusionReason, Coverage)>,
    /// Signs of hiding, with spans in bytes.
    pub alerts: Vec<Alert>,
    /// The corpus's revision.
    pub corpus_revision: u64,
    /// The revision at which one of the collections that were read last changed.
    pub scope_revision: u64,
    /// A digest of the settings.
    pub settings_digest: u128,
    /// Sources in scope.
    pub sources_in_scope: u64,
    /// Candidates, compared or not.
    pub candidates: u64,
    /// Candidates not compared.
    pub candidates_cut: u64,
    /// The unit of the offsets.
    pub offset_unit: OffsetUnit,
    /// Whether passages carry their texts.
    pub include_excerpts: bool,
    /// How much is listed.
    pub limits: ReportLimits,
}

/// Makes the report. Linear in the texts of the sources that are listed, `n log n` in the passages.
#[must_use]
pub fn build(mut draft: Draft<'_>) -> Report {
    let words = draft.tokenized.tokens().len() as u64;
    let too_few_words = if draft.considered { 0 } else { words };
    // Words are left out for one reason: those of a text too short are not excluded besides.
    let left_out = if draft.considered { std::mem::take(&mut draft.exclusions) } else { Vec::new() };
    let claims = claims(left_out);
    let excluded = Coverage::of(claims.iter().map(|(range, _)| range.clone()));
    let considered_words = if draft.considered { words - excluded.words() } else { 0 };
    let coverages: Vec<Coverage> =
        draft.findings.iter().map(|finding| covered(&finding.passages).minus(&excluded)).collect();
    let unique = unique_words(draft.tokenized.tokens().len(), &coverages);
    let all = Coverage::of(coverages.iter().flat_map(|coverage| coverage.ranges().iter().cloned()));
    let passages_found: u64 = draft.findings.iter().map(|finding| finding.passages.len() as u64).sum();
    let sources_found = draft.findings.len() as u64;
    let mut ranked: Vec<(Finding, u64, u64)> = std::mem::take(&mut draft.findings)
        .into_iter()
        .zip(coverages.iter().map(Coverage::words).zip(unique))
        .map(|(finding, (covered, unique))| (finding, covered, unique))
        .collect();
    ranked.sort_by(|(a, a_words, _), (b, b_words, _)| {
        let key = |f: &Finding| (f.collection.clone(), f.source_id.clone());
        (Reverse(a_words), key(a)).cmp(&(Reverse(b_words), key(b)))
    });
    ranked.truncate(draft.limits.max_sources);
    let sources: Vec<SourceOverlap> = ranked
        .into_iter()
        .map(|(finding, covered, unique)| {
            let covered = Share { words: covered, of_words: considered_words };
            overlap(&draft, &excluded, finding, covered, unique)
        })
        .collect();
    let listed: u64 = sources.iter().map(|source| source.passages.len() as u64).sum();
    Report {
        guarantee: guarantee(&draft),
        corpus_revision: draft.corpus_revision,
        scope_revision: draft.scope_revision,
        settings_digest: draft.settings_digest,
        offset_unit: draft.offset_unit,
        words,
        too_few_words,
        coverage: Share { words: all.words(), of_words: considered_words },
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
    }
}

fn covered(passages: &[Passage]) -> Coverage {
    Coverage::of(passages.iter().map(|passage| passage.submission.clone()))
}

/// The spans of token ranges, in the report's unit.
fn spans(draft: &Draft<'_>, ranges: &[Range<u32>]) -> Vec<Span> {
    let mut spans: Vec<Span> = ranges.iter().map(|range| draft.tokenized.span_of(range.clone())).collect();
    convert_spans(draft.text, draft.offset_unit, &mut spans);
    spans
}

/// Disjoint ranges of words with the first reason that holds for each; sorted.
fn claims(exclusions: Vec<(ExclusionReason, Coverage)>) -> Vec<(Range<u32>, ExclusionReason)> {
    let mut taken = Coverage::default();
    let mut claims = Vec::new();
    let mut ordered = exclusions;
    ordered.sort_by_key(|(reason, _)| *reason);
    for (reason, words) in ordered {
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
        words: u64::from(range.end - range.start),
    };
    claims.iter().zip(spans).map(exclusion).collect()
}

fn alerts(draft: &Draft<'_>) -> Vec<Alert> {
    let mut spans: Vec<Span> = draft.alerts.iter().map(|alert| alert.span).collect();
    convert_spans(draft.text, draft.offset_unit, &mut spans);
    draft.alerts.iter().zip(spans).map(|(alert, span)| Alert { span, ..*alert }).collect()
}

fn covered_spans(draft: &Draft<'_>, all: &Coverage) -> Vec<CoveredSpan> {
    let words = all.ranges().iter().map(|range| u64::from(range.end - range.start));
    spans(draft, all.ranges())
        .into_iter()
        .zip(words)
        .map(|(span, words)| CoveredSpan { span, words })
        .collect()
}

fn guarantee(draft: &Draft<'_>) -> Guarantee {
    let void = |(reason, limit, tokens): &(VoidReason, u64, Coverage)| GuaranteeVoid {
        reason: *reason,
        limit: *limit,
        spans: spans(draft, tokens.ranges()),
    };
    Guarantee { min_run_words: draft.min_run_words, voids: draft.voids.iter().map(void).collect() }
}

fn overlap(
    draft: &Draft<'_>,
    excluded: &Coverage,
    finding: Finding,
    covered: Share,
    unique_words: u64,
) -> SourceOverlap {
    let used = Coverage::of(finding.passages.iter().map(|passage| passage.source.clone()));
    let source_used = Share { words: used.words(), of_words: finding.tokenized.tokens().len() as u64 };
    let passages = passages(draft, excluded, &finding);
    let passages_cut = (finding.passages.len() - passages.len()) as u64;
    let Finding { collection, source_id, title, group, labels, .. } = finding;
    SourceOverlap {
        collection,
        source_id,
        title,
        group,
        labels,
        covered,
        unique_words,
        source_used,
        passages,
        passages_cut,
    }
}

fn passages(draft: &Draft<'_>, excluded: &Coverage, finding: &Finding) -> Vec<ReportedPassage> {
    let listed = finding.passages.get(..draft.limits.max_passages).unwrap_or(&finding.passages);
    let bytes = |of: &TokenizedText, side: fn(&Passage) -> &Range<u32>| -> Vec<Span> {
        listed.iter().map(|passage| of.span_of(side(passage).clone())).collect()
    };
    let in_submission = bytes(draft.tokenized, |passage| &passage.submission);
    let in_source = bytes(&finding.tokenized, |passage| &passage.source);
    let excerpts: Vec<Option<Excerpts>> = in_submission
        .iter()
        .zip(&in_source)
        .map(|(a, b)| {
            let texts = || Excerpts {
                submission: a.of(draft.text).to_owned(),
                source: b.of(&finding.text).to_owned(),
            };
            draft.include_excerpts.then(texts)
        })
        .collect();
    let converted = |text: &str, mut spans: Vec<Span>| {
        convert_spans(text, draft.offset_unit, &mut spans);
        spans
    };
    let sides = converted(draft.text, in_submission).into_iter().zip(converted(&finding.text, in_source));
    listed
        .iter()
        .zip(sides)
        .zip(excerpts)
        .map(|((passage, (submission, source)), excerpts)| ReportedPassage {
            submission,
            source,
            kind: passage.kind,
            similarity: passage.similarity(),
            // What lies beyond a tenth differs from one processor's logarithm to another's.
            evidence_nats: f64::from((passage.evidence * 10.0).round()) / 10.0,
            submission_words: passage.submission.end - passage.submission.start,
            source_words: passage.source.end - passage.source.start,
            matched_words: passage.matched_tokens,
            counted_words: Coverage::of([passage.submission.clone()]).minus(excluded).words(),
            excerpts,
        })
        .collect()
}
