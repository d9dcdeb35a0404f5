//! `WritingService.Analyze`.

use tonic::{Request, Response, Status};

use crate::proto;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;

impl ServiceContext {
    /// Answers the request.
    #[expect(clippy::unused_async, reason = "being built")]
    pub(super) async fn analyze(
        &self,
        request: Request<proto::AnalyzeRequest>,
    ) -> Result<Response<proto::AnalyzeResponse>, Status> {
        Caller::of(&request)?;
        Err(Status::unimplemented("not built"))
    }
}
