//! The options of a comparison of all pairs.

use std::collections::BTreeSet;

use crate::detection::options::{DetectionMode, DetectionOptions, Exclusions};
use crate::model::{CollectionName, Group, Scope, setters};

/// The options of a comparison of all pairs and of its result.
#[derive(Debug, Clone, PartialEq)]
pub struct PairOptions {
    /// The fewest words of a passage, on the side where it has more; the guaranteed run when not given.
    pub min_passage_words: Option<u32>,
    /// The passages that are looked for.
    pub mode: DetectionMode,
    /// The smallest coverage of a pair in percent, on the side where it is larger, since a copied page may be in a long
    /// text or come from one. 10 by default; 0 for all pairs that share any words.
    pub min_coverage_percent: f64,
    /// Fingerprints in more sources than this make no pairs.
    pub commonness_cap: Option<u32>,
    /// The same, in percent of the collection's sources. If both are given, the lower one is used.
    pub commonness_percent: Option<f64>,
    /// Passages of which chance produces more than this make no pairs, as in a check of one of the sources.
    pub max_expected_by_chance: f64,
    /// The exclusions in each source; `own_groups` has no meaning here.
    pub exclusions: Exclusions,
    /// True if two sources of one group are not a pair. Each source without a group is a group of its own.
    pub leave_out_same_group: bool,
    /// Groups whose sources are not compared at all.
    pub exclude_groups: BTreeSet<Group>,
    /// The most pairs that are kept, those of the highest coverage; the others are counted.
    pub max_pairs: usize,
    /// The most clusters that are listed, the largest; the others are counted.
    pub max_clusters: usize,
}

setters!(PairOptions {
    with_min_passage_words: min_passage_words: Option<u32>,
    with_mode: mode: DetectionMode,
    with_min_coverage_percent: min_coverage_percent: f64,
    with_commonness_cap: commonness_cap: Option<u32>,
    with_commonness_percent: commonness_percent: Option<f64>,
    with_max_expected_by_chance: max_expected_by_chance: f64,
    with_exclusions: exclusions: Exclusions,
    with_leave_out_same_group: leave_out_same_group: bool,
    with_exclude_groups: exclude_groups: BTreeSet<Group>,
    with_max_pairs: max_pairs: usize,
    with_max_clusters: max_clusters: usize,
});

impl Default for PairOptions {
    fn default() -> Self {
        Self {
            min_passage_words: None,
            mode: DetectionMode::default(),
            min_coverage_percent: 10.0,
            commonness_cap: None,
            commonness_percent: None,
            max_expected_by_chance: DetectionOptions::MAX_EXPECTED_BY_CHANCE,
            exclusions: Exclusions::default(),
            leave_out_same_group: false,
            exclude_groups: BTreeSet::new(),
            max_pairs: 1000,
            max_clusters: 100,
        }
    }
}

impl PairOptions {
    /// The options of a check among them.
    pub(super) fn detection(&self) -> DetectionOptions {
        DetectionOptions {
            min_passage_words: self.min_passage_words,
            mode: self.mode,
            commonness_cap: self.commonness_cap,
            commonness_percent: self.commonness_percent,
            max_expected_by_chance: self.max_expected_by_chance,
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

/// The progress of a comparison of all pairs.
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
