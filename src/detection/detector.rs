//! The detector: everything that detection needs besides a view.

use super::profilers::Profilers;
use crate::corpus::{Error, TextRole, check_bytes, check_words};
use crate::fingerprint::{Fingerprint, OrderFree};
use crate::model::{CorpusSeed, Limits};
use crate::text::{Token, TokenizedText, Tokenizer};

use super::options::DetectionMode;

/// Finds passages. It may be used from many threads at once.
pub(crate) struct Detector {
    pub(super) limits: Limits,
    /// The tokenizer of comparisons, under a secret of this process. The corpus's secret is in backups, and someone who
    /// has one could make words that are equal under it.
    matcher: Tokenizer,
    /// The tokenizer of the index, under the corpus's secret.
    indexer: Tokenizer,
    order_free: OrderFree,
    pub(super) seed: CorpusSeed,
    pub(super) profilers: Profilers,
}

/// The tokens and word pairs by which the index knows a text.
pub(super) struct Indexed {
    pub(super) tokens: Vec<Token>,
    /// None where altered passages are not looked for.
    pub(super) word_pairs: Vec<Fingerprint>,
}

impl Detector {
    /// A detector for a corpus with this seed.
    pub(crate) fn new(limits: Limits, seed: CorpusSeed) -> Self {
        Self {
            limits,
            matcher: Tokenizer::new(CorpusSeed::of_this_process()),
            indexer: Tokenizer::new(seed),
            order_free: OrderFree::new(seed),
            seed,
            profilers: Profilers::default(),
        }
    }

    /// The bytes of the stem cache.
    pub(crate) fn stem_bytes(&self) -> u64 {
        self.profilers.cache().bytes() as u64
    }

    /// Empties the stem cache. Checks are slower until it is filled again.
    pub(crate) fn release_memory(&self) {
        self.profilers.cache().clear();
    }

    /// The tokens of a text that is within the limits and has any.
    pub(super) fn tokenize(&self, text: &str, role: TextRole) -> Result<TokenizedText, Error> {
        check_bytes(&self.limits, text, role)?;
        let max_normalised_bytes = self.limits.max_normalised_bytes;
        let tokenized = self
            .matcher
            .tokenize_within(text, max_normalised_bytes)
            .map_err(|_| Error::TooManyNormalisedBytes { role, max_normalised_bytes })?;
        check_words(&self.limits, tokenized.tokens().len(), role)?;
        Ok(tokenized)
    }

    /// The words of a source; `None` if it has none, or is not within the limits.
    #[cfg(feature = "server")]
    pub(crate) fn words_of_source(&self, text: &str) -> Option<usize> {
        self.tokenize(text, TextRole::Source).ok().map(|tokenized| tokenized.tokens().len())
    }

    /// The tokens of a source, which was within the limits when it was added.
    pub(super) fn tokenize_source(&self, text: &str) -> TokenizedText {
        self.matcher.tokenize(text)
    }

    /// The tokens and word pairs by which the index knows a text.
    pub(super) fn indexed(&self, text: &str, mode: DetectionMode) -> Indexed {
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        self.indexer.tokenize_with_stems_into(text, &mut tokens, &mut stems);
        let word_pairs = match mode {
            DetectionMode::VerbatimOnly => Vec::new(),
            DetectionMode::AlteredToo => self.order_free.of_submission(&stems),
        };
        Indexed { tokens, word_pairs }
    }

    /// The tokens by which the index knows a text.
    pub(super) fn indexed_tokens(&self, text: &str) -> TokenizedText {
        self.indexer.tokenize(text)
    }
}
