//! What English words are: familiar, frequent, function words, connectives.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use xxhash_rust::xxh3::xxh3_64;

use super::lists;

/// Dale and Chall's list, compressed: a word a line.
const FAMILIAR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/english/familiar.zst"));
/// General frequencies of English, compressed: each line has a share and its words, most frequent first.
const FREQUENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/frequencies/eng.zst"));

/// The greatest length of a table in bytes.
const TABLE_BYTES: usize = 1 << 20;

/// How many of the most frequent words are not rare, as in Laufer and Nation's frequency profile (1995).
const FREQUENT_WORDS: usize = 2000;

/// What a word is, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Kinds(u16);

impl Kinds {
    /// In Dale and Chall's list.
    pub(super) const FAMILIAR: Self = Self(1);
    /// Among the 2,000 most frequent.
    pub(super) const FREQUENT: Self = Self(1 << 1);
    /// A function word.
    pub(super) const FUNCTION: Self = Self(1 << 2);
    /// A connective by itself.
    pub(super) const CONNECTIVE: Self = Self(1 << 3);
    /// The last word of a connective of several words.
    pub(super) const PHRASE_END: Self = Self(1 << 4);
    /// A modal verb.
    pub(super) const MODAL: Self = Self(1 << 5);
    /// A pronoun of the first person.
    pub(super) const FIRST_PERSON: Self = Self(1 << 6);
    /// A pronoun of the second person.
    pub(super) const SECOND_PERSON: Self = Self(1 << 7);
    /// A pronoun of the third person.
    pub(super) const THIRD_PERSON: Self = Self(1 << 8);
    /// A form of `be` or `get`.
    pub(super) const PASSIVE_AUXILIARY: Self = Self(1 << 9);
    /// A past participle without the ending -ed.
    pub(super) const PARTICIPLE: Self = Self(1 << 10);
    /// A word in -ed that is no participle, or mostly an adjective.
    pub(super) const NO_PARTICIPLE: Self = Self(1 << 11);
    /// A word that may stand between an auxiliary and its participle.
    pub(super) const ADVERB: Self = Self(1 << 12);

    /// Whether the word is of this kind.
    pub(super) const fn has(self, kind: Self) -> bool {
        self.0 & kind.0 != 0
    }

    /// The kinds of both.
    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The words of all lists, by their hashes.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: HashMap<u64, Kinds>,
    phrases: HashSet<u64>,
}

/// The longest connective in words.
pub(super) const LONGEST_PHRASE: usize = 4;

impl Lexicon {
    /// The lists. The first call reads them: a few milliseconds.
    pub(super) fn get() -> &'static Self {
        static LOADED: OnceLock<Lexicon> = OnceLock::new();
        LOADED.get_or_init(Self::read)
    }

    fn read() -> Self {
        let mut lexicon = Self::default();
        for word in table(FAMILIAR).lines() {
            lexicon.add(word.trim_end_matches('.'), Kinds::FAMILIAR);
            // The words of a text have no hyphens.
            word.split('-').filter(|part| *part != word).for_each(|part| lexicon.add(part, Kinds::FAMILIAR));
        }
        let frequent = table(FREQUENT);
        let words = frequent.lines().flat_map(|line| line.split(' ').skip(1));
        words.take(FREQUENT_WORDS).for_each(|word| lexicon.add(word, Kinds::FREQUENT));
        for (list, kind) in lists::ALL {
            list.split_whitespace().for_each(|word| lexicon.add(word, *kind));
        }
        for phrase in lists::PHRASES {
            lexicon.add(phrase.rsplit(' ').next().unwrap_or_default(), Kinds::PHRASE_END);
            let hash = phrase.split(' ').fold(0, |hash, word| joined(hash, hash_of(word)));
            lexicon.phrases.insert(hash);
        }
        lexicon
    }

    fn add(&mut self, word: &str, kind: Kinds) {
        let kinds = self.words.entry(hash_of(word)).or_default();
        *kinds = kinds.with(kind);
    }

    /// What a word in small letters is.
    pub(super) fn kinds(&self, word: &str) -> Kinds {
        self.words.get(&hash_of(word)).copied().unwrap_or_default()
    }

    /// Whether the last words of `recent`, hashes in the order of the text, are a connective of several words.
    pub(super) fn ends_phrase(&self, recent: &[u64]) -> bool {
        (2..=recent.len()).any(|length| {
            let last = recent.get(recent.len() - length..).unwrap_or_default();
            self.phrases.contains(&last.iter().fold(0, |hash, word| joined(hash, *word)))
        })
    }

    /// Whether Dale and Chall's list has a word, or the word that it is a regular form of.
    pub(super) fn is_familiar(&self, word: &str) -> bool {
        self.has_form(word, Kinds::FAMILIAR)
    }

    /// Whether a word, or the word that it is a regular form of, is among the most frequent.
    pub(super) fn is_frequent(&self, word: &str) -> bool {
        self.has_form(word, Kinds::FREQUENT)
    }

    fn has_form(&self, word: &str, kind: Kinds) -> bool {
        let has = |word: &str| self.kinds(word).has(kind);
        has(word)
            || ENDINGS.iter().any(|(ending, others)| {
                let stem = word.strip_suffix(ending).filter(|stem| !stem.is_empty());
                stem.is_some_and(|stem| {
                    others.iter().any(|other| has(&[stem, other].concat()))
                        || undoubled(stem, ending).is_some_and(&has)
                })
            })
    }
}

/// Endings of regular forms, and what the base has in their place.
const ENDINGS: &[(&str, &[&str])] = &[
    ("'s", &[""]),
    ("s'", &[""]),
    ("s", &[""]),
    ("es", &[""]),
    ("ies", &["y"]),
    ("ed", &["", "e"]),
    ("ied", &["y"]),
    ("ing", &["", "e"]),
    ("er", &["", "e"]),
    ("est", &["", "e"]),
    ("ier", &["y"]),
    ("iest", &["y"]),
    ("n't", &[""]),
    ("'ll", &[""]),
    ("'re", &[""]),
    ("'ve", &[""]),
    ("'d", &[""]),
];

/// A stem without its second last consonant, which some endings double: `stopp` is `stop`.
fn undoubled<'a>(stem: &'a str, ending: &str) -> Option<&'a str> {
    let doubles = matches!(ending, "ed" | "ing" | "er" | "est");
    let mut last = stem.bytes().rev();
    let (one, two) = (last.next()?, last.next()?);
    (doubles && one == two && one.is_ascii_lowercase()).then(|| stem.get(..stem.len() - 1)).flatten()
}

/// The hash of a word in small letters.
pub(super) fn hash_of(word: &str) -> u64 {
    xxh3_64(word.as_bytes())
}

/// The hash of words, with one more.
fn joined(words: u64, next: u64) -> u64 {
    words.rotate_left(5).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ next
}

fn table(compressed: &[u8]) -> String {
    let bytes = zstd::bulk::decompress(compressed, TABLE_BYTES).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_forms_of_familiar_words_are_familiar() {
        let lexicon = Lexicon::get();
        for word in [
            "cat", "cats", "cat's", "stopped", "stopping", "cried", "cries", "happier", "making", "isn't",
            "bow",
        ] {
            assert!(lexicon.is_familiar(word), "{word}");
        }
        for word in ["hypothesis", "ontology", "s", "ing", "ed", "aggregate"] {
            assert!(!lexicon.is_familiar(word), "{word}");
        }
    }

    #[test]
    fn connectives_may_have_several_words() {
        let lexicon = Lexicon::get();
        let hashes = |text: &str| text.split(' ').map(hash_of).collect::<Vec<_>>();
        assert!(lexicon.ends_phrase(&hashes("was as a result")));
        assert!(lexicon.ends_phrase(&hashes("in addition")));
        assert!(!lexicon.ends_phrase(&hashes("a good result")));
        assert!(lexicon.kinds("result").has(Kinds::PHRASE_END));
        assert!(lexicon.kinds("however").has(Kinds::CONNECTIVE));
    }

    #[test]
    fn no_phrase_is_longer_than_is_looked_for() {
        assert_eq!(lists::PHRASES.iter().map(|phrase| phrase.split(' ').count()).max(), Some(LONGEST_PHRASE));
    }
}
