//! The layer that carries tokens of consistency between callers and a cluster.
//!
//! Each answer has a token in its trailers. A call that brings one in its metadata sees, at any node, every change that was
//! acknowledged by the node that gave it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{HeaderName, HeaderValue, Request, Response};
use http_body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Bytes};
use tower::{Layer, Service};

use crate::engine::Backend;
use crate::service::{BackendHandle, Problem};

/// The key of the token in metadata and trailers.
const TOKEN: HeaderName = HeaderName::from_static("palimpsest-consistency-token");

/// Carries tokens.
#[derive(Debug, Clone)]
pub(in crate::server) struct ConsistencyLayer {
    backend: BackendHandle,
}

impl ConsistencyLayer {
    pub(in crate::server) fn new(backend: BackendHandle) -> Self {
        Self { backend }
    }

    /// Has the backend know what a request brings.
    fn observe<B>(&self, request: &Request<B>) -> Result<(), Problem> {
        let (Some(token), Some(backend)) = (request.headers().get(TOKEN), self.backend.opened()) else {
            return Ok(());
        };
        let is_known = token.to_str().is_ok_and(|token| backend.observe(token));
        if is_known { Ok(()) } else { Err(Problem::foreign_token(TOKEN.as_str())) }
    }
}

impl<S> Layer<S> for ConsistencyLayer {
    type Service = ConsistencyService<S>;

    fn layer(&self, inner: S) -> ConsistencyService<S> {
        ConsistencyService { layer: self.clone(), inner }
    }
}

/// A service behind a [`ConsistencyLayer`].
#[derive(Debug, Clone)]
pub(in crate::server) struct ConsistencyService<S> {
    layer: ConsistencyLayer,
    inner: S,
}

impl<S> Service<Request<Body>> for ConsistencyService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<Response<Body>, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if let Err(problem) = self.layer.observe(&request) {
            let refused = Status::from(problem).into_http();
            return Box::pin(async move { Ok(refused) });
        }
        let (answer, backend) = (self.inner.call(request), self.layer.backend.clone());
        Box::pin(async move {
            let answer = answer.await?;
            Ok(match backend.opened() {
                Some(backend) => answer.map(|body| Body::new(TokenBody { body, backend })),
                None => answer,
            })
        })
    }
}

/// An answer whose trailers get a token.
struct TokenBody {
    body: Body,
    backend: Arc<dyn Backend>,
}

impl http_body::Body for TokenBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let mut frame = ready!(http_body::Body::poll_frame(Pin::new(&mut self.body), context));
        if let Some(Ok(frame)) = &mut frame
            && let Some(trailers) = frame.trailers_mut()
            && let Some(token) = self.backend.consistency_token()
            && let Ok(token) = HeaderValue::try_from(token)
        {
            trailers.insert(TOKEN, token);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        http_body::Body::is_end_stream(&self.body)
    }

    fn size_hint(&self) -> SizeHint {
        http_body::Body::size_hint(&self.body)
    }
}
