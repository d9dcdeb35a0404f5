//! Candidates that a partition proposes, and their ranking over all partitions.

use std::cmp::{Ordering, Reverse};

use crate::detection::submission::Depth;
use crate::model::SourceId;

/// A source that may share passages with the submission.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Proposal {
    /// The place of its collection in the scope.
    pub(crate) collection: usize,
    /// Its id.
    pub(crate) id: SourceId,
    /// The number of different k-grams that it shares.
    pub(crate) shared: u32,
    /// The evidence of its word pairs and k-grams, if it is enough for altered text; otherwise 0.
    pub(crate) weight: f32,
    /// The k-grams that it shares in context, by their places in the query; ascending.
    pub(crate) fingerprints: Vec<u32>,
    /// The number of sources after it, by rank, that share the same k-grams and nothing else, and that are not proposed.
    pub(crate) alike: u32,
}

/// A proposal that is to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Pick {
    /// The place of the proposal in the list of its partition.
    pub(crate) proposal: usize,
    /// How closely to compare it.
    pub(crate) depth: Depth,
}

impl Proposal {
    /// True if there is enough evidence for altered text.
    pub(crate) fn is_admitted(&self) -> bool {
        self.weight > 0.0
    }

    /// How closely it is compared; `has_witnesses` if several others share all its k-grams.
    pub(crate) fn depth(&self, has_witnesses: bool) -> Depth {
        if self.is_admitted() {
            Depth::All
        } else if has_witnesses {
            Depth::Runs
        } else {
            Depth::RunsFirst
        }
    }

    /// Orders proposals: first those that the guarantee needs, then by evidence and shared k-grams; equals by id and
    /// collection.
    pub(crate) fn compare_ranks(&self, other: &Self) -> Ordering {
        let key = |p: &Self| (p.fingerprints.is_empty(), Reverse(p.shared));
        let (here, there) = (key(self), key(other));
        here.0
            .cmp(&there.0)
            .then(other.weight.total_cmp(&self.weight))
            .then(here.1.cmp(&there.1))
            .then_with(|| self.id.cmp(&other.id))
            .then(self.collection.cmp(&other.collection))
    }
}
