//! Submission against source: seeds, extended to runs, merged to passages.
//!
//! Matching looks at the full token sequences of both sides, never at fingerprints. Its names and its
//! steps are those of the PAN shared tasks on text alignment:
//!
//! 1. `seeds`: k-grams common to both sides, extended to maximal [`Run`]s of equal tokens;
//! 2. `merge`: runs that follow one another on both sides at small gaps, merged to [`Passage`]s.
//!
//! Both are linear in the two lengths, whatever the texts.

mod gram_table;
mod merge;
mod passage;
mod seeds;
mod stop;

pub use passage::{MatchSettings, Passage, PassageKind};
pub use seeds::{PreparedSubmission, Run};
pub use stop::{Stop, StopReason};

use crate::text::Token;

/// The passages that a submission and a source have in common.
///
/// They are sorted by their place in the submission. Every run of at least
/// [`MatchSettings::min_passage_tokens`] tokens of the submission that stands in the source is covered
/// by one, unless that is shorter than a seed.
///
/// # Errors
///
/// The reason, when `stop` says to stop.
pub fn passages(
    submission: &PreparedSubmission<'_>,
    source: &[Token],
    settings: MatchSettings,
    stop: &Stop,
) -> Result<Vec<Passage>, StopReason> {
    let runs = submission.common_runs(source, stop)?;
    stop.check()?;
    Ok(merge::merge(&runs, settings))
}

#[cfg(test)]
mod tests;
