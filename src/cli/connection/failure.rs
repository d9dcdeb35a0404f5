//! The errors of failed calls and connections, as errors of the command line.

use std::error::Error;

use tonic::{Code, Status};

use crate::cli::error::{CliError, Refusal};

/// Turns the status of a call to the server at `address` into an error; `None` if the time limit was reached.
pub(super) fn call_failure(address: &str, status: &Status) -> Option<CliError> {
    let address = address.to_owned();
    // The transport on this side creates statuses with a source.
    let transport = status.source().map(causes);
    Some(match (status.code(), transport) {
        (Code::DeadlineExceeded, _) => return None,
        (Code::Cancelled, cause) if mentions(status, cause.as_deref(), "Timeout expired") => return None,
        // A server that wants TLS closes the connection before the call is sent.
        (Code::Cancelled, Some(cause)) if address.starts_with("http:") => {
            CliError::NotGrpc { address, cause }
        }
        (Code::Internal, Some(cause)) if cause.contains("frame with invalid size") => {
            CliError::NotGrpc { address, cause }
        }
        (Code::Cancelled | Code::Unavailable | Code::Unknown | Code::Internal, Some(cause)) => {
            CliError::ServerLost { address, cause }
        }
        _ => CliError::Refused(Refusal::of(status)),
    })
}

/// An error with its causes, each message once.
pub(super) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut messages: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let message = error.to_string();
        if !messages.iter().any(|before| before.contains(&message)) {
            messages.push(message);
        }
        next = error.source();
    }
    messages.join(": ")
}

/// The message of the first cause of an error.
pub(super) fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut root = error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    root.to_string()
}

/// Whether a status or its cause contains `part`.
fn mentions(status: &Status, cause: Option<&str>, part: &str) -> bool {
    status.message().contains(part) || cause.is_some_and(|cause| cause.contains(part))
}
