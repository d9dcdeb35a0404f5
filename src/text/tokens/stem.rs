//! Truncated stems, of which order-free fingerprints are made.

use super::token::WordHasher;
use crate::text::folding::FoldTable;
use crate::text::scripts::is_unspaced;

/// A word without its ending, as a seeded hash with its length in characters.
///
/// The stem is the first six characters of the compared form. Truncation needs no language, which matters for a
/// collection of several languages, and finds about as much as stemmers of one language (`McNamee` & Mayfield 2004,
/// "Character n-gram tokenization for European language text retrieval"). In our measurements it finds the same
/// candidates as the Snowball stemmer for English, and takes no time.
///
/// The top four bits hold the word's length in characters, at most [`Self::LONGEST`], or mark a character of a script
/// that is written without spaces. The next 16 are a public hash, the same under every seed: which word pairs are
/// indexed depends on it alone, so that altered passages do not depend on the seed. The other 44 bits are a seeded
/// hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stem(u64);

impl Stem {
    /// Characters of a stem: see [`Stem`].
    const CHARACTERS: usize = 6;
    /// The greatest length in characters that a stem holds; longer words have this length.
    pub const LONGEST: u32 = 12;
    const CLASS_BITS: u32 = 4;
    const PUBLIC_BITS: u32 = 16;
    /// The class of a single character that is a token.
    const CHARACTER: u32 = (1 << Self::CLASS_BITS) - 1;

    fn new(kept: u64, hash: u64, class: u32) -> Self {
        const HASH_BITS: u32 = u64::BITS - Stem::CLASS_BITS - Stem::PUBLIC_BITS;
        let public = WordHasher::public(kept) >> (u64::BITS - Self::PUBLIC_BITS);
        let class = u64::from(class) << (u64::BITS - Self::CLASS_BITS);
        Self(class | public << HASH_BITS | hash >> (u64::BITS - HASH_BITS))
    }

    /// The stem of a word of at most 16 ASCII bytes, given as a little-endian integer.
    #[inline]
    pub(super) fn of_ascii(hasher: &WordHasher, compared: u128, length: usize) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "six bytes are kept of sixteen")]
        let kept = compared as u64 & (u64::MAX >> (u64::BITS as usize - 8 * Self::CHARACTERS));
        Self::new(kept, hasher.stem(kept), Self::class_of(length))
    }

    /// The stem of any compared form.
    pub(super) fn of(hasher: &WordHasher, compared: &str) -> Self {
        let end = compared.char_indices().nth(Self::CHARACTERS).map_or(compared.len(), |(at, _)| at);
        let kept = compared.get(..end).unwrap_or_default();
        // The whole word would be Latin without its ending.
        let latin = if end < compared.len() { FoldTable::get().latin(kept) } else { None };
        let kept = latin.as_deref().unwrap_or(kept);
        let mut block = [0; 8];
        let (kept, hash) = if let Some(head) = block.get_mut(..kept.len()) {
            head.copy_from_slice(kept.as_bytes());
            let kept = u64::from_le_bytes(block);
            (kept, hasher.stem(kept))
        } else {
            let bytes = kept.bytes().fold(0, |sum: u64, byte| sum.rotate_left(8) ^ u64::from(byte));
            (bytes, hasher.token(kept.as_bytes()).value().rotate_left(Self::CLASS_BITS + 1))
        };
        let class = if compared.starts_with(is_unspaced) {
            Self::CHARACTER
        } else {
            let rest = compared.get(end..).unwrap_or_default();
            let most = Self::LONGEST as usize - Self::CHARACTERS;
            let before = if rest.is_empty() { compared.chars().count() } else { Self::CHARACTERS };
            Self::class_of(before + rest.chars().take(most).count())
        };
        Self::new(kept, hash, class)
    }

    #[inline]
    fn class_of(characters: usize) -> u32 {
        u32::try_from(characters).unwrap_or(Self::LONGEST).min(Self::LONGEST)
    }

    /// The length of the word in characters; `None` for a single character that is a token.
    #[inline]
    #[must_use]
    pub fn characters(self) -> Option<u32> {
        let class = (self.0 >> (u64::BITS - Self::CLASS_BITS)) as u32;
        (class != Self::CHARACTER).then_some(class)
    }

    /// The public hash, of 16 bits.
    #[inline]
    #[must_use]
    pub(crate) fn public(self) -> u64 {
        self.0 << Self::CLASS_BITS >> (u64::BITS - Self::PUBLIC_BITS)
    }

    /// The public and the seeded hash, which do not depend on the length.
    #[inline]
    #[must_use]
    pub fn hash(self) -> u64 {
        self.0 << Self::CLASS_BITS
    }
}

#[cfg(test)]
mod tests {
    use crate::text::{CorpusSeed, Stem, Tokenizer};

    fn stems(text: &str) -> Vec<Stem> {
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        Tokenizer::new(CorpusSeed::new(5)).tokenize_with_stems_into(text, &mut tokens, &mut stems);
        assert_eq!(tokens.len(), stems.len());
        stems
    }

    #[test]
    fn endings_are_gone() {
        let same = [
            ("compares", "comparison"),
            ("Höflichkeit", "höflicher"),
            ("переводчик", "переводами"),
            ("тараканы", "таракан"),
        ];
        for (a, b) in same {
            assert_eq!(stems(a)[0].hash(), stems(b)[0].hash(), "{a} and {b}");
        }
        assert_ne!(stems("compare")[0].hash(), stems("compose")[0].hash());
    }

    #[test]
    fn both_paths_agree() {
        // A word with a hidden character takes the slow path.
        for word in ["a", "four", "sixsix", "sevenof", "internationally"] {
            let found = stems(&format!("{word} and some more words \u{ad}{word}"));
            assert_eq!(found.first(), found.last(), "{word}");
        }
    }

    #[test]
    fn length_is_in_characters() {
        let lengths: Vec<Option<u32>> =
            stems("the мир naïve internationally 数").iter().map(|s| s.characters()).collect();
        assert_eq!(lengths, [Some(3), Some(3), Some(5), Some(12), None]);
    }
}
