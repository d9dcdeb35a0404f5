//! Documents that can't be read.

use std::time::Duration;

use super::reason::Reason;
use super::{Problem, Violation};
use crate::documents::Failure;
use crate::documents::contained::ReadError;
use crate::matching::StopReason;
use crate::writing::grammar::CheckError;

/// Time after which a document may be sent again that no process could be started for.
const RETRY_READER_AFTER: Duration = Duration::from_secs(5);

impl Problem {
    /// A document that was not read, for any reason. `field` is its path in the request.
    pub(in crate::service) fn not_read(field: &str, error: &ReadError) -> Self {
        match error {
            ReadError::Failure(failure) => Self::unreadable(field, failure),
            ReadError::TooLarge { bytes, max_bytes } => {
                Self::document_too_large(*max_bytes).with("bytes", bytes)
            }
            ReadError::TimedOut { timeout } => Self::document(Reason::DocumentTooCostly, field, error)
                .with_limit("document_seconds", timeout.as_secs_f64()),
            ReadError::OutOfMemory { max_bytes } => Self::document(Reason::DocumentTooCostly, field, error)
                .with_limit("document_memory_bytes", max_bytes),
            ReadError::Crashed { how: _ } => Self::document(Reason::DocumentTooCostly, field, error),
            ReadError::CouldNotStart { problem: _ } => {
                Self::new(Reason::ReaderUnavailable, error.to_string()).retry_after(RETRY_READER_AFTER)
            }
            ReadError::Stopped => StopReason::CalledOff.into(),
        }
    }

    /// A text that no checker of grammar could be used for.
    pub(in crate::service) fn not_checked(error: &CheckError, rules: &str) -> Self {
        match error {
            CheckError::Stopped => StopReason::CalledOff.into(),
            CheckError::UnknownRule { rule: _ } => {
                Self::invalid(vec![Violation { field: rules.to_owned(), description: error.to_string() }])
            }
            CheckError::Unavailable { problem: _ } => {
                Self::new(Reason::CheckerUnavailable, error.to_string()).retry_after(RETRY_READER_AFTER)
            }
        }
    }

    /// A document with more bytes than it may have.
    pub(in crate::service) fn document_too_large(max_bytes: u64) -> Self {
        let message = format!("a document may have {max_bytes} bytes at most (max_document_bytes)");
        Self::new(Reason::DocumentTooLarge, message).with_limit("max_document_bytes", max_bytes)
    }

    fn document(reason: Reason, field: &str, error: &impl ToString) -> Self {
        let description = error.to_string();
        let message = format!("{field}: {description}");
        let violation = Violation { field: field.to_owned(), description };
        Self { message, ..Self::invalid_because(reason, vec![violation]) }
    }

    /// A document that was not read. `field` is its path in the request.
    pub(in crate::service) fn unreadable(field: &str, failure: &Failure) -> Self {
        let reason = match failure {
            Failure::Empty | Failure::UnknownFormat { .. } | Failure::Damaged { .. } => {
                Reason::DocumentUnreadable
            }
            Failure::Encrypted { .. } => Reason::DocumentEncrypted,
            Failure::NoText { .. } => Reason::DocumentWithoutText,
            Failure::Limit { .. } => Reason::DocumentTooCostly,
        };
        let problem = Self::document(reason, field, failure);
        match failure {
            Failure::Limit { limit, quantity } => {
                problem.with("limit_value", limit).with("quantity", quantity)
            }
            Failure::Encrypted { format }
            | Failure::Damaged { format, .. }
            | Failure::NoText { format, .. } => problem.with("format", format),
            Failure::Empty | Failure::UnknownFormat { .. } => problem,
        }
    }
}
