//! Cutting texts into tokens with their spans.

use super::lengths::{TextLength, WordLengths};
use super::spaced;
use super::stem::Stem;
use super::token::{ComparedFormTooLong, Token, WordHasher};
use crate::model::CorpusSeed;
use crate::text::folding::Class;
use crate::text::folding::{FoldTable, compared_form};
use crate::text::span::Span;

/// The tokens of a text and their spans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenizedText {
    tokens: Vec<Token>,
    spans: Vec<Span>,
    lengths: WordLengths,
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

    /// The lengths of its parts in words.
    #[must_use]
    pub fn lengths(&self) -> &WordLengths {
        &self.lengths
    }

    /// The span from the first to the last of a non-empty range of tokens.
    #[must_use]
    pub fn span_of(&self, tokens: std::ops::Range<u32>) -> Span {
        let at = |token: u32| self.spans.get(token as usize).copied().unwrap_or_default();
        Span { start: at(tokens.start).start, end: at(tokens.end.saturating_sub(1)).end }
    }

    /// The tokens that begin inside a span of bytes.
    #[must_use]
    pub fn tokens_in(&self, span: Span) -> std::ops::Range<u32> {
        let before = |byte: u32| self.spans.partition_point(|token| token.start < byte);
        let narrow = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        narrow(before(span.start))..narrow(before(span.end))
    }
}

/// The tokens of a text with their spans, and the stem of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StemmedText {
    /// The tokens.
    pub tokenized: TokenizedText,
    /// The stems, as many as tokens.
    pub stems: Vec<Stem>,
}

/// Bytes of a text for each token, at first sight.
const BYTES_PER_TOKEN: usize = 5;

/// Writes the compared form of the token with this span to `out`, which is cleared first.
///
/// Equal tokens have equal compared forms. Linear in the token.
pub fn compared_form_at(text: &str, span: Span, out: &mut String) {
    let word = span.of(text);
    if is_apart(word) {
        *out = spaced::joined(word, usize::MAX).unwrap_or_default();
    } else {
        compared_form(word, out);
    }
}

/// Whether the letters of a word are set apart: it has characters that separate other words.
fn is_apart(word: &str) -> bool {
    let table = FoldTable::get();
    word.chars().any(|c| table.folded(c).class == Class::Separator)
}

/// Whether two words, each a span of a text, have the same compared form. Linear in the words.
#[must_use]
pub fn same_word((text, span): (&str, Span), (other_text, other_span): (&str, Span)) -> bool {
    let (word, other) = (span.of(text), other_span.of(other_text));
    if word.eq_ignore_ascii_case(other) {
        return true;
    }
    let (mut form, mut other_form) = (String::new(), String::new());
    compared_form_at(text, span, &mut form);
    compared_form_at(other_text, other_span, &mut other_form);
    form == other_form
}

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
    /// [`ComparedFormTooLong`] if the compared forms are longer.
    pub fn tokenize_within(
        &self,
        text: &str,
        max_bytes: usize,
    ) -> Result<TokenizedText, ComparedFormTooLong> {
        self.tokenize_each(text, max_bytes, |_| ())
    }

    /// The tokens of `text` with their spans, and the stem of each. Linear in the text.
    #[must_use]
    pub fn stemmed(&self, text: &str) -> StemmedText {
        // No text exceeds this limit.
        self.stemmed_within(text, usize::MAX).unwrap_or_default()
    }

    /// As [`Self::stemmed`], if the compared forms have at most `max_bytes` in all.
    ///
    /// # Errors
    ///
    /// [`ComparedFormTooLong`] if they are longer.
    pub fn stemmed_within(&self, text: &str, max_bytes: usize) -> Result<StemmedText, ComparedFormTooLong> {
        let mut stems = Vec::with_capacity(text.len() / BYTES_PER_TOKEN);
        let tokenized = self.tokenize_each(text, max_bytes, |stem| stems.push(stem))?;
        Ok(StemmedText { tokenized, stems })
    }

    fn tokenize_each(
        &self,
        text: &str,
        max_bytes: usize,
        mut each: impl FnMut(Stem),
    ) -> Result<TokenizedText, ComparedFormTooLong> {
        let mut out = TokenizedText::default();
        let expected = text.len() / BYTES_PER_TOKEN;
        out.tokens.reserve(expected);
        out.spans.reserve(expected);
        spaced::for_each_token(text, &self.hasher, max_bytes, |token, stem, span| {
            if stem.characters().is_none() {
                let first = span.of(text).chars().next().unwrap_or_default();
                out.lengths.push_character(out.tokens.len(), first);
            }
            out.tokens.push(token);
            out.spans.push(span);
            each(stem);
        })?;
        out.lengths.finish(out.tokens.len());
        Ok(out)
    }

    /// Writes the tokens of `text` and their stems to the lists, which are cleared first. Returns the length of the text
    /// in words. Linear in the text.
    pub fn tokenize_with_stems_into(
        &self,
        text: &str,
        tokens: &mut Vec<Token>,
        stems: &mut Vec<Stem>,
    ) -> u32 {
        // No text exceeds this limit.
        self.tokenize_with_stems_within(text, usize::MAX, tokens, stems).unwrap_or_default()
    }

    /// As [`Self::tokenize_with_stems_into`], if the compared forms have at most `max_bytes` in all.
    ///
    /// # Errors
    ///
    /// [`ComparedFormTooLong`] if they are longer; then the lists hold a part of the tokens.
    pub fn tokenize_with_stems_within(
        &self,
        text: &str,
        max_bytes: usize,
        tokens: &mut Vec<Token>,
        stems: &mut Vec<Stem>,
    ) -> Result<u32, ComparedFormTooLong> {
        tokens.clear();
        stems.clear();
        tokens.reserve(text.len() / BYTES_PER_TOKEN);
        stems.reserve(text.len() / BYTES_PER_TOKEN);
        let mut length = TextLength::default();
        spaced::for_each_token(text, &self.hasher, max_bytes, |token, stem, span| {
            tokens.push(token);
            stems.push(stem);
            if stem.characters().is_none() {
                length.push_character(span.of(text).chars().next().unwrap_or_default());
            }
        })?;
        Ok(length.words(tokens.len()))
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
