//! Requests to the engine's types. Everything that is wrong with a request is named at once.

mod pairs;

pub(super) use pairs::compare_all;

use std::collections::BTreeSet;
use std::fmt::Display;

use super::page_token;
use super::problem::{Problem, Violation};
use super::{MAX_COMPARED_TEXTS, convert};
use crate::engine::{
    CollectionName, ComparedText, DetectionOptions, Exclusions, Group, IfExists, InvalidValue, Label, Labels,
    NewSource, RequestId, RequestKey, Scope, SourceId, Title,
};
use crate::fingerprint::{FingerprintSettings, KgramLength, WindowSize};
use crate::proto;

/// Collects what is wrong with the fields of one request.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<Violation>);

impl Fields {
    /// The value, or its default with a violation noted. The default is never used: see [`Self::done`].
    fn get<T: Default, E: Display>(&mut self, field: impl Into<String>, value: Result<T, E>) -> T {
        value.unwrap_or_else(|error| {
            self.wrong(field, error.to_string());
            T::default()
        })
    }

    fn wrong(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.0.push(Violation { field: field.into(), description: description.into() });
    }

    /// A number that may be unset, in a range.
    fn number(&mut self, field: &str, value: Option<u32>, (min, max): (u32, u32)) -> Option<u32> {
        if let Some(value) = value.filter(|value| !(min..=max).contains(value)) {
            self.wrong(field, format!("is {value}, but must be from {min} to {max}"));
        }
        value
    }

    /// What was parsed, if nothing is wrong.
    fn done<T>(self, parsed: T) -> Result<T, Problem> {
        if self.0.is_empty() { Ok(parsed) } else { Err(Problem::invalid(self.0)) }
    }

    /// A collection's name; `default` when empty.
    fn collection(&mut self, field: &str, name: &str) -> CollectionName {
        if name.is_empty() { CollectionName::default() } else { self.get(field, CollectionName::new(name)) }
    }

    /// What a caller calls the request by; `None` when empty.
    fn request_key(&mut self, owner: &str, request_id: &str) -> Option<RequestKey> {
        if request_id.is_empty() {
            return None;
        }
        let id = self.get("request_id", RequestId::new(request_id).map(Some));
        id.map(|id| RequestKey::new(owner, id))
    }

    fn source_id(&mut self, field: &str, id: &str) -> Option<SourceId> {
        self.get(field, SourceId::new(id).map(Some))
    }

    fn labels(&mut self, field: &str, labels: &[String]) -> Labels {
        let parsed: Vec<Label> = labels
            .iter()
            .enumerate()
            .filter_map(|(place, label)| self.get(format!("{field}[{place}]"), Label::new(label).map(Some)))
            .collect();
        self.get(field, Labels::new(parsed))
    }

    /// A list in which each entry may stand once, and which is bounded.
    fn set<T: Ord, E: Display>(
        &mut self,
        field: &str,
        values: &[String],
        max_count: usize,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> BTreeSet<T> {
        if values.len() > max_count {
            self.wrong(field, format!("has {} entries, but may have {max_count} at most", values.len()));
            return BTreeSet::new();
        }
        let mut set = BTreeSet::new();
        for (place, value) in values.iter().enumerate() {
            let entry = format!("{field}[{place}]");
            if let Some(value) = self.get(entry.as_str(), parse(value).map(Some))
                && !set.insert(value)
            {
                self.wrong(entry, "stands in the list already; remove it");
            }
        }
        set
    }
}

/// A collection to delete, for which there is no default.
pub(super) fn collection_deletion(
    owner: &str,
    request: &proto::DeleteCollectionRequest,
) -> Result<(CollectionName, Option<RequestKey>), Problem> {
    let proto::DeleteCollectionRequest { name, request_id } = request;
    let mut fields = Fields::default();
    let name = fields.get("name", CollectionName::new(name));
    let key = fields.request_key(owner, request_id);
    fields.done((name, key))
}

/// The name of a collection to look at.
pub(super) fn collection_or_default(field: &str, name: &str) -> Result<CollectionName, Problem> {
    let mut fields = Fields::default();
    let name = fields.collection(field, name);
    fields.done(name)
}

pub(super) fn new_collection(
    owner: &str,
    request: &proto::CreateCollectionRequest,
) -> Result<(CollectionName, FingerprintSettings, Option<RequestKey>), Problem> {
    let proto::CreateCollectionRequest { name, kgram_tokens, window_kgrams, request_id } = request;
    let mut fields = Fields::default();
    let name = fields.get("name", CollectionName::new(name));
    let kgram = fields.get("kgram_tokens", kgram_tokens.map_or(Ok(KgramLength::default()), KgramLength::new));
    let window =
        fields.get("window_kgrams", window_kgrams.map_or(Ok(WindowSize::default()), WindowSize::new));
    let key = fields.request_key(owner, request_id);
    fields.done((name, FingerprintSettings { kgram, window }, key))
}

/// A source by collection and id.
pub(super) fn source_key(collection: &str, id: &str) -> Result<(CollectionName, SourceId), Problem> {
    let mut fields = Fields::default();
    let collection = fields.collection("collection", collection);
    let id = fields.source_id("id", id);
    match id {
        Some(id) => fields.done((collection, id)),
        None => Err(Problem::invalid(fields.0)),
    }
}

/// A source to delete.
pub(super) fn deletion(
    owner: &str,
    request: &proto::DeleteSourceRequest,
) -> Result<(CollectionName, SourceId, Option<RequestKey>), Problem> {
    let proto::DeleteSourceRequest { collection, id, request_id } = request;
    let mut fields = Fields::default();
    let collection = fields.collection("collection", collection);
    let id = fields.source_id("id", id);
    let key = fields.request_key(owner, request_id);
    match id {
        Some(id) => fields.done((collection, id, key)),
        None => Err(Problem::invalid(fields.0)),
    }
}

/// What AddSource and ImportSources ask for.
pub(super) fn new_source(
    owner: &str,
    request: proto::AddSourceRequest,
) -> Result<(CollectionName, NewSource, IfExists, Option<RequestKey>), Problem> {
    let proto::AddSourceRequest { collection, source, if_exists, request_id } = request;
    let mut fields = Fields::default();
    let collection = fields.collection("collection", &collection);
    if source.is_none() {
        fields.wrong("source", "is missing");
    }
    let proto::Source { id, title, group, labels, text, stats: _ } = source.unwrap_or_default();
    let id = if id.is_empty() { None } else { fields.source_id("source.id", &id) };
    let title = fields.get("source.title", Title::new(&title));
    let group = fields.get("source.group", Group::new(&group));
    let labels = fields.labels("source.labels", &labels);
    let if_exists = fields.get("if_exists", convert::if_exists(if_exists));
    let key = fields.request_key(owner, &request_id);
    fields.done((collection, NewSource { id, title, group, labels, text }, if_exists, key))
}

/// What tells an item of ImportSources from others of its stream; `None` when its id is to be assigned, or when the item is
/// wrong and will be refused.
pub(super) fn imported_key(request: &proto::ImportSourcesRequest) -> Option<(CollectionName, SourceId)> {
    let id = &request.source.as_ref()?.id;
    source_key(&request.collection, id).ok()
}

/// A page of a listing: what it goes on from, and how many.
pub(super) fn page<T>(
    listing: &str,
    page_size: u32,
    page_token: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<(Option<T>, usize), Problem> {
    const DEFAULT: u32 = 100;
    const MAX: u32 = 1000;
    let mut fields = Fields::default();
    let page_size = fields.number("page_size", Some(page_size), (0, MAX)).filter(|size| *size > 0);
    let last = fields.get("page_token", page_token::decode(listing, page_token));
    let after = last.as_deref().and_then(parse);
    fields.done((after, page_size.unwrap_or(DEFAULT) as usize))
}

/// The most entries of each list in a scope.
const MAX_COLLECTIONS: usize = 1000;
const MAX_IDS: usize = 10_000;
const MAX_LABELS: usize = 1000;
const MAX_BOILERPLATE: usize = 100;

/// The most that may be asked for of what is listed, and of the words of a passage.
const MOST: u32 = 10_000;

pub(super) fn check(request: proto::CheckRequest) -> Result<(String, Scope, DetectionOptions), Problem> {
    let proto::CheckRequest { text, scope, options } = request;
    let mut fields = Fields::default();
    let scope = fields.scope(&scope.unwrap_or_default());
    let options = fields.options(&options.unwrap_or_default());
    fields.done((text, scope, options))
}

/// The check of an item of CheckStream.
pub(super) fn check_item(
    key: &str,
    check: Option<proto::CheckRequest>,
) -> Result<proto::CheckRequest, Problem> {
    const MAX_KEY_BYTES: usize = 512;
    let mut fields = Fields::default();
    if key.len() > MAX_KEY_BYTES {
        fields.wrong("key", format!("has {} bytes, but may have {MAX_KEY_BYTES} at most", key.len()));
    }
    if check.is_none() {
        fields.wrong("check", "is missing");
    }
    fields.done(check.unwrap_or_default())
}

pub(super) fn compare(
    request: proto::CompareRequest,
) -> Result<(String, Vec<ComparedText>, DetectionOptions), Problem> {
    let proto::CompareRequest { text, sources, options } = request;
    let mut fields = Fields::default();
    let options = fields.options(&options.unwrap_or_default());
    if sources.is_empty() || sources.len() > MAX_COMPARED_TEXTS {
        let count = sources.len();
        fields.wrong("sources", format!("has {count} texts, but must have from 1 to {MAX_COMPARED_TEXTS}"));
    }
    let mut ids = BTreeSet::new();
    let mut texts = Vec::with_capacity(sources.len());
    for (place, proto::ComparedText { id, title, text }) in sources.into_iter().enumerate() {
        let field = |name: &str| format!("sources[{place}].{name}");
        let id = if id.is_empty() { place.to_string() } else { id };
        fields.source_id(&field("id"), &id);
        fields.get(field("title"), Title::new(&title));
        if !ids.insert(id.clone()) {
            fields.wrong(field("id"), format!("is {id:?}, as another text's is; give each its own"));
        }
        texts.push(ComparedText { id, title, text: text.into() });
    }
    fields.done((text, texts, options))
}

impl Fields {
    fn scope(&mut self, scope: &proto::Scope) -> Scope {
        let proto::Scope { collections, exclude_source_ids, exclude_groups, exclude_labels } = scope;
        let mut collections =
            self.set("scope.collections", collections, MAX_COLLECTIONS, CollectionName::new);
        if collections.is_empty() {
            collections.insert(CollectionName::default());
        }
        Scope {
            collections,
            exclude_source_ids: self.set(
                "scope.exclude_source_ids",
                exclude_source_ids,
                MAX_IDS,
                SourceId::new,
            ),
            exclude_groups: self.set("scope.exclude_groups", exclude_groups, MAX_IDS, group),
            exclude_labels: self.set("scope.exclude_labels", exclude_labels, MAX_LABELS, Label::new),
        }
    }

    fn options(&mut self, options: &proto::DetectionOptions) -> DetectionOptions {
        let defaults = DetectionOptions::default();
        let proto::DetectionOptions {
            min_passage_words,
            mode,
            commonness_cap,
            commonness_percent,
            offset_unit,
            include_excerpts,
            max_sources,
            max_passages,
            exclusions,
        } = options;
        let max_sources = self.number("options.max_sources", *max_sources, (0, MOST));
        let max_passages = self.number("options.max_passages", *max_passages, (0, MOST));
        if max_sources == Some(0) && max_passages.is_some_and(|most| most > 0) {
            self.wrong("options.max_passages", "asks for passages, but max_sources = 0 asks for no sources to list them under; unset one of the two");
        }
        if max_sources == Some(0) && *include_excerpts {
            self.wrong("options.include_excerpts", "asks for excerpts, but max_sources = 0 asks for no sources to list them under; unset one of the two");
        }
        let listed = |most: Option<u32>, default: usize| most.map_or(default, |most| most as usize);
        DetectionOptions {
            min_passage_words: self.min_passage_words(*min_passage_words),
            mode: self.get("options.mode", convert::mode(*mode)),
            exclusions: exclusions
                .as_ref()
                .map_or_else(Exclusions::default, |exclusions| self.exclusions(exclusions)),
            commonness_percent: self.commonness_percent(*commonness_percent),
            commonness_cap: self.commonness_cap(*commonness_cap),
            offset_unit: self.get("options.offset_unit", convert::offset_unit(*offset_unit)),
            include_excerpts: *include_excerpts,
            max_sources: listed(max_sources, defaults.max_sources),
            max_passages: listed(max_passages, defaults.max_passages),
        }
    }

    fn min_passage_words(&mut self, words: Option<u32>) -> Option<u32> {
        self.number("options.min_passage_words", words, (1, MOST))
    }

    fn commonness_cap(&mut self, sources: Option<u32>) -> Option<u32> {
        self.number("options.commonness_cap", sources, (1, u32::MAX))
    }

    fn commonness_percent(&mut self, percent: Option<f64>) -> Option<f64> {
        if let Some(percent) = percent.filter(|percent| !(*percent > 0.0 && *percent <= 100.0)) {
            self.wrong(
                "options.commonness_percent",
                format!("is {percent}, but must be more than 0, and 100 at most"),
            );
        }
        percent
    }

    fn exclusions(&mut self, exclusions: &proto::Exclusions) -> Exclusions {
        const FIELD: &str = "options.exclusions";
        let proto::Exclusions {
            quotations,
            bibliography,
            citations,
            boilerplate_texts,
            boilerplate_collections,
            own_groups,
        } = exclusions;
        if boilerplate_texts.len() > MAX_BOILERPLATE {
            let count = boilerplate_texts.len();
            self.wrong(
                format!("{FIELD}.boilerplate_texts"),
                format!("has {count} entries, but may have {MAX_BOILERPLATE} at most"),
            );
        }
        let collections = format!("{FIELD}.boilerplate_collections");
        Exclusions {
            quotations: quotations.unwrap_or(true),
            bibliography: bibliography.unwrap_or(true),
            citations: citations.unwrap_or(true),
            boilerplate_texts: boilerplate_texts.clone(),
            boilerplate_collections: self.set(
                &collections,
                boilerplate_collections,
                MAX_BOILERPLATE,
                CollectionName::new,
            ),
            own_groups: self.set(&format!("{FIELD}.own_groups"), own_groups, MAX_IDS, group),
        }
    }
}

/// A group to name, which can't be the empty one.
fn group(group: &str) -> Result<Group, InvalidValue> {
    if group.is_empty() { Err(InvalidValue::Empty) } else { Group::new(group) }
}
