//! Ridge regression by normal equations (Hoerl and Kennard 1970): from sums of products, so that a model without a fold
//! needs the sums alone. Features are standardised within the model, so the penalty is the same for all of them.

/// A feature whose standard deviation is below this has one value, and no weight.
const LEAST_DEVIATION: f64 = 1e-9;

/// Sums over essays. The last column of a row is the grade.
#[derive(Debug, Clone)]
pub(crate) struct Moments {
    essays: f64,
    sums: Vec<f64>,
    /// Sums of products; row `i` has the columns `0..=i`.
    products: Vec<Vec<f64>>,
}

/// A linear function of features.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// The weight of each feature.
    pub(crate) weights: Vec<f64>,
    /// The value where all features are zero.
    pub(crate) intercept: f64,
}

impl Line {
    /// The value at some features.
    pub(crate) fn at(&self, features: &[f64]) -> f64 {
        self.intercept + dot(&self.weights, features)
    }
}

impl Moments {
    /// No essays, with `features` features.
    pub(crate) fn new(features: usize) -> Self {
        let columns = features + 1;
        let products = (1..=columns).map(|length| vec![0.0; length]).collect();
        Self { essays: 0.0, sums: vec![0.0; columns], products }
    }

    /// Adds an essay.
    pub(crate) fn add(&mut self, features: &[f64], grade: f64) {
        self.essays += 1.0;
        let values = || features.iter().copied().chain([grade]);
        for ((value, sum), row) in values().zip(&mut self.sums).zip(&mut self.products) {
            *sum += value;
            for (product, other) in row.iter_mut().zip(values()) {
                *product += value * other;
            }
        }
    }

    /// Adds the essays of `other`.
    pub(crate) fn include(&mut self, other: &Self) {
        self.essays += other.essays;
        add_all(&mut self.sums, &other.sums);
        for (row, others) in self.products.iter_mut().zip(&other.products) {
            add_all(row, others);
        }
    }

    /// The mean grade; 0 without essays.
    pub(crate) fn mean_grade(&self) -> f64 {
        self.sums.last().copied().unwrap_or_default() / self.essays.max(1.0)
    }

    /// The ridge regression of the grade on the features, where `penalty` is relative to the number of essays, and each
    /// feature has a factor of it. It takes the cube of the features.
    pub(crate) fn ridge(&self, penalty: f64, factors: &[f64]) -> Line {
        let features = self.sums.len().saturating_sub(1);
        let mean = |sum: &f64| sum / self.essays.max(1.0);
        let means: Vec<f64> = self.sums.iter().map(mean).collect();
        let covariances: Vec<Vec<f64>> = self
            .products
            .iter()
            .zip(&means)
            .map(|(row, mean_i)| {
                row.iter().zip(&means).map(|(sum, mean_j)| mean(sum) - mean_i * mean_j).collect()
            })
            .collect();
        let scales: Vec<f64> = covariances.iter().map(|row| inverse_deviation(row)).collect();
        let mut system: Vec<Vec<f64>> = covariances
            .iter()
            .zip(&scales)
            .map(|(row, scale_i)| {
                row.iter().zip(&scales).map(|(value, scale)| value * scale_i * scale).collect()
            })
            .collect();
        let with_grade = covariances.last().cloned().unwrap_or_default();
        let right: Vec<f64> =
            with_grade.iter().zip(&scales).take(features).map(|(value, scale)| value * scale).collect();
        system.truncate(features);
        for (row, factor) in system.iter_mut().zip(factors) {
            if let Some(diagonal) = row.last_mut() {
                *diagonal += penalty * factor;
            }
        }
        let standardised = solve(&system, &right).unwrap_or_else(|| vec![0.0; features]);
        let weights: Vec<f64> =
            standardised.iter().zip(&scales).map(|(weight, scale)| weight * scale).collect();
        let intercept = means.last().copied().unwrap_or_default() - dot(&weights, &means);
        Line { weights, intercept }
    }
}

/// One over the standard deviation, whose square ends the row; zero if there is none.
fn inverse_deviation(row: &[f64]) -> f64 {
    let deviation = row.last().copied().unwrap_or_default().max(0.0).sqrt();
    if deviation > LEAST_DEVIATION { deviation.recip() } else { 0.0 }
}

fn add_all(sums: &mut [f64], others: &[f64]) {
    for (sum, other) in sums.iter_mut().zip(others) {
        *sum += other;
    }
}

/// The sum of products, as far as both go.
pub(crate) fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// Solves a symmetric system, given as its lower triangle, by Cholesky's method; `None` if it is not positive definite.
fn solve(system: &[Vec<f64>], right: &[f64]) -> Option<Vec<f64>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(system.len());
    for row in system {
        let mut line = Vec::with_capacity(row.len());
        for (value, above) in row.iter().zip(&factor) {
            line.push((value - dot(&line, above)) / above.last()?);
        }
        let rest = row.last()? - dot(&line, &line);
        if !(rest > 0.0 && rest.is_finite()) {
            return None;
        }
        line.push(rest.sqrt());
        factor.push(line);
    }
    let mut forward = Vec::with_capacity(right.len());
    for (value, row) in right.iter().zip(&factor) {
        forward.push((value - dot(&forward, row)) / row.last()?);
    }
    let mut solution = Vec::with_capacity(right.len());
    for row in factor.iter().rev() {
        let value = forward.pop()? / row.last()?;
        for (rest, factor) in forward.iter_mut().zip(row) {
            *rest -= factor * value;
        }
        solution.push(value);
    }
    solution.reverse();
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(rows: impl Iterator<Item = (Vec<f64>, f64)>) -> Moments {
        let mut moments = Moments::new(2);
        rows.for_each(|(features, grade)| moments.add(&features, grade));
        moments
    }

    #[test]
    fn a_linear_function_is_found_without_a_penalty() {
        let rows =
            (0..20).map(f64::from).map(|x| (vec![x, (x * 1.7).sin()], 3.0 + 2.0 * x - 5.0 * (x * 1.7).sin()));
        let line = moments(rows).ridge(1e-12, &[1.0; 2]);
        assert!((line.intercept - 3.0).abs() < 1e-6, "{line:?}");
        assert!((line.weights[0] - 2.0).abs() < 1e-6 && (line.weights[1] + 5.0).abs() < 1e-6, "{line:?}");
        assert!((line.at(&[1.0, 2.0]) - (3.0 + 2.0 - 10.0)).abs() < 1e-6);
    }

    #[test]
    fn a_penalty_of_one_halves_the_weight_of_one_feature() {
        let rows = (0..10).map(|i| (vec![f64::from(i), 7.0], f64::from(i)));
        let line = moments(rows).ridge(1.0, &[1.0; 2]);
        assert!((line.weights[0] - 0.5).abs() < 1e-9, "{line:?}");
        assert_eq!(line.weights[1], 0.0, "a feature with one value");
        assert!((line.at(&[4.5, 7.0]) - 4.5).abs() < 1e-9, "the mean stays");
    }

    #[test]
    fn a_feature_with_a_greater_factor_has_less_weight() {
        let rows = (0..10).map(|i| (vec![f64::from(i), f64::from(i)], f64::from(i)));
        let line = moments(rows).ridge(0.1, &[1.0, 2.0]);
        assert!((line.weights[0] - 2.0 * line.weights[1]).abs() < 1e-9, "{line:?}");
    }

    #[test]
    fn equal_features_share_the_weight() {
        let rows = (0..10).map(|i| (vec![f64::from(i), f64::from(i)], f64::from(i)));
        let line = moments(rows).ridge(1e-6, &[1.0; 2]);
        assert!((line.weights[0] - 0.5).abs() < 1e-3 && (line.weights[1] - 0.5).abs() < 1e-3, "{line:?}");
    }

    #[test]
    fn sums_of_folds_are_those_of_the_whole() {
        let row = |i: i32| (vec![f64::from(i), f64::from(i * i % 7)], f64::from(i % 5));
        let mut parts = moments((0..10).map(row));
        parts.include(&moments((10..30).map(row)));
        let (parts, whole) = (parts.ridge(0.1, &[1.0; 2]), moments((0..30).map(row)).ridge(0.1, &[1.0; 2]));
        assert!((parts.at(&[3.0, 4.0]) - whole.at(&[3.0, 4.0])).abs() < 1e-9);
    }

    #[test]
    fn no_essays_and_no_features_are_a_constant() {
        assert_eq!(Moments::new(2).ridge(0.1, &[1.0; 2]).at(&[1.0, 1.0]), 0.0);
        let mut moments = Moments::new(0);
        moments.add(&[], 4.0);
        assert_eq!(moments.ridge(0.1, &[]).at(&[]), 4.0);
    }
}
