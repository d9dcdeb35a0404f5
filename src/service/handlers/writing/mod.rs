//! `WritingService`: what each rpc does is in a file of its subject.

mod analyze;
mod grammar;
mod scales;

use tonic::{Request, Response, Status, Streaming};

use crate::proto;
use crate::service::context::ServiceContext;
use crate::service::servers::writing_service_server::WritingService;

/// The handlers of `WritingService`.
#[derive(Debug, Clone)]
pub struct WritingApi {
    context: ServiceContext,
}

impl WritingApi {
    /// Handlers that ask the backend of `context`.
    #[must_use]
    pub fn new(context: ServiceContext) -> Self {
        Self { context }
    }
}

#[tonic::async_trait]
impl WritingService for WritingApi {
    async fn analyze(
        &self,
        request: Request<proto::AnalyzeRequest>,
    ) -> Result<Response<proto::AnalyzeResponse>, Status> {
        self.context.analyze(request).await
    }

    async fn check_grammar(
        &self,
        request: Request<proto::CheckGrammarRequest>,
    ) -> Result<Response<proto::CheckGrammarResponse>, Status> {
        self.context.check_grammar(request).await
    }

    async fn train_scale(
        &self,
        request: Request<Streaming<proto::TrainScaleRequest>>,
    ) -> Result<Response<proto::TrainScaleResponse>, Status> {
        self.context.train_scale(request).await
    }

    async fn list_scales(
        &self,
        request: Request<proto::ListScalesRequest>,
    ) -> Result<Response<proto::ListScalesResponse>, Status> {
        self.context.list_scales(request).await
    }

    async fn get_scale(
        &self,
        request: Request<proto::GetScaleRequest>,
    ) -> Result<Response<proto::GetScaleResponse>, Status> {
        self.context.get_scale(request).await
    }

    async fn delete_scale(
        &self,
        request: Request<proto::DeleteScaleRequest>,
    ) -> Result<Response<proto::DeleteScaleResponse>, Status> {
        self.context.delete_scale(request).await
    }

    async fn score_text(
        &self,
        request: Request<proto::ScoreTextRequest>,
    ) -> Result<Response<proto::ScoreTextResponse>, Status> {
        self.context.score_text(request).await
    }
}
