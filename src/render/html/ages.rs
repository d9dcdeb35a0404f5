//! Times of submission, and which of two texts is older.

use std::time::{Duration, UNIX_EPOCH};

use crate::proto::AgeOrder;

/// The last second of the year 9999, which is the last that is written with four digits.
const LAST_SECOND: u64 = 253_402_300_799;

/// Seconds since 1970 as a time: `2026-05-01T10:00:00Z`. Times after the year 9999 are its end.
pub(super) fn time(seconds: u64) -> String {
    let since = Duration::from_secs(seconds.min(LAST_SECOND));
    humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string()
}

/// The day of a time in seconds since 1970: `2026-05-01`; `None` for times before.
pub(super) fn day(seconds: i64) -> Option<String> {
    let time = time(u64::try_from(seconds).ok()?);
    time.split_once('T').map(|(day, _)| day.to_owned())
}

/// Which of two texts is older, as a sentence; `None` if it is not known.
pub(super) fn older(order: AgeOrder, [first, second]: [&str; 2]) -> Option<String> {
    match order {
        AgeOrder::Submission => Some(format!("The {first} is older.")),
        AgeOrder::Source => Some(format!("The {second} is older.")),
        AgeOrder::Same => Some("Both were handed in at the same time.".to_owned()),
        AgeOrder::Unspecified => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_can_be_written() {
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        assert_eq!(time(u64::MAX), "9999-12-31T23:59:59Z");
        assert_eq!(day(1_777_590_000).as_deref(), Some("2026-04-30"));
        assert_eq!(day(i64::MAX).as_deref(), Some("9999-12-31"));
        assert_eq!(day(-1), None);
    }
}
