//! The words of a text by their number, to judge the words of a window by those of the rest.

use std::collections::{HashMap, HashSet};

use super::word::Word;

/// Frequent words that no words of their languages begin or end with. They stand for the rest of a text where all of it
/// is joined.
#[rustfmt::skip]
const FREQUENT: &[&str] = &[
    "the", "and", "that", "was", "with", "this", "they", "which", "und", "das", "nicht", "wird", "mit", "que", "dans", "pour", "avec",
    "los", "las", "para", "como", "che", "della", "sono", "não", "uma", "com", "het", "een", "och", "att", "som", "nie", "się", "jest", "jak",
    "και", "των", "που", "что", "как", "это", "від", "його", "bir", "için", "yang", "dengan", "untuk", "että", "hän", "hogy", "nem",
];

/// Bytes of a word that are read, at most.
const MAX_CHARS: usize = 48;
/// Characters of a word at the beginning or end of a longer one, at most.
const MAX_AFFIX: usize = 14;
/// Occurrences of a word that make it known, at least.
const MIN_KNOWN: u32 = 1;
/// Words of a text for each further occurrence that makes a word known. In a long text most beginnings and endings
/// of words are words too.
const WORDS_PER_OCCURRENCE: usize = 500;

/// How often each word occurs.
pub(super) struct Vocabulary {
    counts: HashMap<u64, u32>,
    /// Occurrences that make a word known.
    known: u32,
    frequent: HashSet<u64>,
}

impl Vocabulary {
    pub(super) fn of<'a>(text: &str, words: impl Iterator<Item = &'a Word>) -> Self {
        let mut total = 0;
        let mut counts = HashMap::new();
        for word in words {
            total += 1;
            *counts.entry(key(word.of(text))).or_insert(0) += 1;
        }
        let more = u32::try_from(total / WORDS_PER_OCCURRENCE).unwrap_or(u32::MAX);
        let frequent = FREQUENT.iter().map(|word| key(word)).collect();
        Self { counts, known: MIN_KNOWN.saturating_add(more), frequent }
    }

    /// The share, in percent, of the short words of a window that occur nowhere else in the text.
    pub(super) fn new_percent(&self, text: &str, window: &[&Word]) -> u32 {
        let inside = Self::of(text, window.iter().copied()).counts;
        let (mut short, mut new) = (0, 0);
        for word in window.iter().filter(|word| (2..=4).contains(&word.letters)) {
            let key = key(word.of(text));
            short += 1;
            new += u32::from(self.counts.get(&key) <= inside.get(&key));
        }
        new * 100 / u32::max(short, 1)
    }

    /// The share, in percent, of the words of a window that begin or end with another word of the text of at least
    /// `least` letters. `alone` is true if all words may be joined: frequent words take the place of those of the text.
    pub(super) fn compound_percent(&self, text: &str, window: &[&Word], least: usize, alone: bool) -> u32 {
        let compounds = window.iter().filter(|word| self.is_compound(word.of(text), least, alone)).count();
        u32::try_from(compounds * 100 / window.len().max(1)).unwrap_or(100)
    }

    fn is_compound(&self, word: &str, least: usize, alone: bool) -> bool {
        let knows = |key| {
            if alone { self.frequent.contains(&key) } else { self.counts.get(&key) >= Some(&self.known) }
        };
        let chars: Vec<char> = folded(word).collect();
        let most = MAX_AFFIX.min(chars.len().saturating_sub(2));
        (least..=most).any(|length| {
            let (prefix, _) = chars.split_at_checked(length).unwrap_or_default();
            let (_, suffix) = chars.split_at_checked(chars.len() - length).unwrap_or_default();
            knows(hash(prefix.iter().copied())) || knows(hash(suffix.iter().copied()))
        })
    }
}

fn key(word: &str) -> u64 {
    hash(folded(word))
}

fn folded(word: &str) -> impl Iterator<Item = char> {
    word.chars().take(MAX_CHARS).filter(|c| c.is_alphabetic()).map(|c| c.to_lowercase().next().unwrap_or(c))
}

/// FNV-1a over characters.
fn hash(chars: impl Iterator<Item = char>) -> u64 {
    chars.fold(0xCBF2_9CE4_8422_2325, |hash, c| {
        (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01B3)
    })
}
