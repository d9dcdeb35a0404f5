//! Random numbers that are the same in every run.

/// `SplitMix64` (Steele, Lea & Flood 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The random stream of a seed and a name; streams of different names are independent.
    pub(crate) fn new(seed: u64, name: u64) -> Self {
        Self(seed ^ name.wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(32))
    }

    /// Any number.
    #[inline]
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below `end`.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "less than `end`")]
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> u64::BITS) as usize
    }

    /// A number from 0 to 1.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a double holds")]
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// `true` in a share of all cases.
    #[inline]
    pub(crate) fn happens(&mut self, share: f64) -> bool {
        self.share() < share
    }
}
