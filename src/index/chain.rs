//! The chain of one fingerprint, filtered by visibility.

use super::common::{Place, SAMPLE, add_low};
use super::table::{Cursor, Table};
use crate::fingerprint::{Context, ContextMatch, Fingerprint};
use crate::model::Slot;

/// A posting that a look-up found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The place of the fingerprint in the list that was looked up.
    pub fingerprint: u32,
    /// The source.
    pub slot: Slot,
    /// The context that was stored with the posting.
    pub context: Context,
    /// True if the surrounding words agree, as they do in every common run of `t` words.
    pub in_context: bool,
}

/// The slots that a look-up may see. Postings of other slots are neither found nor counted.
#[derive(Debug, Clone, Copy)]
pub struct Visible<F> {
    /// An upper bound of the number of invisible slots with postings. If it is 0, `is_visible` is not called.
    pub hidden: u32,
    /// True if a slot is visible. Called for each posting.
    pub is_visible: F,
}

impl Visible<fn(Slot) -> bool> {
    /// All slots are visible.
    pub const ALL: Self = Self { hidden: 0, is_visible: |_| true };
}

impl<F: FnMut(Slot) -> bool> Visible<F> {
    #[inline]
    pub(super) fn sees(&mut self, slot: Slot) -> bool {
        self.hidden == 0 || (self.is_visible)(slot)
    }
}

/// A fingerprint that is looked up, and the start of its postings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chain<'a> {
    pub(super) table: &'a Table,
    pub(super) start: Cursor,
    /// The fingerprint's place in the list.
    pub(super) number: u32,
    pub(super) fingerprint: Fingerprint,
}

impl Chain<'_> {
    pub(super) fn hit(&self, (slot, context): Place, rule: ContextMatch) -> Hit {
        let in_context = rule.agree(self.fingerprint.context, context);
        Hit { fingerprint: self.number, slot, context, in_context }
    }

    /// Calls `each` with the visible postings of the next chunk, and moves on; `false` at the end of the chain.
    #[inline]
    pub(super) fn step<F: FnMut(Slot) -> bool>(
        &self,
        cursor: &mut Cursor,
        visible: &mut Visible<F>,
        mut each: impl FnMut(Place),
    ) -> bool {
        self.table.step(cursor, |context, slot| {
            if visible.sees(slot) {
                each((slot, context));
            }
        })
    }

    /// Calls `each` with all visible postings.
    pub(super) fn read<F: FnMut(Slot) -> bool>(&self, visible: &mut Visible<F>, mut each: impl FnMut(Place)) {
        let mut cursor = self.start;
        while self.step(&mut cursor, visible, &mut each) {}
    }

    /// The number of visible postings, exact up to `ceiling`: counting ends soon after that.
    pub(super) fn count<F: FnMut(Slot) -> bool>(&self, ceiling: u32, visible: &mut Visible<F>) -> u32 {
        let (mut cursor, mut count) = (self.start, 0_u32);
        while self.step(&mut cursor, visible, |_| count += 1) && count <= ceiling {}
        count
    }

    /// The number of different sources of the visible postings.
    pub(super) fn sources<F: FnMut(Slot) -> bool>(&self, visible: &mut Visible<F>) -> u32 {
        let mut slots = Vec::new();
        self.read(visible, |(slot, _)| slots.push(slot));
        slots.sort_unstable();
        slots.dedup();
        u32::try_from(slots.len()).unwrap_or(u32::MAX)
    }

    /// The visible postings of the lowest slots, [`SAMPLE`] at most, ascending.
    pub(super) fn lowest<F: FnMut(Slot) -> bool>(&self, visible: &mut Visible<F>) -> Vec<Place> {
        let mut lowest = Vec::with_capacity(SAMPLE + 1);
        self.read(visible, |place| add_low(&mut lowest, place, SAMPLE));
        lowest
    }
}
