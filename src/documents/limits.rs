//! How much a document may take.

use serde::{Deserialize, Serialize};

use super::Failure;

/// Limits on what is read of one document. Time and memory are limited from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of text, hidden and removed text included.
    pub max_text_bytes: u64,
    /// Bytes of all entries of an archive, or all streams of a document, when inflated.
    pub max_inflated_bytes: u64,
    /// Bytes that one inflates to, at most, past the first 64 MiB.
    pub max_inflation_ratio: u64,
    /// Entries of an archive.
    pub max_entries: u64,
    /// Elements inside one another.
    pub max_nesting: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_text_bytes: 10_000_000,
            max_inflated_bytes: 256 << 20,
            max_inflation_ratio: 200,
            max_entries: 10_000,
            max_nesting: 512,
        }
    }
}

impl Limits {
    /// The failure of a document with more than `max_text_bytes`.
    pub(super) fn too_much_text(&self) -> Failure {
        Failure::Limit { limit: self.max_text_bytes, quantity: "bytes of text".to_owned() }
    }
}
