//! `CorpusService`.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tonic::{Request, Response, Status, Streaming};

use crate::engine::{Change, CollectionDeleted, CollectionName};
use crate::matching::Stop;
use crate::proto::{self, import_sources_response};
use crate::service::backpressure::ordered_stream::{Responses, StreamOptions, in_order};
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::documents::Addition;
use crate::service::parse::corpus::{
    self as parse, CollectionDeletion, NewCollection, Page, SourceDeletion, SourceName,
};
use crate::service::problem::Problem;
use crate::service::revisions::RevisionMask;
use crate::service::servers::corpus_service_server::CorpusService;
use crate::service::{convert, page_token};

/// The handlers of `CorpusService`.
#[derive(Debug, Clone)]
pub struct CorpusApi {
    context: ServiceContext,
}

impl CorpusApi {
    /// Handlers that ask the backend of `context`.
    #[must_use]
    pub fn new(context: ServiceContext) -> Self {
        Self { context }
    }
}

impl ServiceContext {
    async fn add_source(
        self,
        caller: &Caller,
        call: &CallContext,
        permits: Option<&Semaphore>,
        request: proto::AddSourceRequest,
    ) -> Result<proto::AddSourceResponse, Problem> {
        let addition = parse::source_addition(caller.key(), request)?;
        caller.sees(&addition.collection)?;
        self.memory.check_room(&self.backend).await?;
        let backend = self.backend.get()?;
        let revisions = RevisionMask::for_caller(caller, &*backend);
        let (operation, text_bytes, document) = match self.addition(call, permits, addition).await? {
            Addition::Answered(added) => return Ok(convert::corpus::added(&added, &revisions)),
            Addition::New { operation, text_bytes, document } => (*operation, text_bytes, document),
        };
        let added = self.submit(call, text_bytes, permits, operation).await?.into_added()?;
        let words = added.entry.words;
        let document = document.map(|document| proto::ExtractedDocument { words, ..*document });
        Ok(proto::AddSourceResponse { document, ..convert::corpus::added(&added, &revisions) })
    }
}

#[tonic::async_trait]
impl CorpusService for CorpusApi {
    async fn get_corpus(
        &self,
        request: Request<proto::GetCorpusRequest>,
    ) -> Result<Response<proto::GetCorpusResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let backend = self.context.backend.get()?;
        let max_message_bytes = self.context.max_message_bytes;
        let max_document_bytes = self.context.documents.max_document_bytes();
        let read = move |stop: &Stop| {
            let info = backend.corpus_of(caller.visible(), stop)?;
            let revisions = RevisionMask::for_caller(&caller, &*backend);
            Ok(convert::corpus::corpus(
                info,
                backend.limits(),
                max_message_bytes,
                max_document_bytes,
                &revisions,
            ))
        };
        Ok(call.respond(self.context.workers.run(&call, 0, read).await?))
    }

    async fn create_collection(
        &self,
        request: Request<proto::CreateCollectionRequest>,
    ) -> Result<Response<proto::CreateCollectionResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let NewCollection { name, settings, key } = parse::new_collection(caller.key(), request.get_ref())?;
        caller.may_create(&name)?;
        self.context.memory.check_room(&self.context.backend).await?;
        let backend = self.context.backend.get()?;
        let revisions = RevisionMask::for_caller(&caller, &*backend);
        let change = Change::CreateCollection { collection: name, settings };
        let created = self.context.change(&call, change, key).await?.into_created();
        let info = created.map_err(Problem::from)?;
        let collection = Some(convert::corpus::collection(&info, &revisions));
        Ok(Response::new(proto::CreateCollectionResponse { collection }))
    }

    async fn get_collection(
        &self,
        request: Request<proto::GetCollectionRequest>,
    ) -> Result<Response<proto::GetCollectionResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let name = parse::collection_or_default("name", &request.get_ref().name)?;
        caller.sees(&name)?;
        let backend = self.context.backend.get()?;
        let read = move |_: &Stop| {
            let info = backend.get_collection(&name)?;
            Ok(convert::corpus::collection(&info, &RevisionMask::for_caller(&caller, &*backend)))
        };
        let collection = Some(self.context.workers.run(&call, 0, read).await?);
        Ok(call.respond(proto::GetCollectionResponse { collection }))
    }

    async fn list_collections(
        &self,
        request: Request<proto::ListCollectionsRequest>,
    ) -> Result<Response<proto::ListCollectionsResponse>, Status> {
        const LISTING: &str = "collections";
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let proto::ListCollectionsRequest { page_size, page_token } = request.into_inner();
        let Page { after, size } =
            parse::page(LISTING, page_size, &page_token, |name| CollectionName::new(name).ok())?;
        let backend = self.context.backend.get()?;
        let read = move |stop: &Stop| {
            let revisions = RevisionMask::for_caller(&caller, &*backend);
            let mut found = backend.list_collections(caller.visible(), after.as_ref(), size + 1, stop)?;
            let next_page_token = next_page(LISTING, &mut found, size, |info| info.name.as_str());
            let collections =
                found.iter().map(|info| convert::corpus::collection(info, &revisions)).collect();
            Ok(proto::ListCollectionsResponse { collections, next_page_token })
        };
        Ok(call.respond(self.context.workers.run(&call, 0, read).await?))
    }

    async fn delete_collection(
        &self,
        request: Request<proto::DeleteCollectionRequest>,
    ) -> Result<Response<proto::DeleteCollectionResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let CollectionDeletion { name, key } = parse::collection_deletion(caller.key(), request.get_ref())?;
        caller.sees(&name)?;
        let backend = self.context.backend.get()?;
        let revisions = RevisionMask::for_caller(&caller, &*backend);
        let change = Change::DeleteCollection { collection: name };
        let deleted = self.context.change(&call, change, key).await?.into_collection_deleted();
        let CollectionDeleted { sources: sources_deleted, revision } = deleted.map_err(Problem::from)?;
        let revision = revisions.mask(revision);
        Ok(Response::new(proto::DeleteCollectionResponse { sources_deleted, revision }))
    }

    async fn add_source(
        &self,
        request: Request<proto::AddSourceRequest>,
    ) -> Result<Response<proto::AddSourceResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let added = self.context.clone().add_source(&caller, &call, None, request.into_inner()).await?;
        Ok(Response::new(added))
    }

    type ImportSourcesStream = Responses<proto::ImportSourcesResponse>;

    async fn import_sources(
        &self,
        request: Request<Streaming<proto::ImportSourcesRequest>>,
    ) -> Result<Response<Self::ImportSourcesStream>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let context = self.context.clone();
        let options = StreamOptions {
            width: context.import_width,
            call: call.clone(),
            draining: context.draining.clone(),
        };
        // Many sources may wait for the disk, but only a few run at once, so that other calls are served, too.
        let permits = Arc::new(Semaphore::new(context.stream_width));
        let responses =
            in_order(request.into_inner(), options, parse::imported_name, move |index, request| {
                let (context, caller, call) = (context.clone(), caller.clone(), call.clone());
                let permits = Arc::clone(&permits);
                let proto::ImportSourcesRequest { collection, source, if_exists, request_id } = request;
                let request = proto::AddSourceRequest { collection, source, if_exists, request_id };
                async move {
                    caller.wait_for_rate_limit().await;
                    let result =
                        match context.add_source(&caller, &call.item(), Some(&permits), request).await {
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
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        Ok(call.respond(self.context.get_source(caller, &call, request.into_inner()).await?))
    }

    async fn list_sources(
        &self,
        request: Request<proto::ListSourcesRequest>,
    ) -> Result<Response<proto::ListSourcesResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        Ok(call.respond(self.context.list_sources(caller, &call, request.into_inner()).await?))
    }

    async fn update_source(
        &self,
        request: Request<proto::UpdateSourceRequest>,
    ) -> Result<Response<proto::UpdateSourceResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        Ok(call.respond(self.context.update_source(&caller, &call, request.into_inner()).await?))
    }

    async fn delete_sources(
        &self,
        request: Request<proto::DeleteSourcesRequest>,
    ) -> Result<Response<proto::DeleteSourcesResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        Ok(call.respond(self.context.delete_sources(&caller, &call, request.into_inner()).await?))
    }

    async fn delete_source(
        &self,
        request: Request<proto::DeleteSourceRequest>,
    ) -> Result<Response<proto::DeleteSourceResponse>, Status> {
        let (caller, call) = (Caller::of(&request)?, CallContext::of(&request));
        let SourceDeletion { source, key } = parse::source_deletion(caller.key(), request.get_ref())?;
        let SourceName { collection, id } = source;
        caller.sees(&collection)?;
        let backend = self.context.backend.get()?;
        let revisions = RevisionMask::for_caller(&caller, &*backend);
        let change = Change::DeleteSource { collection, id };
        let deleted = self.context.change(&call, change, key).await?.into_source_deleted();
        let revision = revisions.mask(deleted.map_err(Problem::from)?.revision);
        Ok(Response::new(proto::DeleteSourceResponse { revision }))
    }
}

/// Truncates `found` to a page of `size` entries. Returns the token of the next page, or an empty string if this is the last.
fn next_page<T>(listing: &str, found: &mut Vec<T>, size: usize, name: impl Fn(&T) -> &str) -> String {
    if found.len() <= size {
        return String::new();
    }
    found.truncate(size);
    found.last().map(|last| page_token::encode(listing, name(last))).unwrap_or_default()
}
