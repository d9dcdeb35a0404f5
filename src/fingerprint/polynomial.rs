//! The hash of a k-gram: a polynomial of its tokens (Karp & Rabin 1987), modulo 2^64.

use crate::text::Token;

/// Hashes k-grams.
///
/// Only one k-gram in three is selected, so hashing each selected one afresh is faster than rolling over all of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Polynomial {
    base: u64,
}

impl Polynomial {
    /// The polynomial at this base, which is made odd so that multiplication by it is invertible.
    pub(super) fn new(base: u64) -> Self {
        Self { base: base | 1 }
    }

    /// The polynomial of a k-gram, which is to be [mixed](mix) into a hash. Linear in `k`.
    #[inline]
    pub(super) fn of(self, kgram: &[Token]) -> u64 {
        kgram.iter().fold(0, |sum: u64, token| sum.wrapping_mul(self.base).wrapping_add(token.value()))
    }
}

/// Spreads the entropy of a value over all its bits (the finaliser of `MurmurHash3`).
#[inline]
pub(super) fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 33).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash = (hash ^ hash >> 33).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    hash ^ hash >> 33
}
