//! Names for calls, by which a caller and an operator can speak of the same one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderValue};

/// The header that carries a request's id, there and back.
pub(super) const HEADER: &str = "x-request-id";

/// Bytes of an id at most.
const MOST_BYTES: usize = 128;

/// Gives out ids.
#[derive(Debug)]
pub(super) struct RequestIds {
    /// Tells this process from others, about.
    prefix: u32,
    given: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> Self {
        // Without random numbers ids are told apart by their count alone, which still does within a process.
        Self { prefix: getrandom::u32().unwrap_or(0), given: AtomicU64::new(0) }
    }
}

impl RequestIds {
    /// The id that the caller gave, if it is a sane one; else a new one.
    pub(super) fn of(&self, headers: &HeaderMap) -> RequestId {
        let theirs = headers.get(HEADER).filter(|value| is_sane(value));
        let theirs = theirs.and_then(|value| Some(RequestId::new(value.to_str().ok()?, value.clone())));
        theirs.unwrap_or_else(|| self.next())
    }

    fn next(&self) -> RequestId {
        let id = format!("{:08x}-{}", self.prefix, self.given.fetch_add(1, Ordering::Relaxed));
        let value = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("none"));
        RequestId::new(&id, value)
    }
}

/// Up to 128 characters of ASCII that one can see: so it fits into a line of a log, and into a header.
fn is_sane(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (1..=MOST_BYTES).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
}

/// The name of a call.
#[derive(Debug, Clone)]
pub(super) struct RequestId {
    pub(super) id: Arc<str>,
    /// The same, for a header.
    pub(super) value: HeaderValue,
}

impl RequestId {
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
        RequestIds::default().of(&headers).id
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
        let ids = RequestIds::default();
        assert_ne!(ids.of(&HeaderMap::new()).id, ids.of(&HeaderMap::new()).id);
    }
}
