//! The budget of a look-up: which common fingerprints it reads.
//!
//! A fingerprint with more than 128 visible postings is *common*. Reading all common fingerprints could take time without bound, so
//! a look-up reads them from the rarest to the commonest until a limit is met. The rule depends on counts of visible
//! postings alone, so that counts from several indexes can be added and give the decision of one index.

use super::common::LEAST_POSTINGS;

/// The limits of a look-up. Fingerprints that are not common are read in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct ReadLimits {
    /// The largest number of postings of one common fingerprint. Of one that has more only a sample is read.
    pub per_fingerprint: u32,
    /// The largest number of postings of common fingerprints in all. From the first fingerprint that exceeds it on, in
    /// order of their counts, only samples are read.
    pub in_all: u32,
}

impl ReadLimits {
    /// No limits.
    pub const NONE: Self = Self { per_fingerprint: u32::MAX, in_all: u32::MAX };

    /// The largest count that makes a difference: a fingerprint with more visible postings is not read.
    #[must_use]
    pub fn ceiling(self) -> u32 {
        self.per_fingerprint.min(self.in_all).max(LEAST_POSTINGS)
    }

    /// The fingerprints of which only a sample is read, by their places in the list; ascending.
    ///
    /// `counts` are the visible postings of each. `n log n` in the common fingerprints.
    #[must_use]
    pub fn unread(self, counts: &[u32]) -> Vec<u32> {
        let mut common: Vec<(u32, u32)> =
            counts.iter().copied().zip(0..).filter(|(count, _)| *count > LEAST_POSTINGS).collect();
        common.sort_unstable();
        let mut left = self.in_all;
        let read = common.iter().take_while(|(count, _)| {
            let fits = *count <= left.min(self.per_fingerprint);
            left = left.saturating_sub(*count);
            fits
        });
        let read = read.count();
        let mut unread: Vec<u32> = common.into_iter().skip(read).map(|(_, place)| place).collect();
        unread.sort_unstable();
        unread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_fingerprints_are_read_from_the_rarest_on() {
        let limits = |per_fingerprint, in_all| ReadLimits { per_fingerprint, in_all };
        let counts = [500, 3, 129, 128, 200];
        assert_eq!(limits(u32::MAX, u32::MAX).unread(&counts), [0_u32; 0]);
        assert_eq!(limits(u32::MAX, 829).unread(&counts), [0_u32; 0]);
        assert_eq!(limits(u32::MAX, 828).unread(&counts), [0]);
        assert_eq!(limits(u32::MAX, 328).unread(&counts), [0, 4]);
        assert_eq!(limits(128, u32::MAX).unread(&counts), [0, 2, 4]);
        assert_eq!(limits(0, 0).unread(&counts), [0, 2, 4]);
        assert_eq!((limits(7, 9).ceiling(), limits(900, 300).ceiling()), (128, 300));
    }
}
