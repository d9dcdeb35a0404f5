//! `grpc.health.v1.Health`: Check, List and Watch, as the health checking protocol defines them.

use std::collections::HashMap;
use std::pin::Pin;

use tokio::sync::watch;
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService;
use tonic::{Request, Response, Status};

use crate::proto::health::health_check_response::ServingStatus;
use crate::proto::health::{HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse};
use crate::service::backpressure::ordered_stream::Responses;
use crate::service::problem::Problem;
use crate::service::servers::admin_service_server::AdminServiceServer;
use crate::service::servers::corpus_service_server::CorpusServiceServer;
use crate::service::servers::detection_service_server::DetectionServiceServer;
use crate::service::servers::document_service_server::DocumentServiceServer;
use crate::service::servers::health::health_server::Health;
use crate::service::servers::related_service_server::RelatedServiceServer;
use crate::service::servers::rendering_service_server::RenderingServiceServer;
use crate::service::servers::writing_service_server::WritingServiceServer;

/// The services that report health; the empty name stands for the whole server.
const SERVICES: [&str; 8] = [
    "",
    <AdminServiceServer<crate::service::handlers::admin::AdminApi> as NamedService>::NAME,
    <CorpusServiceServer<crate::service::handlers::corpus::CorpusApi> as NamedService>::NAME,
    <DetectionServiceServer<crate::service::handlers::detection::DetectionApi> as NamedService>::NAME,
    <DocumentServiceServer<crate::service::handlers::documents::DocumentApi> as NamedService>::NAME,
    <RelatedServiceServer<crate::service::handlers::related::RelatedApi> as NamedService>::NAME,
    <RenderingServiceServer<crate::service::handlers::rendering::RenderingApi> as NamedService>::NAME,
    <WritingServiceServer<crate::service::handlers::writing::WritingApi> as NamedService>::NAME,
];

/// The handlers of `Health`. All services share one corpus, and so one health.
#[derive(Debug, Clone)]
pub struct HealthApi {
    is_serving: watch::Sender<bool>,
    draining: CancellationToken,
}

impl HealthApi {
    /// Handlers that report `NOT_SERVING` until [`Self::set_serving`]. Watches end when `draining` is cancelled.
    #[must_use]
    pub fn new(draining: CancellationToken) -> Self {
        Self { is_serving: watch::Sender::new(false), draining }
    }

    /// Sets the health; watches send a change.
    pub fn set_serving(&self, is_serving: bool) {
        self.is_serving.send_if_modified(|now| std::mem::replace(now, is_serving) != is_serving);
    }

    fn now(&self) -> HealthCheckResponse {
        response(*self.is_serving.borrow())
    }
}

fn response(is_serving: bool) -> HealthCheckResponse {
    let status = if is_serving { ServingStatus::Serving } else { ServingStatus::NotServing };
    HealthCheckResponse { status: status.into() }
}

fn is_known(service: &str) -> bool {
    SERVICES.contains(&service)
}

#[tonic::async_trait]
impl Health for HealthApi {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        if !is_known(&request.get_ref().service) {
            return Err(Problem::unknown_service(&SERVICES).into());
        }
        Ok(Response::new(self.now()))
    }

    async fn list(&self, _: Request<HealthListRequest>) -> Result<Response<HealthListResponse>, Status> {
        let now = self.now();
        let statuses: HashMap<String, HealthCheckResponse> =
            SERVICES.iter().map(|service| ((*service).to_owned(), now)).collect();
        Ok(Response::new(HealthListResponse { statuses }))
    }

    type WatchStream = Responses<HealthCheckResponse>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let draining = self.draining.clone();
        let responses: Pin<Box<dyn Stream<Item = _> + Send>> = if is_known(&request.get_ref().service) {
            let mut is_serving = self.is_serving.subscribe();
            Box::pin(async_stream::stream! {
                loop {
                    let now = *is_serving.borrow_and_update();
                    yield Ok(response(now));
                    tokio::select! {
                        biased;
                        changed = is_serving.changed() => if changed.is_err() { break },
                        () = draining.cancelled() => break,
                    }
                }
                yield Err(Problem::stopping().into());
            })
        } else {
            // The protocol keeps the watch of an unknown service open, although no service is added later.
            Box::pin(async_stream::stream! {
                yield Ok(HealthCheckResponse { status: ServingStatus::ServiceUnknown.into() });
                draining.cancelled().await;
                yield Err(Problem::stopping().into());
            })
        };
        Ok(Response::new(responses))
    }
}
