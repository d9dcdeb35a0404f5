//! Training: graded texts to a scale, or the reason why not.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use super::features::{Features, LENGTH, VERSION, main_language};
use super::refusal::TrainingRefusal;
use super::statistics::agreement::{self, Comparison, Graded, quantile, sorted};
use super::statistics::fitting::{Fitter, Row};
use super::statistics::folds::{self, Dealt};
use crate::model::{GradedWords, Grades, Scale, ScaleBand, ScaleName, ScaleWeight, Stop, Timestamp};
use crate::writing::measures::TextLanguage;

/// The share of the texts that an interval of a score holds in cross-validation.
const INTERVAL: f64 = 0.9;

/// Values of a feature beyond these shares of the texts count as the value there, so that one odd text has no weight of
/// its own.
const TAILS: (f64, f64) = (0.005, 0.995);

/// A feature counts if it is defined for this share of the texts. Where it is not, the text has its mean.
const LEAST_DEFINED: f64 = 0.5;

/// A text with the caller's grade.
#[derive(Debug, Clone, PartialEq)]
pub struct GradedText {
    /// The text.
    pub text: String,
    /// The grade, a finite number.
    pub grade: f64,
}

/// What a scale is called and how its grades are labelled.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The name.
    pub name: ScaleName,
    /// The bands, in order of their least grades.
    pub bands: Vec<ScaleBand>,
    /// When it is trained; the time of the change that stores it if `None`.
    pub created_at: Option<Timestamp>,
}

/// The greatest grade, and the least one without its sign: larger numbers have no decimal places left.
const MOST_GRADE: f64 = 1e9;

/// The fewest different texts that a scale is trained on.
const MIN_TEXTS: usize = 100;

/// A feature over all texts.
struct Column {
    weight: ScaleWeight,
    /// The value of each text, standardised.
    values: Vec<f64>,
}

/// The predictions of the texts by models that do not know them.
struct Tested {
    comparison: Comparison,
    error: f64,
    error_90: f64,
}

/// Trains a scale on graded texts, in any order: equal sets of texts give equal scales. Linear in the texts, and in their number
/// times the square of the number of features.
///
/// # Errors
///
/// [`TrainingRefusal`].
pub fn train(plan: Plan, texts: &[GradedText], stop: &Stop) -> Result<Scale, TrainingRefusal> {
    let mut texts: Vec<(u128, &GradedText)> =
        texts.iter().map(|text| (xxh3_128(text.text.as_bytes()), text)).collect();
    check(&texts)?;
    let languages: Vec<TextLanguage> =
        texts.par_iter().map(|(_, text)| TextLanguage::of(&text.text)).collect();
    let language = main_language(languages.into_iter());
    let features: Vec<Result<Features, TrainingRefusal>> = texts
        .par_iter()
        .enumerate()
        .map(|(place, (_, text))| {
            stop.check()?;
            let features = Features::of(&text.text, language);
            if features.words == 0 { Err(TrainingRefusal::NoWords { place }) } else { Ok(features) }
        })
        .collect();
    let features: Vec<Features> = features.into_iter().collect::<Result<_, _>>()?;
    // Sums of floating-point numbers depend on their order.
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by(|a, b| key(&texts, *a).partial_cmp(&key(&texts, *b)).unwrap_or(std::cmp::Ordering::Equal));
    let features: Vec<&Features> = order.iter().filter_map(|place| features.get(*place)).collect();
    texts
        .sort_by(|a, b| (a.0, a.1.grade).partial_cmp(&(b.0, b.1.grade)).unwrap_or(std::cmp::Ordering::Equal));
    let grades = grades_of(&texts);
    let dealt: Vec<Dealt> =
        texts.iter().map(|(digest, text)| Dealt { grade: text.grade, digest: *digest }).collect();
    let folds = folds::deal(&dealt);
    let columns = columns(&features);
    let rows = rows(&columns, &dealt, &folds);
    let length: Vec<&Column> =
        columns.iter().filter(|one| LENGTH.contains(&one.weight.measure.as_str())).collect();
    let length = rows_of(&length, &dealt, &folds);
    stop.check()?;
    let fitter = Fitter::new(&rows);
    let Tested { comparison, error, error_90 } =
        test(&rows, &fitter.predictions(), &Fitter::new(&length).predictions(), grades);
    stop.check()?;
    let Comparison { scale: agreement, baseline: length_agreement, least_gain } = comparison;
    if least_gain <= 0.0 || agreement.low <= 0.0 {
        return Err(TrainingRefusal::NoBetterThanLength { agreement, length_agreement });
    }
    let fit = fitter.fit();
    let mut weights: Vec<ScaleWeight> = columns.into_iter().map(|column| column.weight).collect();
    for (one, weight) in weights.iter_mut().zip(fit.line.weights) {
        one.weight = weight;
    }
    let words = || features.iter().map(|features| features.words);
    Ok(Scale {
        name: plan.name,
        language: language.map_or("", |language| language.code()).to_owned(),
        bands: plan.bands,
        texts: texts.len() as u64,
        words: GradedWords { least: words().min().unwrap_or(0), most: words().max().unwrap_or(0) },
        grades: Grades { mean: fit.line.intercept, ..grades },
        agreement,
        length_agreement,
        error,
        error_90,
        penalty: fit.penalty,
        measures_version: VERSION,
        weights,
        created_at: plan.created_at,
        revision: 0,
    })
}

/// What texts are ordered by.
fn key(texts: &[(u128, &GradedText)], place: usize) -> Option<(u128, f64)> {
    texts.get(place).map(|(digest, text)| (*digest, text.grade))
}

/// Checks that there are enough texts, with different grades.
fn check(texts: &[(u128, &GradedText)]) -> Result<(), TrainingRefusal> {
    let is_a_grade = |text: &GradedText| text.grade.is_finite() && text.grade.abs() <= MOST_GRADE;
    if let Some(place) = texts.iter().position(|(_, text)| !is_a_grade(text)) {
        return Err(TrainingRefusal::NotAGrade { place });
    }
    let mut digests: Vec<u128> = texts.iter().map(|(digest, _)| *digest).collect();
    digests.sort_unstable();
    digests.dedup();
    if digests.len() < MIN_TEXTS {
        return Err(TrainingRefusal::TooFewTexts { texts: digests.len(), min_texts: MIN_TEXTS });
    }
    match texts.first() {
        Some((_, first)) if texts.iter().all(|(_, text)| text.grade == first.grade) => {
            Err(TrainingRefusal::OneGrade { grade: first.grade })
        }
        _ => Ok(()),
    }
}

fn grades_of(texts: &[(u128, &GradedText)]) -> Grades {
    let sorted = sorted(texts.iter().map(|(_, text)| text.grade));
    let (least, greatest) =
        (sorted.first().copied().unwrap_or_default(), sorted.last().copied().unwrap_or_default());
    // Grades such as 0.1 + 0.2 and 0.3 are one.
    let noise = (greatest - least) * 1e-9;
    let steps = sorted.iter().zip(sorted.iter().skip(1)).map(|(low, high)| high - low);
    let step = steps.filter(|step| *step > noise).fold(f64::INFINITY, f64::min);
    #[expect(clippy::cast_precision_loss, reason = "a number of texts is below 2^53")]
    let mean = sorted.iter().sum::<f64>() / sorted.len().max(1) as f64;
    Grades { least, greatest, mean, step: if step.is_finite() { step } else { 1.0 } }
}

/// The features that are defined for enough texts and differ among them, standardised.
fn columns(features: &[&Features]) -> Vec<Column> {
    let names = features.first().map(|first| first.all.iter().map(|one| one.name)).into_iter().flatten();
    let column = |(place, name): (usize, &str)| {
        let values: Vec<Option<f64>> =
            features.iter().map(|one| one.all.get(place).and_then(|feature| feature.value)).collect();
        standardised(name, &values)
    };
    names.enumerate().filter_map(column).collect()
}

fn standardised(name: &str, values: &[Option<f64>]) -> Option<Column> {
    let defined = sorted(values.iter().flatten().copied().filter(|value| value.is_finite()));
    #[expect(clippy::cast_precision_loss, reason = "a number of texts is below 2^53")]
    let (count, all) = (defined.len() as f64, values.len() as f64);
    if count < all * LEAST_DEFINED || count < 1.0 {
        return None;
    }
    let (least, greatest) = (quantile(&defined, TAILS.0), quantile(&defined, TAILS.1));
    let within = || defined.iter().map(|value| value.clamp(least, greatest));
    let mean = within().sum::<f64>() / count;
    let deviation = (within().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt();
    if deviation <= f64::EPSILON * mean.abs().max(1e-6) {
        return None;
    }
    let measure = name.to_owned();
    let weight = ScaleWeight { measure, weight: 0.0, mean, deviation, least, greatest };
    let values = values.iter().map(|value| weight.standardise(*value)).collect();
    Some(Column { weight, values })
}

impl ScaleWeight {
    /// The deviations by which a value is from the mean; 0 if it is not defined.
    pub(super) fn standardise(&self, value: Option<f64>) -> f64 {
        let within =
            value.filter(|value| value.is_finite()).map(|value| value.clamp(self.least, self.greatest));
        within.map_or(0.0, |value| (value - self.mean) / self.deviation)
    }
}

fn rows(columns: &[Column], dealt: &[Dealt], folds: &[usize]) -> Vec<Row> {
    rows_of(&columns.iter().collect::<Vec<_>>(), dealt, folds)
}

fn rows_of(columns: &[&Column], dealt: &[Dealt], folds: &[usize]) -> Vec<Row> {
    let of = |(place, (essay, fold)): (usize, (&Dealt, &usize))| Row {
        features: columns.iter().filter_map(|column| column.values.get(place).copied()).collect(),
        grade: essay.grade,
        fold: *fold,
    };
    dealt.iter().zip(folds).enumerate().map(of).collect()
}

/// Compares predictions with the grades.
fn test(rows: &[Row], by_scale: &[f64], by_length: &[f64], grades: Grades) -> Tested {
    let graded: Vec<Graded> = rows
        .iter()
        .zip(by_scale.iter().zip(by_length))
        .map(|(row, (by_scale, by_length))| Graded {
            grade: row.grade,
            by_scale: grades.nearest(*by_scale),
            by_baseline: grades.nearest(*by_length),
        })
        .collect();
    let error = |(row, predicted): (&Row, &f64)| (grades.limit(*predicted) - row.grade).abs();
    let errors = sorted(rows.iter().zip(by_scale).map(error));
    #[expect(clippy::cast_precision_loss, reason = "a number of texts is below 2^53")]
    let count = errors.len().max(1) as f64;
    let error = (errors.iter().map(|error| error * error).sum::<f64>() / count).sqrt();
    // Split conformal prediction (Vovk, Gammerman and Shafer 2005): the next text is one more.
    let error_90 = quantile(&errors, (INTERVAL * (count + 1.0) / count).min(1.0));
    Tested { comparison: agreement::compare(&graded), error, error_90 }
}

impl Grades {
    /// A grade within the least and the greatest.
    pub(super) fn limit(self, grade: f64) -> f64 {
        grade.max(self.least).min(self.greatest)
    }

    /// The nearest grade on the step.
    fn nearest(self, grade: f64) -> f64 {
        self.limit(self.least + ((grade - self.least) / self.step).round() * self.step)
    }
}
