//! The server of one connection: HTTP/2, the layers, the services.
//!
//! Each connection has a server of its own, so that it can be shut down separately, and a layer with its own budget.

use std::convert::Infallible;
use std::sync::Arc;

use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::codec::CompressionEncoding::{Gzip, Zstd};
use tonic::service::Routes;
use tonic::transport::Server;

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
use crate::service::servers::health::health_server::HealthServer;
use crate::service::{AdminApi, CorpusApi, DetectionApi, HealthApi, ServiceContext};

/// Maximum number of streams reset for the peer's errors, after which the connection is closed. tonic's default is no limit,
/// which lets a peer grow the list of remembered resets (RUSTSEC-2024-0003).
const MAX_FAULTY_STREAMS: usize = 1024;

/// The descriptors of all services that are served.
pub(super) const DESCRIPTORS: [&[u8]; 3] = [
    proto::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
];

/// The parts of every connection's server.
#[derive(Clone)]
pub(super) struct ConnectionServer {
    windows: FlowControlWindows,
    connections: ConnectionSettings,
    web: Web,
    accept_http1: bool,
    observe: ObserveLayer,
    access: AccessLayer,
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
            limits: CallLimits::new(settings)?,
            services: services(context, health, settings)?.prepare(),
        })
    }

    /// Serves a connection until it has ended. Begins to shut it down gracefully when `ending` is cancelled.
    pub(super) async fn serve(self, stream: ConnectionStream, ending: CancellationToken) {
        let server = self
            .http2()
            // The outermost first; below `web`, calls are plain gRPC.
            .layer(CallCountLayer)
            .layer(self.web)
            .layer(self.observe)
            .layer(self.access)
            .layer(self.limits.for_connection());
        let one = tokio_stream::once(Ok::<_, Infallible>(stream)).chain(tokio_stream::pending());
        // An error of the connection has been reported to its peer.
        drop(server.serve_with_incoming_shutdown(self.services, one, ending.cancelled_owned()).await);
    }

    fn http2(&self) -> Server {
        Server::builder()
            .initial_stream_window_size(self.windows.stream_bytes)
            .initial_connection_window_size(self.windows.connection_bytes)
            .max_concurrent_streams(self.connections.max_streams)
            .http2_max_header_list_size(self.connections.max_header_bytes)
            .http2_max_local_error_reset_streams(Some(MAX_FAULTY_STREAMS))
            .http2_keepalive_interval(Some(self.connections.keepalive))
            .http2_keepalive_timeout(Some(self.connections.keepalive_timeout))
            .accept_http1(self.accept_http1)
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
    // A macro, as the three server types have no common trait.
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
        .add_service(service!(DetectionServiceServer, DetectionApi::new(context)))
        .add_service(ValidatedReflection(reflection().build_v1()?.max_decoding_message_size(max_bytes)))
        .add_service(ValidatedReflection(reflection().build_v1alpha()?.max_decoding_message_size(max_bytes)))
        .add_service(HealthServer::new(health)))
}
