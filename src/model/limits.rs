//! The limits of an engine.

use super::keys::Slot;
use super::setters;

/// The limits that the engine enforces. A report states where `max_candidates` or `max_common_postings` was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Limits {
    /// Bytes of one text: 8 MiB by default.
    pub max_text_bytes: usize,
    /// Bytes of one text's words in their compared form, which NFKC can make eleven times as long: 16 MiB by default.
    pub max_normalised_bytes: usize,
    /// Words of one text: 2,000,000 by default.
    pub max_text_words: usize,
    /// Collections in the corpus: 100,000 by default.
    pub max_collections: usize,
    /// Sources in one collection: 16,000,000 by default; more than 16,777,216 are never taken.
    pub max_sources_per_collection: usize,
    /// Bytes of the texts of one collection: 1 TiB by default.
    pub max_collection_bytes: u64,
    /// Candidates that one check compares: 1,000 by default.
    pub max_candidates: usize,
    /// Sources in scope, at most, that a check compares all without asking the index: 400 by default. A scope of more
    /// words than so many sources usually have, 2,500 each, is not compared so.
    pub exhaustive_sources: u32,
    /// Postings of common fingerprints that one check reads in one collection: 16,384 by default. Postings of sources
    /// that are not there at the revision don't count. The rarest come first; from the first for which not enough is
    /// left on a few sources are looked at.
    pub max_common_postings: u32,
    /// Seconds for which a deleted text may stay on disk: 86,400 by default. What is read when that time is over may
    /// delay the deletion by the time of one call at most.
    pub max_deleted_text_seconds: u64,
}

impl Limits {
    /// The upper bound of `max_text_bytes`: positions in a text are 32 bits wide.
    pub const MOST_TEXT_BYTES: usize = 1 << 30;
}

setters!(Limits {
    with_max_text_bytes: max_text_bytes: usize,
    with_max_normalised_bytes: max_normalised_bytes: usize,
    with_max_text_words: max_text_words: usize,
    with_max_collections: max_collections: usize,
    with_max_sources_per_collection: max_sources_per_collection: usize,
    with_max_collection_bytes: max_collection_bytes: u64,
    with_max_candidates: max_candidates: usize,
    with_exhaustive_sources: exhaustive_sources: u32,
    with_max_common_postings: max_common_postings: u32,
    with_max_deleted_text_seconds: max_deleted_text_seconds: u64,
});

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_text_bytes: 8 << 20,
            max_normalised_bytes: 16 << 20,
            max_text_words: 2_000_000,
            max_collections: 100_000,
            max_sources_per_collection: 16_000_000.min(Slot::COUNT as usize),
            max_collection_bytes: 1 << 40,
            max_candidates: 1_000,
            exhaustive_sources: 400,
            max_common_postings: 1 << 14,
            max_deleted_text_seconds: 24 * 60 * 60,
        }
    }
}
