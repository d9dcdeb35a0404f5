//! Listing, updating and deleting sources by what is known of them.

use prost::Message as _;

use crate::engine::{Change, Error, SourcePage, SourceText, Stop};
use crate::proto;
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::parse::corpus::{self as parse_corpus, Page, SourceName};
use crate::service::parse::sources::{self as parse, FilteredDeletion, GetRequest, UpdateRequest};
use crate::service::problem::Problem;
use crate::service::revisions::RevisionMask;
use crate::service::{convert, page_token};
use crate::text::Excerpt;

/// Bytes of a page, unless a single source has more. Clients take messages of 4 MiB unless they say otherwise.
const MAX_PAGE_BYTES: usize = 2 << 20;

/// Cuts a page that is too large; returns its last id then.
fn cut_to_fit(sources: &mut Vec<proto::Source>) -> Option<String> {
    let mut bytes = 0;
    let fits = |source: &&proto::Source| {
        bytes += source.encoded_len();
        bytes <= MAX_PAGE_BYTES
    };
    let fitting = sources.iter().take_while(fits).count().max(1);
    if fitting >= sources.len() {
        return None;
    }
    sources.truncate(fitting);
    sources.last().map(|last| last.id.clone())
}

impl ServiceContext {
    pub(super) async fn get_source(
        &self,
        caller: Caller,
        call: &CallContext,
        request: proto::GetSourceRequest,
    ) -> Result<proto::GetSourceResponse, Problem> {
        let may_read = caller.may_read_texts();
        if request.include_text {
            may_read.as_ref().map_err(Clone::clone)?;
        }
        let GetRequest { source, unit, preview_words } = parse::get(&request)?;
        let SourceName { collection, id } = source;
        let include_text = request.include_text;
        caller.sees(&collection)?;
        let backend = self.backend.get()?;
        let may_read = may_read.is_ok();
        let read = move |_: &Stop| {
            let revisions = RevisionMask::for_caller(&caller, &*backend);
            let (entry, text) = match may_read.then(|| backend.get_source(&collection, &id)) {
                Some(Ok(SourceText { entry, text })) => (entry, Some(text)),
                // What is known of a source can be read when its text can't.
                None => (backend.find_source(&collection, &id)?, None),
                Some(Err(Error::Store(_))) if !include_text => (backend.find_source(&collection, &id)?, None),
                Some(Err(error)) => return Err(error.into()),
            };
            let preview = text
                .as_deref()
                .map(|text| convert::related::excerpt(text, Excerpt::first_words(text, preview_words), unit));
            let mut source = convert::corpus::source_with_pages(&entry, &revisions);
            if let Some(text) = text.filter(|_| include_text) {
                text.as_ref().clone_into(&mut source.text);
            }
            Ok(proto::GetSourceResponse { source: Some(source), preview })
        };
        self.workers.run(call, 0, read).await
    }

    pub(super) async fn list_sources(
        &self,
        caller: Caller,
        call: &CallContext,
        request: proto::ListSourcesRequest,
    ) -> Result<proto::ListSourcesResponse, Problem> {
        let proto::ListSourcesRequest { collection, page_size, page_token, filter } = request;
        let collection = parse_corpus::collection_or_default("collection", &collection)?;
        caller.sees(&collection)?;
        let filter = parse::filter(filter)?;
        let listing = parse::listing_of(&collection, &filter);
        let Page { after, size } = parse_corpus::page(&listing, page_size, &page_token, parse::last_id)?;
        let backend = self.backend.get()?;
        let read = move |stop: &Stop| {
            let revisions = RevisionMask::for_caller(&caller, &*backend);
            let SourcePage { sources, next } =
                backend.select_sources(&collection, &filter, after.as_ref(), size, stop)?;
            let mut sources: Vec<_> =
                sources.iter().map(|entry| convert::corpus::source(entry, &revisions)).collect();
            let cut = cut_to_fit(&mut sources);
            let last = cut.or_else(|| next.map(|last| last.as_str().to_owned()));
            let next_page_token = last.map(|last| page_token::encode(&listing, &last));
            Ok(proto::ListSourcesResponse { sources, next_page_token: next_page_token.unwrap_or_default() })
        };
        self.workers.run(call, 0, read).await
    }

    pub(super) async fn update_source(
        &self,
        caller: &Caller,
        call: &CallContext,
        request: proto::UpdateSourceRequest,
    ) -> Result<proto::UpdateSourceResponse, Problem> {
        let UpdateRequest { source, update, key } = parse::update(caller.key(), request)?;
        let SourceName { collection, id } = source;
        caller.sees(&collection)?;
        self.memory.check_room(&self.backend).await?;
        let backend = self.backend.get()?;
        let revisions = RevisionMask::for_caller(caller, &*backend);
        let change = Change::UpdateSource { collection, id, update };
        let updated = self.change(call, change, key).await?.into_updated()?;
        Ok(proto::UpdateSourceResponse { source: Some(convert::corpus::source(&updated, &revisions)) })
    }

    pub(super) async fn delete_sources(
        &self,
        caller: &Caller,
        call: &CallContext,
        request: proto::DeleteSourcesRequest,
    ) -> Result<proto::DeleteSourcesResponse, Problem> {
        let dry_run = request.dry_run;
        let FilteredDeletion { collection, filter, key } = parse::filtered_deletion(caller.key(), request)?;
        caller.sees(&collection)?;
        let backend = self.backend.get()?;
        let revisions = RevisionMask::for_caller(caller, &*backend);
        let deleted = if dry_run {
            let preview = move |stop: &Stop| Ok(backend.preview_deletion(&collection, &filter, stop)?);
            self.workers.run(call, 0, preview).await?
        } else {
            let change = Change::DeleteSources { collection, filter };
            self.change(call, change, key).await?.into_sources_deleted()?
        };
        Ok(convert::corpus::sources_deleted(deleted, &revisions))
    }
}
