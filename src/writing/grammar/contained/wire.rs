//! What a checker and its parent send one another, in frames of `contained::wire`. The body of a request is text.

use serde::{Deserialize, Serialize};

use crate::writing::grammar::{Dialect, Kind};

/// Maximum bytes of an answer: a paragraph has thousands of findings at most.
pub(super) const MAX_ANSWER_BYTES: usize = 8 << 20;

/// What the parent asks.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Prepare for a dialect; find that of a text if none is stated.
    Dialect(Option<Dialect>),
    /// Check a paragraph.
    Check {
        dialect: Dialect,
        /// Whether words of other dialects are right.
        any_dialect: bool,
        disabled: Vec<String>,
        enabled: Vec<String>,
    },
}

/// What a checker answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    Dialect(Dialect),
    Findings(Vec<Found>),
    /// There is no rule of this name.
    UnknownRule(String),
    /// The paragraph could not be checked.
    Panicked,
}

/// A finding, in characters of the paragraph.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    pub(super) rule: String,
    pub(super) message: String,
    pub(super) replacements: Vec<String>,
}
