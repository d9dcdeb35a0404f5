//! `RenderingService`: reports as HTML, in pieces.

use std::sync::Arc;

use prost::Message as _;
use tokio_stream::StreamExt as _;
use tonic::{Code, Request, Response, Status};

use super::detection::Checked;
use crate::proto;
use crate::proto::compare_all_response::Event;
use crate::proto::render_report_request::Subject;
use crate::render::html::{ClassReport, PairPassages, RenderOptions, ReportKind, check, excerpts, settings};
use crate::service::backpressure::ordered_stream::Responses;
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::documents::attach;
use crate::service::page_extras::PageExtras;
use crate::service::parse;
use crate::service::parse::rendering::Rendering;
use crate::service::problem::Problem;
use crate::service::servers::rendering_service_server::RenderingService;
use crate::text::{CorpusSeed, Tokenizer};

/// Maximum number of bytes of a piece.
const CHUNK_BYTES: usize = 64 << 10;

/// The handlers of `RenderingService`.
#[derive(Debug, Clone)]
pub struct RenderingApi {
    context: ServiceContext,
}

impl RenderingApi {
    /// Handlers that ask the backend of `context`.
    #[must_use]
    pub fn new(context: ServiceContext) -> Self {
        Self { context }
    }
}

/// A report with all that a page needs.
struct Page {
    report: proto::Report,
    /// The submission; `None` if the caller may not read it.
    text: Option<Arc<str>>,
    options: RenderOptions,
}

#[tonic::async_trait]
impl RenderingService for RenderingApi {
    type RenderReportStream = Responses<proto::RenderReportResponse>;

    async fn render_report(
        &self,
        request: Request<proto::RenderReportRequest>,
    ) -> Result<Response<Self::RenderReportStream>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let extras: PageExtras = request.extensions().get().cloned().unwrap_or_default();
        let rendering = parse::rendering::render_report(request.into_inner())?;
        let context = self.context.clone();
        if let Subject::Pairs(_) = rendering.subject {
            // As CompareAll does; checks go on.
            context.memory.check_room(&context.backend).await?;
            return Ok(Response::new(context.class_report(call, caller, rendering, extras)));
        }
        let mut page = context.clone().page(caller, &call, rendering).await?;
        page.options.links = extras.links;
        if let (Some(document), Some(text)) = (extras.document, &page.text) {
            attach(&mut page.report, text, document);
        }
        let bytes = page.report.encoded_len();
        let render = move |_: &_| {
            let Page { report, text, options } = page;
            Ok(match text {
                Some(text) => check(&report, &text, &options),
                None => excerpts(&report, &options),
            })
        };
        let html = context.workers.run(&call, bytes, render).await?;
        Ok(Response::new(Box::pin(async_stream::stream! {
            for piece in pieces(&html) {
                yield Ok(piece);
            }
        })))
    }
}

/// The pieces of a part of a file.
fn pieces(html: &str) -> impl Iterator<Item = proto::RenderReportResponse> {
    html.as_bytes().chunks(CHUNK_BYTES).map(|chunk| proto::RenderReportResponse { chunk: chunk.to_vec() })
}

impl ServiceContext {
    /// Makes the report of a subject other than all pairs.
    async fn page(self, caller: Caller, call: &CallContext, rendering: Rendering) -> Result<Page, Problem> {
        let Rendering { subject, name, hide_names, .. } = rendering;
        let options = |kind, name: &str| RenderOptions { hide_names, ..RenderOptions::new(kind, name) };
        // A stored text is for keys that may read texts; its excerpts are for all.
        let may_read = caller.may_read_texts().is_ok();
        match subject {
            Subject::Check(mut request) => {
                let stored = request.source.as_ref().map(|source| source.id.clone());
                let of_request = || stored.clone().unwrap_or_else(|| file_name(request.document.as_ref()));
                let name = if name.is_empty() { of_request() } else { name };
                with_excerpts(&mut request.options);
                let mut options = options(ReportKind::Check, &name);
                options.settings = settings(request.options.as_ref());
                options.collections = scope(request.scope.as_ref());
                let Checked { report, text, .. } = self.check(caller, call, request).await?;
                Ok(Page { report, text: (stored.is_none() || may_read).then_some(text), options })
            }
            Subject::Compare(mut request) => {
                let name = if name.is_empty() { file_name(request.document.as_ref()) } else { name };
                with_excerpts(&mut request.options);
                let mut options = options(ReportKind::Compare, &name);
                options.settings = settings(request.options.as_ref());
                let Checked { report, text, .. } = self.compare(&caller, call, request).await?;
                Ok(Page { report, text: Some(text), options })
            }
            Subject::Pair(mut request) => {
                let id = request.submission.as_ref().map(|source| source.id.clone()).unwrap_or_default();
                with_excerpts(&mut request.options);
                let mut options = options(ReportKind::Pair, if name.is_empty() { &id } else { &name });
                options.settings = settings(request.options.as_ref());
                let Checked { report, text, .. } = self.compare_pair(caller, call, request).await?;
                Ok(Page { report, text: may_read.then_some(text), options })
            }
            Subject::Finished(proto::FinishedReport { report, text }) => {
                let report = report.unwrap_or_default();
                let (text, words): (Arc<str>, u64) = (text.into(), report.words);
                let counted = Arc::clone(&text);
                let count = move |_: &_| {
                    let tokens = Tokenizer::new(CorpusSeed::new(0)).tokenize(&counted);
                    let counted = u64::from(tokens.lengths().total());
                    if counted == words { Ok(()) } else { Err(parse::rendering::other_text(counted, words)) }
                };
                self.workers.run(call, text.len(), count).await?;
                Ok(Page { report, text: Some(text), options: options(ReportKind::Check, &name) })
            }
            Subject::Pairs(_) => Err(Problem::defect()),
        }
    }

    /// Streams a class report. One pair's passages are in memory at a time, and no work is done ahead of the reader.
    fn class_report(
        self,
        call: CallContext,
        caller: Caller,
        rendering: Rendering,
        extras: PageExtras,
    ) -> Responses<proto::RenderReportResponse> {
        Box::pin(async_stream::try_stream! {
            let Rendering { subject: Subject::Pairs(request), name, hide_names, rendered_pairs } = rendering else { return };
            let collection = if request.collection.is_empty() { "default".to_owned() } else { request.collection.clone() };
            let all_pairs = parse::pairs::compare_all(&request)?;
            let found = Found::read(self.clone().compare_all(call.clone(), caller.clone(), all_pairs), &extras).await?;
            let mut options = RenderOptions::new(ReportKind::Pair, if name.is_empty() { &collection } else { &name });
            options.hide_names = hide_names;
            options.links = extras.links;
            options.collections = vec![collection.clone()];
            let (found, options) = (Arc::new(found), Arc::new(options));
            let begin = {
                let (found, options) = (Arc::clone(&found), Arc::clone(&options));
                move |_: &_| Ok(found.report(&options, rendered_pairs).begin())
            };
            for piece in pieces(&self.workers.run(&call, 0, begin).await?) {
                yield piece;
            }
            let class = found.report(&options, rendered_pairs);
            for place in 0..class.shown() {
                let section = match self.pair_passages(&caller, &call, place, &found, &request, &collection).await.map_err(Status::from) {
                    Ok(passages) => class.section(place, &passages),
                    Err(status) if status.code() == Code::NotFound => class.missing(place, "a source was deleted meanwhile."),
                    Err(status) => Err(status)?,
                };
                for piece in pieces(&section) {
                    yield piece;
                }
            }
            for piece in pieces(&class.end()) {
                yield piece;
            }
        })
    }

    /// The passages of a pair.
    async fn pair_passages(
        &self,
        caller: &Caller,
        call: &CallContext,
        place: usize,
        found: &Found,
        request: &proto::CompareAllRequest,
        collection: &str,
    ) -> Result<PairPassages, Problem> {
        let pair = found.pairs.get(place).ok_or_else(Problem::defect)?;
        caller.wait_for_rate_limit().await;
        let source = |source: &Option<proto::PairedSource>| {
            let id = source.as_ref().map(|source| source.id.clone()).unwrap_or_default();
            Some(proto::SourceName { collection: collection.to_owned(), id })
        };
        let given = request.options.clone().unwrap_or_default();
        let options = proto::DetectionOptions {
            min_passage_words: given.min_passage_words,
            mode: given.mode,
            exclusions: given.exclusions,
            include_excerpts: true,
            ..proto::DetectionOptions::default()
        };
        let request = proto::ComparePairRequest {
            submission: source(&pair.first),
            source: source(&pair.second),
            options: Some(options),
        };
        let Checked { report, .. } = self.clone().compare_pair(caller.clone(), call, request).await?;
        let bytes = report.encoded_len();
        self.workers.run(call, bytes, move |_| Ok(ClassReport::passages(place, &report))).await
    }
}

/// The result of a comparison of all pairs.
#[derive(Debug, Default)]
struct Found {
    pairs: Vec<proto::SourcePair>,
    clusters: Vec<proto::SourceCluster>,
    summary: proto::PairsSummary,
}

impl Found {
    async fn read(
        mut events: Responses<proto::CompareAllResponse>,
        extras: &PageExtras,
    ) -> Result<Self, Status> {
        let mut found = Self::default();
        while let Some(event) = events.next().await {
            match event?.event {
                Some(Event::Pair(pair)) => found.pairs.push(pair),
                Some(Event::Cluster(cluster)) => found.clusters.push(cluster),
                Some(Event::Summary(summary)) => found.summary = summary,
                Some(Event::Progress(progress)) => {
                    extras.progress.send_replace(progress);
                }
                None => {}
            }
        }
        Ok(found)
    }

    fn report<'a>(&'a self, options: &'a RenderOptions, shown: usize) -> ClassReport<'a> {
        ClassReport::new(&self.summary, &self.pairs, &self.clusters, options, shown)
    }
}

/// The name of the file of a document; empty if it has none.
fn file_name(document: Option<&proto::Document>) -> String {
    document.map(|document| document.name.clone()).unwrap_or_default()
}

/// Asks for excerpts, unless no source is to be listed.
fn with_excerpts(options: &mut Option<proto::DetectionOptions>) {
    let options = options.get_or_insert_default();
    options.include_excerpts = options.max_sources != Some(0);
}

/// The collections in scope, as the request names them.
fn scope(scope: Option<&proto::Scope>) -> Vec<String> {
    let scope = scope.cloned().unwrap_or_default();
    let mut names = scope.collections;
    names.extend(scope.collection_prefixes.iter().map(|prefix| format!("{prefix}*")));
    if scope.all_collections {
        names.push("all that the key allows".to_owned());
    }
    if names.is_empty() {
        names.push("default".to_owned());
    }
    names
}
