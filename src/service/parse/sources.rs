//! What is known of a source, filters and updates.

use std::collections::BTreeMap;

use super::{Fields, group};
use crate::engine::{
    CollectionName, Group, InvalidValue, Label, Metadata, MetadataKey, MetadataValue, RequestKey,
    SourceFilter, SourceId, SourceUpdate, TimeRange, Title, Uri,
};
use crate::proto;
use crate::service::convert::enums;
use crate::service::parse::corpus::SourceName;
use crate::service::problem::Problem;
use crate::text::OffsetUnit;

/// Maximum number of groups, and of labels, in a filter.
const MAX_NAMES: usize = 1000;

/// The fields that an update may have, in the order of the message.
const UPDATABLE: [&str; 6] = ["title", "group", "labels", "uri", "submitted_at", "metadata"];

/// Maximum number of problems with a map that are named.
const NAMED_PROBLEMS: usize = 10;

/// Words of a preview if the request states none, and at most.
const PREVIEW_WORDS: u32 = 50;
const MAX_PREVIEW_WORDS: u32 = 500;

/// A source to get.
pub(in crate::service) struct GetRequest {
    pub(in crate::service) source: SourceName,
    pub(in crate::service) unit: OffsetUnit,
    pub(in crate::service) preview_words: u32,
}

pub(in crate::service) fn get(request: &proto::GetSourceRequest) -> Result<GetRequest, Problem> {
    let proto::GetSourceRequest { collection, id, include_text: _, offset_unit, preview_words } = request;
    let mut fields = Fields::default();
    let source = fields.source_name(collection, id);
    let unit = fields.get("offset_unit", enums::offset_unit(*offset_unit));
    let preview_words = if *preview_words == 0 { PREVIEW_WORDS } else { *preview_words };
    let preview_words = preview_words.min(MAX_PREVIEW_WORDS);
    fields.required(source.map(|source| GetRequest { source, unit, preview_words }))
}

/// A source to update.
pub(in crate::service) struct UpdateRequest {
    pub(in crate::service) source: SourceName,
    pub(in crate::service) update: SourceUpdate,
    pub(in crate::service) key: Option<RequestKey>,
}

/// Sources to delete together.
pub(in crate::service) struct FilteredDeletion {
    pub(in crate::service) collection: CollectionName,
    pub(in crate::service) filter: SourceFilter,
    pub(in crate::service) key: Option<RequestKey>,
}

pub(in crate::service) fn update(
    owner: &str,
    request: proto::UpdateSourceRequest,
) -> Result<UpdateRequest, Problem> {
    let proto::UpdateSourceRequest { collection, source, update_mask, request_id } = request;
    let mut fields = Fields::default();
    let collection = fields.collection("collection", &collection);
    if source.is_none() {
        fields.invalid("source", "is missing; set its id and the new values");
    }
    let source = source.unwrap_or_default();
    let id = fields.source_id("source.id", &source.id);
    let paths = update_mask.map(|mask| mask.paths).unwrap_or_default();
    let update = if paths.is_empty() {
        fields.set_values(source)
    } else {
        fields.check_paths(&paths);
        fields.masked_values(source, |field| paths.iter().any(|path| path == field))
    };
    let key = fields.request_key(owner, &request_id);
    let source = id.map(|id| SourceName { collection, id });
    fields.required(source.map(|source| UpdateRequest { source, update, key }))
}

pub(in crate::service) fn filtered_deletion(
    owner: &str,
    request: proto::DeleteSourcesRequest,
) -> Result<FilteredDeletion, Problem> {
    let proto::DeleteSourcesRequest { collection, filter, dry_run: _, request_id } = request;
    let mut fields = Fields::default();
    let collection = fields.collection("collection", &collection);
    let is_empty = filter.as_ref().is_none_or(|filter| *filter == proto::SourceFilter::default());
    if is_empty {
        let description = "is empty and would delete all sources; set a condition, or use DeleteCollection";
        fields.invalid("filter", description);
    }
    let filter = fields.filter(filter.unwrap_or_default());
    let key = fields.request_key(owner, &request_id);
    fields.done(FilteredDeletion { collection, filter, key })
}

/// A filter of a listing; every source matches if it is unset.
pub(in crate::service) fn filter(filter: Option<proto::SourceFilter>) -> Result<SourceFilter, Problem> {
    let mut fields = Fields::default();
    let filter = fields.filter(filter.unwrap_or_default());
    fields.done(filter)
}

impl Fields {
    /// The update of the fields that are set.
    fn set_values(&mut self, source: proto::Source) -> SourceUpdate {
        let proto::Source {
            id: _,
            title,
            group,
            labels,
            text,
            document,
            stats: _,
            uri,
            submitted_at,
            metadata,
            ..
        } = &source;
        let is_set = [
            !title.is_empty(),
            !group.is_empty(),
            !labels.is_empty(),
            !uri.is_empty(),
            submitted_at.is_some(),
            !metadata.is_empty(),
        ];
        let texts = [("source.text", !text.is_empty()), ("source.document", document.is_some())];
        if let Some((field, _)) = texts.iter().find(|(_, is_set)| *is_set) {
            self.invalid(*field, "can't be updated; replace the source with AddSource and IF_EXISTS_REPLACE");
        } else if is_set.iter().all(|is_set| !is_set) {
            let fields = UPDATABLE.join(", ");
            self.invalid(
                "source",
                format!("has nothing to update; set one of {fields}, or name those to clear in update_mask"),
            );
        }
        let set: Vec<&str> =
            UPDATABLE.into_iter().zip(is_set).filter(|(_, is_set)| *is_set).map(|(field, _)| field).collect();
        self.masked_values(source, |field| set.contains(&field))
    }

    /// The update of some fields, to their values or to none.
    fn masked_values(&mut self, source: proto::Source, is_updated: impl Fn(&str) -> bool) -> SourceUpdate {
        let proto::Source { title, group, labels, uri, submitted_at, metadata, .. } = source;
        SourceUpdate {
            title: is_updated("title").then(|| self.get("source.title", Title::new(&title))),
            group: is_updated("group").then(|| self.get("source.group", Group::new(&group))),
            labels: is_updated("labels").then(|| self.labels("source.labels", &labels)),
            uri: is_updated("uri").then(|| self.get("source.uri", Uri::new(&uri))),
            submitted_at: is_updated("submitted_at").then(|| self.time("source.submitted_at", submitted_at)),
            metadata: is_updated("metadata").then(|| self.metadata("source.metadata", metadata)),
        }
    }

    /// Notes paths that name no field that can be updated.
    fn check_paths(&mut self, paths: &[String]) {
        for (place, path) in paths.iter().enumerate().filter(|(_, path)| !UPDATABLE.contains(&path.as_str()))
        {
            let next = match path.as_str() {
                "text" | "document" | "pages" => {
                    "replace the source with AddSource and IF_EXISTS_REPLACE".to_owned()
                }
                "id" => "add the source under the other id, and delete this one".to_owned(),
                "stats" | "created_at" | "updated_at" => "the server sets it; remove it".to_owned(),
                path if path.starts_with("metadata.") => "send the whole map under metadata".to_owned(),
                _ => format!("name {}", UPDATABLE.join(", ")),
            };
            self.invalid(
                format!("update_mask.paths[{place}]"),
                format!("is {path:?}, which can't be updated; {next}"),
            );
        }
    }

    /// The entries of a map.
    pub(super) fn metadata(&mut self, field: &str, entries: BTreeMap<String, String>) -> Metadata {
        let (mut parsed, mut problems) = (BTreeMap::new(), 0);
        for (key, value) in entries {
            match entry(&key, &value) {
                Ok((key, value)) => drop(parsed.insert(key, value)),
                Err(problem) if problems < NAMED_PROBLEMS => {
                    problems += 1;
                    let InvalidEntry { part, error } = problem;
                    // A key that is too long is not repeated in full.
                    let key: String = key.chars().take(MetadataKey::MAX_BYTES).collect();
                    self.invalid(format!("{field}[{key:?}]"), format!("{part} {error}"));
                }
                Err(_) => problems += 1,
            }
        }
        self.get(field, Metadata::new(parsed))
    }

    pub(super) fn filter(&mut self, filter: proto::SourceFilter) -> SourceFilter {
        let proto::SourceFilter {
            id_prefix,
            groups,
            labels,
            submitted_from,
            submitted_before,
            created_from,
            created_before,
        } = filter;
        if !id_prefix.is_empty() {
            // A prefix of an id has the rules of an id.
            self.source_id("filter.id_prefix", &id_prefix);
        }
        SourceFilter {
            groups: self.set("filter.groups", &groups, MAX_NAMES, group),
            labels: self.set("filter.labels", &labels, MAX_NAMES, Label::new),
            submitted: self.range("submitted", submitted_from, submitted_before),
            created: self.range("created", created_from, created_before),
            id_prefix,
        }
    }

    fn range(
        &mut self,
        name: &str,
        from: Option<prost_types::Timestamp>,
        before: Option<prost_types::Timestamp>,
    ) -> TimeRange {
        let until = format!("filter.{name}_before");
        let from = self.time(&format!("filter.{name}_from"), from);
        let before = self.time(&until, before);
        if from.zip(before).is_some_and(|(from, before)| from >= before) {
            self.invalid(until, format!("is not after {name}_from, so that no time is between them"));
        }
        TimeRange { from, before }
    }
}

/// An entry of a map that breaks the rules.
struct InvalidEntry {
    part: &'static str,
    error: InvalidValue,
}

fn entry(key: &str, value: &str) -> Result<(MetadataKey, MetadataValue), InvalidEntry> {
    let key = MetadataKey::new(key).map_err(|error| InvalidEntry { part: "its key", error })?;
    let value = MetadataValue::new(value).map_err(|error| InvalidEntry { part: "its value", error })?;
    Ok((key, value))
}

/// The filter of a listing as text, so that a page token of one filter is refused by another.
pub(in crate::service) fn listing_of(collection: &CollectionName, filter: &SourceFilter) -> String {
    if filter.is_empty() {
        return format!("sources {collection}");
    }
    format!("sources {collection} {}", data_encoding::HEXLOWER.encode(&filter.to_bytes()))
}

/// The id of a source.
pub(in crate::service) fn last_id(id: &str) -> Option<SourceId> {
    SourceId::new(id).ok()
}
