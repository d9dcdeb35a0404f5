//! Legal references in running text: courts with a number (`BGH NJW 2009, 1234`, `[1998] UKHL 12`), reports after the parties
//! (`Marlow v. Osei, 347 U.S. 483`), dockets (`Case C-12/08`), and sections of statutes (`§ 823 Abs. 1 BGB`).

use memchr::{memchr_iter, memmem};

use super::super::lexemes::{Lexeme, lexemes};
use super::{Span, peek};

/// Bytes after an anchor that are read, at most.
const MAX_BYTES: usize = 80;
/// Lexemes after an anchor that are read, at most.
const MAX_LEXEMES: usize = 14;

/// Courts and reports that no other word is spelt like.
#[rustfmt::skip]
const COURTS: &[&str] = &[
    "BGH", "BGHZ", "BGHSt", "BVerfG", "BVerfGE", "BVerwG", "BVerwGE", "BAG", "BSG", "BFH", "OLG", "EuGH", "EGMR", "EuG", "BGer", "BGE", "OGH",
    "VfGH", "UKHL", "UKSC", "EWCA", "EWHC", "UKPC", "CSOH", "HCA", "ECtHR", "ECHR", "CJEU", "ECJ", "SCOTUS", "NJW", "NZA", "CJUE", "TJUE", "ETS",
    "STS", "STC", "TAR", "STF", "STJ", "ВАС",
];

/// Words before a docket, in lower case.
#[rustfmt::skip]
const CASES: &[&str] = &[
    "case", "cases", "rs", "rechtssache", "rechtssachen", "az", "aktenzeichen", "no", "nos", "n", "nr", "affaire", "asunto", "causa", "application",
    "sprawa", "sygn", "akt", "дело", "дела", "справа", "по делу", "proc", "processo", "dossier", "zaak",
];

/// Words before the number of an article.
#[rustfmt::skip]
const ARTICLES: &[&str] = &[
    "Art", "art", "Artikel", "Article", "article", "Artículo", "artículo", "Articolo", "articolo", "Artigo", "artigo", "Section", "section", "ст", "Ст",
    "статья", "статьи", "статье", "стаття", "статті", "artykuł", "madde", "Pasal", "pasal", "Điều",
];

/// Words in the names of statutes, in lower case.
#[rustfmt::skip]
const STATUTES: &[&str] = &[
    "code", "act", "statute", "constitution", "convention", "treaty", "gesetz", "gesetzes", "gesetzbuch", "verfassung", "loi", "ley", "código", "codice",
    "legge", "constitución", "costituzione", "constituição", "kodeksu", "konstytucji", "кодекса", "кодексу", "конституции", "конституції", "закона",
    "закону", "kanunu", "kanununun", "undang", "luật",
];

/// Digits of Chinese and Japanese numbers.
const HAN_DIGITS: &str = "一二三四五六七八九十百千零〇两";

/// The legal references of `text`, in no order. Linear.
pub(super) fn references(text: &str) -> Vec<Span> {
    let sections = memmem::find_iter(text.as_bytes(), "§").filter_map(|at| section(text, at));
    let articles = ["条", "條", "조"].into_iter().flat_map(|article| {
        memmem::find_iter(text.as_bytes(), article)
            .filter_map(move |at| numbered_article(text, at, article.len()))
    });
    let dockets = memchr_iter(b'/', text.as_bytes()).filter_map(|at| docket(text, at));
    let reports = [" v. ", " v "].into_iter().flat_map(|versus| {
        memmem::find_iter(text.as_bytes(), versus).filter_map(move |at| report(text, at, versus.len()))
    });
    sections.chain(articles).chain(dockets).chain(reports).chain(named(text)).collect()
}

/// A section or an article, and the name of its statute: `§ 823 Abs. 1 BGB`, `art. 1240 du Code civil`.
fn section(text: &str, at: usize) -> Option<Span> {
    let ahead = peek::window(text, at, MAX_BYTES);
    let (mut numbers, mut last) = (0, Lexeme::Other);
    for (offset, lexeme) in lexemes(ahead).skip(1).take(MAX_LEXEMES) {
        match lexeme {
            Lexeme::Number { .. } => numbers += 1,
            Lexeme::Word(word) if numbers > 0 && names_statute(word) => {
                return Some(peek::span(at, at + offset + word.len()));
            }
            // The sentence ends with the number.
            Lexeme::Dot if matches!(last, Lexeme::Number { .. }) => return None,
            _ if numbers == 0 && !matches!(lexeme, Lexeme::Other | Lexeme::Dot) => return None,
            _ => {}
        }
        last = lexeme;
    }
    None
}

fn names_statute(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() > 1 || STATUTES.contains(&word.to_lowercase().as_str())
}

/// An article by its number, as East Asian statutes have them: 第823条, 제750조.
fn numbered_article(text: &str, at: usize, length: usize) -> Option<Span> {
    let from = text.ceil_char_boundary(at.saturating_sub(32));
    let before = peek::slice(text, from, at);
    let is_digit = |c: char| c.is_numeric() || HAN_DIGITS.contains(c);
    let head = before.trim_end_matches(is_digit);
    let numbered = head.len() < before.len() && head.ends_with(['第', '제', '法']);
    numbered.then(|| peek::span(from + head.len(), at + length))
}

/// A docket around the slash at byte `at`, if a word before it says that it is one.
fn docket(text: &str, at: usize) -> Option<Span> {
    let after = peek::window(text, at + 1, 5);
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let from = text.ceil_char_boundary(at.saturating_sub(32));
    let before = peek::slice(text, from, at);
    let number = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if !(1..=6).contains(&number) || !matches!(digits, 2 | 4) {
        return None;
    }
    let head = before.get(..before.len() - number)?;
    let court = head.trim_end_matches(|c: char| c.is_ascii_uppercase() || matches!(c, '-' | '‑' | '–' | ' '));
    let word = head.get(..court.len())?.trim_end_matches(['.', '°', 'º', '№', ' ']);
    let word = word.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    let named = CASES.contains(&word.as_str()) || head.contains('№');
    // "I ZR 12/08": the register of a court.
    let register = head.trim_end().ends_with(|c: char| c.is_ascii_uppercase()) && head.ends_with(' ');
    (named || register).then(|| peek::span(at - number, at + 1 + digits))
}

/// The number of a report after parties: `Marlow v. Osei, 347 U.S. 483`.
fn report(text: &str, at: usize, versus: usize) -> Option<Span> {
    let party = peek::window(text, at + versus, MAX_BYTES);
    if !party.starts_with(char::is_uppercase) {
        return None;
    }
    let (mut number, mut abbreviation) = (false, false);
    for (offset, lexeme) in lexemes(party).take(2 * MAX_LEXEMES) {
        match lexeme {
            Lexeme::Number { .. } if abbreviation => {
                return Some(peek::span(at, at + versus + offset));
            }
            Lexeme::Number { .. } => number = true,
            Lexeme::Word(word) if number => {
                abbreviation = word.starts_with(char::is_uppercase);
                number = abbreviation;
            }
            Lexeme::Dot => {}
            _ => (number, abbreviation) = (false, false),
        }
    }
    None
}

/// Courts with a number after them, and articles of statutes.
fn named(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut word: Option<usize> = None;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() {
            word.get_or_insert(at);
        } else if let Some(start) = word.take() {
            let word = peek::slice(text, start, at);
            let reference = if is_court(word) {
                numbered(text, at).map(|end| peek::span(start, end))
            } else if ARTICLES.contains(&word) {
                section(text, start)
            } else {
                None
            };
            found.extend(reference);
        }
    }
    found
}

fn is_court(word: &str) -> bool {
    (2..=8).contains(&word.len()) && word.starts_with(char::is_uppercase) && COURTS.contains(&word)
}

/// The end of the number that follows the name of a court closely.
fn numbered(text: &str, at: usize) -> Option<usize> {
    let ahead = peek::window(text, at, MAX_BYTES);
    for (offset, lexeme) in lexemes(ahead).take(MAX_LEXEMES) {
        match lexeme {
            Lexeme::Number { .. } => return Some(at + offset),
            Lexeme::Word(word) if word.starts_with(char::is_lowercase) && word.len() > 5 => return None,
            _ => {}
        }
    }
    None
}
