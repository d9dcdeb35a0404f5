//! `CorpusService`.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tonic::{Request, Response, Status, Streaming};

use super::call::Call;
use super::caller::Caller;
use super::ordered::{Order, Responses, in_order};
use super::problem::Problem;
use super::revisions::Revisions;
use super::servers::corpus_service_server::CorpusService;
use super::workers::Done;
use super::{Context, convert, page_token, parse};
use crate::engine::{CollectionDeleted, CollectionName, SourceId, SourceText};
use crate::matching::Stop;
use crate::proto::{self, import_sources_response};

/// The handlers of `CorpusService`.
#[derive(Debug, Clone)]
pub struct CorpusApi {
    context: Context,
}

impl CorpusApi {
    /// Handlers that work on the context's engine.
    #[must_use]
    pub fn new(context: Context) -> Self {
        Self { context }
    }
}

impl Context {
    async fn add_source(
        self,
        caller: &Caller,
        call: &Call,
        turn: Option<&Semaphore>,
        request: proto::AddSourceRequest,
    ) -> Result<proto::AddSourceResponse, Problem> {
        let (collection, source, if_exists, key) = parse::new_source(caller.key(), request)?;
        caller.sees(&collection)?;
        self.memory.has_room(&self.engine).await?;
        let engine = self.engine.get()?;
        let revisions = Revisions::for_caller(caller, &engine);
        let text_bytes = source.text.len();
        let submit = move |done: Done<_>| {
            engine.submit_source(&collection, source, if_exists, key, move |added| done.tell(added));
        };
        Ok(convert::added(&self.workers.submit(call, text_bytes, turn, submit).await??, &revisions))
    }
}

#[tonic::async_trait]
impl CorpusService for CorpusApi {
    async fn get_corpus(
        &self,
        request: Request<proto::GetCorpusRequest>,
    ) -> Result<Response<proto::GetCorpusResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let engine = self.context.engine.get()?;
        let max_message_bytes = self.context.max_message_bytes;
        let look = move |stop: &Stop| {
            let visible = caller.visible();
            let info = if visible.is_all() { engine.corpus() } else { engine.corpus_of(visible, stop)? };
            let revisions = Revisions::for_caller(&caller, &engine);
            Ok(convert::corpus(info, engine.limits(), max_message_bytes, &revisions))
        };
        Ok(call.respond(self.context.workers.run(&call, 0, look).await?))
    }

    async fn create_collection(
        &self,
        request: Request<proto::CreateCollectionRequest>,
    ) -> Result<Response<proto::CreateCollectionResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let (name, settings, key) = parse::new_collection(caller.key(), request.get_ref())?;
        caller.may_create(&name)?;
        self.context.memory.has_room(&self.context.engine).await?;
        let engine = self.context.engine.get()?;
        let revisions = Revisions::for_caller(&caller, &engine);
        let submit = move |done: Done<_>| {
            engine.submit_collection(&name, settings, key, move |created| done.tell(created));
        };
        let info = self.context.workers.submit(&call, 0, None, submit).await?.map_err(Problem::from)?;
        let collection = Some(convert::collection(&info, &revisions));
        Ok(Response::new(proto::CreateCollectionResponse { collection }))
    }

    async fn get_collection(
        &self,
        request: Request<proto::GetCollectionRequest>,
    ) -> Result<Response<proto::GetCollectionResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let name = parse::collection_or_default("name", &request.get_ref().name)?;
        caller.sees(&name)?;
        let engine = self.context.engine.get()?;
        let look = move |_: &Stop| {
            let info = engine.get_collection(&name)?;
            Ok(convert::collection(&info, &Revisions::for_caller(&caller, &engine)))
        };
        let collection = Some(self.context.workers.run(&call, 0, look).await?);
        Ok(call.respond(proto::GetCollectionResponse { collection }))
    }

    async fn list_collections(
        &self,
        request: Request<proto::ListCollectionsRequest>,
    ) -> Result<Response<proto::ListCollectionsResponse>, Status> {
        const LISTING: &str = "collections";
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let proto::ListCollectionsRequest { page_size, page_token } = request.into_inner();
        let (after, count) =
            parse::page(LISTING, page_size, &page_token, |name| CollectionName::new(name).ok())?;
        let engine = self.context.engine.get()?;
        let look = move |_: &Stop| {
            let revisions = Revisions::for_caller(&caller, &engine);
            let mut found = engine.list_collections(caller.visible(), after.as_ref(), count + 1);
            let next_page_token = next_page(LISTING, &mut found, count, |info| info.name.as_str());
            let collections = found.iter().map(|info| convert::collection(info, &revisions)).collect();
            Ok(proto::ListCollectionsResponse { collections, next_page_token })
        };
        Ok(call.respond(self.context.workers.run(&call, 0, look).await?))
    }

    async fn delete_collection(
        &self,
        request: Request<proto::DeleteCollectionRequest>,
    ) -> Result<Response<proto::DeleteCollectionResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let (name, key) = parse::collection_deletion(caller.key(), request.get_ref())?;
        caller.sees(&name)?;
        let engine = self.context.engine.get()?;
        let revisions = Revisions::for_caller(&caller, &engine);
        let submit = move |done: Done<_>| {
            engine.submit_collection_deletion(&name, key, move |deleted| done.tell(deleted));
        };
        let deleted = self.context.workers.submit(&call, 0, None, submit).await?;
        let CollectionDeleted { sources, revision } = deleted.map_err(Problem::from)?;
        let revision = revisions.tell(revision);
        Ok(Response::new(proto::DeleteCollectionResponse { sources_deleted: sources, revision }))
    }

    async fn add_source(
        &self,
        request: Request<proto::AddSourceRequest>,
    ) -> Result<Response<proto::AddSourceResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let added = self.context.clone().add_source(&caller, &call, None, request.into_inner()).await?;
        Ok(Response::new(added))
    }

    type ImportSourcesStream = Responses<proto::ImportSourcesResponse>;

    async fn import_sources(
        &self,
        request: Request<Streaming<proto::ImportSourcesRequest>>,
    ) -> Result<Response<Self::ImportSourcesStream>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let context = self.context.clone();
        let order =
            Order { width: context.import_width, call: call.clone(), draining: context.draining.clone() };
        // Many may wait for the disk; few at once are worked on, so that others get their turn.
        let turns = Arc::new(Semaphore::new(context.stream_width));
        let responses = in_order(request.into_inner(), order, parse::imported_key, move |index, request| {
            let (context, caller, call) = (context.clone(), caller.clone(), call.clone());
            let turns = Arc::clone(&turns);
            let proto::ImportSourcesRequest { collection, source, if_exists, request_id } = request;
            let request = proto::AddSourceRequest { collection, source, if_exists, request_id };
            async move {
                caller.wait_for_turn().await;
                let result = match context.add_source(&caller, &call.item(), Some(&turns), request).await {
                    Ok(added) => import_sources_response::Result::Added(added),
                    Err(problem) => import_sources_response::Result::Error(problem.into()),
                };
                proto::ImportSourcesResponse { index, result: Some(result) }
            }
        });
        Ok(Response::new(responses))
    }

    async fn get_source(
        &self,
        request: Request<proto::GetSourceRequest>,
    ) -> Result<Response<proto::GetSourceResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let proto::GetSourceRequest { collection, id, include_text } = request.into_inner();
        let (collection, id) = parse::source_key(&collection, &id)?;
        if include_text {
            caller.may_read_texts()?;
        }
        caller.sees(&collection)?;
        let engine = self.context.engine.get()?;
        let look = move |_: &Stop| {
            let revisions = Revisions::for_caller(&caller, &engine);
            if !include_text {
                let entry = engine.find_source(&collection, &id)?;
                return Ok(convert::source(&entry, &revisions));
            }
            let SourceText { entry, text } = engine.get_source(&collection, &id)?;
            Ok(proto::Source { text: text.as_ref().to_owned(), ..convert::source(&entry, &revisions) })
        };
        let source = Some(self.context.workers.run(&call, 0, look).await?);
        Ok(call.respond(proto::GetSourceResponse { source }))
    }

    async fn list_sources(
        &self,
        request: Request<proto::ListSourcesRequest>,
    ) -> Result<Response<proto::ListSourcesResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let proto::ListSourcesRequest { collection, page_size, page_token } = request.into_inner();
        let collection = parse::collection_or_default("collection", &collection)?;
        caller.sees(&collection)?;
        let listing = format!("sources {collection}");
        let (after, count) = parse::page(&listing, page_size, &page_token, |id| SourceId::new(id).ok())?;
        let engine = self.context.engine.get()?;
        let look = move |_: &Stop| {
            let revisions = Revisions::for_caller(&caller, &engine);
            let mut found = engine.list_sources(&collection, after.as_ref(), count + 1)?;
            let next_page_token = next_page(&listing, &mut found, count, |entry| entry.id.as_str());
            let sources = found.iter().map(|entry| convert::source(entry, &revisions)).collect();
            Ok(proto::ListSourcesResponse { sources, next_page_token })
        };
        Ok(call.respond(self.context.workers.run(&call, 0, look).await?))
    }

    async fn delete_source(
        &self,
        request: Request<proto::DeleteSourceRequest>,
    ) -> Result<Response<proto::DeleteSourceResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, Call::of(&request));
        let (collection, id, key) = parse::deletion(caller.key(), request.get_ref())?;
        caller.sees(&collection)?;
        let engine = self.context.engine.get()?;
        let revisions = Revisions::for_caller(&caller, &engine);
        let submit = move |done: Done<_>| {
            engine.submit_deletion(&collection, &id, key, move |deleted| done.tell(deleted));
        };
        let deleted = self.context.workers.submit(&call, 0, None, submit).await?;
        let revision = revisions.tell(deleted.map_err(Problem::from)?.revision);
        Ok(Response::new(proto::DeleteSourceResponse { revision }))
    }
}

/// Cuts what was found down to a page of `count`; the token for the next page, if more was found.
fn next_page<T>(listing: &str, found: &mut Vec<T>, count: usize, name: impl Fn(&T) -> &str) -> String {
    if found.len() <= count {
        return String::new();
    }
    found.truncate(count);
    found.last().map(|last| page_token::encode(listing, name(last))).unwrap_or_default()
}
