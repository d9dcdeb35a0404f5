//! Which sources are worth comparing.
//!
//! Two channels turn hits of the indexes into candidates. That of k-grams admits a source that shares a
//! fingerprint with the submission whose surroundings agree, as every run of `t` words leaves. That of
//! order-free pairs, only for altered passages, admits a source for which [enough speaks](super::evidence).

use std::cmp::Reverse;
use std::sync::Arc;

use super::catalogue::{Catalogue, Entry};
use super::evidence::Evidence;
use super::options::Scope;
use crate::fingerprint::Fingerprint;
use crate::index::{Hit, LookUp, Slot, Unread};

/// A source that may share passages with the submission.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) entry: Arc<Entry>,
    /// Different fingerprints of k-grams shared.
    shared: u32,
    /// What order-free pairs say for it.
    weight: f32,
    /// The fingerprints of k-grams shared whose surroundings agree, by their places in the submission's list.
    pub(super) fingerprints: Vec<u32>,
    /// Whether several others share all of them too.
    pub(super) has_witnesses: bool,
}

/// What is looked for in a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// All passages: enough speaks for altered text.
    All,
    /// Runs; and all passages, if there is more than a phrase.
    RunsFirst,
    /// Runs.
    Runs,
}

impl Candidate {
    /// A candidate by its hits, in order of their fingerprints.
    fn new(entry: &Arc<Entry>, weight: f32, hits: &[Hit], fingerprints: &[Fingerprint]) -> Self {
        let shared = distinct(hits, fingerprints);
        let in_context = hits.iter().filter(|hit| hit.in_context);
        let mut places: Vec<u32> = in_context.map(|hit| hit.fingerprint).collect();
        places.dedup();
        Self { entry: Arc::clone(entry), shared, weight, fingerprints: places, has_witnesses: false }
    }

    /// Whether enough speaks for altered text.
    pub(super) fn is_admitted(&self) -> bool {
        self.weight > 0.0
    }

    /// How closely it is worth comparing.
    pub(super) fn depth(&self) -> Depth {
        if self.is_admitted() {
            Depth::All
        } else if self.has_witnesses {
            Depth::Runs
        } else {
            Depth::RunsFirst
        }
    }

    /// What the guarantee rests on first, then by what speaks for it; of equals by id.
    pub(super) fn compare_ranks(&self, other: &Self) -> std::cmp::Ordering {
        let key = |c: &Self| (c.fingerprints.is_empty(), Reverse(c.shared));
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
///
/// The hits are those of sources that are there, and `admitted` is sorted by slot.
pub(super) fn candidates(
    look_up: &LookUp,
    fingerprints: &[Fingerprint],
    catalogue: &Catalogue,
    (scope, revision): (&Scope, u64),
    commonness_cap: Option<u32>,
    admitted: &[Evidence],
) -> Shortlisted {
    let too_common = commonness_cap.map_or_else(Vec::new, |cap| too_common(look_up, fingerprints.len(), cap));
    let is_rare = |hit: &&Hit| too_common.binary_search(&hit.fingerprint).is_err();
    let mut hits: Vec<Hit> = look_up.hits.iter().filter(is_rare).copied().collect();
    hits.sort_unstable_by_key(|hit| (hit.slot, hit.fingerprint));
    let mut admitted = admitted.iter().peekable();
    let mut found: Vec<(Slot, f32, &[Hit])> = Vec::new();
    for of_source in hits.chunk_by(|a, b| a.slot == b.slot) {
        let Some(slot) = of_source.first().map(|hit| hit.slot) else { continue };
        while let Some(evidence) = admitted.next_if(|evidence| evidence.slot < slot) {
            found.push((evidence.slot, evidence.weight, &[]));
        }
        let weight = admitted.next_if(|evidence| evidence.slot == slot).map_or(0.0, |found| found.weight);
        if weight > 0.0 || of_source.iter().any(|hit| hit.in_context) {
            found.push((slot, weight, of_source));
        }
    }
    found.extend(admitted.map(|evidence| (evidence.slot, evidence.weight, [].as_slice())));
    let candidates = found.into_iter().filter_map(|(slot, weight, hits)| {
        let entry = catalogue.entry(slot).filter(|entry| entry.is_in_scope(scope, revision))?;
        Some(Candidate::new(entry, weight, hits, fingerprints))
    });
    Shortlisted { candidates: candidates.collect(), too_common }
}

/// How many different hashes were hit.
fn distinct(hits: &[Hit], fingerprints: &[Fingerprint]) -> u32 {
    let hash = |hit: &Hit| fingerprints.get(hit.fingerprint as usize).map(|fingerprint| fingerprint.hash);
    let mut hashes: Vec<u64> = hits.iter().filter_map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    u32::try_from(hashes.len()).unwrap_or(u32::MAX)
}

/// The fingerprints that stand in more than `cap` sources; ascending. Of those that were left unread the look-up, which
/// knew the cap, counted the postings in place of the sources.
fn too_common(look_up: &LookUp, fingerprints: usize, cap: u32) -> Vec<u32> {
    let mut seen: Vec<(u32, Slot)> = look_up.hits.iter().map(|hit| (hit.fingerprint, hit.slot)).collect();
    seen.sort_unstable();
    seen.dedup();
    let mut sources = vec![0_u32; fingerprints];
    for (fingerprint, _) in seen {
        if let Some(count) = sources.get_mut(fingerprint as usize) {
            *count += 1;
        }
    }
    for Unread { fingerprint, exceeds_cap } in &look_up.unread {
        if let Some(count) = sources.get_mut(*fingerprint as usize) {
            *count = if *exceeds_cap { u32::MAX } else { 0 };
        }
    }
    (0..).zip(sources).filter(|(_, count)| *count > cap).map(|(fingerprint, _)| fingerprint).collect()
}
