//! Whether a text is in some language: fonts of PDF may name wrong characters, and a document may be enciphered.

use std::collections::HashSet;

use super::{Extraction, Warning, WarningKind};

/// Letters of a stretch, at least, that says something of its language.
const MIN_LETTERS: usize = 400;

/// Letters of its different words, at least.
const MIN_DIFFERENT_WORDS_LETTERS: usize = 450;

/// Letters of a stretch.
const STRETCH_LETTERS: usize = 4000;

/// Share of the stretches in no language from which on the text is gibberish, in percent.
const MAX_BAD_PERCENT: usize = 30;

/// Different letters that a stretch of a language has: fewer are sequences of genes, or numbers in base 16.
const MIN_DIFFERENT: usize = 14;

/// Warns if the text is probably not what the document shows. Linear.
pub(super) fn check(extraction: &mut Extraction) {
    if is_gibberish(&extraction.text) {
        extraction.warnings.push(Warning {
            kind: WarningKind::Gibberish,
            message: "The text is in no language: the fonts of the document probably name wrong characters. Compare it with \
                      what the document shows; print it anew as PDF, or read it by OCR."
                .to_owned(),
        });
    }
}

/// Whether a text is in no language. Short texts, and texts of scripts that are not looked at, are never.
fn is_gibberish(text: &str) -> bool {
    let (mut stretches, mut bad) = (0_usize, 0_usize);
    let mut rest = text;
    while !rest.is_empty() {
        let (stretch, after) = split(rest);
        rest = after;
        if let Some(is_bad) = judge(stretch) {
            stretches += 1;
            bad += usize::from(is_bad);
        }
    }
    bad > 0 && bad * 100 >= stretches * MAX_BAD_PERCENT
}

/// The next stretch, and what follows. A last one that would be too short is part of it.
fn split(text: &str) -> (&str, &str) {
    let mut letters = 0;
    let end = text.char_indices().find(|(_, c)| {
        letters += usize::from(c.is_alphabetic() || is_private(*c));
        letters > STRETCH_LETTERS && c.is_whitespace() || letters > STRETCH_LETTERS * 2
    });
    let (stretch, rest) = text.split_at(end.map_or(text.len(), |(at, _)| at));
    let is_last = rest.chars().filter(|c| c.is_alphabetic()).take(MIN_LETTERS).count() < MIN_LETTERS;
    if is_last { (text, "") } else { (stretch, rest) }
}

/// Whether a stretch is in no language; `None` if it says nothing.
fn judge(stretch: &str) -> Option<bool> {
    let (mut private, mut shown) = (0_usize, 0_usize);
    for c in stretch.chars().filter(|c| !c.is_whitespace()) {
        shown += 1;
        private += usize::from(is_private(c) || c == char::REPLACEMENT_CHARACTER);
    }
    // Some pages have icons; none has only those.
    if private >= MIN_LETTERS / 8 && private * 5 > shown {
        return Some(true);
    }
    let latin = Alphabet::of(stretch, Script::Latin);
    let cyrillic = Alphabet::of(stretch, Script::Cyrillic);
    let greek = Alphabet::of(stretch, Script::Greek);
    let most = [latin, cyrillic, greek].into_iter().max_by_key(|alphabet| alphabet.letters)?;
    let counted: usize = most.counts.iter().sum();
    let is_enough =
        most.letters >= MIN_LETTERS && most.letters * 2 >= shown && counted >= MIN_DIFFERENT_WORDS_LETTERS;
    if !is_enough || most.different() < MIN_DIFFERENT {
        return None;
    }
    Some(most.is_cipher())
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..)
}

/// An alphabet with vowels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
}

impl Script {
    /// The letter that a character stands for, without marks and case; `None` if it is of another script.
    fn letter(self, c: char) -> Option<char> {
        let c = c.to_lowercase().next().unwrap_or(c);
        match self {
            Self::Latin => latin(c),
            Self::Cyrillic => matches!(c, '\u{430}'..='\u{45F}' | '\u{460}'..='\u{52F}').then_some(c),
            Self::Greek => greek(c),
        }
    }

    fn vowels(self) -> &'static str {
        match self {
            Self::Latin => "aeiouy",
            Self::Cyrillic => "аеёиоуыэюяієїөүәұѣѫѵӑӗў",
            Self::Greek => "αεηιουω",
        }
    }
}

fn latin(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' => c,
        'à'..='æ' | 'ā' | 'ă' | 'ą' | 'ǎ' | '\u{1EA0}'..='\u{1EB7}' => 'a',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ə' | 'ɛ' | 'ẹ'..='ệ' => 'e',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' | 'ỉ'..='ị' => 'i',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'œ' | 'ơ' | 'ǒ' | 'ɔ' | 'ọ'..='ợ' => 'o',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ǔ' | 'ụ'..='ự' => 'u',
        'ý' | 'ÿ' | 'ŷ' | 'ỳ'..='ỹ' => 'y',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ŋ' => 'n',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'ß' => 's',
        'ź' | 'ż' | 'ž' => 'z',
        'ł' | 'ĺ' | 'ļ' | 'ľ' => 'l',
        'ŕ' | 'ř' | 'ŗ' => 'r',
        'ţ' | 'ť' | 'ț' | 'þ' => 't',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ķ' => 'k',
        _ => return None,
    })
}

fn greek(c: char) -> Option<char> {
    Some(match c {
        'ά' | '\u{1F00}'..='\u{1F07}' | '\u{1F70}' | '\u{1FB0}'..='\u{1FB7}' => 'α',
        'έ' | '\u{1F10}'..='\u{1F17}' | '\u{1F72}' => 'ε',
        'ή' | '\u{1F20}'..='\u{1F27}' | '\u{1F74}' | '\u{1FC2}'..='\u{1FC7}' => 'η',
        'ί' | 'ϊ' | 'ΐ' | '\u{1F30}'..='\u{1F37}' | '\u{1F76}' | '\u{1FD0}'..='\u{1FD7}' => 'ι',
        'ό' | '\u{1F40}'..='\u{1F47}' | '\u{1F78}' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' | '\u{1F50}'..='\u{1F57}' | '\u{1F7A}' | '\u{1FE0}'..='\u{1FE7}' => 'υ',
        'ώ' | '\u{1F60}'..='\u{1F67}' | '\u{1F7C}' | '\u{1FF2}'..='\u{1FF7}' => 'ω',
        'ς' => 'σ',
        'α'..='ω' => c,
        _ => return None,
    })
}

/// Most letters of an alphabet that are told apart.
const MAX_DIFFERENT: usize = 64;

/// How the letters of a text stand beside one another, in each word once: code and tables repeat theirs.
#[derive(Debug, Clone)]
struct Alphabet {
    script: Script,
    letters: usize,
    names: Vec<char>,
    counts: Vec<usize>,
    /// How often two different letters stand side by side: a square table.
    beside: Vec<usize>,
}

impl Alphabet {
    fn of(text: &str, script: Script) -> Self {
        let mut alphabet = Self {
            script,
            letters: 0,
            names: Vec::new(),
            counts: vec![0; MAX_DIFFERENT],
            beside: vec![0; MAX_DIFFERENT * MAX_DIFFERENT],
        };
        let mut seen = HashSet::new();
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
            alphabet.letters += word.chars().filter(|c| script.letter(*c).is_some()).count();
            if seen.insert(word) {
                alphabet.add(word);
            }
        }
        alphabet
    }

    fn add(&mut self, word: &str) {
        let mut before = None;
        for c in word.chars() {
            let letter = self.script.letter(c).and_then(|letter| self.index(letter));
            if let Some(now) = letter {
                bump(&mut self.counts, now);
                if let Some(before) = before.filter(|before| *before != now) {
                    bump(&mut self.beside, before * MAX_DIFFERENT + now);
                    bump(&mut self.beside, now * MAX_DIFFERENT + before);
                }
            }
            before = letter;
        }
    }

    fn index(&mut self, letter: char) -> Option<usize> {
        let known = self.names.iter().position(|name| *name == letter);
        if known.is_none() && self.names.len() < MAX_DIFFERENT {
            self.names.push(letter);
            return Some(self.names.len() - 1);
        }
        known
    }

    fn different(&self) -> usize {
        self.names.len()
    }

    fn is_vowel(&self, index: usize) -> bool {
        self.names.get(index).is_some_and(|name| self.script.vowels().contains(*name))
    }

    fn count(&self, index: usize) -> usize {
        self.counts.get(index).copied().unwrap_or(0)
    }

    /// The letters that behave like vowels, by Sukhotin's algorithm: vowels stand beside consonants more often than beside
    /// vowels, in every language.
    fn like_vowels(&self) -> Vec<usize> {
        let beside = |a: usize, b: usize| self.beside.get(a * MAX_DIFFERENT + b).copied().unwrap_or(0);
        let size = self.names.len();
        let mut sums: Vec<i64> = (0..size)
            .map(|a| i64::try_from((0..size).map(|b| beside(a, b)).sum::<usize>()).unwrap_or(i64::MAX))
            .collect();
        let mut found = Vec::new();
        for _ in 0..size {
            let best =
                sums.iter().enumerate().filter(|(at, _)| !found.contains(at)).max_by_key(|(_, sum)| **sum);
            let Some((best, _)) = best.filter(|(_, sum)| **sum > 0) else { break };
            found.push(best);
            for (other, sum) in sums.iter_mut().enumerate() {
                *sum -= 2 * i64::try_from(beside(other, best)).unwrap_or(0);
            }
        }
        found
    }

    /// Whether the letters that behave like vowels are not the vowels of the script.
    fn is_cipher(&self) -> bool {
        let (agreed, vowels, like) = self.shares();
        let all: usize = self.counts.iter().sum();
        let is_usual = vowels * 100 >= all * 30 && vowels * 100 <= all * 60;
        let least_percent = if is_usual { 60 } else { 85 };
        agreed * 100 < like * least_percent || agreed * 100 < vowels * 45
    }

    /// Letters that are vowels and behave so, those that are, and those that behave so.
    fn shares(&self) -> (usize, usize, usize) {
        let like = self.like_vowels();
        let count =
            |indices: &mut dyn Iterator<Item = usize>| indices.map(|at| self.count(at)).sum::<usize>();
        let agreed = count(&mut like.iter().copied().filter(|at| self.is_vowel(*at)));
        let vowels = count(&mut (0..self.names.len()).filter(|at| self.is_vowel(*at)));
        (agreed, vowels, count(&mut like.iter().copied()))
    }
}

fn bump(counts: &mut [usize], at: usize) {
    if let Some(count) = counts.get_mut(at) {
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ESSAY: &str = include_str!("../../tests/fixtures/documents/essay.txt");

    /// The text with each letter replaced by another.
    fn permuted(text: &str, by: u8) -> String {
        text.chars()
            .map(|c| {
                let letter = u8::try_from(c.to_ascii_lowercase()).ok().filter(u8::is_ascii_lowercase);
                letter.map_or(c, |letter| char::from(b'a' + (letter - b'a' + by) % 26))
            })
            .collect()
    }

    #[test]
    fn enciphered_text_is_gibberish_and_an_essay_is_not() {
        assert!(!is_gibberish(ESSAY));
        for by in [3, 7, 13, 19] {
            assert!(is_gibberish(&permuted(ESSAY, by)), "by {by}");
        }
        let glyphs = |c: char| char::from_u32(u32::from(c).saturating_sub(29)).filter(|c| !c.is_control());
        assert!(is_gibberish(&ESSAY.chars().filter_map(glyphs).collect::<String>()));
        let private =
            |c: char| if c.is_alphabetic() { char::from_u32(0xE000 + u32::from(c)).unwrap_or(c) } else { c };
        assert!(is_gibberish(&ESSAY.chars().map(private).collect::<String>()));
    }

    #[test]
    fn code_tables_genes_and_short_texts_are_not_judged() {
        let genes: String = (0..4000_usize).map(|n| ["a", "c", "g", "t"][n * n / 3 % 4]).collect();
        let table: String = (0..2000).map(|n| format!("{n}\t{:x}\n", n * 7919)).collect();
        for text in [include_str!("language.rs"), &genes, &table, "Zdrj qxv wrkk", &"bcdfg ".repeat(2000)] {
            assert!(!is_gibberish(text), "{}", text.get(..20).unwrap_or_default());
        }
    }
}
