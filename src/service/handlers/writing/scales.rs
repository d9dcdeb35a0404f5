//! The rpcs of `WritingService` about scales.

use tonic::{Request, Response, Status, Streaming};

use crate::proto;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;

impl ServiceContext {
    /// Answers the request.
    #[expect(clippy::unused_async, reason = "being built")]
    pub(super) async fn train_scale(
        &self,
        request: Request<Streaming<proto::TrainScaleRequest>>,
    ) -> Result<Response<proto::TrainScaleResponse>, Status> {
        Caller::of(&request)?;
        Err(Status::unimplemented("not built"))
    }

    /// Answers the request.
    #[expect(clippy::unused_async, reason = "being built")]
    pub(super) async fn list_scales(
        &self,
        request: Request<proto::ListScalesRequest>,
    ) -> Result<Response<proto::ListScalesResponse>, Status> {
        Caller::of(&request)?;
        Err(Status::unimplemented("not built"))
    }

    /// Answers the request.
    #[expect(clippy::unused_async, reason = "being built")]
    pub(super) async fn get_scale(
        &self,
        request: Request<proto::GetScaleRequest>,
    ) -> Result<Response<proto::GetScaleResponse>, Status> {
        Caller::of(&request)?;
        Err(Status::unimplemented("not built"))
    }

    /// Answers the request.
    #[expect(clippy::unused_async, reason = "being built")]
    pub(super) async fn delete_scale(
        &self,
        request: Request<proto::DeleteScaleRequest>,
    ) -> Result<Response<proto::DeleteScaleResponse>, Status> {
        Caller::of(&request)?;
        Err(Status::unimplemented("not built"))
    }

    /// Answers the request.
    #[expect(clippy::unused_async, reason = "being built")]
    pub(super) async fn score_text(
        &self,
        request: Request<proto::ScoreTextRequest>,
    ) -> Result<Response<proto::ScoreTextResponse>, Status> {
        Caller::of(&request)?;
        Err(Status::unimplemented("not built"))
    }
}
