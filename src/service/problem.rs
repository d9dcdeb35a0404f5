//! The one table from errors to statuses.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::refused::Refused;
use crate::engine::{BackupError, Error, Progress, StoreError, TextRole};
use crate::matching::StopReason;
use crate::proto;

/// Why a call, or an item of a stream, failed, in the terms of gRPC.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    message: String,
    violations: Vec<Violation>,
    /// When the caller may try again.
    retry_in: Option<Duration>,
}

/// One thing that is wrong with one field of a request.
#[derive(Debug, Clone)]
pub(super) struct Violation {
    pub(super) field: String,
    pub(super) description: String,
}

impl Problem {
    fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), violations: Vec::new(), retry_in: None }
    }

    /// A request with fields that are wrong.
    pub(super) fn invalid(violations: Vec<Violation>) -> Self {
        let listed: Vec<String> =
            violations.iter().map(|v| format!("{} {}", v.field, v.description)).collect();
        Self { violations, ..Self::new(Code::InvalidArgument, listed.join("; ")) }
    }

    /// The same, but trying again after `delay` may help.
    fn retry_after(self, delay: Duration) -> Self {
        Self { retry_in: Some(delay), ..self }
    }

    /// The queue is full.
    pub(super) fn too_busy(max_queued: usize) -> Self {
        Refused::QueueFull.note();
        let message =
            format!("{max_queued} calls are waiting already, as many as may (max_queued); try again later");
        Self::new(Code::ResourceExhausted, message).retry_after(Duration::from_secs(1))
    }

    /// As many long calls as may are running.
    pub(super) fn too_many_running(max_running: usize) -> Self {
        Refused::TooManyRunning.note();
        let message =
            format!("{max_running} such calls are running already, as many as may; try again later");
        Self::new(Code::ResourceExhausted, message).retry_after(Duration::from_secs(10))
    }

    /// More memory is in use than may be.
    pub(super) fn too_little_memory(resident_bytes: u64, max_memory_bytes: u64) -> Self {
        Refused::Memory.note();
        let message = format!(
            "the server has {resident_bytes} bytes of memory in use, and takes no more than {max_memory_bytes} \
             (max_memory_bytes): nothing can be added now, checks go on; delete sources, or give it more memory"
        );
        Self::new(Code::ResourceExhausted, message).retry_after(Duration::from_secs(30))
    }

    /// A health that nobody has.
    pub(super) fn no_such_service(services: &[&str]) -> Self {
        Self::new(Code::NotFound, format!("there is no such service here; there are {services:?}"))
    }

    /// The caller may not do it.
    pub(super) fn forbidden(message: String) -> Self {
        Self::new(Code::PermissionDenied, message)
    }

    /// The holder of a key calls too often; when they may call again.
    pub(super) fn too_often(per_second: u32, wait: Duration) -> Self {
        Refused::TooOften.note();
        let message = format!(
            "this key may send {per_second} calls and items a second (max_calls_per_second); try again in {} ms",
            wait.as_millis() + 1
        );
        Self::new(Code::ResourceExhausted, message).retry_after(wait)
    }

    /// The server is starting.
    pub(super) fn starting(progress: Progress) -> Self {
        Refused::Starting.note();
        let Progress { sources, of_sources } = progress;
        let message = format!(
            "the server is starting: {sources} of {of_sources} sources are in the index again; try again soon"
        );
        Self::new(Code::Unavailable, message).retry_after(Duration::from_secs(1))
    }

    /// The server is stopping.
    pub(super) fn stopping() -> Self {
        Refused::Stopping.note();
        let message = "the server is stopping; what was answered is done, send the rest again later";
        Self::new(Code::Unavailable, message).retry_after(Duration::from_secs(5))
    }

    /// The deadline of a call passed.
    #[must_use]
    pub fn deadline_passed() -> Self {
        StopReason::DeadlinePassed.into()
    }

    /// A `grpc-timeout` that is none.
    #[must_use]
    pub fn malformed_timeout(value: &str) -> Self {
        let message = format!(
            "grpc-timeout is {value:?}, but must be from 1 to 8 digits and one of H, M, S, m, u, n, such as 500m"
        );
        Self::new(Code::InvalidArgument, message)
    }

    /// The caller of a stream neither sent nor read anything for long.
    #[must_use]
    pub fn idle(for_long: Duration) -> Self {
        let seconds = for_long.as_secs_f64();
        let message = format!(
            "the caller neither sent nor read anything for {seconds} s, as long as a stream may rest (idle_seconds); \
             call again"
        );
        Self::new(Code::DeadlineExceeded, message)
    }

    /// A message of a request that is larger than may be, as it came or once inflated.
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

    /// Inflated messages for which the connection has no room.
    #[must_use]
    pub fn inflated_too_much() -> Self {
        let message = "messages that are inflated far beyond their size take more than this connection may have \
                       under way (max_pending_bytes); wait for answers before the next, or send them uncompressed";
        Self::new(Code::ResourceExhausted, message).retry_after(Duration::from_secs(1))
    }

    /// A request whose bytes are no gRPC messages.
    #[must_use]
    pub fn malformed_message(what: &str) -> Self {
        Self::new(Code::InvalidArgument, format!("the request is malformed: {what}"))
    }

    /// A message whose bytes are no request of the type that the method takes. What protobuf says of them tells fields and
    /// wire types, never what is in a field.
    #[must_use]
    pub fn undecodable(request: &str, error: &prost::DecodeError) -> Self {
        let error = error.to_string();
        let reason = error.strip_prefix("failed to decode Protobuf message: ").unwrap_or(&error);
        Self::malformed_message(&format!(
            "a message is no {request} ({reason}); encode it by the protos of this server, with text in UTF-8"
        ))
    }

    /// Something that must not happen.
    pub(super) fn defect() -> Self {
        Self::new(Code::Internal, "a defect of the server ended this call; its log says more")
    }

    #[cfg(test)]
    pub(super) fn code(&self) -> Code {
        self.code
    }
}

/// The table. Everything that is wrong with a text by itself is the caller's `INVALID_ARGUMENT`; what is
/// too large is `OUT_OF_RANGE`, since trying again won't help; what is full is `RESOURCE_EXHAUSTED`.
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
                let description =
                    "was used for another request; give each request an id of its own".to_owned();
                Self::invalid(vec![Violation { field: "request_id".to_owned(), description }])
            }
            Error::OwnBoilerplate { place, .. } => {
                let field = format!("options.exclusions.boilerplate_collections[{place}]");
                let description =
                    "is the collection itself, of which nothing would be left; leave it out".to_owned();
                Self::invalid(vec![Violation { field, description }])
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

/// What is full can be emptied; what failed may work again; what is damaged stays so.
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

/// The status of a call that a defect ended, wherever it was noticed.
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
