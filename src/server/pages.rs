//! The web page's listener and connections: HTTP/1.1, with the same slots, TLS and limits as gRPC, and the services in this process.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tower::{Layer as _, ServiceExt as _};

use super::access::Access;
use super::connections::{
    CallCountLayer, ConnectionSlots, ConnectionStream, Listener, StalledWrites, StopSignals,
};
use super::error::ServeError;
use super::observe::PageObserveLayer;
use super::serving::ConnectionServer;
use super::settings::Settings;
use super::tls::Certificates;
use crate::web::{self, WebOptions};

/// Minimum size of hyper's buffer for a connection, which bounds the headers of a request.
const MIN_BUFFER_BYTES: usize = 16 << 10;

/// The protocol of the web page by ALPN. Browsers need no other, and HTTP/1.1 has one request at a time on a connection.
const PROTOCOLS: [&str; 1] = ["http/1.1"];

/// The parts of every connection's server.
#[derive(Clone)]
pub(super) struct PageServer {
    pages: Router,
    observe: PageObserveLayer,
    services: ConnectionServer,
    http: http1::Builder,
    stalled: StalledWrites,
}

/// Listens on the web page's address, if there is one.
pub(super) async fn listen(address: Option<SocketAddr>) -> Result<Option<TcpListener>, ServeError> {
    let Some(address) = address else { return Ok(None) };
    let listener = TcpListener::bind(address).await;
    listener.map(Some).map_err(|cause| ServeError::WebListen { address, cause })
}

/// The web page's listener.
pub(super) struct PageListener {
    listener: Listener,
    server: PageServer,
}

impl PageListener {
    /// Serves `server` on `socket`. Connections share `slots` with those of gRPC.
    pub(super) fn new(
        socket: TcpListener,
        server: PageServer,
        certificates: Option<&Arc<Certificates>>,
        settings: &Settings,
        slots: Arc<ConnectionSlots>,
    ) -> Self {
        let address = socket.local_addr().ok().map(tracing::field::display);
        tracing::info!(address, tls = certificates.is_some(), "web page: listening");
        let certificates = certificates.map(|certificates| certificates.with_protocols(&PROTOCOLS));
        Self { listener: Listener::new(socket, certificates, &settings.connections, slots), server }
    }

    /// Serves until all connections have ended after `stops.draining` was cancelled.
    pub(super) async fn run(self, stops: StopSignals) {
        let server = self.server;
        self.listener.run(move |stream, ending| server.serve(stream, ending), stops).await;
    }
}

impl PageServer {
    /// A server of pages that call `services`.
    ///
    /// # Errors
    ///
    /// If the system provides no random numbers.
    pub(super) fn new(
        services: ConnectionServer,
        access: Option<Arc<Access>>,
        address: SocketAddr,
        settings: &Settings,
        draining: CancellationToken,
    ) -> Result<Self, ServeError> {
        let has_client_ca = settings.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some());
        let is_open = access.is_none() && !has_client_ca;
        let authenticate = access.map(|access| {
            let check = move |key: &str| access.caller(key).map_err(tonic::Status::from);
            Arc::new(check) as web::Authenticate
        });
        let pages = web::pages(WebOptions {
            authenticate,
            has_tls: settings.tls.is_some(),
            loopback_only: is_open && address.ip().is_loopback(),
            port: address.port(),
            max_document_bytes: usize::try_from(settings.documents.max_bytes).unwrap_or(usize::MAX),
            max_body_bytes: settings.connections.max_pending_bytes,
            default_deadline: settings.work.default_deadline,
            max_deadline: settings.work.max_deadline,
            draining,
        });
        let pages = pages.map_err(|error| io::Error::other(format!("no random numbers: {error}")))?;
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(settings.connections.handshake)
            .max_buf_size((settings.connections.max_header_bytes as usize).max(MIN_BUFFER_BYTES));
        let stalled = StalledWrites::after(settings.work.default_deadline);
        Ok(Self { pages, observe: PageObserveLayer::default(), services, http, stalled })
    }

    /// Serves a connection until it has ended. Begins its graceful shutdown when `ending` is cancelled.
    pub(super) async fn serve(self, stream: ConnectionStream, ending: CancellationToken) {
        let Self { pages, observe, services, http, stalled } = self;
        let peer = stream.peer().clone();
        let calls = services.in_process();
        let pages = pages.map_request(move |mut request: Request<Body>| {
            request.extensions_mut().insert(calls.clone());
            request.map(axum::body::Body::new)
        });
        let pages = CallCountLayer::new(peer).layer(observe.layer(pages));
        let pages = pages.map_request(|request: Request<Incoming>| request.map(Body::new));
        let stream = TokioIo::new(stalled.bound(stream));
        let connection = http.serve_connection(stream, TowerToHyperService::new(pages));
        tokio::pin!(connection);
        // An error of the connection has been reported to its peer.
        let _ended = tokio::select! {
            ended = &mut connection => ended,
            () = ending.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
    }
}
