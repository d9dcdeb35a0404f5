//! How a posting is packed into 48 bits.
//!
//! ```text
//! hash of a fingerprint   [ head_bits | tag_bits | not kept ]
//! posting, 48 bits        [ tag | context, 16 bits | slot, slot_bits ]
//! ```
//!
//! The head's number in the table is part of the hash too, so a posting is recognised by
//! `head_bits + tag_bits` bits. As a table doubles, its heads take a bit from the tag, and the slot,
//! which must count more sources, gets it: the precision stays, and so does the size.

use crate::fingerprint::Context;
use crate::model::Slot;

/// Bits of a posting.
const POSTING_BITS: u32 = 48;

/// A fingerprint occurs in a source: 48 bits, packed by a [`Layout`].
pub(super) type Posting = [u8; POSTING_BITS as usize / 8];

fn to_bytes(bits: u64) -> Posting {
    let mut posting = Posting::default();
    posting.iter_mut().zip(bits.to_le_bytes()).for_each(|(to, from)| *to = from);
    posting
}

fn from_bytes(posting: Posting) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(posting).for_each(|(to, from)| *to = from);
    u64::from_le_bytes(bytes)
}

/// Which bits of a hash and of a posting are what, in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the unit is part of the name")]
pub(super) struct Layout {
    /// The table has `2^head_bits` heads.
    pub(super) head_bits: u32,
    /// The table has room for `2^slot_bits` slots.
    pub(super) slot_bits: u32,
    /// Bits of the tag.
    pub(super) tag_bits: u32,
}

impl Layout {
    /// Of an empty table.
    pub(super) const SMALLEST: Self =
        Self { head_bits: 6, slot_bits: 2, tag_bits: POSTING_BITS - Context::BITS - 2 };

    /// The layout with these bits; `None` if no table has them.
    pub(super) fn of_bits(head_bits: u32, slot_bits: u32, tag_bits: u32) -> Option<Self> {
        let fits = (1..=u32::BITS).contains(&head_bits)
            && (1..=Slot::MAX_BITS).contains(&slot_bits)
            && tag_bits <= POSTING_BITS
            && tag_bits + Context::BITS + slot_bits <= POSTING_BITS
            && head_bits + tag_bits <= u64::BITS;
        fits.then_some(Self { head_bits, slot_bits, tag_bits })
    }

    /// The layout with more bits for heads and slots, and as much of the tag as there is room for.
    pub(super) fn grown(self, head_bits: u32, slot_bits: u32) -> Self {
        let room = POSTING_BITS - Context::BITS - slot_bits;
        let known = (self.head_bits + self.tag_bits).saturating_sub(head_bits);
        Self { head_bits, slot_bits, tag_bits: room.min(known) }
    }

    /// The head that a hash belongs to.
    pub(super) fn head(self, hash: u64) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "head_bits is far below the size of usize")]
        let head = (hash >> (u64::BITS - self.head_bits)) as usize;
        head
    }

    /// The tag that a hash leaves in its postings.
    pub(super) fn tag(self, hash: u64) -> u64 {
        (hash << self.head_bits).checked_shr(u64::BITS - self.tag_bits).unwrap_or(0)
    }

    /// The known bits of the hash of a posting with this tag under this head; the rest are zero.
    pub(super) fn hash(self, head: usize, tag: u64) -> u64 {
        let known = (head as u64) << self.tag_bits | tag;
        known << (u64::BITS - self.head_bits - self.tag_bits)
    }

    pub(super) fn pack(self, tag: u64, context: Context, slot: Slot) -> Posting {
        let above = tag << Context::BITS | u64::from(context.bits());
        to_bytes(above << self.slot_bits | u64::from(slot.number()))
    }

    /// The tag, the context and the slot.
    #[inline]
    pub(super) fn unpack(self, posting: Posting) -> (u64, Context, Slot) {
        let bits = from_bytes(posting);
        let above = bits >> self.slot_bits;
        #[expect(clippy::cast_possible_truncation, reason = "both are masked to their bits")]
        let (context, slot) = (
            Context::from_bits(above as u16),
            Slot::from_low_bits(bits as u32 & ((1 << self.slot_bits) - 1)),
        );
        (above >> Context::BITS, context, slot)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn unpacks_what_was_packed(hash: u64, context: u16, heads in 0_u32..20, slots in 0_u32..22) {
            let layout = Layout::SMALLEST.grown(6 + heads, 2 + slots);
            let slot = Slot::new((1 << layout.slot_bits) - 1).unwrap();
            let (tag, context) = (layout.tag(hash), Context::from_bits(context));
            prop_assert_eq!(layout.unpack(layout.pack(tag, context, slot)), (tag, context, slot));
        }

        #[test]
        fn a_grown_layout_finds_what_the_smaller_knew(hash: u64, heads in 0_u32..20, slots in 0_u32..22) {
            let small = Layout::SMALLEST;
            let large = small.grown(6 + heads, 2 + slots);
            let known = small.hash(small.head(hash), small.tag(hash));
            prop_assert_eq!(large.head(known), large.head(hash));
            prop_assert_eq!(large.tag(known), large.tag(hash));
        }
    }
}
