//! The alert about exclusions: a text that leaves little to count may hide copied text in what it excludes.

use std::ops::Range;

use super::build::Draft;
use super::coverage::Coverage;
use super::types::ExclusionReason;
use crate::text::alerts::{Alert, AlertKind, Severity};

/// The fewest excluded words that raise an alert: two sentences. In a shorter text one quotation is most of it.
const LEAST_WORDS: u64 = 20;
/// The share of the words that has to be left, as its reciprocal.
const LEFT: u64 = 5;

/// The alert, if exclusions leave less than a fifth of the words, or if they take more than half of the copied words.
///
/// `copied` are the words in passages, before exclusions. Boilerplate in them was given by the caller: it is not what
/// the author hides, and does not count as copied. The span is in bytes.
pub(super) fn alert(
    draft: &Draft<'_>,
    copied: &Coverage,
    claims: &[(Range<u32>, ExclusionReason)],
    considered_words: u64,
) -> Option<Alert> {
    let of = |boilerplate: bool| {
        let is_of = move |reason: ExclusionReason| (reason == ExclusionReason::Boilerplate) == boilerplate;
        Coverage::of(claims.iter().filter(|(_, reason)| is_of(*reason)).map(|(range, _)| range.clone()))
    };
    let (boilerplate, others) = (of(true), of(false));
    let lengths = draft.tokenized.lengths();
    let excluded = boilerplate.words(lengths) + others.words(lengths);
    let words = u64::from(lengths.total());
    let copied = copied.minus(&boilerplate);
    let hidden = copied.common(&others).words(lengths);
    let hides = hidden >= LEAST_WORDS && 2 * hidden > copied.words(lengths);
    let leaves_little = excluded >= LEAST_WORDS && LEFT * considered_words < words;
    let first = claims.first().filter(|_| hides || leaves_little)?;
    let end = claims.iter().map(|(range, _)| range.end).max()?;
    Some(Alert {
        kind: AlertKind::Excluded,
        severity: if hides { Severity::Medium } else { Severity::Low },
        span: draft.tokenized.span_of(first.0.start..end),
        count: u32::try_from(excluded).unwrap_or(u32::MAX),
    })
}
