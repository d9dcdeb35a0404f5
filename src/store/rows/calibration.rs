//! The rows of calibrations.

use crate::model::{Calibration, CollectionNumber};
use crate::store::codec::{Decoder, Encoder};

/// A calibration and its collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredCalibration {
    /// The collection.
    pub collection: CollectionNumber,
    /// The calibration.
    pub calibration: Calibration,
}

impl StoredCalibration {
    pub(in crate::store) fn encode(&self) -> Vec<u8> {
        let Calibration { rate, decay, sources, revision } = self.calibration;
        let mut row = Encoder::default();
        row.u64(revision);
        row.u64(sources);
        row.f64(rate);
        row.f64(decay);
        row.bytes
    }

    pub(in crate::store) fn decode(collection: CollectionNumber, row: &[u8]) -> Option<Self> {
        let mut row = Decoder::new(row);
        let (revision, sources, rate, decay) = (row.u64()?, row.u64()?, row.f64()?, row.f64()?);
        let is_valid = [rate, decay].iter().all(|number| number.is_finite() && *number > 0.0);
        let calibration = Calibration { rate, decay, sources, revision };
        (row.is_at_end() && is_valid).then_some(Self { collection, calibration })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calibration_comes_back_as_it_was_and_nothing_else_does() {
        let calibration = Calibration { sources: 7, revision: 9, ..Calibration::default() };
        let stored = StoredCalibration { collection: CollectionNumber(3), calibration };
        let row = stored.encode();
        assert_eq!(StoredCalibration::decode(CollectionNumber(3), &row), Some(stored));
        assert_eq!(StoredCalibration::decode(CollectionNumber(3), &row[..row.len() - 1]), None);
        let rate =
            |rate| StoredCalibration { calibration: Calibration { rate, ..calibration }, ..stored }.encode();
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(StoredCalibration::decode(CollectionNumber(3), &rate(bad)), None, "{bad}");
        }
    }
}
