//! Seeing inside: the outermost layer around the services.
//!
//! Each call gets a request id, which its answer carries too; is counted; is one line of the log; and is a span
//! of a trace where traces are collected. What a call is about (texts, titles, ids, names) is nowhere in it.

mod body;
mod call;
mod calls;
mod listener;
mod metrics;
mod request_id;

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};
use tracing::Instrument as _;

pub(super) use call::CallerName;
pub(super) use calls::Calls;
pub(super) use listener::MetricsListener;
pub(super) use metrics::Metrics;

use self::body::RequestBody;
use self::call::Call;
use self::request_id::RequestIds;
use crate::service::defect_status;

/// Watches every call.
#[derive(Debug, Clone)]
pub(super) struct Observe {
    calls: Arc<Calls>,
    ids: Arc<RequestIds>,
}

impl Observe {
    /// Counts calls in `calls`.
    pub(super) fn new(calls: Arc<Calls>) -> Self {
        Self { calls, ids: Arc::default() }
    }
}

impl<S> Layer<S> for Observe {
    type Service = Observed<S>;

    fn layer(&self, inner: S) -> Observed<S> {
        Observed { inner, observe: self.clone() }
    }
}

/// Services that are watched.
#[derive(Debug, Clone)]
pub(super) struct Observed<S> {
    inner: S,
    observe: Observe,
}

impl<S> Service<Request<Body>> for Observed<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let method = self.observe.calls.method(request.uri().path());
        let id = self.observe.ids.of(request.headers());
        let call = Call::begin(Arc::clone(&method), id, &mut request);
        let request = request.map(|body| Body::new(RequestBody::new(body, method)));
        let span = call.span().clone();
        let answered = span.in_scope(|| self.inner.call(request));
        let watched = async move {
            match AssertUnwindSafe(answered).catch_unwind().await {
                Ok(Ok(response)) => Ok(call.answered(response)),
                // The call is told as ended by whoever drops it.
                Ok(Err(error)) => Err(error),
                Err(_) => Ok(call.answered(defect_status().into_http())),
            }
        };
        Box::pin(watched.instrument(span))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http::HeaderMap;
    use http_body::{Body as _, Frame};
    use tonic::{Code, Status};
    use tonic_types::StatusExt as _;

    use super::*;

    /// A service that answers each call as its path says.
    #[derive(Clone)]
    struct Answers;

    impl Service<Request<Body>> for Answers {
        type Response = Response<Body>;
        type Error = Infallible;
        type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<Body>) -> Self::Future {
            assert!(request.extensions().get::<CallerName>().is_some());
            let path = request.uri().path().to_owned();
            Box::pin(async move {
                Ok(match path.as_str() {
                    CHECK => panic!("in a handler"),
                    CHECK_STREAM => Response::new(Body::new(Panics)),
                    GET_CORPUS => Status::data_loss("a file is damaged").into_http(),
                    _ => std::future::pending().await,
                })
            })
        }
    }

    const CHECK: &str = "/palimpsest.v1.DetectionService/Check";
    const CHECK_STREAM: &str = "/palimpsest.v1.DetectionService/CheckStream";
    const GET_CORPUS: &str = "/palimpsest.v1.CorpusService/GetCorpus";

    struct Panics;

    impl http_body::Body for Panics {
        type Data = bytes::Bytes;
        type Error = Status;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<bytes::Bytes>, Status>>> {
            panic!("in a stream")
        }
    }

    fn observed() -> (Observed<Answers>, Arc<Calls>) {
        let calls = Arc::new(Calls::of(&[crate::proto::FILE_DESCRIPTOR_SET]).unwrap());
        (Observe::new(Arc::clone(&calls)).layer(Answers), calls)
    }

    fn request(path: &str) -> Request<Body> {
        Request::builder().uri(path).header("x-request-id", "r-1").body(Body::empty()).unwrap()
    }

    /// A call that failed is counted as that, and its details tell the request's id.
    fn assert_told(headers: &HeaderMap, code: Code, method: &calls::Method) {
        let status = Status::from_header_map(headers).unwrap();
        assert_eq!(status.code(), code);
        assert_eq!(status.get_details_request_info().unwrap().request_id, "r-1");
        let handled = |code: Code| method.handled[code as usize].load(std::sync::atomic::Ordering::Relaxed);
        assert_eq!((handled(code), handled(Code::Ok), handled(Code::Cancelled)), (1, 0, 0));
        assert_eq!(method.microseconds.so_far().count(), 1);
    }

    #[tokio::test]
    async fn what_fails_for_the_servers_fault_is_told_with_the_requests_id() {
        let (mut service, calls) = observed();
        for (path, code) in [(CHECK, Code::Internal), (GET_CORPUS, Code::DataLoss)] {
            let response = service.call(request(path)).await.unwrap();
            assert_eq!(response.headers()["x-request-id"], "r-1");
            assert_told(response.headers(), code, &calls.method(path));
        }
        let response = service.call(request(CHECK_STREAM)).await.unwrap();
        assert_eq!(response.headers()["x-request-id"], "r-1");
        let mut body = response.into_body();
        let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        let trailers = frame.unwrap().unwrap().into_trailers().unwrap();
        assert_told(&trailers, Code::Internal, &calls.method(CHECK_STREAM));
        assert!(std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await.is_none());
        drop(body);
        assert_told(&trailers, Code::Internal, &calls.method(CHECK_STREAM));
    }

    #[tokio::test]
    async fn a_call_that_nobody_waits_for_is_cancelled() {
        let (mut service, calls) = observed();
        let waiting = tokio::spawn(service.call(request("/x/y")));
        tokio::task::yield_now().await;
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        let cancelled = &calls.method("/x/y").handled[Code::Cancelled as usize];
        assert_eq!(cancelled.load(std::sync::atomic::Ordering::Relaxed), 1);
    }
}
