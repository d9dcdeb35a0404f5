//! A linear scale fitted to rows of features: its penalty, its spread and its predictions, by cross-validation.

use super::folds::FOLDS;
use super::ridge::{Line, Moments};

/// The penalties that cross-validation chooses from, relative to the number of essays: a factor of the square root of ten apart.
const PENALTIES: [f64; 11] = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0, 10.0, 30.0];

/// Limits of the spread: a prediction that barely follows the grades must not be blown up to their deviation.
const LEAST_SPREAD: f64 = 0.5;
const MOST_SPREAD: f64 = 2.0;

/// An essay: its features, grade and fold.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) features: Vec<f64>,
    pub(crate) grade: f64,
    pub(crate) fold: usize,
}

/// A line with its penalty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    /// Least squares with the penalty, spread so that predictions have the deviation of the grades: a regression alone pulls
    /// them to the mean. So e-rater does (Attali and Burstein 2006).
    pub(crate) line: Line,
    /// The penalty that cross-validation chose.
    pub(crate) penalty: f64,
    /// The factor by which deviations from the mean were spread.
    pub(crate) spread: f64,
}

/// The rows with sums for each fold.
#[derive(Debug)]
pub(crate) struct Fitter<'a> {
    rows: &'a [Row],
    folds: Vec<Moments>,
    /// The factor of the penalty of each feature.
    penalties: Vec<f64>,
}

impl<'a> Fitter<'a> {
    /// A fitter of rows whose features have these factors of the penalty.
    pub(crate) fn new(rows: &'a [Row], penalties: Vec<f64>) -> Self {
        let mut folds = vec![Moments::new(penalties.len()); FOLDS];
        for row in rows {
            if let Some(fold) = folds.get_mut(row.fold) {
                fold.add(&row.features, row.grade);
            }
        }
        Self { rows, folds, penalties }
    }

    /// The fit to all rows.
    pub(crate) fn fit(&self) -> Fit {
        self.fit_without(None)
    }

    /// The prediction of each row by a fit that knows nothing of its fold, whose penalty and spread do not either.
    pub(crate) fn predictions(&self) -> Vec<f64> {
        let fits: Vec<Fit> = (0..FOLDS).map(|fold| self.fit_without(Some(fold))).collect();
        let of = |row: &Row| fits.get(row.fold).map_or(0.0, |fit| fit.line.at(&row.features));
        self.rows.iter().map(of).collect()
    }

    fn fit_without(&self, held_back: Option<usize>) -> Fit {
        let [first, others @ ..] = PENALTIES;
        let mut best = self.try_penalty(first, held_back);
        for penalty in others {
            let trial = self.try_penalty(penalty, held_back);
            if trial.squared_error < best.squared_error {
                best = trial;
            }
        }
        let moments = self.moments(|fold| Some(fold) != held_back);
        let (penalty, spread) = (best.penalty, best.spread());
        let mut line = moments.ridge(penalty, &self.penalties);
        let mean = moments.mean_grade();
        line.weights.iter_mut().for_each(|weight| *weight *= spread);
        line.intercept = mean + spread * (line.intercept - mean);
        Fit { line, penalty, spread }
    }

    /// Predicts each fold but the one that is held back from the others.
    fn try_penalty(&self, penalty: f64, held_back: Option<usize>) -> Trial {
        let mut trial = Trial { penalty, ..Trial::default() };
        for fold in (0..FOLDS).filter(|fold| Some(*fold) != held_back) {
            let moments = self.moments(|other| other != fold && Some(other) != held_back);
            let line = moments.ridge(penalty, &self.penalties);
            for row in self.rows.iter().filter(|row| row.fold == fold) {
                trial.add(line.at(&row.features), row.grade);
            }
        }
        trial
    }

    fn moments(&self, is_included: impl Fn(usize) -> bool) -> Moments {
        let mut sum = Moments::new(self.penalties.len());
        for (_, fold) in self.folds.iter().enumerate().filter(|(fold, _)| is_included(*fold)) {
            sum.include(fold);
        }
        sum
    }
}

/// Sums over predictions with one penalty.
#[derive(Debug, Default, Clone, Copy)]
struct Trial {
    penalty: f64,
    essays: f64,
    squared_error: f64,
    predicted: f64,
    predicted_squares: f64,
    graded: f64,
    graded_squares: f64,
}

impl Trial {
    fn add(&mut self, predicted: f64, grade: f64) {
        self.essays += 1.0;
        self.squared_error += (predicted - grade) * (predicted - grade);
        self.predicted += predicted;
        self.predicted_squares += predicted * predicted;
        self.graded += grade;
        self.graded_squares += grade * grade;
    }

    /// The deviation of grades over that of predictions.
    fn spread(&self) -> f64 {
        let variance = |squares: f64, sum: f64| self.essays * squares - sum * sum;
        let predicted = variance(self.predicted_squares, self.predicted);
        let graded = variance(self.graded_squares, self.graded);
        if predicted > 0.0 && graded > 0.0 {
            (graded / predicted).sqrt().clamp(LEAST_SPREAD, MOST_SPREAD)
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grade by one feature and noise, beside a feature that is noise.
    fn rows(noise: f64) -> Vec<Row> {
        let wave = |i: u32, step: f64| (f64::from(i) * step).sin();
        (0..300)
            .map(|i| {
                let (signal, other) = (wave(i, 1.3), wave(i, 2.9));
                let grade = 3.0 + signal + noise * wave(i, 0.7);
                Row { features: vec![signal, other], grade, fold: i as usize % FOLDS }
            })
            .collect()
    }

    #[test]
    fn a_clear_signal_is_found_with_a_small_penalty() {
        let rows = rows(0.1);
        let fit = Fitter::new(&rows, vec![1.0; rows[0].features.len()]).fit();
        assert!(fit.penalty <= 0.01 && (fit.line.weights[0] - 1.0).abs() < 0.05, "{fit:?}");
        assert!(fit.line.weights[1].abs() < 0.05, "{fit:?}");
    }

    #[test]
    fn predictions_have_the_deviation_of_the_grades() {
        let rows = rows(0.8);
        let predictions = Fitter::new(&rows, vec![1.0; rows[0].features.len()]).predictions();
        let deviation = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / 300.0;
            (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / 300.0).sqrt()
        };
        let grades: Vec<f64> = rows.iter().map(|row| row.grade).collect();
        let ratio = deviation(&predictions) / deviation(&grades);
        assert!((ratio - 1.0).abs() < 0.05, "{ratio}");
    }

    #[test]
    fn a_prediction_knows_nothing_of_its_fold() {
        let mut rows = rows(0.3);
        let before = Fitter::new(&rows, vec![1.0; rows[0].features.len()]).predictions();
        rows.iter_mut().filter(|row| row.fold == 2).for_each(|row| row.grade = 100.0);
        let after = Fitter::new(&rows, vec![1.0; rows[0].features.len()]).predictions();
        for ((row, before), after) in rows.iter().zip(before).zip(after).filter(|((row, _), _)| row.fold == 2)
        {
            assert_eq!(before, after, "{row:?}");
        }
    }

    #[test]
    fn nothing_to_fit_is_the_mean() {
        let rows: Vec<Row> = (0..10_u8)
            .map(|i| Row { features: vec![0.0], grade: f64::from(i), fold: usize::from(i) % FOLDS })
            .collect();
        let fit = Fitter::new(&rows, vec![1.0; rows[0].features.len()]).fit();
        assert_eq!((fit.line.weights[0], fit.line.intercept), (0.0, 4.5));
        assert_eq!(Fitter::new(&[], Vec::new()).fit().line.at(&[]), 0.0);
    }
}
