//! Requests of `CorpusService`.

use std::sync::Arc;

use super::Fields;
use crate::engine::{CollectionName, Group, IfExists, NewSource, RequestKey, SourceId, Title, Uri};
use crate::fingerprint::{FingerprintSettings, KgramLength, WindowSize};
use crate::proto;
use crate::service::convert::enums;
use crate::service::documents::{GivenDocument, GivenText};
use crate::service::page_token;
use crate::service::problem::Problem;

/// A collection to create.
pub(in crate::service) struct NewCollection {
    pub(in crate::service) name: CollectionName,
    pub(in crate::service) settings: FingerprintSettings,
    pub(in crate::service) key: Option<RequestKey>,
}

/// A collection to delete.
pub(in crate::service) struct CollectionDeletion {
    pub(in crate::service) name: CollectionName,
    pub(in crate::service) key: Option<RequestKey>,
}

/// A source to add.
pub(in crate::service) struct SourceAddition {
    pub(in crate::service) collection: CollectionName,
    /// The source; its text is empty if it is to be extracted from a document.
    pub(in crate::service) source: NewSource,
    pub(in crate::service) document: Option<GivenDocument>,
    pub(in crate::service) if_exists: IfExists,
    pub(in crate::service) key: Option<RequestKey>,
}

/// A source to delete.
pub(in crate::service) struct SourceDeletion {
    pub(in crate::service) source: SourceName,
    pub(in crate::service) key: Option<RequestKey>,
}

/// The name of a source in the corpus.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::service) struct SourceName {
    pub(in crate::service) collection: CollectionName,
    pub(in crate::service) id: SourceId,
}

/// One page of a listing.
pub(in crate::service) struct Page<T> {
    /// The last name of the previous page.
    pub(in crate::service) after: Option<T>,
    /// Maximum number of entries.
    pub(in crate::service) size: usize,
}

/// A collection to delete. An empty name does not mean the default collection here.
pub(in crate::service) fn collection_deletion(
    owner: &str,
    request: &proto::DeleteCollectionRequest,
) -> Result<CollectionDeletion, Problem> {
    let proto::DeleteCollectionRequest { name, request_id } = request;
    let mut fields = Fields::default();
    let name = fields.get("name", CollectionName::new(name));
    let key = fields.request_key(owner, request_id);
    fields.done(CollectionDeletion { name, key })
}

/// The name of a collection to read; the default collection if empty.
pub(in crate::service) fn collection_or_default(field: &str, name: &str) -> Result<CollectionName, Problem> {
    let mut fields = Fields::default();
    let name = fields.collection(field, name);
    fields.done(name)
}

pub(in crate::service) fn new_collection(
    owner: &str,
    request: &proto::CreateCollectionRequest,
) -> Result<NewCollection, Problem> {
    let proto::CreateCollectionRequest { name, kgram_tokens, window_kgrams, request_id } = request;
    let mut fields = Fields::default();
    let name = fields.get("name", CollectionName::new(name));
    let kgram = fields.get("kgram_tokens", kgram_tokens.map_or(Ok(KgramLength::default()), KgramLength::new));
    let window =
        fields.get("window_kgrams", window_kgrams.map_or(Ok(WindowSize::default()), WindowSize::new));
    let key = fields.request_key(owner, request_id);
    fields.done(NewCollection { name, settings: FingerprintSettings { kgram, window }, key })
}

/// A source to delete.
pub(in crate::service) fn source_deletion(
    owner: &str,
    request: &proto::DeleteSourceRequest,
) -> Result<SourceDeletion, Problem> {
    let proto::DeleteSourceRequest { collection, id, request_id } = request;
    let mut fields = Fields::default();
    let source = fields.source_name(collection, id);
    let key = fields.request_key(owner, request_id);
    fields.required(source.map(|source| SourceDeletion { source, key }))
}

impl Fields {
    /// `None` if the id is invalid; a violation is noted then.
    pub(super) fn source_name(&mut self, collection: &str, id: &str) -> Option<SourceName> {
        let collection = self.collection("collection", collection);
        self.source_id("id", id).map(|id| SourceName { collection, id })
    }

    /// Returns what was parsed. `None` stands for a field with a violation.
    pub(super) fn required<T>(self, parsed: Option<T>) -> Result<T, Problem> {
        match parsed {
            Some(parsed) => self.done(parsed),
            None => Err(Problem::invalid(self.0)),
        }
    }
}

/// A source to add, by `AddSource` or `ImportSources`.
pub(in crate::service) fn source_addition(
    owner: &str,
    request: proto::AddSourceRequest,
) -> Result<SourceAddition, Problem> {
    let proto::AddSourceRequest { collection, source, if_exists, request_id } = request;
    let mut fields = Fields::default();
    let collection = fields.collection("collection", &collection);
    if source.is_none() {
        fields.invalid("source", "is missing");
    }
    let proto::Source {
        id,
        title,
        group,
        labels,
        text,
        stats: _,
        uri,
        submitted_at,
        metadata,
        created_at: _,
        updated_at: _,
        document,
        pages,
        length: _,
    } = source.unwrap_or_default();
    let id = if id.is_empty() { None } else { fields.source_id("source.id", &id) };
    let title = fields.get("source.title", Title::new(&title));
    let group = fields.get("source.group", Group::new(&group));
    let labels = fields.labels("source.labels", &labels);
    let uri = fields.get("source.uri", Uri::new(&uri));
    let submitted_at = fields.time("source.submitted_at", submitted_at);
    let metadata = fields.metadata("source.metadata", metadata);
    let if_exists = fields.get("if_exists", enums::if_exists(if_exists));
    let key = fields.request_key(owner, &request_id);
    let given = fields.text_or_document("source.", text, document);
    let pages = fields.pages("source.pages", pages, &given).map(Arc::new);
    let (text, document) = match given {
        GivenText::Text(text) => (text, None),
        GivenText::Document(document) => (String::new(), Some(document)),
    };
    let source = NewSource { id, title, group, labels, uri, submitted_at, metadata, pages, text };
    fields.done(SourceAddition { collection, source, document, if_exists, key })
}

/// A source that a server sent, as one to add.
///
/// # Errors
///
/// [`Problem`], which names each field that breaks a rule of this version.
pub fn received_source(source: proto::Source) -> Result<NewSource, Problem> {
    let request = proto::AddSourceRequest { source: Some(source), ..proto::AddSourceRequest::default() };
    Ok(source_addition("", request)?.source)
}

/// The name of the source that an item of `ImportSources` adds. `None` if the server assigns the id, or if the item is
/// invalid and will be refused.
pub(in crate::service) fn imported_name(request: &proto::ImportSourcesRequest) -> Option<SourceName> {
    let id = &request.source.as_ref()?.id;
    let mut fields = Fields::default();
    let name = fields.source_name(&request.collection, id);
    fields.required(name).ok()
}

/// Parses the page fields of a listing. A larger page size is coerced (AIP-158).
pub(in crate::service) fn page<T>(
    listing: &str,
    page_size: u32,
    page_token: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Page<T>, Problem> {
    const DEFAULT: u32 = 100;
    const MAX: u32 = 1000;
    let mut fields = Fields::default();
    let size = if page_size == 0 { DEFAULT } else { page_size.min(MAX) };
    let last = fields.get("page_token", page_token::decode(listing, page_token));
    let after = last.as_deref().and_then(parse);
    fields.done(Page { after, size: size as usize })
}
