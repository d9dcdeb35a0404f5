//! `RelatedService`.

use tonic::{Request, Response, Status};

use crate::proto;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::servers::related_service_server::RelatedService;

/// The handlers of `RelatedService`.
#[derive(Debug, Clone)]
pub struct RelatedApi {
    #[expect(dead_code, reason = "builder R uses it")]
    context: ServiceContext,
}

impl RelatedApi {
    /// Handlers that use the engine of `context`.
    #[must_use]
    pub fn new(context: ServiceContext) -> Self {
        Self { context }
    }
}

#[tonic::async_trait]
impl RelatedService for RelatedApi {
    async fn list_related(
        &self,
        request: Request<proto::ListRelatedRequest>,
    ) -> Result<Response<proto::ListRelatedResponse>, Status> {
        Caller::of(&request)?;
        Err(Status::unimplemented("not built"))
    }
}
