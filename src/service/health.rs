//! `grpc.health.v1.Health`, whole: Check, List and Watch, as the protocol's own words have it.

use std::collections::HashMap;
use std::pin::Pin;

use tokio::sync::watch;
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService;
use tonic::{Request, Response, Status};

use super::ordered::Responses;
use super::problem::Problem;
use super::servers::admin_service_server::AdminServiceServer;
use super::servers::corpus_service_server::CorpusServiceServer;
use super::servers::detection_service_server::DetectionServiceServer;
use super::servers::health::health_server::Health;
use crate::proto::health::health_check_response::ServingStatus;
use crate::proto::health::{HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse};

/// The services that have a health: each of ours, and the whole server.
const SERVICES: [&str; 4] = [
    "",
    <AdminServiceServer<super::AdminApi> as NamedService>::NAME,
    <CorpusServiceServer<super::CorpusApi> as NamedService>::NAME,
    <DetectionServiceServer<super::DetectionApi> as NamedService>::NAME,
];

/// The handlers of `Health`. All services are well or unwell together, since they share one corpus.
#[derive(Debug, Clone)]
pub struct HealthApi {
    is_serving: watch::Sender<bool>,
    draining: CancellationToken,
}

impl HealthApi {
    /// Nothing is served yet. Once `draining` is cancelled, watches end.
    #[must_use]
    pub fn new(draining: CancellationToken) -> Self {
        Self { is_serving: watch::Sender::new(false), draining }
    }

    /// Tells everyone who asks or watches.
    pub fn tell(&self, is_serving: bool) {
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
            return Err(Problem::no_such_service(&SERVICES).into());
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
            // Services don't come later: there is nothing more to say, but the call goes on, as it has to.
            Box::pin(async_stream::stream! {
                yield Ok(HealthCheckResponse { status: ServingStatus::ServiceUnknown.into() });
                draining.cancelled().await;
                yield Err(Problem::stopping().into());
            })
        };
        Ok(Response::new(responses))
    }
}
