//! All of `grpc.health.v1`, and its answers while the server starts and stops. tests/it/lifecycle.rs asks with a
//! client from another project.

use std::time::Duration;

use palimpsest::proto::health::health_check_response::ServingStatus as Status;
use palimpsest::proto::health::health_client::HealthClient;
use palimpsest::proto::health::{HealthCheckRequest, HealthListRequest};
use tokio_stream::StreamExt;
use tonic::Code;
use tonic::transport::Channel;

use crate::harness::TestServer;

const SERVICES: [&str; 8] = [
    "",
    "palimpsest.v1.AdminService",
    "palimpsest.v1.CorpusService",
    "palimpsest.v1.DetectionService",
    "palimpsest.v1.DocumentService",
    "palimpsest.v1.RelatedService",
    "palimpsest.v1.RenderingService",
    "palimpsest.v1.WritingService",
];

fn of(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

/// The services that `List` returns, in order of their names.
async fn listed(health: &mut HealthClient<Channel>) -> Vec<(String, Status)> {
    let statuses = health.list(HealthListRequest {}).await.unwrap().into_inner().statuses;
    let mut listed: Vec<_> = statuses.into_iter().map(|(name, status)| (name, status.status())).collect();
    listed.sort();
    listed
}

fn all(status: Status) -> Vec<(String, Status)> {
    SERVICES.map(|service| (service.to_owned(), status)).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn watchers_hear_of_the_end_before_connections_end() {
    let mut server = TestServer::start_with(|settings| {
        settings.work.drain_pause = Duration::from_secs(3);
    })
    .await;
    let mut health = HealthClient::new(server.channel().await);
    let mut watches = Vec::new();
    for service in SERVICES {
        let mut watch = health.watch(of(service)).await.unwrap().into_inner();
        assert_eq!(watch.next().await.unwrap().unwrap().status(), Status::Serving, "{service:?}");
        assert_eq!(health.check(of(service)).await.unwrap().into_inner().status(), Status::Serving);
        watches.push(watch);
    }
    assert_eq!(listed(&mut health).await, all(Status::Serving));
    server.shutdown.cancel();
    for watch in &mut watches {
        assert_eq!(watch.next().await.unwrap().unwrap().status(), Status::NotServing);
    }
    // The connection is still open, and calls are answered.
    assert_eq!(listed(&mut health).await, all(Status::NotServing));
    assert_eq!(health.check(of("")).await.unwrap().into_inner().status(), Status::NotServing);
    let mut late = HealthClient::new(server.channel().await).watch(of("")).await.unwrap().into_inner();
    assert_eq!(late.next().await.unwrap().unwrap().status(), Status::NotServing);
    // Watches don't keep the server from stopping.
    for watch in watches.iter_mut().chain([&mut late]) {
        assert_eq!(watch.next().await.unwrap().unwrap_err().code(), Code::Unavailable);
    }
    drop((watches, late, health));
    let served = tokio::time::timeout(Duration::from_secs(5), &mut server.served).await;
    served.expect("watches kept the server").unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_not_there_is_not_found_but_can_be_watched() {
    let server = TestServer::start_with(|settings| settings.work.drain_pause = Duration::ZERO).await;
    let mut health = HealthClient::new(server.channel().await);
    for service in ["palimpsest.v1", "x", "palimpsest.v1.CorpusService "] {
        let status = health.check(of(service)).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound);
        assert!(status.message().contains("palimpsest.v1.CorpusService"), "{status:?}");
        let mut watch = health.watch(of(service)).await.unwrap().into_inner();
        assert_eq!(watch.next().await.unwrap().unwrap().status(), Status::ServiceUnknown);
        // The call goes on.
        assert!(tokio::time::timeout(Duration::from_millis(50), watch.next()).await.is_err());
    }
}
