//! Tokens: the hashes of words in their compared form.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::model::CorpusSeed;

/// A word in its compared form, as a seeded 64-bit hash.
///
/// The top 5 bits hold the length of the compared form in bytes, at most 31; the other 59 are a hash. The order of
/// tokens is therefore the order of lengths first. The selection of fingerprints relies on it: long words are rare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Token(u64);

impl Token {
    /// Bits of the length class.
    const LENGTH_BITS: u32 = 5;

    fn new(hash: u64, length_bytes: usize) -> Self {
        let class = length_bytes.min((1 << Self::LENGTH_BITS) - 1) as u64;
        Self(class << (u64::BITS - Self::LENGTH_BITS) | hash >> Self::LENGTH_BITS)
    }

    /// The length class and the hash, as one value.
    #[must_use]
    pub fn value(self) -> u64 {
        self.0
    }
}

/// Hashes compared forms into tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct WordHasher {
    seed: u64,
    stem: u64,
    low: u64,
    high: u64,
    /// Mask of the hash bits in use: tests use few, so that words collide.
    #[cfg(test)]
    pub(super) kept: u64,
}

impl WordHasher {
    pub(super) fn new(seed: CorpusSeed) -> Self {
        Self {
            seed: seed.derive("word/long"),
            stem: seed.derive("word/stem"),
            low: seed.derive("word/low"),
            // Odd, so that multiplication by it alone (a word of 8 bytes or fewer) is invertible.
            high: seed.derive("word/high") | 1,
            #[cfg(test)]
            kept: u64::MAX,
        }
    }

    /// The token of a compared form.
    pub(super) fn token(&self, compared: &[u8]) -> Token {
        let length = compared.len();
        let mut block = [0; 16];
        match block.get_mut(..length) {
            Some(head) => {
                head.copy_from_slice(compared);
                self.short_token(u128::from_le_bytes(block), length)
            }
            None => self.made(xxh3_64_with_seed(compared, self.seed), length),
        }
    }

    /// The hash of a stem of at most 8 bytes, given as a little-endian integer.
    #[inline]
    pub(super) fn stem(&self, kept: u64) -> u64 {
        fold(kept ^ self.stem, self.high)
    }

    /// A hash of the first bytes of a word that is the same under every seed.
    #[inline]
    pub(super) fn public(kept: u64) -> u64 {
        // Fractions of the golden ratio and of the square root of 2.
        fold(kept ^ 0x6A09_E667_F3BC_C909, 0x9E37_79B9_7F4A_7C15)
    }

    /// The token of a compared form of at most 16 bytes, given as a little-endian integer.
    ///
    /// A folded multiplication (as in wyhash) of its two halves, each under a secret.
    #[inline]
    pub(super) fn short_token(&self, compared: u128, length: usize) -> Token {
        #[expect(clippy::cast_possible_truncation, reason = "the two halves of 128 bits")]
        let (low, high) = (compared as u64, (compared >> 64) as u64);
        let folded = fold(low ^ self.low, high ^ self.high);
        self.made(fold(folded ^ length as u64, self.high), length)
    }

    #[cfg(not(test))]
    #[inline]
    #[expect(clippy::unused_self, reason = "tests keep fewer bits")]
    fn made(&self, hash: u64, length: usize) -> Token {
        Token::new(hash, length)
    }

    #[cfg(test)]
    fn made(&self, hash: u64, length: usize) -> Token {
        Token::new(hash & self.kept, length)
    }
}

/// The exclusive or of the two halves of the 128-bit product.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the two halves of 128 bits")]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// Error: the compared forms of a text's words exceed the limit in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the compared form of the words is too long")]
pub struct ComparedFormTooLong;

#[cfg(test)]
impl WordHasher {
    pub(super) fn for_tests() -> Self {
        Self::new(CorpusSeed::new(42))
    }
}
