//! A submission, prepared once for all collections with the same settings.

use super::options::DetectionOptions;
use crate::fingerprint::{Fingerprint, FingerprintSettings, Fingerprinter};
use crate::matching::{MatchSettings, PreparedSubmission};
use crate::report::Coverage;
use crate::text::{CorpusSeed, Token};

/// What a check needs of the submission for collections with one pair of `k` and `w`.
#[derive(Debug)]
pub(super) struct Profile<'a> {
    pub(super) settings: FingerprintSettings,
    pub(super) fingerprints: Vec<Fingerprint>,
    pub(super) prepared: PreparedSubmission<'a>,
    pub(super) matching: MatchSettings,
}

impl<'a> Profile<'a> {
    pub(super) fn new(
        tokens: &'a [Token],
        seed: CorpusSeed,
        settings: FingerprintSettings,
        options: &DetectionOptions,
    ) -> Self {
        let matching = match_settings(tokens, settings, options);
        Self {
            settings,
            fingerprints: Fingerprinter::new(seed, settings).fingerprints(tokens),
            prepared: PreparedSubmission::new(tokens, matching.min_passage_tokens),
            matching,
        }
    }

    /// The least run that is promised to be found.
    pub(super) fn min_run_words(&self) -> u32 {
        self.settings.guarantee_tokens().max(self.matching.min_passage_tokens)
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
pub(super) fn match_settings(
    tokens: &[Token],
    settings: FingerprintSettings,
    options: &DetectionOptions,
) -> MatchSettings {
    let words = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
    let default = settings.guarantee_tokens().min(words);
    MatchSettings {
        min_passage_tokens: options.min_passage_words.unwrap_or(default).max(1),
        max_gap_tokens: options.mode.max_gap_tokens(),
    }
}
