//! gRPC-Web: calls from browsers, over HTTP/1.1 or HTTP/2.

use std::time::Duration;

use tonic::codegen::http::{HeaderName, HeaderValue, Method};
use tonic_web::GrpcWebLayer;
use tower::layer::util::{Identity, Stack};
use tower::util::Either;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::settings::WebSettings;

/// Time for which a browser may cache the CORS permission.
const ALLOWED_FOR: Duration = Duration::from_hours(24);

/// Response headers that a page may read: the status, which is in the headers of calls that fail at once (otherwise it is in
/// the body), and the id of the call in the log.
const EXPOSED: [HeaderName; 4] = [
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static("x-request-id"),
];

/// The optional gRPC-Web layer with CORS.
pub(super) type Web = Either<Stack<GrpcWebLayer, CorsLayer>, Identity>;

/// Returns the layer that translates between gRPC-Web and gRPC, or an identity layer if gRPC-Web is off.
pub(super) fn layer(settings: &WebSettings) -> Web {
    if settings.grpc_web {
        // CORS is the outer layer: a preflight request contains no gRPC.
        Either::Left(Stack::new(GrpcWebLayer::new(), cors(&settings.origins)))
    } else {
        Either::Right(Identity::new())
    }
}

/// CORS for pages of these origins; `*` stands for all.
fn cors(origins: &[String]) -> CorsLayer {
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::POST])
        // Any header, such as keys and deadlines: the origin alone decides.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(ALLOWED_FOR)
}
