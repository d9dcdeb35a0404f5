//! The words that a report leaves out of the count, with the reasons.

use crate::cli::render::number;
use crate::proto;
use crate::proto::{ExclusionReason, Span};

/// The excluded words by reason, most first: `20 quoted, 15 of the bibliography`.
pub(super) fn by_reason(report: &proto::Report) -> String {
    let mut sums: Vec<(ExclusionReason, u64)> = Vec::new();
    for exclusion in &report.exclusions {
        match sums.iter_mut().find(|(reason, _)| *reason == exclusion.reason()) {
            Some((_, words)) => *words += exclusion.words,
            None => sums.push((exclusion.reason(), exclusion.words)),
        }
    }
    sums.sort_by_key(|(reason, words)| (std::cmp::Reverse(*words), *reason));
    let sums: Vec<String> =
        sums.iter().map(|(reason, words)| format!("{} {}", number(*words), phrase(*reason))).collect();
    sums.join(", ")
}

/// The reasons for exclusions within `span`, each once, in the order of the enum.
pub(super) fn reasons_in(span: &Span, exclusions: &[proto::Exclusion]) -> String {
    let meets = |other: &Span| other.start < span.end && span.start < other.end;
    let within = exclusions.iter().filter(|exclusion| exclusion.span.as_ref().is_some_and(meets));
    let mut reasons: Vec<ExclusionReason> = within.map(proto::Exclusion::reason).collect();
    reasons.sort_unstable();
    reasons.dedup();
    reasons.into_iter().map(phrase).collect::<Vec<&str>>().join(", ")
}

/// The phrase for words that are excluded for a reason: `20 quoted`.
fn phrase(reason: ExclusionReason) -> &'static str {
    match reason {
        ExclusionReason::Boilerplate => "of boilerplate",
        ExclusionReason::Bibliography => "of the bibliography",
        ExclusionReason::Quotation => "quoted",
        ExclusionReason::Citation => "of citations",
        ExclusionReason::OwnWork => "of own work",
        ExclusionReason::Common => "common to many sources",
        ExclusionReason::ShortPassage => "in short passages",
        ExclusionReason::Commonplace => "of commonplace passages",
        ExclusionReason::Unspecified => "for other reasons",
    }
}
