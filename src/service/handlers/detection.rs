//! `DetectionService`.

use prost::Message;
use tonic::{Request, Response, Status, Streaming};

use crate::proto::{self, check_stream_response};
use crate::service::backpressure::ordered_stream::{Responses, StreamOptions, in_order};
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::parse::detection::{Check, Comparison};
use crate::service::problem::Problem;
use crate::service::revisions::RevisionMask;
use crate::service::servers::detection_service_server::DetectionService;
use crate::service::{convert, parse};

/// The handlers of `DetectionService`.
#[derive(Debug, Clone)]
pub struct DetectionApi {
    context: ServiceContext,
}

impl DetectionApi {
    /// Handlers that use the engine of `context`.
    #[must_use]
    pub fn new(context: ServiceContext) -> Self {
        Self { context }
    }
}

impl ServiceContext {
    async fn check(
        self,
        caller: Caller,
        call: &CallContext,
        request: proto::CheckRequest,
    ) -> Result<proto::Report, Problem> {
        let bytes = request.encoded_len();
        let Check { text, scope, options } = parse::detection::check(request)?;
        caller.sees_all(&scope.collections)?;
        caller.sees_all(&options.exclusions.boilerplate_collections)?;
        let engine = self.engine.get()?;
        let revisions = RevisionMask::for_caller(&caller, &engine);
        let check = move |stop: &_| {
            let report = engine.check(&text, &scope, &options, stop)?;
            let revision = revisions.mask_scoped(report.corpus_revision, report.scope_revision);
            Ok(proto::Report { corpus_revision: revision, ..convert::report::report_to_proto(report) })
        };
        self.workers.run(call, bytes, check).await
    }
}

#[tonic::async_trait]
impl DetectionService for DetectionApi {
    async fn check(
        &self,
        request: Request<proto::CheckRequest>,
    ) -> Result<Response<proto::CheckResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let report = self.context.clone().check(caller, &call, request.into_inner()).await?;
        Ok(call.respond(proto::CheckResponse { report: Some(report) }))
    }

    type CheckStreamStream = Responses<proto::CheckStreamResponse>;

    async fn check_stream(
        &self,
        request: Request<Streaming<proto::CheckStreamRequest>>,
    ) -> Result<Response<Self::CheckStreamStream>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let context = self.context.clone();
        let options = StreamOptions {
            width: context.stream_width,
            call: call.clone(),
            draining: context.draining.clone(),
        };
        let responses = in_order(
            request.into_inner(),
            options,
            // Checks change nothing, so they need no key.
            |_| None::<()>,
            move |index, request| {
                let (context, caller, call) = (context.clone(), caller.clone(), call.clone());
                async move {
                    caller.wait_for_rate_limit().await;
                    let proto::CheckStreamRequest { key, check } = request;
                    let checked = match parse::detection::check_item(&key, check) {
                        Ok(check) => context.check(caller, &call.item(), check).await,
                        Err(problem) => Err(problem),
                    };
                    let result = match checked {
                        Ok(report) => check_stream_response::Result::Report(report),
                        Err(problem) => check_stream_response::Result::Error(problem.into()),
                    };
                    proto::CheckStreamResponse { index, key, result: Some(result) }
                }
            },
        );
        Ok(Response::new(responses))
    }

    async fn compare(
        &self,
        request: Request<proto::CompareRequest>,
    ) -> Result<Response<proto::CompareResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let bytes = request.get_ref().encoded_len();
        let Comparison { text, sources, options } = parse::detection::compare(request.into_inner())?;
        caller.sees_all(&options.exclusions.boilerplate_collections)?;
        let engine = self.context.engine.get()?;
        let compare = move |stop: &_| {
            let report = engine.compare(&text, &sources, &options, stop)?;
            Ok(convert::report::report_to_proto(report))
        };
        let report = Some(self.context.workers.run(&call, bytes, compare).await?);
        Ok(call.respond(proto::CompareResponse { report }))
    }

    type CompareAllStream = Responses<proto::CompareAllResponse>;

    async fn compare_all(
        &self,
        request: Request<proto::CompareAllRequest>,
    ) -> Result<Response<Self::CompareAllStream>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let all_pairs = parse::pairs::compare_all(request.get_ref())?;
        self.context.memory.check_room(&self.context.engine).await?;
        Ok(Response::new(self.context.clone().compare_all(call, caller, all_pairs)))
    }
}
