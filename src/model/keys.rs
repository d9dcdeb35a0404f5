//! Numbers that stand for collections and sources inside one engine.

/// The number of a collection, unique for the life of a corpus. A name can be used again after its collection was
/// deleted; a number cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollectionNumber(pub u32);

/// The number of a source within its collection's index. A slot is used again after its source was purged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u32);

impl Slot {
    /// The largest number of bits of a slot.
    pub(crate) const MAX_BITS: u32 = 24;
    /// The number of slots of one index: 16,777,216.
    pub const COUNT: u32 = 1 << Self::MAX_BITS;
    /// The lowest slot.
    pub const FIRST: Self = Self(0);

    /// The slot with this number, if it is below [`Self::COUNT`].
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        (number < Self::COUNT).then_some(Self(number))
    }

    /// The slot in the low bits of a number; higher bits are ignored.
    pub(crate) const fn from_low_bits(number: u32) -> Self {
        Self(number & (Self::COUNT - 1))
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }

    /// The number of bits that its number takes.
    pub(crate) fn bits(self) -> u32 {
        u32::BITS - self.0.leading_zeros()
    }

    /// Its number, as a position in a list.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A source's collection and its slot there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey {
    /// The collection.
    pub collection: CollectionNumber,
    /// The slot.
    pub slot: Slot,
}
