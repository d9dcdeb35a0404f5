//! Agreement with graders: quadratic weighted kappa (Cohen 1968) and its interval by the bootstrap (Efron 1979).

use crate::model::Agreement;

/// The number of resamples of the bootstrap.
const RESAMPLES: usize = 1000;

/// The share of resamples below and above an interval: its level is 95 %.
const TAIL: f64 = 0.025;

/// The share of resamples in which a scale may fail to beat the baseline: a one-sided test at 5 %.
const RISK: f64 = 0.05;

/// The grades of an essay: the grader's, and two predictions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Graded {
    /// The grader's grade.
    pub(crate) grade: f64,
    /// The grade by the scale.
    pub(crate) by_scale: f64,
    /// The grade by the baseline.
    pub(crate) by_baseline: f64,
}

/// The agreements of a scale and of its baseline on the same essays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Comparison {
    /// The agreement of the scale.
    pub(crate) scale: Agreement,
    /// The agreement of the baseline.
    pub(crate) baseline: Agreement,
    /// A lower bound of the difference, at a risk of 5 %.
    pub(crate) least_gain: f64,
}

/// Sums of two gradings.
#[derive(Debug, Default, Clone, Copy)]
struct Pairs {
    essays: f64,
    sum_a: f64,
    sum_b: f64,
    squares: f64,
    differences: f64,
}

impl Pairs {
    fn add(&mut self, a: f64, b: f64) {
        self.essays += 1.0;
        self.sum_a += a;
        self.sum_b += b;
        self.squares += a * a + b * b;
        self.differences += (a - b) * (a - b);
    }

    /// 1 - observed / expected disagreement, where the expected one is the mean over all pairs of an `a` and a `b`. With
    /// evenly spaced grades it is the kappa of their table.
    fn kappa(self) -> f64 {
        let expected = self.essays * self.squares - 2.0 * self.sum_a * self.sum_b;
        if expected > f64::EPSILON * self.essays * self.squares {
            1.0 - self.essays * self.differences / expected
        } else {
            0.0
        }
    }
}

/// Compares a scale and a baseline with the grader, by resamples of the essays.
pub(crate) fn compare(essays: &[Graded]) -> Comparison {
    let whole = Kappas::of(essays.iter());
    let mut random = SplitMix::default();
    let mut resamples: Vec<Kappas> = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        resamples.push(Kappas::of((0..essays.len()).filter_map(|_| essays.get(random.below(essays.len())))));
    }
    let agreement = |kappa: f64, of: fn(&Kappas) -> f64| {
        let sorted = sorted(resamples.iter().map(of));
        Agreement { kappa, low: quantile(&sorted, TAIL), high: quantile(&sorted, 1.0 - TAIL) }
    };
    Comparison {
        scale: agreement(whole.scale, |kappas| kappas.scale),
        baseline: agreement(whole.baseline, |kappas| kappas.baseline),
        least_gain: quantile(&sorted(resamples.iter().map(|one| one.scale - one.baseline)), RISK),
    }
}

/// The kappas of one sample.
#[derive(Debug, Clone, Copy)]
struct Kappas {
    scale: f64,
    baseline: f64,
}

impl Kappas {
    fn of<'a>(essays: impl Iterator<Item = &'a Graded>) -> Self {
        let (mut scale, mut baseline) = (Pairs::default(), Pairs::default());
        for Graded { grade, by_scale, by_baseline } in essays {
            scale.add(*grade, *by_scale);
            baseline.add(*grade, *by_baseline);
        }
        Self { scale: scale.kappa(), baseline: baseline.kappa() }
    }
}

/// Values in order.
pub(crate) fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which a share of sorted values is; 0 if there are none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a number of essays or resamples is below 2^53")]
    let place = share * sorted.len().saturating_sub(1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list, rounded down"
    )]
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    match (sorted.get(below), sorted.get(above)) {
        (Some(low), Some(high)) => low + (high - low) * place.fract(),
        _ => 0.0,
    }
}

/// `SplitMix64` (Steele, Lea and Flood 2014): the same resamples each time.
#[derive(Debug, Default)]
struct SplitMix {
    state: u64,
}

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.next()) * bound as u128;
        usize::try_from(product >> 64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kappa(pairs: &[(f64, f64)]) -> f64 {
        let mut sums = Pairs::default();
        for (a, b) in pairs {
            sums.add(*a, *b);
        }
        sums.kappa()
    }

    #[test]
    fn kappa_is_that_of_a_table_by_hand() {
        // Observed: one pair of four differs by 1. Expected: the mean of (a - b)^2 over 16 pairs.
        let pairs = [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (3.0, 2.0)];
        let a = [1.0, 2.0, 3.0, 3.0];
        let b = [1.0, 2.0, 3.0, 2.0];
        let expected: f64 =
            a.iter().flat_map(|a| b.iter().map(move |b| (a - b) * (a - b))).sum::<f64>() / 16.0;
        assert!((kappa(&pairs) - (1.0 - 0.25 / expected)).abs() < 1e-12);
    }

    #[test]
    fn kappa_has_its_known_points() {
        assert_eq!(kappa(&[(1.0, 1.0), (2.0, 2.0)]), 1.0);
        assert_eq!(kappa(&[(1.0, 2.0), (2.0, 1.0)]), -1.0);
        assert_eq!(kappa(&[(1.0, 1.5), (2.0, 1.5)]), 0.0);
        assert_eq!(kappa(&[(3.0, 3.0), (3.0, 3.0)]), 0.0, "one grade says nothing");
        assert_eq!(kappa(&[]), 0.0);
    }

    #[test]
    fn an_interval_holds_the_kappa_and_the_bootstrap_repeats() {
        let essays: Vec<Graded> = (0..200)
            .map(|i| {
                let grade = f64::from(i % 5);
                Graded { grade, by_scale: grade + f64::from(i % 3 - 1), by_baseline: f64::from(i % 7 % 5) }
            })
            .collect();
        let comparison = compare(&essays);
        let Agreement { kappa, low, high } = comparison.scale;
        assert!(low < kappa && kappa < high && high - low < 0.2, "{low} {kappa} {high}");
        assert!(comparison.least_gain > 0.0);
        assert_eq!(compare(&essays), comparison);
    }
}
