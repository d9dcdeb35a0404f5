//! What a person sees: reports, tables, counts.
//!
//! Texts, titles and ids come from strangers. Everything of theirs that is written passes through
//! [`printable`], so that nothing in it can move the cursor, recolour the screen or reorder a line.

mod differences;
mod excerpt;
mod figures;
mod info;
mod left_out;
mod lines;
mod pairs;
mod passages;
#[cfg(test)]
mod passages_tests;
mod report;
#[cfg(test)]
mod report_tests;
mod signs;
mod table;

use std::io;

use anstyle::{AnsiColor, Reset, Style};

pub(super) use figures::{bytes, counted, number, percent};
pub(super) use info::server_info;
pub(super) use pairs::pairs;
pub(super) use report::{Subject, report};
pub(super) use table::{collections, keys, limits, source, sources, totals};

/// For errors.
pub(super) const ALARM: Style = AnsiColor::Red.on_default().bold();

/// For what is to be seen first.
const STRONG: Style = Style::new().bold();

/// For what is rarely read.
const FAINT: Style = Style::new().dimmed();

/// For words that differ.
const DIFFERENT: Style = AnsiColor::Yellow.on_default().bold();

/// Ends a style.
pub(super) const RESET: Reset = Reset;

/// Columns that text takes where no terminal says how many there are.
const DEFAULT_COLUMNS: usize = 100;

/// The fewest columns that a layout makes sense in.
const MIN_COLUMNS: usize = 40;

/// The longest lines that are read with ease.
const MAX_COLUMNS: usize = 120;

/// How the output is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// The terminal's columns; `None` where the output goes elsewhere.
    columns: Option<u16>,
    /// Whether there are colours.
    colour: bool,
    /// Whether long excerpts and lists are shown in full.
    full: bool,
}

impl Look {
    /// What standard output is for.
    pub(super) fn of_stdout(full: bool) -> Self {
        let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        Self { columns: comfy_table::Table::new().width(), colour, full }
    }

    /// Columns of running text.
    fn text_columns(self) -> usize {
        self.columns.map_or(DEFAULT_COLUMNS, usize::from).clamp(MIN_COLUMNS, MAX_COLUMNS)
    }

    /// `text` in a style, if there are colours.
    fn paint(self, style: Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{RESET}") } else { text.to_owned() }
    }
}

/// A text that can be printed in one line: white space is a single space, controls are visible, and
/// nothing reorders what follows.
pub(super) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ if c.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            _ => out.push(c),
        }
    }
    out
}

/// A text of several lines, each printable. Keeps line breaks and spaces, so that lists and the caret line of a TOML error
/// stay aligned.
pub(super) fn printable_lines(text: &str) -> String {
    let line = |line: &str| line.split(' ').map(printable).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_apart_and_aligned() {
        assert_eq!(printable_lines("a:\n  |   ^\u{1b}[1m\r\n  b\tc"), "a:\n  |   ^\u{FFFD}[1m\n  b c");
    }

    #[test]
    fn strangers_cannot_steer_the_terminal() {
        assert_eq!(printable("a \n\t b\u{1b}[31mred\u{202e}txt\u{7}"), "a b\u{fffd}[31mredtxt\u{fffd}");
    }
}
