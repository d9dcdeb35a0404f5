//! The layer around all pages: host, origin, session and key of a request; headers and failures of a response.

mod origin;
pub(super) mod session;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Method, header};
use tonic::transport::server::TcpConnectInfo;

use self::origin::{check_loopback, check_same_origin};
use self::session::Session;
use super::WebState;
use super::backend::{Backend, Calls};
use super::failure::Failure;
use super::forms::body::discard;
use super::layout;
use super::visitor::{Nav, Visitor};
use crate::service::Caller;

/// The pattern of the path that a request matched, in the extensions of its response: paths hold names, so they are not logged.
#[derive(Debug, Clone)]
pub(crate) struct Route(pub(crate) Arc<str>);

/// The path of the page to log in.
const LOGIN: &str = "/login";

/// The paths that need no key.
const OPEN: [&str; 3] = [LOGIN, "/icon.svg", "/favicon.ico"];

/// Admits a request, passes it on, and completes the response.
pub(super) async fn guard(State(state): State<Arc<WebState>>, mut request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str);
    let route = Route(route.into());
    let (mut nav, mut new_cookie) = (Nav::default(), None);
    let max_bytes = state.options.max_body_bytes;
    let mut response = match admit(&state, &request) {
        Err(failure) => {
            discard(request.into_body(), max_bytes).await;
            failure.into_response()
        }
        Ok(Admission { visitor, is_new, refusal }) => {
            nav = visitor.nav.clone();
            if is_new {
                new_cookie = state.sessions.cookie(&visitor.session);
            }
            if let Some(refusal) = refusal {
                discard(request.into_body(), max_bytes).await;
                refusal
            } else {
                request.extensions_mut().insert(visitor);
                next.run(request).await
            }
        }
    };
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response = layout::failure(&nav, &failure, &response);
    }
    layout::secure(&mut response);
    let headers = response.headers_mut();
    if let Some(cookie) = new_cookie
        && !headers.contains_key(header::SET_COOKIE)
    {
        headers.insert(header::SET_COOKIE, cookie);
    }
    response.extensions_mut().insert(route);
    response
}

/// A request that has a session.
struct Admission {
    visitor: Visitor,
    /// Whether the session begins with this request.
    is_new: bool,
    /// The response to a visitor who has to log in first.
    refusal: Option<Response>,
}

fn admit(state: &Arc<WebState>, request: &Request) -> Result<Admission, Failure> {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    if state.options.loopback_only {
        check_loopback(uri, headers)?;
    }
    check_same_origin(method, uri, headers)?;
    let calls = request.extensions().get::<Calls>().cloned().ok_or_else(Failure::defect)?;
    let connection = request.extensions().get::<TcpConnectInfo>();
    let peer: Option<SocketAddr> = connection.and_then(TcpConnectInfo::remote_addr);
    let found = state.sessions.find(headers);
    let is_new = found.is_none();
    let session = match found {
        Some(session) => session,
        None => Session::begin(None).map_err(|_| Failure::defect())?,
    };
    let caller = caller(state, &session);
    let refusal = match &caller {
        Err(failure) if !OPEN.contains(&uri.path()) => Some(refused(method, request, failure.clone())),
        _ => None,
    };
    let has_key = session.key.is_some() && caller.is_ok();
    let nav = Nav::new(state.sessions.form_token(&session), has_key, caller.as_ref().ok());
    let authorization = session.key.as_ref().and_then(|key| bearer(key));
    let request_id = headers.get("x-request-id").cloned();
    let backend = Backend { calls, peer, request_id, authorization };
    let visitor = Visitor { state: Arc::clone(state), session, backend, nav };
    Ok(Admission { visitor, is_new, refusal })
}

/// The caller that the session's key authenticates now.
fn caller(state: &WebState, session: &Session) -> Result<Caller, Failure> {
    match (&state.options.authenticate, &session.key) {
        (None, _) => Ok(Caller::anyone()),
        (Some(authenticate), Some(key)) => authenticate(key).map_err(Failure::from),
        (Some(_), None) => Err(Failure::login_needed("This server requires a key: log in first")),
    }
}

/// The header `authorization` with `key`.
pub(super) fn bearer(key: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {key}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Leads a visitor who reads a page to the page to log in, and from there back. What a form sent is not kept.
fn refused(method: &Method, request: &Request, failure: Failure) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return failure.into_response();
    }
    let from = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if from == "/" {
        return layout::redirect(LOGIN);
    }
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("from", from).finish();
    layout::redirect(&format!("{LOGIN}?{query}"))
}
