//! Which sources are worth comparing.
//!
//! Two channels turn hits of the indexes into candidates. That of k-grams admits a source that shares a
//! fingerprint with the submission whose surroundings agree, as every run of `t` words leaves. That of
//! order-free pairs, only for altered passages, admits a source for which [enough speaks](super::evidence).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalogue::{Catalogue, Entry};
use super::evidence::Evidence;
use super::options::Scope;
use crate::fingerprint::Fingerprint;
use crate::index::{Hit, LookUp, Slot};

/// A source that may share passages with the submission.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) entry: Arc<Entry>,
    /// Fingerprints of k-grams shared whose surroundings agree.
    in_context: u32,
    /// Different fingerprints of k-grams shared.
    shared: u32,
    /// What order-free pairs say for it.
    weight: f32,
    /// The fingerprints of k-grams shared, by their places in the submission's list.
    pub(super) fingerprints: Vec<u32>,
}

impl Candidate {
    fn new(entry: &Arc<Entry>) -> Self {
        Self { entry: Arc::clone(entry), in_context: 0, shared: 0, weight: 0.0, fingerprints: Vec::new() }
    }

    /// What the guarantee rests on first, then by what speaks for it; of equals by id.
    pub(super) fn compare_ranks(&self, other: &Self) -> std::cmp::Ordering {
        let key = |c: &Self| (Reverse(c.in_context.min(1)), Reverse(c.shared));
        let by_weight = other.weight.total_cmp(&self.weight);
        let (here, there) = (key(self), key(other));
        here.0
            .cmp(&there.0)
            .then(by_weight)
            .then(here.1.cmp(&there.1))
            .then_with(|| self.entry.id.cmp(&other.entry.id))
    }
}

/// What a look-up in one collection came to.
#[derive(Debug, Default)]
pub(super) struct Shortlisted {
    pub(super) candidates: Vec<Candidate>,
    /// Fingerprints left out because they stand in more sources than the cap.
    pub(super) too_common: Vec<u32>,
}

/// The sources in scope that the look-up of k-grams admits, or that were admitted already; by slot.
pub(super) fn candidates(
    look_up: &LookUp,
    fingerprints: &[Fingerprint],
    catalogue: &Catalogue,
    (scope, revision): (&Scope, u64),
    commonness_cap: Option<u32>,
    admitted: &[Evidence],
) -> Shortlisted {
    let too_common = commonness_cap.map_or_else(Vec::new, |cap| {
        too_common(look_up, fingerprints.len(), cap, |slot| {
            catalogue.entry(slot).is_some_and(|entry| entry.is_there_at(revision))
        })
    });
    let in_scope = |slot: Slot| {
        let entry = catalogue.entry(slot).filter(|entry| entry.is_in_scope(scope, revision));
        entry.map(Candidate::new)
    };
    let mut by_slot: BTreeMap<Slot, Option<Candidate>> = BTreeMap::new();
    for evidence in admitted {
        let candidate = by_slot.entry(evidence.slot).or_insert_with(|| in_scope(evidence.slot));
        if let Some(candidate) = candidate {
            candidate.weight = evidence.weight;
        }
    }
    for hit in look_up.hits.iter().filter(|hit| too_common.binary_search(&hit.fingerprint).is_err()) {
        let shared = by_slot.entry(hit.slot).or_insert_with(|| in_scope(hit.slot));
        if let Some(shared) = shared {
            shared.in_context += u32::from(hit.in_context);
            shared.fingerprints.push(hit.fingerprint);
        }
    }
    let counted = by_slot.into_values().flatten().map(|mut candidate| {
        candidate.shared = distinct(&mut candidate.fingerprints, fingerprints);
        candidate
    });
    let admits = |c: &Candidate| c.in_context > 0 || c.weight > 0.0;
    Shortlisted { candidates: counted.filter(admits).collect(), too_common }
}

/// Sorts the places of fingerprints, each once, and counts the different hashes among them.
fn distinct(places: &mut Vec<u32>, fingerprints: &[Fingerprint]) -> u32 {
    places.sort_unstable();
    places.dedup();
    let hash = |place: &u32| fingerprints.get(*place as usize).map(|fingerprint| fingerprint.hash);
    let mut hashes: Vec<u64> = places.iter().filter_map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    u32::try_from(hashes.len()).unwrap_or(u32::MAX)
}

/// The fingerprints that stand in more than `cap` sources; ascending.
fn too_common(look_up: &LookUp, fingerprints: usize, cap: u32, is_there: impl Fn(Slot) -> bool) -> Vec<u32> {
    let mut seen: Vec<(u32, Slot)> =
        look_up.hits.iter().map(|Hit { fingerprint, slot, .. }| (*fingerprint, *slot)).collect();
    seen.sort_unstable();
    seen.dedup();
    let mut sources = vec![0_u32; fingerprints];
    for (fingerprint, _) in seen.iter().filter(|(_, slot)| is_there(*slot)) {
        if let Some(count) = sources.get_mut(*fingerprint as usize) {
            *count += 1;
        }
    }
    (0..).zip(sources).filter(|(_, count)| *count > cap).map(|(fingerprint, _)| fingerprint).collect()
}
