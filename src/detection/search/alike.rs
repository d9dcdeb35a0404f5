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

/// The candidates of one collection without those that the shortlist leaves out in any case: those after the
/// first [`ENOUGH`] that share the very same k-grams, without evidence for altered text. Linear.
pub(super) fn without_alike(mut found: Vec<InScope>) -> Vec<InScope> {
    if found.len() <= ENOUGH {
        return found;
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut known: KeyMap<&[u32], usize> = KeyMap::default();
    for (at, InScope { candidate, .. }) in found.iter().enumerate() {
        if candidate.weight > 0.0 || candidate.fingerprints.is_empty() {
            continue;
        }
        let group = *known.entry(&candidate.fingerprints).or_insert_with(|| {
            groups.push(Group::default());
            groups.len() - 1
        });
        groups.get_mut(group).into_iter().for_each(|group| group.add(at, &found));
    }
    let mut stays = vec![true; found.len()];
    for mut group in groups {
        group.leave_out(&found);
        for at in &group.after {
            stays.get_mut(*at).into_iter().for_each(|stays| *stays = false);
        }
        if let Some(last) = group.last.and_then(|last| found.get_mut(last)) {
            last.alike = u32::try_from(group.after.len()).unwrap_or(u32::MAX);
        }
    }
    let mut stays = stays.into_iter();
    found.retain(|_| stays.next() == Some(true));
    found
}

/// Candidates that share the very same k-grams, by their places.
#[derive(Default)]
struct Group {
    /// The first by rank of those so far, and some more that came since.
    first: Vec<usize>,
    /// The last of the first [`ENOUGH`], once there are more.
    last: Option<usize>,
    after: Vec<usize>,
}

impl Group {
    /// Adds a candidate. Most of a large group are compared with one other.
    fn add(&mut self, at: usize, found: &[InScope]) {
        if self.last.is_some_and(|last| rank(at, found) > rank(last, found)) {
            self.after.push(at);
            return;
        }
        self.first.push(at);
        if self.first.len() == 2 * ENOUGH {
            self.leave_out(found);
        }
    }

    /// Leaves out those after the first [`ENOUGH`].
    fn leave_out(&mut self, found: &[InScope]) {
        if self.first.len() > ENOUGH {
            self.first.select_nth_unstable_by(ENOUGH - 1, |a, b| rank(*a, found).cmp(&rank(*b, found)));
            self.after.extend(self.first.drain(ENOUGH..));
            self.last = self.first.last().copied();
        }
    }
}

/// The rank of a candidate among those that share the same k-grams; the first is the least.
fn rank(at: usize, found: &[InScope]) -> Option<(Reverse<u32>, &str)> {
    found.get(at).map(|InScope { candidate, entry, .. }| (Reverse(candidate.shared), entry.id.as_str()))
}
