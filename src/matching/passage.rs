//! What matching is asked for, and what it gives.

use std::ops::Range;

/// How a passage of the submission relates to its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PassageKind {
    /// The same tokens in the same order.
    Verbatim,
    /// Runs of the same tokens with others between them.
    Altered,
}

/// A pair of token ranges, one in the submission and one in the source, that say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Tokens of the submission.
    pub submission: Range<u32>,
    /// Tokens of the source.
    pub source: Range<u32>,
    /// Tokens that stand on both sides, in runs of the same order.
    pub matched_tokens: u32,
}

impl Passage {
    /// Verbatim when every token on both sides is matched, altered otherwise.
    #[must_use]
    pub fn kind(&self) -> PassageKind {
        if self.longer_side() == self.matched_tokens { PassageKind::Verbatim } else { PassageKind::Altered }
    }

    /// The share of the longer side's tokens that are matched: 1 exactly when verbatim.
    #[must_use]
    pub fn similarity(&self) -> f64 {
        f64::from(self.matched_tokens) / f64::from(self.longer_side().max(1))
    }

    /// Tokens on the longer side.
    fn longer_side(&self) -> u32 {
        let length = |range: &Range<u32>| range.end - range.start;
        length(&self.submission).max(length(&self.source))
    }
}

/// Which passages are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchSettings {
    /// The fewest tokens of the submission in a passage.
    pub min_passage_tokens: u32,
    /// The most tokens, on either side, that are bridged when runs are merged; 0 merges none, so that
    /// every passage is verbatim.
    pub max_gap_tokens: u32,
}
