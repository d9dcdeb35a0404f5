//! A submission, prepared once for all collections with the same settings.

use super::options::DetectionOptions;
use crate::fingerprint::{Fingerprint, FingerprintSettings};
use crate::matching::PreparedSubmission;
use crate::report::Coverage;
use crate::text::Token;

/// What a check needs of the submission for collections with one pair of `k` and `w`.
#[derive(Debug)]
pub(super) struct Profile<'a> {
    pub(super) settings: FingerprintSettings,
    pub(super) fingerprints: Vec<Fingerprint>,
    pub(super) prepared: PreparedSubmission<'a>,
    /// The fewest tokens of the submission in a passage.
    pub(super) min_tokens: u32,
    min_passage_words: u32,
}

impl<'a> Profile<'a> {
    /// Of the tokens to find passages by, and of the fingerprints to look up.
    pub(super) fn new(
        tokens: &'a [Token],
        fingerprints: Vec<Fingerprint>,
        settings: FingerprintSettings,
        options: &DetectionOptions,
    ) -> Self {
        let default = default_min_tokens(tokens, settings);
        let min_passage_words = options.min_passage_words.unwrap_or(default).max(1);
        // Passages that are shorter than asked for, and no shorter than what is guaranteed, are found and
        // left out of the count.
        let min_tokens = min_passage_words.min(default);
        Self {
            settings,
            fingerprints,
            prepared: PreparedSubmission::new(tokens, min_tokens),
            min_tokens,
            min_passage_words,
        }
    }

    /// The least run that is promised to be found.
    pub(super) fn min_run_words(&self) -> u32 {
        self.settings.guarantee_tokens().max(self.min_passage_words)
    }

    /// The words of a fingerprint's k-gram.
    pub(super) fn words_of(&self, fingerprint: usize) -> Coverage {
        let words = |position: u32| position..position.saturating_add(self.settings.kgram.get());
        Coverage::of(self.fingerprints.get(fingerprint).map(|kept| words(kept.position)))
    }

    /// The words in which a copied run may go unfound when a fingerprint is left out: those of all the
    /// windows that may have kept it.
    pub(super) fn words_around(&self, fingerprint: usize) -> Coverage {
        let reach = self.settings.window.get() - 1;
        let words = u32::try_from(self.prepared.tokens().len()).unwrap_or(u32::MAX);
        Coverage::of(self.fingerprints.get(fingerprint).map(|kept| {
            let end = kept.position.saturating_add(self.settings.kgram.get() + reach);
            kept.position.saturating_sub(reach)..end.min(words)
        }))
    }
}

/// By default a passage is at least as long as the guaranteed run, or as a submission that is shorter.
pub(super) fn default_min_tokens(tokens: &[Token], settings: FingerprintSettings) -> u32 {
    let words = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
    settings.guarantee_tokens().min(words).max(1)
}
