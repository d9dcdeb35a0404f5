//! Stemmers of languages.
use std::borrow::Cow;

use super::language::Language;

/// The stemmer of one language.
pub(super) enum Stemmer {
    /// A stemmer of the Snowball project (Porter 2001).
    Snowball(rust_stemmers::Stemmer),
    /// None: words are compared whole.
    None,
}

impl Stemmer {
    /// The stemmer of `language`.
    pub(super) fn of(language: Language) -> Self {
        match language.algorithm() {
            Some(algorithm) => Self::Snowball(rust_stemmers::Stemmer::create(algorithm)),
            None => Self::None,
        }
    }

    /// The stem of a word in its compared form.
    pub(super) fn stem<'w>(&self, word: &'w str) -> Cow<'w, str> {
        match self {
            Self::Snowball(stemmer) => stemmer.stem(word),
            Self::None => word.into(),
        }
    }
}
