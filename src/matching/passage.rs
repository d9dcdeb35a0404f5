//! Passages.

use std::ops::Range;

use super::seeds::Run;

/// How a passage of the submission relates to its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub enum PassageKind {
    /// The same tokens in the same order.
    Verbatim,
    /// Mostly the same words, with some replaced, moved, inserted or left out.
    Altered,
    /// A condensed form of the source.
    Summary,
}

/// A pair of matching token ranges, one in the submission and one in the source.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Passage {
    /// Tokens of the submission.
    pub submission: Range<u32>,
    /// Tokens of the source.
    pub source: Range<u32>,
    /// How the submission relates to the source.
    pub kind: PassageKind,
    /// Number of tokens whose stems are on both sides, each counted as often as both have it.
    pub matched_tokens: u32,
    /// The natural logarithm of the likelihood ratio of the words of each side, drawn from the other side against drawn
    /// from the background; 0 if only runs were searched.
    pub evidence: f32,
}

impl Passage {
    /// The matched tokens as words, given the length of the submission's side in words.
    #[must_use]
    pub fn matched_words(&self, submission_words: u32) -> u32 {
        let tokens = u64::from(self.submission.end - self.submission.start).max(1);
        let words = u64::from(self.matched_tokens) * u64::from(submission_words) / tokens;
        u32::try_from(words).unwrap_or(u32::MAX)
    }

    /// The share of common words: of both sides together (Dice's coefficient), or of the submission alone for a
    /// summary. 1 if verbatim.
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

/// The covered stretches of a passage: the ranges of tokens that count, sorted and disjoint, inside its two spans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stretches {
    /// Tokens of the submission.
    pub submission: Vec<Range<u32>>,
    /// Tokens of the source.
    pub source: Vec<Range<u32>>,
}

/// A passage with its covered stretches.
#[derive(Debug, Clone, PartialEq)]
pub struct CoveredPassage {
    /// The passage.
    pub passage: Passage,
    /// Its covered stretches.
    pub stretches: Stretches,
}

impl CoveredPassage {
    /// A passage all of which is covered: a verbatim one.
    #[must_use]
    pub fn whole(passage: Passage) -> Self {
        let of = |span: &Range<u32>| std::iter::once(span.clone()).collect();
        let stretches = Stretches { submission: of(&passage.submission), source: of(&passage.source) };
        Self { passage, stretches }
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
