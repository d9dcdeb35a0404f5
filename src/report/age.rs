//! Which of two texts is older.

use crate::model::Timestamp;

/// Which of two texts is older, by their times of submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum AgeOrder {
    /// One of the times is not known.
    #[default]
    Unknown,
    /// The submission, or the first of a pair.
    Submission,
    /// The source, or the second of a pair.
    Source,
    /// Neither.
    Same,
}

impl AgeOrder {
    /// The order of a submission and a source, or of the two sources of a pair.
    #[must_use]
    pub fn of(submission: Option<Timestamp>, source: Option<Timestamp>) -> Self {
        let (Some(submission), Some(source)) = (submission, source) else { return Self::Unknown };
        match submission.cmp(&source) {
            std::cmp::Ordering::Less => Self::Submission,
            std::cmp::Ordering::Greater => Self::Source,
            std::cmp::Ordering::Equal => Self::Same,
        }
    }
}
