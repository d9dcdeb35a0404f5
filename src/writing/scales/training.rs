//! Training: graded texts to a scale, or the reason why not.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use super::features::{Feature, Features, LENGTH, VERSION, main_language};
use super::refusal::TrainingRefusal;
use super::statistics::agreement::{self, Comparison, Graded, quantile, sorted};
use super::statistics::fitting::{Fitter, Row};
use super::statistics::folds::{self, Dealt};
use crate::model::{GradedWords, Grades, Scale, ScaleBand, ScaleName, ScaleWeight, Stop, Timestamp};
use crate::writing::measures::{Language, TextLanguage};

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
    /// The factor of its penalty.
    penalty: f64,
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
    let texts = Texts::read(texts, stop)?;
    let grades = grades_of(&texts.graded);
    let folds = folds::deal(&texts.dealt());
    let columns = columns(&texts.features);
    let all = Table::of(columns.iter(), &texts.graded, &folds);
    let is_length = |one: &&Column| LENGTH.contains(&one.weight.measure.as_str());
    let length = Table::of(columns.iter().filter(is_length), &texts.graded, &folds);
    stop.check()?;
    let fitter = Fitter::new(&all.rows, all.penalties);
    let by_length = Fitter::new(&length.rows, length.penalties).predictions();
    let Tested { comparison, error, error_90 } = test(&all.rows, &fitter.predictions(), &by_length, grades);
    stop.check()?;
    let Comparison { scale: agreement, baseline: length_agreement, least_gain } = comparison;
    if least_gain <= 0.0 || agreement.low <= 0.0 {
        return Err(TrainingRefusal::NoBetterThanLength { agreement, length_agreement });
    }
    let fit = fitter.fit();
    let weights = columns.into_iter().zip(fit.line.weights);
    Ok(Scale {
        name: plan.name,
        language: texts.language.map_or("", Language::code).to_owned(),
        bands: plan.bands,
        texts: texts.graded.len() as u64,
        words: texts.words(),
        grades: Grades { mean: fit.line.intercept, ..grades },
        agreement,
        length_agreement,
        error,
        error_90,
        penalty: fit.penalty,
        measures_version: VERSION,
        weights: weights.map(|(column, weight)| ScaleWeight { weight, ..column.weight }).collect(),
        created_at: plan.created_at,
        revision: 0,
    })
}

/// A graded text without its words.
#[derive(Debug, Clone, Copy)]
struct Mark {
    digest: u128,
    grade: f64,
}

/// What is known of the texts, in an order of their own, since sums of floating-point numbers depend on it.
struct Texts {
    graded: Vec<Mark>,
    features: Vec<Features>,
    language: Option<Language>,
}

impl Texts {
    fn read(texts: &[GradedText], stop: &Stop) -> Result<Self, TrainingRefusal> {
        let marks =
            texts.iter().map(|text| Mark { digest: xxh3_128(text.text.as_bytes()), grade: text.grade });
        let marks: Vec<Mark> = marks.collect();
        check(&marks)?;
        let languages: Vec<TextLanguage> =
            texts.par_iter().map(|text| TextLanguage::of(&text.text)).collect();
        let language = main_language(languages.into_iter());
        let measured: Vec<Result<Features, TrainingRefusal>> = texts
            .par_iter()
            .enumerate()
            .map(|(place, text)| {
                stop.check()?;
                let features = Features::of(&text.text, language);
                if features.words == 0 { Err(TrainingRefusal::NoWords { place }) } else { Ok(features) }
            })
            .collect();
        // The first refusal, in the order of the texts.
        let measured = measured.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut all: Vec<(Mark, Features)> = marks.into_iter().zip(measured).collect();
        all.sort_by(|(one, _), (other, _)| {
            one.digest.cmp(&other.digest).then_with(|| one.grade.total_cmp(&other.grade))
        });
        let (graded, features) = all.into_iter().unzip();
        Ok(Self { graded, features, language })
    }

    fn dealt(&self) -> Vec<Dealt> {
        self.graded.iter().map(|mark| Dealt { grade: mark.grade, digest: mark.digest }).collect()
    }

    fn words(&self) -> GradedWords {
        let words = || self.features.iter().map(|features| features.words);
        GradedWords { least: words().min().unwrap_or(0), most: words().max().unwrap_or(0) }
    }
}

/// Checks that there are enough texts, with different grades.
fn check(texts: &[Mark]) -> Result<(), TrainingRefusal> {
    let is_a_grade = |mark: &Mark| mark.grade.is_finite() && mark.grade.abs() <= MOST_GRADE;
    if let Some(place) = texts.iter().position(|mark| !is_a_grade(mark)) {
        return Err(TrainingRefusal::NotAGrade { place });
    }
    let mut digests: Vec<u128> = texts.iter().map(|mark| mark.digest).collect();
    digests.sort_unstable();
    digests.dedup();
    if digests.len() < MIN_TEXTS {
        return Err(TrainingRefusal::TooFewTexts { texts: digests.len(), min_texts: MIN_TEXTS });
    }
    match texts.first() {
        Some(first) if texts.iter().all(|mark| mark.grade.total_cmp(&first.grade).is_eq()) => {
            Err(TrainingRefusal::OneGrade { grade: first.grade })
        }
        _ => Ok(()),
    }
}

fn grades_of(texts: &[Mark]) -> Grades {
    let sorted = sorted(texts.iter().map(|mark| mark.grade));
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
fn columns(features: &[Features]) -> Vec<Column> {
    let first = features.first().map(|first| first.all.iter()).into_iter().flatten();
    let column = |(place, feature): (usize, &Feature)| {
        let values: Vec<Option<f64>> =
            features.iter().map(|one| one.all.get(place).and_then(|feature| feature.value)).collect();
        standardised(feature, &values)
    };
    first.enumerate().filter_map(column).collect()
}

fn standardised(feature: &Feature, values: &[Option<f64>]) -> Option<Column> {
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
    let measure = feature.name.to_owned();
    let weight = ScaleWeight { measure, weight: 0.0, mean, deviation, least, greatest };
    let values = values.iter().map(|value| weight.standardise(*value)).collect();
    Some(Column { weight, penalty: feature.penalty, values })
}

impl ScaleWeight {
    /// The deviations by which a value is from the mean; 0 if it is not defined.
    pub(super) fn standardise(&self, value: Option<f64>) -> f64 {
        let within =
            value.filter(|value| value.is_finite()).map(|value| value.clamp(self.least, self.greatest));
        within.map_or(0.0, |value| (value - self.mean) / self.deviation)
    }
}

/// The rows of all texts over some of the columns.
struct Table {
    rows: Vec<Row>,
    penalties: Vec<f64>,
}

impl Table {
    fn of<'a>(columns: impl Iterator<Item = &'a Column>, texts: &[Mark], folds: &[usize]) -> Self {
        let columns: Vec<&Column> = columns.collect();
        let of = |(place, (mark, fold)): (usize, (&Mark, &usize))| Row {
            features: columns.iter().filter_map(|column| column.values.get(place).copied()).collect(),
            grade: mark.grade,
            fold: *fold,
        };
        let rows = texts.iter().zip(folds).enumerate().map(of).collect();
        Self { rows, penalties: columns.iter().map(|column| column.penalty).collect() }
    }
}

/// Compares predictions with the grades.
fn test(rows: &[Row], by_scale: &[f64], by_length: &[f64], grades: Grades) -> Tested {
    let pairs = |rounded: &dyn Fn(f64) -> f64| -> Vec<Graded> {
        let predictions = by_scale.iter().zip(by_length);
        let pair = |(row, (by_scale, by_length)): (&Row, (&f64, &f64))| Graded {
            grade: row.grade,
            by_scale: rounded(*by_scale),
            by_baseline: rounded(*by_length),
        };
        rows.iter().zip(predictions).map(pair).collect()
    };
    let stated = agreement::compare(&pairs(&|grade| grades.nearest(grade)));
    // Whether a scale is better is clearer before its predictions are rounded.
    let least_gain = agreement::compare(&pairs(&|grade| grades.limit(grade))).least_gain;
    let error = |(row, predicted): (&Row, &f64)| (grades.limit(*predicted) - row.grade).abs();
    let errors = sorted(rows.iter().zip(by_scale).map(error));
    #[expect(clippy::cast_precision_loss, reason = "a number of texts is below 2^53")]
    let count = errors.len().max(1) as f64;
    let error = (errors.iter().map(|error| error * error).sum::<f64>() / count).sqrt();
    // Split conformal prediction (Vovk, Gammerman and Shafer 2005): the next text is one more.
    let error_90 = quantile(&errors, (INTERVAL * (count + 1.0) / count).min(1.0));
    Tested { comparison: Comparison { least_gain, ..stated }, error, error_90 }
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
