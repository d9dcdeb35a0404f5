//! Reports to messages.

use super::length::text_length;
use super::times::timestamp;
use crate::engine::ALGORITHM_VERSION;
use crate::matching::PassageKind;
use crate::proto;
use crate::report::{
    AgeOrder, Attribution, CoveredSpan, Exclusion, ExclusionReason, Guarantee, GuaranteeVoid, NotChecked,
    PartitionRevision, Report, ReportedPassage, Share, SourceOverlap, VoidReason,
};
use crate::service::documents::page_range;
use crate::text::alerts::{Alert, AlertKind, Severity};
use crate::text::{OffsetUnit, Span};

/// The revisions of several partitions. Of one they are that of the corpus.
fn divided(revisions: Vec<PartitionRevision>) -> Vec<proto::PartitionRevision> {
    if revisions.len() < 2 {
        return Vec::new();
    }
    let message = |PartitionRevision { partition, revision }| proto::PartitionRevision {
        partition: u32::from(partition),
        revision,
    };
    revisions.into_iter().map(message).collect()
}

/// Returns the message for a report, without its warnings.
#[must_use]
pub fn report_to_proto(report: Report) -> proto::Report {
    let (sources_cut, excluded_words) = (report.sources_cut(), report.excluded_words());
    let Report {
        guarantee: promised,
        corpus_revision,
        partition_revisions,
        missing_partitions,
        scope_revision: _,
        settings_digest,
        offset_unit,
        words,
        too_few_words,
        coverage,
        coverage_without_exclusions,
        exclusions,
        alerts,
        covered_spans,
        sources,
        sources_found,
        passages_found,
        passages_cut,
        sources_in_scope,
        candidates,
        candidates_cut,
        // Their paths are those of the request.
        warnings: _,
        not_checked,
    } = report;
    proto::Report {
        guarantee: Some(guarantee(promised)),
        corpus_revision,
        settings_digest: format!("{settings_digest:032x}"),
        algorithm_version: ALGORITHM_VERSION,
        offset_unit: unit(offset_unit).into(),
        words,
        too_few_words,
        coverage: Some(share(coverage)),
        coverage_without_exclusions: Some(share(coverage_without_exclusions)),
        covered_spans: covered_spans.into_iter().map(covered).collect(),
        sources: sources.into_iter().map(overlap).collect(),
        sources_found,
        sources_cut,
        passages_found,
        passages_cut,
        sources_in_scope,
        candidates,
        candidates_cut,
        exclusions: exclusions.into_iter().map(exclusion).collect(),
        excluded_words,
        alerts: alerts.into_iter().map(alert).collect(),
        warnings: Vec::new(),
        warnings_cut: 0,
        document: None,
        length: Some(text_length(words, None)),
        partition_revisions: divided(partition_revisions),
        missing_partitions: missing_partitions.into_iter().map(u32::from).collect(),
        not_checked: not_checked.map_or(proto::NotCheckedReason::Unspecified, not_checked_reason).into(),
    }
}

fn unit(unit: OffsetUnit) -> proto::OffsetUnit {
    match unit {
        OffsetUnit::Utf8Bytes => proto::OffsetUnit::Utf8Bytes,
        OffsetUnit::Utf16CodeUnits => proto::OffsetUnit::Utf16CodeUnits,
        OffsetUnit::CodePoints => proto::OffsetUnit::CodePoints,
    }
}

fn not_checked_reason(reason: NotChecked) -> proto::NotCheckedReason {
    match reason {
        NotChecked::NoSources => proto::NotCheckedReason::NoSources,
        NotChecked::TooShort => proto::NotCheckedReason::TooShort,
        NotChecked::AllExcluded => proto::NotCheckedReason::AllExcluded,
    }
}

fn span(span: Span) -> proto::Span {
    proto::Span { start: u64::from(span.start), end: u64::from(span.end) }
}

fn covered(CoveredSpan { span: covered, words }: CoveredSpan) -> proto::CoveredSpan {
    proto::CoveredSpan { span: Some(span(covered)), words }
}

fn exclusion(Exclusion { reason, span: excluded, words, expected_by_chance }: Exclusion) -> proto::Exclusion {
    let reason = match reason {
        ExclusionReason::Boilerplate => proto::ExclusionReason::Boilerplate,
        ExclusionReason::Bibliography => proto::ExclusionReason::Bibliography,
        ExclusionReason::Quotation => proto::ExclusionReason::Quotation,
        ExclusionReason::Citation => proto::ExclusionReason::Citation,
        ExclusionReason::OwnWork => proto::ExclusionReason::OwnWork,
        ExclusionReason::Common => proto::ExclusionReason::Common,
        ExclusionReason::ShortPassage => proto::ExclusionReason::ShortPassage,
        ExclusionReason::Commonplace => proto::ExclusionReason::Commonplace,
    };
    proto::Exclusion { reason: reason.into(), span: Some(span(excluded)), words, expected_by_chance }
}

fn alert(Alert { kind, severity, span: seen, count }: Alert) -> proto::Alert {
    let kind = match kind {
        AlertKind::ZeroWidth => proto::AlertKind::ZeroWidth,
        AlertKind::BidiControl => proto::AlertKind::BidiControl,
        AlertKind::SoftHyphen => proto::AlertKind::SoftHyphen,
        AlertKind::LookAlike => proto::AlertKind::LookAlike,
        AlertKind::Invisible => proto::AlertKind::Invisible,
        AlertKind::PrivateUse => proto::AlertKind::PrivateUse,
        AlertKind::SpacedLetters => proto::AlertKind::SpacedLetters,
        AlertKind::StackedMarks => proto::AlertKind::StackedMarks,
        AlertKind::Excluded => proto::AlertKind::Excluded,
        AlertKind::JoinedWords => proto::AlertKind::JoinedWords,
        AlertKind::SplitWords => proto::AlertKind::SplitWords,
    };
    let severity = match severity {
        Severity::Low => proto::AlertSeverity::Low,
        Severity::Medium => proto::AlertSeverity::Medium,
        Severity::High => proto::AlertSeverity::High,
    };
    proto::Alert { kind: kind.into(), severity: severity.into(), span: Some(span(seen)), count }
}

pub(super) fn share(share: Share) -> proto::Share {
    let Share { words, of_words } = share;
    proto::Share { words, of_words, percent: share.percent() }
}

fn guarantee(guarantee: Guarantee) -> proto::Guarantee {
    let void = |GuaranteeVoid { reason, limit, spans }| proto::GuaranteeVoid {
        reason: guarantee_void_reason(reason).into(),
        limit,
        spans: spans.into_iter().map(span).collect(),
    };
    let holds = guarantee.holds();
    let Guarantee { min_run_words, voids } = guarantee;
    proto::Guarantee { min_run_words, holds, voids: voids.into_iter().map(void).collect() }
}

pub(super) fn guarantee_void_reason(reason: VoidReason) -> proto::GuaranteeVoidReason {
    match reason {
        VoidReason::CommonnessCap => proto::GuaranteeVoidReason::CommonnessCap,
        VoidReason::PostingLimit => proto::GuaranteeVoidReason::PostingLimit,
        VoidReason::CandidateLimit => proto::GuaranteeVoidReason::CandidateLimit,
        VoidReason::MissingPartitions => proto::GuaranteeVoidReason::MissingPartitions,
    }
}

fn overlap(overlap: SourceOverlap) -> proto::SourceOverlap {
    let SourceOverlap {
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
        uri,
        submitted_at,
        older,
    } = overlap;
    proto::SourceOverlap {
        collection,
        source_id,
        title,
        group,
        labels,
        covered: Some(share(covered)),
        unique_words,
        source_used: Some(share(source_used)),
        passages: passages.into_iter().map(passage).collect(),
        passages_cut,
        uri,
        submitted_at: submitted_at.map(timestamp),
        older: age_order(older).into(),
    }
}

pub(super) fn age_order(order: AgeOrder) -> proto::AgeOrder {
    match order {
        AgeOrder::Unknown => proto::AgeOrder::Unspecified,
        AgeOrder::Submission => proto::AgeOrder::Submission,
        AgeOrder::Source => proto::AgeOrder::Source,
        AgeOrder::Same => proto::AgeOrder::Same,
    }
}

fn passage(passage: ReportedPassage) -> proto::Passage {
    let ReportedPassage {
        submission,
        source,
        kind,
        similarity,
        evidence_nats,
        submission_words,
        source_words,
        matched_words,
        counted_words,
        covered: stretches,
        source_covered,
        attribution,
        excerpts,
        submission_pages,
        source_pages,
        expected_by_chance,
    } = passage;
    let (submission_excerpt, source_excerpt) =
        excerpts.map(|excerpts| (excerpts.submission, excerpts.source)).unwrap_or_default();
    proto::Passage {
        submission: Some(span(submission)),
        source: Some(span(source)),
        kind: match kind {
            PassageKind::Verbatim => proto::PassageKind::Verbatim,
            PassageKind::Altered => proto::PassageKind::Altered,
            PassageKind::Summary => proto::PassageKind::Summary,
        }
        .into(),
        similarity,
        submission_words,
        source_words,
        matched_words,
        submission_excerpt,
        source_excerpt,
        counted_words: u32::try_from(counted_words).unwrap_or(u32::MAX),
        evidence_nats,
        covered: stretches.into_iter().map(covered).collect(),
        source_covered: source_covered.into_iter().map(covered).collect(),
        attribution: match attribution {
            Attribution::None => proto::Attribution::None,
            Attribution::Quoted => proto::Attribution::Quoted,
            Attribution::Cited => proto::Attribution::Cited,
            Attribution::CitedAndQuoted => proto::Attribution::CitedAndQuoted,
        }
        .into(),
        submission_pages: submission_pages.map(page_range),
        source_pages: source_pages.map(page_range),
        expected_by_chance,
    }
}
