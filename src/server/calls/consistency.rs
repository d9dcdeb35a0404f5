//! Tokens of consistency between callers and a cluster.
//!
//! Each answer has a token in its trailers. A call that brings one in its metadata sees, at any node, every change that was
//! acknowledged by the node that gave it.

use http::{HeaderName, HeaderValue, Request, Response};
use http_body_util::BodyExt as _;
use tonic::body::Body;

use crate::service::{BackendHandle, Problem};

/// The key of the token in metadata and trailers.
const TOKEN: HeaderName = HeaderName::from_static("palimpsest-consistency-token");

/// Has the backend know the token of a request, if it has one.
///
/// # Errors
///
/// [`Problem`] if it is no token of this corpus.
pub(super) fn observe<B>(backend: &BackendHandle, request: &Request<B>) -> Result<(), Problem> {
    let (Some(token), Some(backend)) = (request.headers().get(TOKEN), backend.opened()) else {
        return Ok(());
    };
    let is_known = token.to_str().is_ok_and(|token| backend.observe(token));
    if is_known { Ok(()) } else { Err(Problem::foreign_token(TOKEN.as_str())) }
}

/// An answer whose trailers get a token when they come: after all changes of a stream.
pub(super) fn with_token(backend: &BackendHandle, answer: Response<Body>) -> Response<Body> {
    let Some(backend) = backend.opened() else { return answer };
    answer.map(|body| {
        Body::new(body.map_frame(move |mut frame| {
            if let Some(trailers) = frame.trailers_mut()
                && let Some(token) = backend.consistency_token()
                && let Ok(token) = HeaderValue::try_from(token)
            {
                trailers.insert(TOKEN, token);
            }
            frame
        }))
    })
}
