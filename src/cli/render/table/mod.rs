//! Tables and lists.

mod checked;
mod cluster;
mod corpus;
mod layout;
mod overlaps;
mod pairs;
mod scales;

pub(in crate::cli) use self::scales::scales;
pub(in crate::cli) use checked::{CheckedRow, checked};
pub(in crate::cli) use cluster::cluster_status;
pub(in crate::cli) use corpus::{collection, collections, keys, limits, source, sources, totals};
pub(super) use overlaps::overlaps;
pub(super) use pairs::pairs;

/// A list of names and values, one a line, with aligned values. Empty values are left out.
pub(super) fn list(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, value): &(&str, String)| format!("{name:width$}  {value}").trim_end().to_owned();
    pairs.iter().filter(|(_, value)| !value.is_empty()).map(line).collect::<Vec<String>>().join("\n")
}
