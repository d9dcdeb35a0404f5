//! The chain of one fingerprint, as whoever looks it up sees it.

use crate::fingerprint::{Context, ContextMatch, Fingerprint};

use super::common::{Place, SAMPLE, add_low};
use super::layout::Slot;
use super::table::{Cursor, Table};

/// A posting that a look-up found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which of the fingerprints that were looked up, by its place in the list.
    pub fingerprint: u32,
    /// The source.
    pub slot: Slot,
    /// What was kept with the posting.
    pub context: Context,
    /// Whether the words around agree, as they do in every common run of `t` words.
    pub in_context: bool,
}

/// Which slots a look-up sees. The postings of others are neither found nor counted.
#[derive(Debug, Clone, Copy)]
pub struct Visible<F> {
    /// Slots with postings that are not visible, at most. If it is 0, `is_visible` is not asked.
    pub hidden: u32,
    /// Whether a slot is visible. It is asked for each posting.
    pub is_visible: F,
    /// Of fingerprints that are left unread it is told whether they have more visible postings than this.
    pub cap: u32,
}

impl Visible<fn(Slot) -> bool> {
    /// All slots are visible.
    pub const ALL: Self = Self { hidden: 0, is_visible: |_| true, cap: u32::MAX };
}

impl<F: FnMut(Slot) -> bool> Visible<F> {
    #[inline]
    pub(super) fn sees(&mut self, slot: Slot) -> bool {
        self.hidden == 0 || (self.is_visible)(slot)
    }
}

/// A fingerprint that is looked up, and where its postings begin.
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

    /// How many visible postings there are, and whether these are all: it ends soon after `limit`.
    pub(super) fn count<F: FnMut(Slot) -> bool>(&self, limit: u32, visible: &mut Visible<F>) -> (u32, bool) {
        let (mut cursor, mut count) = (self.start, 0_u32);
        while self.step(&mut cursor, visible, |_| count += 1) {
            if count > limit {
                return (count, false);
            }
        }
        (count, true)
    }

    /// The visible postings of the lowest slots.
    pub(super) fn lowest<F: FnMut(Slot) -> bool>(&self, visible: &mut Visible<F>) -> Vec<Place> {
        let mut lowest = Vec::with_capacity(SAMPLE + 1);
        self.read(visible, |place| add_low(&mut lowest, place, SAMPLE));
        lowest
    }
}
