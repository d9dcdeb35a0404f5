//! The secret seed of a corpus.

use std::hash::{BuildHasher, RandomState};

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The secret of a corpus. Every stored hash depends on it, so that nobody outside can make texts whose fingerprints
/// collide.
///
/// Tokens and fingerprints made with one seed cannot be compared with those of another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CorpusSeed(u64);

impl CorpusSeed {
    /// A seed with a given value, for tests and for a corpus that is opened again.
    #[must_use]
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    /// The value, to be stored with the corpus.
    #[must_use]
    pub fn value(self) -> u64 {
        self.0
    }

    /// A secret of this process that no file holds, from the randomness of the standard library's hash maps.
    #[must_use]
    pub fn of_this_process() -> Self {
        Self(RandomState::new().hash_one("palimpsest"))
    }

    /// A 64-bit constant that depends on the seed and on `purpose`.
    pub(crate) fn derive(self, purpose: &str) -> u64 {
        xxh3_64_with_seed(purpose.as_bytes(), self.0)
    }
}

impl std::fmt::Debug for CorpusSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CorpusSeed(secret)")
    }
}
