//! In-text citations: brackets that hold a reference to a work and nothing else.
//!
//! The grammar is that of the styles in use (APA, Chicago author-date, Harvard, MLA with `p.`, Vancouver
//! and IEEE numbers, GOST `[12, с. 45]`). Every part between semicolons consists of names, a year and a place in the
//! work, or of a word such as *ibid.*, or of a page. A bracket with any other word is ordinary text.

mod part;
pub(super) mod words;

use memchr::memchr3_iter;

use self::part::Part;
use super::lexemes::Lexeme;
use super::{Span, peek};

/// The longest bracket that can be a citation, in bytes: about ten works.
const MAX_BYTES: usize = 400;
/// The highest number of a reference in a list of references.
const MAX_NUMBER: u32 = 999;

/// The citations of `text`, brackets included, sorted and disjoint; the innermost of nested brackets.
pub(super) fn citations(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    for at in memchr3_iter(b'(', b'[', 0xEF, text.as_bytes()) {
        let Some(opening @ ('(' | '[' | '（' | '［')) = peek::after(text, at) else { continue };
        let inner = at + opening.len_utf8();
        let ahead = peek::window(text, inner, MAX_BYTES);
        let is_bracket = |c| matches!(c, '(' | '[' | '（' | '［' | ')' | ']' | '）' | '］');
        let Some(length) = ahead.find(is_bracket) else { continue };
        let end = inner + length;
        let Some(closing) = peek::after(text, end) else { continue };
        let content = peek::slice(text, inner, end);
        if is_pair(opening, closing) && cites(content, opening, peek::slice(text, 0, at)) {
            found.push(peek::span(at, end + closing.len_utf8()));
        }
    }
    found
}

fn is_pair(opening: char, closing: char) -> bool {
    let round = matches!(opening, '(' | '（');
    if round { matches!(closing, ')' | '）') } else { matches!(closing, ']' | '］') }
}

fn cites(content: &str, opening: char, text_before: &str) -> bool {
    if content.contains("\n\n") {
        return false;
    }
    if matches!(opening, '[' | '［') && is_reference_list(content) {
        return !is_index(text_before);
    }
    let mut parts = content.split([';', '；', '؛']).map(Part::of);
    let alone = !text_before.ends_with(|c: char| c.is_ascii_alphanumeric());
    let fits = |part: Option<Part<'_>>| part.is_some_and(|part| part.cites(alone));
    parts.all(fits)
}

/// Whether a bracket after `text_before` is an index, as in `x[3]`.
fn is_index(text_before: &str) -> bool {
    let mut back = text_before.chars().rev();
    let last_is_letter = back.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    last_is_letter && !back.next().is_some_and(char::is_alphanumeric)
}

/// Whether a bracket holds numbers or keys of a list of references: `12`, `3, 5-7`, `12, p. 4`, `Osei11; MF09a`.
fn is_reference_list(content: &str) -> bool {
    let mut items = content.split([';', '；']);
    items.all(|item| is_key(item.trim()) || is_number_list(item))
}

fn is_number_list(item: &str) -> bool {
    let Some(part) = Part::of(item) else { return false };
    let mut reader = part;
    let mut numbers = 0;
    loop {
        match reader.next() {
            Some(Lexeme::Number { value: 1..=MAX_NUMBER, digits: 1..=3 }) => numbers += 1,
            _ => return false,
        }
        match reader.peek() {
            None => return true,
            Some(Lexeme::Comma) if matches!(reader.peek_second(), Some(Lexeme::Word(_))) => break,
            Some(Lexeme::Comma | Lexeme::Dash) => _ = reader.next(),
            Some(_) => return false,
        }
    }
    numbers == 1 && reader.place(true)
}

/// Whether an item is a key such as `Knu84` or `MF09a` (BibTeX's alpha style).
fn is_key(item: &str) -> bool {
    let letters = item.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(item.len());
    let (name, year) = item.split_at_checked(letters).unwrap_or_default();
    let digits = year.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let capital = name.starts_with(|c: char| c.is_ascii_uppercase());
    capital
        && (2..=6).contains(&letters)
        && digits.len() == 2
        && year.len() <= 3
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}
