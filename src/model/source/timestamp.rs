//! Times.

use std::num::NonZeroU32;
use std::time::SystemTime;

use crate::model::InvalidValue;

/// A time in the years 1 to 9999, in nanoseconds: the range of `google.protobuf.Timestamp`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "server", serde(try_from = "(i64, i32)", into = "(i64, u32)"))]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    /// Nanoseconds after them, plus one: an optional time takes no more room than a time.
    nanos_plus_one: NonZeroU32,
}

impl Timestamp {
    /// Seconds since 1970 of the first second of the year 1, and of the last of the year 9999.
    const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

    /// The time `nanos` nanoseconds after `seconds` seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if it is not in the years 1 to 9999, or if `nanos` is not from 0 to 999,999,999.
    pub fn new(seconds: i64, nanos: i32) -> Result<Self, InvalidValue> {
        if !Self::SECONDS.contains(&seconds) {
            return Err(InvalidValue::NotATime { seconds });
        }
        let valid = u32::try_from(nanos).ok().filter(|nanos| *nanos < 1_000_000_000);
        let nanos_plus_one = valid.and_then(|nanos| NonZeroU32::MIN.checked_add(nanos));
        nanos_plus_one
            .map(|nanos_plus_one| Self { seconds, nanos_plus_one })
            .ok_or(InvalidValue::NotNanoseconds { nanos })
    }

    /// The present time of the system, in milliseconds. A clock that is out of range reads as 1970.
    #[must_use]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).unwrap_or(0);
        let nanos = i32::try_from(since.subsec_millis()).unwrap_or(0) * 1_000_000;
        Self::new(seconds, nanos).unwrap_or(Self { seconds: 0, nanos_plus_one: NonZeroU32::MIN })
    }

    /// Whole seconds since 1970-01-01T00:00:00Z; negative before.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`Self::seconds`].
    #[must_use]
    pub fn nanos(self) -> u32 {
        self.nanos_plus_one.get() - 1
    }
}

/// From seconds and nanoseconds.
impl TryFrom<(i64, i32)> for Timestamp {
    type Error = InvalidValue;

    fn try_from((seconds, nanos): (i64, i32)) -> Result<Self, InvalidValue> {
        Self::new(seconds, nanos)
    }
}

/// The seconds and nanoseconds of a time.
impl From<Timestamp> for (i64, u32) {
    fn from(time: Timestamp) -> Self {
        (time.seconds(), time.nanos())
    }
}

impl std::fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Timestamp({}.{:09})", self.seconds, self.nanos())
    }
}

/// The times from `from` on and before `before`; unbounded where one is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct TimeRange {
    /// The first time.
    pub from: Option<Timestamp>,
    /// The first time after the range.
    pub before: Option<Timestamp>,
}

impl TimeRange {
    /// True if it has no bounds.
    #[must_use]
    pub fn is_unbounded(&self) -> bool {
        self.from.is_none() && self.before.is_none()
    }

    /// True if a time is in the range. An unknown time is in the unbounded range only.
    #[must_use]
    pub fn contains(&self, time: Option<Timestamp>) -> bool {
        match time {
            None => self.is_unbounded(),
            Some(time) => {
                self.from.is_none_or(|from| from <= time) && self.before.is_none_or(|before| time < before)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_protobuf() {
        assert_eq!(size_of::<Option<Timestamp>>(), 16);
        for (seconds, nanos, ok) in [
            (0, 0, true),
            (-62_135_596_800, 0, true),
            (-62_135_596_801, 0, false),
            (253_402_300_799, 999_999_999, true),
            (253_402_300_800, 0, false),
            (1, -1, false),
            (1, 1_000_000_000, false),
            (i64::MIN, i32::MIN, false),
        ] {
            assert_eq!(Timestamp::new(seconds, nanos).is_ok(), ok, "{seconds} {nanos}");
        }
        let time = Timestamp::new(-5, 17).unwrap();
        assert_eq!((time.seconds(), time.nanos()), (-5, 17));
        assert!(Timestamp::new(0, 0).unwrap() < Timestamp::new(0, 1).unwrap());
        assert!(Timestamp::now() > Timestamp::new(1_700_000_000, 0).unwrap());
    }

    #[test]
    fn a_range_includes_its_first_time_and_not_its_end() {
        let at = |seconds| Timestamp::new(seconds, 0).unwrap();
        let range = TimeRange { from: Some(at(10)), before: Some(at(20)) };
        let inside = [9, 10, 19, 20].map(|seconds| range.contains(Some(at(seconds))));
        assert_eq!(inside, [false, true, true, false]);
        assert!(!range.contains(None));
        assert!(TimeRange::default().contains(None) && TimeRange::default().contains(Some(at(0))));
    }
}
