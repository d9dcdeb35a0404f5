//! The server of one connection: HTTP, the layers, the services.

use std::sync::Arc;

use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::codec::CompressionEncoding::{Gzip, Zstd};
use tonic::service::Routes;
use tower::{Layer as _, ServiceExt as _};

use super::access::AccessLayer;
use super::calls::CallLimits;
use super::connections::{CallCountLayer, ConnectionStream, FlowControlWindows};
use super::error::ServeError;
use super::observe::ObserveLayer;
use super::reflection::ValidatedReflection;
use super::settings::{ConnectionSettings, Settings};
use super::web::{self, Web};
use crate::proto;
use crate::service::servers::admin_service_server::AdminServiceServer;
use crate::service::servers::corpus_service_server::CorpusServiceServer;
use crate::service::servers::detection_service_server::DetectionServiceServer;
use crate::service::servers::document_service_server::DocumentServiceServer;
use crate::service::servers::health::health_server::HealthServer;
use crate::service::servers::related_service_server::RelatedServiceServer;
use crate::service::servers::rendering_service_server::RenderingServiceServer;
use crate::service::servers::writing_service_server::WritingServiceServer;
use crate::service::{
    AdminApi, BackendHandle, CorpusApi, DetectionApi, DocumentApi, HealthApi, RelatedApi, RenderingApi,
    ServiceContext, WritingApi,
};
use crate::web::Calls;

/// Maximum number of streams reset for the peer's errors, after which the connection is closed. Without a limit, a peer can grow
/// the list of remembered resets (RUSTSEC-2024-0003).
const MAX_FAULTY_STREAMS: usize = 1024;

/// The parts of every connection's server.
#[derive(Clone)]
pub(super) struct ConnectionServer {
    windows: FlowControlWindows,
    connections: ConnectionSettings,
    web: Web,
    accept_http1: bool,
    observe: ObserveLayer,
    access: AccessLayer,
    backend: BackendHandle,
    limits: Arc<CallLimits>,
    services: Routes,
}

impl ConnectionServer {
    pub(super) fn new(
        context: ServiceContext,
        health: HealthApi,
        observe: ObserveLayer,
        access: AccessLayer,
        settings: &Settings,
    ) -> Result<Self, ServeError> {
        Ok(Self {
            windows: FlowControlWindows::of(settings),
            connections: settings.connections.clone(),
            web: web::layer(&settings.web),
            accept_http1: settings.web.grpc_web,
            observe,
            access,
            backend: context.backend.clone(),
            limits: CallLimits::new(settings)?,
            services: services(context, health, settings)?.prepare(),
        })
    }

    /// Serves a connection until it has ended. Begins its graceful shutdown (GOAWAY) when `ending` is cancelled.
    pub(super) async fn serve(self, stream: ConnectionStream, ending: CancellationToken) {
        let http = self.http();
        // The outermost first; below `web`, calls are plain gRPC.
        let services = self.limits.for_connection(self.backend).layer(self.services);
        let services = CallCountLayer::new(stream.peer().clone())
            .layer(self.web.layer(self.observe.layer(self.access.layer(services))));
        let services = services.map_request(|request: Request<Incoming>| request.map(Body::new));
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(services));
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

    /// The services with the layers of a connection, for calls from this process.
    pub(super) fn in_process(self) -> Calls {
        let Self { observe, access, backend, limits, services, .. } = self;
        Calls::new(observe.layer(access.layer(limits.for_connection(backend).layer(services))))
    }

    fn http(&self) -> Builder<TokioExecutor> {
        let mut http = Builder::new(TokioExecutor::new());
        if !self.accept_http1 {
            http = http.http2_only();
        }
        // The timer enforces hyper's default limit on the time for the headers of a request.
        http.http1().timer(TokioTimer::new());
        http.http2()
            .timer(TokioTimer::new())
            .initial_stream_window_size(self.windows.stream_bytes)
            .initial_connection_window_size(self.windows.connection_bytes)
            .max_concurrent_streams(self.connections.max_streams)
            .max_header_list_size(self.connections.max_header_bytes)
            .max_local_error_reset_streams(MAX_FAULTY_STREAMS)
            .keep_alive_interval(self.connections.keepalive)
            .keep_alive_timeout(self.connections.keepalive_timeout);
        http
    }
}

fn services(context: ServiceContext, health: HealthApi, settings: &Settings) -> Result<Routes, ServeError> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            // So that clients without the protos can decode error details.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let max_bytes = settings.max_message_bytes;
    // A macro, as the server types have no common trait.
    macro_rules! service {
        ($server:ident, $api:expr) => {
            $server::new($api)
                .max_decoding_message_size(max_bytes)
                .accept_compressed(Gzip)
                .accept_compressed(Zstd)
                .send_compressed(Gzip)
                .send_compressed(Zstd)
        };
    }
    Ok(Routes::new(service!(CorpusServiceServer, CorpusApi::new(context.clone())))
        .add_service(service!(AdminServiceServer, AdminApi::new(context.clone())))
        .add_service(service!(DetectionServiceServer, DetectionApi::new(context.clone())))
        .add_service(service!(DocumentServiceServer, DocumentApi::new(context.clone())))
        .add_service(service!(RelatedServiceServer, RelatedApi::new(context.clone())))
        .add_service(service!(RenderingServiceServer, RenderingApi::new(context.clone())))
        .add_service(service!(WritingServiceServer, WritingApi::new(context)))
        .add_service(ValidatedReflection(reflection().build_v1()?.max_decoding_message_size(max_bytes)))
        .add_service(ValidatedReflection(reflection().build_v1alpha()?.max_decoding_message_size(max_bytes)))
        .add_service(HealthServer::new(health)))
}
