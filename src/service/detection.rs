//! `DetectionService`.

use prost::Message;
use tonic::{Request, Response, Status, Streaming};

use super::call::Call;
use super::caller::Caller;
use super::ordered::{Order, Responses, in_order};
use super::problem::Problem;
use super::revisions::Revisions;
use super::servers::detection_service_server::DetectionService;
use super::{Context, convert, parse};
use crate::proto::{self, check_stream_response};

/// The handlers of `DetectionService`.
#[derive(Debug, Clone)]
pub struct DetectionApi {
    context: Context,
}

impl DetectionApi {
    /// Handlers that work on the context's engine.
    #[must_use]
    pub fn new(context: Context) -> Self {
        Self { context }
    }
}

impl Context {
    async fn check(
        self,
        caller: Caller,
        call: &Call,
        request: proto::CheckRequest,
    ) -> Result<proto::Report, Problem> {
        let bytes = request.encoded_len();
        let (text, scope, options) = parse::check(request)?;
        caller.sees_all(&scope.collections)?;
        caller.sees_all(&options.exclusions.boilerplate_collections)?;
        let engine = self.engine.get()?;
        let revisions = Revisions::for_caller(&caller, &engine);
        let check = move |stop: &_| Ok(engine.check(&text, &scope, &options, stop)?);
        let report = self.workers.run(call, bytes, check).await?;
        let revision = revisions.tell_of(report.corpus_revision, report.scope_revision);
        Ok(proto::Report { corpus_revision: revision, ..convert::report_to_proto(report) })
    }
}

#[tonic::async_trait]
impl DetectionService for DetectionApi {
    async fn check(
        &self,
        request: Request<proto::CheckRequest>,
    ) -> Result<Response<proto::CheckResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let report = self.context.clone().check(caller, &call, request.into_inner()).await?;
        Ok(call.respond(proto::CheckResponse { report: Some(report) }))
    }

    type CheckStreamStream = Responses<proto::CheckStreamResponse>;

    async fn check_stream(
        &self,
        request: Request<Streaming<proto::CheckStreamRequest>>,
    ) -> Result<Response<Self::CheckStreamStream>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let context = self.context.clone();
        let order =
            Order { width: context.stream_width, call: call.clone(), draining: context.draining.clone() };
        let responses = in_order(
            request.into_inner(),
            order,
            // Checks change nothing, so that none waits for another.
            |_| None::<()>,
            move |index, request| {
                let (context, caller, call) = (context.clone(), caller.clone(), call.clone());
                async move {
                    caller.wait_for_turn().await;
                    let proto::CheckStreamRequest { key, check } = request;
                    let checked = match parse::check_item(&key, check) {
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
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let bytes = request.get_ref().encoded_len();
        let (text, texts, options) = parse::compare(request.into_inner())?;
        caller.sees_all(&options.exclusions.boilerplate_collections)?;
        let engine = self.context.engine.get()?;
        let compare = move |stop: &_| Ok(engine.compare(&text, &texts, &options, stop)?);
        let report = self.context.workers.run(&call, bytes, compare).await?;
        let report = Some(convert::report_to_proto(report));
        Ok(call.respond(proto::CompareResponse { report }))
    }

    type CompareAllStream = Responses<proto::CompareAllResponse>;

    async fn compare_all(
        &self,
        request: Request<proto::CompareAllRequest>,
    ) -> Result<Response<Self::CompareAllStream>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let asked = parse::compare_all(request.get_ref())?;
        self.context.memory.has_room(&self.context.engine).await?;
        Ok(Response::new(self.context.clone().compare_all(call, caller, asked)))
    }
}
