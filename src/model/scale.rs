//! Scales: fitted maps from measures of a text to a caller's grades, as plain data.

use std::sync::Arc;

use super::names::{bounded, checked_string, not_empty, without_controls};
use super::{InvalidValue, Timestamp};

/// The name of a scale, unique in its collection: 1 to 64 of `a-z`, `A-Z`, `0-9`, `.`, `_` and `-`, the first a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScaleName(Arc<str>);

checked_string!(ScaleName);

impl ScaleName {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Checks a name.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the name breaks the rules.
    pub fn new(name: &str) -> Result<Self, InvalidValue> {
        not_empty(name)?;
        bounded(name, Self::MAX_BYTES)?;
        let allowed =
            |byte: usize, c: char| c.is_ascii_alphanumeric() || byte > 0 && matches!(c, '.' | '_' | '-');
        match name.char_indices().find(|(byte, c)| !allowed(*byte, *c)) {
            Some((byte, character)) => Err(InvalidValue::NotAName { character, byte }),
            None => Ok(Self(name.into())),
        }
    }
}

/// The label of a band: 1 to 64 bytes without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BandLabel(Box<str>);

checked_string!(BandLabel);

impl BandLabel {
    /// The longest label, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Checks a label.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the label breaks the rules.
    pub fn new(label: &str) -> Result<Self, InvalidValue> {
        not_empty(label)?;
        bounded(label, Self::MAX_BYTES)?;
        without_controls(label)?;
        Ok(Self(label.into()))
    }
}

/// A band of grades.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct ScaleBand {
    /// The caller's label.
    pub label: BandLabel,
    /// The least grade of the band. A grade below all bands is in the first one.
    pub min_grade: f64,
}

/// A scale: a linear function of measures, within the grades that it was fitted to. All its numbers are finite.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Scale {
    /// Its name.
    pub name: ScaleName,
    /// The language of the graded texts as an ISO 639-1 code; empty if it is not known.
    pub language: String,
    /// The bands, in order of their least grades.
    pub bands: Vec<ScaleBand>,
    /// The texts that it was fitted to.
    pub texts: u64,
    /// The words of the shortest and of the longest of them.
    pub words: GradedWords,
    /// Their grades.
    pub grades: Grades,
    /// The agreement with the grades in cross-validation.
    pub agreement: Agreement,
    /// The agreement of the number of words alone, in the same folds.
    pub length_agreement: Agreement,
    /// Root of the mean squared error in cross-validation, in grades.
    pub error: f64,
    /// The error that 90 % of the texts do not exceed in cross-validation, in grades.
    pub error_90: f64,
    /// The penalty of the regression that cross-validation chose.
    pub penalty: f64,
    /// The version of the measures that it was fitted to.
    pub measures_version: u32,
    /// The weights.
    pub weights: Vec<ScaleWeight>,
    /// When it was trained.
    pub created_at: Option<Timestamp>,
    /// The revision of the corpus at which it was stored.
    pub revision: u64,
}

/// No number of a scale is NaN.
impl Eq for Scale {}

impl Scale {
    /// The largest number of scales in a collection.
    pub const MAX_PER_COLLECTION: usize = 100;

    /// The largest number of bands.
    pub const MAX_BANDS: usize = 20;

    /// The band of a grade; `None` without bands.
    #[must_use]
    pub fn band(&self, grade: f64) -> Option<&ScaleBand> {
        self.bands.iter().rev().find(|band| band.min_grade <= grade).or_else(|| self.bands.first())
    }
}

/// The words of graded texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct GradedWords {
    /// Of the shortest text.
    pub least: u64,
    /// Of the longest text.
    pub most: u64,
}

/// The grades of graded texts.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Grades {
    /// The least.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
    /// Their mean.
    pub mean: f64,
    /// The smallest difference of two grades.
    pub step: f64,
}

/// Quadratic weighted kappa (Cohen 1968) of two gradings of the same texts.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Agreement {
    /// The value: 1 for equal gradings, 0 for what chance gives.
    pub kappa: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end of its 95 % interval.
    pub high: f64,
}

/// The weight of a measure in a scale.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct ScaleWeight {
    /// The name of the measure.
    pub measure: String,
    /// Grades for each standard deviation of the measure.
    pub weight: f64,
    /// Its mean in the graded texts, of values within `least` and `greatest`.
    pub mean: f64,
    /// Its standard deviation in them.
    pub deviation: f64,
    /// The least value that counts as it is; lower ones count as this.
    pub least: f64,
    /// The greatest value that counts as it is; greater ones count as this.
    pub greatest: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_have_rules() {
        for good in ["essays", "Grade-7.v2", "9_a", &"x".repeat(64)] {
            assert!(ScaleName::new(good).is_ok(), "{good}");
        }
        for bad in ["", ".hidden", "a b", "é", &"x".repeat(65)] {
            assert!(ScaleName::new(bad).is_err(), "{bad}");
        }
        assert!(BandLabel::new("Sehr gut").is_ok());
        assert!(BandLabel::new("").is_err() && BandLabel::new("a\nb").is_err());
    }
}
