//! The table of many checks.

use super::layout::Heading::{Number, Text};
use super::layout::Table;
use crate::cli::render::{Look, number, percent, printable};
use crate::proto::Share;

/// A submission in the table of many checks.
#[derive(Debug, Default)]
pub(in crate::cli) struct CheckedRow<'a> {
    /// The file.
    pub(in crate::cli) file: &'a str,
    /// The coverage; `None` if the file was not checked.
    pub(in crate::cli) coverage: Option<Share>,
    /// Id of the source that covers most.
    pub(in crate::cli) largest_source: &'a str,
    /// Its share.
    pub(in crate::cli) largest_share: Option<Share>,
    /// Number of alerts.
    pub(in crate::cli) alerts: u64,
}

/// The table of many checks.
pub(in crate::cli) fn checked<'a>(rows: impl Iterator<Item = CheckedRow<'a>>, look: Look) -> String {
    let mut table = Table::new(vec![
        Text("file"),
        Number("covered"),
        Number("words"),
        Number("of"),
        Text("largest source"),
        Number("share"),
        Number("alerts"),
    ]);
    for row in rows {
        let CheckedRow { file, coverage, largest_source, largest_share, alerts } = row;
        let of = |count: fn(&Share) -> String| coverage.as_ref().map(count).unwrap_or_default();
        table.add(vec![
            printable(file),
            coverage.as_ref().map_or_else(|| "not checked".to_owned(), percent),
            of(|share| number(share.words)),
            of(|share| number(share.of_words)),
            printable(largest_source),
            largest_share.as_ref().map(percent).unwrap_or_default(),
            if alerts == 0 { String::new() } else { number(alerts) },
        ]);
    }
    table.lines(look)
}
