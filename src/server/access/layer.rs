//! The layer around all services that lets nobody in who doesn't belong.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response};
use http_body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Bytes};
use tower::{Layer, Service};

use super::{Access, Holder, unknown_key};
use crate::server::observe::CallerName;
use crate::service::Caller;

/// What balancers of loads ask without a key.
const HEALTH: &str = "/grpc.health.v1.Health/";

/// Finds out who calls, and refuses who may not; without keys everybody may.
#[derive(Debug, Clone)]
pub(in crate::server) struct AccessLayer {
    access: Option<Arc<Access>>,
}

impl AccessLayer {
    pub(in crate::server) fn new(access: Option<Arc<Access>>) -> Self {
        Self { access }
    }

    /// Who calls, and what their key was found by, if keys are set.
    fn admit<B>(&self, request: &Request<B>) -> Result<(Caller, Option<Arc<Holder>>), Status> {
        let path = request.uri().path();
        let Some(access) = self.access.as_ref().filter(|_| !path.starts_with(HEALTH)) else {
            return Ok((Caller::anyone(), None));
        };
        let holder = access.caller(request.headers())?;
        // The log tells whose key it was, of a call that is refused too.
        if let Some(name) = request.extensions().get::<CallerName>() {
            name.tell(holder.caller.key());
        }
        holder.caller.admit(path)?;
        Ok((holder.caller.clone(), Some(holder)))
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
            Ok((caller, holder)) => {
                request.extensions_mut().insert(caller);
                let answer = self.inner.call(request);
                Box::pin(async move {
                    let answer = answer.await?;
                    Ok(match holder {
                        Some(holder) => answer.map(|body| Body::new(WhileGood::new(body, holder))),
                        None => answer,
                    })
                })
            }
        }
    }
}

/// A response that ends when the key of its caller does: a stream may last for hours.
struct WhileGood {
    body: Body,
    ended: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl WhileGood {
    fn new(body: Body, holder: Arc<Holder>) -> Self {
        Self { body, ended: Some(Box::pin(holder.ended())) }
    }
}

impl http_body::Body for WhileGood {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(ended) = &mut self.ended else { return Poll::Ready(None) };
        if ended.as_mut().poll(context).is_ready() {
            self.ended = None;
            // What goes on for the caller is called off.
            self.body = Body::empty();
            let mut trailers = HeaderMap::new();
            return Poll::Ready(Some(
                unknown_key().add_header(&mut trailers).map(|()| Frame::trailers(trailers)),
            ));
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
