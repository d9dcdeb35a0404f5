//! Recognition of the beginning of an entry of a bibliography.

use crate::text::peek;
use crate::text::regions::citations::words;
use crate::text::regions::lexemes::{Lexeme, lexemes};
use crate::text::scripts::is_cjk;

/// How much the beginning of a line resembles that of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Start {
    /// Not at all.
    None,
    /// As much as a list item, or a name that prose may begin with: `Marlow, Ann`, `- `, `1. `.
    Weak,
    /// As much as names that end with a full stop, a colon or a year, which sentences seldom begin with: `Marlow, Ann.`,
    /// `MARLOW Anne,`, `山田太郎『`.
    Named,
    /// As lines seldom begin elsewhere: `Marlow, A.`, `A. Marlow,`, `Osei K,`, `———.`, `Harbour Press. (2009).`
    Strong,
    /// A number in brackets: `[12] `.
    Numbered,
}

/// Bytes of a line that are read, at most.
const LOOK_BYTES: usize = 160;
/// Lexemes of a line that are read, at most.
const LOOK_LEXEMES: usize = 24;

/// Lexemes of the names of an entry after the first surname, at most.
const MAX_NAME_LEXEMES: usize = 18;
/// Characters of a name in Han, kana or Hangul, at most.
const MAX_EAST_ASIAN_NAME: usize = 5;

/// How much the beginning of `line` resembles that of an entry. Reads a bounded part of the line.
pub(super) fn entry_start(line: &str) -> Start {
    let line = line.trim_start();
    let Some(first) = line.chars().next() else { return Start::None };
    if matches!(first, '"' | '“' | '„' | '«' | '”' | '‘' | '「' | '『' | '《') {
        // A title without an author.
        return if line.chars().skip(1).any(|c| matches!(c, '"' | '”' | '“' | '»' | '’' | '」' | '』' | '》'))
        {
            Start::Weak
        } else {
            Start::None
        };
    }
    if first.is_lowercase() && !starts_with_particle(line) {
        return Start::None;
    }
    if line.starts_with("———")
        || line.starts_with("---.")
        || line.starts_with("___")
        || line.starts_with("---,")
    {
        return Start::Strong;
    }
    let mut list = [Lexeme::Other; LOOK_LEXEMES];
    let mut count = 0;
    for ((_, lexeme), slot) in lexemes(peek::window(line, 0, LOOK_BYTES)).zip(&mut list) {
        *slot = lexeme;
        count += 1;
    }
    let list = list.get(..count).unwrap_or_default();
    match list {
        [Lexeme::Open, Lexeme::Number { value: 1..=999, .. }, Lexeme::Close, rest @ ..]
            if first != '(' || is_author(rest) =>
        {
            Start::Numbered
        }
        [Lexeme::Number { value: 1..=999, .. }, Lexeme::Dot | Lexeme::Close, rest @ ..] => {
            listed(author(rest))
        }
        [Lexeme::Other | Lexeme::Dash, rest @ ..] if is_bullet(first) => listed(author(rest)),
        _ => author(list),
    }
}

fn listed(start: Start) -> Start {
    start.max(Start::Weak)
}

fn is_author(list: &[Lexeme<'_>]) -> bool {
    author(list) > Start::None
}

fn is_bullet(c: char) -> bool {
    matches!(c, '•' | '*' | '-' | '–' | '·' | '‣' | '◦' | '+')
}

fn starts_with_particle(line: &str) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    matches!(
        word,
        "van"
            | "von"
            | "de"
            | "der"
            | "den"
            | "di"
            | "da"
            | "du"
            | "del"
            | "della"
            | "la"
            | "le"
            | "al"
            | "ter"
            | "ten"
            | "af"
            | "av"
            | "el"
            | "bin"
            | "ibn"
            | "zu"
            | "dos"
            | "фон"
            | "ван"
    )
}

/// Judges the author's name at the beginning of an entry.
fn author(list: &[Lexeme<'_>]) -> Start {
    if let [Lexeme::Word(a), Lexeme::Dot, rest @ ..] = list
        && is_initial(a)
    {
        return initials_first(rest);
    }
    let surname = list.iter().take_while(|lexeme| is_surname(**lexeme)).count().min(4);
    let (name, rest) = list.split_at_checked(surname).unwrap_or_default();
    match (name, rest) {
        ([], _) => caseless(list),
        // Osei, K.  Marlow, Ann.
        (
            _,
            [
                Lexeme::Comma,
                Lexeme::Word(given),
                Lexeme::Dot | Lexeme::Comma | Lexeme::Dash | Lexeme::And,
                ..,
            ],
        ) if is_initial(given) => Start::Strong,
        // Osei, K 2011, as in Australia.
        (_, [Lexeme::Comma, Lexeme::Word(given), year, Lexeme::Comma | Lexeme::Dot, ..])
            if is_initial(given) && year.is_year() =>
        {
            Start::Strong
        }
        // Osei, K.-A. is above; Иванов И. И. and Osei K. A. here.
        (_, [Lexeme::Word(given), Lexeme::Dot, Lexeme::Word(next), Lexeme::Dot, ..])
            if is_initial(given) && is_initial(next) =>
        {
            Start::Strong
        }
        (_, [Lexeme::Comma, given @ ..]) if is_inverted(given) => vancouver(name, rest).max(Start::Named),
        ([Lexeme::Word(surname), Lexeme::Word(_), ..], [Lexeme::Comma, ..]) if is_capitals(surname) => {
            Start::Named
        }
        (_, [Lexeme::Comma, Lexeme::Word(given), next, ..]) if is_capitalised(given) => given_name(*next),
        _ => vancouver(name, rest).max(institution(list)),
    }
}

/// Whether a list of names, of which the first surname was read, ends with a full stop, a colon or a year: `Ann, and Kofi
/// Osei.`, `Anna:`, `Ann (2009)`.
fn is_inverted(rest: &[Lexeme<'_>]) -> bool {
    let is_name = |lexeme: &Lexeme<'_>| match lexeme {
        Lexeme::Word(word) => {
            is_capitalised(word)
                || [words::PARTICLES, words::JOINING, words::OTHERS].iter().any(|list| list.contains(word))
        }
        Lexeme::Comma | Lexeme::And | Lexeme::Dash | Lexeme::Slash | Lexeme::Other => true,
        _ => false,
    };
    let names = rest.iter().take(MAX_NAME_LEXEMES).take_while(|lexeme| is_name(lexeme)).count();
    // The initial after a given name has a full stop of its own: Marlow, Ann B.
    let begun = rest.first().is_some_and(|lexeme| is_surname(*lexeme));
    let end = rest.get(names..).unwrap_or_default();
    begun
        && match end {
            [Lexeme::Dot | Lexeme::Colon, ..] => true,
            [Lexeme::Open, year, ..] => year.is_year() || matches!(year, Lexeme::Word(_)),
            _ => false,
        }
}

fn is_capitals(word: &str) -> bool {
    word.chars().count() > 2 && word.chars().all(|c| c.is_uppercase() || !c.is_alphabetic())
}

fn given_name(next: Lexeme<'_>) -> Start {
    match next {
        Lexeme::Dot | Lexeme::Comma | Lexeme::And | Lexeme::Open | Lexeme::Colon | Lexeme::Word(_) => {
            Start::Weak
        }
        _ => Start::None,
    }
}

/// Judges the rest of a name such as `A. B. Marlow,` after its first initial.
fn initials_first(mut rest: &[Lexeme<'_>]) -> Start {
    while let [Lexeme::Word(next), Lexeme::Dot, tail @ ..] = rest
        && is_initial(next)
    {
        rest = tail;
    }
    if let [Lexeme::Dash, tail @ ..] = rest {
        return initials_first(tail);
    }
    let surname = rest.iter().take_while(|lexeme| is_surname(**lexeme)).count();
    match rest.get(surname..) {
        Some([next, ..]) if surname > 0 && may_follow_name(*next) => Start::Strong,
        _ => Start::None,
    }
}

fn may_follow_name(lexeme: Lexeme<'_>) -> bool {
    match lexeme {
        Lexeme::Comma | Lexeme::Dot | Lexeme::And | Lexeme::Open | Lexeme::Colon => true,
        Lexeme::Word(word) => matches!(word, "and" | "und" | "et" | "y" | "e" | "и" | "en"),
        _ => false,
    }
}

/// Judges a surname and initials without full stops (the Vancouver style): `Osei K,`, `Osei KA.`.
fn vancouver(name: &[Lexeme<'_>], rest: &[Lexeme<'_>]) -> Start {
    let (Some((Lexeme::Word(initials), surname)), Some(Lexeme::Comma | Lexeme::Dot | Lexeme::Colon)) =
        (name.split_last(), rest.first())
    else {
        return Start::None;
    };
    let short = initials.chars().count() <= 3 && initials.chars().all(char::is_uppercase);
    let roman = initials.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'L' | 'C'));
    let heading =
        surname.len() != 1 || matches!(surname, [Lexeme::Word(word)] if word.chars().all(char::is_uppercase));
    match (short, roman || heading) {
        (true, false) => Start::Strong,
        (true, true) if !surname.is_empty() => Start::Weak,
        _ => Start::None,
    }
}

/// Judges names with a year in brackets and a mark: `World Health Organization. (2009).`
///
/// Without the full stop it is a sentence: "Osei (2011) argues".
fn institution(list: &[Lexeme<'_>]) -> Start {
    let is_name = |lexeme: &Lexeme<'_>| match lexeme {
        Lexeme::Word(word) => {
            is_capitalised(word)
                || [words::PARTICLES, words::JOINING, words::WITHIN].iter().any(|list| list.contains(word))
        }
        Lexeme::Dot | Lexeme::Comma | Lexeme::And => true,
        _ => false,
    };
    let names = list.iter().take_while(|lexeme| is_name(lexeme)).count();
    match list.get(names..) {
        Some([Lexeme::Open, year, Lexeme::Close, Lexeme::Dot | Lexeme::Colon, ..])
            if names > 0 && year.is_year() =>
        {
            Start::Strong
        }
        // Nguyễn Văn An (2009), Muối và đá.
        Some([Lexeme::Open, year, Lexeme::Close, Lexeme::Comma, ..]) if names > 0 && year.is_year() => {
            Start::Named
        }
        _ => Start::None,
    }
}

/// Judges a name in a script without case: `王小明（2010）`, `أحمد، محمد. (2010).`, `山田太郎『塩』`, `王小明. 盐沼[J]`.
fn caseless(list: &[Lexeme<'_>]) -> Start {
    let is_name = |lexeme: &Lexeme<'_>| match lexeme {
        Lexeme::Word(word) => !word.starts_with(char::is_lowercase) && word.chars().count() <= 12,
        Lexeme::Comma | Lexeme::Dot | Lexeme::And => true,
        _ => false,
    };
    let names = list.iter().take(8).take_while(|lexeme| is_name(lexeme)).count();
    let rest = list.get(names..).unwrap_or_default();
    match (list, rest) {
        (_, [Lexeme::Open, year, Lexeme::Close, ..]) if names > 0 && year.is_year() => Start::Named,
        (_, [Lexeme::Open, year, ..]) if names > 0 && year.is_year() => Start::Weak,
        // A title between marks, which are neither words nor signs of an entry.
        (_, [Lexeme::Other, ..]) if names > 0 && is_short_name(list) => Start::Named,
        ([Lexeme::Word(_), Lexeme::Dot | Lexeme::Comma, ..], _) if is_short_name(list) => Start::Named,
        _ => Start::None,
    }
}

/// Whether the first word may be a name in Han, kana or Hangul.
fn is_short_name(list: &[Lexeme<'_>]) -> bool {
    matches!(list.first(), Some(Lexeme::Word(word)) if word.chars().count() <= MAX_EAST_ASIAN_NAME
        && word.chars().all(|c| is_cjk(c) || matches!(c, '\u{AC00}'..='\u{D7A3}')))
}

fn is_surname(lexeme: Lexeme<'_>) -> bool {
    matches!(lexeme, Lexeme::Word(word) if is_capitalised(word) || words::PARTICLES.contains(&word))
}

fn is_capitalised(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

/// Whether a word is an initial, or several joined by hyphens: `A`, `J-P`, `Th`.
fn is_initial(word: &str) -> bool {
    word.split(['-', '‐', '‑']).all(|part| {
        let mut chars = part.chars();
        chars.next().is_some_and(char::is_uppercase)
            && chars.next().is_none_or(|c| c == 'h' || c == 'u')
            && chars.next().is_none()
    })
}
