//! Matching: the passages that a submission and a source have in common.
//!
//! Matching compares the full token sequences of both texts, never fingerprints. [`verified()`] compares the words of
//! verbatim passages. The names and steps are those of the PAN shared tasks on text alignment. Two mechanisms work
//! together:
//!
//! - `seeds` finds maximal [`Run`]s of equal tokens; every run of the guaranteed length is covered.
//! - [`altered`] finds passages with replaced, moved or condensed words, by the likelihood ratio of their stems, and
//!   includes the runs.
//!
//! Time is near-linear in the two lengths, for every pair of texts.

mod alignment;
pub mod altered;
mod edges;
mod exact;
mod gram_table;
mod key_map;
mod near_copy;
mod passage;
mod seeds;
mod verified;

pub use crate::model::{Stop, StopReason};
pub use alignment::{Alignment, align};
pub use altered::frequency_tables;
pub use altered::stretches::{Reading, covered};
pub use exact::exact;
pub(crate) use key_map::KeyMap;
pub use near_copy::{NearSide, NearText, near_copy};
pub use passage::{CoveredPassage, Passage, PassageKind, Stretches};
pub use seeds::{PreparedSubmission, Run};
pub use verified::verified;

use crate::text::Token;
use altered::{StemProfile, Tuning};

/// The runs of equal tokens of at least `min_words` words, as passages, in order of their place in the submission.
///
/// Every such run of the submission that occurs in the source is covered by one.
///
/// # Errors
///
/// The reason, if `stop` requests it.
pub fn verbatim_passages(
    submission: &PreparedSubmission<'_>,
    source: &[Token],
    min_words: u32,
    stop: &Stop,
) -> Result<Vec<Passage>, StopReason> {
    let runs = submission.covering_runs(source, min_words, stop)?;
    Ok(runs.into_iter().map(Passage::from).collect())
}

/// Passages, and the exact runs that they were made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matched {
    /// In order of their place in the submission.
    pub passages: Vec<Passage>,
    /// The maximal runs, sorted; each covers a token of the submission that no other does.
    pub runs: Vec<Run>,
}

/// All passages, verbatim, altered and summaries.
///
/// Every run of equal tokens of at least `min_words` words of the submission that occurs in the source is covered by one.
///
/// # Errors
///
/// The reason, if `stop` requests it.
pub fn passages(
    (submission, submission_profile): (&PreparedSubmission<'_>, &StemProfile),
    (source, source_profile): (&[Token], &StemProfile),
    min_words: u32,
    stop: &Stop,
) -> Result<Matched, StopReason> {
    let runs = submission.covering_runs(source, min_words, stop)?;
    let is_stopped = || stop.check().is_err();
    let found = altered::detect(submission_profile, source_profile, &runs, &Tuning::default(), &is_stopped);
    let Ok(found) = found else {
        return Err(stop.check().err().unwrap_or(StopReason::CalledOff));
    };
    let with_kind = |found| with_kind(found, submission.tokens(), source);
    let mut passages: Vec<Passage> = joined(found).into_iter().map(with_kind).collect();
    edges::extend(&mut passages, submission.tokens(), source);
    passages.retain(|passage| submission.reaches(&passage.submission, min_words));
    Ok(Matched { passages, runs })
}

/// Tokens between two passages that are joined, at most, on either side: the length of a replaced phrase.
const JOINED_GAP_TOKENS: u32 = 8;

/// Joins passages that follow one another on both sides with no more than a replaced phrase between them: they are one
/// copied passage.
fn joined(found: Vec<Passage>) -> Vec<Passage> {
    let gap = |before: u32, after: u32| after.checked_sub(before).filter(|gap| *gap <= JOINED_GAP_TOKENS);
    let mut joined: Vec<Passage> = Vec::with_capacity(found.len());
    for next in found {
        match joined.last_mut() {
            Some(last)
                if last.kind != PassageKind::Summary
                    && next.kind != PassageKind::Summary
                    && gap(last.submission.end, next.submission.start).is_some()
                    && gap(last.source.end, next.source.start).is_some() =>
            {
                last.submission.end = next.submission.end;
                last.source.end = next.source.end;
                last.matched_tokens += next.matched_tokens;
                last.evidence += next.evidence;
            }
            _ => joined.push(next),
        }
    }
    joined
}

/// Sets the kind of a passage: verbatim if all tokens are equal, altered if only most of them are.
fn with_kind(found: Passage, submission: &[Token], source: &[Token]) -> Passage {
    let slice = |range: &std::ops::Range<u32>| range.start as usize..range.end as usize;
    let tokens = found.submission.end - found.submission.start;
    if submission.get(slice(&found.submission)) == source.get(slice(&found.source)) {
        return Passage { kind: PassageKind::Verbatim, matched_tokens: tokens, ..found };
    }
    let kind = if found.kind == PassageKind::Verbatim { PassageKind::Altered } else { found.kind };
    // Words that the submission repeats may occur in the source once.
    let matched_tokens = found.matched_tokens.min(tokens).min(found.source.end - found.source.start);
    Passage { kind, matched_tokens, ..found }
}

#[cfg(test)]
mod tests;
