//! Correlation ids: a caller and an operator use one to refer to the same call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderValue};

/// The header that carries the id, in requests and responses.
pub(super) const HEADER: &str = "x-request-id";

/// Maximum bytes of an id.
const MAX_BYTES: usize = 128;

/// Assigns ids.
#[derive(Debug)]
pub(super) struct CorrelationIds {
    /// Random, to distinguish this process from others.
    prefix: u32,
    count: AtomicU64,
}

impl Default for CorrelationIds {
    fn default() -> Self {
        // Without random numbers, ids are unique within the process only.
        Self { prefix: getrandom::u32().unwrap_or(0), count: AtomicU64::new(0) }
    }
}

impl CorrelationIds {
    /// The id that the caller sent, if it is valid, or else a new one.
    pub(super) fn for_request(&self, headers: &HeaderMap) -> CorrelationId {
        let theirs = headers.get(HEADER).filter(|value| is_valid(value));
        let theirs = theirs.and_then(|value| Some(CorrelationId::new(value.to_str().ok()?, value.clone())));
        theirs.unwrap_or_else(|| self.next())
    }

    fn next(&self) -> CorrelationId {
        let id = format!("{:08x}-{}", self.prefix, self.count.fetch_add(1, Ordering::Relaxed));
        let value = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("none"));
        CorrelationId::new(&id, value)
    }
}

/// True for 1 to 128 visible ASCII characters, which fit into a log line and a header.
fn is_valid(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (1..=MAX_BYTES).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
}

/// The correlation id of a call.
#[derive(Debug, Clone)]
pub(super) struct CorrelationId {
    pub(super) id: Arc<str>,
    /// The id as a header value.
    pub(super) value: HeaderValue,
}

impl CorrelationId {
    fn new(id: &str, value: HeaderValue) -> Self {
        Self { id: id.into(), value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_for(value: &[u8]) -> Arc<str> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_bytes(value).unwrap());
        CorrelationIds::default().for_request(&headers).id
    }

    #[test]
    fn sane_ids_are_kept_and_others_replaced() {
        let long = "x".repeat(128);
        for sane in ["a", "7f3c-11!", &long] {
            assert_eq!(&*id_for(sane.as_bytes()), sane);
        }
        let too_long = "x".repeat(129);
        for bad in ["", "two words", "tab\there", "é", &too_long] {
            assert!(id_for(bad.as_bytes()).ends_with("-0"), "{bad:?}");
        }
    }

    #[test]
    fn no_two_are_the_same() {
        let ids = CorrelationIds::default();
        assert_ne!(ids.for_request(&HeaderMap::new()).id, ids.for_request(&HeaderMap::new()).id);
    }
}
