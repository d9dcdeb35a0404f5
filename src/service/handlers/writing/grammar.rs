//! `WritingService.CheckGrammar`.

use tonic::{Request, Response, Status};

use crate::proto;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;

impl ServiceContext {
    /// Answers the request.
    #[expect(clippy::unused_async, reason = "being built")]
    pub(super) async fn check_grammar(
        &self,
        request: Request<proto::CheckGrammarRequest>,
    ) -> Result<Response<proto::CheckGrammarResponse>, Status> {
        Caller::of(&request)?;
        Err(Status::unimplemented("not built"))
    }
}
