//! Submissions with known passages.

use std::collections::BTreeSet;
use std::ops::Range;

/// A submission with its planted passages.
pub(crate) struct Submission {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) cases: Vec<Case>,
    /// Sources that share text with it independently of planting; finding them is neither right nor wrong.
    pub(crate) natural: BTreeSet<String>,
}

/// A planted passage.
pub(crate) struct Case {
    /// Byte range in the submission.
    pub(crate) submission: Range<usize>,
    /// Byte range in the source.
    pub(crate) source: Range<usize>,
    pub(crate) source_id: String,
    pub(crate) words: usize,
    /// The change that was made to it.
    pub(crate) kind: String,
}
