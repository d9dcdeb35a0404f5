//! The words of passages that count, after exclusions.

use super::build::ExcludedWords;
use super::coverage::Coverage;
use super::finding::{Finding, FoundPassage};
use super::types::ExclusionReason;

/// The exclusions of a report, as far as passages need them.
pub(super) struct Excluded {
    /// All excluded words.
    all: Coverage,
    /// Those that were matched with boilerplate or own work.
    matched: Coverage,
}

impl Excluded {
    pub(super) fn new(exclusions: &[ExcludedWords]) -> Self {
        let is_matched = |excluded: &&ExcludedWords| {
            matches!(excluded.reason, ExclusionReason::Boilerplate | ExclusionReason::OwnWork)
        };
        let union = |words: Vec<&Coverage>| {
            Coverage::of(words.into_iter().flat_map(|words| words.ranges().iter().cloned()))
        };
        Self {
            all: union(exclusions.iter().map(|excluded| &excluded.words).collect()),
            matched: union(exclusions.iter().filter(is_matched).map(|excluded| &excluded.words).collect()),
        }
    }

    /// Number of excluded words.
    pub(super) fn words(&self) -> u64 {
        self.all.words()
    }

    /// The words of a finding that count.
    pub(super) fn counted_of(&self, finding: &Finding) -> Coverage {
        let counted: Vec<Coverage> =
            finding.passages.iter().map(|found| self.counted(found, finding.min_words)).collect();
        Coverage::union(&counted)
    }

    /// The words of a passage that count: those of its covered stretches that are not excluded.
    ///
    /// Where boilerplate or own work is taken out of a passage, the rest has to be a passage by itself: between two
    /// words that are taken out, at least `min_words` words have to be covered. Both sides of an edited template share
    /// the edits, which are not copied text. Linear in the passage and the exclusions inside it.
    pub(super) fn counted(&self, found: &FoundPassage, min_words: u32) -> Coverage {
        let span = &found.passage.submission;
        let covered = Coverage::of(found.stretches.submission.iter().cloned());
        let taken = self.matched.within(span);
        let rest = covered.minus(&taken);
        let kept = if taken.words() == 0 {
            rest
        } else {
            let pieces = Coverage::of([span.clone()]).minus(&taken);
            let of_piece = |piece: &std::ops::Range<u32>| rest.within(piece);
            let pieces = pieces.ranges().iter().map(of_piece);
            let large: Vec<Coverage> = pieces.filter(|piece| piece.words() >= u64::from(min_words)).collect();
            Coverage::union(&large)
        };
        kept.minus(&self.all.within(span))
    }
}
