//! The words of a text by their number, to judge the words of a window by those of the rest.

use std::cell::OnceCell;
use std::collections::HashMap;

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

const FNV_BASIS: u64 = 0xCBF2_9CE4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01B3;

/// A vocabulary that is made when it is needed, which most texts do not.
pub(super) struct Lazy<'a> {
    text: &'a str,
    words: &'a [&'a Word],
    made: OnceCell<Vocabulary>,
}

impl<'a> Lazy<'a> {
    pub(super) fn new(text: &'a str, words: &'a [&'a Word]) -> Self {
        Self { text, words, made: OnceCell::new() }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn words(&self) -> &'a [&'a Word] {
        self.words
    }

    pub(super) fn get(&self) -> &Vocabulary {
        self.made.get_or_init(|| Vocabulary::of(self.text, self.words.iter().copied()))
    }
}

/// How often each word occurs.
pub(super) struct Vocabulary {
    counts: HashMap<u64, u32>,
    /// Occurrences that make a word known.
    known: u32,
    /// The keys of [`FREQUENT`], sorted.
    frequent: Vec<u64>,
}

impl Vocabulary {
    fn of<'a>(text: &str, words: impl Iterator<Item = &'a Word>) -> Self {
        let mut total = 0;
        let mut counts = HashMap::new();
        for word in words {
            total += 1;
            *counts.entry(key(word.of(text))).or_insert(0) += 1;
        }
        let more = u32::try_from(total / WORDS_PER_OCCURRENCE).unwrap_or(u32::MAX);
        let mut frequent: Vec<u64> = FREQUENT.iter().map(|word| key(word)).collect();
        frequent.sort_unstable();
        Self { counts, known: MIN_KNOWN.saturating_add(more), frequent }
    }

    /// The share, in percent, of the short words of a window that occur nowhere else in the text.
    pub(super) fn new_percent(&self, text: &str, window: &[&Word]) -> u32 {
        let mut keys: Vec<u64> = window.iter().map(|word| key(word.of(text))).collect();
        keys.sort_unstable();
        let (mut short, mut new) = (0, 0);
        for word in window.iter().filter(|word| (2..=4).contains(&word.letters)) {
            let key = key(word.of(text));
            let inside =
                keys.partition_point(|other| *other <= key) - keys.partition_point(|other| *other < key);
            let everywhere = self.counts.get(&key).copied().unwrap_or_default();
            short += 1;
            new += u32::from(usize::try_from(everywhere).is_ok_and(|everywhere| everywhere <= inside));
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

/// The key of a word: that of its first letters, without regard to case and marks between them.
fn key(word: &str) -> u64 {
    if word.is_ascii() {
        let letters = word.bytes().take(MAX_CHARS).filter(u8::is_ascii_alphabetic);
        return letters.fold(FNV_BASIS, |hash, byte| mix(hash, byte.to_ascii_lowercase().into()));
    }
    hash(folded(word))
}

fn folded(word: &str) -> impl Iterator<Item = char> {
    word.chars().take(MAX_CHARS).filter(|c| c.is_alphabetic()).map(|c| c.to_lowercase().next().unwrap_or(c))
}

fn hash(chars: impl Iterator<Item = char>) -> u64 {
    chars.fold(FNV_BASIS, |hash, c| mix(hash, c.into()))
}

/// One step of FNV-1a, over characters.
fn mix(hash: u64, code: u32) -> u64 {
    (hash ^ u64::from(code)).wrapping_mul(FNV_PRIME)
}
