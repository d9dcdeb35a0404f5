//! What a reader and its parent send one another, in frames of `contained::wire`.

use serde::{Deserialize, Serialize};

use crate::documents::{Extraction, Failure, Limits};

/// Maximum bytes of the head of an answer: all but the text, with the overhead of JSON.
pub(super) fn max_answer_head_bytes(limits: &Limits) -> usize {
    usize::try_from(limits.max_text_bytes).unwrap_or(usize::MAX / 4).saturating_mul(2) + (1 << 20)
}

/// The head of the document to read. The body is its content.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) limits: Limits,
    pub(super) name: String,
    pub(super) encoding: String,
}

/// The head of the answer. The body is the text, which the extraction leaves out.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    Read(Box<Extraction>),
    Failed(Failure),
}
