//! What the health service says.

use tonic::server::NamedService;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

use crate::proto::admin_service_server::AdminServiceServer;
use crate::proto::corpus_service_server::CorpusServiceServer;
use crate::proto::detection_service_server::DetectionServiceServer;
use crate::service::{AdminApi, CorpusApi, DetectionApi};

/// The health of the whole server and of each service, which is the same.
pub(super) struct Health(HealthReporter);

impl Health {
    /// What sets the health, and the service that tells it.
    pub(super) fn new() -> (Self, HealthServer<HealthService>) {
        let reporter = HealthReporter::new();
        let service = HealthServer::new(HealthService::from_health_reporter(reporter.clone()));
        (Self(reporter), service)
    }

    /// Tells this from now on.
    pub(super) async fn tell(&self, status: ServingStatus) {
        for service in names() {
            self.0.set_service_status(service, status).await;
        }
    }

    /// Tells nothing more: whoever watches is told the last, and then the end.
    pub(super) async fn end(mut self) {
        for service in names() {
            self.0.clear_service_status(service).await;
        }
    }
}

fn names() -> [&'static str; 4] {
    let corpus = <CorpusServiceServer<CorpusApi> as NamedService>::NAME;
    let detection = <DetectionServiceServer<DetectionApi> as NamedService>::NAME;
    let admin = <AdminServiceServer<AdminApi> as NamedService>::NAME;
    [corpus, detection, admin, ""]
}
