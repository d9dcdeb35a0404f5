//! Order-free fingerprints: word pairs, which survive rewriting.
//!
//! A word pair is two neighbouring content words in either order. Rewritten text seldom keeps five words in a row, but
//! many words that were neighbours are still near each other. A word pair is rare enough to look up: a single word is
//! in every other source, and its postings would fill the index. It is common enough to survive: order-free 3-grams of
//! content words find fewer of the rewritten passages of PAN13.
//!
//! - A content word has at least four characters and is represented by its [`Stem`].
//! - A *source* is indexed by the pairs of adjacent content words. A *submission* is looked up by the pairs of each
//!   content word with the next three. Inserted and moved words are thus bridged at look-up, which costs time but no
//!   memory.
//! - A pair of words of `a` and `b` characters is kept with probability `(a + b) / 24`. The words' public hashes decide,
//!   so that all texts keep the same pairs, under every seed. Long words are rare (Zipf 1935, "The Psycho-Biology of Language") and more specific.
//! - In scripts without spaces a content word is a bigram of adjacent characters. One in four bigrams is used.
//!
//! The context of such a fingerprint is the region of the text where it is. It shows whether the hits of a source are
//! in one place or scattered over the source.

use crate::text::{CorpusSeed, Stem};

use super::polynomial::mix;
use super::{Context, Fingerprint};

/// Tokens of a region: a sentence or two.
const REGION_TOKENS: usize = 32;
/// Characters of a content word, at least: shorter words are mostly function words, in most languages.
const LEAST_CHARACTERS: u32 = 4;
/// Number of following content words that a submission's word is paired with.
const REACH: usize = 3;
/// The share of bigrams of characters that are content words is one in this number.
const BIGRAM_SHARE: u64 = 4;
/// The length in characters that a bigram counts with: that of a word of average length.
const BIGRAM_CHARACTERS: u32 = 6;

/// Makes order-free fingerprints under one seed.
///
/// ```
/// use palimpsest::fingerprint::OrderFree;
/// use palimpsest::text::{CorpusSeed, Tokenizer};
///
/// let seed = CorpusSeed::new(7);
/// let stems = |text: &str| {
///     let (mut tokens, mut stems) = (Vec::new(), Vec::new());
///     Tokenizer::new(seed).tokenize_with_stems_into(text, &mut tokens, &mut stems);
///     stems
/// };
/// let order_free = OrderFree::new(seed);
/// let source = order_free.of_source(&stems("transatlantic communication"));
/// let submission = order_free.of_submission(&stems("Communications were often transatlantic"));
/// assert!(submission.iter().any(|pair| pair.hash == source[0].hash));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OrderFree {
    seed: u64,
}

/// A content word: the hash of its stem, its length, and its position among the tokens.
#[derive(Debug, Clone, Copy)]
struct Content {
    hash: u64,
    /// The hash that decides which pairs are kept.
    public: u64,
    characters: u32,
    position: usize,
}

impl OrderFree {
    /// Makes the fingerprints of the corpus with this seed.
    #[must_use]
    pub fn new(seed: CorpusSeed) -> Self {
        Self { seed: seed.derive("order-free/pair") }
    }

    /// The word pairs of a source, each once, at its first place; sorted by hash.
    ///
    /// There are 0.26 to 0.29 for each word of English prose. Linear in the tokens except for the sort.
    #[must_use]
    pub fn of_source(self, stems: &[Stem]) -> Vec<Fingerprint> {
        let mut out = self.word_pairs(stems, 1);
        out.sort_unstable_by_key(|fingerprint| (fingerprint.hash, fingerprint.position));
        out.dedup_by_key(|fingerprint| fingerprint.hash);
        out
    }

    /// The word pairs that a submission is looked up by, in order of the position of the second word. A pair is listed
    /// as often as it occurs. Linear in the tokens.
    #[must_use]
    pub fn of_submission(self, stems: &[Stem]) -> Vec<Fingerprint> {
        self.word_pairs(stems, REACH)
    }

    /// The region of a source that a posting's context holds, modulo 65,536.
    #[must_use]
    pub fn region(context: Context) -> u16 {
        context.bits()
    }

    /// The region of a token.
    #[must_use]
    pub fn region_of(position: u32) -> u16 {
        region(position as usize).bits()
    }

    fn word_pairs(self, stems: &[Stem], reach: usize) -> Vec<Fingerprint> {
        let mut out = Vec::with_capacity(stems.len() * reach / 2);
        let mut last: [Option<Content>; REACH] = [None; REACH];
        self.for_each_content(stems, |content| {
            for before in last.iter().take(reach).flatten() {
                if let Some(pair) = self.word_pair(*before, content) {
                    out.push(pair);
                }
            }
            last.rotate_right(1);
            if let Some(first) = last.first_mut() {
                *first = Some(content);
            }
        });
        out
    }

    /// The fingerprint of a word pair, if the pair is kept.
    #[inline]
    fn word_pair(self, a: Content, b: Content) -> Option<Fingerprint> {
        let hash = mix(a.hash.wrapping_add(b.hash) ^ self.seed);
        let public = mix(a.public.wrapping_add(b.public)) >> u32::BITS;
        let drawn = (public * u64::from(2 * Stem::LONGEST)) >> u32::BITS;
        let kept = drawn < u64::from(a.characters + b.characters) && a.hash != b.hash;
        let position = u32::try_from(a.position).unwrap_or(u32::MAX);
        kept.then(|| Fingerprint { hash, context: region(a.position), position })
    }

    #[inline]
    fn for_each_content(self, stems: &[Stem], mut each: impl FnMut(Content)) {
        for (position, stem) in stems.iter().enumerate() {
            match stem.characters() {
                Some(characters @ LEAST_CHARACTERS..) => {
                    each(Content { hash: stem.hash(), public: stem.public(), characters, position });
                }
                Some(_) => {}
                None => {
                    if let Some(content) = self.bigram(*stem, stems.get(position + 1), position) {
                        each(content);
                    }
                }
            }
        }
    }

    /// The content word of a character and the next one, if this bigram is used.
    fn bigram(self, first: Stem, second: Option<&Stem>, position: usize) -> Option<Content> {
        let second = second.filter(|stem| stem.characters().is_none())?;
        let hash = mix(first.hash().wrapping_mul(3).wrapping_add(second.hash()) ^ self.seed);
        let public = mix(first.public().wrapping_mul(3).wrapping_add(second.public()));
        let characters = BIGRAM_CHARACTERS;
        public.is_multiple_of(BIGRAM_SHARE).then_some(Content { hash, public, characters, position })
    }
}

fn region(position: usize) -> Context {
    let within = position / REGION_TOKENS % (1 << Context::BITS);
    Context::from_bits(u16::try_from(within).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::text::Tokenizer;

    const SEED: CorpusSeed = CorpusSeed::new(3);

    fn stems(text: &str) -> Vec<Stem> {
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        Tokenizer::new(SEED).tokenize_with_stems_into(text, &mut tokens, &mut stems);
        stems
    }

    fn hashes(fingerprints: &[Fingerprint]) -> BTreeSet<u64> {
        fingerprints.iter().map(|fingerprint| fingerprint.hash).collect()
    }

    #[test]
    fn texts_of_few_words() {
        for text in ["", "word", "a to of it", "same same same", "数"] {
            assert!(OrderFree::new(SEED).of_source(&stems(text)).is_empty(), "{text:?}");
            assert!(OrderFree::new(SEED).of_submission(&stems(text)).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn scripts_without_spaces_have_them_too() {
        let text = "我们的数据结构课程要求每个学生独立完成作业并在期末提交一份完整的研究报告";
        let source = OrderFree::new(SEED).of_source(&stems(&text.repeat(3)));
        assert!(!source.is_empty());
    }

    proptest! {
        #[test]
        fn a_submission_has_what_its_text_leaves_as_a_source(words in proptest::collection::vec("[a-f]{2,13}", 0..60)) {
            let stems = stems(&words.join(" "));
            let (source, submission) = (OrderFree::new(SEED).of_source(&stems), OrderFree::new(SEED).of_submission(&stems));
            prop_assert!(hashes(&source).is_subset(&hashes(&submission)));
            prop_assert_eq!(hashes(&source).len(), source.len());
        }

        #[test]
        fn order_does_not_matter(a in "[a-z]{4,13}", b in "[a-z]{4,13}") {
            let of = |text: String| hashes(&OrderFree::new(SEED).of_source(&stems(&text)));
            prop_assert_eq!(of(format!("{a} {b}")), of(format!("{b} {a}")));
        }
    }
}
