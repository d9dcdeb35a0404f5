//! Submissions of which the truth is known.

use std::collections::BTreeSet;
use std::ops::Range;

/// A submission, and what was planted in it.
pub(crate) struct Submission {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) cases: Vec<Case>,
    /// Sources that share text with it by themselves: neither right nor wrong.
    pub(crate) natural: BTreeSet<String>,
}

/// A passage that was planted.
pub(crate) struct Case {
    /// Bytes of the submission.
    pub(crate) submission: Range<usize>,
    /// Bytes of the source.
    pub(crate) source: Range<usize>,
    pub(crate) source_id: String,
    pub(crate) words: usize,
    /// How it was changed.
    pub(crate) kind: String,
}
