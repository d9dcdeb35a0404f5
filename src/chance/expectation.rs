//! From scores to expected numbers of passages.

use crate::model::Calibration;

/// The score from which runs are counted: most runs of eight words have as much, and chance runs of fewer nats are as
/// many as those.
pub(super) const LEAST_SCORE: f64 = 32.0;

/// The share of quotations, captions and set phrases among the runs that unrelated texts have in common, and the fall
/// of their number with each nat. They are no accidents, but nobody copied them from one another either.
const QUOTED: Tail = Tail { share: 0.05, decay: 0.05 };

/// Altered passages of unrelated texts, against runs: the subject or the author is the same.
const ALTERED: Tail = Tail { share: 0.26, decay: 0.03 };

/// Summaries of unrelated texts, against runs.
const SUMMARY: Tail = Tail { share: 6.0, decay: 9.0 };

/// A part of the passages that chance produces.
struct Tail {
    /// Their share of the runs with [`LEAST_SCORE`].
    share: f64,
    /// The fall of their number with each unit of their score.
    decay: f64,
}

/// The score of a passage, by its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PassageScore {
    /// A run of equal words: its score in nats.
    Run(f64),
    /// An altered passage: `Z`.
    Altered(f64),
    /// A summary: the score of its runs for each of its words.
    Summary(f64),
}

impl PassageScore {
    /// The score of an altered passage of so many words from the scores of its runs and its evidence.
    ///
    /// `Z`, in which the runs count most. The weights were fitted to passages of PAN 2013 and to pairs of unrelated texts.
    #[must_use]
    pub fn altered(runs: f64, evidence: f64, words: f64) -> Self {
        let words = words.max(1.0);
        Self::Altered(runs + 0.255 * evidence / words.sqrt() - 1.4 * evidence / words - 1.5 * words.ln())
    }

    /// The score of a summary of so many words from the scores of its runs. Its evidence says little: it is as great for two texts
    /// on one subject.
    #[must_use]
    pub fn summary(runs: f64, words: f64) -> Self {
        Self::Summary(runs / words.max(1.0))
    }
}

/// The passages that an unrelated submission would share with the sources in scope, by chance.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Expectation {
    /// Runs of [`LEAST_SCORE`] or more, and the fall of their number, by collection.
    collections: Vec<(f64, f64)>,
}

impl Expectation {
    /// Of a submission of so many words against collections with so many words in scope each.
    #[must_use]
    pub fn new(submission_words: f64, collections: impl IntoIterator<Item = (f64, Calibration)>) -> Self {
        let of_one = |(words, calibration): (f64, Calibration)| {
            (submission_words * words * calibration.rate, calibration.decay)
        };
        Self { collections: collections.into_iter().map(of_one).collect() }
    }

    /// The expected number of passages with this score or a higher one.
    #[must_use]
    pub fn of(&self, score: PassageScore) -> f64 {
        let of_one = |(runs, decay): &(f64, f64)| match score {
            PassageScore::Run(score) => {
                let above = (score - LEAST_SCORE).max(0.0);
                let by_chance = (1.0 - QUOTED.share) * (-decay * above).exp();
                runs * (by_chance + QUOTED.share * (-QUOTED.decay * above).exp())
            }
            PassageScore::Altered(score) => runs * ALTERED.share * (-ALTERED.decay * score.max(0.0)).exp(),
            PassageScore::Summary(score) => runs * SUMMARY.share * (-SUMMARY.decay * score.max(0.0)).exp(),
        };
        self.collections.iter().map(of_one).sum()
    }
}

/// An expected number as reports state it: with two digits, since logarithms differ between processors beyond.
#[must_use]
pub fn rounded(expected: f64) -> f64 {
    format!("{expected:.1e}").parse().unwrap_or(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expectation(submission: f64, words: f64) -> Expectation {
        Expectation::new(submission, [(words, Calibration::default())])
    }

    #[test]
    fn it_grows_with_both_lengths_and_falls_with_the_score() {
        let run = PassageScore::Run(44.0);
        let (small, large) = (expectation(1000.0, 7.6e6), expectation(1000.0, 7.6e7));
        assert!((large.of(run) / small.of(run) - 10.0).abs() < 1e-9);
        assert!((expectation(2000.0, 7.6e6).of(run) / small.of(run) - 2.0).abs() < 1e-9);
        assert!(small.of(PassageScore::Run(60.0)) < small.of(run));
        assert!(small.of(PassageScore::Altered(60.0)) < small.of(PassageScore::Altered(50.0)));
        assert!(small.of(PassageScore::Summary(0.6)) < small.of(PassageScore::Summary(0.5)));
        let two = [(7.6e6, Calibration::default()), (7.6e6, Calibration::default())];
        assert!((Expectation::new(1000.0, two).of(run) - 2.0 * small.of(run)).abs() < 1e-12);
        assert!(Expectation::default().of(run).abs() < 1e-12, "no source");
    }

    #[test]
    fn numbers_have_two_digits() {
        for (number, stated) in [(0.123_456, 0.12), (1234.5, 1200.0), (9.96e-31, 1e-30), (0.0, 0.0)] {
            assert_eq!(rounded(number).to_string(), stated.to_string());
        }
    }
}
