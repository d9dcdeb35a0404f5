//! Signatures of the 8-grams in a locality-sensitive index, by the crate gaoya.

use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher64V1, VecContainer};

use super::{Found, System};
use crate::Failure;
use crate::grams::Grams;

/// Number of hashes in a signature, of 64 bits: of 32 bits, two agree by chance in some source.
const HASHES: usize = 128;

/// A planted passage is a small share of both texts: 100 words of 1,000 and of 750 make a resemblance of
/// 0.06. Bands of a single hash, of which one must agree, are what finds that most often.
const BAND_WIDTH: usize = 1;
const MIN_RESEMBLANCE: f64 = 0.0;

pub(super) struct MinHash {
    hasher: MinHasher64V1<fnv::FnvBuildHasher>,
    index: MinHashIndex<u64, u32, VecContainer<u32>>,
}

impl MinHash {
    pub(super) fn new() -> Self {
        Self {
            hasher: MinHasher64V1::new(HASHES),
            index: MinHashIndex::new_index(HASHES / BAND_WIDTH, BAND_WIDTH, MIN_RESEMBLANCE),
        }
    }

    fn signature(&self, text: &str) -> Vec<u64> {
        self.hasher.create_signature(Grams::of(text).hashes.into_iter())
    }
}

impl System for MinHash {
    fn add(&mut self, number: u32, text: &str) -> Result<(), Failure> {
        self.index.insert(number, self.signature(text));
        Ok(())
    }

    fn check(&self, text: &str) -> Result<Vec<Found>, Failure> {
        Ok(Found::all(self.index.query_owned(&self.signature(text))))
    }

    fn gives_spans(&self) -> bool {
        false
    }
}
