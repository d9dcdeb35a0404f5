//! Tokens, their spans, and the hash of a word's compared form.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::compared::compared_form;
use super::spaced;
use super::stem::Stem;
use crate::model::CorpusSeed;

/// A half-open range of bytes in an original text, always on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The text that the span covers; empty if it is not a span of `text`.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

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
    kept: u64,
}

impl WordHasher {
    fn new(seed: CorpusSeed) -> Self {
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

/// The tokens of a text and their spans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenizedText {
    tokens: Vec<Token>,
    spans: Vec<Span>,
}

impl TokenizedText {
    /// The tokens, in the order of the text.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The span of each token, as long as [`Self::tokens`]; sorted and disjoint.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The span from the first to the last of a non-empty range of tokens.
    #[must_use]
    pub fn span_of(&self, tokens: std::ops::Range<u32>) -> Span {
        let at = |token: u32| self.spans.get(token as usize).copied().unwrap_or_default();
        Span { start: at(tokens.start).start, end: at(tokens.end.saturating_sub(1)).end }
    }
}

/// Writes the compared form of the token with this span to `out`, which is cleared first.
///
/// Equal tokens have equal compared forms. Linear in the token.
pub fn compared_form_at(text: &str, span: Span, out: &mut String) {
    let word = span.of(text);
    compared_form(word, out);
    // Separators are left in the form only if the letters of the word are set apart.
    if out.contains(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()) {
        *out = spaced::joined(word, usize::MAX).unwrap_or_default();
    }
}

/// Whether two words, each a span of a text, have the same compared form. Linear in the words.
#[must_use]
pub fn same_word((text, span): (&str, Span), (other_text, other_span): (&str, Span)) -> bool {
    let (word, other) = (span.of(text), other_span.of(other_text));
    if word.eq_ignore_ascii_case(other) {
        return true;
    }
    let (mut form, mut other_form) = (String::new(), String::new());
    compared_form(word, &mut form);
    compared_form(other, &mut other_form);
    // The letters of one of them may be set apart.
    form == other_form || spaced::joined(word, usize::MAX) == spaced::joined(other, usize::MAX)
}

/// Error: the compared forms of a text's words exceed the limit in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the compared form of the words is too long")]
pub struct Overgrown;

/// Cuts texts into tokens under one seed.
///
/// ```
/// use palimpsest::text::{CorpusSeed, Tokenizer};
///
/// let tokenizer = Tokenizer::new(CorpusSeed::new(7));
/// let text = tokenizer.tokenize("Don’t panic!");
/// assert_eq!(text.tokens(), tokenizer.tokenize("DONT PANIC").tokens());
/// assert_eq!(text.spans()[1].of("Don’t panic!"), "panic");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Tokenizer {
    hasher: WordHasher,
}

impl Tokenizer {
    /// A tokenizer for the corpus with this seed.
    #[must_use]
    pub fn new(seed: CorpusSeed) -> Self {
        Self { hasher: WordHasher::new(seed) }
    }

    /// The tokens of `text` with their spans. Linear in the text.
    #[must_use]
    pub fn tokenize(&self, text: &str) -> TokenizedText {
        // No text exceeds this limit.
        self.tokenize_within(text, usize::MAX).unwrap_or_default()
    }

    /// The tokens of `text` with their spans, if the compared forms have at most `max_bytes` in all. Linear in the
    /// text, however long its compared form would be.
    ///
    /// # Errors
    ///
    /// [`Overgrown`] if the compared forms are longer.
    pub fn tokenize_within(&self, text: &str, max_bytes: usize) -> Result<TokenizedText, Overgrown> {
        let mut out = TokenizedText::default();
        let expected = text.len() / 5;
        out.tokens.reserve(expected);
        out.spans.reserve(expected);
        spaced::for_each_token(text, &self.hasher, max_bytes, |token, _, span| {
            out.tokens.push(token);
            out.spans.push(span);
        })?;
        Ok(out)
    }

    /// Writes the tokens of `text` and their stems to the lists, which are cleared first. Linear in the text.
    pub fn tokenize_with_stems_into(&self, text: &str, tokens: &mut Vec<Token>, stems: &mut Vec<Stem>) {
        // No text exceeds this limit.
        let all = self.tokenize_with_stems_within(text, usize::MAX, tokens, stems);
        debug_assert!(all.is_ok());
    }

    /// As [`Self::tokenize_with_stems_into`], if the compared forms have at most `max_bytes` in all.
    ///
    /// # Errors
    ///
    /// [`Overgrown`] if they are longer; then the lists hold a part of the tokens.
    pub fn tokenize_with_stems_within(
        &self,
        text: &str,
        max_bytes: usize,
        tokens: &mut Vec<Token>,
        stems: &mut Vec<Stem>,
    ) -> Result<(), Overgrown> {
        tokens.clear();
        stems.clear();
        spaced::for_each_token(text, &self.hasher, max_bytes, |token, stem, _| {
            tokens.push(token);
            stems.push(stem);
        })
    }
}

#[cfg(test)]
impl Tokenizer {
    /// A tokenizer whose tokens have this number of hash bits, so that words collide.
    pub(crate) fn weak(bits: u32) -> Self {
        let mut weak = Self::new(CorpusSeed::new(42));
        weak.hasher.kept = u64::MAX << (u64::BITS - bits);
        weak
    }
}

#[cfg(test)]
impl WordHasher {
    pub(super) fn for_tests() -> Self {
        Self::new(CorpusSeed::new(42))
    }
}
