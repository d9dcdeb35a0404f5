//! A submission, ready to be compared with texts.

use super::options::DetectionMode;
use crate::matching::altered::{Guess, Language, Profile, Reader};
use crate::matching::{self, Passage, PreparedSubmission, Stop, StopReason};
use crate::text::TokenizedText;

/// The text being checked, with what is made of it once for all comparisons.
pub(super) struct Subject<'a> {
    pub(super) text: &'a str,
    pub(super) tokenized: &'a TokenizedText,
    /// What altered passages are looked for with; `None` when they are not.
    altered: Option<Altered>,
    /// Makes profiles; borrowed from the engine, and given back.
    reader: Reader,
}

/// The confidence from which a guessed language is taken without a second look.
const SURE: f32 = 0.5;

/// The submission's side of the altered channel.
struct Altered {
    detected: Guess,
    /// By the languages that its words were stemmed as so far.
    profiles: Vec<(Language, Profile)>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        text: &'a str,
        tokenized: &'a TokenizedText,
        mode: DetectionMode,
        reader: Reader,
    ) -> Self {
        let altered = (mode == DetectionMode::AlteredToo)
            .then(|| Altered { detected: Guess::of(text), profiles: Vec::new() });
        Self { text, tokenized, altered, reader }
    }

    /// The reader, to be used again.
    pub(super) fn into_reader(self) -> Reader {
        self.reader
    }

    /// The passages that it shares with a text; those of fewer than `min_tokens` are not looked for.
    pub(super) fn passages(
        &mut self,
        prepared: &PreparedSubmission<'_>,
        (source, source_tokenized): (&str, &TokenizedText),
        min_tokens: u32,
        stop: &Stop,
    ) -> Result<Vec<Passage>, StopReason> {
        let Some(altered) = &mut self.altered else {
            return matching::verbatim_passages(prepared, source_tokenized.tokens(), min_tokens, stop);
        };
        // Both sides are to be stemmed alike. The submission's language is asked of the source only where
        // the submission itself doesn't tell.
        let language = if altered.detected.confidence >= SURE {
            altered.detected.language
        } else {
            altered.detected.or_surer(Guess::of(source)).language
        };
        let place = altered.profiles.iter().position(|(known, _)| *known == language).unwrap_or_else(|| {
            altered.profiles.push((language, self.reader.profile(language, self.text, self.tokenized)));
            altered.profiles.len() - 1
        });
        let source_profile = self.reader.profile(language, source, source_tokenized);
        let Some((_, own)) = altered.profiles.get(place) else { return Ok(Vec::new()) };
        let theirs = (source_tokenized.tokens(), &source_profile);
        let mut found = matching::passages((prepared, own), theirs, min_tokens, stop)?;
        found.retain(|passage| passage.submission.end - passage.submission.start >= min_tokens);
        Ok(found)
    }
}
