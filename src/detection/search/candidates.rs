//! The sources of one partition that are worth comparing.
//!
//! Two channels turn hits of the indexes into candidates. The channel of k-grams admits a source that shares a
//! fingerprint with the submission in context, as every run of `t` words leaves one. The channel of word pairs, only for
//! altered passages, admits a source with [enough evidence](mod@super::evidence).

use super::evidence::Evidence;
use crate::fingerprint::Fingerprint;
use crate::index::Hit;
use crate::model::Slot;

/// A source with enough hits.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::detection) struct Candidate {
    pub(in crate::detection) slot: Slot,
    /// The number of different k-grams that it shares.
    pub(in crate::detection) shared: u32,
    /// The evidence for altered text, if it is enough; otherwise 0.
    pub(in crate::detection) weight: f32,
    /// The k-grams that it shares in context, by their places in the query; ascending.
    pub(in crate::detection) fingerprints: Vec<u32>,
}

/// The sources that their k-grams or `admitted`, which is sorted by slot, admit; by slot.
///
/// The k-grams in `too_common`, which is sorted, don't count. `n log n` in the hits.
pub(in crate::detection) fn candidates(
    hits: Vec<Hit>,
    fingerprints: &[Fingerprint],
    too_common: &[u32],
    admitted: &[Evidence],
) -> Vec<Candidate> {
    let mut hits = hits;
    hits.retain(|hit| too_common.binary_search(&hit.fingerprint).is_err());
    hits.sort_unstable_by_key(|hit| u64::from(hit.slot.number()) << u32::BITS | u64::from(hit.fingerprint));
    let mut admitted = admitted.iter().peekable();
    let mut found = Vec::new();
    for of_source in hits.chunk_by(|a, b| a.slot == b.slot) {
        let [Hit { slot, .. }, ..] = *of_source else { continue };
        while let Some(evidence) = admitted.next_if(|evidence| evidence.slot < slot) {
            found.push(Candidate::by_evidence(*evidence));
        }
        let weight = admitted.next_if(|evidence| evidence.slot == slot).map_or(0.0, |found| found.weight);
        if weight > 0.0 || of_source.iter().any(|hit| hit.in_context) {
            found.push(Candidate::by_hits(slot, weight, of_source, fingerprints));
        }
    }
    found.extend(admitted.copied().map(Candidate::by_evidence));
    found
}

impl Candidate {
    fn by_evidence(evidence: Evidence) -> Self {
        Self { slot: evidence.slot, shared: 0, weight: evidence.weight, fingerprints: Vec::new() }
    }

    /// From its hits, in order of their fingerprints.
    fn by_hits(slot: Slot, weight: f32, hits: &[Hit], fingerprints: &[Fingerprint]) -> Self {
        let shared = distinct(hits, fingerprints);
        let in_context = hits.iter().filter(|hit| hit.in_context);
        let mut places: Vec<u32> = in_context.map(|hit| hit.fingerprint).collect();
        places.dedup();
        Self { slot, shared, weight, fingerprints: places }
    }
}

/// The number of different hashes in some hits.
fn distinct(hits: &[Hit], fingerprints: &[Fingerprint]) -> u32 {
    if let [_] = hits {
        return 1;
    }
    let hash = |hit: &Hit| fingerprints.get(hit.fingerprint as usize).map(|fingerprint| fingerprint.hash);
    let mut hashes: Vec<u64> = hits.iter().filter_map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    u32::try_from(hashes.len()).unwrap_or(u32::MAX)
}
