//! Fitting a calibration to a collection's own sources.

use super::expectation::LEAST_SCORE;
use crate::model::Calibration;

/// Scores above the least one that the fit looks at, in nats. Longer runs are seldom by chance.
const WINDOW: f64 = 15.0;

/// Runs by chance that the default is worth: a small sample moves it a little.
const PRIOR_RUNS: f64 = 30.0;

/// The least and the greatest fall of their number with each nat.
const DECAYS: (f64, f64) = (0.1, 0.4);

/// The most pairs of sources that one place of a source may add: a phrase of the whole collection is one observation.
const MOST_AT_ONE_PLACE: usize = 10;

/// The largest number of runs of a pair that is not a copy.
const MOST_RUNS: usize = 2;

/// A source of the sample and another, with the runs that they share.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MatchedPair {
    /// The place of the source in the sample.
    pub sampled: usize,
    /// Of each run, its first token in the sampled source and its score.
    pub runs: Vec<(u32, f64)>,
}

/// Fits the number of runs that chance produces to pairs of sources. `searched` is the product of the words of the sampled
/// sources and of the words that they were compared with.
///
/// The scores between 32 and 47 nats follow an exponential distribution that is cut off at both ends, of which the
/// rate of decay is estimated by maximum likelihood (its mean determines it). Robust to copies: pairs with several
/// runs are left out. Copies are of any length, so that as many of them are expected below 47 nats as above, up to
/// 62; these are subtracted. The default counts as thirty more runs. Linear in the pairs.
#[must_use]
pub fn fit(pairs: &[MatchedPair], searched: f64, sources: u64) -> Calibration {
    let default = Calibration::default();
    let Counted { runs, excess } = Counted::by_chance(&excesses(pairs));
    let prior_excess = PRIOR_RUNS * mean_excess(default.decay);
    let decay = decay_of((excess + prior_excess) / (runs + PRIOR_RUNS));
    let searched_for_prior = PRIOR_RUNS / (default.rate * counted(default.decay));
    let rate = (runs + PRIOR_RUNS) / (searched + searched_for_prior) / counted(decay);
    Calibration { rate, decay, sources, revision: 0 }
}

/// Runs, and the sum of their scores above the lower end of their window.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    runs: f64,
    excess: f64,
}

impl Counted {
    /// Those of the window, less those of the next one.
    fn by_chance(excesses: &[f64]) -> Self {
        let within = |from: f64| {
            let inside = excesses.iter().map(|excess| excess - from);
            let inside = inside.filter(|excess| (0.0..WINDOW).contains(excess));
            inside.fold(Self::default(), |sum, one| Self { runs: sum.runs + 1.0, excess: sum.excess + one })
        };
        let (these, copies) = (within(0.0), within(WINDOW));
        Self { runs: (these.runs - copies.runs).max(0.0), excess: (these.excess - copies.excess).max(0.0) }
    }
}

/// The share of runs by chance that are counted: those in the window, less the few in the next one.
fn counted(decay: f64) -> f64 {
    (1.0 - (-decay * WINDOW).exp()).powi(2)
}

/// The scores above the least one of runs that chance may have produced.
fn excesses(pairs: &[MatchedPair]) -> Vec<f64> {
    let mut runs: Vec<(usize, u32, f64)> = pairs
        .iter()
        .filter(|pair| pair.runs.len() <= MOST_RUNS)
        .flat_map(|pair| pair.runs.iter().map(|(place, score)| (pair.sampled, *place, *score)))
        .filter(|(_, _, score)| *score >= LEAST_SCORE)
        .collect();
    runs.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
    let places = runs.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    places.flat_map(|place| place.iter().take(MOST_AT_ONE_PLACE)).map(|run| run.2 - LEAST_SCORE).collect()
}

/// The mean of an exponential distribution with this decay, cut off at the window.
fn mean_excess(decay: f64) -> f64 {
    1.0 / decay - WINDOW / ((decay * WINDOW).exp() - 1.0)
}

/// The decay of the distribution with this mean, by bisection: the mean falls as the decay grows.
fn decay_of(mean: f64) -> f64 {
    let (mut low, mut high) = DECAYS;
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if mean_excess(middle) > mean { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs with one run each, whose scores have the quantiles of an exponential distribution.
    fn pairs(runs: u32, decay: f64) -> Vec<MatchedPair> {
        let quantile = |i: u32| -f64::ln((f64::from(i) + 0.5) / f64::from(runs)) / decay;
        let pair = |i: u32| MatchedPair { sampled: i as usize, runs: vec![(0, LEAST_SCORE + quantile(i))] };
        (0..runs).map(pair).collect()
    }

    #[test]
    fn it_finds_the_rate_and_the_decay_of_chance() {
        for (runs, decay) in [(400, 0.12), (1000, 0.2), (3000, 0.3)] {
            let searched = f64::from(runs) / 3e-11;
            let fitted = fit(&pairs(runs, decay), searched, 5000);
            assert!((fitted.decay / decay - 1.0).abs() < 0.1, "{fitted:?}");
            assert!((fitted.rate * searched / f64::from(runs) - 1.0).abs() < 0.15, "{fitted:?}");
            assert_eq!(fitted.sources, 5000);
        }
    }

    #[test]
    fn copies_do_not_move_it() {
        let clean = pairs(500, 0.2);
        let copies = (0..300_u32).map(|i| MatchedPair {
            sampled: 1000 + i as usize,
            runs: match i % 3 {
                0 => vec![(0, 400.0)],
                1 => vec![(0, 36.0), (20, 33.0), (40, 41.0)],
                // Of any length.
                _ => vec![(0, 32.0 + f64::from(i))],
            },
        });
        let mixed: Vec<MatchedPair> = clean.iter().cloned().chain(copies).collect();
        let (with, without) = (fit(&mixed, 1e13, 5000), fit(&clean, 1e13, 5000));
        assert!((with.rate / without.rate - 1.0).abs() < 0.05, "{with:?} {without:?}");
        assert!((with.decay / without.decay - 1.0).abs() < 0.05, "{with:?} {without:?}");
        let of_all = (0..900).map(|_| MatchedPair { sampled: 7, runs: vec![(3, 38.0)] });
        let phrase: Vec<MatchedPair> = clean.iter().cloned().chain(of_all).collect();
        let (with, without) = (fit(&phrase, 1e13, 5000), fit(&clean, 1e13, 5000));
        assert!((with.rate / without.rate - 1.0).abs() < 0.05, "{with:?} {without:?}");
    }

    #[test]
    fn without_runs_it_stays_near_the_default() {
        let nothing = fit(&[], 1e9, 1000);
        let default = Calibration::default();
        assert!(
            (nothing.decay - default.decay).abs() < 1e-6 && (nothing.rate / default.rate - 1.0).abs() < 0.01
        );
        assert!(fit(&[], 1e15, 1000).rate < default.rate / 50.0, "much was searched and nothing found");
    }
}
