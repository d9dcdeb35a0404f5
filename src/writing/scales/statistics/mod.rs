//! The statistics of scales: ridge regression, folds, and agreement with its interval. They know nothing of texts.

pub(super) mod agreement;
pub(super) mod fitting;
pub(super) mod folds;
pub(super) mod ridge;
