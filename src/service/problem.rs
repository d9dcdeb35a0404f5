//! The one table from errors to statuses.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::backpressure::rejections::Rejection;
use crate::engine::{BackupError, Error, Progress, StoreError, TextRole};
use crate::matching::StopReason;
use crate::proto;

/// The failure of a call, or of an item of a stream, in gRPC's terms.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    message: String,
    violations: Vec<Violation>,
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
    fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), violations: Vec::new(), retry_in: None }
    }

    /// Invalid fields of a request.
    pub(super) fn invalid(violations: Vec<Violation>) -> Self {
        let listed: Vec<String> =
            violations.iter().map(|v| format!("{} {}", v.field, v.description)).collect();
        Self { violations, ..Self::new(Code::InvalidArgument, listed.join("; ")) }
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
        Self::new(Code::ResourceExhausted, message).retry_after(Duration::from_secs(1))
    }

    /// The maximum number of such calls is running.
    pub(super) fn too_many_running(max_running: usize) -> Self {
        Rejection::TooManyRunning.record();
        let message =
            format!("{max_running} such calls are running, the maximum; try again when one has ended");
        Self::new(Code::ResourceExhausted, message).retry_after(Duration::from_secs(10))
    }

    /// The memory limit is exceeded.
    pub(super) fn too_little_memory(used_bytes: u64, max_memory_bytes: u64) -> Self {
        Rejection::Memory.record();
        let message = format!(
            "the server uses {used_bytes} bytes of memory, but may use no more than {max_memory_bytes} \
             (max_memory_bytes): nothing can be added now, checks go on; delete sources, or raise the limit"
        );
        Self::new(Code::ResourceExhausted, message).retry_after(Duration::from_secs(30))
    }

    /// A health check of an unknown service.
    pub(super) fn unknown_service(services: &[&str]) -> Self {
        Self::new(Code::NotFound, format!("this server has no such service; use one of {services:?}"))
    }

    /// The caller's key does not allow the call.
    pub(super) fn forbidden(message: String) -> Self {
        Self::new(Code::PermissionDenied, message)
    }

    /// The call has no valid key.
    pub(crate) fn unauthenticated(message: &'static str) -> Self {
        Self::new(Code::Unauthenticated, message)
    }

    /// The rate limit of a key is exceeded.
    pub(super) fn rate_limited(per_second: u32, wait: Duration) -> Self {
        Rejection::RateLimit.record();
        let message = format!(
            "this key may send {per_second} calls and items a second (max_calls_per_second); try again in {} ms",
            wait.as_millis() + 1
        );
        Self::new(Code::ResourceExhausted, message).retry_after(wait)
    }

    /// The server is starting.
    pub(super) fn starting(progress: Progress) -> Self {
        Rejection::Starting.record();
        let Progress { sources, of_sources } = progress;
        let message = format!(
            "the server is starting: {sources} of {of_sources} sources are in the index again; try again soon"
        );
        Self::new(Code::Unavailable, message).retry_after(Duration::from_secs(1))
    }

    /// The server is stopping.
    pub(super) fn stopping() -> Self {
        Rejection::Stopping.record();
        let message = "the server is stopping; what was answered is done, send the rest again later";
        Self::new(Code::Unavailable, message).retry_after(Duration::from_secs(5))
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
        Self::new(Code::InvalidArgument, message)
    }

    /// The caller of a stream was inactive for `timeout`.
    #[must_use]
    pub fn idle(timeout: Duration) -> Self {
        let seconds = timeout.as_secs_f64();
        let message = format!(
            "the caller neither sent nor read anything for {seconds} s, the maximum for a stream (idle_seconds); \
             call again"
        );
        Self::new(Code::DeadlineExceeded, message)
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
        Self::new(Code::ResourceExhausted, message)
    }

    /// Inflated messages exceed the budget of the connection.
    #[must_use]
    pub fn inflated_too_much() -> Self {
        let message = "the inflated messages exceed the bytes that one connection may have under way (max_pending_bytes); \
                       wait for responses before sending more, or send them uncompressed";
        Self::new(Code::ResourceExhausted, message).retry_after(Duration::from_secs(1))
    }

    /// A request whose bytes are not gRPC messages.
    #[must_use]
    pub fn malformed_message(problem: &str) -> Self {
        Self::new(Code::InvalidArgument, format!("the request is malformed: {problem}"))
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
        Self::new(Code::Internal, "a defect of the server ended this call; report it with the server's log")
    }

    #[cfg(test)]
    pub(super) fn code(&self) -> Code {
        self.code
    }
}

/// A status with the id of its call in the details, so that the operator can find the call in the logs.
pub(crate) fn with_call_id(status: &Status, id: &str) -> Status {
    let mut details = status.get_error_details();
    details.set_request_info(id, "");
    let metadata = status.metadata().clone();
    Status::with_error_details_and_metadata(status.code(), status.message(), details, metadata)
}

/// The table of statuses. An invalid text is `INVALID_ARGUMENT`; a text that is too large is `OUT_OF_RANGE`, since trying again
/// won't help; a corpus that is full is `RESOURCE_EXHAUSTED`.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NoWords { role } => {
                Self::invalid_text(role, "has no words; send a text with letters or digits in it")
            }
            Error::TooFewWords { role, .. } => Self::invalid_text(role, &message),
            Error::TooManyBytes { .. }
            | Error::TooManyNormalisedBytes { .. }
            | Error::TooManyWords { .. } => Self::new(Code::OutOfRange, message),
            Error::CollectionNotFound(_) | Error::SourceNotFound { .. } => Self::new(Code::NotFound, message),
            Error::CollectionExists(_) | Error::SourceExists { .. } => {
                Self::new(Code::AlreadyExists, message)
            }
            Error::TooManyCollections { .. }
            | Error::TooManySources { .. }
            | Error::TooManyCollectionBytes { .. } => Self::new(Code::ResourceExhausted, message),
            Error::RequestIdTaken { .. } => {
                let description = "was used for another request; use a new id for each request".to_owned();
                Self::invalid(vec![Violation { field: "request_id".to_owned(), description }])
            }
            Error::OwnBoilerplate { place, .. } => {
                let field = format!("options.exclusions.boilerplate_collections[{place}]");
                let description =
                    "is the compared collection itself, which would exclude everything; leave it out"
                        .to_owned();
                Self::invalid(vec![Violation { field, description }])
            }
            Error::TooManyCollectionsInScope { max_collections } => {
                let description = format!(
                    "has more than {max_collections} collections, as many as it may; name fewer, by longer prefixes"
                );
                Self::invalid(vec![Violation { field: "scope".to_owned(), description }])
            }
            Error::SamePair { .. } => {
                let description = "is the submission itself; name another source".to_owned();
                Self::invalid(vec![Violation { field: "source".to_owned(), description }])
            }
            Error::Stopped(reason) => reason.into(),
            Error::Store(error) => Self::new(code_of(&error), message),
            Error::AlreadyApplied { .. } | Error::LogInterrupted { .. } => {
                Self::new(Code::FailedPrecondition, message)
            }
            Error::NoThread(_) | Error::NoRandomness(_) | Error::Internal { .. } => {
                Self::new(Code::Internal, message)
            }
        }
    }
}

impl Problem {
    fn invalid_text(role: TextRole, description: &str) -> Self {
        let field = match role {
            TextRole::Submission => "text".to_owned(),
            TextRole::Source => "source.text".to_owned(),
            TextRole::Compared(place) => format!("sources[{place}].text"),
            TextRole::Boilerplate(place) => format!("options.exclusions.boilerplate_texts[{place}]"),
        };
        Self::invalid(vec![Violation { field, description: description.to_owned() }])
    }
}

impl From<BackupError> for Problem {
    fn from(error: BackupError) -> Self {
        let message = error.to_string();
        match error {
            BackupError::Store(error) => Self::new(code_of(&error), message),
            BackupError::Write(_) => Self::new(Code::Cancelled, message),
            BackupError::InMemory => Self::new(Code::FailedPrecondition, message),
        }
    }
}

/// The status code of a failed store operation.
fn code_of(error: &StoreError) -> Code {
    match error {
        StoreError::Full { .. } => Code::ResourceExhausted,
        StoreError::Damaged { .. } => Code::DataLoss,
        StoreError::Exists { .. } => Code::AlreadyExists,
        StoreError::Missing { .. } => Code::NotFound,
        _ => Code::Unavailable,
    }
}

impl From<StopReason> for Problem {
    fn from(reason: StopReason) -> Self {
        let code = match reason {
            StopReason::DeadlinePassed => Code::DeadlineExceeded,
            StopReason::CalledOff => Code::Cancelled,
        };
        Self::new(code, reason.to_string())
    }
}

/// The status of a call that a defect ended.
#[must_use]
pub fn defect_status() -> Status {
    Problem::defect().into()
}

impl From<Problem> for Status {
    fn from(problem: Problem) -> Self {
        if problem.violations.is_empty() && problem.retry_in.is_none() {
            return Self::new(problem.code, problem.message);
        }
        let mut details = ErrorDetails::new();
        if problem.retry_in.is_some() {
            details.set_retry_info(problem.retry_in);
        }
        for Violation { field, description } in problem.violations {
            details.add_bad_request_violation(field, description);
        }
        Self::with_error_details(problem.code, problem.message, details)
    }
}

impl From<Problem> for proto::ItemError {
    fn from(problem: Problem) -> Self {
        let violation = |v: Violation| proto::FieldViolation { field: v.field, description: v.description };
        Self {
            code: problem.code.into(),
            message: problem.message,
            field_violations: problem.violations.into_iter().map(violation).collect(),
        }
    }
}
