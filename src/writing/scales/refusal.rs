//! Reasons for which a scale is not trained, or a text not scored.

use crate::model::{Agreement, StopReason};

/// The reason for which no scale is trained.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainingRefusal {
    /// Too few texts.
    #[error(
        "{texts} different graded texts are too few for a scale, which needs {min_texts} at least; send more"
    )]
    TooFewTexts {
        /// Different texts.
        texts: usize,
        /// The number that is needed.
        min_texts: usize,
    },
    /// A text without words.
    #[error("graded text {place} has no words; leave it out")]
    NoWords {
        /// Its place, from 0.
        place: usize,
    },
    /// A grade that is no number, or far too large.
    #[error("the grade of text {place} is no number from -1e9 to 1e9")]
    NotAGrade {
        /// Its place, from 0.
        place: usize,
    },
    /// All grades are equal.
    #[error("all texts have the grade {grade}; a scale needs different ones")]
    OneGrade {
        /// The grade.
        grade: f64,
    },
    /// The measures say no more of the grades than the number of words.
    #[error(
        "the measures of these texts say no more of their grades than the number of words: in cross-validation a scale \
         agrees with the grades by a kappa of {scale:.2}, and the number of words by {length:.2}; send more texts, or \
         grades that depend on how a text is written",
        scale = .agreement.kappa, length = .length_agreement.kappa
    )]
    NoBetterThanLength {
        /// The agreement of the scale.
        agreement: Agreement,
        /// The agreement of the number of words.
        length_agreement: Agreement,
    },
    /// The work was stopped.
    #[error(transparent)]
    Stopped(#[from] StopReason),
}

/// The reason for which a text is not placed on a scale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreRefusal {
    /// The text has no words.
    #[error("the text has no words; send a text with letters or digits in it")]
    NoWords,
    /// The text is in another language.
    #[error(
        "the text is in the language {text:?}, but the scale was trained on texts in {scale:?}; train one for this language"
    )]
    OtherLanguage {
        /// The language of the text.
        text: &'static str,
        /// The language of the scale.
        scale: String,
    },
    /// The scale was trained on measures of an older version.
    #[error(
        "the scale was trained on measures of version {scale}, and these are of version {present}; train it again"
    )]
    OtherMeasures {
        /// The version that the scale was trained on.
        scale: u32,
        /// The present version.
        present: u32,
    },
}
