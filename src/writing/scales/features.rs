//! The features of scales: all measures of a text, functions of its counts, and shares of its words.

use crate::writing::measures::{Language, Measures, TextLanguage};

/// The version of the features. It changes when one of them has other values for the same text.
pub(super) const VERSION: u32 = 1;

/// The feature that the baseline is made of, with its functions.
pub(super) const LENGTH: [&str; 3] = ["words", "sqrt_words", "ln_words"];

/// Counts whose logarithms are features: a text twice as long is so much better, however long it is.
const LOGARITHMS: [(&str, &str); 10] = [
    ("words", "ln_words"),
    ("types", "ln_types"),
    ("sentences", "ln_sentences"),
    ("paragraphs", "ln_paragraphs"),
    ("long_words", "ln_long_words"),
    ("rare_types", "ln_rare_types"),
    ("commas", "ln_commas"),
    ("connectives", "ln_connectives"),
    ("unknown_words", "ln_unknown_words"),
    ("hapaxes", "ln_hapaxes"),
];

/// Shares that are rare, whose square roots are features: the first mistake says more than the tenth.
const ROOTS: [(&str, &str); 6] = [
    ("words", "sqrt_words"),
    ("unknown_share", "sqrt_unknown_share"),
    ("uncapitalised_share", "sqrt_uncapitalised_share"),
    ("repeated_word_share", "sqrt_repeated_word_share"),
    ("small_i_share", "sqrt_small_i_share"),
    ("spacing_mistake_share", "sqrt_spacing_mistake_share"),
];

/// The penalty of the share of one word or length, relative to that of a measure: by itself it says less. In cross-validation on
/// essays of learners, 2 did better than 1 and 4.
const SHARE_PENALTY: f64 = 2.0;

/// Counts are features by their logarithms alone, but for this one.
const COUNT: &str = "words";

/// A feature of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Feature {
    /// Its stable name.
    pub(super) name: &'static str,
    /// Its value; `None` if it is not defined for the text.
    pub(super) value: Option<f64>,
    /// The factor of the penalty of its weight.
    pub(super) penalty: f64,
}

/// The features of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Features {
    /// Words.
    pub(super) words: u64,
    /// The features, in the same order for all texts.
    pub(super) all: Vec<Feature>,
}

impl Features {
    /// The features of a text in a language, or else in the one that is detected. Linear in the text.
    pub(super) fn of(text: &str, language: Option<Language>) -> Self {
        let measures = match language {
            Some(language) => Measures::in_language(text, language),
            None => Measures::of(text),
        };
        let counts = crate::writing::measures::CountId::ALL.len();
        let mut all = Vec::new();
        let mut add = |name, value| all.push(Feature { name, value, penalty: 1.0 });
        let mut words = 0.0;
        for (place, (name, value)) in measures.features().enumerate() {
            if name == COUNT {
                words = value.unwrap_or_default();
            }
            if name == COUNT || place >= counts {
                add(name, value);
            }
            if let Some((_, name)) = LOGARITHMS.iter().find(|(of, _)| *of == name) {
                add(name, value.map(f64::ln_1p));
            }
            if let Some((_, name)) = ROOTS.iter().find(|(of, _)| *of == name) {
                add(name, value.map(|value| value.max(0.0).sqrt()));
            }
        }
        let shares = measures.word_shares();
        all.extend(shares.map(|(name, value)| Feature { name, value, penalty: SHARE_PENALTY }));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of words")]
        let words = words as u64;
        Self { words, all }
    }

    /// The value of a feature.
    pub(super) fn get(&self, name: &str) -> Option<f64> {
        self.all.iter().find(|feature| feature.name == name).and_then(|feature| feature.value)
    }
}

/// The language that most of the texts are in, if there is one.
pub(super) fn main_language(languages: impl Iterator<Item = TextLanguage>) -> Option<Language> {
    let mut found: Vec<(Language, usize)> = Vec::new();
    let mut texts = 0;
    for language in languages {
        texts += 1;
        let Some(language) = language.language() else { continue };
        match found.iter_mut().find(|(known, _)| *known == language) {
            Some((_, count)) => *count += 1,
            None => found.push((language, 1)),
        }
    }
    found.into_iter().find(|(_, count)| 2 * count > texts).map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_texts_have_the_same_features() {
        let english =
            Features::of("The keeper wrote every storm into a ledger that nobody was meant to read.", None);
        for text in ["", "word", "海岸の灯台は夜に光る。", "123 456"] {
            let names = |features: &Features| features.all.iter().map(|one| one.name).collect::<Vec<_>>();
            assert_eq!(names(&Features::of(text, None)), names(&english), "{text}");
        }
        let mut names: Vec<&str> = english.all.iter().map(|one| one.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        for name in LENGTH.iter().chain(LOGARITHMS.iter().chain(&ROOTS).map(|(_, name)| name)) {
            assert!(names.contains(name), "{name}");
        }
        assert_eq!(english.words, 14);
        assert_eq!(english.get("ln_words"), Some(15f64.ln()));
        assert_eq!(english.get("word_the"), Some(1.0 / 14.0));
        assert_eq!(english.get("letters_4"), Some(3.0 / 14.0));
    }
}
