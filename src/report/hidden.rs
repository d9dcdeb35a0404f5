//! The alert about exclusions: a text that leaves little to count may hide copied text in what it excludes.

use std::ops::Range;

use super::coverage::Coverage;
use super::draft::Draft;
use super::types::ExclusionReason;
use crate::text::alerts::{Alert, AlertKind, Severity};

/// The fewest excluded words that raise an alert: two sentences. In a shorter text one quotation is most of it.
const LEAST_WORDS: u64 = 20;
/// The share of the words that has to be left, as its reciprocal.
const LEFT: u64 = 5;
/// The share of the words that has to be excluded and copied, as its reciprocal. Most essays quote less, and have
/// nothing else in common with a source.
const COPIED: u64 = 10;

/// The alert, if exclusions leave less than a fifth of the words, or if they take more than half of the copied words.
///
/// `copied` are the words in passages, before exclusions. Boilerplate, references and citations are not counted among
/// them: the caller gave the first, and the others should be the same in every text. The span is in bytes.
pub(super) fn alert(
    draft: &Draft<'_>,
    copied: &Coverage,
    claims: &[(Range<u32>, ExclusionReason)],
    considered_words: u64,
) -> Option<Alert> {
    let words_of = |wanted: bool| {
        let of = claims.iter().filter(|(_, reason)| hides(*reason) == wanted);
        Coverage::of(of.map(|(range, _)| range.clone()))
    };
    let (hiding, others) = (words_of(true), words_of(false));
    let lengths = draft.tokenized.lengths();
    let excluded = hiding.words(lengths) + others.words(lengths);
    let words = u64::from(lengths.total());
    let hidden = copied.common(&hiding).words(lengths);
    let enough = hidden >= LEAST_WORDS && hidden * COPIED >= words;
    let hides_most = enough && 2 * hidden > copied.minus(&others).words(lengths);
    let leaves_little = excluded >= LEAST_WORDS && LEFT * considered_words < words;
    let first = claims.first().filter(|_| hides_most || leaves_little)?;
    let end = claims.iter().map(|(range, _)| range.end).max()?;
    Some(Alert {
        kind: AlertKind::Excluded,
        severity: if hides_most { Severity::Medium } else { Severity::Low },
        span: draft.tokenized.span_of(first.0.start..end),
        count: u32::try_from(excluded).unwrap_or(u32::MAX),
    })
}

/// Whether copied words may hide in what is excluded for this reason.
fn hides(reason: ExclusionReason) -> bool {
    match reason {
        ExclusionReason::Boilerplate
        | ExclusionReason::Bibliography
        | ExclusionReason::Citation
        | ExclusionReason::Commonplace => false,
        ExclusionReason::Quotation
        | ExclusionReason::OwnWork
        | ExclusionReason::Common
        | ExclusionReason::ShortPassage => true,
    }
}
