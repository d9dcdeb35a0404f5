//! Observation of the web page: each request gets a correlation id, one line of the log, and is counted by its status. Its calls of the
//! services are observed as calls, under the same id.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body as PageBody;
use axum::response::Response;
use futures_util::FutureExt as _;
use http::{Method, Request, StatusCode};
use tonic::body::Body;
use tonic::transport::server::TcpConnectInfo;
use tower::{Layer, Service};

use super::correlation_id::{CorrelationId, CorrelationIds, HEADER};
use crate::web::Route;

/// The lowest status that is counted.
const FIRST_STATUS: u16 = 100;

/// Number of statuses that are counted.
const STATUSES: usize = 500;

/// Requests of this process by status, from [`FIRST_STATUS`] on.
static COUNTS: [AtomicU64; STATUSES] = [const { AtomicU64::new(0) }; STATUSES];

/// Statuses of the requests so far, with their numbers. 200 is always present.
pub(super) fn counts() -> impl Iterator<Item = (u16, u64)> {
    let all = (FIRST_STATUS..).zip(&COUNTS).map(|(status, count)| (status, count.load(Ordering::Relaxed)));
    all.filter(|(status, count)| *count > 0 || *status == StatusCode::OK.as_u16())
}

fn count(status: StatusCode) {
    let place = usize::from(status.as_u16().saturating_sub(FIRST_STATUS));
    if let Some(count) = COUNTS.get(place) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// The layer around the pages.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct PageObserveLayer {
    ids: Arc<CorrelationIds>,
}

impl<S> Layer<S> for PageObserveLayer {
    type Service = PageObserveService<S>;

    fn layer(&self, pages: S) -> PageObserveService<S> {
        PageObserveService { pages, ids: Arc::clone(&self.ids) }
    }
}

/// Pages behind a [`PageObserveLayer`].
#[derive(Debug, Clone)]
pub(in crate::server) struct PageObserveService<S> {
    pages: S,
    ids: Arc<CorrelationIds>,
}

impl<S> Service<Request<Body>> for PageObserveService<S>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.pages.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let began = Instant::now();
        let id = self.ids.for_request(request.headers());
        request.headers_mut().insert(HEADER, id.value.clone());
        let (method, peer) =
            (request.method().clone(), request.extensions().get::<TcpConnectInfo>().cloned());
        let responding = self.pages.call(request);
        Box::pin(async move {
            let responded = AssertUnwindSafe(responding).catch_unwind().await;
            let mut response =
                responded.unwrap_or_else(|_| Ok(defect())).unwrap_or_else(|never| match never {});
            response.headers_mut().insert(HEADER, id.value.clone());
            count(response.status());
            log(&id, &method, peer.as_ref(), &response, began);
            Ok(response)
        })
    }
}

/// The response to a request that a panic ended; the panic hook has logged it.
fn defect() -> Response {
    let message = "a defect of the server ended this request; report it with the server's log\n";
    let mut response = Response::new(PageBody::from(message));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// Logs a request, by the pattern of its path: the path itself has names.
fn log(
    id: &CorrelationId,
    method: &Method,
    peer: Option<&TcpConnectInfo>,
    response: &Response,
    began: Instant,
) {
    let duration_ms = (began.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    let route = response.extensions().get::<Route>().map_or("unknown", |route| &*route.0);
    let peer = peer.and_then(TcpConnectInfo::remote_addr).map(tracing::field::display);
    let status = response.status().as_u16();
    macro_rules! line {
        ($level:ident) => {
            tracing::event!(
                target: "palimpsest::pages",
                parent: None,
                tracing::Level::$level,
                request_id = &*id.id,
                method = method.as_str(),
                route,
                status,
                duration_ms,
                peer,
                "page"
            )
        };
    }
    match status {
        500 => line!(ERROR),
        429 | 501.. => line!(WARN),
        _ => line!(INFO),
    }
}
