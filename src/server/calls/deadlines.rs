//! Until when a call may take.

use std::time::{Duration, Instant};

use http::HeaderMap;

use super::kinds::Kind;
use crate::service::Problem;

/// How much sooner than the caller asked we give up at most, so that our answer comes before whatever the
/// caller's own library says when its time is over.
const AHEAD: Duration = Duration::from_millis(20);

/// The deadlines of the settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    pub(super) default: Duration,
    pub(super) max: Duration,
}

impl Deadlines {
    /// When a call that has just come must end, if it must. A stream takes as long as its caller gives it:
    /// an import takes hours.
    ///
    /// # Errors
    ///
    /// When the caller's own is none.
    pub(super) fn of(self, headers: &HeaderMap, kind: Kind) -> Result<Option<Instant>, Problem> {
        let asked = match headers.get("grpc-timeout") {
            None => None,
            Some(value) => {
                let timeout = value.to_str().ok().and_then(parse_timeout);
                Some(timeout.ok_or_else(|| malformed(value))?)
            }
        };
        let asked = asked.map(|timeout| timeout.saturating_sub(AHEAD.min(timeout / 8)));
        let timeout = match kind {
            Kind::Unary => Some(asked.unwrap_or(self.default).min(self.max)),
            Kind::Stream => asked,
        };
        Ok(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    /// When a call with this deadline must have begun to answer: a stream does so as soon as its first message
    /// was read, which a peer may not draw out for ever.
    pub(super) fn of_first_answer(self, deadline: Option<Instant>, kind: Kind) -> Option<Instant> {
        match kind {
            Kind::Unary => deadline,
            Kind::Stream => [deadline, Instant::now().checked_add(self.default)].into_iter().flatten().min(),
        }
    }
}

fn malformed(value: &http::HeaderValue) -> Problem {
    Problem::malformed_timeout(&String::from_utf8_lossy(value.as_bytes()))
}

/// The value of a `grpc-timeout` header: up to eight digits and a unit.
fn parse_timeout(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    let is_number = (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let count: u64 = digits.parse().ok().filter(|_| is_number)?;
    match unit {
        "H" => Some(Duration::from_hours(count)),
        "M" => Some(Duration::from_mins(count)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_timeouts() {
        assert_eq!(parse_timeout("5S"), Some(Duration::from_secs(5)));
        assert_eq!(parse_timeout("99999999H"), Some(Duration::from_hours(99_999_999)));
        for bad in ["", "S", "5", "5s", "123456789S", "-1S", "+1S", "é"] {
            assert_eq!(parse_timeout(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_call_takes_no_longer_than_it_may() {
        let deadlines = Deadlines { default: Duration::from_mins(1), max: Duration::from_mins(10) };
        let seconds = |timeout: Option<&'static str>, kind| {
            let mut headers = HeaderMap::new();
            headers
                .extend(timeout.map(|timeout| {
                    (http::HeaderName::from_static("grpc-timeout"), timeout.parse().unwrap())
                }));
            let deadline = deadlines.of(&headers, kind).unwrap();
            deadline.map(|at| at.saturating_duration_since(Instant::now()).as_secs_f64().round())
        };
        assert_eq!(seconds(None, Kind::Unary), Some(60.0));
        assert_eq!(seconds(Some("5S"), Kind::Unary), Some(5.0));
        assert_eq!(seconds(Some("2H"), Kind::Unary), Some(600.0));
        assert_eq!(seconds(None, Kind::Stream), None);
        assert_eq!(seconds(Some("2H"), Kind::Stream), Some(7200.0));
    }
}
