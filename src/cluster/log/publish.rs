//! Publishing: one operation becomes one message, in parts if it is large, once.

use std::time::Duration;

use async_nats::HeaderMap;
use bytes::Bytes;
use serde::Deserialize;
use tokio::time::{Instant, sleep, timeout};

use super::streams::DUPLICATE_WINDOW;
use super::{Log, LogError, LogId, Topic, api, codes};

/// The header with the number of a part and of all parts, as `2/3`.
pub(super) const PART_HEADER: &str = "Palimpsest-Part";

/// What of `max_payload` is left for headers, in bytes.
const RESERVE: usize = 64 * 1024;

/// Most parts of a message. The server holds a batch in memory until its last part, and takes at most 1,000.
const MOST_PARTS: usize = 128;

/// How long a message is tried again: the stream must know its id until the last try has arrived.
const RETRY_WITHIN: Duration = DUPLICATE_WINDOW.saturating_sub(Duration::from_secs(30));

/// The pause before the second try; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// The longest pause between tries. A stream whose leader fell has another after 2 to 4 s.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// The acknowledgement of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Published {
    /// Its place in the stream; of a message in parts that of the last part.
    pub(crate) sequence: u64,
    /// True if the stream had a message with this id already, from an earlier try.
    pub(crate) duplicate: bool,
}

/// The acknowledgement as it comes.
#[derive(Debug, Deserialize)]
struct Ack {
    stream: String,
    seq: u64,
    #[serde(default)]
    duplicate: bool,
}

/// A message to be published.
struct Outgoing<'a> {
    stream: String,
    subject: String,
    id: &'a str,
    parts: Vec<Bytes>,
}

impl Log {
    /// Publishes a message and waits until most servers have it. It is tried again with the same `id` until
    /// `until`, and stored at most once within two minutes. Then the nodes that wait for the stream are
    /// woken.
    ///
    /// A message that is larger than a message of NATS may be is stored in parts, all of them or none, one
    /// after the other.
    ///
    /// # Errors
    ///
    /// [`LogError::NotAcknowledged`] if it may be stored all the same, even later. All others: it is not
    /// stored. [`LogError::Unavailable`] without a leader or a connection; [`LogError::TooLarge`];
    /// [`LogError::MessageId`].
    pub(crate) async fn publish(
        &self,
        (log, topic): (LogId, Topic),
        id: &str,
        payload: Bytes,
        until: Instant,
    ) -> Result<Published, LogError> {
        check_id(id)?;
        let parts = split(&payload, self.part_bytes())?;
        let outgoing = Outgoing { stream: self.stream(log), subject: self.subject(log, topic), id, parts };
        let start = Instant::now();
        let until = until.min(start + RETRY_WITHIN);
        let mut pause = FIRST_PAUSE;
        let mut may_be_stored = false;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let error = match self.publish_once(&outgoing, left.min(self.call_timeout())).await {
                Ok(published) => {
                    self.wake(log, published.sequence).await;
                    return Ok(published);
                }
                Err(error) => error,
            };
            may_be_stored |= error.may_be_stored();
            if !error.is_transient() || Instant::now() + pause >= until {
                return Err(outgoing.failure(error, may_be_stored, start.elapsed()));
            }
            sleep(pause).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    /// Most bytes of a part.
    fn part_bytes(&self) -> usize {
        let most = self.max_payload();
        most.saturating_sub(RESERVE).max(most / 2)
    }

    async fn publish_once(&self, message: &Outgoing<'_>, within: Duration) -> Result<Published, LogError> {
        match message.parts.as_slice() {
            [whole] => {
                let headers = message.headers();
                self.acknowledged(message, headers, whole.clone(), within).await
            }
            [first, between @ .., last] => self.publish_parts(message, first, between, last, within).await,
            [] => Err(LogError::Malformed { call: message.subject.clone(), cause: "no parts".to_owned() }),
        }
    }

    /// Publishes the parts as an atomic batch. The id is that of the last part: the server refuses a batch
    /// with an id that it knows, and only then the sequence has to be asked for.
    async fn publish_parts(
        &self,
        message: &Outgoing<'_>,
        first: &Bytes,
        between: &[Bytes],
        last: &Bytes,
        within: Duration,
    ) -> Result<Published, LogError> {
        // Each try is a batch of its own: the server may still have parts of the one before.
        let inbox = self.client().new_inbox();
        let batch = inbox.rsplit('.').next().unwrap_or_default();
        let count = message.parts.len();
        // The server answers the first part too, so that a stream that takes no batch is noticed before all
        // is sent.
        let answer =
            self.request(&message.subject, Some(part(batch, 1, count)), first.clone(), within).await?;
        if !answer.payload.is_empty() {
            api::read::<Ack>(&message.subject, &answer.payload)?;
        }
        for (i, bytes) in between.iter().enumerate() {
            self.check_connected(&message.subject)?;
            let headers = part(batch, i + 2, count);
            let sent = self.client().publish_with_headers(message.subject.clone(), headers, bytes.clone());
            match timeout(within, sent).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(LogError::Closed),
                Err(_) => return Err(LogError::TimedOut { call: message.subject.clone(), within }),
            }
        }
        let mut headers = part(batch, count, count);
        headers.insert("Nats-Batch-Commit", "1");
        headers.insert("Nats-Msg-Id", message.id);
        headers.insert("Nats-Expected-Stream", message.stream.as_str());
        match self.acknowledged(message, headers, last.clone(), within).await {
            Err(LogError::Refused { error_code: codes::DUPLICATE_IN_BATCH, .. }) => {
                self.sequence_of(message, within).await
            }
            result => result,
        }
    }

    /// The sequence of a message whose id the stream knows. The question is a message with the same id and an
    /// expectation that never holds: the server looks at the id first, and stores it in no case.
    async fn sequence_of(&self, message: &Outgoing<'_>, within: Duration) -> Result<Published, LogError> {
        let mut headers = message.headers();
        headers.insert("Nats-Expected-Last-Sequence", u64::MAX.to_string().as_str());
        self.acknowledged(message, headers, Bytes::new(), within).await
    }

    async fn acknowledged(
        &self,
        message: &Outgoing<'_>,
        headers: HeaderMap,
        payload: Bytes,
        within: Duration,
    ) -> Result<Published, LogError> {
        let answer = self.request(&message.subject, Some(headers), payload, within).await?;
        let ack: Ack = api::read(&message.subject, &answer.payload)?;
        if ack.stream != message.stream || ack.seq == 0 {
            let cause = format!("it comes from the stream {:?}, sequence {}", ack.stream, ack.seq);
            return Err(LogError::Malformed { call: message.subject.clone(), cause });
        }
        Ok(Published { sequence: ack.seq, duplicate: ack.duplicate })
    }
}

impl Outgoing<'_> {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", self.id);
        headers.insert("Nats-Expected-Stream", self.stream.as_str());
        headers
    }

    /// The error of the last try, or that the message may be stored if one of the tries may have been.
    fn failure(&self, error: LogError, may_be_stored: bool, within: Duration) -> LogError {
        if !may_be_stored {
            return error;
        }
        LogError::NotAcknowledged {
            stream: self.stream.clone(),
            id: self.id.to_owned(),
            within,
            cause: error.to_string(),
        }
    }
}

/// The headers of part `number` of `count` in a batch.
fn part(batch: &str, number: usize, count: usize) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Batch-Id", batch);
    headers.insert("Nats-Batch-Sequence", number.to_string().as_str());
    headers.insert(PART_HEADER, format!("{number}/{count}").as_str());
    headers
}

/// Cuts a payload into parts of at most `most` bytes; one that fits is one part.
///
/// # Errors
///
/// [`LogError::TooLarge`] if there would be more than [`MOST_PARTS`].
fn split(payload: &Bytes, most: usize) -> Result<Vec<Bytes>, LogError> {
    let limit = most.saturating_mul(MOST_PARTS);
    if payload.len() > limit {
        return Err(LogError::TooLarge { bytes: payload.len(), most: limit });
    }
    let mut rest = payload.clone();
    let mut parts = Vec::new();
    while rest.len() > most {
        parts.push(rest.split_to(most));
    }
    parts.push(rest);
    Ok(parts)
}

/// # Errors
///
/// [`LogError::MessageId`]
fn check_id(id: &str) -> Result<(), LogError> {
    let is_valid = (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if is_valid { Ok(()) } else { Err(LogError::MessageId { id: id.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        for bytes in [0, 1, 9, 10, 11, 20, 21] {
            let payload = Bytes::from(vec![7; bytes]);
            let parts = split(&payload, 10).unwrap();
            assert_eq!(parts.len(), bytes.div_ceil(10).max(1), "{bytes}");
            assert_eq!(parts.concat(), payload);
        }
        let most = 10 * MOST_PARTS;
        assert_eq!(split(&Bytes::from(vec![0; most]), 10).unwrap().len(), MOST_PARTS);
        assert!(matches!(split(&Bytes::from(vec![0; most + 1]), 10), Err(LogError::TooLarge { .. })));
    }

    #[test]
    fn ids_are_headers() {
        assert!(check_id("a/b:1").is_ok());
        for bad in ["", "a b", "a\r\nNats-Rollup: all", "ä", &"x".repeat(129)] {
            assert!(check_id(bad).is_err(), "{bad}");
        }
    }
}
