//! Texts to profiles: each word's stem, and the boundary before it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher, RandomState};

use super::language::Language;
use super::profile::Profile;
use super::stems::{Stem, Stems};
use crate::text::{Boundary, Token, TokenizedText, compared_form_at};

/// Distinct words that a reader remembers at most; past this it starts anew.
const REMEMBERED_WORDS: usize = 1 << 20;

/// Makes profiles, and remembers the stems of words that it has seen: about 40 bytes each.
///
/// Good for the tokens of one tokenizer only. Profiles can be compared with one another when their readers have
/// the same keys.
#[derive(Default)]
pub struct Reader {
    /// What stems are hashed under: nobody who writes texts knows it.
    keys: RandomState,
    languages: Vec<(Language, Vocabulary)>,
}

struct Vocabulary {
    stems: Stems,
    known: HashMap<Token, Stem, BuildHasherDefault<TokenHasher>>,
}

impl Reader {
    /// A reader that hashes stems under these keys.
    #[must_use]
    pub fn new(keys: RandomState) -> Self {
        Self { keys, languages: Vec::new() }
    }

    /// The profile of a text, its words stemmed as words of `language`. Linear in the text.
    pub fn profile(&mut self, language: Language, text: &str, tokenized: &TokenizedText) -> Profile {
        let vocabulary = self.vocabulary(language);
        let mut last = None;
        let mut compared = String::new();
        Profile::new(tokenized.tokens().iter().zip(tokenized.spans()).map(|(token, span)| {
            let boundary = last.map_or(Boundary::Paragraph, |last| Boundary::between(text, last, *span));
            last = Some(*span);
            let stem = vocabulary.stem(*token, |stems| {
                compared_form_at(text, *span, &mut compared);
                stems.stem(&compared)
            });
            (stem, boundary)
        }))
    }

    fn vocabulary(&mut self, language: Language) -> &mut Vocabulary {
        let known = self.languages.iter().position(|(other, _)| *other == language);
        let at = known.unwrap_or_else(|| {
            let vocabulary =
                Vocabulary { stems: Stems::new(language, self.keys.clone()), known: HashMap::default() };
            self.languages.push((language, vocabulary));
            self.languages.len() - 1
        });
        // Just found or pushed.
        #[expect(clippy::indexing_slicing, reason = "the place was just found or made")]
        let (_, vocabulary) = &mut self.languages[at];
        vocabulary
    }
}

impl Vocabulary {
    #[inline]
    fn stem(&mut self, token: Token, make: impl FnOnce(&Stems) -> Stem) -> Stem {
        if let Some(stem) = self.known.get(&token) {
            return *stem;
        }
        let stem = make(&self.stems);
        if self.known.len() >= REMEMBERED_WORDS {
            self.known.clear();
        }
        self.known.insert(token, stem);
        stem
    }
}

/// Tokens are hashes under a secret already.
#[derive(Default)]
struct TokenHasher(u64);

impl Hasher for TokenHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, token: u64) {
        // The top bits of a token are its length; hash tables look at those.
        self.0 = token.rotate_left(7);
    }
}
