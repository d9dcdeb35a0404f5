//! Server reflection that reports malformed requests.
//!
//! tonic-reflection ends a stream with OK at the first message that it can't decode. Requests are therefore decoded here
//! first; if one is malformed, the stream ends with the status that says why.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body::{Body as _, Frame};
use prost::Message as _;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
// Requests of v1alpha have the same fields.
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tower::Service;

use super::grpc::{PREFIX_BYTES, Prefix, status_trailers};
use crate::service::Problem;

type Polled = Poll<Option<Result<Frame<Bytes>, Status>>>;

/// A reflection service whose requests are decoded once before they reach it.
#[derive(Debug, Clone)]
pub(super) struct ValidatedReflection<S>(pub(super) S);

impl<S: NamedService> NamedService for ValidatedReflection<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for ValidatedReflection<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + NamedService,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let failure = Failure::default();
        let (noted, buffer) = (failure.clone(), BytesMut::new());
        let request =
            request.map(|inner| Body::new(RequestBody { inner, buffer, failure: noted, service: S::NAME }));
        let responding = self.0.call(request);
        Box::pin(async move { Ok(responding.await?.map(|inner| Body::new(ResponseBody { inner, failure }))) })
    }
}

/// The status of the first malformed request of a call.
#[derive(Debug, Clone, Default)]
struct Failure(Arc<OnceLock<Status>>);

impl Failure {
    fn note(&self, status: &Status) {
        let _noted_before = self.0.set(status.clone());
    }
}

/// The requests of a call; passes each on when it is complete and well-formed.
struct RequestBody {
    inner: Body,
    /// Bytes received and not passed on yet.
    buffer: BytesMut,
    failure: Failure,
    service: &'static str,
}

impl RequestBody {
    /// Returns the next request, with its prefix, if it is complete.
    fn next(&mut self) -> Result<Option<Bytes>, Status> {
        let Some((prefix, _)) = self.buffer.split_first_chunk() else { return Ok(None) };
        let bytes = PREFIX_BYTES.saturating_add(Prefix::parse(*prefix).len);
        if self.buffer.len() < bytes {
            return Ok(None);
        }
        let request = self.buffer.split_to(bytes).freeze();
        match ServerReflectionRequest::decode(request.slice(PREFIX_BYTES..)) {
            Ok(_) => Ok(Some(request)),
            Err(error) => Err(Problem::undecodable(&format!("{}Request", self.service), &error).into()),
        }
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Polled {
        loop {
            if let Some(request) = self.next()? {
                return Poll::Ready(Some(Ok(Frame::data(request))));
            }
            match ready!(Pin::new(&mut self.inner).poll_frame(context)?) {
                None => return Poll::Ready(None),
                Some(frame) => match frame.into_data() {
                    Ok(data) => self.buffer.extend_from_slice(&data),
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
            }
        }
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let polled = self.poll_next(context);
        if let Poll::Ready(Some(Err(status))) = &polled {
            self.failure.note(status);
        }
        polled
    }
}

/// The responses of a call, which end with the failure of its requests if there is one.
struct ResponseBody {
    inner: Body,
    failure: Failure,
}

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context)?);
        Poll::Ready(frame.map(|frame| match self.failure.0.get() {
            Some(status) if frame.is_trailers() => Ok(Frame::trailers(status_trailers(status))),
            _ => Ok(frame),
        }))
    }
}
