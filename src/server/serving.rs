//! What serves one connection: HTTP/2, the layers, the services.
//!
//! Each connection has a server of its own, so that it can be asked to end by itself, and a layer that counts what it has
//! under way.

use std::convert::Infallible;
use std::sync::Arc;

use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::codec::CompressionEncoding::{Gzip, Zstd};
use tonic::service::Routes;
use tonic::transport::Server;

use super::access::AccessLayer;
use super::boot::ServeError;
use super::calls::{CallRules, Windows};
use super::connections::{CountCalls, Stream};
use super::observe::Observe;
use super::reflection::Checked;
use super::settings::{ConnectionSettings, Settings};
use super::web::{self, Web};
use crate::proto;
use crate::service::servers::admin_service_server::AdminServiceServer;
use crate::service::servers::corpus_service_server::CorpusServiceServer;
use crate::service::servers::detection_service_server::DetectionServiceServer;
use crate::service::servers::health::health_server::HealthServer;
use crate::service::{AdminApi, Context, CorpusApi, DetectionApi, HealthApi};

/// Streams of one connection that are reset for the peer's faults before the connection is ended. Without a number tonic
/// sets no limit, and a peer can have as many resets remembered as it likes (RUSTSEC-2024-0003).
const MAX_FAULTY_STREAMS: usize = 1024;

/// The descriptors of all services that are served.
pub(super) const DESCRIPTORS: [&[u8]; 3] = [
    proto::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
];

/// What each connection's server is made of.
#[derive(Clone)]
pub(super) struct Serving {
    windows: Windows,
    speaks: ConnectionSettings,
    web: Web,
    takes_web: bool,
    observe: Observe,
    access: AccessLayer,
    rules: Arc<CallRules>,
    services: Routes,
}

impl Serving {
    pub(super) fn new(
        context: Context,
        health: HealthApi,
        observe: Observe,
        access: AccessLayer,
        settings: &Settings,
    ) -> Result<Self, ServeError> {
        Ok(Self {
            windows: Windows::of(settings),
            speaks: settings.connections.clone(),
            web: web::layer(&settings.web),
            takes_web: settings.web.grpc_web,
            observe,
            access,
            rules: CallRules::new(settings)?,
            services: services(context, health, settings)?.prepare(),
        })
    }

    /// Serves a connection until it has ended; asks it to when `ending` is cancelled.
    pub(super) async fn serve(self, stream: Stream, ending: CancellationToken) {
        let server = self
            .http2()
            // The outermost first: what follows the second sees plain gRPC.
            .layer(CountCalls)
            .layer(self.web)
            .layer(self.observe)
            .layer(self.access)
            .layer(self.rules.for_connection());
        let one = tokio_stream::once(Ok::<_, Infallible>(stream)).chain(tokio_stream::pending());
        // What fails on a connection is its peer's to know.
        drop(server.serve_with_incoming_shutdown(self.services, one, ending.cancelled_owned()).await);
    }

    fn http2(&self) -> Server {
        Server::builder()
            .initial_stream_window_size(self.windows.stream_bytes)
            .initial_connection_window_size(self.windows.connection_bytes)
            .max_concurrent_streams(self.speaks.max_streams)
            .http2_max_header_list_size(self.speaks.max_header_bytes)
            .http2_max_local_error_reset_streams(Some(MAX_FAULTY_STREAMS))
            .http2_keepalive_interval(Some(self.speaks.keepalive))
            .http2_keepalive_timeout(Some(self.speaks.keepalive_timeout))
            .accept_http1(self.takes_web)
    }
}

fn services(context: Context, health: HealthApi, settings: &Settings) -> Result<Routes, ServeError> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            // So that clients without files can read what is wrong with a request.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let most = settings.max_message_bytes;
    // One macro for three types that have no trait in common.
    macro_rules! service {
        ($server:ident, $api:expr) => {
            $server::new($api)
                .max_decoding_message_size(most)
                .accept_compressed(Gzip)
                .accept_compressed(Zstd)
                .send_compressed(Gzip)
                .send_compressed(Zstd)
        };
    }
    Ok(Routes::new(service!(CorpusServiceServer, CorpusApi::new(context.clone())))
        .add_service(service!(AdminServiceServer, AdminApi::new(context.clone())))
        .add_service(service!(DetectionServiceServer, DetectionApi::new(context)))
        .add_service(Checked(reflection().build_v1()?.max_decoding_message_size(most)))
        .add_service(Checked(reflection().build_v1alpha()?.max_decoding_message_size(most)))
        .add_service(HealthServer::new(health)))
}
