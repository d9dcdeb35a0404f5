//! What a report is built from.

use std::ops::Range;

use super::coverage::Coverage;
use super::finding::Finding;
use super::types::{ExclusionReason, PartitionRevision, ReportLimits, VoidReason};
use crate::model::{Pages, Timestamp, Warnings};
use crate::text::alerts::Alert;
use crate::text::regions::Region;
use crate::text::{OffsetUnit, Span, TokenizedText, convert_spans};

/// Words that are excluded, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludedWords {
    /// The reason.
    pub reason: ExclusionReason,
    /// The words of the submission.
    pub words: Coverage,
}

/// A limit that voids the guarantee for some words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Void {
    /// The limit.
    pub reason: VoidReason,
    /// Its value.
    pub limit: u64,
    /// The words of the submission.
    pub words: Coverage,
}

/// Everything that a report is built from, counted in words.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The original submission.
    pub text: &'a str,
    /// Its tokens.
    pub tokenized: &'a TokenizedText,
    /// Its pages, if they are known.
    pub pages: Option<&'a Pages>,
    /// Its regions, sorted by start.
    pub regions: &'a [Region],
    /// True if it was long enough to be checked.
    pub considered: bool,
    /// The sources, in any order.
    pub findings: Vec<Finding>,
    /// The shortest run that is guaranteed to be found.
    pub min_run_words: u32,
    /// The limits that void the guarantee.
    pub voids: Vec<Void>,
    /// The words in passages that an exclusion took out of `findings`.
    pub taken: Coverage,
    /// The places of commonplace passages, with the expected numbers of their like.
    pub commonplace: Vec<(Range<u32>, f64)>,
    /// The exclusions. A word with several reasons has the first.
    pub exclusions: Vec<ExcludedWords>,
    /// When the submission was handed in, if that is known.
    pub submitted_at: Option<Timestamp>,
    /// The alerts, with spans in bytes.
    pub alerts: Vec<Alert>,
    /// The corpus's revision.
    pub corpus_revision: u64,
    /// The revision of each partition of the sources.
    pub partition_revisions: Vec<PartitionRevision>,
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
    /// Parts of the request that name nothing.
    pub warnings: Warnings,
    /// The unit of the offsets.
    pub offset_unit: OffsetUnit,
    /// The limits of the lists.
    pub limits: ReportLimits,
}

/// The spans of token ranges, in the report's unit.
pub(super) fn spans(draft: &Draft<'_>, ranges: &[Range<u32>]) -> Vec<Span> {
    let mut spans: Vec<Span> = ranges.iter().map(|range| draft.tokenized.span_of(range.clone())).collect();
    convert_spans(draft.text, draft.offset_unit, &mut spans);
    spans
}
