//! Requests to JetStream's API, and what their answers have in common.

use std::time::Duration;

use async_nats::connection::State;
use async_nats::{HeaderMap, Request, RequestErrorKind, StatusCode};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{Log, LogError};

/// An error of JetStream's API.
#[derive(Debug, Deserialize)]
pub(super) struct ApiError {
    /// Like a status of HTTP.
    pub(super) code: u16,
    /// The number of the error.
    #[serde(default)]
    pub(super) err_code: u32,
    /// What is wrong, in words.
    #[serde(default)]
    pub(super) description: String,
}

impl ApiError {
    /// The error of `call`.
    pub(super) fn of(self, call: &str) -> LogError {
        let Self { code, err_code, description } = self;
        LogError::Refused { call: call.to_owned(), code, error_code: err_code, description }
    }
}

/// What every answer of the API may have.
#[derive(Deserialize)]
struct Failure {
    error: Option<ApiError>,
}

impl Log {
    /// The deadline of a call.
    pub(super) fn call_timeout(&self) -> Duration {
        self.shared.settings.call_timeout
    }

    /// Calls `$JS.API.<name>` and reads its answer.
    ///
    /// # Errors
    ///
    /// All of [`Log::request`]; [`LogError::Refused`] for an error of JetStream; [`LogError::Malformed`].
    pub(super) async fn call<A: DeserializeOwned>(
        &self,
        name: &str,
        request: &(impl Serialize + Sync),
    ) -> Result<A, LogError> {
        let call = format!("$JS.API.{name}");
        let request = serde_json::to_vec(request)
            .map_err(|error| LogError::Malformed { call: call.clone(), cause: error.to_string() })?;
        let answer = self.request(&call, None, request.into(), self.call_timeout()).await?;
        read(&call, &answer.payload)
    }

    /// Sends a request and waits for one answer, which has no payload but a status if there is nothing.
    ///
    /// # Errors
    ///
    /// [`LogError::Unavailable`] if nobody took it, [`LogError::TimedOut`] after `within`.
    pub(super) async fn request(
        &self,
        subject: &str,
        headers: Option<HeaderMap>,
        payload: Bytes,
        within: Duration,
    ) -> Result<async_nats::Message, LogError> {
        self.check_connected(subject)?;
        let mut request = Request::new().payload(payload).timeout(Some(within));
        if let Some(headers) = headers {
            request = request.headers(headers);
        }
        // The client's own timeout begins when the request is in its queue, which may be full.
        match timeout(within, self.client().send_request(subject.to_owned(), request)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(failure(subject, &error, within)),
            Err(_) => Err(LogError::TimedOut { call: subject.to_owned(), within }),
        }
    }

    /// Fails unless there is a connection. The client would keep a message until there is one again, long
    /// after its sender has given up.
    ///
    /// # Errors
    ///
    /// [`LogError::Unavailable`]
    pub(super) fn check_connected(&self, call: &str) -> Result<(), LogError> {
        match self.client().connection_state() {
            State::Connected => Ok(()),
            State::Pending | State::Disconnected => {
                Err(LogError::Unavailable { call: call.to_owned(), cause: "not connected".to_owned() })
            }
        }
    }
}

/// The error of a request that had no answer.
fn failure(subject: &str, error: &async_nats::RequestError, within: Duration) -> LogError {
    let call = subject.to_owned();
    match error.kind() {
        RequestErrorKind::NoResponders => {
            LogError::Unavailable { call, cause: "no server is responsible for it".to_owned() }
        }
        RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
            LogError::Malformed { call, cause: error.to_string() }
        }
        // A request that was under way when the connection broke may have been sent.
        RequestErrorKind::TimedOut | RequestErrorKind::Other => LogError::TimedOut { call, within },
    }
}

/// Reads an answer of the API.
///
/// # Errors
///
/// [`LogError::Refused`] if it is an error, [`LogError::Malformed`] if it is none that is known.
pub(super) fn read<A: DeserializeOwned>(call: &str, answer: &[u8]) -> Result<A, LogError> {
    let malformed =
        |error: serde_json::Error| LogError::Malformed { call: call.to_owned(), cause: error.to_string() };
    let failure: Failure = serde_json::from_slice(answer).map_err(malformed)?;
    match failure.error {
        Some(error) => Err(error.of(call)),
        None => serde_json::from_slice(answer).map_err(malformed),
    }
}

/// The error of an answer that has a status, which answers with content don't have.
pub(super) fn refused(call: &str, status: StatusCode, message: &async_nats::Message) -> LogError {
    let description = message.description.clone().unwrap_or_default();
    if status == StatusCode::NO_RESPONDERS {
        return LogError::Unavailable { call: call.to_owned(), cause: "no server has the stream".to_owned() };
    }
    LogError::Refused { call: call.to_owned(), code: status.as_u16(), error_code: 0, description }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Ack {
        seq: u64,
    }

    #[test]
    fn an_error_is_read_before_the_answer() {
        let ack: Ack = read("x", br#"{"stream":"a","seq":7}"#).unwrap();
        assert_eq!(ack.seq, 7);
        let refused = read::<Ack>(
            "x",
            br#"{"error":{"code":503,"err_code":10008,"description":"temporarily unavailable"},"seq":0}"#,
        )
        .unwrap_err();
        assert!(refused.is_transient() && refused.may_be_stored(), "{refused}");
        let refused = read::<Ack>("x", br#"{"error":{"code":400,"description":"bad"}}"#).unwrap_err();
        assert!(!refused.is_transient() && !refused.may_be_stored(), "{refused}");
        assert!(matches!(read::<Ack>("x", b""), Err(LogError::Malformed { .. })));
    }
}
