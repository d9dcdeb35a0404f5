//! Deadlines of calls.

use std::time::{Duration, Instant};

use http::HeaderMap;

use super::kinds::MethodKind;
use crate::service::Problem;

/// Maximum time by which the server ends a call before the deadline that the caller asked for, so that the server's status
/// arrives before the client library gives up.
const AHEAD: Duration = Duration::from_millis(20);

/// Default and maximum deadline, as set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    pub(super) default: Duration,
    pub(super) max: Duration,
}

impl Deadlines {
    /// The deadline of a call that begins now, if it has one. A stream has only its caller's deadline: an import takes hours.
    ///
    /// # Errors
    ///
    /// A [`Problem`] if `grpc-timeout` is malformed.
    pub(super) fn for_call(self, headers: &HeaderMap, kind: MethodKind) -> Result<Option<Instant>, Problem> {
        let asked = match headers.get("grpc-timeout") {
            None => None,
            Some(value) => {
                let timeout = value.to_str().ok().and_then(parse_timeout);
                Some(timeout.ok_or_else(|| malformed(value))?)
            }
        };
        let asked = asked.map(|timeout| timeout.saturating_sub(AHEAD.min(timeout / 8)));
        let timeout = match kind {
            MethodKind::Unary => Some(asked.unwrap_or(self.default).min(self.max)),
            MethodKind::Stream => asked,
        };
        Ok(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    /// The deadline for the first byte of the response. A stream responds once its first message is read, so this bounds the
    /// time that a peer may take to send it.
    pub(super) fn for_first_response(self, deadline: Option<Instant>, kind: MethodKind) -> Option<Instant> {
        match kind {
            MethodKind::Unary => deadline,
            MethodKind::Stream => {
                [deadline, Instant::now().checked_add(self.default)].into_iter().flatten().min()
            }
        }
    }
}

fn malformed(value: &http::HeaderValue) -> Problem {
    Problem::malformed_timeout(&String::from_utf8_lossy(value.as_bytes()))
}

/// Parses a `grpc-timeout` header: up to eight digits and a unit.
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
            let deadline = deadlines.for_call(&headers, kind).unwrap();
            deadline.map(|at| at.saturating_duration_since(Instant::now()).as_secs_f64().round())
        };
        assert_eq!(seconds(None, MethodKind::Unary), Some(60.0));
        assert_eq!(seconds(Some("5S"), MethodKind::Unary), Some(5.0));
        assert_eq!(seconds(Some("2H"), MethodKind::Unary), Some(600.0));
        assert_eq!(seconds(None, MethodKind::Stream), None);
        assert_eq!(seconds(Some("2H"), MethodKind::Stream), Some(7200.0));
    }
}
