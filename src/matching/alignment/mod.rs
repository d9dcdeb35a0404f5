//! Alignment of two token sequences, as a diff makes it.
//!
//! Exact runs are chained in order on both sides, so that they cover as many tokens as possible; the tokens between two
//! neighbours of the chain are aligned one by one. Runs that do not fit the order are kept apart, as moved text.
//!
//! Time is near-linear in both lengths, for every input: a q-gram has a bounded number of partners, chaining takes
//! `n log n`, and the tables between neighbours are narrow.

mod chain;
mod fill;
mod runs;

use std::ops::Range;

use super::seeds::Run;

/// The order in which two sequences agree.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// Equal runs in order on both sides, of one token or more. No two touch on both sides.
    pub chain: Vec<Run>,
    /// Equal runs of at least `LEAST_RUN` tokens that are elsewhere in the order, outside the chain on both sides.
    pub moved: Vec<Run>,
}

/// Tokens of a run that is found at any place. Shorter ones are chance in all but the shortest texts.
pub(super) const LEAST_RUN: usize = 3;

/// Aligns two sequences of keys; equal tokens have equal keys.
#[must_use]
pub fn align(submission: &[u64], source: &[u64]) -> Alignment {
    let found = runs::common(submission, source);
    let anchors = chain::longest(&found);
    let chain = fill::between(submission, source, &anchors);
    let moved = runs::outside(found, &chain, submission.len(), source.len());
    Alignment { chain, moved }
}

impl Run {
    /// Its tokens in the submission.
    pub(super) fn submission_span(&self) -> Range<u32> {
        self.submission..self.submission.saturating_add(self.length)
    }

    /// Its tokens in the source.
    pub(super) fn source_span(&self) -> Range<u32> {
        self.source..self.source.saturating_add(self.length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(submission: u32, source: u32, length: u32) -> Run {
        Run { submission, source, length }
    }

    fn keys(text: &str) -> Vec<u64> {
        text.bytes().map(u64::from).collect()
    }

    #[test]
    fn short_runs_are_aligned_between_neighbours() {
        let found = align(&keys("abcXdeYfgh"), &keys("abcZdefgh"));
        assert_eq!(found.chain, [run(0, 0, 3), run(4, 4, 2), run(7, 6, 3)]);
        assert_eq!(found.moved, []);
    }

    #[test]
    fn text_that_changed_places_is_moved() {
        let found = align(&keys("vwxyzabcdefgh"), &keys("abcdefghvwxyz"));
        assert_eq!(found.chain, [run(5, 0, 8)]);
        assert_eq!(found.moved, [run(0, 8, 5)]);
    }

    #[test]
    fn repetitions_and_unequal_lengths_end_soon() {
        let (ones, other) = (vec![1; 200_000], [vec![1; 100_000], vec![2; 100_000]].concat());
        let found = align(&ones, &other);
        assert!(found.chain.iter().map(|run| run.length).sum::<u32>() >= 100_000);
        let short = align(&keys("abcdef"), &other);
        assert_eq!(short, Alignment::default());
    }

    proptest! {
        #[test]
        fn runs_are_equal_in_order_and_apart(
            a in proptest::collection::vec(0_u64..6, 0..90),
            b in proptest::collection::vec(0_u64..6, 0..90),
        ) {
            let Alignment { chain, moved } = align(&a, &b);
            for run in chain.iter().chain(&moved) {
                let (here, there) = (run.submission as usize, run.source as usize);
                let length = run.length as usize;
                prop_assert!(length > 0);
                prop_assert_eq!(&a[here..here + length], &b[there..there + length]);
            }
            prop_assert!(moved.iter().all(|run| run.length as usize >= LEAST_RUN));
            for pair in chain.windows(2) {
                prop_assert!(pair[0].submission_span().end <= pair[1].submission);
                prop_assert!(pair[0].source_span().end <= pair[1].source);
            }
            for spans in [Run::submission_span, Run::source_span] {
                let mut taken: Vec<u32> = chain.iter().chain(&moved).flat_map(spans).collect();
                let all = taken.len();
                taken.sort_unstable();
                taken.dedup();
                prop_assert_eq!(taken.len(), all);
            }
        }

        #[test]
        fn equal_sequences_are_one_run(a in proptest::collection::vec(0_u64..3, 1..60)) {
            prop_assert_eq!(align(&a, &a).chain, [run(0, 0, u32::try_from(a.len()).unwrap())]);
        }
    }
}
