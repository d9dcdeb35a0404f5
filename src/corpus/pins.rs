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
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    /// The generation of new pins.
    present: Arc<()>,
    /// Earlier generations with pins that may not be released.
    earlier: Vec<Weak<()>>,
}

/// Sources that go after the holder's revision are retained until this is dropped.
#[derive(Debug)]
pub(super) struct Pin {
    _generation: Arc<()>,
}

/// The pins that were taken before some moment, of all generations.
#[derive(Debug)]
pub(super) struct EarlierPins {
    generations: Vec<Weak<()>>,
}

impl Pins {
    /// Pins the present sources. Constant time; never waits for a reader or for the cleanup.
    pub(super) fn pin(&self) -> Pin {
        Pin { _generation: Arc::clone(&self.generations.lock().present) }
    }

    /// The pins that were taken until now. Sources that are gone now may be dropped once these are all released.
    pub(super) fn earlier(&self) -> EarlierPins {
        let mut generations = self.generations.lock();
        let Generations { present, earlier } = &mut *generations;
        let ended = std::mem::take(present);
        earlier.push(Arc::downgrade(&ended));
        drop(ended);
        earlier.retain(|generation| generation.strong_count() > 0);
        EarlierPins { generations: earlier.clone() }
    }
}

impl EarlierPins {
    /// True if all are released.
    pub(super) fn are_released(&self) -> bool {
        self.generations.iter().all(|generation| generation.strong_count() == 0)
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

    #[test]
    fn pins_of_all_generations_count() {
        let pins = Pins::default();
        let first = pins.pin();
        let one_cleanup = pins.earlier();
        let second = pins.pin();
        let another_cleanup = pins.earlier();
        drop(second);
        assert!(!one_cleanup.are_released());
        assert!(!another_cleanup.are_released(), "the first pin is held");
        drop(first);
        assert!(one_cleanup.are_released() && another_cleanup.are_released());
    }
}
