//! Sets of covered words.

use std::ops::Range;

use crate::text::WordLengths;

/// A set of words, as sorted, disjoint ranges of their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Coverage {
    ranges: Vec<Range<u32>>,
}

impl Coverage {
    /// The union of ranges in any order; adjacent ranges become one. `n log n`.
    #[must_use]
    pub fn of(ranges: impl IntoIterator<Item = Range<u32>>) -> Self {
        let mut sorted: Vec<Range<u32>> = ranges.into_iter().filter(|range| !range.is_empty()).collect();
        sorted.sort_unstable_by_key(|range| (range.start, range.end));
        let mut union: Vec<Range<u32>> = Vec::with_capacity(sorted.len());
        for range in sorted {
            match union.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => union.push(range),
            }
        }
        Self { ranges: union }
    }

    /// The ranges, sorted, disjoint and not adjacent.
    #[must_use]
    pub fn ranges(&self) -> &[Range<u32>] {
        &self.ranges
    }

    /// The words of this set that are in `span`. Linear in the ranges there.
    #[must_use]
    pub fn within(&self, span: &Range<u32>) -> Self {
        let first = self.ranges.partition_point(|range| range.end <= span.start);
        let inside = self.ranges.iter().skip(first).take_while(|range| range.start < span.end);
        Self { ranges: inside.map(|range| range.start.max(span.start)..range.end.min(span.end)).collect() }
    }

    /// The words of both sets. Linear in the ranges of both.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        self.minus(&self.minus(other))
    }

    /// The words of this set that are not in `other`. Linear in the ranges of both.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut holes = other.ranges.iter().peekable();
        let mut left = Vec::with_capacity(self.ranges.len());
        for range in &self.ranges {
            let mut start = range.start;
            while let Some(hole) = holes.peek().filter(|hole| hole.start < range.end) {
                if hole.start > start {
                    left.push(start..hole.start);
                }
                start = start.max(hole.end);
                if hole.end > range.end {
                    break;
                }
                holes.next();
            }
            if start < range.end {
                left.push(start..range.end);
            }
        }
        Self { ranges: left }
    }

    /// The union of both sets. `n log n` in the ranges of both.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self::of(self.ranges.iter().chain(&other.ranges).cloned())
    }

    /// The words of several coverages.
    #[must_use]
    pub fn union(coverages: &[Self]) -> Self {
        Self::of(coverages.iter().flat_map(|coverage| coverage.ranges.iter().cloned()))
    }

    /// Number of tokens.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.ranges.iter().map(|range| u64::from(range.end - range.start)).sum()
    }

    /// The length of all ranges in words of the text with these lengths.
    #[must_use]
    pub fn words(&self, lengths: &WordLengths) -> u64 {
        self.ranges.iter().map(|range| u64::from(lengths.words(range))).sum()
    }
}

/// For each coverage of a text, its length in words that no other of `coverages` covers.
///
/// `n log n` in the ranges.
pub(super) fn unique_words(coverages: &[Coverage], lengths: &WordLengths) -> Vec<u64> {
    let once = covered_once(coverages);
    let unique =
        |coverage: &Coverage| coverage.ranges.iter().map(|range| once.within(range).words(lengths)).sum();
    coverages.iter().map(unique).collect()
}

/// The tokens that exactly one coverage has.
fn covered_once(coverages: &[Coverage]) -> Coverage {
    let ranges = || coverages.iter().flat_map(|coverage| &coverage.ranges);
    // The changes of the number of coverages, by token.
    let mut steps: Vec<(u32, i64)> = ranges().flat_map(|range| [(range.start, 1), (range.end, -1)]).collect();
    steps.sort_unstable();
    let (mut depth, mut from, mut once) = (0, 0, Vec::new());
    for (token, step) in steps {
        if depth == 1 && from < token {
            once.push(from..token);
        }
        (depth, from) = (depth + step, token);
    }
    Coverage::of(once)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn ranges() -> impl Strategy<Value = Vec<Range<u32>>> {
        proptest::collection::vec(
            (0_u32..40, 0_u32..12).prop_map(|(start, length)| start..(start + length).min(50)),
            0..8,
        )
    }

    fn set(ranges: &[Range<u32>]) -> BTreeSet<u32> {
        ranges.iter().cloned().flatten().collect()
    }

    proptest! {
        #[test]
        fn is_the_union(ranges in ranges()) {
            let coverage = Coverage::of(ranges.clone());
            prop_assert_eq!(set(coverage.ranges()), set(&ranges));
            prop_assert_eq!(coverage.tokens(), set(&ranges).len() as u64);
            prop_assert!(coverage.ranges().windows(2).all(|pair| pair[0].end < pair[1].start));
        }

        #[test]
        fn minus_and_plus_are_those_of_sets(a in ranges(), b in ranges()) {
            let (one, other) = (Coverage::of(a.clone()), Coverage::of(b.clone()));
            prop_assert_eq!(set(one.minus(&other).ranges()), set(&a).difference(&set(&b)).copied().collect());
            prop_assert_eq!(set(one.plus(&other).ranges()), set(&a).union(&set(&b)).copied().collect());
            prop_assert_eq!(set(one.common(&other).ranges()), set(&a).intersection(&set(&b)).copied().collect());
            for span in b {
                let within: BTreeSet<u32> = set(&a).into_iter().filter(|word| span.contains(word)).collect();
                prop_assert_eq!(set(one.within(&span).ranges()), within);
            }
        }

        #[test]
        fn unique_words_are_in_one_set_only(all in proptest::collection::vec(ranges(), 0..5)) {
            let coverages: Vec<Coverage> = all.iter().map(|ranges| Coverage::of(ranges.clone())).collect();
            let unique = unique_words(&coverages, &WordLengths::of_words(50));
            for (which, ranges) in all.iter().enumerate() {
                let others: BTreeSet<u32> =
                    all.iter().enumerate().filter(|(i, _)| *i != which).flat_map(|(_, r)| set(r)).collect();
                prop_assert_eq!(unique[which], set(ranges).difference(&others).count() as u64);
            }
        }
    }
}
