//! What matching gives.

use std::ops::Range;

use super::seeds::Run;

/// How a passage of the submission relates to its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PassageKind {
    /// The same tokens in the same order.
    Verbatim,
    /// The same words for a good part, with some replaced, moved, inserted or left out.
    Altered,
    /// What the source says at length, condensed.
    Summary,
}

/// A pair of token ranges, one in the submission and one in the source, that say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Tokens of the submission.
    pub submission: Range<u32>,
    /// Tokens of the source.
    pub source: Range<u32>,
    /// How the two relate.
    pub kind: PassageKind,
    /// Tokens, by their stems, that stand on both sides, each as often as both have it.
    pub matched_tokens: u32,
    /// The natural logarithm of how much likelier the passage's words are if they were drawn from one another
    /// than by chance; 0 where only runs were looked for.
    pub evidence: f32,
}

impl Passage {
    /// The share of words in common: of both sides together (Dice's coefficient), or, of a summary, of the
    /// submission alone. 1 when verbatim.
    #[must_use]
    pub fn similarity(&self) -> f64 {
        let length = |range: &Range<u32>| f64::from(range.end - range.start);
        let (here, there) = (length(&self.submission), length(&self.source));
        let matched = f64::from(self.matched_tokens);
        match self.kind {
            PassageKind::Summary => matched / here.max(1.0),
            PassageKind::Verbatim | PassageKind::Altered => 2.0 * matched / (here + there).max(1.0),
        }
    }
}

impl From<Run> for Passage {
    fn from(run: Run) -> Self {
        Self {
            submission: run.submission..run.submission + run.length,
            source: run.source..run.source + run.length,
            kind: PassageKind::Verbatim,
            matched_tokens: run.length,
            evidence: 0.0,
        }
    }
}
