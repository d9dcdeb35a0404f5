//! One direct get of a batch, and gets of single messages.

use async_nats::StatusCode;
use futures_util::StreamExt;
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use super::super::{Log, LogError, LogId, Topic, api, codes};
use super::stored::{Delivery, Got, Stored};

/// Most messages that the server sends in a batch.
const MOST_MESSAGES: u16 = 1000;

/// What a server sent of a stream.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The messages, ascending. All that this server has between the first and the last.
    pub(super) messages: Vec<Stored>,
    /// How many follow at this server.
    pub(super) pending: u64,
    /// True if the server said that the batch is at its end.
    pub(super) is_complete: bool,
}

impl Log {
    /// Asks any server for messages from the sequence `from` on: all, or those about something.
    ///
    /// # Errors
    ///
    /// [`LogError::TimedOut`] if nothing came; [`LogError::Unavailable`], [`LogError::Refused`],
    /// [`LogError::Malformed`], [`LogError::Closed`]
    pub(super) async fn batch(
        &self,
        log: LogId,
        about: Option<Topic>,
        from: u64,
        (messages, bytes): (u16, usize),
    ) -> Result<Batch, LogError> {
        let within = self.call_timeout();
        let end = Instant::now() + within;
        let call = format!("$JS.API.DIRECT.GET.{}", self.stream(log));
        self.check_connected(&call)?;
        // A sequence of 0 would ask for the last message.
        let messages = messages.clamp(1, MOST_MESSAGES);
        let (from, bytes) = (from.max(1), bytes.max(1));
        let request = match about.map(|topic| self.subject(log, topic)) {
            None => json!({ "seq": from, "batch": messages, "max_bytes": bytes }),
            Some(subject) => {
                json!({ "seq": from, "next_by_subj": subject, "batch": messages, "max_bytes": bytes })
            }
        };
        let inbox = self.client().new_inbox();
        let mut answers = match timeout_at(end, self.client().subscribe(inbox.clone())).await {
            Ok(subscribed) => subscribed.map_err(|_| LogError::Closed)?,
            Err(_) => return Err(LogError::TimedOut { call, within }),
        };
        let sent = self.client().publish_with_reply(call.clone(), inbox, request.to_string().into());
        match timeout_at(end, sent).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(LogError::Closed),
            Err(_) => return Err(LogError::TimedOut { call, within }),
        }
        let mut batch = Batch::default();
        while !batch.is_complete {
            match timeout_at(end, answers.next()).await {
                Ok(Some(answer)) => {
                    if !batch.take(&call, answer)? {
                        break;
                    }
                }
                Ok(None) => return Err(LogError::Closed),
                Err(_) if batch.messages.is_empty() => return Err(LogError::TimedOut { call, within }),
                Err(_) => break,
            }
        }
        Ok(batch)
    }

    /// The first message at or after a sequence as the leader has it.
    ///
    /// # Errors
    ///
    /// Those of a call.
    pub(super) async fn next_at_leader(&self, log: LogId, sequence: u64) -> Result<Option<Stored>, LogError> {
        self.get(log, &json!({ "seq": sequence, "next_by_subj": self.subjects(log) })).await
    }

    async fn get(&self, log: LogId, request: &serde_json::Value) -> Result<Option<Stored>, LogError> {
        let call = format!("STREAM.MSG.GET.{}", self.stream(log));
        match self.call::<Got>(&call, request).await {
            Ok(got) => got.stored().map(Some).map_err(|cause| LogError::Malformed { call, cause }),
            Err(LogError::Refused { error_code: codes::NO_MESSAGE, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The message at a sequence as any server has it.
    ///
    /// # Errors
    ///
    /// Those of a call.
    pub(in super::super) async fn at_any(
        &self,
        log: LogId,
        sequence: u64,
    ) -> Result<Option<Stored>, LogError> {
        let call = format!("$JS.API.DIRECT.GET.{}", self.stream(log));
        let request = json!({ "seq": sequence }).to_string();
        let answer = self.request(&call, None, request.into(), self.call_timeout()).await?;
        match answer.status {
            Some(StatusCode::NOT_FOUND) => Ok(None),
            Some(status) => Err(api::refused(&call, status, &answer)),
            None => read(&call, answer).map(|delivery| Some(delivery.stored)),
        }
    }
}

impl Batch {
    /// Takes the next answer. False if a message before it was lost on the way.
    ///
    /// # Errors
    ///
    /// [`LogError::Unavailable`], [`LogError::Refused`], [`LogError::Malformed`]
    fn take(&mut self, call: &str, answer: async_nats::Message) -> Result<bool, LogError> {
        match answer.status {
            Some(status) if status.is_success() => {
                let pending = answer.headers.as_ref().and_then(|headers| headers.get("Nats-Num-Pending"));
                self.pending = pending.and_then(|text| text.as_str().parse().ok()).unwrap_or(self.pending);
                self.is_complete = true;
                Ok(true)
            }
            Some(StatusCode::NOT_FOUND) => {
                self.pending = 0;
                self.is_complete = true;
                Ok(true)
            }
            Some(status) => Err(api::refused(call, status, &answer)),
            None => {
                let delivery = read(call, answer)?;
                let previous = self.messages.last().map_or(0, |stored| stored.sequence);
                if delivery.previous != previous || delivery.stored.sequence <= previous {
                    return Ok(false);
                }
                self.pending = delivery.pending;
                self.messages.push(delivery.stored);
                Ok(true)
            }
        }
    }
}

fn read(call: &str, answer: async_nats::Message) -> Result<Delivery, LogError> {
    let headers = answer.headers.unwrap_or_default();
    Delivery::read(&headers, answer.payload)
        .map_err(|cause| LogError::Malformed { call: call.to_owned(), cause })
}
