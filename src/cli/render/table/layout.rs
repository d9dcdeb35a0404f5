//! The layout of tables: aligned columns that fit the terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::list;
use crate::cli::render::Look;

/// Columns between two cells.
const GAP: usize = 2;

/// Width to which a column of text is cut at most.
const MIN_CUT: usize = 8;

/// The heading of a column.
#[derive(Debug, Clone, Copy)]
pub(super) enum Heading {
    /// Of names, aligned to the left and cut in the middle.
    Text(&'static str),
    /// Of prose, aligned to the left and cut at the end.
    Title(&'static str),
    /// Of numbers, aligned to the right and never cut.
    Number(&'static str),
}

use Heading::{Number, Text, Title};

impl Heading {
    fn name(self) -> &'static str {
        match self {
            Text(name) | Title(name) | Number(name) => name,
        }
    }

    /// `text` cut to `width` columns.
    fn cut(self, text: &str, width: usize) -> String {
        match self {
            Text(_) => cut_middle(text, width),
            Title(_) => cut_end(text, width),
            Number(_) => text.to_owned(),
        }
    }
}

/// A table whose cells are printable.
#[derive(Debug)]
pub(super) struct Table {
    headings: Vec<Heading>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(headings: Vec<Heading>) -> Self {
        Self { headings, rows: Vec::new() }
    }

    /// Adds a row with a cell for each heading.
    pub(super) fn add(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// Whether the table is no wider than the terminal.
    pub(super) fn fits(&self, look: Look) -> bool {
        look.columns.is_none_or(|columns| total(&self.widths()) <= usize::from(columns))
    }

    /// The lines of the table. A terminal that is too narrow cuts text; if that is not enough, each row becomes a list.
    pub(super) fn lines(&self, look: Look) -> String {
        let widths = self.widths();
        let Some(columns) = look.columns.map(usize::from) else { return self.laid_out(&widths) };
        match self.shrunk(widths, columns) {
            Some(widths) => self.laid_out(&widths),
            None => self.as_lists(columns),
        }
    }

    /// The width of the widest cell in each column.
    fn widths(&self) -> Vec<usize> {
        let cells =
            |place: usize| self.rows.iter().filter_map(move |row| row.get(place)).map(|cell| cell.width());
        let widest =
            |(place, heading): (usize, &Heading)| cells(place).max().unwrap_or(0).max(heading.name().width());
        self.headings.iter().enumerate().map(widest).collect()
    }

    /// The widths with text cut so that the table fits, the widest first; `None` if it can't fit.
    fn shrunk(&self, mut widths: Vec<usize>, columns: usize) -> Option<Vec<usize>> {
        while total(&widths) > columns {
            let cuttable = |heading: &Heading, width: usize| {
                !matches!(heading, Number(_)) && width > heading.name().width().max(MIN_CUT)
            };
            let widest =
                self.headings.iter().zip(&mut widths).filter(|(heading, width)| cuttable(heading, **width));
            *widest.map(|(_, width)| width).max_by_key(|width| **width)? -= 1;
        }
        Some(widths)
    }

    fn laid_out(&self, widths: &[usize]) -> String {
        let mut lines = vec![self.line(self.headings.iter().map(|heading| heading.name()), widths)];
        lines.push("─".repeat(total(widths)));
        lines.extend(self.rows.iter().map(|row| self.line(row.iter().map(String::as_str), widths)));
        lines.join("\n")
    }

    fn line<'a>(&self, cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
        let aligned = cells.zip(&self.headings).zip(widths).map(|((cell, heading), width)| {
            let cell = heading.cut(cell, *width);
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            match heading {
                Number(_) => padding + &cell,
                Text(_) | Title(_) => cell + &padding,
            }
        });
        aligned.collect::<Vec<String>>().join(&" ".repeat(GAP)).trim_end().to_owned()
    }

    /// Each row as a list of names and values.
    fn as_lists(&self, columns: usize) -> String {
        let names = self.headings.iter().map(|heading| heading.name().width()).max().unwrap_or(0);
        let room = columns.saturating_sub(names + GAP).max(MIN_CUT);
        let lists = self.rows.iter().map(|row| {
            let cells = self.headings.iter().zip(row);
            let cells: Vec<(&str, String)> =
                cells.map(|(heading, cell)| (heading.name(), heading.cut(cell, room))).collect();
            list(&cells)
        });
        lists.collect::<Vec<String>>().join("\n\n")
    }
}

/// The width of a table.
fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

/// `text` in `width` columns; if it is longer, with `…` in place of its middle.
pub(super) fn cut_middle(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let head = head(text, room.div_ceil(2));
    let tail = tail(text, room - head.width().min(room));
    format!("{head}…{tail}")
}

/// `text` in `width` columns; if it is longer, with `…` in place of its end.
fn cut_end(text: &str, width: usize) -> String {
    if text.width() <= width {
        text.to_owned()
    } else {
        format!("{}…", head(text, width.saturating_sub(1)).trim_end())
    }
}

/// The longest beginning of `text` in `width` columns.
fn head(text: &str, width: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += c.width().unwrap_or(0);
        used > width
    });
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// The longest end of `text` in `width` columns that does not begin with a mark of a character before.
fn tail(text: &str, width: usize) -> &str {
    let mut used = 0;
    let before = text.char_indices().rev().find(|(_, c)| {
        used += c.width().unwrap_or(0);
        used > width
    });
    let tail = before.and_then(|(at, c)| text.get(at + c.len_utf8()..)).unwrap_or(text);
    tail.trim_start_matches(|c: char| c.width().unwrap_or(0) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(vec![Number("#"), Text("source"), Title("title"), Number("words")]);
        let id = "essays/2026/autumn/class-7b/on-the-lighthouse-keepers.txt";
        table.add(vec!["1".into(), id.into(), "On the keepers of lighthouses".into(), "1,000".into()]);
        table.add(vec!["2".into(), "燈台/夜.txt".into(), "夜の燈台".into(), "7".into()]);
        table
    }

    fn look(columns: Option<u16>) -> Look {
        Look { columns, colour: false, full: false }
    }

    #[test]
    fn a_table_is_whole_where_there_is_no_terminal() {
        let lines = table().lines(look(None));
        assert!(
            lines.contains("on-the-lighthouse-keepers.txt  On the keepers of lighthouses  1,000"),
            "{lines}"
        );
    }

    #[test]
    fn a_narrow_table_cuts_text_and_stays_aligned() {
        let lines = table().lines(look(Some(50)));
        let widths: Vec<usize> = lines.lines().map(unicode_width::UnicodeWidthStr::width).collect();
        assert_eq!(widths, [50, 50, 50, 50], "{lines}");
        assert!(lines.contains(".txt  On the keepers") && lines.contains('…'), "{lines}");
    }

    #[test]
    fn a_table_that_cannot_fit_becomes_lists() {
        let lines = table().lines(look(Some(20)));
        assert!(lines.starts_with("#       1\nsource  essays…s.txt\n"), "{lines}");
        assert!(lines.lines().all(|line| line.width() <= 20), "{lines}");
    }

    #[test]
    fn characters_are_cut_by_their_width() {
        assert_eq!(cut_middle("abcdefghij", 10), "abcdefghij");
        assert_eq!(cut_middle("abcdefghijk", 10), "abcde…hijk");
        assert_eq!(cut_middle("夜夜夜夜夜夜", 8), "夜夜…夜");
        assert_eq!(cut_end("one two three", 9), "one two…");
        assert_eq!(cut_middle("x\u{301}".repeat(9).as_str(), 3), "x\u{301}…x\u{301}");
    }
}
