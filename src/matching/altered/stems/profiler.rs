//! Texts to profiles: the stem of each word and the boundary before it.

use std::hash::RandomState;
use std::sync::Arc;

use super::Stems;
use super::cache::{StemCache, Word};
use super::language::Language;
use super::profile::StemProfile;
use crate::text::{Boundary, TokenizedText, compared_form_at};

/// Makes stem profiles, with a cache of stems.
///
/// All tokens must come from one tokenizer. Profiles can be compared if they were made under the same keys. Profilers
/// that share a cache must have the same keys.
#[derive(Default)]
pub struct StemProfiler {
    /// The secret keys of the stems' hashes, so that authors of texts cannot make stems collide.
    keys: RandomState,
    languages: Vec<(Language, Stems)>,
    remembered: Arc<StemCache>,
}

impl StemProfiler {
    /// A profiler that hashes stems under these keys and shares this cache.
    #[must_use]
    pub fn new(keys: RandomState, remembered: Arc<StemCache>) -> Self {
        Self { keys, languages: Vec::new(), remembered }
    }

    /// The profile of a text in `language`. Linear in the text.
    pub fn profile(&mut self, language: Language, text: &str, tokenized: &TokenizedText) -> StemProfile {
        let remembered = Arc::clone(&self.remembered);
        let stems = self.stems(language);
        let mut table = remembered.table();
        let mut last = None;
        let mut compared = String::new();
        let words = tokenized.tokens().iter().zip(tokenized.spans()).map(|(token, span)| {
            let boundary = last.map_or(Boundary::Paragraph, |last| Boundary::between(text, last, *span));
            last = Some(*span);
            let word = Word::new(language, *token);
            if let Some(stem) = table.get(word) {
                return (stem, boundary);
            }
            compared_form_at(text, *span, &mut compared);
            let stem = stems.stem(&compared);
            table.put(word, stem);
            if let Some(grown) = remembered.grown(&table) {
                table = grown;
            }
            (stem, boundary)
        });
        StemProfile::new(words, tokenized.lengths().total(), stems.background())
    }

    fn stems(&mut self, language: Language) -> &Stems {
        let known = self.languages.iter().position(|(other, _)| *other == language);
        let at = known.unwrap_or_else(|| {
            self.languages.push((language, Stems::new(language, self.keys.clone())));
            self.languages.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "the place was just found or made")]
        let (_, stems) = &self.languages[at];
        stems
    }
}
