//! Counts of postings, added over the partitions of a collection, and the decisions that depend on them.

use super::evidence::WORD_PAIR_LIMITS;
use crate::chance::Expectation;
use crate::corpus::ViewedCollection;
use crate::detection::options::DetectionOptions;
use crate::index::{ReadLimits, SAMPLE};
use crate::model::{Calibration, Limits, WarnedField, Warning};
use crate::report::PartitionRevision;

/// The extent of one partition of the sources.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Extent {
    /// Its number; 0 where the sources are not divided.
    pub(crate) partition: u16,
    /// The revision of its corpus.
    pub(crate) revision: u64,
    /// The collections in scope, in order of their names.
    pub(crate) collections: Vec<CollectionExtent>,
    /// The names of the request that name nothing here; sorted.
    pub(crate) unknown: Vec<Warning>,
}

impl Extent {
    /// The partition and its revision.
    pub(super) fn revision(&self) -> PartitionRevision {
        PartitionRevision { partition: self.partition, revision: self.revision }
    }

    /// The revision at which one of the collections last changed.
    pub(super) fn changed_at(&self) -> u64 {
        self.collections.iter().map(|one| one.changed_at).max().unwrap_or(0)
    }

    /// The sources in scope of all collections.
    pub(super) fn sources_in_scope(&self) -> u64 {
        self.collections.iter().map(|one| one.sources_in_scope).sum()
    }
}

/// The warnings about the names that no partition knows, and about a scope without sources.
pub(super) fn warnings(extents: &[Extent]) -> Vec<Warning> {
    let known = |warning: &Warning, extent: &Extent| extent.unknown.binary_search(warning).is_err();
    let (first, others) =
        extents.split_first().map_or((None, extents), |(first, others)| (Some(first), others));
    let mut unknown = first.map_or_else(Vec::new, |first| first.unknown.clone());
    unknown.retain(|warning| !others.iter().any(|extent| known(warning, extent)));
    if extents.iter().map(Extent::sources_in_scope).sum::<u64>() == 0 {
        unknown.push(Warning { field: WarnedField::Scope, value: String::new() });
    }
    unknown
}

/// The extent of one partition of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct CollectionExtent {
    /// Sources, in scope or not.
    pub(crate) sources: u64,
    /// Words of these sources.
    pub(crate) words: u64,
    /// Sources in scope.
    pub(crate) sources_in_scope: u64,
    /// The revision at which it last changed.
    pub(crate) changed_at: u64,
    /// What is known of chance in it; the same in all partitions.
    pub(crate) calibration: Option<Calibration>,
}

impl CollectionExtent {
    /// The extent of a collection in this process.
    pub(in crate::detection) fn of(viewed: &ViewedCollection) -> Self {
        Self {
            sources: viewed.sources(),
            words: viewed.words(),
            sources_in_scope: viewed.sources_in_scope(),
            changed_at: viewed.changed_at(),
            calibration: viewed.calibration(),
        }
    }

    /// The same, with all its sources in scope if none is.
    pub(super) fn or_whole(self) -> Self {
        let sources_in_scope = if self.sources_in_scope == 0 { self.sources } else { self.sources_in_scope };
        Self { sources_in_scope, ..self }
    }

    /// The extent of two partitions.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            sources: self.sources + other.sources,
            words: self.words + other.words,
            sources_in_scope: self.sources_in_scope + other.sources_in_scope,
            changed_at: self.changed_at + other.changed_at,
            calibration: self.calibration,
        }
    }

    /// Its words in scope, and what is known of chance in it. The words in scope are not counted: the sources there have their
    /// share of all.
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53 words")]
    pub(crate) fn chance(&self) -> (f64, Calibration) {
        let words = self.words as f64 * self.sources_in_scope as f64 / self.sources.max(1) as f64;
        (words, self.calibration.unwrap_or_default())
    }
}

/// Words for each of [`Limits::exhaustive_sources`], in a scope whose sources are all compared: those of a long essay.
const WORDS_EACH: u64 = 2_500;

/// Whether all sources in scope, over all partitions, are compared without asking the index.
pub(super) fn compares_all(extents: &[Extent], limits: &Limits) -> bool {
    let most = u64::from(limits.exhaustive_sources).min(limits.max_candidates as u64);
    let all = || extents.iter().flat_map(|extent| &extent.collections);
    let sources: u64 = all().map(|one| one.sources_in_scope).sum();
    // The words of the sources in scope are not counted: they have their share of all.
    let words: u64 = all().map(|one| one.words / one.sources.max(1) * one.sources_in_scope).sum();
    sources <= most && words <= most * WORDS_EACH
}

/// The counts of some partitions of a collection: the visible postings of each fingerprint, by its place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct CollectionCounts {
    /// Postings of k-grams. A number above the ceiling of the counting is a lower bound.
    pub(crate) kgrams: Vec<u32>,
    /// Different sources of k-grams, with a commonness cap; otherwise empty.
    pub(crate) kgram_sources: Vec<u32>,
    /// Postings of word pairs.
    pub(crate) word_pairs: Vec<u32>,
}

/// The counts of a node.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct NodeCounts {
    /// The extent of each of its partitions.
    pub(crate) extents: Vec<Extent>,
    /// The counts of each collection in scope, over all its partitions.
    pub(crate) collections: Vec<CollectionCounts>,
}

impl NodeCounts {
    /// The counts of several nodes, with their partitions one after the other.
    pub(super) fn sum(nodes: Vec<Self>) -> Self {
        nodes.into_iter().reduce(Self::plus).unwrap_or_default()
    }

    fn plus(mut self, other: Self) -> Self {
        self.extents.extend(other.extents);
        let both = self.collections.into_iter().zip(other.collections);
        Self { extents: self.extents, collections: both.map(|(a, b)| a.plus(b)).collect() }
    }
}

/// How far k-grams are counted. A share of sources that are not counted yet is taken as large as it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Counting {
    /// The largest count of postings that makes a difference.
    pub(crate) ceiling: u32,
    /// Whether the different sources of each k-gram are counted too.
    pub(crate) of_sources: bool,
}

impl Counting {
    /// All postings.
    pub(super) const WHOLE: Self = Self { ceiling: u32::MAX, of_sources: false };

    /// As far as the limits and the commonness cap of the options ask, where a collection has so many sources at most.
    pub(super) fn of(options: &DetectionOptions, limits: ReadLimits, most_sources: u64) -> Self {
        let cap = options.commonness_cap_of(most_sources);
        Self { ceiling: limits.ceiling().max(cap.unwrap_or(0)), of_sources: cap.is_some() }
    }
}

/// What decides which k-grams of a collection are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caps {
    /// The largest number of sources that a k-gram may be in.
    pub(crate) commonness: Option<u32>,
    /// The limits of reading k-grams.
    pub(crate) limits: ReadLimits,
}

/// The totals of a collection over all its partitions, and the decisions that follow.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct CollectionTotals {
    /// Sources, in scope or not.
    pub(crate) sources: u64,
    /// Words of these sources.
    pub(crate) words: u64,
    /// The passages that chance produces in the whole scope.
    pub(crate) expectation: Expectation,
    /// Whether every source in scope is a candidate.
    pub(crate) compares_all: bool,
    /// The counts.
    pub(crate) counts: CollectionCounts,
    /// The k-grams that are not read, by their places; ascending.
    pub(crate) unread: Vec<u32>,
    /// The k-grams in more sources than the commonness cap, by their places; ascending.
    pub(crate) too_common: Vec<u32>,
    /// The word pairs that are not read, by their places; ascending.
    pub(crate) unread_word_pairs: Vec<u32>,
    /// The number of postings of each unread k-gram that each partition reads.
    pub(crate) sample: usize,
}

impl CollectionTotals {
    /// Decides what is read by the sources and the counts of so many partitions.
    pub(crate) fn new(sources: u64, partitions: usize, counts: CollectionCounts, caps: Caps) -> Self {
        let sample = SAMPLE.div_ceil(partitions.max(1));
        let unread = caps.limits.unread(&counts.kgrams);
        let too_common = counts.too_common(&unread, caps.commonness);
        let unread_word_pairs = WORD_PAIR_LIMITS.unread(&counts.word_pairs);
        Self {
            sources,
            words: 0,
            expectation: Expectation::default(),
            compares_all: false,
            counts,
            unread,
            too_common,
            unread_word_pairs,
            sample,
        }
    }

    /// The same of a collection with so many words, where chance produces so many passages.
    pub(super) fn with_chance(self, words: u64, expectation: Expectation) -> Self {
        Self { words, expectation, ..self }
    }

    /// The same, with every source in scope as a candidate or not.
    pub(super) fn with_all(self, compares_all: bool) -> Self {
        Self { compares_all, ..self }
    }
}

impl CollectionCounts {
    pub(super) fn plus(self, other: Self) -> Self {
        let add = |a: Vec<u32>, b: Vec<u32>| a.into_iter().zip(b).map(|(a, b)| a.saturating_add(b)).collect();
        Self {
            kgrams: add(self.kgrams, other.kgrams),
            kgram_sources: add(self.kgram_sources, other.kgram_sources),
            word_pairs: add(self.word_pairs, other.word_pairs),
        }
    }

    /// The k-grams in more sources than the cap. Those that are not read are judged by their postings.
    fn too_common(&self, unread: &[u32], cap: Option<u32>) -> Vec<u32> {
        let Some(cap) = cap else { return Vec::new() };
        let both = self.kgrams.iter().zip(&self.kgram_sources).zip(0..);
        both.filter(|((postings, sources), place)| {
            let is_unread = unread.binary_search(place).is_ok();
            (if is_unread { **postings } else { **sources }) > cap
        })
        .map(|(_, place)| place)
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_decide_as_the_whole() {
        let counts = |kgrams: [u32; 3], kgram_sources: [u32; 3]| CollectionCounts {
            kgrams: kgrams.into(),
            kgram_sources: kgram_sources.into(),
            word_pairs: vec![kgrams[0]],
        };
        let limits = ReadLimits { per_fingerprint: u32::MAX, in_all: 300 };
        let caps = Caps { commonness: Some(90), limits };
        let parts = [counts([100, 60, 70], [50, 40, 30]), counts([100, 60, 60], [50, 40, 61])];
        let nodes = parts.map(|counts| NodeCounts { extents: Vec::new(), collections: vec![counts] });
        let [sum] = <[_; 1]>::try_from(NodeCounts::sum(nodes.into()).collections).unwrap();
        let parts = CollectionTotals::new(7, 2, sum, caps);
        let whole = CollectionTotals::new(7, 1, counts([200, 120, 130], [100, 80, 91]), caps);
        assert_eq!(parts, CollectionTotals { sample: 8, ..whole.clone() });
        assert_eq!((whole.unread, whole.too_common, whole.unread_word_pairs), (vec![0], vec![0, 2], vec![0]));
    }

    #[test]
    fn counting_goes_as_far_as_a_cap_may_ask() {
        let limits = ReadLimits { per_fingerprint: u32::MAX, in_all: 300 };
        let of = |commonness_cap, commonness_percent, most_sources| {
            let options =
                DetectionOptions { commonness_cap, commonness_percent, ..DetectionOptions::default() };
            let Counting { ceiling, of_sources } = Counting::of(&options, limits, most_sources);
            (ceiling, of_sources)
        };
        assert_eq!(of(None, None, u64::MAX), (300, false));
        assert_eq!(of(Some(40), None, u64::MAX), (300, true));
        assert_eq!(of(Some(400), Some(2.0), u64::MAX), (400, true));
        assert_eq!(of(None, Some(2.0), u64::MAX), (u32::MAX, true));
        assert_eq!(of(None, Some(2.0), 50_000), (1_000, true));
    }
}
