//! gRPC-Web: calls from browsers, which can't speak gRPC itself, over HTTP/1.1 too.

use std::time::Duration;

use tonic::codegen::http::{HeaderName, HeaderValue, Method};
use tonic_web::GrpcWebLayer;
use tower::layer::util::{Identity, Stack};
use tower::util::Either;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::settings::WebSettings;

/// How long a browser may remember what it is allowed.
const ALLOWED_FOR: Duration = Duration::from_hours(24);

/// What a page may read of an answer besides its body: the status, which stands in the body of most answers and in the
/// headers of those that fail at once, and what the call is known by in the log.
const EXPOSED: [HeaderName; 4] = [
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static("x-request-id"),
];

/// What stands between the transport and the services.
pub(super) type Web = Either<Stack<GrpcWebLayer, CorsLayer>, Identity>;

/// Turns gRPC-Web into gRPC and back, if the settings say so.
pub(super) fn layer(settings: &WebSettings) -> Web {
    if settings.grpc_web {
        // The outer one is the second: a browser asks for leave without any gRPC.
        Either::Left(Stack::new(GrpcWebLayer::new(), cors(&settings.origins)))
    } else {
        Either::Right(Identity::new())
    }
}

/// Pages of these origins may call; `*` stands for all.
fn cors(origins: &[String]) -> CorsLayer {
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::POST])
        // Keys, deadlines and whatever else a client sends: they say nothing that the origin doesn't.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(ALLOWED_FOR)
}
