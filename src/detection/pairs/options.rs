//! What a caller may ask of a comparison of all pairs.

use std::collections::BTreeSet;

use crate::detection::options::{DetectionMode, DetectionOptions, Exclusions};
use crate::model::{CollectionName, Group, Scope};

/// How the sources of a collection are compared with one another, and what is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PairOptions {
    /// The fewest words of a passage, on the side where it has more; the guaranteed run when not given.
    pub min_passage_words: Option<u32>,
    /// Which passages are looked for.
    pub mode: DetectionMode,
    /// The least coverage of a pair in percent, on the side where it is larger: whoever copied a page may
    /// have put it into a long text, or may have had it from one. 10 by default; 0 for all pairs that share
    /// any words.
    pub min_coverage_percent: f64,
    /// Fingerprints that stand in more sources than this make no pairs.
    pub commonness_cap: Option<u32>,
    /// The same, in percent of the collection's sources. Where both are given, the lower one holds.
    pub commonness_percent: Option<f64>,
    /// What is left out of the count, in each source; `own_groups` has no meaning here.
    pub exclusions: Exclusions,
    /// Whether two sources of one group are no pair. Sources without a group are each on their own.
    pub leave_out_same_group: bool,
    /// Groups whose sources are not compared at all.
    pub exclude_groups: BTreeSet<Group>,
    /// The most pairs that are kept, those of the highest coverage; the others are counted.
    pub max_pairs: usize,
    /// The most clusters that are listed, the largest; the others are counted.
    pub max_clusters: usize,
}

impl Default for PairOptions {
    fn default() -> Self {
        Self {
            min_passage_words: None,
            mode: DetectionMode::default(),
            min_coverage_percent: 10.0,
            commonness_cap: None,
            commonness_percent: None,
            exclusions: Exclusions::default(),
            leave_out_same_group: false,
            exclude_groups: BTreeSet::new(),
            max_pairs: 1000,
            max_clusters: 100,
        }
    }
}

impl PairOptions {
    /// The same, as far as they are options of a check.
    pub(super) fn detection(&self) -> DetectionOptions {
        DetectionOptions {
            min_passage_words: self.min_passage_words,
            mode: self.mode,
            commonness_cap: self.commonness_cap,
            commonness_percent: self.commonness_percent,
            exclusions: self.exclusions.clone(),
            ..DetectionOptions::default()
        }
    }

    /// The sources that are compared.
    pub(crate) fn scope(&self, collection: &CollectionName) -> Scope {
        Scope {
            collections: BTreeSet::from([collection.clone()]),
            exclude_groups: self.exclude_groups.clone(),
            ..Scope::default()
        }
    }
}

/// How far a comparison of all pairs has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PairsProgress {
    /// Sources that were looked up.
    pub sources_done: u64,
    /// Sources to look up.
    pub sources: u64,
    /// Comparisons of two texts so far.
    pub comparisons: u64,
    /// Pairs of the wanted coverage so far.
    pub pairs_found: u64,
}
