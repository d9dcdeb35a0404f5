//! The words of passages that count, after exclusions.

use std::ops::Range;

use super::coverage::Coverage;
use super::draft::ExcludedWords;
use super::finding::{Finding, FoundPassage};
use super::types::ExclusionReason;
use crate::text::WordLengths;

/// The exclusions of a report, as far as passages need them.
pub(super) struct Excluded<'a> {
    /// The lengths of the submission.
    lengths: &'a WordLengths,
    /// All excluded words.
    all: Coverage,
    /// Those that were matched with boilerplate or own work.
    matched: Coverage,
}

impl<'a> Excluded<'a> {
    pub(super) fn new(exclusions: &[ExcludedWords], lengths: &'a WordLengths) -> Self {
        let is_matched = |excluded: &&ExcludedWords| {
            matches!(excluded.reason, ExclusionReason::Boilerplate | ExclusionReason::OwnWork)
        };
        let union = |words: Vec<&Coverage>| {
            Coverage::of(words.into_iter().flat_map(|words| words.ranges().iter().cloned()))
        };
        Self {
            lengths,
            all: union(exclusions.iter().map(|excluded| &excluded.words).collect()),
            matched: union(exclusions.iter().filter(is_matched).map(|excluded| &excluded.words).collect()),
        }
    }

    /// Number of excluded words.
    pub(super) fn words(&self) -> u64 {
        self.all.words(self.lengths)
    }

    /// The words of a finding that count.
    pub(super) fn counted_of(&self, finding: &Finding) -> Coverage {
        let counted: Vec<Coverage> =
            finding.passages.iter().map(|found| self.counted(found, finding.min_words)).collect();
        Coverage::union(&counted)
    }

    /// The words of a passage that count: those of its covered stretches that are not excluded, as far as
    /// [`remaining`] keeps them.
    pub(super) fn counted(&self, found: &FoundPassage, min_words: u32) -> Coverage {
        let (span, stretches) = (&found.passage.submission, &found.stretches);
        remaining((span, stretches), self.lengths, &self.matched, min_words).minus(&self.all.within(span))
    }
}

/// The words of a passage that are left when `matched`, the boilerplate and own work of a text, is taken out of it.
/// `stretches` are the covered stretches of its `span`, in a text with these `lengths`.
///
/// The rest has to be a passage by itself: between two words that are taken out, at least `min_words` words have to be
/// covered. Two texts that use one edited template share the edits, which are not copied. Linear in the passage and the
/// words taken out of it.
#[must_use]
pub fn remaining(
    (span, stretches): (&Range<u32>, &[Range<u32>]),
    lengths: &WordLengths,
    matched: &Coverage,
    min_words: u32,
) -> Coverage {
    let taken = matched.within(span);
    let rest = Coverage::of(stretches.iter().cloned()).minus(&taken);
    if taken.ranges().is_empty() {
        return rest;
    }
    let pieces = Coverage::of([span.clone()]).minus(&taken);
    let pieces = pieces.ranges().iter().map(|piece| rest.within(piece));
    let large: Vec<Coverage> = pieces.filter(|piece| piece.words(lengths) >= u64::from(min_words)).collect();
    Coverage::union(&large)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_of_a_template_do_not_remain_but_a_passage_does() {
        let template = Coverage::of([10..20, 23..30, 45..50]);
        let whole = std::slice::from_ref(&(5..60));
        let lengths = WordLengths::of_words(60);
        let left = |stretches: &[Range<u32>]| remaining((&(5..60), stretches), &lengths, &template, 8);
        assert_eq!(left(whole), Coverage::of([30..45, 50..60]));
        assert_eq!(left(&[5..32, 40..60]).tokens(), 10);
        assert_eq!(left(&[30..34, 41..45]), Coverage::of([30..34, 41..45]));
        let first = remaining((&(0..4), &[0..1, 2..3]), &lengths, &template, 8);
        assert_eq!(first, Coverage::of([0..1, 2..3]));
    }
}
