//! The table of the sources of a report.

use super::layout::Heading::{Number, Text, Title};
use super::layout::Table;
use crate::cli::render::{Look, number, percent, printable};
use crate::proto;

/// The table of the sources of a report.
pub(in crate::cli::render) fn overlaps(sources: &[proto::SourceOverlap], look: Look) -> String {
    let first = sources.first().map(|source| &source.collection);
    let with_title = sources.iter().any(|source| !source.title.is_empty());
    let with_collection = sources.iter().any(|source| Some(&source.collection) != first);
    let mut headings = vec![
        Number("#"),
        Number("covered"),
        Number("words"),
        Number("unique"),
        Number("of the source"),
        Text("source"),
    ];
    headings.extend(with_collection.then_some(Text("collection")));
    headings.extend(with_title.then_some(Title("title")));
    let mut table = Table::new(headings);
    for (place, source) in sources.iter().enumerate() {
        let covered = source.covered.unwrap_or_default();
        let mut row = vec![
            (place + 1).to_string(),
            percent(&covered),
            number(covered.words),
            number(source.unique_words),
            percent(&source.source_used.unwrap_or_default()),
            printable(&source.source_id),
        ];
        row.extend(with_collection.then(|| printable(&source.collection)));
        row.extend(with_title.then(|| printable(&source.title)));
        table.add(row);
    }
    table.lines(look)
}
