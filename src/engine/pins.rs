//! Who may still look at what is gone.
//!
//! A reader pins a collection before it asks for the revision, and for as long as it looks at sources of that
//! revision. Whoever wants to drop what is gone begins a new generation of pins, and drops it once all pins of the
//! generations before have been given back. Nobody waits for anybody: a reader never waits, and whoever drops comes
//! back later.

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
    /// Pins what is there now. Constant time; never waits for a reader or for whoever drops.
    pub(super) fn pin(&self) -> Pin {
        Pin { _generation: Arc::clone(&self.generation.lock()) }
    }

    /// The pins that were taken until now: what was gone before may be dropped once they are all given back.
    pub(super) fn earlier(&self) -> EarlierPins {
        let generation = std::mem::take(&mut *self.generation.lock());
        EarlierPins { generation: Arc::downgrade(&generation) }
    }
}

impl EarlierPins {
    /// Whether all were given back.
    pub(super) fn are_given_back(&self) -> bool {
        self.generation.strong_count() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_pins_do_not_hold_back_what_was_gone_before() {
        let pins = Pins::default();
        assert!(pins.earlier().are_given_back());
        let (first, second) = (pins.pin(), pins.pin());
        let earlier = pins.earlier();
        let later = pins.pin();
        assert!(!earlier.are_given_back());
        drop(first);
        assert!(!earlier.are_given_back());
        drop(second);
        assert!(earlier.are_given_back());
        let all = pins.earlier();
        assert!(!all.are_given_back());
        drop(later);
        assert!(all.are_given_back());
    }
}
