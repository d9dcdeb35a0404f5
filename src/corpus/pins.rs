//! Pins of readers on what is gone.
//!
//! A reader pins a collection while no change is published, and holds the pin for as long as it reads sources of that
//! revision. The cleanup begins a new generation of pins, and drops what was gone by then once all earlier pins are
//! released. Neither waits for the other: the cleanup tries again later.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;

/// The pins of one collection.
#[derive(Debug, Default)]
pub(super) struct Pins {
    generation: Mutex<Arc<()>>,
}

/// Sources that go after the holder's revision are retained until this is dropped.
#[derive(Debug)]
pub(super) struct Pin {
    _generation: Arc<()>,
}

/// The pins that were taken before some moment.
#[derive(Debug)]
pub(super) struct EarlierPins {
    generation: Weak<()>,
}

impl Pins {
    /// Pins the present sources. Constant time; never waits for a reader or for the cleanup.
    pub(super) fn pin(&self) -> Pin {
        Pin { _generation: Arc::clone(&self.generation.lock()) }
    }

    /// The pins that were taken until now. Sources that are gone now may be dropped once these are all released.
    pub(super) fn earlier(&self) -> EarlierPins {
        let generation = std::mem::take(&mut *self.generation.lock());
        EarlierPins { generation: Arc::downgrade(&generation) }
    }
}

impl EarlierPins {
    /// True if all are released.
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
