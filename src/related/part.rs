//! Parts of an index of profiles: each is immutable, and replaced as a whole.

use std::sync::Arc;

use super::Profile;
use super::segment::{Profiled, Segment};
use crate::model::Slot;

/// The profiles of some sources.
#[derive(Debug)]
pub(super) enum Part {
    /// Until a segment is made of them.
    Batch(Vec<Arc<Profiled>>),
    /// Their postings.
    Segment(Segment),
}

impl Part {
    /// Number of postings.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Batch(sources) => sources.iter().map(|one| one.profile.terms().len()).sum(),
            Self::Segment(segment) => segment.len(),
        }
    }

    pub(super) fn segment(&self) -> Option<&Segment> {
        match self {
            Self::Batch(_) => None,
            Self::Segment(segment) => Some(segment),
        }
    }

    /// The same profiles as a segment. Linear but for a sort.
    pub(super) fn sealed(&self) -> Self {
        self.kept(|_| true)
    }

    /// Whether it has the profile of a source.
    pub(super) fn has(&self, slot: Slot, profile: &Profile) -> bool {
        match self {
            Self::Batch(sources) => sources.iter().any(|one| one.slot == slot),
            Self::Segment(segment) => segment.has(slot, profile),
        }
    }

    /// The profiles of the sources that are to be kept, as a segment. Linear but for the sort of a batch.
    pub(super) fn kept(&self, keep: impl Fn(Slot) -> bool) -> Self {
        Self::Segment(match self {
            Self::Batch(sources) => {
                Segment::of(sources.iter().map(|one| &**one).filter(|one| keep(one.slot)))
            }
            Self::Segment(segment) => segment.kept(keep),
        })
    }

    /// Adds the product of each source's profile and another to the number at its slot.
    pub(super) fn add_products(&self, profile: &Profile, products: &mut [u32]) {
        match self {
            Self::Batch(sources) => sources.iter().for_each(|one| one.add_product(profile, products)),
            Self::Segment(segment) => {
                for term in profile.terms() {
                    for posting in segment.list(term.key) {
                        if let Some(product) = products.get_mut(posting.slot().index()) {
                            *product += u32::from(term.weight) * posting.weight();
                        }
                    }
                }
            }
        }
    }

    /// Its bytes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Batch(sources) => sources.iter().map(|one| one.bytes()).sum(),
            Self::Segment(segment) => segment.bytes(),
        }
    }
}
