//! `DetectionService`.

use std::sync::Arc;

use prost::Message;
use tonic::{Request, Response, Status, Streaming};

use crate::engine::{Backend, CheckedSource, Entry, SourceName};
use crate::proto::{self, check_stream_response};
use crate::report::Report;
use crate::service::backpressure::ordered_stream::{Responses, StreamOptions, in_order};
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::convert::length::text_length;
use crate::service::documents::{Extracted, page_count};
use crate::service::parse::detection::{Check, Comparison, StoredPair, Submission};
use crate::service::parse::places::Places;
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
    /// Handlers that ask the backend of `context`.
    #[must_use]
    pub fn new(context: ServiceContext) -> Self {
        Self { context }
    }
}

/// A report and the text of its submission.
#[derive(Debug)]
pub(in crate::service) struct Checked {
    pub(in crate::service) report: proto::Report,
    pub(in crate::service) text: Arc<str>,
    /// Whether the text was extracted from a document of the request.
    pub(in crate::service) is_extracted: bool,
}

impl Checked {
    /// The text as a response has it: if it was extracted, and asked for.
    fn text_if(&self, include_text: bool) -> String {
        if include_text && self.is_extracted { self.text.as_ref().to_owned() } else { String::new() }
    }
}

impl ServiceContext {
    /// Checks a text or a stored source.
    pub(in crate::service) async fn check(
        self,
        caller: Caller,
        call: &CallContext,
        request: proto::CheckRequest,
    ) -> Result<Checked, Problem> {
        let bytes = request.encoded_len();
        let Check { submission, scope, options, places } = parse::detection::check(request)?;
        caller.sees_all(&scope.collections)?;
        caller.sees_all(&options.exclusions.boilerplate_collections)?;
        let backend = self.backend.get()?;
        let bytes = bytes + stored_bytes(&caller, &*backend, &submission)?;
        let submission = match submission {
            Submission::Given(given) => Subject::Given(self.extracted(call, given).await?),
            Submission::Source(name) => Subject::Stored(name),
        };
        let scope = scope.with_visible(caller.visible().clone());
        let revisions = RevisionMask::for_caller(&caller, &*backend);
        let check = move |stop: &_| {
            let given = match submission {
                Subject::Given(given) => given,
                Subject::Stored(name) => {
                    let CheckedSource { report, text, source } =
                        backend.check_source(&name, &scope, &options, stop)?;
                    let report = of_stored(message(report, &places, &revisions), &source);
                    return Ok(Checked { report, text, is_extracted: false });
                }
            };
            let report = backend.check(given.text(), &scope, &options, stop)?;
            Ok(given.into_checked(message(report, &places, &revisions), options.offset_unit))
        };
        self.workers.run(call, bytes, check).await
    }

    /// Compares a text with the texts of the request.
    pub(in crate::service) async fn compare(
        self,
        caller: &Caller,
        call: &CallContext,
        request: proto::CompareRequest,
    ) -> Result<Checked, Problem> {
        let bytes = request.encoded_len();
        let Comparison { submission, sources, options } = parse::detection::compare(request)?;
        caller.sees_all(&options.exclusions.boilerplate_collections)?;
        let backend = self.backend.get()?;
        let given = self.extracted(call, submission).await?;
        let sources = self.extracted_sources(call, sources).await?;
        let compare = move |stop: &_| {
            let report = backend.compare(given.text(), &sources, &options, stop)?;
            Ok(given.into_checked(convert::report::report_to_proto(report), options.offset_unit))
        };
        self.workers.run(call, bytes, compare).await
    }

    /// Compares two stored sources.
    pub(in crate::service) async fn compare_pair(
        self,
        caller: Caller,
        call: &CallContext,
        request: proto::ComparePairRequest,
    ) -> Result<Checked, Problem> {
        let StoredPair { submission, source, options } = parse::detection::compare_pair(&request)?;
        caller.sees_all([&submission.collection, &source.collection])?;
        caller.sees_all(&options.exclusions.boilerplate_collections)?;
        let backend = self.backend.get()?;
        let of_source = backend.find_source(&source.collection, &source.id)?.text_bytes;
        let of_both = of_source + backend.find_source(&submission.collection, &submission.id)?.text_bytes;
        let revisions = RevisionMask::for_caller(&caller, &*backend);
        let compare = move |stop: &_| {
            let CheckedSource { report, text, source } =
                backend.compare_pair(&submission, &source, &options, stop)?;
            let report = of_stored(message(report, &Places::default(), &revisions), &source);
            Ok(Checked { report, text, is_extracted: false })
        };
        self.workers.run(call, usize::try_from(of_both).unwrap_or(usize::MAX), compare).await
    }
}

/// What is checked, when a document was read.
enum Subject {
    Given(Extracted),
    Stored(SourceName),
}

/// The bytes of a stored submission, if the caller sees it.
pub(super) fn stored_bytes(
    caller: &Caller,
    backend: &dyn Backend,
    submission: &Submission,
) -> Result<usize, Problem> {
    let Submission::Source(SourceName { collection, id }) = submission else { return Ok(0) };
    caller.sees(collection)?;
    Ok(usize::try_from(backend.find_source(collection, id)?.text_bytes).unwrap_or(usize::MAX))
}

/// The message for a report, with the revision that the caller may see and the places of its request.
fn message(mut report: Report, places: &Places, revisions: &RevisionMask) -> proto::Report {
    let corpus_revision = revisions.mask_scoped(report.corpus_revision, report.scope_revision);
    if revisions.is_masking() {
        report.partition_revisions.clear();
    }
    let warnings = convert::warnings::warnings(std::mem::take(&mut report.warnings), places);
    proto::Report {
        corpus_revision,
        warnings: warnings.listed,
        warnings_cut: warnings.cut,
        ..convert::report::report_to_proto(report)
    }
}

/// The report of a stored source, with the pages of its document.
fn of_stored(report: proto::Report, source: &Entry) -> proto::Report {
    let pages = source.pages.as_deref().map(page_count);
    proto::Report { length: Some(text_length(report.words, pages.as_ref())), ..report }
}

#[tonic::async_trait]
impl DetectionService for DetectionApi {
    async fn check(
        &self,
        request: Request<proto::CheckRequest>,
    ) -> Result<Response<proto::CheckResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let request = request.into_inner();
        let include_text = request.include_text;
        let checked = self.context.clone().check(caller, &call, request).await?;
        let text = checked.text_if(include_text);
        Ok(call.respond(proto::CheckResponse { report: Some(checked.report), text }))
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
                    let include_text = check.as_ref().is_some_and(|check| check.include_text);
                    let checked = match parse::detection::check_item(&key, check) {
                        Ok(check) => context.check(caller, &call.item(), check).await,
                        Err(problem) => Err(problem),
                    };
                    let text = checked.as_ref().map(|checked| checked.text_if(include_text));
                    let text = text.unwrap_or_default();
                    let result = match checked {
                        Ok(Checked { report, .. }) => check_stream_response::Result::Report(report),
                        Err(problem) => check_stream_response::Result::Error(problem.into()),
                    };
                    proto::CheckStreamResponse { index, key, result: Some(result), text }
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
        let request = request.into_inner();
        let include_text = request.include_text;
        let checked = self.context.clone().compare(&caller, &call, request).await?;
        let text = checked.text_if(include_text);
        Ok(call.respond(proto::CompareResponse { report: Some(checked.report), text }))
    }

    async fn compare_pair(
        &self,
        request: Request<proto::ComparePairRequest>,
    ) -> Result<Response<proto::ComparePairResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let Checked { report, .. } =
            self.context.clone().compare_pair(caller, &call, request.into_inner()).await?;
        Ok(call.respond(proto::ComparePairResponse { report: Some(report) }))
    }

    type CompareAllStream = Responses<proto::CompareAllResponse>;

    async fn compare_all(
        &self,
        request: Request<proto::CompareAllRequest>,
    ) -> Result<Response<Self::CompareAllStream>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let all_pairs = parse::pairs::compare_all(request.get_ref())?;
        self.context.memory.check_room(&self.context.backend).await?;
        Ok(Response::new(self.context.clone().compare_all(call, caller, all_pairs)))
    }
}
