//! Sequences that are known to be erased.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Sequences that are known to be erased: a reader does not ask for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Erased {
    /// The last sequence of each run, by its first.
    runs: BTreeMap<u64, u64>,
}

impl Erased {
    /// Adds a run. Logarithmic.
    pub(crate) fn add(&mut self, run: RangeInclusive<u64>) {
        let (mut first, mut last) = run.into_inner();
        if let Some((before, end)) = self.runs.range(..=first).next_back()
            && *end + 1 >= first
        {
            (first, last) = (*before, last.max(*end));
        }
        while let Some((after, end)) = self.runs.range(first..=last + 1).next().map(|(a, b)| (*a, *b)) {
            last = last.max(end);
            self.runs.remove(&after);
        }
        self.runs.insert(first, last);
    }

    /// The last sequence of the run that a sequence is in; `None` if it is in none. Logarithmic.
    pub(crate) fn run_from(&self, sequence: u64) -> Option<u64> {
        let (_, last) = self.runs.range(..=sequence).next_back()?;
        (*last >= sequence).then_some(*last)
    }

    /// Forgets what is before a sequence.
    pub(crate) fn forget_before(&mut self, sequence: u64) {
        let last = self.run_from(sequence);
        self.runs = self.runs.split_off(&sequence);
        if let Some(last) = last {
            self.runs.insert(sequence, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_touch_are_one() {
        let mut erased = Erased::default();
        for run in [5..=7, 1..=2, 9..=9, 8..=8, 3..=3, 20..=30, 22..=25] {
            erased.add(run);
        }
        assert_eq!(erased.runs, BTreeMap::from([(1, 3), (5, 9), (20, 30)]));
        let from = |sequence| erased.run_from(sequence);
        assert_eq!(
            [from(0), from(2), from(4), from(5), from(9), from(10)],
            [None, Some(3), None, Some(9), Some(9), None]
        );
        erased.forget_before(4);
        assert_eq!(erased.runs, BTreeMap::from([(5, 9), (20, 30)]));
        erased.forget_before(7);
        assert_eq!(erased.runs, BTreeMap::from([(7, 9), (20, 30)]));
    }
}
