//! The gRPC services, called in this process.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use http::HeaderValue;
use tonic::body::Body;
use tonic::transport::server::TcpConnectInfo;
use tower::util::BoxCloneSyncService;

use crate::proto::corpus_service_client::CorpusServiceClient;
use crate::proto::document_service_client::DocumentServiceClient;
use crate::proto::related_service_client::RelatedServiceClient;
use crate::proto::rendering_service_client::RenderingServiceClient;
use crate::proto::writing_service_client::WritingServiceClient;

/// The services with all layers around them, as one connection calls them.
pub(crate) type Calls = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Infallible>;

/// The services, and how calls for one page are made.
#[derive(Clone)]
pub(super) struct Backend {
    pub(super) calls: Calls,
    /// The address of the browser, for the log.
    pub(super) peer: Option<SocketAddr>,
    /// The id of the page's request, which its calls share.
    pub(super) request_id: Option<HeaderValue>,
    /// The header `authorization`, if keys are set.
    pub(super) authorization: Option<HeaderValue>,
}

impl Backend {
    pub(super) fn corpus(&self) -> CorpusServiceClient<Calls> {
        // The messages come from this process.
        CorpusServiceClient::new(self.calls.clone()).max_decoding_message_size(usize::MAX)
    }

    pub(super) fn documents(&self) -> DocumentServiceClient<Calls> {
        DocumentServiceClient::new(self.calls.clone()).max_decoding_message_size(usize::MAX)
    }

    pub(super) fn rendering(&self) -> RenderingServiceClient<Calls> {
        RenderingServiceClient::new(self.calls.clone()).max_decoding_message_size(usize::MAX)
    }

    pub(super) fn related(&self) -> RelatedServiceClient<Calls> {
        RelatedServiceClient::new(self.calls.clone()).max_decoding_message_size(usize::MAX)
    }

    pub(super) fn writing(&self) -> WritingServiceClient<Calls> {
        WritingServiceClient::new(self.calls.clone()).max_decoding_message_size(usize::MAX)
    }

    /// A request with this message, under the deadline that calls have by default.
    pub(super) fn request<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        let headers = [("x-request-id", &self.request_id), ("authorization", &self.authorization)];
        for (name, value) in headers {
            let value = value.as_ref().and_then(|value| value.to_str().ok()?.parse().ok());
            if let Some(value) = value {
                request.metadata_mut().insert(name, value);
            }
        }
        let connection = TcpConnectInfo { local_addr: None, remote_addr: self.peer };
        request.extensions_mut().insert(connection);
        request
    }

    /// A request with this message that ends after `timeout`.
    pub(super) fn request_within<T>(&self, message: T, timeout: Duration) -> tonic::Request<T> {
        let mut request = self.request(message);
        request.set_timeout(timeout);
        request
    }
}
