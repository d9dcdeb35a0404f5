//! The shape of an indented block: wrapped prose, or something else that is indented.

use crate::text::regions::lines::Lines;
use crate::text::scripts::{is_cjk, is_unspaced};

/// Letters of a block quote, at least: style guides set off quotations of 40 words; students set off a sentence.
const MIN_LETTERS: usize = 40;
/// The same in ideographs and kana.
const MIN_IDEOGRAPHS: usize = 16;
/// Characters of a line that is a paragraph by itself. Wrapped lines are shorter.
const LONG_LINE_CHARS: usize = 120;
/// The shortest width, in characters, that prose is wrapped to. Addresses, headings and lists are narrower.
const MIN_WIDTH: usize = 28;
/// The same in ideographs and kana.
const MIN_IDEOGRAPH_WIDTH: usize = 12;
/// Characters by which a wrapped line may fall short of the width although the next word would have fitted.
const SLACK: usize = 4;
/// Columns of a tab stop.
const TAB_COLUMNS: usize = 4;
/// Characters of a line that are looked at for its width, at most.
const MAX_COLUMNS: usize = 400;

/// The columns of indentation of a line.
pub(super) fn columns(line: &str) -> usize {
    let mut columns = 0;
    for c in line.chars().take(MAX_COLUMNS).take_while(|c| c.is_whitespace()) {
        columns = match c {
            '\t' => (columns / TAB_COLUMNS + 1) * TAB_COLUMNS,
            '\u{3000}' => columns + 2,
            _ => columns + 1,
        };
    }
    columns
}

/// What the lines of a block look like.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) paragraphs: usize,
    /// Whether each paragraph is one line.
    pub(super) unwrapped: bool,
    /// Whether a paragraph is a list item, verse, a table or lines that are centred.
    other: bool,
    letters: usize,
    ideographs: usize,
    /// Characters that prose seldom has: digits, signs of code and of tables.
    signs: usize,
}

impl Shape {
    /// The shape of the lines from `first` to `last`.
    pub(super) fn of(lines: &Lines<'_>, first: usize, last: usize) -> Self {
        let mut shape = Self { unwrapped: true, ..Self::default() };
        // The last line of a paragraph may be longer: a citation follows it.
        let is_broken = |line: &usize| !lines.get(line + 1).trim_start().is_empty();
        let width =
            (first..last).filter(is_broken).map(|line| width(lines.get(line))).max().unwrap_or_default();
        let mut paragraph: Vec<&str> = Vec::new();
        for line in first..=last {
            let content = lines.get(line);
            let blank = content.trim_start().is_empty();
            if !blank {
                paragraph.push(content);
                shape.count(content);
            }
            let long = content.chars().nth(LONG_LINE_CHARS).is_some();
            if blank || long || line == last {
                shape.paragraph(&paragraph, width, line == last);
                paragraph.clear();
            }
        }
        shape
    }

    /// Whether the block is prose.
    pub(super) fn is_prose(&self) -> bool {
        let enough = self.letters >= MIN_LETTERS || self.ideographs >= MIN_IDEOGRAPHS;
        !self.other && enough && self.signs * 12 <= self.letters
    }

    fn count(&mut self, line: &str) {
        for c in line.chars() {
            self.letters += usize::from(c.is_alphabetic());
            self.ideographs += usize::from(is_unspaced(c));
            let sign = matches!(
                c,
                '{' | '}'
                    | '='
                    | '<'
                    | '>'
                    | '|'
                    | '\\'
                    | '_'
                    | '#'
                    | '$'
                    | '@'
                    | '^'
                    | '~'
                    | '+'
                    | '*'
                    | '/'
            );
            self.signs += usize::from(sign || c.is_numeric());
        }
    }

    fn paragraph(&mut self, lines: &[&str], width: usize, is_last: bool) {
        let Some(first) = lines.first() else { return };
        self.paragraphs += 1;
        let source = is_last && self.paragraphs > 1 && is_short(lines);
        if source {
            return;
        }
        self.unwrapped &= lines.len() == 1;
        let goes_on = lines.iter().any(|line| line.ends_with('\\'));
        self.other |= goes_on || is_list_item(first) || (lines.len() > 1 && !is_wrapped(lines, width));
    }
}

/// Whether a paragraph is short enough to name the source of a quotation.
fn is_short(lines: &[&str]) -> bool {
    lines.len() <= 2 && lines.iter().map(|line| line.split_whitespace().take(30).count()).sum::<usize>() <= 20
}

/// Whether the lines of a paragraph break where the next word does not fit, at one left edge, unlike verse.
fn is_wrapped(lines: &[&str], block_width: usize) -> bool {
    let ideographic = lines.iter().any(|line| line.chars().take(MAX_COLUMNS).any(is_cjk));
    let least = if ideographic { MIN_IDEOGRAPH_WIDTH } else { MIN_WIDTH };
    let left = lines.get(1).map_or(0, |line| columns(line));
    let aligned = lines.iter().skip(1).filter(|line| columns(line) == left).count();
    let breaks = lines.len() - 1;
    let full = lines
        .iter()
        .zip(lines.iter().skip(1))
        .filter(|(line, next)| width(line) + 1 + first_word_chars(next) + SLACK >= block_width);
    let end = lines.last().map_or("", |line| line.trim_start());
    // The source may stand on the last line.
    let aligned = aligned + usize::from(end.starts_with(['—', '–', '-', '(']));
    let fills = full.count() * 4 >= breaks * 3;
    block_width >= least + left.min(least) / 2 && aligned >= breaks && fills && !is_verse(lines)
}

/// Whether lines are verse or items: each begins with a capital, or most end with a punctuation mark.
fn is_verse(lines: &[&str]) -> bool {
    let breaks = lines.len() - 1;
    let begins_with_capital =
        |line: &&str| line.trim_start().chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    let ends = lines.iter().take(breaks).filter(|line| {
        line.ends_with(|c: char| {
            is_sentence_end(c) || (breaks > 1 && matches!(c, ',' | ';' | ':' | '，' | '；' | '、' | '،'))
        })
    });
    lines.iter().all(begins_with_capital) || ends.count() * 5 >= breaks * 3
}

/// Whether a line begins as an item of a list, a heading, a row of a table, or a speech in a dialogue.
pub(super) fn is_list_item(line: &str) -> bool {
    let line = line.trim_start();
    let mut chars = line.chars();
    let Some(first) = chars.next() else { return false };
    let label: String = line.chars().take(6).take_while(|c| c.is_alphanumeric() || *c == '(').collect();
    let closed = line.get(label.len()..).is_some_and(|rest| rest.starts_with([')', '.', '）', '、', '．']));
    let labelled = closed
        && (label.chars().any(|c| c.is_ascii_digit()) || label.trim_start_matches('(').chars().count() == 1);
    let bullet = matches!(
        first,
        '•' | '*' | '-' | '–' | '—' | '·' | '‣' | '◦' | '+' | '#' | '|' | '§' | '●' | '○' | '■' | '→'
    );
    bullet || labelled || first.is_numeric()
}

/// Characters of a line up to its right edge.
fn width(line: &str) -> usize {
    let indentation = line.chars().take_while(|c| c.is_whitespace()).count();
    columns(line) + line.chars().count().saturating_sub(indentation)
}

/// Characters of the first word of a line; one in scripts without spaces.
fn first_word_chars(line: &str) -> usize {
    let word = line.trim_start();
    if word.starts_with(is_unspaced) {
        return 1;
    }
    word.chars().take(MAX_COLUMNS).take_while(|c| !c.is_whitespace()).count()
}

/// Whether `c` ends sentences in any script.
pub(in crate::text::regions) fn is_sentence_end(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '．' | '؟' | '۔' | '।' | '։' | '።' | '။' | '។')
}
