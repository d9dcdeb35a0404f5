//! Words with their lengths in letters.

use memchr::memchr;

use crate::text::scripts::is_unspaced;

/// Scripts with spaces between words, by the usual length of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Greek,
    /// Arabic and Hebrew, which leave out vowels.
    Abjad,
    /// A letter is a syllable.
    Hangul,
    /// Armenian, Georgian, the scripts of India and others.
    Other,
}

impl Script {
    pub(super) const ALL: [Self; 6] =
        [Self::Latin, Self::Cyrillic, Self::Greek, Self::Abjad, Self::Hangul, Self::Other];

    fn of(c: char) -> Self {
        match c {
            '\0'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Self::Latin,
            '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Self::Greek,
            '\u{400}'..='\u{52F}' => Self::Cyrillic,
            '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => Self::Abjad,
            '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7A3}' => Self::Hangul,
            _ => Self::Other,
        }
    }
}

/// Letters of a word that may have a digit beside it in place of a space.
const MANY_LETTERS: u32 = 12;

/// A run of letters, with apostrophes and digits inside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Letters, without marks and apostrophes.
    pub(super) letters: u32,
    pub(super) script: Script,
    /// Whether it is part of code, an address, a number or a symbol.
    pub(super) technical: bool,
}

impl Word {
    pub(super) fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// The words of `text` in scripts with spaces, in order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut reader = Reader { text, at: 0, before: ' ' };
    while let Some(word) = reader.next_word() {
        words.push(word);
    }
    words
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The character before `at`.
    before: char,
}

impl Reader<'_> {
    fn next_word(&mut self) -> Option<Word> {
        loop {
            let first = self.peek()?;
            if first.is_alphabetic() && !is_mark(first) && !is_unspaced(first) {
                return Some(self.word(first));
            }
            self.skip(first);
        }
    }

    fn peek(&self) -> Option<char> {
        let byte = *self.text.as_bytes().get(self.at)?;
        if byte.is_ascii() { Some(char::from(byte)) } else { self.text.get(self.at..)?.chars().next() }
    }

    fn skip(&mut self, c: char) {
        self.before = c;
        self.at += c.len_utf8();
    }

    /// Reads the word that begins with the letter `first` here.
    fn word(&mut self, first: char) -> Word {
        let (start, before) = (self.at, self.before);
        let (mut case, mut script) = (Case::default(), Script::of(first));
        let (mut letters, mut digits, mut end) = (0, Digits::default(), start);
        while let Some(c) = self.peek() {
            if is_mark(c) {
                self.skip(c);
            } else if c.is_alphabetic() && !is_unspaced(c) {
                case.add(c);
                letters += 1;
                if script == Script::Latin {
                    // A Latin letter may stand in place of a space.
                    script = Script::of(c);
                }
                self.skip(c);
            } else if is_apostrophe(c) {
                self.skip(c);
                continue;
            } else if c.is_numeric() {
                digits.add(c);
                self.skip(c);
                continue;
            } else {
                break;
            }
            end = self.at;
        }
        let after = self.peek().unwrap_or(' ');
        let beside = |c: char| is_technical(c) || (c.is_ascii_digit() && letters < MANY_LETTERS);
        let technical = beside(before) || beside(after) || case.is_mixed(letters) || digits.are_many(letters);
        Word { start, end, letters, script, technical }
    }
}

/// Changes from a small letter to a capital inside a word.
#[derive(Default)]
struct Case {
    after_small: bool,
    changes: u32,
}

impl Case {
    fn add(&mut self, c: char) {
        let small = c.is_lowercase();
        self.changes += u32::from(self.after_small && !small && c.is_uppercase());
        self.after_small = small;
    }

    /// Whether it is a name in code, or no words at all. Joined words have a capital for each name and sentence.
    fn is_mixed(&self, letters: u32) -> bool {
        self.changes > 1 && self.changes * 12 > letters
    }
}

/// Digits of a word.
#[derive(Default)]
struct Digits {
    first: Option<char>,
    differ: bool,
    count: u32,
}

impl Digits {
    fn add(&mut self, c: char) {
        self.differ |= self.first.is_some_and(|first| first != c);
        self.first.get_or_insert(c);
        self.count += 1;
    }

    /// Whether they are more than one digit in place of each space.
    fn are_many(&self, letters: u32) -> bool {
        self.differ || self.count * 2 > letters
    }
}

/// Whether `c` is a mark on a letter: lengths count letters.
fn is_mark(c: char) -> bool {
    c > '\u{2FF}'
        && matches!(c, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{640}'
            | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}' | '\u{200C}' | '\u{200D}' | '\u{AD}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

/// Whether a character beside a word shows that it is no word of prose.
fn is_technical(c: char) -> bool {
    c.is_ascii() && memchr(u8::try_from(c).unwrap_or(b' '), b"/\\_=&%#@+~$<>{}|^`*").is_some()
}
