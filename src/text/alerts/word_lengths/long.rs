//! Words of many words: a passage without spaces, or with a letter in place of each space.

use unicode_normalization::char::decompose_canonical;

use super::word::{Script, Word};
use crate::text::alerts::{AlertKind, Finding, MERGE_GAP_BYTES, Severity};

/// Lengths, in letters, by script.
struct Bounds {
    /// A word that is longer than compounds of most texts.
    long: u32,
    /// Letters in long words close to each other that no language needs.
    together: u32,
    /// A word that is longer than any.
    alone: u32,
}

impl Bounds {
    /// German and Finnish compounds of law and technology reach 40 letters, the longest of a dictionary 67, Turkish words
    /// 43; prose has no three in a row. Arabic words have at most 15 letters, Korean ones 12.
    const fn of(script: Script) -> Self {
        match script {
            Script::Abjad => Self { long: 17, together: 56, alone: 36 },
            Script::Hangul => Self { long: 13, together: 36, alone: 24 },
            _ => Self { long: 28, together: 90, alone: 70 },
        }
    }
}

/// Letters of a word that may be many words.
pub(super) const fn longest(script: Script) -> u32 {
    Bounds::of(script).long
}

/// The distinct letters of a long word, at least. A sequence of bases has four.
const MIN_DISTINCT: u32 = 7;
/// Letters of joined words that are hardly ever unintended.
const MANY_LETTERS: u32 = 200;

/// The long words of a text that are joined words.
pub(super) fn findings(text: &str, words: &[Word]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut group = Group::default();
    for word in words {
        let is_long = word.letters >= Bounds::of(word.script).long
            && !word.technical
            && is_prose(word.of(text), word.script);
        if group.words > 0 && word.start > group.end + MERGE_GAP_BYTES {
            found.extend(std::mem::take(&mut group).finding());
        }
        group.add(word, is_long);
    }
    found.extend(group.finding());
    found
}

/// Long words close to each other.
#[derive(Default)]
struct Group {
    script: Option<Script>,
    start: usize,
    end: usize,
    words: u32,
    long_letters: u32,
    longest: u32,
    /// Letters of other words up to the last long one, and after it.
    others: u32,
    pending: u32,
}

impl Group {
    fn add(&mut self, word: &Word, is_long: bool) {
        if !is_long {
            self.pending = self.pending.saturating_add(word.letters);
            return;
        }
        if self.words == 0 {
            *self = Self { start: word.start, script: Some(word.script), ..Self::default() };
        }
        self.others = self.others.saturating_add(std::mem::take(&mut self.pending));
        self.words += 1;
        self.long_letters = self.long_letters.saturating_add(word.letters);
        self.longest = self.longest.max(word.letters);
        self.end = word.end;
    }

    fn finding(self) -> Option<Finding> {
        let bounds = Bounds::of(self.script?);
        let least = if self.words > 2 { bounds.together } else { bounds.together * 4 / 3 };
        let enough = self.long_letters >= least && self.long_letters >= self.others;
        let severity = if self.long_letters >= MANY_LETTERS { Severity::High } else { Severity::Medium };
        let finding = Finding {
            kind: AlertKind::JoinedWords,
            severity,
            start: self.start,
            end: self.end,
            count: self.words,
        };
        (enough || self.longest >= bounds.alone).then_some(finding)
    }
}

/// Whether a long word may be made of words: its letters vary, and vowels and consonants alternate. Hashes, encoded
/// data and sequences of bases or amino acids differ.
fn is_prose(word: &str, script: Script) -> bool {
    let mut seen = [0_u64; 4];
    let (mut letters, mut vowels, mut run, mut excess) = (0_u32, 0_u32, 0_u32, 0_u32);
    for c in word.chars().filter(|c| c.is_alphabetic()) {
        let lower = c.to_lowercase().next().unwrap_or(c);
        let code = usize::try_from(u32::from(lower)).unwrap_or_default();
        if let Some(bits) = seen.get_mut(code / 64 % 4) {
            *bits |= 1 << (code % 64);
        }
        letters += 1;
        if is_vowel(lower) {
            vowels += 1;
            run = 0;
        } else {
            run += 1;
            excess += u32::from(run > 5);
        }
    }
    let distinct: u32 = seen.iter().map(|bits| bits.count_ones()).sum();
    let alternates = match script {
        Script::Latin | Script::Cyrillic | Script::Greek => {
            let share = vowels * 100 / letters.max(1);
            let capitals = word.chars().all(|c| !c.is_lowercase());
            (24..=66).contains(&share) && excess * if capitals { 100 } else { 16 } <= letters
        }
        _ => true,
    };
    distinct >= MIN_DISTINCT && alternates
}

/// Whether a small letter of the Latin, Greek or Cyrillic alphabet is a vowel, with marks or without.
pub(super) fn is_vowel(c: char) -> bool {
    let mut base = c;
    if !c.is_ascii() {
        let mut first = None;
        decompose_canonical(c, |part| _ = first.get_or_insert(part));
        base = first.unwrap_or(c);
    }
    matches!(
        base,
        'a' | 'e'
            | 'i'
            | 'o'
            | 'u'
            | 'y'
            | 'æ'
            | 'ø'
            | 'œ'
            | 'ı'
            | 'ə'
            | 'α'
            | 'ε'
            | 'η'
            | 'ι'
            | 'ο'
            | 'υ'
            | 'ω'
            | 'а'
            | 'е'
            | 'ё'
            | 'и'
            | 'о'
            | 'у'
            | 'ы'
            | 'э'
            | 'ю'
            | 'я'
            | 'і'
            | 'ї'
            | 'є'
            | 'ў'
            | 'ә'
            | 'ө'
            | 'ү'
            | 'ұ'
    )
}
