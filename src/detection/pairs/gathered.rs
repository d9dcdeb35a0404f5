//! The results of all comparisons, gathered from all threads. They do not depend on the order of the threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::clusters::Clusters;
use super::comparing::{Outcome, Overlap};
use super::options::{PairOptions, PairsProgress};
use super::roster::Roster;
use super::top::{Ranked, Top};
use super::types::{Cluster, Pair, Pairs, PairsVoid, Side};
use crate::corpus::Entry;
use crate::model::Warnings;
use crate::report::{AgeOrder, VoidReason};

/// The facts of a comparison that its result states.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) revision: u64,
    pub(super) scope_revision: u64,
    pub(super) settings_digest: u128,
    pub(super) min_run_words: u32,
    pub(super) max_clusters: usize,
    pub(super) warnings: Warnings,
}

/// The results so far.
pub(super) struct Gathered<'a> {
    roster: &'a Roster,
    min_coverage_percent: f64,
    progress: PairsProgress,
    comparisons_cut: u64,
    pairs_below: u64,
    top: Top,
    clusters: Clusters,
    voids: BTreeMap<(VoidReason, u64), PairsVoid>,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(roster: &'a Roster, options: &PairOptions) -> Self {
        let sources = roster.sources().len();
        let progress = PairsProgress { sources: sources as u64, ..PairsProgress::default() };
        Self {
            roster,
            min_coverage_percent: options.min_coverage_percent,
            progress,
            comparisons_cut: 0,
            pairs_below: 0,
            top: Top::new(options.max_pairs),
            clusters: Clusters::new(sources),
            voids: BTreeMap::new(),
        }
    }

    /// The progress so far.
    pub(super) fn progress(&self) -> PairsProgress {
        self.progress
    }

    /// Adds the outcome of one text.
    pub(super) fn take(&mut self, text: usize, outcome: &Outcome) {
        outcome.overlaps.iter().for_each(|overlap| self.overlap(overlap));
        let holders = self.roster.holders(text);
        self.comparisons_cut += outcome.comparisons_cut;
        for (reason, limit, words) in &outcome.voids {
            let void = PairsVoid { reason: *reason, limit: *limit, sources: 0, words: 0 };
            let void = self.voids.entry((*reason, *limit)).or_insert(void);
            void.sources += holders;
            void.words += holders * words;
        }
        self.progress.comparisons += outcome.comparisons;
        self.progress.sources_done += holders;
    }

    /// The pairs that the holders of two texts make.
    fn overlap(&mut self, overlap: &Overlap) {
        let Overlap { texts: (a, b), shares: (of_a, of_b), passages } = *overlap;
        let pairs = self.roster.pairs(a, b);
        let larger = of_a.percent().max(of_b.percent());
        if larger < self.min_coverage_percent {
            self.pairs_below += pairs;
            return;
        }
        self.progress.pairs_found += pairs;
        let Self { roster, top, clusters, .. } = self;
        roster.for_each_link(a, b, |one, other| clusters.join(one, other));
        // They are all as good as one another but for their order, so that none follows one that is refused.
        roster.for_each_pair(a, b, |sources, swapped| {
            let shares = if swapped { (of_b, of_a) } else { (of_a, of_b) };
            top.offer(Ranked { sources, shares, passages })
        });
    }

    /// The result, once all texts were added.
    pub(super) fn into_pairs(self, header: Header) -> Pairs {
        let sources = self.roster.sources();
        let lists = self.clusters.into_lists();
        let mut cluster_of = vec![0_u64; sources.len()];
        for (list, number) in lists.iter().zip(1..) {
            for place in list {
                if let Some(cluster) = cluster_of.get_mut(*place as usize) {
                    *cluster = number;
                }
            }
        }
        let pair = |ranked: Ranked| pair(sources, &cluster_of, ranked);
        Pairs {
            revision: header.revision,
            scope_revision: header.scope_revision,
            settings_digest: header.settings_digest,
            min_run_words: header.min_run_words,
            voids: self.voids.into_values().collect(),
            sources: sources.len() as u64,
            texts: self.roster.texts() as u64,
            comparisons: self.progress.comparisons,
            comparisons_cut: self.comparisons_cut,
            pairs_found: self.progress.pairs_found,
            pairs_below: self.pairs_below,
            pairs: self.top.into_sorted().into_iter().filter_map(pair).collect(),
            clusters: lists.iter().take(header.max_clusters).map(|list| cluster(sources, list)).collect(),
            clusters_found: lists.len() as u64,
            sources_in_clusters: lists.iter().map(|list| list.len() as u64).sum(),
            warnings: header.warnings,
        }
    }
}

fn pair(sources: &[Arc<Entry>], cluster_of: &[u64], ranked: Ranked) -> Option<Pair> {
    let Ranked { sources: (first, second), shares, passages } = ranked;
    let side = |place: u32, covered| {
        let source = Arc::clone(sources.get(place as usize)?);
        Some(Side { source, covered })
    };
    let cluster = cluster_of.get(first as usize).copied().unwrap_or(0);
    let (first, second) = (side(first, shares.0)?, side(second, shares.1)?);
    let older = AgeOrder::of(first.source.submitted_at, second.source.submitted_at);
    Some(Pair { first, second, passages, cluster, older })
}

fn cluster(sources: &[Arc<Entry>], list: &[u32]) -> Cluster {
    let listed = list.iter().take(Cluster::MAX_LISTED);
    let sources = listed.filter_map(|place| sources.get(*place as usize)).map(Arc::clone).collect();
    Cluster { size: list.len() as u64, sources }
}
