//! Who may still look at what is gone.
//!
//! A reader pins a collection before it asks for the revision, and keeps the pin for as long as it looks at sources of
//! that revision. The cleanup that drops gone sources begins a new generation of pins, and drops them once all earlier
//! pins are released. Neither waits for the other: the cleanup comes back later.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;

/// The pins of one collection.
#[derive(Debug, Default)]
pub(super) struct Pins {
    generation: Mutex<Arc<()>>,
}

/// What is gone at a later revision than the holder's is kept until this is dropped.
#[derive(Debug)]
pub(super) struct Pin {
    _generation: Arc<()>,
}

/// The pins that were taken until some moment.
#[derive(Debug)]
pub(super) struct EarlierPins {
    generation: Weak<()>,
}

impl Pins {
    /// Pins what is there now. Constant time; never waits for a reader or for the cleanup.
    pub(super) fn pin(&self) -> Pin {
        Pin { _generation: Arc::clone(&self.generation.lock()) }
    }

    /// The pins that were taken until now: what is gone by now may be dropped once they are all released.
    pub(super) fn earlier(&self) -> EarlierPins {
        let generation = std::mem::take(&mut *self.generation.lock());
        EarlierPins { generation: Arc::downgrade(&generation) }
    }
}

impl EarlierPins {
    /// Whether all are released.
    pub(super) fn are_released(&self) -> bool {
        self.generation.strong_count() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_pins_do_not_hold_back_what_was_gone_before() {
        let pins = Pins::default();
        assert!(pins.earlier().are_released());
        let (first, second) = (pins.pin(), pins.pin());
        let earlier = pins.earlier();
        let later = pins.pin();
        assert!(!earlier.are_released());
        drop(first);
        assert!(!earlier.are_released());
        drop(second);
        assert!(earlier.are_released());
        let all = pins.earlier();
        assert!(!all.are_released());
        drop(later);
        assert!(all.are_released());
    }
}
