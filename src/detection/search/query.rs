//! The query of a submission to collections with the same settings.

use crate::detection::options::DetectionOptions;
use crate::fingerprint::{ContextMatch, Fingerprint};
use crate::index::Wanted;
use crate::matching::PreparedSubmission;
use crate::model::FingerprintSettings;
use crate::report::Coverage;
use crate::text::TokenizedText;

/// The query of a submission to collections with one pair of `k` and `w`.
#[derive(Debug)]
pub(in crate::detection) struct Query<'a> {
    pub(in crate::detection) settings: FingerprintSettings,
    pub(in crate::detection) fingerprints: Vec<Fingerprint>,
    pub(in crate::detection) prepared: PreparedSubmission<'a>,
    /// The smallest number of words of the submission in a passage.
    pub(in crate::detection) min_words: u32,
    min_passage_words: u32,
}

impl<'a> Query<'a> {
    /// From the text as comparisons read it and the fingerprints to look up.
    pub(in crate::detection) fn new(
        tokenized: &'a TokenizedText,
        fingerprints: Vec<Fingerprint>,
        settings: FingerprintSettings,
        options: &DetectionOptions,
    ) -> Self {
        let default = default_min_words(tokenized, settings);
        let min_passage_words = options.min_passage_words.unwrap_or(default).max(1);
        // Passages that are shorter than asked for, and no shorter than the guaranteed run, are found and excluded.
        let min_words = min_passage_words.min(default);
        // A word has at least one token.
        let prepared =
            PreparedSubmission::new(tokenized.tokens(), min_words).with_lengths(tokenized.lengths());
        Self { settings, fingerprints, prepared, min_words, min_passage_words }
    }

    /// The fingerprints to look up.
    pub(in crate::detection) fn wanted(&self) -> Wanted<'_> {
        Wanted { fingerprints: &self.fingerprints, rule: ContextMatch::new(self.settings.window) }
    }

    /// The shortest run that is guaranteed to be found.
    pub(in crate::detection) fn min_run_words(&self) -> u32 {
        self.settings.guarantee_tokens().max(self.min_passage_words)
    }

    /// The words of a fingerprint's k-gram.
    pub(in crate::detection) fn words_of(&self, fingerprint: usize) -> Coverage {
        let words = |position: u32| position..position.saturating_add(self.settings.kgram.get());
        Coverage::of(self.fingerprints.get(fingerprint).map(|kept| words(kept.position)))
    }

    /// The words in which a copied run may be missed if a fingerprint is not read: those of all windows that may have
    /// selected it.
    pub(in crate::detection) fn words_around(&self, fingerprint: usize) -> Coverage {
        let reach = self.settings.window.get() - 1;
        let words = u32::try_from(self.prepared.tokens().len()).unwrap_or(u32::MAX);
        Coverage::of(self.fingerprints.get(fingerprint).map(|kept| {
            let end = kept.position.saturating_add(self.settings.kgram.get() + reach);
            kept.position.saturating_sub(reach)..end.min(words)
        }))
    }
}

/// The default of the smallest passage: the guaranteed run, or the whole of a shorter submission.
pub(in crate::detection) fn default_min_words(
    tokenized: &TokenizedText,
    settings: FingerprintSettings,
) -> u32 {
    settings.guarantee_tokens().min(tokenized.lengths().total()).max(1)
}
