//! Scoring: the place of a text on a scale.

use super::features::{Features, VERSION};
use super::refusal::ScoreRefusal;
use crate::model::{BandLabel, Scale};
use crate::writing::measures::{Language, TextLanguage};

/// A text of fewer words is scored in any language, as its language is uncertain.
const LANGUAGE_WORDS: u64 = 50;

/// The place of a text on a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The score, in grades, within those of the scale.
    pub score: f64,
    /// The lower end of its 90 % interval.
    pub low: f64,
    /// The upper end of its 90 % interval.
    pub high: f64,
    /// The label of its band, if the scale has bands.
    pub band: Option<BandLabel>,
    /// What each measure adds to the mean grade, greatest first by size.
    pub contributions: Vec<Contribution>,
    /// Facts that make the score uncertain.
    pub warnings: Vec<ScoreWarning>,
}

/// What a measure adds to a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The name of the measure.
    pub measure: String,
    /// Its value; `None` if it is not defined for the text, which then has the mean.
    pub value: Option<f64>,
    /// What it adds, in grades.
    pub contribution: f64,
}

/// A fact that makes a score uncertain.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScoreWarning {
    /// The text is shorter than all graded ones.
    Shorter {
        /// Its words.
        words: u64,
        /// Words of the shortest graded text.
        least: u64,
    },
    /// The text is longer than all graded ones.
    Longer {
        /// Its words.
        words: u64,
        /// Words of the longest graded text.
        most: u64,
    },
    /// Measures are beyond what the graded texts have, and count as the last value there.
    Beyond {
        /// Their number.
        measures: usize,
        /// The measures of the scale.
        of_measures: usize,
    },
    /// The language of the text is not the scale's, as far as can be told.
    Language {
        /// The language of the scale.
        scale: String,
    },
    /// The sum of the contributions is beyond the grades of the scale.
    Limited {
        /// Whether it is above the greatest grade.
        above: bool,
    },
}

impl std::fmt::Display for ScoreWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shorter { words, least } => {
                write!(f, "the text has {words} words, and the shortest graded one {least}")
            }
            Self::Longer { words, most } => {
                write!(f, "the text has {words} words, and the longest graded one {most}")
            }
            Self::Beyond { measures, of_measures } => {
                write!(f, "{measures} of {of_measures} measures are beyond those of nearly all graded texts")
            }
            Self::Language { scale } => {
                write!(f, "the text is not clearly in the language of the graded texts ({scale})")
            }
            Self::Limited { above: true } => {
                f.write_str("the score is limited to the greatest grade of the graded texts")
            }
            Self::Limited { above: false } => {
                f.write_str("the score is limited to the least grade of the graded texts")
            }
        }
    }
}

/// The share of measures, in percent, from which on a text is said to be unlike the graded ones.
const BEYOND_SHARE: usize = 10;

/// Places a text on a scale. Linear in the text.
///
/// # Errors
///
/// [`ScoreRefusal`].
pub fn score(scale: &Scale, text: &str) -> Result<Score, ScoreRefusal> {
    if scale.measures_version != VERSION {
        return Err(ScoreRefusal::OtherMeasures { scale: scale.measures_version, present: VERSION });
    }
    let language = Language::by_code(&scale.language);
    let features = Features::of(text, language);
    if features.words == 0 {
        return Err(ScoreRefusal::NoWords);
    }
    let mut warnings = Vec::new();
    if let Some(expected) = language {
        let found = TextLanguage::of(text).language();
        match found.filter(|found| *found != expected) {
            Some(other) if features.words >= LANGUAGE_WORDS => {
                return Err(ScoreRefusal::OtherLanguage {
                    text: other.code(),
                    scale: scale.language.clone(),
                });
            }
            _ if found != language => warnings.push(ScoreWarning::Language { scale: scale.language.clone() }),
            _ => {}
        }
    }
    warnings.extend(unlike(scale, &features));
    let mut contributions: Vec<Contribution> = scale
        .weights
        .iter()
        .map(|weight| {
            let value = features.get(&weight.measure);
            let contribution = weight.weight * weight.standardise(value);
            Contribution { measure: weight.measure.clone(), value, contribution }
        })
        .collect();
    let sum = contributions.iter().fold(scale.grades.mean, |sum, one| sum + one.contribution);
    let score = scale.grades.limit(sum);
    #[expect(clippy::float_cmp, reason = "the same number, unless it is limited")]
    if score != sum {
        warnings.push(ScoreWarning::Limited { above: sum > score });
    }
    contributions.sort_by(|one, other| {
        let sizes = other.contribution.abs().total_cmp(&one.contribution.abs());
        sizes.then_with(|| one.measure.cmp(&other.measure))
    });
    Ok(Score {
        score,
        low: scale.grades.limit(score - scale.error_90),
        high: scale.grades.limit(score + scale.error_90),
        band: scale.band(score).map(|band| band.label.clone()),
        contributions,
        warnings,
    })
}

/// In what the text is unlike all graded ones.
fn unlike(scale: &Scale, features: &Features) -> Vec<ScoreWarning> {
    let (words, graded) = (features.words, scale.words);
    let mut warnings = Vec::new();
    if words < graded.least {
        warnings.push(ScoreWarning::Shorter { words, least: graded.least });
    }
    if words > graded.most {
        warnings.push(ScoreWarning::Longer { words, most: graded.most });
    }
    let is_beyond = |value: f64, least: f64, greatest: f64| value < least || value > greatest;
    let beyond = scale.weights.iter().filter(|weight| {
        features.get(&weight.measure).is_some_and(|value| is_beyond(value, weight.least, weight.greatest))
    });
    let (measures, of_measures) = (beyond.count(), scale.weights.len());
    if measures * 100 >= of_measures.max(1) * BEYOND_SHARE {
        warnings.push(ScoreWarning::Beyond { measures, of_measures });
    }
    warnings
}
