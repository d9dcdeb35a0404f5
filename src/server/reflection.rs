//! Server reflection that tells what is wrong with its requests.
//!
//! tonic-reflection ends a stream as if all were well at the first message that it can't decode. So its requests are
//! decoded here first, and what is wrong with one is the status that its stream ends with.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, Response};
use http_body::{Body as _, Frame};
use prost::Message as _;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
// The requests of v1alpha are the same.
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tower::Service;

use crate::service::Problem;

/// Bytes of what stands before each message: whether it is compressed, and its length.
const HEADER_BYTES: usize = 5;

type Polled = Poll<Option<Result<Frame<Bytes>, Status>>>;

/// A reflection service whose requests are checked before it sees them.
#[derive(Debug, Clone)]
pub(super) struct Checked<S>(pub(super) S);

impl<S: NamedService> NamedService for Checked<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Checked<S>
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
        let (asked, came) = (failure.clone(), BytesMut::new());
        let request =
            request.map(|inner| Body::new(Requests { inner, came, failure: asked, service: S::NAME }));
        let responding = self.0.call(request);
        Box::pin(async move { Ok(responding.await?.map(|inner| Body::new(Answers { inner, failure }))) })
    }
}

/// Why the requests of a call ended before their time, once they have.
#[derive(Debug, Clone, Default)]
struct Failure(Arc<OnceLock<Status>>);

impl Failure {
    /// Notes the first reason.
    fn note(&self, status: &Status) {
        let _noted_before = self.0.set(status.clone());
    }
}

/// The requests of a call, each let through when it is whole and good.
struct Requests {
    inner: Body,
    /// What came, and was not let through.
    came: BytesMut,
    failure: Failure,
    service: &'static str,
}

impl Requests {
    /// The next request, with what stands before it, if it has come whole.
    fn next(&mut self) -> Result<Option<Bytes>, Status> {
        let Some((header, _)) = self.came.split_first_chunk::<HEADER_BYTES>() else { return Ok(None) };
        let [_, a, b, c, d] = *header;
        let bytes = HEADER_BYTES.saturating_add(u32::from_be_bytes([a, b, c, d]) as usize);
        if self.came.len() < bytes {
            return Ok(None);
        }
        let request = self.came.split_to(bytes).freeze();
        match ServerReflectionRequest::decode(request.slice(HEADER_BYTES..)) {
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
                    Ok(data) => self.came.extend_from_slice(&data),
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
            }
        }
    }
}

impl http_body::Body for Requests {
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

/// The answers of a call, which end with what was wrong with its requests if anything was.
struct Answers {
    inner: Body,
    failure: Failure,
}

impl http_body::Body for Answers {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context)?);
        Poll::Ready(frame.map(|frame| match self.failure.0.get() {
            Some(status) if frame.is_trailers() => Ok(Frame::trailers(trailers(status))),
            _ => Ok(frame),
        }))
    }
}

fn trailers(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    // It fails only for messages that are no header, which ours are when they are encoded.
    let _added = status.add_header(&mut trailers);
    trailers
}
