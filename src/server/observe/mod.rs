//! Observability: the outermost layer around the services, the metrics, the logs and the traces.
//!
//! Each call gets a correlation id, which its response carries, too. Each call is counted, is one line of the log, and is a
//! span of a trace if traces are collected. The contents of methods (texts, titles, ids, names) are never recorded.

mod body;
mod call;
mod correlation_id;
mod methods;
mod metrics;
mod metrics_endpoint;
mod pages;
mod telemetry;
mod traces;

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};
use tracing::Instrument as _;

pub(super) use call::CallerKeyId;
pub(super) use methods::MethodTable;
pub(super) use metrics::Metrics;
pub(super) use metrics_endpoint::MetricsListener;
pub(super) use pages::PageObserveLayer;
pub(super) use telemetry::Telemetry;

use self::body::RequestBody;
use self::call::ObservedCall;
use self::correlation_id::CorrelationIds;
use crate::service::defect_status;

/// The layer that observes every call.
#[derive(Debug, Clone)]
pub(super) struct ObserveLayer {
    methods: Arc<MethodTable>,
    ids: Arc<CorrelationIds>,
}

impl ObserveLayer {
    /// A layer that counts methods in `methods`.
    pub(super) fn new(methods: Arc<MethodTable>) -> Self {
        Self { methods, ids: Arc::default() }
    }
}

impl<S> Layer<S> for ObserveLayer {
    type Service = ObserveService<S>;

    fn layer(&self, inner: S) -> ObserveService<S> {
        ObserveService { inner, observe: self.clone() }
    }
}

/// Services behind an [`ObserveLayer`].
#[derive(Debug, Clone)]
pub(super) struct ObserveService<S> {
    inner: S,
    observe: ObserveLayer,
}

impl<S> Service<Request<Body>> for ObserveService<S>
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
        let method = self.observe.methods.method(request.uri().path());
        let id = self.observe.ids.for_request(request.headers());
        let call = ObservedCall::begin(Arc::clone(&method), id, &mut request);
        let request = request.map(|body| Body::new(RequestBody::new(body, method)));
        let span = call.span().clone();
        let responding = span.in_scope(|| self.inner.call(request));
        let observed = async move {
            match AssertUnwindSafe(responding).catch_unwind().await {
                Ok(Ok(response)) => Ok(call.responded(response)),
                // Dropping `call` records its end.
                Ok(Err(error)) => Err(error),
                Err(_) => Ok(call.responded(defect_status().into_http())),
            }
        };
        Box::pin(observed.instrument(span))
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

    /// A service that responds to each call according to its path.
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
            assert!(request.extensions().get::<CallerKeyId>().is_some());
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

    fn observed() -> (ObserveService<Answers>, Arc<MethodTable>) {
        let methods = Arc::new(MethodTable::new(&[crate::proto::FILE_DESCRIPTOR_SET]).unwrap());
        (ObserveLayer::new(Arc::clone(&methods)).layer(Answers), methods)
    }

    fn request(path: &str) -> Request<Body> {
        Request::builder().uri(path).header("x-request-id", "r-1").body(Body::empty()).unwrap()
    }

    /// Asserts that the call is counted once, as failed, and that its details name the request's id.
    fn assert_recorded(headers: &HeaderMap, code: Code, method: &methods::Method) {
        let status = Status::from_header_map(headers).unwrap();
        assert_eq!(status.code(), code);
        assert_eq!(status.get_details_request_info().unwrap().request_id, "r-1");
        let handled = |code: Code| method.handled[code as usize].load(std::sync::atomic::Ordering::Relaxed);
        assert_eq!((handled(code), handled(Code::Ok), handled(Code::Cancelled)), (1, 0, 0));
        assert_eq!(method.microseconds.so_far().count(), 1);
    }

    #[tokio::test]
    async fn a_failure_of_the_server_names_the_requests_id() {
        let (mut service, methods) = observed();
        for (path, code) in [(CHECK, Code::Internal), (GET_CORPUS, Code::DataLoss)] {
            let response = service.call(request(path)).await.unwrap();
            assert_eq!(response.headers()["x-request-id"], "r-1");
            assert_recorded(response.headers(), code, &methods.method(path));
        }
        let response = service.call(request(CHECK_STREAM)).await.unwrap();
        assert_eq!(response.headers()["x-request-id"], "r-1");
        let mut body = response.into_body();
        let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        let trailers = frame.unwrap().unwrap().into_trailers().unwrap();
        assert_recorded(&trailers, Code::Internal, &methods.method(CHECK_STREAM));
        assert!(std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await.is_none());
        drop(body);
        assert_recorded(&trailers, Code::Internal, &methods.method(CHECK_STREAM));
    }

    #[tokio::test]
    async fn a_call_that_nobody_waits_for_is_cancelled() {
        let (mut service, methods) = observed();
        let waiting = tokio::spawn(service.call(request("/x/y")));
        tokio::task::yield_now().await;
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        let cancelled = &methods.method("/x/y").handled[Code::Cancelled as usize];
        assert_eq!(cancelled.load(std::sync::atomic::Ordering::Relaxed), 1);
    }
}
