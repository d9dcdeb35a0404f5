//! One part of a citation: names, a year, and a place in the work.

use super::words;
use crate::text::regions::lexemes::{Lexeme, lexemes};

/// The most lexemes in one part.
const MAX_LEXEMES: usize = 60;
/// The most names and parts of names in one part.
const MAX_NAMES: usize = 14;
/// The most letters of names in a script without case, where names look like other words.
const MAX_CASELESS_LETTERS: usize = 16;
/// The earliest year that is a citation without a name. Printing began in 1450: "(1066)" is a date.
const EARLIEST_BARE_YEAR: u32 = 1450;

/// The names before the year.
#[derive(Debug, Default)]
struct Names {
    capitals: usize,
    caseless_letters: usize,
    /// Set if the last name is a word of a date, such as a month; true if it is a surname too.
    calendar: Option<bool>,
    comma: bool,
    others: bool,
}

/// A part of a citation, read from the front.
pub(super) struct Part<'a> {
    lexemes: Vec<Lexeme<'a>>,
    at: usize,
}

impl<'a> Part<'a> {
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let lexemes: Vec<_> = lexemes(text).map(|(_, lexeme)| lexeme).take(MAX_LEXEMES + 1).collect();
        (1..=MAX_LEXEMES).contains(&lexemes.len()).then_some(Self { lexemes, at: 0 })
    }

    pub(super) fn peek(&self) -> Option<Lexeme<'a>> {
        self.lexemes.get(self.at).copied()
    }

    pub(super) fn peek_second(&self) -> Option<Lexeme<'a>> {
        self.lexemes.get(self.at + 1).copied()
    }

    pub(super) fn next(&mut self) -> Option<Lexeme<'a>> {
        let lexeme = self.peek();
        self.at += 1;
        lexeme
    }

    fn skip(&mut self, mut which: impl FnMut(Lexeme<'a>) -> bool) -> bool {
        let from = self.at;
        while self.peek().is_some_and(&mut which) {
            self.at += 1;
        }
        self.at > from
    }

    /// Whether the part cites. `alone` is false if the bracket follows a word without a space, as in `f(2009)`.
    pub(super) fn cites(mut self, alone: bool) -> bool {
        let prefixed = self.prefixes();
        if self.again() || self.starts_with_page() {
            return self.place(true);
        }
        let names = self.names();
        let by_name = names.capitals + names.caseless_letters > 0;
        if self.again() {
            return by_name && self.place(true);
        }
        if self.starts_with_page() {
            return names.capitals > 0 && self.place(true);
        }
        let recent = !matches!(self.peek(), Some(Lexeme::Number { value: ..EARLIEST_BARE_YEAR, .. }));
        let bare = recent && alone && !prefixed;
        self.years()
            && if by_name { names.are_plausible() && self.place(true) } else { bare && self.place(false) }
    }

    fn prefixes(&mut self) -> bool {
        self.skip(|lexeme| match lexeme {
            Lexeme::Word(word) => is_in(words::PREFIXES, word),
            Lexeme::Dot | Lexeme::Comma => true,
            _ => false,
        })
    }

    fn again(&mut self) -> bool {
        let Some(Lexeme::Word(first)) = self.peek() else { return false };
        let later = self.lexemes.get(self.at + 1..).unwrap_or_default();
        if is_in(words::AGAIN, first) || (is_in(words::AGAIN_ABBREVIATED, first) && !later.is_empty()) {
            self.at += 1;
            return true;
        }
        let taken = match later {
            [Lexeme::Dot, Lexeme::Word(second), ..] if is_pair_in(words::AGAIN_IN_TWO, first, second) => 3,
            [Lexeme::Word(second), ..] if is_pair_in(words::AGAIN_IN_TWO, first, second) => 2,
            _ => 0,
        };
        self.at += taken;
        taken > 0
    }

    fn starts_with_page(&self) -> bool {
        let rest = self.lexemes.get(self.at..).unwrap_or_default();
        match rest {
            [Lexeme::Word("S"), Lexeme::Dot, Lexeme::Number { .. }, ..] => true,
            [Lexeme::Word(word), Lexeme::Dot, Lexeme::Number { .. }, ..]
            | [Lexeme::Word(word), Lexeme::Number { .. }, ..] => is_in(words::PAGES, word),
            _ => false,
        }
    }

    fn names(&mut self) -> Names {
        let mut names = Names::default();
        let mut small = 0;
        loop {
            match self.peek() {
                Some(Lexeme::Word(_)) if self.starts_with_page() => break,
                Some(Lexeme::Word(word)) if is_capitalised(word) => {
                    names.capitals += 1;
                    let surname = is_in(words::CALENDAR_NAMES, word);
                    names.calendar = is_in(words::CALENDAR, word).then_some(surname);
                    small = 0;
                }
                Some(Lexeme::Word(word)) if small < 3 && is_small(word, names.capitals > 0) => {
                    names.others |= is_in(words::OTHERS, word);
                    small += 1;
                }
                Some(Lexeme::Word(word)) if !word.starts_with(char::is_lowercase) => {
                    names.caseless_letters += word.chars().count();
                    names.others |= word.ends_with(['等', '외']) || word.ends_with("ほか");
                }
                Some(Lexeme::Comma | Lexeme::Dot | Lexeme::And) => {}
                _ => break,
            }
            names.comma = self.next() == Some(Lexeme::Comma);
        }
        names
    }

    /// Reads one or more years, or a word for a missing year. Returns whether there was any.
    fn years(&mut self) -> bool {
        let mut any = false;
        loop {
            match (self.peek(), self.peek_second()) {
                (Some(lexeme), _) if lexeme.is_year() => self.at += 1,
                (Some(Lexeme::Word(word)), _) if is_in(words::UNDATED, word) => self.at += 1,
                (Some(Lexeme::Word(a)), Some(Lexeme::Dot)) if self.is_undated_pair(a) => self.at += 3,
                _ => return any,
            }
            any = true;
            self.skip(|lexeme| lexeme == Lexeme::Dot);
            if matches!(self.peek(), Some(Lexeme::Comma | Lexeme::Slash))
                && self.peek_second().is_some_and(Lexeme::is_year)
            {
                self.at += 1;
            }
        }
    }

    fn is_undated_pair(&self, first: &str) -> bool {
        matches!(self.lexemes.get(self.at + 2), Some(Lexeme::Word(second)) if is_pair_in(words::UNDATED_IN_TWO, first, second))
    }

    /// Whether the rest is a place in the work, or empty. `bare` allows a number without a word before it.
    pub(super) fn place(&mut self, bare: bool) -> bool {
        self.skip(|lexeme| lexeme == Lexeme::Dot);
        let separated = match self.peek() {
            None => return true,
            Some(Lexeme::Colon) => self.next().is_some(),
            Some(Lexeme::Comma) => {
                self.next().is_some() && (bare || matches!(self.peek(), Some(Lexeme::Word(_))))
            }
            Some(_) => matches!(self.peek(), Some(Lexeme::Word(_))),
        };
        let mut numbers = false;
        self.skip(|lexeme| match lexeme {
            Lexeme::Number { .. } => {
                numbers = true;
                true
            }
            Lexeme::Word(word) => is_in(words::PAGES, word) || is_in(words::PLACES, word),
            Lexeme::Comma | Lexeme::Dot | Lexeme::Colon | Lexeme::Dash | Lexeme::Slash | Lexeme::And => true,
            _ => false,
        });
        separated && numbers && self.peek().is_none()
    }
}

impl Names {
    /// Whether the names may be those of authors: not a month and a year, not a phrase without case.
    fn are_plausible(&self) -> bool {
        let dated = self.calendar.is_some_and(|surname| !surname || !self.comma || self.capitals > 1);
        let named = self.capitals > 0 || self.comma || self.others;
        named && !dated && self.capitals <= MAX_NAMES && self.caseless_letters <= MAX_CASELESS_LETTERS
    }
}

/// Whether a word starts with a capital, after an elided article too: Marlow, d’Alembert.
fn is_capitalised(word: &str) -> bool {
    let elided = word.split_once(['\'', '’']).map_or(word, |(_, rest)| rest);
    word.starts_with(char::is_uppercase) || elided.starts_with(char::is_uppercase)
}

/// Whether a word in small letters may be among names. `within` is true if a name precedes it.
fn is_small(word: &str, within: bool) -> bool {
    is_in(words::PARTICLES, word)
        || within && [words::JOINING, words::OTHERS, words::WITHIN].iter().any(|list| is_in(list, word))
        || !word.starts_with(char::is_lowercase)
            && (is_in(words::JOINING, word) || is_in(words::OTHERS, word))
}

fn is_in(list: &[&str], word: &str) -> bool {
    list.contains(&word)
        || (word.starts_with(char::is_uppercase) && list.contains(&word.to_lowercase().as_str()))
}

fn is_pair_in(list: &[(&str, &str)], first: &str, second: &str) -> bool {
    let (first, second) = (first.to_lowercase(), second.to_lowercase());
    list.contains(&(first.as_str(), second.as_str()))
}
