//! The one table from errors to statuses.

mod causes;
mod documents;
mod reason;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration;

use prost::{Message as _, Name};
use prost_types::Any;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt, pb};

use self::reason::{DOMAIN, Reason};
use super::backpressure::rejections::Rejection;
use crate::engine::Progress;
use crate::matching::StopReason;
use crate::proto;

/// The failure of a call, or of an item of a stream, in gRPC's terms.
#[derive(Debug, Clone)]
pub struct Problem {
    reason: Reason,
    message: String,
    violations: Vec<Violation>,
    /// Facts of the error for programs, by name.
    metadata: BTreeMap<&'static str, String>,
    /// Time after which the caller may try again.
    retry_in: Option<Duration>,
}

/// One violation of one field of a request.
#[derive(Debug, Clone)]
pub(super) struct Violation {
    pub(super) field: String,
    pub(super) description: String,
}

impl Problem {
    fn new(reason: Reason, message: impl Into<String>) -> Self {
        let (violations, metadata) = (Vec::new(), BTreeMap::new());
        Self { reason, message: message.into(), violations, metadata, retry_in: None }
    }

    /// Adds a fact for programs.
    fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.metadata.insert(name, value.to_string());
        self
    }

    /// Adds the limit that was exceeded: the name of its setting, and its value.
    fn with_limit(self, name: &'static str, value: impl fmt::Display) -> Self {
        self.with("limit", name).with("limit_value", value)
    }

    /// Invalid fields of a request.
    pub(super) fn invalid(violations: Vec<Violation>) -> Self {
        Self::invalid_because(Reason::InvalidField, violations)
    }

    /// Invalid fields of a request, for a more precise reason.
    fn invalid_because(reason: Reason, violations: Vec<Violation>) -> Self {
        let listed: Vec<String> =
            violations.iter().map(|v| format!("{} {}", v.field, v.description)).collect();
        Self { violations, ..Self::new(reason, listed.join("; ")) }
    }

    /// A token that this corpus did not give.
    pub(crate) fn foreign_token(key: &str) -> Self {
        let description =
            "is no token of this corpus; send the trailer of an answer of one of its nodes".to_owned();
        Self::invalid(vec![Violation { field: format!("metadata {key}"), description }])
    }

    /// Adds that the caller may try again after `delay`.
    fn retry_after(self, delay: Duration) -> Self {
        Self { retry_in: Some(delay), ..self }
    }

    /// The queue for worker threads is full.
    pub(super) fn queue_full(max_queued: usize) -> Self {
        Rejection::QueueFull.record();
        let message = format!(
            "the queue is full: {max_queued} calls are waiting, the maximum (max_queued); try again later"
        );
        Self::new(Reason::QueueFull, message)
            .with_limit("max_queued", max_queued)
            .retry_after(Duration::from_secs(1))
    }

    /// The maximum number of such calls is running.
    pub(super) fn too_many_running(max_running: usize) -> Self {
        Rejection::TooManyRunning.record();
        let message =
            format!("{max_running} such calls are running, the maximum; try again when one has ended");
        Self::new(Reason::TooManyRunning, message).retry_after(Duration::from_secs(10))
    }

    /// The memory limit is exceeded.
    pub(super) fn too_little_memory(used_bytes: u64, max_memory_bytes: u64) -> Self {
        Rejection::Memory.record();
        let message = format!(
            "the server uses {used_bytes} bytes of memory, but may use no more than {max_memory_bytes} \
             (max_memory_bytes): nothing can be added now, checks go on; delete sources, or raise the limit"
        );
        Self::new(Reason::MemoryLimit, message)
            .with_limit("max_memory_bytes", max_memory_bytes)
            .retry_after(Duration::from_secs(30))
    }

    /// A health check of an unknown service.
    pub(super) fn unknown_service(services: &[&str]) -> Self {
        Self::new(
            Reason::ServiceNotFound,
            format!("this server has no such service; use one of {services:?}"),
        )
    }

    /// The caller's key does not allow the call.
    pub(super) fn forbidden(message: String) -> Self {
        Self::new(Reason::KeyForbids, message)
    }

    /// The call has no valid key.
    pub(crate) fn unauthenticated(message: &'static str) -> Self {
        Self::new(Reason::InvalidKey, message)
    }

    /// The rate limit of a key is exceeded.
    pub(super) fn rate_limited(per_second: u32, wait: Duration) -> Self {
        Rejection::RateLimit.record();
        let message = format!(
            "this key may send {per_second} calls and items a second (max_calls_per_second); try again in {} ms",
            wait.as_millis() + 1
        );
        Self::new(Reason::RateLimited, message)
            .with_limit("max_calls_per_second", per_second)
            .retry_after(wait)
    }

    /// The server is starting.
    pub(super) fn starting(progress: Progress) -> Self {
        Rejection::Starting.record();
        let Progress { sources, of_sources } = progress;
        let message = format!(
            "the server is starting: {sources} of {of_sources} sources are in the index again; try again soon"
        );
        Self::new(Reason::Starting, message)
            .with("sources_done", sources)
            .with("sources", of_sources)
            .retry_after(Duration::from_secs(1))
    }

    /// The server is stopping.
    pub(super) fn stopping() -> Self {
        Rejection::Stopping.record();
        let message = "the server is stopping; what was answered is done, send the rest again later";
        Self::new(Reason::Stopping, message).retry_after(Duration::from_secs(5))
    }

    /// The deadline of a call passed.
    #[must_use]
    pub fn deadline_passed() -> Self {
        StopReason::DeadlinePassed.into()
    }

    /// A malformed `grpc-timeout` header.
    #[must_use]
    pub fn malformed_timeout(value: &str) -> Self {
        let message = format!(
            "grpc-timeout is {value:?}, but must be from 1 to 8 digits and one of H, M, S, m, u, n, such as 500m"
        );
        Self::new(Reason::MalformedTimeout, message)
    }

    /// The caller of a stream was inactive for `timeout`.
    #[must_use]
    pub fn idle(timeout: Duration) -> Self {
        let seconds = timeout.as_secs_f64();
        let message = format!(
            "the caller neither sent nor read anything for {seconds} s, the maximum for a stream (idle_seconds); \
             call again"
        );
        Self::new(Reason::StreamIdle, message).with_limit("idle_seconds", seconds)
    }

    /// A message of a request exceeds the maximum size, as received (`bytes`) or once inflated (`None`).
    #[must_use]
    pub fn message_too_large(bytes: Option<usize>, max_message_bytes: usize) -> Self {
        let bytes = match bytes {
            Some(bytes) => format!("has {bytes} bytes"),
            None => "has more once it is inflated".to_owned(),
        };
        let message = format!(
            "a message may have {max_message_bytes} bytes at most (max_message_bytes), but this one {bytes}; \
             send less in one message"
        );
        Self::new(Reason::MessageTooLarge, message).with_limit("max_message_bytes", max_message_bytes)
    }

    /// Inflated messages exceed the budget of the connection.
    #[must_use]
    pub fn inflated_too_much() -> Self {
        let message = "the inflated messages exceed the bytes that one connection may have under way (max_pending_bytes); \
                       wait for responses before sending more, or send them uncompressed";
        Self::new(Reason::TooManyPendingBytes, message)
            .with("limit", "max_pending_bytes")
            .retry_after(Duration::from_secs(1))
    }

    /// A request whose bytes are not gRPC messages.
    #[must_use]
    pub fn malformed_message(problem: &str) -> Self {
        Self::new(Reason::MalformedMessage, format!("the request is malformed: {problem}"))
    }

    /// A message that can't be decoded as the request type of the method. The message of the decoder names fields and wire
    /// types, never the contents of a field.
    #[must_use]
    pub fn undecodable(request: &str, error: &prost::DecodeError) -> Self {
        let error = error.to_string();
        let reason = error.strip_prefix("failed to decode Protobuf message: ").unwrap_or(&error);
        Self::malformed_message(&format!(
            "a message is no {request} ({reason}); encode it by the protos of this server, with text in UTF-8"
        ))
    }

    /// A defect of the server.
    pub(super) fn defect() -> Self {
        Self::new(Reason::Defect, "a defect of the server ended this call; report it with the server's log")
    }

    #[cfg(test)]
    pub(super) fn code(&self) -> Code {
        self.reason.code()
    }
}

/// The status with what it lacks, or `None` if it lacks nothing: a reason, if the gRPC library made it; and, if an operator must
/// look into it, the id of its call, by which the call is found in the logs.
pub(crate) fn completed(status: &Status, call_id: &str) -> Option<Status> {
    let mut details = status.get_error_details();
    let needs_id = matches!(status.code(), Code::Internal | Code::Unknown | Code::DataLoss);
    if details.error_info().is_some() && !needs_id {
        return None;
    }
    if needs_id {
        details.set_request_info(call_id, "");
    }
    if details.error_info().is_none() {
        details.set_error_info(Reason::of_library(status.code()).name(), DOMAIN, HashMap::new());
    }
    let metadata = status.metadata().clone();
    Some(Status::with_error_details_and_metadata(status.code(), status.message(), details, metadata))
}

/// The status of a call that a defect ended.
#[must_use]
pub fn defect_status() -> Status {
    Problem::defect().into()
}

/// `google.rpc.ErrorInfo` with its metadata in order, so that the same error has the same bytes. The type of `tonic_types` has a hash
/// map.
#[derive(Clone, PartialEq, prost::Message)]
struct ErrorInfo {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    domain: String,
    #[prost(btree_map = "string, string", tag = "3")]
    metadata: BTreeMap<String, String>,
}

impl Name for ErrorInfo {
    const NAME: &'static str = "ErrorInfo";
    const PACKAGE: &'static str = "google.rpc";

    fn type_url() -> String {
        format!("type.googleapis.com/{}", Self::full_name())
    }
}

impl From<Problem> for Status {
    fn from(problem: Problem) -> Self {
        let (code, message) = (problem.reason.code(), problem.message);
        let metadata = problem.metadata.into_iter().map(|(name, value)| (name.to_owned(), value));
        let info = ErrorInfo {
            reason: problem.reason.name().to_owned(),
            domain: DOMAIN.to_owned(),
            metadata: metadata.collect(),
        };
        let mut details = ErrorDetails::new();
        if problem.retry_in.is_some() {
            details.set_retry_info(problem.retry_in);
        }
        for Violation { field, description } in problem.violations {
            details.add_bad_request_violation(field, description);
        }
        let others = Self::with_error_details(code, &message, details);
        let mut status = pb::Status::decode(others.details()).unwrap_or_default();
        status.details.extend(Any::from_msg(&info));
        Self::with_details(code, message, status.encode_to_vec().into())
    }
}

impl From<Problem> for proto::ItemError {
    fn from(problem: Problem) -> Self {
        let violation = |v: Violation| proto::FieldViolation { field: v.field, description: v.description };
        let metadata = problem.metadata.into_iter();
        Self {
            code: problem.reason.code().into(),
            message: problem.message,
            field_violations: problem.violations.into_iter().map(violation).collect(),
            reason: problem.reason.name().to_owned(),
            metadata: metadata.map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }
}
