//! Searching: what a submission shares with the sources in scope, on one machine or many.
//!
//! The sources may be divided into *partitions*, each with an index of its own, which *nodes* hold. A search asks all nodes in
//! three steps, each a batch that can fail and be stopped:
//!
//! 1. `count`: how many sources there are, at which revision, and how many postings each fingerprint of the submission has;
//! 2. `propose`: the candidates, by the counts of all partitions;
//! 3. `compare`: the passages of the candidates that were picked among those of all partitions.
//!
//! Everything that passes between the steps is plain data that can be sent over a wire, and every decision is made from
//! totals over all partitions. So the findings are those of one index with all sources. The exception is a k-gram whose postings
//! are left unread by a limit: each partition reads an equal part of the sample, of its own lowest slots.

mod alike;
mod candidates;
mod counts;
mod evidence;
mod local;
mod proposal;
mod query;
#[cfg(feature = "server")]
mod serving;
mod shortlist;
mod significance;
#[cfg(test)]
mod tests;

use self::counts::{Caps, Extent, compares_all, warnings};
use super::detector::{Detector, Indexed};
use super::options::{DetectionMode, DetectionOptions};
use super::submission::Submission;
use crate::chance::Expectation;
use crate::corpus::Error;
use crate::fingerprint::{Fingerprint, Fingerprinter};
use crate::index::ReadLimits;
use crate::model::{CollectionName, FingerprintSettings, Scope, Stop, Warning};
use crate::report::{Coverage, Finding, PartitionRevision, Void};

pub(super) use self::candidates::{Candidate, candidates};
pub(super) use self::counts::CollectionExtent;
pub(crate) use self::counts::{CollectionTotals, Counting, NodeCounts};
pub(super) use self::evidence::{Channel, Evidence, WORD_PAIR_LIMITS, evidence};
pub(crate) use self::local::LocalNode;
pub(crate) use self::proposal::{Pick, Proposal};
pub(super) use self::query::{Query, default_min_words};
#[cfg(feature = "server")]
pub(crate) use self::serving::{Answered, Begin, Step, serve};
pub(super) use self::significance::Judge;

/// A node: it holds some partitions of the sources, in this process or in another.
pub(crate) trait Node: Sync {
    /// The settings of a collection.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    fn settings(&self, collection: &CollectionName) -> Result<FingerprintSettings, Error>;

    /// Begins a search of a prepared submission.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    fn search<'a>(
        &'a self,
        detector: &'a Detector,
        prepared: &'a Prepared<'a>,
    ) -> Result<Box<dyn NodeSearch + 'a>, Error>;
}

/// A search of the partitions of a node. Its steps are called in order, once each, and each one's answer is awaited before
/// the next.
pub(crate) trait NodeSearch: Send {
    /// An upper bound of the sources of a collection in scope, which is known without asking.
    fn most_sources(&self) -> u64 {
        u64::MAX
    }

    /// The extents and the counts.
    fn count(&mut self, counting: Counting) -> Answer<'_, NodeCounts>;

    /// The candidates of each partition, by the totals of each collection in scope.
    fn propose<'s>(&'s mut self, totals: &'s [CollectionTotals]) -> Answer<'s, Vec<Vec<Proposal>>>;

    /// The findings of some of the proposals of each partition, in any order.
    fn compare<'s>(&'s mut self, picks: &'s [Vec<Pick>]) -> Answer<'s, Vec<Finding>>;
}

/// The answer to a step. Another node works on it from the moment that it is asked; this process when the answer is awaited.
/// [`Error`]s are those of the node and of the stop.
pub(crate) type Answer<'a, T> = Box<dyn FnOnce(&Stop) -> Result<T, Error> + Send + 'a>;

/// A submission that is prepared for a search.
pub(crate) struct Prepared<'a> {
    pub(super) submission: &'a Submission<'a>,
    pub(super) scope: &'a Scope,
    pub(super) options: &'a DetectionOptions,
    /// The queries, one for each pair of `k` and `w` in scope.
    queries: Vec<Query<'a>>,
    /// The place of the query of each collection in scope.
    query_of: Vec<usize>,
    /// The word pairs to look up; none where altered passages are not looked for.
    word_pairs: Vec<Fingerprint>,
    /// The settings of each collection in scope.
    pub(super) settings: Vec<FingerprintSettings>,
    /// Whether all sources are looked up for what they exclude.
    of_exclusions: bool,
}

/// The result of a search.
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    /// The revision of each partition.
    pub(super) revisions: Vec<PartitionRevision>,
    /// The revision at which one of the collections last changed in each partition.
    pub(super) changed_at: Vec<u64>,
    pub(super) sources_in_scope: u64,
    pub(super) candidates: u64,
    pub(super) candidates_cut: u64,
    /// The shortest run that is guaranteed to be found.
    pub(super) min_run_words: u32,
    /// True if the submission was long enough to be looked up.
    pub(super) considered: bool,
    /// The limits that void the guarantee.
    pub(super) voids: Vec<Void>,
    /// The words of k-grams that are too common.
    pub(super) common: Coverage,
    /// Parts of the request that name nothing.
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Prepared<'a> {
    /// Prepares a submission for collections with these settings, in the order of the scope.
    pub(super) fn new(
        detector: &Detector,
        submission: &'a Submission<'a>,
        scope: &'a Scope,
        options: &'a DetectionOptions,
        settings: Vec<FingerprintSettings>,
        stop: &Stop,
    ) -> Result<Self, Error> {
        let Indexed { tokens, word_pairs } = detector.indexed(submission.text, options.mode);
        let (mut queries, mut query_of) = (Vec::<Query<'_>>::new(), Vec::new());
        // A scope without collections has the guarantee of the default settings.
        let default = FingerprintSettings::default();
        let of_queries = if settings.is_empty() { std::slice::from_ref(&default) } else { &settings };
        for settings in of_queries {
            let known = queries.iter().position(|query| query.settings == *settings);
            query_of.push(known.unwrap_or(queries.len()));
            if known.is_none() {
                stop.check()?;
                let fingerprints = Fingerprinter::new(detector.seed, *settings).fingerprints(&tokens);
                queries.push(Query::new(submission.tokenized, fingerprints, *settings, options));
            }
        }
        Ok(Self { submission, scope, options, queries, query_of, word_pairs, settings, of_exclusions: false })
    }

    /// The same, where the sources are boilerplate.
    pub(super) fn of_exclusions(self) -> Self {
        Self { of_exclusions: true, ..self }
    }

    /// Whether a source of this group excludes what matches it.
    fn excludes(&self, group: &str) -> bool {
        self.of_exclusions || self.options.exclusions.is_own(group)
    }

    /// The fingerprints under the first settings.
    pub(super) fn into_fingerprints(self) -> Vec<Fingerprint> {
        self.queries.into_iter().next().map_or_else(Vec::new, |query| query.fingerprints)
    }

    /// The fingerprints that are looked up in each partition.
    fn look_ups(&self) -> usize {
        let of_queries =
            self.queries_by_collection().map(|query| query.fingerprints.len() + self.word_pairs.len());
        of_queries.sum()
    }

    /// Whether the submission has as many words as a k-gram.
    fn is_long_enough(&self) -> bool {
        self.queries.iter().any(|query| !query.fingerprints.is_empty())
    }

    /// The query of each collection in scope.
    fn queries_by_collection(&self) -> impl Iterator<Item = &Query<'a>> {
        self.query_of.iter().filter_map(|query| self.queries.get(*query))
    }
}

/// Searches the partitions of all nodes for what the submission shares with the sources in scope. A node of this process comes
/// first: the others work while it does.
///
/// Linear in the submission, in the postings of its fingerprints, and in the texts of the candidates.
pub(super) fn search(
    detector: &Detector,
    prepared: &Prepared<'_>,
    nodes: &[&dyn Node],
    stop: &Stop,
) -> Result<Found, Error> {
    let nodes: Result<Vec<_>, Error> = nodes.iter().map(|node| node.search(detector, prepared)).collect();
    let mut nodes = nodes?;
    let limits = ReadLimits { per_fingerprint: u32::MAX, in_all: detector.limits.max_common_postings };
    let most_sources = nodes.iter().map(|node| node.most_sources()).fold(0, u64::saturating_add);
    let counting = Counting::of(prepared.options, limits, most_sources);
    let counted = answers(nodes.iter_mut().map(|node| node.count(counting)).collect(), stop)?;
    let partitions: Vec<usize> = counted.iter().map(|node| node.extents.len()).collect();
    let NodeCounts { extents, collections: counts } = NodeCounts::sum(counted);
    let collections = Collections::of(prepared, &extents);
    let expectation = collections.expectation(prepared);
    let sources: Vec<u64> = collections.0.iter().map(|one| one.sources).collect();
    // Exact runs alone are found through the index, as surely.
    let all = prepared.is_long_enough()
        && prepared.options.mode == DetectionMode::AlteredToo
        && compares_all(&extents, &detector.limits);
    let caps: Vec<Caps> = sources
        .iter()
        .map(|sources| Caps { commonness: prepared.options.commonness_cap_of(*sources), limits })
        .collect();
    let totals: Vec<CollectionTotals> = counts
        .into_iter()
        .zip(&sources)
        .zip(&caps)
        .zip(&collections.0)
        .map(|(((counts, sources), caps), extent)| {
            let totals = CollectionTotals::new(*sources, extents.len(), counts, *caps).with_all(all);
            totals.with_chance(extent.words, expectation.clone())
        })
        .collect();
    let proposals = answers(nodes.iter_mut().map(|node| node.propose(&totals)).collect(), stop)?;
    let proposals = proposals.into_iter().flatten().collect();
    let shortlist = shortlist::Shortlist::new(prepared, &totals, &caps, proposals, &detector.limits);
    let picks = of_nodes(&shortlist.picks, &partitions);
    let compared = nodes.iter_mut().zip(picks).map(|(node, picks)| node.compare(picks)).collect();
    let findings = answers(compared, stop)?;
    Ok(Found {
        findings: findings.into_iter().flatten().collect(),
        revisions: extents.iter().map(Extent::revision).collect(),
        changed_at: extents.iter().map(Extent::changed_at).collect(),
        sources_in_scope: extents.iter().map(Extent::sources_in_scope).sum(),
        candidates: shortlist.candidates,
        candidates_cut: shortlist.candidates_cut,
        min_run_words: prepared.queries.iter().map(Query::min_run_words).max().unwrap_or(0),
        considered: prepared.is_long_enough(),
        voids: shortlist.voids,
        common: shortlist.common,
        warnings: warnings(&extents),
    })
}

/// What chance is in one collection, over all its partitions.
#[derive(Debug, Default)]
pub(super) struct Surveyed {
    /// Judges passages with sources of the collection.
    pub(super) judge: Option<Judge>,
    /// The revision of each partition.
    pub(super) revisions: Vec<PartitionRevision>,
    /// The revision at which the collection last changed in each partition.
    pub(super) changed_at: Vec<u64>,
}

/// Asks all nodes what the judge of a comparison with a source of the one collection in scope has to know: the first
/// step of a search. `own` postings of a k-gram say nothing of chance. Linear in the submission.
pub(super) fn survey(
    detector: &Detector,
    prepared: &Prepared<'_>,
    own: u32,
    nodes: &[&dyn Node],
    stop: &Stop,
) -> Result<Surveyed, Error> {
    let nodes: Result<Vec<_>, Error> = nodes.iter().map(|node| node.search(detector, prepared)).collect();
    let mut nodes = nodes?;
    let counted = answers(nodes.iter_mut().map(|node| node.count(Counting::WHOLE)).collect(), stop)?;
    let NodeCounts { extents, collections: counts } = NodeCounts::sum(counted);
    let Collections(collections) = Collections::of(prepared, &extents);
    let both = collections.first().zip(counts.first()).zip(prepared.queries.first());
    let judge = both.map(|((extent, counts), query)| {
        Judge::within(*extent, prepared.submission, query, &counts.kgrams, own)
    });
    Ok(Surveyed {
        judge,
        revisions: extents.iter().map(Extent::revision).collect(),
        changed_at: extents.iter().map(Extent::changed_at).collect(),
    })
}

/// Awaits the answers of all nodes.
fn answers<T>(asked: Vec<Answer<'_, T>>, stop: &Stop) -> Result<Vec<T>, Error> {
    asked.into_iter().map(|answer| answer(stop)).collect()
}

/// The picks of each node, which holds so many partitions.
fn of_nodes<'a>(picks: &'a [Vec<Pick>], partitions: &[usize]) -> Vec<&'a [Vec<Pick>]> {
    let mut rest = picks;
    let of_node = |count: &usize| {
        let (of_node, after) = rest.split_at_checked(*count).unwrap_or((rest, &[]));
        rest = after;
        of_node
    };
    partitions.iter().map(of_node).collect()
}

/// The extents of the collections in scope, over all partitions.
struct Collections(Vec<CollectionExtent>);

impl Collections {
    fn of(prepared: &Prepared<'_>, extents: &[Extent]) -> Self {
        let of = |place: usize| extents.iter().filter_map(move |extent| extent.collections.get(place));
        let whole = |place: usize| of(place).copied().reduce(CollectionExtent::plus).unwrap_or_default();
        Self((0..prepared.settings.len()).map(whole).collect())
    }

    /// The passages that chance produces.
    fn expectation(&self, prepared: &Prepared<'_>) -> Expectation {
        let submission = prepared.submission.tokenized.lengths().total();
        let collections = self.0.iter().map(CollectionExtent::chance);
        Expectation::new(f64::from(submission), collections)
    }
}
