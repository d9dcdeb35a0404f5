//! Output for people: reports, tables, counts.
//!
//! Texts, titles and ids are untrusted. All of them are printed through [`printable`], so that nothing in them can move the
//! cursor, change colours or reorder a line.

mod analysis;
mod document;
mod figures;
mod grammar;
mod not_checked;
mod pairs;
mod related;
mod report;
mod server_info;
mod table;

use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Reset, Style};

pub(super) use analysis::analysis;
pub(super) use document::{
    document_facts, format_label, hidden_texts, named_pages, page_at, removed_texts, told_warnings,
};
pub(super) use figures::{by_chance, bytes, counted, number, percent};
pub(super) use grammar::grammar;
pub(super) use not_checked::NotChecked;
pub(super) use pairs::{ComparedPairs, pairs};
pub(super) use related::related;
pub(super) use report::{SourceLines, Subject, brief_report, report};
pub(super) use server_info::server_info;
pub(super) use table::{
    CheckedRow, checked, cluster_status, collection, collections, keys, limits, scales, source, sources,
    totals,
};

/// Style of errors.
pub(super) const ALARM: Style = AnsiColor::Red.on_default().bold();

/// Style of the most important parts.
const STRONG: Style = Style::new().bold();

/// Style of the least important parts.
const FAINT: Style = Style::new().dimmed();

/// Style of words that differ.
const DIFFERENT: Style = AnsiColor::Yellow.on_default().bold();

/// Ends a style.
pub(super) const RESET: Reset = Reset;

/// Width of running text where the output is not a terminal.
const DEFAULT_COLUMNS: usize = 100;

/// Width of a terminal that reports none.
const USUAL_COLUMNS: u16 = 80;

/// Least width of running text.
const MIN_COLUMNS: usize = 40;

/// Greatest width of running text; longer lines are hard to read.
const MAX_COLUMNS: usize = 120;

/// Layout of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// Width of the terminal; `None` where the output is not a terminal.
    columns: Option<u16>,
    /// Whether to use colours.
    colour: bool,
    /// Whether long excerpts and lists are shown in full.
    full: bool,
}

impl Look {
    /// The layout for standard output.
    pub(super) fn of_stdout(full: bool) -> Self {
        let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        Self { columns: terminal_columns(), colour, full }
    }

    /// The width of running text.
    fn text_columns(self) -> usize {
        self.columns.map_or(DEFAULT_COLUMNS, usize::from).clamp(MIN_COLUMNS, MAX_COLUMNS)
    }

    /// `text` in a style, if colours are used.
    fn paint(self, style: Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{RESET}") } else { text.to_owned() }
    }
}

/// The width of the terminal on standard output; `None` where that is not a terminal. A terminal that reports no width
/// has that of the environment, or 80 columns.
fn terminal_columns() -> Option<u16> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let reported = rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col);
    let from_environment = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let known = reported.filter(|columns| *columns > 0).or_else(from_environment);
    Some(known.filter(|columns| *columns > 0).unwrap_or(USUAL_COLUMNS))
}

/// Prints a warning on standard error, as [`note`] does.
pub(super) fn warn(message: &str) {
    note(&format!("warning: {message}"));
}

/// Prints a note on standard error. If that is closed, the note is lost and the command goes on.
pub(super) fn note(message: &str) {
    drop(writeln!(anstream::stderr(), "{}", printable(message)));
}

/// An untrusted text as part of a line: each run of white space becomes a space, control characters become visible, and
/// controls of writing direction are removed.
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

/// A message of several lines, whose line breaks and spaces are kept; its lines are as safe as those of [`printable`].
pub(super) fn printable_lines(text: &str) -> String {
    let line = |line: &str| {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let parts: Vec<String> = line.split(' ').map(printable).collect();
        if spaces == line.len() { String::new() } else { parts.join(" ") }
    };
    text.lines().map(line).collect::<Vec<String>>().join("\n")
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

    #[test]
    fn messages_keep_their_lines_and_their_spaces() {
        let message = "TOML error\n  |\n1 | a =  \u{1b}x\n  |   ^^\n   \n";
        assert_eq!(printable_lines(message), "TOML error\n  |\n1 | a =  \u{fffd}x\n  |   ^^\n");
    }
}
