//! Headings under which works are listed, and headings that end such a list.

mod words;

use self::words::{AFTERWARDS, LEGAL, NOTES, WORKS};
use crate::text::scripts::is_unspaced;

/// The longest heading, in bytes.
pub(super) const MAX_HEADING_BYTES: usize = 110;

/// The longest heading of notes, in bytes.
const MAX_NOTES_HEADING_BYTES: usize = 48;

/// The most spaces in a heading, with its number and markup.
const MAX_SPACES: usize = 7;

/// Whether `line` is a heading of a list of works. It may have a number, markup (Markdown, LaTeX) and a colon.
pub(super) fn is_works_heading(line: &str) -> bool {
    let line = line.trim();
    let spaces = line.bytes().filter(|byte| *byte == b' ').count();
    if line.len() > MAX_HEADING_BYTES || spaces > MAX_SPACES {
        return false;
    }
    let bare = undress(line);
    // The last line of a paragraph may be "sources."
    if bare.starts_with(char::is_lowercase) && !line.contains(':') {
        return false;
    }
    names_works(bare) || names_works(without_number(bare)) || is_legal_heading(line)
}

/// Whether `line` is a heading of a table of cases, statutes or other legal sources.
pub(super) fn is_legal_heading(line: &str) -> bool {
    let bare = if line.len() <= MAX_HEADING_BYTES { undress(line) } else { "" };
    !bare.starts_with(char::is_lowercase) && (names(LEGAL, bare) || names(LEGAL, without_number(bare)))
}

/// Whether `line` is a heading of the notes of a text.
pub(super) fn is_notes_heading(line: &str) -> bool {
    let bare = if line.len() <= MAX_NOTES_HEADING_BYTES { undress(line) } else { "" };
    let names = |words: &str| NOTES.contains(&words.to_lowercase().as_str());
    !bare.starts_with(char::is_lowercase) && (names(bare) || names(without_number(bare)))
}

/// Whether `words`, in any case, are a heading of a list of works.
pub(super) fn names_works(words: &str) -> bool {
    names(WORKS, words)
}

fn names(table: &[&[&str]], words: &str) -> bool {
    // Most lines are longer, or have more words, than any heading in the tables.
    if !(4..=96).contains(&words.len()) || words.bytes().filter(|byte| *byte == b' ').count() > 4 {
        return false;
    }
    let lower = words.to_lowercase();
    table.iter().any(|language| language.contains(&lower.as_str()))
}

/// Whether `line` is a heading that ends a list of works.
pub(super) fn is_heading_afterwards(line: &str) -> bool {
    if line.len() > MAX_HEADING_BYTES {
        return false;
    }
    let bare = undress(line);
    let bare = if bare.starts_with(|c: char| c.is_ascii_digit()) { without_number(bare) } else { bare };
    let mut words = bare.split(|c: char| !c.is_alphabetic());
    let first = words.next().unwrap_or_default().to_lowercase();
    let short = bare.split_whitespace().count() <= 6 && !bare.contains(',');
    let capital = !bare.starts_with(char::is_lowercase);
    // Chinese and Japanese write the number without a space: 附录A.
    let number = |rest: &str| rest.chars().nth(1).is_none() && !rest.starts_with(is_unspaced);
    let is_word = |word: &&str| {
        first
            .strip_prefix(*word)
            .is_some_and(|rest| rest.is_empty() || (word.starts_with(is_unspaced) && number(rest)))
    };
    short && capital && AFTERWARDS.iter().any(is_word)
}

/// A heading without its markup: `## References:`, `**References**`, `\section*{References}`.
fn undress(line: &str) -> &str {
    let line = line.trim();
    let line = line.strip_prefix("\\section*{").or_else(|| line.strip_prefix("\\section{")).unwrap_or(line);
    line.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '#' | '*'
                    | '_'
                    | '='
                    | '~'
                    | ':'
                    | '：'
                    | '.'
                    | '-'
                    | '–'
                    | '—'
                    | '}'
                    | '['
                    | ']'
                    | '【'
                    | '】'
                    | '<'
                    | '>'
                    | '\u{FEFF}'
            )
    })
}

/// A heading without the number before it: `7.`, `5.2`, `VII.`, `A.`, `§ 8`. `第七章` is kept.
fn without_number(line: &str) -> &str {
    let Some((number, rest)) = line.split_once(|c: char| c.is_whitespace() || matches!(c, ')' | '、'))
    else {
        return line;
    };
    let is_number = number.len() <= 8
        && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '(' | '§' | 'I' | 'V' | 'X'))
        || matches!(number.trim_end_matches('.'), "A" | "B" | "C" | "D" | "E" | "F" | "G" | "H");
    if is_number { rest.trim_start_matches([' ', '.', '-', '–', '—', '\t']) } else { line }
}
