//! The layer that authenticates and authorises each call.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Bytes};
use tower::{Layer, Service};

use super::{Access, KeyHolder, unknown_key};
use crate::server::grpc::status_trailers;
use crate::server::observe::CallerKeyId;
use crate::service::Caller;

/// Paths that need no key: load balancers check the health without one.
const HEALTH: &str = "/grpc.health.v1.Health/";

/// Authenticates callers by their keys, and refuses calls that a key does not allow. Without a key file, every call is allowed.
#[derive(Debug, Clone)]
pub(in crate::server) struct AccessLayer {
    access: Option<Arc<Access>>,
}

/// A request that may proceed.
struct Admission {
    caller: Caller,
    /// The holder of the key, if keys are set and the method requires one.
    holder: Option<Arc<KeyHolder>>,
}

impl AccessLayer {
    pub(in crate::server) fn new(access: Option<Arc<Access>>) -> Self {
        Self { access }
    }

    /// Authenticates and authorises a request.
    fn admit<B>(&self, request: &Request<B>) -> Result<Admission, Status> {
        let path = request.uri().path();
        let Some(access) = self.access.as_ref().filter(|_| !path.starts_with(HEALTH)) else {
            return Ok(Admission { caller: Caller::anyone(), holder: None });
        };
        let holder = access.authenticate(request.headers())?;
        // Before admission: the log names the key of refused calls, too.
        if let Some(key_id) = request.extensions().get::<CallerKeyId>() {
            key_id.set(holder.caller.key());
        }
        holder.caller.admit(path)?;
        Ok(Admission { caller: holder.caller.clone(), holder: Some(holder) })
    }
}

impl<S> Layer<S> for AccessLayer {
    type Service = AccessService<S>;

    fn layer(&self, inner: S) -> AccessService<S> {
        AccessService { layer: self.clone(), inner }
    }
}

/// A service behind an [`AccessLayer`].
#[derive(Debug, Clone)]
pub(in crate::server) struct AccessService<S> {
    layer: AccessLayer,
    inner: S,
}

impl<S> Service<Request<Body>> for AccessService<S>
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

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        match self.layer.admit(&request) {
            Err(status) => Box::pin(async move { Ok(status.into_http()) }),
            Ok(Admission { caller, holder }) => {
                request.extensions_mut().insert(caller);
                let answer = self.inner.call(request);
                Box::pin(async move {
                    let answer = answer.await?;
                    Ok(match holder {
                        Some(holder) => answer.map(|body| Body::new(RevocableBody::new(body, holder))),
                        None => answer,
                    })
                })
            }
        }
    }
}

/// A response that ends when the caller's key expires or is revoked: a stream may last for hours.
struct RevocableBody {
    body: Body,
    ended: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl RevocableBody {
    fn new(body: Body, holder: Arc<KeyHolder>) -> Self {
        Self { body, ended: Some(Box::pin(holder.ended())) }
    }
}

impl http_body::Body for RevocableBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(ended) = &mut self.ended else { return Poll::Ready(None) };
        if ended.as_mut().poll(context).is_ready() {
            self.ended = None;
            // Dropping the body stops the work of the call.
            self.body = Body::empty();
            return Poll::Ready(Some(Ok(Frame::trailers(status_trailers(&unknown_key().into())))));
        }
        http_body::Body::poll_frame(Pin::new(&mut self.body), context)
    }

    fn is_end_stream(&self) -> bool {
        self.ended.is_none() || http_body::Body::is_end_stream(&self.body)
    }

    fn size_hint(&self) -> SizeHint {
        http_body::Body::size_hint(&self.body)
    }
}
