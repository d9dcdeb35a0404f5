//! Which sources are worth comparing.
//!
//! A channel turns hits of the index into candidates. There is one so far: a source is a candidate when
//! it shares a fingerprint with the submission whose surroundings agree, as every run of `t` words
//! leaves; or, where altered passages are looked for, two different fingerprints, whatever surrounds
//! them.

use std::collections::HashMap;
use std::sync::Arc;

use super::catalogue::{Catalogue, Entry};
use super::options::{DetectionMode, Scope};
use crate::fingerprint::Fingerprint;
use crate::index::{Hit, LookUp, Slot};

/// A source that may share passages with the submission.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) entry: Arc<Entry>,
    /// Different fingerprints shared, those whose surroundings agree first.
    pub(super) in_context: u32,
    pub(super) shared: u32,
    /// The fingerprints shared, by their places in the submission's list.
    pub(super) fingerprints: Vec<u32>,
}

/// What makes a source a candidate: a channel of fingerprints.
pub(super) trait Channel {
    /// Whether what a source shares with the submission makes it a candidate.
    fn admits(&self, shared: &Candidate) -> bool;
}

/// The channel of k-grams.
#[derive(Debug, Clone, Copy)]
pub(super) struct KgramChannel {
    /// Whether altered passages are looked for too.
    altered_too: bool,
}

impl KgramChannel {
    pub(super) fn new(mode: DetectionMode) -> Self {
        Self { altered_too: mode != DetectionMode::VerbatimOnly }
    }
}

impl Channel for KgramChannel {
    fn admits(&self, shared: &Candidate) -> bool {
        shared.in_context > 0 || self.altered_too && shared.shared > 1
    }
}

/// What a look-up in one collection came to.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) candidates: Vec<Candidate>,
    /// Fingerprints left out because they stand in more sources than the cap.
    pub(super) too_common: Vec<u32>,
}

/// The sources that a look-up found and that are in scope, by what they share.
pub(super) fn candidates(
    look_up: &LookUp,
    fingerprints: &[Fingerprint],
    catalogue: &Catalogue,
    (scope, revision): (&Scope, u64),
    commonness_cap: Option<u32>,
    channel: &impl Channel,
) -> Found {
    let too_common = commonness_cap.map_or_else(Vec::new, |cap| {
        too_common(look_up, fingerprints.len(), cap, |slot| {
            catalogue.entry(slot).is_some_and(|entry| entry.is_there_at(revision))
        })
    });
    let mut by_slot: HashMap<Slot, Option<Candidate>> = HashMap::new();
    for hit in look_up.hits.iter().filter(|hit| too_common.binary_search(&hit.fingerprint).is_err()) {
        let shared = by_slot.entry(hit.slot).or_insert_with(|| {
            let entry = catalogue.entry(hit.slot).filter(|entry| entry.is_in_scope(scope, revision))?;
            Some(Candidate { entry: Arc::clone(entry), in_context: 0, shared: 0, fingerprints: Vec::new() })
        });
        if let Some(shared) = shared {
            shared.in_context += u32::from(hit.in_context);
            shared.fingerprints.push(hit.fingerprint);
        }
    }
    let counted = by_slot.into_values().flatten().map(|mut candidate| {
        candidate.shared = distinct(&mut candidate.fingerprints, fingerprints);
        candidate
    });
    Found { candidates: counted.filter(|candidate| channel.admits(candidate)).collect(), too_common }
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
