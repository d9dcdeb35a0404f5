//! A submission, ready to be compared with texts.

use std::sync::Arc;

use super::candidates::Depth;
use super::options::DetectionMode;
use super::readers::Readers;
use crate::matching::altered::{Guess, Language, Profile, Reader};
use crate::matching::{self, Passage, PreparedSubmission, Stop, StopReason};
use crate::text::TokenizedText;

/// The text being checked, with what is made of it once for all comparisons.
pub(super) struct Subject<'a> {
    pub(super) text: &'a str,
    pub(super) tokenized: &'a TokenizedText,
    /// What altered passages are looked for with; `None` when they are not.
    altered: Option<Altered>,
    readers: &'a Readers,
    /// Makes profiles.
    reader: Reader,
}

/// The confidence from which a guessed language is taken without a second look.
const SURE: f32 = 0.5;

/// The submission's side of the altered channel.
#[derive(Clone)]
struct Altered {
    detected: Guess,
    /// By the languages that its words were stemmed as so far.
    profiles: Vec<(Language, Arc<Profile>)>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        text: &'a str,
        tokenized: &'a TokenizedText,
        mode: DetectionMode,
        readers: &'a Readers,
    ) -> Self {
        let altered = (mode == DetectionMode::AlteredToo)
            .then(|| Altered { detected: Guess::of(text), profiles: Vec::new() });
        Self { text, tokenized, altered, readers, reader: readers.reader() }
    }

    /// Makes the submission's own profile, so that its [forks](Self::fork) have it.
    pub(super) fn prepare(&mut self) {
        if let Some(Altered { detected, .. }) = self.altered
            && detected.confidence >= SURE
        {
            self.profile(detected.language);
        }
    }

    /// The same submission, for another thread.
    pub(super) fn fork(&self) -> Self {
        let Self { text, tokenized, ref altered, readers, .. } = *self;
        Self { text, tokenized, altered: altered.clone(), readers, reader: readers.reader() }
    }

    /// The submission's profile in a language.
    fn profile(&mut self, language: Language) -> Option<Arc<Profile>> {
        let profiles = &mut self.altered.as_mut()?.profiles;
        if let Some((_, known)) = profiles.iter().find(|(known, _)| *known == language) {
            return Some(Arc::clone(known));
        }
        let profile = Arc::new(self.reader.profile(language, self.text, self.tokenized));
        profiles.push((language, Arc::clone(&profile)));
        Some(profile)
    }

    /// The passages that it shares with a candidate. Where k-grams alone speak for one, runs are looked for
    /// first: most have none, or a phrase that many texts have, and only a longer one says that there may be more.
    pub(super) fn passages_of_candidate(
        &mut self,
        prepared: &PreparedSubmission<'_>,
        source: (&str, &TokenizedText),
        min_tokens: u32,
        depth: Depth,
        stop: &Stop,
    ) -> Result<Vec<Passage>, StopReason> {
        if depth != Depth::All && self.altered.is_some() {
            let runs = matching::verbatim_passages(prepared, source.1.tokens(), min_tokens, stop)?;
            let words: u32 = runs.iter().map(|run| run.matched_tokens).sum();
            if depth == Depth::Runs || words < min_tokens + min_tokens / 2 {
                return Ok(matching::verified(runs, (self.text, self.tokenized), source, min_tokens));
            }
        }
        self.passages(prepared, source, min_tokens, stop)
    }

    /// The passages that it shares with a text; those of fewer than `min_tokens` are not looked for.
    pub(super) fn passages(
        &mut self,
        prepared: &PreparedSubmission<'_>,
        (source, source_tokenized): (&str, &TokenizedText),
        min_tokens: u32,
        stop: &Stop,
    ) -> Result<Vec<Passage>, StopReason> {
        let own = (self.text, self.tokenized);
        let Some(altered) = &self.altered else {
            let runs = matching::verbatim_passages(prepared, source_tokenized.tokens(), min_tokens, stop)?;
            return Ok(matching::verified(runs, own, (source, source_tokenized), min_tokens));
        };
        // Both sides are to be stemmed alike. The submission's language is asked of the source only where
        // the submission itself doesn't tell.
        let language = if altered.detected.confidence >= SURE {
            altered.detected.language
        } else {
            altered.detected.or_surer(Guess::of(source)).language
        };
        let Some(profile) = self.profile(language) else { return Ok(Vec::new()) };
        stop.check()?;
        let source_profile = self.reader.profile(language, source, source_tokenized);
        stop.check()?;
        let theirs = (source_tokenized.tokens(), &source_profile);
        let mut found = matching::passages((prepared, &profile), theirs, min_tokens, stop)?;
        found.retain(|passage| passage.submission.end - passage.submission.start >= min_tokens);
        Ok(matching::verified(found, own, (source, source_tokenized), min_tokens))
    }
}
