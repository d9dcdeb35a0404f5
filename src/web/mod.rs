//! The web page: forms and reports for browsers, rendered on the server.
//!
//! The page is a client of the gRPC services in its own process. Each handler calls the generated clients (`backend.rs`) through the layers
//! that calls over the network pass, so keys, rate limits, deadlines, back-pressure, logs and metrics are the same. The server hands
//! in that stack ([`Calls`]) and a check of keys ([`Authenticate`]); this module knows neither connections nor TLS.
//!
//! `guard` is the layer around all pages: host and origin, session, key, security headers. `forms` reads and bounds what is sent, `handlers`
//! has one file for each page, `layout` the frame around the pages.

mod backend;
mod documents;
mod failure;
mod forms;
mod guard;
mod handlers;
mod jobs;
mod layout;
#[cfg(test)]
mod tests;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use tokio_util::sync::CancellationToken;
use tonic::Status;

pub(crate) use self::backend::Calls;
pub(crate) use self::guard::Route;
use self::guard::session::Sessions;
use self::jobs::Jobs;
use crate::service::Caller;

/// Returns the caller that a key authenticates, or the status of a key that is unknown, expired or revoked.
pub(crate) type Authenticate = Arc<dyn Fn(&str) -> Result<Caller, Status> + Send + Sync>;

/// The settings of the web page.
pub(crate) struct WebOptions {
    /// The check of keys, if keys are set.
    pub(crate) authenticate: Option<Authenticate>,
    /// True if browsers connect by TLS: cookies are then sent over TLS only.
    pub(crate) has_tls: bool,
    /// True if requests must name a loopback host, so that no other site's name can lead to this server.
    pub(crate) loopback_only: bool,
    /// The port, which is part of the cookie's name: browsers send a cookie to all ports of a host.
    pub(crate) port: u16,
    /// Maximum bytes of one file.
    pub(crate) max_document_bytes: usize,
    /// Maximum bytes of one request.
    pub(crate) max_body_bytes: usize,
    /// Maximum time for a request to arrive, and for a check.
    pub(crate) default_deadline: Duration,
    /// Maximum time for adding the texts of one request.
    pub(crate) max_deadline: Duration,
    /// Cancelled when the server stops: running comparisons end.
    pub(crate) draining: CancellationToken,
}

/// What all requests share.
struct WebState {
    options: WebOptions,
    sessions: Sessions,
    jobs: Jobs,
}

/// Returns the pages. Each request must have [`Calls`] in its extensions, the services as its connection calls them.
///
/// # Errors
///
/// If the system provides no random numbers.
pub(crate) fn pages(options: WebOptions) -> Result<Router, getrandom::Error> {
    let sessions = Sessions::new(options.has_tls, options.port)?;
    let jobs = Jobs::new(options.draining.clone());
    let state = Arc::new(WebState { options, sessions, jobs });
    Ok(Router::new()
        .route("/", get(handlers::check::form))
        .route("/check", get(handlers::check::to_form).post(handlers::check::submit))
        .route("/icon.svg", get(layout::icon))
        .route("/favicon.ico", get(layout::icon))
        .route("/login", get(handlers::login::form).post(handlers::login::submit))
        .route("/logout", post(handlers::login::end))
        .route("/collections", get(handlers::collections::list).post(handlers::collections::create))
        .route("/collections/{name}", get(handlers::sources::list))
        .route("/collections/{name}/add", get(handlers::add::form).post(handlers::add::submit))
        .route("/collections/{name}/delete", get(handlers::sources::confirm).post(handlers::sources::delete))
        .route("/collections/{name}/source", get(handlers::source::show))
        .route("/collections/{name}/source/check", get(handlers::source::check))
        .route("/collections/{name}/source/grammar", get(handlers::source::grammar::show))
        .route("/collections/{name}/source/writing", get(handlers::source::writing::show))
        .route("/collections/{name}/pairs", get(handlers::pairs::form).post(handlers::pairs::start))
        .route("/pairs/{job}", get(handlers::pairs::show))
        .route("/pairs/{job}/stop", post(handlers::pairs::stop))
        .fallback(handlers::missing::not_found)
        .method_not_allowed_fallback(handlers::missing::not_allowed)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&state), guard::guard))
        .with_state(state))
}
