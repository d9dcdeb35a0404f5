//! The table of pairs of sources.

use super::layout::Heading::{Number, Text};
use super::layout::Table;
use crate::cli::render::{Look, number, percent, printable};
use crate::proto;

/// The table of pairs of sources: a row for each pair, or, if that does not fit the terminal, two.
pub(in crate::cli::render) fn pairs(pairs: &[proto::SourcePair], look: Look) -> String {
    let with_group = pairs.iter().flat_map(sides).any(|side| !side.group.is_empty());
    let wide = side_by_side(pairs, with_group);
    if wide.fits(look) { wide.lines(look) } else { stacked(pairs, with_group).lines(look) }
}

fn sides(pair: &proto::SourcePair) -> [proto::PairedSource; 2] {
    [pair.first.clone().unwrap_or_default(), pair.second.clone().unwrap_or_default()]
}

/// The cells of a side: coverage, covered words, source, group.
fn cells(side: &proto::PairedSource, with_group: bool) -> impl Iterator<Item = String> {
    let covered = side.covered.unwrap_or_default();
    let group = with_group.then(|| printable(&side.group));
    [percent(&covered), number(covered.words), printable(&side.id)].into_iter().chain(group)
}

fn side_by_side(pairs: &[proto::SourcePair], with_group: bool) -> Table {
    let mut headings = vec![Number("#")];
    for _ in 0..2 {
        headings.extend([Number("covered"), Number("words"), Text("source")]);
        headings.extend(with_group.then_some(Text("group")));
    }
    headings.extend([Number("passages"), Number("cluster")]);
    let mut table = Table::new(headings);
    for (place, pair) in pairs.iter().enumerate() {
        let mut row = vec![(place + 1).to_string()];
        row.extend(sides(pair).iter().flat_map(|side| cells(side, with_group)));
        row.extend([number(pair.passages), number(pair.cluster)]);
        table.add(row);
    }
    table
}

fn stacked(pairs: &[proto::SourcePair], with_group: bool) -> Table {
    let mut headings = vec![Number("#"), Number("covered"), Number("words"), Text("source")];
    headings.extend(with_group.then_some(Text("group")));
    headings.extend([Number("passages"), Number("cluster")]);
    let mut table = Table::new(headings);
    for (place, pair) in pairs.iter().enumerate() {
        let [first, second] = sides(pair);
        let mut row = vec![(place + 1).to_string()];
        row.extend(cells(&first, with_group));
        row.extend([number(pair.passages), number(pair.cluster)]);
        table.add(row);
        let mut row = vec![String::new()];
        row.extend(cells(&second, with_group));
        row.extend([String::new(), String::new()]);
        table.add(row);
    }
    table
}
