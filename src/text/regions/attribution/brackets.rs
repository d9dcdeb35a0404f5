//! Brackets that cite only by where they stand: `(Osei 44)` at the end of a sentence, as in the MLA style, `(3)` there, as in medicine,
//! `(44)` and `(Reuters)` after a quotation. And brackets with more words than a citation has: `(as Osei, 2011, found in the north)`.

use memchr::memchr2_iter;

use super::super::citations::words::{is_calendar, is_joining, is_particle, is_place};
use super::super::lexemes::{Lexeme, lexemes};
use super::super::quotations::is_sentence_end;
use super::sentences::is_closing;
use super::{Span, peek};

/// The longest such bracket, in bytes.
const MAX_BYTES: usize = 240;
/// Lexemes of a bracket that are read, at most.
const MAX_LEXEMES: usize = 60;
/// Words of the names in one, at most.
const MAX_NAMES: usize = 8;
/// Spaces between a quotation and its bracket, at most.
const MAX_SPACES: usize = 2;

/// Words in capitals that numbers follow and that name no author, in lower case: `(Group 2)`.
#[rustfmt::skip]
const NUMBERED: &[&str] = &[
    "day", "group", "phase", "level", "step", "year", "grade", "question", "item", "sample", "type", "class", "unit", "lesson", "task", "case",
    "experiment", "study", "model", "hypothesis", "equation", "eq", "stage", "round", "week", "month", "room", "route", "zone", "act", "scene", "appendix", "chapter", "section", "article", "version", "edition", "page", "figure", "table",
    "tag", "gruppe", "stufe", "schritt", "frage", "abbildung", "tabelle", "anhang", "woche", "jour", "groupe", "étape", "niveau", "tableau",
    "annexe", "día", "grupo", "fase", "paso", "pregunta", "tabla", "figura", "anexo", "nivel", "tabella", "passo", "allegato", "рисунок", "таблица",
    "день", "группа", "этап", "шаг", "вопрос", "приложение", "глава",
];

/// What a bracket holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// The name of an author and a year.
    NameAndYear,
    /// Names and a page.
    NameAndPage,
    /// Numbers of entries in a list of works, or of pages.
    Numbers,
    /// Names, or a page.
    Either,
}

/// The brackets of `text` that cite, in order; `quotations` are sorted. Linear.
pub(super) fn brackets<'a>(text: &'a str, quotations: &'a [Span]) -> impl Iterator<Item = Span> + 'a {
    memchr2_iter(b'(', 0xEF, text.as_bytes()).filter_map(move |at| {
        let opening @ ('(' | '（') = peek::after(text, at)? else { return None };
        let inner = at + opening.len_utf8();
        let ahead = peek::window(text, inner, MAX_BYTES);
        let length = ahead.find(['(', '（', ')', '）', '\n'])?;
        let closing @ (')' | '）') = peek::after(text, inner + length)? else { return None };
        let end = inner + length + closing.len_utf8();
        let content = content(peek::slice(text, inner, inner + length))?;
        let cites = match content {
            Content::NameAndYear => true,
            Content::Numbers => {
                follows_quotation(text, quotations, at) || ends_unnumbered_sentence(text, at, end)
            }
            Content::NameAndPage => {
                follows_quotation(text, quotations, at) || is_at_sentence_end(text, at, end)
            }
            Content::Either => follows_quotation(text, quotations, at),
        };
        cites.then(|| peek::span(at, end))
    })
}

fn content(inner: &str) -> Option<Content> {
    if has_author_and_year(inner) {
        return Some(Content::NameAndYear);
    }
    let (mut names, mut numbers, mut first) = (0, 0, true);
    let mut short = true;
    for (_, lexeme) in lexemes(inner).take(MAX_LEXEMES) {
        short &= !matches!(lexeme, Lexeme::Number { digits: 4.., .. });
        match lexeme {
            Lexeme::Word(word) if numbers == 0 && is_name(word) => names += 1,
            Lexeme::Word(word) if numbers == 0 && (is_particle(word) || (!first && is_joining(word))) => {}
            Lexeme::Number { digits: 1..=4, .. } => numbers += 1,
            Lexeme::Comma | Lexeme::Dot | Lexeme::And if !first => {}
            Lexeme::Dash if numbers > 0 => {}
            _ => return None,
        }
        first = false;
    }
    match (names, numbers) {
        (0, 0) | (MAX_NAMES.., _) | (_, 5..) => None,
        (1.., 1..) => Some(Content::NameAndPage),
        (0, 1..) if short => Some(Content::Numbers),
        _ => Some(Content::Either),
    }
}

/// Whether a name stands before a year: `Osei, 2011`, `Osei et al. 2011`, `Osei and Finch (2011`.
fn has_author_and_year(inner: &str) -> bool {
    let mut named = false;
    for (_, lexeme) in lexemes(inner).take(MAX_LEXEMES) {
        named = match lexeme {
            _ if lexeme.is_year() => {
                if named {
                    return true;
                }
                false
            }
            Lexeme::Word(word) => is_name(word) || (named && is_joining(word)),
            Lexeme::Comma | Lexeme::Dot | Lexeme::And => named,
            _ => false,
        };
    }
    false
}

/// Whether the bracket from byte `at` to `end` stands before the mark that ends a sentence, and after a word that needs no number: not
/// "equation (1)."
fn ends_unnumbered_sentence(text: &str, at: usize, end: usize) -> bool {
    let follows = peek::window(text, end, 8).starts_with(is_sentence_end);
    let from = text.ceil_char_boundary(at.saturating_sub(64));
    let before = peek::slice(text, from, at).trim_end();
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let lower = word.to_lowercase();
    let labelled = is_place(&lower) || NUMBERED.contains(&lower.as_str());
    follows && word.ends_with(char::is_alphabetic) && !labelled
}

/// Whether a word may be the name of an author.
fn is_name(word: &str) -> bool {
    let mut letters = word.chars();
    let capital = letters.next().is_some_and(char::is_uppercase);
    let rest = letters.clone().count();
    let initials = rest < 3 && letters.all(char::is_uppercase);
    let lower = word.to_lowercase();
    let is_label = is_place(&lower) || is_calendar(&lower) || NUMBERED.contains(&lower.as_str());
    capital && !is_label && (rest == 0 || !initials)
}

fn follows_quotation(text: &str, quotations: &[Span], at: usize) -> bool {
    let place = quotations.partition_point(|quotation| quotation.end as usize <= at);
    let last = place.checked_sub(1).and_then(|place| quotations.get(place));
    last.is_some_and(|last| {
        let end = last.end as usize;
        at - end <= MAX_SPACES && peek::slice(text, end, at).trim().is_empty()
    })
}

/// Whether the bracket from byte `at` to `end` stands before or after the mark that ends a sentence.
fn is_at_sentence_end(text: &str, at: usize, end: usize) -> bool {
    let rest = peek::window(text, end, 8).trim_start_matches(is_closing);
    let follows = rest.is_empty() || rest.starts_with(is_sentence_end);
    let from = text.ceil_char_boundary(at.saturating_sub(12));
    let before = peek::slice(text, from, at).trim_end().trim_end_matches(is_closing);
    follows || (before.ends_with(is_sentence_end) && !rest.trim_start().starts_with(char::is_lowercase))
}
