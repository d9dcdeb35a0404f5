//! Scales: linear maps from the measures of a text to a caller's grades, fitted by ridge regression and tested by
//! cross-validation against the grades and against the number of words alone.
//!
//! `features` has what of a text is used, `training` fits a scale or refuses to, `scoring` places a text on it, and
//! `statistics` knows nothing of texts. docs/scales.md has the method and its figures.

mod features;
mod refusal;
mod scoring;
mod statistics;
#[cfg(test)]
pub(crate) mod tests;
mod training;

pub use self::refusal::{ScoreRefusal, TrainingRefusal};
pub use self::scoring::{Contribution, Score, ScoreWarning, score};
pub use self::training::{GradedText, Plan, train};
