//! `RelatedService`.

use prost::Message as _;
use tonic::{Request, Response, Status};

use super::detection::stored_bytes;
use crate::engine::{RelatedSubject, SourceName, Stop};
use crate::proto;
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::convert::related::{Shown, related};
use crate::service::documents::Extracted;
use crate::service::parse::detection::Submission;
use crate::service::parse::related::{self as parse, Listing};
use crate::service::problem::Problem;
use crate::service::revisions::RevisionMask;
use crate::service::servers::related_service_server::RelatedService;

/// The handlers of `RelatedService`.
#[derive(Debug, Clone)]
pub struct RelatedApi {
    context: ServiceContext,
}

impl RelatedApi {
    /// Handlers that ask the backend of `context`.
    #[must_use]
    pub fn new(context: ServiceContext) -> Self {
        Self { context }
    }
}

/// The text whose subject is looked for, when a document was read.
enum Subject {
    Given(Extracted),
    Stored(SourceName),
}

impl ServiceContext {
    async fn list_related(
        &self,
        caller: Caller,
        call: &CallContext,
        request: proto::ListRelatedRequest,
    ) -> Result<proto::ListRelatedResponse, Problem> {
        let bytes = request.encoded_len();
        let Listing { subject, scope, options, unit, places } = parse::list(request)?;
        caller.sees_all(&scope.collections)?;
        let backend = self.backend.get()?;
        let bytes = bytes.saturating_add(stored_bytes(&caller, &*backend, &subject)?);
        let subject = match subject {
            Submission::Given(given) => Subject::Given(self.extracted(call, given).await?),
            Submission::Source(name) => Subject::Stored(name),
        };
        let may_read = caller.may_read_texts().is_ok();
        let is_given = matches!(subject, Subject::Given(_));
        let shown = Shown { excerpts: may_read, terms: may_read || is_given, unit };
        let scope = scope.with_visible(caller.visible().clone());
        let revisions = RevisionMask::for_caller(&caller, &*backend);
        let list = move |stop: &Stop| {
            let subject = match &subject {
                Subject::Given(given) => RelatedSubject::Text(given.text()),
                Subject::Stored(name) => RelatedSubject::Source(name),
            };
            let found = backend.list_related(subject, &scope, &options, stop)?;
            Ok(related(found, shown, &places, &revisions))
        };
        self.workers.run(call, bytes, list).await
    }
}

#[tonic::async_trait]
impl RelatedService for RelatedApi {
    async fn list_related(
        &self,
        request: Request<proto::ListRelatedRequest>,
    ) -> Result<Response<proto::ListRelatedResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        Ok(call.respond(self.context.list_related(caller, &call, request.into_inner()).await?))
    }
}
