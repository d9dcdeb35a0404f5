//! The result of a comparison of all pairs.

use std::sync::Arc;

use crate::corpus::Entry;
use crate::model::Warnings;
use crate::report::{AgeOrder, Share, VoidReason};

/// The passages that the sources of a collection share with one another.
#[derive(Debug, Clone)]
pub struct Pairs {
    /// The revision of the corpus.
    pub revision: u64,
    /// The revision at which the collection, or one of boilerplate, last changed.
    pub scope_revision: u64,
    /// A digest of everything but the corpus that the result depends on.
    pub settings_digest: u128,
    /// Every run of at least this many words that two sources share was found, except in words of `voids` or of an
    /// exclusion.
    pub min_run_words: u32,
    /// The limits that void that.
    pub voids: Vec<PairsVoid>,
    /// Sources that were compared.
    pub sources: u64,
    /// Different texts among them: sources of the very same words are compared once.
    pub texts: u64,
    /// Comparisons of two texts.
    pub comparisons: u64,
    /// Comparisons that a limit left out.
    pub comparisons_cut: u64,
    /// Pairs of the wanted coverage.
    pub pairs_found: u64,
    /// Pairs that share words, but fewer than wanted.
    pub pairs_below: u64,
    /// The pairs of the highest coverage: by the larger share of the two, then the smaller one, then the
    /// ids.
    pub pairs: Vec<Pair>,
    /// Sources that are connected by pairs of the wanted coverage, listed or not: the largest clusters, of
    /// equals the one whose first id is first.
    pub clusters: Vec<Cluster>,
    /// Clusters, listed or not.
    pub clusters_found: u64,
    /// Sources in any of them.
    pub sources_in_clusters: u64,
    /// Parts of the request that name nothing, and a collection with fewer than two sources to compare.
    pub warnings: Warnings,
}

impl Pairs {
    /// Pairs of the wanted coverage that are not listed.
    #[must_use]
    pub fn pairs_cut(&self) -> u64 {
        self.pairs_found.saturating_sub(self.pairs.len() as u64)
    }
}

/// Two sources that share passages.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The one whose id is first.
    pub first: Side,
    /// The other.
    pub second: Side,
    /// Passages that they share.
    pub passages: u64,
    /// The place of their cluster among all clusters, from 1.
    pub cluster: u64,
    /// Which is older: the first stands for the submission.
    pub older: AgeOrder,
}

/// One source of a pair.
#[derive(Debug, Clone)]
pub struct Side {
    /// The source.
    pub source: Arc<Entry>,
    /// Its words that the passages cover, of its words that are not left out of the count. A summary covers
    /// none of the text that it condenses.
    pub covered: Share,
}

/// Sources that are connected by pairs.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// How many they are.
    pub size: u64,
    /// The sources in order of their ids, [`Self::MAX_LISTED`] at most.
    pub sources: Vec<Arc<Entry>>,
}

impl Cluster {
    /// The most sources that are listed of one cluster.
    pub const MAX_LISTED: usize = 1000;
}

/// One reason for which the guarantee does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairsVoid {
    /// The limit that was met.
    pub reason: VoidReason,
    /// Its value.
    pub limit: u64,
    /// Sources in which it was met.
    pub sources: u64,
    /// Words of those sources in which a shared run may have gone unfound.
    pub words: u64,
}
