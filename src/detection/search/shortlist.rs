//! The shortlist: the proposals of all partitions that are compared, and what the limits leave out.

use std::collections::BTreeSet;

use super::Prepared;
use super::counts::{Caps, CollectionTotals};
use super::proposal::{Pick, Proposal};
use super::query::Query;
use crate::model::Limits;
use crate::report::{Coverage, Void, VoidReason};

/// The number of candidates that are compared regardless of the k-grams that they share, unless there are [`MANY`].
pub(super) const ENOUGH: usize = 64;

/// Past [`ENOUGH`], a candidate is compared only if it shares a k-gram with fewer others than this.
const WITNESSES: u32 = 16;

/// Of more candidates than this a few dozen are not compared regardless: most of them hold one page or phrase.
const MANY: u64 = 256;

/// Of [`MANY`], a candidate is compared only if it shares a k-gram with fewer others than this.
const WITNESSES_OF_MANY: u32 = 8;

/// A candidate that shares all its k-grams with so many others is compared by exact runs only.
const FEW_WITNESSES: u32 = 4;

/// The proposals that are compared.
pub(super) struct Shortlist {
    /// The picks of each partition.
    pub(super) picks: Vec<Vec<Pick>>,
    /// The number of proposals, compared or not.
    pub(super) candidates: u64,
    /// The number of proposals that are not compared.
    pub(super) candidates_cut: u64,
    /// The limits that void the guarantee.
    pub(super) voids: Vec<Void>,
    /// The words of k-grams that are too common.
    pub(super) common: Coverage,
}

/// A proposal with its partition and its place there.
struct Ranked {
    partition: usize,
    place: usize,
    proposal: Proposal,
    has_witnesses: bool,
}

impl Shortlist {
    /// Ranks the proposals of all partitions and applies the limits.
    pub(super) fn new(
        prepared: &Prepared<'_>,
        totals: &[CollectionTotals],
        caps: &[Caps],
        proposals: Vec<Vec<Proposal>>,
        limits: &Limits,
    ) -> Self {
        let partitions = proposals.len();
        let mut ranked: Vec<Ranked> = Vec::new();
        for (partition, proposals) in proposals.into_iter().enumerate() {
            let of_share = proposals.into_iter().enumerate();
            ranked.extend(of_share.map(|(place, proposal)| Ranked {
                partition,
                place,
                proposal,
                has_witnesses: false,
            }));
        }
        ranked.sort_unstable_by(|a, b| a.proposal.compare_ranks(&b.proposal));
        let alike: u64 = ranked.iter().map(|one| u64::from(one.proposal.alike)).sum();
        let candidates = ranked.len() as u64 + alike;
        // All of a few sources are compared, also those that share no fingerprint.
        let (mut kept, redundant) = if totals.iter().all(|one| one.compares_all) {
            (ranked, Vec::new())
        } else {
            drop_redundant(ranked, candidates > MANY, prepared)
        };
        let cut = kept.split_off(kept.len().min(limits.max_candidates));
        let Left { too_common, common, mut unread, least_cap } = Left::of(prepared, totals, caps);
        let of_alike = kept.iter().chain(&cut).filter(|one| one.proposal.alike > 0);
        unread.extend(words_of(redundant.iter().chain(of_alike), prepared));
        let uncompared = words_of(&cut, prepared);
        let voids = [
            void(VoidReason::CommonnessCap, least_cap, &too_common),
            void(VoidReason::PostingLimit, u64::from(limits.max_common_postings), &unread),
            void(VoidReason::CandidateLimit, limits.max_candidates as u64, &uncompared),
        ];
        let mut picks: Vec<Vec<Pick>> = (0..partitions).map(|_| Vec::new()).collect();
        for Ranked { partition, place, proposal, has_witnesses } in kept {
            let pick = Pick { proposal: place, depth: proposal.depth(has_witnesses) };
            picks.get_mut(partition).into_iter().for_each(|picks| picks.push(pick));
        }
        Self {
            picks,
            candidates,
            candidates_cut: (cut.len() + redundant.len()) as u64 + alike,
            voids: voids.into_iter().flatten().collect(),
            common: Coverage::union(&common),
        }
    }
}

/// The words that the decisions on postings leave out.
struct Left {
    too_common: Vec<Coverage>,
    common: Vec<Coverage>,
    unread: Vec<Coverage>,
    /// The lowest cap that was exceeded.
    least_cap: u64,
}

impl Left {
    fn of(prepared: &Prepared<'_>, totals: &[CollectionTotals], caps: &[Caps]) -> Self {
        let mut left =
            Self { too_common: Vec::new(), common: Vec::new(), unread: Vec::new(), least_cap: u64::MAX };
        for ((query, totals), caps) in prepared.queries_by_collection().zip(totals).zip(caps) {
            if !totals.too_common.is_empty() {
                left.least_cap = left.least_cap.min(u64::from(caps.commonness.unwrap_or(0)));
            }
            left.too_common.extend(totals.too_common.iter().map(|at| query.words_around(*at as usize)));
            left.common.extend(totals.too_common.iter().map(|at| query.words_of(*at as usize)));
            // A posting that is not read voids nothing where all sources are compared.
            if !totals.compares_all {
                left.unread.extend(totals.unread.iter().map(|at| query.words_around(*at as usize)));
            }
        }
        left
    }
}

/// Separates ranked proposals that may add something from the rest: a page that thousands of sources share is found in a
/// few of them.
fn drop_redundant(
    ranked: Vec<Ranked>,
    are_many: bool,
    prepared: &Prepared<'_>,
) -> (Vec<Ranked>, Vec<Ranked>) {
    let mut witnesses: Vec<Vec<u32>> =
        prepared.queries.iter().map(|query| vec![0; query.fingerprints.len()]).collect();
    let (enough, most) = if are_many { (0, WITNESSES_OF_MANY) } else { (ENOUGH, WITNESSES) };
    let mut none = Vec::new();
    let (mut kept, mut redundant) = (Vec::new(), Vec::new());
    for mut one in ranked {
        let query = prepared.query_of.get(one.proposal.collection);
        let witnesses = query.and_then(|query| witnesses.get_mut(*query)).unwrap_or(&mut none);
        let counts = one.proposal.fingerprints.iter().filter_map(|at| witnesses.get(*at as usize));
        // A proposal without a k-gram is known by its word pairs.
        let fewest = counts.min().copied().unwrap_or(0);
        if kept.len() >= enough && fewest >= most {
            redundant.push(one);
            continue;
        }
        for at in &one.proposal.fingerprints {
            witnesses.get_mut(*at as usize).into_iter().for_each(|count| *count += 1);
        }
        one.has_witnesses = fewest >= FEW_WITNESSES;
        kept.push(one);
    }
    (kept, redundant)
}

/// The words around the k-grams of some proposals.
fn words_of<'a>(proposals: impl IntoIterator<Item = &'a Ranked>, prepared: &Prepared<'_>) -> Vec<Coverage> {
    let of_one = |one: &Ranked| {
        let query = prepared.query_of.get(one.proposal.collection).copied();
        let places = one.proposal.fingerprints.iter();
        places.filter_map(move |at| Some((query?, *at as usize))).collect::<Vec<_>>()
    };
    let places: BTreeSet<(usize, usize)> = proposals.into_iter().flat_map(of_one).collect();
    let words = |(query, at): (usize, usize)| {
        prepared.queries.get(query).map(|query: &Query<'_>| query.words_around(at))
    };
    places.into_iter().filter_map(words).collect()
}

/// A void, if it concerns any words.
fn void(reason: VoidReason, limit: u64, words: &[Coverage]) -> Option<Void> {
    let words = Coverage::union(words);
    (!words.ranges().is_empty()).then_some(Void { reason, limit, words })
}
