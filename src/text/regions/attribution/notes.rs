//! Numbers of notes in running text: `timber again.¹²`, `“timber again”3`, `timber again.12 The`, `[^12]`, `말했다.1)`.

use super::super::citations::words::is_place;
use super::super::quotations::is_sentence_end;
use super::sentences::is_closing;
use super::{Span, peek};
use crate::text::scripts::is_unspaced;

/// Digits of the number of a note, at most.
const MAX_DIGITS: usize = 3;
/// Letters of a word before a number, at least: shorter ones are units, variables and abbreviations, as in m², Fig.3.
const MIN_LETTERS: usize = 4;
/// Bytes of a Markdown footnote's label, at most.
const MAX_LABEL_BYTES: usize = 40;

/// The numbers of notes in `text`, in order. Linear.
pub(super) fn notes(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut last = '\n';
    let mut until = 0;
    for (at, c) in text.char_indices() {
        if at >= until
            && let Some(end) = note(text, at, c, last)
        {
            found.push(peek::span(at, end));
            until = end;
        }
        last = c;
    }
    found
}

/// The end of the number that begins at byte `at`, after the character `last`.
fn note(text: &str, at: usize, c: char, last: char) -> Option<usize> {
    match c {
        '[' => markdown(text, at),
        _ if is_superscript(c) => superscript(text, at, last),
        '0'..='9' if !last.is_ascii_digit() => plain(text, at, last),
        // Circled numbers label the items of lists too: "consists of ① ice and ② salt".
        '①'..='⑳' if is_sentence_end(last) || is_closing(last) => Some(at + c.len_utf8()),
        _ => None,
    }
}

fn markdown(text: &str, at: usize) -> Option<usize> {
    let label = peek::window(text, at, MAX_LABEL_BYTES);
    let inner = label.strip_prefix("[^")?;
    let length = inner.find(']').filter(|length| *length > 0)?;
    let inner = inner.get(..length)?;
    // At the start of a line it is the label of the note itself.
    let starts_line = at == 0 || peek::before(text, at) == Some('\n');
    (!inner.contains(char::is_whitespace) && !starts_line).then_some(at + length + 3)
}

fn is_superscript(c: char) -> bool {
    matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹')
}

fn superscript(text: &str, at: usize, last: char) -> Option<usize> {
    let ahead = peek::window(text, at, 16);
    let digits = ahead.find(|c| !is_superscript(c) && !matches!(c, '⁾' | '⁽' | '˒')).unwrap_or(ahead.len());
    let end = at + digits;
    let follows = is_sentence_end(last)
        || is_closing(last)
        || matches!(last, ',' | ';' | ':' | '，' | '；' | '：' | '،' | '、')
        || is_unspaced(last)
        || letters_before(text, at) >= MIN_LETTERS;
    let whole = peek::after(text, end).is_none_or(|c| !c.is_alphanumeric() || is_unspaced(c));
    (follows && whole && (1..=MAX_DIGITS).contains(&ahead.get(..digits)?.chars().count())).then_some(end)
}

/// The number of a note in digits of ordinary size, as text has them that was copied out of a document.
fn plain(text: &str, at: usize, last: char) -> Option<usize> {
    let ahead = peek::window(text, at, 8);
    let digits = ahead.find(|c: char| !c.is_ascii_digit()).unwrap_or(ahead.len());
    let end = at + digits;
    if !(1..=MAX_DIGITS).contains(&digits) || ahead.starts_with('0') {
        return None;
    }
    let next = peek::after(text, end);
    // Korean and Japanese texts write 1) after the word.
    let end = if next == Some(')') && !is_in_bracket(text, at) { end + 1 } else { end };
    let next = peek::after(text, end);
    let separate = next.is_none_or(|c| {
        c.is_whitespace() || is_closing(c) || matches!(c, ',' | ';' | ':' | '—' | '–') || is_sentence_end(c)
    });
    let decimal = next.is_some_and(|c| matches!(c, '.' | ',' | ':'))
        && peek::after(text, end + 1).is_some_and(|c| c.is_ascii_digit());
    let follows = if is_quote(last) {
        closes_words(text, at, last)
    } else if is_sentence_end(last) || matches!(last, ',' | ';') {
        letters_before(text, at - last.len_utf8()) >= MIN_LETTERS && !follows_place(text, at)
    } else {
        // Without a mark before it only "말했다1)" is a note.
        end > at + digits && (is_unspaced(last) || matches!(last, '가'..='힣'))
    };
    (separate && !decimal && follows && begins_sentence(text, end, last)).then_some(end)
}

fn is_quote(c: char) -> bool {
    is_closing(c) && !matches!(c, ')' | ']' | '）' | '］')
}

/// Whether the mark that ends at byte `at` closes words: 5'3 is a measure.
fn closes_words(text: &str, at: usize, mark: char) -> bool {
    let mut before = peek::before(text, at - mark.len_utf8());
    if mark == '»' {
        // French sets a space before the mark.
        let from = text.ceil_char_boundary(at.saturating_sub(16));
        before = peek::slice(text, from, at)
            .trim_end_matches(['»', ' ', '\u{A0}', '\u{202F}'])
            .chars()
            .next_back();
    }
    before.is_some_and(|c| {
        c.is_alphabetic() || is_sentence_end(c) || matches!(c, ',' | ')' | '…') || is_quote(c)
    })
}

/// Letters of the word that ends at byte `at`; those of a script without spaces count as a word.
fn letters_before(text: &str, at: usize) -> usize {
    let from = text.ceil_char_boundary(at.saturating_sub(64));
    let word = peek::slice(text, from, at);
    if word.ends_with(is_unspaced) {
        return MIN_LETTERS;
    }
    // A syllable of Hangul has two letters or three.
    let letters = |c: char| 1 + usize::from(matches!(c, '가'..='힣'));
    word.chars().rev().take_while(|c| c.is_alphabetic()).map(letters).sum()
}

/// Whether the word before the mark before byte `at` is one that numbers follow: "Table.3".
fn follows_place(text: &str, at: usize) -> bool {
    let from = text.ceil_char_boundary(at.saturating_sub(64));
    let before = peek::slice(text, from, at).trim_end_matches(|c: char| !c.is_alphanumeric());
    is_place(before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default())
}

/// Whether a new sentence may begin at byte `at`, if the number stands after the end of one.
fn begins_sentence(text: &str, at: usize, last: char) -> bool {
    let next = peek::window(text, at, 16).trim_start().chars().next();
    !is_sentence_end(last) || !next.is_some_and(char::is_lowercase)
}

/// Whether a bracket is open before byte `at`.
fn is_in_bracket(text: &str, at: usize) -> bool {
    let from = text.ceil_char_boundary(at.saturating_sub(64));
    let before = peek::slice(text, from, at);
    before
        .rfind(['(', ')'])
        .is_some_and(|bracket| before.get(bracket..).is_some_and(|rest| rest.starts_with('(')))
}
