//! Sources that share the very same k-grams with the submission, and nothing else that is known of them.
//!
//! A page that ten thousand sources hold makes as many candidates. The shortlist keeps some of them in any case, and the rest
//! adds nothing: so only as many are proposed as it may keep, and the others are counted.

use std::cmp::Reverse;
use std::sync::Arc;

use super::candidates::Candidate;
use super::shortlist::ENOUGH;
use crate::corpus::Entry;
use crate::matching::KeyMap;

/// A candidate in scope.
pub(super) struct InScope {
    pub(super) candidate: Candidate,
    pub(super) entry: Arc<Entry>,
    /// The number of candidates after it, by rank, that share the same k-grams and are not in the list.
    pub(super) alike: u32,
}

/// The candidates of one collection without those that the shortlist leaves out whatever the others are: those after the
/// first [`ENOUGH`] that share the very same k-grams, without evidence for altered text. Linear.
pub(super) fn without_alike(mut found: Vec<InScope>) -> Vec<InScope> {
    if found.len() <= ENOUGH {
        return found;
    }
    let mut left_out = vec![false; found.len()];
    for mut group in groups(&found) {
        let rank = |at: &usize| {
            let one = found.get(*at);
            one.map(|InScope { candidate, entry, .. }| (Reverse(candidate.shared), entry.id.as_str()))
        };
        let (_, last, after) = group.select_nth_unstable_by(ENOUGH - 1, |a, b| rank(a).cmp(&rank(b)));
        for at in after.iter() {
            left_out.get_mut(*at).into_iter().for_each(|one| *one = true);
        }
        if let Some(last) = found.get_mut(*last) {
            last.alike = u32::try_from(after.len()).unwrap_or(u32::MAX);
        }
    }
    let mut left_out = left_out.into_iter();
    found.retain(|_| left_out.next() == Some(false));
    found
}

/// The places of candidates that share the very same k-grams, if they are more than [`ENOUGH`].
fn groups(found: &[InScope]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: KeyMap<&[u32], usize> = KeyMap::default();
    for (at, InScope { candidate, .. }) in found.iter().enumerate() {
        if candidate.weight > 0.0 || candidate.fingerprints.is_empty() {
            continue;
        }
        let group = *known.entry(&candidate.fingerprints).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups.get_mut(group).into_iter().for_each(|group| group.push(at));
    }
    groups.retain(|group| group.len() > ENOUGH);
    groups
}
