//! Words with their lengths in letters.

use crate::text::folding::{Class, FoldTable};
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
            self.skip_ascii();
            let first = self.peek()?;
            if first.is_alphabetic() && !is_mark(first) && !is_unspaced(first) {
                return Some(self.word(first));
            }
            self.skip(first);
        }
    }

    /// Skips ASCII characters that are no letters.
    fn skip_ascii(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let skipped = rest.iter().take_while(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic()).count();
        if let Some(last) = skipped.checked_sub(1).and_then(|last| rest.get(last)) {
            self.before = char::from(*last);
            self.at += skipped;
        }
    }

    /// Reads the word of ASCII letters here, if no other letters, digits and apostrophes belong to it.
    fn ascii_word(&mut self) -> Option<Word> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let after = rest.get(length).copied().unwrap_or(b' ');
        let (word, _) = rest.split_at_checked(length)?;
        if !after.is_ascii() || after.is_ascii_digit() || is_apostrophe(after.into()) {
            return None;
        }
        let changes = word.windows(2).filter(|pair| matches!(pair, [b'a'..=b'z', b'A'..=b'Z'])).count();
        let case = Case { after_small: false, changes: u32::try_from(changes).unwrap_or(u32::MAX) };
        let letters = u32::try_from(length).unwrap_or(u32::MAX);
        let technical =
            is_beside(self.before, letters) || is_beside(after.into(), letters) || case.is_mixed(letters);
        let start = self.at;
        self.at += length;
        self.before = char::from(*word.last()?);
        Some(Word { start, end: self.at, letters, script: Script::Latin, technical })
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
        if let Some(word) = self.ascii_word() {
            return word;
        }
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
        let technical = is_beside(before, letters)
            || is_beside(after, letters)
            || case.is_mixed(letters)
            || digits.are_many(letters);
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

/// Whether `c` is a mark on a letter, or nothing that a reader sees: lengths count letters.
fn is_mark(c: char) -> bool {
    const TATWEEL: char = '\u{640}';
    let class = || FoldTable::get().folded(c).class;
    !c.is_ascii() && (c == TATWEEL || matches!(class(), Class::Mark | Class::Ignorable))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

/// Whether a character beside a word of so many letters shows that it is no word of prose.
fn is_beside(c: char, letters: u32) -> bool {
    if c.is_ascii_digit() {
        return letters < MANY_LETTERS;
    }
    matches!(
        c,
        '/' | '\\'
            | '_'
            | '='
            | '&'
            | '%'
            | '#'
            | '@'
            | '+'
            | '~'
            | '$'
            | '<'
            | '>'
            | '{'
            | '}'
            | '|'
            | '^'
            | '`'
            | '*'
    )
}
