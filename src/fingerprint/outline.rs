//! Everything that a corpus keeps of a text but the text itself.

use xxhash_rust::xxh3::xxh3_128;

use super::{Fingerprint, Fingerprinter, OrderFree};
use crate::model::CorpusSeed;
use crate::text::{ComparedFormTooLong, Stem, Token, Tokenizer};

/// The counts and fingerprints of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Its tokens.
    pub tokens: usize,
    /// Its words, or word equivalents.
    pub words: u64,
    /// A digest of its tokens in their order.
    pub words_digest: u128,
    /// Its k-grams.
    pub kgrams: Vec<Fingerprint>,
    /// Its word pairs.
    pub word_pairs: Vec<Fingerprint>,
    /// Its stems, one for each token.
    pub stems: Vec<Stem>,
}

/// Makes outlines under one seed.
#[derive(Debug, Clone, Copy)]
pub struct Outliner {
    tokenizer: Tokenizer,
    order_free: OrderFree,
}

impl Outliner {
    /// Makes outlines for the corpus with this seed.
    #[must_use]
    pub fn new(seed: CorpusSeed) -> Self {
        Self { tokenizer: Tokenizer::new(seed), order_free: OrderFree::new(seed) }
    }

    /// The outline of a text. Linear in the text.
    #[must_use]
    pub fn outline(&self, fingerprinter: &Fingerprinter, text: &str) -> Outline {
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        let words = self.tokenizer.tokenize_with_stems_into(text, &mut tokens, &mut stems);
        self.finish(fingerprinter, &tokens, words, stems)
    }

    /// The outline of a text, if the compared forms of its words have at most `max_bytes` in all.
    ///
    /// # Errors
    ///
    /// [`ComparedFormTooLong`] if they are longer.
    pub fn outline_within(
        &self,
        fingerprinter: &Fingerprinter,
        text: &str,
        max_bytes: usize,
    ) -> Result<Outline, ComparedFormTooLong> {
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        let words = self.tokenizer.tokenize_with_stems_within(text, max_bytes, &mut tokens, &mut stems)?;
        Ok(self.finish(fingerprinter, &tokens, words, stems))
    }

    fn finish(
        &self,
        fingerprinter: &Fingerprinter,
        tokens: &[Token],
        words: u32,
        stems: Vec<Stem>,
    ) -> Outline {
        Outline {
            tokens: tokens.len(),
            words: u64::from(words),
            words_digest: words_digest(tokens),
            kgrams: fingerprinter.fingerprints(tokens),
            word_pairs: self.order_free.of_source(&stems),
            stems,
        }
    }
}

impl Outline {
    /// The number of its postings in an index, which holds each fingerprint of a text once.
    #[must_use]
    pub fn postings(&self) -> u64 {
        let distinct = |fingerprints: &[Fingerprint]| {
            let mut all: Vec<_> = fingerprints.iter().map(|one| (one.hash, one.context)).collect();
            all.sort_unstable();
            all.dedup();
            all.len() as u64
        };
        distinct(&self.kgrams) + distinct(&self.word_pairs)
    }
}

/// A digest of the words of a text in their order.
fn words_digest(tokens: &[Token]) -> u128 {
    let mut bytes = vec![0; size_of_val(tokens)];
    for (to, token) in bytes.chunks_exact_mut(size_of::<Token>()).zip(tokens) {
        to.copy_from_slice(&token.value().to_le_bytes());
    }
    xxh3_128(&bytes)
}
