//! Calibrations: how often chance produces passages in a collection, as plain data.

/// What was learned of chance from a collection's own sources.
///
/// The expected number of runs with a score of at least `s` that a submission of `m` words shares by chance with sources of
/// `n` words falls off as `rate * m * n * exp(-decay * (s - 32))`: the law of Karlin & Altschul (1990).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Calibration {
    /// Runs for each word of the submission and each word of the sources, with a score of 32 nats or more.
    pub rate: f64,
    /// The fall of their number with each nat.
    pub decay: f64,
    /// The sources of the collection when it was calibrated.
    pub sources: u64,
    /// The revision at which it was calibrated; 0 for the default.
    pub revision: u64,
}

/// No number of a calibration is NaN.
impl Eq for Calibration {}

impl Calibration {
    /// The fewest sources that a calibration is fitted to. Smaller collections have the [default](Self::default).
    pub const LEAST_SOURCES: u64 = 1_000;

    /// Whether a collection of so many sources has outgrown it: it has twice as many as when it was calibrated, or half.
    #[must_use]
    pub fn is_outgrown(&self, sources: u64) -> bool {
        sources >= 2 * self.sources || 2 * sources <= self.sources
    }
}

/// That of English prose, measured on 1,000 to 50,000 sources.
impl Default for Calibration {
    fn default() -> Self {
        Self { rate: 2.1e-11, decay: 0.19, sources: 0, revision: 0 }
    }
}
