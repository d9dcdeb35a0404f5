//! The best pairs, in bounded memory.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::report::Share;

/// A pair of sources by their places in the list, the first before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ranked {
    pub(super) sources: (u32, u32),
    pub(super) shares: (Share, Share),
    pub(super) passages: u64,
}

impl Ranked {
    /// The shares, the larger one first.
    fn by_size(&self) -> (Share, Share) {
        let (first, second) = self.shares;
        if compare(first, second).is_lt() { (second, first) } else { (first, second) }
    }
}

/// Exact, since percentages that differ in the counts may be equal once they are rounded.
pub(super) fn compare(a: Share, b: Share) -> Ordering {
    let (Share { words: a, of_words: of_a }, Share { words: b, of_words: of_b }) = (a, b);
    let product = |words: u64, of: u64| u128::from(words) * u128::from(of.max(1));
    product(a, of_b).cmp(&product(b, of_a))
}

/// A better pair is less than a worse one.
impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((larger, smaller), (their_larger, their_smaller)) = (self.by_size(), other.by_size());
        compare(their_larger, larger)
            .then_with(|| compare(their_smaller, smaller))
            .then_with(|| self.sources.cmp(&other.sources))
            .then_with(|| Reverse(self.passages).cmp(&Reverse(other.passages)))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The best of all pairs that are offered, whatever their order.
#[derive(Debug)]
pub(super) struct Top {
    /// The worst on top.
    kept: BinaryHeap<Ranked>,
    max: usize,
}

impl Top {
    pub(super) fn new(max: usize) -> Self {
        Self { kept: BinaryHeap::new(), max }
    }

    /// Keeps a pair if it is good enough by now; `false` if it is not, nor is any that is worse. Logarithmic
    /// in those that are kept.
    pub(super) fn offer(&mut self, pair: Ranked) -> bool {
        if self.kept.len() < self.max {
            self.kept.push(pair);
            return true;
        }
        let Some(mut worst) = self.kept.peek_mut().filter(|worst| pair < **worst) else { return false };
        *worst = pair;
        true
    }

    /// The best first.
    pub(super) fn into_sorted(self) -> Vec<Ranked> {
        self.kept.into_sorted_vec()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ranked(sources: (u32, u32), first: (u64, u64), second: (u64, u64)) -> Ranked {
        let share = |(words, of_words)| Share { words, of_words };
        Ranked { sources, shares: (share(first), share(second)), passages: 1 }
    }

    #[test]
    fn ranks_by_the_larger_share_then_the_smaller_then_the_places() {
        let best_first = [
            ranked((3, 9), (1, 10), (7, 7)),
            ranked((0, 1), (3, 3), (0, 5)),
            ranked((2, 3), (1_000_000_000, 1_000_000_001), (1, 9)),
            ranked((0, 3), (1, 2), (2, 4)),
            ranked((1, 2), (2, 4), (1, 2)),
            ranked((0, 2), (0, 0), (1, 3)),
        ];
        let mut sorted = best_first;
        sorted.reverse();
        sorted.sort_unstable();
        assert_eq!(sorted, best_first);
    }

    proptest! {
        #[test]
        fn keeps_the_best_whatever_the_order(
            offered in proptest::collection::vec(((0_u64..5, 1_u64..5), (0_u64..5, 1_u64..5)), 0..60),
            max in 0_usize..20,
        ) {
            let mut all: Vec<Ranked> =
                offered.iter().zip(0..).map(|((a, b), at)| ranked((at, at + 1), *a, *b)).collect();
            let mut top = Top::new(max);
            for pair in &all {
                top.offer(*pair);
            }
            all.sort_unstable();
            all.truncate(max);
            prop_assert_eq!(top.into_sorted(), all);
        }
    }
}
