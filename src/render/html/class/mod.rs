//! The report of all pairs of a collection.

use super::options::RenderOptions;
use crate::proto::{PairsSummary, Report, SourceCluster, SourcePair};

/// A class report: all pairs of a collection, made piece by piece, so that no more than one pair's passages are in memory.
///
/// The file is [`begin`](Self::begin), then [`pair`](Self::pair) for each pair in order, then [`end`](Self::end).
#[derive(Debug)]
pub struct ClassReport<'a> {
    /// The summary.
    pub summary: &'a PairsSummary,
    /// The pairs, in the order of the server.
    pub pairs: &'a [SourcePair],
    /// The clusters.
    pub clusters: &'a [SourceCluster],
    /// The options; the name is that of the collection.
    pub options: &'a RenderOptions,
}

impl ClassReport<'_> {
    /// The start of the file: everything but the passages.
    #[must_use]
    pub fn begin(&self) -> String {
        String::new()
    }

    /// The passages of the pair at `place` of the list, from 0: the report of its first source as the submission, compared
    /// with its second. Empty if there is no such pair.
    #[must_use]
    pub fn pair(&self, _place: usize, _report: &Report) -> String {
        String::new()
    }

    /// The end of the file. `rendered` is the number of pairs whose passages were rendered.
    #[must_use]
    pub fn end(&self, _rendered: usize) -> String {
        String::new()
    }
}
