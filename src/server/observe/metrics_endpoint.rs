//! The HTTP endpoint for Prometheus: `GET /metrics` over HTTP/1.1, and nothing else.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::metrics::Metrics;
use crate::server::connections::raise_backlog;

/// Maximum number of connections at once; others wait.
const MAX_CONNECTIONS: usize = 16;

/// Maximum time from the connection to the last byte of the response.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The endpoint that serves the metrics.
#[derive(Debug)]
pub(in crate::server) struct MetricsListener {
    listener: TcpListener,
    metrics: Arc<Metrics>,
}

impl MetricsListener {
    /// Listens on `address`.
    ///
    /// # Errors
    ///
    /// The error of the system.
    pub(in crate::server) async fn bind(address: SocketAddr, metrics: Arc<Metrics>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        raise_backlog(&listener);
        tracing::info!(address = %listener.local_addr()?, "metrics: listening");
        Ok(Self { listener, metrics })
    }

    /// Serves requests until the future is dropped.
    pub(in crate::server) async fn serve(self) {
        let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            // The semaphore is never closed.
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(connection(stream, Arc::clone(&self.metrics), permit));
                }
                // For example too many open files, which may pass.
                Err(error) => {
                    tracing::warn!(%error, "metrics: a connection can't be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

async fn connection(stream: TcpStream, metrics: Arc<Metrics>, _permit: OwnedSemaphorePermit) {
    let service = service_fn(move |request| respond(request, Arc::clone(&metrics)));
    let mut connections = http1::Builder::new();
    connections.timer(TokioTimer::new()).keep_alive(false).max_buf_size(16 << 10);
    let served = connections.serve_connection(TokioIo::new(stream), service);
    if let Ok(Err(error)) = tokio::time::timeout(TIMEOUT, served).await {
        tracing::debug!(%error, "metrics: a connection failed");
    }
}

async fn respond<B>(request: Request<B>, metrics: Arc<Metrics>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() != "/metrics" {
        return Ok(plain(StatusCode::NOT_FOUND, "metrics are at /metrics\n"));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are allowed\n"));
    }
    // Off the async threads, as it may visit all collections. Not in the workers' queue: metrics must show when that is full.
    let page = tokio::task::spawn_blocking(move || metrics.encode()).await;
    let Ok(Ok(page)) = page else {
        return Ok(plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "a defect of the server ended this request; see its log\n",
        ));
    };
    let mut response = Response::new(Full::from(page));
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}
