//! Whether a count or a measure applies to a text.

use thiserror::Error;

use super::count::{CountId, Needs};
use super::counting::Facts;
use super::language::TextLanguage;

/// Why a count or a measure does not apply to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotApplicable {
    /// The text has no words.
    #[error("the text has no words")]
    NoWords,
    /// The text has too few words.
    #[error("the text has {words} words, fewer than {least}")]
    TooFewWords {
        /// The words of the text.
        words: u32,
        /// The fewest that the measure is stated for.
        least: u32,
    },
    /// The text has too few sentences.
    #[error("the text has {sentences} sentences, fewer than {least}")]
    TooFewSentences {
        /// The sentences of the text.
        sentences: u32,
        /// The fewest that the measure is stated for.
        least: u32,
    },
    /// The measure is defined for another language.
    #[error("defined for English, and the text is in another language ({0})")]
    OtherLanguage(&'static str),
    /// The measure is defined for one language, and the text is in several.
    #[error("defined for English, and parts of the text are in other languages")]
    MixedLanguages,
    /// The measure is defined for one language, and that of the text is not known.
    #[error("defined for English, and the language of the text is not known; the request can state it")]
    UnknownLanguage,
    /// The measure needs words, and a script of the text has no spaces between them.
    #[error("defined for words between spaces, and a script of the text has none")]
    UnspacedScript,
    /// The formula has no value for the text, as it divides by zero.
    #[error("the formula has no value for this text, as it divides by zero")]
    Undefined,
}

/// Whether a text has what a count or a measure needs.
pub(super) fn check(facts: &Facts, needs: Needs) -> Result<(), NotApplicable> {
    match (needs, facts.language) {
        (Needs::Nothing, _) => Ok(()),
        (Needs::English, _) if facts.counts.get(CountId::Words) == 0 => Err(NotApplicable::NoWords),
        (Needs::English, TextLanguage::Mixed) => Err(NotApplicable::MixedLanguages),
        (Needs::English, TextLanguage::Unknown) => Err(NotApplicable::UnknownLanguage),
        (Needs::English, TextLanguage::Stated(language) | TextLanguage::Detected(language))
            if !facts.language.is_english() =>
        {
            Err(NotApplicable::OtherLanguage(language.code()))
        }
        _ if facts.unspaced => Err(NotApplicable::UnspacedScript),
        _ => Ok(()),
    }
}

/// Whether a text is long enough for a measure.
pub(super) fn check_length(
    facts: &Facts,
    least_words: u32,
    least_sentences: u32,
) -> Result<(), NotApplicable> {
    let (words, sentences) = (facts.counts.get(CountId::Words), facts.counts.get(CountId::Sentences));
    if words == 0 {
        return Err(NotApplicable::NoWords);
    }
    if words < least_words {
        return Err(NotApplicable::TooFewWords { words, least: least_words });
    }
    if sentences < least_sentences {
        return Err(NotApplicable::TooFewSentences { sentences, least: least_sentences });
    }
    Ok(())
}
