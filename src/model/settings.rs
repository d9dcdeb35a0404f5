//! The fingerprint settings of a collection: `k` and `w`. Each type checks its range when it is built.

use std::ops::RangeInclusive;

/// A number outside the range of its setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{name} is {value}, but must be from {min} to {max}")]
pub struct OutOfRange {
    /// The name of the setting.
    pub name: &'static str,
    /// The value that was given.
    pub value: u32,
    /// The smallest value allowed.
    pub min: u32,
    /// The largest value allowed.
    pub max: u32,
}

fn in_range(name: &'static str, value: u32, range: &RangeInclusive<u32>) -> Result<u32, OutOfRange> {
    let (min, max) = (*range.start(), *range.end());
    if range.contains(&value) { Ok(value) } else { Err(OutOfRange { name, value, min, max }) }
}

/// `k`, the number of tokens in a k-gram: 3 to 32, 5 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "server", serde(try_from = "u32", into = "u32"))]
pub struct KgramLength(u32);

impl KgramLength {
    /// The range of values: below 3 nearly every source is a candidate, above 32 hardly any.
    pub const RANGE: RangeInclusive<u32> = 3..=32;

    /// Checks the number.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] if `tokens` is not in [`Self::RANGE`].
    pub fn new(tokens: u32) -> Result<Self, OutOfRange> {
        in_range("k", tokens, &Self::RANGE).map(Self)
    }

    /// The number of tokens.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for KgramLength {
    type Error = OutOfRange;

    fn try_from(value: u32) -> Result<Self, OutOfRange> {
        Self::new(value)
    }
}

impl From<KgramLength> for u32 {
    fn from(value: KgramLength) -> Self {
        value.0
    }
}

impl Default for KgramLength {
    fn default() -> Self {
        Self(5)
    }
}

/// `w`, the number of k-grams in a window: 1 to 64, 4 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "server", serde(try_from = "u32", into = "u32"))]
pub struct WindowSize(u32);

impl WindowSize {
    /// The range of values; 1 keeps every k-gram.
    pub const RANGE: RangeInclusive<u32> = 1..=64;

    /// Checks the number.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] if `kgrams` is not in [`Self::RANGE`].
    pub fn new(kgrams: u32) -> Result<Self, OutOfRange> {
        in_range("w", kgrams, &Self::RANGE).map(Self)
    }

    /// The number of k-grams.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for WindowSize {
    type Error = OutOfRange;

    fn try_from(value: u32) -> Result<Self, OutOfRange> {
        Self::new(value)
    }
}

impl From<WindowSize> for u32 {
    fn from(value: WindowSize) -> Self {
        value.0
    }
}

impl Default for WindowSize {
    fn default() -> Self {
        Self(4)
    }
}

/// `k` and `w`: they decide which fingerprints a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct FingerprintSettings {
    /// `k`.
    pub kgram: KgramLength,
    /// `w`.
    pub window: WindowSize,
}

impl FingerprintSettings {
    /// The settings with these numbers.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] of the first that is out of its range.
    pub fn new(kgram_tokens: u32, window_kgrams: u32) -> Result<Self, OutOfRange> {
        Ok(Self { kgram: KgramLength::new(kgram_tokens)?, window: WindowSize::new(window_kgrams)? })
    }

    /// `t = k + w - 1`, the shortest run of tokens that is always found.
    #[must_use]
    pub fn guarantee_tokens(self) -> u32 {
        self.kgram.0 + self.window.0 - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_at_their_edges() {
        for (value, ok) in [(0, false), (2, false), (3, true), (32, true), (33, false)] {
            assert_eq!(KgramLength::new(value).is_ok(), ok, "k = {value}");
        }
        for (value, ok) in [(0, false), (1, true), (64, true), (65, false)] {
            assert_eq!(WindowSize::new(value).is_ok(), ok, "w = {value}");
        }
        assert_eq!(KgramLength::new(99).unwrap_err().to_string(), "k is 99, but must be from 3 to 32");
        assert_eq!(FingerprintSettings::default().guarantee_tokens(), 8);
    }
}
