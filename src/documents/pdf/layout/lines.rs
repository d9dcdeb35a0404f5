//! Fragments to lines of text.

use super::direction::{self, is_mostly_right_to_left};
use super::fragments::Fragment;
use super::gutters::Gutter;
use super::words::{Word, space_limit};

/// A gap this wide, as a share of the size, in a line of text separates cells.
const CELL_GAP: f64 = 2.5;

/// Lines above one another, in the order of reading.
#[derive(Debug)]
pub(in super::super) struct Block {
    pub(in super::super) lines: Vec<Line>,
    pub(in super::super) is_table: bool,
    pub(in super::super) is_right_to_left: bool,
    pub(in super::super) left: f64,
    pub(in super::super) right: f64,
}

/// A line of text, or a row of a table.
#[derive(Debug)]
pub(in super::super) struct Line {
    /// The text; the cells of a row are separated by tabs.
    pub(in super::super) text: String,
    /// The number or sign that stands raised before the text, if there is one: that of a note.
    pub(in super::super) marker: String,
    pub(in super::super) x0: f64,
    pub(in super::super) x1: f64,
    pub(in super::super) y: f64,
    /// The size of most of its text.
    pub(in super::super) size: f64,
    /// The first of its glyphs in the order of drawing.
    pub(in super::super) seq: usize,
    /// Whether a space is drawn after its last word.
    pub(in super::super) ends_with_space: bool,
    /// The width of its first word.
    pub(in super::super) first_width: f64,
}

/// The lines of a block.
pub(super) fn block(fragments: Vec<Fragment>) -> Block {
    let is_right_to_left = is_right_to_left(&fragments);
    let mut lines: Vec<Vec<Word>> = Vec::new();
    let mut row = None;
    for fragment in fragments {
        let is_same = row.replace(fragment.row) == Some(fragment.row);
        match lines.last_mut().filter(|_| is_same) {
            Some(words) => words.extend(fragment.words),
            None => lines.push(fragment.words),
        }
    }
    let lines = lines.into_iter().map(|words| line(words, is_right_to_left)).collect();
    finish(lines, false, is_right_to_left)
}

/// The rows of a table.
pub(super) fn table(fragments: Vec<Fragment>, gutters: &[Gutter]) -> Block {
    let is_right_to_left = is_right_to_left(&fragments);
    let mut cells: Vec<(usize, Fragment)> = fragments
        .into_iter()
        .map(|fragment| (gutters.partition_point(|gutter| gutter.middle() <= fragment.x0), fragment))
        .collect();
    if is_right_to_left {
        for (column, _) in &mut cells {
            *column = gutters.len() - *column;
        }
    }
    let by_rows = is_drawn_by_rows(&cells);
    if by_rows {
        cells.sort_by_key(|(_, fragment)| fragment.seq);
    }
    let mut rows: Vec<Vec<(usize, Fragment)>> = Vec::new();
    for cell in cells {
        let goes_on = rows.last().and_then(|row| row.last()).is_some_and(|(column, last)| {
            let is_level = last.row == cell.1.row;
            if by_rows {
                is_level
                    || (*column < cell.0 && cell.1.y < last.y + 0.5 * last.size)
                    || (*column == cell.0 && is_next_line(last, &cell.1))
            } else {
                is_level
            }
        });
        match rows.last_mut().filter(|_| goes_on) {
            Some(row) => row.push(cell),
            None => rows.push(vec![cell]),
        }
    }
    let lines = rows.into_iter().map(|row| table_row(row, is_right_to_left)).collect();
    finish(lines, true, is_right_to_left)
}

/// Whether a fragment is the next line of the same cell: rows have more than one cell, and are drawn cell by cell.
fn is_next_line(last: &Fragment, next: &Fragment) -> bool {
    let step = next.y - last.y;
    step > 0.0 && step < 1.9 * last.size
}

/// Whether a table is drawn row by row: the order of drawing rarely goes back up.
fn is_drawn_by_rows(cells: &[(usize, Fragment)]) -> bool {
    let mut drawn: Vec<(usize, f64)> = cells.iter().map(|(_, fragment)| (fragment.seq, fragment.y)).collect();
    drawn.sort_by_key(|(seq, _)| *seq);
    let ups = drawn.windows(2).filter(|pair| matches!(pair, [(_, a), (_, b)] if b + 30.0 < *a)).count();
    ups * 8 <= drawn.len()
}

fn table_row(cells: Vec<(usize, Fragment)>, is_right_to_left: bool) -> Line {
    let mut row: Option<Line> = None;
    let mut last_column = 0;
    for (column, fragment) in cells {
        let next = line(fragment.words, is_right_to_left);
        match &mut row {
            None => row = Some(next),
            Some(row) => {
                row.text.push(if column == last_column { ' ' } else { '\t' });
                row.text.push_str(&next.text);
                row.x0 = row.x0.min(next.x0);
                row.x1 = row.x1.max(next.x1);
                row.seq = row.seq.min(next.seq);
            }
        }
        last_column = column;
    }
    row.unwrap_or_else(|| line(Vec::new(), false))
}

fn is_right_to_left(fragments: &[Fragment]) -> bool {
    is_mostly_right_to_left(fragments.iter().flat_map(|f| &f.words).map(|word| word.text.as_str()))
}

fn finish(lines: Vec<Line>, is_table: bool, is_right_to_left: bool) -> Block {
    let left = lines.iter().map(|line| line.x0).fold(f64::INFINITY, f64::min);
    let right = lines.iter().map(|line| line.x1).fold(f64::NEG_INFINITY, f64::max);
    Block { lines, is_table, is_right_to_left, left, right }
}

/// A line, of its words from left to right.
fn line(words: Vec<Word>, is_right_to_left: bool) -> Line {
    let x0 = words.iter().map(|word| word.x0).fold(f64::INFINITY, f64::min);
    let x1 = words.iter().map(|word| word.x1).fold(f64::NEG_INFINITY, f64::max);
    let mut line = Line {
        text: String::new(),
        marker: String::new(),
        x0,
        x1,
        y: words.iter().find(|word| !word.is_raised).map_or(0.0, |word| word.y),
        size: usual_size(&words),
        seq: words.iter().map(|word| word.seq).min().unwrap_or(0),
        ends_with_space: words.last().is_some_and(|word| word.space_after),
        first_width: 0.0,
    };
    let gap = spread_gap(&words);
    let words = direction::reorder(words, is_right_to_left, |word: &Word| direction::of_word(&word.text));
    let mut last: Option<&Word> = None;
    for word in &words {
        if last.is_none() && word.is_raised && is_marker(&word.text) && words.len() > 1 {
            line.marker.clone_from(&word.text);
            continue;
        }
        push(&mut line.text, last, word, gap);
        if last.is_none() || !line.text.contains([' ', '\t']) {
            line.first_width += word.x1 - word.x0;
        }
        last = Some(word);
    }
    line
}

/// Adds a word to a line, with what separates it from the word before.
fn push(text: &mut String, last: Option<&Word>, word: &Word, spread: Option<f64>) {
    if let Some(last) = last {
        let size = last.size.max(word.size);
        let gap = (word.x0 - last.x1).max(last.x0 - word.x1);
        let small = if last.is_raised { last.size.min(word.size) } else { size };
        let limit = spread.unwrap_or_else(|| space_limit(&last.text, &word.text) * small);
        let is_drawn = (last.space_after && word.space_before)
            || (word.space_after && last.space_before && last.x0 > word.x0);
        if word.is_raised && is_note_number(&word.text) && ends_word(text) {
            text.push_str(" [");
            text.push_str(&word.text);
            text.push(']');
            return;
        }
        if gap > CELL_GAP * size && spread.is_none() {
            text.push('\t');
        } else if gap > limit || is_drawn {
            text.push(' ');
        }
    }
    text.push_str(&word.text);
}

/// Whether this is the number of a note: up to three digits.
fn is_note_number(text: &str) -> bool {
    text.len() <= 3 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The numbers and signs of notes.
fn is_marker(text: &str) -> bool {
    is_note_number(text) || matches!(text, "*" | "∗" | "**" | "†" | "‡" | "§" | "¶" | "‖")
}

/// Whether text ends a word: with two letters, or a sign after one. A number raised after one letter is an exponent.
fn ends_word(text: &str) -> bool {
    let mut back = text.chars().rev();
    match back.next() {
        Some(c) if c.is_alphabetic() => match back.next() {
            Some(before) if before.is_alphabetic() => true,
            Some('\'' | '’') => true,
            // Words of a single letter.
            _ => matches!(
                c,
                'a' | 'A'
                    | 'I'
                    | 'o'
                    | 'O'
                    | 'y'
                    | 'Y'
                    | 'é'
                    | 'à'
                    | 'À'
                    | 'å'
                    | 'и'
                    | 'в'
                    | 'я'
                    | 'с'
                    | 'о'
                    | 'у'
                    | 'к'
            ),
        },
        Some(c) => matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '”' | '’' | '\'' | '»' | '“' | ')'),
        None => false,
    }
}

/// The size of most characters of a line.
fn usual_size(words: &[Word]) -> f64 {
    let mut sizes: Vec<(f64, usize)> =
        words.iter().filter(|w| !w.is_raised).map(|w| (w.size, w.text.len())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, bytes)| bytes).sum::<usize>() / 2;
    let mut sum = 0;
    for (size, bytes) in &sizes {
        sum += bytes;
        if sum > half {
            return *size;
        }
    }
    sizes.last().or(None).map_or_else(|| words.first().map_or(10.0, |word| word.size), |(size, _)| *size)
}

/// The gap from which on there is a space in a line with spread letters, if it is one: its words are single letters.
fn spread_gap(words: &[Word]) -> Option<f64> {
    let single = words
        .iter()
        .filter(|word| word.text.chars().count() == 1 && word.text.chars().all(char::is_alphabetic))
        .count();
    if words.len() < 6 || single * 10 < words.len() * 8 {
        return None;
    }
    let mut gaps: Vec<f64> = words
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] => Some(b.x0 - a.x1),
            _ => None,
        })
        .collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).map(|gap| gap * 1.7)
}
