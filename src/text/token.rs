//! Tokens, their spans, and the hash that makes a word comparable.

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
    /// The byte just past the last.
    pub end: u32,
}

impl Span {
    /// The text that the span covers; empty when the span is not one of `text`.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A word in its compared form, as a seeded 64-bit hash.
///
/// The top 5 bits hold the length of the compared form in bytes, 31 at most; the other 59 are a hash.
/// Ordering tokens therefore orders words by length first, which is what the selection of fingerprints
/// wants: long words are rare words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Token(u64);

impl Token {
    /// Bits of the length class.
    const LENGTH_BITS: u32 = 5;

    fn new(hash: u64, length_bytes: usize) -> Self {
        let class = length_bytes.min((1 << Self::LENGTH_BITS) - 1) as u64;
        Self(class << (u64::BITS - Self::LENGTH_BITS) | hash >> Self::LENGTH_BITS)
    }

    /// The whole value.
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
    /// Bits of the hash that are kept.
    #[cfg(test)]
    kept: u64,
}

impl WordHasher {
    fn new(seed: CorpusSeed) -> Self {
        Self {
            seed: seed.derive("word/long"),
            stem: seed.derive("word/stem"),
            low: seed.derive("word/low"),
            // Odd, so that multiplying by it alone (a word of 8 bytes or fewer) loses nothing.
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

/// The two halves of the 128-bit product, exclusive-or-ed.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the two halves of 128 bits")]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The tokens of a text, and where each stands in it.
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

/// Writes the compared form of the token with this span to `out`, in place of what it held.
///
/// Equal tokens have equal compared forms. Linear in the token.
pub fn compared_form_at(text: &str, span: Span, out: &mut String) {
    let word = span.of(text);
    compared_form(word, out);
    // Only of letters set apart is anything left that is no part of a word.
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
    // Letters may be set apart in one of them.
    form == other_form || spaced::joined(word, usize::MAX) == spaced::joined(other, usize::MAX)
}

/// A text whose words have more bytes in their compared form than they may.
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
        // Any text is short enough.
        self.tokenize_within(text, usize::MAX).unwrap_or_default()
    }

    /// The tokens of `text` with their spans, if the compared forms of all have no more than `max_bytes`.
    /// Linear in the text, however long its compared form would be.
    ///
    /// # Errors
    ///
    /// [`Overgrown`].
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

    /// The tokens of `text` and their stems, without spans, in place of what both held. Linear in the
    /// text.
    pub fn tokenize_with_stems_into(&self, text: &str, tokens: &mut Vec<Token>, stems: &mut Vec<Stem>) {
        // Any text is short enough.
        let all = self.tokenize_with_stems_within(text, usize::MAX, tokens, stems);
        debug_assert!(all.is_ok());
    }

    /// As [`Self::tokenize_with_stems_into`], if the compared forms of all tokens have no more than `max_bytes`.
    ///
    /// # Errors
    ///
    /// [`Overgrown`]; both hold a part of the tokens then.
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
    /// A tokenizer whose tokens have so few bits besides the length that words collide.
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
