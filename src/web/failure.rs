//! Failures as pages: the one table from gRPC's codes to HTTP's statuses.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use maud::{Markup, html};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::proto::ItemError;

/// Why a page can't be shown. The guard renders it.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) title: &'static str,
    pub(super) message: String,
    /// Time after which the visitor may try again.
    pub(super) retry_in: Option<Duration>,
    /// Whether the page loads itself again after that time. Only pages that were read do, never a form that was sent.
    pub(super) reloads: bool,
    /// Whether the visitor has to log in first.
    pub(super) needs_login: bool,
}

impl Failure {
    pub(super) fn new(status: StatusCode, title: &'static str, message: impl Into<String>) -> Self {
        let (message, retry_in) = (message.into(), None);
        Self { status, title, message, retry_in, reloads: false, needs_login: false }
    }

    /// A form that can't be used as it was sent.
    pub(super) fn bad_form(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "This form can't be used", message)
    }

    /// Something that exceeds a limit on uploads.
    pub(super) fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Too large", message)
    }

    /// A request that this server does not accept from where it comes.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Not allowed", message)
    }

    /// A visitor without a valid key.
    pub(super) fn login_needed(message: impl Into<String>) -> Self {
        Self { needs_login: true, ..Self::new(StatusCode::UNAUTHORIZED, "Log in", message) }
    }

    /// A defect of the server.
    pub(super) fn defect() -> Self {
        crate::service::defect_status().into()
    }

    /// The failure of an item of a stream.
    pub(super) fn of_item(error: &ItemError) -> Self {
        let (status, title) = http_status(Code::from_i32(error.code));
        Self::new(status, title, sentence(&error.message))
    }

    /// Adds the time after which the visitor may try again.
    pub(super) fn add_retry_after(&self, response: &mut Response) {
        if let Some(delay) = self.retry_in {
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }

    /// The body of the page.
    pub(super) fn content(&self) -> Markup {
        html! {
            h1 { (self.title) }
            p.failure role="alert" { (self.message) }
            @if self.needs_login {
                p { a.button href="/login" { "Log in" } }
            } @else if self.reloads {
                p { "This page loads itself again." }
            } @else {
                p { a href="/" { "Check a text" } }
            }
        }
    }
}

/// A message of the service as a sentence: with a capital letter, unless it begins with a field's name.
fn sentence(message: &str) -> String {
    let is_field = message.split(' ').next().is_some_and(|word| word.contains(['_', '.', '[']));
    let mut letters = message.chars();
    match letters.next() {
        Some(first) if !is_field => first.to_uppercase().chain(letters).collect(),
        _ => message.to_owned(),
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        self.add_retry_after(&mut response);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let (http_status, title) = http_status(status.code());
        let retry_in = status.get_details_retry_info().and_then(|info| info.retry_delay);
        let needs_login = status.code() == Code::Unauthenticated;
        let reloads = status.code() == Code::Unavailable && retry_in.is_some();
        Self { retry_in, reloads, needs_login, ..Self::new(http_status, title, sentence(status.message())) }
    }
}

/// The status and the title of a page for a code of gRPC, as google.rpc.Code maps them; a text that is too large is 413.
fn http_status(code: Code) -> (StatusCode, &'static str) {
    const CLIENT_CLOSED_REQUEST: u16 = 499;
    match code {
        Code::Ok => (StatusCode::OK, "Done"),
        Code::InvalidArgument => (StatusCode::BAD_REQUEST, "This can't be used"),
        Code::FailedPrecondition => (StatusCode::BAD_REQUEST, "Not possible now"),
        Code::OutOfRange => (StatusCode::PAYLOAD_TOO_LARGE, "Too large"),
        Code::Unauthenticated => (StatusCode::UNAUTHORIZED, "Log in"),
        Code::PermissionDenied => (StatusCode::FORBIDDEN, "Not allowed"),
        Code::NotFound => (StatusCode::NOT_FOUND, "Not found"),
        Code::AlreadyExists => (StatusCode::CONFLICT, "It exists already"),
        Code::Aborted => (StatusCode::CONFLICT, "Something else came between"),
        Code::ResourceExhausted => (StatusCode::TOO_MANY_REQUESTS, "Not now"),
        Code::Cancelled => {
            (StatusCode::from_u16(CLIENT_CLOSED_REQUEST).unwrap_or(StatusCode::BAD_REQUEST), "Stopped")
        }
        Code::DeadlineExceeded => (StatusCode::GATEWAY_TIMEOUT, "It took too long"),
        Code::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Not ready"),
        Code::Unimplemented => (StatusCode::NOT_IMPLEMENTED, "Not possible"),
        Code::Unknown | Code::Internal | Code::DataLoss => {
            (StatusCode::INTERNAL_SERVER_ERROR, "The server failed")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_status_and_messages_become_sentences() {
        for (code, status) in [
            (Code::InvalidArgument, 400),
            (Code::OutOfRange, 413),
            (Code::Unauthenticated, 401),
            (Code::PermissionDenied, 403),
            (Code::NotFound, 404),
            (Code::AlreadyExists, 409),
            (Code::ResourceExhausted, 429),
            (Code::Unavailable, 503),
            (Code::DeadlineExceeded, 504),
            (Code::Internal, 500),
        ] {
            assert_eq!(http_status(code).0.as_u16(), status, "{code:?}");
        }
        assert_eq!(sentence("the queue is full"), "The queue is full");
        assert_eq!(sentence("source.text has no words"), "source.text has no words");
    }
}
