//! Times as people write them.

use serde::{Deserialize as _, Deserializer, de};

/// A time in RFC 3339, such as `2026-01-31T12:00:00+01:00`.
pub(in crate::cli) fn time(text: &str) -> Option<prost_types::Timestamp> {
    text.trim().parse().ok()
}

/// The message for a text that is no time.
pub(in crate::cli) fn not_a_time(text: &str) -> String {
    format!("is {text:?}, but must be a time in RFC 3339, such as 2026-01-31T12:00:00Z")
}

/// The time of submission in a line of JSON.
pub(super) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<prost_types::Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let invalid = || de::Error::custom(format_args!("submitted_at {}", not_a_time(&text)));
    time(&text).map(Some).ok_or_else(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_zone() {
        let seconds = |text: &str| time(text).map(|time| time.seconds);
        assert_eq!(seconds("2026-01-31T12:00:00Z"), Some(1_769_860_800));
        assert_eq!(seconds("2026-01-31T13:00:00+01:00"), Some(1_769_860_800));
        assert_eq!(seconds("1969-12-31T23:59:59.5Z"), Some(-1));
        for wrong in ["", "yesterday", "31.1.2026", "2026-13-01T00:00:00Z", "2026-01-31T25:00:00Z"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }
}
