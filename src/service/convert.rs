//! The engine's types to messages, and enum values back. Exhaustive: a field that a message gains is an
//! error here until somebody fills it.

mod info;
mod pairs;

pub(super) use info::server_info;
pub(super) use pairs::{cluster, pair, pairs_progress, pairs_summary};

use super::MAX_COMPARED_TEXTS;
use super::revisions::Revisions;
use crate::engine::{
    ALGORITHM_VERSION, Added, CollectionInfo, CollectionStats, CorpusInfo, Defect, DetectionMode, Entry,
    IfExists, Limits, Verified,
};
use crate::matching::PassageKind;
use crate::proto;
use crate::report::{
    CoveredSpan, Exclusion, ExclusionReason, Guarantee, GuaranteeVoid, Report, ReportedPassage, Share,
    SourceOverlap, VoidReason,
};
use crate::text::alerts::{Alert, AlertKind, Severity};
use crate::text::{OffsetUnit, Span};

/// A number that no value of the enum has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is {0}, which no value of this enum has; see the proto")]
pub(super) struct UnknownValue(i32);

pub(super) fn if_exists(value: i32) -> Result<IfExists, UnknownValue> {
    match proto::IfExists::try_from(value).map_err(|_| UnknownValue(value))? {
        proto::IfExists::Unspecified | proto::IfExists::Reject => Ok(IfExists::Reject),
        proto::IfExists::Replace => Ok(IfExists::Replace),
        proto::IfExists::RejectDifferent => Ok(IfExists::RejectDifferent),
        proto::IfExists::ReplaceDifferent => Ok(IfExists::ReplaceDifferent),
    }
}

pub(super) fn offset_unit(value: i32) -> Result<OffsetUnit, UnknownValue> {
    match proto::OffsetUnit::try_from(value).map_err(|_| UnknownValue(value))? {
        proto::OffsetUnit::Unspecified | proto::OffsetUnit::Utf8Bytes => Ok(OffsetUnit::Utf8Bytes),
        proto::OffsetUnit::Utf16CodeUnits => Ok(OffsetUnit::Utf16CodeUnits),
        proto::OffsetUnit::CodePoints => Ok(OffsetUnit::CodePoints),
    }
}

pub(super) fn mode(value: i32) -> Result<DetectionMode, UnknownValue> {
    match proto::DetectionMode::try_from(value).map_err(|_| UnknownValue(value))? {
        proto::DetectionMode::Unspecified | proto::DetectionMode::AlteredToo => Ok(DetectionMode::AlteredToo),
        proto::DetectionMode::VerbatimOnly => Ok(DetectionMode::VerbatimOnly),
    }
}

fn stats(stats: CollectionStats, revisions: &Revisions) -> proto::CollectionStats {
    let CollectionStats { sources, words, fingerprints, text_bytes, index_bytes, revision } = stats;
    let revision = revisions.tell(revision);
    proto::CollectionStats { sources, words, fingerprints, text_bytes, index_bytes, revision }
}

pub(super) fn collection(info: &CollectionInfo, revisions: &Revisions) -> proto::Collection {
    proto::Collection {
        name: info.name.as_str().to_owned(),
        kgram_tokens: info.settings.kgram.get(),
        window_kgrams: info.settings.window.get(),
        guarantee_words: info.settings.guarantee_tokens(),
        stats: Some(stats(info.stats, revisions)),
    }
}

/// The totals of the corpus, or of what somebody sees of it.
pub(super) fn corpus(
    info: CorpusInfo,
    limits: &Limits,
    max_message_bytes: usize,
    revisions: &Revisions,
) -> proto::GetCorpusResponse {
    let Limits {
        max_text_bytes,
        max_normalised_bytes,
        max_text_words,
        max_collections,
        max_sources_per_collection,
        max_collection_bytes,
        max_candidates,
        max_common_postings,
        max_deleted_text_seconds,
    } = *limits;
    proto::GetCorpusResponse {
        collections: info.collections,
        stats: Some(stats(info.stats, revisions)),
        algorithm_version: ALGORITHM_VERSION,
        server_version: env!("CARGO_PKG_VERSION").to_owned(),
        limits: Some(proto::Limits {
            max_text_bytes: max_text_bytes as u64,
            max_text_words: max_text_words as u64,
            max_message_bytes: max_message_bytes as u64,
            max_collections: max_collections as u64,
            max_sources_per_collection: max_sources_per_collection as u64,
            max_candidates: max_candidates as u64,
            max_common_postings: u64::from(max_common_postings),
            max_compared_texts: MAX_COMPARED_TEXTS as u64,
            max_normalised_bytes: max_normalised_bytes as u64,
            max_collection_bytes,
            max_deleted_text_seconds,
        }),
    }
}

/// A source without its text.
pub(super) fn source(entry: &Entry, revisions: &Revisions) -> proto::Source {
    proto::Source {
        id: entry.id.as_str().to_owned(),
        title: entry.title.as_str().to_owned(),
        group: entry.group.as_str().to_owned(),
        labels: entry.labels.as_slice().iter().map(|label| label.as_str().to_owned()).collect(),
        text: String::new(),
        stats: Some(source_stats(entry, revisions)),
    }
}

fn source_stats(entry: &Entry, revisions: &Revisions) -> proto::SourceStats {
    proto::SourceStats {
        words: entry.words,
        text_bytes: entry.text_bytes,
        fingerprints: entry.fingerprints,
        revision: revisions.tell(entry.added),
    }
}

pub(super) fn added(added: &Added, revisions: &Revisions) -> proto::AddSourceResponse {
    const LISTED: usize = 10;
    let Added { entry, replaced, unchanged, exact_duplicates } = added;
    proto::AddSourceResponse {
        id: entry.id.as_str().to_owned(),
        replaced: *replaced,
        unchanged: *unchanged,
        exact_duplicates: exact_duplicates.iter().take(LISTED).map(|id| id.as_str().to_owned()).collect(),
        exact_duplicates_found: exact_duplicates.len() as u64,
        stats: Some(source_stats(entry, revisions)),
    }
}

/// The message for what verifying came to so far.
#[must_use]
pub fn verified_to_proto(verified: Verified) -> proto::VerifyResponse {
    let Verified { sources, of_sources, findings, is_complete } = verified;
    let finding = |defect: Defect| {
        let Defect { collection, source_id, problem } = defect;
        proto::VerifyFinding { collection, source_id, problem }
    };
    let findings = findings.into_iter().map(finding).collect();
    proto::VerifyResponse { sources, of_sources, findings, is_complete }
}

/// The message for a report of the engine.
#[must_use]
pub fn report_to_proto(report: Report) -> proto::Report {
    let (sources_cut, excluded_words) = (report.sources_cut(), report.excluded_words());
    let Report {
        guarantee: promised,
        corpus_revision,
        scope_revision: _,
        settings_digest,
        offset_unit,
        words,
        too_few_words,
        coverage,
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
    } = report;
    let covered =
        |CoveredSpan { span: covered, words }| proto::CoveredSpan { span: Some(span(covered)), words };
    proto::Report {
        guarantee: Some(guarantee(promised)),
        corpus_revision,
        settings_digest: format!("{settings_digest:032x}"),
        algorithm_version: ALGORITHM_VERSION,
        offset_unit: match offset_unit {
            OffsetUnit::Utf8Bytes => proto::OffsetUnit::Utf8Bytes,
            OffsetUnit::Utf16CodeUnits => proto::OffsetUnit::Utf16CodeUnits,
            OffsetUnit::CodePoints => proto::OffsetUnit::CodePoints,
        }
        .into(),
        words,
        too_few_words,
        coverage: Some(share(coverage)),
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
    }
}

fn span(span: Span) -> proto::Span {
    proto::Span { start: u64::from(span.start), end: u64::from(span.end) }
}

fn exclusion(Exclusion { reason, span: excluded, words }: Exclusion) -> proto::Exclusion {
    let reason = match reason {
        ExclusionReason::Boilerplate => proto::ExclusionReason::Boilerplate,
        ExclusionReason::Bibliography => proto::ExclusionReason::Bibliography,
        ExclusionReason::Quotation => proto::ExclusionReason::Quotation,
        ExclusionReason::Citation => proto::ExclusionReason::Citation,
        ExclusionReason::OwnWork => proto::ExclusionReason::OwnWork,
        ExclusionReason::Common => proto::ExclusionReason::Common,
        ExclusionReason::ShortPassage => proto::ExclusionReason::ShortPassage,
    };
    proto::Exclusion { reason: reason.into(), span: Some(span(excluded)), words }
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
    };
    let severity = match severity {
        Severity::Low => proto::AlertSeverity::Low,
        Severity::Medium => proto::AlertSeverity::Medium,
        Severity::High => proto::AlertSeverity::High,
    };
    proto::Alert { kind: kind.into(), severity: severity.into(), span: Some(span(seen)), count }
}

fn share(share: Share) -> proto::Share {
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

fn guarantee_void_reason(reason: VoidReason) -> proto::GuaranteeVoidReason {
    match reason {
        VoidReason::CommonnessCap => proto::GuaranteeVoidReason::CommonnessCap,
        VoidReason::PostingLimit => proto::GuaranteeVoidReason::PostingLimit,
        VoidReason::CandidateLimit => proto::GuaranteeVoidReason::CandidateLimit,
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
        excerpts,
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
    }
}
