//! Positions: how far a partition has applied its own log and the meta log, as one number that its corpus stores.
//!
//! The changes of the meta log that an entry of the partition's log names come right before it. So the pair is a function of
//! the partition's log alone, and ascends.

/// The bits of the sequence number in the meta log.
const META_BITS: u32 = 28;

/// How far a partition has applied its log and the meta log.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize,
)]
pub(crate) struct Position {
    /// The sequence number of the last entry of its own log.
    pub(crate) sequence: u64,
    /// The sequence number of the last entry of the meta log.
    pub(crate) meta: u64,
}

impl Position {
    /// The position as one number; `None` past 2^36 entries of a partition, or 2^28 of the meta log.
    pub(crate) fn pack(self) -> Option<u64> {
        let fits = self.sequence < 1 << (u64::BITS - META_BITS) && self.meta < 1 << META_BITS;
        fits.then_some(self.sequence << META_BITS | self.meta)
    }

    /// The position of a stored number; the begin of both logs if there is none.
    pub(crate) fn unpack(stored: Option<u64>) -> Self {
        let stored = stored.unwrap_or(0);
        Self { sequence: stored >> META_BITS, meta: stored & ((1 << META_BITS) - 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_as_they_are_stored_and_keep_their_order() {
        let position = |sequence, meta| Position { sequence, meta };
        let ascending = [
            position(0, 0),
            position(0, 5),
            position(1, 5),
            position(1, (1 << 28) - 1),
            position(2, 0),
            position((1 << 36) - 1, 7),
        ];
        let packed = ascending.map(|one| one.pack().unwrap());
        assert!(packed.is_sorted_by(|a, b| a < b));
        assert_eq!(packed.map(|one| Position::unpack(Some(one))), ascending);
        assert_eq!(Position::unpack(None), position(0, 0));
        assert_eq!((position(1 << 36, 0).pack(), position(0, 1 << 28).pack()), (None, None));
    }
}
