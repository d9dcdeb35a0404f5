//! The rolling hash of k-grams (Karp & Rabin 1987), modulo 2^64.

use crate::text::Token;

/// Hashes every `k` consecutive tokens in constant time each.
#[derive(Debug, Clone, Copy)]
pub(super) struct RollingHash {
    k: usize,
    base: u64,
    /// `base` to the power of `k`: the weight of the token that leaves.
    leaving: u64,
}

impl RollingHash {
    /// The hash of `k` tokens with this base, which is made odd so that multiplication by it is invertible.
    pub(super) fn new(k: u32, base: u64) -> Self {
        let base = base | 1;
        Self { k: k as usize, base, leaving: base.wrapping_pow(k) }
    }

    /// Appends the polynomial of each k-gram of `tokens`, in order: `tokens.len() - k + 1` of them, or none if there
    /// are fewer than `k` tokens. Polynomials of selected k-grams are [mixed](mix) into hashes.
    pub(super) fn polynomials_into(&self, tokens: &[Token], out: &mut Vec<u64>) {
        let Some((first, rest)) = tokens.split_at_checked(self.k) else { return };
        let mut hash = first.iter().fold(0, |hash, token| self.push(hash, *token));
        out.reserve(rest.len() + 1);
        out.push(hash);
        out.extend(rest.iter().zip(tokens).map(|(entering, leaving)| {
            hash = self.push(hash, *entering).wrapping_sub(leaving.value().wrapping_mul(self.leaving));
            hash
        }));
    }

    fn push(&self, hash: u64, token: Token) -> u64 {
        hash.wrapping_mul(self.base).wrapping_add(token.value())
    }
}

/// Spreads the entropy of a value over all its bits (the finaliser of `MurmurHash3`).
#[inline]
pub(super) fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 33).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash = (hash ^ hash >> 33).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    hash ^ hash >> 33
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{CorpusSeed, Tokenizer};

    #[test]
    fn rolls_to_what_hashing_afresh_gives() {
        let text = "one two three one two three four one two";
        let tokens = Tokenizer::new(CorpusSeed::new(1)).tokenize(text);
        let tokens = tokens.tokens();
        for k in 3..=9 {
            let rolling = RollingHash::new(k, 0x9E37_79B9_7F4A_7C15);
            let mut rolled = Vec::new();
            rolling.polynomials_into(tokens, &mut rolled);
            let mut afresh = Vec::new();
            for kgram in tokens.windows(k as usize) {
                rolling.polynomials_into(kgram, &mut afresh);
            }
            assert_eq!(rolled, afresh, "k = {k}");
            assert_eq!(rolled.len(), tokens.len() + 1 - k as usize);
        }
    }

    #[test]
    fn gives_nothing_for_fewer_tokens_than_k() {
        let mut out = Vec::new();
        RollingHash::new(3, 5).polynomials_into(&[Token::default(); 2], &mut out);
        assert!(out.is_empty());
    }
}
