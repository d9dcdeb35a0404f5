//! A message as a server stores it: a whole message, or a part of one.

use std::str::FromStr;
use std::time::SystemTime;

use async_nats::HeaderMap;
use bytes::Bytes;
use data_encoding::BASE64;
use serde::Deserialize;

use crate::Timestamp;
use crate::cluster::log::publish::PART_HEADER;

/// A message as a server stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Stored {
    /// Its place in the stream.
    pub(in super::super) sequence: u64,
    /// When the leader took it.
    pub(super) time: Timestamp,
    /// Which part it is, if it is one.
    pub(in super::super) part: Option<Part>,
    /// Its bytes.
    pub(super) payload: Bytes,
}

/// The number of a part, from 1, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Part {
    pub(super) number: u64,
    pub(super) count: u64,
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        match numbers {
            Some((number, count)) if number >= 1 && number <= count => Ok(Self { number, count }),
            _ => Err(format!("{PART_HEADER} is {text:?} and not like 2/3")),
        }
    }
}

/// What a direct get says of its message, beside the message.
#[derive(Debug)]
pub(super) struct Delivery {
    /// The message.
    pub(super) stored: Stored,
    /// The sequence of the one before in the same batch; 0 for the first.
    pub(super) previous: u64,
    /// How many messages the stream has after it.
    pub(super) pending: u64,
}

impl Delivery {
    /// Reads an answer of a direct get.
    ///
    /// # Errors
    ///
    /// The header that is missing or can't be read.
    pub(super) fn read(headers: &HeaderMap, payload: Bytes) -> Result<Self, String> {
        let text = |name: &'static str| headers.get(name).map(async_nats::HeaderValue::as_str);
        let needed = |name: &'static str| text(name).ok_or_else(|| format!("{name} is missing"));
        let number = |name: &'static str| -> Result<u64, String> {
            let text = needed(name)?;
            text.parse().map_err(|_| format!("{name} is {text:?} and no number"))
        };
        let stored = Stored {
            sequence: number("Nats-Sequence")?,
            time: read_time(needed("Nats-Time-Stamp")?)?,
            part: text(PART_HEADER).map(str::parse).transpose()?,
            payload,
        };
        // A get of one message has neither.
        let optional = |name: &'static str| text(name).map_or(Ok(0), |_| number(name));
        Ok(Self { stored, previous: optional("Nats-Last-Sequence")?, pending: optional("Nats-Num-Pending")? })
    }
}

/// The answer of `STREAM.MSG.GET`.
#[derive(Debug, Deserialize)]
pub(super) struct Got {
    message: GotMessage,
}

#[derive(Debug, Deserialize)]
struct GotMessage {
    seq: u64,
    time: String,
    /// The block of headers, in base64.
    #[serde(default)]
    hdrs: String,
    /// The payload, in base64.
    #[serde(default)]
    data: String,
}

impl Got {
    /// The message of an answer.
    ///
    /// # Errors
    ///
    /// What can't be read.
    pub(super) fn stored(self) -> Result<Stored, String> {
        let GotMessage { seq, time: at, hdrs, data } = self.message;
        let decode = |text: &str| BASE64.decode(text.as_bytes()).map_err(|error| error.to_string());
        let headers = String::from_utf8(decode(&hdrs)?).map_err(|error| error.to_string())?;
        let part = headers
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case(PART_HEADER))
            .map(|(_, value)| value.trim().parse())
            .transpose()?;
        Ok(Stored { sequence: seq, time: read_time(&at)?, part, payload: decode(&data)?.into() })
    }
}

/// Reads a time as the server writes it: RFC 3339 in UTC, in nanoseconds.
pub(in crate::cluster::log) fn read_time(text: &str) -> Result<Timestamp, String> {
    let malformed = || format!("{text:?} is not a time");
    let time = humantime::parse_rfc3339(text).map_err(|_| malformed())?;
    let since = time.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| malformed())?;
    let seconds = i64::try_from(since.as_secs()).map_err(|_| malformed())?;
    let nanos = i32::try_from(since.subsec_nanos()).map_err(|_| malformed())?;
    Timestamp::new(seconds, nanos).map_err(|_| malformed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::log::api::read;

    const TIME: &str = "2026-11-29T18:00:24.552477204Z";

    fn headers(more: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [("Nats-Sequence", "4"), ("Nats-Time-Stamp", TIME)].iter().chain(more) {
            headers.insert(*name, *value);
        }
        headers
    }

    #[test]
    fn a_direct_get_is_read() {
        let more = [
            ("Nats-Last-Sequence", "2"),
            ("Nats-Num-Pending", "3"),
            ("palimpsest-part", "x"),
            (PART_HEADER, "3/4"),
        ];
        let delivery = Delivery::read(&headers(&more), "x3".into()).unwrap();
        assert_eq!((delivery.previous, delivery.pending, delivery.stored.sequence), (2, 3, 4));
        assert_eq!(delivery.stored.part, Some(Part { number: 3, count: 4 }));
        assert_eq!(delivery.stored.time, Timestamp::new(1_795_975_224, 552_477_204).unwrap());
        assert_eq!(Delivery::read(&headers(&[]), Bytes::new()).unwrap().stored.part, None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = |headers: &HeaderMap| Delivery::read(headers, Bytes::new()).unwrap_err();
        assert!(error(&HeaderMap::new()).contains("Nats-Sequence is missing"));
        assert!(error(&headers(&[("Nats-Num-Pending", "x")])).contains("Nats-Num-Pending is \"x\""));
        for part in ["", "1", "0/2", "3/2", "a/b", "1/2/3"] {
            assert!(error(&headers(&[(PART_HEADER, part)])).contains("not like 2/3"), "{part}");
        }
    }

    #[test]
    fn an_answer_of_the_leader_is_read() {
        let answer = br#"{"type":"io.nats.jetstream.api.v1.stream_msg_get_response","message":{"subject":"T.log.p00",
            "seq":4,"hdrs":"TkFUUy8xLjANCk5hdHMtTXNnLUlkOiBiDQpQYWxpbXBzZXN0LVBhcnQ6IDMvMw0KDQo=","data":"eDM=",
            "time":"2026-11-29T18:00:24.552477204Z"}}"#;
        let stored = read::<Got>("x", answer).unwrap().stored().unwrap();
        assert_eq!((stored.sequence, stored.payload.as_ref()), (4, &b"x3"[..]));
        assert_eq!(stored.part, Some(Part { number: 3, count: 3 }));
    }

    #[test]
    fn times_have_up_to_nine_digits() {
        assert_eq!(read_time("1970-01-01T00:00:01Z").unwrap(), Timestamp::new(1, 0).unwrap());
        assert_eq!(read_time("1970-01-01T00:00:01.5Z").unwrap(), Timestamp::new(1, 500_000_000).unwrap());
        assert!(read_time("0001-01-01T00:00:00Z").is_err() && read_time("now").is_err());
    }
}
