//! The inverse norms of profiles: one over the length of each as a vector.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::model::Slot;

/// Slots of a page.
const PAGE: usize = 1024;

/// The inverse norm of each slot's profile, in pages that a reader shares with the writer: so a look-up needs no lock and copies only links.
///
/// A number is written before the profile of its slot is added, and changes only when the slot is given to another source, which no
/// look-up that began before wants.
#[derive(Debug, Clone, Default)]
pub(super) struct InverseNorms {
    pages: Vec<Arc<[AtomicU32; PAGE]>>,
}

impl InverseNorms {
    pub(super) fn set(&mut self, slot: Slot, inverse_norm: f32) {
        let number = slot.index() / PAGE;
        while self.pages.len() <= number {
            self.pages.push(Arc::new([const { AtomicU32::new(0) }; PAGE]));
        }
        if let Some(place) = self.pages.get(number).and_then(|page| page.get(slot.index() % PAGE)) {
            place.store(inverse_norm.to_bits(), Ordering::Relaxed);
        }
    }

    /// Number of slots that there is room for.
    pub(super) fn len(&self) -> usize {
        self.pages.len() * PAGE
    }

    /// The numbers of all slots, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = f32> {
        self.pages
            .iter()
            .flat_map(|page| page.iter())
            .map(|bits| f32::from_bits(bits.load(Ordering::Relaxed)))
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.len() * size_of::<AtomicU32>() + self.pages.capacity() * size_of::<usize>()
    }
}
