//! Documents that can't be read.

use super::reason::Reason;
use super::{Problem, Violation};
use crate::documents::Failure;

impl Problem {
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
        let violation = Violation { field: field.to_owned(), description: failure.to_string() };
        let message = format!("{field}: {failure}");
        let problem = Self { message, ..Self::invalid_because(reason, vec![violation]) };
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
